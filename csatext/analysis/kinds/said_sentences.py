"""Clauses in which a customer says what hurts, and what he expects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.kinds.kind_cues import KINDS, find_kind_cues
from csatext.analysis.rules.asserted_hits import find_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import joined_chunks

__all__ = ["POINTS", "said_sentences"]

POINTS = ("痛点", "期望")
_PAIN, _EXPECTATION = range(2)
_EXPECTING = ("request", "suggestion")
_MARKS = frozenset("，。！？；：,.!?;:~～… \n")


def said_sentences(
    texts: pd.Series, compiled: CompiledTaxonomy
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the clauses that assert a complaint or ask for something to be done, neighbours joined.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    compiled : CompiledTaxonomy
        Complaint categories.

    Returns
    -------
    row : ndarray of int64
        Position of the text.
    point : ndarray of int64
        Position in ``POINTS``.
    start, end : ndarray of int64
        Span in the prepared text.
    """
    hits = find_hits(compiled, texts)
    hits = hits.take(compiled.category_of[hits.pattern] >= 0)
    cues = find_kind_cues(texts)
    expecting = np.isin(cues.kind, [KINDS.index(kind) for kind in _EXPECTING])
    complaining = cues.kind == KINDS.index("complaint")
    row = np.concatenate((hits.row, cues.row[complaining], cues.row[expecting]))
    start = np.concatenate((hits.start, cues.start[complaining], cues.start[expecting]))
    end = np.concatenate((hits.end, cues.end[complaining], cues.end[expecting]))
    point = np.repeat([_PAIN, _EXPECTATION], [len(hits.row) + complaining.sum(), expecting.sum()])
    for joined in joined_chunks(texts):
        reading = ClauseReading(joined)
        mine = np.flatnonzero((row >= joined.first_row) & (row < joined.first_row + len(joined)))
        origin = joined.offsets[row[mine] - joined.first_row]
        # A wish is an expectation, whatever trouble it names.
        wished = reading.suspended["wish"][origin + start[mine]]
        point[mine[wished]] = _EXPECTATION
        start[mine] = reading.clause_bounds(origin + start[mine])[0] - origin
        # The line end that joins two texts belongs to the last clause of the first.
        last = joined.offsets[row[mine] - joined.first_row + 1] - 1
        end[mine] = np.minimum(reading.clause_bounds(origin + end[mine] - 1)[1], last) - origin
    return _joined_neighbours(texts, row, point, start, end)


def _joined_neighbours(
    texts: pd.Series, row: np.ndarray, point: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the spans of each document with overlapping and touching ones of one point made one."""
    order = np.lexsort((end, start, -point, row))
    values = texts.to_numpy(object)
    kept: list[list[int]] = []
    for r, p, s, e in np.column_stack((row, point, start, end))[order].tolist():
        last = kept[-1] if kept else None
        if last and last[0] == r and last[1] == p and s <= last[3]:
            last[3] = max(last[3], e)
        elif p == _EXPECTATION or not any(k[0] == r and k[1] != p and k[2] <= s < k[3] for k in kept[-8:]):
            kept.append([r, p, s, e])
    for span in kept:
        text = values[span[0]]
        while span[3] > span[2] and text[span[3] - 1] in _MARKS:
            span[3] -= 1
    kept.sort(key=lambda span: (span[0], span[2], span[1]))
    table = np.array(kept, np.int64).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]
