"""Tables of the snownlp package as arrays: its segmentation, its Bayes classifier, its stop words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

__all__ = ["CLASSES", "TAGS", "SegmentationTables", "WordTables", "segmentation_tables", "word_tables"]

TAGS = ("b", "m", "e", "s")
"""Begin, middle and end of a word, and a word of one character, in the order in which snownlp tries them."""
CLASSES = ("neg", "pos")
_START = ("", "BOS")


class SegmentationTables(NamedTuple):
    """Counts of tagged characters; number 0 is the start of a sentence, -1 an unknown character.

    Attributes
    ----------
    number_of : ndarray of int64, shape (65536,)
        Number of the character of each code point.
    single : ndarray of float64, shape (n_characters + 1, 4)
        Count of each character with each tag; the start stands in the first column, the last row is 0.
    pairs : ndarray of int64
        Sorted keys of pairs of characters.
    pair_counts : ndarray of float64, shape (n_pairs + 1, 4, 4)
        Their counts by the tags of both; the last is 0.
    triples : ndarray of int64
        Sorted keys of three characters.
    triple_ends : ndarray of int64, shape (n_triples + 1,)
        Entries of triple ``t`` are ``triple_ends[t]:triple_ends[t + 1]``.
    triple_tags : ndarray of int64
        Their tags as one number, ``16 i + 4 j + k``.
    triple_counts : ndarray of float64
    total : float
        Count of all tagged characters.
    weights : tuple of float
        Weights of single characters, pairs and triples.
    """

    number_of: np.ndarray
    single: np.ndarray
    pairs: np.ndarray
    pair_counts: np.ndarray
    triples: np.ndarray
    triple_ends: np.ndarray
    triple_tags: np.ndarray
    triple_counts: np.ndarray
    total: float
    weights: tuple[float, float, float]


class WordTables(NamedTuple):
    """What a word adds to the log-odds of ``pos``.

    Attributes
    ----------
    words : Index
    log_odds : ndarray of float64, shape (n_words + 1,)
        Of each word; the last is that of a word which the classifier does not know. 0 of stop words.
    prior : float
        Log-odds of a text without words.
    """

    words: pd.Index
    log_odds: np.ndarray
    prior: float


@cache
def segmentation_tables() -> SegmentationTables:
    """Return the segmentation model that snownlp has loaded."""
    from snownlp import seg

    model = seg.segger.segger
    characters = [_START[0], *sorted({key[0] for key in model.uni.d} - {_START[0]})]
    at = {character: number for number, character in enumerate(characters)}
    size = len(characters)
    number_of = np.full(1 << 16, -1, np.int64)
    number_of[[ord(character) for character in characters[1:]]] = np.arange(1, size)
    keys, counts = _entries(model.uni.d, at, 1)
    single = np.zeros((size + 1, len(TAGS)))
    single[keys[:, 0], keys[:, 1]] = counts
    keys, counts = _entries(model.bi.d, at, 2)
    pairs, row = np.unique(keys[:, 0] * size + keys[:, 2], return_inverse=True)
    pair_counts = np.zeros((len(pairs) + 1, len(TAGS), len(TAGS)))
    pair_counts[row, keys[:, 1], keys[:, 3]] = counts
    keys, counts = _entries(model.tri.d, at, 3)
    place = (keys[:, 0] * size + keys[:, 2]) * size + keys[:, 4]
    order = np.argsort(place, kind="stable")
    triples, first = np.unique(place[order], return_index=True)
    tags = (keys[:, 1] * len(TAGS) + keys[:, 3]) * len(TAGS) + keys[:, 5]
    return SegmentationTables(
        number_of,
        single,
        pairs,
        pair_counts,
        triples,
        np.append(first, len(place)),
        tags[order],
        counts[order],
        float(model.uni.total),
        (model.l1, model.l2, model.l3),
    )


def _entries(table: Mapping[Any, int], at: Mapping[str, int], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (character, tag) numbers of each entry, shape (n_entries, 2 n), and its count."""
    tag_of = {tag: number for number, tag in enumerate(TAGS)} | {_START[1]: 0}
    # One lookup a tagged character, without a step of Python: there are millions.
    code_of = {
        (character, tag): number * len(TAGS) + tag_of[tag]
        for character, number in at.items()
        for tag in tag_of
    }
    tagged = chain.from_iterable(table) if n > 1 else iter(table)
    codes = np.fromiter(map(code_of.__getitem__, tagged), np.int64, n * len(table))
    flat = np.column_stack(np.divmod(codes, len(TAGS)))
    return flat.reshape(-1, 2 * n), np.fromiter(table.values(), np.float64, len(table))


@cache
def word_tables() -> WordTables:
    """Return the Bayes classifier that snownlp has loaded."""
    from snownlp import normal, sentiment

    model = sentiment.classifier.classifier
    parts = [model.d[name] for name in CLASSES]
    words = pd.Index(sorted(set().union(*(part.d for part in parts)) | normal.stop), dtype=object)
    logs = [
        np.log(np.array([part.d.get(word, part.none) for word in [*words, None]]) / part.total)
        for part in parts
    ]
    log_odds = logs[1] - logs[0]
    log_odds[words.get_indexer(sorted(normal.stop))] = 0.0
    return WordTables(words, log_odds, float(np.log(parts[1].total) - np.log(parts[0].total)))
