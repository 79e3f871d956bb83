"""One module a kind of personal data: the numbers, codes, names and addresses that it can be."""
