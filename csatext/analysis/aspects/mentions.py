"""Mentions of aspects in joined texts: which opinion is about what."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from csatext.analysis.aspects.ontology import ANY, FACT, NAME, NONE, OPINION, STEM, AspectWords
from csatext.analysis.sentiment.polar_words import joined_valence
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import JoinedTexts

__all__ = ["Mentions", "word_mentions"]

_DENIED = -0.7
"""Factor of a denied word: negation shifts, it does not mirror (Taboada et al. 2011), as for polar words."""
_AFTER, _BEFORE = 16, 6
"""Characters from a name to an opinion after it, and from an opinion to a name after it: 很好的味道."""
_TOPIC_END, _COMMENT = 3, 8
"""Characters from a bare topic to the end of its clause (味道嘛，), and from there to the opinion."""
_JOINT = 3
"""Characters that join two names: 味道和服务."""


def _points(characters: str) -> np.ndarray:
    return np.array([ord(one) for one in characters], np.uint32)


_JOINS, _COMMAS = _points("、和与跟及以还有或同加，,/&+ "), _points("，, ")
_DEGREES = _points(
    "很挺太好超蛮最更极巨够也都真较点是常别其不没以比又偏略稍颇死贼忒甚怪特满老得"
    "有还就这么那样真心算会点些儿不前次"
)
"""Characters that may stand before an opinion of one character; or a name of the aspect."""
_CLOSERS = _points(
    '，。！？；：、 ~～…,.!?;:\n)）”"的了啊哦呢吧呀哈嘛啦咯哟哇到得但而也又还就和过一些点多死是极爆不'
)
"""Characters that may stand after it: 慢 in 慢慢 and 快 in 快递 are no opinions."""
_LINKS = _points("太很会算系是几够特别怎么那咁")
_SHOWN = _points("很太真挺最更好超蛮够极巨常非别特也都")
_NEGATORS = _points("不没唔冇")
_DEGREE_STEPS = 3
"""Characters of degree between such a negator and a word: 唔会太甜, 不怎么辣."""
_THEN = (ord("就"), ord("是"))
_OF, _REALLY, _GOOD = ord("的"), ord("真"), ord("好")
_ALL = _points("都均也全皆")
"""Words by which an opinion is about names that stand side by side without a conjunction: 环境服务都好."""
_WEAK = 0.25
"""Valence of words such as 可以, 还行, 一般, 普通."""


class Mentions(NamedTuple):
    """Opinions about aspects in joined texts.

    Attributes
    ----------
    aspect : ndarray of int64
    value : ndarray of float64
        Valence, negation counted; 0 for words such as 一般.
    start, end : ndarray of int64
        From the name, or the opinion, to the end of the other.
    word_start, word_end : ndarray of int64
        The opinion.
    """

    aspect: np.ndarray
    value: np.ndarray
    start: np.ndarray
    end: np.ndarray
    word_start: np.ndarray
    word_end: np.ndarray

    def take(self, chosen: np.ndarray) -> Mentions:
        """Return the mentions that a mask or positions choose."""
        return Mentions(*(values[chosen] for values in self))


class _Names(NamedTuple):
    """Names of aspects in order of position."""

    start: np.ndarray
    end: np.ndarray
    aspect: np.ndarray
    other: np.ndarray
    role: np.ndarray
    clause: np.ndarray
    first: np.ndarray
    """First of the names that are joined with this one: 环境、味道和服务."""
    beside: np.ndarray
    """First of the names that are joined with this one or stand side by side with it: 环境服务."""


class _Opinions(NamedTuple):
    """Polar words in order of position; ``word`` is -1 for those of the lexicon of polarity."""

    start: np.ndarray
    word_start: np.ndarray
    end: np.ndarray
    word: np.ndarray
    value: np.ndarray
    valence: np.ndarray
    factor: np.ndarray
    clause: np.ndarray


def word_mentions(
    words: AspectWords, joined: JoinedTexts, boundaries: np.ndarray
) -> tuple[Mentions, np.ndarray]:
    """Return what joined texts assert about aspects.

    Parameters
    ----------
    words : AspectWords
        Words of the aspects.
    joined : JoinedTexts
        The texts.
    boundaries : ndarray of bool, shape (n_characters + 1,)
        Where words of the segmenter begin or end.

    Returns
    -------
    mentions : Mentions
        In order of the opinions.
    troubled : ndarray of int64
        Clauses that hold a negative word, whatever it is about.

    Notes
    -----
    An opinion is about the nearest name before it in its clause and those joined with that; where there is
    none, about a bare topic in the clause before (味道嘛，一般), else about the next name after it (很好的
    味道). A word that tells its aspect itself (好吃, 太贵) is about that one, unless a name of another aspect
    that it can be about stands there.
    """
    reading = joined.once(ClauseReading)
    word, start, end = words.matcher.longest(joined.folded)
    role = words.role[word]
    named = (role == NAME) | (role == STEM) | (role == FACT)
    apart = ~_within_latin(joined.points, start, end)
    word, start, end, role, named = (values[apart] for values in (word, start, end, role, named))
    whole = ~words.single[word] | (boundaries[start] & boundaries[end])
    names = _names(words, word[named & whole], start[named & whole], end[named & whole], joined, reading)
    polar = (role == OPINION) | (role == ANY)
    before, after = _stands_free(joined.points, start, end, names.end)
    # 可以拼桌, 普通的: weak words are auxiliaries or attributes elsewhere.
    weak = (words.aspect[word] < 0) & (np.abs(words.valence[word]) <= _WEAK)
    # 也好 of 也好找: a longer word begins in it.
    weak |= (role == ANY) & (joined.points[end - 1] == _GOOD)
    free = np.where(words.single[word], before & after, ~weak | after)
    hidden = (role == NONE) | (polar & ~free)
    own = np.flatnonzero(polar & free)
    opinions = _opinions(
        words, word[own], start[own], end[own], joined, reading, (start[hidden], end[hidden])
    )
    value = np.where(np.isnan(opinions.valence), opinions.value, opinions.valence) * opinions.factor
    return _linked(words, names, opinions, joined.points, reading), opinions.clause[value < 0]


def _stands_free(
    points: np.ndarray, start: np.ndarray, end: np.ndarray, name_ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return whether a word stands after one of degree or a name, and whether a clause may end after it."""
    padded = np.append(points, np.uint32(ord("\n")))
    before = np.isin(padded[start - 1], _DEGREES) | np.isin(start, name_ends)
    before |= (padded[start - 1] == _OF) & (padded[start - 2] == _REALLY)
    return before, np.isin(padded[end], _CLOSERS)


