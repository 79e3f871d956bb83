"""What a measure is (flag, part of a count, amount, ratio) and what its rows add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number, as_whole, is_numeric
from csatext.errors import ParameterError

__all__ = ["Amounts", "has_flags", "is_flag", "measure_kind", "read_amounts", "rows_are_contacts"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Amounts:
    """Amounts of each row, all zero where the measure is not known.

    Attributes
    ----------
    kind : {"count", "sum", "rate", "mean", "ratio"}
        What numerator over denominator is; of a sum the numerator alone.
    contacts, numerator, denominator : arrays, shape (rows,)
    is_counted : bool
        Whether rows are totals and not contacts.
    units, squares, cross, denominator_squares : arrays, shape (rows,)
        Observations the row holds, and their sums of numerator squared, numerator times denominator
        and denominator squared: what the standard error of a mean or ratio needs.
    """

    kind: str
    is_counted: bool
    contacts: Array
    numerator: Array
    denominator: Array
    units: Array
    squares: Array
    cross: Array
    denominator_squares: Array


def is_flag(values: np.ndarray) -> bool:
    """Return whether all values that are not missing are 0 or 1.

    Parameters
    ----------
    values : ndarray of float64
        NaN is missing.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_flag(np.array([0.0, 1.0, np.nan]))
    True
    """
    return bool((np.isnan(values) | (values == 0) | (values == 1)).all())


def has_flags(table: pd.DataFrame, name: str) -> bool:
    """Return whether a column is of type bool, or holds some numbers and these are 0 and 1 only.

    Examples
    --------
    >>> table = pd.DataFrame({"resolved": [True, None], "csat": [1, 5], "answer": ["是", "否"]})
    >>> [has_flags(table, name) for name in table]
    [True, False, False]
    """
    column = table[name]
    if not is_numeric(column):
        return False
    known = column.notna().any() or pd.api.types.is_bool_dtype(column.dtype)
    return bool(known) and is_flag(as_number(table, name))


def rows_are_contacts(facts: pd.DataFrame) -> bool:
    """Return whether each row is known to be one contact: it has a ``doc_id``.

    Examples
    --------
    >>> rows_are_contacts(pd.DataFrame({"doc_id": ["a"]})), rows_are_contacts(pd.DataFrame({"day": [1]}))
    (True, False)
    """
    return "doc_id" in (facts.index.name, *facts.columns)


def measure_kind(
    values: np.ndarray,
    denominator: np.ndarray | None = None,
    *,
    kind: str | None = None,
    are_contacts: bool = False,
    measure: str = "measure",
) -> Literal["rate", "proportion", "mean", "ratio"]:
    """Return how a measure is summed up: share of flags, proportion of counts, mean or ratio of sums.

    Parameters
    ----------
    values : ndarray of float64
        The measure, NaN missing.
    denominator : ndarray of float64, optional
        What the measure's sum is divided by.
    kind : {"rate", "ratio", "mean"}, optional
        Kind of the measure, where it cannot be inferred.
    are_contacts : bool, default False
        Whether each row is known to be one contact, so that no row can be a count of contacts.
    measure : str, default "measure"
        Name of the column, for the message.

    Returns
    -------
    {"rate", "proportion", "mean", "ratio"}
        A flag over a flag that contains it (paid customers over customers who asked) is a rate too.
        Whole numbers that lie between 0 and a whole denominator in every row (423 of 1,526 contacts)
        are a proportion, if rows can be counts or ``kind`` says "rate".

    Raises
    ------
    ParameterError
        ``kind`` does not fit: "mean" has no denominator, "rate" and "ratio" have one; a "rate" is a part.

    Examples
    --------
    >>> measure_kind(np.array([0.0, 1.0])), measure_kind(np.array([12.5, 3.0]))
    ('rate', 'mean')
    >>> contacts = np.array([1526.0, 861.0])
    >>> measure_kind(np.array([423.0, 127.0]), contacts), measure_kind(np.array([423.5, 127.0]), contacts)
    ('proportion', 'ratio')
    """
    allowed: Sequence[str] = ("mean",) if denominator is None else ("rate", "ratio")
    if kind is not None and kind not in allowed:
        if denominator is None and kind in ("rate", "ratio"):
            raise ParameterError(
                f"参数 kind={kind!r} 只用于有分母的情形；请同时给出 denominator，或去掉 kind。"
            )
        raise ParameterError.not_allowed("kind", kind, allowed)
    if kind in ("mean", "ratio"):
        return "mean" if kind == "mean" else "ratio"
    if denominator is None:
        return "rate" if is_flag(values) else "mean"
    known = ~(np.isnan(values) | np.isnan(denominator))
    top, bottom = values[known], denominator[known]
    if ((top >= 0) & (top <= bottom)).all():
        if is_flag(bottom) and is_flag(top):
            return "rate"
        if _is_part(top, bottom) and (kind == "rate" or not are_contacts):
            return "proportion"
    if kind == "rate":
        raise ParameterError(
            f"参数 kind='rate' 要求「{measure}」与分母都是整数，且每行 0 ≤ 分子 ≤ 分母；"
            "请检查两列，或用 kind='ratio'。"
        )
    return "ratio"


def read_amounts(
    facts: pd.DataFrame,
    measure: str | None,
    denominator: str | None = None,
    count: str | None = None,
    kind: str | None = None,
) -> Amounts:
    """Read the columns of a table of contacts, or of one that is counted already.

    Parameters
    ----------
    facts : DataFrame
        The columns named below are there. Rows of a table with ``doc_id`` are contacts.
    measure, denominator, count, kind : str, optional
        As in :func:`csatext.aggregation.trend.trend`.

    Returns
    -------
    Amounts
        ``count`` without a measure; ``rate`` for flags, and for counts that are a part of their
        denominator; ``ratio`` for other measures with a denominator; else ``mean``.

    Raises
    ------
    SchemaError
        A column does not hold numbers.
    ParameterError
        Negative counts or denominators; a kind that does not fit; a measure that may be numbers of
        contacts or values of contacts.

    Notes
    -----
    Means with ``count``: whole numbers are taken for the value of each of the row's contacts (a table
    of scores), others for the mean of the row, so that the row is one observation.

    Examples
    --------
    >>> days = pd.DataFrame({"contacts": [10, 20], "complaints": [2, 3]})
    >>> read_amounts(days, "complaints", "contacts").kind
    'rate'
    """
    one = np.ones(len(facts))
    contacts = one if count is None else np.nan_to_num(_not_negative(facts, count, "count"))
    if measure is None:
        if denominator is not None or kind is not None:
            raise ParameterError("给了 denominator 或 kind，还要给 measure（分子列，或要平均的列）。")
        return Amounts("count", count is not None, *[contacts] * 7)
    top = as_whole(as_number(facts, measure))
    if denominator is not None:
        bottom = _not_negative(facts, denominator, "denominator")
        are_contacts = rows_are_contacts(facts)
        found = measure_kind(top, bottom, kind=kind, are_contacts=are_contacts, measure=measure)
        return _over(top, bottom, None if count is None else contacts, found, are_contacts)
    known = ~np.isnan(top)
    x, w = np.where(known, top, 0.0), np.where(known, contacts, 0.0)
    if kind == "sum":
        return Amounts("sum", False, contacts, x, w, w, x**2, x, w)
    found = measure_kind(top, kind=kind)
    is_whole = bool((x == np.rint(x)).all())
    if count is None or is_whole:
        if count is not None and kind is None and found == "mean" and _is_part(x[w > 0], w[w > 0]):
            raise ParameterError(
                f"列「{measure}」都是整数，每行又不超过「{count}」，可能是条数，也可能是每条的分数。"
                f'是条数，请写 denominator="{count}"（比率：两列之和相除）；'
                '是分数，请在 trend 等处写 kind="mean"（按条数加权的平均）；预测与预警只看数量和比率。'
            )
        return Amounts(found, count is not None, contacts, w * x, w, w, w * x**2, w * x, w)
    total, units = w * x, (w > 0).astype(float)
    return Amounts(found, True, contacts, total, w, units, total**2, total * w, w**2)


def _over(top: Array, bottom: Array, contacts: Array | None, found: str, are_contacts: bool) -> Amounts:
    """Return the amounts of a measure over a denominator."""
    known = ~(np.isnan(top) | np.isnan(bottom))
    a, d = np.where(known, top, 0.0), np.where(known, bottom, 0.0)
    is_rate = found != "ratio"
    is_counted = not (are_contacts or (is_flag(a) and is_flag(d)))
    if contacts is None:
        contacts = d if is_counted and is_rate else np.ones(len(d))
    kind = "rate" if is_rate else "ratio"
    return Amounts(kind, is_counted, contacts, a, d, known.astype(float), a * a, a * d, d * d)


def _not_negative(facts: pd.DataFrame, name: str, argument: str) -> Array:
    """Return a column of counts, NaN where missing; negative ones are an error."""
    values = as_whole(as_number(facts, name))
    if (values < 0).any():
        raise ParameterError(f"参数 {argument} 的列「{name}」有负数；这一列必须大于等于 0。")
    return values


def _is_part(top: Array, bottom: Array) -> bool:
    """Return whether whole numbers count a part of what ``bottom`` counts, in every row."""
    whole = (top == np.rint(top)) & (bottom == np.rint(bottom))
    return len(top) > 0 and bool((whole & (top >= 0) & (top <= bottom)).all())
