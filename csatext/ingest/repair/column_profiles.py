"""What the columns of a delimited file look like, learnt from its sound rows: the proof behind a repair."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from csatext.dates.empty import WORDS
from csatext.ingest.columns.headers import known_headers, normal_header

__all__ = ["GAP", "Shape", "learn_robust", "learn_shape", "proves", "with_headers", "with_prefix"]

_CLOCK_SIGNS = (
    r"[\s\d:：.\-/+_()（）TZUGMCAPampz日号號时時点點分秒半整上下午凌晨早清中晚傍夜里裡间間深"
    r"星期周週礼禮拜一二三四五六天]"
)
"""What may follow year and month in a date: no other words, or the tail of a broken text would be one."""
_CLASSES = (
    re.compile(r"^\s*[-+]?\d{1,18}(?:\.\d+)?(?:[eE][-+]?\d+)?%?\s*$"),
    re.compile(r"^\s*'?\d{2,4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,4})?" + _CLOCK_SIGNS + "{0,24}$"),
    re.compile(r"^\s*[A-Za-z]{0,6}[-_]?\d{4}[A-Za-z0-9_-]*\s*$"),
    re.compile(r"^\s*[A-Za-z]{1,6}[-_]?\d{1,12}\s*$"),
)
_NUMBER, _DATE, _CODE, _LABEL = _CLASSES
_DATE_ALONE = re.compile(
    r"^\s*\d{2,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}\s*日?(?:[T\s]*\d{1,2}\s*[:时点][\d:.时点分秒\s]*)?\s*$"
)
_STRAY_IN_WORDS = re.compile(f"{_NUMBER.pattern}|{_DATE_ALONE.pattern}")
GAP = re.compile(rf"^\s*(?i:[-—/\\.无空]+|{WORDS})\s*$")
"""What is written where there is nothing to write."""
_LETTERS = re.compile(r"^\s*([A-Za-z]*)")
_ENOUGH = 0.98
_MAJORITY = 0.6
"""Share of the cells that tell what a column is where some rows may stand in the wrong columns."""
_ONE_OF = 10
_SOME_EMPTY = 0.005
_FEW_VALUES = 40
_LEAST = 3
_FEWEST = 5
"""Whole rows below which the headers tell, too."""
_SHORT_WORDS = 8
"""Characters that the cells of a column of short words (a channel, a product) have at most."""


class Shape(NamedTuple):
    """What is known of one column.

    ``pattern`` every filled cell matches (None: words), ``values`` all values seen where they are few
    (None: many), ``may_be_empty`` whether empty cells are usual, ``longest`` the most characters that a
    cell of a column of short words may have (None: free text), ``stray`` what no cell of words is.
    """

    pattern: re.Pattern[str] | None
    values: frozenset[str] | None
    may_be_empty: bool
    longest: int | None = None
    stray: re.Pattern[str] | None = None

    @property
    def free(self) -> bool:
        """Whether the column holds free text: anything fits."""
        return self.pattern is None and self.values is None and self.longest is None

    def takes(self, cell: str) -> bool:
        """Return whether a cell could stand in this column."""
        if not cell.strip():
            return self.may_be_empty
        if self.pattern is not None:
            return self.pattern.match(cell) is not None
        if self.values is not None:
            return cell.strip() in self.values
        return self.longest is None or len(cell.strip()) <= self.longest


def learn_shape(rows: Sequence[Sequence[str]], width: int) -> list[Shape]:
    """Return the shape of each column, from rows that are whole.

    Parameters
    ----------
    rows : sequence of sequence of str
        Sound rows; those of another width are not looked at.
    width : int
        Number of columns.

    Returns
    -------
    list of Shape, length ``width``

    Examples
    --------
    >>> shapes = learn_shape([[str(i), "退款太慢了"] for i in range(30)], 2)
    >>> shapes[0].takes("17"), shapes[0].takes("太慢"), shapes[1].takes("太慢")
    (True, False, False)
    """
    whole = [row for row in rows if len(row) == width]
    return _learn(_counted(whole, width), _ENOUGH)


def learn_robust(rows: Sequence[Sequence[str]], width: int) -> tuple[list[Shape], Sequence[Sequence[str]]]:
    """Return the shape of each column where some rows may have their values in the wrong columns.

    Six cells in ten tell what a column may be; rows in which two cells or more are not like that, a
    filled one among them, are left out, and the rest is judged as :func:`learn_shape` does. A column that
    holds a mixture by itself stays one, since its rows are odd in one cell only.

    Parameters
    ----------
    rows : sequence of sequence of str
    width : int

    Returns
    -------
    shapes : list of Shape, length ``width``
    sound : sequence of sequence of str
        The rows that were not left out.

    Examples
    --------
    >>> rows = [[f"T{i}", "退款太慢了，请处理", f"2024/5/{i + 1}"] for i in range(8)]
    >>> shapes, sound = learn_robust([*rows, ["退款太慢了，请处理", "2024/5/3", ""]], 3)
    >>> len(sound), shapes[2].takes("2024/5/30"), shapes[2].takes("")
    (8, True, False)
    """
    whole = [row for row in rows if len(row) == width]
    counted = _counted(whole, width)
    strict, loose = _learn(counted, _ENOUGH), _learn(counted, _MAJORITY)
    if strict == loose:
        return strict, whole
    sound = [row for row, out in zip(whole, _displaced(whole, loose), strict=True) if not out]
    if len(sound) == len(whole) or len(sound) < _MAJORITY * len(whole):
        return strict, whole
    return (_learn(_counted(sound, width), _ENOUGH) if len(sound) >= _LEAST else loose), sound


def _displaced(rows: Sequence[Sequence[str]], shapes: Sequence[Shape]) -> list[bool]:
    """Return for each row whether two or more cells, and not only empty ones, are not of their columns."""
    odd, filled = [0] * len(rows), [False] * len(rows)
    for j, shape in enumerate(shapes):
        pattern = shape.stray or shape.pattern
        if pattern is None:
            continue
        stray = shape.stray is not None
        suspect = [cell for cell in {row[j] for row in rows} if (pattern.match(cell) is not None) == stray]
        strange = {cell: bool(cell.strip()) for cell in suspect if _is_odd(cell, shape)}
        for i, row in enumerate(rows) if strange else ():
            if row[j] in strange:
                odd[i] += 1
                filled[i] |= strange[row[j]]
    return [n > 1 and written for n, written in zip(odd, filled, strict=True)]


def _is_odd(cell: str, shape: Shape) -> bool:
    if shape.stray:
        return shape.stray.match(cell) is not None
    return not shape.takes(cell) and not GAP.match(cell)


def with_headers(shapes: Sequence[Shape], rows: Sequence[Sequence[str]], names: Sequence[str]) -> list[Shape]:
    """Return the shapes; where there are too few whole rows to learn one, what its header says.

    Examples
    --------
    >>> found = with_headers(learn_shape([], 3), [], ["编号", "投诉内容", "投诉时间"])
    >>> found[2].takes("2024/5/3"), found[2].takes("慢"), found[1].free
    (True, False, True)
    """
    whole = [row for row in rows if len(row) == len(names)]
    if len(whole) >= _FEWEST:
        return list(shapes)
    known = [known_headers().get(normal_header(name)) for name in names]
    expected = [_BY_KIND.get(header.kind if header else "", _ANYTHING) for header in known]
    return [
        header
        if header is not _ANYTHING
        and shape.pattern is None
        and shape.values is None
        and 2 * sum(header.takes(row[j]) for row in whole) >= len(whole)
        else shape
        for j, (shape, header) in enumerate(zip(shapes, expected, strict=True))
    ]


_ANYTHING = Shape(None, None, True)
_BY_KIND = {
    "id": Shape(re.compile(r"^\s*['=\"]*[A-Za-z0-9][A-Za-z0-9_#/.-]{0,63}\"?\s*$"), None, False),
    "time": Shape(re.compile(f"{_DATE.pattern}|^\\s*\\d{{8,17}}(?:\\.\\d+)?\\s*$"), None, False),
    "number": Shape(re.compile(r"^\s*[-+]?\d+(?:\.\d+)?\s*[分星级%]?\s*$"), None, False),
    "text": Shape(None, None, True, None, _DATE_ALONE),
    "flag": Shape(None, None, False, 6),
    "category": Shape(None, None, False, 12, _STRAY_IN_WORDS),
}


def _counted(whole: Sequence[Sequence[str]], width: int) -> list[Counter[str]]:
    """Return the different cells of each column without blanks around them, and how often each stands."""
    return [Counter([row[j].strip() for row in whole]) for j in range(width)]


def _learn(columns: Sequence[Counter[str]], enough: float) -> list[Shape]:
    return _with_words([_one(cells, enough) for cells in columns], columns)


def _with_words(shapes: list[Shape], columns: Sequence[Counter[str]]) -> list[Shape]:
    """Return the shapes, columns of short words beside a much longer one marked as such."""
    longest = [max(map(len, cells), default=0) for cells in columns]
    most = max((n for shape, n in zip(shapes, longest, strict=True) if shape.free), default=0)
    return [
        shape._replace(longest=2 * n) if shape.free and cells.total() >= _LEAST and 0 < n <= limit else shape
        for shape, n, cells in zip(shapes, longest, columns, strict=True)
        for limit in [min(_SHORT_WORDS, most // 2)]
    ]


def _strays_allowed(n: int, enough: float = _ENOUGH) -> float:
    """Return how many of ``n`` cells may differ from their column: one in fifty, one alone of ten or more."""
    return max((1 - enough) * n, 1.0 if n >= _ONE_OF else 0.0)


def _more_than(allowed: float, counts: Counter[str], pattern: re.Pattern[str], match: bool) -> bool:
    """Return whether more than ``allowed`` cells match a pattern (or do not); each value is tried once."""
    n = 0
    for cell, times in counts.items():
        if (pattern.match(cell) is not None) == match:
            n += times
            if n > allowed:
                return True
    return False


def _one(cells: Counter[str], enough: float) -> Shape:
    counts = Counter({cell: n for cell, n in cells.items() if cell})
    n, gaps = cells.total(), cells[""]
    filled = n - gaps
    usual = _SOME_EMPTY if enough == _ENOUGH else 1 - enough
    may_be_empty = gaps > max(usual * n, 1.0 if n >= _ONE_OF else 0.0)
    if filled < _LEAST:
        return Shape(None, None, may_be_empty)
    allowed = _strays_allowed(filled, enough)
    for pattern in _CLASSES:
        if not _more_than(allowed, counts, pattern, match=False):
            return Shape(pattern, None, may_be_empty)
    values = frozenset(value for value, n in counts.items() if n > 1)
    alone = len(counts) - len(values)
    few = len(counts) <= min(_FEW_VALUES, filled // 10) and alone <= _strays_allowed(filled)
    stray = _STRAY_IN_WORDS if few else _DATE_ALONE
    if _more_than(allowed, counts, stray, match=True):
        return Shape(None, values if few else None, may_be_empty)
    return Shape(None, values if few else None, may_be_empty, None, stray)


def with_prefix(shapes: Sequence[Shape], rows: Sequence[Sequence[str]]) -> list[Shape]:
    """Return the shapes, codes that nearly all begin with the same letters bound to these.

    Examples
    --------
    >>> rows = [[f"T{i}", f"U{i}"] for i in range(30)]
    >>> shapes = with_prefix(learn_shape(rows, 2), rows)
    >>> shapes[0].takes("T7"), shapes[1].takes("T7")
    (True, False)
    """
    found = list(shapes)
    for j, shape in enumerate(shapes):
        if shape.pattern not in (_CODE, _LABEL):
            continue
        fitting = [row[j] for row in rows if row[j].strip() and shape.takes(row[j])]
        letters, n = Counter(_LETTERS.match(cell)[1] for cell in fitting).most_common(1)[0]  # type: ignore[index]
        if letters and n >= _ENOUGH * len(fitting):
            found[j] = shape._replace(pattern=re.compile(rf"^\s*{letters}[-_]?\d[A-Za-z0-9_-]*\s*$"))
    return found


def proves(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether a row fits every column, at least one of which is not free text."""
    if len(cells) != len(shapes):
        return False
    return not all(shape.free for shape in shapes) and all(
        shape.takes(cell) for cell, shape in zip(cells, shapes, strict=True)
    )
