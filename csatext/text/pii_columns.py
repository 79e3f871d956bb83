"""Columns in which personal data is looked for, as Arrow arrays of strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from numbers import Number
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from csatext.errors import ParameterError

__all__ = ["Column", "string_column"]

Column: TypeAlias = pa.Array | pa.ChunkedArray | pd.Series | pd.Index | np.ndarray | Sequence[Any]
"""What is taken as a column."""

_COLUMNS = (pa.Array, pa.ChunkedArray, pd.Series, pd.Index, np.ndarray, Sequence)
_SURROGATE = re.compile("[\ud800-\udfff]")


def string_column(texts: Column) -> pa.Array | pa.ChunkedArray:
    """Return a column of strings as Arrow, missing values as nulls.

    Among texts, numbers are taken as they are written, and half a surrogate pair, which Arrow cannot hold, as
    U+FFFD: every character keeps its place.

    Parameters
    ----------
    texts : array, Series or sequence, shape (n,)
        Strings, also of an Arrow dictionary or a categorical Series.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Type ``string`` or ``large_string``; chunked where the input is.

    Raises
    ------
    ParameterError
        The column does not hold text; no value is shown.

    Examples
    --------
    >>> string_column(pd.Series(["好", 1381, None], dtype=object)).to_pylist()
    ['好', '1381', None]
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, _COLUMNS):
        raise ParameterError.wrong_type("texts", texts, "一列文本；一段文本请用 redact")
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else _from_values(texts)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_null(column.type):
        return column.cast(pa.string())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise ParameterError.wrong_type("texts", texts, f"字符串列（现在的类型是 {column.type}）")
    return column


def _from_values(values: pd.Series | pd.Index | np.ndarray | Sequence[Any]) -> pa.Array:
    series = pd.Series(values, dtype=None if hasattr(values, "dtype") else object)
    if series.dtype == object:
        return pa.array(list(map(_text, series)), pa.large_string())
    converted = pa.array(series, from_pandas=True)
    return converted.combine_chunks() if isinstance(converted, pa.ChunkedArray) else converted


def _text(value: object) -> str | None:
    """Return a value of a mixed column as text, None where it is missing."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if not isinstance(value, Number | np.generic):
        raise ParameterError.wrong_type("texts", value, "一列文本（str、数字或空值）")
    return str(value)
