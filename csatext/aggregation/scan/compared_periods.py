"""Which rows belong to the current period and which to the baseline, matched by value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError, nearest

__all__ = ["Periods", "missing_periods", "read_periods"]

_Key = Callable[[Any], Hashable]
_TIMES = ("date", "datetime", "datetime64")
_NUMBERS = ("integer", "floating", "decimal", "mixed-integer-float")


@dataclass(frozen=True)
class Periods:
    """Rows by period.

    Attributes
    ----------
    number : ndarray of int, shape (n_rows,)
        0 in the current period, 1, 2, ... in the baseline's periods that have rows, -1 elsewhere.
    has_current : bool
        Whether the current period has rows.
    n_seen : int
        Periods of the baseline that have rows.
    n_empty : int
        Those without rows that are spelt as the column's values are: nothing happened in them.
    missing : list of str
        All without rows, in the order given; what is not spelt so may be a slip of the pen.
    """

    number: np.ndarray
    has_current: bool
    n_seen: int
    n_empty: int
    missing: list[str]

    def count(self, is_rate: bool) -> int:
        """Return the periods that a baseline is averaged over: of a count those without rows too."""
        return self.n_seen if is_rate else self.n_seen + self.n_empty

    def note(self, is_rate: bool, current: object) -> str | None:
        """Return what is done about periods without rows, in Chinese; None where there are none."""
        notes = []
        if not self.has_current:
            notes.append(f"当前期 {current} 没有数据行，计数按 0 处理")
        if self.missing:
            effect = "按 0 计入每期平均"
            if is_rate:
                effect = "没有分母，未参加对比"
            elif self.n_empty < len(self.missing):
                effect = "写法与其他时期一致的按 0 计入每期平均，写法不一致的未计入"
            notes.append(f"对比期 {'、'.join(self.missing)} 没有数据行，{effect}")
        return "；".join(notes) + "。请核对时期的写法。" if notes else None


def missing_periods(column: pd.Series, baseline: Any) -> list[str]:
    """Return the periods of the baseline that a column lacks, as text.

    Examples
    --------
    >>> missing_periods(pd.Series(["W1", "W2"]), ["W0", "W1"])
    ['W0']
    """
    key, place, _ = _values(column)
    return [str(value) for value in _listed(baseline, "baseline") if key(value) not in place]


def read_periods(column: pd.Series, current: Any, baseline: Any) -> Periods:
    """Find the rows of the current period and of each period of the baseline.

    Values are matched by what they mean, not by their type: ``"2026-05"`` is a month of a column of
    ``Period``, ``"202605"`` a number of an integer column, ``"2026-05-11"`` a day of a column of dates or
    of times with a zone (the clock of that zone).

    Parameters
    ----------
    column : Series
        Period of each row; missing ones belong nowhere.
    current : scalar
        The period to explain.
    baseline : scalar or list
        Periods to compare with.

    Returns
    -------
    Periods

    Raises
    ------
    ParameterError
        ``current`` or all of ``baseline`` is not in the column nor spelt as its values are, neither
        has rows, ``current`` is a list or in the baseline, or one of them is missing (None, NA).

    Examples
    --------
    >>> months = pd.Series(pd.period_range("2026-03", "2026-05", freq="M"))
    >>> read_periods(months, "2026-05", ["2026-04", "2026-02"]).number.tolist()
    [-1, 1, 0]
    """
    if pd.api.types.is_list_like(current):
        raise ParameterError(f"参数 current={current!r} 是一个列表；当前期只能是一个值，例如 '2026-W20'。")
    wanted = _listed(baseline, "baseline")
    if not wanted:
        raise ParameterError("参数 baseline 是空的；请给出至少一个对比期，例如 baseline=['2026-W19']。")
    key, place, code = _values(column)
    now = _known(current, "current", key)
    periods = {_known(value, "baseline", key): value for value in wanted}
    if now in periods:
        raise ParameterError(f"current={current!r} 也在 baseline 里；当前期不能与自己对比。")
    fits = _spelling(place)
    if now not in place and not fits(now):
        raise _absent(column, f"current={current!r}", current, place)
    seen = [period for period in periods if period in place]
    empty = [period for period in periods if period not in place and fits(period)]
    if not seen and (now not in place or not empty):
        raise _absent(column, f"baseline 中的任何一期：{baseline!r}", wanted[0], place)
    # The last entry serves the code -1, a missing period.
    number = np.full(len(place) + 1, -1)
    if now in place:
        number[place[now]] = 0
    for position, period in enumerate(seen, start=1):
        number[place[period]] = position
    lacking = [str(value) for period, value in periods.items() if period not in place]
    return Periods(number[code], now in place, len(seen), len(empty), lacking)


def _listed(values: Any, argument: str) -> list[Any]:
    listed = list(values) if pd.api.types.is_list_like(values) else [values]
    if any(pd.api.types.is_list_like(value) for value in listed):
        raise ParameterError.wrong_type(f"{argument} 的一项", listed[0], "一个时期的值")
    # the order of a set differs from run to run
    return sorted(listed, key=str) if isinstance(values, (set, frozenset)) else listed


def _known(value: Any, argument: str, key: _Key) -> Hashable:
    if value is None or pd.isna(value):
        raise ParameterError(f"参数 {argument} 里有空值；请写出时期列里的值，例如 '2026-W20'。")
    return key(value)


def _values(column: pd.Series) -> tuple[_Key, dict[Hashable, int], np.ndarray]:
    """Return what makes values comparable, the place of each distinct one, and that of each row."""
    code, distinct = pd.factorize(column, sort=False)
    distinct = pd.Index(distinct)
    if isinstance(distinct.dtype, pd.CategoricalDtype):
        distinct = distinct.astype(distinct.dtype.categories.dtype)
    key = _key(distinct)
    keys = [key(value) for value in distinct]
    place = {value: position for position, value in enumerate(dict.fromkeys(keys))}
    # two values may mean one (1 and 1.0 among objects); the last entry serves the code -1
    return key, place, np.array([*(place[value] for value in keys), -1], dtype=np.int64)[code]


def _key(distinct: pd.Index) -> _Key:
    if isinstance(distinct.dtype, pd.PeriodDtype):
        return partial(_as_period, freq=distinct.dtype.freq)
    kind = pd.api.types.infer_dtype(distinct, skipna=True)
    if pd.api.types.is_datetime64_any_dtype(distinct.dtype) or kind in _TIMES:
        return partial(_as_time, zone=getattr(distinct, "tz", None))
    if kind == "period":
        return partial(_as_period, freq=distinct[0].freq)
    if kind in _NUMBERS:
        return _as_number
    return _as_text if kind in ("string", "interval") else _as_it_is


def _as_period(value: Any, freq: Any) -> Hashable:
    if isinstance(value, pd.Period):
        return value if value.freq == freq else str(value)
    moment = _moment(value)
    return str(value) if moment is None else pd.Period(moment, freq=freq)


def _moment(value: Any) -> pd.Timestamp | None:
    """Return the first moment of the day or period that a value names, None where it names none."""
    try:
        # A caller may write a day or month as the number 20260503 or 202605.
        return read_moment(str(value) if isinstance(value, (int, np.integer)) else value, "")
    except ParameterError:
        return None


def _as_time(value: Any, zone: dt.tzinfo | None) -> Hashable:
    if isinstance(value, pd.Period):
        value = value.to_timestamp()
    moment = value if isinstance(value, pd.Timestamp) else _moment(value)
    if moment is None:
        return str(value)
    # what the clock on the wall shows, where the column's zone is known in that zone
    if moment.tz is not None and zone is not None:
        moment = moment.tz_convert(zone)
    return moment.tz_localize(None)


def _as_number(value: Any) -> Hashable:
    for read in (int, float):  # large whole numbers are not distinct as floats
        try:
            number = read(str(value).strip())
        except ValueError:
            continue
        return int(number) if np.isfinite(number) and number == np.floor(number) else number
    return str(value)


def _as_text(value: Any) -> Hashable:
    if isinstance(value, (dt.date, np.datetime64)):
        moment = pd.Timestamp(value)
        return str(moment.date()) if moment == moment.normalize() else str(moment)
    return str(value)


def _as_it_is(value: Any) -> Hashable:
    return value if isinstance(value, Hashable) else str(value)


def _spelling(place: dict[Hashable, int]) -> Callable[[Hashable], bool]:
    """Return the pattern of a value's type and digits, which is compared with those of the column.

    Any day may be a day without rows; a text must have its digits where the column's values have
    theirs (2026-03 beside 2026-04, not 2026-3).
    """
    kinds = {type(value) for value in place}
    shapes = {re.sub(r"\d", "0", value) for value in place if isinstance(value, str)}

    def fits(value: Hashable) -> bool:
        if isinstance(value, str):
            return bool(re.search(r"\d", value)) and re.sub(r"\d", "0", value) in shapes
        return type(value) in kinds and not isinstance(value, (bool, np.bool_))

    return fits


def _absent(column: pd.Series, what: str, given: Any, place: dict[Hashable, int]) -> ParameterError:
    shown = [str(value) for value in place]
    near = nearest(str(given), shown)
    hint = f"是不是想写「{near}」？" if near is not None and near != str(given) else ""
    there = f"现有：{'、'.join(shown[:12])}{f' 等 {len(shown)} 期' if len(shown) > 12 else ''}。"
    return ParameterError(f"列「{column.name}」里没有 {what}；{there if shown else '这一列全是空值。'}{hint}")
