"""The tables every report and run is made of, from facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
from pandas.api import types

from csatext.aggregation.breakdown import breakdown, overview
from csatext.aggregation.episodes import FREQUENCIES as PERIODS
from csatext.aggregation.episodes import episodes, root_causes_by_period
from csatext.aggregation.inputs.arguments import is_numeric
from csatext.aggregation.trend import latest_change, trend
from csatext.errors import ParameterError, SchemaError
from csatext.labels import name_of
from csatext.reporting.category_tables import alert_table, category_tables
from csatext.reporting.risk_tables import risk_tables
from csatext.reporting.summary_tables import summary_tables
from csatext.schema import conform
from csatext.schema.analysis import COMPLAINTS, CONTACT_KINDS, DOCUMENT_TOPICS, RULES
from csatext.schema.batch import COMPLETENESS
from csatext.schema.feelings import CONVERSATIONS, SENTIMENT

__all__ = [
    "CHART_VALUES",
    "FREQUENCIES",
    "PERSONS",
    "TAGS",
    "TREND_VALUES",
    "absent_tables",
    "causes_since",
    "dimensions_of",
    "standard_tables",
]

_USUAL = ("channel", "product", "region", "carrier", "city", "province", "brand", "store", "team", "agent_id")
PERSONS = ("agent_id",)
"""Dimensions that root causes are sought by on request only: a person has a dozen contacts in a week."""
TAGS = ("category", "complaint")
"""Categories by rules, and by a trained classifier."""
_COMPLAINT = "is_complaint"
_NO_DIMENSIONS = frozenset(
    column.name
    for table in (RULES, CONTACT_KINDS, SENTIMENT, DOCUMENT_TOPICS, COMPLAINTS, CONVERSATIONS)
    for column in table.columns
) | {"date", "week", "month", "doc_id", "text", "source"}
"""Columns that analyses and the calendar add, and what names a contact."""
_LEAST_FILLED = 0.5
_LEAST_A_VALUE = 5
"""Contacts a value has on average: fewer, and the column names things one by one."""
_YES_NO = frozenset(("true", "false", "yes", "no", "y", "n", "0", "1", "是", "否", "有", "无"))
"""Values of a flag, which is something to measure and not to look by."""
_LONGEST_NAME = 20
"""Characters a value has on average: longer ones are sentences."""
_MEASURES = ("csat", "resolved", "nps")
_MOST_DIMENSIONS = 5
_MOST_VALUES = 200
CHART_VALUES = 30
"""A dimension with more values is a table only: its chart would not be read."""
TREND_VALUES = 12
"""A dimension with more values has no trends: most periods of its groups would be next to empty."""
_MOST_CELLS = 2000
FREQUENCIES = ("auto", *PERIODS)
"""What may be asked for as the period of trends and root causes."""
_LONGEST_SPAN = {"W": pd.Timedelta(weeks=60), "M": pd.Timedelta(days=5 * 366), "Q": pd.Timedelta.max}
_WATCHED = 2
"""Dimensions whose daily numbers alerts watch, beside the categories."""
_EARLIEST, _LATEST = pd.Timestamp("1990-01-01"), pd.Timestamp("2100-01-01")


def dimensions_of(facts: pd.DataFrame) -> list[str]:
    """Return the columns that can be dimensions: those a contact centre usually has, then others.

    A dimension has 2 to 200 values; at most five are taken. A column under any other name is one where its
    values are short words that repeat and most rows have one.

    Examples
    --------
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"], "csat": [1, 5], "餐厅": ["甲", "乙"]})
    >>> dimensions_of(pd.concat([facts] * 9))
    ['channel', '餐厅']
    """
    found = [name for name in _USUAL if name in facts and 2 <= facts[name].nunique() <= _MOST_VALUES]
    others = [
        name for name in map(str, facts.columns) if name not in _USUAL and _is_dimension(facts[name], name)
    ]
    return [*found, *others][:_MOST_DIMENSIONS]


def _is_dimension(column: pd.Series, name: str) -> bool:
    """Return whether a column that no list names can be a dimension, judged by its values."""
    if name in _NO_DIMENSIONS or name.endswith(("_text", "_id")):
        return False
    if not (types.is_string_dtype(column) or isinstance(column.dtype, pd.CategoricalDtype)):
        return False
    filled = column.dropna()
    values = filled.unique()
    if len(filled) < _LEAST_FILLED * len(column) or not 2 <= len(values) <= _MOST_VALUES:
        return False
    if {str(value).strip().lower() for value in values} <= _YES_NO:
        return False
    lengths = [len(str(value)) for value in values]
    return len(filled) >= _LEAST_A_VALUE * len(values) and sum(lengths) <= _LONGEST_NAME * len(lengths)


def standard_tables(
    facts: pd.DataFrame,
    *,
    by: Sequence[str] | None = None,
    measure: str = "is_negative",
    time: str = "created_at",
    freq: str = "auto",
    baseline_periods: int = 4,
    alpha: float = 0.05,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return breakdowns, trends and root causes by name.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`.
    by : sequence of str, optional
        Dimensions; None takes :func:`dimensions_of`.
    measure : str, default "is_negative"
        A flag.
    time : str, default "created_at"
        Without this column, or without any time in it, there are no trends and no root causes.
    freq : {"auto", "D", "W", "M", "Q"}, default "auto"
        ``auto``: weeks for spans up to 60 weeks, months up to five years, else quarters.
    baseline_periods : int, default 4
        Periods before the current one, for root causes.
    alpha : float, default 0.05
        Error rate: probability of any false root cause in all periods together.
    span : (Timestamp, Timestamp), optional
        First and last moment that is reported. Contacts before it are there for trends and as the baseline
        of changes; None reports all.

    Returns
    -------
    dict of str to DataFrame
        ``breakdown_<dimension>``, ``breakdown_<dimension>_<dimension>``, ``breakdown_<measure>_…``
        for complaints, csat, resolved and nps (the net promoter score), ``polarities``, ``risks``,
        ``risk_cells`` and ``conversation_figures`` where feelings were scored, ``trend_total``,
        ``trend_<dimension>``, ``root_causes``, ``episodes``. Root causes and risks by agents are
        sought only where ``by`` names them. ``overview``, ``latest_change`` and ``category_shares`` hold what
        a summary says. What the facts do not allow is left out;
        :func:`absent_tables` says why.

    Raises
    ------
    SchemaError
        The measure or a dimension is not a column.
    ParameterError
        ``freq`` is none of these.
    """
    if freq not in FREQUENCIES:
        raise ParameterError.not_allowed("freq", freq, FREQUENCIES)
    dimensions = dimensions_of(facts) if by is None else list(by)
    for name in [measure, *dimensions]:
        if name not in facts.columns:
            raise SchemaError.missing_column("facts", name, facts.columns)
    known, facts = _until(facts, time, span)
    tags = [name for name in TAGS if name in facts and name not in dimensions and _is_tag(facts[name])]
    values = {name: facts[name].nunique() for name in [*dimensions, *tags]}
    tables: dict[str, pd.DataFrame] = {}
    for name in values:
        tables[f"breakdown_{name}"] = breakdown(facts, name, measure)
    if _COMPLAINT in facts and measure != _COMPLAINT:
        for name in values:
            tables[f"breakdown_{_COMPLAINT}_{name}"] = breakdown(facts, name, _COMPLAINT)
    for first, second in combinations([*dimensions[:3], *tags], 2):
        if values[first] * values[second] <= _MOST_CELLS:
            tables[f"breakdown_{first}_{second}"] = breakdown(facts, [first, second], measure)
    scores = [name for name in _MEASURES if name != measure and name in facts and is_numeric(facts[name])]
    for other in (name for name in scores if facts[name].notna().any()):
        for name in dimensions:
            tables[f"breakdown_{other}_{name}"] = breakdown(facts, name, other)
    dated = _dated(known, time)
    if len(dated):
        freq = _freq_of(dated[time]) if freq == "auto" else freq
    looked_by = [name for name in dimensions if by is not None or name not in PERSONS]
    tables |= risk_tables(
        facts, looked_by, dated, time=time, freq=freq, baseline_periods=baseline_periods, alpha=alpha
    )
    if len(dated):
        tables["trend_total"] = trend(dated, time, freq, measure=measure)
        for name in [*dimensions, *tags]:
            if values[name] <= TREND_VALUES or name in tags:
                tables[f"trend_{name}"] = trend(dated, time, freq, by=name, measure=measure)
        if looked_by:
            total = tables["trend_total"]
            causes = root_causes_by_period(dated, total, looked_by, measure, freq, baseline_periods, alpha)
            if span is not None:
                causes = causes_since(causes, total, span[0])
            tables |= {"root_causes": causes, "episodes": episodes(causes)}
        warned = alert_table(dated, [*tags[:1], *looked_by[:_WATCHED]], time)
        if warned is not None:
            tables["alerts"] = warned
    total = tables.get("trend_total")
    latest = None if total is None else latest_change(total, baseline_periods)
    tables |= summary_tables(tables, overview(facts, measure), latest)
    tables["completeness"] = _completeness(facts)
    return tables | category_tables(
        facts, tables, looked_by[:3], measure, baseline_periods=baseline_periods, alpha=alpha
    )


