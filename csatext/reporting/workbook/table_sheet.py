"""One table as a sheet: Chinese headers, number formats by meaning, filter, frozen header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from csatext.reporting.office.table_words import TableWords, column_title, row_forms, value_name
from csatext.reporting.workbook.cell_values import cell_value, sheet_text, text_width
from csatext.service.definitions import Definition

__all__ = ["FORMATS", "NAMES", "SheetFormats", "WrittenSheet", "write_table"]

FORMATS: Mapping[str, str] = {
    "whole": "#,##0",
    "number": "#,##0.##",
    "percent": "0.0%",
    "score": "#,##0.00",
    "p": '[<0.001]"<0.001";0.000',
    "date": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm",
}
"""Number formats of Excel by what a number is."""
NAMES = "·"
"""Place of the names of rows that several columns name together."""
_TECHNICAL = ("p", "shrunken", "small", "suppressed", "z", "g2", "log_odds", "log_ratio", "adjusted")
"""Columns for analysts: there, but folded away by an outline."""
_NARROWEST, _WIDEST, _SAMPLE = 8, 60, 300
_WRAPPED = 30
"""Characters from which a column of texts is wrapped."""
_ERROR_HEADERS = ("误差线上半", "误差线下半")
"""Lengths of the error bars: cells beside the rows, so that sorting moves them along."""


@dataclass(frozen=True)
class WrittenSheet:
    """A table as it stands in the workbook.

    Attributes
    ----------
    name : str
        Of the table.
    sheet : str
        Of the sheet.
    table : DataFrame
        The rows written.
    n_rows : int
        Rows of the whole table.
    words : TableWords
    places : dict of str to int
        Column -> its place in the sheet; ``+`` and ``-`` are the lengths of the error bars.
    width : int
        Columns of the sheet.
    """

    name: str
    sheet: str
    table: pd.DataFrame
    n_rows: int
    words: TableWords
    places: dict[str, int]
    width: int


class SheetFormats:
    """Formats of cells, each made once.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[tuple[str, bool, bool], Any] = {}
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
        self._base = base
        self.head = book.add_format(
            base
            | {
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": "#1F4E79",
                "text_wrap": True,
                "align": "center",
                "border": 1,
                "border_color": "#FFFFFF",
            }
        )

    def made(self, **more: Any) -> Any:
        """Return a format with further properties."""
        return self._book.add_format(self._base | more)

    def of(self, form: str, *, grey: bool = False, wrapped: bool = False) -> Any:
        """Return the format of a form; grey for periods that are not complete."""
        key = form, grey, wrapped
        if key not in self._known:
            more: dict[str, Any] = {"num_format": FORMATS[form]} if form in FORMATS else {"indent": 1}
            if grey:
                more |= {"font_color": "#8A949E", "italic": True}
            if wrapped:
                more |= {"text_wrap": True, "valign": "top"}
            self._known[key] = self.made(**more)
        return self._known[key]


