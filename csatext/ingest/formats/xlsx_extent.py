"""The sheet extent of a packed workbook, and what its texts take in all cells, before a reader makes room."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from io import BytesIO
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from csatext.errors import InputError
from csatext.strings import places

__all__ = ["Packed", "checked_package", "part_of_sheet"]

_UNPACKED = 4 << 30
"""Bytes that the parts of a workbook may have together."""
_RATIO, _FREE = 200, 100 << 20
"""A part that is packed closer than any table, and large, is made to take all memory."""
_CHUNK = 1 << 20
_OVERLAP = 256
_EQUALS, _TAG_END, _R, _S, _T, _V, _C = b"=>rstvc"
_AROUND = 20
"""Bytes of seven letters and ten digits, with the quotes around them."""
_CELL = re.compile(
    rb"""<((?:\w+:)?)c\b[^>]*?\sr=["']([A-Za-z]{1,7})(\d{1,10})["'][^>]*?(?:/>|>.*?</\1c>)""", re.DOTALL
)
_REPEATED = re.compile(
    rb"""<table:table-(row|cell)\b([^>]*)>|</table:table-(row)>""",
)
_TIMES = re.compile(rb"""number-(?:rows|columns)-repeated=["'](\d{1,10})["']""")
_SHEET = re.compile(rb"(?:^|/)(?:work)?sheets?/[^/]+\.xml$|sheet\d*\.xml$", re.IGNORECASE)
_NAMED = re.compile(r"""<(?:\w+:)?sheet\b(?=[^>]*\sname="([^"]*)")(?=[^>]*\s\w+:id="([^"]*)")""")
_TARGET = re.compile(r"""<Relationship\b(?=[^>]*\sId="([^"]*)")(?=[^>]*\sTarget="([^"]*)")""")
_STRINGS = re.compile(r"(?:^|/)sharedstrings\.(?:xml|bin)$", re.IGNORECASE)
_STRING_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si/>")
_SST_ITEM, _CELL_ISST, _LAST_CELL = 19, 7, 11
"""Types of records of an XLSB: a shared string, a cell that refers to one, the last of all cells."""
_MOST_REPEATED = 3 << 28
"""Bytes that repetitions of shared strings may take (measured: 2.5 GB of memory). A canned answer of 250
characters in each of a million rows has 0.75 GB."""
_LEAST_CELL, _LEAST_BINARY = 22, 14
"""Bytes of a cell that refers to a shared string: ``<c t="s"><v>0</v></c>`` in an XLSX, and in an XLSB."""
_PLAIN_AREA = 5_000_000
_LARGEST_AREA = 50_000_000
_SPARSE = 20
"""Cells of the area for each that is there, beyond which the table does not fill the sheet."""
_GAPS = (1_000, 200)
"""Empty rows and columns beyond which a few cells do not belong to the table."""
_FEW, _FEW_OF = 20, 0.01


def _signs(signs: bytes) -> NDArray[np.bool_]:
    """Return for each byte whether it is one of some signs, shape (256,)."""
    return np.isin(np.arange(256, dtype=np.uint8), np.frombuffer(signs, dtype=np.uint8))


def _worth(signs: bytes, first: int) -> NDArray[np.int64]:
    """Return the value of each byte as a digit, -1 where it is none, shape (256,)."""
    values = np.full(256, -1, dtype=np.int64)
    values[list(signs)] = np.arange(first, first + len(signs))
    return values


_IS_BLANK, _IS_QUOTE = _signs(b" \t\n\r\f\v"), _signs(b"\"'")
_OPENS, _CLOSES = _signs(b"<:"), _signs(b">")
_LETTERS = np.maximum(_worth(ascii_uppercase.encode(), 1), _worth(ascii_lowercase.encode(), 1))
_DIGITS = _worth(digits.encode(), 0)


class Packed(NamedTuple):
    """A workbook that may be read; ``far`` has the sheet rows (from 1) that were left out, by part.

    ``repeated`` is the number of bytes that its shared strings take beyond those of each one once.
    """

    data: bytes
    far: dict[str, list[int]]
    dropped: dict[str, int]
    repeated: int = 0


