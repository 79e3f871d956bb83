"""A raw table made ready for its names to be read: garbled names, header rows within, twin columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.values import WORDLESS_KINDS, as_text, blank, plain_cells
from csatext.ingest.formats.limits import LONGEST_CELL, LONGEST_NAME, MOST_COLUMNS
from csatext.ingest.raw_table import Note, RawTable, Reject, row_text
from csatext.ingest.repair.header_row import unique_names
from csatext.ingest.repair.mojibake import mend_names
from csatext.strings import begins_with, encodable, ends_with, holds_bytes, string_array

__all__ = [
    "chosen_names",
    "drop_header_rows",
    "narrowed",
    "tidy",
    "unread_columns",
    "with_plain_names",
    "without_blank_rows",
    "without_long_cells",
]

_TOTAL = re.compile(r"^\s*(?:[合总小共]\s*计|(?i:(?:grand |sub)?total))\s*[:：]?\s*$")
_BLANKS = b" \t\n\f\r\v"
_TOTAL_FIRST = _BLANKS + b"tTgGsS" + bytes({sign.encode()[0] for sign in "合总小共"})
_TOTAL_LAST = _BLANKS + b"lL:" + bytes({sign.encode()[-1] for sign in "计："})
"""First and last bytes of a total: most cells need no pattern."""
_LONGEST_TOTAL = 24
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19, ST_Xstring)."""
_ESCAPED = "_x00"
_LINE_ENDS = {0x09: "\t", 0x0A: "\n", 0x0D: "\r", 0x5F: "_"}
_WITH_WORDS = ("string", "mixed", "mixed-integer")
"""Kinds of object columns, as pandas names them, that may hold a word."""
_AMOUNT = re.compile(r"^[-+¥￥]?\d[\d,]*(?:\.\d+)?\s*(?:%|条|件|个|行|分|元)?$")
_LOOKED_UP = 20_000
"""Names that are compared with known headers; a file of JSON may have millions of keys."""
_SHOWN, _LONGEST_SHOWN = 5, 40
_MOST_BLANK = 1_000
_TWIN = ("_", ".1", "_2")


def drop_header_rows(raw: RawTable) -> RawTable:
    """Return the table without rows that repeat the header; they go to the rejects."""
    frame = raw.frame
    if not raw.has_header or frame.shape[1] == 0:
        return raw
    at = np.arange(len(frame))
    for position, name in enumerate(frame.columns):
        if not at.size:
            return raw
        cells = as_text(frame.iloc[at, position]).str.strip()
        made = str(name).startswith("列")
        at = at[(blank(cells) if made else (cells == str(name)).fillna(False)).astype(np.bool_)]
    if not at.size:
        return raw
    return _without(raw, at, "重复的表头行")


def _without(raw: RawTable, at: NDArray[np.int64], reason: str) -> RawTable:
    """Return the table without the rows at some positions; they go to the rejects."""
    frame, lines = raw.frame, raw.lines
    kept = np.ones(len(frame), dtype=np.bool_)
    kept[at] = False
    rejects = [
        Reject(None if lines is None else int(lines[i]), reason, row_text(cells))
        for i, cells in zip(at, frame.iloc[at].to_numpy(dtype=object), strict=True)
    ]
    return replace(
        raw,
        frame=frame[kept].reset_index(drop=True),
        lines=None if lines is None else lines[kept],
        rejects=sorted([*raw.rejects, *rejects], key=lambda reject: reject.line or 0),
    )


def without_blank_rows(raw: RawTable) -> RawTable:
    """Return the table without rows of nothing but empty cells, which spreadsheets write by the thousand.

    Up to a thousand stay, to be rejected line by line as all without text are.

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"内容": ["太慢"] + [""] * 2000 + [" "], "渠道": [""] * 2001 + ["电话"]}))
    >>> raw = without_blank_rows(raw)
    >>> raw.frame["内容"].tolist(), raw.notes[0].detail
    (['太慢', ' '], '2,000 行没有一格有内容，未读')
    """
    frame = raw.frame
    at = np.arange(len(frame))
    for position in range(frame.shape[1]):
        if at.size <= _MOST_BLANK:
            return raw
        cells = frame.iloc[:, position] if len(at) == len(frame) else frame.iloc[at, position]
        if isinstance(cells.dtype, pd.StringDtype):
            texts = string_array(cells)
            empty = pc.fill_null(pc.equal(pc.binary_length(texts), 0), True).to_numpy(zero_copy_only=False)
        else:
            empty = cells.isna().to_numpy()
        at = at[empty.astype(np.bool_)]
    if at.size <= _MOST_BLANK or not frame.shape[1]:
        return raw
    kept = np.ones(len(frame), dtype=np.bool_)
    kept[at] = False
    note = Note("blank_rows", "", len(at), len(frame), f"{len(at):,} 行没有一格有内容，未读")
    lines = None if raw.lines is None else raw.lines[kept]
    rest = frame[kept].reset_index(drop=True)
    return replace(raw, frame=rest, lines=lines, notes=[*raw.notes, note])


