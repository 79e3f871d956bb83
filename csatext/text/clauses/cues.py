"""Words that shape a clause: negators, question words, conditions, wishes and what ends their scope."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from csatext.lexicon import Lexicon
from csatext.text.joined_texts import JoinedTexts
from csatext.text.word_matcher import WordMatcher

__all__ = ["CLAUSE_REACH", "NOUN_REACH", "ROLES", "Cues", "find_cues"]

ROLES = (
    "negator",
    "not_negation",
    "refusal",
    "imperative",
    "scope_end",
    "remedy",
    "transparent",
    "coordinator",
    "question",
    "question_end",
    "not_question",
    "ask_modal",
    "rhetorical",
    "condition",
    "condition_after",
    "condition_end",
    "wish",
    "wish_after",
    "hearsay",
    "irrealis",
    "not_irrealis",
    "past",
    "now",
    "good",
    "other",
    "persist",
    "contrast",
    "comparison",
    "why",
    "question_back",
    "solved",
    "less",
    "duty",
    "how",
    "minimiser",
    "aside",
    "hedge",
    "case",
)
"""Roles of ``lexicons/clause_cues.tsv``; negators are those of ``negators.tsv`` that have no other role."""

_BITS = {role: 1 << at for at, role in enumerate(ROLES)}
CLAUSE_REACH, NOUN_REACH = 6, 4
_REACH = {"clause": CLAUSE_REACH, "noun": NOUN_REACH}
"""Characters that may stand between a negator of a scope and what it denies; 1 for other scopes. Chosen by
reading: 没有师傅乱收费 needs 2, 不存在 and 不是 take a subject of up to six."""
_PHRASE_REACH = 1


class Cues(NamedTuple):
    """Cue words of a text in order of position; none overlaps another.

    Attributes
    ----------
    starts, ends : ndarray of int64
        Spans.
    bits : ndarray of int64
        Roles, one bit each.
    reach : ndarray of int64
        Of negators: characters that may stand between it and what it denies.
    """

    starts: np.ndarray
    ends: np.ndarray
    bits: np.ndarray
    reach: np.ndarray

    def having(self, *roles: str) -> np.ndarray:
        """Return which cues have one of the roles."""
        return (self.bits & sum(_BITS[role] for role in roles)) != 0


class _Matcher(NamedTuple):
    words: WordMatcher
    bits: np.ndarray
    reach: np.ndarray


@cache
def _matcher() -> _Matcher:
    bits: dict[str, int] = {}
    reach: dict[str, int] = {}
    cues = Lexicon.load("clause_cues").table
    for term, roles in zip(cues["term"], cues["roles"], strict=True):
        bits[term] = sum(_BITS[role] for role in roles.split(","))
    negators = Lexicon.load("negators").table
    denying = _BITS["not_negation"] | _BITS["refusal"]
    for term, scope in zip(negators["term"], negators["scope"], strict=True):
        if not bits.get(term, 0) & denying:
            bits[term] = bits.get(term, 0) | _BITS["negator"]
            reach[term] = max(_REACH.get(part, _PHRASE_REACH) for part in scope.split(","))
    for term, role in bits.items():
        if role & _BITS["imperative"]:
            bits[term] |= _BITS["negator"]
            reach.setdefault(term, _PHRASE_REACH)
    terms = sorted(bits)
    return _Matcher(
        WordMatcher(terms),
        np.array([bits[term] for term in terms], np.int64),
        np.array([reach.get(term, 0) for term in terms], np.int64),
    )


def find_cues(joined: JoinedTexts) -> Cues:
    """Return the cue words of joined texts, leftmost and longest first.

    Examples
    --------
    >>> import pandas as pd
    >>> cues = find_cues(JoinedTexts(pd.Series(["是不是没有断网"])))
    >>> cues.starts.tolist(), cues.having("negator").tolist()
    ([0, 3], [False, True])
    """
    matcher = _matcher()
    term, start, end = matcher.words.longest(joined.points)
    return Cues(start, end, matcher.bits[term], matcher.reach[term])
