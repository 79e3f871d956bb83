"""Cells to values: identifiers, numbers, flags, empties; a column at a time, all or nothing."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.strings import Column, begins_with, distinct_cells, holds_bytes, string_array

__all__ = [
    "BLANK_FIRST",
    "SCORE",
    "WORDLESS_KINDS",
    "as_flags",
    "as_identifiers",
    "as_numbers",
    "as_text",
    "blank",
    "blanks_as_missing",
    "plain_cell",
    "plain_cells",
    "plain_value",
    "rounded_ids",
    "string_array",
]

_NOTHING = pa.array(
    ["", "nan", "null", "none", "\\n", "#n/a", "n/a", "<na>", "nat", "#ref!", "#value!"],
    type=pa.large_string(),
)
_LONGEST_NOTHING = 12
BLANK_FIRST = bytes([*range(0x21), 0xC2, 0xE1, 0xE2, 0xE3])
"""First bytes of ASCII blanks and controls, and of the blanks beyond (U+0085 to U+3000)."""
_NOTHING_FIRST = BLANK_FIRST + bytes(
    {ord(sign) for word in _NOTHING.to_pylist() for sign in word[:1] + word[:1].upper()}
)
_WHOLE = 1e15
"""Below it a whole float is written without a decimal point."""
_PLAIN_KINDS = ("integer", "boolean", "floating", "mixed-integer-float")
"""Kinds of cells, as pandas names them, that are plain as they are."""
_DATES = ("datetime", "date")
"""Those that are so where they are not missing."""
WORDLESS_KINDS = _PLAIN_KINDS + _DATES
_TEXT_MARKS = r"^(?:=\"([^\"]*)\"|'(\d+))$"
_GROUPED = r"^[-+]?\d{1,3}(?:,\d{3})*(?:\.\d+)?$"
_SHORT_GROUP = r"^[-+]?\d{1,2},"
_PLAIN_NUMBER = r"^[-+]?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][-+]?\d{1,2})?$"
_SCIENTIFIC = r"^\d(?:\.\d+)?[eE]\+?\d+$"
_LONG_DIGITS = r"^\d{16,24}$"
_ZEROS_AFTER_15 = r"^\d{15}0{1,9}$"
_MAYBE_ROUNDED = r"^\d(?:[.eE]|\d{15})"
"""What one of the patterns above begins with."""
_MOSTLY_ZEROS = 0.9
SCORE = r"^([-+]?\d+(?:\.\d+)?)\s*(?:分|星|颗星|级)?$"
"""A number that a unit of scores may follow."""
_YES = ("是", "已解决", "解决", "已", "y", "yes", "true", "t", "1", "有效", "√")
_NO = ("否", "未解决", "没解决", "没有解决", "未", "n", "no", "false", "f", "0", "无效", "×")


def _cell(value: object) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value).encode("utf-8", "replace").decode("utf-8")


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as strings: whole floats without ``.0``, no value as NA.

    Examples
    --------
    >>> as_text(pd.Series([17.0, "退款", None], dtype=object)).tolist()[:2]
    ['17', '退款']
    """
    if isinstance(column.dtype, pd.StringDtype):
        return column.astype("str")
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if column.dtype == object or pd.api.types.is_float_dtype(column.dtype):
        whole = _whole_column(column)
        if whole is not None:
            return pd.Series(whole.to_pandas().array, index=column.index, dtype="str", name=column.name)
        return pd.Series([_cell(value) for value in column.astype(object)], index=column.index, dtype="str")
    return column.astype("str")


def _whole_column(column: pd.Series) -> pa.Array | None:
    """Return a column of one type as Arrow text, missing cells as nulls; None where its cells must be tried.

    Written as :func:`_cell` writes each.
    """
    kind = pd.api.types.infer_dtype(column, skipna=True)
    try:
        if kind == "string":
            return pa.array(column, pa.large_string(), from_pandas=True)
        if kind == "integer":
            return pc.cast(pa.array(column, pa.int64(), from_pandas=True), pa.large_string())
        if kind == "boolean":
            flags = pa.array(column, pa.bool_(), from_pandas=True)
            return pc.if_else(flags, "True", "False").cast(pa.large_string())
        if kind == "floating":
            return _written_floats(column.to_numpy(dtype=np.float64, na_value=np.nan))
    except (pa.ArrowException, UnicodeEncodeError, OverflowError, TypeError, ValueError):
        pass
    return None


