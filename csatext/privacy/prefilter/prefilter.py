"""One cheap pass over a column: which rows can hold personal data at all."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from csatext.privacy.kinds import MASK
from csatext.privacy.prefilter.candidate_rows import coarse

__all__ = ["may_hold_pii"]


def may_hold_pii(texts: pa.Array) -> pa.BooleanArray:
    """Return, per row, whether :func:`csatext.privacy.find.find_pii` can find anything; False for null.

    A row that holds a mask already is one: what stands between masks is read as texts of their own.

    Examples
    --------
    >>> may_hold_pii(pa.array(["物流很慢", "打13800138000", None])).to_pylist()
    [False, True, False]
    """
    texts = pc.fill_null(texts, "")
    masked = pc.match_substring_regex(texts, MASK.pattern)
    return pc.or_(pa.array(coarse(texts).any()), masked)
