"""The moves that put a row's values back into their columns: a run of empty cells taken out and put in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from csatext.ingest.repair.column_profiles import GAP, Shape

__all__ = ["Move", "best_move", "is_displaced", "is_swapped", "moves"]

_FARTHEST = 3
"""Columns by which the values of a row may have moved."""
_GAIN = 2
"""Typed cells by which a move must make a row fit better to prove that the row is out of place."""


class Move(NamedTuple):
    """A row after a move: its cells, how many fit and misfit typed columns, how many filled ones moved.

    ``known`` is the number of moved cells that are now among the few values of their column.
    """

    row: tuple[str, ...]
    fits: int
    wrong: int
    moved: int
    known: int


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

    def __init__(self, cells: Sequence[str], shapes: Sequence[Shape], by: int) -> None:
        n = len(cells)
        grades = [_grade(cells[c], shapes[c + by]) if 0 <= c + by < n else 0 for c in range(n)]
        self.fits = _sums([grade > 0 for grade in grades])
        self.wrong = _sums([grade < 0 for grade in grades])
        self.known = _sums(
            [0 <= c + by < n and cells[c].strip() in (shapes[c + by].values or ()) for c in range(n)]
        )


def moves(cells: Sequence[str], shapes: Sequence[Shape]) -> list[Move]:
    """Return the row as it stands, then the row after each move of up to three empty cells.

    Parameters
    ----------
    cells : sequence of str
    shapes : sequence of Shape, of the same length

    Returns
    -------
    list of Move
        Without repetition.

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> shapes = learn_shape([[f"T{i}", "退款太慢了，请处理", str(i)] for i in range(8)], 3)
    >>> best_move(["退款太慢了，请处理", "7", ""], shapes).row
    ('', '退款太慢了，请处理', '7')
    """
    n = len(cells)
    filled = _sums([bool(cell.strip()) for cell in cells])
    stay = _Grades(cells, shapes, 0)
    found = {tuple(cells): Move(tuple(cells), stay.fits[n], stay.wrong[n], 0, 0)}
    for size in range(1, _FARTHEST + 1):
        starts = [
            i
            for i in range(n - size + 1)
            if filled[i + size] == filled[i] and (i == 0 or cells[i - 1].strip())
        ]
        if not starts:
            break
        right, left = _Grades(cells, shapes, size), _Grades(cells, shapes, -size)
        for i in starts:
            rest = [*cells[:i], *cells[i + size :]]
            for j in range(n - size + 1):
                row = (*rest[:j], *[""] * size, *rest[j:])
                if row in found:
                    continue
                first, last = (j, i) if j < i else (i + size, j + size)
                by = right if j < i else left
                outer = [(0, min(i, j)), (max(i, j) + size, n)]
                found[row] = Move(
                    row,
                    by.fits[last] - by.fits[first] + sum(stay.fits[b] - stay.fits[a] for a, b in outer),
                    by.wrong[last] - by.wrong[first] + sum(stay.wrong[b] - stay.wrong[a] for a, b in outer),
                    filled[last] - filled[first],
                    by.known[last] - by.known[first],
                )
    return list(found.values())


def best_move(cells: Sequence[str], shapes: Sequence[Shape]) -> Move | None:
    """Return the one move after which no cell is out of place and most fit; None where it is not one."""
    whole = [move for move in moves(cells, shapes)[1:] if not move.wrong and move.fits]
    top = max((move.fits for move in whole), default=0)
    best = [move for move in whole if move.fits == top]
    return best[0] if len(best) == 1 else None


def is_displaced(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether a move proves that values stand in the wrong columns.

    The row must fit better by two typed cells, and two filled cells must move together, or one to where
    it is among the few values of its column: a gap beside an odd value is no shift.
    """
    stay, *others = moves(cells, shapes)
    return any(
        move.fits - move.wrong - stay.fits + stay.wrong >= _GAIN
        and move.wrong < stay.wrong
        and (move.moved > 1 or move.known > 0)
        for move in others
    )


def is_swapped(cells: Sequence[str], shapes: Sequence[Shape]) -> bool:
    """Return whether a cell that no cell of its column is like fits a column whose own cell does not.

    Examples
    --------
    >>> from csatext.ingest.repair.column_profiles import learn_shape
    >>> shapes = learn_shape([[f"2024/5/{i + 1}", "退款太慢了，请处理"] for i in range(8)], 2)
    >>> is_swapped(["退款太慢了，请处理", "2024/5/3"], shapes)
    True
    """
    stray = [
        cell for cell, shape in zip(cells, shapes, strict=True) if shape.stray and shape.stray.match(cell)
    ]
    return any(
        shape.pattern is not None
        and cell.strip()
        and _grade(cell, shape) < 0
        and any(map(shape.takes, stray))
        for cell, shape in zip(cells, shapes, strict=True)
    )
