"""A blunt mask for rows quoted in attrs and notes; the real redaction stands above this layer."""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["mask", "mask_column"]

_DATE = (
    r"(?<![\d-])(?:19|20)\d{2}(?P<sep>[-/.])(?:0?[1-9]|1[0-2])(?P=sep)(?:0?[1-9]|[12]\d|3[01])"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?(?![\d-])"
)
_DIGITS = rf"(?P<date>{_DATE})|(?:\d[ \-]?){{4,}}\d[xX]?"
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"


def mask_column(column: pd.Series) -> pd.Series:
    """Return a string column with runs of five or more digits and e-mail addresses starred, dates left.

    Examples
    --------
    >>> mask_column(pd.Series(["拨打13800000000", "满分100"])).tolist()
    ['拨打*****', '满分100']
    """
    named = column.str.replace(_EMAIL, "*****", regex=True)
    return named.str.replace(_DIGITS, _starred, regex=True)


def _starred(found: re.Match[str]) -> str:
    return found["date"] or "*****"


def mask(text: str) -> str:
    """Return one text masked as :func:`mask_column` does.

    Examples
    --------
    >>> mask("写信到 someone@example.com")
    '写信到 *****'
    """
    return str(mask_column(pd.Series([text], dtype="str")).iloc[0])
