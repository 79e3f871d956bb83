"""Duplicate passages within one record: finding the copies (REQUIREMENTS row 4)."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from csatext.text.offsets import Edit

__all__ = ["LEAST_BODY", "LEAST_LINES", "find_repeated_bodies", "find_repeated_lines"]

LEAST_BODY = 200
"""Shortest body, in letters, digits and Chinese characters, whose repetition in one go counts as an accident:
shorter ones are doubled on purpose too, to fill a review."""

LEAST_LINES = 60
"""Shortest body, counted so, whose repetition on lines of its own counts as one."""

_FIRST_LINES = 4
_MOST_LINES = 2_000
"""Most lines of a body that is looked for line by line; longer ones are found character by character."""

_WINDOW = 32
"""Characters compared at once; a power of two, so that hashes are made by doubling."""

_STEP = 40
"""Distance between the windows that are looked for again: four or five stand in the shortest body."""

_GLANCE = 10
"""Characters sought first, marks among them: few enough to stand between two marks that differ."""

_CANDIDATES = 3
"""Distances tried, the one most windows agree on first."""

_DIRECT = 4_000
"""Length up to which searching each window again is faster than hashing all of them."""


_MARKS = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W_]")
_LINE = re.compile(r"[^\r\n]+")


def find_repeated_lines(text: str) -> list[Edit]:
    r"""Return the edits that cut further copies of a body of whole lines.

    Copies must hold 60 letters, digits and Chinese characters, which are all that is compared, share a line
    to the letter, and follow each other with nothing but marks and line ends between them.

    Parameters
    ----------
    text : str
        One record, with its line ends.

    Returns
    -------
    list of (start, end, "")

    Examples
    --------
    >>> body = "".join(f"第{number}条，客户在{number * 7}号来电反映问题。" for number in range(5))
    >>> find_repeated_lines(body + "\n\n" + body) == [(len(body), 2 + 2 * len(body), "")]
    True
    >>> find_repeated_lines(body + body)
    []
    """
    filled = [line for raw in text.splitlines() if (line := raw.strip())]
    if len(set(filled)) == len(filled):
        return []
    lines = [(_MARKS.sub("", match[0]), match.end()) for match in _LINE.finditer(text)]
    lines = [line for line in lines if line[0]]
    words = [line for line, _ in lines]
    sizes = _distances_of_lines(words)
    edits: list[Edit] = []
    at = 0
    while at < len(words):
        # A body may begin with a line that stands in it again: the lines after it give its size too.
        for size in sorted(set(sizes[at : at + _FIRST_LINES]), reverse=True):
            copies = _copies_of_lines(words, at, size)
            if copies:
                end = at + size * (copies + 1)
                edits.append((lines[at + size - 1][1], lines[end - 1][1], ""))
                at = end
                break
        else:
            at += 1
    return edits


def _distances_of_lines(words: list[str]) -> list[int]:
    """Return how many lines later each line stands again, 0 for nowhere."""
    following: dict[str, int] = {}
    sizes = [0] * len(words)
    for at in range(len(words) - 1, -1, -1):
        sizes[at] = following.get(words[at], at) - at
        following[words[at]] = at
    return sizes


def _copies_of_lines(words: list[str], at: int, size: int) -> int:
    """Return how many further copies of ``size`` lines follow those at ``at``."""
    if not 0 < size <= _MOST_LINES:
        return 0
    body, copies = words[at : at + size], 0
    if sum(map(len, body)) >= LEAST_LINES:
        while words[at + size * (copies + 1) : at + size * (copies + 2)] == body:
            copies += 1
    return copies


def find_repeated_bodies(text: str) -> list[Edit]:
    """Return the edits that cut every further copy of a body that stands in the text twice or more.

    Copies must be equal but for blanks and marks, hold 200 letters, digits and Chinese characters, and follow
    each other with nothing but blanks or marks between them; a text that is one short phrase over and over
    is no such body. Windows of 32 characters are looked for again; the distance between equal windows that
    most of them agree on is the length of the body, and comparing the text with itself moved by that distance
    gives its ends. Takes O(n log n) time.

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
    letters = _MARKS.sub("", text)
    if len(letters) < 2 * LEAST_BODY:
        return []
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    for distance in _distances(codes):
        found = _copies(codes, distance)
        if found is not None:
            return [_edit(text, *found)]
    return []


def _edit(text: str, start: int, end: int) -> Edit:
    """Return the edit that cuts letters ``start`` to ``end``, as late as the same text comes out of it."""
    places = [match.start() for match in _LETTER.finditer(text)]
    start, end = places[start - 1] + 1, places[end - 1] + 1
    while end < len(text) and text[start] == text[end]:
        start, end = start + 1, end + 1
    return start, end, ""


def _may_repeat(text: str) -> bool:
    """Whether some window of a short text stands in it again, far enough; True for a long text."""
    if len(text) > _DIRECT:
        return True
    last = len(text) - LEAST_BODY - _GLANCE
    return any(text.find(text[i : i + _GLANCE], i + LEAST_BODY) >= 0 for i in range(0, last + 1, _STEP))


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


def _copies(codes: NDArray[np.uint32], distance: int) -> tuple[int, int] | None:
    """Return the start and end of what follows the first copy of a body repeated at ``distance``."""
    same = codes[:-distance] == codes[distance:]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], same.view(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    if not len(lengths):
        return None
    longest = int(np.argmax(lengths))
    start, copies = int(edges[2 * longest]), int(lengths[longest]) // distance
    return (start + distance, start + distance * (copies + 1)) if copies else None
