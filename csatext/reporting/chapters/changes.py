"""The chapter on changes: episodes with their course, their keywords and utterances of customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from csatext.aggregation.breakdown import Overview
from csatext.aggregation.episodes import dimensions_in, dimensions_in_episodes
from csatext.inference import ALPHA
from csatext.labels import FlagNames, cell_name, period_name
from csatext.reporting.chapters.page import Block, Section, TextTable, as_markup, text_table
from csatext.reporting.chapters.wording import constant_sentence, uncorrected, unseen
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
    tables: Mapping[str, pd.DataFrame],
    whole: Overview,
    courses: pd.DataFrame,
    flag: FlagNames,
    measure: str,
) -> Section | None:
    """Return the chapter, None where no periods were compared; ``courses`` go with table ``episodes``."""
    causes, found = tables.get("root_causes"), tables.get("episodes")
    if causes is None or found is None:
        return None
    back = f"{causes.attrs.get('baseline_periods', 4)} {period_name(causes.attrs.get('freq', 'W'))}"
    is_rate = bool(causes.attrs.get("is_rate", True))
    what = flag.rate if is_rate else "联络数"
    note = "" if is_rate else constant_sentence(whole, flag)
    note += (
        f"每个完整时段与其前 {back}相比，哪一组取值解释了{what}的变化；相邻时段的同一处合成一起。"
        f"已对全部组合和全部时段作多重检验校正（{causes.attrs.get('alpha', ALPHA):g}）。"
    )
    note += uncorrected(tables, measure, "根因") if is_rate else ""
    if not len(causes):
        return Section("变化与根因", note=f"{note}结果：{causes.attrs.get('reason', '没有发现显著异动')}。")
    by = dimensions_in_episodes(found)
    blocks = [Block(table=_episode_table(tables, by, courses))]
    quotes = tables.get("cause_examples")
    rises = found[found["is_rise"]].head(_MOST_QUOTED)
    for row in rises.to_dict("records"):
        texts = _quotes(row, causes, by, quotes)
        if texts:
            title = f"客户原声：{row['first_period']}，{cell_name(row, by)}"
            blocks.append(Block(folded=title, quotes=texts))
    blocks.append(
        Block(
            "逐个时段",
            table=_period_table(causes, flag, is_rate),
            folded="每个时段的根因，含不能排除的其他解释",
        )
    )
    return Section("变化与根因", tuple(blocks), note)


def _courses(found: pd.DataFrame, courses: pd.DataFrame, is_rate: bool) -> list[Markup]:
    """Return the drawing of each episode's rate, or number of contacts, in all complete periods."""
    charts = []
    for rank in found["rank"]:
        course = courses[courses["rank"] == rank]
        tips = [
            f"{row.period}：{format_percent(row.value)}（{row.numerator:.0f}/{row.denominator}）"
            if is_rate
            else f"{row.period}：{row.denominator} 条"
            for row in course.itertuples(index=False)
        ]
        values = course["value" if is_rate else "denominator"].tolist()
        charts.append(as_markup(spark_chart(values, course["is_inside"].tolist(), tips)))
    return charts


def _episode_table(tables: Mapping[str, pd.DataFrame], by: list[str], courses: pd.DataFrame) -> TextTable:
    found, attrs = tables["episodes"], tables["root_causes"].attrs
    is_rate = bool(attrs.get("is_rate", True))
    rows = found.to_dict("records")
    shown = found.assign(
        when=[_when(row) for row in rows],
        where=[cell_name(row, by) for row in rows],
        course=pd.Series(_courses(found, courses, is_rate), index=found.index, dtype=object),
        rates=[_rates(row, is_rate, unseen(row, courses, attrs)) for row in rows],
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
    matching = quotes[(quotes["period"] == row["first_period"]) & quotes["rank"].isin(ranks)]
    return tuple(
        {"text": quote.text, "source": f"编号 {quote.doc_id}"} for quote in matching.itertuples(index=False)
    )


def _period_table(causes: pd.DataFrame, flag: FlagNames, is_rate: bool) -> TextTable:
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
        ("numerator_after", flag.flagged, format_number),
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
