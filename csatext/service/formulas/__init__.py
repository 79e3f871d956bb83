"""Formulas of KPIs: expressions over columns, and what each contact adds to them."""
