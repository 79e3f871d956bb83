"""XLSX, XLS and ODS workbooks: which sheet, where its header is, merged header cells."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from io import BytesIO
from types import TracebackType
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import python_calamine as calamine

from csatext.errors import InputError, ParameterError
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.formats.xls_container import broken_compound, broken_records, compound_stream
from csatext.ingest.formats.xlsx_extent import Packed, checked_package, part_of_sheet
from csatext.ingest.raw_table import Note, RawTable, Reject
from csatext.ingest.repair.header_row import find_header, unique_names

__all__ = ["read_workbook"]

_Range = tuple[tuple[int, int], tuple[int, int]]

_LOOK = 40
_LEAST_ROWS = 2
_A_TENTH = 0.1
"""A sheet with a text column that is shorter than this share of the longest explains the table."""


def _shown(cell: object) -> str:
    """Return a cell as a header or an identifier would be written: whole floats without ``.0``."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell)


def _value(cell: object) -> object:
    """Return a data cell: empty as None, whole floats as int, the rest as it is."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, dt.time | dt.timedelta):
        return str(cell)
    return cell


_DAMAGED = "工作簿已损坏或不是 Excel 文件", "请用 Excel 打开后另存为 .xlsx"


def _sound(data: bytes, path: object) -> Packed:
    """Return a workbook whose sizes and chains can be trusted: a failed allocation ends the interpreter."""
    if data.startswith(b"PK"):
        return checked_package(data, path)
    if broken_compound(data) or broken_records(compound_stream(data, ("Workbook", "Book")) or b""):
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


class _Guarded:
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


def _open(data: bytes, path: object) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    except calamine.PasswordError as error:
        raise InputError.unreadable(path, "工作簿有密码", "请先在 Excel 里去掉密码再另存") from error
    except (calamine.CalamineError, OSError, ValueError, BadZipFile) as error:
        raise InputError.unreadable(path, *_DAMAGED) from error


def _grid(
    book: calamine.CalamineWorkbook, name: str, path: object, limit: int | None = None
) -> tuple[list[list[object]], int, int]:
    """Return the cells of a sheet (its first rows) and the sheet position (row, column) of the first."""
    try:
        sheet = book.get_sheet_by_name(name)
        rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=True, nrows=limit)]
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError.unreadable(
            path, f"工作表「{name}」无法读取", "请用 Excel 打开后另存为 .xlsx"
        ) from error
    first = sheet.start or (0, 0)
    return rows, int(first[0]), int(first[1])


def _filled(rows: list[list[object]]) -> int:
    """Return how many of the first rows have two or more filled cells (or one, in a one-column sheet)."""
    head = rows[:_LOOK]
    least = min(2, max((len(row) for row in head), default=0))
    return sum(sum(str(cell).strip() != "" for cell in row) >= least for row in head) if least else 0


def _choose(book: calamine.CalamineWorkbook, sheet: str | int | None, path: object) -> tuple[str, list[Note]]:
    names = list(book.sheet_names)
    if not names:
        raise InputError.unreadable(path, "工作簿里没有工作表", "请检查文件是否导出完整")
    if isinstance(sheet, int) and not isinstance(sheet, bool):
        if not 0 <= sheet < len(names):
            raise ParameterError.out_of_range("sheet", sheet, f"0 到 {len(names) - 1}")
        return names[sheet], []
    if sheet is not None:
        if sheet not in names:
            raise ParameterError.not_allowed("sheet", sheet, names)
        return sheet, []
    visible = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == calamine.SheetVisibleEnum.Visible and meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    tables = {name: size for name in visible or names if (size := _size(book, name, path))[0] >= _LEAST_ROWS}
    if not tables:
        return (visible or names)[0], []
    texts = {name: rows for name, (rows, texts) in tables.items() if texts}
    least = max(texts.values(), default=0) * _A_TENTH
    name = next((name for name, rows in texts.items() if rows >= least), next(iter(tables)))
    others = [other for other in names if other != name]
    detail = f"用工作表「{name}」" + (f"；未读：{'、'.join(others)}（可用 sheet= 指定）" if others else "")
    return name, [Note("sheet", "", 1, len(names), detail)]


def _size(book: calamine.CalamineWorkbook, name: str, path: object) -> tuple[int, bool]:
    """Return the number of rows of a sheet (0: no table) and whether a header of a text column is there."""
    rows, top, _ = _grid(book, name, path, _LOOK)
    if _filled(rows) < _LEAST_ROWS:
        return 0, False
    header = find_header([[_shown(cell) for cell in row] for row in rows])
    known = (
        [known_headers().get(normal_header(_shown(cell))) for cell in rows[header]]
        if header is not None
        else []
    )
    found = any(column is not None and column.canonical == "text" for column in known)
    return book.get_sheet_by_name(name).total_height - top - (header or 0), found


def _merges(book: calamine.CalamineWorkbook, name: str, top: int, left: int) -> list[_Range]:
    """Return the merged ranges of a sheet, (first row, column) and (last row, column) in the grid."""
    ranges = book.get_sheet_by_name(name).merged_cell_ranges or []
    return [((a - top, b - left), (c - top, d - left)) for (a, b), (c, d) in ranges if a >= top and b >= left]


def _fill_down(rows: list[list[object]], merged: list[_Range], names: list[str], body: int) -> int:
    """Write the value of a data cell merged over several rows into each, texts but once; return how many.

    A text that is merged over rows is one contact's, and would be counted once for each of them.
    """
    n = 0
    for (top, left), (bottom, right) in merged:
        known = known_headers().get(normal_header(names[left])) if left < len(names) else None
        if (
            not body <= top < min(bottom, len(rows))
            or right > left
            or (known is not None and known.canonical == "text")
        ):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]
        n += 1
    return n


def _merge_names(rows: list[list[object]], header: int, merged: list[_Range]) -> tuple[list[str], int]:
    """Return the names of a header that may span several rows, and the number of rows it takes."""
    depth = 1
    across = dict[tuple[int, int], object]()
    for (top, left), (bottom, right) in merged:
        if top <= header <= bottom or top == header:
            depth = max(depth, min(bottom, len(rows) - 1) - header + 1)
            if right > left and bottom == header:
                depth = max(depth, 2)
        if top < len(rows) and left < len(rows[top]):
            for row in range(top, min(bottom, header + 3) + 1):
                for column in range(left, right + 1):
                    across[row, column] = rows[top][left]
    depth = min(depth, 3)
    width = max(len(row) for row in rows[header : header + depth])
    stacks: list[list[str]] = []
    for column in range(width):
        parts: list[str] = []
        for row in range(header, min(header + depth, len(rows))):
            own = rows[row][column] if column < len(rows[row]) else ""
            part = _shown(own if str(own).strip() else across.get((row, column), "")).strip()
            if part and part not in parts:
                parts.append(part)
        stacks.append(parts)
    last = Counter(parts[-1] for parts in stacks if parts)
    names = [parts[-1] if parts and last[parts[-1]] == 1 else "_".join(parts) for parts in stacks]
    return names, depth


def read_workbook(data: bytes, path: object, sheet: str | int | None = None) -> RawTable:
    """Return one sheet of a workbook as it stands.

    Parameters
    ----------
    data : bytes
        Content of the file (XLSX, XLSM, XLSB, XLS or ODS).
    path : object
        Named in errors.
    sheet : str or int, optional
        Name, or position from 0; None takes the first visible sheet that holds a table.

    Returns
    -------
    RawTable
        ``lines`` are sheet rows, from 1. Rows without any filled cell are not rows.

    Raises
    ------
    InputError
        The workbook cannot be opened, or the sheet holds no data rows.
    ParameterError
        No such sheet.
    """
    with _Guarded(path):
        return _read(data, path, sheet)


def _read(data: bytes, path: object, sheet: str | int | None) -> RawTable:
    """Return one sheet of a workbook as it stands; a damaged one may make the reader panic."""
    packed = _sound(data, path)
    book = _open(packed.data, path)
    name, notes = _choose(book, sheet, path)
    rejects, said = _far_rows(packed, name)
    notes += said
    rows, top, left = _grid(book, name, path)
    if not _filled(rows):
        raise InputError.unreadable(path, f"工作表「{name}」是空的", "请检查导出，或用 sheet= 换一个工作表")
    texts = [[_shown(cell) for cell in row] for row in rows[:_LOOK]]
    header = find_header(texts)
    merged = _merges(book, name, top, left)
    if header is None:
        depth, start, names = 0, 0, [""] * max((len(row) for row in rows), default=0)
        notes.append(Note("header", "", 0, len(rows), "没有找到表头，列名按位置编为 列1、列2……"))
    else:
        names, depth = _merge_names(rows, header, merged)
        start = header
        if header or depth > 1:
            notes.append(
                Note(
                    "header", "", depth, len(rows), f"表头在第 {top + header + 1} 行，其上 {header} 行是标题"
                )
            )
    filled = _fill_down(rows, merged, names, start + depth)
    if filled:
        notes.append(
            Note("merged_cells", "", filled, len(rows), f"{filled} 个纵向合并的单元格，值已填到每一行")
        )
    width = max((len(row) for row in rows), default=0)
    names = unique_names(names + [""] * (width - len(names)))
    body = [[_value(cell) for cell in row] for row in rows[start + depth :]]
    kept = np.array([any(cell is not None for cell in row) for row in body], dtype=np.bool_)
    frame = pd.DataFrame(body, columns=names, dtype=object)[kept].reset_index(drop=True)
    if frame.empty:
        raise InputError.unreadable(
            path, f"工作表「{name}」只有表头，没有数据行", "请检查导出条件，或换一个文件"
        )
    lines = (np.arange(len(body)) + top + start + depth + 1)[kept]
    empty = [
        column
        for column, cell in zip(names, frame.notna().any(), strict=True)
        if not cell and column.startswith("列")
    ]
    return RawTable(frame.drop(columns=empty), lines.astype(np.int64), rejects, notes, header is not None)
