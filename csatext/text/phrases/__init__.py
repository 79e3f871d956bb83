"""New words and collocations: n-gram counts, association measures, the verb that finds them."""
