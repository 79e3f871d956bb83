"""What each clause says of the firm: where words are said, denied, asked, wished or supposed."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from csatext.analysis.sentiment.grievances import find_grievances
from csatext.analysis.sentiment.polar_words import EVENTS, PolarWords, find_polar_words, is_sign
from csatext.lexicon import Lexicon
from csatext.text.clauses.clause_reading import ClauseReading, Spans
from csatext.text.joined_texts import JoinedTexts
from csatext.text.word_matcher import WordMatcher

__all__ = ["REASONS", "ClauseScores", "Evidence", "FeelingCues", "score_clauses"]

REASONS = (
    "said",
    "denied",
    "asked",
    "wished",
    "supposed",
    "reported",
    "former or others",
    "lessened",
    "inquiry",
    "courtesy",
    "complaint construction",
    "reproach",
    "threat",
)
"""Why a word counts or does not."""
_SUSPENSIONS = {
    "question": "asked",
    "wish": "wished",
    "condition": "supposed",
    "hearsay": "reported",
    "other": "former or others",
    "less": "lessened",
    "none": "lessened",
}
_ROLES = (
    "inquiry",
    "aggravation",
    "reproach",
    "courtesy",
    "threat",
    "desire",
    "nodesire",
    "appeal",
    "office",
    "verdict",
    "not_desire",
)
"""Roles of cues; of ``not_desire`` nothing is asked, it hides a shorter cue (不能 in 不能更贴心)."""
_BITS = {role: 1 << at for at, role in enumerate(_ROLES)}
_SOLVED, _THANKS = EVENTS.index("solved"), EVENTS.index("thanks")
_CONSTRUCTION, _REPROACHED, _THREATENED = -0.9, -0.7, -0.7
_STRONG = 0.7
"""A word that judges this hard is meant even in a question: 怎么会有这么垃圾的服务."""
_BRIEF = 3
"""Sentences of a text in which an inquiry anywhere makes an inquiry of the whole."""
_BEFORE, _AFTER = 0.7, 1.3
"""Weights of what stands before and after 但是; of 就是 and 可惜 the roots. Chosen by reading."""
_FORMERLY = 0.4
_HALF = 0.5
_NOT, _BE, _RATHER = map(ord, "不是而")
_DENIALS = np.array([ord(mark) for mark in "没未无冇零"], np.uint32)
_TWO = 2
_OVER = 0.2
"""A trouble that is over counts little."""
_LESSENED = -0.8
"""A trouble that has become less is good news."""


class Evidence(NamedTuple):
    """Words and constructions of joined texts, by position.

    Attributes
    ----------
    starts, ends : ndarray of int64
        Spans in the joined text.
    values : ndarray of float64
        What each adds to its clause; 0 for what is not asserted.
    reasons : ndarray of int64
        Position in ``REASONS``.
    events : ndarray of int64
        What a word tells, as position in ``EVENTS``; -1 of words that judge and of constructions.
    """

    starts: np.ndarray
    ends: np.ndarray
    values: np.ndarray
    reasons: np.ndarray
    events: np.ndarray

    def absent(self, points: np.ndarray) -> np.ndarray:
        """Return which is good since something is not there: denied, or by itself (没毛病)."""
        own = np.isin(points[self.starts], _DENIALS)
        return (self.values > 0) & (own | (self.reasons == REASONS.index("denied")))

    def built(self) -> np.ndarray:
        """Return which are constructions that only a complaint uses."""
        return self.reasons == REASONS.index("complaint construction")


class ClauseScores(NamedTuple):
    """Evidence of joined texts, with their clauses and cues.

    Attributes
    ----------
    reading : ClauseReading
    evidence : Evidence
    cues : FeelingCues
    """

    reading: ClauseReading
    evidence: Evidence
    cues: FeelingCues


class _Matcher(NamedTuple):
    words: WordMatcher
    bits: np.ndarray


class FeelingCues(NamedTuple):
    """Words of ``lexicons/sentiment_cues.tsv`` that ask, wish, reproach, threaten or appeal, by position.

    Attributes
    ----------
    starts, ends : ndarray of int64
        Spans in the joined text.
    bits : ndarray of int64
        Roles, one bit each.
    """

    starts: np.ndarray
    ends: np.ndarray
    bits: np.ndarray

    def marked(self, role: str) -> np.ndarray:
        """Return which cues have a role."""
        return (self.bits & _BITS[role]) != 0

    def having(self, role: str) -> np.ndarray:
        """Return the positions of the cues that have a role."""
        return self.starts[self.marked(role)]


@cache
def _matcher() -> _Matcher:
    table = Lexicon.load("sentiment_cues").table
    # Other roles are those of words that become good by what stands before them.
    bits = np.array(
        [
            sum(1 << _ROLES.index(role) for role in roles.split(",") if role in _ROLES)
            for roles in table["roles"]
        ]
    )
    return _Matcher(WordMatcher(table["term"][bits > 0].tolist()), bits[bits > 0])


def score_clauses(joined: JoinedTexts) -> ClauseScores:
    """Return what the clauses of joined texts say.

    Parameters
    ----------
    joined : JoinedTexts
        The texts.

    Returns
    -------
    ClauseScores

    Notes
    -----
    A polar word counts where its clause asserts it, turned where it is denied, and not where it is asked,
    wished, supposed or reported (:class:`csatext.text.clauses.clause_reading.ClauseReading`). What a text
    tells as it asks how to proceed (信用卡丢了怎么补办) is no complaint unless something aggravates it: how
    long, how often, 到底. What stands before 但是 counts 0.7, what stands after it 1.3.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = score_clauses(JoinedTexts(pd.Series(["价格便宜，但是很难用"])))
    >>> scores.evidence.values.round(2).tolist()
    [0.56, -0.62]
    """
    reading = joined.once(ClauseReading)
    words = joined.once(find_polar_words)
    cues = _find_cues(joined, reading)
    values, reasons = _asserted(joined, words, reading)
    at = words.ends - 1
    built, built_end = find_grievances(joined, at[values > 0])
    values = np.where(_foils(joined, reading)[reading.clause[words.heads]], 0.0, values)
    values, reasons = _desired(reading, words, cues, values, reasons)
    # 打不着火 is a construction and an event: it aggravates no inquiry.
    plain = _holds(built, built_end, words.heads[words.events >= 0])
    calm = _calm(joined, reading, words, cues, built[~plain], values)
    told = calm[words.heads] & (values < 0)
    reasons = np.where(told, REASONS.index("inquiry"), reasons)
    values = np.where(told & ((words.events >= 0) | (values > -_HALF)), 0.0, values)
    built, built_end = built[~(plain & calm[built])], built_end[~(plain & calm[built])]
    meant = ~_taken_back(reading, words, cues.starts)
    reproach, threat = cues.marked("reproach") & meant, cues.marked("threat") & meant
    starts = np.concatenate((words.starts, built, cues.starts[reproach], cues.starts[threat]))
    ends = np.concatenate((words.ends, built_end, cues.ends[reproach], cues.ends[threat]))
    values = np.concatenate(
        (
            values,
            np.full(len(built), _CONSTRUCTION),
            np.full(reproach.sum(), _REPROACHED),
            np.full(threat.sum(), _THREATENED),
        )
    )
    reasons = np.concatenate(
        (
            reasons,
            np.repeat(
                [REASONS.index(name) for name in ("complaint construction", "reproach", "threat")],
                [len(built), reproach.sum(), threat.sum()],
            ),
        )
    )
    events = np.concatenate((words.events, np.full(len(starts) - len(words.events), -1)))
    values, reasons = _courteous(joined, reading, cues, starts, events, values, reasons)
    values = values * _contrast(reading, starts)
    values = np.where(_over(reading, starts, values, events, reasons), _OVER * values, values)
    order = np.argsort(starts, kind="stable")
    evidence = Evidence(*(column[order] for column in (starts, ends, values, reasons, events)))
    return ClauseScores(reading, evidence, cues)


def _find_cues(joined: JoinedTexts, reading: ClauseReading) -> FeelingCues:
    matcher = _matcher()
    term, start, end = matcher.words.longest(joined.points)
    bits = matcher.bits[term]
    return FeelingCues(start, end, np.where(reading.of_none(start), bits & ~_BITS["inquiry"], bits))


def _taken_back(reading: ClauseReading, words: PolarWords, positions: np.ndarray) -> np.ndarray:
    """Return whether each position is denied by a negator that is no part of a polar word: 不是要投诉 does
    not threaten, 没人管我要投诉 does.
    """
    denial = reading.denial(positions)
    return (denial >= 0) & ~np.isin(denial, words.heads[words.values < 0])


def _asserted(
    joined: JoinedTexts, words: PolarWords, reading: ClauseReading
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each word adds by itself, and why."""
    n = len(words.heads)
    if not n:
        return np.empty(0), np.empty(0, np.int64)
    last = words.ends - 1
    asserted = reading.asserted(Spans(np.arange(n), words.heads, words.ends))
    asserted |= is_sign(joined.points[words.heads])
    suspended = reading.suspends(last)
    # 没有一句不耐烦: two denials that say something good of all.
    asserted |= ~suspended & ~words.denied & (words.bases > 0) & reading.denied(words.heads)
    turned = words.denied & ~suspended
    # 难道不是骗人吗 affirms what it denies in form.
    affirmed = asserted & words.denied
    affirmed[affirmed] = reading.denied(words.heads[affirmed])
    values = np.where(affirmed, words.bases, words.values)
    reasons = np.where(turned & ~affirmed, REASONS.index("denied"), REASONS.index("said"))
    kept = asserted | turned
    for name, reason in _SUSPENSIONS.items():
        reasons = np.where(~kept & reading.suspended[name][last], REASONS.index(reason), reasons)
    # 噪音比旧的小多了 praises.
    smaller = (reading.suspended["less"] | reading.suspended["none"])[last] & (words.bases < 0) & ~kept
    values = np.where(smaller, _LESSENED * words.bases, values)
    reasons = np.where(smaller & reading.suspended["none"][last], REASONS.index("denied"), reasons)
    kept = kept | smaller
    meant = (values <= -_STRONG) & (words.events < 0) & ~words.denied & reading.suspended["question"][last]
    return np.where(kept, values, np.where(meant, _HALF * values, 0.0)), reasons


