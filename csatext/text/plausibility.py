"""How likely a stretch of Chinese is: a character bigram model of the segmenter's dictionary."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from csatext.text.conversion import simplify_characters

__all__ = ["are_neighbours", "log_likelihoods"]

_WITHIN = 0.6
"""Weight of the bigram estimate against the unigram one (Jelinek-Mercer smoothing): about as many neighbours
stand in one word as do not, since words have two characters on average."""


@cache
def _counts() -> tuple[dict[str, int], dict[str, int], int]:
    """Return how often characters, and pairs of them inside a word, stand in jieba's dictionary."""
    single: Counter[str] = Counter()
    double: Counter[str] = Counter()
    # Only the package's data file is wanted: importing jieba would load its tables as well.
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("缺少 jieba；请运行 pip install jieba。", name="jieba")
    with Path(package.origin).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count = line.split(" ", 2)[:2]
            times = int(count)
            for char in word:
                single[char] += times
            for left, right in pairwise(word):
                double[left + right] += times
    return dict(single), dict(double), sum(single.values())


def log_likelihoods(text: str, before: str = "") -> list[float]:
    """Return the natural logarithm of each character's probability after the one before it.

    Jelinek-Mercer smoothed bigrams (Chen and Goodman 1999, section 2.3) over the words of jieba's dictionary
    with their counts. Traditional characters count as their Simplified ones; a character that the dictionary
    lacks as one seen half a time.

    Parameters
    ----------
    text : str
        Characters to judge.
    before : str
        The character before ``text``, if any.

    Returns
    -------
    list of float, one for each character

    Examples
    --------
    >>> common, rare = sum(log_likelihoods("客户满意")), sum(log_likelihoods("蛻袅孔兓"))
    >>> common > rare + 10
    True
    """
    single, double, total = _counts()
    chars = simplify_characters(before[-1:] + text)
    previous = chars[0] if before else ""
    found = []
    for char in chars[1:] if before else chars:
        seen = single.get(previous, 0)
        within = double.get(previous + char, 0) / seen if seen else 0.0
        found.append(math.log(_WITHIN * within + (1 - _WITHIN) * (single.get(char, 0) + 0.5) / total))
        previous = char
    return found


def are_neighbours(left: str, right: str) -> bool:
    """Whether two characters stand side by side in a word of jieba's dictionary.

    Examples
    --------
    >>> are_neighbours("反", "饋"), are_neighbours("反", "太")
    (True, False)
    """
    return simplify_characters(left + right) in _counts()[1]
