"""A grid of cells to a table: title rows, a header over several rows, merged cells, empty rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.errors import InputError
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.values import BLANK_FIRST
from csatext.ingest.raw_table import Note, RawTable, refuse_wide
from csatext.ingest.repair.header_row import find_header, unique_names
from csatext.strings import begins_with

__all__ = [
    "FIRST_ROWS",
    "Grid",
    "MergedRange",
    "filled_rows",
    "header_of_grid",
    "same_header",
    "shown_cell",
    "stack_tables",
    "table_of_grid",
]

FIRST_ROWS = 40
"""Rows in which a header is looked for."""
_CONTAINED = 3
"""Names of a header that make it the same table where all stand in the other header too."""
_VAST = 1e15
"""Whole numbers from here on stay floats: these do not hold all of their digits."""
_PLAIN = (dt.datetime, bool)
_TOGETHER = 256
_SAME = 0.8
"""Share of the names of two headers that must be common to both."""
MergedRange = tuple[tuple[int, int], tuple[int, int]]
"""First (row, column) and last (row, column) of merged cells, from 0."""


class Grid(NamedTuple):
    """The cells of a sheet or page; ``top`` is the number of rows above the first, ``name`` may be empty."""

    name: str
    rows: list[list[object]]
    top: int
    merged: list[MergedRange]


def shown_cell(cell: object) -> str:
    """Return a cell as a header or an identifier would be written: whole floats without ``.0``.

    Examples
    --------
    >>> shown_cell(7.0), shown_cell(True)
    ('7', 'TRUE')
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _VAST:
        return str(int(cell))
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell)


def _value(cell: object) -> object:
    """Return a data cell: empty as None, whole floats as int, the rest as it is."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _VAST:
        return int(cell)
    if isinstance(cell, dt.time | dt.timedelta):
        return str(cell)
    return cell


def _transposed(rows: Sequence[Sequence[object]], width: int) -> list[list[object]]:
    """Return the cells of each column, rows cut short filled up with empty cells."""
    columns: list[list[object]] = [[] for _ in range(width)]
    # Some rows at a time, whose cells are then in the processor's cache (measured: a quarter of the time).
    for start in range(0, len(rows), _TOGETHER):
        some = [
            row if len(row) == width else [*row, *[""] * (width - len(row))]
            for row in rows[start : start + _TOGETHER]
        ]
        for column, cells in zip(columns, zip(*some, strict=True), strict=True):
            column.extend(cells)
    return columns


def _column(cells: list[object]) -> pd.Series:
    """Return the data cells of a column (:func:`_value`): texts alone as strings, whole numbers as int64."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        texts = pa.array(cells, pa.large_string())
        empty = pc.equal(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False).copy()
        for i in np.flatnonzero(begins_with(texts, BLANK_FIRST)):
            empty[i] = not str(cells[i]).strip()
        if empty.all():
            return pd.Series([None] * len(cells), dtype=object)
        if empty.any():
            texts = pc.if_else(pa.array(empty), pa.scalar(None, texts.type), texts)
        return texts.to_pandas()
    if kinds == {float}:
        numbers = np.array(cells, dtype=np.float64)
        if bool(((numbers == np.trunc(numbers)) & (np.abs(numbers) < _VAST)).all()):
            return pd.Series(numbers.astype(np.int64))
    plain = [cell if type(cell) in _PLAIN else _value(cell) for cell in cells]
    return pd.Series(plain, dtype=object)


def filled_rows(rows: list[list[object]]) -> int:
    """Return how many of the first rows have two or more filled cells (or one, in a one-column sheet).

    Examples
    --------
    >>> filled_rows([["五月", ""], ["编号", "内容"], ["1", "慢"]])
    2
    """
    head = rows[:FIRST_ROWS]
    least = min(2, max((len(row) for row in head), default=0))
    return sum(sum(str(cell).strip() != "" for cell in row) >= least for row in head) if least else 0


