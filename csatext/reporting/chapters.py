"""The chapters of the report, each made from the tables by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from csatext.reporting.cells import Block, Section, interval, number, share, signed_share, text_table
from csatext.reporting.plots import bar_chart, line_chart

__all__ = ["NAMES", "Charts", "chapters"]

NAMES = {
    "channel": "渠道",
    "product": "产品",
    "region": "地区",
    "carrier": "承运商",
    "city": "城市",
    "province": "省份",
    "brand": "品牌",
    "store": "门店",
    "team": "班组",
    "agent_id": "坐席",
    "category": "投诉类别",
    "csat": "满意度评分",
    "nps": "推荐意愿评分",
    "resolved": "解决率",
    "is_negative": "负面率",
}
_KEYWORDS = 12

Charts = dict[str, dict[str, Any]]
Column = tuple[str, str, Callable[[Any], str] | None]


def name_of(column: str) -> str:
    """Return the Chinese name of a column, or the column."""
    return NAMES.get(column, column)


def chapters(
    facts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], examples: pd.DataFrame | None, charts: Charts
) -> list[Section]:
    """Return the chapters whose tables are there; charts are added to ``charts`` by id."""
    made = [
        _overview(facts, tables, charts),
        _root_causes(tables),
        _breakdowns(tables, charts),
        _scores(tables),
        _keywords(tables),
        _topics(tables),
        _examples(examples),
        _quality(tables),
    ]
    return [section for section in made if section is not None] + [_method()]


def _chart(charts: Charts, chart: Any) -> str:
    chart_id = f"chart{len(charts) + 1}"
    charts[chart_id] = chart.to_dict()
    return chart_id


def _overview(facts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], charts: Charts) -> Section:
    cards = [{"value": number(len(facts)), "label": "联络数"}]
    if "is_negative" in facts:
        cards.append({"value": share(facts["is_negative"].mean()), "label": "负面率"})
    if "category" in facts:
        known = facts["category"] != "未归类"
        cards.append({"value": share(known.mean()), "label": "命中投诉类别的占比"})
    if "csat" in facts and facts["csat"].notna().any():
        cards.append({"value": number(round(facts["csat"].mean(), 2)), "label": "满意度均分"})
    causes = tables.get("root_causes")
    if causes is not None:
        main = causes[causes["alternative_to"].isna()]
        cards.append({"value": number(len(main)), "label": "显著异动"})
    blocks = []
    if "trend_total" in tables:
        total = tables["trend_total"]
        blocks.append(
            Block(
                "负面率走势", _chart(charts, line_chart(total)), note="阴影为 95% 区间；空心点为不完整时段。"
            )
        )
        columns: list[Column] = [
            ("label", "时段", None),
            ("n", "联络数", number),
            ("numerator", "负面数", number),
            ("value", "负面率", share),
            ("change", "环比", signed_share),
            ("holidays", "节假日", None),
        ]
        blocks.append(Block("", table=text_table(total, columns, 60), folded=True))
    return Section("概览", tuple(blocks), cards=tuple(cards))


def _root_causes(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    causes = tables.get("root_causes")
    if causes is None:
        return None
    note = "每个完整时段与其前几个时段相比，哪一组取值解释了变化；已对全部组合与全部时段作多重检验校正。"
    if not len(causes):
        reason = causes.attrs.get("reason", "没有发现显著异动")
        return Section("变化与根因", note=f"{note} 结果：{reason}。")
    names = [column.name for column in _fixed_columns()]
    dimensions = [column for column in causes.columns if column not in names]
    main = causes[causes["alternative_to"].isna()]
    described = main.assign(
        where=[
            "，".join(f"{name_of(name)}={row[name]}" for name in dimensions if pd.notna(row[name])) or "整体"
            for _, row in main.iterrows()
        ],
        range=[
            interval(low, high, number)
            for low, high in zip(
                main["contribution_low"].round(), main["contribution_high"].round(), strict=True
            )
        ],
        contribution=main["contribution"].round(),
        q=[f"{q:.2g}" for q in main["q"]],
    )
    columns: list[Column] = [
        ("period", "时段", None),
        ("where", "范围", None),
        ("before", "之前", share),
        ("after", "之后", share),
        ("numerator_after", "负面数", number),
        ("denominator_after", "联络数", number),
        ("contribution", "超出预期", number),
        ("range", "区间", None),
        ("q", "q", None),
        ("words", "相关词", None),
    ]
    return Section("变化与根因", (Block(table=text_table(described, columns)),), note)


def _fixed_columns() -> Any:
    from csatext.schema.batch import ROOT_CAUSES_BY_PERIOD

    return ROOT_CAUSES_BY_PERIOD.columns


def _breakdowns(tables: Mapping[str, pd.DataFrame], charts: Charts) -> Section | None:
    blocks = []
    for key, table in tables.items():
        name = key.removeprefix("breakdown_")
        if not key.startswith("breakdown_") or name not in table.columns:
            continue
        if table.attrs.get("measure") not in (None, "is_negative") or key.count("_") > 1 + name.count("_"):
            continue
        shown = table.assign(range=_ranges(table, share))
        columns: list[Column] = [
            (name, name_of(name), None),
            ("n", "联络数", number),
            ("numerator", "负面数", number),
            ("value", "负面率", share),
            ("range", "95% 区间", None),
            ("difference", "与其余之差", signed_share),
            ("q", "q", lambda q: "—" if pd.isna(q) else f"{q:.2g}"),
        ]
        blocks.append(
            Block(
                f"按{name_of(name)}", _chart(charts, bar_chart(table, name)), text_table(shown, columns), True
            )
        )
        if f"trend_{name}" in tables:
            chart = line_chart(tables[f"trend_{name}"], name)
            blocks.append(Block(f"{name_of(name)}的负面率走势（联络最多的六组）", _chart(charts, chart)))
    return (
        Section("在哪里", tuple(blocks), "红色高于其余、蓝色低于其余（q < 0.05），灰色无显著差别。")
        if blocks
        else None
    )


def _scores(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    blocks = []
    for measure in ("csat", "nps", "resolved"):
        form = share if measure == "resolved" else number
        for key, table in tables.items():
            name = key.removeprefix(f"breakdown_{measure}_")
            if key.startswith(f"breakdown_{measure}_") and name in table.columns:
                shown = table.assign(range=_ranges(table, form))
                columns: list[Column] = [
                    (name, name_of(name), None),
                    ("n", "联络数", number),
                    ("denominator", "有评分", number),
                    ("value", name_of(measure), form),
                    ("range", "95% 区间", None),
                ]
                blocks.append(
                    Block(
                        f"{name_of(measure)}，按{name_of(name)}",
                        table=text_table(shown, columns, 15),
                        folded=True,
                    )
                )
    return Section("满意度与解决", tuple(blocks)) if blocks else None


def _ranges(table: pd.DataFrame, form: Any) -> list[str]:
    return [interval(low, high, form) for low, high in zip(table["low"], table["high"], strict=True)]


def _keywords(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    blocks = []
    for key, table in tables.items():
        if key.startswith("keywords_") and len(table):
            firm = table[(table["q"] < 0.05) & (table["rank"] <= _KEYWORDS)]
            words = firm.groupby("group")["term"].agg("、".join).reset_index()
            columns: list[Column] = [
                ("group", name_of(key.removeprefix("keywords_")), None),
                ("term", "特征词（q < 0.05）", None),
            ]
            blocks.append(
                Block(f"按{name_of(key.removeprefix('keywords_'))}", table=text_table(words, columns))
            )
    return (
        Section("各组特有的说法", tuple(blocks), "与其余各组相比说得更多的词，按证据强弱排列。")
        if blocks
        else None
    )


def _topics(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    topics = tables.get("topics")
    if topics is None or not len(topics):
        return None
    rows = topics.groupby("topic", sort=True).agg(
        share=("share", "first"),
        n_docs=("n_docs", "first"),
        coherence=("coherence", "first"),
        terms=("term", "、".join),
    )
    columns: list[Column] = [
        ("topic", "主题", None),
        ("terms", "词", None),
        ("share", "词量占比", share),
        ("n_docs", "联络数", number),
        ("coherence", "一致性", number),
    ]
    return Section("主题", (Block(table=text_table(rows.reset_index(), columns)),))


def _examples(examples: pd.DataFrame | None) -> Section | None:
    if examples is None or not len(examples):
        return None
    blocks = [
        Block(
            str(category),
            quotes=tuple(
                {"text": row.text, "source": f"编号 {row.doc_id}"} for row in group.itertuples(index=False)
            ),
        )
        for category, group in examples.groupby("category", sort=True)
    ]
    return Section("客户原声", tuple(blocks), "每类取情感最负面的几条，个人信息已遮盖。")


def _quality(tables: Mapping[str, pd.DataFrame]) -> Section | None:
    quality = tables.get("quality")
    if quality is None:
        return None
    columns: list[Column] = [
        ("check", "检查项", None),
        ("column", "列", None),
        ("n", "行数", number),
        ("detail", "说明", None),
    ]
    return Section(
        "数据质量",
        (Block(table=text_table(quality, columns)),) if len(quality) else (),
        "读入时的判断与修复。",
    )


def _method() -> Section:
    return Section(
        "方法",
        note=(
            "率的区间为 Wilson 区间；多重比较用 Benjamini-Hochberg 校正，q 为校正后的 p 值；"
            "关键词为带信息先验的对数几率比；根因为对取值组合的扫描检验。"
            "不足最小样本的单元不显示数值。各表的完整数据见同一文件夹的 tables。"
        ),
    )
