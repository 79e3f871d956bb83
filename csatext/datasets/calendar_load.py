"""When contacts come in: seasons and holidays, day of the week, hour of the day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.lexicon import lexicon_path

__all__ = ["day_weights", "days_of", "draw_seconds", "week_labels"]

_WEEKDAY = np.array([1.12, 1.07, 1.04, 1.01, 1.00, 0.89, 0.86])
_DAILY_NOISE = 0.05
_HOURS = {
    "call": [0, 0, 0, 0, 0, 0, 0, 1, 5, 9, 11, 9, 5, 6, 9, 10, 9, 8, 5, 5, 5, 4, 1, 0],
    "chat": [2, 1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 8, 6, 6, 7, 8, 7, 6, 6, 7, 9, 9, 7, 4],
    "text": [1, 1, 0, 0, 0, 0, 1, 2, 5, 9, 10, 8, 4, 5, 8, 9, 8, 7, 5, 5, 5, 5, 3, 2],
}


def days_of(start: pd.Timestamp, weeks: int) -> pd.DatetimeIndex:
    """Return every day of the simulation, midnight."""
    return pd.date_range(start, periods=7 * weeks, freq="D", unit="us")


def week_labels(days: pd.DatetimeIndex) -> npt.NDArray[np.object_]:
    """Return the ISO 8601 week of each day, as in ``2026-W10``.

    Examples
    --------
    >>> week_labels(pd.DatetimeIndex(["2026-01-04", "2026-01-05"])).tolist()
    ['2026-W01', '2026-W02']
    """
    iso = days.isocalendar()
    labels = iso["year"].astype(str) + "-W" + iso["week"].astype(str).str.zfill(2)
    return labels.to_numpy(dtype=object)


def day_weights(days: pd.DatetimeIndex, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the share of contacts of each day, which sums to 1.

    Weekday profile x calendar factor (``lexicons/demo/calendar.tsv``) x log-normal noise of 5 %, because
    the daily counts of a real centre vary more than a Poisson count. Only the volume has seasons: the
    mix and the rates stay the same, so that a change of a rate is an incident.
    """
    calendar = pd.read_csv(lexicon_path("demo/calendar.tsv"), sep="\t", parse_dates=["first", "last"])
    factor = np.ones(len(days))
    for first, last, value in zip(calendar["first"], calendar["last"], calendar["factor"], strict=True):
        factor[(days >= first) & (days <= last)] = value
    weight = factor * _WEEKDAY[days.day_of_week] * np.exp(rng.normal(0.0, _DAILY_NOISE, len(days)))
    return weight / weight.sum()


def draw_seconds(style: npt.NDArray[np.object_], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return a second of the day for each contact by the hour profile of its style."""
    seconds = rng.integers(0, 3600, len(style))
    for name, profile in _HOURS.items():
        rows = np.flatnonzero(style == name)
        probability = np.array(profile, dtype=np.float64)
        seconds[rows] += 3600 * rng.choice(24, len(rows), p=probability / probability.sum())
    return seconds
