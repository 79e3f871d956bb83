"""Customers by contact: new or returning, how often, since when, repeat complainers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.argument_types import as_table, check_simple_types
from csatext.dates.period_names import read_moment
from csatext.errors import SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import CUSTOMER_MEASURES
from csatext.service.inputs.records import (
    Absent,
    as_flags,
    check_positive,
    column_of,
    finished,
    flags,
    one_row_each,
    records_of,
    times_of,
)
from csatext.service.inputs.repeats import end_of_data, neighbours, within_window
from csatext.service.ticket_measures import CREATED

__all__ = ["customer_measures"]

_SINCE = ("registered_at", "first_order_at", "first_contact_at")


@check_simple_types
def customer_measures(
    contacts: pd.DataFrame,
    customers: pd.DataFrame | None = None,
    *,
    window_days: float = 7.0,
    new_days: float = 30.0,
    lost_days: float = 90.0,
    same_reason: str | None = None,
    as_of: object = None,
) -> pd.DataFrame:
    """Return of each contact what is known of its customer: new, back again, complaining again.

    Parameters
    ----------
    contacts : DataFrame
        One row a contact: ``doc_id``, ``customer_id``, ``contacted_at`` or ``created_at``;
        ``is_complaint`` for repeat complainers. Left unchanged.
    customers : DataFrame, optional
        One row a customer: ``customer_id`` and ``registered_at`` (or ``first_order_at``). A customer is then
        new for ``new_days`` after it; without it, at the first contact seen.
    window_days : float, default 7
        Days within which another contact is a repeat.
    new_days : float, default 30
        See ``customers``.
    lost_days : float, default 90
        A customer not heard of for so long at the end of the data is lost.
    same_reason : str, optional
        Column that must be the same for a repeat.
    as_of : date, optional
        Last day that the data cover wholly. Default: the last day seen.

    Returns
    -------
    DataFrame
        Table ``customer_measures`` by ``doc_id``. ``attrs``: ``absent``, ``repairs``, ``customers``
        (distinct, new, returning, lost, without_id, contacts_per_customer), ``segments`` (``segment`` of
        ``customers`` -> share of the customers seen). REQUIREMENTS rows 69, 71, 105.

    Raises
    ------
    SchemaError
        A column is missing or cannot be read; ids repeat.
    ParameterError
        A number of days that is not above 0.

    Examples
    --------
    >>> contacts = pd.DataFrame({"doc_id": ["1", "2", "3"], "customer_id": ["a", "b", "a"],
    ...                          "created_at": ["2026-05-01", "2026-05-02", "2026-05-20"]})
    >>> found = customer_measures(contacts)
    >>> found["is_new_customer"].tolist(), found["n_contacts_before"].tolist()
    ([True, True, False], [0, 0, 1])
    >>> found.attrs["customers"]["distinct"], found.attrs["customers"]["returning"]
    (2, 1)
    """
    for name, days in (("window_days", window_days), ("new_days", new_days), ("lost_days", lost_days)):
        check_positive(days, name)
    absent, repairs = Absent(), dict[str, int]()
    frame = one_row_each(records_of(contacts, "contacts", ("customer_id",)), "contacts", repairs)
    when = column_of(frame, *CREATED)
    if when is None:
        raise SchemaError.missing_column("contacts", "created_at", frame.columns)
    if same_reason is not None and same_reason not in frame.columns:
        raise SchemaError.missing_column("contacts", same_reason, frame.columns)
    moment = times_of(frame, when)
    end = end_of_data(moment, None if as_of is None else read_moment(as_of, "as_of", last=True))
    found = neighbours(frame, moment, ["customer_id"])
    same = neighbours(frame, moment, ["customer_id", same_reason]) if same_reason else found
    rows = np.flatnonzero(found.known)
    rows = rows[np.lexsort((rows, moment[rows]))]
    earlier = np.full(len(frame), np.nan)
    earlier[rows] = frame["customer_id"].iloc[rows].groupby(frame["customer_id"].iloc[rows]).cumcount()
    new = np.where(found.known, earlier == 0, np.nan)
    if customers is not None:
        new = _new(frame, customers, moment, new_days, new)
    complains_again = np.full(len(frame), np.nan)
    if absent.need(frame, ["is_repeat_complainer"], "is_complaint"):
        bad = flags(frame, "is_complaint")
        held = (
            pd.Series(np.nan_to_num(bad)[rows]).groupby(frame["customer_id"].iloc[rows].to_numpy()).cumsum()
        )
        complains_again[rows] = (bad[rows] == 1) & (held.to_numpy() > 1)
    columns = {
        "is_new_customer": as_flags(new),
        "n_contacts_before": pd.array(earlier, dtype="Float64").astype("Int64"),
        "days_since_previous": found.days_since,
        "repeated_within_window": as_flags(within_window(same, moment, window_days, end)),
        "is_repeat_complainer": as_flags(complains_again),
    }
    result = finished(columns, frame["doc_id"], absent, repairs)
    known = frame["customer_id"][found.known]
    last = pd.Series(moment[found.known]).groupby(known.to_numpy()).max()
    quiet = end - last.to_numpy().astype("datetime64[us]").astype("int64") / 86_400e6
    distinct = int(known.nunique())
    fresh = int(frame["customer_id"][new == 1].nunique())
    result.attrs["customers"] = {
        "distinct": distinct, "new": fresh,
        "returning": int(frame["customer_id"][(earlier > 0) & (new != 1)].nunique()),
        "lost": int((quiet > lost_days).sum()), "without_id": int(frame["customer_id"].isna().sum()),
        "contacts_per_customer": len(known) / distinct if distinct else None,
    }  # fmt: skip
    result.attrs["segments"] = _segments(known, customers)
    return with_reason(conform(result, CUSTOMER_MEASURES))


def _new(
    frame: pd.DataFrame, customers: pd.DataFrame, moment: np.ndarray, days: float, first: np.ndarray
) -> np.ndarray:
    """Return who became a customer within some days before the contact; unknown customers as seen."""
    table = as_table(customers, "customers", ("customer_id",))
    since = column_of(table, *_SINCE)
    if since is None:
        return first
    if table["customer_id"].dropna().duplicated().any():
        count = int(table["customer_id"].dropna().duplicated().sum())
        raise SchemaError.duplicate_key("customers", ["customer_id"], count)
    place = pd.Index(table["customer_id"]).get_indexer(frame["customer_id"])
    begins = times_of(table, since)
    known = (place >= 0) & frame["customer_id"].notna().to_numpy()
    known[known] = ~np.isnat(begins[place[known]])
    age = np.full(len(frame), np.nan)
    age[known] = (moment[known] - begins[place[known]]) / np.timedelta64(1, "D")
    return np.where(np.isnan(age), first, age <= days)


def _segments(known: pd.Series, customers: pd.DataFrame | None) -> dict[str, float]:
    if customers is None or "segment" not in customers.columns:
        return {}
    of = customers.drop_duplicates("customer_id").set_index("customer_id")["segment"]
    shares = known.drop_duplicates().map(of).value_counts(normalize=True)
    return {str(name): float(share) for name, share in shares.items()}
