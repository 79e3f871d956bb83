"""Reading of clauses: where a text denies, asks, wishes, supposes, and what it therefore does not assert."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np

from csatext.text.clauses.cues import CLAUSE_REACH, NOUN_REACH, Cues, find_cues
from csatext.text.joined_texts import JoinedTexts

__all__ = ["ClauseReading", "Spans"]


def _table(marks: str) -> np.ndarray:
    """Return which code points are marks: looking up every character beats a search for it fourfold."""
    table = np.zeros(sys.maxunicode + 1, bool)
    table[[ord(mark) for mark in marks]] = True
    return table


_CLAUSE_ENDS = _table("，。！？；：,!?;:\n~～…")
_SENTENCE_ENDS = _table("。！？!?\n")
_IN_NUMBERS = _table(".,:")
_DOT, _SPACE = ord("."), ord(" ")
_ENUMERATION = 12
"""Characters more that a negator reaches over an enumeration: 没有破损、丢件、延误."""
_OWN_NEGATORS = _table("不没未无")
_A_NOT_A = np.array([ord(mark) for mark in "不没"], np.uint32)
_HAVING = ord("有")
_ONE_OR_ANY = np.array([ord(mark) for mark in "一哪"], np.uint32)
_DONE = ord("了")
_BUT = ord("可")
_NO_TURN = np.array([ord(mark) for mark in "以能否不惜爱口靠见怜控信行用选"], np.uint32)
"""Second characters of words that 可 begins."""
_COUNTED = np.array([ord(mark) for mark in "一个点些几两块条道"], np.uint32)
"""有 before a count tells of what is there; before a bare noun in a question it supposes a case."""
_UNDONE = np.array([ord(mark) for mark in "没未"], np.uint32)
_ALL = np.array([ord(mark) for mark in "都也"], np.uint32)
_POSTPOSED = 8
"""Characters that a denial after a minimiser reaches back over."""
_PARTICLES = _table("了过呢啊呀哦啦的")
"""Characters that may follow a denial of existence at the end of its clause: 漏水的情况没有再发生过了."""
_MOST_PARTICLES, _MOST_PASSED = 2, 4
"""Particles after such a denial, and words between it and what it denies."""
_DUTY_REACH = 12
"""Characters that may stand between a negator and the duty that was not done: 没有在承诺的时间内给我答复."""
_OTHERS_SUBJECT = 2
"""A clause is about others where these are its subject: within its first characters."""
_BESIDE = np.array([ord(mark) for mark in "比跟和与像如较同"], np.uint32)
"""Before others, these compare the firm with them: 比上一家强多了 is about the firm."""
_LATER = 30
"""Characters between a trouble of former days and the word for today."""
_CANDIDATES = 2
"""Negators before a word that are tried, nearest first."""
_CHAIN = 3
"""Negators that may deny one another in a row."""


class Spans(NamedTuple):
    """Words of hits; the words of one hit follow each other in order of position.

    Attributes
    ----------
    hit : ndarray of int64
        Number of the hit that each word belongs to, from 0, never falling.
    starts, ends : ndarray of int64
        Span of the word in the joined text.
    """

    hit: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


class ClauseReading:
    """Clauses of joined texts with negation, questions, wishes, conditions and hearsay.

    Parameters
    ----------
    joined : JoinedTexts
        The texts.

    Attributes
    ----------
    clause : ndarray of int64, shape (n_characters + 1,)
        Number of the clause that each character belongs to; the mark that ends a clause belongs to it.
    sentence : ndarray of int64, shape (n_characters + 1,)
        Number of the sentence.

    Notes
    -----
    A word is denied where an odd number of negators has it in scope. The scope of a negator ends with its
    clause, at a connective (但, 就, 也) and at a verb that takes an existing trouble as its object:
    没有解决断网 does not deny the 断网. Between the two may stand words such as 任何, 出现 and few others,
    so that a far second negator does not cancel. Scope by clause and by distance follows Jia, Yu and Meng
    (2009), "The effect of negation on sentiment analysis and retrieval effectiveness"; questions, conditions
    and wishes as contexts that suspend what is said follow the factuality of Saurí and Pustejovsky (2012).

    Examples
    --------
    >>> import pandas as pd
    >>> reading = ClauseReading(JoinedTexts(pd.Series(["没有断网", "没人修，断网"])))
    >>> words = Spans(np.array([0, 1]), np.array([2, 9]), np.array([4, 11]))
    >>> reading.asserted(words).tolist()
    [False, True]
    """

    def __init__(self, joined: JoinedTexts) -> None:
        points = joined.points
        self._points = points
        self._size = len(points)
        self.cues = find_cues(joined)
        self._known_spans: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
        self._ends_clause = self._clause_ends()
        self.clause = self._numbered(self._ends_clause)
        self.sentence = self._numbered(_SENTENCE_ENDS[points])
        self._clause_starts = np.append(np.flatnonzero(np.diff(self.clause[:-1], prepend=-1)), self._size)
        self._read_negation()
        self._read_suspension()

    # Clauses

    def _clause_ends(self) -> np.ndarray:
        points, size = self._points, self._size
        ends = _CLAUSE_ENDS[points]
        before, after = np.roll(points, 1), np.roll(points, -1)
        digits = (before >= 48) & (before < 58) & (after >= 48) & (after < 58)
        ends |= points == _DOT
        ends &= ~(digits & _IN_NUMBERS[points])
        # In chats a blank between two Chinese characters stands for a comma.
        ends |= (points == _SPACE) & (before > 0x2E7F) & (after > 0x2E7F)
        question = self.cues.ends[self.cues.having("question_end")] - 1
        if size:
            ends[question[question + 1 < size]] = True
        return ends

    def _numbered(self, ends: np.ndarray) -> np.ndarray:
        return np.concatenate(([0], np.cumsum(ends)))

    def clause_bounds(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the first character of the clause of each position, and one past its last."""
        index = self.clause[positions]
        return self._clause_starts[index], self._clause_starts[index + 1]

    def turned(self, positions: np.ndarray) -> np.ndarray:
        """Return whether a word such as 但是 stands before each position in its clause."""
        begin, _ = self.clause_bounds(positions)
        return self._any(self.turns(), begin, positions)

    def turns(self) -> np.ndarray:
        """Return, sorted, where words that turn a text begin; 可 turns at the head of a clause."""
        heads = self._clause_starts[:-1]
        points = np.append(self._points, np.zeros(2, np.uint32))
        turning = (points[heads] == _BUT) & ~np.isin(points[heads + 1], _NO_TURN)
        return np.unique(np.concatenate((self._spans("contrast")[0], heads[turning])))

    def asides(self) -> np.ndarray:
        """Return, sorted, where words begin that turn to a remark by the way, such as 就是 and 可惜."""
        return self._spans("aside")[0]

    def against(self, positions: np.ndarray) -> np.ndarray:
        """Return whether 但是 stands before each position in its clause, no mere 就是, and nothing hedges."""
        begin, end = self.clause_bounds(positions)
        strong = np.setdiff1d(self.turns(), self._spans("aside")[0])
        found = self._any(strong, begin, positions)
        return found & ~self._any(self._spans("hedge")[0], begin, end)

    # Negation

    def _read_negation(self) -> None:
        cues = self.cues
        chosen = cues.having("negator")
        self._negators = Cues(*(values[chosen] for values in cues))
        self._opaque = self._counted(~self._transparent())
        ending = cues.having("scope_end", "remedy", "refusal")
        passing = ending & cues.having("transparent")
        self._barriers = cues.starts[ending & ~passing]
        self._passing_barriers = cues.starts[passing]
        self._coordinators, _ = self._spans("coordinator")
        n = len(self._negators.starts)
        self._sign = np.full(n, -1, np.int64)
        if not n:
            return
        above = self._nearest(self._negators.starts, np.zeros(n, np.int64), np.ones(n, bool))
        for _ in range(_CHAIN):
            self._sign = np.where(above >= 0, -self._sign[above], -1)

    def _transparent(self) -> np.ndarray:
        """Return which characters may stand between a negator and what it denies."""
        covered = self._cover(*self._spans("transparent", "negator", "coordinator"))[:-1]
        # 没有一瓶漏的, 没有哪瓶漏: one of whatever is counted.
        counted = np.flatnonzero(np.isin(self._points[:-1], _ONE_OR_ANY))
        counted = counted[np.isin(counted, self._negators.ends)]
        covered[counted] = covered[counted + 1] = True
        return covered

    def _counted(self, characters: np.ndarray) -> np.ndarray:
        """Return how many of the marked characters stand before each position."""
        counted = np.zeros(self._size + 1, np.int32)
        np.cumsum(characters, out=counted[1:])
        return counted

    def _nearest(self, starts: np.ndarray, floor: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Return the negator whose scope holds each word, -1 for none.

        ``floor`` is the first character at which the negator may begin, ``own`` whether the word has a
        negator of its own: only a negator at its side, or one of a whole clause, denies it then.
        """
        negators = self._negators
        result = np.full(len(starts), -1, np.int64)
        last = np.searchsorted(negators.ends, starts, side="right") - 1
        for step in range(_CANDIDATES):
            at = last - step
            possible = (at >= 0) & (result < 0)
            safe = np.maximum(at, 0)
            begins, ends, reach = negators.starts[safe], negators.ends[safe], negators.reach[safe]
            between = self._opaque[starts] - self._opaque[ends]
            listed = self._any(self._coordinators, ends, starts)
            allowed = np.where(own & (reach < CLAUSE_REACH), 0, reach) + np.where(
                listed & ~own, _ENUMERATION, 0
            )
            possible &= (begins >= floor) & (self.clause[begins] == self.clause[starts])
            possible &= (between <= allowed) & ~self._any(self._barriers, ends, starts)
            possible &= ~self._barred_in_passing(ends, starts)
            result = np.where(possible, at, result)
        return result

    def _barred_in_passing(self, ends: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """Return whether a verb such as 造成 ends the scope between each negator and word: it does unless it
        is what is denied (没给客户造成损失).
        """
        passing = np.append(self._passing_barriers, self._size)
        first = passing[np.searchsorted(passing[:-1], ends)]
        return (first < starts) & (self._opaque[first] > self._opaque[ends])

    def _marked(self, positions: np.ndarray) -> np.ndarray:
        """Return, for each character and one past the last, whether it is one of the positions."""
        marked = np.zeros(self._size + 2, bool)
        marked[positions] = True
        return marked

    @staticmethod
    def _any(positions: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return whether one of the sorted positions lies in each half-open span."""
        return np.searchsorted(positions, starts) < np.searchsorted(positions, ends)

    # Questions, wishes, conditions, hearsay, former days, others

    def _read_suspension(self) -> None:
        self.suspended = {
            "question": self._cover(*self._questions()),
            "condition": self._cover(*self._conditions()),
            "wish": self._cover(*self._wishes()),
            "hearsay": self._cover(*self._reports()),
            "other": self._cover(*self._former_or_others()),
            "less": self._cover(*self._lessened()),
            "none": self._cover(*self._none_of_it()),
        }

    def _cover(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return, for each character and one past the last, whether one of the spans holds it."""
        order = np.argsort(starts, kind="stable")
        order = order[ends[order] > starts[order]]
        begin, reach = starts[order], np.maximum.accumulate(ends[order])
        apart = np.flatnonzero(begin[1:] > reach[:-1])
        bounds = np.empty(2 * (len(apart) + 1) if len(order) else 0, np.int64)
        if len(order):
            bounds[::2], bounds[1::2] = begin[np.append(0, apart + 1)], reach[np.append(apart, -1)]
        lengths = np.diff(bounds, prepend=0, append=self._size + 1)
        return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)

    def _spans(self, *roles: str) -> tuple[np.ndarray, np.ndarray]:
        known = self._known_spans.get(roles)
        if known is None:
            chosen = np.flatnonzero(self.cues.having(*roles))
            known = self._known_spans[roles] = (self.cues.starts[chosen], self.cues.ends[chosen])
        return known

    def _questions(self) -> tuple[np.ndarray, np.ndarray]:
        starts, _ = self._spans("question")
        starts = starts[~self.of_none(starts)]
        starts = np.concatenate((starts, self._asked_from(self._alternatives())))
        _, ends = self.clause_bounds(starts)
        particle, _ = self._spans("question_end")
        begin, end = self.clause_bounds(particle)
        # 坏了可以修吗 asks for a repair; that it is broken is said.
        modal = np.append(self._spans("ask_modal")[0], self._size)
        first = modal[np.searchsorted(modal[:-1], begin)]
        begin = np.where((first < particle) & ~self._supposes(begin), first, begin)
        back, back_end = self._spans("question_back")
        # 下个月要涨价，有这回事吗 asks about what stands before.
        opening, _ = self.clause_bounds(back)
        before, _ = self.clause_bounds(np.maximum(opening - 1, 0))
        before = np.where(self.sentence[before] == self.sentence[back], before, opening)
        # 异响怎么自己检查 asks for a method.
        method, method_end = self.clause_bounds(self._spans("how")[0])
        return (
            np.concatenate((starts, begin, before, method)),
            np.concatenate((ends, end, back_end, method_end)),
        )

    def of_none(self, positions: np.ndarray) -> np.ndarray:
        """Return whether each position follows a denial of existence: 没有哪个 asks nothing, it says none."""
        negators = self._negators
        denials = negators.ends[negators.reach == NOUN_REACH]
        return np.isin(positions, denials)

    def _supposes(self, begin: np.ndarray) -> np.ndarray:
        """Return whether a clause that asks supposes a case (有问题可以退吗), and tells of none (有个洞)."""
        points = np.append(self._points, np.zeros(2, np.uint32))
        return (points[begin] == _HAVING) & ~np.isin(points[begin + 1], _COUNTED)

    def _asked_from(self, at: np.ndarray) -> np.ndarray:
        """Return where each A-not-A question begins: with its topic, or after what happened (丢了赔不赔)."""
        begin, _ = self.clause_bounds(at)
        done = np.flatnonzero(self._points == _DONE)
        return np.where(self._any(done, begin, at), at, begin)

    def _alternatives(self) -> np.ndarray:
        """Return the first character of each A-not-A form (慢不慢) that no cue word holds."""
        points = self._points
        if self._size < 3:
            return np.empty(0, np.int64)
        at = np.flatnonzero(points[:-2] == points[2:])
        at = at[(points[at] > 0x4DFF) & np.isin(points[at + 1], _A_NOT_A)]
        return at[~self._inside(at + 1, "not_negation", "not_question", "question")]

    def _inside(self, positions: np.ndarray, *roles: str) -> np.ndarray:
        starts, ends = self._spans(*roles)
        if not len(starts):
            return np.zeros(len(positions), bool)
        at = np.maximum(np.searchsorted(starts, positions, side="right") - 1, 0)
        return (starts[at] <= positions) & (positions < ends[at])

    def _conditions(self) -> tuple[np.ndarray, np.ndarray]:
        starts, ends = self._spans("condition")
        _, clause_end = self.clause_bounds(starts)
        consequence, _ = self._spans("condition_end")
        at = np.searchsorted(consequence, ends)
        stop = np.append(consequence, self._size)[at]
        after, after_end = self._spans("condition_after")
        begin, _ = self.clause_bounds(after)
        return np.concatenate((starts, begin)), np.concatenate((np.minimum(stop, clause_end), after_end))

    def _wishes(self) -> tuple[np.ndarray, np.ndarray]:
        starts, ends = self._spans("wish")
        _, clause_end = self.clause_bounds(starts)
        remedy, remedy_end = self._spans("remedy")
        # A trouble that one wishes to be dealt with is there.
        at = np.searchsorted(remedy, ends)
        stop = np.append(remedy_end, self._size)[at]
        after, after_end = self._spans("wish_after")
        begin, _ = self.clause_bounds(after)
        return np.concatenate((starts, begin)), np.concatenate((np.minimum(stop, clause_end), after_end))

    def _reports(self) -> tuple[np.ndarray, np.ndarray]:
        starts, ends = self._spans("hearsay", "irrealis")
        _, clause_end = self.clause_bounds(starts)
        # 听说，质量不好: what is reported stands in the next clause. 我很担心，快递丢了 tells what is so.
        bare = (clause_end - ends <= 1) & np.isin(starts, self._spans("hearsay")[0])
        _, following = self.clause_bounds(np.minimum(clause_end, max(self._size - 1, 0)))
        same = self.sentence[np.minimum(clause_end, self._size)] == self.sentence[starts]
        return starts, np.where(bare & same, following, clause_end)

    def _former_or_others(self) -> tuple[np.ndarray, np.ndarray]:
        others, _ = self._spans("other")
        begin, end = self.clause_bounds(others)
        subject = others - begin <= _OTHERS_SUBJECT
        subject &= ~((others > begin) & np.isin(self._points[np.maximum(others - 1, 0)], _BESIDE))
        past, past_end = self._spans("past")
        now, now_end = self._spans("now")
        good, _ = self._spans("good")
        at = np.searchsorted(now, past_end)
        today = np.append(now, self._size)[at]
        today_end = np.append(now_end, self._size)[at]
        safe = np.minimum(today, max(self._size - 1, 0))
        _, today_stop = self.clause_bounds(safe)
        _, next_stop = self.clause_bounds(np.minimum(today_stop, max(self._size - 1, 0)))
        near = (today < self._size) & (today - past_end <= _LATER)
        near &= self.sentence[past] == self.sentence[np.minimum(today, self._size)]
        stop = np.where(
            self.sentence[np.minimum(today_stop, self._size)] == self.sentence[past], next_stop, today_stop
        )
        better = near & self._any(good, today_end, stop)
        past_begin, _ = self.clause_bounds(past)
        solved = np.append(self._spans("solved")[0], self._size)
        # 上次漏水，当天就修好了: what was mended needs no word for today.
        mended = solved[np.searchsorted(solved[:-1], past_end)]
        over = (mended < self._size) & (mended - past_end <= _LATER)
        over &= self.sentence[past] == self.sentence[np.minimum(mended, self._size)]
        return (
            np.concatenate((others[subject], past_begin[better], past_begin[over])),
            np.concatenate((end[subject], today[better], mended[over])),
        )

    def _lessened(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the part of each clause before a word of decrease: 噪音比旧的小多了."""
        ends, _ = self._spans("less")
        begin, _ = self.clause_bounds(ends)
        return begin, ends

    def _none_of_it(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what stands between a minimiser and the denial after it (一丁点划痕都没有), and what a
        denial of existence at the end of its clause stands after (漏水的情况一次都没有).
        """
        minimised, minimised_end = self._minimised()
        denied, denied_end = self._denied_at_the_end()
        return np.concatenate((minimised, denied)), np.concatenate((minimised_end, denied_end))

    def _minimised(self) -> tuple[np.ndarray, np.ndarray]:
        _, begin = self._spans("minimiser")
        starts = self._negators.starts
        denial = starts[np.isin(self._points[np.maximum(starts - 1, 0)], _ALL)] - 1
        denial = np.append(denial, self._size)
        end = denial[np.searchsorted(denial[:-1], begin)]
        near = (end - begin <= _POSTPOSED) & (self.clause[begin] == self.clause[end])
        return begin[near], end[near]

    def _denied_at_the_end(self) -> tuple[np.ndarray, np.ndarray]:
        negators = self._negators
        existence = negators.reach == NOUN_REACH
        starts, ends = negators.starts[existence], negators.ends[existence]
        begin, clause_end = self.clause_bounds(starts)
        for _ in range(_MOST_PARTICLES):
            ends = np.where(
                ends < clause_end, ends + _PARTICLES[self._points[np.minimum(ends, clause_end - 1)]], ends
            )
        # The mark that ends the clause belongs to it.
        last = self._opaque[clause_end] - self._opaque[ends] <= self._ends_clause[clause_end - 1]
        starts, begin = starts[last], begin[last]
        return np.maximum(self._passed_back(starts) - 1, begin), starts

    def _passed_back(self, positions: np.ndarray) -> np.ndarray:
        """Return where words such as 的情况 begin that end at each position, with a character such as 都."""
        before, before_end = self._spans("transparent", "negator", "now", "case")
        if not len(before):
            return positions
        spare = np.ones(len(positions), bool)
        for _ in range(_MOST_PASSED):
            at = np.maximum(np.searchsorted(before_end, positions, side="right") - 1, 0)
            passed = before_end[at] == positions
            positions = np.where(passed, before[at], positions - spare)
            spare &= passed
        return np.maximum(positions, 0)

    # What is asserted

    def asserted(self, words: Spans) -> np.ndarray:
        """Return whether each hit is asserted: neither denied nor asked, wished, supposed or reported.

        Parameters
        ----------
        words : Spans
            The words of the hits.

        Returns
        -------
        ndarray of bool, shape (n_hits,)
        """
        n_hits = int(words.hit[-1]) + 1 if len(words.hit) else 0
        first = np.ones(len(words.hit), bool)
        first[1:] = words.hit[1:] != words.hit[:-1]
        floor = np.where(first, 0, np.concatenate(([0], words.ends[:-1])))
        negator = self._denying(words, floor)
        sign = np.where(negator >= 0, self._sign[negator] if len(self._sign) else 1, 1)
        # A negator that has two words of one hit in scope counts once.
        repeated = ~first & (negator == np.concatenate(([-1], negator[:-1])))
        sign = np.where(repeated, 1, sign)
        parity = np.ones(n_hits, np.int64)
        np.multiply.at(parity, words.hit, sign)
        denied = parity < 0
        start, end = words.starts[first], words.ends[np.append(first[1:], True)] if len(first) else words.ends
        goes_on = self._goes_on(start)
        affirmed = self._affirmed(start, end, denied)
        suspended = np.zeros(n_hits, bool)
        last = np.maximum(end - 1, 0)
        for kind in ("condition", "wish"):
            suspended |= self.suspended[kind][last] & ~goes_on
        suspended |= self.suspended["less"][last] | self.suspended["none"][last]
        suspended |= self.suspended["hearsay"][start] | self.suspended["other"][start]
        suspended |= self.suspended["question"][last] & ~affirmed
        return ~(denied & ~affirmed) & ~suspended

    def denied(self, starts: np.ndarray) -> np.ndarray:
        """Return whether a negator before each word denies it."""
        return self.denial(starts) >= 0

    def denial(self, starts: np.ndarray) -> np.ndarray:
        """Return where the negator begins that denies each word, -1 where none does."""
        none = np.zeros(len(starts), np.int64)
        if not len(self._sign):
            return none - 1
        negator = self._denying(Spans(np.arange(len(starts)), starts, starts + 1), none)
        denies = (negator >= 0) & (self._sign[negator] < 0)
        return np.where(denies, self._negators.starts[negator], -1)

    def neglected(self) -> np.ndarray:
        """Return the positions of duties that a clause says were not done (没有按照合同交房)."""
        duties, duty_ends = self._spans("duty")
        starts, ends = self._spans("negator", "refusal")
        undone = np.isin(self._points[starts], _UNDONE) | np.isin(self._points[ends - 1], _UNDONE)
        starts, ends = starts[undone], ends[undone]
        if not len(starts) or not len(duties):
            return np.empty(0, np.int64)
        at = np.searchsorted(ends, duties, side="right") - 1
        starts, ends = starts[np.maximum(at, 0)], ends[np.maximum(at, 0)]
        undone = (at >= 0) & (duties - ends <= _DUTY_REACH) & (self.clause[starts] == self.clause[duties])
        undone &= ~self._any(self._spans("scope_end")[0], ends, duties)
        # 没有解决不了的问题 praises.
        after = np.append(self._points, 0)[duty_ends]
        undone &= after != ord("不")
        return duties[undone & ~self.suspends(duties)]

    def suspends(self, positions: np.ndarray) -> np.ndarray:
        """Return whether each position is asked, wished, supposed, reported or taken back in any way."""
        return np.any([covered[positions] for covered in self.suspended.values()], axis=0)

    def _denying(self, words: Spans, floor: np.ndarray) -> np.ndarray:
        if not len(self._negators.starts):
            return np.full(len(words.hit), -1, np.int64)
        own = _OWN_NEGATORS[self._points[words.starts]]
        # 有划痕 in 没有划痕 begins within its negator.
        within = (self._points[words.starts] == _HAVING) & self._marked(self._negators.ends)[words.starts + 1]
        negator = self._nearest(words.starts + within, floor, own)
        # 不要再乱收费 commands an end to what goes on.
        safe = np.maximum(negator, 0)
        ordered = self._marked(self._spans("imperative")[0])[self._negators.starts[safe]]
        return np.where((negator >= 0) & ordered & self._goes_on(words.starts), -1, negator)

    def _goes_on(self, starts: np.ndarray) -> np.ndarray:
        """Return whether a word of going on stands right before each position, or begins there."""
        persist_start, persist_end = self._spans("persist")
        return self._marked(np.concatenate((persist_end, persist_start)))[starts]

    def _affirmed(self, starts: np.ndarray, ends: np.ndarray, denied: np.ndarray) -> np.ndarray:
        """Return which hits a question only in form affirms (难道不是乱收费吗)."""
        begin, end = self.clause_bounds(starts)
        held = self._any(self._spans("rhetorical")[0], begin, end)
        particle = self._any(self._spans("question_end")[0], begin, end)
        return held | (denied & particle & self._denied_by_being(begin, ends))

    def _denied_by_being(self, begin: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return whether a clause denies by 不是 before each end: with 吗 it affirms."""
        being = self._negators.starts[self._negators.reach >= CLAUSE_REACH]
        return self._any(being, begin, ends)
