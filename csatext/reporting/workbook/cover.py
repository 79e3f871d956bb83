"""The sheets about the others: cover, definitions of columns, where each number comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from csatext.reporting.office.findings import finding
from csatext.reporting.office.table_words import column_meaning, column_title
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Sentence, figures_in
from csatext.reporting.workbook.cell_values import sheet_text
from csatext.reporting.workbook.table_sheet import FORMATS, SheetFormats, WrittenSheet
from csatext.service.definitions import read_definitions

__all__ = ["COVER", "DEFINITIONS", "LEDGER", "PICTURES", "write_cover", "write_definitions", "write_ledger"]

COVER, PICTURES, DEFINITIONS, LEDGER = "封面", "图表", "口径", "数字出处"
_TERMS = (
    ("率", "分子 ÷ 分母：带某个标记的联络数 ÷ 该标记有记录的联络数。"),
    ("95% 区间", "真实数值大概在的范围；样本越少越宽。率用 Wilson 区间，均值用 t 区间。"),
    ("q", "p 值按同一张表的全部比较校正（Benjamini–Hochberg）；小于 0.05 才说差别成立。"),
    ("完整时段", "数据覆盖了整个时段；不完整的时段是灰色斜体，图里是灰色虚线，不参与比较。"),
    ("空格", "没有数值：分母为零、样本太少，或在根因表里表示“不限”。"),
    ("折叠的列", "供分析人员用的列（p、收缩值等）收在列标上方的“+”里，误差线的长度也在那里。"),
)
_LEDGER_HEADERS = ("出现位置", "句子", "写出的数字", "数值", "表", "行", "列", "写法", "运行哈希")


def write_cover(
    sheet: Any,
    run: RunTables,
    title: str,
    points: Sequence[Sentence],
    written: Sequence[WrittenSheet],
    formats: SheetFormats,
) -> None:
    """Write the cover: what the workbook is about, what it says, how to read it, where what stands."""
    big = formats.made(font_size=20, bold=True, font_color="#1F4E79")
    head = formats.made(bold=True, font_size=12, font_color="#1F4E79", bottom=2, bottom_color="#1F4E79")
    label = formats.made(font_color="#595959", valign="top")
    plain = formats.made(text_wrap=True, valign="top")
    link = formats.made(font_color="#0563C1", underline=1, valign="top")
    number = formats.made(num_format=FORMATS["whole"], valign="top", align="left")
    sheet.hide_gridlines(2)
    for at, width in enumerate((26, 84, 10, 32)):
        sheet.set_column(at, at, width)
    sheet.set_row(0, 36)
    sheet.write_string(0, 0, sheet_text(title), big)
    row = 1
    for name, value in _facts_of(run):
        sheet.write_string(row, 0, name, label)
        (sheet.write_number if isinstance(value, int) else sheet.write_string)(
            row, 1, value, number if isinstance(value, int) else plain
        )
        row += 1

    def section(text: str, *more: str) -> None:
        nonlocal row
        row += 1
        for at in range(4):
            sheet.write_string(row, at, (text, *more)[at] if at <= len(more) else "", head)
        row += 1

    if points:
        section("要点")
        for place, point in enumerate(points, start=1):
            sheet.write_string(row, 0, f"{place}", label)
            sheet.write_string(row, 1, sheet_text(str(point)), plain)
            row += 1
    section("目录", "说什么", "行数", "来源表")
    for name, what in (
        (PICTURES, "主要图表放在一页"),
        (DEFINITIONS, "各列的含义"),
        (LEDGER, "每个数字来自哪张表的哪一格"),
    ):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
        sheet.write_string(row, 1, what, plain)
        row += 1
    for one in written:
        quoted = one.sheet.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{quoted}'!A1", link, one.sheet)
        said = str(finding(run, one.name)) + _cut_note(one)
        sheet.write_string(row, 1, sheet_text(said), plain)
        sheet.write_number(row, 2, one.n_rows, number)
        sheet.write_string(row, 3, sheet_text(one.name), label)
        row += 1
    section("怎么读")
    for name, what in _TERMS:
        sheet.write_string(row, 0, name, label)
        sheet.write_string(row, 1, what, plain)
        row += 1
    if run.absent:
        section("没有的部分", "原因")
        for name, why in run.absent.items():
            sheet.write_string(row, 0, sheet_text(str(name)), plain)
            sheet.write_string(row, 1, sheet_text(str(why)), plain)
            row += 1
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _facts_of(run: RunTables) -> list[tuple[str, str | int]]:
    found: list[tuple[str, str | int]] = []
    times = (
        run.facts["created_at"].dropna() if "created_at" in run.facts else pd.Series(dtype="datetime64[us]")
    )
    if len(times) and hasattr(times.iloc[0], "strftime"):
        found.append(("时间范围", f"{times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d}"))
    found.append(("联络数 n", len(run.facts)))
    found.append(("运行哈希", run.run_hash or "没有（不是来自一次运行的输出文件夹）"))
    return found


def _cut_note(one: WrittenSheet) -> str:
    if len(one.table) == one.n_rows:
        return ""
    rows = f"只列前 {len(one.table):,} 行（共 {one.n_rows:,} 行，按表内次序）"
    return f"。{rows}，全表在 tables/{one.name}.parquet"


def write_definitions(sheet: Any, written: Sequence[WrittenSheet], formats: SheetFormats) -> None:
    """Write what each column of each sheet means."""
    headers = ("工作表", "列名", "含义", "表", "列")
    for at, (header, width) in enumerate(zip(headers, (28, 18, 60, 34, 22), strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, header, formats.head)
    row, text = 1, formats.of("text", wrapped=True)
    for one in written:
        for column in map(str, one.table.columns):
            cells = (one.sheet, column_title(column), column_meaning(column), one.name, column)
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, sheet_text(cell), text)
            row += 1
    known = read_definitions()
    used = [one.table["metric"] for one in written if "metric" in one.table.columns]
    for metric in dict.fromkeys(str(metric) for column in used for metric in column):
        if metric in known:
            one_kpi = known[metric]
            cells = ("（指标）", one_kpi.name_zh, one_kpi.formula, "kpis", metric)
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, sheet_text(cell), text)
            row += 1
    _finish(sheet, row, len(headers))


def write_ledger(
    sheet: Any,
    run: RunTables,
    points: Iterable[Sentence],
    written: Sequence[WrittenSheet],
    formats: SheetFormats,
) -> None:
    """Write where each number of the cover comes from, and which table each sheet is."""
    for at, (header, width) in enumerate(
        zip(_LEDGER_HEADERS, (20, 60, 14, 16, 30, 36, 16, 10, 20), strict=True)
    ):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, header, formats.head)
    text, top = formats.of("text", wrapped=True), formats.made(valign="top")
    said = [(COVER, point) for point in points]
    said += [(f"{COVER}·目录", finding(run, one.name)) for one in written]
    row = 1
    for place, sentence in said:
        for whole, number in figures_in([sentence]):
            key = json.dumps(dict(number.row), ensure_ascii=False)
            cells = (
                place,
                whole,
                number.text,
                None,
                number.table,
                key,
                number.column,
                number.form,
                run.run_hash,
            )
            for at, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(row, at, sheet_text(cell), text)
            if number.value is not None:
                sheet.write_number(row, 3, number.value, top)
            row += 1
    for one in written:
        cells = (
            one.sheet,
            "整张工作表",
            "",
            None,
            one.name,
            "与表同序，每行一行",
            "与表同序，每列一列",
            "",
            run.run_hash,
        )
        for at, cell in enumerate(cells):
            if cell is not None:
                sheet.write_string(row, at, sheet_text(cell), text)
        row += 1
    _finish(sheet, row, len(_LEDGER_HEADERS))


def _finish(sheet: Any, rows: int, columns: int) -> None:
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows - 1, 1), columns - 1)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
