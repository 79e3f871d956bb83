"""Sentences that more than one chapter says: what has no past, and what cannot change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from csatext.aggregation.episodes import is_first_seen
from csatext.labels import Measure, period_name
from csatext.reporting.format import format_percent

__all__ = ["constant_sentence", "unseen"]


def constant_sentence(facts: pd.DataFrame, column: str, measure: Measure) -> str:
    """Return that the flag is the same in all contacts, and that contacts are counted instead.

    Examples
    --------
    >>> constant_sentence(pd.DataFrame({"bad": [True, True]}), "bad", Measure("负面率", "负面数"))
    '全部联络的负面率都是 100.0%，率没有变化可言，这里解释的是联络数。'
    """
    rate = facts[column].dropna().astype(float).mean()
    return f"全部联络的{measure.rate}都是 {format_percent(rate)}，率没有变化可言，这里解释的是联络数。"


def unseen(facts: pd.DataFrame, row: Mapping[str, Any], by: Sequence[str], attrs: Mapping[Any, Any]) -> str:
    """Return how to say that the cell of an episode has no contacts in its baseline.

    Parameters
    ----------
    facts : DataFrame
    row : mapping
        A row of table ``episodes``.
    by : sequence of str
        Its dimensions.
    attrs : mapping
        Those of table ``root_causes_by_period``.
    """
    freq = str(attrs.get("freq", "W"))
    if is_first_seen(facts, dict(row), by, freq):
        return "首次出现"
    return f"此前 {attrs.get('baseline_periods', 4)} {period_name(freq)}没有"
