"""Tables that aggregation makes."""
