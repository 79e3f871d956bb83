"""Sentences whose numbers know the cell of the table that they come from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from csatext.errors import ParameterError
from csatext.reporting.format import (
    format_number,
    format_p_value,
    format_percent,
    format_points,
    format_score,
    format_size,
    format_whole,
)

__all__ = ["FORMS", "Figure", "Sentence", "figure", "figures_in", "interval", "join", "key_text", "say"]

FORMS: Mapping[str, Callable[[Any], str]] = {
    "number": format_number,
    "whole": format_whole,
    "size": format_size,
    "percent": format_percent,
    "points": format_points,
    "score": format_score,
    "p": format_p_value,
}
"""How a number is written, by the name that a mark in a page carries."""


@dataclass(frozen=True)
class Figure:
    """A number as it is shown, and the cell that it comes from.

    Attributes
    ----------
    text : str
        The number in words: ``FORMS[form](value)``.
    table : str
        Name of the table, as in the folder of a run.
    row : tuple of (str, str or None)
        Columns that name the row, with its values as text; None where the value is missing. Empty in a table
        of one row.
    column : str
    value : float or None
        None where the cell is empty.
    form : str
        A key of :data:`FORMS`.
    """

    text: str
    table: str
    row: tuple[tuple[str, str | None], ...]
    column: str
    value: float | None
    form: str

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        marks = {
            "value": "" if self.value is None else repr(self.value),
            "data-table": self.table,
            "data-row": json.dumps(dict(self.row), ensure_ascii=False),
            "data-column": self.column,
            "data-form": self.form,
        }
        written = "".join(f' {name}="{escape(value)}"' for name, value in marks.items())
        return f'<data class="figure"{written}>{escape(self.text)}</data>'


Part = str | Figure


@dataclass(frozen=True)
class Sentence:
    """Words and figures in order; as text it reads like any sentence, as markup its figures are marked."""

    parts: tuple[Part, ...] = ()

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    def __html__(self) -> str:
        return Markup("").join(self.parts)

    def __bool__(self) -> bool:
        return any(map(str, self.parts))

    def __add__(self, other: str | Figure | Sentence) -> Sentence:
        return Sentence((*self.parts, *_parts(other)))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The numbers, in the order in which they are said."""
        return tuple(part for part in self.parts if isinstance(part, Figure))


def _parts(given: str | Figure | Sentence) -> tuple[Part, ...]:
    return given.parts if isinstance(given, Sentence) else (given,)


def say(template: str, **named: str | Figure | Sentence) -> Sentence:
    """Return a sentence: a template with the names of its parts in braces.

    Parameters
    ----------
    template : str
    **named : str, Figure or Sentence

    Raises
    ------
    ParameterError
        The template names a part that is not given.

    Examples
    --------
    >>> table = pd.DataFrame({"channel": ["电话"], "n": [1200], "value": [0.25]})
    >>> rate = figure("breakdown_channel", table.iloc[0], ["channel"], "value", "percent")
    >>> sentence = say("电话的{what}为 {rate}。", what="负面率", rate=rate)
    >>> str(sentence), sentence.figures[0].row
    ('电话的负面率为 25.0%。', (('channel', '电话'),))
    """
    parts: list[Part] = []
    for words, name, _, _ in Formatter().parse(template):
        if words:
            parts.append(words)
        if name is not None:
            if name not in named:
                raise ParameterError.not_allowed("template", name, list(named))
            parts.extend(_parts(named[name]))
    return Sentence(tuple(parts))


def join(separator: str, given: Iterable[str | Figure | Sentence]) -> Sentence:
    """Return parts with a separator between them."""
    parts: list[Part] = []
    for place, part in enumerate(given):
        parts.extend(([separator] if place else []) + list(_parts(part)))
    return Sentence(tuple(parts))


def key_text(value: Any) -> str | None:
    """Return how a row is named by a value of a key column; None where it is missing.

    Examples
    --------
    >>> key_text("电话"), key_text(2.0), key_text(None)
    ('电话', '2.0', None)
    """
    return None if pd.isna(value) else str(value)


def figure(
    table: str, row: Mapping[str, Any] | pd.Series, keys: Sequence[str], column: str, form: str
) -> Figure:
    """Return the number in a cell, as it is shown.

    Parameters
    ----------
    table : str
        Name of the table.
    row : mapping or Series
        The row.
    keys : sequence of str
        Columns that tell it from the other rows; none in a table of one row.
    column : str
    form : str
        A key of :data:`FORMS`.

    Raises
    ------
    ParameterError
        There is no such form.
    """
    if form not in FORMS:
        raise ParameterError.not_allowed("form", form, list(FORMS))
    value = row[column]
    number = None if pd.isna(value) else float(value)
    named = tuple((name, key_text(row[name])) for name in keys)
    return Figure(FORMS[form](number), table, named, column, number, form)


def interval(
    table: str,
    row: Mapping[str, Any] | pd.Series,
    keys: Sequence[str],
    form: str,
    ends: tuple[str, str] = ("low", "high"),
) -> Sentence:
    """Return both ends of an interval; a dash where one is missing."""
    low, high = (figure(table, row, keys, name, form) for name in ends)
    if low.value is None or high.value is None:
        return Sentence(("—",))
    return Sentence((low, " – ", high))


def figures_in(sentences: Iterable[str | Sentence]) -> Iterator[tuple[str, Figure]]:
    """Yield each number of some sentences, with its sentence."""
    for sentence in sentences:
        if isinstance(sentence, Sentence):
            yield from ((str(sentence), found) for found in sentence.figures)
