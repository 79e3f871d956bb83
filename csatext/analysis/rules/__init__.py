"""Categories by the patterns and rules of a taxonomy, with the words that say so."""
