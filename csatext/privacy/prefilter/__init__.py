"""Which rows of a column can hold personal data at all, decided before any recognizer runs."""
