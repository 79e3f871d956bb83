"""A stream of bytes cut where a record ends: never inside quotes, never more than a section holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from csatext.errors import InputError
from csatext.ingest.formats.delimited import quotes_are_sound
from csatext.ingest.sections.section import MOST_ROWS, InputSection
from csatext.regular_files import in_megabytes
from csatext.strings import places

__all__ = ["cut_records"]

_QUOTE, _LINE_END, _RETURN = ord('"'), ord("\n"), ord("\r")
_BYTES = 4 << 20
"""Bytes of a section: 1.4 million characters of Chinese."""
_DOUBTFUL = 4 * _BYTES
"""Bytes without a line end outside quotes from which on quotes are not believed."""
_TRIED, _AHEAD = 50, 1 << 16
"""Line ends that are tried where quotes are broken, and bytes behind each that are looked at."""
_ENDLESS = 256 << 20
"""Bytes of a line that no record has."""


def cut_records(
    pieces: Iterable[bytes], name: str, *, skip: int = 0, delimiter: str | None = None, rows: int = MOST_ROWS
) -> Iterator[InputSection]:
    r"""Yield the sections of a stream of records, in order.

    Where quotes are not in pairs a section ends at a line end behind which they are again: reading mends or
    rejects the records at fault, and the sections behind are cut soundly.

    Parameters
    ----------
    pieces : iterable of bytes
        The file, from its beginning.
    name : str
        Of the file, for errors.
    skip : int, default 0
        Lines of the file before its first record.
    delimiter : str, optional
        Of a delimited file, in which a line end between double quotes is part of a record; None where every
        line is a record.
    rows : int
        Most records of a section.

    Raises
    ------
    InputError
        A line has more than 256 MB.

    Examples
    --------
    >>> pieces = [b'a,1\n"b\n', b'c",2\nd,3\n']
    >>> [section.content for section in cut_records(pieces, "a.csv", delimiter=",", rows=1)]
    [b'a,1\n', b'"b\nc",2\n', b'd,3\n']
    """
    held = b""
    row, line = 0, 1
    for piece in _with_end(pieces):
        is_last = piece is None
        held += piece or b""
        while line <= skip and (end := held.find(b"\n")) >= 0:
            held, line = held[end + 1 :], line + 1
        if is_last and held and not held.endswith(b"\n"):
            held += b"\n"
        while held and line > skip and (len(held) >= _BYTES or is_last):
            lead = held[:_BYTES]
            if not lead.strip(b"\r\n"):  # line ends by the gigabyte are no records to look for
                held, line = held[len(lead) :], line + lead.count(b"\n")
                continue
            cut = _cut(held, delimiter, rows, is_last=is_last)
            if cut is None:
                if len(held) > _ENDLESS:
                    what = "请检查导出的换行和引号"
                    raise InputError.unreadable(name, f"有一行超过 {in_megabytes(_ENDLESS)}", what)
                break
            content, held = held[: cut.size], held[cut.size :]
            if content.strip():
                yield InputSection(content, row, line)
            row, line = row + cut.rows, line + content.count(b"\n")


class _Cut(NamedTuple):
    """Where a section ends, and how many records it has at most."""

    size: int
    rows: int


def _with_end(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    yield from pieces
    yield None


def _cut(held: bytes, delimiter: str | None, rows: int, *, is_last: bool) -> _Cut | None:
    """Return where the first section of ``held`` ends; None where more must be read to know."""
    data = np.frombuffer(held, np.uint8)
    plain, found = np.array([], np.int64), None
    # What a section may hold is looked at first: ``held`` may have far more than that.
    for size in dict.fromkeys((min(_BYTES, data.size), data.size)):
        plain = places(data[:size], _LINE_END)
        ends = plain if delimiter is None else _outside_quotes(data[:size], plain)
        found = _last_within(data, ends, rows)
        if found is not None:
            break
    if delimiter is None or (found and quotes_are_sound(data[: found.size], _sign(delimiter))):
        return found
    if found is None and len(held) < _DOUBTFUL and not is_last:
        return None
    return _before_sound_quotes(data, plain, delimiter, rows)


def _last_within(data: NDArray[np.uint8], ends: NDArray[np.int64], rows: int) -> _Cut | None:
    """Return the last line end of those that a section may hold, of one long record its own."""
    if not len(ends):
        return None
    ends = ends[: max(1, int(np.searchsorted(ends, _BYTES)))]
    starts = np.concatenate([[0], ends[:-1] + 1])
    filled = (ends > starts) & ~((ends == starts + 1) & (data[starts] == _RETURN))
    counted = np.cumsum(filled)
    at = min(int(np.searchsorted(counted, rows)), len(ends) - 1)
    return _Cut(int(ends[at]) + 1, int(counted[at]))


def _before_sound_quotes(
    data: NDArray[np.uint8], ends: NDArray[np.int64], delimiter: str, rows: int
) -> _Cut | None:
    """Return a line end behind which quotes are in pairs; the last where there is none among the last."""
    if not len(ends):
        return None
    within = ends[: max(1, min(int(np.searchsorted(ends, _BYTES)), rows))]
    sign = _sign(delimiter)
    for at in range(len(within) - 1, max(-1, len(within) - 1 - _TRIED), -1):
        ahead = data[within[at] + 1 : within[at] + 1 + _AHEAD]
        sound = _outside_quotes(ahead, places(ahead, _LINE_END))
        if len(sound) and quotes_are_sound(ahead[: sound[-1] + 1], sign):
            return _Cut(int(within[at]) + 1, at + 1)
    return _Cut(int(within[-1]) + 1, len(within))


def _outside_quotes(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the line ends that have an even number of quotes before them."""
    quotes = places(data, _QUOTE)
    return ends if not len(quotes) else ends[np.searchsorted(quotes, ends) % 2 == 0]


def _sign(delimiter: str) -> int:
    """Return the last byte of a delimiter: what stands before an opening quote."""
    return delimiter.encode()[-1]
