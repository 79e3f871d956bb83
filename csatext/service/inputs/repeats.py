"""Who comes back: the contact before and after each one of the same customer, for the same reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.service.inputs.records import as_ids

__all__ = ["Neighbours", "end_of_data", "neighbours", "within_window"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class Neighbours(NamedTuple):
    """Row of the contact before and after each, -1 for none or without customer; days to them, else NaN."""

    before: Codes
    after: Codes
    days_since: Array
    days_until: Array
    known: npt.NDArray[np.bool_]


def neighbours(frame: pd.DataFrame, moment: npt.NDArray[np.datetime64], keys: Sequence[str]) -> Neighbours:
    """Return the contact before and after each one that has the same values of ``keys``.

    Parameters
    ----------
    frame : DataFrame, shape (n, ...)
    moment : array of datetime64, shape (n,)
        Contacts at the same moment follow one another in the order of the rows.
    keys : sequence of str
        Columns: the customer, and what makes the reason the same.

    Returns
    -------
    Neighbours

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": ["a", "b", "a"]})
    >>> moment = np.array(["2026-05-01", "2026-05-01", "2026-05-03"], dtype="datetime64[us]")
    >>> found = neighbours(frame, moment, ["customer_id"])
    >>> found.after.tolist(), found.days_until.tolist()
    ([2, -1, -1], [2.0, nan, nan])
    """
    n = len(frame)
    group = np.zeros(n, dtype=np.int64)
    known = ~np.isnat(moment)
    for name in keys:
        codes = as_ids(frame, name)
        known &= codes >= 0
        group = pd.factorize(group * (codes.max(initial=0) + 2) + codes + 1)[0].astype(np.int64)
    rows = np.flatnonzero(known)
    rows = rows[np.lexsort((rows, moment[rows], group[rows]))]
    before, after = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    same = group[rows[1:]] == group[rows[:-1]]
    before[rows[1:][same]] = rows[:-1][same]
    after[rows[:-1][same]] = rows[1:][same]
    days = moment.astype("datetime64[us]").astype("int64") / 86_400e6
    since = np.where(before >= 0, days - days[before], np.nan)
    until = np.where(after >= 0, days[after] - days, np.nan)
    return Neighbours(before, after, since, until, known)


def end_of_data(moment: npt.NDArray[np.datetime64], as_of: pd.Timestamp | None = None) -> float:
    """Return the end of the last day that the data cover, in days since 1970; NaN without any time."""
    if as_of is not None:
        return as_of.normalize().to_datetime64().astype("datetime64[D]").astype("int64") + 1.0
    known = moment[~np.isnat(moment)]
    return float(known.max().astype("datetime64[D]").astype("int64") + 1) if len(known) else float("nan")


def within_window(found: Neighbours, moment: npt.NDArray[np.datetime64], days: float, end: float) -> Array:
    """Return whether another contact followed within some days; NaN where that is not yet known.

    A contact whose window has not passed by ``end`` is unknown, repeated or not: were the repeated ones
    counted, the last days would show repeats alone.

    Examples
    --------
    >>> frame = pd.DataFrame({"customer_id": ["a", "a", "b"]})
    >>> moment = np.array(["2026-05-01", "2026-05-03", "2026-05-09"], dtype="datetime64[us]")
    >>> within_window(neighbours(frame, moment, ["customer_id"]), moment, 7, end_of_data(moment)).tolist()
    [1.0, 0.0, nan]
    """
    start = moment.astype("datetime64[us]").astype("int64") / 86_400e6
    repeated = np.nan_to_num(found.days_until, nan=np.inf) <= days
    seen = found.known & (start + days <= end)
    return np.where(seen, repeated, np.nan)
