"""Changes of level of counts, rates and means, with "none" as a possible answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import check_switch, check_whole
from csatext.aggregation.inputs.dimensions import free_dimensions
from csatext.aggregation.panel.calendar import CalendarLike, check_calendar
from csatext.aggregation.panel.panel import Array, Panel, labels, make_panel
from csatext.aggregation.panel.seasonal import Adjustment, seasonal_adjustment
from csatext.aggregation.statistics.segmentation import Nuisance, autocorrelation, segment
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import check_alpha
from csatext.schema import conform
from csatext.schema.time import CHANGEPOINTS

__all__ = ["changepoints"]

_LEAST_ALPHA = 0.005


@check_simple_types
def changepoints(
    facts: pd.DataFrame,
    time: str = "created_at",
    freq: str = "W",
    by: str | Sequence[str] | None = None,
    measure: str | None = None,
    *,
    denominator: str | None = None,
    count: str | None = None,
    kind: str | None = None,
    alpha: float = 0.05,
    min_size: int = 3,
    seasonal: bool = True,
    calendar: CalendarLike = "CN",
    start: object = None,
    end: object = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Find the periods at which the level of a series changes; no row where it does not.

    Complete periods only; season and calendar are taken out where the data allow it, and each change is
    tested given them: a level that a holiday or promotion accounts for as well is none. Counts are
    compared on the square-root scale (Anscombe 1948), rates and means weighted by their denominators.
    Method: :func:`csatext.aggregation.statistics.segmentation.segment`.

    Parameters
    ----------
    facts, time, freq, by, measure, denominator, count, kind, calendar, start, end
        As in :func:`csatext.aggregation.trend.trend`.
    alpha : float
        Error rate: probability that a series without a change gets one, for each series by itself.
    min_size : int
        Shortest level in periods.
    seasonal : bool
        Adjust for season and calendar where their effect is significant; False: changes of the counts,
        rates or means themselves.
    random_state : int
        Seed of the reference series; each group gets the same, so that groups do not depend on
        which others are there.

    Returns
    -------
    DataFrame
        Table ``changepoints``, strongest evidence first (REQUIREMENTS row 92). ``attrs``: as of ``trend``,
        ``n_series``, ``n_too_short``, ``alpha``, and ``reason`` where the table is empty.

    Raises
    ------
    ParameterError, SchemaError
        As ``trend``; ``alpha`` outside 0.005-0.5 or ``min_size`` under 2.

    Examples
    --------
    >>> counts = [3, 4, 3, 5, 4, 3, 4, 5, 4, 3, 9, 11, 10, 9, 12, 10, 11, 9, 10, 11]
    >>> days = pd.date_range("2026-03-02", periods=20).repeat(counts)
    >>> found = changepoints(pd.DataFrame({"created_at": days}), freq="D")
    >>> found[["label", "before", "after"]].values.tolist()
    [['2026-03-12', 3.8, 10.2]]
    """
    if check_alpha(alpha) < _LEAST_ALPHA:
        raise ParameterError.out_of_range("alpha", alpha, f"不小于 {_LEAST_ALPHA:g}：参照序列只有几百条")
    check_whole(min_size, "min_size", 2)
    check_whole(random_state, "random_state", 0)
    check_switch(seasonal, "seasonal")
    check_calendar(calendar)
    dimensions = free_dimensions(by, CHANGEPOINTS)
    panel = make_panel(
        facts, time, freq, dimensions, measure,
        denominator=denominator, count=count, kind=kind, start=start, end=end,
    )  # fmt: skip
    adjustment = _adjustment(panel, calendar) if seasonal else None
    series, weights = _series(panel, adjustment)
    names = labels(panel.starts, panel.freq)
    rows: list[dict[str, object]] = []
    too_short = 0
    for group in range(len(panel.groups)):
        known = np.flatnonzero(weights[group] > 0)
        if len(known) < 2 * min_size:
            too_short += 1
            continue
        y, w = series[group, known], weights[group, known]
        nuisance = _nuisance(panel, adjustment, group, known)
        rng = np.random.default_rng(random_state)
        found = segment(y, w, alpha=alpha, min_size=min_size, rng=rng, nuisance=nuisance)
        rho, _ = autocorrelation(y, w, min_size, nuisance)
        edges = [0, *(at for at, _ in found), len(known)]
        for k, (at, p) in enumerate(found):
            left, right = known[edges[k] : at], known[at : edges[k + 2]]
            before, after = _level(panel, group, left), _level(panel, group, right)
            parts = (y[edges[k] : at], w[edges[k] : at]), (y[at : edges[k + 2]], w[at : edges[k + 2]])
            rows.append(
                {
                    **{name: panel.groups[name].iloc[group] for name in dimensions},
                    "period": panel.starts[known[at]],
                    "label": names[known[at]],
                    "before": before,
                    "after": after,
                    "change": after - before,
                    "change_rate": (after - before) / before if before else np.nan,
                    "periods_before": len(left),
                    "periods_after": len(right),
                    "statistic": _gain(*parts) * (1 - rho) / (1 + rho),
                    "p": p,
                }
            )
    columns = [*dimensions, *(column.name for column in CHANGEPOINTS.columns)]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values("statistic", ascending=False, kind="stable", ignore_index=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    for name in dimensions:
        frame[name] = frame[name].astype(panel.groups[name].dtype)
    frame.attrs = {
        **panel.notes, "freq": panel.freq, "alpha": alpha,
        "n_series": len(panel.groups), "n_too_short": too_short,
    }  # fmt: skip
    if frame.empty:
        tested = len(panel.groups) - too_short
        frame.attrs["reason"] = (
            f"没有发现水平变化：检验了 {tested} 个序列，另有 {too_short} 个太短；"
            f"每个序列误报的概率约为 {alpha:g}。"
        )
    return conform(frame, CHANGEPOINTS, dimensions)


def _adjustment(panel: Panel, calendar: CalendarLike) -> Adjustment:
    """Return the seasonally adjusted values, where season and calendar are significant."""
    return seasonal_adjustment(panel, calendar, only_significant=True, with_step=True)


def _series(panel: Panel, adjustment: Adjustment | None) -> tuple[Array, Array]:
    """Return the values to compare and their weights (zero: leave the period out)."""
    value = panel.value
    if adjustment is not None:
        value = np.where(np.isnan(adjustment.values), value, adjustment.values)
    whole = np.broadcast_to(panel.is_complete, value.shape)
    if panel.kind == "count":
        return 2 * np.sqrt(value + 3 / 8), whole.astype(float)
    return np.nan_to_num(value), np.where(whole, panel.denominator, 0.0)


def _nuisance(panel: Panel, adjustment: Adjustment | None, group: int, known: np.ndarray) -> Nuisance | None:
    """Return the nuisance regressors of a group: their effects were estimated, which the tests allow for.

    The effects were estimated: what is wrong with them stays in the values as levels over a holiday, a
    promotion and whatever lies between two of them.
    """
    if adjustment is None or np.isnan(adjustment.values[group, known]).all():
        return None
    unit = adjustment.unit[group]
    if panel.kind == "count":
        # Slope of the square-root scale in the log of the count.
        mean = adjustment.values[group, known].mean()
        unit = mean / np.sqrt(mean + 3 / 8)
    features = adjustment.readings[adjustment.reading[group]][known]
    return Nuisance(features, adjustment.scale * unit)


def _level(panel: Panel, group: int, at: np.ndarray) -> float:
    """Return the count a period, rate or mean over the periods ``at``, as counted."""
    if panel.kind == "count":
        return float(panel.n[group, at].mean())
    return float(panel.numerator[group, at].sum() / panel.denominator[group, at].sum())


def _gain(left: tuple[Array, Array], right: tuple[Array, Array]) -> float:
    """Return the gain in Gaussian log-likelihood of two levels over one, variance from the two."""
    y, w = np.concatenate([left[0], right[0]]), np.concatenate([left[1], right[1]])
    within = sum((v * (x - np.average(x, weights=v)) ** 2).sum() for x, v in (left, right))
    total = (w * (y - np.average(y, weights=w)) ** 2).sum()
    scale = max(within / max(len(y) - 2, 1), 1e-12)
    return float((total - within) / (2 * scale))
