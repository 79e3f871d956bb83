"""Dialogues turn by turn: feelings, satisfaction, what turns a talk, whether a script was kept."""
