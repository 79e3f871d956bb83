"""Before and after a fix: interrupted time series, with or without a control group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from csatext.aggregation.inputs.arguments import (
    as_number,
    check_columns,
    check_switch,
    check_whole,
)
from csatext.aggregation.inputs.dimensions import free_dimensions
from csatext.aggregation.inputs.measures import is_flag
from csatext.aggregation.panel.calendar import CalendarLike, check_calendar
from csatext.aggregation.panel.panel import Array, Panel, make_panel
from csatext.aggregation.panel.regression import fit_gaussian, fit_poisson
from csatext.aggregation.panel.seasonal import calendar_season
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError, SchemaError
from csatext.inference import check_level
from csatext.schema import conform
from csatext.schema.time import EFFECT

__all__ = ["effect", "newey_west"]

_FEWEST = 3
_DRAWS = 4_000
# Observations for each coefficient of season and calendar, below which they are left out (ours).
_PER_FEATURE = 5
_CONTROL = "__control__"


@check_simple_types
def effect(
    facts: pd.DataFrame,
    at: object,
    *,
    time: str = "created_at",
    freq: str = "W",
    by: str | Sequence[str] | None = None,
    measure: str | None = None,
    denominator: str | None = None,
    count: str | None = None,
    kind: str | None = None,
    control: str | None = None,
    slope: bool = True,
    washout: int = 0,
    level: float = 0.95,
    calendar: CalendarLike = "CN",
    start: object = None,
    end: object = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Estimate the effect of an intervention at ``at``: on level, slope and average (counterfactual).

    Segmented regression (Wagner et al. 2002; Lopez Bernal et al. 2017) on complete periods: quasi-Poisson
    with log link for counts, weighted least squares for rates and means; season and calendar as
    regressors where there are enough periods; covariance of Newey and West 1987, so that serial
    correlation and overdispersion widen the intervals. Intervals are quantiles of what draws of the
    coefficients give.

    Parameters
    ----------
    facts, time, freq, by, measure, denominator, count, kind, calendar, start, end
        As in :func:`csatext.aggregation.trend.trend`.
    at : date
        When the fix took effect. A period that ``at`` cuts in two is left out.
    control : str, optional
        Flag column: True for contacts that the fix cannot have touched. Level and slope of these are
        taken out (controlled interrupted time series, Lopez Bernal et al. 2018).
    slope : bool
        Let the fix change the slope too; without it the slope goes on.
    washout : int
        Periods from ``at`` on that are left out, while the fix spreads.
    level : float
        Of the intervals.
    random_state : int
        Seed of the draws.

    Returns
    -------
    DataFrame
        Table ``effect``: three rows a group (level, slope, average), two without ``slope``. Groups with
        fewer than three periods on a side have NA. ``average`` is observed less expected over all
        periods after; ``relative`` of it is the figure to quote. REQUIREMENTS row 93.

    Raises
    ------
    ParameterError, SchemaError
        As ``trend``; ``at`` is not a date, or lies outside the data.

    Examples
    --------
    >>> weeks = pd.date_range("2026-01-05", periods=20, freq="7D")
    >>> late = pd.DataFrame({"created_at": weeks.repeat([40] * 10 + [20] * 10)})
    >>> table = effect(late, "2026-03-16", end="2026-05-24", calendar=None, slope=False)
    >>> table.loc[table["effect"] == "average", ["expected", "observed", "relative"]].round(2).values.tolist()
    [[40.0, 20.0, -0.5]]
    """
    check_level(level)
    moment = read_moment(at, "at")
    check_whole(washout, "washout", 0)
    check_whole(random_state, "random_state", 0)
    check_switch(slope, "slope")
    check_calendar(calendar)
    dimensions = free_dimensions(by, EFFECT)
    if control is not None:
        check_columns(facts, [control], "control")
        flags = as_number(facts, control)
        if not is_flag(flags):
            raise SchemaError.wrong_dtype("facts", control, facts[control].dtype, "是/否（True、False）")
        facts = facts.assign(**{_CONTROL: flags == 1})
    keys = [*dimensions, *([_CONTROL] if control is not None else [])]
    panel = make_panel(
        facts, time, freq, keys, measure,
        denominator=denominator, count=count, kind=kind, start=start, end=end,
    )  # fmt: skip
    if len(panel.starts) and not panel.starts[0] < moment <= panel.starts[-1]:
        span = f"{panel.starts[0]:%Y-%m-%d} 之后、{panel.starts[-1]:%Y-%m-%d} 及以前"
        raise ParameterError.out_of_range("at", str(at), span)
    groups = (
        panel.groups[dimensions].drop_duplicates(ignore_index=True) if dimensions else pd.DataFrame(index=[0])
    )
    rows: list[dict[str, object]] = []
    for number in range(len(groups)):
        own = groups.iloc[number]
        same = (
            (panel.groups[dimensions] == own).all(axis=1) if dimensions else np.ones(len(panel.groups), bool)
        )
        members = np.flatnonzero(same)
        if control is not None:
            untouched = panel.groups[_CONTROL].to_numpy()[members]
            members = members[np.argsort(untouched, kind="stable")] if len(members) == 2 else members[:0]
        found = _estimate(panel, members, moment, washout, slope, level, calendar, random_state)
        rows += [{**own.to_dict(), **row} for row in found]
    columns = [*dimensions, *(column.name for column in EFFECT.columns)]
    frame = pd.DataFrame(rows, columns=columns)
    for name in dimensions:
        frame[name] = frame[name].astype(panel.groups[name].dtype)
    frame.attrs = {**panel.notes, "at": str(moment), "freq": panel.freq, "level": level}
    return conform(frame, EFFECT, dimensions)


