"""Misaligned rows: cells in the wrong columns are realigned where one way alone fits, else rejected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.raw_table import Note, RawTable, Reject, row_text
from csatext.ingest.repair.column_profiles import GAP, Shape, learn_robust, with_headers, with_prefix
from csatext.strings import begins_with, digit_shapes, distinct_cells, utf8

__all__ = [
    "MisalignedRows",
    "Realignment",
    "best_realignment",
    "find_misaligned",
    "is_displaced",
    "is_offset",
    "is_swapped",
    "realign_rows",
    "realignments",
]

_FARTHEST = 3
"""Columns by which the values of a row may be misaligned."""
_GAIN = 2
"""Typed cells by which a realignment must make a row fit better to prove that the row is misaligned."""
_SENTENCE = 24
"""Bytes in UTF-8 (eight hanzi) beyond which a cell in a typed column is a sentence."""
_FILLED = re.compile(r"\S")
_BLANKS = b" \t\r\n\f"
_STRAY_FIRST = _BLANKS + b"+-0123456789"
"""First bytes of the dates and numbers that :mod:`csatext.ingest.repair.column_profiles` knows as strays."""
_SAMPLE = 2000
_MANY = 0.4
"""Share of misaligned rows from which nobody can say which of the columns are the right ones."""


class Realignment(NamedTuple):
    """A row after a realignment: its cells, how many fit a typed column and how many do not.

    ``realigned`` is the number of filled cells that changed their column, ``known`` the number of those that
    are now among the few values of it, ``broken`` of those that fitted a typed column and now do not fit.
    """

    row: tuple[str, ...]
    fits: int
    wrong: int
    realigned: int
    known: int
    broken: int = 0


def _grade(cell: str, shape: Shape) -> int:
    """Return 1 for a cell that fits a typed column, -1 for one that does not, 0 where nothing is known."""
    if not cell.strip():
        return 0 if shape.may_be_empty or shape.free else -1
    if shape.free or GAP.match(cell):
        return -1 if shape.stray is not None and shape.stray.match(cell) else 0
    fits = shape.takes(cell) and not (shape.stray is not None and shape.stray.match(cell))
    return 1 if fits else -1


def _sums(values: Sequence[bool]) -> list[int]:
    return [0, *accumulate(map(int, values))]


class _Grades:
    """Sums of the grades of a row's cells, each ``by`` columns from where it stands."""

    def __init__(
        self, cells: Sequence[str], shapes: Sequence[Shape], by: int, stay: _Grades | None = None
    ) -> None:
        n = len(cells)
        grades: list[int] = [_grade(cells[c], shapes[c + by]) if 0 <= c + by < n else 0 for c in range(n)]
        before: list[int] = stay.grades if stay is not None else grades
        self.grades: list[int] = grades
        self.broken = _sums([old > 0 > new for old, new in zip(before, grades, strict=True)])
        self.fits = _sums([grade > 0 for grade in grades])
        self.wrong = _sums([grade < 0 for grade in grades])
        self.known = _sums(
            [0 <= c + by < n and cells[c].strip() in (shapes[c + by].values or ()) for c in range(n)]
        )


