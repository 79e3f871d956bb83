"""Utterances of customers for each category and each root cause, redacted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.aggregation.episodes import cell_mask, dimensions_in, period_labels
from csatext.schema import conform
from csatext.schema.batch import CAUSE_EXAMPLES, EXAMPLES
from csatext.text.corpus import Corpus

__all__ = ["cause_examples", "examples"]

_LONGEST = 120


def examples(corpus: Corpus, facts: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """Return the most negative contacts of each category (schema EXAMPLES).

    Parameters
    ----------
    corpus : Corpus
    facts : DataFrame
        With ``category``, ``sentiment`` and ``polarity``, index as the corpus.
    n : int, default 3
        Contacts a category.

    Returns
    -------
    DataFrame
        Texts are redacted and cut to 120 characters (REQUIREMENTS rows 24 and 25).
    """
    worst = _by_sentiment(facts[["category", "sentiment", "polarity"]])
    worst = worst.sort_values("category", kind="stable").groupby("category", sort=True).head(n)
    return conform(worst.assign(text=_texts(corpus, worst["at"])).reset_index(drop=True), EXAMPLES)


def cause_examples(corpus: Corpus, facts: pd.DataFrame, causes: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """Return the most negative contacts of each root cause (schema CAUSE_EXAMPLES).

    Parameters
    ----------
    corpus : Corpus
    facts : DataFrame
        With ``sentiment`` and ``polarity``, index as the corpus.
    causes : DataFrame
        From :func:`csatext.aggregation.episodes.root_causes_by_period`; alternatives are passed over.
        Where a cause has a top category, contacts of that category are taken.
    n : int, default 3
        Contacts a cause.
    """
    by = dimensions_in(causes)
    main = causes[causes["alternative_to"].isna()]
    periods = period_labels(facts, causes.attrs["freq"]).to_numpy() if len(main) else np.empty(0)
    found = []
    for row in main.to_dict("records"):
        inside = cell_mask(facts, row, by) & (periods == row["period"])
        if pd.notna(row["top_category"]):
            inside &= (facts["category"] == row["top_category"]).to_numpy(bool)
        at = np.flatnonzero(inside)
        worst = _by_sentiment(facts[["sentiment", "polarity"]].iloc[at], at).head(n)
        found.append(worst.assign(period=row["period"], rank=row["rank"]))
    names = [column.name for column in CAUSE_EXAMPLES.columns]
    frame = (
        pd.concat(found, ignore_index=True) if found else pd.DataFrame({name: [] for name in [*names, "at"]})
    )
    return conform(frame.assign(text=_texts(corpus, frame["at"])), CAUSE_EXAMPLES)


def _by_sentiment(facts: pd.DataFrame, at: np.ndarray | None = None) -> pd.DataFrame:
    """Return contacts with their positions, worst first."""
    places = np.arange(len(facts)) if at is None else at
    frame = facts.assign(at=places).reset_index()
    return frame.sort_values(["sentiment", "doc_id"], kind="stable")


def _texts(corpus: Corpus, at: pd.Series) -> list[str]:
    texts = corpus[at.to_numpy(np.int64)].texts.to_numpy(object)
    return [text if len(text) <= _LONGEST else text[:_LONGEST] + "…" for text in texts]