def _estimate(
    panel: Panel,
    members: np.ndarray,
    moment: pd.Timestamp,
    washout: int,
    slope: bool,
    level: float,
    calendar: CalendarLike,
    random_state: int,
) -> list[dict[str, object]]:
    """Return the rows of one group; ``members`` are its series, the control last."""
    first = int(panel.starts.searchsorted(moment, side="left"))
    position = np.arange(len(panel.starts))
    cut = (position == first - 1) & (panel.starts < moment)
    if first < len(panel.starts) and panel.starts[first] == moment:
        cut[:] = False
    use = panel.is_complete & ~cut & ~((position >= first) & (position < first + washout))
    if panel.kind != "count":
        use = use & (panel.denominator[members] > 0).all(axis=0)
    before, after = int((use & (position < first)).sum()), int((use & (position >= first)).sum())
    names = ["level", "slope", "average"] if slope else ["level", "average"]
    rows: list[dict[str, object]] = [
        {"effect": name, "periods_before": before, "periods_after": after} for name in names
    ]
    if min(before, after) < _FEWEST or not len(members):
        return rows
    at = position[use]
    after_at = (at >= first).astype(float)
    since = np.where(at >= first, at - first, 0.0)
    season = calendar_season(panel.starts, panel.freq, calendar).features[use]
    base = np.column_stack([np.ones(len(at)), (at - first) / 10.0])
    change = np.column_stack([after_at, since]) if slope else after_at[:, None]
    base = _with_season(base, np.hstack([base, change]), season)
    treated = np.hstack([base, change])
    design, width = treated, change.shape[1]
    if len(members) == 2:
        trend = np.column_stack([np.ones(len(at)), (at - first) / 10.0])
        common = np.hstack([base, change])
        own = np.hstack([trend, change])
        design = np.vstack([np.hstack([common, own]), np.hstack([common, np.zeros(own.shape)])])
        treated = design[: len(at)]
    value = np.concatenate([panel.value[m, use] for m in members])
    weight = np.concatenate([panel.denominator[m, use] for m in members])
    is_count = panel.kind == "count"
    # The ridge only keeps a perfect fit, or a side without any contact, solvable.
    precision = np.full(design.shape[1], 1e-3 if is_count else 1e-9)
    if is_count:
        fit = fit_poisson(design, value[None], precision)
        mu = np.exp(np.clip(fit.beta[0] @ design.T, -20, 20))
    else:
        fit = fit_gaussian(design, value[None], precision, weight[None])
        mu = fit.beta[0] @ design.T
    beta = fit.beta[0]
    work = mu if is_count else weight
    score = (value - mu if is_count else (value - mu) * weight)[:, None] * design
    covariance = newey_west(design, work, score, len(members))
    # In short series the robust covariance is biased downwards.
    model = fit.covariance[0]
    if np.mean(np.diag(covariance)[-width:] / np.diag(model)[-width:]) < 1:
        covariance = model
    freedom = max(len(value) - design.shape[1], 1)
    rng = np.random.default_rng(random_state)
    spread = rng.multivariate_normal(
        np.zeros(len(beta)), covariance, _DRAWS, method="eigh", check_valid="ignore"
    )
    spread *= np.sqrt(freedom / rng.chisquare(freedom, (_DRAWS, 1)))
    draws = np.vstack([beta, beta + spread])
    without = treated.copy()
    without[:, -width:] = 0.0
    post = after_at > 0
    with_fix, no_fix = draws @ treated[post].T, draws @ without[post].T
    if is_count:
        with_fix, no_fix = np.exp(np.clip(with_fix, -30, 30)), np.exp(np.clip(no_fix, -30, 30))
    gap = with_fix - no_fix
    steps = since[post] - since[post].mean()
    samples = {
        "level": (gap[:, 0], no_fix[:, 0]),
        "slope": ((gap @ steps) / max((steps**2).sum(), 1e-12), None),
        "average": (gap.mean(axis=1), no_fix.mean(axis=1)),
    }
    z = {
        name: beta[-width + k] / np.sqrt(covariance[-width + k, -width + k])
        for k, name in enumerate(("level", "slope")[:width])
    }
    average = np.log(with_fix.mean(axis=1) / no_fix.mean(axis=1)) if is_count else samples["average"][0]
    z["average"] = average[0] / max(average[1:].std(), 1e-12)
    tails = [(1 - level) / 2, (1 + level) / 2]
    for row in rows:
        sample, expected = samples[str(row["effect"])]
        row["estimate"] = sample[0]
        row["low"], row["high"] = np.quantile(sample[1:], tails)
        row["p"] = 2 * stats.t.sf(abs(z[str(row["effect"])]), freedom)
        row["expected"], row["observed"] = no_fix[0].mean(), panel.value[members[0], use][post].mean()
        if expected is not None and expected[0] != 0:
            relative = sample / expected
            row["relative"] = relative[0]
            row["relative_low"], row["relative_high"] = np.quantile(relative[1:], tails)
    return rows


