"""XLSX, XLS and ODS workbooks: which sheet, where its header is, merged header cells."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from io import BytesIO
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import python_calamine as calamine

from csatext.errors import InputError, ParameterError
from csatext.ingest.headers import find_header, unique_names
from csatext.ingest.raw import Note, RawTable

__all__ = ["read_workbook"]

_LOOK = 40


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


def _open(data: bytes, path: object) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    except calamine.PasswordError as error:
        raise InputError.unreadable(path, "工作簿有密码", "请先在 Excel 里去掉密码再另存") from error
    except (calamine.CalamineError, OSError, ValueError, BadZipFile) as error:
        raise InputError.unreadable(
            path, "工作簿已损坏或不是 Excel 文件", "请用 Excel 打开后另存为 .xlsx"
        ) from error


def _grid(book: calamine.CalamineWorkbook, name: str, path: object) -> tuple[list[list[object]], int, int]:
    """Return the cells of a sheet and the sheet position (row, column) of the first."""
    try:
        sheet = book.get_sheet_by_name(name)
        rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=True)]
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
    for name in visible or names:
        if _filled(_grid(book, name, path)[0]) >= 2:
            others = [other for other in names if other != name]
            detail = f"用工作表「{name}」" + (
                f"；未读：{'、'.join(others)}（可用 sheet= 指定）" if others else ""
            )
            return name, [Note("sheet", "", 1, len(names), detail)]
    return (visible or names)[0], []


def _merge_names(
    rows: list[list[object]], header: int, merged: list[tuple[tuple[int, int], tuple[int, int]]]
) -> tuple[list[str], int]:
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
    book = _open(data, path)
    name, notes = _choose(book, sheet, path)
    rows, top, left = _grid(book, name, path)
    if not _filled(rows):
        raise InputError.unreadable(path, f"工作表「{name}」是空的", "请检查导出，或用 sheet= 换一个工作表")
    texts = [[_shown(cell) for cell in row] for row in rows[:_LOOK]]
    header = find_header(texts)
    if header is None:
        depth, start, names = 0, 0, [""] * max((len(row) for row in rows), default=0)
        notes.append(Note("header", "", 0, len(rows), "没有找到表头，列名按位置编为 列1、列2……"))
    else:
        ranges = book.get_sheet_by_name(name).merged_cell_ranges or []
        merged = [
            ((a - top, b - left), (c - top, d - left)) for (a, b), (c, d) in ranges if a >= top and b >= left
        ]
        names, depth = _merge_names(rows, header, merged)
        start = header
        if header or depth > 1:
            notes.append(
                Note(
                    "header", "", depth, len(rows), f"表头在第 {top + header + 1} 行，其上 {header} 行是标题"
                )
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
    return RawTable(frame.drop(columns=empty), lines.astype(np.int64), [], notes, header is not None)
