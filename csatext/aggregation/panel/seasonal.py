"""Season and business calendar as regressors, and seasonally adjusted values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from csatext.aggregation.panel.calendar import CalendarLike, days_of, kept_by_periods
from csatext.aggregation.panel.panel import CYCLES, Array, Panel, next_starts
from csatext.aggregation.panel.regression import Fit, fit_gaussian, fit_poisson, normal_matrix

__all__ = [
    "Adjustment",
    "Season",
    "calendar_season",
    "forecast_season",
    "level_basis",
    "seasonal_adjustment",
    "seasonally_adjusted",
]

# Complete periods, and contacts in a group, below which a season cannot be estimated (ours).
_FEWEST_PERIODS = {"h": 24 * 14, "D": 28, "W": 104, "M": 24, "Q": 8}
# Weeks with which holidays and promotions alone, without a position in the year, are worth a test.
_FEWEST_WEEKS_TESTED = 20
_FEWEST_CONTACTS = 30

# Shortest part before and after a step, most places that are tried, and bound of a log mean.
_SHORTEST = 3
_MOST_STEPS = 150
_STEP_TURNS = 4
_LARGEST = 20.0

# Periods between the knots of the level, so that the level does not absorb the season.
KNOTS = {"h": 24 * 7, "D": 28, "W": 26, "M": 12, "Q": 4, "Y": 2}
# The cost grows with the square of the knots; a season needs no finer level than this.
_MOST_KNOTS = 40
# Weekdays, holiday, Spring Festival, make-up workday, promotion, goods for the new year, day after.
_DAILY_SCALE = np.array([1.0] * 7 + [0.35, 0.35, 0.2, 0.35, 0.35, 0.2])
_DAILY_CENTRE = np.array([0.0] * 10 + [0.25, 0.0, 0.0])
_FLAGS = ["is_holiday", "is_spring", "is_makeup", "is_promotion", "is_new_year_goods", "is_after"]
# Prior standard deviation of a month's effect (ours), as for the harmonics it replaces,
# and the part of the calendar's prior that is kept with it: in two years a festival that falls in either
# of two months is hardly identifiable from the months themselves.
_SCALE = 0.3
_CALENDAR_PART = 0.4
# Shares of days that the season of a longer period ends with.
_SHARES = ["is_workday", "is_holiday", "is_spring", "is_promotion"]


@dataclass(frozen=True)
class Season:
    """Regressors of season and calendar.

    Attributes
    ----------
    features : array, periods x features
    scale : array, one a feature
        Standard deviation expected of the feature's effect, on the log scale of counts: the prior of
        the ridge. A day that has not been seen before is allowed this much.
    centre : array, one a feature
        Effect expected before anything was seen: promotions bring contacts.
    literal : array, periods x features
        The other reading of a holiday or make-up workday: it keeps its own weekday. Which of the two
        holds differs from centre to centre.
    is_special : array of bool, one a period
        Holidays, make-up workdays, promotions and the first working day after a holiday.
    """

    features: Array
    scale: Array
    centre: Array
    literal: Array
    is_special: np.ndarray


@dataclass(frozen=True)
class Adjustment:
    """Seasonally adjusted values, and the regressors of the adjustment.

    Attributes
    ----------
    values : array, groups x periods
        NaN where nothing was taken out.
    readings : arrays, periods x features
        The regressors in the two readings of a holiday (:class:`Season`).
    reading : array of int, one a group
        The reading that fits the group better.
    scale : array, one a feature
        Standard deviation expected of an effect, in units of ``unit``.
    unit : array, one a group
        What an effect of one is: a factor of e for counts (one), else the root mean square of the
        values of single contacts (rates) or of periods (means), so that seconds and minutes are
        adjusted alike.
    """

    values: Array
    readings: tuple[Array, Array]
    reading: np.ndarray
    scale: Array
    unit: Array


@kept_by_periods
def calendar_season(starts: pd.DatetimeIndex, freq: str, calendar: CalendarLike) -> Season:
    """Return the regressors of each period.

    Days: weekday; a holiday counts as a Sunday with an effect of its own, a make-up workday as an
    average working day; Spring Festival, promotions and the first working day after a holiday have
    effects. Hours: hour of working and of free days besides. Longer periods: position in the year,
    share of working days, holidays and promotion days. The size of the priors is ours.
    """
    if not len(starts):
        return Season(np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros((0, 0)), np.zeros(0, dtype=bool))
    stop = next_starts(starts[-1], freq, 1)[0] - pd.Timedelta(microseconds=1)
    days = _daily(starts[0].normalize(), stop.normalize(), calendar)
    if freq in ("h", "D"):
        at = days.index.get_indexer(starts.normalize())
        daily = _daily_features(days)
        features, scale, centre = daily[at], _DAILY_SCALE, _DAILY_CENTRE
        if freq == "h":
            off = (~days["is_workday"]).to_numpy()[at]
            hour = np.eye(24)[starts.hour]
            features = np.hstack([features, hour * ~off[:, None], hour * off[:, None]])
            scale, centre = np.append(scale, np.full(48, 1.5)), np.append(centre, np.zeros(48))
        literal = features.copy()
        literal[:, :7] = np.eye(7)[starts.day_of_week]
        return Season(features, scale, centre, literal, days["is_special"].to_numpy()[at])
    grouped = days.groupby(starts[starts.searchsorted(days.index, side="right") - 1])
    # Weeks of buying for the new year are a level of three weeks; months hold them with much else.
    flags = [*_SHARES, "is_new_year_goods"] if freq == "W" else _SHARES
    share = grouped[flags].mean().to_numpy()
    share[:, 0] -= 5 / 7
    year = (starts.day_of_year.to_numpy() - 1) / 365.25
    # In less than two years the position in the year is confounded with a drift of the level.
    waves = {"W": 3, "M": 3, "Q": 1, "Y": 0}[freq] if (starts[-1] - starts[0]).days > 600 else 0
    angles = 2 * np.pi * np.outer(year, np.arange(1, waves + 1))
    features = np.hstack([np.sin(angles), np.cos(angles), share])
    scale = np.append(np.full(2 * angles.shape[1], 0.3), np.full(len(flags), 0.7))
    is_special = share[:, 1 : len(_SHARES)].sum(axis=1) > 0
    return Season(features, scale, np.zeros(len(scale)), features, is_special)


def _daily(first: pd.Timestamp, last: pd.Timestamp, calendar: CalendarLike) -> pd.DataFrame:
    """Return the flags of each day, from a week before ``first`` (for the day after a holiday)."""
    begin = first - pd.Timedelta(days=7)
    index = pd.date_range(begin, last, freq="D", unit="us")
    days = days_of(calendar, begin, last)
    if days is None:
        days = pd.DataFrame({"is_workday": index.day_of_week < 5}, index=index)
        days[[*_FLAGS, "is_special"]] = False
        return days.loc[first:]
    days = days.set_index("date")
    days["is_holiday"] = (days["day_type"] == "holiday").to_numpy()
    days["is_spring"] = (days["holiday"] == "春节").fillna(value=False).to_numpy(dtype=bool)
    days["is_makeup"] = (days["day_type"] == "makeup").to_numpy()
    # The weeks of buying before the new year are no estimate for the few days of the other festivals.
    days["is_new_year_goods"] = (days["promotion"] == "年货节").fillna(value=False).to_numpy(dtype=bool)
    days["is_promotion"] = days["promotion"].notna().to_numpy() & ~days["is_new_year_goods"]
    days["is_after"] = (days["is_workday"] & days["is_holiday"].shift(1, fill_value=False)).to_numpy()
    special = ["is_holiday", "is_makeup", "is_promotion", "is_new_year_goods", "is_after"]
    days["is_special"] = days[special].any(axis=1)
    return days.loc[first:]


def _daily_features(days: pd.DataFrame) -> Array:
    """Return weekday shares and flags, days x 13."""
    weekday = np.eye(7)[days.index.day_of_week]
    weekday[days["is_holiday"].to_numpy()] = np.eye(7)[6]
    weekday[days["is_makeup"].to_numpy()] = [0.2] * 5 + [0.0] * 2
    flags = days[_FLAGS].to_numpy(dtype=float)
    return np.hstack([weekday, flags])


def level_basis(periods: int, every: int) -> Array:
    """Return hat functions of a piecewise linear level with a knot about ``every`` periods, at most 40.

    Shape (periods, knots); each row sums to one.
    """
    knots = np.linspace(
        0, max(periods - 1, 1), int(np.clip(round((periods - 1) / every) + 1, 2, _MOST_KNOTS))
    )
    at = np.arange(periods)
    return np.stack([np.interp(at, knots, unit) for unit in np.eye(len(knots))], axis=1)


def seasonally_adjusted(panel: Panel, calendar: CalendarLike) -> Array:
    """Return seasonally adjusted values, groups x periods; NaN where data are too few.

    :func:`seasonal_adjustment` with a smooth level, for every group with enough data.
    """
    return seasonal_adjustment(panel, calendar).values


def seasonal_adjustment(
    panel: Panel,
    calendar: CalendarLike,
    *,
    only_significant: bool = False,
    with_step: bool = False,
    straight: bool = False,
) -> Adjustment:
    """Return seasonally adjusted values, and the regressors of the adjustment.

    A Poisson regression with log link for counts (the effect is divided out), least squares weighted
    by the denominator for rates and means (it is subtracted), on a piecewise linear level and
    :func:`calendar_season`, effects shrunken (penalised likelihood, ridge); of the two readings
    of holidays the one that fits a group better. Needs 14 days of hours, 28 days, 104 weeks, 24
    months or 8 quarters, and 30 contacts in the group (our choice).

    Parameters
    ----------
    panel : Panel
    calendar : "CN", None or DataFrame
    only_significant : bool
        Leave NaN where season and calendar are not significant (5 %): tests lose power
        when noise is taken out as if it were season. ``with_step``, next to a level with a step
        or to a constant one, whichever shows more: a promotion of two weeks that the series begins with is a
        step as well. From 20 weeks on, as less than two years have no position in the year to estimate.
    with_step : bool
        The level may have one step, which a smooth one would leave to the holidays near it.
    straight : bool
        The level is one straight line, as a test for a trend has it.
    """
    season = calendar_season(panel.starts, panel.freq, calendar)
    adjusted = np.full(panel.n.shape, np.nan)
    reading = np.zeros(len(adjusted), dtype=int)
    unit = np.ones(len(adjusted))
    result = Adjustment(adjusted, (season.features, season.literal), reading, season.scale, unit)
    fewest = _FEWEST_PERIODS.get(panel.freq)
    if panel.freq == "W" and only_significant:
        fewest = _FEWEST_WEEKS_TESTED
    whole = panel.is_complete
    if fewest is None or whole.sum() < fewest:
        return result
    periods = len(panel.starts)
    level = level_basis(periods, periods if straight else KNOTS[panel.freq])
    enough = (panel.n[:, whole].sum(axis=1) >= _FEWEST_CONTACTS) & (panel.denominator.sum(axis=1) > 0)
    if not enough.any():
        return result
    value = panel.value[enough]
    weight = np.ones(value.shape) if panel.kind == "count" else panel.denominator[enough]
    weight = weight * whole
    if panel.kind != "count":
        # A contact that counts to a rate has value one or zero, which is its own square.
        squares = np.nan_to_num(value if panel.kind == "rate" else value**2)
        mean = (weight * squares).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12)
        unit[enough] = np.where(mean > 0, np.sqrt(np.maximum(mean, 0)), 1.0)
    filled = np.nan_to_num(value) / unit[enough, None]
    effect, best = np.zeros(value.shape), np.zeros(len(value), dtype=int)
    significant = np.zeros(len(value), dtype=bool)
    is_same = np.array_equal(season.features, season.literal)
    readings = result.readings[:1] if is_same else result.readings
    # The reading and the effect are those of the last round.
    rounds = [(level, _regress_with_step if with_step else _regress)]
    if with_step and only_significant:
        rounds.insert(0, (np.ones((len(level), 1)), _regress))
    for base, regress in rounds:
        precision = np.concatenate([np.full(base.shape[1], 1e-4), season.scale**-2.0])
        rank = np.linalg.matrix_rank(np.hstack([base, season.features])[whole]) - base.shape[1]
        deviance, dispersion = np.full(len(value), np.inf), np.ones(len(value))
        for number, features in enumerate(readings):
            fit = regress(np.hstack([base, features]), filled, precision, weight, panel.kind)
            better = fit.deviance < deviance
            effect[better] = fit.beta[better, base.shape[1] :] @ features.T
            best[better] = number
            deviance = np.minimum(fit.deviance, deviance)
            dispersion = np.where(better, fit.dispersion, dispersion)
        if only_significant:
            plain = regress(base, filled, precision[: base.shape[1]], weight, panel.kind)
            gain = (plain.deviance - deviance) / np.maximum(dispersion, 1e-12)
            significant |= gain >= stats.chi2.ppf(0.95, max(rank, 1))
    effect -= effect[:, whole].mean(axis=1, keepdims=True)
    cleared = value / np.exp(effect) if panel.kind == "count" else value - effect * unit[enough, None]
    if panel.kind == "rate":
        cleared = np.clip(cleared, 0, 1)
    if only_significant:
        cleared[~significant] = np.nan
    adjusted[enough], reading[enough] = cleared, best
    return result


def _regress(design: Array, values: Array, precision: Array, weights: Array, kind: str) -> Fit:
    """Fit counts by a Poisson regression with log link, rates and means by least squares."""
    return (fit_poisson if kind == "count" else fit_gaussian)(design, values, precision, weights)


def _regress_with_step(design: Array, values: Array, precision: Array, weights: Array, kind: str) -> Fit:
    """Fit as :func:`_regress`, with a step of the level where it explains most, in each series.

    The place is that of the largest score test of all steps given the other regressors (Rao 1948);
    its size follows in Newton steps.
    """
    is_count = kind == "count"
    periods = values.shape[1]
    at = np.unique(np.linspace(_SHORTEST, periods - _SHORTEST, min(periods, _MOST_STEPS)).round().astype(int))
    steps = (np.arange(periods)[:, None] >= at).astype(float)
    if not is_count:
        used = np.maximum((weights > 0).sum(axis=1, keepdims=True), 1)
        weights = weights / np.maximum(weights.sum(axis=1, keepdims=True) / used, 1e-12)
    matrix_of = normal_matrix(design)
    rows = np.arange(len(values))
    best = np.zeros(len(values), dtype=int)
    offset = np.zeros(values.shape)
    for turn in range(_STEP_TURNS):
        scale = np.exp(offset) if is_count else np.ones(values.shape)
        moved = values / scale if is_count else values - offset
        weight = weights * scale
        fit = _regress(design, moved, precision, weight, kind)
        mean = fit.beta @ design.T
        if is_count:
            mean = np.exp(np.clip(mean, -_LARGEST, _LARGEST))
        work = weight * mean if is_count else weight
        crossed = np.matmul((design * work[:, :, None]).transpose(0, 2, 1), steps)
        gram = (
            matrix_of(work)
            + fit.dispersion[:, None, None] * np.diag(precision)
            + 1e-9 * np.eye(len(precision))
        )
        left = np.maximum(work @ steps - (crossed * np.linalg.solve(gram, crossed)).sum(axis=1), 1e-9)
        score = (weight * (moved - mean)) @ steps
        if turn == 0:
            best = (score**2 / left).argmax(axis=1)
        size = score[rows, best] / left[rows, best]
        size = np.clip(size, -1.0, 1.0) if is_count else size
        offset = offset + size[:, None] * steps.T[best]
    return fit


def forecast_season(starts: pd.DatetimeIndex, freq: str, calendar: CalendarLike, known: int) -> Season:
    """Return the regressors of :func:`csatext.aggregation.panel.seasonal.calendar_season` for forecasts.

    With two years of months or quarters the smooth wave through the year gives way to one effect for
    each month (quarter), in the first columns: contracts end and bills come in single months.

    Parameters
    ----------
    starts : DatetimeIndex
        Periods of the past and those ahead.
    freq, calendar
        As in :func:`csatext.aggregation.trend.trend`.
    known : int
        Periods of the past.
    """
    season = calendar_season(starts, freq, calendar)
    if freq not in ("M", "Q") or known < 2 * CYCLES[freq]:
        return season
    cycle, shares = CYCLES[freq], len(_SHARES)
    position = starts.month.to_numpy() - 1 if freq == "M" else starts.quarter.to_numpy() - 1
    features = np.hstack([np.eye(cycle)[position], season.features[:, -shares:]])
    scale = np.append(np.full(cycle, _SCALE), _CALENDAR_PART * season.scale[-shares:])
    centre = np.append(np.zeros(cycle), season.centre[-shares:])
    return replace(season, features=features, literal=features, scale=scale, centre=centre)
