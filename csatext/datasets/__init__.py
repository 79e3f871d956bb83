"""Data that needs no file of the user's: a simulated contact centre with planted causes."""
