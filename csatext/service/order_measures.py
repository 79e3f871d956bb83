"""Orders to measures by contact: asked before ordering, paid next day, paid finally, amount, items."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.argument_types import check_simple_types
from csatext.errors import SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import ORDER_MEASURES
from csatext.service.inputs.records import (
    Absent,
    as_flags,
    check_positive,
    column_of,
    finished,
    not_negative,
    numbers,
    one_row_each,
    records_of,
    times_of,
)
from csatext.service.ticket_measures import CREATED

__all__ = ["order_measures"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_ORDERED = ("ordered_at", "created_at", "paid_at")
_AMOUNTS = ("amount", "paid_amount")
_ITEMS = ("items", "n_items", "quantity")


@check_simple_types
def order_measures(
    orders: pd.DataFrame,
    contacts: pd.DataFrame,
    *,
    final_days: int = 4,
    after_sales_days: float = 15.0,
) -> pd.DataFrame:
    """Return of each contact what the customer ordered and paid after it.

    Parameters
    ----------
    orders : DataFrame
        One row an order: ``customer_id``, ``ordered_at``, ``paid_at`` (missing: not paid), ``amount``,
        ``items``. Left unchanged.
    contacts : DataFrame
        One row a contact: ``doc_id``, ``customer_id``, ``contacted_at`` or ``created_at``.
    final_days : int, default 4
        Days after that of the contact in which a payment still counts for it (T+4).
    after_sales_days : float, default 15
        A contact is after-sales when the customer ordered within so many days before it.

    Returns
    -------
    DataFrame
        Table ``order_measures`` by ``doc_id``, in the order of ``contacts``. ``attrs``: ``absent``,
        ``repairs``, ``final_days``, ``after_sales_days``, ``unattributed`` (paid orders of nobody who was
        in contact before), ``orders_left`` (orders of days without a contact: in no ``n_orders``).
        REQUIREMENTS rows 33, 41 to 45, 51.

    Raises
    ------
    SchemaError
        A column is missing or cannot be read; doc_ids repeat.
    ParameterError
        A window that is not above 0.

    Notes
    -----
    A payment counts once: for the last contact of its customer before it, if it falls on the contact's day or
    one of the next ``final_days``. ``paid_next_day`` is a payment on the contact's day or the next. Sums by
    agent are then the sales of who served last. ``n_orders`` are the orders placed on the contact's day,
    shared evenly among its contacts, so that they add up by day. Amounts are complete when the days have
    passed (lag of the KPIs).

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "ordered_at": ["2026-05-01 10:00", "2026-05-04"],
    ...     "paid_at": ["2026-05-01 10:05", "2026-05-04 08:00"], "amount": [80.0, 30.0], "items": [2, 1]})
    >>> contacts = pd.DataFrame({"doc_id": ["1", "2"], "customer_id": ["a", "b"],
    ...     "created_at": ["2026-05-01 09:50", "2026-05-02 20:00"]})
    >>> found = order_measures(orders, contacts)
    >>> found["paid_next_day"].tolist(), found["paid_finally"].tolist(), found["paid_amount"].tolist()
    ([True, False], [True, True], [80.0, 30.0])
    """
    check_positive(final_days, "final_days")
    check_positive(after_sales_days, "after_sales_days")
    absent, repairs = Absent(), dict[str, int]()
    sold = records_of(orders, "orders", ("customer_id",))
    sold = _each_once(sold, repairs)
    frame = one_row_each(records_of(contacts, "contacts", ("customer_id",)), "contacts", repairs)
    when = column_of(frame, *CREATED)
    ordered = column_of(sold, *_ORDERED)
    if when is None or ordered is None:
        table, other = ("contacts", frame) if when is None else ("orders", sold)
        raise SchemaError.missing_column(table, "created_at" if when is None else "ordered_at", other.columns)
    moment, placed = times_of(frame, when), times_of(sold, ordered)
    paid = times_of(sold, "paid_at") if "paid_at" in sold.columns else placed
    early = paid < placed
    repairs["先付款后下单"] = int(early.sum())
    placed = np.where(early, paid, placed)
    codes, _ = pd.factorize(pd.concat([frame["customer_id"], sold["customer_id"]], ignore_index=True))
    ours, theirs = codes[: len(frame)].astype(np.int64), codes[len(frame) :].astype(np.int64)
    row = _last_before(ours, moment, theirs, paid)
    known = row >= 0
    days = np.zeros(len(sold), dtype=np.int64)
    days[known] = (_day(paid[known]) - _day(moment[row[known]])).astype(np.int64)
    counted = known & (days <= final_days)
    unpaid = np.isnat(paid)
    at = row[counted]
    size = len(frame)
    asked = (ours >= 0) & ~np.isnat(moment)

    def total(weights: Array | None = None) -> Array:
        return np.where(asked, np.bincount(at, weights, minlength=size), np.nan)

    soon = np.bincount(row[counted & (days <= 1)], minlength=size) > 0
    presales = ~_ordered_before(ours, moment, theirs, placed, after_sales_days)
    columns = {
        "is_presales": as_flags(np.where(asked, presales, np.nan)),
        "paid_next_day": as_flags(np.where(asked, soon, np.nan)),
        "paid_finally": as_flags(np.where(asked, total() > 0, np.nan)),
        "n_paid_orders": total(),
        "n_orders": _shared(moment, placed),
    }  # fmt: skip
    for name, given, wanted in (("paid_amount", _AMOUNTS, "金额"), ("paid_items", _ITEMS, "件数")):
        column = column_of(sold, *given)
        if column is None:
            absent[name] = given[0]
            columns[name] = np.full(size, np.nan)
        else:
            amount = not_negative(numbers(sold, column), wanted, repairs)
            columns[name] = total(np.nan_to_num(amount[counted]))
    result = finished(columns, frame["doc_id"], absent, repairs)
    result.attrs |= {
        "final_days": int(final_days), "after_sales_days": float(after_sales_days),
        "unattributed": int((~counted & ~unpaid).sum()),
        "orders_left": len(sold) - round(float(np.nansum(columns["n_orders"]))),
    }  # fmt: skip
    return with_reason(conform(result, ORDER_MEASURES))


def _each_once(sold: pd.DataFrame, repairs: dict[str, int]) -> pd.DataFrame:
    keys = ["order_id"] if "order_id" in sold.columns else None
    twice = sold.duplicated(keys) & (sold["order_id"].notna() if keys else True)
    repairs["重复的订单"] = int(twice.sum())
    return sold[~twice].reset_index(drop=True)


def _day(times: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    return times.astype("datetime64[D]")


def _last_before(
    ours: Codes,
    moment: npt.NDArray[np.datetime64],
    theirs: Codes,
    paid: npt.NDArray[np.datetime64],
    same_moment: bool = True,
) -> Codes:
    """Return the last contact of the customer before (or just at) each payment; -1 for none."""
    contact = pd.DataFrame({"who": ours, "at": moment, "row": np.arange(len(ours))})
    contact = contact[(contact["who"] >= 0) & contact["at"].notna()].sort_values(["at", "row"])
    payment = pd.DataFrame({"who": theirs, "at": paid, "place": np.arange(len(theirs))})
    payment = payment[(payment["who"] >= 0) & payment["at"].notna()].sort_values("at", kind="stable")
    found = np.full(len(theirs), -1, dtype=np.int64)
    if len(contact) and len(payment):
        joined = pd.merge_asof(payment, contact, on="at", by="who", allow_exact_matches=same_moment)
        joined = joined[joined["row"].notna()]
        found[joined["place"].to_numpy()] = joined["row"].to_numpy(dtype=np.int64)
    return found


def _ordered_before(
    ours: Codes,
    moment: npt.NDArray[np.datetime64],
    theirs: Codes,
    placed: npt.NDArray[np.datetime64],
    days: float,
) -> npt.NDArray[np.bool_]:
    """Return whether the customer had placed an order within some days before each contact."""
    # an order placed at the very moment of the contact is what the contact was about
    row = _last_before(theirs, placed, ours, moment, same_moment=False)
    known = row >= 0
    recent = np.zeros(len(ours), dtype=np.bool_)
    gap = (moment[known] - placed[row[known]]) / np.timedelta64(1, "D")
    recent[known] = gap <= days
    return recent


def _shared(moment: npt.NDArray[np.datetime64], placed: npt.NDArray[np.datetime64]) -> Array:
    """Return the orders of each contact's day divided by the contacts of that day."""
    days = pd.Series(_day(moment))
    orders = pd.Series(_day(placed)).value_counts()
    contacts = days.map(days.value_counts())
    return (days.map(orders).fillna(0) / contacts).to_numpy(dtype="float64")
