"""A language model as tagger: what it is told and asked, calls that may fail, answers checked, a cache."""
