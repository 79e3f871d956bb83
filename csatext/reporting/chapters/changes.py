"""The chapter on changes: episodes with their course, their words and what customers said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from csatext.aggregation.episodes import cell_mask, dimensions_in, dimensions_in_episodes, period_labels
from csatext.labels import Measure, cell_name, period_name
from csatext.reporting.chapters.page import Block, Section, TextTable, as_markup, text_table
from csatext.reporting.chapters.wording import constant_sentence, unseen
from csatext.reporting.charts.charts import spark_chart
from csatext.reporting.format import (
    format_interval,
    format_number,
    format_p_value,
    format_percent,
    format_whole,
)

__all__ = ["cause_chapter"]

_MOST_QUOTED = 12
_MOST_ROWS = 200


def cause_chapter(
    facts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], column: str, measure: Measure
) -> Section | None:
    """Return the chapter, None where no periods were compared."""
    causes, found = tables.get("root_causes"), tables.get("episodes")
    if causes is None or found is None:
        return None
    back = f"{causes.attrs.get('baseline_periods', 4)} {period_name(causes.attrs.get('freq', 'W'))}"
    is_rate = bool(causes.attrs.get("is_rate", True))
    what = measure.rate if is_rate else "联络数"
    note = "" if is_rate else constant_sentence(facts, column, measure)
    note += (
        f"每个完整时段与其前 {back}相比，哪一组取值解释了{what}的变化；相邻时段的同一处合成一起。"
        f"已对全部组合和全部时段作多重检验校正（{causes.attrs.get('level', 0.05):g}）。"
    )
    if not len(causes):
        return Section("变化与根因", note=f"{note}结果：{causes.attrs.get('reason', '没有发现显著异动')}。")
    by = dimensions_in_episodes(found)
    blocks = [Block(table=_episode_table(facts, tables, by, _courses(facts, tables, by, column)))]
    quotes = tables.get("cause_examples")
    rises = found[found["is_rise"]].head(_MOST_QUOTED)
    for row in rises.to_dict("records"):
        said = _quotes(row, causes, by, quotes)
        if said:
            title = f"客户原声：{row['first_period']}，{cell_name(row, by)}"
            blocks.append(Block(folded=title, quotes=said))
    blocks.append(
        Block(
            "逐个时段",
            table=_period_table(causes, measure, is_rate),
            folded="每个时段的根因，含不能排除的其他解释",
        )
    )
    return Section("变化与根因", tuple(blocks), note)


def _courses(
    facts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], by: list[str], column: str
) -> list[Markup]:
    """Return the drawing of each episode's rate, or number of contacts, in all complete periods."""
    found, causes, total = tables["episodes"], tables["root_causes"], tables.get("trend_total")
    is_rate = bool(causes.attrs.get("is_rate", True))
    labels = causes.attrs["periods"] if total is None else total.loc[total["is_complete"], "label"].tolist()
    codes = pd.Index(labels).get_indexer(period_labels(facts, causes.attrs["freq"]))
    flag = facts[column].astype("Float64").to_numpy(float, na_value=np.nan)
    usable = (codes >= 0) & ~np.isnan(flag)
    charts = []
    for row in found.to_dict("records"):
        inside = usable & cell_mask(facts, row, by)
        n = np.bincount(codes[inside], minlength=len(labels))
        events = np.bincount(codes[inside], flag[inside], minlength=len(labels))
        rates = np.divide(events, n, out=np.full(len(labels), np.nan), where=n > 0) if is_rate else n
        marked = [row["first_period"] <= label <= row["last_period"] for label in labels]
        tips = [
            f"{label}：{format_percent(rate)}（{events_in:.0f}/{n_in}）" if is_rate else f"{label}：{n_in} 条"
            for label, rate, events_in, n_in in zip(labels, rates, events, n, strict=True)
        ]
        charts.append(as_markup(spark_chart(rates.tolist(), marked, tips)))
    return charts


