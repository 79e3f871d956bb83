"""Scores as people write them: words, stars, labelled options, fractions, percentages, signs for no score."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import opencc
import pandas as pd
from numpy.typing import NDArray

from csatext.dates.empty import WORDS
from csatext.ingest.columns.masking import mask
from csatext.ingest.columns.values import as_text, blank
from csatext.ingest.raw_table import Note
from csatext.lexicon import Lexicon
from csatext.strings import distinct_cells

__all__ = ["Ratings", "read_ratings"]

_LONGEST = 40
"""Characters of a cell beyond which it is no score."""
_MOST_ODD = 0.5
"""Share of the filled cells, signs for none apart, below which words that are no score may be."""
_EXAMPLES = 3
_WORD_SCALE = 5.0
_SCALES = (5.0, 10.0, 100.0)
_SENTINELS = (88.0, 98.0, 99.0, 888.0, 998.0, 999.0, 9999.0)
"""What surveys code a missing answer as, on scales to 10."""
_UNSCORED = re.compile(
    rf"(?i)^(?:{WORDS}|[未没暂不无無].{{0,2}}(?:评价|评分|参评|参与|打分|测评|回访|反馈|评))$"
)
_NUMBER = re.compile(r"^([-+]?\d+(?:\.\d+)?)\s*(?:分|星|颗星|级|points?|pts?|stars?)?(?:好评|评价|差评)?$")
_CHINESE = re.compile(r"^([一二两三四五六七八九十])(?:颗)?(?:星级|星|分|级)(半)?(?:好评|评价|差评)?$")
_DIGITS = {digit: i for i, digit in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_PERCENT = re.compile(r"^(\d+(?:\.\d+)?)\s*%$")
_FRACTION = re.compile(
    r"^(\d+(?:\.\d+)?)\s*[分星]?\s*(?:[/\u2044]|out of|of|[(,，]?\s*(?:满分|共)[:为是]?)"
    r"\s*(\d+)\s*[分星]?\s*[)]?$"
)
_BEFORE = re.compile(r"^([-+]?\d+(?:\.\d+)?)\s*(?:分|星|颗星)?\s*([-—–_=:.、,，()\s]*)(\D{1,20}?)[)]?$")
_AFTER = re.compile(r"^(\D{1,20}?)[-—–_=:、,，(\s]*(\d+(?:\.\d+)?)\s*(?:分|星|颗星)?[)]?$")
_OPTION = re.compile(r"^[a-j][-.、:)\s]+")
_FULL, _HALF, _EMPTY = "★⭐🌟✭✮", "½⯨", "☆✩✰"
_STARS = re.compile(f"^[{_FULL}]*[{_HALF}]?[{_EMPTY}]*$")


class Ratings(NamedTuple):
    """Scores as numbers, NaN where there is none; ``unread`` cells hold something that gave no number."""

    values: pd.Series
    unread: NDArray[np.bool_]
    notes: list[Note]


class _Score(NamedTuple):
    """What a cell says: a ``kind``, its ``value`` on a scale to ``top``, and the ``points`` of its label."""

    kind: str
    value: float = float("nan")
    top: float = float("nan")
    points: float | None = None


_NONE, _UNREAD = _Score("none"), _Score("unread")


@cache
def _points() -> Mapping[str, float | None]:
    """Return the points (1 to 5) of each word of ``lexicons/ratings.tsv``, None for a sign of no score."""
    lexicon = Lexicon.load("ratings")
    written = {term: lexicon[term].get("points") for term in lexicon}
    return {_key(term): None if points is None else float(points) for term, points in written.items()}


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _key(word: str) -> str:
    return re.sub(r"[\s。.!！,，~]+", "", word)


def _score(text: str) -> _Score:
    """Return what a cell says.

    Examples
    --------
    >>> _score("★★★★☆").value, _score("5-非常满意").value, _score("很满意").value, _score("未评价").kind
    (4.0, 5.0, 5.0, 'none')
    """
    bare = text.replace("\ufe0f", "").strip()
    if bare and _STARS.match(bare):
        half = 0.5 if any(sign in bare for sign in _HALF) else 0.0
        full = float(sum(bare.count(sign) for sign in _FULL))
        empty = sum(bare.count(sign) for sign in _EMPTY)
        if not full and not half:
            return _NONE
        top = full + empty + bool(half) if empty else max(_WORD_SCALE, full + bool(half))
        return _Score("stars", full + half, top)
    bare = _converter().convert(unicodedata.normalize("NFKC", bare)).casefold()
    number = _NUMBER.match(bare)
    if number:
        return _Score("number", float(number[1]))
    if (chinese := _CHINESE.match(bare)) is not None:
        return _Score("stars", _DIGITS[chinese[1]] + 0.5 * bool(chinese[2]), _top(_DIGITS[chinese[1]]))
    if (percent := _PERCENT.match(bare)) is not None:
        return _Score("fraction", float(percent[1]), 100.0)
    if (fraction := _FRACTION.match(bare)) is not None and float(fraction[2]) > 0:
        return _Score("fraction", float(fraction[1]), float(fraction[2]))
    return _of_words(bare)


def _of_words(bare: str) -> _Score:
    """Return what a word says, alone or beside the number of its option."""
    words = _points()
    word = _key(_OPTION.sub("", bare))
    if word in words or _UNSCORED.match(bare):
        points = words.get(word)
        return _NONE if points is None else _Score("word", points, _WORD_SCALE, points)
    before, after = _BEFORE.match(bare), _AFTER.match(bare)
    if before is not None and (before[2] or _key(before[3]) in words):
        number, label = before[1], _key(before[3])
    elif after is not None and _key(after[1]) in words:
        number, label = after[2], _key(after[1])
    else:
        return _UNREAD
    if label in words and words[label] is None:
        return _NONE
    return _Score("labelled", float(number), points=words.get(label))


def _top(value: float) -> float:
    return next((scale for scale in _SCALES if value <= scale), _SCALES[-1])


def _is_reversed(scores: Sequence[_Score]) -> bool:
    """Return whether the numbers of options run against their labels (1 = 非常满意)."""
    pairs = {(s.value, s.points) for s in scores if s.kind == "labelled" and s.points is not None}
    as_they_are = sum(abs(value - points) for value, points in pairs)
    turned = sum(abs(value - (_WORD_SCALE + 1 - points)) for value, points in pairs)
    return turned < as_they_are


def _is_bare(score: _Score) -> bool:
    """Return whether a score is a number to which no known word gives its meaning."""
    return score.kind == "number" or (score.kind == "labelled" and score.points is None)


def _ungiven(numbers: Sequence[float], other: Sequence[_Score], recommends: bool) -> set[float]:
    """Return the numbers that stand for no score: negative ones, codes such as 99, 0 on a scale from 1."""
    rest = [value for value in numbers if value > 0 and value not in _SENTINELS]
    rest += [score.value for score in other if score.kind == "labelled" and not _is_bare(score)]
    worded = any(score.kind in ("word", "stars") for score in other)
    top = max(rest, default=_WORD_SCALE if worded else 0.0)
    lost = {value for value in numbers if value < 0}
    if 0 < top <= 10:
        lost |= {value for value in numbers if value in _SENTINELS}
    labelled = any(not _is_bare(score) and score.kind == "labelled" and score.value == 0 for score in other)
    from_one = (top > 1 or worded) and top <= _WORD_SCALE and not any(0 < value < 0.5 for value in rest)
    if not recommends and from_one and not labelled:
        lost |= {value for value in numbers if value == 0}
    return lost


def read_ratings(column: pd.Series, name: str) -> Ratings | None:
    """Return a column of scores as numbers, and what was read and left out.

    Words have the points of ``lexicons/ratings.tsv`` (非常满意 5 ... 非常不满意 1), stars count,
    ``5-非常满意`` is 5 (unless the options are numbered the other way round), ``8/10`` is 8 on a scale to 10
    and ``95%`` 95 on one to 100. Where plain numbers go beyond 5, what is on another scale is brought to
    theirs. Signs of no score (未评价, negative numbers, 99 on a scale to 10, 0 on one to 5) are left out; to
    recommend, 0 is a score and words are none.

    Parameters
    ----------
    column : Series of str, shape (n,)
    name : str
        ``csat`` or ``nps``, named in the notes.

    Returns
    -------
    Ratings or None
        None where the column holds no scores; as numbers int64 where all cells are whole.

    Examples
    --------
    >>> read_ratings(pd.Series(["非常满意", "★★★☆☆", "2分", "未评价"]), "csat").values.tolist()[:3]
    [5.0, 3.0, 2.0]
    >>> read_ratings(pd.Series(["5", "3", "0", "99", "-1"]), "csat").unread.tolist()
    [False, False, True, True, True]
    """
    cells = as_text(column).str.strip()
    filled = ~blank(cells)
    counts = cells[filled].value_counts()
    if counts.empty:
        return None
    scores = {text: _score(text) if len(text) <= _LONGEST else _UNREAD for text in map(str, counts.index)}
    if name == "nps":
        scores = {text: s if s.kind not in ("word", "stars") else _UNREAD for text, s in scores.items()}
    plain = [s.value for s in scores.values() if _is_bare(s)]
    lost = _ungiven(plain, list(scores.values()), name == "nps")
    scores = {text: _NONE if _is_bare(s) and s.value in lost else s for text, s in scores.items()}
    values, scale = _on_one_scale(scores)
    n_unread = int(sum(n for text, n in counts.items() if scores[str(text)].kind == "unread"))
    n_read = int(sum(n for text, n in counts.items() if str(text) in values))
    if not n_read or n_unread >= _MOST_ODD * (n_read + n_unread):
        return None
    different = distinct_cells(cells)
    each = [values.get(text, np.nan) for text in different.values.to_pylist()]
    numbers = different.spread(np.array(each, dtype=np.float64))
    unread = filled & np.isnan(numbers)
    if np.isfinite(numbers).all() and bool((numbers % 1 == 0).all()):
        numbers = numbers.astype(np.int64)
    result = pd.Series(numbers, index=column.index, name=column.name)
    return Ratings(result, unread, _notes(name, cells, counts, scores, values, scale))


def _on_one_scale(scores: Mapping[str, _Score]) -> tuple[dict[str, float], float]:
    """Return the number of each text that is a score, and the top of the scale."""
    given = [s for s in scores.values() if s.kind in ("number", "labelled")]
    turned = _is_reversed(given)
    numbers = [s.value for s in given if not (turned and s.points is not None)]
    tops = Counter(s.top for s in scores.values() if s.kind == "fraction")
    top = _top(max(numbers)) if numbers else tops.most_common(1)[0][0] if tops else _WORD_SCALE
    values: dict[str, float] = {}
    for text, score in scores.items():
        if score.kind == "labelled" and turned and score.points is not None:
            values[text] = score.points
        elif score.kind in ("number", "labelled"):
            values[text] = score.value
        elif score.kind in ("word", "stars", "fraction"):
            values[text] = round(score.value / score.top * top, 6)
    return values, top


def _notes(
    name: str,
    cells: pd.Series,
    counts: pd.Series,
    scores: Mapping[str, _Score],
    values: Mapping[str, float],
    scale: float,
) -> list[Note]:
    """Return the notes on words that became numbers, and on cells that hold no score."""

    def of(*kinds: str) -> list[str]:
        return [str(text) for text in counts.index if scores[str(text)].kind in kinds]

    def shown(texts: Sequence[str]) -> str:
        return "、".join(mask(text[:30]) for text in texts[:_EXAMPLES])

    notes = []
    for check, texts, finding in (
        ("score_words", of("word", "stars", "fraction", "labelled"), f"换算成 {scale:g} 分制的分数"),
        ("score_not_given", of("none"), "没有打分，数值留空"),
        ("number_unreadable", of("unread"), f"不是分数，数值留空，原文在列「{name}_text」"),
    ):
        if texts:
            n = int(counts[texts].sum())
            pairs = [f"{text[:30]}→{values[text]:g}" for text in texts if text in values]
            examples = "、".join(map(mask, pairs[:_EXAMPLES])) if pairs else shown(texts)
            notes.append(Note(check, name, n, len(cells), f"{n} 行{finding}；例如：{examples}"))
    return notes