def _written_floats(values: NDArray[np.float64]) -> pa.Array:
    """Return floats as text, whole ones without ``.0``; each other value is written once."""
    whole = (values == np.trunc(values)) & (np.abs(values) < _WHOLE)
    written = pc.cast(pa.array(np.where(whole, values, 0).astype(np.int64)), pa.large_string())
    odd = ~whole & ~np.isnan(values)
    if odd.any():
        different, place = np.unique(values[odd], return_inverse=True)
        texts = pa.array([str(value) for value in different.tolist()], pa.large_string())
        written = pc.replace_with_mask(written, pa.array(odd), texts.take(pa.array(place)))
    return pc.if_else(pa.array(np.isnan(values)), pa.scalar(None, pa.large_string()), written)


def blank(column: Column) -> NDArray[np.bool_]:
    """Return where a string column holds nothing: NA, blanks, or a written null such as ``NULL``.

    Examples
    --------
    >>> blank(pd.Series(["退款", " ", "NULL", None])).tolist()
    [False, True, True, True]
    """
    cells = string_array(column)
    found = np.asarray(pc.equal(pc.binary_length(cells), 0).to_numpy(zero_copy_only=False)).copy()
    maybe = begins_with(cells, _NOTHING_FIRST)
    if maybe.any():
        found[maybe] = _is_nothing(cells if maybe.all() else cells.filter(pa.array(maybe)))
    return found


def _is_nothing(column: pa.LargeStringArray) -> NDArray[np.bool_]:
    different = distinct_cells(column)
    cells = different.values
    short = pc.less_equal(pc.binary_length(cells), _LONGEST_NOTHING).to_numpy(zero_copy_only=False)
    found = pc.utf8_is_space(cells).to_numpy(zero_copy_only=False).astype(np.bool_, copy=True)
    bare = pc.utf8_lower(pc.utf8_trim_whitespace(cells.filter(pa.array(short))))
    found[short] |= pc.is_in(bare, value_set=_NOTHING).to_numpy(zero_copy_only=False)
    return different.spread(found)


def blanks_as_missing(texts: pd.Series) -> pd.Series:
    """Return a string column with NA where it holds nothing (:func:`blank`).

    Examples
    --------
    >>> blanks_as_missing(pd.Series(["退款", " "])).isna().tolist()
    [False, True]
    """
    empty = blank(texts)
    return texts.mask(empty) if empty.any() else texts


def as_identifiers(column: pd.Series) -> pd.Series:
    """Return identifiers as stripped strings, empty ones as NA.

    The marks by which an export keeps Excel from reading digits as a number (``="0017"``, ``'0017``) go.

    Examples
    --------
    >>> as_identifiers(pd.Series([482028.0, 482027.0])).tolist()
    ['482028', '482027']
    >>> as_identifiers(pd.Series(['="0017"', "'0018"])).tolist()
    ['0017', '0018']
    """
    texts = as_text(column).str.strip()
    if bool(texts.str.startswith(("=", "'")).any()):
        texts = texts.str.replace(_TEXT_MARKS, r"\1\2", regex=True)
    return blanks_as_missing(texts)


def rounded_ids(column: pd.Series) -> np.ndarray:
    """Return which identifiers Excel rounded: 4.51E+17, or zeros after the 15 digits that it keeps.

    Numbers of 16 digits and more count only where most of the column's long numbers end in such zeros,
    since one in ten of 16 digits does so by itself.

    Examples
    --------
    >>> rounded_ids(pd.Series(["4.51E+17", "451000000000000000", "T1"])).tolist()
    [True, True, False]
    >>> rounded_ids(pd.Series(["4512345678901230", "4512345678901231", "4512345678901239"])).any()
    np.False_
    """
    whole = string_array(as_text(column))
    found = np.zeros(len(whole), dtype=np.bool_)
    maybe = begins_with(whole, BLANK_FIRST + b"0123456789")
    if not maybe.any():
        return found
    cells = pc.utf8_trim_whitespace(whole if maybe.all() else whole.filter(pa.array(maybe)))
    if not _any_match(cells, _MAYBE_ROUNDED):
        return found
    written, long, zeros = (
        pc.match_substring_regex(cells, pattern=pattern).to_numpy(zero_copy_only=False)
        for pattern in (_SCIENTIFIC, _LONG_DIGITS, _ZEROS_AFTER_15)
    )
    found[maybe] = written | zeros if zeros.sum() >= _MOSTLY_ZEROS * long.sum() else written
    return found


