"""A report of a part of the time: what was before stays as its baseline."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from csatext.aggregation.episodes import episodes
from csatext.errors import InputError
from csatext.ingest.options import ReadOptions
from csatext.reporting.run_tables import RunTables
from csatext.reporting.service_tables import service_tables
from csatext.reporting.standard_tables import causes_since, standard_tables

__all__ = ["of_span", "span_of"]

_TIME = "created_at"
_OF_TEXT = (
    "cases", "cause_examples", "examples", "frequencies", "pack_choice", "quality", "rule_patterns",
    "suggested_categories", "taxonomy", "topics", "trained_model",
)  # fmt: skip
"""Tables that facts alone do not give: those of the run stay."""
Span = tuple[pd.Timestamp, pd.Timestamp]


def span_of(since: str, until: str) -> Span | None:
    """Return the first and last moment of a span of time; None where neither end is given.

    Raises
    ------
    ParameterError
        A day or month cannot be read, or the last is before the first.

    Examples
    --------
    >>> [str(time)[:10] for time in span_of("2026-05", "2026-05")]
    ['2026-05-01', '2026-05-31']
    """
    return ReadOptions(since=since, until=until).span if since or until else None


def of_span(run: RunTables, span: Span, *, made: bool = True) -> tuple[RunTables, pd.DataFrame]:
    """Return the run as a report of a span of time, and the contacts up to its end.

    Parameters
    ----------
    run : RunTables
    span : (Timestamp, Timestamp)
    made : bool, default True
        Whether tables are made anew; False keeps those that were given.

    Raises
    ------
    InputError
        The contacts have no time, or there are none in the span.

    Notes
    -----
    Whole months with a month or more before them are compared by months, all else by the periods of the run.
    What needs the texts (keywords, topics) is the whole run's; cases are those of the span.
    """
    times = run.facts.get(_TIME)
    if times is None or not pd.api.types.is_datetime64_any_dtype(times):
        raise InputError("按时间选取要有时间列「created_at」；请去掉 --since、--until、--month。")
    if times.dt.tz is not None:
        times = times.dt.tz_localize(None)
        run = replace(run, facts=run.facts.assign(**{_TIME: times}))
    inside = (times >= span[0]) & (times <= span[1])
    if not inside.any():
        whole = f"{times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d}" if times.notna().any() else "都没有时间"
        raise InputError(f"所选时间里没有联络；这些联络的时间：{whole}。请改 --since、--until 或 --month。")
    history = run.facts[(times <= span[1]).to_numpy(bool)]
    reported = run.facts[inside.to_numpy(bool)]
    if not made:
        return replace(run, facts=reported), history
    freq = _freq(run, span, times)
    tables = standard_tables(history, measure=run.measure, freq=freq, span=span)
    own, found = run.tables.get("root_causes"), tables.get("root_causes")
    if own is not None and found is not None and own.attrs.get("freq") == found.attrs["freq"]:
        # The run's have their words.
        tables["root_causes"] = causes_since(own, tables["trend_total"], span[0])
        tables["episodes"] = episodes(tables["root_causes"])
    tables |= service_tables(history, inside=inside[history.index])[0]
    kept = {
        name: table for name, table in run.tables.items() if name in _OF_TEXT or name.startswith("keywords_")
    }
    if "cases" in kept:
        months = kept["cases"]["period"]
        low, high = (f"{end:%Y-%m}" for end in (max(span[0], times.min()), min(span[1], times.max())))
        kept["cases"] = kept["cases"][((months >= low) & (months <= high)).to_numpy(bool)]
    whole_run = "关键词和主题的词" if any(name.startswith("keywords_") for name in kept) else ""
    absent = run.absent | ({f"所选时间的{whole_run}": "要有文本，这里是整批联络的"} if whole_run else {})
    return replace(run, facts=reported, tables=tables | kept, absent=absent), history


def _freq(run: RunTables, span: Span, times: pd.Series) -> str:
    """Return months where the span is whole months and there are others before; else the run's periods."""
    first, last = span
    is_whole = first.is_month_start and first == first.normalize() and (last + pd.Timedelta(days=1)).day == 1
    if is_whole and times.min() <= first - pd.DateOffset(months=1):
        return "M"
    total = run.tables.get("trend_total")
    return "auto" if total is None else str(total.attrs.get("freq", "auto"))
