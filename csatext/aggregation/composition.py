"""What contacts are made of: the share of each value of a column, and how it changed last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number, check_columns
from csatext.aggregation.inputs.dimensions import free_dimensions
from csatext.aggregation.inputs.joins import wall_time
from csatext.aggregation.panel.panel import labels, make_panel
from csatext.aggregation.statistics.intervals import rate_difference
from csatext.inference import check_alpha, check_level, wilson
from csatext.labels import EMPTY
from csatext.schema import conform
from csatext.schema.aggregation import COMPOSITION

__all__ = ["ComparedPeriods", "compared_periods", "composition"]

_MOST_COMPARED = 100
"""Values whose changes are tested, the most frequent first: the more, the wider each interval."""


@dataclass(frozen=True)
class ComparedPeriods:
    """The last complete period of some contacts, and those before it.

    Attributes
    ----------
    label : str
        Name of the last one.
    place : array, one a contact
        0 for the periods before, 1 for the last one, -1 for others and for contacts without a time.
    """

    label: str
    place: np.ndarray


def compared_periods(
    facts: pd.DataFrame, time: str, freq: str, baseline_periods: int = 4
) -> ComparedPeriods | None:
    """Return the last complete period and up to ``baseline_periods`` before it; None where there is no two.

    Examples
    --------
    >>> days = pd.DataFrame({"created_at": pd.to_datetime(["2026-03-02", "2026-03-03", "2026-03-04"])})
    >>> compared_periods(days, "created_at", "D").place.tolist()
    [0, 0, 1]
    """
    panel = make_panel(facts[[time]], time, freq, [], None)
    whole = np.flatnonzero(panel.is_complete & (panel.n.sum(axis=0) > 0))
    if len(whole) < 2:
        return None
    times = wall_time(facts[time], time)
    at = panel.starts.searchsorted(times.to_numpy(), side="right") - 1
    places = np.full(len(panel.starts) + 1, -1)
    places[whole[-1 - baseline_periods : -1]] = 0
    places[whole[-1]] = 1
    known = times.notna().to_numpy()
    label = str(labels(panel.starts[whole[-1:]], freq)[0])
    return ComparedPeriods(label, np.where(known, places[at], -1))


def composition(
    facts: pd.DataFrame,
    by: str,
    *,
    among: str | None = None,
    periods: ComparedPeriods | None = None,
    ordered: bool = False,
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the share of each value of a column among contacts.

    Parameters
    ----------
    facts : DataFrame
        One row a contact.
    by : str
        The column; a missing value is one of its values, ``(空)``.
    among : str, optional
        A flag: contacts that have it alone are looked at.
    periods : ComparedPeriods, optional
        Of the same rows: which shares to compare; None makes no comparison.
    ordered : bool, default False
        Keep the order of the values (scores, hours) instead of that of their numbers.
    alpha : float, default 0.05
        Error rate of the changes of all values together: each interval is one of ``1 - alpha / values``
        (Bonferroni), for the first hundred values.
    level : float, default 0.95
        Coverage of the intervals of the shares (Wilson 1927); those of changes are Newcombe's (1998, method
        10).

    Returns
    -------
    DataFrame
        Table ``composition``; ``attrs``: ``among``.

    Raises
    ------
    SchemaError
        ``by`` or ``among`` is not a column.

    Examples
    --------
    >>> composition(pd.DataFrame({"channel": ["电话"] * 3 + ["在线"]}), "channel")["value"].tolist()
    [0.75, 0.25]
    """
    (by,) = free_dimensions(by, COMPOSITION)
    check_columns(facts, [by], "by")
    check_alpha(alpha)
    check_level(level)
    rows = np.ones(len(facts), dtype=bool)
    if among is not None:
        check_columns(facts, [among], "among")
        rows = as_number(facts, among) == 1
    codes, values = pd.factorize(facts[by][rows], sort=ordered)
    names = pd.Index([*values, EMPTY], dtype=object)
    codes = np.where(codes < 0, len(values), codes)
    counts = np.bincount(codes, minlength=len(names))
    order = (
        np.arange(len(names))
        if ordered
        else np.lexsort((pd.factorize(names.map(str), sort=True)[0], -counts))
    )
    order = order[counts[order] > 0]
    n = int(counts.sum())
    low, high = wilson(counts[order], np.full(len(order), n), level)
    frame = pd.DataFrame(
        {
            by: pd.Series(names[order], dtype=object).map(lambda cell: cell if ordered else str(cell)),
            "rank": np.arange(1, len(order) + 1),
            "numerator": counts[order],
            "denominator": n,
            "value": counts[order] / max(n, 1),
            "low": low,
            "high": high,
        }
    )
    for column in COMPOSITION.columns[6:]:
        frame[column.name] = None if column.dtype in ("str", "boolean") else np.nan
    if periods is not None:
        changes = _changes(codes, periods, rows, order[:_MOST_COMPARED], alpha)
        for name, column in changes.items():
            frame[name] = column.reindex(frame.index)
    frame.attrs = {"among": among}
    return conform(frame, COMPOSITION, [by])


def _changes(
    codes: np.ndarray, periods: ComparedPeriods, rows: np.ndarray, compared: np.ndarray, alpha: float
) -> pd.DataFrame:
    """Return how shares of the last period differ from those of the periods before; maybe no row."""
    place = periods.place[rows]
    before, after = (np.bincount(codes[place == at], minlength=codes.max() + 1) for at in (0, 1))
    n_before, n_after = float(before.sum()), float(after.sum())
    if not n_before or not n_after:
        return pd.DataFrame()
    found = []
    for cell in compared:
        seen = float(before[cell]), float(after[cell])
        change = rate_difference((seen[0], n_before), (seen[1], n_after), 1 - alpha / len(compared))
        found.append(
            {
                "period": periods.label,
                "before": seen[0] / n_before,
                "after": seen[1] / n_after,
                "change": change.value,
                "change_low": change.low,
                "change_high": change.high,
                "has_changed": change.is_significant,
            }
        )
    return pd.DataFrame(found)
