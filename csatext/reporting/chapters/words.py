"""The chapters on what customers say: words of each group, and topics."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csatext.inference import ALPHA
from csatext.labels import PLACEHOLDERS, FlagNames, name_of
from csatext.plots.bars import plot_keyness
from csatext.plots.by_group import plot_breakdown
from csatext.reporting.chapters.page import Block, Columns, Section, TableSource, picture, text_table
from csatext.reporting.format import format_intervals, format_number, format_percent

__all__ = ["keyword_chapter", "topic_chapter"]

_KEYWORDS = 12
_DRAWN_TERMS, _DRAWN_GROUPS = 8, 6
_FOLD = "查看表格"

Tables = Mapping[str, pd.DataFrame]


def keyword_chapter(tables: Tables) -> Section | None:
    """Return the most frequent words, and what each group says more than the others."""
    blocks = []
    frequent = tables.get("frequencies")
    if frequent is not None and len(frequent):
        shown = frequent.assign(range=format_intervals(frequent, format_percent))
        columns: Columns = [
            ("term", "词", None),
            ("n_docs", "提到的联络数", format_number),
            ("doc_rate", "占联络", format_percent),
            ("range", "95% 区间", None),
        ]
        rows = text_table(shown, columns, 20, TableSource("frequencies", frequent, ["group", "term"]))
        blocks.append(
            Block(f"说得最多的词：{'、'.join(frequent['term'].head(5))}", table=rows, name="高频词")
        )
    for key, table in tables.items():
        name = key.removeprefix("keywords_")
        if key == name:
            continue
        firm = table[(table["q"] < ALPHA) & (table["rank"] <= _KEYWORDS) & ~table["group"].isin(PLACEHOLDERS)]
        if not len(firm):
            continue
        words = firm.groupby("group", sort=False)["term"].agg("、".join).reset_index()
        columns = [("group", name_of(name), None), ("term", "特征词（q < 0.05）", None)]
        chart = plot_keyness(firm, max_terms=_DRAWN_TERMS, max_groups=_DRAWN_GROUPS)
        groups = min(firm["group"].nunique(), _DRAWN_GROUPS)
        alt = f"条形图：各{name_of(name)}与其余相比说得更多的词。"
        drawn = picture(chart, alt, rows=-(-groups // 3) * (_DRAWN_TERMS + 3))
        title = f"按{name_of(name)}的特征词"
        blocks.append(Block(title, drawn, text_table(words, columns), _FOLD, minor=name != "category"))
    note = "特征词：与其余各组相比说得更多的词，按证据强弱排列。"
    return Section("关键词", tuple(blocks), note) if blocks else None


def _emerging_block(emerged: pd.DataFrame) -> Block:
    """Return what the last week has of topics that are new, or far more frequent."""
    shown = emerged.assign(
        kind=emerged["is_new"].map({True: "新主题", False: "明显增多"}),
        onset=emerged["onset"].dt.strftime("%Y-%m-%d"),
        phrase=emerged["phrase"].fillna(""),
    )
    columns: Columns = [
        ("label", "主题", None),
        ("kind", "类型", None),
        ("n_docs", "最近一周的联络数", format_number),
        ("share", "占最近一周", format_percent),
        ("share_before", "以前占", format_percent),
        ("onset", "起点", None),
        ("phrase", "随之出现的说法", None),
    ]
    rows = text_table(shown, columns, 20, TableSource("emerging_topics", emerged, ["topic"]))
    names = "、".join(f"「{label}」" for label in emerged["label"].head(3))
    return Block(f"最近一周新出现或明显增多的主题：{names}", table=rows, name="新出现的主题")


def topic_chapter(tables: Tables, flag: FlagNames) -> Section | None:
    """Return the topics: what is new, their rate, and their words where the model is known."""
    rates, topics = tables.get("topic_rates"), tables.get("topics")
    emerged = tables.get("emerging_topics")
    blocks = [] if emerged is None or emerged.empty else [_emerging_block(emerged)]
    named = None if rates is None else rates[~rates["topic_label"].isin(PLACEHOLDERS)]
    if rates is not None and named is not None and named["value"].notna().any():
        sizes = named.sort_values("n", ascending=False, kind="stable")
        shown = rates.assign(range=format_intervals(rates, format_percent))
        columns: Columns = [
            ("topic_label", "主题", None),
            ("n", "联络数", format_number),
            ("numerator", flag.flagged, format_number),
            ("value", flag.rate, format_percent),
            ("range", "95% 区间", None),
        ]
        rows = text_table(shown, columns, 60, TableSource("topic_rates", rates, ["topic_label"]))
        drawn = picture(plot_breakdown(rates), f"条形图：各主题的{flag.rate}。", rows=min(len(rates), 40))
        largest, worst = sizes["topic_label"].iloc[0], named["topic_label"].iloc[0]
        title = f"说得最多的主题是「{largest}」，{flag.rate}最高的是「{worst}」"
        blocks.append(Block(title, drawn, rows, _FOLD, name=f"各主题的{flag.rate}"))
    if topics is not None and len(topics):
        found = topics.groupby("topic", sort=True).agg(
            share=("share", "first"),
            n_docs=("n_docs", "first"),
            coherence=("coherence", "first"),
            terms=("term", "、".join),
        )
        columns = [
            ("topic", "主题", None),
            ("terms", "词", None),
            ("share", "词量占比", format_percent),
            ("n_docs", "联络数", format_number),
            ("coherence", "一致性", format_number),
        ]
        blocks.append(Block("各主题的词", table=text_table(found.reset_index(), columns, 60)))
    note = "由词的共现归纳，不依赖投诉类别；一致性越高，主题的词越常同时出现。"
    return Section("主题", tuple(blocks), note) if blocks else None
