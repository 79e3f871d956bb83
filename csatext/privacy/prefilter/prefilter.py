"""One cheap pass over a column: which rows can hold personal data at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.privacy.context import TriggerWords
from csatext.privacy.kinds import MASK
from csatext.privacy.normalize import fold
from csatext.privacy.prefilter.candidate_rows import coarse
from csatext.privacy.recognizers.addresses import addresses
from csatext.privacy.recognizers.codes import codes, lettered
from csatext.privacy.recognizers.names import announced_names
from csatext.privacy.recognizers.numbers import numbers

__all__ = ["may_hold_pii"]


def may_hold_pii(texts: pa.Array) -> pa.BooleanArray:
    """Return, per row, whether :func:`csatext.privacy.find.find_pii` can find anything; False for null.

    Classes of neighbouring characters tell which of the finder's sources a row can hold anything of; where
    that leaves doubt, these sources themselves are asked for their first find.

    Examples
    --------
    >>> may_hold_pii(pa.array(["物流很慢", "打13800138000", None])).to_pylist()
    [False, True, False]
    """
    texts = pc.fill_null(texts, "")
    likely = coarse(texts)
    possible = likely.certain
    doubtful = np.flatnonzero((likely.numbered | likely.placed | likely.named | likely.coded) & ~possible)
    groups = zip(
        likely.numbered[doubtful],
        likely.placed[doubtful],
        likely.named[doubtful],
        likely.coded[doubtful],
        strict=True,
    )
    for row, text, chosen in zip(doubtful, texts.take(pa.array(doubtful)).to_pylist(), groups, strict=True):
        view = fold(text)
        possible[row] = ("[" in view and MASK.search(view) is not None) or any(_finds(view, *chosen))
    return pa.array(possible)


def _finds(view: str, numbered: bool, placed: bool, named: bool, coded: bool) -> Iterator[object]:
    """Yield what the chosen sources find in a text without masks."""
    if placed:
        yield from addresses(view)
    if numbered or named or coded:
        cues = TriggerWords(view)
        if named or coded:
            yield from announced_names(view, cues)
        if coded and not numbered:
            yield from lettered(view, cues)
        if numbered:
            yield from numbers(view, cues)
            yield from codes(view, cues)
