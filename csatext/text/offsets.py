"""Maps from a changed text back to the text as it was read.

A map is an int64 array with one entry for each character of the changed text and one for its end: entry
``i`` is the position in the original that character ``i`` came from. It never decreases and ends with the
original's length, so the span ``[i, j)`` of the changed text came from ``[map[i], map[j])``.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Edit",
    "OffsetMap",
    "Span",
    "align",
    "apply_edits",
    "compose",
    "edit_offsets",
    "identity",
    "merge_spans",
    "span_array",
]

Edit = tuple[int, int, str]
"""Start, end and replacement: ``text[start:end]`` becomes ``replacement``."""

OffsetMap = NDArray[np.int64]

ALIGN_LIMIT = 2_000
"""Longest differing span, in characters, that ``align`` compares character by character."""
Span = tuple[int, int]


def identity(length: int) -> OffsetMap:
    """Return the map of a text that did not change.

    Parameters
    ----------
    length : int
        Characters in the text.

    Returns
    -------
    ndarray of int64, shape (length + 1,)

    Examples
    --------
    >>> identity(2).tolist()
    [0, 1, 2]
    """
    return np.arange(length + 1, dtype=np.int64)


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return ``text`` with ``edits`` (sorted, not overlapping) made.

    Examples
    --------
    >>> apply_edits("服务<br>很好", [(2, 6, " ")])
    '服务 很好'
    """
    if not edits:
        return text
    pieces: list[str] = []
    done = 0
    for start, end, replacement in edits:
        pieces += (text[done:start], replacement)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def edit_offsets(length: int, edits: Sequence[Edit]) -> OffsetMap:
    """Return the map back from ``apply_edits(text, edits)`` to ``text``.

    A replacement of m characters for n spreads over the n: its k-th comes from the floor(k n / m)-th.

    Parameters
    ----------
    length : int
        Characters in the original text.
    edits : sequence of (start, end, replacement)
        Sorted, not overlapping.

    Returns
    -------
    ndarray of int64, shape (new length + 1,)

    Examples
    --------
    >>> edit_offsets(8, [(2, 6, " ")]).tolist()
    [0, 1, 2, 6, 7, 8]
    """
    if not edits:
        return identity(length)
    starts = np.array([edit[0] for edit in edits], dtype=np.int64)
    ends = np.array([edit[1] for edit in edits], dtype=np.int64)
    sizes = np.array([len(edit[2]) for edit in edits], dtype=np.int64)
    # Segments alternate: kept text, replacement, kept text, ..., kept text.
    origin = np.empty(2 * len(edits) + 1, dtype=np.int64)
    origin[0::2], origin[1::2] = np.append(0, ends), starts
    consumed = np.diff(np.append(origin, length))
    produced = consumed.copy()
    produced[1::2] = sizes
    first = np.cumsum(produced) - produced
    within = np.arange(produced.sum(), dtype=np.int64) - np.repeat(first, produced)
    rate = np.repeat(consumed, produced), np.repeat(np.maximum(produced, 1), produced)
    return np.append(np.repeat(origin, produced) + within * rate[0] // rate[1], length)


def compose(first: OffsetMap, second: OffsetMap) -> OffsetMap:
    """Return the map of two changes made one after the other.

    Parameters
    ----------
    first : ndarray of int64
        Map of the earlier change, to the original.
    second : ndarray of int64
        Map of the later change, to the result of the earlier one.

    Returns
    -------
    ndarray of int64
        Map from the last text to the original, as long as ``second``.

    Examples
    --------
    >>> compose(edit_offsets(4, [(0, 1, "")]), edit_offsets(3, [(0, 1, "")])).tolist()
    [2, 3, 4]
    """
    return first[second]


def align(before: str, after: str) -> OffsetMap:
    """Return a map between two texts whose edits are not known.

    Equal ends are matched first. What lies between is aligned by ``difflib.SequenceMatcher`` when both sides
    have at most 2,000 characters (it takes quadratic time), and spread evenly otherwise.

    Parameters
    ----------
    before, after : str
        The original and the changed text.

    Returns
    -------
    ndarray of int64, shape (len(after) + 1,)

    Examples
    --------
    >>> align("太，慢了", "太慢").tolist()
    [0, 2, 4]
    """
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    left, right = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(left), len(right)) > ALIGN_LIMIT:
        edits = [(head, head + len(left), right)]
    else:
        codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        edits = [(head + a, head + b, right[c:d]) for tag, a, b, c, d in codes if tag != "equal"]
    return edit_offsets(len(before), edits)


def _common(one: str, other: str) -> int:
    """Return the length of the common prefix, found by halving: comparing slices is fast."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def span_array(spans: Sequence[Span]) -> np.ndarray:
    """Return spans as an array of int64, shape (n, 2).

    Examples
    --------
    >>> span_array([]).shape
    (0, 2)
    """
    return np.array(spans, np.int64).reshape(-1, 2)


def merge_spans(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return two ascending disjoint lists merged, without the spans of ``second`` that overlap ``first``.

    Parameters
    ----------
    first, second : ndarray of int64, shape (n, 2)

    Returns
    -------
    ndarray of int64, shape (n, 2)

    Examples
    --------
    >>> merge_spans(np.array([[2, 5]]), np.array([[0, 1], [4, 6], [7, 9]])).tolist()
    [[0, 1], [2, 5], [7, 9]]
    """
    if not len(first) or not len(second):
        return second if not len(first) else first
    at = np.searchsorted(first[:, 1], second[:, 0], side="right")
    free = (at == len(first)) | (first[np.minimum(at, len(first) - 1), 0] >= second[:, 1])
    merged = np.concatenate([first, second[free]])
    return merged[np.argsort(merged[:, 0], kind="stable")]
