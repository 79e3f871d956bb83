"""Which script a text is written in: Simplified, Traditional, Latin, other; counted by character."""

from __future__ import annotations

from functools import cache

import numpy as np
import opencc
import pandas as pd
from numpy.typing import NDArray

from csatext.strings import code_points

__all__ = ["SCRIPTS", "scripts"]

SCRIPTS = ("simplified", "traditional", "latin", "none")
"""``simplified`` stands for Chinese without characters that only Traditional has."""
_HANZI = (0x4E00, 0xA000)


@cache
def _marks() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which code points of the hanzi block are Traditional only, and Simplified only."""
    hanzi = "".join(map(chr, range(*_HANZI)))
    marks = []
    for kind in ("t2s", "s2t"):
        convert = opencc.OpenCC(kind).convert
        marks.append(np.array([convert(character) != character for character in hanzi], dtype=np.bool_))
    return marks[0] & ~marks[1], marks[1] & ~marks[0]


def scripts(texts: pd.Series) -> pd.Series:
    """Return the script of each text, one of :data:`SCRIPTS`.

    Traditional is a text with more characters that OpenCC turns into Simplified than the other way round;
    latin one without hanzi but with Latin letters; none one with neither.

    Parameters
    ----------
    texts : Series of str, shape (n,)

    Returns
    -------
    Series of str, shape (n,)

    Examples
    --------
    >>> scripts(pd.Series(["客服态度差", "客服態度差", "bad service", "666"])).tolist()
    ['simplified', 'traditional', 'latin', 'none']
    """
    traditional, simplified = _marks()
    codes = np.full(len(texts), 3, dtype=np.int64)
    for piece in code_points(texts):
        hanzi = (piece.codes >= _HANZI[0]) & (piece.codes < _HANZI[1])
        at = np.where(hanzi, piece.codes - _HANZI[0], 0)
        lean = (hanzi & traditional[at]).astype(np.int32) - (hanzi & simplified[at])
        latin = ((piece.codes | 0x20) >= 0x61) & ((piece.codes | 0x20) <= 0x7A)
        chinese, leaning = piece.add(hanzi) > 0, piece.add(lean)
        found = np.where(chinese, np.where(leaning > 0, 1, 0), np.where(piece.add(latin) > 0, 2, 3))
        codes[piece.first : piece.first + found.size] = found
    return pd.Series(np.array(SCRIPTS, dtype=object)[codes], index=texts.index, dtype="str")
