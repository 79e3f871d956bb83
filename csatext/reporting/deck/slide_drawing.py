"""Slides drawn from what they say: title, native chart or table, points, footer, speaker notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from csatext.reporting.deck.deck_template import ACCENT, DARK, GREY, LATIN, DeckMaster, pptx
from csatext.reporting.deck.slide_charts import add_chart
from csatext.reporting.deck.slides import Bars, SlidePlan, SlideTable
from csatext.reporting.deck.text_fit import clip, fitting_size, n_lines
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Figure, Sentence, figures_in
from csatext.strings import xml_text

__all__ = ["draw_cover", "draw_slide"]

_POINT = 12_700
"""EMU in a point."""
_TITLE_SIZES, _POINT_SIZES, _CELL_SIZES = (24, 22, 20, 18, 16), (16, 15, 14, 13, 12), (14, 13, 12, 11, 10.5)
_ALONE_SIZES = (20, 18, *_POINT_SIZES)
_GAP, _SIDE = 6.0, 0.33
"""Points between paragraphs; part of the width that points take beside a chart."""
_FOOTER = 10
_CELL_PADDING = 7.2
_MOST_IN_NOTES, _MOST_SOURCES = 40, 3

Box = tuple[int, int, int, int]


def draw_cover(master: DeckMaster, title: str, lines: Sequence[str]) -> Any:
    """Add the first slide and return it."""
    slide = master.deck.slides.add_slide(master.opening)
    holders = list(slide.placeholders)
    head = slide.shapes.title
    rest = [shape for shape in holders if head is None or shape.shape_id != head.shape_id]
    if head is None:
        head = slide.shapes.add_textbox(*master.title_box)
    size = fitting_size([title], head.width / _POINT, head.height / _POINT, (36, 32, 28, 24, 20)) or 18
    white = "FFFFFF" if master.is_own else DARK
    _fill(
        head.text_frame, [clip(title, head.width / _POINT / size * 2)], size, master, bold=True, colour=white
    )
    texts = [shape for shape in rest if shape.placeholder_format.type.name in ("SUBTITLE", "BODY", "OBJECT")]
    if texts:
        box = texts[0]
        rest.remove(box)
    else:
        left, top, width, height = master.body_box
        box = slide.shapes.add_textbox(left, top, width, height)
    _fill(box.text_frame, list(lines), 16, master, colour="DEEBF7")
    for shape in rest:
        shape._element.getparent().remove(shape._element)
    return slide


def draw_slide(master: DeckMaster, plan: SlidePlan, run: RunTables, number: int) -> Any:
    """Add a slide and return it."""
    slide = master.deck.slides.add_slide(master.content)
    body = _title(slide, master, plan)
    left, top, width, height = master.body_box
    side = (left, top, width, height)
    chart = plan.chart if plan.chart is not None and plan.chart.figures else None
    if chart is not None or plan.grid is not None:
        beside = bool(plan.points) and (plan.grid is None or len(plan.grid.headers) <= 3)
        wide = round(width * (1 - _SIDE)) if beside else width
        room = height
        if plan.points and not beside:
            room = height - _height_of([str(one) for one in plan.points], width, 14)
            side = (left, top + room, width, height - room)
        elif beside:
            side = (left + wide + width // 40, top, width - wide - width // 40, height)
        area = (left, top, wide, room)
        if chart is not None:
            add_chart(slide, chart, area, is_own=master.is_own)
        elif plan.grid is not None:
            _add_grid(slide, plan.grid, area, master)
    alone = chart is None and plan.grid is None
    _points(slide, body, plan.points, side, master, _ALONE_SIZES if alone else _POINT_SIZES)
    _footer(slide, plan, master, number)
    slide.notes_slide.notes_text_frame.text = xml_text(_notes(plan, run))
    return slide


def _title(slide: Any, master: DeckMaster, plan: SlidePlan) -> Any:
    """Write title and chapter; return the placeholder for the points, others are taken away."""
    head = slide.shapes.title
    if head is None:
        head = slide.shapes.add_textbox(*master.title_box)
    text = xml_text(str(plan.title))
    left, top, width, height = master.title_box
    size = fitting_size([text], width / _POINT - 14, height / _POINT, _TITLE_SIZES)
    if size is None:
        size = _TITLE_SIZES[-1]
        text = clip(text, (width / _POINT - 14) / size * max(height / _POINT // (size * 1.3), 1) - 2)
    _fill(head.text_frame, [text], size, master, bold=True, colour=DARK)
    if master.is_own:
        tag = slide.shapes.add_textbox(left, round(top - 0.34 * 914_400), width, round(0.32 * 914_400))
        _fill(tag.text_frame, [plan.chapter], 12, master, bold=True, colour=ACCENT)
    body = None
    for shape in list(slide.placeholders):
        if shape.shape_id == head.shape_id:
            continue
        if body is None and plan.points and shape.placeholder_format.type.name in ("OBJECT", "BODY"):
            body = shape
        else:
            shape._element.getparent().remove(shape._element)
    return body


def _points(
    slide: Any, body: Any, points: Sequence[Sentence], box: Box, master: DeckMaster, sizes: Sequence[float]
) -> None:
    if not points:
        return
    texts = [xml_text(str(point)) for point in points]
    width, height = box[2] / _POINT - 34, box[3] / _POINT - 10
    size = fitting_size(texts, width, height, sizes, _GAP)
    while size is None and len(texts) > 1:
        texts = (
            [*texts[:-2], "其余见备注。"] if texts[-1] == "其余见备注。" else [*texts[:-1], "其余见备注。"]
        )
        size = fitting_size(texts, width, height, sizes, _GAP)
        if texts == ["其余见备注。"]:
            break
    if size is None:
        size = sizes[-1]
    shape = body if body is not None else slide.shapes.add_textbox(*box)
    shape.left, shape.top, shape.width, shape.height = box
    frame = shape.text_frame
    _fill(frame, texts, size, master, colour="404040", gap=_GAP, bulleted=body is None)


def _height_of(texts: Sequence[str], width: int, size: float) -> int:
    lines = sum(n_lines(text, width / _POINT - 34, size) for text in texts)
    return round((lines * size * 1.35 + _GAP * len(texts) + 12) * _POINT)


def _footer(slide: Any, plan: SlidePlan, master: DeckMaster, number: int) -> None:
    """Write source, n and number of the slide at its foot."""
    deck = master.deck
    width, height = int(deck.slide_width), int(deck.slide_height)
    left = master.body_box[0]
    wide = width - 2 * left
    tall = round(0.32 * 914_400)
    top = height - tall - round(0.18 * 914_400)
    source = "、".join(list(dict.fromkeys(plan.tables))[:_MOST_SOURCES])
    if len(set(plan.tables)) > _MOST_SOURCES:
        source += f" 等 {len(set(plan.tables))} 张表"
    left_out = 0 if plan.chart is None else plan.chart.left_out
    hidden = f"图中另有 {left_out:,} 个没有画出" if left_out else ""
    grey = "灰色：时段不完整" if plan.chart is not None and plan.chart.grey else ""
    said = "　".join(part for part in (plan.n, f"来源：{source}" if source else "", hidden, grey) if part)
    box = slide.shapes.add_textbox(left, top, round(wide * 0.9), tall)
    # Names of tables are of letters, whose widths differ most between fonts.
    room = (wide * 0.9 / _POINT - 16) * 0.8
    _fill(box.text_frame, [clip(xml_text(said), room / _FOOTER - 1)], _FOOTER, master, colour=GREY)
    box = slide.shapes.add_textbox(left + round(wide * 0.9), top, round(wide * 0.1), tall)
    _fill(box.text_frame, [str(number)], _FOOTER, master, colour=GREY)
    box.text_frame.paragraphs[0].alignment = pptx("pptx.enum.text").PP_ALIGN.RIGHT


def _fill(
    frame: Any,
    texts: Sequence[str],
    size: float,
    master: DeckMaster,
    *,
    bold: bool = False,
    colour: str = "",
    gap: float = 0.0,
    bulleted: bool = False,
) -> None:
    """Write paragraphs into a frame, in one size; colours are those of a user's template there."""
    util, text = pptx("pptx.util"), pptx("pptx.enum.text")
    frame.word_wrap = True
    frame.auto_size = text.MSO_AUTO_SIZE.NONE
    for place, words in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = ("• " if bulleted else "") + xml_text(words)
        paragraph.space_after = util.Pt(gap)
        _style(run, size, master.is_own, bold=bold, colour=colour)