def _fill_down(rows: list[list[object]], merged: list[MergedRange], names: list[str], body: int) -> int:
    """Return how many merged cells had their value written into each of their rows; texts are left out.

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


def _merge_names(rows: list[list[object]], header: int, merged: list[MergedRange]) -> tuple[list[str], int]:
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
            part = shown_cell(own if str(own).strip() else across.get((row, column), "")).strip()
            if part and part not in parts:
                parts.append(part)
        stacks.append(parts)
    last = Counter(parts[-1] for parts in stacks if parts)
    names = [parts[-1] if parts and last[parts[-1]] == 1 else "_".join(parts) for parts in stacks]
    return names, depth


def header_of_grid(rows: list[list[object]]) -> int | None:
    """Return the position of the header among the first rows of a grid, None where there is none.

    Examples
    --------
    >>> header_of_grid([["五月投诉", ""], ["编号", "投诉内容"], ["1", "慢"]])
    1
    """
    return find_header([[shown_cell(cell) for cell in row] for row in rows[:FIRST_ROWS]])


def table_of_grid(grid: Grid, path: object) -> RawTable:
    """Return the table that stands in a grid of cells.

    Parameters
    ----------
    grid : Grid
        Its rows are changed: merged data cells are filled down.
    path : object
        Named in errors.

    Returns
    -------
    RawTable
        ``lines`` are rows of the sheet, from 1. Rows without any filled cell are not rows.

    Raises
    ------
    InputError
        There are no data rows.

    Examples
    --------
    >>> grid = Grid("五月", [["编号", "内容"], [1.0, "慢"], ["", ""], [2.0, "贵"]], 0, [])
    >>> raw = table_of_grid(grid, "a.xlsx")
    >>> raw.frame["编号"].tolist(), raw.lines.tolist()
    ([1, 2], [2, 4])
    """
    rows, notes = grid.rows, list[Note]()
    named = f"工作表「{grid.name}」" if grid.name else "网页里的表格"
    if not filled_rows(rows):
        raise InputError.unreadable(path, f"{named}是空的", "请检查导出，或用 sheet= 换一个工作表")
    header = header_of_grid(rows)
    width = max((len(row) for row in rows), default=0)
    refuse_wide(width, path)
    if header is None:
        body, names = 0, [""] * width
        notes.append(Note("header", "", 0, len(rows), "没有找到表头，列名按位置编为 列1、列2……"))
    else:
        names, depth = _merge_names(rows, header, grid.merged)
        body = header + depth
        if header or depth > 1:
            detail = f"表头在第 {grid.top + header + 1} 行，其上 {header} 行是标题"
            notes.append(Note("header", "", depth, len(rows), detail))
    filled = _fill_down(rows, grid.merged, names, body)
    if filled:
        detail = f"{filled} 个纵向合并的单元格，值已填到每一行"
        notes.append(Note("merged_cells", "", filled, len(rows), detail))
    names = unique_names(names + [""] * (width - len(names)))
    data = rows[body:]
    columns = {name: _column(cells) for name, cells in zip(names, _transposed(data, len(names)), strict=True)}
    filled_cells = {name: column.notna().to_numpy() for name, column in columns.items()}
    kept = np.zeros(len(data), dtype=np.bool_)
    for filled_here in filled_cells.values():
        kept |= filled_here
    if not kept.any():
        raise InputError.unreadable(path, f"{named}只有表头，没有数据行", "请检查导出条件，或换一个文件")
    empty = [name for name in names if name.startswith("列") and not filled_cells[name].any()]
    frame = pd.DataFrame(columns).drop(columns=empty)
    lines = np.arange(len(data), dtype=np.int64) + grid.top + body + 1
    if not kept.all():
        frame, lines = frame[kept].reset_index(drop=True), lines[kept]
    return RawTable(frame, lines, [], notes, header is not None)


def same_header(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two headers are those of one table: four in five names are the same, or one has more.

    Examples
    --------
    >>> same_header(["编号", "投诉内容", "渠道"], ["渠道", "编号", "投诉内容 "])
    True
    >>> same_header(["编号", "投诉内容", "渠道"], ["渠道", "说明"])
    False
    """
    names, others = ({normal_header(name) for name in header} - {""} for header in (one, other))
    common = names & others
    # A month in which a column was added, the others as before.
    contained = len(common) >= _CONTAINED and common in (names, others)
    return bool(names) and (contained or len(common) >= _SAME * len(names | others))


def stack_tables(tables: Sequence[tuple[str, RawTable]]) -> RawTable:
    """Return tables of one header under each other; a column 工作表 names the sheet of each row.

    Columns are those of the first table, then what others have beside them. A sheet whose rows all stand
    in larger ones (a filtered copy, the months beside the year) is not counted a second time.

    Parameters
    ----------
    tables : sequence of (str, RawTable)
        Name of the sheet (empty: no column is added) and table, at least one.

    Examples
    --------
    >>> tables = [(name, RawTable(pd.DataFrame({"内容": [name]}))) for name in ("1月", "2月")]
    >>> stack_tables(tables).frame.to_numpy().tolist()
    [['1月', '1月'], ['2月', '2月']]
    """
    if len(tables) == 1:
        return tables[0][1]
    spelling: dict[str, str] = {}
    frames: list[pd.DataFrame] = []
    for _, raw in tables:
        names = {str(name): normal_header(str(name)) or str(name) for name in raw.frame.columns}
        unique = {name: key for name, key in names.items() if list(names.values()).count(key) == 1}
        # A column may be numbers in one month and have gaps in another: each cell stays what it is.
        frame = raw.frame.astype(object)
        frames.append(frame.rename(columns={n: spelling.setdefault(k, n) for n, k in unique.items()}))
    notes = [note for _, raw in tables for note in raw.notes]
    kept = _not_repeated(frames)
    if len(kept) < len(tables):
        others = [name for i, (name, _) in enumerate(tables) if i not in kept]
        detail = f"工作表「{'、'.join(others)}」的行在其他工作表里都有，没有再算一遍"
        notes.append(Note("sheets_repeated", "", len(others), len(tables), detail))
        tables, frames = [tables[i] for i in kept], [frames[i] for i in kept]
    if len(tables) == 1:
        return replace(tables[0][1], notes=notes)
    column = "工作表" if "工作表" not in spelling.values() else "工作表名"
    if any(name for name, _ in tables):
        frames = [frame.assign(**{column: name}) for frame, (name, _) in zip(frames, tables, strict=True)]
    lines = [
        np.zeros(len(raw.frame), dtype=np.int64) if raw.lines is None else raw.lines for _, raw in tables
    ]
    return RawTable(
        pd.concat(frames, ignore_index=True),
        np.concatenate(lines),
        [reject for _, raw in tables for reject in raw.rejects],
        notes,
        all(raw.has_header for _, raw in tables),
    )


def _not_repeated(frames: Sequence[pd.DataFrame]) -> list[int]:
    """Return the positions of the tables of which some row stands in no larger one."""
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    seen: Counter[int] = Counter()
    kept: list[int] = []
    for i in sorted(range(len(frames)), key=lambda i: -len(frames[i])):
        cells = frames[i].reindex(columns=names).astype("str")
        rows = Counter(pd.util.hash_pandas_object(cells, index=False).tolist())
        if not rows <= seen:
            kept.append(i)
            seen += rows
    return sorted(kept)
