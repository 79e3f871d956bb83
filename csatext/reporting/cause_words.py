"""Keywords of a root cause: terms more frequent in its contacts than in those before."""

from __future__ import annotations

import pandas as pd

from csatext.aggregation.episodes import cell_mask, dimensions_in, period_labels
from csatext.analysis.keywords import new_terms
from csatext.text.corpus import Corpus

__all__ = ["with_words"]

_WORDS = 10


def with_words(causes: pd.DataFrame, corpus: Corpus, facts: pd.DataFrame) -> pd.DataFrame:
    """Return root causes with the column ``words`` filled.

    Parameters
    ----------
    causes : DataFrame
        From :func:`csatext.aggregation.episodes.root_causes_by_period`; left unchanged.
    corpus : Corpus
    facts : DataFrame
        Index as the corpus.

    Returns
    -------
    DataFrame
        ``words``: up to ten terms of two or more characters with q < 0.05, best first, joined by 、;
        NA where no term is significant, and in rows that are alternatives of others.

    Notes
    -----
    :func:`csatext.analysis.keywords.new_terms` of the contacts of the cell in its period, against those of
    the same cell in the baseline and those of other cells in the period. A cause whose rate fell is
    compared the other way round: the words are those that went away.
    """
    by = dimensions_in(causes)
    if not len(causes):
        return causes
    labels = period_labels(facts, causes.attrs["freq"])
    order = {label: at for at, label in enumerate(sorted(labels.dropna().unique()))}
    codes = labels.map(order).fillna(-1).to_numpy(int)
    words: list[str | None] = []
    for row in causes.to_dict("records"):
        if pd.notna(row["alternative_to"]):
            words.append(None)
            continue
        inside, at = cell_mask(facts, row, by), order[row["period"]]
        now, then = codes == at, (codes < at) & (codes >= at - causes.attrs["baseline_periods"])
        if row["contribution"] < 0:
            now, then = then, now
        terms = new_terms(corpus, inside & now, inside & then, ~inside & now)
        words.append("、".join(terms[:_WORDS]) or None)
    result = causes.assign(words=pd.Series(words, index=causes.index, dtype="str"))
    result.attrs = dict(causes.attrs)
    return result
