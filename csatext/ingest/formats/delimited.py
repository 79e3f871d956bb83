"""CSV, TSV and plain text: delimiter, header, and the fast road for files without a fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from csatext.errors import InputError
from csatext.ingest.formats.delimiters import shown_delimiter, sniff_delimiter
from csatext.ingest.formats.limits import MOST_RECORDS
from csatext.ingest.raw_table import Note, RawTable, refuse_wide
from csatext.ingest.repair.broken_rows import repair
from csatext.ingest.repair.csv_records import read_records
from csatext.ingest.repair.header_row import find_header, unique_names
from csatext.ingest.repair.misaligned_rows import realign_rows
from csatext.ingest.repair.table_cleanup import drop_header_rows
from csatext.strings import places, utf8

__all__ = ["Layout", "find_layout", "quotes_are_sound", "read_delimited", "read_records_of"]

_EVERYDAY = (",", "\t", ";", "|")
_STAND_INS = "\x1f\x1e\x1d\x1c\x02\x03\x04\x05"
"""Characters of one byte that take the place of a longer delimiter, so that Arrow can read the file."""
_HEAD = 50
_QUOTE, _LINE_END = 34, 10
_TEXT_CELL = r'(?m)(^|{0})="([^"\r\n]*)"(?={0}|\r?$)'
"""A cell that Excel is to read as text, written without the quotes around it."""
_SEP_LINE = re.compile(r'^"?sep=(.)"?\r?\n', re.IGNORECASE)


class Layout(NamedTuple):
    """How a file is laid out: ``body`` is where its data begin, ``named`` how many names its header has."""

    delimiter: str | None
    names: list[str]
    has_header: bool
    body: int
    body_line: int
    named: int


def _layout(text: str, delimiter: str | None, line: int, notes: list[Note], path: object) -> Layout:
    """Return where the header is and what it says; columns without a name get one by position."""
    head = read_records(text, delimiter, 0, line, limit=_HEAD)
    if not head:
        return Layout(delimiter, [], False, 0, line, 0)
    width = Counter(len(record.cells) for record in head).most_common(1)[0][0]
    refuse_wide(width, path)
    found = find_header([record.cells for record in head])
    if found is None:
        names = ["text"] if width == 1 else unique_names([""] * width)
        detail = "没有表头" + (
            "，每行一条文本（整篇文章请放进一个单元格）" if width == 1 else "，列名按位置编为 列1、列2……"
        )
        notes.append(Note("header", "", 0, 1, detail))
        return Layout(delimiter, names, False, head[0].start, head[0].line, len(names))
    if found:
        notes.append(Note("header", "", 1, 1, f"表头在第 {head[found].line} 行，其上 {found} 行是标题"))
    record = head[found]
    cells = record.cells
    named = len(cells)
    if width == len(cells) + 1 and _numbered([r.cells for r in head[found + 1 :] if len(r.cells) == width]):
        notes.append(Note("header", "", 1, 1, "数据比表头多一列，首列是行号，表头右移一列"))
        cells = ["", *cells]
        named = width
    elif width > len(cells) and len(head) - found > 2:
        notes.append(
            Note("header", "", 1, 1, f"数据有 {width} 列而表头只有 {len(cells)} 列，多出的列按位置命名")
        )
        cells = [*cells, *[""] * (width - len(cells))]
    return Layout(delimiter, unique_names(cells), True, record.end, record.next_line, named)


def _numbered(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first column counts the rows, from 0 or 1, and the last one is in use."""
    first = [row[0].strip() for row in rows]
    counts = any(first == [str(i + start) for i in range(len(first))] for start in (0, 1))
    return len(rows) > 1 and counts and any(row[-1].strip() for row in rows)


def quotes_are_sound(body: bytes | memoryview | NDArray[np.uint8], delimiter: int) -> bool:
    """Return whether every double quote opens, closes or doubles as RFC 4180 says.

    Quotes in turn open and close; an opening one must follow a delimiter, a line end or a closing quote
    (a doubled quote reads as closing and opening again), a closing one must precede one of those.

    Examples
    --------
    >>> quotes_are_sound(b'1,"a ""b"" c"', ord(",")), quotes_are_sound(b'1,a"b', ord(","))
    (True, False)
    """
    data = body if isinstance(body, np.ndarray) else np.frombuffer(body, dtype=np.uint8)
    at = places(data, _QUOTE)
    if at.size == 0:
        return True
    if at.size % 2:
        return False
    edges = np.array([delimiter, 10, 13, 34], dtype=np.uint8)
    opens, closes = at[0::2], at[1::2]
    before = data[np.maximum(opens - 1, 0)]
    after = data[np.minimum(closes + 1, data.size - 1)]
    return bool(
        (np.isin(before, edges) | (opens == 0)).all()
        and (np.isin(after, edges) | (closes == data.size - 1)).all()
    )


