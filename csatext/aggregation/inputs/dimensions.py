"""Dimensions: which columns may be some, their values and combinations of values as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import as_list
from csatext.errors import ParameterError
from csatext.labels import EMPTY
from csatext.schema import Table, column_names
from csatext.strings import encodable

__all__ = [
    "cell_codes",
    "distinct_combinations",
    "encode_columns",
    "encode_dimension",
    "encode_groups",
    "free_dimensions",
]

_DENSE = 4


def free_dimensions(by: str | Sequence[str] | None, table: Table, argument: str = "by") -> list[str]:
    """Return dimensions as a list; one with the name of a column of the result is an error.

    Parameters
    ----------
    by : str, sequence of str, or None
        Dimensions.
    table : Table
        The result.
    argument : str, default "by"
        Name of the argument, for the message.

    Returns
    -------
    list of str

    Raises
    ------
    ParameterError
        Something in ``by`` is not a name, stands twice, or is a column of the result.

    Examples
    --------
    >>> from csatext.schema.aggregation import BREAKDOWN
    >>> free_dimensions("channel", BREAKDOWN)
    ['channel']
    """
    dimensions = as_list(by, argument)
    taken = sorted(column_names(table) & {*dimensions})
    if taken:
        raise ParameterError.reserved_columns(argument, taken, table.name)
    return dimensions


def encode_dimension(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Number the values of a dimension, in the order of their text.

    Parameters
    ----------
    column : Series
        Any type.

    Returns
    -------
    codes : ndarray of int, shape (n_rows,)
    labels : ndarray of str
        Values as text, sorted; a missing value is ``(空)``, half a surrogate pair the replacement character.

    Examples
    --------
    >>> codes, labels = encode_dimension(pd.Series(["在线", None, "在线"]))
    >>> codes.tolist(), labels.tolist()
    ([1, 0, 1], ['(空)', '在线'])
    """
    first, values = pd.factorize(column)
    distinct = pd.Index(values)
    if distinct.dtype == object:
        written = [encodable(one) if isinstance(one, str) else one for one in distinct]
        distinct = pd.Index(written, dtype=object)
    text = np.append(np.asarray(distinct.astype("str"), dtype=object), EMPTY)
    labels, second = np.unique(text, return_inverse=True)
    codes = second[first]  # code -1 reads the last place: EMPTY
    if not (codes == second[-1]).any():
        labels = np.delete(labels, second[-1])
        codes = codes - (codes > second[-1])
    return codes, labels


def cell_codes(
    encoded: Sequence[tuple[np.ndarray, np.ndarray]], n_rows: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Number all combinations of the values of several dimensions.

    Parameters
    ----------
    encoded : sequence of (codes, labels)
        From :func:`encode_dimension`.
    n_rows : int
        Rows of the table, for the case of no dimension (one cell).

    Returns
    -------
    codes : ndarray of int, shape (n_rows,)
        Combination of each row, the last dimension running fastest.
    labels : list of ndarray
        For each dimension, its value in each combination.

    Examples
    --------
    >>> pair = encode_dimension(pd.Series(["a", "b"])), encode_dimension(pd.Series(["x", "y"]))
    >>> codes, labels = cell_codes(pair, 2)
    >>> codes.tolist(), labels[1].tolist()
    ([0, 3], ['x', 'y', 'x', 'y'])
    """
    codes = np.zeros(n_rows, dtype="int64")
    for part, labels in encoded:
        codes = codes * len(labels) + part
    sizes = [len(labels) for _, labels in encoded]
    grid = np.indices(sizes).reshape(len(sizes), int(np.prod(sizes)))
    return codes, [labels[place] for (_, labels), place in zip(encoded, grid, strict=True)]


def encode_columns(frame: pd.DataFrame) -> tuple[np.ndarray, list[pd.Index]]:
    """Number the values of each dimension, in the order of their text; a missing one is a value.

    Returns
    -------
    codes : ndarray of int32, shape (n_dimensions, n_rows)
    levels : list of Index
        Values of each dimension.

    Examples
    --------
    >>> codes, levels = encode_columns(pd.DataFrame({"channel": ["电话", "在线", "电话"]}))
    >>> codes.tolist(), levels[0].tolist()
    ([[1, 0, 1]], ['在线', '电话'])
    """
    codes = np.empty((frame.shape[1], len(frame)), dtype=np.int32)
    levels = []
    for position, name in enumerate(frame.columns):
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(column.cat.categories.dtype)
        code, seen = pd.factorize(column, sort=False, use_na_sentinel=False)
        order = np.argsort([str(value) for value in seen], kind="stable")
        rank = np.empty(len(order), dtype=np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        codes[position] = rank[code]
        levels.append(pd.Index(seen)[order])
    return codes, levels


def encode_groups(facts: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Number the combinations of dimension values that are there, in the order of the values themselves.

    Parameters
    ----------
    facts : DataFrame
    by : sequence of str
        Dimensions; none makes one group of all rows.

    Returns
    -------
    codes : ndarray of int64, shape (n_rows,)
    groups : DataFrame, one row a group
        The dimensions; a missing value is ``(空)``.

    Examples
    --------
    >>> codes, groups = encode_groups(pd.DataFrame({"star": [10, 9, 10]}), ["star"])
    >>> codes.tolist(), groups["star"].tolist()
    ([1, 0, 1], [9, 10])
    """
    if not by:
        return np.zeros(len(facts), dtype=np.int64), pd.DataFrame(index=pd.RangeIndex(1))
    columns = []
    for name in by:
        column = facts[name]
        if column.isna().any() or column.dtype == object:
            column = column.astype("str").where(column.notna(), EMPTY)
        columns.append(column.reset_index(drop=True))
    keys = pd.concat(columns, axis=1)
    grouped = keys.groupby(list(by), observed=True, sort=True)
    code = grouped.ngroup().to_numpy(dtype=np.int64)
    first = np.full(grouped.ngroups, 0, dtype=np.int64)
    first[code[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return code, keys.iloc[first].reset_index(drop=True)


def distinct_combinations(codes: np.ndarray, sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return one row of each distinct combination, and the combination of each row.

    Parameters
    ----------
    codes : ndarray of int, shape (n_dimensions, n_rows)
    sizes : sequence of int
        Values of each dimension.

    Returns
    -------
    first : ndarray of int, shape (n_combinations,)
    ids : ndarray of int, shape (n_rows,)

    Examples
    --------
    >>> first, ids = distinct_combinations(np.array([[0, 1, 0], [1, 1, 1]]), [2, 2])
    >>> len(first), ids.tolist()
    (2, [0, 1, 0])
    """
    combined = np.zeros(codes.shape[1], dtype=np.int64)
    span = 1
    for code, size in zip(codes, sizes, strict=True):
        if span > np.iinfo(np.int64).max // max(size, 1):
            # Number what was seen so far anew, so that the key cannot overflow.
            combined = np.unique(combined, return_inverse=True)[1]
            span = len(combined)
        combined = combined * size + code
        span *= max(size, 1)
    if span > _DENSE * (len(combined) + 1):
        # Hashing and sorting what is distinct is faster than sorting everything.
        found, keys = pd.factorize(combined)
        order = np.argsort(keys)
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        last = np.empty(len(order), dtype=np.int64)
        last[found] = np.arange(len(found))
        return last[order], rank[found]
    # A table of all keys is faster still while it is not much longer than the data.
    last = np.full(span, -1, dtype=np.int64)
    last[combined] = np.arange(len(combined))
    present = last >= 0
    return last[present], (np.cumsum(present) - 1)[combined]
