"""Dialogues of every layout: utterances, roles, times, templates."""
