"""Period length of a column of times, stated by its values or inferred from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.dates.empty import empty_dates
from csatext.dates.period_names import named_spans, read_times
from csatext.errors import ParameterError

__all__ = ["check_width", "index_freq", "inferred_freq_note", "stated_freq"]

_ORDER = ("h", "D", "W", "M", "Q", "Y")
_NAMES = {"h": "小时", "D": "日", "W": "周", "M": "月", "Q": "季度", "Y": "年"}
_OFFSETS = {
    **{"h": "h", "D": "D", "B": "D", "C": "D", "W": "W", "MS": "M", "ME": "M", "BMS": "M", "BME": "M"},
    **{"QS": "Q", "QE": "Q", "BQS": "Q", "BQE": "Q", "YS": "Y", "YE": "Y", "BYS": "Y", "BYE": "Y"},
}
_FEWEST = 3
_HOUR = np.timedelta64(1, "h")


def stated_freq(column: pd.Series) -> str | None:
    """Return the period length that the values of a column state; None for moments and days.

    Parameters
    ----------
    column : Series
        Left unchanged.

    Returns
    -------
    str or None
        Of Periods their frequency, of names of weeks, months, quarters and years (2026-W18, 2026年5月)
        the finest among them; halves of years can be summed up by years alone.

    Examples
    --------
    >>> stated_freq(pd.Series(["2026-05", "2026-06"])), stated_freq(pd.Series(["2026-05-01"]))
    ('M', None)
    """
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == object:
        column = column.astype(object).infer_objects()
    if isinstance(column.dtype, pd.PeriodDtype):
        return _code(column.dtype.freq)
    if pd.api.types.infer_dtype(column, skipna=True) != "string":
        return None
    texts = pd.Series(column.dropna().unique(), dtype="str")
    spans = set(named_spans(texts[~empty_dates(texts)]).tolist())
    if not spans or "" in spans:
        return None
    return min(("Y" if span == "H" else span for span in spans), key=_ORDER.index)


def check_width(column: pd.Series, name: str, freq: str) -> None:
    """Raise an error where the stated periods would be counted by shorter ones, with zeros between.

    Raises
    ------
    ParameterError
        ``freq`` is finer than the stated period length; the message names the one to pass.

    Examples
    --------
    >>> check_width(pd.Series(["2026-05", "2026-06"]), "month", "M")
    """
    stated = stated_freq(column)
    if stated is None or _ORDER.index(freq) >= _ORDER.index(stated):
        return
    coarser = "、".join(_ORDER[_ORDER.index(stated) + 1 :])
    also = f"（或更粗的 {coarser}）" if coarser else ""
    example = str(column.dropna().iloc[0])[:30]
    raise ParameterError(
        f"列「{name}」写的是整{_NAMES[stated]}（例如 {example}），不能按更细的 freq={freq!r} 汇总，"
        f'中间补出的时段会全是 0；请写 freq="{stated}"{also}。'
    )


def index_freq(index: pd.Index) -> str:
    """Return the period length of the index of a Series of counts; days where none can be inferred.

    Raises
    ------
    ParameterError
        It steps by several periods (every second week), which no frequency of ours is.

    Examples
    --------
    >>> index_freq(pd.date_range("2024-01-01", periods=4, freq="MS"))
    'M'
    """
    offset = getattr(index, "freq", None)
    if offset is not None and offset.freqstr != "7D" and offset.n > 1 and _code(offset) not in (None, "h"):
        raise ParameterError(
            f"Series 的索引每 {offset.freqstr} 一个值，没有对应的 freq；请先 resample 成 "
            f'{"、".join(_ORDER)} 之一（例如 series.resample("MS").sum()），或写明 freq。'
        )
    column = pd.Series(index)
    known = None if offset is None or offset.n > 1 else _code(offset)
    return known or stated_freq(column) or _inferred_freq(read_times(column, "索引")) or "D"


def inferred_freq_note(times: pd.Series, name: str, freq: str) -> str | None:
    """Return a note where the inferred period length of a counted table is longer than ``freq``.

    Examples
    --------
    >>> months = pd.Series(pd.date_range("2026-01-01", periods=4, freq="MS"))
    >>> inferred_freq_note(months, "month", "M") is None, "M" in inferred_freq_note(months, "month", "D")
    (True, True)
    """
    found = _inferred_freq(times)
    if found is None or _ORDER.index(freq) >= _ORDER.index(found):
        return None
    span = _NAMES[found]
    return (
        f"列「{name}」每{span}至多只有一个时间，各行可能是整{span}的合计；现按 freq={freq!r} 汇总，"
        f'其余时段记为 0。如果是整{span}的合计，请写 freq="{found}"。'
    )


def _code(offset: pd.offsets.BaseOffset) -> str | None:
    """Return our name of a pandas offset, whatever its anchor; None for minutes and other steps."""
    return _OFFSETS.get(offset.freqstr.lstrip("0123456789").split("-")[0])


def _inferred_freq(times: pd.Series) -> str | None:
    """Return the inferred period length: the longest one on whose first (or last) days all times fall.

    None for fewer than three distinct times.
    """
    seen = pd.DatetimeIndex(times.dropna().unique()).sort_values()
    if len(seen) < _FEWEST:
        return None
    if not (seen == seen.normalize()).all():
        is_hourly = (seen == seen.floor("h")).all() and np.median(np.diff(seen.to_numpy())) == _HOUR
        return "h" if is_hourly else None
    for freq in ("Y", "Q", "M"):
        own = seen.to_period(freq)
        if (seen == own.start_time).all() or (seen == own.end_time.normalize()).all():
            return freq
    return "W" if seen.day_of_week.nunique() == 1 else "D"
