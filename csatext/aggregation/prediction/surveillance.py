"""Prospective surveillance of series: p values of each period, incidents from first to last period."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from csatext.aggregation.panel.dispersion import FEWEST_SERIES, upper_tail
from csatext.aggregation.panel.panel import Array
from csatext.aggregation.panel.seasonal import Season
from csatext.aggregation.prediction.baseline import PredictedCounts, make_baseline

__all__ = ["FEWEST", "WINDOWS", "Exceedance", "watch"]

WINDOWS = {
    "h": {1: 0.2, 2: 0.3, 3: 0.3, 6: 0.2},
    "D": {1: 0.24, 2: 0.48, 3: 0.64, 7: 0.24},
    "W": {1: 0.4, 2: 0.4, 4: 0.2},
    "M": {1: 0.6, 2: 0.4},
    "Q": {1: 1.0},
    "Y": {1: 1.0},
}
"""Sums that are tested, and the share of the false alarms that each may raise: short ones are quick,
long ones see small rises. Those of days add up to 1.6: windows overlap and counts are whole numbers, so
that shares of one would leave half of the promise unused (benchmarks/alerts.py)."""

FEWEST = {"h": 24 * 14, "D": 28, "W": 12, "M": 12, "Q": 8, "Y": 5}
"""Periods before the first one that can be judged."""

_HISTORY = {"h": 24 * 28, "D": 56, "W": 52, "M": 36, "Q": 16, "Y": 20}
_HALF_LIFE = {"h": 24 * 10, "D": 28, "W": 16, "M": 12, "Q": 8, "Y": 5}
_SEASON_HISTORY = {"h": 24 * 42, "D": 112, "W": 104, "M": 60, "Q": 24, "Y": 20}
_REFIT = {"h": 72, "D": 7}
# Periods an incident may last before its level counts as the new normal.
_LONGEST = {"h": 24 * 7, "D": 28, "W": 8, "M": 6, "Q": 4, "Y": 2}
# Gaps between two parts of one incident, in periods: one too short to test, and the longest.
_SHORT_GAP = 2
_LONGEST_GAP = {"h": 12, "D": 7, "W": 2, "M": 2, "Q": 2, "Y": 2}
# The last periods are kept out of the level, so that a rise does not raise its own expectation.
_LAG = 2
# Standard deviation left of a holiday's common effect after it was estimated from all series.
_SEEN = 0.2


@dataclass
class Exceedance:
    """One run of periods above expectation; positions of periods from 0."""

    group: int
    start: int
    end: int
    detected: int
    p: float
    observed: float
    expected: float
    is_open: bool


def watch(
    counts: Array,
    exposure: Array,
    season: Season,
    freq: str,
    threshold: float,
    min_count: float,
    recent: int | None = None,
) -> tuple[list[Exceedance], int]:
    """Go through the periods in order and return the incidents, and the number of periods judged.

    With ``recent``, only the last ``recent`` periods are judged, from a history that estimates the level.

    Each period is judged with what was known before it: level of the last 56 days (lately flagged
    periods left out), season of the last 112, refitted once a week. Sums over several windows are
    compared with negative binomial tails whose variance holds the uncertainty of level, season and
    dispersion (Farrington et al. 1996; Noufaily et al. 2013).
    """
    groups, periods = counts.shape
    weights = np.ones(counts.shape)
    expected = np.full(counts.shape, np.nan)
    current: list[Exceedance | None] = [None] * groups
    last: list[Exceedance | None] = [None] * groups
    closed: list[Exceedance] = []
    refit = _REFIT.get(freq, 1)
    settled = np.full(groups, -1)
    first = FEWEST[freq]
    if recent is not None:
        # What came earlier matters only as past: incidents in it are left out of the level.
        first = max(first, periods - recent - _HISTORY[freq])
    baseline = None
    for t in range(first, periods):
        if baseline is None or (t - first) % refit == 0:
            past = slice(max(0, t - _SEASON_HISTORY[freq]), t)
            baseline = make_baseline(counts, exposure, weights, season, freq, past, min(periods, t + refit))
        past = slice(max(baseline.first, t - _HISTORY[freq]), t - _LAG)
        longest = min(max(WINDOWS[freq]), t - baseline.first)
        ahead = slice(t + 1 - longest, t + 1)
        forecast = baseline.expect(counts, exposure, weights, past, ahead, _HALF_LIFE[freq])
        forecast = _with_common_effect(forecast, counts[:, ahead], season.is_special[ahead])
        expected[:, t] = forecast.mean[:, -1]
        p, width = _smallest_p(counts[:, ahead], forecast, WINDOWS[freq], min_count, t - settled)
        for group in np.flatnonzero((p <= threshold) | np.array([c is not None for c in current])):
            incident = current[group]
            if incident is None:
                begin = t + 1 - int(width[group])
                begin += int(np.argmax(counts[group, begin : t + 1] > forecast.mean[group, begin - t - 1 :]))
                mean = float(forecast.mean[group, begin - t - 1 :].sum())
                seen = float(counts[group, begin : t + 1].sum())
                incident = Exceedance(int(group), begin, t, t, float(p[group]), seen, mean, True)
                before = last[group]
                if before is not None and _is_same(before, incident, counts[group], expected[group], freq):
                    incident = _joined(before, incident, counts[group], expected[group])
                    closed.remove(before)
                current[group] = incident
                weights[group, incident.start : t + 1] = 0.0
                continue
            _carry_on(incident, t, counts[group], expected[group], weights[group], _LONGEST[freq])
            if not incident.is_open:
                closed.append(incident)
                last[group], current[group] = incident, None
                settled[group] = t
    return closed + [incident for incident in current if incident is not None], max(periods - first, 0)


def _carry_on(
    incident: Exceedance, t: int, counts: Array, expected: Array, weights: Array, longest: int
) -> None:
    """Extend an incident by period ``t``, or close it where the last three returned to the baseline."""
    ratio = incident.observed / max(incident.expected, 1e-9)
    recent = slice(max(incident.detected, t - 2), t + 1)
    bound = expected[recent].sum() * (1 + 0.4 * (ratio - 1))
    if counts[t] > expected[t] * (1 + 0.4 * (ratio - 1)):
        gap = slice(incident.end + 1, t + 1)
        incident.observed += float(counts[gap].sum())
        incident.expected += float(expected[gap].sum())
        incident.end = t
    weights[t] = 0.0
    if t - incident.end >= 3 or (t - incident.end >= 2 and counts[recent].sum() < bound):
        incident.is_open = False
        weights[incident.end + 1 : t + 1] = 1.0
    elif t - incident.start >= longest:
        incident.is_open = False
        weights[incident.start : t + 1] = 1.0


def _is_same(before: Exceedance, after: Exceedance, counts: Array, expected: Array, freq: str) -> bool:
    """Return whether two incidents of a series are one: between them the level was not that of the baseline.

    A gap of one or two periods is too short to test. In a longer one the counts must be likelier at
    the level of the incidents than at that of the baseline (ratio of Poisson likelihoods).
    """
    gap = slice(before.end + 1, after.start)
    length = gap.stop - gap.start
    if length <= _SHORT_GAP:
        return True
    ratio = (before.observed + after.observed) / max(before.expected + after.expected, 1e-9)
    if length > _LONGEST_GAP[freq] or ratio <= 1:
        return False
    middle = (ratio - 1) / np.log(ratio)
    return bool(counts[gap].sum() > middle * expected[gap].sum())


def _joined(before: Exceedance, after: Exceedance, counts: Array, expected: Array) -> Exceedance:
    """Return one incident from the start of ``before`` to the end of ``after``, found when the first was."""
    gap = slice(before.end + 1, after.start)
    return replace(
        before,
        end=after.end,
        p=min(before.p, after.p),
        observed=before.observed + float(counts[gap].sum()) + after.observed,
        expected=before.expected + float(expected[gap].sum()) + after.expected,
        is_open=True,
    )


def _with_common_effect(forecast: PredictedCounts, counts: Array, is_special: np.ndarray) -> PredictedCounts:
    """Return the forecast times the common effect of all series on holidays and promotions.

    A holiday may come once in the history, or never; its effect is
    estimated from the other series on the day itself. On ordinary days a rise of all series is left in.
    """
    big = (forecast.mean > 3).all(axis=1)
    if not is_special.any() or big.sum() < FEWEST_SERIES:
        return forecast
    mean, variance = forecast.mean[big], forecast.season_variance.copy()
    # The median lies below the mean by about a sixth of the third cumulant over the variance.
    skew = (2 * forecast.variance[big] / mean - 1) / 6
    ratio = np.median((np.minimum(counts[big], 3 * mean) + skew) / mean, axis=0)
    factor = np.where(is_special, np.clip(ratio, 0.2, 5.0), 1.0)
    own = forecast.reading - np.median(forecast.reading[big], axis=0)
    known = np.minimum(variance - forecast.reading**2, _SEEN**2) + own**2
    variance[:, is_special] = known[:, is_special]
    # Variance over mean grows with the mean, or stays: whichever is wider.
    spread = (forecast.variance / np.maximum(forecast.mean, 1e-12) - 1) * np.maximum(factor, 1.0)
    moved = forecast.mean * factor
    return replace(forecast, mean=moved, variance=moved * (1 + spread), season_variance=variance)


def _smallest_p(
    counts: Array, forecast: PredictedCounts, windows: dict[int, float], min_count: float, longest: np.ndarray
) -> tuple[Array, np.ndarray]:
    """Return the smallest p value over the windows that end with the last period, and its width.

    Each window's p value is divided by its share of the false alarms. ``longest`` is the widest window
    of each series: one that reached back into an incident that is over would report it again.
    """
    best = np.ones(len(counts))
    width = np.ones(len(counts), dtype=int)
    for size, share in windows.items():
        if size > counts.shape[1]:
            continue
        seen = counts[:, -size:].sum(axis=1)
        mean = forecast.mean[:, -size:].sum(axis=1)
        serial = 1 + 2 * sum((1 - lag / size) * forecast.rho**lag for lag in range(1, size))
        variance = forecast.variance[:, -size:].sum(axis=1) * serial
        unsure = (forecast.mean[:, -size:] ** 2 * forecast.season_variance[:, -size:]).sum(axis=1)
        unsure += mean**2 * forecast.level_variance
        high = (seen >= min_count) & (seen > mean + np.sqrt(variance)) & (size <= longest)
        p = np.ones(len(counts))
        p[high] = upper_tail(*(each[high] for each in (seen, mean, variance, unsure, forecast.freedom)))
        p[high] /= share
        better = p < best
        best, width = np.where(better, p, best), np.where(better, size, width)
    return best, width
