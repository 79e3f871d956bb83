"""The OLE container that holds an XLS workbook ([MS-CFB]): checked before anything follows its chains."""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["broken_container", "broken_records", "container_stream"]

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 0xFFFFFFFA
"""Sector numbers end below; those from here on are marks such as the end of a chain ([MS-CFB] 2.1)."""
_HEADER = 512
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_ROWS, _COLUMNS = 65_536, 256
_SHARED_STRINGS, _DIMENSIONS = 0x00FC, 0x0200
_CELLS = frozenset((0x0006, 0x007E, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E))
"""Formula, RK, MulRk, MulBlank, RString, LabelSst, Blank, Number, Label, BoolErr, RK2: row, then column."""


class _BrokenError(ValueError):
    """The file is not what its header says."""


class _Entry(NamedTuple):
    name: str
    kind: int
    start: int
    size: int


class _Container(NamedTuple):
    data: bytes
    sector: int
    fat: NDArray[np.int64]
    mini_fat: NDArray[np.int64]
    entries: list[_Entry]
    cutoff: int


def _chained(links: NDArray[np.int64]) -> None:
    """Raise where a link leads out of the table, or some chain never ends."""
    n = links.size
    marks = links >= _LARGEST
    if bool((links[~marks] >= n).any()):
        raise _BrokenError
    following = np.append(np.where(marks, n, links), n)
    # Each step doubles how far a link looks: after log2(n) steps all must have come to an end.
    for _ in range(n.bit_length()):
        following = following[following]
    if bool((following != n).any()):
        raise _BrokenError


def _chain(links: NDArray[np.int64], start: int) -> list[int]:
    """Return the numbers of a chain; the links are known to end."""
    found: list[int] = []
    while start < _LARGEST:
        if start >= links.size:
            raise _BrokenError
        found.append(start)
        start = int(links[start])
    return found


def _sector(data: bytes, size: int, number: int) -> bytes:
    piece = data[(number + 1) * size : (number + 2) * size]
    if not piece:
        raise _BrokenError
    return piece.ljust(size, b"\0")


def _links(data: bytes, size: int, numbers: list[int]) -> NDArray[np.int64]:
    pieces = b"".join(_sector(data, size, number) for number in numbers)
    return np.frombuffer(pieces, dtype="<u4").astype(np.int64)


def _fat_sectors(data: bytes, size: int, sectors: int) -> list[int]:
    n_fat = struct.unpack_from("<I", data, 44)[0]
    at, n_more = struct.unpack_from("<II", data, 68)
    if n_fat > sectors or n_more > sectors:
        raise _BrokenError
    numbers = list(struct.unpack_from("<109I", data, 76))
    for _ in range(n_more):
        if at >= _LARGEST:
            break
        *more, at = _links(data, size, [int(at)]).tolist()
        numbers += more
    return [number for number in numbers if number < _LARGEST]


def _parse(data: bytes) -> _Container:
    if len(data) < _HEADER + _ENTRY or not data.startswith(_SIGNATURE):
        raise _BrokenError
    major, order, shift, mini_shift = struct.unpack_from("<HHHH", data, 26)
    if order != 0xFFFE or (major, shift) not in ((3, 9), (4, 12)) or mini_shift != 6:
        raise _BrokenError
    size = 1 << shift
    sectors = -(-len(data) // size) - 1
    fat = _links(data, size, _fat_sectors(data, size, sectors))[:sectors]
    _chained(fat)
    first, cutoff, mini, n_mini = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60, 64))
    if n_mini > sectors:
        raise _BrokenError
    mini_fat = _links(data, size, _chain(fat, mini)) if n_mini else np.array([], dtype=np.int64)
    _chained(mini_fat)
    table = b"".join(_sector(data, size, number) for number in _chain(fat, first))
    entries: list[_Entry] = []
    for at in range(0, len(table) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", table, at + 64)
        start, low, high = struct.unpack_from("<III", table, at + 116)
        name = table[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        entries.append(_Entry(name, kind, start, low if major == 3 else low | high << 32))
    return _Container(data, size, fat, mini_fat, entries, cutoff)


def _read(found: _Container, entry: _Entry, root: bool = False) -> bytes:
    """Return the content of a stream."""
    if entry.size > len(found.data):
        raise _BrokenError
    if not entry.size:
        return b""
    if root or entry.size >= found.cutoff:
        pieces = [_sector(found.data, found.sector, number) for number in _chain(found.fat, entry.start)]
    else:
        whole = next((_read(found, other, root=True) for other in found.entries if other.kind == _ROOT), b"")
        pieces = [whole[64 * number : 64 * number + 64] for number in _chain(found.mini_fat, entry.start)]
    content = b"".join(pieces)
    if len(content) < entry.size:
        raise _BrokenError
    return content[: entry.size]


def container_stream(data: bytes, names: tuple[str, ...]) -> bytes | None:
    """Return the first stream of one of the names, None where the file is broken or has none.

    Parameters
    ----------
    data : bytes
        The whole file.
    names : tuple of str
        Compared without regard to case.

    Examples
    --------
    >>> container_stream(b"no workbook", ("Workbook",)) is None
    True
    """
    try:
        found = _parse(data)
        for entry in found.entries:
            if entry.kind == _STREAM and entry.name.casefold() in {name.casefold() for name in names}:
                return _read(found, entry)
    except _BrokenError:
        return None
    return None


def broken_container(data: bytes) -> bool:
    """Return whether an OLE container has a chain that runs in a circle or out of the file.

    The readers of workbooks follow the chains of sectors ([MS-CFB] 2.2 to 2.6) until they end, and reserve
    what the sizes say: a damaged file could take all memory.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    bool

    Examples
    --------
    >>> broken_container(bytes(2000))
    True
    """
    try:
        found = _parse(data)
        for entry in found.entries:
            if entry.kind in (_STREAM, _ROOT):
                _read(found, entry, root=entry.kind == _ROOT)
    except _BrokenError:
        return True
    return False


def broken_records(stream: bytes) -> bool:
    """Return whether a workbook stream tells of rows, columns or strings that cannot be.

    A reader of workbooks reserves room for what the records say; 515 GB by four damaged bytes.

    Parameters
    ----------
    stream : bytes
        The stream ``Workbook`` (BIFF8) or ``Book`` (BIFF5).

    Returns
    -------
    bool

    Examples
    --------
    >>> dimensions = struct.pack("<HHIIHHH", 0x0200, 14, 0, 8, 0, 3, 0)
    >>> broken_records(dimensions)
    False
    >>> broken_records(struct.pack("<HHIIHHH", 0x0200, 14, 0, 1 << 31, 0, 3, 0))
    True
    """
    at, end = 0, len(stream)
    while at + 4 <= end:
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + size > end:
            # Padding behind the last record is no record.
            return False
        if _impossible(kind, stream[at : at + size], end):
            return True
        at += size
    return False


def _impossible(kind: int, record: bytes, most: int) -> bool:
    """Return whether a record tells of what cannot be; there are no more strings than bytes (``most``)."""
    if kind in _CELLS and len(record) >= 4:
        return bool(struct.unpack_from("<H", record, 2)[0] >= _COLUMNS)
    if kind == _SHARED_STRINGS and len(record) >= 8:
        return bool(struct.unpack_from("<I", record, 4)[0] > most)
    if kind != _DIMENSIONS:
        return False
    if len(record) not in (10, 14):
        return True
    _, last_row, _, last_column = struct.unpack_from("<IIHH" if len(record) == 14 else "<HHHH", record)
    return bool(last_row > _ROWS or last_column > _COLUMNS)
