"""The chapter on channels, products and other dimensions: whose rate differs from the rest."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csatext.aggregation.breakdown import above_rest
from csatext.labels import PLACEHOLDERS, FlagNames, name_of
from csatext.plots.by_group import plot_breakdown
from csatext.reporting.chapters.page import Block, Columns, Section, TableSource, picture, text_table
from csatext.reporting.chapters.wording import correction_sentence, uncorrected
from csatext.reporting.format import (
    format_intervals,
    format_number,
    format_p_value,
    format_percent,
    format_points,
)
from csatext.reporting.sentences import Sentence
from csatext.reporting.standard_tables import CHART_VALUES, TAGS

__all__ = ["rate_columns", "single_dimensions", "where_chapter"]

_MOST_PAIRS = 20
_FOLD = "查看表格"
_COLOURS = (
    "橙色显著高于其余、蓝色显著低于其余（q < 0.05），灰色与其余无显著差别；横线为 95% 区间，虚线为整体。"
)

Tables = Mapping[str, pd.DataFrame]


def single_dimensions(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the breakdowns of the measure by one dimension, categories left out."""
    found = {
        key.removeprefix("breakdown_"): table for key, table in tables.items() if key.startswith("breakdown_")
    }
    return {name: table for name, table in found.items() if name in table.columns and name not in TAGS}


def rate_columns(names: list[str], flag: FlagNames) -> Columns:
    """Return the columns of a breakdown that are shown."""
    return [
        *((name, name_of(name), None) for name in names),
        ("n", "联络数", format_number),
        ("numerator", flag.flagged, format_number),
        ("value", flag.rate, format_percent),
        ("range", "95% 区间", None),
        ("difference", "与其余之差", format_points),
        ("q", "q", format_p_value),
    ]


def where_chapter(tables: Tables, flag: FlagNames, measure: str) -> Section | None:
    """Return the chapter, None without dimensions; it is called after the first two of them."""
    single = single_dimensions(tables)
    blocks = []
    pairs = _pairs(tables, single, flag, measure)
    if pairs is not None:
        blocks.append(pairs)
    for name, raw in single.items():
        label, key = name_of(name), f"breakdown_{name}"
        audited = f"audited_{key}"
        table = tables.get(audited, raw)
        shown = table.assign(range=format_intervals(table, format_percent))
        source = TableSource(audited if audited in tables else key, table, [name])
        rows = text_table(shown, rate_columns([name], flag), 200, source)
        title, drawn = f"按{label}", None
        if table["value"].notna().any() and len(table) <= CHART_VALUES:
            title = _finding(table, name, flag)
            alt = f"条形图：各{label}的{flag.rate}与 95% 区间。{title}。"
            chart = plot_breakdown(table)
            drawn = picture(chart, alt, opens=(table, [name]), rows=len(table))
        many = "" if drawn else f"取值较多（{len(table)} 个），只列表格。"
        blocks.append(
            Block(title, drawn, rows, _FOLD, many, name=f"{flag.rate}，按{label}", minor=len(blocks) > 2)
        )
    names = list(single)[:2]
    title = "×".join(map(name_of, names)) if len(names) > 1 else "按维度分组"
    note = Sentence((_COLOURS,)) + correction_sentence(tables, measure)
    return Section(title, tuple(blocks), note) if blocks else None


def _finding(table: pd.DataFrame, name: str, flag: FlagNames) -> str:
    """Return the title of a breakdown: whose rate is significantly above the rest, if any."""
    high = above_rest(table)
    high = high[~high[name].isin(PLACEHOLDERS)].sort_values("difference", ascending=False, kind="stable")
    label = name_of(name)
    if not len(high):
        return f"按{label}：没有哪一个的{flag.rate}显著高于其余"
    shown = "、".join(f"「{value}」" for value in high[name].head(2))
    more = f"等 {len(high)} 个" if len(high) > 2 else ""
    return f"按{label}：{shown}{more}的{flag.rate}高于其余"


def _pairs(tables: Tables, single: Mapping[str, pd.DataFrame], flag: FlagNames, measure: str) -> Block | None:
    """Return the pairs of values, categories left out, whose rate is highest above the rest.

    The pair of dimensions with the highest excess is drawn.
    """
    found, drawn = [], None
    for first in single:
        for second in single:
            key = f"breakdown_{first}_{second}"
            table = tables.get(key)
            if table is None or not {first, second} <= set(table.columns):
                continue
            if drawn is None and len(table):
                drawn = (table, [first, second])
            high = above_rest(table)
            high = high[~high[first].isin(PLACEHOLDERS) & ~high[second].isin(PLACEHOLDERS)]
            names = high[first].astype(str) + " × " + high[second].astype(str)
            found.append(high.assign(pair=names, range=format_intervals(high, format_percent)))
    joined = pd.concat(found) if found else pd.DataFrame()
    if not len(joined) or drawn is None:
        return None
    joined = joined.sort_values(["excess", "pair"], ascending=[False, True], kind="stable")
    columns: Columns = [("pair", "组合", None), *rate_columns([], flag)]
    rows = text_table(joined, columns, _MOST_PAIRS)
    note = uncorrected(tables, measure, "两维组合")
    table, names = drawn
    chart = plot_breakdown(table, max_rows=_MOST_PAIRS)
    label = "×".join(map(name_of, names))
    shown = picture(
        chart,
        f"条形图：{label}各组合的{flag.rate}。",
        opens=(table, names),
        rows=min(len(table), _MOST_PAIRS),
    )
    title = f"两维组合：「{joined['pair'].iloc[0]}」比其余多出的{flag.flagged}最多"
    return Block(title, shown, rows, f"查看{flag.rate}显著偏高的组合", note, name="两维组合")
