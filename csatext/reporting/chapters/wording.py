"""Sentences of several chapters: cells without a baseline, and a constant flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import Overview
from csatext.labels import FlagNames, period_name
from csatext.reporting.format import format_percent

__all__ = ["constant_sentence", "unseen"]


def constant_sentence(whole: Overview, flag: FlagNames) -> str:
    """Return that the flag is the same in all contacts, and that contacts are counted instead."""
    return f"全部联络的{flag.rate}都是 {format_percent(whole.value)}，率没有变化可言，这里解释的是联络数。"


def unseen(row: Mapping[str, Any], courses: pd.DataFrame, attrs: Mapping[Any, Any]) -> str:
    """Return how to say that the cell of an episode has no contacts in its baseline.

    Parameters
    ----------
    row : mapping
        A row of table ``episodes``.
    courses : DataFrame
        As :func:`csatext.aggregation.episodes.episode_courses` returns them.
    attrs : mapping
        Those of table ``root_causes_by_period``.

    Examples
    --------
    >>> courses = pd.DataFrame({"rank": [1, 1], "period": ["2026-W01", "2026-W06"], "denominator": [0, 200]})
    >>> unseen({"rank": 1, "first_period": "2026-W06"}, courses, {})
    '首次出现'
    """
    earlier = courses[(courses["rank"] == row["rank"]) & (courses["period"] < row["first_period"])]
    if not earlier["denominator"].sum():
        return "首次出现"
    return f"此前 {attrs.get('baseline_periods', 4)} {period_name(str(attrs.get('freq', 'W')))}没有"
