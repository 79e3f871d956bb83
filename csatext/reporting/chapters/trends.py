"""The chapter on trends and alerts: the rate over time, and where the daily number rose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.labels import FlagNames, name_of
from csatext.plots.over_time import plot_alerts, plot_trend
from csatext.reporting.chapters.page import Block, Columns, Section, TableSource, picture, text_table
from csatext.reporting.chapters.wording import correction_sentence, uncorrected
from csatext.reporting.format import format_intervals, format_number, format_percent, format_points
from csatext.reporting.standard_tables import TAGS
from csatext.schema import column_names
from csatext.schema.time import ALERTS, TREND

__all__ = ["counts_of", "trend_chapter"]

_FOLD = "查看表格"
_MOST_LINES = 6
_MOST_PERIODS = 120
_MOST_ALERTS = 20

Tables = Mapping[str, pd.DataFrame]


def trend_chapter(tables: Tables, flag: FlagNames, measure: str) -> Section | None:
    """Return the chapter, None without times."""
    total = tables.get("trend_total")
    if total is None or not total["value"].notna().any():
        return None
    blocks = [_course(tables, total, flag)]
    warned = tables.get("alerts")
    if warned is not None:
        blocks.append(_alerts(warned))
    for key, table in tables.items():
        name = key.removeprefix("trend_")
        if not key.startswith("trend_") or name not in table.columns or name in TAGS:
            continue
        if not table["value"].notna().any():
            continue
        label = name_of(name)
        chart = plot_trend(table, max_groups=_MOST_LINES)
        shown = table.assign(range=format_intervals(table, format_percent)).iloc[::-1]
        columns: Columns = [(name, label, None), *_columns(flag)]
        rows = text_table(shown, columns, _MOST_PERIODS, TableSource(key, table, [name, "period"]))
        drawn = picture(chart, f"折线图：各{label}的{flag.rate}走势。", opens=(table, [name]))
        note = f"联络最多的六组。{uncorrected(tables, measure, '走势')}"
        title = f"{label}的{flag.rate}走势"
        blocks.append(Block(title, drawn, rows, _FOLD, note, minor=len(blocks) > 2))
    return Section("趋势与预警", tuple(blocks), correction_sentence(tables, measure))


def _columns(flag: FlagNames) -> Columns:
    return [
        ("label", "时段", None),
        ("n", "联络数", format_number),
        ("numerator", flag.flagged, format_number),
        ("value", flag.rate, format_percent),
        ("range", "95% 区间", None),
        ("change", "环比", format_points),
    ]


def _course(tables: Tables, total: pd.DataFrame, flag: FlagNames) -> Block:
    raw, key = total["value"].to_numpy(), "trend_total"
    columns: Columns = [*_columns(flag), ("events", "节假日与促销", None)]
    if "audited_trend" in tables:
        key, total = "audited_trend", tables["audited_trend"]
        columns.insert(5, ("raw", "机器判断", format_percent))
    shown = total.assign(range=format_intervals(total, format_percent), events=_events(total), raw=raw)
    drawn = picture(
        plot_trend(total), f"折线图：{flag.rate}走势，带 95% 区间。", "阴影为 95% 区间；空心点为不完整时段"
    )
    rows = text_table(shown.iloc[::-1], columns, _MOST_PERIODS, TableSource(key, total, ["period"]))
    return Block(_title(tables.get("latest_change"), flag), drawn, rows, _FOLD, name=f"{flag.rate}走势")


def _title(latest: pd.DataFrame | None, flag: FlagNames) -> str:
    """Return what the last complete period did."""
    if latest is None or pd.isna(latest["difference"].iloc[0]):
        return f"{flag.rate}走势"
    row = latest.iloc[0]
    moved = "高于此前" if row["difference"] > 0 else "低于此前"
    verdict = moved if row["is_significant"] else "在随机波动之内"
    return f"{flag.rate}走势：{row['period']} 为 {format_percent(row['value'])}，{verdict}"


def _events(total: pd.DataFrame) -> list[str]:
    pairs = zip(total["holidays"].fillna(""), total["promotions"].fillna(""), strict=True)
    return ["，".join(filter(None, pair)) for pair in pairs]


def _alerts(warned: pd.DataFrame) -> Block:
    """Return the alerts, or that there are none."""
    if not len(warned):
        reason = str(warned.attrs.get("reason", "没有发现异常增多")).rstrip("。")
        return Block("预警：没有", note=f"每天的联络数没有超出预期的地方（{reason}）。")
    by = [name for name in warned.columns if name not in column_names(ALERTS)]
    rows = warned.to_dict("records")
    where = ["、".join(f"{name_of(k)}「{row[k]}」" for k in by if pd.notna(row[k])) for row in rows]
    shown = warned.assign(
        where=where,
        when=[_when(row) for row in rows],
        state=["仍在持续" if row["is_open"] else "已结束" for row in rows],
    )
    columns: Columns = [
        ("where", "哪里", None),
        ("when", "期间", None),
        ("observed", "实际联络数", format_number),
        ("expected", "预期", format_number),
        ("ratio", "实际 ÷ 预期", format_number),
        ("state", "状态", None),
    ]
    # What an alert does not name is no value of that column.
    drawn = warned.assign(where=where)[["rank", "where", *warned.columns.difference(["rank", "where", *by])]]
    chart = plot_alerts(drawn, max_rows=_MOST_ALERTS)
    shown_rows = min(len(warned), _MOST_ALERTS)
    made = picture(chart, f"时间线：{len(warned)} 起预警的起止。", rows=shown_rows)
    open_now = int(warned["is_open"].sum())
    title = f"预警：{len(warned)} 起联络数异常增多，{open_now} 起仍在持续"
    note = "每天的联络数与此前的水平、星期和节假日规律相比；误报已按序列数控制。"
    table = text_table(shown, columns, _MOST_ALERTS, TableSource("alerts", warned, ["rank"]))
    return Block(title, made, table, note=note, name="预警")


def _when(row: Mapping[Any, Any]) -> str:
    start, end = row["start"], row["end"]
    return f"{start:%Y-%m-%d}" + ("" if start == end else f" 至 {end:%Y-%m-%d}")


def counts_of(course: pd.DataFrame) -> pd.DataFrame:
    """Return a trend that shows the number of contacts instead of a rate."""
    counts = course.assign(value=course["n"].astype(float), low=float("nan"), high=float("nan"))
    counts.attrs = {}
    return counts[[name for name in course.columns if name in column_names(TREND) or name in counts]]