def _episode_table(
    facts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], by: list[str], courses: list[Markup]
) -> TextTable:
    found, attrs = tables["episodes"], tables["root_causes"].attrs
    rows = found.to_dict("records")
    shown = found.assign(
        when=[_when(row) for row in rows],
        where=[cell_name(row, by) for row in rows],
        course=pd.Series(courses, index=found.index, dtype=object),
        rates=[_rates(row, bool(attrs.get("is_rate", True)), unseen(facts, row, by, attrs)) for row in rows],
        more=[_more(row) for row in rows],
    )
    columns: list[tuple[str, str, Any]] = [
        ("when", "时段", None),
        ("where", "范围", None),
        ("course", "走势", None),
        ("rates", "之前 → 期间", None),
        ("more", "超出原来的水平（区间）", None),
        ("q", "q", format_p_value),
        ("top_category", "主要类别", None),
        ("words", "相关词", None),
    ]
    return text_table(shown, columns, _MOST_ROWS)


def _rates(row: Mapping[str, Any], is_rate: bool, unseen_before: str) -> str:
    if not is_rate:
        return f"每期 {format_number(row['before'])} → {format_number(row['after'])} 条"
    before = format_percent(row["before"]) if pd.notna(row["before"]) else unseen_before
    counts = f"（{format_number(row['numerator'])}/{format_number(row['denominator'])}）"
    return f"{before} → {format_percent(row['after'])}{counts}"


def _more(row: Mapping[str, Any]) -> str:
    excess, low, high = (
        format_whole(row[name], sign=True) for name in ("excess", "excess_low", "excess_high")
    )
    return excess if "—" in (low, high) else f"{excess}（{low} 至 {high}）"


def _when(row: Mapping[str, Any]) -> str:
    first, last = row["first_period"], row["last_period"]
    when = first if first == last else f"{first} 至 {last}"
    kind = "升高" if row["is_rise"] else "回落"
    return f"{when} {kind}{'，持续中' if row['is_current'] else ''}"


def _quotes(
    row: Mapping[str, Any], causes: pd.DataFrame, by: list[str], quotes: pd.DataFrame | None
) -> tuple[dict[str, str], ...]:
    if quotes is None:
        return ()
    mine = (causes["period"] == row["first_period"]) & causes["alternative_to"].isna()
    for name in by:
        mine &= causes[name].isna() if pd.isna(row[name]) else causes[name] == row[name]
    ranks = causes.loc[mine, "rank"]
    said = quotes[(quotes["period"] == row["first_period"]) & quotes["rank"].isin(ranks)]
    return tuple(
        {"text": quote.text, "source": f"编号 {quote.doc_id}"} for quote in said.itertuples(index=False)
    )


def _period_table(causes: pd.DataFrame, measure: Measure, is_rate: bool) -> TextTable:
    by = dimensions_in(causes)
    rows = causes.to_dict("records")
    shown = causes.assign(
        where=[cell_name(row, by) for row in rows],
        kind=[
            ""
            if pd.isna(row["alternative_to"])
            else f"第 {format_number(row['alternative_to'])} 条的另一解释"
            for row in rows
        ],
        range=[
            format_interval(row["contribution_low"], row["contribution_high"], format_whole) for row in rows
        ],
    )
    counted: list[tuple[str, str, Any]] = [
        ("before", "之前", format_percent),
        ("after", "当期", format_percent),
        ("numerator_after", measure.flagged, format_number),
        ("denominator_after", "联络数", format_number),
    ]
    if not is_rate:
        counted = [("before", "之前每期联络数", format_number), ("after", "当期联络数", format_number)]
    columns: list[tuple[str, str, Any]] = [
        ("period", "时段", None),
        ("rank", "序", format_number),
        ("where", "范围", None),
        *counted,
        ("contribution", "贡献", format_whole),
        ("range", "区间", None),
        ("q", "q", format_p_value),
        ("kind", "说明", None),
    ]
    return text_table(shown, columns, _MOST_ROWS)
