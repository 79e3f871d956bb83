"""Calls to measures: answered or abandoned, waiting, talking, holding, after-call work."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.argument_types import as_table
from csatext.errors import SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import CALL_MEASURES
from csatext.service.inputs.records import (
    Absent,
    as_flags,
    as_ids,
    column_of,
    finished,
    flags,
    lengths,
    not_negative,
    numbers,
    one_row_each,
    records_of,
    seconds_of,
    times_of,
)

__all__ = ["call_measures"]

Array = npt.NDArray[np.float64]

_WAIT = ("waiting_seconds", "wait_seconds", "queue_seconds")
_TALK = ("talking_seconds", "talk_seconds")
_HOLD = ("holding_seconds", "hold_seconds")
_WRAP = ("after_call_seconds", "acw_seconds", "wrap_seconds")
_HANDLE = ("handling_seconds", "handle_seconds")
_QUEUED = ("queued_at", "created_at", "started_at")
_LONGEST_SHIFT = 7.0
"""Days; what is longer was not signed off (chosen)."""
_DAY = np.timedelta64(1, "D")
_MICROSECONDS = 86_400_000_000


def call_measures(calls: pd.DataFrame, *, shifts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return of each call whether it was answered or abandoned, and how long each part of it took.

    Parameters
    ----------
    calls : DataFrame
        One row a call, with ``doc_id`` and what the telephone system exports: ``answered`` and
        ``abandoned`` (flags) or ``answered_at``; ``wait_seconds`` or ``queued_at``; ``talk_seconds`` or
        ``ended_at``; ``hold_seconds``, ``acw_seconds``; ``agent_id``. Left unchanged.
    shifts : DataFrame, optional
        ``agent_id``, ``started_at``, ``ended_at`` of the time in which each agent could take calls, for
        occupancy.

    Returns
    -------
    DataFrame
        Table ``call_measures`` by ``doc_id``. ``attrs``: ``absent`` (measure -> missing column),
        ``repairs`` (what was wrong -> how often), ``ready_seconds_left`` (seconds of shifts of agents and
        days without a call). Handling is talk + hold + after-call work; hold and after-call work
        that are blank in an answered call are 0. REQUIREMENTS rows 56 to 60, 64.

    Raises
    ------
    SchemaError
        Nothing says which calls were answered; a column cannot be read; doc_ids repeat.
    ParameterError
        ``calls`` or ``shifts`` is no DataFrame.

    See Also
    --------
    csatext.abandonment_curve : when callers give up.

    Notes
    -----
    A call that is both answered and abandoned was answered. Negative lengths are unknown.
    ``busy_seconds`` are those of the call in which the agent was not busy with an earlier one, so that
    they add up to the time busy; ``ready_seconds`` of an agent's day stand at the first call of the day,
    so that they add up by agent and day. Shifts that overlap count once; a night shift is parted at
    midnight; shifts that end before they begin, or last over a week, are left out and counted.

    Examples
    --------
    >>> calls = pd.DataFrame({"doc_id": ["1", "2"], "answered": [True, False], "wait_seconds": [12, 31],
    ...     "talk_seconds": [180, None], "hold_seconds": [20, None], "acw_seconds": [40, None]})
    >>> found = call_measures(calls)
    >>> found[["waiting_seconds", "handling_seconds"]].values.tolist()
    [[12.0, 240.0], [31.0, nan]]
    >>> found["abandoned"].tolist()
    [False, True]
    """
    absent, repairs = Absent(), dict[str, int]()
    frame = one_row_each(records_of(calls, "calls"), "calls", repairs)
    answered = _answered(frame)
    if "abandoned" in frame.columns:
        abandoned = flags(frame, "abandoned")
        both = (answered == 1) & (abandoned == 1)
        repairs["接起又放弃"] = int(both.sum())
        abandoned = np.where(both, 0.0, abandoned)
    else:
        abandoned = np.where(np.isnan(answered), np.nan, 1 - answered)
    moments = {
        name: seconds_of(times_of(frame, name))
        for name in (*_QUEUED, "answered_at", "abandoned_at", "ended_at")
        if name in frame.columns
    }
    taken = answered == 1
    waiting = _waiting(frame, moments, taken, absent, repairs)
    hold = _part(frame, _HOLD, "holding_seconds", "保持", taken, absent, repairs)
    wrap = _part(frame, _WRAP, "after_call_seconds", "话后", taken, absent, repairs)
    talk = _talking(frame, moments, hold, taken, absent, repairs)
    given = column_of(frame, *_HANDLE)
    parts = {"talking_seconds", "holding_seconds", "after_call_seconds"} & absent.keys()
    if not parts:
        handling = talk + np.nan_to_num(hold) + np.nan_to_num(wrap)
    elif given:
        handling = np.where(taken, not_negative(lengths(frame, given), "处理时长", repairs), np.nan)
    else:
        handling = np.full(len(frame), np.nan)
        absent["handling_seconds"] = "、".join(
            sorted({column for name in parts for column in absent[name].split("、")})
        )
    busy = _busy(frame, moments, handling, taken, absent)
    ready, left = _ready(frame, moments, shifts, absent, repairs)
    columns = {
        "answered": as_flags(answered), "abandoned": as_flags(abandoned), "waiting_seconds": waiting,
        "talking_seconds": talk, "holding_seconds": hold, "after_call_seconds": wrap,
        "handling_seconds": handling, "busy_seconds": busy, "ready_seconds": ready,
    }  # fmt: skip
    result = finished(columns, frame["doc_id"], absent, repairs)
    result.attrs["ready_seconds_left"] = left
    return with_reason(conform(result, CALL_MEASURES))


