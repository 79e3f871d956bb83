"""The phases of a run: fit a model, annotate partitions by it, aggregate their facts."""
