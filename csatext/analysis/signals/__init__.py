"""Signals of service: anger, urgency, effort, threats, praise, danger and others."""
