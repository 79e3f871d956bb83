"""Values as cells of a workbook hold them, and names that its sheets may bear."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from csatext.strings import xml_text

__all__ = ["MOST_CHARACTERS", "cell_value", "sheet_name", "sheet_text", "text_width"]

MOST_CHARACTERS = 32_767
"""Code units that a cell of Excel holds."""
_MOST_IN_A_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LARGEST_EXACT = 1 << 53
"""Whole numbers above it are no longer exact in a cell, which holds a double."""
_FIRST_DAY, _LAST_DAY = pd.Timestamp("1900-03-01"), pd.Timestamp("9999-12-31")
"""Days that a cell can hold as a date; before March 1900 Excel counts a day that there was not."""


def sheet_text(value: str) -> str:
    r"""Return a text that a cell can hold and a reader sees as it is.

    Control characters and marks of direction are written out, half a surrogate pair becomes �, and what is
    longer than a cell is cut, which a mark at its end says.

    Examples
    --------
    >>> sheet_text("a\x1bb"), len(sheet_text("长" * 40_000)), sheet_text("长" * 40_000)[-8:]
    ('a\\x1bb', 32767, '40000 字）')
    """
    text = xml_text(value.replace("\r\n", "\n"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    mark = f"…（已截断，原文 {len(text)} 字）"
    kept = units[: 2 * (MOST_CHARACTERS - len(mark))].decode("utf-16-le", "ignore")
    return kept + mark


def cell_value(value: Any) -> Any:
    """Return a value as a cell holds it: number, text, 是 or 否, naive time; None where it is missing.

    Infinity and numbers that a cell cannot hold exactly are texts.

    Examples
    --------
    >>> cell_value(float("inf")), cell_value(None), cell_value(True), cell_value(2**60)
    ('∞', None, '是', '1152921504606846976')
    """
    if isinstance(value, (list, tuple, set, dict, np.ndarray)):
        return sheet_text(str(value))
    if value is None or pd.isna(value):
        return None
    if isinstance(value, (bool, np.bool_)):
        return "是" if value else "否"
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) <= _LARGEST_EXACT else str(int(value))
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return number if math.isfinite(number) else ("∞" if number > 0 else "-∞")
    if isinstance(value, pd.Timestamp):
        wall = value.tz_localize(None) if value.tzinfo is not None else value
        inside = _FIRST_DAY <= wall <= _LAST_DAY
        return wall.to_pydatetime(warn=False) if inside else str(wall)
    return sheet_text(str(value))


def sheet_name(wanted: str, taken: Collection[str]) -> str:
    """Return a name for a sheet: at most 31 characters, none forbidden, none that differs by case alone.

    Parameters
    ----------
    wanted : str
    taken : collection of str
        Names given already, case folded.

    Examples
    --------
    >>> sheet_name("渠道/产品: [负面率]", set()), sheet_name("Abc", {"abc"})
    ('渠道_产品_ _负面率_', 'Abc (2)')
    """
    plain = _FORBIDDEN.sub("_", " ".join(sheet_text(wanted).split())).strip("' ")
    plain = plain or "表"
    for number in range(1, len(taken) + 2):
        mark = "" if number == 1 else f" ({number})"
        units = plain.encode("utf-16-le")[: 2 * (_MOST_IN_A_NAME - len(mark))]
        name = units.decode("utf-16-le", "ignore").rstrip("' ") + mark
        # Excel keeps this name for itself.
        if name.casefold() not in taken and name.casefold() != "history":
            return name
    return f"表{len(taken) + 1}"


def text_width(text: str) -> int:
    """Return how wide a text is in characters of a column: Han and other wide ones are two.

    Examples
    --------
    >>> text_width("联络数 n")
    8
    """
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)
