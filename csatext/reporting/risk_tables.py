"""Tables of feelings and risks: polarities, service signals, the course of conversations."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from csatext.aggregation.breakdown import breakdown
from csatext.aggregation.inputs.arguments import is_numeric
from csatext.aggregation.trend import latest_change, trend
from csatext.inference import benjamini_hochberg
from csatext.schema import conform
from csatext.schema.batch import CONVERSATION_FIGURES, POLARITIES, RISK_CELLS, RISKS

__all__ = ["risk_tables", "signal_columns"]

_PREFIX = "signal_"
_COURSE = (
    "customer_start",
    "customer_worst",
    "customer_end",
    "recovery",
    "escalated",
    "customer_repeats",
    "transfers",
    "predicted_satisfaction",
)
"""Columns of :func:`csatext.conversation_sentiment` that a report shows, in the order of a conversation."""
_POLARITIES = ("negative", "neutral", "positive")


def signal_columns(facts: pd.DataFrame) -> list[str]:
    """Return the flags of service signals among the columns, in their order.

    Examples
    --------
    >>> signal_columns(pd.DataFrame({"signal_anger": [True], "severity": [2]}))
    ['signal_anger']
    """
    return [name for name in map(str, facts.columns) if name.startswith(_PREFIX) and is_numeric(facts[name])]


def risk_tables(
    facts: pd.DataFrame,
    dimensions: Sequence[str],
    dated: pd.DataFrame,
    *,
    time: str,
    freq: str,
    baseline_periods: int,
    alpha: float,
) -> dict[str, pd.DataFrame]:
    """Return the tables of feelings and risks that the facts allow.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`.
    dimensions : sequence of str
        Columns by which signals are broken down.
    dated : DataFrame
        Contacts with a time; empty where there are none.
    time, freq : str
        Column of times, and the period of comparison.
    baseline_periods : int
        Complete periods that the last one is compared with.
    alpha : float
        Error rate of the changes of all signals together.

    Returns
    -------
    dict of str to DataFrame
        ``polarities``, ``risks``, ``risk_cells`` and ``conversation_figures`` (schema ``batch``).
    """
    tables: dict[str, pd.DataFrame] = {}
    if "polarity" in facts:
        tables["polarities"] = _polarities(facts)
    signals = signal_columns(facts)
    if signals:
        tables["risks"] = _risks(facts, signals, dated, time, freq, baseline_periods, alpha)
        if dimensions:
            tables["risk_cells"] = _risk_cells(facts, signals, dimensions)
    course = [name for name in _COURSE if name in facts and facts[name].notna().any()]
    if course:
        figures = [breakdown(facts, [], name).assign(figure=name) for name in course]
        tables["conversation_figures"] = conform(pd.concat(figures, ignore_index=True), CONVERSATION_FIGURES)
    return tables


def _polarities(facts: pd.DataFrame) -> pd.DataFrame:
    known = facts["polarity"].notna()
    flags = pd.DataFrame(
        {name: (facts["polarity"] == name).astype("boolean").where(known) for name in _POLARITIES}
    )
    shares = [breakdown(flags, [], name).assign(polarity=name) for name in _POLARITIES]
    return conform(pd.concat(shares, ignore_index=True), POLARITIES)


def _risks(
    facts: pd.DataFrame,
    signals: list[str],
    dated: pd.DataFrame,
    time: str,
    freq: str,
    baseline_periods: int,
    alpha: float,
) -> pd.DataFrame:
    """Return the rate of each signal, and its change in the last complete period.

    The interval of a change is one of ``1 - alpha / number of signals``, so that all changes hold together
    (Bonferroni).
    """
    rows = []
    for name in signals:
        row = breakdown(facts, [], name).iloc[0].to_dict() | {"signal": name}
        total = trend(dated, time, freq, measure=name) if len(dated) else None
        change = None if total is None else latest_change(total, baseline_periods, 1 - alpha / len(signals))
        if change is not None:
            difference = change.difference
            row |= {
                "period": change.label,
                "before": change.before,
                "after": change.value,
                "change": difference.value,
                "change_low": difference.low,
                "change_high": difference.high,
                "has_changed": difference.is_significant,
            }
        rows.append(row)
    columns = [column.name for column in RISKS.columns]
    return conform(pd.DataFrame(rows).reindex(columns=columns), RISKS)


def _risk_cells(facts: pd.DataFrame, signals: list[str], dimensions: Sequence[str]) -> pd.DataFrame:
    """Return every signal by every value of a dimension; q is of all these cells together."""
    parts = [
        breakdown(facts, dimension, name)
        .rename(columns={dimension: "cell"})
        .assign(signal=name, dimension=dimension)
        for name in signals
        for dimension in dimensions
    ]
    cells = pd.concat(parts, ignore_index=True)
    cells["q"] = benjamini_hochberg(cells["p"].to_numpy("float64"))
    return conform(cells, RISK_CELLS)
