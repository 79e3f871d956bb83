"""Result tables as rows of text for a page: labels in Chinese, shares in per cent, missing as a dash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from csatext.reporting.charts.svg import Chart

__all__ = [
    "Block",
    "Head",
    "Section",
    "TextTable",
    "chance",
    "drawn",
    "interval",
    "number",
    "ranges",
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
    """A table ready to be shown; cells are text, escaped by the page, or finished markup."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True)
class Block:
    """A chart, a table and quotations under one heading; ``folded`` hides table and quotations at first."""

    title: str = ""
    chart: Markup | None = None
    table: TextTable | None = None
    folded: str = ""
    quotes: tuple[Mapping[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A chapter of the report."""

    title: str
    blocks: tuple[Block, ...] = ()
    note: str = ""
    cards: tuple[Mapping[str, str], ...] = ()
    sentences: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()


def number(value: Any) -> str:
    """Return a count or measure: thousands separated, two decimals only where it is not whole.

    Examples
    --------
    >>> number(1234), number(4.256), number(None)
    ('1,234', '4.26', '—')
    """
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
    """Return a difference of shares in percentage points.

    Examples
    --------
    >>> signed_share(-0.012)
    '-1.2 个百分点'
    """
    return "—" if pd.isna(value) else f"{value * 100:+.1f} 个百分点"


def chance(value: Any) -> str:
    """Return a p or q value.

    Examples
    --------
    >>> chance(0.0312), chance(1e-9)
    ('0.031', '<0.001')
    """
    if pd.isna(value):
        return "—"
    return "<0.001" if value < 0.001 else f"{value:.2g}"


def interval(low: Any, high: Any, form: Callable[[Any], str]) -> str:
    """Return an interval."""
    return "—" if pd.isna(low) or pd.isna(high) else f"{form(low)} – {form(high)}"


def ranges(table: pd.DataFrame, form: Callable[[Any], str]) -> list[str]:
    """Return the interval of each row of a table with ``low`` and ``high``."""
    return [interval(low, high, form) for low, high in zip(table["low"], table["high"], strict=True)]


def drawn(chart: Chart) -> Markup:
    """Return a chart as markup that the page does not escape; its words are escaped already."""
    return Markup(chart.svg)


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
    cells = [[_cell(value, form) for value in shown[name]] for name, _, form in columns]
    heads = tuple(Head(label, form is not None) for _, label, form in columns)
    rows = tuple(zip(*cells, strict=True)) if len(shown) else ()
    return TextTable(heads, rows, len(frame) - len(shown))


def _cell(value: Any, form: Callable[[Any], str] | None) -> str:
    if isinstance(value, Markup):
        return value
    if form is not None:
        return form(value)
    return "—" if pd.isna(value) else str(value)
