"""The chapters of service KPIs, each with its interval and its twin, and of agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.labels import name_of
from csatext.plots.by_group import plot_breakdown, plot_funnel
from csatext.reporting.chapters.page import Block, Columns, Section, TableSource, picture, text_table
from csatext.reporting.format import (
    format_interval,
    format_intervals,
    format_number,
    format_p_value,
    format_percent,
    format_whole,
)
from csatext.reporting.standard_tables import CHART_VALUES
from csatext.service.definitions import Definition, read_definitions

__all__ = ["agent_chapter", "format_kpi", "service_chapter"]

_SHARE = "比率"
_MOST_AGENTS = 30
_MOST_CHANNELS = 6
_LONGER = {"秒": (("小时", 3600.0, 7200.0), ("分钟", 60.0, 120.0)), "小时": (("天", 24.0, 48.0),)}
"""Units of long times: name, size and the least value it is taken for."""
_NOTE = "每个指标旁边是不容易做假的对照指标；公式见 ct.kpi_definitions()。没有列出的指标缺少所需的列。"


def service_chapter(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    """Return the chapter, None without KPIs and scores.

    Examples
    --------
    >>> import csatext as ct
    >>> found = service_chapter({"kpis": ct.kpis(pd.DataFrame({"nps": [10, 3, 9]}))})
    >>> [row[:2] for row in found.blocks[0].table.rows][1]
    ('净推荐值', '33.33 点')
    """
    table = tables.get("kpis")
    if table is None or not len(table):
        scored = _scores(tables)
        return Section("服务指标", tuple(scored)) if scored else None
    known = read_definitions()
    values = dict(zip(table["metric"], table["value"], strict=True))
    channels = _by_channel(tables.get("kpis_channel"))
    rows = [
        _row(row, known[row["metric"]], values, known)
        | {name: format_kpi(of.get(row["metric"]), known[row["metric"]]) for name, of in channels.items()}
        for row in table.to_dict("records")
        if row["metric"] in known
    ]
    columns: Columns = [
        ("name", "指标", None), ("value", "全部", _as_given), ("range", "95% 区间", _as_given),
        ("n", "计入", format_number), *((name, name, _as_given) for name in channels),
        ("twin", "对照指标", None), ("twin_value", "对照数值", _as_given),
    ]  # fmt: skip
    rows_shown = text_table(pd.DataFrame(rows), columns, len(rows))
    blocks = [Block(table=rows_shown, name="服务指标"), *_scores(tables)]
    return Section("服务指标", tuple(blocks), _NOTE)


def agent_chapter(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    """Return how agents compare: a funnel plot of the KPI with most verdicts, and who differs."""
    card, known = tables.get("scorecard"), read_definitions()
    if card is None or not len(card):
        return None
    directed = card["metric"].map({name: one.direction != "none" for name, one in known.items()}).eq(True)
    clear = card[(card["verdict"].fillna("").astype("str").str.len() > 0) & directed]
    people = str(card.columns[1])
    sizes = card.loc[directed, "metric"].value_counts()
    if not len(sizes):
        return None
    counts = clear["metric"].value_counts()
    metric = str(counts.index[0] if len(counts) else sizes.index[0])
    name = known[metric].name_zh
    n = int(card.loc[card["metric"] == metric, people].nunique())
    n_clear = int(counts.iloc[0]) if len(counts) else 0
    title = f"{name}：{n} 位客服里 {n_clear} 位与其余有显著差别"
    drawn = picture(
        plot_funnel(card, metric), f"漏斗图：各客服的{name}与计入条数，虚线为 95% 与 99.8% 界限。{title}。",
        "虚线是偶然波动的 95% 与 99.8% 界限，落在外面的才值得看",
    )  # fmt: skip
    blocks = [Block(title, drawn, note="条数少的人数值本来就散；界限之内的高低不是表现。")]
    agents = _agents(card, known)
    note = "与其余没有显著差别的客服不列出；只在同样的类别与渠道构成下比较。"
    return Section("客服表现", tuple(blocks + ([agents] if agents else [])), note)


def _scores(tables: Mapping[str, pd.DataFrame]) -> list[Block]:
    """Return satisfaction and resolution by every dimension, lowest first; the first dimension is drawn."""
    blocks = []
    for score in ("csat", "resolved"):
        form = format_percent if score == "resolved" else format_number
        prefix = f"breakdown_{score}_"
        by = [key.removeprefix(prefix) for key in tables if key.startswith(prefix)]
        names = [name for name in by if name in tables[prefix + name].columns]
        for place, name in enumerate(names):
            raw = tables[prefix + name]
            table = raw.iloc[::-1].sort_values("suppressed", kind="stable")
            table.attrs = dict(raw.attrs)
            drawn, label = None, f"{name_of(score)}，按{name_of(name)}"
            if place == 0 and table["value"].notna().any() and len(table) <= CHART_VALUES:
                alt = f"条形图：{label}，带 95% 区间。"
                note = "从低到高；橙色显著低于其余、蓝色显著高于其余（q < 0.05）"
                chart = plot_breakdown(table, more_is_worse=False)
                drawn = picture(chart, alt, note, opens=(table, [name]), rows=len(table))
            columns: Columns = [
                (name, name_of(name), None),
                ("n", "联络数", format_number),
                ("denominator", "有值", format_number),
                ("value", name_of(score), form),
                ("range", "95% 区间", None),
                ("q", "q", format_p_value),
            ]
            shown = table.assign(range=format_intervals(table, form))
            rows = text_table(shown, columns, 30, TableSource(prefix + name, raw, [name]))
            blocks.append(
                Block(label if drawn else "", drawn, rows, "查看表格" if drawn else label, name=label)
            )
    return blocks


def _as_given(value: Any) -> str:
    return str(value)


def _by_channel(table: pd.DataFrame | None) -> dict[str, dict[str, float]]:
    """Return the values of the largest channels: channel -> metric -> value."""
    if table is None:
        return {}
    sizes = table.groupby("channel")["n"].max().sort_values(ascending=False, kind="stable")
    return {
        str(name): dict(zip(part["metric"], part["value"], strict=True))
        for name in sizes.index[:_MOST_CHANNELS]
        for part in [table[table["channel"] == name]]
    }


def format_kpi(value: Any, definition: Definition) -> str:
    """Return the value of a KPI in its unit; long times in minutes, hours or days."""
    if pd.isna(value):
        return "—"
    if definition.unit == _SHARE:
        return format_percent(value)
    for unit, size, least in _LONGER.get(definition.unit, ()):
        if value >= least:
            return f"{format_number(value / size)} {unit}"
    form = format_whole if definition.kind == "count" else format_number
    return f"{form(value)} {definition.unit}"


def _row(
    row: Mapping[str, Any], definition: Definition, values: Mapping[str, Any], known: Mapping[str, Definition]
) -> dict[str, Any]:
    twin = known[definition.twin]
    return {
        "name": definition.name_zh, "value": format_kpi(row["value"], definition), "n": row["n"],
        "range": format_interval(row["low"], row["high"], lambda end: format_kpi(end, definition)),
        "twin": twin.name_zh, "twin_value": format_kpi(values.get(twin.id), twin),
    }  # fmt: skip


def _agents(card: pd.DataFrame | None, known: Mapping[str, Definition]) -> Block | None:
    """Return the agents whose KPI differs significantly from the rest's."""
    if card is None:
        return None
    who = str(card.columns[1])
    directed = card["metric"].map({name: one.direction != "none" for name, one in known.items()}).eq(True)
    clear = card[(card["verdict"].astype("str").str.len() > 0) & directed].sort_values(["q", "metric", who])
    if not len(clear):
        return None
    rows = pd.DataFrame(
        [
            {
                "who": row[who], "name": known[row["metric"]].name_zh, "n": row["n"], "q": row["q"],
                "value": format_kpi(row["value"], known[row["metric"]]),
                "expected": format_kpi(row["expected"], known[row["metric"]]), "verdict": row["verdict"],
            }
            for row in clear.to_dict("records")
            if row["metric"] in known
        ]
    )  # fmt: skip
    columns: Columns = [
        ("who", "客服", None), ("name", "指标", None),
        ("n", "计入", format_number), ("value", "数值", _as_given),
        ("expected", "同样构成的期望", _as_given), ("q", "q", format_p_value),
        ("verdict", "结论", None),
    ]  # fmt: skip
    note = (
        "只列与其余有显著差别的（q < 0.05）；期望是全体客服在同样的类别与渠道构成下的数值，"
        "不同渠道的人不互相比较。"
    )
    return Block("与其余有差别的客服", table=text_table(rows, columns, _MOST_AGENTS), note=note)
