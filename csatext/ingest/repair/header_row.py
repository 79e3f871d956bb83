"""Where the header row of a grid is: title rows above it, no header at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csatext.ingest.columns.headers import known_headers, normal_header

__all__ = ["find_header", "unique_names"]

_LOOK = 15
_VALUE = re.compile(r"^[-+]?\d[\d\s:/.,年月日TZ+-]*%?$|^\d.*\d{4}$")
_SENTENCE = re.compile("[，。！？；,!?…]")
_LONG_NAME = 30
_NO_NAME = 500
"""Characters of a cell that are looked at: what is longer is no name, however it goes on."""


def _header_score(cells: Sequence[str], width: int) -> float:
    """Return how like a header a row is: known names count most, values and long text count against."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return -1.0
    known = sum(normal_header(cell) in known_headers() for cell in filled)
    values = sum(bool(_VALUE.match(cell)) or len(cell) > _LONG_NAME for cell in filled)
    if len(set(filled)) < len(filled) * 0.6:
        values += 1
    return 2.0 * known + len(filled) / max(width, 1) - 2.0 * values


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the position of the header among the first rows, None where there is none.

    A header is the row that holds known column names, or names in (nearly) every column; a row of
    numbers, dates or sentences is data. Title rows above have one or two filled cells.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of the grid.

    Returns
    -------
    int or None

    Examples
    --------
    >>> find_header([["五月投诉汇总", ""], ["工单编号", "投诉内容"], ["1", "退款太慢"]])
    1
    >>> find_header([["2020/6/8", "退款太慢"], ["2020/6/9", "送错了"]]) is None
    True
    >>> find_header([["退款太慢", "电话"], ["送错了", "电话"]]) is None
    True
    """
    rows = [[cell[:_NO_NAME] for cell in row] for row in rows]
    head = rows[:_LOOK]
    width = max((sum(bool(cell.strip()) for cell in row) for row in head), default=0)
    if width == 0:
        return None
    if width == 1:
        first = next(i for i, row in enumerate(head) if any(cell.strip() for cell in row))
        name = next(cell for cell in head[first] if cell.strip())
        return first if normal_header(name) in known_headers() else None
    best, best_score = None, 0.5
    for position, row in enumerate(head):
        score = _header_score(row, width)
        if score > best_score + 0.25 or (best is None and score > best_score):
            best, best_score = position, score
        if best is not None and position - best >= 1 and score < 0:
            break
    return None if best is not None and _like_data(head[best], rows[best + 1 :]) else best


def _like_data(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Return whether a row reads like the rows below: its cells come again, or are sentences and not names.

    A whole row that comes again is a header: exports pasted together repeat it.
    """
    if list(row) in [list(other) for other in below]:
        return False
    again = any(
        cell.strip() and any(position < len(other) and other[position] == cell for other in below)
        for position, cell in enumerate(row)
    )
    names = any(normal_header(cell) in known_headers() for cell in row if cell.strip())
    return again or (not names and any(_SENTENCE.search(cell) for cell in row))


def unique_names(cells: Sequence[str]) -> list[str]:
    """Return one name a column: blanks become 列1, 列2 ..., repeated names get a number.

    Examples
    --------
    >>> unique_names(["内容", "", "内容"])
    ['内容', '列2', '内容_2']
    """
    names: list[str] = []
    seen: set[str] = set()
    for position, cell in enumerate(cells, start=1):
        name = base = cell.replace("\ufeff", "").strip() or f"列{position}"
        number = 2
        while name in seen:
            name, number = f"{base}_{number}", number + 1
        seen.add(name)
        names.append(name)
    return names
