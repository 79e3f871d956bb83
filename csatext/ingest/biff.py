"""The records of an XLS workbook ([MS-XLS] 2.1.4): sizes that no sheet can have, found before their use."""

from __future__ import annotations

import struct

__all__ = ["broken_records"]

_ROWS, _COLUMNS = 65_536, 256
_SHARED_STRINGS, _DIMENSIONS = 0x00FC, 0x0200
_CELLS = frozenset((0x0006, 0x007E, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E))
"""Formula, RK, MulRk, MulBlank, RString, LabelSst, Blank, Number, Label, BoolErr, RK2: row, then column."""


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