def realignments(cells: Sequence[str], shapes: Sequence[Shape]) -> list[Realignment]:
    """Return the row as it stands, then each realignment of it by up to three empty cells.

    Parameters
    ----------
    cells : sequence of str
    shapes : sequence of Shape, of the same length

    Returns
    -------
    list of Realignment
        Without repetition.

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> shapes = learn_shape([[f"T{i}", "退款太慢了，请处理", str(i)] for i in range(8)], 3)
    >>> best_realignment(["退款太慢了，请处理", "7", ""], shapes).row
    ('', '退款太慢了，请处理', '7')
    """
    n = len(cells)
    filled = _sums([bool(cell.strip()) for cell in cells])
    stay = _Grades(cells, shapes, 0)
    found = {tuple(cells): Realignment(tuple(cells), stay.fits[n], stay.wrong[n], 0, 0)}
    for size in range(1, _FARTHEST + 1):
        starts = [
            i
            for i in range(n - size + 1)
            if filled[i + size] == filled[i] and (i == 0 or cells[i - 1].strip())
        ]
        if not starts:
            break
        right, left = _Grades(cells, shapes, size, stay), _Grades(cells, shapes, -size, stay)
        for i in starts:
            rest = [*cells[:i], *cells[i + size :]]
            for j in range(n - size + 1):
                row = (*rest[:j], *[""] * size, *rest[j:])
                if row in found:
                    continue
                first, last = (j, i) if j < i else (i + size, j + size)
                by = right if j < i else left
                outer = [(0, min(i, j)), (max(i, j) + size, n)]
                found[row] = Realignment(
                    row,
                    by.fits[last] - by.fits[first] + sum(stay.fits[b] - stay.fits[a] for a, b in outer),
                    by.wrong[last] - by.wrong[first] + sum(stay.wrong[b] - stay.wrong[a] for a, b in outer),
                    filled[last] - filled[first],
                    by.known[last] - by.known[first],
                    by.broken[last] - by.broken[first],
                )
    return list(found.values())


def best_realignment(cells: Sequence[str], shapes: Sequence[Shape]) -> Realignment | None:
    """Return the one realignment after which no cell is out of place and most fit; None if not one alone."""
    whole = [found for found in realignments(cells, shapes)[1:] if not found.wrong and found.fits]
    top = max((found.fits for found in whole), default=0)
    best = [found for found in whole if found.fits == top]
    return best[0] if len(best) == 1 else None


