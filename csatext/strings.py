"""String columns: any column as one Arrow array, work on some of its rows, its code points."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from numbers import Number
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.errors import ParameterError, escape_controls

__all__ = [
    "CodePoints",
    "Column",
    "DistinctCells",
    "Utf8",
    "begins_with",
    "code_points",
    "digit_shapes",
    "distinct_cells",
    "encodable",
    "ends_with",
    "holds_bytes",
    "is_ascii",
    "map_chunks",
    "places",
    "replace_rows",
    "string_array",
    "string_column",
    "utf8",
]

Column: TypeAlias = pa.Array | pa.ChunkedArray | pd.Series | pd.Index | np.ndarray | Sequence[Any]
"""What is taken as a column."""

_COLUMNS = (pa.Array, pa.ChunkedArray, pd.Series, pd.Index, np.ndarray, Sequence)
_WRITTEN = (Number, np.generic, datetime.date, datetime.time)
"""Values that stand for themselves among texts: a cell of a worksheet may be a number or a date."""
_NO_CHARACTER = re.compile("[\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CHUNK = 10_000
"""Rows whose code points are made at a time: arrays of a few megabytes are used again, larger ones are asked
of the system each time (measured: two thirds of the time of 50,000)."""
_PIECE = 1 << 18
"""Bytes that are searched at a time: they stay in the processor's cache."""
_ZERO, _LAST_ASCII = ord("0"), 0x7F
_GLANCE, _MANY = 1000, 500
"""A column of which more than half of the first cells differ is not worth a search for equal ones (measured:
encoding 60,000 different cells takes as long as one pattern over them)."""


def encodable(text: str) -> str:
    r"""Return ``text`` with halves of surrogate pairs, which have no UTF-8 form, replaced; offsets stay.

    Examples
    --------
    >>> encodable("好\ud800") == "好\ufffd"
    True
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def xml_text(text: str) -> str:
    r"""Return a text that XML can hold and a reader sees as it is.

    Control characters and marks of direction are written out, halves of surrogate pairs and the two code
    points that are no characters are replaced.

    Examples
    --------
    >>> xml_text("a\x1bb"), xml_text("a\ufffe") == "a\ufffd"
    ('a\\x1bb', True)
    """
    return _NO_CHARACTER.sub("\ufffd", encodable(escape_controls(text)))


def string_column(texts: Column, argument: str = "texts") -> pa.Array | pa.ChunkedArray:
    """Return a column of strings as Arrow, missing values as nulls.

    Among texts, numbers and dates are taken as they are written, and half a surrogate pair, which Arrow
    cannot hold, as U+FFFD: every character keeps its place.

    Parameters
    ----------
    texts : array, Series or sequence, shape (n,)
        Strings, also of an Arrow dictionary or a categorical Series.
    argument : str, default "texts"
        Named in errors.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Type ``string`` or ``large_string``; chunked where an Arrow input is.

    Raises
    ------
    ParameterError
        The column does not hold text; no value is shown.

    Examples
    --------
    >>> string_column(pd.Series(["好", 1381, None], dtype=object)).to_pylist()
    ['好', '1381', None]
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, _COLUMNS):
        raise ParameterError.wrong_type(argument, texts, "一列文本；一段文本请放进列表")
    if getattr(texts, "ndim", 1) > 1:
        raise ParameterError.wrong_type(argument, texts, "一列文本，不是多列")
    column = texts if isinstance(texts, pa.Array | pa.ChunkedArray) else _from_values(texts, argument)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if column.null_count == len(column):
        return column.cast(pa.large_string())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise ParameterError.wrong_type(argument, texts, f"一列文本（现在的类型是 {column.type}）")
    return column


def string_array(texts: Column, argument: str = "texts") -> pa.LargeStringArray:
    """Return a column of strings as one contiguous Arrow array, missing values as empty texts.

    Parameters
    ----------
    texts, argument
        As :func:`string_column` takes them.

    Raises
    ------
    ParameterError
        The column does not hold text.

    Examples
    --------
    >>> string_array(pd.concat([pd.Series(["慢"]), pd.Series([None, "快"])])).to_pylist()
    ['慢', '', '快']
    """
    column = string_column(texts, argument)
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.large_string()).fill_null("")


