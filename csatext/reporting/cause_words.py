"""The words that go with a root cause: what its contacts say and those before them did not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.aggregation.episodes import cell_mask, dimensions_in, period_labels
from csatext.analysis.keywords import KeywordExtractor
from csatext.text.corpus import Corpus

__all__ = ["with_words"]

_WORDS = 10
_CANDIDATES = 60
_LEAST_DOCS = 3
_LEAST_COMPARED = 30
_LEAST_RATIO = 2.0


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
        NA where no term reaches that, and in rows that are alternatives of others.

    Notes
    -----
    Keyness of the contacts of the cell in its period against those of the same cell in the baseline
    and those of other cells in the period, so that there is enough to compare with. What is always
    said in the cell is no news: a term must also be in twice the share of contacts that it was in
    before, where there are at least 30 to tell. A cause whose rate fell is compared the other way
    round: the words are those that went away.
    """
    by = dimensions_in(causes)
    if not len(causes):
        return causes
    labels = period_labels(facts, causes.attrs["freq"])
    order = {label: at for at, label in enumerate(sorted(labels.dropna().unique()))}
    codes = labels.map(order).fillna(-1).to_numpy(int)
    extractor = KeywordExtractor(_CANDIDATES, min_docs=_LEAST_DOCS)
    words: list[str | None] = []
    for row in causes.to_dict("records"):
        if pd.notna(row["alternative_to"]):
            words.append(None)
            continue
        inside, at = cell_mask(facts, row, by), order[row["period"]]
        now, then = codes == at, (codes < at) & (codes >= at - causes.attrs["baseline_periods"])
        if row["contribution"] < 0:
            now, then = then, now
        words.append(_key_terms(extractor, corpus, inside & now, inside & then, ~inside & now))
    result = causes.assign(words=pd.Series(words, index=causes.index, dtype="str"))
    result.attrs = dict(causes.attrs)
    return result


def _key_terms(
    extractor: KeywordExtractor,
    corpus: Corpus,
    mine: np.ndarray,
    compared: np.ndarray,
    outside: np.ndarray,
) -> str | None:
    at = np.flatnonzero(mine | compared | outside)
    part = corpus[at]
    groups = np.where(mine[at], "mine", "rest")
    # Terms that none of these contacts has are part of the corpus's vocabulary all the same: 0 / 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = extractor.by_group(part, groups)
    found = found[(found["group"] == "mine") & (found["q"] < 0.05) & (found["term"].str.len() > 1)]
    if compared.sum() >= _LEAST_COMPARED:
        columns = np.searchsorted(part.terms, found["term"].to_numpy(object))
        held = part.dtm[:, columns] > 0
        shares = [np.asarray(held[rows[at]].mean(axis=0)).ravel() for rows in (mine, compared)]
        found = found[shares[0] >= _LEAST_RATIO * shares[1]]
    return "、".join(found["term"].head(_WORDS)) or None
