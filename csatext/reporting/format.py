"""Values as the words of a report: counts, percentages, points, p values, intervals; missing is a dash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "format_interval",
    "format_intervals",
    "format_number",
    "format_p_value",
    "format_percent",
    "format_points",
    "format_score",
    "format_size",
    "format_whole",
]


def format_number(value: Any) -> str:
    """Return a count or measure: thousands separated, two decimals only where it is not whole.

    Examples
    --------
    >>> format_number(1234), format_number(4.256), format_number(None)
    ('1,234', '4.26', '—')
    """
    if not _is_known(value):
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def format_whole(value: Any, sign: bool = False) -> str:
    """Return a number rounded to whole ones, with its sign if asked.

    Examples
    --------
    >>> format_whole(1234.6), format_whole(-3.2, sign=True), format_whole(float("nan"))
    ('1,235', '-3', '—')
    """
    if not _is_known(value):
        return "—"
    return f"{value:+,.0f}" if sign else f"{value:,.0f}"


def format_percent(value: Any) -> str:
    """Return a share in per cent.

    Examples
    --------
    >>> format_percent(0.1234), format_percent(float("nan"))
    ('12.3%', '—')
    """
    return f"{value:.1%}" if _is_known(value) else "—"


def format_points(value: Any) -> str:
    """Return a difference of shares in percentage points.

    Examples
    --------
    >>> format_points(-0.012)
    '-1.2 个百分点'
    """
    return f"{value * 100:+.1f} 个百分点" if _is_known(value) else "—"


def format_p_value(value: Any) -> str:
    """Return a p or q value.

    Examples
    --------
    >>> format_p_value(0.0312), format_p_value(1e-9)
    ('0.031', '<0.001')
    """
    if not _is_known(value):
        return "—"
    return "<0.001" if value < 0.001 else f"{value:.2g}"


def format_score(value: Any) -> str:
    """Return a score, always with two decimals.

    Examples
    --------
    >>> format_score(4), format_score(float("nan"))
    ('4.00', '—')
    """
    return f"{value:.2f}" if _is_known(value) else "—"


def format_size(value: Any) -> str:
    """Return how large a number is, rounded and without its sign.

    Examples
    --------
    >>> format_size(-1234.6)
    '1,235'
    """
    return format_whole(abs(value)) if _is_known(value) else "—"


def format_interval(low: Any, high: Any, form: Callable[[Any], str]) -> str:
    """Return an interval."""
    return f"{form(low)} – {form(high)}" if _is_known(low) and _is_known(high) else "—"


def format_intervals(table: pd.DataFrame, form: Callable[[Any], str]) -> list[str]:
    """Return the interval of each row of a table with ``low`` and ``high``."""
    return [format_interval(low, high, form) for low, high in zip(table["low"], table["high"], strict=True)]


def _is_known(value: Any) -> bool:
    """Return whether a value is a number: neither missing nor the infinity of a division by nothing."""
    return not pd.isna(value) and bool(np.isfinite(float(value)))