def write_table(
    sheet: Any,
    name: str,
    title: str,
    table: pd.DataFrame,
    n_rows: int,
    words: TableWords,
    formats: SheetFormats,
    facts: pd.DataFrame,
    known: Mapping[str, Definition],
) -> WrittenSheet:
    """Write a table into an empty sheet.

    Parameters
    ----------
    sheet : xlsxwriter worksheet
    name, title : str
        Of the table; of the sheet.
    table : DataFrame
        Rows to write.
    n_rows : int
        Rows of the whole table.
    words : TableWords
    formats : SheetFormats
    facts : DataFrame
        Tell which measures are flags.
    known : mapping of str to Definition
        KPIs, whose units differ by row.
    """
    forms = row_forms(table, facts, known)
    grey = np.zeros(len(table), dtype=bool)
    if "is_complete" in table and "period" in table:
        grey = ~table["is_complete"].fillna(True).to_numpy(dtype=bool)
    headers = _headers([str(column) for column in table.columns])
    places: dict[str, int] = {}
    for at, column in enumerate(map(str, table.columns)):
        places[column] = at
        cells = table.iloc[:, at]
        form = "text" if cells.dtype.kind in "OUb" else words.form(column)
        values = [
            cell_value(value_name(column, value, known)) if isinstance(value, str) else cell_value(value)
            for value in cells
        ]
        if types.is_datetime64_any_dtype(cells):
            form = "time" if any(_has_clock(value) for value in values) else "date"
        elif form in ("text", "date", "flag") and types.is_numeric_dtype(cells):
            form = "number"
        width = max(
            [text_width(headers[at]) + 4]
            + [_shown_width(value, form) for value in values[:_SAMPLE] if value is not None]
        )
        wrapped = form == "text" and width > _WRAPPED
        options = {"level": 1, "hidden": True} if column in _TECHNICAL else {}
        sheet.set_column(at, at, min(max(width, _NARROWEST), _WIDEST), None, options)
        sheet.write_string(0, at, headers[at], formats.head)
        for row, value in enumerate(values):
            own = forms[row] if forms is not None and words.is_in_unit(column) else form
            look = formats.of(own, grey=bool(grey[row]), wrapped=wrapped)
            _write(sheet, row + 1, at, value, look)
    width = len(places)
    if len(words.dimensions) > 1 and len(table):
        # A chart names its bars by one cell.
        at = places[NAMES] = width
        sheet.set_column(at, at, 12, None, {"level": 1, "hidden": True})
        sheet.write_string(0, at, "图中名称", formats.head)
        for row, value in enumerate(_joined(table, words.dimensions)):
            sheet.write_string(row + 1, at, value, formats.of("text"))
        width += 1
    if {"value", "low", "high"} <= places.keys() and len(table) and forms is None:
        for place, (sign, length) in enumerate(_error_lengths(table).items()):
            at = places[sign] = width + place
            sheet.set_column(at, at, 12, None, {"level": 1, "hidden": True})
            sheet.write_string(0, at, _ERROR_HEADERS[place], formats.head)
            for row, value in enumerate(length):
                _write(sheet, row + 1, at, cell_value(value), formats.of(words.value_form))
        width += 2
    sheet.set_row(0, 30)
    frozen = [places[one] + 1 for one in words.dimensions if one in places]
    sheet.freeze_panes(1, max(frozen) if frozen and max(frozen) <= 4 else 0)
    if width:
        sheet.autofilter(0, 0, max(len(table), 1), width - 1)
    if "value" in places and len(table) > 1 and forms is None:
        at = places["value"]
        bars = {"type": "data_bar", "bar_color": "#9DC3E6"}
        sheet.conditional_format(1, at, len(table), at, bars)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    return WrittenSheet(name, title, table, n_rows, words, places, width)


def _joined(table: pd.DataFrame, dimensions: Sequence[str]) -> list[str]:
    """Return the values of each row in one text; those that are missing stand for any."""
    cells = table[list(dimensions)].astype(object)
    rows = cells.where(cells.notna(), "").astype(str).itertuples(index=False)
    return [sheet_text(" · ".join(part for part in row if part))[:200] or "整体" for row in rows]


def _headers(columns: list[str]) -> list[str]:
    """Return the headers: Chinese, each once."""
    headers: list[str] = []
    for column in columns:
        shown = sheet_text(column_title(column)) or "（无名）"
        headers.append(shown if shown not in headers else f"{shown}（{sheet_text(column)}）")
    return headers


def _has_clock(value: Any) -> bool:
    return value is not None and not isinstance(value, str) and bool(value.hour or value.minute)


def _shown_width(value: Any, form: str) -> int:
    if isinstance(value, str):
        return max(map(text_width, value.split("\n"))) + 2
    if form in ("date", "time"):
        return 12 if form == "date" else 17
    if form == "percent":
        return 9
    return len(f"{value:,.2f}") + 2


def _write(sheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, look)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, look)
    else:
        sheet.write_datetime(row, column, value, look)


def _error_lengths(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return how far the interval reaches above and below each value."""
    value = table["value"].astype("float64")
    return {"+": table["high"].astype("float64") - value, "-": value - table["low"].astype("float64")}