def _with_season(base: Array, whole: Array, season: Array) -> Array:
    """Add regressors of season that are not combinations of the others, while periods are plenty."""
    for column in season.T:
        more = np.column_stack([whole, column])
        if len(more) < _PER_FEATURE * more.shape[1]:
            break
        if np.linalg.matrix_rank(more, tol=1e-6 * len(more)) == more.shape[1]:
            whole = more
            base = np.column_stack([base, column - column.mean()])
    return base


def newey_west(design: Array, work: Array, score: Array, series: int = 1) -> Array:
    """Return the covariance of coefficients of Newey and West 1987, for stacked series of equal length.

    Parameters
    ----------
    design : array, observations x features
    work : array, one an observation
        Weights of the normal equations.
    score : array, observations x features
        Residual times weight times regressor.
    series : int
        Number of series stacked one upon the other; correlations are within them. Lags:
        4 (n / 100) ** (2 / 9), n periods; scaled by n / (n - features).
    """
    total, width = design.shape
    periods = total // series
    lags = int(4 * (periods / 100) ** (2 / 9))
    meat = score.T @ score
    parts = score.reshape(series, periods, width)
    for lag in range(1, lags + 1):
        lagged = np.einsum("stp,stq->pq", parts[:, lag:], parts[:, :-lag])
        meat += (1 - lag / (lags + 1)) * (lagged + lagged.T)
    bread = np.linalg.pinv(design.T @ (work[:, None] * design), rcond=1e-12, hermitian=True)
    covariance: Array = bread @ meat @ bread * total / max(total - width, 1)
    return (covariance + covariance.T) / 2
