"""Signals of service: anger, urgency, effort, threats to go further or to leave, praise, danger and others."""
