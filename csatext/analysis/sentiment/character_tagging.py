"""Segmentation as snownlp does it, of many texts at once."""

from __future__ import annotations

import numpy as np

from csatext.analysis.sentiment.package_counts import TAGS, SegmentationTables, segmentation_tables
from csatext.text.joined_texts import JoinedTexts

__all__ = ["snownlp_words"]

_FIRST, _LAST = 0x4E00, 0x9FA5
"""Characters that snownlp segments; what stands between them is split at blanks."""
_BEGIN, _END, _SINGLE = TAGS.index("b"), TAGS.index("e"), TAGS.index("s")
_KNOWN = 1 << 16


def snownlp_words(joined: JoinedTexts) -> tuple[np.ndarray, np.ndarray]:
    """Return the spans of the words of joined texts, in order of position.

    Parameters
    ----------
    joined : JoinedTexts
        The texts.

    Returns
    -------
    starts, ends : ndarray of int64

    Notes
    -----
    A second-order hidden Markov model over characters tagged by their place in a word (Brants 2000, "TnT - a
    statistical part-of-speech tagger", for its interpolation of one, two and three characters). All runs of
    Chinese characters take the steps of Viterbi's algorithm together. Of equally probable paths the one is
    taken that snownlp takes: the first in the order of tags. At a character that the model does not know
    snownlp keeps, of the paths into each tag, the last one, whatever its probability, and so it is done here.

    Examples
    --------
    >>> import pandas as pd
    >>> starts, ends = snownlp_words(JoinedTexts(pd.Series(["东西很好 ok"])))
    >>> list(zip(starts.tolist(), ends.tolist(), strict=True))
    [(0, 2), (2, 3), (3, 4), (5, 7)]
    """
    points = joined.points
    chinese = (points >= _FIRST) & (points <= _LAST)
    blank = _blank(points)
    solid = ~blank & ~chinese
    begins = solid & np.concatenate(([True], ~solid[:-1]))[: len(points)]
    edges = np.flatnonzero(np.diff(chinese, prepend=False, append=False))
    begins |= _beginnings(segmentation_tables(), points, edges[::2], edges[1::2])
    starts = np.flatnonzero(begins)
    stops = np.flatnonzero(np.append(begins | blank, True))
    return starts, stops[np.searchsorted(stops, starts, side="right")]


def _blank(points: np.ndarray) -> np.ndarray:
    """Return which characters ``str.split`` splits at."""
    blanks = [point for point in np.unique(points).tolist() if chr(point).isspace()]
    return np.isin(points, np.array(blanks, np.uint32))


