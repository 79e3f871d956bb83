"""Words that shape a clause: negators, question words, conditions, wishes and what ends their scope."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import ahocorasick_rs
import numpy as np

from csatext.lexicon import Lexicon
from csatext.text.joined_texts import matched_words

__all__ = ["CLAUSE_REACH", "ROLES", "Cues", "find_cues"]

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
)
"""Roles of ``lexicons/clause_cues.tsv``; negators are those of ``negators.tsv`` that have no other role."""

_BITS = {role: 1 << at for at, role in enumerate(ROLES)}
CLAUSE_REACH = 6
_REACH = {"clause": CLAUSE_REACH, "noun": 4}
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
    automaton: ahocorasick_rs.AhoCorasick
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
    automaton = ahocorasick_rs.AhoCorasick(
        terms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
    )
    return _Matcher(
        automaton,
        np.array([bits[term] for term in terms], np.int64),
        np.array([reach.get(term, 0) for term in terms], np.int64),
    )


def find_cues(text: str) -> Cues:
    """Return the cue words of a text, leftmost and longest first.

    Examples
    --------
    >>> cues = find_cues("是不是没有断网")
    >>> cues.starts.tolist(), cues.having("negator").tolist()
    ([0, 3], [False, True])
    """
    matcher = _matcher()
    term, start, end = matched_words(matcher.automaton, text)
    return Cues(start, end, matcher.bits[term], matcher.reach[term])
