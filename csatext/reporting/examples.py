"""Utterances of customers for each category and each root cause, and the cases to read, redacted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.aggregation.episodes import cell_mask, dimensions_in, period_labels
from csatext.analysis.sentiment.score import Sentiment
from csatext.labels import cell_name
from csatext.schema import conform
from csatext.schema.batch import CASES, CAUSE_EXAMPLES, EXAMPLES
from csatext.text.corpus import Corpus

__all__ = ["CASES_A_CATEGORY", "cases", "cause_examples", "examples"]

_LONGEST = 120
_LONGEST_CASE = 300
CASES_A_CATEGORY = 15
"""Most negative cases of a category, and as many drawn at random."""
_MOST_CASES = 1500
_MOST_WORDS = 12


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
    worst = _rows(facts, _most_negative(facts, n))
    return conform(worst.assign(text=_texts(corpus, worst["at"])), EXAMPLES)


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


def cases(
    corpus: Corpus, facts: pd.DataFrame, dimensions: list[str], causes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return contacts to read, with the words that their labels rest on (schema CASES).

    Parameters
    ----------
    corpus : Corpus
    facts : DataFrame
        With ``category``, ``sentiment`` and ``polarity``, index as the corpus.
    dimensions : list of str
        Columns that cases are looked for by.
    causes : DataFrame, optional
        Table ``root_causes``: up to three contacts of each come first.

    Notes
    -----
    Of each category the 15 most negative contacts and 15 others drawn at random (the same every time), so
    that what is read is not the worst alone; at most 1,500 in all.
    """
    worst = _most_negative(facts, CASES_A_CATEGORY)
    parts = [_rows(facts, worst), _rows(facts, _drawn(facts, CASES_A_CATEGORY, worst))]
    parts = [part.assign(cause=pd.Series(None, index=part.index, dtype="str")) for part in parts]
    if causes is not None and len(causes):
        parts.insert(0, _of_causes(corpus, facts, causes))
    chosen = pd.concat(parts).drop_duplicates("at").head(_MOST_CASES).reset_index(drop=True)
    at = chosen["at"].to_numpy(np.int64)
    inside = corpus[at]
    said = facts.iloc[at]
    chosen["text"] = [_cut(text, _LONGEST_CASE) for text in inside.texts.to_numpy(object)]
    chosen["evidence"] = _evidence(inside, said, chosen["text"].tolist())
    chosen["period"] = pd.Series(None, index=chosen.index, dtype="str")
    if "created_at" in said and pd.api.types.is_datetime64_any_dtype(said["created_at"]):
        chosen["period"] = said["created_at"].dt.strftime("%Y-%m").to_numpy()
    for name in dimensions:
        chosen[name] = said[name].to_numpy()
    return conform(chosen, CASES, dimensions)


def _of_causes(corpus: Corpus, facts: pd.DataFrame, causes: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts of root causes, each under the name of its cause."""
    by = dimensions_in(causes)
    names = {
        (row["period"], row["rank"]): f"{row['period']} {cell_name(row, by)}"
        for row in causes.to_dict("records")
    }
    found = cause_examples(corpus, facts, causes).drop_duplicates("doc_id")
    keys = zip(found["period"], found["rank"], strict=True)
    named = dict(zip(found["doc_id"], (names[key] for key in keys), strict=True))
    at = np.flatnonzero(facts.index.isin(list(named)))
    inside = _by_sentiment(facts[["category", "sentiment", "polarity"]].iloc[at], at)
    return inside.assign(cause=inside["doc_id"].map(named)).sort_values("cause", kind="stable")


def _evidence(corpus: Corpus, facts: pd.DataFrame, texts: list[str]) -> list[str]:
    """Return the words of each text that its category and its feeling rest on."""
    spoken = Sentiment().evidence(corpus)
    negative = spoken[spoken["weight"] < 0].groupby("doc_id", sort=False)["term"].agg(list)
    matched = facts["category_terms"] if "category_terms" in facts else pd.Series("", index=facts.index)
    lines = []
    for doc_id, terms, text in zip(corpus.doc_ids, matched.fillna(""), texts, strict=True):
        words = [*str(terms).split("、"), *negative.get(doc_id, [])]
        lines.append(
            "、".join([word for word in dict.fromkeys(words) if word and word in text][:_MOST_WORDS])
        )
    return lines


def _most_negative(facts: pd.DataFrame, n: int) -> np.ndarray:
    """Return the positions of the ``n`` most negative contacts of each category, category by category."""
    codes, names = pd.factorize(facts["category"], sort=True)
    scores = facts["sentiment"].to_numpy(float, na_value=np.nan)
    order = np.lexsort((scores, codes))
    order = order[codes[order] >= 0]
    last = np.minimum(np.searchsorted(codes[order], np.arange(len(names)), "right"), len(order)) - 1
    first = np.searchsorted(codes[order], np.arange(len(names)))
    # Of those that are as negative as the last one taken, identifiers decide, and no others are compared.
    least = scores[order[np.minimum(first + n - 1, last)]]
    near = order[~(scores[order] > least[codes[order]])]
    ids = facts.index[near].astype("str").to_numpy(object)
    ranked = near[np.lexsort((ids, scores[near], codes[near]))]
    rank = np.arange(len(ranked)) - np.searchsorted(codes[ranked], codes[ranked])
    return ranked[rank < n]


def _drawn(facts: pd.DataFrame, n: int, without: np.ndarray) -> np.ndarray:
    """Return the positions of ``n`` contacts of each category drawn at random, category by category."""
    codes = pd.factorize(facts["category"], sort=True)[0]
    codes[without] = -1
    shuffled = np.random.default_rng(0).permutation(len(facts))
    shuffled = shuffled[codes[shuffled] >= 0]
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    rank = np.arange(len(order)) - np.searchsorted(codes[order], codes[order])
    return order[rank < n]


def _rows(facts: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """Return contacts with their positions, in the order of these."""
    return facts[["category", "sentiment", "polarity"]].iloc[at].assign(at=at).reset_index()


def _by_sentiment(facts: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """Return contacts with their positions, worst first."""
    return facts.assign(at=at).reset_index().sort_values(["sentiment", "doc_id"], kind="stable")


def _texts(corpus: Corpus, at: pd.Series) -> list[str]:
    texts = corpus[at.to_numpy(np.int64)].texts.to_numpy(object)
    return [_cut(text, _LONGEST) for text in texts]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
