"""The chapter on root causes: episodes with their course and keywords, and what explains each period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import Overview
from csatext.aggregation.episodes import dimensions_in, dimensions_in_episodes
from csatext.inference import ALPHA
from csatext.labels import FlagNames, cell_name, period_name
from csatext.plots.bars import plot_root_causes
from csatext.plots.over_time import plot_trend
from csatext.reporting.chapters.page import (
    Block,
    Picture,
    Section,
    TableSource,
    TextTable,
    picture,
    text_table,
)
from csatext.reporting.chapters.wording import constant_sentence, uncorrected, unseen
from csatext.reporting.format import (
    format_interval,
    format_number,
    format_p_value,
    format_percent,
    format_size,
    format_whole,
)
from csatext.schema.time import TREND

__all__ = ["cause_chapter"]

_MOST_DRAWN = 4
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
        return Section("根因", note=f"{note}结果：{causes.attrs.get('reason', '没有发现显著异动')}。")
    by = dimensions_in_episodes(found)
    rises = int(found["is_rise"].sum())
    title = f"{rises} 起{what}升高的异动" if rises else f"没有{what}升高的异动，有 {len(found)} 起回落"
    rows = _episode_table(tables, by, courses)
    drawn = _course_picture(tables, by, courses, what, is_rate)
    blocks = [Block(title, drawn, rows, name="异动"), *_waterfall(causes, flag, is_rate)]
    blocks.append(
        Block(
            "逐个时段",
            table=_period_table(causes, flag, is_rate),
            folded="每个时段的根因，含不能排除的其他解释",
        )
    )
    return Section("根因", tuple(blocks), note)


def _course_picture(
    tables: Mapping[str, pd.DataFrame], by: list[str], courses: pd.DataFrame, what: str, is_rate: bool
) -> Picture | None:
    """Return the rate, or number of contacts, of the first episodes in all complete periods."""
    total, found = tables.get("trend_total"), tables["episodes"]
    if total is None or not len(courses):
        return None
    starts = dict(zip(total["label"], total["period"], strict=True))
    named = {row["rank"]: cell_name(row, by) for row in found.head(_MOST_DRAWN).to_dict("records")}
    course = courses[courses["rank"].isin(list(named)) & courses["period"].isin(list(starts))]
    course = course.assign(
        范围=course["rank"].map(named), label=course["period"], period=course["period"].map(starts),
        n=course["denominator"], is_complete=True,
        value=course["value" if is_rate else "denominator"].astype(float),
    )  # fmt: skip
    course = course.drop_duplicates(["范围", "period"])
    names = [column.name for column in TREND.columns]
    table = course.reindex(columns=["范围", *names]).astype({"period": "datetime64[us]"})
    if is_rate:
        table.attrs = {"measure": tables["root_causes"].attrs.get("measure"), "kind": "rate"}
    chart = plot_trend(table, max_groups=_MOST_DRAWN)
    return picture(
        chart,
        f"折线图：前几起异动的范围里，每个完整时段的{what}。",
        f"前 {len(named)} 起异动的范围里每个时段的{what}",
    )


def _waterfall(causes: pd.DataFrame, flag: FlagNames, is_rate: bool) -> list[Block]:
    """Return what explains the last period that has root causes."""
    own = causes[causes["alternative_to"].isna() & causes["contribution"].notna()]
    if not len(own):
        return []
    period = own["period"].max()
    last = own[own["period"] == period].copy()
    by = dimensions_in(causes)
    last = last.drop(columns=["period", "top_category", "top_category_n"], errors="ignore")
    first = cell_name(last.iloc[0].to_dict(), by)
    word = flag.flagged if is_rate else "联络数"
    more = last["contribution"].iloc[0]
    moved = "多出" if more > 0 else "少了"
    title = f"{period} 的{word}变化：{first} {moved}约 {format_size(more)} 条"
    alt = f"瀑布图：{period} 各根因对{word}的贡献与区间。"
    made = picture(plot_root_causes(last), alt, rows=len(last) + 1)
    return [Block(title, made, note="每个根因的贡献接在上一个之后，可以相加；横线为区间。")]


def _episode_table(tables: Mapping[str, pd.DataFrame], by: list[str], courses: pd.DataFrame) -> TextTable:
    found, attrs = tables["episodes"], tables["root_causes"].attrs
    is_rate = bool(attrs.get("is_rate", True))
    rows = found.to_dict("records")
    shown = found.assign(
        when=[_when(row) for row in rows],
        where=[cell_name(row, by) for row in rows],
        rates=[_rates(row, is_rate, unseen(row, courses, attrs)) for row in rows],
        more=[_more(row) for row in rows],
    )
    columns: list[tuple[str, str, Any]] = [
        ("when", "时段", None),
        ("where", "范围", None),
        ("rates", "之前 → 期间", None),
        ("more", "超出原来的水平（区间）", None),
        ("q", "q", format_p_value),
        ("top_category", "主要类别", None),
        ("words", "相关词", None),
    ]
    return text_table(shown, columns, _MOST_ROWS, TableSource("episodes", found, ["rank"]))


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
    return text_table(shown, columns, _MOST_ROWS, TableSource("root_causes", causes, ["period", "rank"]))
