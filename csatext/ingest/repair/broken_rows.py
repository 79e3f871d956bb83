"""Broken rows: rejoined where the shape of the file proves how, else rejected with line and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.ingest.raw_table import RAW_LIMIT, Note, RawTable, Reject
from csatext.ingest.repair.column_profiles import Shape, learn_robust, proves, with_headers
from csatext.ingest.repair.csv_records import (
    Record,
    bare_cell,
    line_ending,
    loose_cells,
    loose_pieces,
    read_record,
)

__all__ = ["repair", "shapes_of"]

_SAMPLE = 3000
_FEW = 20
"""Whole rows below which rows with odd quotes, too, tell what the columns look like."""
_SURPLUS = 8
"""Delimiters beyond twice the header's that a row rejoined from several lines may hold."""
_MOST_LINES = 60
"""Physical lines that one broken record may span; a legal quoted field may span any number."""


def shapes_of(rows: Sequence[Sequence[str]], width: int) -> list[Shape]:
    """Return the shapes learnt from an even sample of the rows of the right width."""
    whole = [row for row in rows if len(row) == width]
    step = max(1, len(whole) // _SAMPLE)
    return learn_robust(whole[::step], width)[0]


def _merged(pieces: Sequence[str], shapes: Sequence[Shape], delimiter: str) -> list[list[str]]:
    """Return the rows got by taking the surplus delimiters as part of one free-text cell."""
    surplus = len(pieces) - len(shapes)
    rows: list[list[str]] = []
    for j, shape in enumerate(shapes):
        if surplus > 0 and shape.free:
            joined = delimiter.join(pieces[j : j + surplus + 1])
            row = [bare_cell(piece) for piece in (*pieces[:j], joined, *pieces[j + surplus + 1 :])]
            if proves(row, shapes):
                rows.append(row)
    return rows


def _without_gap(cells: Sequence[str], shapes: Sequence[Shape]) -> list[list[str]]:
    """Return the rows got by dropping one empty cell of a record that has one cell too many."""
    if len(cells) != len(shapes) + 1:
        return []
    rows = [[*cells[:j], *cells[j + 1 :]] for j, cell in enumerate(cells) if not cell.strip()]
    return [row for row in rows if proves(row, shapes)]


def _reading(body: str, shapes: Sequence[Shape], delimiter: str) -> tuple[list[str], str] | None:
    """Return the one row that a broken piece of text can be, and what was wrong with it."""
    width = len(shapes)
    for pieces in (loose_pieces(body, delimiter), body.split(delimiter)):
        cells = [bare_cell(piece) for piece in pieces]
        if len(cells) == width and proves(cells, shapes):
            return cells, "引号缺失"
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            if proves(cells[:width], shapes):
                return cells[:width], "行尾多出分隔符"
            continue
        for rows, why in (
            (_without_gap(cells, shapes), "多出一个空列"),
            (_merged(pieces, shapes, delimiter), "字段内多出分隔符"),
        ):
            if len(rows) == 1:
                return rows[0], why
    return None


def _padded(cells: Sequence[str], shapes: Sequence[Shape]) -> list[str] | None:
    """Return a short row with its usually empty last columns put back."""
    n = len(cells)
    if n < 2 or not all(shape.may_be_empty for shape in shapes[n:]):
        return None
    row = [*cells, *[""] * (len(shapes) - n)]
    return row if proves(row, shapes) else None


def _why(cells: Sequence[str], width: int, sound: bool) -> str:
    if not sound:
        return f"引号不成对，补上后列数或列的类型仍对不上（应为 {width} 列）"
    if len(cells) < width:
        return f"列数不足：{len(cells)} 列，应为 {width} 列"
    return f"列数过多：{len(cells)} 列，应为 {width} 列，无法判断多出的分隔符属于哪一列"


class _Mender:
    """Walks over the records of one file once; whole ones pass, broken ones are mended or rejected."""

    def __init__(self, text: str, shapes: Sequence[Shape], delimiter: str, names: Sequence[str]) -> None:
        self.text, self.shapes, self.delimiter, self.names = text, shapes, delimiter, list(names)
        self.newline = line_ending(text)
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.rejects: list[Reject] = []
        self.mended: Counter[str] = Counter()
        self._end = -1

    def walk(self, records: Sequence[Record]) -> None:
        todo = list(reversed(records))
        width = len(self.shapes)
        while todo:
            record = todo.pop()
            if record.sound and len(record.cells) == width:
                self._take(record.cells, record, record.end, self._returned(record))
                continue
            mended = self._by_returns(record) or self._joined(record, todo)
            if not (mended or self._appended(record) or self._filled_up(record)):
                self._refuse(record, todo)

    def _take(self, row: list[str], record: Record, end: int, why: str | None = None) -> bool:
        self.rows.append(row)
        self.lines.append(record.line)
        self._end = end
        if why is not None:
            self.mended[why] += 1
        return True

    def _returned(self, record: Record) -> str | None:
        """Return what is wrong with a whole record: a lone carriage return outside quotes, or nothing."""
        body = self.text[record.start : record.end].rstrip("\r\n")
        if "\r" not in body:
            return None
        bare = any(
            "\r" in piece and not piece.startswith('"') for piece in loose_pieces(body, self.delimiter)
        )
        return "字段内回车" if bare else None

    def _whole(self, record: Record) -> bool:
        """Return whether a record is a row that fits its columns, or the header once more."""
        if not record.sound or len(record.cells) != len(self.shapes):
            return False
        return proves(record.cells, self.shapes) or record.cells == self.names

    def _joined(self, record: Record, todo: list[Record]) -> bool:
        """Return whether the record and 0, 1, 2 ... of the records below it are one row, and take it."""
        end, free_start, least = record.end, self.shapes[0].free, len(self.shapes) - 1
        if all(shape.free for shape in self.shapes):
            return False
        delimiters = self.text.count(self.delimiter, record.start, record.end)
        for below in range(min(_MOST_LINES, len(todo)) + 1):
            if below:
                following = todo[-below]
                starts_next = self._whole(following)
                if starts_next and not (free_start and below == 1 and len(record.cells) == 1):
                    return False
                end = following.end
                delimiters += self.text.count(self.delimiter, following.start, end)
                if delimiters > 2 * least + _SURPLUS:
                    return False
            if delimiters < least:
                continue
            body = self.text[record.start : end].rstrip("\r\n")
            found = _reading(body, self.shapes, self.delimiter)
            if found is not None:
                del todo[len(todo) - below :]
                # A quote within a cell that reads as it stands is not a break.
                as_it_stands = found[0] == body.split(self.delimiter)
                why = "字段内换行" if below else None if as_it_stands else found[1]
                return self._take(found[0], record, end, why)
            if below and starts_next:
                return False
        return False

    def _appended(self, record: Record) -> bool:
        """Return whether a piece without delimiter went to the row above, as its last column can hold it."""
        first, last = self.shapes[0], self.shapes[-1]
        if (
            len(record.cells) > 1
            or self._end != record.start
            or not last.free
            or first.takes(record.cells[0])
        ):
            return False
        self.rows[-1] = [*self.rows[-1][:-1], f"{self.rows[-1][-1]}\n{record.cells[0]}"]
        self._end = record.end
        self.mended["字段内换行"] += 1
        return True

    def _by_returns(self, record: Record) -> bool:
        """Return whether the record is several rows that lone carriage returns end, and take them."""
        body = self.text[record.start : record.end].rstrip("\r\n")
        pieces = [loose_cells(piece, self.delimiter) for piece in body.split("\r") if piece]
        if len(pieces) < 2 or not all(proves(piece, self.shapes) for piece in pieces):
            return False
        for piece in pieces:
            self._take(piece, record, record.end, "行间只有回车")
        return True

    def _filled_up(self, record: Record) -> bool:
        """Return whether a short row lacked its usually empty last cells, and take it with them."""
        row = _padded(record.cells, self.shapes) if record.sound else None
        return row is not None and self._take(row, record, record.end, "行尾列缺失")

    def _refuse(self, record: Record, todo: list[Record]) -> None:
        """Reject the record; where a whole row begins inside it, reject up to there and go on from there."""
        start, line = record.start, record.line
        for _ in range(min(_MOST_LINES, record.next_line - record.line - 1)):
            start, line = self.text.index(self.newline, start) + 1, line + 1
            if start >= record.end:
                break
            fresh = read_record(self.text, start, line, self.delimiter, self.newline)
            if self._whole(fresh):
                record = record._replace(end=start)
                self._restart(fresh, todo)
                break
        raw = self.text[record.start : record.end].strip()[:RAW_LIMIT]
        self.rejects.append(Reject(record.line, _why(record.cells, len(self.shapes), record.sound), raw))

    def _restart(self, fresh: Record, todo: list[Record]) -> None:
        """Put the records from ``fresh`` on in place of those they overlap."""
        again = [fresh]
        while True:
            while todo and todo[-1].start < again[-1].end:
                todo.pop()
            if not todo or todo[-1].start == again[-1].end:
                break
            last = again[-1]
            again.append(read_record(self.text, last.end, last.next_line, self.delimiter, self.newline))
        todo.extend(reversed([r for r in again if len(r.cells) > 1 or r.cells[0].strip()]))


def repair(
    text: str, records: Sequence[Record], names: Sequence[str], delimiter: str | None, has_header: bool
) -> RawTable:
    """Return the table of the records, broken ones mended where the shape proves it.

    A record is broken when its quoting breaks the rules or its number of cells is not the header's. The
    line is then read on its own and together with the lines below it, up to the next whole row; the
    reading must have the header's number of cells, each like the rest of its column (numbers, dates,
    codes, few values), and be the only one that has. All others go to the rejects.

    Parameters
    ----------
    text : str
        Decoded content.
    records : sequence of Record
        Data records, without the header's.
    names : sequence of str
        Column names.
    delimiter : str or None
        None: one column, nothing can be broken.
    has_header : bool
        Whether the names stand in the file.

    Returns
    -------
    RawTable
    """
    if delimiter is None or len(names) == 1:
        cells = [[delimiter.join(r.cells) if delimiter else r.cells[0]] for r in records]
        frame = pd.DataFrame(cells, columns=list(names), dtype="str")
        return RawTable(frame, np.array([r.line for r in records], dtype=np.int64), has_header=has_header)
    width = len(names)
    data = [record for record in records if record.cells != list(names)]
    sound = [record.cells for record in data if record.sound and len(record.cells) == width]
    rows = sound if len(sound) >= _FEW else [record.cells for record in data]
    shapes = with_headers(shapes_of(rows, width), rows, names)
    mender = _Mender(text, shapes, delimiter, names)
    mender.walk(records)
    total = len(mender.rows) + len(mender.rejects)
    done = "；".join(f"{why} {n} 行" for why, n in sorted(mender.mended.items()))
    n = sum(mender.mended.values())
    notes = [Note("torn_rows", "", n, total, f"{done}，已按列的类型拼回")] if n else []
    frame = pd.DataFrame(mender.rows, columns=list(names), dtype="str")
    return RawTable(frame, np.array(mender.lines, dtype=np.int64), mender.rejects, notes, has_header)
