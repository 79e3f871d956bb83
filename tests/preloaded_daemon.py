"""The daemon of Spark's Python workers with csatext loaded before it forks them.

Spark forks every worker, also the one that takes the place of a worker that died, from a daemon that has
loaded nothing: each would load csatext for itself, which takes seconds, and what it computes is the same.
"""

from pyspark.daemon import manager

if __name__ == "__main__":
    import csatext.batch.phases.annotate_input
    import csatext.batch.phases.run_model  # noqa: F401

    manager()
