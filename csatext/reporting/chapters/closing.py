"""Chapters that frame the others: data quality, what to do, and the methods with what could not be made."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csatext.labels import FlagNames, check_name, flag_names, name_of
from csatext.reporting.chapters.page import Block, Columns, Section, TableSource, text_table
from csatext.reporting.chapters.service_figures import format_kpi
from csatext.reporting.format import format_number, format_p_value, format_percent
from csatext.service.definitions import read_definitions

__all__ = ["advice_chapter", "glossary", "methods_chapter", "quality_chapter"]

_MOST_ADVICE, _MOST_PLAYS = 8, 12
_COMPLETE = 0.995
_WHERE_TABLES = "各表的完整数据在 csatext run 的输出文件夹的 tables 里，每表 Parquet 和 CSV 各一份。"

Tables = Mapping[str, pd.DataFrame]


def named_kpi(name: str) -> str:
    """Return the Chinese name of a KPI or column that tells whether a cause is the cause."""
    known = read_definitions()
    return known[name].name_zh if name in known else name_of(name)


def quality_chapter(tables: Tables, known: pd.Series | None = None) -> Section | None:
    """Return the findings and repairs of reading, and how much of each column is there.

    Parameters
    ----------
    tables : mapping of str to DataFrame
    known : Series, optional
        Table ``completeness`` where it is there.
    """
    blocks = []
    quality = tables.get("quality")
    if quality is not None and len(quality):
        shown = quality.assign(
            check_shown=[check_name(check) for check in quality["check"]],
            column_shown=[name_of(column) or "—" for column in quality["column"].fillna("")],
        )
        columns: Columns = [
            ("check_shown", "检查项", None),
            ("column_shown", "列", None),
            ("n", "行数", format_number),
            ("rate", "占比", format_percent),
            ("detail", "说明", None),
        ]
        source = TableSource("quality", quality, ["check", "column", "detail"])
        rows = text_table(shown, columns, 200, source)
        title = f"读入时有 {len(quality)} 处判断或修复"
        blocks.append(Block(title, table=rows, name="读入时的判断与修复"))
    filled = tables.get("completeness")
    if filled is not None and len(filled):
        shown = filled.assign(name=[name_of(column) for column in filled["column"]])
        columns = [
            ("name", "列", None),
            ("n", "有值的联络", format_number),
            ("rate", "占联络", format_percent),
        ]
        gaps = filled[filled["rate"] < _COMPLETE]
        title = "各列都有值"
        if len(gaps):
            least = gaps.sort_values(["rate", "column"], kind="stable").iloc[0]
            title = f"缺得最多的是「{name_of(least['column'])}」，{format_percent(least['rate'])} 有值"
        rows = text_table(shown, columns, 60, TableSource("completeness", filled, ["column"]))
        blocks.append(Block(title, table=rows, name="各列有值的联络", minor=True))
    if quality is None and not blocks:
        return None
    note = "" if quality is None or len(quality) else "读入时没有需要判断或修复的地方。"
    return Section("数据质量", tuple(blocks), note)


def advice_chapter(tables: Tables) -> Section | None:
    """Return what to do, each with the number that it rests on: by category, and by KPI."""
    blocks = [block for block in (_by_category(tables), *_by_kpi(tables)) if block is not None]
    note = "每条建议后面是它依据的数字；原因是可能的原因，先按「怎么核实」看一眼再动手。"
    return Section("建议", tuple(blocks), note) if blocks else None


def _by_category(tables: Tables) -> Block | None:
    """Return the remedies of the largest subcategories, from the taxonomy."""
    shares, taxonomy = tables.get("subcategory_shares"), tables.get("taxonomy")
    if shares is None or taxonomy is None:
        return None
    plays = taxonomy[taxonomy["remedy"].fillna("").astype(str).str.len() > 0]
    named = dict(zip(taxonomy["id"], taxonomy["label_zh"], strict=True))
    above = plays["parent"].map(named)
    known = {
        (category, label): (remedy, owner)
        for category, label, remedy, owner in zip(
            above, plays["label_zh"], plays["remedy"], plays["owner"].fillna("—"), strict=True
        )
    }
    found = shares[[key in known for key in zip(shares["category"], shares["subcategory"], strict=True)]]
    found = found.head(_MOST_ADVICE)
    if not len(found):
        return None
    keys = list(zip(found["category"], found["subcategory"], strict=True))
    shown = found.assign(remedy=[known[key][0] for key in keys], owner=[known[key][1] for key in keys])
    flagged = flag_names(str(shares.attrs.get("measure") or "is_complaint")).flagged
    columns: Columns = [
        ("subcategory", "子类", None),
        ("category", "投诉类别", None),
        ("numerator", flagged, format_number),
        ("share", f"占{flagged}", format_percent),
        ("remedy", "建议", None),
        ("owner", "责任部门", None),
    ]
    source = TableSource("subcategory_shares", found, ["category", "subcategory"])
    title = f"先做「{found['subcategory'].iloc[0]}」：{flagged}最多"
    return Block(title, table=text_table(shown, columns, source=source), name="按投诉子类的建议")


def _by_kpi(tables: Tables) -> list[Block]:
    """Return causes and remedies of KPIs that got worse, and of channels that are worse than the others."""
    blocks = []
    for key, title in (("remedies", "比以前差的指标"), ("remedies_channel", "比其他渠道差的指标")):
        table = tables.get(key)
        if table is None or not len(table):
            continue
        known = read_definitions()
        rows = table.to_dict("records")
        shown = table.assign(
            where=[
                str(row["channel"]) if "channel" in row else f"{row['period']:%Y-%m-%d} 起" for row in rows
            ],
            number=[
                f"{format_kpi(row['value'], known[row['metric']])}，"
                f"{row['against']} {format_kpi(row['reference'], known[row['metric']])}"
                for row in rows
            ],
            look=[named_kpi(row["look"]) for row in rows],
        )
        columns: Columns = [
            ("name_zh", "指标", None),
            ("where", "渠道" if key == "remedies_channel" else "时段", None),
            ("number", "数值", None),
            ("q", "q", format_p_value),
            ("cause", "可能的原因", None),
            ("look", "怎么核实", None),
            ("remedies", "做法", None),
        ]
        keys = ["rank", "cause"]
        said = f"{title}：{'、'.join(f'「{name}」' for name in table['name_zh'].drop_duplicates().head(3))}"
        rows_shown = text_table(shown, columns, _MOST_PLAYS, TableSource(key, table, keys))
        blocks.append(Block(said, table=rows_shown, name=title))
    return blocks


def methods_chapter(flag: FlagNames, absent: Mapping[str, str]) -> Section:
    """Return the terms of the report, and what could not be made, with the reason."""
    blocks: tuple[Block, ...] = ()
    if absent:
        rows = pd.DataFrame({"what": list(absent), "why": list(absent.values())})
        table = text_table(rows, [("what", "内容", None), ("why", "原因", None)], 100)
        blocks = (Block("没有做的内容", table=table),)
    return Section("方法与口径", blocks, _WHERE_TABLES, terms=glossary(flag))


def glossary(flag: FlagNames) -> tuple[tuple[str, str], ...]:
    """Return the terms of the report in plain words, with the method behind each."""
    return (
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
