"""Which row of a table belongs to each row of facts: by key, or by key and time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError

__all__ = ["key_positions", "timed_positions", "wall_time"]

_CLOSED = ("both", "left")
_DAY = np.timedelta64(1, "D")
_NEVER = np.iinfo("int64").max
_ALWAYS = np.iinfo("int64").min + 1


def wall_time(times: pd.Series, name: str) -> pd.Series:
    """Return times as ``datetime64[us]`` without zone, as every verb reads times.

    Parameters
    ----------
    times : Series
        Times, dates, or text that reads as such; of a zone, then Beijing time.
    name : str
        Column's name, for the message.

    Returns
    -------
    Series of datetime64[us]

    Raises
    ------
    SchemaError
        A value does not read as a time.

    Examples
    --------
    >>> wall_time(pd.Series(["2026-05-11 09:30"]), "created_at").dt.hour.tolist()
    [9]
    """
    try:
        return read_times(times, name)
    except ParameterError as error:
        raise SchemaError.wrong_dtype("facts", name, times.dtype, "日期时间") from error


def key_positions(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> np.ndarray:
    """Return the row of ``right`` with the key of each row of ``left``.

    Parameters
    ----------
    left, right : DataFrame
        Tables with the key columns.
    keys : list of str
        Key columns.

    Returns
    -------
    ndarray of int, shape (len(left),)
        Row number, -1 where the key is missing or not there.

    Raises
    ------
    SchemaError
        A key stands more than once in ``right`` (the join would multiply rows), or key types differ.

    Examples
    --------
    >>> key_positions(pd.DataFrame({"k": ["b", "c"]}), pd.DataFrame({"k": ["a", "b"]}), ["k"]).tolist()
    [1, -1]
    """
    ours, theirs = _codes(left, right, keys)
    used = theirs[theirs >= 0]
    unique, counts = np.unique(used, return_counts=True)
    if (counts > 1).any():
        offending = int((counts > 1).sum())
        multiplied = int(np.isin(ours, unique[counts > 1]).sum())
        raise SchemaError(
            f"要并入的表里有 {offending} 个键（{'、'.join(keys)}）出现不止一次，"
            f"facts 的 {multiplied} 行会被重复；"
            "请先去重或汇总这张表，或给出 valid_from / valid_to。"
        )
    where = np.full(int(max(ours.max(initial=-1), theirs.max(initial=-1))) + 2, -1)
    where[theirs[theirs >= 0]] = np.flatnonzero(theirs >= 0)
    return where[ours]  # code -1 reads the last place, which no code fills


def timed_positions(
    left: pd.DataFrame,
    right: pd.DataFrame,
    keys: list[str],
    time: str,
    valid_from: str | None,
    valid_to: str | None,
    closed: str,
) -> np.ndarray:
    """Return the row of ``right`` with the key of each row of ``left`` that held at its time.

    Parameters
    ----------
    left, right : DataFrame
        Tables with the key columns.
    keys : list of str
        Key columns.
    time : str
        Column of ``left``.
    valid_from, valid_to : str or None
        Columns of ``right``; missing is an open end. With ``valid_to`` None a row holds until the
        next of its key begins.
    closed : {"both", "left"}
        Whether ``valid_to`` still belongs to the period (the whole day where it is a date).

    Returns
    -------
    ndarray of int, shape (len(left),)
        Row number, -1 where none held.

    Raises
    ------
    SchemaError
        Periods of one key overlap, or a period ends before it begins.

    Examples
    --------
    >>> facts = pd.DataFrame({"k": ["a"], "t": ["2026-05-31 08:00"]})
    >>> periods = pd.DataFrame({"k": ["a", "a"], "since": ["2026-05-01", "2026-06-01"]})
    >>> timed_positions(facts, periods, ["k"], "t", "since", None, "both")
    array([0])
    """
    if closed not in _CLOSED:
        raise ParameterError.not_allowed("closed", closed, _CLOSED)
    ours, theirs = _codes(left, right, keys)
    begin = _edge(right, valid_from, _ALWAYS)
    end = _edge(right, valid_to, _NEVER, whole_day=closed == "both")
    order = np.lexsort((begin, theirs))
    order = order[theirs[order] >= 0]
    same = theirs[order][1:] == theirs[order][:-1]
    if valid_to is None:
        end[order[:-1]] = np.where(same, begin[order[1:]], _NEVER)
    wrong = int((end <= begin).sum())
    if wrong:
        raise SchemaError(f"表里有 {wrong} 行的失效时间不晚于生效时间；请先更正。")
    clash = same & (begin[order][1:] < end[order][:-1])
    if clash.any():
        count = len(np.unique(theirs[order][1:][clash]))
        raise SchemaError(
            f"有 {count} 个键（{'、'.join(keys)}）的有效期互相重叠；请让每个键在同一时刻只有一行有效。"
            "如果失效时间当天已不再有效，请用 closed='left'。"
        )
    moment = wall_time(left[time], time)
    now = np.where(moment.isna(), _ALWAYS, moment.to_numpy().view("int64"))
    ranks = np.unique(np.concatenate([begin, now]), return_inverse=True)[1]
    width = int(ranks.max(initial=0)) + 1
    starts = theirs[order] * width + ranks[: len(begin)][order]
    found = np.searchsorted(starts, ours * width + ranks[len(begin) :], side="right") - 1
    row = order[np.maximum(found, 0)] if len(order) else np.zeros(len(left), dtype="int64")
    held = (found >= 0) & (ours >= 0) & moment.notna().to_numpy()
    if len(order):
        held &= (theirs[row] == ours) & (now < end[row])
    return np.where(held, row, -1)


def _codes(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Number the keys of both tables alike; -1 is a missing key."""
    codes = np.zeros(len(left) + len(right), dtype="int64")
    missing = np.zeros(len(codes), dtype=bool)
    for key in keys:
        ours, theirs = _plain(left[key]), _plain(right[key])
        if pd.api.types.is_string_dtype(ours.dropna()) != pd.api.types.is_string_dtype(theirs.dropna()) and (
            ours.notna().any() and theirs.notna().any()
        ):
            raise SchemaError(
                f"键「{key}」在 facts 里的类型是 {ours.dtype}，在要并入的表里是 {theirs.dtype}，永远对不上；"
                f'请先转换，例如 table["{key}"].astype(str)。'
            )
        part, values = pd.factorize(pd.concat([ours, theirs], ignore_index=True))
        missing |= part < 0
        # numbered anew for each key, so that the product of many keys cannot overflow
        codes = pd.factorize(codes * (len(values) + 1) + part)[0]
    codes = np.where(missing, -1, codes)
    return codes[: len(left)], codes[len(left) :]


def _plain(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype)
    return column


def _edge(table: pd.DataFrame, name: str | None, missing: int, *, whole_day: bool = False) -> np.ndarray:
    """Return the edge of validity in microseconds, an end past its last moment."""
    if name is None:
        return np.full(len(table), missing)
    times = wall_time(table[name], name)
    moments = times.to_numpy()
    if whole_day:
        is_date = (times == times.dt.normalize()).to_numpy()
        moments = moments + np.where(is_date, _DAY, np.timedelta64(1, "us"))
    return np.where(times.isna(), missing, moments.view("int64"))
