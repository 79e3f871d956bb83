"""A KPI named as a measure: the columns that it is made of, put in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.dimensions import encode_groups
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError
from csatext.service.definitions import Definition, read_definitions
from csatext.service.formulas.contributions import (
    Contributions,
    by_customer,
    contributions,
    customers_of,
    read_columns,
    repeated_documents,
)

__all__ = ["Measured", "kpi_named", "measured", "scored", "unwatchable", "with_lag_flag"]

_FOREIGN = 0.05
"""Share of values that a KPI's own column may hold outside the scale (chosen: slips of entry); with more it
holds something else, such as a net promoter score already computed."""
_PERIODS = {"W": "W-SUN"}
_COMPLETE = "_complete"
"""End of the flag of rows whose late data are in (as :func:`csatext.join` names it)."""


class Measured(NamedTuple):
    """Facts and the arguments of a verb, in which columns stand where a KPI was named.

    ``weight`` is the argument ``count``.
    """

    facts: pd.DataFrame
    measure: str | None
    denominator: str | None
    kind: str | None
    weight: str | None


def measured(
    facts: pd.DataFrame,
    measure: str | None,
    denominator: str | None = None,
    kind: str | None = None,
    count: str | None = None,
    *,
    by: Sequence[str] = (),
    time: str | None = None,
    freq: str | None = None,
    totals: bool = False,
) -> Measured:
    """Return facts and arguments of a verb, a KPI's id replaced by columns of that name.

    A column of the table wins over a KPI of its name, unless the KPI is made of that very column: ``nps``
    of scores from 0 to 10.

    Parameters
    ----------
    facts, measure, denominator, kind, count
        As given to the verb.
    by : sequence of str
        Dimensions: a KPI per customer counts each customer once in a combination of their values ...
    time, freq : str, optional
        ... and period.
    totals : bool, default False
        Whether the verb can take a KPI that counts (columns then come as ``weight``) or adds up (``kind``
        is then "sum").

    Returns
    -------
    Measured
        What was given, where no KPI is named.

    Raises
    ------
    SchemaError
        Columns that the KPI needs are not there.
    ParameterError
        The KPI counts or adds up, and the verb takes rates and means only; or it has a denominator already.

    Examples
    --------
    >>> scores = pd.DataFrame({"nps": [10, 9, 7, 3]})
    >>> found = measured(scores, "nps")
    >>> found.facts["nps"].tolist(), found.kind
    ([100.0, 100.0, 0.0, -100.0], 'mean')
    """
    given = Measured(facts, measure, denominator, kind, count)
    definition = _named(facts, measure)
    if definition is None or denominator is not None or count is not None:
        return given
    there = facts if facts.index.name is None or facts.index.name in facts.columns else facts.reset_index()
    missing = definition.missing(there.columns)
    if missing:
        raise SchemaError(
            f"指标「{definition.id}」（{definition.name_zh}）要用的列「{'、'.join(missing)}」不在表中；"
            "请先用 ct.conversation_measures 一类的函数得到它们，再用 ct.build_facts 并进来。"
        )
    found = contributions(definition, read_columns(there, [definition]), len(there))
    if measure in facts.columns and _is_foreign(facts[measure], found):
        return given
    if definition.kind in ("count", "sum") and not totals:
        raise ParameterError(
            f"指标「{definition.id}」（{definition.name_zh}）是合计，这里只看比率和平均；"
            f'请用 ct.breakdown(facts, by, "{definition.id}") 或 ct.trend(facts, measure="{definition.id}")。'
        )
    if kind is not None and kind != definition.kind:
        raise ParameterError(f"指标「{definition.id}」的类型由定义给出（{definition.kind}）；请去掉 kind。")
    if definition.per == "customer":
        found = by_customer(found, definition, customers_of(there), _cells(there, by, time, freq))
    elif definition.kind == "count" and (documents := repeated_documents(there)) is not None:
        found = by_customer(found, definition, documents, _cells(there, by, time, freq))
    facts = _replaced(facts, definition, found, time)
    name = definition.id
    if definition.kind == "count":
        return Measured(facts, None, None, None, name)
    if definition.kind == "ratio":
        return Measured(facts, name, _below(name), "ratio", None)
    return Measured(facts, name, None, definition.kind if definition.kind in ("mean", "sum") else None, None)


def scored(facts: pd.DataFrame, measure: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return facts in which a KPI that ``measure`` names is a score of each row.

    Of ratios it is the row's quotient, of sums what the row adds, of counts whether the row counts.

    Parameters
    ----------
    facts, measure, by
        As :func:`measured` takes them.

    Raises
    ------
    SchemaError, ParameterError
        As :func:`measured`.

    Examples
    --------
    >>> facts = pd.DataFrame({"n_agent_messages": [6, 3], "n_customer_messages": [3, 3]})
    >>> scored(facts, "answer_question_ratio")["answer_question_ratio"].tolist()
    [2.0, 1.0]
    """
    found = measured(facts, measure, by=by, totals=True)
    if found.denominator is None or found.measure is None:
        return found.facts
    bottom = found.facts[found.denominator]
    return found.facts.assign(**{measure: found.facts[found.measure] / bottom.where(bottom > 0)})


