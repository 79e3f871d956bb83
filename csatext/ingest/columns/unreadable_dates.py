"""Contacts whose date cannot be read: out of the table where the column is one of dates."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.dates.empty import repeated_words
from csatext.ingest.columns.date_and_clock import CLOCK_ALONE
from csatext.ingest.columns.masking import mask
from csatext.ingest.raw_table import Note

__all__ = ["UNREADABLE", "shown_date", "unreadable_rows"]

UNREADABLE = "日期读不出"
"""How the reason of a reject begins whose date cannot be read."""
_ENOUGH = 0.5
"""Share of the filled cells that must be dates for the column to be one of dates."""
_OF_TIME = re.compile(
    r"^[\d\sA-Za-z.,:：/\\\-+_?？()（）年月日号號时時点點分秒周週星期季度旬初中底末上下本前后後这這个個大昨今明当當天晚早晨午夜里裡间間"
    r"约約左右不详詳未知无無暂暫空一二三四五六七八九十〇零两兩几幾多世纪紀春夏秋冬节節假民国國]{1,24}$"
)


def shown_date(text: str) -> str:
    """Return how a cell of dates may be quoted: words that are not of time could be a person's.

    Examples
    --------
    >>> shown_date("上个月底"), shown_date("请找张先生")
    ('上个月底', '（5 字，不是日期）')
    """
    bare = text.strip()
    return mask(bare) if _OF_TIME.match(bare) else f"（{len(bare)} 字，不是日期）"


def unreadable_rows(contacts: pd.DataFrame, given: str, clocks: bool) -> tuple[NDArray[np.bool_], list[Note]]:
    """Return which rows go to the rejects for their date, and what to say where all stay.

    Parameters
    ----------
    contacts : DataFrame, shape (n, n_columns)
        Typed; ``created_at_text`` holds what could not be read.
    given : str
        ``reject`` or ``keep``.
    clocks : bool
        Whether date and time of day were put together from two columns: a time of day alone is then a row
        whose date is empty.

    Returns
    -------
    rows : ndarray of bool, shape (n,)
        None of them where fewer than half of the filled cells are dates: the column is not what its
        header says, and its rows have done nothing wrong.
    notes : list of Note
    """
    none = np.zeros(len(contacts), dtype=np.bool_)
    if given == "keep" or "created_at_text" not in contacts.columns:
        return none, []
    rows = contacts["created_at_text"].notna().to_numpy() & contacts["created_at"].isna().to_numpy()
    if clocks:
        rows &= ~contacts["created_at_text"].str.match(CLOCK_ALONE).fillna(False).to_numpy(dtype=np.bool_)
    read = int(contacts["created_at"].notna().sum())
    rows &= ~repeated_words(contacts["created_at_text"], rows, read)
    n, filled = int(rows.sum()), int(rows.sum()) + read
    if n <= (1 - _ENOUGH) * filled:
        return rows, []
    detail = f"{filled} 个日期里只有 {filled - n} 个读得出，这一列多半不是日期，行全部保留"
    # The cells are counted where they were read; this only says why their rows stay.
    return none, [Note("date_unreadable", "created_at", 0, filled, detail)]