def _from_values(values: pd.Series | pd.Index | np.ndarray | Sequence[Any], argument: str) -> pa.Array:
    if hasattr(values, "dtype") and values.dtype != object:
        converted = pa.array(pd.Series(values), from_pandas=True)
    else:
        try:
            converted = pa.array(values, from_pandas=True)
        except (UnicodeEncodeError, pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            converted = None
        if converted is None or not (pa.types.is_string(converted.type) or pa.types.is_null(converted.type)):
            converted = pa.array([_text(value, argument) for value in values], pa.large_string())
    return converted.combine_chunks() if isinstance(converted, pa.ChunkedArray) else converted


def _text(value: object, argument: str) -> str | None:
    """Return a value of a mixed column as text, None where it is missing."""
    if isinstance(value, str):
        return encodable(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if not isinstance(value, _WRITTEN):
        raise ParameterError.wrong_type(argument, value, "一列文本（str、数字、日期或空值）")
    return str(value)


class DistinctCells(NamedTuple):
    """Cells of a column, each value once where many repeat: ``values``, and each row's ``codes`` in them.

    ``codes`` is None where ``values`` are the cells themselves.
    """

    values: pa.LargeStringArray
    codes: NDArray[np.int64] | None

    def spread(self, found: NDArray[Any]) -> NDArray[Any]:
        """Return one result a row from one a value, shape (n_rows, ...)."""
        return found if self.codes is None else found[self.codes]

    def matches(self, pattern: str) -> NDArray[np.bool_]:
        """Return which cells a regular expression finds something in, shape (n_rows,)."""
        found = pc.match_substring_regex(self.values, pattern=pattern)
        return self.spread(found.to_numpy(zero_copy_only=False).astype(np.bool_))


def distinct_cells(column: Column) -> DistinctCells:
    """Return the cells of a column, each value once where many repeat; a missing one counts as empty.

    What judges cells then looks at each value of a column of channels once, and does not waste time on
    finding equal ones in a column of texts.

    Parameters
    ----------
    column : Column, shape (n,)

    Raises
    ------
    ParameterError
        The column does not hold text.

    Examples
    --------
    >>> cells = distinct_cells(pd.Series(["电话", "在线", "电话", "电话"]))
    >>> cells.values.to_pylist(), cells.matches("^电").tolist()
    (['电话', '在线'], [True, False, True, True])
    """
    cells = string_array(column)
    if len(pc.unique(cells.slice(0, _GLANCE))) > min(_MANY, len(cells) // 2):
        return DistinctCells(cells, None)
    encoded = cells.dictionary_encode()
    return DistinctCells(encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64))


class Utf8(NamedTuple):
    """A column as Arrow holds it: ``data`` uint8, and ``offsets`` int64 (n + 1,) of the cells in it."""

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]


def utf8(cells: pa.LargeStringArray) -> Utf8:
    """Return the bytes of a column without a copy.

    Examples
    --------
    >>> found = utf8(pa.array(["退", "a"], pa.large_string()))
    >>> found.offsets.tolist(), bytes(found.data[:3]).decode()
    ([0, 3, 4], '退')
    """
    _, ends, data = cells.buffers()
    offsets = np.frombuffer(ends, dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    return Utf8(offsets, np.frombuffer(data if data is not None else b"", dtype=np.uint8))


def begins_with(cells: pa.LargeStringArray, firsts: bytes) -> NDArray[np.bool_]:
    """Return which cells begin with one of some bytes, shape (n,): what few cells do, a pattern need not try.

    Examples
    --------
    >>> begins_with(pa.array(["7天", "", "退款"], pa.large_string()), b"0123456789").tolist()
    [True, False, False]
    """
    offsets, data = utf8(cells)
    return _one_of(data, offsets[:-1], firsts) & (offsets[1:] > offsets[:-1])


def ends_with(cells: pa.LargeStringArray, lasts: bytes) -> NDArray[np.bool_]:
    """Return which cells end with one of some bytes, shape (n,).

    Examples
    --------
    >>> ends_with(pa.array(["7%", "", "退款"], pa.large_string()), b"%").tolist()
    [True, False, False]
    """
    offsets, data = utf8(cells)
    return _one_of(data, offsets[1:] - 1, lasts) & (offsets[1:] > offsets[:-1])


def _one_of(data: NDArray[np.uint8], at: NDArray[np.int64], wanted: bytes) -> NDArray[np.bool_]:
    """Return whether the byte at each place is one of some; anything where there is none."""
    if not data.size:
        return np.zeros(at.size, dtype=np.bool_)
    is_wanted = np.zeros(256, dtype=np.bool_)
    is_wanted[list(wanted)] = True
    return is_wanted[data.take(at, mode="clip")]


def places(data: NDArray[np.uint8], sign: int) -> NDArray[np.int64]:
    """Return where a byte stands.

    Examples
    --------
    >>> places(np.frombuffer(b"a,b,c", dtype=np.uint8), ord(",")).tolist()
    [1, 3]
    """
    # In pieces that stay in the processor's cache: a third of the time of one pass over the whole.
    starts = range(0, data.size, _PIECE)
    pieces = [np.flatnonzero(data[first : first + _PIECE] == sign) + first for first in starts]
    return np.concatenate(pieces) if pieces else np.array([], dtype=np.int64)


def holds_bytes(cells: pa.LargeStringArray, *words: bytes) -> bool:
    r"""Return whether one of some words stands anywhere in a column: a search of bytes, not of patterns.

    The cells are searched as one text, so that a word may also stand where one ends and the next begins.

    Examples
    --------
    >>> holds_bytes(pa.array(["慢", "a\nb"], pa.large_string()), b"\r", b"\n")
    True
    """
    offsets, data = utf8(cells)
    first, last = int(offsets[0]), int(offsets[-1])
    over = max(map(len, words)) - 1
    for start in range(first, last, _PIECE):
        piece = data[start : min(start + _PIECE + over, last)].tobytes()
        if any(word in piece for word in words):
            return True
    return False


def is_ascii(cells: pa.LargeStringArray) -> bool:
    """Return whether a column holds nothing beyond ASCII, as those of numbers and identifiers do.

    Examples
    --------
    >>> is_ascii(pa.array(["T17"], pa.large_string())), is_ascii(pa.array(["退"], pa.large_string()))
    (True, False)
    """
    offsets, data = utf8(cells)
    return not (data[offsets[0] : offsets[-1]] > _LAST_ASCII).any()


def digit_shapes(cells: pa.LargeStringArray) -> tuple[pa.LargeStringArray, NDArray[np.int64]]:
    """Return the distinct texts with every ASCII digit as 0, and which of them each text has, shape (n,).

    A column of dates, numbers or identifiers has few: what looks at digits only as digits looks at these.

    Examples
    --------
    >>> shapes, code = digit_shapes(pa.array(["T17", "T93", "无"], pa.large_string()))
    >>> shapes.to_pylist(), code.tolist()
    (['T00', '无'], [0, 0, 1])
    """
    valid, ends, data = cells.buffers()
    digits = np.frombuffer(data if data is not None else b"", dtype=np.uint8).copy()
    digits[(digits >= _ZERO) & (digits <= _ZERO + 9)] = _ZERO
    buffers = [valid, ends, pa.py_buffer(digits)]
    folded = pa.Array.from_buffers(pa.large_string(), len(cells), buffers, offset=cells.offset)
    encoded = folded.dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def map_chunks(
    column: pa.Array | pa.ChunkedArray, change: Callable[[pa.Array], pa.Array]
) -> pa.Array | pa.ChunkedArray:
    """Return an array, or each chunk of a chunked one, after ``change``.

    Examples
    --------
    >>> map_chunks(pa.array(["a"]), pc.utf8_upper).to_pylist()
    ['A']
    """
    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([change(chunk) for chunk in column.chunks], type=column.type)
    return change(column)


def replace_rows(array: pa.Array, mask: pa.Array, change: Callable[[list[str]], list[str]]) -> pa.Array:
    """Return ``array`` with the rows of ``mask`` replaced by what ``change`` makes of them.

    Examples
    --------
    >>> rows = pa.array(["a", "b"])
    >>> replace_rows(rows, pc.equal(rows, "b"), lambda texts: [text * 2 for text in texts]).to_pylist()
    ['a', 'bb']
    """
    rows = array.filter(mask).to_pylist()
    if not rows:
        return array
    return pc.replace_with_mask(array, mask, pa.array(change(rows), type=array.type))


class CodePoints(NamedTuple):
    """Some rows of a column: ``codes`` uint32 (n_characters,), ``lengths`` int64 (n_rows,), ``first`` row."""

    codes: NDArray[np.uint32]
    lengths: NDArray[np.int64]
    first: int

    def add(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the sum of a value a character over the characters of each row, shape (n_rows,)."""
        total = np.zeros(self.lengths.size, dtype=np.float64)
        filled = self.lengths > 0
        if filled.any():
            starts = (np.cumsum(self.lengths) - self.lengths)[filled]
            total[filled] = np.add.reduceat(values, starts, dtype=np.float64)
        return total


def code_points(column: Column, ascii_too: bool = True) -> Iterator[CodePoints]:
    """Yield the code points of a column in chunks of 10,000 rows; a missing value counts as empty.

    Parameters
    ----------
    column : Column, shape (n,)
    ascii_too : bool, default True
        False passes over pieces that are plain ASCII.

    Examples
    --------
    >>> piece = next(code_points(pd.Series(["退款", None, "a"])))
    >>> piece.lengths.tolist(), piece.add(piece.codes > 127).tolist()
    ([2, 0, 1], [2.0, 0.0, 0.0])
    """
    cells = string_array(column)
    for first in range(0, len(cells), _CHUNK):
        chunk = cells.slice(first, _CHUNK)
        lengths = pc.utf8_length(chunk).to_numpy(zero_copy_only=False).astype(np.int64)
        if not ascii_too and int(lengths.sum()) == int(pc.sum(pc.binary_length(chunk)).as_py()):
            continue
        _, ends, data = chunk.buffers()
        offsets = np.frombuffer(ends, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        text = "" if data is None else str(memoryview(data)[int(offsets[0]) : int(offsets[-1])], "utf-8")
        yield CodePoints(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32), lengths, first)
