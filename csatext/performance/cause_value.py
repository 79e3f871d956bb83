"""What a cause costs: its contacts, the contacts that follow them, and compensation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from csatext.aggregation.inputs.dimensions import encode_groups, free_dimensions
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.inference import check_level
from csatext.performance.evaluated import facts_of, time_of
from csatext.schema import conform, with_reason
from csatext.schema.service import CAUSE_VALUE
from csatext.service.inputs.records import NO_ROWS, check_positive, column_of, numbers, times_of
from csatext.service.inputs.repeats import neighbours

__all__ = ["cause_value"]

Array = npt.NDArray[np.float64]


@check_simple_types
def cause_value(
    facts: pd.DataFrame,
    cost: str | float,
    *,
    cause: str = "category",
    window_days: float = 7.0,
    time: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what would be saved without each cause: money, with an interval, the dearest first.

    Parameters
    ----------
    facts : DataFrame
        One row a contact: the cause, and what there is of ``customer_id``, a time,
        ``compensation_cost`` or ``compensation``, ``order_id``, ``region``, ``severity``.
    cost : str or float
        Column of what a contact costs (``contact_cost`` of :func:`csatext.cost_measures`), or yuan a
        contact.
    cause : str, default "category"
        Column of causes; contacts without one are left out.
    window_days : float, default 7
        Days within which a contact of the customer for another cause follows from this one.
    time : str, optional
        Column that dates contacts. Default: ``contacted_at``, else ``created_at``.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Table ``cause_value``, one row a cause. ``attrs``: ``total`` (money of all), ``absent`` (what could
        not be counted -> missing column), ``n_without_cause``, ``level``. REQUIREMENTS rows 102, 108.

    Raises
    ------
    SchemaError
        A column is not there, or holds no numbers.
    ParameterError
        A negative cost, or a window that is not above 0.

    Notes
    -----
    Money of a cause = cost of its contacts + cost of the contacts that follow them + compensation. A repeat
    for the same cause is one of its contacts already (``n_repeats`` shows how many); one for another cause
    counts for the cause before it too, so that the rows may add up to more than ``total``. The interval is
    that of a compound Poisson sum: money -+ z times the root of the sum of squares of single contacts, not
    under 0. ``priority`` is money times the mean severity, where severities are there; what can be done about
    it is the reader's.

    Examples
    --------
    >>> facts = pd.DataFrame({"category": ["退款"] * 3 + ["物流"], "compensation": [0, 10, 0, 50]})
    >>> cause_value(facts, 5.0)[["category", "n", "contact_cost", "compensation", "money"]].values.tolist()
    [['物流', 1, 5.0, 50.0, 55.0], ['退款', 3, 15.0, 10.0, 25.0]]
    """
    check_level(level)
    check_positive(window_days, "window_days")
    free_dimensions(cause, CAUSE_VALUE, "cause")
    frame = facts_of(facts, [cause]).reset_index(drop=True)
    if cause not in frame.columns:
        raise SchemaError.missing_column("facts", cause, frame.columns)
    price = _price(frame, cost)
    absent: dict[str, str] = {}
    paid = np.zeros(len(frame))
    column = column_of(frame, "compensation_cost", "compensation")
    if column is None:
        absent["compensation"] = "compensation"
    else:
        paid = np.maximum(np.nan_to_num(numbers(frame, column)), 0.0)
    followed, repeats, led_to = _followers(frame, cause, price, window_days, time, absent)
    known = frame[cause].notna().to_numpy()
    codes, groups = encode_groups(frame[known], [cause])
    size = len(groups)

    def total(weights: Array) -> Array:
        return np.bincount(codes, weights[known], minlength=size).astype("float64")

    single = price + followed + paid
    money = total(single)
    half = special.ndtri(0.5 + level / 2) * np.sqrt(total(single**2))
    severity = np.ones(len(frame))
    if "severity" in frame.columns:
        severity = np.nan_to_num(numbers(frame, "severity"), nan=1.0)
    n = total(np.ones(len(frame)))
    table = pd.DataFrame(
        {
            cause: groups[cause].to_numpy() if size else [], "n": n, "n_repeats": total(repeats),
            "n_following": total(led_to), "contact_cost": total(price), "following_cost": total(followed),
            "compensation": total(paid), "money": money, "low": np.maximum(money - half, 0.0),
            "high": money + half,
        }
    )  # fmt: skip
    overall = float((price + paid)[known].sum())
    table["share"] = table["money"] / overall if overall else np.nan
    table["priority"] = table["money"] * total(severity) / n
    for name, of in (("n_customers", "customer_id"), ("n_orders", "order_id"), ("n_regions", "region")):
        if of in frame.columns:
            counts = frame[known].groupby(codes)[of].nunique()
            table[name] = counts.reindex(range(size)).astype("Int64").array
        else:
            table[name] = pd.array([None] * size, dtype="Int64")
            absent[name] = of
    table = table.sort_values(["money", "n", cause], ascending=[False, False, True], ignore_index=True)
    table["rank"] = np.arange(1, len(table) + 1)
    table.attrs = {
        "total": overall, "absent": absent, "n_without_cause": int((~known).sum()), "level": level,
        "window_days": float(window_days),
    }  # fmt: skip
    if not len(table):
        table.attrs["reason"] = NO_ROWS
    return with_reason(conform(table, CAUSE_VALUE, [cause]))


def _price(frame: pd.DataFrame, cost: str | float) -> Array:
    if isinstance(cost, str):
        if cost not in frame.columns:
            raise SchemaError.missing_column("facts", cost, frame.columns)
        price = np.nan_to_num(numbers(frame, cost))
    else:
        if isinstance(cost, bool) or not isinstance(cost, (int, float, np.number)):
            raise ParameterError.wrong_type("cost", cost, "成本列的列名，或每次联络的成本（元）")
        price = np.full(len(frame), float(cost))
    if (price < 0).any() or not np.isfinite(price).all():
        raise ParameterError.out_of_range("cost", cost, "不小于 0（元）")
    return price


def _followers(
    frame: pd.DataFrame, cause: str, price: Array, days: float, time: str | None, absent: dict[str, str]
) -> tuple[Array, Array, Array]:
    """Return of each contact the cost of the next one if it follows for another cause; whether it is itself
    a repeat for the same cause; and whether one for another cause follows it.
    """
    nothing = np.zeros(len(frame))
    when = time_of(frame, time)
    if "customer_id" not in frame.columns or when is None:
        absent["n_following"] = absent["n_repeats"] = "customer_id" if when else "created_at"
        return nothing, nothing, nothing
    found = neighbours(frame, times_of(frame, when), ["customer_id"])
    reasons = pd.factorize(frame[cause])[0]
    next_other = (found.days_until <= days) & (reasons[found.after] != reasons)
    follows = np.where(next_other, price[found.after], 0.0)
    same = neighbours(frame, times_of(frame, when), ["customer_id", cause])
    return follows, (same.days_since <= days).astype("float64"), next_other.astype("float64")
