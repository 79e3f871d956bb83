"""What every measure of this folder reads: columns as numbers, flags, seconds, and rows in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.argument_types import as_table
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError

__all__ = [
    "NO_ROWS",
    "Absent",
    "as_flags",
    "as_ids",
    "check_positive",
    "column_of",
    "elapsed",
    "finished",
    "flags",
    "is_flag_word",
    "lengths",
    "not_negative",
    "numbers",
    "one_row_each",
    "records_of",
    "seconds_of",
    "times_of",
]

Array = npt.NDArray[np.float64]
NO_ROWS = "表里没有数据行；请检查导出的时间范围和筛选条件。"
_CLOCK = r"^(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,6})?)$"
_SPOKEN_LENGTH = (
    r"^(?:(\d{1,4})\s*(?:小时|时))?\s*(?:(\d{1,4})\s*(?:分钟|分))?\s*(?:(\d{1,6}(?:\.\d{1,6})?)\s*秒)?$"
)
_YES = {"是", "有", "真", "true", "yes", "y", "t", "1", "1.0"}
_NO = {"否", "无", "假", "false", "no", "n", "f", "0", "0.0"}


class Absent(dict[str, str]):
    """Measures that the columns do not allow, each with the columns that are missing."""

    def need(self, table: pd.DataFrame, measures: Sequence[str], *columns: str) -> bool:
        """Return whether all columns are there; where not, the measures are noted as absent."""
        missing = [name for name in columns if name not in table.columns]
        if missing:
            self.update(dict.fromkeys(measures, "、".join(missing)))
        return not missing


def records_of(table: object, argument: str, needed: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table with its ``doc_id`` as a column, rows numbered from 0.

    Raises
    ------
    ParameterError
        It is no DataFrame.
    SchemaError
        A needed column is missing, or the table has several columns of one name.

    Examples
    --------
    >>> records_of(pd.DataFrame({"answered": [True]}, index=pd.Index(["a"], name="doc_id")), "calls")
      doc_id  answered
    0      a      True
    """
    frame = as_table(table, argument)
    if frame.index.name is not None and frame.index.name not in frame.columns:
        frame = frame.reset_index()
    as_table(frame, argument, needed)
    if not frame.columns.is_unique:
        repeated = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
        raise SchemaError(
            f"表「{argument}」里列「{'、'.join(repeated)}」不止一个；请先改名，或删去多余的列。"
        )
    return frame.reset_index(drop=True)


def column_of(table: pd.DataFrame, *names: str) -> str | None:
    """Return the first of some names that is a column, or None."""
    return next((name for name in names if name in table.columns), None)


def as_ids(table: pd.DataFrame, name: str) -> npt.NDArray[np.int64]:
    """Return a code for each different value, numbered as they first appear; missing is -1."""
    return pd.factorize(table[name])[0].astype(np.int64)


def numbers(table: pd.DataFrame, name: str) -> Array:
    """Return a column of numbers or flags as float64, NaN where missing.

    Raises
    ------
    SchemaError
        It holds words that are no numbers.

    Examples
    --------
    >>> numbers(pd.DataFrame({"cost": [1, None]}), "cost").tolist()
    [1.0, nan]
    """
    column = table[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return column.dt.total_seconds().to_numpy(dtype="float64", na_value=np.nan)
    read = pd.to_numeric(column, errors="coerce")
    unreadable = column.notna() & read.isna()
    if unreadable.any():
        example = str(column[unreadable].iloc[0])[:30]
        raise SchemaError(
            f"列「{name}」有 {int(unreadable.sum())} 个值不是数，例如「{example}」；"
            "请先改成数字（秒、元、分），没有的留空。"
        )
    values = read.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isinf(values), np.nan, values)


def lengths(table: pd.DataFrame, name: str) -> Array:
    """Return a column of lengths in seconds: numbers, 00:03:20, 03:20, 3分20秒, 1小时5分.

    Raises
    ------
    SchemaError
        It holds something else.

    Examples
    --------
    >>> lengths(pd.DataFrame({"talk": ["00:03:20", "3分20秒", "200", "02:05", None]}), "talk").tolist()
    [200.0, 200.0, 200.0, 125.0, nan]
    """
    column = table[name]
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_timedelta64_dtype(column.dtype):
        return numbers(table, name)
    text = column.astype("str").str.strip().where(column.notna())
    seconds = pd.Series(np.nan, index=column.index)
    for shape in (_CLOCK, _SPOKEN_LENGTH):
        parts = text.str.extract(shape).astype("float64")
        known = parts.notna().any(axis=1)
        seconds = seconds.where(~known, parts.fillna(0.0).to_numpy() @ np.array([3600.0, 60.0, 1.0]))
    return np.where(seconds.notna(), seconds, numbers(pd.DataFrame({name: text.where(seconds.isna())}), name))