def _standard_quotes(text: str, layout: Layout, notes: list[Note]) -> str:
    r"""Return the text with ``\"`` written ``""`` where that makes every quote sound (MySQL's exports)."""
    # one character is sought much faster than two
    if "\\" not in text or '\\"' not in text or layout.delimiter is None or not layout.delimiter.isascii():
        return text
    body = text[layout.body :]
    doubled = body.replace('\\"', '""')
    delimiter = ord(layout.delimiter)
    if quotes_are_sound(body.encode("utf-8", "surrogatepass"), delimiter) or not quotes_are_sound(
        doubled.encode("utf-8", "surrogatepass"), delimiter
    ):
        return text
    n = body.count('\\"')
    notes.append(Note("escaped_quotes", "", n, n, f'{n} 个引号写作 \\"，按引号读'))
    return text[: layout.body] + doubled


def _plain_text_cells(text: str, layout: Layout, notes: list[Note]) -> str:
    """Return the text with cells such as ``="0017"`` as quoted ones, where they stand bare."""
    if "=" not in text or '="' not in text or layout.delimiter is None:
        return text
    pattern = _TEXT_CELL.format(re.escape(layout.delimiter))
    body, n = re.subn(pattern, r'\1"\2"', text[layout.body :])
    if n:
        notes.append(Note("escaped_quotes", "", n, n, f'{n} 格写作 ="…"，按引号里的文字读'))
    return text[: layout.body] + body


def _surplus(raw: RawTable, layout: Layout) -> list[Note]:
    """Return how many rows have content beyond the columns that the header names."""
    extra = list(raw.frame.columns[layout.named :])
    if not extra or not layout.has_header:
        return []
    n = int((raw.frame[extra].fillna("") != "").any(axis=1).sum())
    detail = (
        f"{n} 行的格子比表头多（表头 {layout.named} 列），多半是文本里的分隔符没有加引号，"
        "文本会在那里被切断、后面的列错位；请给文本加引号重新导出"
    )
    return [Note("surplus_cells", "", n, len(raw.frame), detail)] if n else []


def _fast(text: str, layout: Layout) -> RawTable | None:
    """Return the table read by Arrow, None where anything about the file is not plain."""
    delimiter = layout.delimiter or "\x1f"
    if len(delimiter.encode()) != 1:
        return None
    try:
        # the whole is encoded and then cut: a copy of a large text costs more than its encoding
        whole = text.encode()
    except UnicodeEncodeError:
        return None
    start = len(text[: layout.body].encode())
    body = memoryview(whole)[start:]
    if not quotes_are_sound(body, ord(delimiter)):
        return None
    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(
                column_names=layout.names, use_threads=True, block_size=max(1 << 24, min(len(body), 1 << 28))
            ),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(layout.names, pa.large_string()),
                strings_can_be_null=False,
                check_utf8=False,  # it has just been encoded
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError):
        return None
    ends = whole.count(b"\n", start) + (not whole.endswith(b"\n", start))
    lines = _lines(table, ends, layout)
    if lines is None:
        return None
    return RawTable(table.to_pandas(), lines, [], [], layout.has_header)


def _lines(table: pa.Table, ends: int, layout: Layout) -> NDArray[np.int64] | None:
    """Return the line of each row; None where blank lines or lone carriage returns upset the ``ends``."""
    inside = np.zeros(len(table), dtype=np.int64)
    if ends != len(table):
        for column in table.columns:
            inside += np.concatenate([inside[:0], *map(_line_ends, column.chunks)])
        if ends != len(table) + int(inside.sum()):
            return None
    return layout.body_line + np.arange(len(table)) + np.cumsum(inside) - inside


def _line_ends(cells: pa.LargeStringArray) -> NDArray[np.int64]:
    """Return how many line ends each cell holds."""
    offsets, data = utf8(cells)
    at = places(data[offsets[0] : offsets[-1]], _LINE_END) + offsets[0]
    return np.diff(np.searchsorted(at, offsets)) if at.size else np.zeros(len(cells), dtype=np.int64)


def _careful(text: str, layout: Layout, path: object) -> RawTable:
    """Return the table read record by record, broken rows mended or rejected."""
    if text.count("\n") > MOST_RECORDS:
        why = f"引号没有成对，或各行的格数不同，又超过 {MOST_RECORDS:,} 行"
        raise InputError.unreadable(path, why, "请改正导出，或拆成几个文件再读")
    records = read_records(text, layout.delimiter, layout.body, layout.body_line)
    return repair(text, records, layout.names, layout.delimiter, layout.has_header)