def _style(run: Any, size: float, is_own: bool, *, bold: bool = False, colour: str = "") -> None:
    """Set size, weight, colour and fonts of a run, the East Asian one too."""
    run.font.size = pptx("pptx.util").Pt(size)
    if bold:
        run.font.bold = True
    properties = run._r.get_or_add_rPr()
    properties.set("lang", "zh-CN")
    properties.set("altLang", "en-US")
    if not is_own:
        return
    if colour:
        run.font.color.rgb = pptx("pptx.dml.color").RGBColor.from_string(colour)
    run.font.name = LATIN
    qn = pptx("pptx.oxml.ns").qn
    latin = properties.find(qn("a:latin"))
    east = properties.makeelement(qn("a:ea"), {"typeface": LATIN})
    latin.addnext(east)


def _add_grid(slide: Any, grid: SlideTable, box: Box, master: DeckMaster) -> None:
    """Draw a table, as many rows as the room holds; a line below says how many are left out."""
    left, top, width, height = box
    total = sum(grid.widths)
    widths = [width * part / total / _POINT for part in grid.widths]
    texts = [[xml_text(" ".join(str(cell).split())) for cell in row] for row in grid.rows]
    size, heights = _CELL_SIZES[-1], [0.0]
    for size in _CELL_SIZES:
        heights = [_row_height(row, widths, size) for row in [list(grid.headers), *texts]]
        if sum(heights) <= height / _POINT - 18:
            break
    fits = 0
    used = heights[0]
    for tall in heights[1:]:
        if used + tall > height / _POINT - 18:
            break
        used += tall
        fits += 1
    shown = texts[: max(fits, 1)]
    left_out = grid.left_out + len(texts) - len(shown)
    frame = slide.shapes.add_table(len(shown) + 1, len(grid.headers), left, top, width, round(used * _POINT))
    table = frame.table
    style = frame._element.graphic.graphicData.tbl
    style[0][-1].text = "{5940675A-B579-460E-94D1-54222C63F5DA}"
    for at, wide in enumerate(widths):
        table.columns[at].width = round(wide * _POINT)
    colour = pptx("pptx.dml.color").RGBColor
    for place, row in enumerate([list(grid.headers), *shown]):
        table.rows[place].height = round(heights[place] * _POINT)
        for at, text in enumerate(row):
            cell = table.cell(place, at)
            cell.margin_left = cell.margin_right = round(_CELL_PADDING * _POINT / 1.5)
            cell.margin_top = cell.margin_bottom = round(3 * _POINT)
            cell.vertical_anchor = pptx("pptx.enum.text").MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            fill = DARK if place == 0 else ("F2F6FA" if place % 2 == 0 else "FFFFFF")
            cell.fill.fore_color.rgb = colour.from_string(fill)
            run = cell.text_frame.paragraphs[0].add_run()
            run.text = text
            _style(run, size, master.is_own, bold=place == 0, colour="FFFFFF" if place == 0 else "262626")
            if not master.is_own:
                run.font.color.rgb = colour.from_string("FFFFFF" if place == 0 else "262626")
    if left_out:
        note = slide.shapes.add_textbox(left, top + round(used * _POINT), width, round(18 * _POINT))
        _fill(
            note.text_frame, [f"另有 {left_out:,} 行没有列出，见工作簿与运行输出。"], 10, master, colour=GREY
        )


