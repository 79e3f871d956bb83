"""The engines' dictionary: how frequent each word is, and what a word would need to win its place."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["DictionaryWord", "competing_words", "frequencies", "parts_of_speech"]


class DictionaryWord(NamedTuple):
    """A word of the dictionary that a text holds.

    Attributes
    ----------
    word : str
    start, end : int
        Where it is.
    frequency : int
        In the dictionary.
    needed : int
        The frequency at which the most probable path through the text would take it.
    """

    word: str
    start: int
    end: int
    frequency: int
    needed: int


@cache
def frequencies() -> Mapping[str, int]:
    """Return the words of jieba's dictionary and how often each was seen (read once, never changed).

    Examples
    --------
    >>> frequencies()["客服"] > 0, "首次解决率" in frequencies()
    (True, False)
    """
    words, counts, _ = _columns()
    return MappingProxyType(dict(zip(words, map(int, counts), strict=True)))


@cache
def parts_of_speech() -> Mapping[str, str]:
    """Return the part of speech that jieba's dictionary gives each of its words (read once, never changed).

    Examples
    --------
    >>> parts_of_speech()["利息"], parts_of_speech()["非常"]
    ('n', 'd')
    """
    words, _, tags = _columns()
    return MappingProxyType(dict(zip(words, map(sys.intern, tags), strict=True)))


def _columns() -> tuple[list[str], list[str], list[str]]:
    """Return words, frequencies and parts of speech, one each a line of the dictionary.

    The file is cut as a whole: line by line it takes twice as long, and every process waits for it.
    """
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba", name="jieba")
    text = (Path(package.origin).parent / "dict.txt").read_text(encoding="utf-8")
    cells = text.rstrip("\n").replace("\n", " ").split(" ")
    return cells[::3], cells[1::3], cells[2::3]


@cache
def _longest_and_total() -> tuple[int, float]:
    known = frequencies()
    return max(map(len, known)), math.log(sum(known.values()))


def competing_words(text: str) -> Iterator[DictionaryWord]:
    """Return every dictionary word of two characters or more in ``text``, also those not in the segmentation.

    Parameters
    ----------
    text : str
        A run without marks and protected spans, as the engine gets it.

    Yields
    ------
    DictionaryWord
        By start, then end.

    Notes
    -----
    jieba takes the path of words with the greatest product of relative frequencies; a character
    that is no word counts 1. A word with frequency ``f`` of which the best path is better by the
    factor ``x`` than the best path through the word would need ``f * x``.

    Examples
    --------
    >>> [word.word for word in competing_words("服务态度")]
    ['服务', '服务态度', '态度']
    """
    known = frequencies()
    longest, log_total = _longest_and_total()
    edges = [
        (start, end, known.get(text[start:end], 0))
        for start in range(len(text))
        for end in range(start + 1, min(start + longest, len(text)) + 1)
        if end == start + 1 or known.get(text[start:end], 0) > 0
    ]
    weights = [math.log(frequency or 1) - log_total for _, _, frequency in edges]
    before = [0.0] + [-math.inf] * len(text)
    for (start, end, _), weight in zip(edges, weights, strict=True):
        before[end] = max(before[end], before[start] + weight)
    after = [-math.inf] * len(text) + [0.0]
    for (start, end, _), weight in zip(reversed(edges), reversed(weights), strict=True):
        after[start] = max(after[start], weight + after[end])
    for (start, end, frequency), weight in zip(edges, weights, strict=True):
        if end - start > 1:
            lead = before[-1] - (before[start] + weight + after[end])
            # A path that is worse by rounding alone is the best path itself.
            needed = frequency if lead < 1e-9 else math.floor(frequency * math.exp(lead)) + 1
            yield DictionaryWord(text[start:end], start, end, frequency, needed)
