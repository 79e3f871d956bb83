"""The last chapters: what to do, each with its number; what holds; how the numbers were made."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from csatext.labels import PLACEHOLDERS
from csatext.reporting.deck.opening import counted, kpi_said
from csatext.reporting.deck.slides import SlidePlan, SlideTable
from csatext.reporting.office.findings import conclusions, named
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Figure, Sentence, figure, say
from csatext.service.definitions import read_definitions

__all__ = ["advice", "conclusion", "method"]

_MOST_ROWS = 6
_TERMS = (
    ("率", "带某个标记的联络数 ÷ 该标记有记录的联络数"),
    ("95% 区间", "真实数值大概在的范围，样本越少越宽；率用 Wilson 区间，均值用 t 区间"),
    ("q", "按同一张表的全部比较校正的 p（Benjamini–Hochberg），小于 0.05 才说差别成立"),
    ("升降", "Mann–Kendall 检验成立才说上升或下降，否则说没有明显趋势"),
    ("完整时段", "数据覆盖了整个时段；不完整的画成灰色，不参与比较"),
    ("数字出处", "每页备注写明每个数来自哪张表、哪一行、哪一列；运行哈希说明是哪一次运行"),
)


def advice(run: RunTables) -> list[SlidePlan]:
    """Return the slides on what to do: about KPIs that are worse, about the largest complaints."""
    slides = []
    known = read_definitions()
    for name, against in (("remedies_channel", "其余"), ("remedies", "以前")):
        table = run.tables.get(name)
        if table is None or not len(table):
            continue
        dimensions = [one for one in ("channel",) if one in table.columns]
        table = table[~table[dimensions].isin(PLACEHOLDERS).any(axis=1)] if dimensions else table
        heads = table.drop_duplicates(["metric", *dimensions])
        heads = heads.drop_duplicates("metric").head(_MOST_ROWS)
        cells = []
        for row in heads.to_dict("records"):
            if row["metric"] not in known:
                continue
            keys = tuple(one for one in ("metric", *dimensions, "period", "cause") if pd.notna(row[one]))
            where = [str(row[one]) for one in dimensions]
            if pd.notna(row["period"]):
                where.append(f"{row['period']:%Y-%m-%d} 起一期")
            said = say(
                "{value}（{against} {reference}）",
                against=against,
                value=kpi_said(row, known, table=name, keys=keys),
                reference=kpi_said(row, known, table=name, keys=keys, column="reference"),
            )
            cells.append(
                (
                    str(row["name_zh"]),
                    named("·".join(where), 18),
                    said,
                    str(row["cause"]),
                    str(row["remedies"]),
                )
            )
        if not cells:
            continue
        first = cells[0]
        title = say("先办{metric}：{where} {said}", metric=first[0], where=first[1], said=first[2])
        headers = ("指标", "哪里", f"现值（{against}）", "可能原因", "办法")
        grid = SlideTable(headers, tuple(cells), (2, 2, 3, 3, 5), len(table) - len(cells))
        what = f"只列明显差于{against}的指标（q < 0.05）；原因与办法来自改进手册，原因要先用对照指标核实。"
        slides.append(SlidePlan("建议", title, None, grid, (), (name,), counted(run), what))
    return slides + _about_complaints(run)


def _about_complaints(run: RunTables) -> list[SlidePlan]:
    """Return the remedies of the most frequent kinds of complaints, with who owns them."""
    shares, taxonomy = run.tables.get("shares_is_complaint_subcategory"), run.tables.get("taxonomy")
    if shares is None or taxonomy is None or "remedy" not in taxonomy.columns:
        return []
    plays = taxonomy[taxonomy["remedy"].fillna("") != ""].drop_duplicates("label_zh").set_index("label_zh")
    cells: list[tuple[str | Figure | Sentence, ...]] = []
    for row in shares.to_dict("records"):
        label = str(row["subcategory"])
        if label not in plays.index:
            continue
        at = ["subcategory"]
        cells.append(
            (
                named(label, 12),
                figure("shares_is_complaint_subcategory", row, at, "numerator", "whole"),
                figure("shares_is_complaint_subcategory", row, at, "value", "percent"),
                str(plays.loc[label, "owner"]),
                str(plays.loc[label, "remedy"]),
            )
        )
        if len(cells) == _MOST_ROWS + 2:
            break
    if not cells:
        return []
    title = say(
        "投诉先办「{label}」：{n} 条，占 {share}", label=str(cells[0][0]), n=cells[0][1], share=cells[0][2]
    )
    grid = SlideTable(
        ("子类", "件数", "占投诉", "责任部门", "办法"),
        tuple(cells),
        (2.2, 1.2, 1.2, 2, 7),
        len(shares) - len(cells),
    )
    what = "按件数排序；责任部门与办法来自分类体系。"
    n = f"n = {int(shares['denominator'].iloc[0]):,} 条投诉"
    return [
        SlidePlan("建议", title, None, grid, (), ("shares_is_complaint_subcategory", "taxonomy"), n, what)
    ]


def conclusion(run: RunTables) -> list[SlidePlan]:
    """Return the slide on what holds: sentences whose test holds, or that say that nothing changed."""
    found = conclusions(run)
    if not found:
        return []
    title = _without_stop(found[0])
    tables = dict.fromkeys(one.table for sentence in found for one in sentence.figures)
    what = "结论都有检验：变化与差别只有区间不含 0 或 q < 0.05 才说，否则说在随机波动之内。"
    points = tuple(found[1:]) or tuple(found)
    return [SlidePlan("结论", title, None, None, points, tuple(tables), counted(run), what)]


def _without_stop(sentence: Sentence) -> Sentence:
    last = sentence.parts[-1]
    if isinstance(last, str) and last.endswith("。"):
        return Sentence((*sentence.parts[:-1], last[:-1]))
    return sentence


def method(run: RunTables, chapters: Sequence[str]) -> list[SlidePlan]:
    """Return the slide on how the numbers were made, and which chapters lack data."""
    rows = [(name, what) for name, what in _TERMS]
    if chapters:
        rows.append(("没有数据的章节", "、".join(chapters)))
    rows += [(named(what, 16), named(why, 60)) for what, why in list(run.absent.items())[:2]]
    title = Sentence(("口径与方法：每个数字都能追到表里的一格",))
    grid = SlideTable(("名词", "含义"), tuple(rows), (2, 9))
    return [SlidePlan("附录", title, None, grid, (), (), counted(run), "")]