def without_long_cells(raw: RawTable) -> RawTable:
    """Return the table without rows that have a cell longer than any text; they go to the rejects.

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"内容": ["太慢", "太" * (LONGEST_CELL + 1)]}))
    >>> raw = without_long_cells(raw)
    >>> raw.frame["内容"].tolist(), raw.rejects[0].reason
    (['太慢'], '一格超过 5,000,000 字')
    """
    long = np.zeros(len(raw.frame), dtype=np.bool_)
    for position in range(raw.frame.shape[1]):
        cells = raw.frame.iloc[:, position]
        if isinstance(cells.dtype, pd.StringDtype):
            texts = string_array(cells)
            # A character has a byte at least.
            if (pc.max(pc.binary_length(texts)).as_py() or 0) > LONGEST_CELL:
                long |= pc.greater(pc.utf8_length(texts), LONGEST_CELL).to_numpy(zero_copy_only=False)
        elif cells.dtype == object and pd.api.types.infer_dtype(cells) not in WORDLESS_KINDS:
            sizes = (len(cell) if isinstance(cell, str | bytes) else 0 for cell in cells)
            long |= np.fromiter(sizes, dtype=np.int64, count=len(cells)) > LONGEST_CELL
    reason = f"一格超过 {LONGEST_CELL:,} 字"
    return _without(raw, np.flatnonzero(long), reason) if long.any() else raw


def with_plain_names(raw: RawTable) -> RawTable:
    """Return the table with names of columns that are text, none longer than any header.

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"内容": ["太慢"], "渠" * (LONGEST_NAME + 1): ["电话"]}))
    >>> [len(name) for name in with_plain_names(raw).frame.columns]
    [2, 1000]
    """
    names = [str(name) for name in raw.frame.columns]
    plain = [encodable(name[:LONGEST_NAME]) for name in names]
    return raw if plain == names else replace(raw, frame=raw.frame.set_axis(unique_names(plain), axis=1))


def narrowed(raw: RawTable, wanted: Collection[str] = ()) -> RawTable:
    """Return the table with at most :data:`MOST_COLUMNS` columns: the wanted, the known, then the first.

    Parameters
    ----------
    raw : RawTable
    wanted : collection of str
        Headers that the caller named.
    """
    names = [str(name) for name in raw.frame.columns]
    if len(names) <= MOST_COLUMNS:
        return raw
    kept = set(chosen_names([name for name in names if name in wanted], names))
    at = [position for position, name in enumerate(names) if name in kept][:MOST_COLUMNS]
    rest = [name for name in names if name not in kept]
    notes = [*raw.notes, unread_columns(rest, len(names))]
    return replace(raw, frame=raw.frame.iloc[:, at], notes=notes)


