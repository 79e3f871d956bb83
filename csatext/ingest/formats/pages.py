"""Pages of HTML and Excel's XML of 2003, which many systems save under ``.xls``: their table as a grid."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from typing import NamedTuple

from csatext.errors import InputError
from csatext.ingest.formats.grid import (
    Grid,
    MergedRange,
    filled_rows,
    header_of_grid,
    same_header,
    shown_cell,
    stack_tables,
    table_of_grid,
)
from csatext.ingest.raw_table import Note, RawTable, refuse_wide

__all__ = ["declared_encoding", "looks_like_page", "read_page"]

_GLANCE = 4096
_LEAD = "\ufeff \t\r\n\x00"
_SURELY = re.compile(
    r"<(?:!doctype\s{1,9}html|\?xml|html|head|meta|style|script|body|title|link|table|(?:\w{1,9}:)?workbook)\b",
    re.IGNORECASE,
)
_MAYBE = re.compile(r"<(?:!--|!\[|[a-z][a-z0-9:]{0,15}[\s/>])", re.IGNORECASE)
_CELLS = re.compile(r"<t[dh]\b", re.IGNORECASE)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z][\w.:-]{1,30})""")
# Each alternative that looks ahead takes the rest of the text where its end is missing: one pass for all.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)"
    r"|<(?P<hidden>style|script|xml|title|comment)\b[^<>]*+(?<!/)>.*?(?:</(?P=hidden)\s{0,9}>|\Z)"
    r"|<(?P<end>/?)(?:\w{1,9}:)?(?P<tag>[a-z][a-z0-9]*+)(?P<rest>[^<>]*+)>"
    r"|<[!?/][^<>]*+>",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(
    r"""\b(colspan|rowspan|index|mergeacross|mergedown)\s{0,5}=\s{0,5}["']?\s{0,5}(\d{1,5})""", re.IGNORECASE
)
_NAME = re.compile(r"""\bname\s{0,5}=\s{0,5}["']([^"']*+)""", re.IGNORECASE)
_BREAKS = frozenset(("br", "p", "div", "li"))
_PLAIN_AREA, _SPARSE = 5_000_000, 20
"""Places of a grid that are always made, and places for each cell beyond which spans are absurd."""


class _Cell(NamedTuple):
    text: str
    across: int
    down: int
    at: int
    """Column, from 0, where the cell names it; -1 elsewhere."""


@dataclass
class _Table:
    """A table whose end has not come yet."""

    name: str
    rows: list[list[_Cell]] = field(default_factory=list)
    pieces: list[str] | None = None
    spans: dict[str, int] = field(default_factory=dict)

    def open_cell(self, spans: dict[str, int]) -> None:
        self.close_cell()
        if not self.rows:
            self.rows.append([])
        self.pieces, self.spans = [], spans

    def close_cell(self) -> None:
        if self.pieces is None:
            return
        lines = [" ".join(line.split()) for line in "".join(self.pieces).split("\0")]
        text = unescape("\n".join(lines)).replace("\xa0", " ").strip()
        spans = self.spans
        across = spans.get("colspan", spans.get("mergeacross", 0) + 1)
        down = spans.get("rowspan", spans.get("mergedown", 0) + 1)
        self.rows[-1].append(_Cell(text, max(1, across), max(1, down), spans.get("index", 0) - 1))
        self.pieces = None

    def open_row(self, spans: dict[str, int]) -> None:
        self.close_cell()
        # An index may leave out empty rows; no more of them than rows that are written could be meant.
        left_out = min(spans.get("index", 0) - 1 - len(self.rows), _GLANCE)
        self.rows += [[] for _ in range(left_out)]
        self.rows.append([])


