"""Rates from machine labels corrected by tags of people: samples, budgets, agreement, corrected rates."""
