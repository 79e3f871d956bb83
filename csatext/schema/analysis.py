"""Tables that analysis makes."""