def _completeness(facts: pd.DataFrame) -> pd.DataFrame:
    """Return how many contacts have a value in each column that no analysis has made."""
    given = [name for name in map(str, facts.columns) if name not in _NO_DIMENSIONS]
    given = [name for name in given if not name.startswith(("signal_", "severity_", "risk_", "is_", "qa_"))]
    n = [int(facts[name].notna().sum()) for name in given]
    frame = pd.DataFrame({"column": given, "n": n, "total": len(facts)})
    frame["rate"] = frame["n"] / max(len(facts), 1)
    return conform(frame, COMPLETENESS)


def causes_since(causes: pd.DataFrame, total: pd.DataFrame, first: pd.Timestamp) -> pd.DataFrame:
    """Return the root causes of the periods that end at or after a moment; ``attrs`` are kept."""
    starts = total.set_index("label")["period"]
    begins = starts[starts <= first].max()
    inside = starts.index[starts >= (first if pd.isna(begins) else begins)]
    kept = causes[causes["period"].isin(inside)].reset_index(drop=True)
    kept.attrs = dict(causes.attrs)
    if len(causes) and not len(kept):
        kept.attrs["reason"] = "所选时间里没有一个时段的变化超出随机波动"
    return kept


def _until(
    facts: pd.DataFrame, time: str, span: tuple[pd.Timestamp, pd.Timestamp] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the contacts up to the end of a span of time, and those within it."""
    if span is None:
        return facts, facts
    known = facts[(facts[time] <= span[1]).to_numpy(bool)]
    return known, known[(known[time] >= span[0]).to_numpy(bool)]


def _is_tag(column: pd.Series) -> bool:
    """Return whether a column holds categories; several a contact, joined, are too many to be drawn."""
    return 1 < column.nunique() <= (_MOST_VALUES if column.name != TAGS[0] else len(column))


def _freq_of(times: pd.Series) -> str:
    """Return the period in which a span of time is looked at: a chart of many dozen points is not read."""
    span = times.max() - times.min()
    return next(freq for freq, longest in _LONGEST_SPAN.items() if span <= longest)


def absent_tables(
    facts: pd.DataFrame, *, by: Sequence[str] | None = None, time: str = "created_at"
) -> dict[str, str]:
    """Return the tables that the facts do not allow, each with the reason in Chinese.

    Parameters
    ----------
    facts : DataFrame
    by, time
        As in :func:`standard_tables`.

    Examples
    --------
    >>> absent_tables(pd.DataFrame({"is_negative": [True]}))["走势、变化与根因"]
    '没有列「created_at」'
    """
    reasons = {}
    dimensions = dimensions_of(facts) if by is None else list(by)
    unused = [
        name
        for name in map(str, facts.columns)
        if name not in dimensions and (name in _USUAL or _is_dimension(facts[name], name))
    ]
    counts = "，".join(f"「{name_of(name)}」有 {facts[name].nunique():,} 个取值" for name in unused)
    if not dimensions:
        found = f"（{counts}）" if counts else ""
        reasons["分组、各组说法、根因"] = f"没有取值在 2 到 {_MOST_VALUES} 个之间的维度列{found}"
    elif counts and by is None:
        most = f"{_MOST_DIMENSIONS} 个取值在 2 到 {_MOST_VALUES} 个之间的维度"
        reasons["其他维度的分组"] = f"自动选的是前 {most}；{counts}，可用 --by 或配置 tables.by 指定"
    many = [name for name in dimensions if facts[name].nunique() > TREND_VALUES]
    if many:
        names = "、".join(name_of(name) for name in many)
        reasons[f"按{names}的走势"] = f"取值多于 {TREND_VALUES} 个"
    if time not in facts.columns:
        reasons["走势、变化与根因"] = f"没有列「{time}」"
    elif facts[time].isna().all() or not types.is_datetime64_any_dtype(facts[time]):
        reasons["走势、变化与根因"] = f"列「{time}」没有一行有可用的时间"
    else:
        outside = int(facts[time].notna().sum()) - len(_dated(facts, time))
        if outside:
            years = f"{_EARLIEST.year} 年以前或 {_LATEST.year} 年以后"
            reasons["走势里的一部分行"] = f"{outside:,} 行的时间在 {years}，没有计入"
    return reasons


def _dated(facts: pd.DataFrame, time: str) -> pd.DataFrame:
    """Return the contacts with a possible time; dates such as 1900-01-01 and 9999-12-31 stand for none."""
    if time not in facts.columns or not types.is_datetime64_any_dtype(facts[time]):
        return facts.iloc[:0]
    wall = facts[time].dt.tz_localize(None) if facts[time].dt.tz is not None else facts[time]
    return facts[(wall >= _EARLIEST) & (wall < _LATEST)]
