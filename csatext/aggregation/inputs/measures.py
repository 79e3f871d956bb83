"""What the rows of a table over time add up to: contacts, a numerator and a denominator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number, as_whole, is_flag
from csatext.errors import ParameterError

__all__ = ["Amounts", "read_amounts"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Amounts:
    """Amounts of each row, all zero where the measure is not known.

    Attributes
    ----------
    kind : {"count", "rate", "mean", "ratio"}
        What numerator over denominator is.
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
    allowed = ("mean",) if denominator is None else ("rate", "ratio")
    if kind is not None and kind not in allowed:
        raise ParameterError.not_allowed("kind", kind, allowed)
    if measure is None:
        if denominator is not None or kind is not None:
            raise ParameterError("给了 denominator 或 kind，还要给 measure（分子列，或要平均的列）。")
        return Amounts("count", count is not None, *[contacts] * 7)
    top = as_whole(as_number(facts, measure))
    if denominator is not None:
        bottom = _not_negative(facts, denominator, "denominator")
        is_facts = "doc_id" in (facts.index.name, *facts.columns)
        return _over(top, bottom, None if count is None else contacts, kind, is_facts, measure)
    known = ~np.isnan(top)
    x, w = np.where(known, top, 0.0), np.where(known, contacts, 0.0)
    found = kind or ("rate" if is_flag(top) else "mean")
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


def _over(
    top: Array, bottom: Array, contacts: Array | None, asked: str | None, is_facts: bool, measure: str
) -> Amounts:
    """Return the amounts of a measure over a denominator."""
    known = ~(np.isnan(top) | np.isnan(bottom))
    a, d = np.where(known, top, 0.0), np.where(known, bottom, 0.0)
    are_flags = is_flag(a) and is_flag(d)
    is_part = _is_part(a, d)
    if asked == "rate" and not is_part:
        raise ParameterError(
            f"参数 kind='rate' 要求「{measure}」与分母都是整数，且每行 0 ≤ 分子 ≤ 分母；"
            "请检查两列，或用 kind='ratio'。"
        )
    found = asked or ("rate" if is_part and (are_flags or not is_facts) else "ratio")
    is_counted = not (is_facts or are_flags)
    if contacts is None:
        contacts = d if is_counted and found == "rate" else np.ones(len(d))
    return Amounts(found, is_counted, contacts, a, d, known.astype(float), a * a, a * d, d * d)


def _not_negative(facts: pd.DataFrame, name: str, argument: str) -> Array:
    """Return a column of counts, NaN where missing; negative ones are an error."""
    values = as_whole(as_number(facts, name))
    if (values < 0).any():
        raise ParameterError(f"参数 {argument} 的列「{name}」有负数；这一列必须大于等于 0。")
    return values


def _is_part(top: Array, bottom: Array) -> bool:
    """Tell whether whole numbers count a part of what ``bottom`` counts, in every row."""
    whole = (top == np.rint(top)) & (bottom == np.rint(bottom))
    return len(top) > 0 and bool((whole & (top >= 0) & (top <= bottom)).all())