def looks_like_page(text: str, ending: str = "") -> bool:
    """Return whether a text is a page of HTML or XML and no table of its own.

    Parameters
    ----------
    text : str
    ending : str
        Of the file, in lower case: what begins with a tag in a file of a workbook's or page's ending is a
        page; in a file of texts it must hold a table.

    Examples
    --------
    >>> looks_like_page("<div><table><tr><td>内容</td></tr></table></div>"), looks_like_page("<p>太慢</p>")
    (True, False)
    """
    head = text[:_GLANCE].lstrip(_LEAD)
    if _SURELY.match(head):
        return True
    if not _MAYBE.match(head):
        return False
    return ending in (".xls", ".xlsx", ".et", ".htm", ".html") or (
        _TABLE.search(text) is not None and _CELLS.search(text) is not None
    )


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page names and can be read in, None where it names none.

    Pages that say gb2312 and are UTF-8 are common: valid UTF-8 is read as such.

    Examples
    --------
    >>> declared_encoding('<meta charset="gb2312"><td>退款'.encode("gbk"))
    'gb18030'
    >>> declared_encoding('<meta charset="gb2312"><td>退款'.encode()) is None
    True
    """
    head = data[:_GLANCE].lstrip(b"\xef\xbb\xbf \t\r\n")
    named = _CHARSET.search(head) if head.startswith(b"<") else None
    if named is None:
        return None
    try:
        name = codecs.lookup(named[1].decode("ascii")).name
        name = "gb18030" if name in ("gb2312", "gbk") else name
        data.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    try:
        data.decode("utf-8")
    except UnicodeError:
        return name
    return None


def _tables(text: str) -> Iterator[_Table]:
    """Yield the tables of a page, each when it ends; the text of a table within a cell is its own."""
    open_tables: list[_Table] = []
    sheet, last = "", 0
    for markup in _MARKUP.finditer(text):
        inner = open_tables[-1] if open_tables else None
        if inner is not None and inner.pieces is not None:
            inner.pieces += (text[last : markup.start()], markup["data"] or "")
        last = markup.end()
        tag, ends, rest = (markup["tag"] or "").lower(), markup["end"], markup["rest"] or ""
        if tag == "worksheet" and not ends:
            named = _NAME.search(rest)
            sheet = unescape(named[1]) if named else ""
        elif tag == "table":
            if not ends and not rest.endswith("/"):
                open_tables.append(_Table(sheet))
            elif ends and inner is not None:
                inner.close_cell()
                yield open_tables.pop()
        elif inner is None or not tag:
            continue
        elif tag in ("td", "th", "cell", "tr", "row"):
            _apply_tag(inner, tag, ends, rest)
        elif tag in _BREAKS and inner.pieces:
            inner.pieces.append("\0")
    for table in reversed(open_tables):
        table.close_cell()
        yield table


def _apply_tag(table: _Table, tag: str, ends: str | None, rest: str) -> None:
    """Open or end a row or cell of the table; an end that is missing is understood."""
    if ends:
        table.close_cell()
        return
    spans = {name.lower(): int(n) for name, n in _NUMBER.findall(rest)} if "=" in rest else {}
    if tag in ("tr", "row"):
        table.open_row(spans)
        return
    table.open_cell(spans)
    if rest.endswith("/"):
        table.close_cell()


def _grid(table: _Table, path: object) -> Grid:
    """Return the cells of a table at their places, and which of them are merged.

    Raises
    ------
    InputError
        Spans cover more columns than a sheet has, or over an area that the cells do not fill.
    """
    rows: list[list[object]] = []
    merged: list[MergedRange] = []
    taken: dict[int, int] = {}
    area, n_cells = 0, sum(map(len, table.rows))
    for number, cells in enumerate(table.rows):
        row: list[object] = []
        column = 0
        for cell in cells:
            column = max(column, cell.at)
            while taken.get(column, 0) > number:
                column += 1
            last = column + cell.across
            refuse_wide(last, path)
            row += [""] * (column - len(row)) + [cell.text]
            if cell.across > 1 or cell.down > 1:
                bottom = min(number + cell.down, len(table.rows)) - 1
                merged.append(((number, column), (bottom, last - 1)))
                taken.update(dict.fromkeys(range(column, last), bottom + 1) if bottom > number else {})
            column = last
        area += column
        if area > max(_PLAIN_AREA, _SPARSE * n_cells):
            raise InputError.unreadable(path, "表格合并的单元格大得不合理", "请用 Excel 打开后另存为 .xlsx")
        rows.append(row)
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > max(_PLAIN_AREA, _SPARSE * n_cells):
        raise InputError.unreadable(path, "表格大半是空格子", "请用 Excel 打开后另存为 .xlsx")
    return Grid(table.name, [row + [""] * (width - len(row)) for row in rows], 0, merged)


def _names(grid: Grid) -> list[str]:
    header = header_of_grid(grid.rows)
    return [] if header is None else [shown_cell(cell) for cell in grid.rows[header]]


def read_page(text: str, path: object) -> RawTable:
    r"""Return the largest table of a page, with those of the same header under it.

    Tables that lay out a page hold few cells of their own: text counts for the innermost table it is in.
    A cell over several columns stands in the first; over columns of the header it goes before their names.

    Parameters
    ----------
    text : str
        HTML, or Excel's XML of 2003 (SpreadsheetML).
    path : object
        Named in errors.

    Returns
    -------
    RawTable
        ``lines`` are rows of the table, from 1.

    Raises
    ------
    InputError
        The page has no table with rows.

    Examples
    --------
    >>> page = "<div><table><tr><th>编号<th>内容<tr><td>1<td>太慢<br>退款</table></div>"
    >>> read_page(page, "a.xls").frame.to_numpy().tolist()
    [['1', '太慢\n退款']]
    """
    grids = [_grid(table, path) for table in _tables(text)]
    grids = [grid for grid in grids if filled_rows(grid.rows)]
    if not grids:
        what = "请用 Excel 打开后另存为 .xlsx，或改为导出 CSV"
        raise InputError.unreadable(path, "是网页或 XML，里面没有表格", what)
    sizes = [sum(cell != "" for row in grid.rows for cell in row) for grid in grids]
    largest = grids[sizes.index(max(sizes))]
    names = _names(largest)
    used = [grid for grid in grids if grid is largest or same_header(names, _names(grid))]
    tables: list[tuple[str, RawTable]] = []
    for grid in used:
        try:
            tables.append((grid.name, table_of_grid(grid, path)))
        except InputError:
            if grid is largest:
                raise
    raw = stack_tables(tables)
    unread = sum(grid not in used and filled_rows(grid.rows) > 1 for grid in grids)
    detail = f"网页里的表格，读了 {len(tables)} 张" + (f"，另有 {unread} 张较小的没有读" if unread else "")
    return replace(raw, notes=[Note("format", "", len(raw.frame), len(raw.frame), detail), *raw.notes])