def _answered(frame: pd.DataFrame) -> Array:
    if "answered" in frame.columns:
        return flags(frame, "answered")
    if "answered_at" in frame.columns:
        return frame["answered_at"].notna().to_numpy(dtype="float64")
    if "abandoned" in frame.columns:
        return 1 - flags(frame, "abandoned")
    raise SchemaError(
        "看不出哪些来电接起了：表「calls」没有 answered（是否接起）、"
        "answered_at（接起时间）或 abandoned（是否放弃）列；"
        '请先改名，例如 calls.rename(columns={"是否接通": "answered"})。'
    )


def _waiting(
    frame: pd.DataFrame,
    moments: dict[str, Array],
    taken: npt.NDArray[np.bool_],
    absent: Absent,
    repairs: dict[str, int],
) -> Array:
    """Return the seconds in the queue, of abandoned calls too."""
    given = column_of(frame, *_WAIT)
    if given:
        return not_negative(lengths(frame, given), "等待", repairs)
    queued = next((moments[name] for name in _QUEUED if name in moments), None)
    if queued is None or "answered_at" not in moments:
        absent["waiting_seconds"] = "wait_seconds"
        return np.full(len(frame), np.nan)
    nothing = np.full(len(frame), np.nan)
    gave_up = moments.get("abandoned_at", moments.get("ended_at", nothing))
    return not_negative(np.where(taken, moments["answered_at"], gave_up) - queued, "等待", repairs)


def _part(
    frame: pd.DataFrame,
    names: tuple[str, ...],
    measure: str,
    name: str,
    taken: npt.NDArray[np.bool_],
    absent: Absent,
    repairs: dict[str, int],
) -> Array:
    """Return a part of answered calls; blank is 0, since systems write nothing for what was not."""
    given = column_of(frame, *names)
    if given is None:
        absent[measure] = names[1]
        return np.full(len(frame), np.nan)
    seconds = lengths(frame, given)
    seconds = not_negative(np.where(np.isnan(seconds), 0.0, seconds), name, repairs)
    return np.where(taken, seconds, np.nan)


def _talking(
    frame: pd.DataFrame,
    moments: dict[str, Array],
    hold: Array,
    taken: npt.NDArray[np.bool_],
    absent: Absent,
    repairs: dict[str, int],
) -> Array:
    given = column_of(frame, *_TALK)
    if given:
        return np.where(taken, not_negative(lengths(frame, given), "通话", repairs), np.nan)
    if not {"answered_at", "ended_at"} <= moments.keys():
        absent["talking_seconds"] = "talk_seconds"
        return np.full(len(frame), np.nan)
    seconds = moments["ended_at"] - moments["answered_at"] - np.nan_to_num(hold)
    return np.where(taken, not_negative(seconds, "通话", repairs), np.nan)


