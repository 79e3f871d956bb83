"""A body pasted twice inside one record: finding the copies (REQUIREMENTS row 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from csatext.text.offsets import Edit

__all__ = ["LEAST_BODY", "find_repeated_bodies"]

LEAST_BODY = 300
"""Shortest body, in characters, whose repetition counts as an accident; shorter ones may be emphasis."""

_WINDOW = 32
"""Characters compared at once; a power of two, so that hashes are made by doubling."""

_STEP = 60
"""Distance between the windows that are looked for again: four or five stand in the shortest body."""

_LARGEST_GAP = 8
"""Most blanks and marks that may stand between two copies."""

_CANDIDATES = 3
"""Distances tried, the one most windows agree on first."""

_DIRECT = 4_000
"""Length up to which searching each window again is faster than hashing all of them."""


def find_repeated_bodies(text: str) -> list[Edit]:
    """Return the edits that cut every further copy of a body that stands in the text twice or more.

    Copies must be equal, 300 characters long and follow each other with nothing but a few blanks or marks
    between them; a text that is one short phrase over and over is no such body. Windows of 32 characters are
    looked for again; the distance between equal windows that most of them agree on is the length of the body,
    and comparing the text with itself moved by that distance gives its ends. Takes O(n log n) time.

    Parameters
    ----------
    text : str
        One record.

    Returns
    -------
    list of (start, end, "")
        Empty where no body is repeated.

    Examples
    --------
    >>> body = "".join(f"第{number}条，客户在{number * 7}号来电反映问题。" for number in range(20))
    >>> find_repeated_bodies("标题：" + body + body) == [(3 + len(body), 3 + 2 * len(body), "")]
    True
    >>> find_repeated_bodies("很好" * 500)
    []
    """
    if len(text) < 2 * LEAST_BODY or not _may_repeat(text):
        return []
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    for distance in _distances(codes):
        found = _copies(text, codes, distance)
        if found is not None:
            return [(*found, "")]
    return []


def _may_repeat(text: str) -> bool:
    """Whether some window of a short text stands in it again, far enough; True for a long text."""
    if len(text) > _DIRECT:
        return True
    last = len(text) - LEAST_BODY - _WINDOW
    return any(text.find(text[i : i + _WINDOW], i + LEAST_BODY) >= 0 for i in range(0, last + 1, 3 * _STEP))


def _distances(codes: NDArray[np.uint32]) -> list[int]:
    """Return the distances to the next equal window, the most frequent ones."""
    hashes = codes.astype(np.uint64)
    width, factor = 1, 0x9E3779B97F4A7C15
    while width < _WINDOW:
        hashes = hashes[:-width] * np.uint64(factor) + hashes[width:]
        width, factor = 2 * width, (factor * factor + 2) % 2**64
    order = np.argsort(hashes, kind="stable")
    again = np.full(len(hashes), -1)
    same = hashes[order[1:]] == hashes[order[:-1]]
    again[order[:-1][same]] = order[1:][same]
    anchors = np.arange(0, len(hashes), _STEP)
    distances = (again[anchors] - anchors)[again[anchors] >= 0]
    values, votes = np.unique(distances[distances >= LEAST_BODY], return_counts=True)
    # Enough windows must agree: all but those at the ends, and half of them may have an equal one nearer by.
    enough = votes * _STEP * 2 >= values - 2 * _WINDOW
    values, votes = values[enough], votes[enough]
    return [int(value) for value in values[np.argsort(-votes, kind="stable")][:_CANDIDATES]]


def _copies(text: str, codes: NDArray[np.uint32], distance: int) -> tuple[int, int] | None:
    """Return the start and end of what follows the first copy of a body repeated at ``distance``."""
    same = codes[:-distance] == codes[distance:]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], same.view(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    if not len(lengths):
        return None
    longest = int(np.argmax(lengths))
    start, run = int(edges[2 * longest]), int(lengths[longest])
    copies, body = divmod(run, distance)
    between = text[start + body : start + distance]
    if distance - body <= _LARGEST_GAP and not any(char.isalnum() for char in between):
        return start + body, start + distance * (copies + 1) + body
    if copies:
        return start + distance, start + distance * (copies + 1)
    return None
