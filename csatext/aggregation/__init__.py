"""Verbs over tables: facts, intervals, breakdown, trend, root causes, association, forecast, alerts."""
