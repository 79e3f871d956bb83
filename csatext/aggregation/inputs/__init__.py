"""What verbs are given: arguments, dimensions, measures, joins."""
