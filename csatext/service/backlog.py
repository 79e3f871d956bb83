"""Tickets that are open at the end of each period, by age."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import BACKLOG
from csatext.service.inputs.records import NO_ROWS, column_of, one_row_each, records_of, times_of
from csatext.service.ticket_measures import CREATED, closing_times

__all__ = ["backlog"]

_FREQ = {"D": "D", "W": "W-MON", "M": "MS", "Q": "QS", "Y": "YS"}
_PERIODS = {"W": "W-SUN"}


@check_simple_types
def backlog(
    tickets: pd.DataFrame,
    freq: str = "D",
    *,
    bands: Sequence[float] = (1, 3, 7, 30),
    as_of: object = None,
) -> pd.DataFrame:
    """Return how many tickets were opened and closed in each period, and left open at its end, by age.

    Parameters
    ----------
    tickets : DataFrame
        One row a ticket: ``created_at`` and ``closed_at`` (or ``resolved_at``), missing where it is open.
    freq : {"D", "W", "M", "Q", "Y"}, default "D"
        Length of a period; weeks begin on Monday.
    bands : sequence of float, default 1, 3, 7, 30
        Upper edges of the ages in days, rising; an open ticket of just that age is still in the band.
    as_of : date, optional
        Last day that the data cover. Default: the last day of any time. The last period is counted at
        its end or, if that comes first, at the end of this day.

    Returns
    -------
    DataFrame
        Table ``backlog``: one row a period and band of age; ``opened``, ``closed`` and ``open`` repeat in
        each. ``open`` = open before + opened - closed, always. REQUIREMENTS row 62.

    Raises
    ------
    SchemaError
        A column is missing or cannot be read; doc_ids repeat.
    ParameterError
        An unknown frequency, or bands that do not rise.

    Notes
    -----
    A ticket closed before it was opened counts as closed when it was opened, and in ``attrs["repairs"]``.

    Examples
    --------
    >>> tickets = pd.DataFrame({"created_at": ["2026-05-01 09:00", "2026-05-01 10:00", "2026-05-03 10:00"],
    ...                         "closed_at": ["2026-05-02 09:00", None, None]})
    >>> found = backlog(tickets, "D", bands=[1])
    >>> found[["label", "opened", "closed", "open", "band", "n"]].values.tolist()[-2:]
    [['2026-05-03', 1, 0, 2, '1 天以内', 1], ['2026-05-03', 1, 0, 2, '超过 1 天', 1]]
    """
    if freq not in _FREQ:
        raise ParameterError.not_allowed("freq", freq, list(_FREQ))
    edges = np.asarray(list(bands), dtype="float64")
    if not len(edges) or (np.diff(edges) <= 0).any() or not (edges > 0).all():
        raise ParameterError.out_of_range("bands", list(bands), "至少一个天数，从小到大，都大于 0")
    repairs: dict[str, int] = {}
    frame = one_row_each(records_of(tickets, "tickets"), "tickets", repairs)
    when = column_of(frame, *CREATED)
    if when is None:
        raise SchemaError.missing_column("tickets", "created_at", frame.columns)
    created = times_of(frame, when)
    given = [name for name in ("resolved_at", "closed_at", "completed_at") if name in frame.columns]
    if not given:
        raise SchemaError.missing_column("tickets", "closed_at", frame.columns)
    closed = closing_times(frame, created, repairs)
    assert closed is not None  # one of its columns is given
    was_closed = frame[given].notna().any(axis=1).to_numpy()
    closed = np.where(was_closed & np.isnat(closed), created, closed)
    repairs["没有创建时间"] = int(np.isnat(created).sum())
    known = ~np.isnat(created)
    created, closed = created[known], closed[known]
    names = ["period", "label", "opened", "closed", "open", "band", "n"]
    table = pd.DataFrame([], columns=names)
    if len(created):
        times = np.concatenate([created, closed[~np.isnat(closed)]])
        last = pd.Timestamp(times.max()) if as_of is None else read_moment(as_of, "as_of", last=True)
        table = _counted(created, closed, freq, edges, last.normalize() + pd.Timedelta(days=1))
    table.attrs = {"repairs": {name: n for name, n in repairs.items() if n}, "freq": freq}
    if not len(table):
        table.attrs["reason"] = NO_ROWS
    return with_reason(conform(table, BACKLOG))


def _counted(
    created: np.ndarray, closed: np.ndarray, freq: str, edges: np.ndarray, end: pd.Timestamp
) -> pd.DataFrame:
    first = pd.Timestamp(created.min()).to_period(_PERIODS.get(freq, freq)).start_time
    starts = pd.date_range(first, end - pd.Timedelta(microseconds=1), freq=_FREQ[freq], unit="us")
    stops = starts[1:].append(pd.DatetimeIndex([end], dtype="datetime64[us]")).to_numpy()
    came, left = np.sort(created), np.sort(closed[~np.isnat(closed)])
    n_came, n_left = (np.searchsorted(times, stops, side="left") for times in (came, left))
    until = np.where(np.isnat(closed), np.datetime64("9999-01-01", "us"), closed)
    ages = np.zeros((len(stops), len(edges) + 1), dtype=np.int64)
    for number, stop in enumerate(stops):
        open_now = (created < stop) & (until >= stop)
        days = (stop - created[open_now]) / np.timedelta64(1, "D")
        ages[number] = np.bincount(np.searchsorted(edges, days, side="left"), minlength=len(edges) + 1)
    spans = [f"{edges[0]:g} 天以内", *(f"{a:g}–{b:g} 天" for a, b in pairwise(edges))]
    spans.append(f"超过 {edges[-1]:g} 天")
    width = len(spans)
    label = starts.strftime("%Y-%m-%d" if freq in ("D", "W") else "%Y-%m" if freq in ("M", "Q") else "%Y")
    return pd.DataFrame(
        {
            "period": np.repeat(starts.to_numpy(), width), "label": np.repeat(label.to_numpy(), width),
            "opened": np.repeat(np.diff(np.append(0, n_came)), width),
            "closed": np.repeat(np.diff(np.append(0, n_left)), width),
            "open": np.repeat(n_came - n_left, width), "band": np.tile(spans, len(starts)), "n": ages.ravel(),
        }
    )  # fmt: skip