def _holds(starts: np.ndarray, ends: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Return which spans hold one of the positions, which are sorted."""
    return np.searchsorted(positions, starts) < np.searchsorted(positions, ends)


def _calm(
    joined: JoinedTexts,
    reading: ClauseReading,
    words: PolarWords,
    cues: FeelingCues,
    built: np.ndarray,
    values: np.ndarray,
) -> np.ndarray:
    """Return which characters belong to an inquiry that nothing aggravates."""
    scope = _scopes(joined, reading)
    calm = np.zeros(scope[-1] + 2, bool)
    calm[scope[cues.having("inquiry")]] = True
    for positions in (
        cues.having("aggravation"),
        cues.having("reproach"),
        cues.having("threat"),
        built,
        words.heads[(values <= -_STRONG) & (words.events < 0)],
    ):
        calm[scope[positions]] = False
    return calm[scope]


def _over(
    reading: ClauseReading, starts: np.ndarray, values: np.ndarray, events: np.ndarray, reasons: np.ndarray
) -> np.ndarray:
    """Return which troubles are over: something told after them in their sentence says so
    (多扣的钱退回来了), or of whatever is bad in their clause (网速慢的毛病解决了).
    """
    trouble = (events >= 0) | (reasons == REASONS.index("complaint construction"))
    solved = np.sort(starts[(values > 0) & (events == _SOLVED)])
    if not len(solved):
        return np.zeros(len(starts), bool)
    at = np.searchsorted(solved, starts)
    following = solved[np.minimum(at, len(solved) - 1)]
    same = reading.sentence[following] == reading.sentence[starts]
    same &= trouble | (reading.clause[following] == reading.clause[starts])
    return (values < 0) & (at < len(solved)) & same


def _foils(joined: JoinedTexts, reading: ClauseReading) -> np.ndarray:
    """Return which clauses deny what the next one overbids: 不是不满意，是非常不满意."""
    points = np.append(joined.points, np.zeros(2, np.uint32))
    heads = np.append(np.flatnonzero(np.diff(reading.clause[:-1], prepend=-1)), len(joined.points))
    if len(heads) < _TWO:
        return np.zeros(int(reading.clause[-1]) + 2, bool)
    here, following = heads[:-1], heads[1:]
    foil = (points[here] == _NOT) & (points[here + 1] == _BE)
    foil &= (points[following] == _BE) | ((points[following] == _RATHER) & (points[following + 1] == _BE))
    foil &= reading.sentence[here] == reading.sentence[following]
    found = np.zeros(int(reading.clause[-1]) + 2, bool)
    found[reading.clause[here[foil]]] = True
    return found


def _desired(
    reading: ClauseReading, words: PolarWords, cues: FeelingCues, values: np.ndarray, reasons: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values without the good that is asked for, promised or supposed: 请给予合理的解释."""
    begin, _ = reading.clause_bounds(words.heads)
    desires = cues.having("desire")
    wanted = np.searchsorted(desires, begin) < np.searchsorted(desires, words.heads)
    wanted &= (values > 0) & ~words.denied
    return np.where(wanted, 0.0, values), np.where(wanted, REASONS.index("wished"), reasons)


def _courteous(
    joined: JoinedTexts,
    reading: ClauseReading,
    cues: FeelingCues,
    starts: np.ndarray,
    events: np.ndarray,
    values: np.ndarray,
    reasons: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values without thanks where a text complains, asks or wishes: they close it politely."""
    n = len(joined)
    row = joined.rows_of(starts)
    formal = np.bincount(row, values < 0, minlength=n) > 0
    asking = np.concatenate((cues.having("inquiry"), cues.having("desire")))
    formal |= np.bincount(joined.rows_of(asking), minlength=n) > 0
    polite = (events == _THANKS) & formal[row]
    return np.where(polite, 0.0, values), np.where(polite, REASONS.index("courtesy"), reasons)


def _scopes(joined: JoinedTexts, reading: ClauseReading) -> np.ndarray:
    """Return, for each character, the number of what an inquiry in it reaches: the text, or its sentence."""
    first, last = reading.sentence[joined.offsets[:-1]], reading.sentence[joined.offsets[1:] - 1]
    brief = last - first < _BRIEF
    row = joined.rows
    return np.where(brief[row], first[row], reading.sentence[:-1])


def _contrast(reading: ClauseReading, starts: np.ndarray) -> np.ndarray:
    """Return the weight of each position by what turns before and after it in its sentence."""
    asides = reading.asides()
    factor = np.ones(len(starts))
    for turns, before, after in (
        (np.setdiff1d(reading.turns(), asides), _BEFORE, _AFTER),
        (asides, np.sqrt(_BEFORE), np.sqrt(_AFTER)),
        (_changes(reading), _FORMERLY, _AFTER),
    ):
        if not len(turns):
            continue
        at = np.searchsorted(turns, starts, side="right")
        previous, following = turns[np.maximum(at - 1, 0)], turns[np.minimum(at, len(turns) - 1)]
        turned = (at > 0) & (reading.sentence[previous] == reading.sentence[starts])
        turns_later = (at < len(turns)) & (reading.sentence[following] == reading.sentence[starts])
        factor *= np.where(turns_later, before, np.where(turned, after, 1.0))
    return factor


def _changes(reading: ClauseReading) -> np.ndarray:
    """Return where words of today begin that follow one of former days in their sentence
    (以前慢，现在快多了).
    """
    past = reading.cues.starts[reading.cues.having("past")]
    now = reading.cues.starts[reading.cues.having("now")]
    at = np.searchsorted(past, now) - 1
    if not len(past):
        return past
    return now[(at >= 0) & (reading.sentence[past[np.maximum(at, 0)]] == reading.sentence[now])]
