"""What a slide says, before it is drawn: a finding, a chart or a table, points, source and definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from csatext.reporting.office.findings import named, words_of
from csatext.reporting.office.table_words import column_title, value_name
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Figure, Sentence, figure

__all__ = ["Bars", "SlidePlan", "SlideTable", "bars_of", "course_of"]

_MOST_BARS = 10
_MOST_PERIODS = 60
_LABEL = 12
"""Characters of a name beside an axis; the notes have it in full."""


@dataclass(frozen=True)
class Bars:
    """A native chart.

    Attributes
    ----------
    kind : str
        ``bar`` (lying), ``column`` or ``line``.
    names : tuple of str
        Categories as shown.
    said : str
        Name of the series.
    figures : tuple of Figure
        One a category.
    ends : tuple of (float, float)
        Interval of each, NaN where there is none; empty for no error bars.
    strong, grey : frozenset of int
        Places that are told apart: what the title is about; what is not complete.
    full : tuple of str
        Names as they are in the table, where they were shortened.
    left_out : int
        Rows that are not drawn.
    second : tuple of Figure
        A second series, with its name in ``second_said``.
    """

    kind: str
    names: tuple[str, ...]
    said: str
    figures: tuple[Figure, ...]
    ends: tuple[tuple[float, float], ...] = ()
    strong: frozenset[int] = frozenset()
    grey: frozenset[int] = frozenset()
    full: tuple[str, ...] = ()
    left_out: int = 0
    second: tuple[Figure, ...] = ()
    second_said: str = ""

    @property
    def form(self) -> str:
        """How the values are written."""
        return self.figures[0].form if self.figures else "number"


@dataclass(frozen=True)
class SlideTable:
    """A table on a slide: headers, cells (texts and figures), relative widths, rows that are not shown."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str | Figure | Sentence, ...], ...]
    widths: tuple[float, ...]
    left_out: int = 0


@dataclass(frozen=True)
class SlidePlan:
    """A slide.

    Attributes
    ----------
    chapter : str
    title : Sentence
        The finding.
    chart : Bars or None
    grid : SlideTable or None
    points : tuple of Sentence
        Beside the chart, or alone.
    tables : tuple of str
        Tables that it shows.
    n : str
        What was counted.
    definition : str
        For the notes.
    """

    chapter: str
    title: Sentence
    chart: Bars | None = None
    grid: SlideTable | None = None
    points: tuple[Sentence, ...] = ()
    tables: tuple[str, ...] = ()
    n: str = ""
    definition: str = ""


def _key(name: str, table: pd.DataFrame, dimensions: Sequence[str]) -> list[str]:
    keys = list(dimensions)
    for column in ("period", "figure", "signal", "polarity", "metric", "aspect"):
        if column in table.columns and column not in keys:
            keys.append(column)
    return keys


def bars_of(
    run: RunTables,
    name: str,
    *,
    column: str = "value",
    kind: str = "bar",
    by: str = "",
    rows: pd.DataFrame | None = None,
    strong: str = "",
    most: int = _MOST_BARS,
) -> Bars:
    """Return a table as bars: its first rows, or those given.

    Parameters
    ----------
    run : RunTables
    name : str
        Of the table.
    column : str
    kind : {"bar", "column"}
    by : str
        Column that names the bars; empty takes the dimension.
    rows : DataFrame, optional
        Rows of the table to draw, in order.
    strong : str
        Value of ``by`` that the title is about.
    most : int
        Bars at most.
    """
    words, table = words_of(run, name), run.tables[name]
    by = by or words.dimensions[0]
    used = table if rows is None else rows
    used = used[used[column].notna()]
    shown = used.head(most)
    keys = [by] if not shown[by].duplicated().any() else _key(name, table, words.dimensions)
    # Under columns there is no room for a counter.
    names = [
        f"{cell:g}" if kind == "column" and isinstance(cell, Number) else str(value_name(by, cell, {}))
        for cell in shown[by]
    ]
    form = "percent" if words.form(column) == "percent" else words.form(column)
    form = form if form in ("percent", "score", "whole", "number") else "number"
    ends: tuple[tuple[float, float], ...] = ()
    if column == "value" and {"low", "high"} <= set(shown.columns):
        ends = tuple(
            (float(low), float(high))
            for low, high in zip(_floats(shown["low"]), _floats(shown["high"]), strict=True)
        )
    return Bars(
        kind,
        tuple(named(one, _LABEL) for one in names),
        column_title(column),
        tuple(figure(name, row, keys, column, form) for row in shown.to_dict("records")),
        ends,
        frozenset(at for at, cell in enumerate(shown[by].map(str)) if cell == strong),
        full=tuple(one for one in names if len(one) > _LABEL),
        left_out=len(used) - len(shown),
    )


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy("float64", na_value=np.nan)


def course_of(run: RunTables, name: str, column: str = "value", kind: str = "line") -> Bars:
    """Return a table ``trend`` without dimensions as a chart over its last periods; incomplete ones grey."""
    table, words = run.tables[name], words_of(run, name)
    shown = table.tail(_MOST_PERIODS)
    form = "whole" if column == "n" else words.value_form
    grey: Any = shown["is_complete"].fillna(True)
    ends: tuple[tuple[float, float], ...] = ()
    if column == "value":
        ends = tuple(zip(_floats(shown["low"]).tolist(), _floats(shown["high"]).tolist(), strict=True))
    return Bars(
        kind,
        tuple(str(label) for label in shown["label"]),
        "联络数" if column == "n" else words.title.removeprefix("走势 "),
        tuple(figure(name, row, ["label"], column, form) for row in shown.to_dict("records")),
        ends,
        grey=frozenset(at for at, whole in enumerate(grey) if not whole),
        left_out=len(table) - len(shown),
    )
