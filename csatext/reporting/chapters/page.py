"""What a page is made of: chapters, tables as rows of text, charts as specifications."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from csatext.plots.drawing import Chart, field_names
from csatext.reporting.sentences import FORMS, Figure, Sentence, key_text
from csatext.schema.aggregation import BREAKDOWN

__all__ = [
    "Block",
    "Columns",
    "Head",
    "Mark",
    "Picture",
    "Section",
    "TableSource",
    "TextTable",
    "as_breakdown",
    "picture",
    "text_table",
]

Columns = list[tuple[str, str, Callable[[Any], str] | None]]
"""Columns of a table that are shown: name, heading, and the form of its numbers (None: text as it is)."""
_FORM_NAMES = {form: name for name, form in FORMS.items()}
_LONG_TEXT = 24
"""Characters from which a column of text gets more room."""
_ROW_PIXELS, _AXIS_PIXELS = 22, 40
_LONGEST_CELL = 400
"""Characters of a cell: a name that is a page long is no name."""


class Head(NamedTuple):
    """Heading of a column."""

    label: str
    number: bool = False
    long: bool = False


class Mark(NamedTuple):
    """The cell of a table that a number on the page comes from: column, value and form."""

    column: str
    value: str
    form: str


class TableSource(NamedTuple):
    """The table that rows on the page come from, and the columns that tell its rows apart."""

    name: str
    table: pd.DataFrame
    keys: Sequence[str]


@dataclass(frozen=True)
class TextTable:
    """A table ready to be shown; cells are text, escaped by the page.

    Attributes
    ----------
    heads : tuple of Head
    rows : tuple of tuple of str
    left_out : int
        Rows that are not shown.
    name : str
        The table of the run that it shows; empty where it shows none.
    keys : tuple of str
        What names each row there, as JSON; empty where ``name`` is.
    marks : tuple of tuple of (Mark or None)
        For each cell; empty where ``name`` is.
    """

    heads: tuple[Head, ...]
    rows: tuple[tuple[Any, ...], ...]
    left_out: int = 0
    name: str = ""
    keys: tuple[str, ...] = ()
    marks: tuple[tuple[Mark | None, ...], ...] = ()


@dataclass
class Picture:
    """A chart of :mod:`csatext.plots`, as the page draws it.

    Attributes
    ----------
    spec : dict
        In Vega-Lite.
    alt : str
        What it shows, for those who do not see it.
    notes : tuple of str
        What stands below it.
    fields : dict of str to str
        Dimension -> field of the chart: a click on a mark chooses the cases of its value.
    height : int
        Pixels that the page keeps free until it is drawn.
    place : int
        Its number on the page, given when the page is put together.
    """

    spec: dict[str, Any]
    alt: str
    notes: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    height: int = 0
    place: int = 0


@dataclass(frozen=True)
class Block:
    """A chart and a table under one heading.

    ``folded`` puts the table behind its words; what is ``minor`` is not printed.
    """

    title: str = ""
    picture: Picture | None = None
    table: TextTable | None = None
    folded: str = ""
    note: str | Sentence = ""
    cases: Any = None
    name: str = ""
    minor: bool = False

    @property
    def label(self) -> str:
        """What the table is called, where it has no heading of its own."""
        return self.name or self.title or self.folded


@dataclass(frozen=True)
class Section:
    """A chapter of the report."""

    title: str
    blocks: tuple[Block, ...] = ()
    note: str | Sentence = ""
    cards: tuple[Mapping[str, str | Figure], ...] = ()
    sentences: tuple[str | Sentence, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str | Sentence], ...] = ()
    id: str = ""


def text_table(
    frame: pd.DataFrame, columns: Columns, most: int = 50, source: TableSource | None = None
) -> TextTable:
    """Return the first rows of a frame as text.

    Parameters
    ----------
    frame : DataFrame
    columns : list of (name, label, form)
        ``form`` turns a value into text and marks the column as numeric; None shows it as it is.
    most : int, default 50
    source : TableSource, optional
        The table of the run that ``frame`` shows: its numbers are marked with the cells they come from.
    """
    shown = frame.head(most)
    cells = [[_cell(value, form) for value in shown[name]] for name, _, form in columns]
    heads = tuple(
        Head(label, form is not None, form is None and any(len(str(text)) > _LONG_TEXT for text in column))
        for (_, label, form), column in zip(columns, cells, strict=True)
    )
    rows = tuple(zip(*cells, strict=True)) if len(shown) else ()
    left_out = len(frame) - len(shown)
    if source is None or not len(shown):
        return TextTable(heads, rows, left_out)
    keys = tuple(
        json.dumps({name: key_text(row[name]) for name in source.keys}, ensure_ascii=False)
        for row in shown[list(source.keys)].to_dict("records")
    )
    marks = [
        [_mark(name, value, form) for value in shown[name]]
        if form is not None and name in source.table.columns
        else [None] * len(shown)
        for name, _, form in columns
    ]
    return TextTable(heads, rows, left_out, source.name, keys, tuple(zip(*marks, strict=True)))


def _mark(column: str, value: Any, form: Callable[[Any], str]) -> Mark | None:
    return None if pd.isna(value) else Mark(column, repr(float(value)), _FORM_NAMES.get(form, ""))


def _cell(value: Any, form: Callable[[Any], str] | None) -> Any:
    if isinstance(value, Sentence):
        return value
    if form is not None:
        return form(value)
    text = "—" if pd.isna(value) else str(value)
    return text if len(text) <= _LONGEST_CELL else text[:_LONGEST_CELL] + "…"


def picture(
    chart: Chart,
    alt: str,
    *notes: str,
    opens: tuple[pd.DataFrame, Sequence[str]] | None = None,
    rows: int = 0,
) -> Picture:
    """Return a chart for the page, its own notes below it.

    Parameters
    ----------
    chart : altair.Chart
        Of a function of :mod:`csatext.plots`.
    alt : str
        What it shows, in a sentence.
    *notes : str
        Further lines below it.
    opens : (DataFrame, sequence of str), optional
        The table that was drawn, and the dimensions whose cases a click opens.
    rows : int, default 0
        Rows of bars, by which its height is foreseen.
    """
    spec = chart.to_dict(validate=False)
    spec.pop("$schema", None)  # an address, and the page draws with the library it carries
    title = spec.get("title")
    below = title.get("subtitle", []) if isinstance(title, Mapping) else []
    fields: dict[str, str] = {}
    if opens is not None:
        named = field_names(opens[0])
        fields = {name: named[name] for name in opens[1]}
    height = rows * _ROW_PIXELS + _AXIS_PIXELS if rows else int(spec.get("height", 280))
    return Picture(spec, alt, (*below, *notes), fields, height)


def as_breakdown(cells: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """Return cells with their rates as a table that :func:`csatext.plot_breakdown` draws, without tests.

    Examples
    --------
    >>> cells = pd.DataFrame({"polarity": ["negative"], "value": [0.5], "low": [0.2], "high": [0.8], "n": 9})
    >>> as_breakdown(cells, "polarity")["suppressed"].tolist()
    [False]
    """
    names = [column.name for column in BREAKDOWN.columns]
    drawn = cells.reindex(columns=[dimension, *names])
    drawn["rank"] = range(1, len(drawn) + 1)
    drawn = drawn.assign(small=False, suppressed=False)
    drawn.attrs = dict(cells.attrs)
    return drawn
