"""XLSX, XLS and ODS workbooks: which sheets are read, and what keeps a damaged one from harm."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple
from zipfile import BadZipFile

import python_calamine as calamine

from csatext.errors import InputError, ParameterError
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.formats.grid import (
    FIRST_ROWS,
    Grid,
    MergedRange,
    filled_rows,
    header_of_grid,
    same_header,
    shown_cell,
    stack_tables,
    table_of_grid,
)
from csatext.ingest.formats.opendocument_merges import merged_of_opendocument
from csatext.ingest.formats.xls_container import broken_container, broken_records, container_stream
from csatext.ingest.formats.xlsx_extent import Packed, checked_package, part_of_sheet
from csatext.ingest.raw_table import Note, RawTable, Reject

__all__ = ["read_grids", "read_sheets", "read_workbook"]

_FULL = (65_536, 1_048_576)
"""Rows of a sheet of XLS and of XLSX: an export that was cut off there ends in the last."""
_LEAST_ROWS = 2
_KEPT_CELLS = 5_000_000
"""Cells of sheets that were looked at and are kept until they are read (some 30 bytes each beside texts)."""
_SHARED = 1 << 27
"""Bytes of repeated texts from which each is worth being held once."""
_A_TENTH = 0.1
"""A sheet with a text column that is shorter than this share of the longest explains the table."""


_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that a workbook with a password is (MS-OFFCRYPTO 1.3.3)."""
_LOCKED = "工作簿有密码", "请先在 Excel 里去掉密码再另存"
_DAMAGED = "工作簿已损坏或不是 Excel 文件", "请用 Excel 打开后另存为 .xlsx"


def _sound(data: bytes, path: object) -> Packed:
    """Return a workbook whose sizes and chains can be trusted: a failed allocation ends the interpreter."""
    if data.startswith(b"PK"):
        return checked_package(data, path)
    if _ENCRYPTED in data:
        raise InputError.unreadable(path, *_LOCKED)
    if broken_container(data) or broken_records(container_stream(data, ("Workbook", "Book")) or b""):
        raise InputError.unreadable(path, *_DAMAGED)
    return Packed(data, {}, {})


def _far_rows(packed: Packed, name: str) -> tuple[list[Reject], list[Note]]:
    """Return the rows of a sheet that were left out as far from the table, and a note."""
    part = part_of_sheet(packed.data, name) if packed.dropped else ""
    n = packed.dropped.get(part, 0)
    if not n:
        return [], []
    rejects = [Reject(row, "离表格极远的单元格，未读", "") for row in packed.far[part]]
    return rejects, [Note("sheet", name, n, n, f"{n} 个单元格离表格极远，未读；表格外的内容请检查")]


class _PanicAsError:
    """Turn a panic of the reader of workbooks, which is no ``Exception``, into an error of ours."""

    def __init__(self, path: object) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and kind.__name__ == "PanicException":
            raise InputError.unreadable(self.path, *_DAMAGED) from error


class _Sheet(NamedTuple):
    """What the first rows of a sheet tell: data rows of its table, its header, whether it has a text."""

    rows: int
    names: list[str]
    has_text: bool


class _Book:
    """A workbook whose sheets are parsed when they are asked for, each once.

    Sheets that were looked at are kept until they are taken, unless they hold too many cells together.
    """

    def __init__(self, packed: Packed, path: object) -> None:
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(BytesIO(packed.data))
        except calamine.PasswordError as error:
            raise InputError.unreadable(path, *_LOCKED) from error
        except (calamine.CalamineError, OSError, ValueError, BadZipFile) as error:
            raise InputError.unreadable(path, *_DAMAGED) from error
        self._path, self._data = path, packed.data
        self._repeats = packed.repeated > _SHARED
        self._kept: dict[str, calamine.CalamineSheet] = {}
        self._cells = 0
        self.names = list(self._book.sheet_names)
        self.visible = [
            meta.name
            for meta in self._book.sheets_metadata
            if meta.visible == calamine.SheetVisibleEnum.Visible
            and meta.typ == calamine.SheetTypeEnum.WorkSheet
        ]

    @cached_property
    def _opendocument_merges(self) -> dict[str, list[MergedRange]]:
        return merged_of_opendocument(self._data)

    def _parsed(self, name: str) -> calamine.CalamineSheet:
        try:
            return self._kept.get(name) or self._book.get_sheet_by_name(name)
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise self._unreadable(name) from error

    def _unreadable(self, name: str) -> InputError:
        return InputError.unreadable(self._path, f"工作表「{name}」无法读取", "请用 Excel 打开后另存为 .xlsx")

    def look(self, name: str) -> _Sheet | None:
        """Return what the first rows of a sheet tell of its table, None where it holds none."""
        sheet = self._parsed(name)
        rows = self._rows(sheet, name, FIRST_ROWS)
        if filled_rows(rows) < _LEAST_ROWS:
            return None
        if not self._kept or self._cells + sheet.height * sheet.width <= _KEPT_CELLS:
            self._kept[name] = sheet
            self._cells += sheet.height * sheet.width
        header = header_of_grid(rows)
        names = [] if header is None else [shown_cell(cell) for cell in rows[header]]
        known = [known_headers().get(normal_header(name)) for name in names]
        has_text = any(column is not None and column.canonical == "text" for column in known)
        return _Sheet(sheet.total_height - (sheet.start or (0, 0))[0] - (header or 0), names, has_text)

    def drop(self, names: Collection[str]) -> None:
        """Let go of sheets that are not read."""
        for name in names:
            self._kept.pop(name, None)

    def take(self, name: str) -> Grid:
        """Return the cells of a sheet and its merged ranges, from its first filled row and column on."""
        sheet = self._parsed(name)
        rows = self._rows(sheet, name)
        self.drop([name])
        top, left = sheet.start or (0, 0)
        ranges = sheet.merged_cell_ranges
        if ranges is None:  # as of OpenDocument
            ranges = self._opendocument_merges.get(name, [])
        merged: list[MergedRange] = [
            ((a - top, b - left), (c - top, d - left)) for (a, b), (c, d) in ranges if a >= top and b >= left
        ]
        return Grid(name, rows, int(top), merged)

    def _rows(self, sheet: calamine.CalamineSheet, name: str, limit: int | None = None) -> list[list[object]]:
        """Return the (first) rows of a sheet; a text that many cells share is held once."""
        try:
            if not self._repeats or limit is not None:
                rows: list[Any] = sheet.to_python(skip_empty_area=True, nrows=limit)
                return rows
            seen = dict[object, object]()
            # These begin at the top of the sheet.
            first, _ = sheet.start or (0, 0)
            return [
                [seen.setdefault(cell, cell) if isinstance(cell, str) else cell for cell in row]
                for row in islice(sheet.iter_rows(), first, None)
            ]
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise self._unreadable(name) from error


