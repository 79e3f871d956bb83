"""Native charts of the sheets: bars with error bars, lines over time, contributions of episodes."""

from __future__ import annotations

from typing import Any

import pandas as pd
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from csatext.reporting.office.table_words import column_title
from csatext.reporting.workbook.cell_values import sheet_text
from csatext.reporting.workbook.table_sheet import FORMATS, NAMES, WrittenSheet

__all__ = ["chart_of"]

_BLUE, _ORANGE, _GREEN, _GREY = "#2E75B6", "#C55A11", "#548235", "#A6A6A6"
_LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito (2008)."""
_FONT = {"name": "微软雅黑", "size": 9, "color": "#404040"}
_MOST_BARS, _MOST_LINES = 15, 6
_COUNTED = ("frequencies",)


def chart_of(book: Any, written: WrittenSheet, size: tuple[int, int] = (640, 400)) -> Any | None:
    """Return the chart of a sheet, which refers to its cells; None where none says more than the table.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    written : WrittenSheet
    size : (int, int)
        Pixels.
    """
    if not len(written.table):
        return None
    columns = written.places
    chart = None
    if {"period", "label", "value"} <= columns.keys():
        chart = _course(book, written)
    elif written.name == "episodes" and "excess" in columns:
        chart = _bars(book, written, "excess", ("excess_high", "excess_low"))
    elif written.name in _COUNTED and "n_docs" in columns:
        chart = _bars(book, written, "n_docs")
    elif len(written.words.dimensions) == 1 and {"value", "+"} <= columns.keys():
        chart = _bars(book, written, "value")
    elif written.name == "category_shares":
        chart = _bars(book, written, "numerator")
    elif written.name in ("polarities", "risks") and "value" in columns:
        chart = _bars(book, written, "value")
    elif written.name == "aspect_performance":
        chart = _bars(book, written, "performance")
    if chart is None:
        return None
    chart.set_title(
        {
            "name": _plain(written.words.title),
            "name_font": _FONT | {"size": 12, "bold": True},
            "overlay": False,
        }
    )
    chart.set_size({"width": size[0], "height": size[1]})
    chart.set_chartarea({"border": {"color": "#D9D9D9"}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")
    return chart


def _names_at(written: WrittenSheet) -> tuple[int, int]:
    """Return the first and last column whose cells name a row."""
    places = written.places
    if NAMES in places:
        return places[NAMES], places[NAMES]
    dimensions = [places[name] for name in written.words.dimensions if name in places]
    for name in ("category", "signal", "polarity", "term", "aspect"):
        if name in places and not dimensions:
            dimensions = [places[name]]
    if not dimensions:
        dimensions = [0]
    return dimensions[0], dimensions[0]


def _bars(book: Any, written: WrittenSheet, column: str, ends: tuple[str, str] | None = None) -> Any:
    rows = min(len(written.table), _MOST_BARS)
    chart = book.add_chart({"type": "bar"})
    first, last = _names_at(written)
    at = written.places[column]
    form = written.words.form(column)
    series: dict[str, Any] = {
        "name": _plain(column_title(column)),
        "categories": [written.sheet, 1, first, rows, last],
        "values": [written.sheet, 1, at, rows, at],
        "fill": {"color": _BLUE},
        "gap": 50,
        "invert_if_negative": True,
        "invert_if_negative_color": _GREEN,
        "data_labels": {"value": True, "num_format": FORMATS.get(form, "General"), "font": _FONT},
    }
    if ends is None and {"+", "-"} <= written.places.keys() and column == "value":
        errors = {
            f"{name}_values": _span(written, written.places[sign], 0, rows - 1)
            for name, sign in (("plus", "+"), ("minus", "-"))
        }
        bars = {"type": "custom", "end_style": 1, "line": {"color": "#595959", "width": 1}}
        series["x_error_bars"] = bars | errors
        series["data_labels"] |= {"position": "inside_base", "font": _FONT | {"color": "#FFFFFF"}}
    chart.add_series(series)
    chart.set_y_axis({"reverse": True, "num_font": _FONT, "line": {"color": _GREY}, "label_position": "low"})
    chart.set_x_axis(
        {
            "num_font": _FONT,
            "num_format": FORMATS.get(form, "General"),
            "major_gridlines": {"visible": True, "line": {"color": "#E7E6E6"}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"none": True})
    return chart


def _course(book: Any, written: WrittenSheet) -> Any:
    """Return lines over time, one a group; a period that is not complete is drawn grey and dashed."""
    chart = book.add_chart({"type": "line"})
    table, places = written.table.reset_index(drop=True), written.places
    dimensions = [name for name in written.words.dimensions if name in places]
    groups = _groups(table, dimensions)
    form = FORMATS.get(written.words.value_form, "General")
    for place, (first, last) in enumerate(groups):
        color = _LINES[place % len(_LINES)]
        grey = (
            [
                None if whole else {"border": {"color": _GREY, "dash_type": "dash"}}
                for whole in table["is_complete"].iloc[first : last + 1].fillna(True)
            ]
            if "is_complete" in table
            else []
        )
        series: dict[str, Any] = {
            "name": [written.sheet, first + 1, _names_at(written)[0]]
            if dimensions
            else _plain(written.words.title),
            "categories": [written.sheet, first + 1, places["label"], last + 1, places["label"]],
            "values": [written.sheet, first + 1, places["value"], last + 1, places["value"]],
            "line": {"color": color, "width": 2.25},
            "marker": {"type": "circle", "size": 4, "fill": {"color": color}, "border": {"color": color}},
        }
        if any(grey):
            series["points"] = grey
        if len(groups) == 1 and {"+", "-"} <= places.keys():
            series["y_error_bars"] = {
                "type": "custom",
                "end_style": 0,
                "line": {"color": "#9DC3E6", "width": 1},
                "plus_values": _span(written, places["+"], first, last),
                "minus_values": _span(written, places["-"], first, last),
            }
        chart.add_series(series)
    chart.set_x_axis({"num_font": _FONT | {"rotation": -45}, "line": {"color": _GREY}})
    chart.set_y_axis(
        {
            "num_font": _FONT,
            "num_format": form,
            "major_gridlines": {"visible": True, "line": {"color": "#E7E6E6"}},
            "line": {"none": True},
        }
    )
    chart.set_legend({"none": True} if len(groups) == 1 else {"position": "bottom", "font": _FONT})
    return chart


def _span(written: WrittenSheet, column: int, first: int, last: int) -> str:
    return f"={quote_sheetname(written.sheet)}!{xl_range_abs(first + 1, column, last + 1, column)}"


def _plain(text: str) -> str:
    """Return a text that xlsxwriter does not take for a reference to a cell."""
    shown = sheet_text(text)
    return f"＝{shown[1:]}" if shown.startswith("=") else shown


def _groups(table: pd.DataFrame, dimensions: list[str]) -> list[tuple[int, int]]:
    """Return first and last row of each group, the largest ones in the order of the table."""
    if not dimensions:
        return [(0, len(table) - 1)]
    keys = table[dimensions].astype(object).fillna("").astype(str).agg(" · ".join, axis=1)
    found = [
        (int(rows[0]), int(rows[-1]), float(table.loc[rows, "n"].sum()))
        for rows in keys.groupby(keys, sort=False).groups.values()
        if rows[-1] - rows[0] + 1 == len(rows)
    ]
    largest = sorted(found, key=lambda group: -group[2])[:_MOST_LINES]
    return [group[:2] for group in found if group in largest]
