"""The workbook of a comparison of two runs: a cover, and a sheet a section."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from csatext.atomic_files import whole_workbook
from csatext.errors import escape_controls
from csatext.reporting.comparison.change_words import (
    SECTION_NAMES,
    ShownChange,
    changes_in,
    findings,
    headline,
    runs_compared,
)
from csatext.strings import encodable

__all__ = ["write_comparison"]

_COLUMNS = (
    ("前", "before"),
    ("后", "after"),
    ("变化", "change"),
    ("区间下限", "low"),
    ("区间上限", "high"),
    ("前：分子", "numerator_before"),
    ("前：分母", "denominator_before"),
    ("后：分子", "numerator_after"),
    ("后：分母", "denominator_after"),
    ("构成的贡献", "mix_effect"),
    ("比率的贡献", "rate_effect"),
    ("进出的贡献", "entry_effect"),
    ("p", "p"),
    ("q", "q"),
)
_SHARES = frozenset(("before", "after", "change", "low", "high", "mix_effect", "rate_effect", "entry_effect"))
_LONGEST = 32_000
"""Characters of a cell (Excel takes 32,767)."""
_BARS = 15


def write_comparison(table: pd.DataFrame, path: Path, title: str = "两次运行对比") -> Path:
    """Write the workbook of a comparison; replaced as a whole.

    Parameters
    ----------
    table : DataFrame
        Of :func:`csatext.compare_runs`.
    path : Path
    title : str

    Returns
    -------
    Path
    """
    with whole_workbook(path) as book:
        _Sheets(book).write(table, title)
    return path


class _Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._bold = book.add_format({"bold": True})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._link = book.get_default_url_format()
        self._share, self._number, self._p = (
            book.add_format({"num_format": form}) for form in ("0.0%", "#,##0.00", "0.000")
        )

    def write(self, table: pd.DataFrame, title: str) -> None:
        names = [name for name in SECTION_NAMES if (table["section"] == name).any()]
        cover = self._book.add_worksheet("封面")
        cover.hide_gridlines(2)
        cover.set_column(0, 0, 14)
        cover.set_column(1, 1, 90, self._wrapped)
        _fit(cover)
        cover.write_string(0, 0, _text(title), self._title)
        lines = [*runs_compared(table), *(("结论", str(said)) for said in headline(table))]
        lines += [("变化", str(change.sentence)) for change in findings(table)[:_BARS]]
        lines += [("注意", note) for note in table.attrs.get("notes", [])]
        lines += [
            ("口径", f"上升、下降：q 小于 {table.attrs.get('alpha', 0.05)}；q 是全表一起校正后的 p 值。")
        ]
        for at, (name, said) in enumerate(lines, start=2):
            cover.write_string(at, 0, name, self._bold)
            cover.write_string(at, 1, _text(said), self._wrapped)
        for at, name in enumerate(names, start=len(lines) + 3):
            cover.write_url(
                at, 0, f"internal:'{SECTION_NAMES[name][0]}'!A1", self._link, SECTION_NAMES[name][0]
            )
            cover.write_string(at, 1, SECTION_NAMES[name][1], self._wrapped)
        for name in names:
            self._section(name, changes_in(table, name))

    def _section(self, name: str, rows: list[ShownChange]) -> None:
        sheet = self._book.add_worksheet(SECTION_NAMES[name][0])
        columns = [(head, key) for head, key in _COLUMNS if any(pd.notna(one.row[key]) for one in rows)]
        heads = ["维度", "名称", "判断", *(head for head, _ in columns), "说明"]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self._head)
        for line, change in enumerate(rows, start=1):
            for column, said in enumerate(
                (change.dimension, change.name, "" if name == "effects" else change.moved)
            ):
                sheet.write_string(line, column, _text(said))
            for column, (_, key) in enumerate(columns, start=3):
                value = change.row[key]
                if pd.notna(value):
                    sheet.write_number(line, column, float(value), self._form(change, key))
            sheet.write_string(line, len(heads) - 1, _text(change.note))
        _fit(sheet)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(rows), len(heads) - 1)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 24)
        sheet.set_column(2, len(heads) - 2, 13)
        sheet.set_column(len(heads) - 1, len(heads) - 1, 40)
        sheet.print_area(0, 0, len(rows), len(heads) - 1)
        if {change.row["unit"] for change in rows} == {"share"}:
            self._chart(sheet, name, min(len(rows), _BARS), len(heads))

    def _form(self, change: ShownChange, column: str) -> Any:
        if column in ("p", "q"):
            return self._p
        return self._share if column in _SHARES and change.row["unit"] == "share" else self._number

    def _chart(self, sheet: Any, name: str, n: int, column: int) -> None:
        """Add native bars of both runs for the first rows, which have one unit."""
        chart = self._book.add_chart({"type": "bar"})
        where = SECTION_NAMES[name][0]
        for head, place in (("前", 3), ("后", 4)):
            chart.add_series(
                {"name": head, "categories": [where, 1, 1, n, 1], "values": [where, 1, place, n, place]}
            )
        chart.set_title({"name": f"{where}：前 {n} 行", "overlay": False})
        chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 640, "height": 160 + 26 * n})
        sheet.insert_chart(1, column + 1, chart)


def _fit(sheet: Any) -> None:
    """Let a sheet be printed on pages of its own width."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _text(said: object) -> str:
    return escape_controls(encodable(str(said)))[:_LONGEST]
