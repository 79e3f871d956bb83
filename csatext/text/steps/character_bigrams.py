"""How likely a stretch of Chinese is: a character bigram model of the segmenter's dictionary."""

from __future__ import annotations

import math
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from csatext.text.conversion import simplify_characters

__all__ = ["are_neighbours", "log_likelihoods"]

_WITHIN = 0.6
"""Weight of the bigram estimate against the unigram one (Jelinek-Mercer smoothing): about as many neighbours
stand in one word as do not, since words have two characters on average."""


@cache
def _counts() -> tuple[dict[str, int], dict[str, int], int]:
    """Return how often characters, and pairs of them inside a word, stand in jieba's dictionary."""
    # Only the package's data file is wanted: importing jieba would load its tables as well.
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("缺少 jieba；请运行 pip install jieba。", name="jieba")
    lines = Path(package.origin).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    words, times = zip(*(line.split(" ", 2)[:2] for line in lines), strict=True)
    codes = np.frombuffer("\n".join(words).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    breaks = codes == ord("\n")
    weights = np.array(times, dtype=np.int64)[np.cumsum(breaks)]
    inside = ~breaks
    single = np.bincount(codes[inside], weights[inside])
    together = inside[:-1] & inside[1:]
    pairs, place = np.unique((codes[:-1] << 32 | codes[1:])[together], return_inverse=True)
    double = np.bincount(place, weights[:-1][together])
    return (
        {chr(code): int(single[code]) for code in np.flatnonzero(single)},
        {
            chr(pair >> 32) + chr(pair & 0xFFFFFFFF): int(n)
            for pair, n in zip(pairs.tolist(), double, strict=True)
        },
        int(single.sum()),
    )


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