def chosen_names(first: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the names of the columns that are read of too many: ``first``, known ones, then the others."""
    known = [name for name in names[:_LOOKED_UP] if normal_header(name) in known_headers()]
    return list(dict.fromkeys([*first, *known, *names[:MOST_COLUMNS]]))[:MOST_COLUMNS]


def unread_columns(names: Sequence[str], total: int) -> Note:
    """Return the note that names columns which are not read as there are too many.

    Examples
    --------
    >>> unread_columns(["项1001", "项1002"], 1002).detail
    '共有 1,002 列，只读 1,000 列；未读 2 列：项1001、项1002'
    """
    shown = "、".join(name[:_LONGEST_SHOWN] for name in names[:_SHOWN])
    more = " 等" if len(names) > _SHOWN else ""
    detail = f"共有 {total:,} 列，只读 {MOST_COLUMNS:,} 列；未读 {len(names):,} 列：{shown}{more}"
    return Note("columns_unread", "", len(names), total, detail)


def _drop_totals(raw: RawTable) -> RawTable:
    """Return the table without rows of totals: 合计 or the like, and beside it only numbers."""
    frame = raw.frame
    if frame.shape[1] < 2 or frame.empty:
        return raw
    at = np.zeros(len(frame), dtype=np.bool_)
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype) or (
            frame[name].dtype == object and pd.api.types.infer_dtype(frame[name]) in _WITH_WORDS
        ):
            cells = string_array(as_text(frame[name]))
            maybe = begins_with(cells, _TOTAL_FIRST) & ends_with(cells, _TOTAL_LAST)
            maybe &= pc.binary_length(cells).to_numpy(zero_copy_only=False) <= _LONGEST_TOTAL
            if maybe.any():
                totals = pc.match_substring_regex(cells.filter(pa.array(maybe)), pattern=_TOTAL.pattern)
                at[maybe] |= totals.to_numpy(zero_copy_only=False)
    lost = [i for i in np.flatnonzero(at) if _is_total([str(c) for c in as_text(frame.iloc[i]).dropna()])]
    return _without(raw, np.array(lost, dtype=np.int64), "合计行") if lost else raw


def _is_total(cells: list[str]) -> bool:
    """Return whether the filled cells of a row are the word for a total and numbers."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    words = [cell for cell in filled if _TOTAL.match(cell)]
    return len(words) == 1 and all(_TOTAL.match(cell) or _AMOUNT.match(cell) for cell in filled)


def _twin(name: str, names: Sequence[str]) -> str | None:
    """Return the name of the column that an export wrote beside an empty one of the same name."""
    return next((name + ending for ending in _TWIN if name + ending in names), None)


def _twins(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return the frame with wholly empty columns dropped whose twin (``id`` and ``id_``) holds the values."""
    names = [str(name) for name in frame.columns]
    rename: dict[str, str] = {}
    for name in names:
        twin = _twin(name, names)
        if twin is None or twin in rename or len(frame) == 0:
            continue
        if blank(as_text(frame[name])).all() and not blank(as_text(frame[twin])).all():
            rename[twin] = name
    if not rename:
        return frame, []
    notes = [
        Note("twin_column", name, len(frame), len(frame), f"列「{name}」全空，值在「{twin}」，已合并")
        for twin, name in rename.items()
    ]
    return frame.drop(columns=list(rename.values())).rename(columns=rename), notes


def _unescape(text: str) -> str:
    """Return a cell with the control characters that a workbook escaped; other escapes may be words."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return _LINE_ENDS.get(code, "" if code < 0x20 else found[0])

    return _ESCAPE.sub(character, text).replace("\r\n", "\n").replace("\r", "\n")


def _without_escapes(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return the frame with the escapes of workbooks (``_x000D_``) decoded in cells and names."""
    names = [_unescape(str(name)).strip() if _ESCAPED in str(name) else str(name) for name in frame.columns]
    result = frame.set_axis(names, axis="columns") if len({*names}) == len(names) else frame.copy(deep=False)
    notes = []
    for name in result.columns:
        column = result[name]
        if isinstance(column.dtype, pd.StringDtype):
            cells = string_array(column)
            if not holds_bytes(cells, _ESCAPED.encode()):
                continue
            found = pc.match_substring(cells, _ESCAPED).to_numpy(zero_copy_only=False)
        elif column.dtype == object and pd.api.types.infer_dtype(column) in _WITH_WORDS:
            found = np.array([isinstance(cell, str) and _ESCAPED in cell for cell in column], dtype=np.bool_)
        else:
            continue
        if not found.any():
            continue
        decoded = column[found].map(_unescape)
        n = int((decoded != column[found]).sum())
        if n:
            result[name] = column.where(~found, decoded.reindex(column.index))
            detail = f"{n} 格里的 _x000D_ 一类转义符还原成了换行或制表符"
            notes.append(Note("excel_escapes", str(name), n, len(column), detail))
    return result, notes


def tidy(raw: RawTable) -> RawTable:
    """Return the table with names that can be read and only data in its rows.

    Names that were encoded twice are mended; rows that repeat the header (exports pasted together) and
    rows of totals (合计, 小计 and beside it only numbers) go to the rejects; a wholly empty column gives way
    to its twin (``id`` to ``id_``), as some exports write a renamed column under both names; line ends that
    a workbook escaped (``_x000D_``) are line ends again.

    Parameters
    ----------
    raw : RawTable

    Returns
    -------
    RawTable

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"id": ["", ""], "id_": ["7", "id_"], "text": ["慢", "text"]}))
    >>> tidy(raw).frame.columns.tolist()
    ['id', 'text']
    """
    whole = _drop_totals(drop_header_rows(replace(raw, frame=plain_cells(raw.frame))))
    frame, notes = _twins(mend_names(whole.frame))
    frame, decoded = _without_escapes(frame)
    return replace(whole, frame=frame, notes=[*whole.notes, *notes, *decoded])
