"""One entry of a lexicon, and how checked rows become entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from csatext.errors import LexiconError

__all__ = ["NUMERIC", "Entry", "build", "written"]

_COMMENTARY = frozenset({"source", "note"})
"""Columns about the entry, not of it: unlike values in them are no contradiction."""

_LONGEST_TERM = 500
"""Characters of a word: what is longer is a text in the wrong column or a file without line ends."""

NUMERIC = {
    "valence": (-1.0, 1.0),
    "factor": (0.0, 5.0),
    "level": (1.0, 3.0),
    "freq": (0.0, 1e12),
    "points": (1.0, 5.0),
}
"""Columns that hold numbers, each with its smallest and largest value."""


@dataclass(frozen=True)
class Entry:
    """One fact of a lexicon, and where it was read.

    Attributes
    ----------
    term : str
        The word, without blanks around it.
    values : tuple of (str, str or float)
        Column and value, empty cells left out.
    file : str
        File it was read from; empty for an entry made in memory. Not compared.
    line : int
        Line of that file (or row of the table), from 1. Not compared.
    """

    term: str
    values: tuple[tuple[str, str | float], ...] = ()
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    def get(self, column: str) -> str | float | None:
        """Return the value in ``column``, None where it is empty."""
        return dict(self.values).get(column)

    def agrees(self, other: Entry) -> bool:
        """Whether both state the same, remarks (``source``, ``note``) left aside."""
        mine, theirs = (
            {column: value for column, value in entry.values if column not in _COMMENTARY}
            for entry in (self, other)
        )
        return self.term == other.term and mine == theirs


def build(
    origin: str, header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries of checked rows, sorted and each term once, and the value columns.

    Parameters
    ----------
    origin : str
        Name of the file or table, for messages and provenance.
    header : sequence of str
        ``term`` and the names of the value columns.
    rows : iterable of (int, sequence of str)
        Line number from 1, and a cell for each column.

    Raises
    ------
    LexiconError
        A term is empty, a number is out of range, or two rows contradict each other.

    Examples
    --------
    >>> build("my.tsv", ["term", "valence"], [(2, ["秒回", "0.8"])])[0][0].get("valence")
    0.8
    """
    found: dict[str, Entry] = {}
    at = header.index("term")
    kept = [(place, name) for place, name in enumerate(header) if name != "term"]
    for line, cells in rows:
        term = cells[at]
        if not term:
            raise LexiconError.bad_line(origin, line, "词（term 列）是空的；请补上词，或删去这一行")
        if len(term) > _LONGEST_TERM:
            why = f"词有 {len(term):,} 个字，上限 {_LONGEST_TERM}；请每行一个词"
            raise LexiconError.bad_line(origin, line, why)
        values = tuple(
            [
                (name, _value(origin, line, name, cells[place]) if name in NUMERIC else cells[place])
                for place, name in kept
                if cells[place]
            ]
        )
        entry = Entry(term, values, origin, line)
        known = found.setdefault(term, entry)
        if known is not entry and not known.agrees(entry):
            why = f"「{term}」在第 {known.line} 行已有不同的取值；请只留一行"
            raise LexiconError.bad_line(origin, line, why)
    columns = tuple(name for name in header if name != "term")
    return tuple(found[term] for term in sorted(found)), columns


def _value(origin: str, line: int, column: str, cell: str) -> float:
    """Return the number that a cell holds."""
    low, high = NUMERIC[column]
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        why = f"列「{column}」的值「{cell}」不可用；应为 {low:g} 到 {high:g} 之间的数"
        raise LexiconError.bad_line(origin, line, why)
    return number


def written(value: str | float | None) -> str:
    """Return a value as a file holds it.

    Examples
    --------
    >>> written(3.0), written(-0.75), written(None)
    ('3', '-0.75', '')
    """
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value or ""
