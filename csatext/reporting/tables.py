"""The tables every report and run is made of, from facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
from pandas.api import types

from csatext.aggregation.breakdown import breakdown
from csatext.aggregation.root_causes import root_causes
from csatext.aggregation.trend import trend
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform
from csatext.schema.batch import ROOT_CAUSES_BY_PERIOD

__all__ = ["dimensions_of", "root_causes_by_period", "standard_tables"]

_USUAL = ("channel", "product", "region", "carrier", "city", "province", "brand", "store", "team", "agent_id")
_TAGS = ("category",)
_MEASURES = ("csat", "nps", "resolved")
_MOST_VALUES = 200
_MOST_DIMENSIONS = 5
_PERIOD_COLUMNS = {"D": "date", "W": "week", "M": "month"}


def dimensions_of(facts: pd.DataFrame) -> list[str]:
    """Return the columns a contact centre usually looks by, as far as the facts have them.

    A dimension has 2 to 200 values; at most five are taken.

    Examples
    --------
    >>> dimensions_of(pd.DataFrame({"channel": ["电话", "在线"], "csat": [1, 5]}))
    ['channel']
    """
    found = [name for name in _USUAL if name in facts and 2 <= facts[name].nunique() <= _MOST_VALUES]
    return found[:_MOST_DIMENSIONS]


def standard_tables(
    facts: pd.DataFrame,
    *,
    by: Sequence[str] | None = None,
    measure: str = "is_negative",
    time: str = "created_at",
    freq: str = "W",
    baseline_periods: int = 4,
    level: float = 0.05,
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
    freq : {"D", "W", "M"}, default "W"
    baseline_periods : int, default 4
        Periods before the current one, for root causes.
    level : float, default 0.05
        Chance of any false root cause in all periods together.

    Returns
    -------
    dict of str to DataFrame
        ``breakdown_<dimension>``, ``breakdown_<dimension>_<dimension>``, ``breakdown_<measure>_…``
        for csat, nps and resolved, ``trend_total``, ``trend_<dimension>``, ``root_causes``.

    Raises
    ------
    SchemaError
        The measure or a dimension is not a column.
    """
    dimensions = dimensions_of(facts) if by is None else list(by)
    for name in [measure, *dimensions]:
        if name not in facts.columns:
            raise SchemaError.missing_column("facts", name, facts.columns)
    tags = [name for name in _TAGS if name in facts and name not in dimensions and facts[name].nunique() > 1]
    tables: dict[str, pd.DataFrame] = {}
    for name in [*dimensions, *tags]:
        tables[f"breakdown_{name}"] = breakdown(facts, name, measure)
    for first, second in combinations([*dimensions[:3], *tags], 2):
        tables[f"breakdown_{first}_{second}"] = breakdown(facts, [first, second], measure)
    for other in (m for m in _MEASURES if m in facts and _is_number(facts[m])):
        for name in dimensions:
            tables[f"breakdown_{other}_{name}"] = breakdown(facts, name, other)
    if time in facts and types.is_datetime64_any_dtype(facts[time]) and facts[time].notna().any():
        tables["trend_total"] = trend(facts, time, freq, measure=measure)
        for name in [*dimensions, *tags]:
            tables[f"trend_{name}"] = trend(facts, time, freq, by=name, measure=measure)
        if dimensions:
            tables["root_causes"] = root_causes_by_period(
                facts, tables["trend_total"], dimensions, measure, freq, baseline_periods, level
            )
    return tables


def root_causes_by_period(
    facts: pd.DataFrame,
    total: pd.DataFrame,
    by: Sequence[str],
    measure: str,
    freq: str = "W",
    baseline_periods: int = 4,
    level: float = 0.05,
) -> pd.DataFrame:
    """Explain the change of a rate in every complete period against those before it.

    Parameters
    ----------
    facts : DataFrame
        With the column ``date``, ``week`` or ``month`` that goes with ``freq``.
    total : DataFrame
        Trend of all contacts at the same ``freq``: says which periods are complete.
    by : sequence of str
    measure : str
    freq : {"D", "W", "M"}
    baseline_periods : int
    level : float
        Shared out equally over the periods (Bonferroni).

    Returns
    -------
    DataFrame
        Table ``root_causes_by_period``: that of :func:`csatext.root_causes` with ``period`` first.
    """
    if freq not in _PERIOD_COLUMNS:
        raise ParameterError.not_allowed("freq", freq, list(_PERIOD_COLUMNS))
    column = _PERIOD_COLUMNS[freq]
    if freq == "D":
        facts = facts.assign(date=facts["date"].dt.strftime("%Y-%m-%d"))
    held = total[total["is_complete"] & (total["n"] > 0)]
    labels = held["label"].tolist()
    looks = max(len(labels) - baseline_periods, 1)
    found = []
    for at in range(baseline_periods, len(labels)):
        window = labels[at - baseline_periods : at + 1]
        causes = root_causes(
            facts[facts[column].isin(window)],
            numerator=measure,
            by=list(by),
            period=column,
            current=window[-1],
            baseline=window[:-1],
            level=level / looks,
        )
        found.append(causes.assign(period=window[-1]))
    filled = [causes for causes in found if len(causes)]
    joined = pd.concat(filled, ignore_index=True) if filled else _without_rows(by)
    result = conform(joined, ROOT_CAUSES_BY_PERIOD, list(by))
    result.attrs = {"measure": measure, "periods": labels[baseline_periods:], "level": level}
    if not filled:
        result.attrs["reason"] = (
            "没有一个时段的变化超出随机波动" if found else f"完整时段不足 {baseline_periods + 1} 个，无法比较"
        )
    return result


def _without_rows(by: Sequence[str]) -> pd.DataFrame:
    names = [column.name for column in ROOT_CAUSES_BY_PERIOD.columns]
    return pd.DataFrame({name: pd.Series(dtype="str") for name in by} | {name: [] for name in names})


def _is_number(column: pd.Series) -> bool:
    return bool(types.is_numeric_dtype(column) and column.notna().any())
