"""What workbook and deck need beside the tables of a run: shares, trends and their tests, KPIs, remedies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.api import types

from csatext.aggregation.breakdown import breakdown
from csatext.aggregation.composition import compared_periods, composition
from csatext.aggregation.inputs.arguments import is_numeric
from csatext.aggregation.inputs.joins import wall_time
from csatext.aggregation.trend import trend
from csatext.aggregation.trend_tests import trend_tests
from csatext.errors import CsatextError
from csatext.inference import ALPHA, benjamini_hochberg
from csatext.performance.aspect_performance import aspect_performance
from csatext.performance.kpis import kpis
from csatext.performance.remedies import remedies
from csatext.reporting.run_tables import RunTables
from csatext.reporting.standard_tables import dimensions_of
from csatext.schema import conform
from csatext.schema.batch import TREND_TESTS_BY_MEASURE

__all__ = ["freq_of", "meeting_tables"]

_SCORES = ("csat", "nps", "resolved", "is_complaint")
_OF_COMPLAINTS = ("category", "subcategory", "owner", "journey_stage", "cause_family")
_COMPLAINT = "is_complaint"
_TIME = "created_at"
_BASELINE = 4
_LEAST_PERIODS = 4
"""Complete periods under which no test of a trend can find one (of four, p is 0.08 at least)."""
_MOST_VALUES = 2_000
"""A column with more values is composed of cases, not of kinds."""
_VISITS = (0, 1, 2, 3, 5, np.inf)
_VISIT_NAMES = ("1 次", "2 次", "3 次", "4–5 次", "6 次以上")
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def freq_of(tables: Mapping[str, pd.DataFrame]) -> str | None:
    """Return the length of the periods of a run's trends, None where it has none.

    Examples
    --------
    >>> freq_of({"trend_total": pd.DataFrame({"label": ["2026-05", "2026-06"]})})
    'M'
    """
    total = tables.get("trend_total")
    if total is None or not len(total):
        return None
    known = total.attrs.get("freq")
    if isinstance(known, str):
        return known
    label = str(total["label"].iloc[0])
    return "W" if "W" in label else "Q" if "Q" in label else "D" if len(label) > 7 else "M"


def meeting_tables(run: RunTables) -> RunTables:
    """Return a run with the tables that a meeting asks for; those that it has are kept as they are.

    Parameters
    ----------
    run : RunTables

    Returns
    -------
    RunTables
        With ``shares_<column>`` (table ``composition``; of complaints ``shares_is_complaint_<column>``),
        ``trend_<measure>``, ``trend_tests``, ``kpis``, ``kpis_channel``, ``remedies``, ``remedies_channel``,
        ``aspect_performance``, as far as the facts allow them.
    """
    facts, tables = run.facts, dict(run.tables)
    if not len(facts):
        return run
    dated = _dated(facts)
    freq = freq_of(tables) if dated else None
    periods = None if freq is None else compared_periods(facts, _TIME, freq, _BASELINE)

    def add(name: str, make: Callable[[], pd.DataFrame]) -> None:
        if name in tables:
            return
        try:
            made = make()
        except CsatextError:
            return  # what the facts do not allow is left out
        if len(made):
            tables[name] = made

    for name in [*dimensions_of(facts), "kind", "category"]:
        if name in facts and 2 <= facts[name].nunique() <= _MOST_VALUES:
            add(f"shares_{name}", lambda name=name: composition(facts, name, periods=periods))  # type: ignore[misc]
    if _COMPLAINT in facts and is_numeric(facts[_COMPLAINT]) and facts[_COMPLAINT].any():
        for name in _OF_COMPLAINTS:
            if name in facts and 1 <= facts[name].replace("", None).nunique() <= _MOST_VALUES:
                part = facts[[name, _COMPLAINT]].assign(**{name: facts[name].replace("", None)})
                add(
                    f"shares_is_complaint_{name}",
                    lambda part=part, name=name: composition(part, name, among=_COMPLAINT, periods=periods),  # type: ignore[misc]
                )
    for name in ("csat", "nps"):
        if name in facts and is_numeric(facts[name]) and 2 <= facts[name].nunique() <= 101:
            scored = facts[facts[name].notna()]
            add(f"shares_{name}", lambda scored=scored, name=name: composition(scored, name, ordered=True))  # type: ignore[misc]
    if dated:
        _add_times(facts, add)
    if "customer_id" in facts and facts["customer_id"].notna().any():
        visits = facts["customer_id"].value_counts()
        bands = pd.Categorical(pd.cut(visits, _VISITS, labels=_VISIT_NAMES), _VISIT_NAMES, ordered=True)
        add("shares_visits", lambda: composition(pd.DataFrame({"visits": bands}), "visits", ordered=True))
    if freq is not None:
        _add_trends(run, freq, add, tables)
    add("kpis", lambda: kpis(facts))
    if "channel" in facts and 2 <= facts["channel"].nunique() <= 20:
        add("kpis_channel", lambda: kpis(facts, by="channel"))
    if "journey_stage" in facts and facts["journey_stage"].replace("", None).nunique() > 1:
        staged = facts[facts["journey_stage"] != ""]
        add(f"breakdown_{run.measure}_stage", lambda: breakdown(staged, "journey_stage", run.measure))
    add("aspect_performance", lambda: aspect_performance(facts))
    if "kpis_channel" in tables:
        add("remedies_channel", lambda: remedies(tables["kpis_channel"]))
    if "kpis_week" in tables:
        add("remedies", lambda: remedies(tables["kpis_week"]))
    return replace(run, tables=tables)


def _dated(facts: pd.DataFrame) -> bool:
    return _TIME in facts and types.is_datetime64_any_dtype(facts[_TIME]) and bool(facts[_TIME].notna().any())


def _add_times(facts: pd.DataFrame, add: Callable[[str, Callable[[], pd.DataFrame]], None]) -> None:
    """Add the shares of hours and weekdays; times that are dates alone have no hours."""
    times = wall_time(facts[_TIME].dropna(), _TIME)
    if times.nunique() < 2:
        return
    if (times.dt.hour > 0).any():
        hours = pd.DataFrame({"hour": times.dt.hour.to_numpy()})
        add("shares_hour", lambda: composition(hours, "hour", ordered=True))
    if (times.max() - times.min()) >= pd.Timedelta(days=7):
        names = pd.Categorical.from_codes(times.dt.day_of_week.to_numpy(), _WEEKDAYS, ordered=True)
        days = pd.DataFrame({"weekday": names})
        add("shares_weekday", lambda: composition(days, "weekday", ordered=True))


def _add_trends(
    run: RunTables,
    freq: str,
    add: Callable[[str, Callable[[], pd.DataFrame]], None],
    tables: Mapping[str, pd.DataFrame],
) -> None:
    """Add the course of each score, and a test of each for a trend: q is of all of them together."""
    facts, measure = run.facts, run.measure
    scores = [name for name in dict.fromkeys([*_SCORES, measure]) if name in facts]
    scores = [name for name in scores if is_numeric(facts[name]) and facts[name].notna().any()]
    for name in scores:
        if name != measure:
            add(f"trend_{name}", lambda name=name: trend(facts, _TIME, freq, measure=name))  # type: ignore[misc]
    total = tables.get("trend_total")
    if total is None or int(total["is_complete"].sum()) < _LEAST_PERIODS:
        return

    def tested() -> pd.DataFrame:
        names = [None, *scores]
        rows = [
            trend_tests(facts, _TIME, freq, measure=name).assign(measure=name or "contacts") for name in names
        ]
        frame = pd.concat(rows, ignore_index=True)
        frame["q"] = benjamini_hochberg(frame["p"].to_numpy("float64"))
        # A direction holds for all measures together.
        frame["direction"] = frame["direction"].where(frame["q"] < ALPHA, "无明显趋势")
        return conform(frame, TREND_TESTS_BY_MEASURE)

    add("trend_tests", tested)
