"""Words of a dialogue that tell how it goes: thanks, done, denied, asked, apologised, threatened."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.rules.asserted_hits import Hits, find_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.lexicon import Lexicon
from csatext.taxonomy import Category, Taxonomy
from csatext.text.joined_texts import joined_chunks
from csatext.text.word_matcher import WordMatcher

__all__ = ["CUES", "find_cues", "threatening"]

CUES = ("thanks", "solved", "consent", "question", "denial", "apology", "complaint", "demand", "threat")
"""Columns of :func:`find_cues`; the last are the words that put pressure on the centre, as they come."""
_PRESSURE = "pressure"
"""Use, in ``lexicons/service_signals.tsv``, of words with which a customer in a talk puts pressure on the
centre: authorities, law, media, danger, persistence. Who leaves puts none."""
_ASKS = re.compile("什么|怎么|怎样|如何|多少|哪|吗")
"""Words with which a clause asks about an authority instead of turning to it."""
_DEMAND = 1
"""Position of demands among the compiled categories."""
_IN_TEXT = 1 << 32


class _Matcher(NamedTuple):
    words: WordMatcher
    cue: np.ndarray
    threats: CompiledTaxonomy


@cache
def _matcher() -> _Matcher:
    table = Lexicon.load("conversation_cues").table
    numbers = {name: at for at, name in enumerate(CUES)}
    signals = Lexicon.load("service_signals").table
    threats = signals.loc[signals["use"] == _PRESSURE, "term"].tolist()
    # A line of no signal is there to be matched: 不客气 denies nothing.
    cue = dict.fromkeys(threats, numbers["threat"]) | dict(
        zip(table["term"], table["signal"].map(numbers).fillna(-1).astype(int), strict=True)
    )
    terms = sorted(cue)
    demands = table.loc[table["signal"] == "demand", "term"].tolist()
    categories = [
        Category(name, name, patterns=tuple(words))
        for name, words in (("threat", threats), ("demand", demands))
    ]
    return _Matcher(
        WordMatcher(terms),
        np.array([cue[term] for term in terms], np.int64),
        CompiledTaxonomy(Taxonomy(categories)),
    )


def find_cues(texts: pd.Series) -> np.ndarray:
    """Return which cues each text holds.

    Parameters
    ----------
    texts : Series of str, length n
        Prepared texts.

    Returns
    -------
    ndarray of bool, shape (n, len(CUES))

    Examples
    --------
    >>> CUES[int(find_cues(pd.Series(["谢谢"])).argmax())]
    'thanks'
    """
    matcher = _matcher()
    found = np.zeros((len(texts), len(CUES)), bool)
    for chunk in joined_chunks(texts):
        term, start, _ = matcher.words.longest(chunk.folded)
        cue = matcher.cue[term]
        kept = cue >= 0
        found[chunk.first_row + chunk.rows_of(start[kept]), cue[kept]] = True
    return found


def threatening(texts: pd.Series, possible: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Return which texts threaten in earnest: 我要找媒体曝光, but not 12315 是做什么的.

    That one is going to complain is a threat after a reply; before it, it is what many call for.

    Parameters
    ----------
    texts : Series of str, length n
        Prepared texts.
    possible : ndarray of bool, shape (n,)
        Texts that hold a threat or a demand.
    later : ndarray of bool, shape (n,)
        Texts that follow a reply.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    rows = np.flatnonzero(possible)
    result = np.zeros(len(texts), bool)
    if len(rows):
        read = texts.iloc[rows].reset_index(drop=True)
        every, meant = (_threats(read, asserted, later[rows]) for asserted in (False, True))
        # Words overlap: what denies the first of a clause denies the others (不会找媒体曝光).
        first = np.lexsort((every.start, every.clause_start, every.row))
        news = np.ones(len(first), bool)
        news[1:] = (every.row[first][1:] != every.row[first][:-1]) | (
            every.clause_start[first][1:] != every.clause_start[first][:-1]
        )
        leading = every.take(first[news])
        said = np.isin(leading.row * _IN_TEXT + leading.start, meant.row * _IN_TEXT + meant.start)
        meant = leading.take(said)
        clauses = zip(
            read.to_numpy(object)[meant.row],
            meant.clause_start.tolist(),
            meant.clause_end.tolist(),
            strict=True,
        )
        asks = np.array([_ASKS.search(text[start:end]) is not None for text, start, end in clauses], bool)
        result[rows[meant.row[~asks]]] = True
    return result


def _threats(texts: pd.Series, asserted: bool, later: np.ndarray) -> Hits:
    """Return the hits of threats, and of later demands; 315 must not be a part of another number."""
    threats = _matcher().threats
    hits = find_hits(threats, texts, asserted=asserted)
    hits = hits.take((threats.category_of[hits.pattern] != _DEMAND) | later[hits.row])
    values = texts.to_numpy(object)
    places = zip(values[hits.row], hits.start.tolist(), hits.end.tolist(), strict=True)
    inside = [
        text[start:end].isdigit()
        and any(mark.isdigit() for mark in text[max(start - 1, 0) : start] + text[end : end + 1])
        for text, start, end in places
    ]
    return hits.take(~np.array(inside, bool))
