"""Polar words matched on the characters of a text, denied by the clause engine and scaled by intensifiers."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.lexicon import Lexicon
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import JoinedTexts, joined_chunks
from csatext.text.word_matcher import WordMatcher

__all__ = [
    "EVENTS",
    "PolarWords",
    "ValenceHits",
    "find_polar_words",
    "is_sign",
    "joined_valence",
    "valence_hits",
]

_MODIFIER_WINDOW = 3
_GAP = 4
_NEGATED = -0.7
_STRONG = 1.6
"""Factor of a strong intensifier."""
_OWN_NEGATORS = "不没未无"
_WARNED = 0.5
_STRONGLY_NEGATED = 0.5
"""不是特别好 denies less than 不好."""
_NEGATOR, _REFUSAL, _IMPERATIVE, _UNIVERSAL, _INTENSIFIER, _POLAR = range(6)
_UNIVERSALS = tuple(
    f"{denial}{one}"
    for denial in ("没有", "没", "无")
    for one in (
        "一个",
        "一次",
        "一天",
        "一件",
        "一家",
        "一回",
        "一样",
        "一单",
        "一道",
        "一处",
        "一项",
        "一位",
        "一人",
        "一",
        "哪",
        "谁",
        "人",
    )
)
"""Before 不 or 没 they say it of all: 没有一道菜不好吃."""
_UNIVERSAL_GAP = 8
_UNWELCOME = "unwelcome"
"""Role, in ``lexicons/sentiment_cues.tsv``, of what is good where it is denied and may be neutral else."""
_BLAMELESS = (("nothing_to", "blame"), ("moderation", "excess"), ("moderation", _UNWELCOME))
"""Roles there of words that are good together: 没什么可 before 挑剔, 不会太 before 甜."""
_ABSENT = 0.5
"""Valence of something unwelcome that is denied: 不疼, 没碎过."""
_SIGNS = ((0x2600, 0x27BF), (0x1F300, 0x1FAFF))
"""Code points of emoji, which say what is felt whatever the words deny: 没人管😡."""
_BRACKET = ord("[")
_SPARES = "spares somebody what follows"
"""Note, in ``lexicons/negators.tsv``, of negators that tell of a duty not done unless it is a harm: 没给."""
_ONE_OF = ord("一")
_HAVING = ord("有")
_OF_ANY = np.array([ord(mark) for mark in "什任哪半一丝"], np.uint32)
"""First characters of what follows 没有 and says it of anything: 没有任何, 没有什么."""
_GONE_WRONG = np.array([ord(mark) for mark in "错漏坏丢乱"], np.uint32)
"""After a denial that tells of something not done, these turn it: 没给我发错过."""
_DENYING = ("不", "没", "没有", "未")
_OF_AN_ASPECT = 0.6
"""Weight of a word that judges an aspect beside a polar word; on reviews of hotels better than .9."""
_OWN = np.array([ord(mark) for mark in _OWN_NEGATORS], np.uint32)
_DENIALS = np.array([ord("不"), ord("没")], np.uint32)
EVENTS = ("fault", "mishap", "solved", "thanks")
"""What a word of ``lexicons/service_events.tsv`` tells."""


class ValenceHits(NamedTuple):
    """Polar words of many documents, in order of position.

    Attributes
    ----------
    rows : ndarray of int64
        Position of the document.
    starts, ends : ndarray of int64
        Span in the prepared text, from the first modifier to the end of the word.
    values : ndarray of float64
        Valence after negation and intensity; never 0.
    """

    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    values: np.ndarray


_NOTHING = ValenceHits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


class PolarWords(NamedTuple):
    """Polar words of joined texts, in order of position.

    Attributes
    ----------
    starts, ends : ndarray of int64
        Span in the joined text, from the first modifier to the end of the word.
    heads : ndarray of int64
        First character of the word itself.
    bases, values : ndarray of float64
        Valence in the list, and after negation and intensity.
    denied : ndarray of bool
        Whether a negator denies the word.
    events : ndarray of int64
        What the word tells, as position in ``EVENTS``: a fault of the firm, a mishap that may be anybody's, a
        trouble that is over, thanks; -1 of words that judge.
    """

    starts: np.ndarray
    ends: np.ndarray
    heads: np.ndarray
    bases: np.ndarray
    values: np.ndarray
    denied: np.ndarray
    events: np.ndarray


class _Matcher(NamedTuple):
    words: WordMatcher
    kinds: np.ndarray
    values: np.ndarray
    events: np.ndarray
    unwelcome: np.ndarray
    spares: np.ndarray


def _opinions() -> dict[str, tuple[int, float]]:
    """Return the words that judge an aspect, with their mean valence, weighed less than a polar word.

    Those of one character mean something beside their aspect only (卡).
    """
    table = Lexicon.load("aspect_words").table
    judged = table[(table["role"] == "opinion") & (table["term"].str.len() > 1)]
    values = judged["aspects"].str.extractall(r":(-?[\d.]+)")[0].astype(float).groupby(level=0).mean()
    of_own = pd.to_numeric(judged["valence"], errors="coerce")
    valence = of_own.fillna(values).dropna()
    return {
        term: (_POLAR, _OF_AN_ASPECT * value)
        for term, value in zip(judged.loc[valence.index, "term"], valence, strict=True)
    }


def _denies_a_word(term: str, words: dict[str, tuple[int, float]]) -> bool:
    """Return whether a term is a negator and a word that is known, which clauses read by themselves."""
    return any(term.startswith(negator) and term[len(negator) :] in words for negator in _DENYING)


def _unwelcome() -> dict[str, tuple[int, float]]:
    """Return what is good because it is denied: a negator together with something unwelcome."""
    table = Lexicon.load("negators").table
    refuses = table["note"].str.contains("refusal|prohibition|weak", regex=True)
    negators = table.loc[~refuses & table["term"].str.endswith(_DENYING), "term"]
    of_role = _cue_words()
    found = {negator + what: (_POLAR, _ABSENT) for negator in negators for what in of_role[_UNWELCOME]}
    for before, after in _BLAMELESS:
        found |= {first + what: (_POLAR, _ABSENT) for first in of_role[before] for what in of_role[after]}
    return found


@cache
def _cue_words() -> dict[str, list[str]]:
    """Return the cues of the score by their roles."""
    table = Lexicon.load("sentiment_cues").table
    found: dict[str, list[str]] = {}
    for term, roles in zip(table["term"].tolist(), table["roles"].tolist(), strict=True):
        for role in roles.split(","):
            found.setdefault(role, []).append(term)
    return found


@cache
def _matcher() -> _Matcher:
    cues = Lexicon.load("clause_cues").table
    found: dict[str, tuple[int, float]] = dict.fromkeys(Lexicon.load("negators").terms, (_NEGATOR, 1.0))
    for role, kind in (("refusal", _REFUSAL), ("imperative", _IMPERATIVE)):
        found |= dict.fromkeys(cues.loc[cues["roles"].str.contains(role), "term"], (kind, 1.0))
    # 不得不 is no refusal.
    harmless = cues.loc[cues["roles"].str.contains("not_negation"), "term"]
    found |= {
        term: (_POLAR, 0.0)
        for term in harmless
        if term[0] in _OWN_NEGATORS and not term.startswith(_UNIVERSALS)
    }
    found |= dict.fromkeys(_UNIVERSALS, (_UNIVERSAL, 1.0))
    # Of a word in two lists the last counts: 没用 is polar before it is a negator.
    for name, column, kind in (
        ("intensifiers", "factor", _INTENSIFIER),
        ("service_events", "valence", _POLAR),
        ("polarity", "valence", _POLAR),
    ):
        table = Lexicon.load(name).table
        found |= {term: (kind, value) for term, value in zip(table["term"], table[column], strict=True)}
    found = (
        {term: value for term, value in _opinions().items() if not _denies_a_word(term, found)}
        | _unwelcome()
        | found
    )
    found = {term.lower(): value for term, value in found.items()}
    unwelcome = {term for term in _cue_words()[_UNWELCOME] if found.get(term, (_POLAR, 0.0)) == (_POLAR, 0.0)}
    found |= dict.fromkeys(unwelcome, (_POLAR, _ABSENT / _NEGATED))
    events = Lexicon.load("service_events").table.set_index("term")["kind"].to_dict()
    negators = Lexicon.load("negators").table
    spares = set(negators.loc[negators["note"] == _SPARES, "term"])
    terms = sorted(found)
    numbers = {kind: at for at, kind in enumerate(EVENTS)}
    return _Matcher(
        WordMatcher(terms),
        np.array([found[term][0] for term in terms]),
        np.array([found[term][1] for term in terms]),
        np.array([numbers.get(events.get(term, ""), -1) for term in terms]),
        np.array([term in unwelcome for term in terms]),
        np.array([term in spares for term in terms]),
    )


def valence_hits(texts: pd.Series) -> ValenceHits:
    """Return the polar words of each text with their valence after negation and intensification.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.

    Returns
    -------
    ValenceHits

    Notes
    -----
    The longest entry wins, so that 耐心等待 (neutral) hides 耐心. Up to three intensifiers before a word
    count, each at most four characters from what follows and in the same clause. Whether a word is denied
    is read by :class:`csatext.text.clauses.clause_reading.ClauseReading`: a denied word has -0.7 of its
    valence
    (after Taboada et al. 2011, "Lexicon-based methods for sentiment analysis": negation shifts, it does not
    mirror). A refusal before a positive word denies it too: 不能保证质量.

    Examples
    --------
    >>> valence_hits(pd.Series(["回复不及时"])).values < 0
    array([ True])
    """
    parts = [joined_valence(chunk) for chunk in joined_chunks(texts)] or [_NOTHING]
    return ValenceHits(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def joined_valence(joined: JoinedTexts) -> ValenceHits:
    """Return the polar words of joined texts, as :func:`valence_hits` does; rows count from its first."""
    words = joined.once(find_polar_words)
    row = joined.rows_of(words.starts)
    origin = joined.offsets[row]
    return ValenceHits(joined.first_row + row, words.starts - origin, words.ends - origin, words.values)


def find_polar_words(joined: JoinedTexts) -> PolarWords:
    """Return the polar words of joined texts with what denies and strengthens them."""
    reading, matcher = joined.once(ClauseReading), _matcher()
    term, start, end = matcher.words.longest(joined.folded)
    kind, value = matcher.kinds[term], matcher.values[term]
    polar = np.flatnonzero((kind == _POLAR) & (value != 0))
    base = value[polar]
    factor, span_start = np.ones(len(polar)), start[polar].copy()
    active = np.ones(len(polar), bool)
    refused, ordered = np.zeros(len(polar), bool), np.zeros(len(polar), bool)
    for step in range(1, _MODIFIER_WINDOW + 1):
        before = polar - step
        active &= before >= 0
        before = np.maximum(before, 0)
        active &= (span_start - end[before] <= _GAP) & (
            reading.clause[start[before]] == reading.clause[span_start]
        )
        active &= ~((kind[before] == _POLAR) & (value[before] != 0))
        modifier = active & (kind[before] != _POLAR)
        factor[modifier & (kind[before] == _INTENSIFIER)] *= value[before][
            modifier & (kind[before] == _INTENSIFIER)
        ]
        refused ^= modifier & (kind[before] == _REFUSAL)
        ordered |= modifier & (kind[before] == _IMPERATIVE)
        span_start[modifier] = start[before[modifier]]
    head = start[polar]
    denied = reading.denied(head) if len(head) else np.zeros(0, bool)
    denied ^= (base > 0) & refused & ~denied
    event = matcher.events[term[polar]]
    sign = is_sign(joined.points[head])
    denied &= ~sign
    of_all, own = _said_of_all(joined, reading, end[kind == _UNIVERSAL], head)
    base = np.where(of_all & own, -base, base)
    denied &= ~of_all
    # 别上当 warns of what has happened to others.
    warned = denied & ordered & (base < 0)
    denied &= ~warned
    base = np.where(warned, _WARNED * base, base)
    last = end[polar]
    # 没给我发错过: not done, and well so.
    own = np.flatnonzero((base < 0) & ~denied)
    own = own[np.isin(joined.points[head[own]], _OWN)]
    denied[own] = np.isin(joined.points[last[own]], _GONE_WRONG)
    weight = np.where(denied, _NEGATED * np.where(factor > _STRONG, _STRONGLY_NEGATED, 1.0), 1.0)
    found = PolarWords(span_start, last, head, base, base * factor * weight, denied, event)
    told = _told(joined, reading, found, matcher.unwelcome[term[polar]], matcher.spares[term[polar]])
    return PolarWords(*(values[told] for values in found))


def _told(
    joined: JoinedTexts,
    reading: ClauseReading,
    words: PolarWords,
    unwelcome: np.ndarray,
    spares: np.ndarray,
) -> np.ndarray:
    """Return which words tell something: not what is unwelcome where it is not denied, nor 没给 where what
    follows is no gift (没给我们添麻烦).
    """
    absent = words.denied | reading.suspended["none"][np.maximum(words.ends - 1, 0)]
    # One character alone stands in many words: 没有一瓶漏的 and not 没有带卡.
    counted = (words.ends - words.heads > 1) | (joined.points[np.maximum(words.heads - 2, 0)] == _ONE_OF)
    told = ~unwelcome | (absent & counted)
    # 早餐没有什么可抱怨的 does not say that there was none.
    points = np.append(joined.points, np.zeros(1, np.uint32))
    there = np.isin(points[words.ends - 2], _OWN) & (points[words.ends - 1] == _HAVING)
    told &= ~(there & (words.bases < 0) & np.isin(points[words.ends], _OF_ANY))
    harms = np.flatnonzero(words.denied & (words.bases < 0) & told)
    at = np.flatnonzero(spares)
    if len(at) and len(harms):
        following = harms[np.minimum(np.searchsorted(words.heads[harms], words.ends[at]), len(harms) - 1)]
        denial = reading.denial(words.heads[following])
        told[at] &= ~((denial >= words.heads[at]) & (denial < words.ends[at]))
    return told


def is_sign(points: np.ndarray) -> np.ndarray:
    """Return which first characters are those of emoji and of faces in brackets."""
    found = points == _BRACKET
    for first, last in _SIGNS:
        found |= (points >= first) & (points <= last)
    return found


def _said_of_all(
    joined: JoinedTexts, reading: ClauseReading, universals: np.ndarray, heads: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return which words two denials say of all (没有一个不夸), and which of them begin with the second."""
    if not len(universals) or not len(heads):
        nothing = np.zeros(len(heads), bool)
        return nothing, nothing
    own = np.isin(joined.points[heads], _DENIALS)
    second = np.where(own, heads, heads - 1)
    at = np.searchsorted(universals, second, side="right") - 1
    first = universals[np.maximum(at, 0)]
    of_all = (
        (at >= 0)
        & (second - first <= _UNIVERSAL_GAP)
        & np.isin(joined.points[np.maximum(second, 0)], _DENIALS)
    )
    return of_all & (reading.clause[first - 1] == reading.clause[heads]), own