def _beginnings(
    tables: SegmentationTables, points: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """Return whether a word begins at each character of the runs between ``starts`` and ``ends``."""
    begins = np.zeros(len(points), bool)
    if not len(starts):
        return begins
    order = np.argsort(starts - ends, kind="stable")
    starts, lengths = starts[order], (ends - starts)[order]
    # Of runs sorted by length, how many are longer than each step.
    counts = np.searchsorted(-lengths, -np.arange(int(lengths[0])), side="left")
    tags = _best_tags(tables, tables.number_of[np.minimum(points, _KNOWN - 1)], starts, lengths, counts)
    before = np.full(len(starts), _END)
    for step, n in enumerate(counts):
        tag = tags[step]
        begins[starts[:n] + step] = (tag == _BEGIN) | (tag == _SINGLE) | (before[:n] == _END)
        before = tag
    return begins


def _best_tags(
    tables: SegmentationTables,
    number: np.ndarray,
    starts: np.ndarray,
    lengths: np.ndarray,
    counts: np.ndarray,
) -> list[np.ndarray]:
    """Return the tags of the most probable path, one array a step over the runs that are so long."""
    n_tags, n_runs = len(TAGS), len(starts)
    place, chances = _log_probabilities(tables, number, starts, counts)
    value = np.full((n_runs, n_tags, n_tags), -np.inf)
    value[:, 0, 0] = 0.0
    final = np.empty_like(value)
    origins = []
    first = 0
    for step, n in enumerate(counts):
        paths = value[:n, :, :, None] + chances[place[first : first + n]]
        best, origin = paths[:, 0], np.zeros((n, n_tags, n_tags), np.int8)
        for tag in range(1, n_tags):
            better = paths[:, tag] > best
            best, origin = np.where(better, paths[:, tag], best), np.where(better, np.int8(tag), origin)
        unknown = np.flatnonzero(number[starts[:n] + step] < 0)
        if len(unknown):
            last = n_tags - 1 if step > 1 else 0
            best[unknown] = value[unknown, last, :, None]
            origin[unknown] = last
        origins.append(origin)
        value = best
        final[:n] = value
        first += n
    # The first of the best, the tag of the last character before that of the one before.
    end = final.transpose(0, 2, 1).reshape(n_runs, -1).argmax(axis=1)
    here, left = end // n_tags, end % n_tags
    tags: list[np.ndarray] = [here] * len(counts)
    for step in range(len(counts) - 1, -1, -1):
        n = counts[step]
        tags[step] = here[:n].copy()
        back = origins[step][np.arange(n), left[:n], here[:n]]
        here, left = here.copy(), left.copy()
        here[:n], left[:n] = left[:n], back
    return tags


def _log_probabilities(
    tables: SegmentationTables, number: np.ndarray, starts: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the row of each character, step by step, and log-probabilities by row and three tags."""
    size = len(tables.single)
    keys = []
    left = np.zeros(len(starts), np.int64)
    middle = left
    for step, n in enumerate(counts):
        here = number[starts[:n] + step]
        keys.append(((left[:n] + 1) * size + middle[:n] + 1) * size + here + 1)
        left, middle = middle, here
    distinct, place = np.unique(np.concatenate(keys), return_inverse=True)
    here, rest = distinct % size - 1, distinct // size
    left, middle = rest // size - 1, rest % size - 1
    single_weight, pair_weight, triple_weight = tables.weights
    single = single_weight * (tables.single[here] / tables.total)
    pair = _divided(
        pair_weight * tables.pair_counts[_pair_rows(tables, middle, here)], tables.single[middle][:, :, None]
    )
    triple = _divided(
        triple_weight * _triple_counts(tables, left, middle, here),
        tables.pair_counts[_pair_rows(tables, left, middle)][:, :, :, None],
    )
    total = single[:, None, None, :] + pair[:, None, :, :] + triple
    return place, np.log(total, out=np.full_like(total, -np.inf), where=total > 0)


def _divided(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _pair_rows(tables: SegmentationTables, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the row of each pair of characters, that of zeros where it was never seen."""
    keys = left * (len(tables.single) - 1) + right
    at = np.minimum(np.searchsorted(tables.pairs, keys), len(tables.pairs) - 1)
    seen = (tables.pairs[at] == keys) & (left >= 0) & (right >= 0)
    return np.where(seen, at, len(tables.pairs))


def _triple_counts(
    tables: SegmentationTables, left: np.ndarray, middle: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Return the counts of three characters by their tags, shape (n, 4, 4, 4)."""
    size = len(tables.single) - 1
    keys = (left * size + middle) * size + right
    at = np.minimum(np.searchsorted(tables.triples, keys), len(tables.triples) - 1)
    seen = (tables.triples[at] == keys) & (left >= 0) & (middle >= 0) & (right >= 0)
    row, at = np.flatnonzero(seen), at[seen]
    n_entries = tables.triple_ends[at + 1] - tables.triple_ends[at]
    entry = np.repeat(tables.triple_ends[at] - np.cumsum(n_entries) + n_entries, n_entries) + np.arange(
        n_entries.sum()
    )
    counts = np.zeros((len(keys), len(TAGS) ** 3))
    counts[np.repeat(row, n_entries), tables.triple_tags[entry]] = tables.triple_counts[entry]
    return counts.reshape(len(keys), *[len(TAGS)] * 3)