def read_delimited(text: str, path: object, delimiter: str | None = None) -> RawTable:
    """Return a delimited text as a table of strings.

    Parameters
    ----------
    text : str
        Content of the file, decoded.
    path : object
        Named in errors.
    delimiter : str, optional
        One character or several; found where None.

    Returns
    -------
    RawTable

    Raises
    ------
    InputError
        There is a header and nothing under it, or more columns than a spreadsheet can have.
    """
    text, layout, found, notes = find_layout(text, path, delimiter)
    raw = read_records_of(text, layout, found, path)
    if raw.frame.empty and not raw.rejects:
        raise InputError.unreadable(path, "只有表头，没有数据行", "请检查导出条件，或换一个文件")
    return replace(raw, notes=[*notes, *raw.notes])


def find_layout(
    text: str, path: object, delimiter: str | None = None
) -> tuple[str, Layout, str | None, list[Note]]:
    """Return how a delimited text is laid out.

    Parameters
    ----------
    text : str
        Content of the file, decoded, or its beginning.
    path : object
        Named in errors.
    delimiter : str, optional
        One character or several; found where None.

    Returns
    -------
    text : str
        Without the line that declares a delimiter.
    layout : Layout
        Of this text.
    delimiter : str or None
        The one given or found; None for a file of one column.
    notes : list of Note

    Raises
    ------
    InputError
        There are more columns than a spreadsheet can have.
    """
    notes: list[Note] = []
    line = 1
    declared = _SEP_LINE.match(text)
    if declared is not None:
        text, delimiter, line = text[declared.end() :], declared.group(1), 2
    found = delimiter or sniff_delimiter(text)
    single = _single(text, found)
    plain = text.replace(found, single) if single is not None and found is not None else text
    layout = _layout(plain, single or found, line, notes, path)
    if single is not None and found is not None:
        # Where the body begins is told in the text as it was given.
        body = layout.body + plain.count(single, 0, layout.body) * (len(found) - 1)
        names = [name.replace(single, found) for name in layout.names]
        layout = layout._replace(delimiter=found, body=body, names=names)
    width = len(layout.names)
    refuse_wide(width, path)
    how = (
        "" if delimiter or found is None or found in _EVERYDAY else "（按各行一致判断，可用 delimiter= 指定）"
    )
    notes.insert(0, Note("delimiter", "", width, width, f"分隔符：{shown_delimiter(found)}{how}"))
    return text, layout, found, notes


def read_records_of(text: str, layout: Layout, delimiter: str | None, path: object) -> RawTable:
    """Return the records of a text whose layout is known; there may be none.

    Parameters
    ----------
    text : str
        Its data begin at ``layout.body``, which is line ``layout.body_line`` of the file.
    layout : Layout
        From :func:`find_layout`.
    delimiter : str or None
        One character or several.
    path : object
        Named in errors.

    Raises
    ------
    InputError
        Quotes are not in pairs, and there are too many records to mend.
    """
    notes: list[Note] = []
    single = _single(text, delimiter)
    if single is not None and delimiter is not None:
        body = len(text[: layout.body].replace(delimiter, single))
        layout = layout._replace(delimiter=single, body=body)
        text = text.replace(delimiter, single)
    text = _plain_text_cells(_standard_quotes(text, layout, notes), layout, notes)
    raw = _fast(text, layout) or _careful(text, layout, path)
    # The text of a large file is not needed beside its table.
    del text
    if single is not None and delimiter is not None:
        raw = _as_written(raw, single, delimiter)
    raw = realign_rows(drop_header_rows(raw))
    return replace(raw, notes=[*notes, *_surplus(raw, layout), *raw.notes])


def _single(text: str, delimiter: str | None) -> str | None:
    """Return a character of one byte that stands nowhere in the text, for a delimiter that is longer."""
    if delimiter is None or len(delimiter.encode()) == 1:
        return None
    return next((sign for sign in _STAND_INS if sign not in text), None)


def _as_written(raw: RawTable, single: str, delimiter: str) -> RawTable:
    """Return the table with the delimiter as the file has it, in cells and rejects that hold one."""
    frame = raw.frame
    held = [name for name in frame.columns if frame[name].str.contains(single, regex=False).any()]
    changed = {name: frame[name].str.replace(single, delimiter, regex=False) for name in held}
    rejects = [reject._replace(raw=reject.raw.replace(single, delimiter)) for reject in raw.rejects]
    names = [str(name).replace(single, delimiter) for name in frame.columns]
    return replace(raw, frame=frame.assign(**changed).set_axis(names, axis=1), rejects=rejects)
