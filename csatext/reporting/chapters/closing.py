"""The last chapters: data quality, and the glossary of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.labels import FlagNames, check_name, name_of
from csatext.reporting.chapters.page import Block, Section, text_table
from csatext.reporting.format import format_number, format_percent

__all__ = ["glossary", "quality_chapter"]


def quality_chapter(tables: Mapping[str, pd.DataFrame], absent: Mapping[str, str]) -> Section | None:
    """Return the findings and repairs of reading, and the tables that could not be made."""
    blocks = []
    quality = tables.get("quality")
    if quality is not None and len(quality):
        shown = quality.assign(
            check=[check_name(check) for check in quality["check"]],
            column=[name_of(column) or "—" for column in quality["column"].fillna("")],
        )
        columns: list[tuple[str, str, Any]] = [
            ("check", "检查项", None),
            ("column", "列", None),
            ("n", "行数", format_number),
            ("rate", "占比", format_percent),
            ("detail", "说明", None),
        ]
        blocks.append(Block("读入时的判断与修复", table=text_table(shown, columns, 200)))
    if absent:
        rows = pd.DataFrame({"what": list(absent), "why": list(absent.values())})
        blocks.append(
            Block("没有做的内容", table=text_table(rows, [("what", "内容", None), ("why", "原因", None)]))
        )
    if quality is None and not blocks:
        return None
    note = "" if blocks else "读入时没有需要判断或修复的地方。"
    return Section("数据质量", tuple(blocks), note)


def glossary(flag: FlagNames) -> Section:
    """Return the terms of the report in plain words, with the method behind each."""
    terms = (
        (
            flag.rate,
            f"{flag.flagged} ÷ 已知的联络数。情感按词语、否定和程度判断，得分在 -1 到 1 之间。",
        ),
        ("95% 区间", "真实值大概率所在的范围；条数越少越宽。率用 Wilson 区间，率之差用 Newcombe 区间。"),
        (
            "q",
            "校正比较次数之后的 p 值：看得多了总有偶然偏高的，q < 0.05 表示照此标准挑出的结果里，"
            "误报平均不超过 5%（Benjamini-Hochberg）；根因的 q 按全部组合校正。",
        ),
        ("与其余之差", "这一组的率减去其余联络的率，单位是百分点。"),
        (
            "超出原来的水平",
            "期间的联络数 ×（期间的率 - 之前的率）：如果率没有变，本来会少多少条。"
            "所有联络的标记都相同时，是期间的联络数减去按之前每期条数算的联络数。",
        ),
        ("首次出现", "之前没有这一取值的联络，没有可比的率；它与同一时段的其余联络相比。"),
        ("贡献", "一个时段里超出预期的条数；预期由各细分组合此前的率和整体走向推出，结构变化不算在内。"),
        ("另一解释", "数据分不清的重叠范围，各行的贡献不能相加。"),
        ("环比", "与上一时段之差。"),
        ("特征词", "与其余各组相比说得更多的词（带信息先验的对数几率比，Monroe 等 2008）。"),
        ("不显示的值", "少于 5 条的单元只列条数，不显示率。"),
    )
    return Section(
        "名词解释", terms=terms, note="各表的完整数据在同一文件夹的 tables 里，每表 Parquet 和 CSV 各一份。"
    )