def _below(name: str) -> str:
    return f"{name}（分母）"


def _named(facts: pd.DataFrame, measure: object) -> Definition | None:
    """Return the KPI that a measure names, or None where it is a column."""
    if not isinstance(measure, str) or not isinstance(facts, pd.DataFrame):
        return None
    definition = read_definitions().get(measure)
    if definition is None or measure not in facts.columns:
        return definition
    own = measure in definition.columns and definition.numerator != measure
    return definition if own and definition.kind in ("rate", "mean", "ratio") else None


def _is_foreign(column: pd.Series, found: Contributions) -> bool:
    known = column.notna().to_numpy()
    outside = known & np.isnan(found.top)
    return bool(outside.sum() > _FOREIGN * known.sum())


def _cells(facts: pd.DataFrame, by: Sequence[str], time: str | None, freq: str | None) -> np.ndarray:
    """Return a number for each combination of dimension values and period; -1 without a time."""
    codes, _ = encode_groups(facts, [name for name in by if name in facts.columns])
    if time is None or freq is None or time not in facts.columns:
        return codes
    times = read_times(facts[time], time)
    period, seen = pd.factorize(times.dt.to_period(_PERIODS.get(freq, freq)))
    return np.where(period < 0, -1, codes * max(len(seen), 1) + period)


def _replaced(
    facts: pd.DataFrame, definition: Definition, found: Contributions, time: str | None
) -> pd.DataFrame:
    """Return the rows that count with the KPI's columns in them."""
    rows = found.rows
    result = facts if len(rows) == len(facts) and definition.per == "contact" else facts.iloc[rows]
    added = {definition.id: found.top}
    if definition.kind == "ratio":
        added[_below(definition.id)] = found.bottom
    if definition.kind == "count":
        added[definition.id] = np.nan_to_num(found.top)
    result = result.copy(deep=False)
    for name, values in added.items():
        result[name] = values
    late = f"{definition.id}{_COMPLETE}"
    if definition.lag_days and time is not None and time in facts.columns and late not in facts.columns:
        result[late] = _lag_passed(facts, definition, time)[rows]
    return result


def with_lag_flag(facts: pd.DataFrame, measure: str | None, time: str) -> pd.DataFrame:
    """Return facts with a flag of the rows whose late data are in, where ``measure`` is a KPI with a lag.

    For who changes the column of times before :func:`measured` sees it.

    Examples
    --------
    >>> facts = pd.DataFrame({"created_at": ["2026-05-01", "2026-05-06"], "paid_amount": [8.0, 0.0]})
    >>> with_lag_flag(facts, "sales", "created_at")["sales_complete"].tolist()
    [True, False]
    """
    definition = _named(facts, measure)
    if definition is None or not definition.lag_days or f"{definition.id}{_COMPLETE}" in facts.columns:
        return facts
    return facts.assign(**{f"{definition.id}{_COMPLETE}": _lag_passed(facts, definition, time)})


def _lag_passed(facts: pd.DataFrame, definition: Definition, time: str) -> np.ndarray:
    """Return whether the days of lag of a KPI have passed at the last day of the table."""
    days = read_times(facts[time], time).dt.normalize()
    passed = days + pd.Timedelta(days=definition.lag_days) <= days.max()
    return (passed | days.isna()).to_numpy()


def kpi_named(facts: pd.DataFrame, measure: str | None) -> Definition | None:
    """Return the KPI that a measure names, by its id or as the column it is made of; else None.

    Examples
    --------
    >>> kpi_named(pd.DataFrame({"replied": [True]}), "reply_rate").direction
    'up'
    """
    definition = read_definitions().get(measure) if isinstance(measure, str) else None
    if definition is not None and definition.numerator == measure:
        return definition
    return _named(facts, measure)


def unwatchable(definition: Definition, verb: str) -> ParameterError:
    """Return the error of a verb that takes counts and rates alone, for a KPI that is neither.

    Examples
    --------
    >>> from csatext.service.definitions import read_definitions
    >>> str(unwatchable(read_definitions()["csat"], "预警"))[:29]
    '指标「csat」（满意度（分））是平均，预警只看数量和比率'
    """
    kinds = {"mean": "平均", "ratio": "两个合计之比", "sum": "金额一类的合计"}
    people = "" if definition.kind == "sum" else f' 或 ct.unusual_changes(facts, metrics=["{definition.id}"])'
    verbs = "ct.trend、ct.changepoints、ct.effect" if people else "ct.trend、ct.changepoints 或 ct.effect"
    return ParameterError(
        f"指标「{definition.id}」（{definition.name_zh}）是{kinds[definition.kind]}，{verb}只看数量和比率；"
        f"请用 {verbs}{people}。"
    )
