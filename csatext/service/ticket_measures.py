"""Tickets to measures: completed, reopened, how long, solved at the first contact, come again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.argument_types import as_table, check_simple_types
from csatext.dates.period_names import read_moment
from csatext.errors import SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import TICKET_MEASURES
from csatext.service.inputs.records import (
    Absent,
    as_flags,
    check_positive,
    column_of,
    finished,
    flags,
    one_row_each,
    records_of,
    seconds_of,
    times_of,
)
from csatext.service.inputs.repeats import end_of_data, neighbours, within_window

__all__ = ["CLOSED_STATES", "CREATED", "closing_times", "ticket_measures"]

Array = npt.NDArray[np.float64]

CREATED = ("created_at", "contacted_at", "opened_at")
"""Columns that date the beginning of a ticket; the first that is there is taken."""
CLOSED = ("resolved_at", "closed_at", "completed_at")
CLOSED_STATES = frozenset(
    {
        "完成", "已完成", "完结", "已完结", "办结", "已办结", "结案", "已结案", "关闭", "已关闭",
        "解决", "已解决", "closed", "done", "resolved", "completed", "solved",
    }
)  # fmt: skip
"""States and stages in which a ticket is finished (written for csatext)."""


@check_simple_types
def ticket_measures(
    tickets: pd.DataFrame,
    events: pd.DataFrame | None = None,
    *,
    window_days: float = 7.0,
    same_reason: str | None = None,
    as_of: object = None,
) -> pd.DataFrame:
    """Return of each ticket whether and when it was completed, solved at once, and followed by another.

    Parameters
    ----------
    tickets : DataFrame
        One row a ticket or contact: ``doc_id``, ``created_at`` and what there is of ``closed_at`` or
        ``resolved_at``, ``status``, ``resolved``, ``reopened``, ``customer_id``. Left unchanged.
    events : DataFrame, optional
        One row a change of state: ``doc_id``, ``stage``, ``entered_at``. A ticket that leaves a closed
        state was reopened.
    window_days : float, default 7
        Days within which another contact of the customer is a repeat.
    same_reason : str, optional
        Column that must be the same in both (category); None takes any.
    as_of : date, optional
        Last day that the data cover wholly. Default: the last day of ``created_at``.

    Returns
    -------
    DataFrame
        Table ``ticket_measures`` by ``doc_id``. ``attrs``: ``absent``, ``repairs``, ``window_days``,
        ``same_reason``, ``as_of``. REQUIREMENTS rows 47, 48, 50, 60 to 62, 69.

    Raises
    ------
    SchemaError
        A column is missing or cannot be read; doc_ids repeat.
    ParameterError
        A window that is not above 0.

    See Also
    --------
    csatext.stage_durations, csatext.backlog : where tickets wait, and how many.

    Notes
    -----
    ``first_contact_resolved`` is asked of the first contact of a case only (the customer was not there
    within the window before): it is resolved and nothing followed in the window. Contacts whose window
    has not passed are NA, and so are those without a customer. A ticket closed before it was opened has no
    time to resolve, nor has one that was closed without being resolved.
    KPIs of repeats count as complete after 7 days; for another window set ``lag_days`` in your own
    definitions (:func:`csatext.kpi_definitions`).

    Examples
    --------
    >>> tickets = pd.DataFrame({"doc_id": ["1", "2", "3"], "customer_id": ["a", "a", "b"],
    ...     "created_at": ["2026-05-01 09:00", "2026-05-03 09:00", "2026-05-04 09:00"],
    ...     "closed_at": ["2026-05-01 12:00", None, "2026-05-05 09:00"]})
    >>> found = ticket_measures(tickets, as_of="2026-05-31")
    >>> found["repeated_within_window"].tolist(), found["first_contact_resolved"].tolist()
    ([True, False, False], [False, <NA>, True])
    """
    check_positive(window_days, "window_days")
    absent, repairs = Absent(), dict[str, int]()
    frame = one_row_each(records_of(tickets, "tickets"), "tickets", repairs)
    when = column_of(frame, *CREATED)
    if when is None:
        raise SchemaError.missing_column("tickets", "created_at", frame.columns)
    if same_reason is not None and same_reason not in frame.columns:
        raise SchemaError.missing_column("tickets", same_reason, frame.columns)
    created = times_of(frame, when)
    closed = closing_times(frame, created, repairs)
    moment = None if as_of is None else read_moment(as_of, "as_of", last=True)
    end = end_of_data(created, moment)
    completed = _completed(frame, closed, absent)
    resolved = flags(frame, "resolved") if "resolved" in frame.columns else completed
    seconds = np.full(len(frame), np.nan)
    if closed is None:
        absent["resolve_seconds"] = "closed_at"
    else:
        # what was closed without being resolved has no time to resolve
        seconds = np.where(resolved == 0, np.nan, seconds_of(closed) - seconds_of(created))
    age = end * 86_400 - seconds_of(created)
    again, first = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    if absent.need(frame, ["repeated_within_window", "first_contact_resolved"], "customer_id"):
        keys = ["customer_id", *([same_reason] if same_reason else [])]
        found = neighbours(frame, created, keys)
        again = within_window(found, created, window_days, end)
        opens = ~(found.days_since <= window_days)
        first = np.where(
            opens & ~np.isnan(again) & ~np.isnan(resolved), (resolved == 1) & (again == 0), np.nan
        )
        if "resolved" in absent:
            absent["first_contact_resolved"] = absent["resolved"]
    columns = {
        "completed": as_flags(completed), "resolved": as_flags(resolved),
        "reopened": as_flags(_reopened(frame, events, absent)), "resolve_seconds": seconds,
        "open_age_seconds": np.where((completed == 0) & (age >= 0), age, np.nan),
        "repeated_within_window": as_flags(again), "first_contact_resolved": as_flags(first),
    }  # fmt: skip
    result = finished(columns, frame["doc_id"], absent, repairs)
    result.attrs |= {"window_days": float(window_days), "same_reason": same_reason}
    result.attrs["as_of"] = None if np.isnan(end) else str(np.datetime64(int(end) - 1, "D"))
    return with_reason(conform(result, TICKET_MEASURES))


def closing_times(
    frame: pd.DataFrame, created: npt.NDArray[np.datetime64], repairs: dict[str, int]
) -> npt.NDArray[np.datetime64] | None:
    """Return when tickets were closed, NaT where not or before they were opened; None without a column."""
    given = [name for name in CLOSED if name in frame.columns]
    if not given:
        return None
    closed = times_of(frame, given[0])
    for name in given[1:]:
        closed = np.where(np.isnat(closed), times_of(frame, name), closed)
    early = closed < created
    repairs["先办结后创建"] = int(early.sum())
    return np.where(early, np.datetime64("NaT"), closed).astype("datetime64[us]")


def _completed(frame: pd.DataFrame, closed: npt.NDArray[np.datetime64] | None, absent: Absent) -> Array:
    given = [name for name in CLOSED if name in frame.columns]
    if given:
        # a ticket that was closed too early by the clock was closed all the same
        return frame[given].notna().any(axis=1).to_numpy(dtype="float64")
    if "status" in frame.columns:
        states = frame["status"].astype("str").str.strip().str.lower()
        return np.where(frame["status"].isna(), np.nan, states.isin(CLOSED_STATES))
    if "resolved" in frame.columns:
        return flags(frame, "resolved")
    absent.update(dict.fromkeys(("completed", "resolved", "open_age_seconds"), "closed_at"))
    return np.full(len(frame), np.nan)


def _reopened(frame: pd.DataFrame, events: pd.DataFrame | None, absent: Absent) -> Array:
    if "reopened" in frame.columns:
        return flags(frame, "reopened")
    if "reopened_at" in frame.columns:
        return frame["reopened_at"].notna().to_numpy(dtype="float64")
    if events is None:
        absent["reopened"] = "reopened"
        return np.full(len(frame), np.nan)
    table = as_table(events, "events", ("doc_id", "stage", "entered_at"))
    moment = times_of(table, "entered_at")
    doc = as_codes(frame["doc_id"], table["doc_id"])
    order = np.lexsort((np.arange(len(table)), moment, doc))
    order = order[(doc[order] >= 0) & ~np.isnat(moment[order])]
    final = table["stage"].astype("str").str.strip().str.lower().isin(CLOSED_STATES).to_numpy()[order]
    left = (doc[order][1:] == doc[order][:-1]) & final[:-1] & ~final[1:]
    return (np.bincount(doc[order][:-1][left], minlength=len(frame)) > 0).astype("float64")


def as_codes(ids: pd.Series, given: pd.Series) -> npt.NDArray[np.int64]:
    """Return the row of ``ids`` for each of ``given``; -1 where it is not there."""
    return pd.Index(ids).get_indexer(given).astype(np.int64)
