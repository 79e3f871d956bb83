"""Result tables as rows of text for a page: labels in Chinese, shares in per cent, missing as a dash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = [
    "Block",
    "Head",
    "Section",
    "TextTable",
    "interval",
    "number",
    "share",
    "signed_share",
    "text_table",
]


@dataclass(frozen=True)
class Head:
    """Heading of a column."""

    label: str
    number: bool = False


@dataclass(frozen=True)
class TextTable:
    """A table ready to be shown."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Block:
    """A chart, a table and quotations under one heading."""

    title: str = ""
    chart: str | None = None
    table: TextTable | None = None
    folded: bool = False
    quotes: tuple[Mapping[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A chapter of the report."""

    title: str
    blocks: tuple[Block, ...] = ()
    note: str = ""
    cards: tuple[Mapping[str, str], ...] = ()


def number(value: Any) -> str:
    """Return a count or measure: thousands separated, two decimals only where it is not whole."""
    if pd.isna(value):
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def share(value: Any) -> str:
    """Return a share in per cent.

    Examples
    --------
    >>> share(0.1234), share(float("nan"))
    ('12.3%', '—')
    """
    return "—" if pd.isna(value) else f"{value:.1%}"


def signed_share(value: Any) -> str:
    """Return a difference of shares in percentage points."""
    return "—" if pd.isna(value) else f"{value * 100:+.1f} 个百分点"


def interval(low: Any, high: Any, form: Callable[[Any], str]) -> str:
    """Return an interval."""
    return "—" if pd.isna(low) or pd.isna(high) else f"{form(low)} – {form(high)}"


def text_table(
    frame: pd.DataFrame, columns: Sequence[tuple[str, str, Callable[[Any], str] | None]], most: int = 50
) -> TextTable:
    """Return the first rows of a frame as text.

    Parameters
    ----------
    frame : DataFrame
    columns : sequence of (name, label, form)
        ``form`` turns a value into text and marks the column as numeric; None shows it as it is.
    most : int, default 50
    """
    shown = frame.head(most)
    cells = []
    for name, _, form in columns:
        values = shown[name]
        cells.append([("—" if pd.isna(v) else str(v)) if form is None else form(v) for v in values])
    heads = tuple(Head(label, form is not None) for _, label, form in columns)
    return TextTable(heads, tuple(zip(*cells, strict=True)) if len(shown) else ())
