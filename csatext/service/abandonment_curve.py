"""When callers give up: hazard of abandoning by waiting time, answered calls censored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.errors import ParameterError
from csatext.inference import check_level, wilson
from csatext.schema import conform, with_reason
from csatext.schema.service import ABANDONMENT
from csatext.service.call_measures import call_measures
from csatext.service.inputs.records import NO_ROWS
from csatext.service.survival import kaplan_meier, median

__all__ = ["abandonment_curve"]

_BINS = tuple(range(0, 181, 10))


def abandonment_curve(
    calls: pd.DataFrame, *, bins: Sequence[float] = _BINS, level: float = 0.95
) -> pd.DataFrame:
    """Return the risk of abandoning in each bin of waiting time, and how many still wait after it.

    An answered call tells that its caller had not given up until then (it is censored): the share of
    abandoned calls among those of a waiting time would count impatience and short queues together.
    REQUIREMENTS row 57.

    Parameters
    ----------
    calls : DataFrame
        As :func:`csatext.call_measures` takes them, or with what it returns.
    bins : sequence of float, default 0, 10, ..., 180
        Edges in seconds, rising; a bin holds its upper edge and not its lower. The first bin has waits of
        the lowest edge too.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Table ``abandonment``, one row a bin. ``attrs``: ``n``, ``n_abandoned``, ``n_unknown`` (calls
        without a wait), ``median_patience`` (seconds after which half would have given up; None where that
        is not reached).

    Raises
    ------
    ParameterError
        Edges that do not rise, or a level that is none.
    SchemaError
        Nothing says which calls were answered or how long they waited.

    Notes
    -----
    Kaplan and Meier (1958), over single waits and not over bins. ``hazard`` is the probability to give up
    in the bin for who waits at its beginning and is not answered; its interval is Wilson's with the
    effective sample size (Rothman 1978, Journal of Chronic Diseases 31, 557-560). Interval of
    ``still_waiting``: log(-log), Kalbfleisch and Prentice (1980).

    Examples
    --------
    >>> calls = pd.DataFrame({"answered": [True, False, False, True], "wait_seconds": [5, 8, 15, 30]})
    >>> found = abandonment_curve(calls, bins=[0, 10, 20])
    >>> found[["at_risk", "abandoned", "hazard"]].round(3).values.tolist()
    [[4.0, 1.0, 0.333], [2.0, 1.0, 0.5]]
    """
    check_level(level)
    edges = _edges(bins)
    found = call_measures(calls)
    if "waiting_seconds" in found.attrs["absent"]:
        raise ParameterError(
            "没有等待时间，画不出放弃曲线；请给出 wait_seconds（等待秒数）列，"
            "或 queued_at（进线时间）与 answered_at（接起时间）两列。"
        )
    wait, gave_up = found["waiting_seconds"].to_numpy(), found["abandoned"]
    known = ~np.isnan(wait) & gave_up.notna().to_numpy()
    wait, event = wait[known], gave_up[known].to_numpy(dtype="float64")
    curve = kaplan_meier(wait, event, level)
    before = np.searchsorted(curve.times, edges, side="right")
    before[0] = 0
    survival = np.append(1.0, curve.value)[before]
    low, high = (np.append(1.0, ends)[before] for ends in (curve.low, curve.high))
    greenwood = np.append(0.0, np.cumsum(curve.hazard_variance))[before]
    starts = np.append(0, np.searchsorted(np.sort(wait), edges[1:-1], side="right"))
    stops = np.searchsorted(np.sort(wait), edges[1:], side="right")
    at_risk = (len(wait) - starts).astype("float64")
    events = np.diff(np.append(0.0, np.cumsum(curve.events))[before])
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = 1 - survival[1:] / survival[:-1]
        variance = (1 - hazard) ** 2 * np.diff(greenwood)
        effective = hazard * (1 - hazard) / variance
    # where nobody or everybody gave up there is no variance: those seen through the bin count
    through = np.where(events > 0, at_risk, np.maximum(len(wait) - stops, 0))
    size = np.where(np.isfinite(effective) & (effective > 0), effective, through)
    hazard = np.where((at_risk > 0) & (survival[:-1] > 0), hazard, np.nan)
    hazard_low, hazard_high = wilson(np.nan_to_num(hazard) * size, size, level)
    frame = pd.DataFrame(
        {
            "wait_from": edges[:-1], "wait_to": edges[1:], "at_risk": at_risk, "abandoned": events,
            "answered": (stops - starts) - events, "hazard": hazard,
            "low": np.where(np.isnan(hazard), np.nan, hazard_low),
            "high": np.where(np.isnan(hazard), np.nan, hazard_high),
            "still_waiting": survival[1:], "still_low": low[1:], "still_high": high[1:],
        }
    )  # fmt: skip
    half = median(curve)[0]
    frame.attrs = {
        "n": len(wait), "n_abandoned": int(event.sum()), "n_unknown": int((~known).sum()), "level": level,
        "median_patience": None if np.isnan(half) else half,
    }  # fmt: skip
    if not len(wait):
        frame = frame.iloc[:0]
        frame.attrs["reason"] = NO_ROWS
    return with_reason(conform(frame, ABANDONMENT))


def _edges(bins: Sequence[float]) -> np.ndarray:
    try:
        edges = np.asarray(list(bins), dtype="float64")
    except (TypeError, ValueError) as error:
        raise ParameterError.wrong_type("bins", bins, "等待秒数的分界，例如 [0, 10, 20, 30, 60]") from error
    if len(edges) < 2 or not (np.diff(edges) > 0).all() or edges[0] < 0 or not np.isfinite(edges).all():
        raise ParameterError.out_of_range("bins", list(bins), "至少两个从小到大、不小于 0 的秒数")
    return edges