def _row_height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    lines = max(
        n_lines(text, wide - _CELL_PADDING * 1.4, size) for text, wide in zip(row, widths, strict=True)
    )
    return lines * size * 1.3 + size * 0.9


def _notes(plan: SlidePlan, run: RunTables) -> str:
    """Return the speaker notes: finding, definition, n, full names, and the cell of each number."""
    lines = [str(plan.title), ""]
    if plan.definition:
        lines.append(f"口径：{plan.definition}")
    if plan.n:
        lines.append(f"样本：{plan.n}")
    lines += [f"· {point}" for point in plan.points]
    figures = [one for _, one in figures_in([plan.title, *plan.points])]
    if plan.chart is not None:
        figures += [*plan.chart.figures, *plan.chart.second]
        lines += _about_chart(plan.chart)
    if plan.grid is not None:
        figures += list(_in_grid(plan.grid))
        if plan.grid.left_out:
            lines.append(f"表里没有列出的还有 {plan.grid.left_out:,} 行。")
    lines += ["", f"数字出处（运行 {run.run_hash or '没有哈希：不是来自一次运行的输出文件夹'}）："]
    shown = list(dict.fromkeys(map(_ledger_line, figures)))
    lines += shown[:_MOST_IN_NOTES]
    if len(shown) > _MOST_IN_NOTES:
        lines.append(f"其余 {len(shown) - _MOST_IN_NOTES} 个数在同一张表的同一列。")
    return "\n".join(lines)


def _ledger_line(one: Figure) -> str:
    """Return where a number comes from: table, row, column and value.

    Examples
    --------
    >>> _ledger_line(Figure("25.0%", "breakdown_channel", (("channel", "电话"),), "value", 0.25, "percent"))
    '25.0% ← breakdown_channel {"channel": "电话"} value = 0.25'
    """
    key = json.dumps(dict(one.row), ensure_ascii=False)
    value = "空" if pd.isna(one.value) else repr(one.value)
    return f"{one.text} ← {one.table} {key} {one.column} = {value}"


def _about_chart(chart: Bars) -> list[str]:
    lines = []
    if any(pd.notna(low) for low, _ in chart.ends):
        said = "；".join(
            f"{name} {low:.4g} – {high:.4g}"
            for name, (low, high) in list(zip(chart.names, chart.ends, strict=True))[:_MOST_IN_NOTES]
        )
        lines.append(f"95% 区间（误差线）：{said}")
    if chart.full:
        lines.append(f"名字的全文：{'；'.join(chart.full)}")
    if chart.grey:
        lines.append("灰色的时段数据不完整，不参与比较。")
    if chart.left_out:
        lines.append(f"没有画出的还有 {chart.left_out:,} 个。")
    return lines


def _in_grid(grid: SlideTable) -> Iterable[Figure]:
    for row in grid.rows:
        for cell in row:
            if isinstance(cell, Figure):
                yield cell
            elif isinstance(cell, Sentence):
                yield from cell.figures
