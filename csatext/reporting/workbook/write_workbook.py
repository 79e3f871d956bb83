"""The tables of a run as one workbook that people filter, chart and pass on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.argument_types import as_path, check_simple_types
from csatext.atomic_files import prepare_folder, refuse_folder, whole_workbook
from csatext.errors import InputError
from csatext.reporting.office.findings import conclusions
from csatext.reporting.office.meeting_tables import meeting_tables
from csatext.reporting.office.table_words import table_words
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.reporting.workbook.cell_values import sheet_name
from csatext.reporting.workbook.cover import (
    COVER,
    DEFINITIONS,
    LEDGER,
    PICTURES,
    write_cover,
    write_definitions,
    write_ledger,
)
from csatext.reporting.workbook.sheet_charts import chart_of
from csatext.reporting.workbook.table_sheet import SheetFormats, WrittenSheet, write_table
from csatext.service.definitions import read_definitions

__all__ = ["workbook_of", "write_workbook"]

_TITLE = "客户之声分析报告"
_NO_CLOCK = datetime(2000, 1, 1)
_MOST_CELLS = 400_000
"""Cells of all tables together: a file of them has under 5 MB and is written in seconds."""
_MOST_ROWS, _MOST_COLUMNS = 1_048_575, 16_000
_FIRST = (
    "overview",
    "latest_change",
    "category_shares",
    "kpis",
    "trend_tests",
    "trend_total",
    "episodes",
    "risks",
    "polarities",
    "remedies",
    "remedies_channel",
)
_LAST = ("scorecard", "kpis_week", "risk_cells", "examples", "cause_examples", "quality", "taxonomy")
_PICTURED = (
    "category_shares",
    "trend_total",
    "breakdown_channel",
    "trend_is_complaint",
    "episodes",
    "trend_csat",
    "shares_kind",
    "shares_product",
    "shares_hour",
    "risks",
)
_MOST_PICTURES = 8


@check_simple_types
def write_workbook(
    run: pd.DataFrame | str | PathLike[str] | Any, path: str | PathLike[str], *, title: str = ""
) -> Path:
    """Write the tables of a run as a workbook.

    A cover (time, contacts, what the tables say, links), the main charts on one sheet, a sheet a table with
    Chinese headers, number formats, filter and native chart, the meaning of each column, and where each
    number of the cover comes from.

    Parameters
    ----------
    run : DataFrame, path or result of a run
        Facts (:func:`csatext.build_facts`), the folder that ``csatext run`` wrote, or what a run returned.
        Personal data is masked.
    path : path
        An ``.xlsx`` file; replaced as a whole.
    title : str
        Heading; empty takes the run's.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        The folder is no finished run, or ``path`` has another ending or cannot be written.
    ParameterError
        ``run`` is none of these.

    Notes
    -----
    Tables of more than 400,000 cells together are cut: the largest first, each to its first rows, which the
    cover says. Texts are never formulas or links; what a cell cannot hold is cut with a mark.

    Examples
    --------
    >>> import tempfile
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 20, "is_negative": [True, False] * 20})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_workbook(facts, Path(folder) / "report.xlsx").name
    'report.xlsx'
    """
    path = as_path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"工作簿只写成 .xlsx，不能写成「{path.name}」；请换一个文件名。")
    return workbook_of(meeting_tables(run_tables(run)), path, title)


def workbook_of(run: RunTables, path: Path, title: str = "") -> Path:
    """Write the workbook of a run that has the tables of a meeting; see :func:`write_workbook`."""
    prepare_folder(path.parent)
    refuse_folder(path, ".xlsx")
    _write(path, run, title or run.title or _TITLE)
    return path


def _write(path: Path, run: RunTables, title: str) -> None:
    with whole_workbook(path) as book:
        book.set_properties({"title": "", "created": _NO_CLOCK})
        book.set_calc_mode("auto")
        formats, known = SheetFormats(book), read_definitions()
        cover, pictures = book.add_worksheet(COVER), book.add_worksheet(PICTURES)
        taken = {name.casefold() for name in (COVER, PICTURES, DEFINITIONS, LEDGER)}
        names = _ordered(list(run.tables))
        limits = _limits([run.tables[name].shape for name in names])
        written: list[WrittenSheet] = []
        for name, most in zip(names, limits, strict=True):
            table = run.tables[name]
            table = table.reset_index() if table.index.name is not None else table
            words = table_words(name, table, run.facts, run.measure)
            shown = sheet_name(words.title, taken)
            taken.add(shown.casefold())
            sheet = book.add_worksheet(shown)
            part = table.iloc[:most, :_MOST_COLUMNS]
            one = write_table(sheet, name, shown, part, len(table), words, formats, run.facts, known)
            written.append(one)
            _beside(book, sheet, one)
        points = conclusions(run)
        write_cover(cover, run, title, points, written, formats)
        write_definitions(book.add_worksheet(DEFINITIONS), written, formats)
        write_ledger(book.add_worksheet(LEDGER), run, points, written, formats)
        _draw(book, pictures, written)
        cover.activate()


def _ordered(names: Sequence[str]) -> list[str]:
    """Return the names of tables as a reader takes them: general ones, then by kind, details last."""
    first = [name for name in _FIRST if name in names]
    last = [name for name in _LAST if name in names]
    kinds = ("shares_", "breakdown_", "trend_", "kpis", "keywords_")
    rest = [name for name in names if name not in (*first, *last)]

    def place(name: str) -> int:
        return next((at for at, kind in enumerate(kinds) if name.startswith(kind)), len(kinds))

    return [*first, *sorted(rest, key=place), *last]


def _limits(shapes: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many rows of each table are written, so that all fit the cells that there are.

    Examples
    --------
    >>> _limits([(10, 4), (1_000_000, 4)])
    [10, 99990]
    """
    left, limits = _MOST_CELLS, [0] * len(shapes)
    order = sorted(range(len(shapes)), key=lambda at: shapes[at][0] * shapes[at][1])
    for done, at in enumerate(order):
        rows, columns = shapes[at]
        fair = left // (len(order) - done)
        limits[at] = min(rows, _MOST_ROWS, max(fair // max(columns, 1), 1))
        left -= limits[at] * columns
    return limits


def _beside(book: Any, sheet: Any, one: WrittenSheet) -> None:
    """Put title, meaning and the way back beside a table, and its chart below them."""
    at = one.width + 1
    more = "" if len(one.table) == one.n_rows else f"\n只列前 {len(one.table):,} 行，共 {one.n_rows:,} 行"
    text = f"{one.sheet}\n{one.words.meaning}{more}\n← 返回封面"
    look = {
        "width": 640,
        "height": 84,
        "url": f"internal:'{COVER}'!A1",
        "object_position": 3,
        "font": {"name": "微软雅黑", "size": 10, "color": "#1F4E79"},
        "fill": {"color": "#EAF1F8"},
        "line": {"color": "#9DC3E6"},
        "align": {"vertical": "middle"},
    }
    sheet.insert_textbox(1, at, text, look)
    chart = chart_of(book, one)
    if chart is not None:
        sheet.insert_chart(7, at, chart, {"object_position": 3})


def _draw(book: Any, sheet: Any, written: Sequence[WrittenSheet]) -> None:
    """Put the main charts on one sheet, two beside each other."""
    sheet.hide_gridlines(2)
    of = {one.name: one for one in written}
    wanted = [of[name] for name in _PICTURED if name in of]
    wanted += [one for one in written if one not in wanted and len(one.words.dimensions) == 1]
    place = 0
    for one in wanted:
        chart = chart_of(book, one, (620, 360))
        if chart is None:
            continue
        sheet.insert_chart(place // 2 * 19 + 1, place % 2 * 10, chart, {"x_offset": 10})
        place += 1
        if place == _MOST_PICTURES:
            break
    if not place:
        sheet.write_string(1, 1, "没有可画的表：时间、维度都没有，或各只有一个取值。")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
