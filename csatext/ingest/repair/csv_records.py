"""A delimited text cut into records (RFC 4180), each marked sound or not; nothing is mended here."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

__all__ = ["Record", "bare_cell", "line_ending", "loose_cells", "loose_pieces", "read_record", "read_records"]


class Record(NamedTuple):
    """One record and where it stands.

    ``start`` and ``end`` are character offsets (``end`` behind the line end), ``line`` and
    ``next_line`` count from 1; ``sound`` is False where the quoting breaks the rules, and then the
    record is one line.
    """

    cells: list[str]
    start: int
    end: int
    line: int
    next_line: int
    sound: bool


@cache
def _quoted(delimiter: str) -> re.Pattern[str]:
    # Possessive, so that an unclosed quote costs one pass and not a backtrack for each character.
    return re.compile(r'"([^"]*+(?:""[^"]*+)*+)"[ \t]*+(?=' + re.escape(delimiter) + r"|\r?\n|\r?\Z)")


def _line_end(text: str, at: int, newline: str) -> tuple[int, int]:
    """Return the offsets of the end of the line at ``at``, without and with its line end."""
    found = text.find(newline, at)
    if found < 0:
        return len(text), len(text)
    stop = found - 1 if newline == "\n" and found > at and text[found - 1] == "\r" else found
    return stop, found + 1


def line_ending(text: str) -> str:
    r"""Return ``"\n"``, or ``"\r"`` for a text that has no other line end."""
    return "\n" if "\n" in text or "\r" not in text else "\r"


def read_record(text: str, at: int, line: int, delimiter: str | None, newline: str) -> Record:
    """Return the record that starts at offset ``at``, which is on line ``line``.

    Parameters
    ----------
    text : str
        The whole text; ``at`` < len(text).
    at, line : int
        Offset (from 0) and line (from 1) of the record's first character.
    delimiter : str or None
        None: every line is one cell.
    newline : str
        From :func:`line_ending`.

    Returns
    -------
    Record
    """
    stop, after = _line_end(text, at, newline)
    body = text[at:stop]
    if '"' not in body:
        cells = [body] if delimiter is None else body.split(delimiter)
        return Record(cells, at, after, line, line + 1, True)
    found = _quoted_cells(text, at, delimiter or "\x1f", newline)
    if found is None:
        cells = [body] if delimiter is None else loose_cells(body, delimiter)
        return Record(cells, at, after, line, line + 1, delimiter is None)
    cells, after = found
    return Record(cells, at, after, line, line + max(1, text.count(newline, at, after)), True)


def _quoted_cells(text: str, at: int, delimiter: str, newline: str) -> tuple[list[str], int] | None:
    """Return a quoted record's cells and the offset behind it; None where a quote is out of place."""
    cells: list[str] = []
    pattern = _quoted(delimiter)
    stop, after = _line_end(text, at, newline)
    while True:
        if text.startswith('"', at):
            field = pattern.match(text, at)
            if field is None:
                return None
            cells.append(field[1].replace('""', '"'))
            at = field.end()
            if at > stop:
                stop, after = _line_end(text, at, newline)
        else:
            found = text.find(delimiter, at, stop)
            end = found if found >= 0 else stop
            cells.append(text[at:end])
            if '"' in cells[-1]:
                return None
            at = end
        if at >= stop:
            return cells, after
        at += len(delimiter)


def bare_cell(piece: str) -> str:
    """Return a piece of a record without the quotes around it (or the one that is left of them).

    Examples
    --------
    >>> bare_cell('"他说""好""，退了"'), bare_cell('没收到"'), bare_cell('他说"好"')
    ('他说"好"，退了', '没收到', '他说"好"')
    """
    inner = piece.strip(" ")
    if len(inner) > 1 and inner.startswith('"') and inner.endswith('"'):
        return inner[1:-1].replace('""', '"')
    if inner.count('"') % 2:
        return (inner[1:] if inner.startswith('"') else inner.removesuffix('"')).replace('""', '"')
    return piece


def loose_pieces(body: str, delimiter: str) -> list[str]:
    """Return a broken record cut at its delimiters, quotes kept; a field quoted as it should be stays whole.

    Examples
    --------
    >>> loose_pieces('1,"a,b",他说"好",2', ",")
    ['1', '"a,b"', '他说"好"', '2']
    """
    pieces: list[str] = []
    pattern = _quoted(delimiter)
    at = 0
    while True:
        field = pattern.match(body, at)
        found = field.end() if field is not None else body.find(delimiter, at)
        end = found if found >= 0 else len(body)
        pieces.append(body[at:end])
        if end >= len(body):
            return pieces
        at = end + len(delimiter)


def loose_cells(body: str, delimiter: str) -> list[str]:
    """Return the cells of a broken record as :func:`loose_pieces` cuts it.

    Examples
    --------
    >>> loose_cells('1,"a,b",他说"好",2', ",")
    ['1', 'a,b', '他说"好"', '2']
    """
    return [bare_cell(piece) for piece in loose_pieces(body, delimiter)]


def read_records(
    text: str, delimiter: str | None, at: int = 0, line: int = 1, limit: int | None = None
) -> list[Record]:
    r"""Return the records of a text from offset ``at`` on; blank lines are no records.

    Parameters
    ----------
    text : str
        Decoded content.
    delimiter : str or None
        None: every line is one cell.
    at, line : int
        Where to begin: offset from 0, line from 1.
    limit : int, optional
        Number of records after which to stop.

    Returns
    -------
    list of Record

    Examples
    --------
    >>> [record.cells for record in read_records('id,text\n1,"太\n慢"\n', ",")]
    [['id', 'text'], ['1', '太\n慢']]
    """
    newline = line_ending(text)
    records: list[Record] = []
    while at < len(text) and (limit is None or len(records) < limit):
        record = read_record(text, at, line, delimiter, newline)
        if len(record.cells) > 1 or record.cells[0].strip():
            records.append(record)
        at, line = record.end, record.next_line
    return records
