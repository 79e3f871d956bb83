"""Which character, or which several, part the cells of a text: by known headers, else by consistency."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.repair.csv_records import read_records

__all__ = ["shown_delimiter", "sniff_delimiter"]

_ORDINARY = (",", "\t", ";", "|")
_SIGNS = "，；｜^~¦§‖¤¶¬þ÷!#*&"
"""Signs that part cells in some exports and stand in sentences too: their columns must prove them."""
_IN_SENTENCES = "，；~!#*&"
_IN_CELLS = "!#*&"
"""Signs that stand in cells of an ordinary table too (masked names, topics, links): never against a comma."""
_PAIRED = re.compile(r"[|^~#$%&@+:;*!¦§‖｜\x01-\x08\x0e-\x1f]{2,12}")
"""Runs in which a delimiter of several characters may stand; no part of a URL, tag, date or dash."""
_WRITTEN = re.compile(r"[-_=]\|[-_=]|<\|>|[-=]>|<>|>>|<<|==|\t\||\|\t|\\(?:x01|001)|\^A")
"""Delimiters of several characters that are no runs of signs; control characters written out among them."""
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
_LONGEST = 4
_NEVER = re.compile(r"[*!:;+]+\Z(?<!::)(?<!;;)")
"""Masked names, exclamations and smileys; two colons or semicolons are a delimiter."""
_SAMPLE = 200_000
_RECORDS = 200
_FIRST_LINES = 30
_MOST_CANDIDATES = 12
_MOST_TITLES = 12
_LONG_NAME = 40
_TWO = 2
_ENOUGH, _NEAR = 0.8, 0.5
_CERTAIN = 0.95
"""Share of records with the same number of cells that a sign of sentences must reach."""
_MANY = 20
_CODE = re.compile(r"[\d¥￥$+-][\d,.:/年月日时分秒 T%+-]*+|(?=[^\d]*+\d)[A-Za-z0-9_./:+-]{2,40}+")
_SHORT = 10


class _Cut(NamedTuple):
    """How a delimiter cuts the first records: the commonest number of cells and its share of them."""

    delimiter: str
    width: int
    share: float
    rows: list[list[str]]


def shown_delimiter(delimiter: str | None) -> str:
    r"""Return a delimiter as the quality table names it.

    Examples
    --------
    >>> shown_delimiter("\t"), shown_delimiter(None), shown_delimiter("\x01"), shown_delimiter("|+|")
    ('制表符', '无（每行一条）', '控制字符 \\x01', '|+|')
    """
    if delimiter is None:
        return "无（每行一条）"
    if delimiter == "\t":
        return "制表符"
    return delimiter if delimiter.isprintable() else f"控制字符 {ascii(delimiter)[1:-1]}"


def sniff_delimiter(text: str) -> str | None:
    r"""Return the delimiter of a table, None where the text is one column.

    The delimiter that cuts one of the first lines into two or more known headers and only short cells;
    else that which cuts the most of the first records into the same number of cells (two or more). Of
    comma, tab, semicolon and bar four in five records are enough, as a comma may stand in a text without
    quotes. Other signs, control characters and several characters (``||``, ``|+|``) must cut nearly all of
    them alike, into a column of numbers, dates, codes or few values.

    Examples
    --------
    >>> sniff_delimiter("id\ttext\n1\t退款,太慢\n")
    '\t'
    >>> sniff_delimiter("1|+|退款没到|+|电话\n2|+|太慢了|+|在线\n3|+|很好|+|在线\n")
    '|+|'
    >>> sniff_delimiter("太慢了\n退款,没到,很差\n不错\n") is None
    True
    """
    head = text[:_SAMPLE]
    cut_off = len(head) < len(text)
    cuts = [cut for name in _unusual(head) if (cut := _cut(head, name, cut_off)) is not None]
    named = _by_names(head, [*_ORDINARY, *_SIGNS, *(cut.delimiter for cut in cuts)])
    if named is not None:
        return _whole_of(named, cuts)
    unusual = [cut for cut in cuts if _makes_columns(cut)]
    best: tuple[float, int, _Cut] | None = None
    for order, delimiter in enumerate(_ORDINARY):
        cut = _cut(head, delimiter, cut_off)
        if cut is None or cut.width < _TWO:
            continue
        near = abs(len(cut.rows[0]) - cut.width) <= 1 < len(cut.rows[0]) and cut.share >= _NEAR
        if cut.share >= _ENOUGH or near:
            score = (round(cut.share, 1), -order, cut)
            best = score if best is None or score[:2] > best[:2] else best
    if best is not None:
        unusual = [cut for cut in unusual if cut.delimiter not in _IN_CELLS]
    other = max(unusual, key=_strength, default=None)
    if best is None or other is None:
        return other.delimiter if other is not None else best[2].delimiter if best is not None else None
    usual = best[2]
    if _whole_of(usual.delimiter, unusual) != usual.delimiter:
        return _whole_of(usual.delimiter, unusual)
    stronger = (round(other.share, 2), other.width) > (round(usual.share, 2), usual.width)
    return other.delimiter if stronger else usual.delimiter


def _cut(head: str, delimiter: str, cut_off: bool) -> _Cut | None:
    """Return how a delimiter cuts the first records, the last left out where it is not whole."""
    if delimiter not in head:
        return None
    records = read_records(head, delimiter, limit=_RECORDS)
    if cut_off and len(records) > 1:
        records = records[:-1]
    rows = [record.cells for record in records if any(cell.strip() for cell in record.cells)]
    if not rows:
        return None
    counts = Counter(map(len, rows))
    width, n = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    return _Cut(delimiter, width, n / (len(rows) - _titles(rows, width)), rows)


def _unusual(head: str) -> list[str]:
    """Return what else may be a delimiter: it stands in nearly all of the first lines."""
    lines = [line for line in head.split("\n", _FIRST_LINES)[:_FIRST_LINES] if line.strip()]
    found: Counter[str] = Counter()
    for line in lines:
        found.update(set(_parts(line[:2000])))
    often = [name for name, n in found.items() if n >= _CERTAIN * len(lines) - 1]
    # The longest first: each of its characters stands in as many lines.
    return sorted(often, key=lambda name: (-len(name), -found[name], name))[:_MOST_CANDIDATES]


def _parts(line: str) -> Iterator[str]:
    yield from _CONTROLS.findall(line)
    yield from (sign for sign in _SIGNS if sign in line)
    yield from _WRITTEN.findall(line)
    for run in _PAIRED.findall(line):
        for size in range(_TWO, _LONGEST + 1):
            for at in range(len(run) - size + 1):
                part = run[at : at + size]
                if not _NEVER.match(part):
                    yield part


def _makes_columns(cut: _Cut) -> bool:
    """Return whether what an unusual delimiter makes of the records are columns, and not pieces of texts."""
    if cut.width < _TWO or cut.share < _CERTAIN or len(cut.rows) < _TWO:
        return False
    columns = list(zip(*(row for row in cut.rows if len(row) == cut.width), strict=True))
    filled = [sum(any(map(str.isalnum, cell)) for cell in column) / len(column) for column in columns]
    # Topics (#退款#) and mentions stand at the beginning of a text, tone marks at its end.
    if filled[0] < _NEAR or sum(share >= _NEAR for share in filled) < _TWO:
        return False
    if cut.delimiter == "~" and cut.width == _TWO and _is_range(columns):
        return False
    if cut.delimiter in _IN_SENTENCES:
        return any(map(_is_coded, columns))
    if _CONTROLS.match(cut.delimiter) is not None or len(cut.rows) >= _MANY:
        return True
    return any(_is_coded(column) or _has_few_values(column) for column in columns)


def _strength(cut: _Cut) -> tuple[float, int]:
    """Return how well an unusual delimiter cuts the records: alike, and the longer one."""
    return round(cut.share, 2), len(cut.delimiter)


def _is_range(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether a sign joins two numbers, as in 10:00~11:00."""
    joined = [a[-1:].isdigit() and b[:1].isdigit() for a, b in zip(columns[0], columns[1], strict=True)]
    return 2 * sum(joined) > len(joined)


