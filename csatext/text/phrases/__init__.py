"""New words and fixed phrases: n-gram counts, cohesion, the verb that finds them."""
