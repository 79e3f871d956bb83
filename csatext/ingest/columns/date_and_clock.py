"""A date in one column and the time of day in another: put together into one time."""

from __future__ import annotations

import pandas as pd

from csatext.dates.empty import empty_dates
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.time_column import date_parts, names_clock
from csatext.ingest.columns.values import as_text, blank
from csatext.ingest.raw_table import Note

__all__ = ["CLOCK_ALONE", "join_clocks", "join_parts"]

_MIDNIGHT = r"[T ]0?0:00(?::00(?:\.0+)?)?\s*$"
_DAY = r"\d{2,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}\s*[日号]?|(?:19|20)\d{6}"
_DATE = rf"^\s*(?:{_DAY})(?:\s*$|{_MIDNIGHT})"
_HALF = r"(?:上午|下午|凌晨|早上|中午|晚上|[AaPp]\.?[Mm]\.?)?"
_MINUTES = r"(?:\d{1,2}\s*(?:[:：分]\s*(?:\d{1,2}(?:\.\d+)?\s*秒?)?)?)?"
CLOCK_ALONE = rf"^\s*{_HALF}\s*\d{{1,2}}\s*[:：时點点]\s*{_MINUTES}\s*{_HALF}\s*$"
_RUN = r"^\s*(?:[01]?\d|2[0-3])[0-5]\d[0-5]\d\s*$"
_SAMPLE = 2_000
_ENOUGH = 0.98


def _mostly(column: pd.Series, pattern: str) -> bool:
    """Return whether nearly all filled cells match; none filled is no."""
    texts = as_text(column.iloc[:: max(1, len(column) // _SAMPLE)])
    filled = texts[~blank(texts)]
    return len(filled) > 0 and float(filled.str.match(pattern).mean()) >= _ENOUGH


def _of_creation(name: str) -> bool:
    plain = normal_header(name)
    known = known_headers().get(plain)
    return names_clock(plain) if known is None else known.canonical == "created_at"


def join_parts(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return a frame with a ``created_at`` made of columns of year, month and day, where it has none.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)

    Returns
    -------
    frame : DataFrame
        Without a column of the day, months.
    notes : list of Note

    Examples
    --------
    >>> frame = pd.DataFrame({"年": ["2026", "2026"], "月": ["3", "4"], "日": ["17", None]})
    >>> join_parts(frame)[0]["created_at"].tolist()
    ['2026-3-17', '2026-4']
    """
    if "created_at" in frame.columns:
        return frame, []
    parts = date_parts(frame, {str(name): normal_header(str(name)) for name in frame.columns})
    if not parts:
        return frame, []
    cells = [as_text(frame[name]).str.extract(r"^\s*(\d+)", expand=False) for name in parts]
    joined = cells[0].str.cat(cells[1], sep="-")
    if len(cells) > 2:
        joined = joined.where(cells[2].isna(), joined.str.cat(cells[2], sep="-"))
    n = int(joined.notna().sum())
    detail = f"由「{'」「'.join(parts)}」合为 created_at"
    return frame.assign(created_at=joined), [Note("date_and_clock", "created_at", n, len(frame), detail)]


def join_clocks(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return a frame whose ``created_at`` has date and time of day where they stood in two columns.

    Of the columns whose headers name the time of the contact, one must hold dates alone and one times of
    day alone (``9:05``, ``下午3点05分``, ``090500``). Both keep their columns unless their name was taken.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Canonical names where they are known.

    Returns
    -------
    frame : DataFrame
    notes : list of Note

    Examples
    --------
    >>> frame = pd.DataFrame({"created_at": ["2024-05-01"], "时间": ["9:05"], "text": ["慢"]})
    >>> join_clocks(frame)[0]["created_at"].tolist()
    ['2024-05-01 9:05']
    """
    if "created_at" not in frame.columns or pd.api.types.is_datetime64_any_dtype(frame["created_at"].dtype):
        return frame, []
    names = ["created_at", *(str(n) for n in frame.columns if n != "created_at" and _of_creation(str(n)))]
    if len(names) < 2:
        return frame, []
    dates = [name for name in names if _mostly(frame[name], _DATE)]
    clocks = [name for name in names if name not in dates and _mostly(frame[name], f"{CLOCK_ALONE}|{_RUN}")]
    if len(clocks) != 1 or not dates or "created_at" not in (*clocks, dates[0]):
        return frame, []
    days, hours = as_text(frame[dates[0]]), as_text(frame[clocks[0]])
    days = days.str.replace(_MIDNIGHT, "", regex=True)
    hours = hours.str.replace(r"^\s*(\d{1,2})(\d\d)(\d\d)\s*$", r"\1:\2:\3", regex=True)
    undated = empty_dates(days)
    both = ~(undated | blank(hours) | (empty_dates(hours) & (hours.str.strip() != "0")))
    joined = days.where(~both, days.str.cat(hours.str.strip(), sep=" "))
    lost = days.mask(undated, hours)
    detail = f"日期在「{dates[0]}」、钟点在「{clocks[0]}」，已合为 created_at"
    note = Note("date_and_clock", "created_at", int(both.sum()), len(frame), detail)
    return frame.assign(created_at=joined.where(both, lost)), [note]