def _within_latin(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return whether a word is a part of a longer one in Latin letters: nice in niceness, app in apple."""
    padded = np.append(points, np.uint32(ord("\n")))
    letter = ((padded | 32) >= ord("a")) & ((padded | 32) <= ord("z"))
    return (letter[start] & letter[start - 1] & (start > 0)) | (letter[end - 1] & letter[end])


def _names(
    words: AspectWords,
    word: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    joined: JoinedTexts,
    reading: ClauseReading,
) -> _Names:
    n = len(word)
    clause = reading.clause[start]
    first = beside = np.arange(n)
    if n > 1:
        gap, left = start[1:] - end[:-1], end[:-1]
        begin, _ = reading.clause_bounds(start[:-1])
        joint = gap <= _JOINT
        for step in range(_JOINT):
            mark = joined.points[np.minimum(left + step, len(joined.points) - 1)]
            # 环境，味道都好: over a comma a name must be all that its clause has.
            joins = np.isin(mark, _JOINS) & (~np.isin(mark, _COMMAS) | (begin == start[:-1]))
            joint &= joins | (step >= gap)
        joint &= (words.role[word[1:]] == NAME) & (words.role[word[:-1]] == NAME)
        first, beside = (_first_of(joined_by) for joined_by in (joint & (gap > 0), joint))
    return _Names(start, end, words.aspect[word], words.other[word], words.role[word], clause, first, beside)


def _first_of(joint: np.ndarray) -> np.ndarray:
    """Return the position of the first of each run; ``joint`` tells which go on from the one before."""
    head = np.concatenate(([True], ~joint))
    return np.maximum.accumulate(np.where(head, np.arange(len(head)), 0))


def _opinions(
    words: AspectWords,
    word: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    joined: JoinedTexts,
    reading: ClauseReading,
    hidden: tuple[np.ndarray, np.ndarray],
) -> _Opinions:
    """Return the polar words of the aspects, and those of the polarity list that overlap none of them."""
    denial = _denial(joined.points, start, end, reading)
    general = joined_valence(joined)
    origin = joined.offsets[general.rows - joined.first_row]
    other_start, other_end = general.starts + origin, general.ends + origin
    free = ~_overlap(other_start, other_end, start, end) & ~_overlap(other_start, other_end, *hidden)
    # The words of a span begin with its modifiers; what it denies is counted in its value.
    other_start, other_end, other_value = other_start[free], other_end[free], general.values[free]
    n = len(other_start)
    begin = np.concatenate(
        (np.where(denial >= 0, denial, _degree(joined.points, word, start, words)), other_start)
    )
    word_start = np.concatenate((start, other_start))
    ends = np.concatenate((end, other_end))
    number = np.concatenate((word, np.full(n, -1)))
    value = np.concatenate((words.value[word], np.full(n, np.nan)))
    valence = np.concatenate((words.valence[word], other_value))
    factor = np.concatenate((np.where(denial >= 0, _DENIED, 1.0), np.ones(n)))
    last = np.maximum(ends - 1, 0)
    # 一点异味都没有
    factor = np.where(reading.suspended["none"][last], factor * _DENIED, factor)
    kept = ~(reading.suspended["question"][last] | reading.suspended["condition"][last])
    # 下次还会再来 holds its own modal.
    cues = reading.cues.starts[reading.cues.having("wish", "hearsay", "irrealis")]
    modal = np.searchsorted(cues, word_start) < np.searchsorted(cues, ends)
    kept &= ~(reading.suspended["wish"][last] | reading.suspended["hearsay"][word_start]) | modal
    kept &= ~reading.suspended["other"][word_start]
    order = np.flatnonzero(kept)
    order = order[np.lexsort((word_start[order], ends[order]))]
    columns = (begin, word_start, ends, number, value, valence, factor)
    clause = reading.clause[word_start]
    return _Opinions(*(column[order] for column in (*columns, clause)))


def _degree(points: np.ndarray, word: np.ndarray, start: np.ndarray, words: AspectWords) -> np.ndarray:
    """Return where each word begins with its word of degree, for those of one character: 太慢."""
    first = start.copy()
    for _ in range(2):
        first -= words.single[word] & (first > 0) & np.isin(points[first - 1], _SHOWN)
    return first


def _denial(points: np.ndarray, start: np.ndarray, end: np.ndarray, reading: ClauseReading) -> np.ndarray:
    """Return where the negation of each word begins, -1 where it is not denied.

    Words such as 太辣 begin with their degree, which a negator holds in 不太; 不是坏了就是不熟 denies
    nothing.
    """
    denial = reading.denial(start)
    padded = np.append(points, np.zeros(2, np.uint32))
    at = start - 1
    for _ in range(_DEGREE_STEPS):
        at = np.where(np.isin(padded[at], _LINKS), at - 1, at)
    near = (denial < 0) & (at >= 0) & np.isin(padded[at], _NEGATORS)
    denial = np.where(near & (reading.clause[np.maximum(at, 0)] == reading.clause[start]), at, denial)
    _, clause_end = reading.clause_bounds(start)
    for then in (end, np.minimum(clause_end, len(points))):
        either = (padded[then] == _THEN[0]) & (padded[then + 1] == _THEN[1])
        denial = np.where(either & (denial >= 0) & (padded[denial + 1] == _THEN[1]), -1, denial)
    return denial


def _overlap(start: np.ndarray, end: np.ndarray, others: np.ndarray, other_ends: np.ndarray) -> np.ndarray:
    """Return whether each span overlaps one of others, which are sorted and apart from each other."""
    if not len(others):
        return np.zeros(len(start), bool)
    at = np.searchsorted(others, end) - 1
    return (at >= 0) & (other_ends[np.maximum(at, 0)] > start)


def _linked(
    words: AspectWords, names: _Names, opinions: _Opinions, points: np.ndarray, reading: ClauseReading
) -> Mentions:
    name = _name_of(names, opinions, points, reading)
    held = name >= 0
    # One row an opinion and name that it may be about.
    count = np.zeros(len(name), np.int64)
    if len(names.start):
        last = np.maximum(name, 0)
        all_of_them = _any_between(np.isin(points, _ALL), names.end[last], opinions.end)
        count = np.where(held, name - np.where(all_of_them, names.beside[last], names.first[last]) + 1, 0)
    at = np.repeat(np.arange(len(name)), count)
    step = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    which = np.repeat(name, count) - step
    aspect, value = _judged(words, names, opinions, at, which)
    found = aspect >= 0
    at, which, aspect, value = at[found], which[found], aspect[found], value[found]
    # What no name claims, a word that tells its aspect itself is about.
    told = np.zeros(len(name), bool)
    told[at] = True
    alone = np.flatnonzero(~told & (opinions.word >= 0))
    alone = alone[words.aspect[opinions.word[alone]] >= 0]
    stated = _facts(names, which, reading)
    start = np.minimum(names.start[which], opinions.start[at])
    end = np.maximum(names.end[which], opinions.end[at])
    alone_start, alone_end = opinions.start[alone], opinions.end[alone]
    mentions = Mentions(
        np.concatenate((aspect, words.aspect[opinions.word[alone]], names.aspect[stated])),
        np.concatenate((value, opinions.value[alone] * opinions.factor[alone], np.zeros(len(stated)))),
        np.concatenate((start, alone_start, names.start[stated])),
        np.concatenate((end, alone_end, names.end[stated])),
        np.concatenate((opinions.start[at], alone_start, names.start[stated])),
        np.concatenate((opinions.end[at], alone_end, names.end[stated])),
    )
    return mentions.take(np.lexsort((mentions.aspect, mentions.word_start)))


def _any_between(marked: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return whether one of the marked characters stands in each span."""
    places = np.flatnonzero(marked)
    return np.searchsorted(places, starts) < np.searchsorted(places, ends)


def _facts(names: _Names, judged: np.ndarray, reading: ClauseReading) -> np.ndarray:
    """Return the names that say something neutral by themselves, where nothing judges them: 人均80."""
    fact = names.role == FACT
    fact[judged] = False
    return np.flatnonzero(fact & ~reading.suspends(names.start))


def _judged(
    words: AspectWords,
    names: _Names,
    opinions: _Opinions,
    at: np.ndarray,
    which: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the aspect and value of each pair of opinion and name, -1 where one is not about the other."""
    word, factor = opinions.word[at], opinions.factor[at]
    result, value = np.full(len(at), -1, np.int64), np.zeros(len(at))
    for aspect in (names.aspect[which], names.other[which]):
        key = np.where((word >= 0) & (aspect >= 0), word * words.n_aspects + aspect, -1)
        place = np.minimum(np.searchsorted(words.pairs, key), max(len(words.pairs) - 1, 0))
        fits = (result < 0) & (key >= 0)
        if len(words.pairs):
            fits &= words.pairs[place] == key
            value = np.where(fits, words.pair_values[place], value)
            result = np.where(fits, aspect, result)
    tells = (word >= 0) & (words.aspect[np.maximum(word, 0)] >= 0)
    general = (result < 0) & ~tells & (names.role[which] != STEM) & ~np.isnan(opinions.valence[at])
    result = np.where(general, names.aspect[which], result)
    value = np.where(general, opinions.valence[at], value)
    return result, value * factor


def _name_of(names: _Names, opinions: _Opinions, points: np.ndarray, reading: ClauseReading) -> np.ndarray:
    """Return the name that each opinion may be about, -1 for none."""
    n = len(names.start)
    if not n:
        return np.full(len(opinions.end), -1, np.int64)
    before = np.searchsorted(names.end, opinions.end, side="right") - 1
    safe = np.maximum(before, 0)
    same = (before >= 0) & (names.clause[safe] == opinions.clause)
    same &= opinions.word_start - names.end[safe] <= _AFTER
    begin, _ = reading.clause_bounds(opinions.word_start)
    _, topic_end = reading.clause_bounds(names.start[safe])
    topic_begin, _ = reading.clause_bounds(names.start[safe])
    bare = (before >= 0) & (names.clause[safe] == opinions.clause - 1) & (names.role[safe] != STEM)
    bare &= reading.sentence[names.start[safe]] == reading.sentence[opinions.word_start]
    bare &= (topic_end - names.end[safe] <= _TOPIC_END) & (opinions.start - begin <= _COMMENT)
    n_before = np.searchsorted(opinions.end, topic_end) - np.searchsorted(opinions.end, topic_begin)
    bare &= n_before == 0
    after = np.searchsorted(names.start, opinions.end)
    last = np.minimum(after, n - 1)
    follows = (after < n) & (names.clause[last] == opinions.clause) & (names.role[last] != STEM)
    gap = names.start[last] - opinions.end
    of = _any_between(points == _OF, opinions.end, names.start[last])
    # 很好的味道, 喜欢这里的环境; 感谢客服.
    follows &= (gap <= _BEFORE) & (of | ((gap == 0) & (opinions.valence > 0)))
    return np.where(same | bare, before, np.where(follows, last, -1))
