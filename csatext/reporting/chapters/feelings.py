"""The chapter on feelings and risks: polarities, service signals, the course of conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.inference import ALPHA
from csatext.labels import PLACEHOLDERS, POLARITY_NAMES, name_of
from csatext.plots.by_group import plot_breakdown
from csatext.reporting.chapters.page import (
    Block,
    Columns,
    Section,
    TableSource,
    as_breakdown,
    picture,
    text_table,
)
from csatext.reporting.chapters.wording import audited_row
from csatext.reporting.format import (
    format_interval,
    format_intervals,
    format_number,
    format_p_value,
    format_percent,
)
from csatext.reporting.sentences import Sentence, figure, say

__all__ = ["feelings_chapter", "risk_sentences"]

_RATES = ("escalated",)
"""Figures of a conversation that are shares; the others are scores and counts."""
_THREATS = ("signal_safety", "signal_escalation", "signal_legal", "signal_churn")
"""Signals whose rise belongs into the summary."""
_NO_RISK = ("signal_praise", "signal_suggestion")
_MOST_CELLS = 20

Tables = Mapping[str, pd.DataFrame]


def feelings_chapter(tables: Tables) -> Section | None:
    """Return the chapter, None without scores and signals."""
    blocks = [
        block
        for block in (_polarities(tables), _risks(tables), _cells(tables), _conversations(tables))
        if block is not None
    ]
    corrected = tables.get("audited_flags")
    known = [] if corrected is None else corrected.loc[corrected["rate"].notna(), "flag"].tolist()
    signals = [name_of(flag) for flag in known if flag.startswith("signal_")]
    note = (
        "由文本判断：只算客户肯定说出的话，否认、询问、假设、转述的不算；一条联络可以有多种信号。"
        "机器判断会错，处置前请看原文。"
        + ("除写明校正的之外，" if signals else "")
        + "这一章的占比未经抽检校正。"
    )
    return Section("情感与风险", tuple(blocks), note) if blocks else None


def risk_sentences(tables: Tables) -> list[Sentence]:
    """Return one sentence for each threat that rose in the last complete period."""
    risks = tables.get("risks")
    if risks is None:
        return []
    rose = risks[risks["has_changed"].fillna(False) & (risks["change"] > 0)]
    return [
        say(
            "{period}，带有「{signal}」的联络由 {before} 升到 {after}（{change}）。",
            period=row["period"],
            signal=name_of(row["signal"]),
            before=figure("risks", row, ["signal"], "before", "percent"),
            after=figure("risks", row, ["signal"], "after", "percent"),
            change=figure("risks", row, ["signal"], "change", "points"),
        )
        for row in rose[rose["signal"].isin(_THREATS)].to_dict("records")
    ]


def _polarities(tables: Tables) -> Block | None:
    table = tables.get("polarities")
    if table is None or not table["denominator"].gt(0).any():
        return None
    names = table["polarity"].map(POLARITY_NAMES)
    shown = table.assign(name=names, range=format_intervals(table, format_percent))
    drawn = as_breakdown(table.assign(情感=names), "情感")
    drawn.attrs = {"measure": "占联络", "kind": "rate", "denominator": "n"}
    made = picture(
        plot_breakdown(drawn), "条形图：负面、中性、正面的占比与 95% 区间。", rows=len(drawn),
    )  # fmt: skip
    columns: Columns = [
        ("name", "情感", None),
        ("numerator", "联络数", format_number),
        ("value", "占比", format_percent),
        ("range", "95% 区间", None),
    ]
    rows = text_table(shown, columns, source=TableSource("polarities", table, ["polarity"]))
    negative = shown.loc[shown["polarity"] == "negative", "value"]
    title = "情感构成" if negative.isna().all() else f"情感构成：负面占 {format_percent(negative.iloc[0])}"
    return Block(title, made, rows, "查看表格", name="情感构成")


def _risks(tables: Tables) -> Block | None:
    table = tables.get("risks")
    if table is None:
        return None
    ordered = table.sort_values(["numerator", "signal"], ascending=[False, True], kind="stable")
    ordered = ordered[ordered["numerator"] > 0]
    if not len(ordered):
        return Block("服务信号", note="没有发现愤怒、升级、流失、安全等信号。")
    shown = ordered.assign(
        name=ordered["signal"].map(name_of),
        range=format_intervals(ordered, format_percent),
        moved=[_moved(row) for row in ordered.itertuples(index=False)],
    )
    columns: Columns = [
        ("name", "信号", None),
        ("numerator", "联络数", format_number),
        ("value", "占比", format_percent),
        ("range", "95% 区间", None),
    ]
    corrected = [_corrected(audited_row(tables, signal)) for signal in ordered["signal"]]
    if any(corrected):
        shown = shown.assign(corrected=[said or "未校正" for said in corrected])
        columns.append(("corrected", "抽检校正后", None))
    periods = ordered["period"].dropna()
    note = ""
    if len(periods):
        columns.append(("moved", f"{periods.iloc[0]} 与此前相比", None))
        note = "变化的区间按信号个数校正；写明「升」「降」的，区间不含 0。"
    rows = text_table(shown, columns, source=TableSource("risks", ordered, ["signal"]))
    drawn = as_breakdown(ordered.assign(信号=shown["name"]), "信号")
    drawn.attrs = {"measure": "占联络", "kind": "rate", "denominator": "n"}
    made = picture(plot_breakdown(drawn), "条形图：各种服务信号的占比与 95% 区间。", rows=len(drawn))
    title = f"服务信号：最多的是「{shown['name'].iloc[0]}」"
    return Block(title, made, rows, note=note, name="服务信号")


def _corrected(row: Any) -> str:
    if row is None or pd.isna(row["rate"]):
        return ""
    ends = format_interval(row["low"], row["high"], format_percent)
    return f"{format_percent(row['rate'])}（{ends}）"


def _moved(row: Any) -> str:
    if pd.isna(row.change):
        return "—"
    if not row.has_changed:
        return "无明显变化"
    word = "升" if row.change > 0 else "降"
    return f"{word}：{format_percent(row.before)} → {format_percent(row.after)}"


def _cells(tables: Tables) -> Block | None:
    """Return where a risk is significantly above the rest, most contacts above it first."""
    cells = tables.get("risk_cells")
    if cells is None:
        return None
    high = cells[(cells["q"] < ALPHA) & (cells["difference"] > 0) & ~cells["cell"].isin(PLACEHOLDERS)]
    high = high[~high["signal"].isin(_NO_RISK)]
    if not len(high):
        return None
    high = high.assign(excess=high["difference"] * high["denominator"])
    high = high.sort_values(["excess", "signal", "cell"], ascending=[False, True, True], kind="stable")
    shown = high.assign(
        name=high["signal"].map(name_of),
        where=high["dimension"].map(name_of) + "「" + high["cell"].astype(str) + "」",
    )
    columns: Columns = [
        ("name", "信号", None),
        ("where", "在哪里", None),
        ("numerator", "联络数", format_number),
        ("value", "占比", format_percent),
        ("rest", "其余的占比", format_percent),
        ("q", "q", format_p_value),
    ]
    source = TableSource("risk_cells", high, ["signal", "dimension", "cell"])
    rows = text_table(shown, columns, _MOST_CELLS, source)
    return Block("风险集中在哪里", table=rows, note="显著高于其余的（q < 0.05），按多出的联络数排列。")


def _conversations(tables: Tables) -> Block | None:
    table = tables.get("conversation_figures")
    if table is None:
        return None
    shown = table.assign(
        name=table["figure"].map(name_of),
        shown=[_figure(row.value, row.figure) for row in table.itertuples(index=False)],
        range=[
            "—" if pd.isna(row.low) else f"{_figure(row.low, row.figure)} 至 {_figure(row.high, row.figure)}"
            for row in table.itertuples(index=False)
        ],
    )
    columns: Columns = [
        ("name", "会话", None),
        ("denominator", "会话数", format_number),
        ("shown", "均值或占比", None),
        ("range", "95% 区间", None),
    ]
    note = "情感分从 -1（最差）到 1（最好）；回升是结束时比最低点高多少。"
    rows = text_table(shown, columns, source=TableSource("conversation_figures", table, ["figure"]))
    return Block("会话里客户情绪的走势", table=rows, note=note)


def _figure(value: Any, figure: str) -> str:
    return format_percent(value) if figure in _RATES else format_number(value)
