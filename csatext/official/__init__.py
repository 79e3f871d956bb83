"""Complaints counted by the classes that a regulator's form asks for."""