def as_numbers(column: pd.Series, units: bool = False) -> pd.Series | None:
    """Return a column of written numbers as int64 or float64; None where a cell is not a number.

    Parameters
    ----------
    column : Series of str, shape (n,)
        Empty cells become NaN.
    units : bool, default False
        Whether 分, 星 and the like may follow, and leading zeros stand.

    Returns
    -------
    Series or None

    Examples
    --------
    >>> as_numbers(pd.Series(["4分", "5", None]), units=True).tolist()[:2]
    [4.0, 5.0]
    >>> as_numbers(pd.Series(["007", "8"])) is None
    True
    """
    cells = distinct_cells(column)
    empty = blank(cells.values)
    filled = pc.utf8_trim_whitespace(cells.values.filter(pa.array(~empty)))
    if not len(filled):
        return None
    pattern = SCORE if units else _PLAIN_NUMBER
    if holds_bytes(filled, b",") and _any_match(filled, _SHORT_GROUP) and _all_match(filled, _GROUPED):
        # Codes of three digits with commas between them never begin with a shorter group.
        filled = pc.replace_substring(filled, ",", "")
    elif not (_all_match(filled.slice(0, 200), pattern) and _all_match(filled, pattern)):
        return None
    elif units:
        filled = pc.replace_substring_regex(filled, pattern=SCORE, replacement=r"\1")
    numbers = _parsed(filled)
    if empty.any():
        whole = np.full(len(empty), np.nan)
        whole[~empty] = numbers
        numbers = whole
    return pd.Series(cells.spread(numbers), index=column.index, name=column.name)


def _parsed(written: pa.LargeStringArray) -> NDArray[np.int64] | NDArray[np.float64]:
    """Return numbers as int64 where all are whole, else as float64."""
    kind = pa.float64() if holds_bytes(written, b".", b"e", b"E") else pa.int64()
    try:
        return np.asarray(pc.cast(written, kind).to_numpy())
    except pa.ArrowInvalid:
        # A sign in front (+5), or more digits than 64 bits hold.
        return np.asarray(pd.to_numeric(written.to_pandas()).to_numpy())


def _any_match(cells: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, pattern=pattern)).as_py())


def _all_match(cells: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, pattern=pattern)).as_py())


def as_flags(column: pd.Series) -> pd.Series | None:
    """Return a yes/no column as nullable booleans; None where a cell is neither.

    Examples
    --------
    >>> as_flags(pd.Series(["是", "否", None])).tolist()
    [True, False, <NA>]
    """
    cells = distinct_cells(as_text(column))
    bare = cells.values.to_pandas().str.strip().str.casefold()
    empty = blank(bare)
    yes, no = bare.isin(_YES).to_numpy(), bare.isin(_NO).to_numpy()
    if not (yes | no | empty).all() or empty.all():
        return None
    flags = pd.array(np.where(empty, None, yes), dtype="boolean")
    return pd.Series(flags if cells.codes is None else flags.take(cells.codes), index=column.index)


def plain_value(column: pd.Series) -> pd.Series:
    """Return a column of no known kind: numbers where all cells are, else as it is with empties as NA.

    Examples
    --------
    >>> plain_value(pd.Series(["1", "2"])).tolist(), plain_value(pd.Series(["A1", ""])).isna().tolist()
    ([1, 2], [False, True])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = as_text(column)
    if column.dtype == object:
        kinds = {type(value) for value in column if value is not None and value == value}
        if kinds and kinds <= {int, float}:
            numbers = pd.to_numeric(column)
            return numbers.astype("float64") if numbers.dtype == object else numbers
        if kinds == {bool}:
            return column.astype("boolean")
        if not kinds <= {str}:
            column = as_text(column)
        else:
            column = column.astype("str")
    if not isinstance(column.dtype, pd.StringDtype):
        return column
    numbers = as_numbers(column)
    if numbers is not None:
        return numbers
    texts = column.astype("str")
    return blanks_as_missing(texts)


def plain_cell(value: object) -> object:
    r"""Return one cell as a string, number, date or None; lists and records as JSON, bytes as UTF-8.

    Examples
    --------
    >>> plain_cell([1, "慢"]), plain_cell(b"ok"), plain_cell(float("nan")), plain_cell("a\ud800")
    ('[1, "慢"]', 'ok', None, 'a?')
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | dict | set):
        listed = sorted(map(str, value)) if isinstance(value, set) else value
        return json.dumps(listed, ensure_ascii=False, default=str).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return float(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    return value


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with plain cells in its object columns, and names that are valid Unicode.

    Examples
    --------
    >>> plain_cells(pd.DataFrame({"a": [[1], None]}))["a"].tolist()
    ['[1]', None]
    """
    names = [str(plain_cell(str(name))) for name in frame.columns]
    result = frame.set_axis(names, axis="columns")
    for name in names:
        if result[name].dtype == object:
            result[name] = _plain_column(result[name])
    return result


def _plain_column(column: pd.Series) -> pd.Series:
    """Return an object column as strings where it holds nothing else, with plain cells where it is mixed."""
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind in _PLAIN_KINDS:
        return column
    if kind in _DATES:
        return column.where(column.notna(), None)
    if kind == "string":
        return as_text(column)
    return pd.Series([plain_cell(value) for value in column], index=column.index, dtype=object)
