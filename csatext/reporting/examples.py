"""Verbatims: what customers said, for each category, redacted."""

from __future__ import annotations

import pandas as pd

from csatext.schema import conform
from csatext.schema.batch import EXAMPLES
from csatext.text.corpus import Corpus

__all__ = ["examples"]

_LONGEST = 120


def examples(corpus: Corpus, facts: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """Return the most negative contacts of each category (schema EXAMPLES).

    Parameters
    ----------
    corpus : Corpus
    facts : DataFrame
        With ``category`` and ``sentiment``, index as the corpus.
    n : int, default 3
        Contacts a category.

    Returns
    -------
    DataFrame
        Texts are redacted and cut to 120 characters (REQUIREMENTS rows 24 and 25).
    """
    worst = facts.reset_index()[["doc_id", "category", "sentiment"]]
    worst = worst.sort_values(["category", "sentiment", "doc_id"], kind="stable")
    worst = worst.groupby("category", sort=True).head(n)
    texts = corpus[corpus.doc_ids.get_indexer(worst["doc_id"])].texts.to_numpy(object)
    cut = [text if len(text) <= _LONGEST else text[:_LONGEST] + "…" for text in texts]
    return conform(worst.assign(text=cut).reset_index(drop=True), EXAMPLES)
