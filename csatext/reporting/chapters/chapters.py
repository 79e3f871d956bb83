"""The chapters of the report, each made from the tables by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import above_rest
from csatext.inference import ALPHA
from csatext.labels import FlagNames, flag_names, name_of
from csatext.reporting.chapters.categories import category_chapter
from csatext.reporting.chapters.changes import cause_chapter
from csatext.reporting.chapters.closing import glossary, quality_chapter
from csatext.reporting.chapters.feelings import feelings_chapter
from csatext.reporting.chapters.figures import Figures
from csatext.reporting.chapters.page import Block, Section, as_markup, text_table
from csatext.reporting.chapters.service_figures import service_chapter
from csatext.reporting.chapters.summary import cards, machine_note, summary
from csatext.reporting.chapters.wording import correction_sentence, uncorrected
from csatext.reporting.charts.charts import bar_chart, line_chart
from csatext.reporting.format import (
    format_intervals,
    format_number,
    format_p_value,
    format_percent,
    format_points,
)
from csatext.reporting.sentences import Sentence
from csatext.reporting.standard_tables import CHART_VALUES, TAGS
from csatext.reporting.summary_tables import summary_tables

__all__ = ["chapters"]

_KEYWORDS = 12
_MOST_PAIRS = 20
_FOLD = "查看表格"

Tables = Mapping[str, pd.DataFrame]
Columns = list[tuple[str, str, Callable[[Any], str] | None]]


def chapters(tables: Tables, figures: Figures, measure: str, absent: Mapping[str, str]) -> list[Section]:
    """Return the chapters whose tables are there.

    Parameters
    ----------
    tables : mapping of str to DataFrame
    figures : Figures
        Of the facts as a whole.
    measure : str
        The flag that is broken down.
    absent : mapping of str to str
        Tables that could not be made, with the reason.
    """
    flag = flag_names(measure)
    # What a run has written stays as it is; tables of other origin may lack these.
    tables = summary_tables(tables, figures.overview, figures.latest) | dict(tables)
    made = [
        Section(
            "摘要",
            cards=cards(tables, figures.overview, flag, measure),
            sentences=summary(tables, figures, flag),
            note=machine_note(tables, figures.overview, measure),
        ),
        cause_chapter(tables, figures.overview, figures.courses, flag, measure),
        _course(tables, flag, measure),
        category_chapter(tables, figures.overview, flag, measure),
        feelings_chapter(tables),
        _breakdowns(tables, flag, measure),
        _scores(tables),
        service_chapter(tables),
        _keywords(tables),
        _topics(tables),
        quality_chapter(tables, absent),
        glossary(flag),
    ]
    return [section for section in made if section is not None]


def _course(tables: Tables, flag: FlagNames, measure: str) -> Section | None:
    total = tables.get("trend_total")
    if total is None or not total["value"].notna().any():
        return None
    raw = total["value"].to_numpy()
    total = tables.get("audited_trend", total)
    shown = total.assign(range=format_intervals(total, format_percent), events=_events(total))
    columns: Columns = [
        ("label", "时段", None),
        ("n", "联络数", format_number),
        ("numerator", flag.flagged, format_number),
        ("value", flag.rate, format_percent),
        ("range", "95% 区间", None),
        ("change", "环比", format_points),
        ("events", "节假日与促销", None),
    ]
    if "audited_trend" in tables:
        shown = shown.assign(raw=raw)
        columns.insert(5, ("raw", "机器判断", format_percent))
    blocks = (
        Block(
            chart=as_markup(line_chart(total, title=f"{flag.rate}走势")),
            note="阴影为 95% 区间；空心点为不完整时段。",
            table=text_table(shown.iloc[::-1], columns, 120),
            folded=_FOLD,
        ),
    )
    return Section(f"{flag.rate}走势", blocks, correction_sentence(tables, measure))


def _events(total: pd.DataFrame) -> list[str]:
    pairs = zip(total["holidays"].fillna(""), total["promotions"].fillna(""), strict=True)
    return ["，".join(filter(None, pair)) for pair in pairs]


def _single(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the breakdowns of the measure by one dimension."""
    found = {
        key.removeprefix("breakdown_"): table for key, table in tables.items() if key.startswith("breakdown_")
    }
    return {name: table for name, table in found.items() if name in table.columns and name not in TAGS}


def _breakdowns(tables: Tables, flag: FlagNames, measure: str) -> Section | None:
    blocks = []
    for name, table in _single(tables).items():
        label = name_of(name)
        chart = None
        table = tables.get(f"audited_breakdown_{name}", table)
        if table["value"].notna().any() and len(table) <= CHART_VALUES:
            chart = as_markup(bar_chart(table, name, title=f"{label}的{flag.rate}"))
        many = "" if chart else f"取值较多（{len(table)} 个），只列表格。"
        shown = table.assign(range=format_intervals(table, format_percent))
        rows = text_table(shown, _rate_columns([name], flag), 50)
        blocks.append(Block(f"按{label}", chart, rows, _FOLD, note=many))
        if f"trend_{name}" in tables:
            lines = line_chart(tables[f"trend_{name}"], name, title=f"{label}的{flag.rate}走势")
            said = uncorrected(tables, measure, "走势")
            blocks.append(
                Block(f"{label}的{flag.rate}走势", as_markup(lines), note=f"联络最多的六组。{said}")
            )
    pairs = _pairs(tables, flag, measure)
    if pairs is not None:
        blocks.append(pairs)
    note = (
        "红色显著高于其余、蓝色显著低于其余（q < 0.05），灰色与其余无显著差别；横线为 95% 区间，虚线为整体。"
    )
    whole = Sentence((note,)) + correction_sentence(tables, measure)
    return Section("在哪里", tuple(blocks), whole) if blocks else None