def flags(table: pd.DataFrame, name: str) -> Array:
    """Return a column of yes and no as 1, 0 and NaN; the written words 是, 否, true, false ... are read.

    Raises
    ------
    SchemaError
        It holds something else.

    Examples
    --------
    >>> flags(pd.DataFrame({"answered": ["是", "否", None]}), "answered").tolist()
    [1.0, 0.0, nan]
    """
    column = table[name]
    words = column.astype("str").str.strip().str.lower().where(column.notna())
    values = np.where(words.isin(_YES), 1.0, np.where(words.isin(_NO), 0.0, np.nan))
    unreadable = column.notna().to_numpy() & np.isnan(values)
    if unreadable.any():
        example = str(column[unreadable].iloc[0])[:30]
        raise SchemaError(
            f"列「{name}」应是是/否标记，有 {int(unreadable.sum())} 个值不是，例如「{example}」；"
            f'请先转换，例如 表["{name}"] = 表["{name}"] == "{example}"。'
        )
    return values


def times_of(table: pd.DataFrame, name: str) -> npt.NDArray[np.datetime64]:
    """Return a column of times as Beijing wall time in microseconds, NaT where missing.

    Raises
    ------
    SchemaError
        The column cannot be read as times.

    Examples
    --------
    >>> str(times_of(pd.DataFrame({"closed_at": ["2026年5月3日 08:30"]}), "closed_at")[0])
    '2026-05-03T08:30:00.000000'
    """
    try:
        return read_times(table[name], name).to_numpy(dtype="datetime64[us]")
    except ParameterError as error:
        raise SchemaError(str(error)) from error


def seconds_of(times: npt.NDArray[np.datetime64]) -> Array:
    """Return times as seconds since 1970, NaN where missing."""
    values = times.astype("int64") / 1e6
    return np.where(np.isnat(times), np.nan, values)


def elapsed(start: Array, end: Array) -> tuple[Array, int]:
    """Return the seconds from start to end, and how many were negative: those are unknown.

    Examples
    --------
    >>> seconds, wrong = elapsed(np.array([0.0, 10.0]), np.array([5.0, 5.0]))
    >>> seconds.tolist(), wrong
    ([5.0, nan], 1)
    """
    seconds = end - start
    wrong = seconds < 0
    return np.where(wrong, np.nan, seconds), int(wrong.sum())


def is_flag_word(text: str) -> bool:
    """Return whether a word says yes or no; a number does not.

    Examples
    --------
    >>> is_flag_word("是"), is_flag_word("1")
    (True, False)
    """
    word = text.strip().lower()
    return word in _YES | _NO and not word[:1].isdigit()


def check_positive(value: float, argument: str) -> float:
    """Return a number above 0.

    Raises
    ------
    ParameterError
        It is none.

    Examples
    --------
    >>> check_positive(60, "slow_seconds")
    60.0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)):
        raise ParameterError.wrong_type(argument, value, "大于 0 的数")
    if not 0 < value < np.inf:
        raise ParameterError.out_of_range(argument, value, "大于 0")
    return float(value)


def one_row_each(frame: pd.DataFrame, argument: str, repairs: dict[str, int]) -> pd.DataFrame:
    """Return a table with one row a ``doc_id``: rows that are the same throughout count once.

    Raises
    ------
    SchemaError
        Rows of one ``doc_id`` differ.

    Examples
    --------
    >>> repairs = {}
    >>> len(one_row_each(pd.DataFrame({"doc_id": ["a", "a"], "cost": [1, 1]}), "calls", repairs)), repairs
    (1, {'重复的行': 1})
    """
    if "doc_id" not in frame.columns:
        return frame.assign(doc_id=pd.RangeIndex(len(frame)).astype("str"))
    if not frame["doc_id"].duplicated().any():
        return frame
    kept = frame.drop_duplicates(ignore_index=True)
    repairs["重复的行"] = len(frame) - len(kept)
    again = int(kept["doc_id"].duplicated().sum())
    if again:
        raise SchemaError.duplicate_key(argument, ["doc_id"], again)
    return kept


def not_negative(values: Array, name: str, repairs: dict[str, int]) -> Array:
    """Return lengths and amounts, negative ones unknown and counted.

    Examples
    --------
    >>> repairs = {}
    >>> not_negative(np.array([3.0, -1.0]), "等待", repairs).tolist(), repairs
    ([3.0, nan], {'等待是负数': 1})
    """
    wrong = values < 0
    if wrong.any():
        repairs[f"{name}是负数"] = int(wrong.sum())
    return np.where(wrong, np.nan, values)


def as_flags(values: Array) -> pd.api.extensions.ExtensionArray:
    """Return 1, 0 and NaN as True, False and NA."""
    return pd.array(values, dtype="Float64").astype("boolean")


def finished(
    columns: Mapping[str, object], ids: pd.Series, absent: Absent, repairs: dict[str, int]
) -> pd.DataFrame:
    """Return measures by ``doc_id`` with what is absent, what was repaired, and a reason for no rows."""
    result = pd.DataFrame(columns, index=pd.Index(ids.to_numpy(), name="doc_id"))
    result.attrs = {"absent": dict(absent), "repairs": {name: n for name, n in repairs.items() if n}}
    if not len(result):
        result.attrs["reason"] = NO_ROWS
    return result
