"""Sentences of several chapters: cells without a baseline, and a constant flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import Overview
from csatext.labels import FlagNames, flag_names, period_name
from csatext.reporting.format import format_percent
from csatext.reporting.sentences import Sentence, figure, interval, say

__all__ = [
    "audited_row",
    "constant_sentence",
    "correction_sentence",
    "is_by_machine",
    "uncorrected",
    "unseen",
]

_BY_MACHINE = ("is_negative", "is_complaint", "escalated", "needs_review")
_FAMILIES = ("signal_", "qa_", "aspect_")
"""Flags that analyses of the text make; others were recorded."""


def is_by_machine(measure: str) -> bool:
    """Return whether a flag is made from the text.

    Examples
    --------
    >>> is_by_machine("signal_anger"), is_by_machine("resolved")
    (True, False)
    """
    return measure in _BY_MACHINE or measure.startswith(_FAMILIES)


def audited_row(tables: Mapping[str, pd.DataFrame], measure: str) -> Any:
    """Return the row of a flag in table ``audited_flags``, None where it has none."""
    table = tables.get("audited_flags")
    found = None if table is None else table[table["flag"] == measure]
    return None if found is None or found.empty else found.iloc[0]


def correction_sentence(tables: Mapping[str, pd.DataFrame], measure: str) -> Sentence:
    """Return whether the rate of a flag was corrected by tags of people; empty for one that was recorded."""
    row = audited_row(tables, measure)
    rate = flag_names(measure).rate
    if row is None:
        return Sentence((f"{rate}由机器判断，未经抽检校正。",) if is_by_machine(measure) else ())
    n = figure("audited_flags", row, ["flag"], "n_tagged", "number")
    if pd.isna(row["rate"]):
        return say("{rate}由机器判断，未经抽检校正：抽检只有 {n} 条，不够校正。", rate=rate, n=n)
    return say(
        "{name}由机器判断为 {raw}；按 {n} 条抽检校正后为 {rate}（95% 区间 {range}）。",
        name=rate, n=n, raw=figure("audited_flags", row, ["flag"], "raw_rate", "percent"),
        rate=figure("audited_flags", row, ["flag"], "rate", "percent"),
        range=interval("audited_flags", row, ["flag"], "percent"),
    )  # fmt: skip


def uncorrected(tables: Mapping[str, pd.DataFrame], measure: str, what: str) -> str:
    """Return that something compares labels of the machine even where there is an audit."""
    if audited_row(tables, measure) is None and not is_by_machine(measure):
        return ""
    return f"{what}比较的是机器标签，未经抽检校正。"


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
