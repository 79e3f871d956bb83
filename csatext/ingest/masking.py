"""A blunt mask for rows quoted in attrs and notes; the real redaction stands above this layer."""

from __future__ import annotations

import pandas as pd

__all__ = ["mask", "mask_column"]

_DIGITS = r"(?:\d[ \-]?){4,}\d[xX]?"
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"


def mask_column(column: pd.Series) -> pd.Series:
    """Return a string column with runs of five or more digits and e-mail addresses starred.

    Examples
    --------
    >>> mask_column(pd.Series(["拨打13800000000", "满分100"])).tolist()
    ['拨打*****', '满分100']
    """
    return column.str.replace(_EMAIL, "*****", regex=True).str.replace(_DIGITS, "*****", regex=True)


def mask(text: str) -> str:
    """Return one text masked as :func:`mask_column` does.

    Examples
    --------
    >>> mask("写信到 someone@example.com")
    '写信到 *****'
    """
    return str(mask_column(pd.Series([text], dtype="str")).iloc[0])