def _choose(book: _Book, sheet: str | int | None, path: object) -> tuple[list[str], list[Note]]:
    """Return the sheets that are read: the one asked for, else the first table and those of its header."""
    names = book.names
    if not names:
        raise InputError.unreadable(path, "工作簿里没有工作表", "请检查文件是否导出完整")
    if isinstance(sheet, int) and not isinstance(sheet, bool):
        if not 0 <= sheet < len(names):
            raise ParameterError.out_of_range("sheet", sheet, f"0 到 {len(names) - 1}")
        return [names[sheet]], []
    if sheet is not None:
        if sheet not in names:
            raise ParameterError.not_allowed("sheet", sheet, names)
        return [sheet], []
    visible = book.visible
    tables = {name: found for name in visible or names if (found := book.look(name)) is not None}
    if not tables:
        return [(visible or names)[0]], []
    texts = {name: found.rows for name, found in tables.items() if found.has_text}
    least = max(texts.values(), default=0) * _A_TENTH
    first = next((name for name, rows in texts.items() if rows >= least), next(iter(tables)))
    used = [n for n in tables if n == first or same_header(tables[first].names, tables[n].names)]
    others = [other for other in names if other not in used]
    book.drop(others)
    joined = "（表头相同，当作一张表）" if len(used) > 1 else ""
    detail = f"用工作表「{'、'.join(used)}」{joined}"
    detail += f"；未读：{'、'.join(others)}（可用 sheet= 指定）" if others else ""
    notes = [Note("sheet", "", len(used), len(names), detail)]
    unread = [name for name in tables if name not in used]
    if unread:
        detail = f"工作表「{'、'.join(unread)}」里也有表，表头不同，没有读"
        notes.append(Note("sheets_unread", "", len(unread), len(names), detail))
    return used, notes


def read_workbook(data: bytes, path: object, sheet: str | int | None = None) -> RawTable:
    """Return a sheet of a workbook as it stands, or all sheets that share one header as one table.

    Parameters
    ----------
    data : bytes
        Content of the file (XLSX, XLSM, XLSB, XLS or ODS).
    path : object
        Named in errors.
    sheet : str or int, optional
        Name, or position from 0; None takes the first visible sheet that holds a table with a text, and
        the other visible sheets of the same header (months, regions).

    Returns
    -------
    RawTable
        ``lines`` are sheet rows, from 1; of several sheets the column 工作表 names each row's. Rows without
        any filled cell are not rows.

    Raises
    ------
    InputError
        The workbook cannot be opened, or the sheet holds no data rows.
    ParameterError
        No such sheet.
    """
    with _PanicAsError(path):
        return _read(data, path, sheet)


def read_grids(data: bytes, path: object) -> list[tuple[int, list[list[str]]]]:
    """Return the sheets of a workbook as they stand: the number of rows above the first, and cells as text.

    For files whose header is known by its names, such as a taxonomy.

    Raises
    ------
    InputError
        The workbook cannot be opened.
    """
    with _PanicAsError(path):
        book = _Book(_sound(data, path), path)
        grids = map(book.take, book.names)
        return [
            (grid.top, [[shown_cell(cell).strip() for cell in row] for row in grid.rows]) for grid in grids
        ]


def read_sheets(data: bytes, path: object) -> list[Grid]:
    """Return every sheet of a workbook, hidden ones too, with its cells and merged ranges as they stand.

    Raises
    ------
    InputError
        The workbook cannot be opened.
    """
    with _PanicAsError(path):
        book = _Book(_sound(data, path), path)
        return [book.take(name) for name in book.names]


def _read(data: bytes, path: object, sheet: str | int | None) -> RawTable:
    """Return the sheets that are one table; a damaged workbook may make the reader panic."""
    packed = _sound(data, path)
    book = _Book(packed, path)
    names, notes = _choose(book, sheet, path)
    tables: list[tuple[str, RawTable]] = []
    for name in names:
        rejects, sheet_notes = _far_rows(packed, name)
        grid = book.take(name)
        end = grid.top + len(grid.rows)
        if end in _FULL:
            detail = f"工作表「{name}」写满了 {end:,} 行，多半有行没有导出来，请分批导出"
            sheet_notes.append(Note("sheet_full", "", 1, 1, detail))
        try:
            raw = table_of_grid(grid, path)
        except InputError:
            # A month without data is a header alone.
            if len(names) == 1 or (name == names[-1] and not tables):
                raise
            continue
        tables.append((name, replace(raw, rejects=rejects, notes=[*sheet_notes, *raw.notes])))
    raw = stack_tables(tables)
    return replace(raw, notes=[*notes, *raw.notes])
