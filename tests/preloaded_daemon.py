"""The daemon of Spark's Python workers, with csatext and its dictionaries loaded before it forks them.

Spark forks every worker, also the one that takes the place of a worker that died, from a daemon that has
loaded nothing: each would load all of it for itself, which takes many seconds. What a worker computes is the
same.
"""

from pyspark.daemon import manager


def load():
    import csatext as ct
    import csatext.batch.phases.annotate_input
    import csatext.batch.phases.run_model

    # Not more: what starts threads of its own may not be forked.
    ct.Vectorizer(min_df=1).fit_transform(["快递太慢了，客服态度很好"])


if __name__ == "__main__":
    load()
    manager()