def checked_package(data: bytes, path: object) -> Packed:
    """Return a zipped workbook without cells so far from the table that the room between is absurd.

    Parameters
    ----------
    data : bytes
        XLSX, XLSM, XLSB or ODS.
    path : object
        Named in errors.

    Returns
    -------
    Packed
        The data as they are where nothing is odd.

    Raises
    ------
    InputError
        A damaged archive, one that unpacks to an absurd size, or cells strewn over an area that no table
        fills.
    """
    try:
        with ZipFile(BytesIO(data)) as package:
            _refuse_bomb(package, path)
            bounds = {
                info.filename: cut
                for info in package.infolist()
                if (cut := _cut(package, info.filename, path))
            }
            repeated = _repeated(package)
            if repeated > _MOST_REPEATED:
                raise _too_long(path)
            packed = _without(package, bounds) if bounds else Packed(data, {}, {})
            return packed._replace(repeated=repeated)
    except (
        BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        if isinstance(error, InputError):
            raise
        what = "请用 Excel 打开后另存为 .xlsx"
        raise InputError.unreadable(path, "工作簿已损坏或不是 Excel 文件", what) from error


def _refuse_bomb(package: ZipFile, path: object) -> None:
    parts = package.infolist()
    total = sum(info.file_size for info in parts)
    packed = any(info.file_size > _FREE + _RATIO * info.compress_size for info in parts)
    if total > _UNPACKED or packed:
        why = f"解压后有 {total >> 20} MB，超出正常工作簿"
        raise InputError.unreadable(path, why, "请确认来源，或另存为 CSV 再读")


def _chunks(package: ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part in chunks, each with the end of the piece before it up to the last tag."""
    rest = b""
    with package.open(part) as stream:
        while piece := stream.read(_CHUNK):
            whole = rest + piece
            end = whole.rfind(b">") + 1 or max(0, len(whole) - _OVERLAP)
            yield whole[:end]
            rest = whole[end:]
    yield rest


def _column(letters: bytes) -> int:
    """Return the number of a column from its letters, A = 1.

    Examples
    --------
    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _cut(package: ZipFile, part: str, path: object) -> tuple[int, int] | None:
    """Return the last row and column of the table in a part whose far cells must go, None for others."""
    if part == "content.xml":
        area, repeated = _expanded(package, part)
        if area > _LARGEST_AREA:
            raise _too_wide(path)
        if repeated > _MOST_REPEATED:
            raise _too_long(path)
        return None
    if not _is_sheet(part):
        return None
    rows, columns = _binary(package.read(part)) if part.endswith(".bin") else _counted(package, part)
    n = rows.total()
    if not n or max(rows) * max(columns) <= max(_PLAIN_AREA, _SPARSE * n):
        return None
    last = _dense_end(rows, _GAPS[0]), _dense_end(columns, _GAPS[1])
    if last[0] * last[1] > max(_LARGEST_AREA, _SPARSE * n) or part.endswith(".bin"):
        raise _too_wide(path)
    return last


def _is_sheet(part: str) -> bool:
    if part.endswith(".bin"):
        return "worksheets/" in part
    return _SHEET.search(part.encode("utf-8", "replace")) is not None


def _repeated(package: ZipFile) -> int:
    """Return the bytes that shared strings take in all cells, beyond those of each one once.

    A reader of workbooks writes a string into each cell that refers to it. 0 where strings and sheets are too
    short for that to matter, whatever the cells refer to.
    """
    sheets = [info for info in package.infolist() if _is_sheet(info.filename)]
    n_cells = sum(
        info.file_size // (_LEAST_BINARY if info.filename.endswith(".bin") else _LEAST_CELL)
        for info in sheets
    )
    found = 0
    for part in (name for name in package.namelist() if _STRINGS.search(name)):
        is_binary = part.endswith(".bin")
        lengths = _binary_lengths(package.read(part)) if is_binary else _string_lengths(package, part)
        if not lengths.size or int(lengths.max()) * n_cells <= _MOST_REPEATED:
            continue
        times = np.zeros(lengths.size, dtype=np.int64)
        for sheet in (info.filename for info in sheets):
            for used in (
                [_binary_strings(package.read(sheet))]
                if is_binary
                else map(_strings, _chunks(package, sheet))
            ):
                times += np.bincount(used[used < times.size], minlength=times.size)
        found = max(found, int((lengths * np.maximum(times - 1, 0)).sum()))
    return found


def _string_lengths(package: ZipFile, part: str) -> NDArray[np.int64]:
    """Return the bytes of each shared string, its markup and readings (pinyin) among them."""
    lengths: list[int] = []
    open_ = 0
    for chunk in _chunks(package, part):
        first, *others = map(len, _STRING_END.split(chunk))
        lengths += [open_ + first, *others][: len(others)]
        open_ = others[-1] if others else open_ + first
    return np.array(lengths, dtype=np.int64)


def _strings(chunk: bytes) -> NDArray[np.int64]:
    """Return the numbers of the shared strings that the cells of a piece of a sheet refer to.

    These are the values (``v``) of cells (``c``) of type ``s``.
    """
    data = _padded(chunk)
    kinds = places(data, _T)
    shared = _IS_BLANK[data[kinds - 1]] & (data[kinds + 1] == _EQUALS) & _IS_QUOTE[data[kinds + 2]]
    kinds = kinds[shared & (data[kinds + 3] == _S) & _IS_QUOTE[data[kinds + 4]]]
    values, cells = (
        at[_OPENS[data[at - 1]] & (_IS_BLANK | _CLOSES)[data[at + 1]]]
        for at in (places(data, _V), places(data, _C))
    )
    ends = places(data, _TAG_END)
    # A value is a shared string where a type stands behind the beginning of its cell.
    cell, kind = (_last_before(at, values) for at in (cells, kinds))
    values = values[(cell >= 0) & (kind > cell)]
    first = np.append(ends, data.size - 2)[np.searchsorted(ends, values)] + 1
    numbers, end = _numbers(data, first, _DIGITS, 10, 10)
    return numbers[end > first]


def _last_before(others: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each place the last of others before it, -1 where there is none."""
    return np.append(-1, others)[np.searchsorted(others, at)]


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, offset and size of the records of a part of an XLSB ([MS-XLSB] 2.1.4)."""
    at = 0
    while at < len(data):
        kind, at = _variable(data, at, 2)
        size, at = _variable(data, at, 4)
        yield kind, at, size
        at += size


def _binary_lengths(data: bytes) -> NDArray[np.int64]:
    """Return the same for an XLSB (BrtSSTItem), about."""
    return np.array([size for kind, _, size in _records(data) if kind == _SST_ITEM], dtype=np.int64)


def _binary_strings(data: bytes) -> NDArray[np.int64]:
    """Return the same for a sheet of an XLSB (BrtCellIsst: column, style, number)."""
    found = [data[at + 8 : at + 12] for kind, at, _ in _records(data) if kind == _CELL_ISST]
    return np.array([int.from_bytes(number, "little") for number in found], dtype=np.int64)


def _too_long(path: object) -> InputError:
    what = "请在 Excel 里删除重复的长文本，或另存为 CSV 再读"
    return InputError.unreadable(path, "很长的文本在工作簿里重复太多次，读入会占满内存", what)


def _too_wide(path: object) -> InputError:
    what = "请在 Excel 里删除表格以外的行列后另存"
    return InputError.unreadable(path, "工作表里有离表格极远的单元格，读入会占满内存", what)


def _counted(package: ZipFile, part: str) -> tuple[Counter[int], Counter[int]]:
    """Return how many cells each row and each column has."""
    rows: Counter[int] = Counter()
    columns: Counter[int] = Counter()
    for chunk in _chunks(package, part):
        row, column = _references(chunk)
        for counts, numbers in ((rows, row), (columns, column)):
            for number, n in zip(*np.unique(numbers, return_counts=True), strict=True):
                counts[int(number)] += int(n)
    return rows, columns


def _references(chunk: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and column (A = 1) of each cell of a piece of a sheet: the values of its attributes ``r``.

    Those are one to seven letters and one to ten digits in quotes; ``r`` of a row has digits alone.
    """
    data = _padded(chunk)
    at = places(data, _EQUALS)
    at = at[(data[at - 1] == _R) & _IS_BLANK[data[at - 2]] & _IS_QUOTE[data[at + 1]]] + 2
    columns, digits_at = _numbers(data, at, _LETTERS, 26, 7)
    rows, end = _numbers(data, digits_at, _DIGITS, 10, 10)
    whole = (digits_at > at) & (end > digits_at) & _IS_QUOTE[data[end]]
    return rows[whole], columns[whole]


def _padded(chunk: bytes) -> NDArray[np.uint8]:
    """Return the bytes of a piece with others around them, which are no part of a number."""
    return np.frombuffer(bytes(_AROUND) + chunk + bytes(_AROUND), dtype=np.uint8)


def _numbers(
    data: NDArray[np.uint8], at: NDArray[np.int64], worth: NDArray[np.int64], base: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers that begin at some places, of at most some digits, and where each ends."""
    values = np.zeros(at.size, dtype=np.int64)
    open_ = np.ones(at.size, dtype=np.bool_)
    for _ in range(most):
        value = worth[data[at]]
        open_ = open_ & (value >= 0)
        if not open_.any():
            break
        values = np.where(open_, values * base + value, values)
        at = at + open_
    return values, at


def _binary(data: bytes) -> tuple[Counter[int], Counter[int]]:
    """Return the same for a sheet of an XLSB."""
    rows: Counter[int] = Counter()
    columns: Counter[int] = Counter()
    row = 1
    for kind, at, _ in _records(data):
        if kind == 0:
            row = int.from_bytes(data[at : at + 4], "little") + 1
        elif kind <= _LAST_CELL:
            rows[row] += 1
            columns[int.from_bytes(data[at : at + 4], "little") + 1] += 1
    return rows, columns


def _variable(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and the offset behind it."""
    value = 0
    for i in range(most):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            break
    return value, at


def _expanded(package: ZipFile, part: str) -> tuple[int, int]:
    """Return how many cells with a value the repetitions of an ODS stand for, and how many bytes more."""
    total = width = times = 0
    n = size = in_row = once = expanded = 0
    for chunk in _chunks(package, part):
        at = 0
        for tag in _REPEATED.finditer(chunk):
            kind, attributes, ended = tag.groups()
            once += size + tag.start() - at if n else 0
            in_row += n * (size + tag.start() - at)
            at, size = tag.start(), 0
            n = 0
            found = _TIMES.search(attributes or b"")
            repeats = int(found[1]) if found else 1
            if kind == b"row":
                width, in_row, times = 0, 0, repeats
            elif kind == b"cell" and b"value-type" in attributes:
                n = repeats
                width += n
            if ended or (kind == b"row" and attributes.endswith(b"/")):
                total += width * times
                expanded += in_row * times
        size += len(chunk) - at
    return total, expanded - once


def _dense_end(counts: Counter[int], gap: int) -> int:
    """Return the last position before a gap behind which only a few cells stand."""
    places = sorted(counts)
    left = counts.total()
    few = max(_FEW, _FEW_OF * left)
    for place, following in pairwise(places):
        left -= counts[place]
        if following - place > gap and left <= few:
            return place
    return places[-1]


def _without(package: ZipFile, bounds: dict[str, tuple[int, int]]) -> Packed:
    """Return the workbook without the cells outside the bounds of their parts."""
    whole = BytesIO()
    far: dict[str, list[int]] = {}
    dropped: dict[str, int] = {}
    with ZipFile(whole, "w", ZIP_DEFLATED) as target:
        for info in package.infolist():
            content = package.read(info)
            if info.filename in bounds:
                row, column = bounds[info.filename]
                gone: list[int] = []

                def kept(
                    cell: re.Match[bytes], gone: list[int] = gone, row: int = row, column: int = column
                ) -> bytes:
                    if int(cell[3]) <= row and _column(cell[2]) <= column:
                        return cell[0]
                    gone.append(int(cell[3]))
                    return b""

                content = _CELL.sub(kept, content)
                far[info.filename] = sorted(_beyond(gone, row))
                dropped[info.filename] = len(gone)
            target.writestr(info.filename, content)
    return Packed(whole.getvalue(), far, dropped)


def _beyond(rows: Iterable[int], last: int) -> set[int]:
    return {row for row in rows if row > last}


def part_of_sheet(data: bytes, sheet: str) -> str:
    """Return the part of an XLSX that holds a sheet, empty where the workbook does not say.

    Examples
    --------
    >>> part_of_sheet(b"no workbook", "Sheet1")
    ''
    """
    try:
        with ZipFile(BytesIO(data)) as package:
            named = package.read("xl/workbook.xml").decode("utf-8", "replace")
            targets = package.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except (BadZipFile, zlib.error, KeyError, EOFError, OSError, ValueError):
        return ""
    key = next((key for name, key in _NAMED.findall(named) if unescape(name) == sheet), "")
    target = next((target for found, target in _TARGET.findall(targets) if found == key), "")
    return target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"
