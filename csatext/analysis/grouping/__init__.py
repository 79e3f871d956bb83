"""Contacts that belong together: one incident told by many, and complaints that no category claims."""
