"""Where tickets wait: how long each stage takes, those still in it being censored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.argument_types import as_names
from csatext.dates.period_names import read_moment
from csatext.errors import SchemaError
from csatext.inference import check_level
from csatext.schema import conform, with_reason
from csatext.schema.service import STAGE_DURATIONS
from csatext.service.inputs.records import NO_ROWS, column_of, records_of, seconds_of, times_of
from csatext.service.survival import kaplan_meier, median
from csatext.service.ticket_measures import CLOSED_STATES

__all__ = ["stage_durations"]

_ENTERED = ("entered_at", "started_at", "created_at")
_LEFT = ("left_at", "ended_at")


def stage_durations(
    events: pd.DataFrame,
    *,
    final: Sequence[str] | None = None,
    as_of: object = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how long tickets stay in each stage, the slowest first.

    Parameters
    ----------
    events : DataFrame
        One row a ticket and stage: ``doc_id``, ``stage``, ``entered_at`` and, where it is known,
        ``left_at``; without it a stage ends when the ticket's next one begins. Left unchanged.
    final : list of str, optional
        Stages in which a ticket is finished and waits for nothing. Default: the usual words (已完成, 关闭,
        closed ...).
    as_of : date, optional
        Until when tickets were watched; a stage not left by then is censored. Default: the last time.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Table ``stage_durations``, one row a stage; the bottleneck is the stage with the longest median (not
        reached counts as longest). ``attrs``: ``repairs``, ``as_of``, ``level``. REQUIREMENTS row 86.

    Raises
    ------
    SchemaError
        A column is missing or cannot be read.
    ParameterError
        ``final`` is no list of names, or a level that is none.

    Notes
    -----
    Kaplan and Meier (1958); interval of the median: Brookmeyer and Crowley (1982). ``mean_hours`` is the
    restricted mean up to the longest stay seen. A stage left before it was entered has no duration.

    Examples
    --------
    >>> events = pd.DataFrame({"doc_id": ["1", "1", "2", "2"], "stage": ["受理", "派单", "受理", "派单"],
    ...     "entered_at": ["2026-05-01 08:00", "2026-05-01 09:00", "2026-05-01 08:00", "2026-05-01 11:00"],
    ...     "left_at": ["2026-05-01 09:00", "2026-05-02 09:00", "2026-05-01 11:00", "2026-05-02 17:00"]})
    >>> stage_durations(events)[["stage", "n", "median_hours", "is_bottleneck"]].values.tolist()
    [['派单', 2, 24.0, True], ['受理', 2, 1.0, False]]
    """
    check_level(level)
    frame = records_of(events, "events", ("doc_id", "stage"))
    when = column_of(frame, *_ENTERED)
    if when is None:
        raise SchemaError.missing_column("events", "entered_at", frame.columns)
    done = CLOSED_STATES if final is None else frozenset(as_names(final, "final", "环节名的列表"))
    repairs: dict[str, int] = {}
    twice = frame.duplicated()
    repairs["重复的行"] = int(twice.sum())
    frame = frame[~twice].reset_index(drop=True)
    entered = times_of(frame, when)
    repairs["没有时间"] = int(np.isnat(entered).sum())
    leaving = column_of(frame, *_LEFT)
    left = times_of(frame, leaving) if leaving else _next_entry(frame, entered)
    watched = _watched(entered, left, as_of)
    stay = seconds_of(left) - seconds_of(entered)
    open_until = seconds_of(np.full(len(frame), watched)) - seconds_of(entered)
    happened = ~np.isnan(stay)
    duration = np.where(happened, stay, open_until) / 3600
    repairs["先离开后进入"] = int((stay < 0).sum())
    names = frame["stage"].astype("str").str.strip()
    used = frame["stage"].notna().to_numpy() & (duration >= 0) & ~names.str.lower().isin(done).to_numpy()
    rows = [
        _row(name, duration[where & used], happened[where & used], level)
        for name in names[used].unique()
        for where in [(names == name).to_numpy()]
    ]
    columns = [column.name for column in STAGE_DURATIONS.columns]
    table = pd.DataFrame(
        rows, columns=[name for name in columns if name not in ("rank", "is_bottleneck", "share")]
    )
    slow = table["median_hours"].astype("float64").fillna(np.inf)
    table = table.assign(slow=slow).sort_values(
        ["slow", "mean_hours", "stage"], ascending=[False, False, True], ignore_index=True
    )
    table["rank"] = np.arange(1, len(table) + 1)
    table["is_bottleneck"] = table["rank"] == 1
    total = float(table["total_hours"].sum())
    table["share"] = table["total_hours"] / total if total else np.nan
    table.attrs = {
        "repairs": {name: n for name, n in repairs.items() if n}, "level": level,
        "as_of": None if np.isnat(watched) else str(watched),
    }  # fmt: skip
    if not len(table):
        table.attrs["reason"] = NO_ROWS
    return with_reason(conform(table, STAGE_DURATIONS))


def _next_entry(frame: pd.DataFrame, entered: np.ndarray) -> np.ndarray:
    """Return when the next stage of the same ticket began; NaT for its last one."""
    doc = pd.factorize(frame["doc_id"])[0]
    order = np.lexsort((np.arange(len(frame)), entered, doc))
    order = order[~np.isnat(entered[order])]
    left = np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[us]")
    same = doc[order][1:] == doc[order][:-1]
    left[order[:-1][same]] = entered[order[1:][same]]
    return left


def _watched(entered: np.ndarray, left: np.ndarray, as_of: object) -> np.datetime64:
    if as_of is not None:
        return read_moment(as_of, "as_of", last=True).to_datetime64()
    known = np.concatenate([entered, left])
    known = known[~np.isnat(known)]
    return known.max() if len(known) else np.datetime64("NaT")


def _row(name: str, duration: np.ndarray, happened: np.ndarray, level: float) -> dict[str, object]:
    curve = kaplan_meier(duration, happened, level)
    middle, low, high = median(curve)
    steps = np.diff(np.append(0.0, curve.times))
    return {
        "stage": name, "n": len(duration), "n_open": int((~happened).sum()), "median_hours": middle,
        "low": low, "high": high, "p90_hours": median(curve, 0.1)[0],
        "mean_hours": float((np.append(1.0, curve.value[:-1]) * steps).sum()),
        "total_hours": float(duration.sum()),
    }  # fmt: skip
