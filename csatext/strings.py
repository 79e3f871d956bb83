"""Columns of text as Arrow arrays: taking them in, working on some of their rows."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.errors import ParameterError

__all__ = ["as_text_column", "map_chunks", "replace_rows"]


def as_text_column(texts: pa.Array | pa.ChunkedArray | pd.Series) -> pa.Array | pa.ChunkedArray:
    """Return a column of strings as Arrow, missing values as empty texts.

    Parameters
    ----------
    texts : pyarrow.Array, pyarrow.ChunkedArray or Series, shape (n,)

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Type ``string`` or ``large_string``.

    Raises
    ------
    ParameterError
        The column holds something other than text.

    Examples
    --------
    >>> as_text_column(pd.Series(["好", None])).to_pylist()
    ['好', '']
    """
    try:
        column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError) as error:
        raise _not_text(texts) from error
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
        raise _not_text(column)
    if kind != column.type or pa.types.is_null(kind):
        column = column.cast(pa.large_string())
    return pc.fill_null(column, "")


def _not_text(given: object) -> ParameterError:
    return ParameterError.wrong_type(
        "texts", given, "一列文本（str；缺失值可以为空；不能有残缺的代理对字符）"
    )


def map_chunks(
    column: pa.Array | pa.ChunkedArray, change: Callable[[pa.Array], pa.Array]
) -> pa.Array | pa.ChunkedArray:
    """Apply ``change`` to an array, or to each chunk of a chunked one.

    Examples
    --------
    >>> map_chunks(pa.array(["a"]), pc.utf8_upper).to_pylist()
    ['A']
    """
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([change(chunk) for chunk in column.chunks], type=column.type)
    return change(column)


def replace_rows(array: pa.Array, mask: pa.Array, change: Callable[[list[str]], list[str]]) -> pa.Array:
    """Return ``array`` with the rows of ``mask`` replaced by what ``change`` makes of them.

    Examples
    --------
    >>> rows = pa.array(["a", "b"])
    >>> replace_rows(rows, pc.equal(rows, "b"), lambda texts: [text * 2 for text in texts]).to_pylist()
    ['a', 'bb']
    """
    rows = array.filter(mask).to_pylist()
    if not rows:
        return array
    return pc.replace_with_mask(array, mask, pa.array(change(rows), type=array.type))