def _is_coded(column: Sequence[str]) -> bool:
    """Return whether a column holds numbers, dates or codes alone; its name may stand above them."""
    cells = [cell.strip() for cell in column[1:] if cell.strip()]
    return bool(cells) and all(_CODE.fullmatch(cell) for cell in cells)


def _has_few_values(column: Sequence[str]) -> bool:
    """Return whether a column holds short values that come again."""
    cells = [cell.strip() for cell in column[1:] if cell.strip()]
    short = max(map(len, cells), default=0) <= _SHORT
    return bool(cells) and short and 3 * len(set(cells)) <= len(cells) + _TWO


def _whole_of(delimiter: str, longer: Sequence[_Cut]) -> str:
    """Return the longer delimiter of which a shorter one is always a part, such as ``||`` of ``|``."""
    for cut in longer:
        if delimiter in cut.delimiter and delimiter != cut.delimiter:
            each = cut.delimiter.count(delimiter)
            whole = [cut.delimiter.join(row).count(delimiter) - each * (len(row) - 1) for row in cut.rows]
            if not any(whole[:3]) and sum(n == 0 for n in whole) >= _CERTAIN * len(whole):
                return cut.delimiter
    return delimiter


def _by_names(head: str, delimiters: Sequence[str]) -> str | None:
    """Return the delimiter that makes the most known headers of one line, None where none makes two."""
    found: dict[str, int] = {}
    for delimiter in delimiters:
        for record in read_records(head, delimiter, limit=_MOST_TITLES) if delimiter in head else []:
            cells = [cell.strip() for cell in record.cells]
            known = sum(normal_header(cell) in known_headers() for cell in cells)
            if known >= _TWO and all(len(cell) <= _LONG_NAME for cell in cells):
                found[delimiter] = max(known, found.get(delimiter, 0))
    return max(found, key=lambda delimiter: found[delimiter]) if found else None


def _titles(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many title rows stand above a header of known names: they tell nothing of the delimiter."""
    first = next((i for i, row in enumerate(rows) if len(row) == width), 0)
    named = any(normal_header(cell) in known_headers() for cell in rows[first])
    return first if named and first <= _MOST_TITLES else 0
