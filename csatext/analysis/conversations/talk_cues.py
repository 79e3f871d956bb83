"""Words of a dialogue that tell how it goes: thanks, done, denied, asked, apologised, threatened."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import pandas as pd

from csatext.analysis.rules.asserted_hits import find_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.lexicon import Lexicon
from csatext.taxonomy import Category, Taxonomy
from csatext.text.joined_texts import joined_chunks, matched_words
from csatext.text.vectorization import Vectorizer

__all__ = ["CUES", "find_cues", "threatening"]

CUES = ("thanks", "solved", "consent", "question", "denial", "apology", "complaint", "threat")
"""Columns of :func:`find_cues`; the last are the words of ``lexicons/escalation.tsv`` as they come."""
_THREATS = frozenset(("group", "legal", "management", "media", "police", "regulator", "safety"))
"""Kinds of escalation that put pressure on the centre; who leaves, or complains of privacy, does not."""

_ASKS = re.compile("什么|怎么|怎样|如何|多少|哪|吗")
"""Words with which a clause asks about an authority instead of turning to it."""
_IN_TEXT = 1 << 32


class _Matcher(NamedTuple):
    automaton: ahocorasick_rs.AhoCorasick
    cue: np.ndarray
    threats: CompiledTaxonomy


@cache
def _matcher() -> _Matcher:
    table = Lexicon.load("conversation_cues").table
    numbers = {name: at for at, name in enumerate(CUES)}
    escalation = Lexicon.load("escalation").table
    threats = escalation.loc[escalation["kind"].isin(_THREATS), "term"].tolist()
    # A line of no signal is there to be matched: 不客气 denies nothing.
    cue = dict.fromkeys(threats, numbers["threat"]) | dict(
        zip(table["term"], table["signal"].map(numbers).fillna(-1).astype(int), strict=True)
    )
    terms = sorted(cue)
    automaton = ahocorasick_rs.AhoCorasick(
        terms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
    )
    # A number such as 315 must be a word by itself, not a part of another number.
    patterns = tuple(f"={term}" if term.isdigit() else term for term in threats)
    category = Category("threat", "升级", patterns=patterns)
    return _Matcher(
        automaton, np.array([cue[term] for term in terms], np.int64), CompiledTaxonomy(Taxonomy([category]))
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
        term, start, _ = matched_words(matcher.automaton, chunk.folded)
        cue = matcher.cue[term]
        kept = cue >= 0
        found[chunk.first_row + chunk.rows_of(start[kept]), cue[kept]] = True
    return found


def threatening(texts: pd.Series, possible: np.ndarray) -> np.ndarray:
    """Return which texts threaten in earnest: 我要找媒体曝光, but not 12315 是做什么的.

    Parameters
    ----------
    texts : Series of str, length n
        Prepared texts.
    possible : ndarray of bool, shape (n,)
        Texts that hold a word of ``lexicons/escalation.tsv``.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    rows = np.flatnonzero(possible)
    result = np.zeros(len(texts), bool)
    if len(rows):
        corpus = Vectorizer(redact=False).fit_transform(texts.iloc[rows].reset_index(drop=True))
        threats = _matcher().threats
        every = find_hits(threats, corpus.texts, corpus.token_table, asserted=False)
        meant = find_hits(threats, corpus.texts, corpus.token_table)
        # Words overlap: what denies the first of a clause denies the others (不会找媒体曝光).
        first = np.lexsort((every.start, every.clause_start, every.row))
        news = np.ones(len(first), bool)
        news[1:] = (every.row[first][1:] != every.row[first][:-1]) | (
            every.clause_start[first][1:] != every.clause_start[first][:-1]
        )
        leading = every.take(first[news])
        said = np.isin(leading.row * _IN_TEXT + leading.start, meant.row * _IN_TEXT + meant.start)
        meant = leading.take(said)
        clauses = [
            texts[start:end]
            for texts, start, end in zip(
                corpus.texts.to_numpy(object)[meant.row], meant.clause_start, meant.clause_end, strict=True
            )
        ]
        asks = np.array([_ASKS.search(clause) is not None for clause in clauses], bool)
        result[rows[meant.row[~asks]]] = True
    return result
