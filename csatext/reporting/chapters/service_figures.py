"""The chapter of service KPIs: each with its interval and its twin, and agents that differ from the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.reporting.chapters.page import Block, Section, text_table
from csatext.reporting.format import (
    format_interval,
    format_number,
    format_p_value,
    format_percent,
    format_whole,
)
from csatext.service.definitions import Definition, read_definitions

__all__ = ["service_chapter"]

_SHARE = "比率"
_MOST_AGENTS = 30
_MOST_CHANNELS = 6
_LONGER = {"秒": (("小时", 3600.0, 7200.0), ("分钟", 60.0, 120.0)), "小时": (("天", 24.0, 48.0),)}
"""Units of long times: name, size and the least value it is taken for."""
_NOTE = "每个指标旁边是不容易做假的对照指标；公式见 ct.kpi_definitions()。没有列出的指标缺少所需的列。"


def service_chapter(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    """Return the chapter, None without KPIs.

    Examples
    --------
    >>> import csatext as ct
    >>> found = service_chapter({"kpis": ct.kpis(pd.DataFrame({"nps": [10, 3, 9]}))})
    >>> [row[:2] for row in found.blocks[0].table.rows][1]
    ('净推荐值', '33.33 点')
    """
    table = tables.get("kpis")
    if table is None or not len(table):
        return None
    known = read_definitions()
    values = dict(zip(table["metric"], table["value"], strict=True))
    channels = _by_channel(tables.get("kpis_channel"))
    rows = [
        _row(row, known[row["metric"]], values, known)
        | {name: _form(of.get(row["metric"]), known[row["metric"]]) for name, of in channels.items()}
        for row in table.to_dict("records")
        if row["metric"] in known
    ]
    columns = [
        ("name", "指标", None), ("value", "全部", _as_given), ("range", "95% 区间", _as_given),
        ("n", "计入", format_number), *((name, name, _as_given) for name in channels),
        ("twin", "对照指标", None), ("twin_value", "对照数值", _as_given),
    ]  # fmt: skip
    blocks = [Block(table=text_table(pd.DataFrame(rows), columns, len(rows)))]
    agents = _agents(tables.get("scorecard"), known)
    return Section("服务指标", tuple(blocks + ([agents] if agents else [])), _NOTE)


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


def _form(value: Any, definition: Definition) -> str:
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
        "name": definition.name_zh, "value": _form(row["value"], definition), "n": row["n"],
        "range": format_interval(row["low"], row["high"], lambda end: _form(end, definition)),
        "twin": twin.name_zh, "twin_value": _form(values.get(twin.id), twin),
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
                "value": _form(row["value"], known[row["metric"]]),
                "expected": _form(row["expected"], known[row["metric"]]), "verdict": row["verdict"],
            }
            for row in clear.to_dict("records")
            if row["metric"] in known
        ]
    )  # fmt: skip
    columns = [
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
