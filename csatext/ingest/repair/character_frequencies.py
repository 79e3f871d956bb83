"""How likely a string is as Chinese business text: a unigram model over characters."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["chinese_share", "log_likelihood", "of_codes", "per_character"]

_SIZE = 0x10000
_FREQUENCIES = "character_frequencies.npz"
"""Frequencies of ``lexicons/hanzi.tsv`` and of the Traditional forms, written by
``benchmarks/character_counts.py``: OpenCC takes half a second of each process for them."""
_BANDS = (
    # first, last, log10 of the probability of one character of the band
    (0x0000, 0x001F, -8.0),
    (0x0020, 0x007E, -2.6),
    (0x007F, 0x009F, -9.0),
    (0x00A0, 0x00FF, -5.0),
    (0x0100, 0x024F, -6.0),
    (0x0370, 0x04FF, -5.5),
    (0x2010, 0x201F, -3.5),
    (0x2020, 0x2021, -7.0),
    (0x2022, 0x2027, -3.5),
    (0x2030, 0x2BFF, -5.0),
    (0x2460, 0x2473, -3.8),
    (0x3000, 0x3002, -2.0),
    (0x3003, 0x3020, -3.5),
    (0x3040, 0x30FF, -4.2),
    (0x3100, 0x312F, -5.5),
    (0x3400, 0x4DBF, -8.0),
    (0x4E00, 0x9FFF, -7.0),
    (0xAC00, 0xD7A3, -5.5),
    (0xD800, 0xDFFF, -9.0),
    (0xE000, 0xF8FF, -7.5),
    (0xFE30, 0xFE4F, -6.0),
    (0xFF00, 0xFF60, -4.0),
    (0xFFFD, 0xFFFD, -7.0),
)
_OTHER = -8.0
_COMMON = {
    "\t": -2.5,
    "\n": -2.0,
    "\r": -2.5,
    "\u00a0": -3.0,
    "，": -1.5,
    "。": -1.7,
    "！": -2.2,
    "？": -2.4,
    "、": -2.4,
    "：": -2.6,
    "“": -2.6,
    "”": -2.6,
    "～": -3.0,
}
_RARE_ASTRAL = -6.5
"""Characters outside the first plane are emoji far more often than rare hanzi."""
_PIECE = 1 << 20
"""Characters that are looked up at once, 12 bytes each."""


@cache
def _table() -> NDArray[np.float32]:
    """Return log10 probabilities of the first plane's characters and of all others, shape (65537,)."""
    table = np.full(_SIZE + 1, _OTHER, dtype=np.float32)
    table[_SIZE] = _RARE_ASTRAL
    for first, last, value in _BANDS:
        table[first : last + 1] = value
    for character, value in _COMMON.items():
        table[ord(character)] = value
    with np.load(Path(__file__).with_name(_FREQUENCIES), allow_pickle=False) as kept:
        np.maximum.at(table, kept["characters"], kept["values"])
    return table


def per_character(text: str) -> NDArray[np.float32]:
    """Return log10 of the probability of each character, shape (len(text),).

    Characters of ``lexicons/hanzi.tsv`` (and their Traditional forms by OpenCC) have the frequency that
    stands there, all others a floor by Unicode block: private use, controls and rare hanzi are unlikely.

    Examples
    --------
    >>> bool(per_character("退款").min() > per_character("閫€娆").max())
    True
    """
    return of_codes(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32))


def of_codes(codes: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return :func:`per_character` of Unicode code points, shape (n,)."""
    return np.asarray(_table().take(codes, mode="clip"))


def log_likelihood(text: str) -> float:
    """Return log10 of the probability of the whole text.

    Examples
    --------
    >>> log_likelihood("客服态度不好") > log_likelihood("瀹㈡湇鎬佸害涓嶅ソ")
    True
    """
    parts = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    return sum(float(per_character(part).sum(dtype=np.float64)) for part in parts)


def chinese_share(text: str) -> float:
    """Return the share of common hanzi and Chinese punctuation among the characters that are not ASCII.

    Examples
    --------
    >>> chinese_share("退款 OK。"), chinese_share("abc")
    (1.0, 0.0)
    """
    beyond = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) > 0x7F
    if not beyond.any():
        return 0.0
    return float((per_character(text)[beyond] > -5.6).mean())