def is_displaced(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether a realignment proves that values stand in the wrong columns.

    The row must fit better by two typed cells, and two filled cells must change their columns together, or
    one to where it is among the few values of its column: a gap beside an odd value is no misaligned row. No
    cell that fits may go to where it does not: the realignment would break what it finds whole.
    """
    stay, *others = realignments(cells, shapes)
    return any(
        other.fits - other.wrong - stay.fits + stay.wrong >= _GAIN
        and other.wrong < stay.wrong
        and not other.broken
        and (other.realigned > 1 or other.known > 0)
        for other in others
    )


def is_swapped(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether two cells fit the column of each other, and neither its own.

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> shapes = learn_shape([[f"2024/5/{i + 1}", "退款太慢了，请处理"] for i in range(8)], 2)
    >>> is_swapped(["退款太慢了，请处理", "2024/5/3"], shapes)
    True
    """
    stray = [
        (cell, shape)
        for cell, shape in zip(cells, shapes, strict=True)
        if shape.stray is not None and shape.stray.match(cell)
    ]
    return any(
        shape.pattern is not None
        and cell.strip()
        and _grade(cell, shape) < 0
        and any(shape.takes(other) and _belongs(cell, home) for other, home in stray)
        for cell, shape in zip(cells, shapes, strict=True)
    )


def _belongs(cell: str, home: Shape) -> bool:
    """Return whether a cell is a value of a column of few, or a sentence in one of free text."""
    if home.values is not None:
        return cell.strip() in home.values
    return home.takes(cell) and len(cell.encode("utf-8", "replace")) > _SENTENCE


def is_offset(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether the row fits better by two cells when all of it is offset, its ends falling off.

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> rows = [[f"T{i}", "退款太慢了，请处理", f"2024/5/{i + 1}", str(i)] for i in range(9)]
    >>> is_offset(["退款太慢了，请处理", "2024/5/3", "7", "电话"], learn_shape(rows, 4))
    True
    """
    n = len(cells)

    def fit(by: int) -> tuple[int, int]:
        grades = [_grade(cells[c], shapes[c + by]) for c in range(n) if 0 <= c + by < n]
        return grades.count(1), grades.count(-1)

    fits, wrong = fit(0)
    return any(
        better - worse - fits + wrong >= _GAIN and worse < wrong
        for by in range(-_FARTHEST, _FARTHEST + 1)
        for better, worse in [fit(by)]
    )


class MisalignedRows(NamedTuple):
    """Rows that are misaligned ``surely`` or ``perhaps``, and those of two ``odd`` cells; bool, (n,)."""

    surely: NDArray[np.bool_]
    perhaps: NDArray[np.bool_]
    odd: NDArray[np.bool_]


def find_misaligned(frame: pd.DataFrame, shapes: Sequence[Shape]) -> MisalignedRows:
    """Return which rows may have the right number of cells in the wrong columns.

    A cell is out of place when it does not look like its column of numbers, dates or codes (an empty one
    where such cells are unusual, too), and a stray when it is a date, or a number in a column of few
    words, where the column has none. A row is surely misaligned when it has a stray and another cell
    out of place, or when at least two and at least half of its cells in typed columns are out of place
    and one of them is a sentence. Written gaps (N/A, 不详, -) are not out of place. Where only empty
    cells are out of place beside a stray, the row may as well be one with a gap.

    A row is odd when two cells, a filled one among them, and an empty cell anywhere leave room for a
    realignment: values that a column of few words does not know, and long ones among short, count here too.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Strings.
    shapes : sequence of Shape, length n_columns

    Returns
    -------
    MisalignedRows

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> rows = [[f"T{i}", "退款太慢了，请处理", f"2024/5/{i + 1}"] for i in range(8)]
    >>> frame = pd.DataFrame([*rows, ["退款太慢了，请处理", "2024/5/3", ""]], dtype="str")
    >>> find_misaligned(frame, learn_shape(rows, 3)).surely.nonzero()[0].tolist()
    [8]
    """
    counts = (np.zeros(len(frame), dtype=np.int64) for _ in range(8))
    wrong, written, typed, stray, long, other, gaps, missing = counts
    for name, shape in zip(frame.columns, shapes, strict=True):
        different = distinct_cells(frame[name])
        cells, spread = different.values, different.spread
        lengths = pc.binary_length(cells).to_numpy(zero_copy_only=False)
        empty = _empty(cells)
        if empty.any():
            gaps += spread(empty)
        if shape.pattern is None:
            is_stray = _strays(cells, shape.stray)
            if is_stray.any():
                stray += spread(is_stray)
            if not shape.free:
                other += spread(~is_stray & ~empty & _unknown(cells, shape))
                missing += spread(empty & (not shape.may_be_empty))
            continue
        typed += 1
        bad = ~_fits(cells, shape.pattern) & ((lengths > 0) | (not shape.may_be_empty))
        if bad.any():
            bad[bad] = ~_matches(cells.filter(pa.array(bad)), GAP)
        if bad.any():
            wrong += spread(bad)
            written += spread(bad & (lengths > 0))
            long += spread(bad & (lengths > _SENTENCE))
    surely = ((stray > 0) & (written > 0)) | ((wrong >= 2) & (2 * wrong >= typed) & (long > 0))
    odd = (wrong + stray + other + missing >= 2) & (written + stray + other > 0) & (gaps > 0)
    return MisalignedRows(surely, ~surely & (stray > 0) & (wrong > 0), odd)


def _unknown(cells: pa.Array, shape: Shape) -> NDArray[np.bool_]:
    """Return which cells are not among the values of their column, or too long for it."""
    if shape.values is not None:
        known = pa.array(sorted(shape.values), type=cells.type)
        return ~pc.is_in(pc.utf8_trim_whitespace(cells), value_set=known).to_numpy(zero_copy_only=False)
    if shape.longest is not None:
        return np.asarray(pc.utf8_length(cells).to_numpy(zero_copy_only=False) > shape.longest)
    return np.zeros(len(cells), dtype=np.bool_)


def _empty(cells: pa.LargeStringArray) -> NDArray[np.bool_]:
    """Return which cells hold nothing but ASCII blanks."""
    offsets, _ = utf8(cells)
    empty = np.asarray(offsets[1:] == offsets[:-1])
    # Few cells begin with a blank: only those need a pattern.
    blank = begins_with(cells, _BLANKS)
    if blank.any():
        empty[blank] = ~_matches(cells.filter(pa.array(blank)), _FILLED)
    return empty


def _matches(cells: pa.Array, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    found = pc.match_substring_regex(cells, pattern=pattern.pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False).astype(np.bool_))


def _fits(cells: pa.LargeStringArray, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """Return which cells match a pattern of a column, to which all digits are alike."""
    shapes, code = digit_shapes(cells)
    return _matches(shapes, pattern)[code]


def _strays(cells: pa.LargeStringArray, stray: re.Pattern[str] | None) -> NDArray[np.bool_]:
    """Return which cells are what no cell of a column of words is: a date or a number."""
    found = np.zeros(len(cells), dtype=np.bool_)
    maybe = begins_with(cells, _STRAY_FIRST) if stray is not None else found
    if stray is not None and maybe.any():
        found[maybe] = _matches(cells.filter(pa.array(maybe)), stray)
    return found


def realign_rows(raw: RawTable) -> RawTable:
    """Return the table without misaligned rows: those that have values in the wrong columns.

    A row is misaligned when a realignment by its empty cells makes it fit better by two cells
    (:func:`is_displaced`), or when some of its cells do not look like their columns (:func:`find_misaligned`)
    and fit those of each other (:func:`is_swapped`) or their neighbours (:func:`is_offset`). It is put right
    when one realignment alone makes every cell fit, and stays as it is where none repairs more than it
    breaks.

    Parameters
    ----------
    raw : RawTable
        Strings.

    Returns
    -------
    RawTable
        Unchanged where no row is misaligned, or where so many rows are that the columns themselves
        hold a mixture.
    """
    frame = raw.frame
    step = max(1, len(frame) // _SAMPLE)
    sample = frame.iloc[::step].fillna("").to_numpy().tolist()
    shapes, sound = learn_robust(sample, frame.shape[1])
    # A row alone cannot speak for its own columns.
    shapes = with_headers(with_prefix(shapes, sound), sound if len(sound) > 1 else [], [*frame.columns])
    found = find_misaligned(frame, shapes)
    at = np.flatnonzero(found.surely | found.perhaps | found.odd)
    if not at.size:
        return raw
    cells = frame.iloc[at].fillna("").to_numpy().tolist()
    proven = np.array([is_displaced(row, shapes) for row in cells])
    # Odd cells alone prove nothing: a department "0" beside a duration 处理中 is odd where it stands.
    plain = found.surely[at]
    plain &= np.array([is_swapped(row, shapes) or is_offset(row, shapes) for row in cells])
    realigned = [
        best_realignment(row, shapes) if sure or perhaps else None
        for row, sure, perhaps in zip(cells, plain | proven, found.perhaps[at], strict=True)
    ]
    lost = np.zeros(len(frame), dtype=np.bool_)
    lost[at] = [best is None for best in realigned] & (plain | proven)
    acted = int(lost.sum()) + sum(best is not None for best in realigned)
    if acted > max(1.0, _MANY * len(frame)):
        detail = f"{acted} 行像是列错位，占比过高，无法判断哪种排列才对，没有改动；请检查导出"
        return replace(raw, notes=[*raw.notes, Note("torn_rows", "", acted, len(frame), detail)])
    mended = frame.copy()
    fixed = [i for i, best in zip(at, realigned, strict=True) if best is not None]
    if fixed:
        rows = [best.row for best in realigned if best is not None]
        mended.iloc[fixed] = pd.DataFrame(rows, columns=frame.columns, index=frame.index[fixed], dtype="str")
    line = raw.lines
    rejects = [
        Reject(
            None if line is None else int(line[i]),
            "列错位：内容与所在列的类型不符，无法判断应在哪一列",
            row_text(row),
        )
        for i, row in zip(at, cells, strict=True)
        if lost[i]
    ]
    notes = [Note("torn_rows", "", len(fixed), len(frame), f"{len(fixed)} 行列错位，已移回")] if fixed else []
    return replace(
        raw,
        frame=mended[~lost].reset_index(drop=True),
        lines=None if line is None else line[~lost],
        rejects=sorted([*raw.rejects, *rejects], key=lambda reject: reject.line or 0),
        notes=[*raw.notes, *notes],
    )
