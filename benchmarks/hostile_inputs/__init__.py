"""Inputs made to do harm, or damaged, by what they abuse; ``benchmarks/hostile.py`` runs them all."""
