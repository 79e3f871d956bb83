"""Rows whose cells stand in the wrong columns: moved back where one move alone fits, else rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from csatext.ingest.raw import Note, RawTable, Reject, row_text
from csatext.ingest.shapes import Shape, learn_shape, misfits, proves

__all__ = ["mend_shifts"]

_SAMPLE = 2000
_MANY = 0.2


def _moved(cells: Sequence[str], shapes: Sequence[Shape]) -> list[str] | None:
    """Return the row after the one move of an empty cell that makes it fit, None unless there is one."""
    found: set[tuple[str, ...]] = set()
    for i, cell in enumerate(cells):
        if cell.strip():
            continue
        rest = [*cells[:i], *cells[i + 1 :]]
        for j in range(len(cells)):
            row = (*rest[:j], "", *rest[j:])
            if row not in found and _fits_gap(row, shapes, j):
                found.add(row)
    return list(found.pop()) if len(found) == 1 else None


def _fits_gap(row: Sequence[str], shapes: Sequence[Shape], gap: int) -> bool:
    """Return whether a row fits, the gap allowed to be empty."""
    relaxed = [shape._replace(may_be_empty=True) if j == gap else shape for j, shape in enumerate(shapes)]
    return proves(row, relaxed)


def mend_shifts(raw: RawTable) -> RawTable:
    """Return the table without rows that have values in the wrong columns.

    A row is out of place when two or more of its cells, and half of those in columns of numbers, dates or
    codes, do not look like their column (:func:`csatext.ingest.shapes.misfits`). It is put right when
    moving one empty cell to another place is the only move that makes every cell fit.

    Parameters
    ----------
    raw : RawTable
        Strings.

    Returns
    -------
    RawTable
        Unchanged where nothing is out of place, or where so many rows are that the columns themselves
        hold a mixture.
    """
    frame = raw.frame
    step = max(1, len(frame) // _SAMPLE)
    shapes = learn_shape(frame.iloc[::step].fillna("").to_numpy().tolist(), frame.shape[1])
    surely, perhaps = misfits(frame, shapes)
    at = np.flatnonzero(surely | perhaps)
    if not at.size or at.size > _MANY * len(frame):
        return raw
    cells = frame.iloc[at].fillna("").to_numpy().tolist()
    moved = [_moved(row, shapes) for row in cells]
    lost = np.zeros(len(frame), dtype=np.bool_)
    lost[at] = [row is None for row in moved]
    lost &= surely
    mended = frame.copy()
    fixed = [i for i, row in zip(at, moved, strict=True) if row is not None]
    if fixed:
        rows = [row for row in moved if row is not None]
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
