"""Rows whose cells stand in the wrong columns: moved back where one move alone fits, else rejected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from csatext.ingest.misfits import find_misfits
from csatext.ingest.moves import best_move, is_displaced, is_swapped
from csatext.ingest.raw_table import Note, RawTable, Reject, row_text
from csatext.ingest.repair.column_profiles import learn_robust, with_headers, with_prefix

__all__ = ["mend_shifts"]

_SAMPLE = 2000
_MANY = 0.4
"""Share of rows out of place from which nobody can say which of the columns are the right ones."""


def mend_shifts(raw: RawTable) -> RawTable:
    """Return the table without rows that have values in the wrong columns.

    A row is out of place when two or more of its cells, and half of those in columns of numbers, dates or
    codes, do not look like their column (:func:`csatext.ingest.misfits.find_misfits`), or when a move of
    its empty cells makes it fit better by two cells (:func:`csatext.ingest.moves.is_displaced`). It is
    put right when one move alone makes every cell fit.

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
    sample = frame.iloc[::step].fillna("").to_numpy().tolist()
    shapes, sound = learn_robust(sample, frame.shape[1])
    # A row alone cannot speak for its own columns.
    shapes = with_headers(with_prefix(shapes, sound), sound if len(sound) > 1 else [], [*frame.columns])
    found = find_misfits(frame, shapes)
    at = np.flatnonzero(found.surely | found.perhaps | found.odd)
    if not at.size:
        return raw
    cells = frame.iloc[at].fillna("").to_numpy().tolist()
    proven = np.array([is_displaced(row, shapes) for row in cells])
    plain = found.surely[at]
    if len(sound) < len(sample):
        # The columns were learnt from the other rows alone: what is odd in these may be their own way.
        plain &= np.array([is_swapped(row, shapes) for row in cells])
    moved = [
        best_move(row, shapes) if sure or perhaps else None
        for row, sure, perhaps in zip(cells, plain | proven, found.perhaps[at], strict=True)
    ]
    lost = np.zeros(len(frame), dtype=np.bool_)
    lost[at] = [move is None for move in moved] & (plain | proven)
    acted = int(lost.sum()) + sum(move is not None for move in moved)
    if acted > max(1.0, _MANY * len(frame)):
        detail = f"{acted} 行像是列错位，占比过高，无法判断哪种排列才对，没有改动；请检查导出"
        return replace(raw, notes=[*raw.notes, Note("torn_rows", "", acted, len(frame), detail)])
    mended = frame.copy()
    fixed = [i for i, move in zip(at, moved, strict=True) if move is not None]
    if fixed:
        rows = [move.row for move in moved if move is not None]
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
