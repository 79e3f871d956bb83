"""Verbs over tables: facts, intervals, breakdown, trend, root causes, association, forecast, alerts.

Sixteen modules because each verb has one.
"""