def _rate_columns(names: list[str], flag: FlagNames) -> Columns:
    return [
        *((name, name_of(name), None) for name in names),
        ("n", "联络数", format_number),
        ("numerator", flag.flagged, format_number),
        ("value", flag.rate, format_percent),
        ("range", "95% 区间", None),
        ("difference", "与其余之差", format_points),
        ("q", "q", format_p_value),
    ]


def _pairs(tables: Tables, flag: FlagNames, measure: str) -> Block | None:
    """Return the pairs of values, categories left out, whose rate is highest above the rest."""
    found = []
    single = _single(tables)
    for first in single:
        for second in single:
            table = tables.get(f"breakdown_{first}_{second}")
            if table is not None and {first, second} <= set(table.columns):
                high = above_rest(table)
                names = high[first].astype(str) + " × " + high[second].astype(str)
                found.append(high.assign(pair=names, range=format_intervals(high, format_percent)))
    joined = pd.concat(found) if found else pd.DataFrame()
    if not len(joined):
        return None
    joined = joined.sort_values(["excess", "pair"], ascending=[False, True], kind="stable")
    columns: Columns = [("pair", "组合", None), *_rate_columns([], flag)]
    rows = text_table(joined, columns, _MOST_PAIRS)
    note = uncorrected(tables, measure, "两维组合")
    return Block(f"两维组合中{flag.rate}显著偏高的", table=rows, folded=_FOLD, note=note)


def _scores(tables: Tables) -> Section | None:
    """Return the scores by every dimension, lowest first; the first dimension is drawn."""
    blocks = []
    for score in ("csat", "resolved"):
        form = format_percent if score == "resolved" else format_number
        prefix = f"breakdown_{score}_"
        by = [key.removeprefix(prefix) for key in tables if key.startswith(prefix)]
        names = [name for name in by if name in tables[prefix + name].columns]
        for place, name in enumerate(names):
            table = tables[prefix + name].iloc[::-1].sort_values("suppressed", kind="stable")
            chart, label = None, f"{name_of(score)}，按{name_of(name)}"
            if place == 0 and table["value"].notna().any() and len(table) <= CHART_VALUES:
                percent = score == "resolved"
                chart = as_markup(bar_chart(table, name, title=label, percent=percent, more_is_worse=False))
            columns: Columns = [
                (name, name_of(name), None),
                ("n", "联络数", format_number),
                ("denominator", "有值", format_number),
                ("value", name_of(score), form),
                ("range", "95% 区间", None),
                ("q", "q", format_p_value),
            ]
            rows = text_table(table.assign(range=format_intervals(table, form)), columns, 15)
            blocks.append(Block(label if chart else "", chart, rows, _FOLD if chart else label))
    note = "从低到高；红色显著低于其余、蓝色显著高于其余（q < 0.05）。"
    return Section("满意度与解决", tuple(blocks), note) if blocks else None


def _keywords(tables: Tables) -> Section | None:
    blocks = []
    for key, table in tables.items():
        name = key.removeprefix("keywords_")
        firm = table[(table["q"] < ALPHA) & (table["rank"] <= _KEYWORDS)] if key != name else table.iloc[:0]
        if len(firm) and name != "category":
            words = firm.groupby("group")["term"].agg("、".join).reset_index()
            columns: Columns = [("group", name_of(name), None), ("term", "特征词（q < 0.05）", None)]
            blocks.append(Block(f"按{name_of(name)}", table=text_table(words, columns)))
    note = "与其余各组相比说得更多的词，按证据强弱排列。"
    return Section("各组特有的说法", tuple(blocks), note) if blocks else None


def _topics(tables: Tables) -> Section | None:
    topics = tables.get("topics")
    if topics is None or not len(topics):
        return None
    rows = topics.groupby("topic", sort=True).agg(
        share=("share", "first"),
        n_docs=("n_docs", "first"),
        coherence=("coherence", "first"),
        terms=("term", "、".join),
    )
    columns: Columns = [
        ("topic", "主题", None),
        ("terms", "词", None),
        ("share", "词量占比", format_percent),
        ("n_docs", "联络数", format_number),
        ("coherence", "一致性", format_number),
    ]
    note = "由词的共现归纳，不依赖投诉类别；一致性越高，主题的词越常同时出现。"
    return Section("主题", (Block(table=text_table(rows.reset_index(), columns)),), note)
