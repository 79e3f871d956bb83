"""What quality says of a column of dates: what was lost, zones, periods, the order of day and month."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.dates.empty import repeated_words
from csatext.dates.parse import Times, parse_times
from csatext.ingest.columns.unreadable_dates import shown_date
from csatext.ingest.columns.values import as_text
from csatext.ingest.raw_table import Note

__all__ = ["date_notes", "order_notes"]

_EXAMPLES = 3


def date_notes(column: pd.Series, times: Times, name: str, timezone: str) -> list[Note]:
    """Return what to say of a column of contacts that was read as ``times``.

    Parameters
    ----------
    column : Series, shape (n,)
        As it was written.
    times : Times
        What :func:`csatext.dates.parse.parse_times` made of it.
    name : str
        Its canonical name.
    timezone : str
        IANA name.

    Examples
    --------
    >>> column = pd.Series(["2026年3月", "2026-04-01"])
    >>> [note.check for note in date_notes(column, parse_times(column), "created_at", "Asia/Shanghai")]
    ['date_period']
    """
    notes = _lost(as_text(column).where(times.unreadable), times, name) if times.unreadable.any() else []
    n = int(times.zoned.sum())
    if n:
        detail = f"{n} 行是时间戳或带时区，换算为 {timezone} 当地时间"
        notes.append(Note("date_zone", name, n, len(column), detail))
    named = times.span != ""
    n = int(named.sum())
    if n:
        detail = f"{n} 行只写到月、周、季度或年，取这一段的第一天；例如：{_written(column, named)}"
        notes.append(Note("date_period", name, n, len(column), detail))
    return notes + order_notes(column, times, name)


def order_notes(column: pd.Series, times: Times, name: str) -> list[Note]:
    """Return what to say where nothing tells whether 1/3/2026 is in March or in January.

    Examples
    --------
    >>> column = pd.Series(["1/3/2026", "7/3/2026"])
    >>> order_notes(column, parse_times(column), "created_at")[0].n
    2
    """
    n = int(times.ambiguous.sum())
    if not n:
        return []
    written = column[times.ambiguous]
    other = parse_times(written, dayfirst=True).values
    read = times.values[times.ambiguous]
    # Where cells prove both orders, the column was read in the one that more of them prove.
    days = bool((read == other).all())
    if days:
        other = parse_times(written, dayfirst=False).values
    order, turned, value = ("日/月", "月/日", "False") if days else ("月/日", "日/月", "True")
    detail = (
        f"{n} 行的日期（例如 {_written(column, times.ambiguous)}）分不清日和月，"
        f"按「{order}/年」读作 {_range(read)}；"
        f"如果是「{turned}/年」（{_range(other)}），请用 dayfirst={value}"
        f"（配置文件写 [input] dayfirst = {value.lower()}）"
    )
    return [Note("date_order", name, n, len(column), detail)]


def _range(times: pd.Series) -> str:
    return f"{times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d}"


def _written(column: pd.Series, rows: NDArray[np.bool_]) -> str:
    """Return examples of cells that were read as dates, and so are nothing else."""
    return "、".join(as_text(column[rows]).str.strip().unique()[:_EXAMPLES])


def _shown(column: pd.Series, rows: NDArray[np.bool_]) -> str:
    return "、".join(shown_date(text) for text in as_text(column[rows]).unique()[:_EXAMPLES])


def _lost(written: pd.Series, times: Times, name: str) -> list[Note]:
    """Return what to say of the cells that are no dates: words for nothing, and what cannot be read."""
    words = repeated_words(written, times.unreadable, int(times.values.notna().sum()))
    notes: list[Note] = []
    for check, rows, what in (
        ("date_word", words, f"行写的是反复出现的词，当作没有日期，原文在列「{name}_text」"),
        ("date_unreadable", times.unreadable & ~words, "行的日期读不出"),
    ):
        n = int(rows.sum())
        if n:
            notes.append(Note(check, name, n, len(written), f"{n} {what}；例如：{_shown(written, rows)}"))
    return notes
