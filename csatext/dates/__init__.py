"""Every form of a date, written, spoken or counted, read in one place."""
