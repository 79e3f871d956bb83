"""Result tables as rows of text for a page: labels in Chinese, shares in per cent, missing as a dash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from csatext.reporting.charts.svg import Chart
from csatext.reporting.sentences import Figure, Sentence

__all__ = ["Block", "Head", "Section", "TextTable", "as_markup", "text_table"]


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
    note: str | Sentence = ""
    cards: tuple[Mapping[str, str | Figure], ...] = ()
    sentences: tuple[Sentence, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()


def as_markup(chart: Chart) -> Markup:
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
