"""Time as age: since the launch of what a contact is about, and how far each group has been seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.dimensions import encode_groups
from csatext.aggregation.panel.panel import Panel, next_starts
from csatext.dates.period_names import read_times

__all__ = ["Aged", "by_age"]

_ORIGIN = pd.Timestamp("2001-01-01")
"""A Monday and the first of a month and year, so that periods of age are whole from the first."""
_UNITS = {"h": "小时", "D": "天", "W": "周", "M": "个月", "Q": "个季度", "Y": "年"}
_CHANGES = ["change", "change_rate", "yoy_change", "yoy_change_rate"]


class Aged(NamedTuple):
    """Facts whose time is their age, and until which age each group has been seen.

    Attributes
    ----------
    facts : DataFrame
        Rows not before their beginning; ``time`` is the origin plus the age.
    seen, whole : Series by group
        Moments that the oldest, and that the youngest of the group has reached.
    n_before : int
        Rows before their beginning.
    """

    facts: pd.DataFrame
    seen: pd.Series
    whole: pd.Series
    n_before: int

    def cut(self, frame: pd.DataFrame, panel: Panel, dimensions: Sequence[str]) -> pd.DataFrame:
        """Return a trend without the ages that its groups have not reached."""
        keys = [frame[name].astype("str") for name in dimensions]
        group = pd.MultiIndex.from_arrays(keys) if len(keys) > 1 else (keys[0] if keys else None)
        seen, whole = (
            ends.reindex(group).to_numpy() if group is not None else np.full(len(frame), ends.iloc[0])
            for ends in (self.seen, self.whole)
        )
        starts = frame["period"].to_numpy()
        if not len(panel.starts):
            return frame
        place = np.searchsorted(panel.starts.to_numpy(), starts)
        ends = panel.starts[1:].append(next_starts(panel.starts[-1], panel.freq, 1)).to_numpy()[place]
        label = [f"第{n}{_UNITS[panel.freq]}" for n in place + 1]
        result = frame.assign(label=label, is_complete=ends <= whole)
        if panel.kind in ("count", "sum"):
            result[_CHANGES] = result[_CHANGES].where(result["is_complete"])
        result = result[starts < seen].reset_index(drop=True)
        result.attrs = {**frame.attrs, "n_before": self.n_before}
        return result


def by_age(facts: pd.DataFrame, time: str, age_from: str, dimensions: Sequence[str]) -> Aged:
    """Return facts by their age.

    Parameters
    ----------
    facts : DataFrame
    time, age_from : str
        Columns of moments.
    dimensions : sequence of str
        Groups.

    Returns
    -------
    Aged

    Examples
    --------
    >>> facts = pd.DataFrame({"at": ["2026-05-09", "2026-05-30"], "launch": ["2026-05-01", "2026-05-29"]})
    >>> by_age(facts, "at", "launch", []).facts["at"].dt.day.tolist()
    [9, 2]
    """
    moment, begin = read_times(facts[time], time), read_times(facts[age_from], age_from)
    age = moment - begin
    before = age < pd.Timedelta(0)
    kept = facts[~before.to_numpy()].copy(deep=False)
    kept[time] = (_ORIGIN + age[~before]).astype("datetime64[us]").to_numpy()
    # the data end with the last day that has a row
    end = moment.max().normalize() + pd.Timedelta(days=1) if moment.notna().any() else pd.NaT
    reached = _ORIGIN + (end - begin[~before])
    codes, groups = encode_groups(kept, list(dimensions))
    by_group = pd.Series(reached.to_numpy(dtype="datetime64[us]")).groupby(codes)
    if not dimensions:
        index = pd.RangeIndex(len(groups))
    elif len(dimensions) == 1:
        index = pd.Index(groups[dimensions[0]].astype("str"))
    else:
        index = pd.MultiIndex.from_frame(groups.astype("str"))
    seen, whole = (
        part.reindex(range(len(groups))).set_axis(index) for part in (by_group.max(), by_group.min())
    )
    return Aged(kept, seen, whole, int(before.sum()))
