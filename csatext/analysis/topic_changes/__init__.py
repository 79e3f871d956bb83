"""What becomes of topics: the same number in two models, births and deaths, topics that emerge."""