def _busy(
    frame: pd.DataFrame,
    moments: dict[str, Array],
    handling: Array,
    taken: npt.NDArray[np.bool_],
    absent: Absent,
) -> Array:
    """Return the seconds of each call in which its agent was not busy with one begun before."""
    busy = np.full(len(frame), np.nan)
    if "handling_seconds" in absent or "answered_at" not in moments or "agent_id" not in frame.columns:
        absent["busy_seconds"] = (
            "、".join([name for name in ("agent_id", "answered_at") if name not in frame.columns])
            or absent["handling_seconds"]
        )
        return busy
    agent, start = as_ids(frame, "agent_id"), moments["answered_at"]
    rows = np.flatnonzero(taken & (agent >= 0) & ~np.isnan(start + handling))
    rows = rows[np.lexsort((start[rows], agent[rows]))]
    if not len(rows):
        return busy
    origin = start[rows].min()
    begin, stop = start[rows] - origin, start[rows] + handling[rows] - origin
    apart = (stop.max() + 1.0) * agent[rows]
    latest = np.append(-np.inf, np.maximum.accumulate(stop + apart)[:-1])
    busy[rows] = np.maximum(stop + apart - np.maximum(begin + apart, latest), 0.0)
    return busy


def _ready(
    frame: pd.DataFrame,
    moments: dict[str, Array],
    shifts: pd.DataFrame | None,
    absent: Absent,
    repairs: dict[str, int],
) -> tuple[Array, float]:
    """Return the seconds an agent could take calls on a day, at the first call of that day."""
    ready = np.full(len(frame), np.nan)
    when = column_of(frame, *_QUEUED, "answered_at")
    if shifts is None or when is None or "agent_id" not in frame.columns:
        if "ready_seconds" in frame.columns:
            return numbers(frame, "ready_seconds"), 0.0
        absent["ready_seconds"] = "shifts" if shifts is None else "agent_id"
        return ready, 0.0
    spent = _ready_by_day(as_table(shifts, "shifts", ("agent_id", "started_at", "ended_at")), repairs)
    moment = times_of(frame, when)
    first = pd.DataFrame(
        {
            "agent": frame["agent_id"].astype("str").to_numpy(),
            "day": moment.astype("datetime64[D]"),
            "moment": moment,
            "row": np.arange(len(frame)),
        }
    ).dropna()
    first = first.sort_values(["moment", "row"]).drop_duplicates(["agent", "day"])
    of_day = spent.reindex(pd.MultiIndex.from_frame(first[["agent", "day"]])).to_numpy()
    ready[:] = 0.0
    ready[first["row"].to_numpy()] = np.nan_to_num(of_day)
    return ready, float(spent.sum() - np.nansum(of_day))


def _ready_by_day(shifts: pd.DataFrame, repairs: dict[str, int]) -> pd.Series:
    """Return the seconds of shifts by agent and day: overlaps count once, nights are parted at midnight."""
    begins, ends = times_of(shifts, "started_at"), times_of(shifts, "ended_at")
    agent, names = pd.factorize(shifts["agent_id"].astype("str").where(shifts["agent_id"].notna()))
    days = (ends - begins) / _DAY
    repairs["班次先结束后开始"] = int((days < 0).sum())
    repairs["班次超过一周"] = int((days > _LONGEST_SHIFT).sum())
    rows = np.flatnonzero((agent >= 0) & (days > 0) & (days <= _LONGEST_SHIFT))
    rows = rows[np.lexsort((begins[rows], agent[rows]))]
    who, begin, end = agent[rows], begins[rows].astype("int64"), ends[rows].astype("int64")
    if len(rows):
        apart = (int(end.max()) - int(begin.min()) + 1) * who.astype("int64")
        latest = np.maximum.accumulate(end - begin.min() + apart)
        begin = np.maximum(begin, np.append(begin[0], latest[:-1] - apart[1:] + begin.min()))
    first = begin // _MICROSECONDS
    pieces = np.maximum((end - 1) // _MICROSECONDS - first + 1, 0)
    at = np.repeat(np.arange(len(rows)), pieces)
    day = first[at] + np.arange(len(at)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    part = np.minimum(end[at], (day + 1) * _MICROSECONDS) - np.maximum(begin[at], day * _MICROSECONDS)
    spent = pd.DataFrame(
        {
            "agent": names.to_numpy()[who[at]],
            "day": day.astype("datetime64[D]"),
            "seconds": np.maximum(part, 0) / 1e6,
        }
    )
    return spent.groupby(["agent", "day"])["seconds"].sum()
