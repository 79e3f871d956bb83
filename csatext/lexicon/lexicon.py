"""The one class that reads, joins and writes word lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from os import PathLike
from pathlib import Path
from typing import Literal

import pandas as pd

from csatext.argument_types import as_path
from csatext.errors import InputError, LexiconError, ParameterError
from csatext.lexicon.entries import NUMERIC, Entry, build, written
from csatext.lexicon.paths import find, is_shipped, shipped_name
from csatext.lexicon.reader import SUFFIXES, check_header, read_rows

__all__ = ["Lexicon"]

Conflict = Literal["theirs", "ours", "error"]

_SENTIMENT = ("polarity", "negators", "intensifiers")
_CONFLICTS = ("theirs", "ours", "error")
_KEPT = 16
"""Shipped lists kept in memory: every tokenizer and vectorizer reads the same few."""


@dataclass(frozen=True, repr=False)
class Lexicon:
    """A list of terms, each with its values and its provenance; never changes once made.

    Two lexicons are equal when they hold the same terms and values, wherever these were read.

    Parameters
    ----------
    entries : tuple of Entry
        Sorted by term, each term once.
    columns : tuple of str
        Names of the value columns, in the order of the file.

    Examples
    --------
    >>> negators = Lexicon.load("negators")
    >>> "没有" in negators, "客服" in negators
    (True, False)
    """

    entries: tuple[Entry, ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        path: str | PathLike[str] | None = None,
        *,
        encoding: str | None = None,
        on_conflict: Conflict = "error",
    ) -> Lexicon:
        """Return the lexicon of a shipped list, a file, or every list of a folder.

        A file is TSV or CSV with a header line (English or Chinese names, first column ``term``), or has no
        header: one word a line, or ``word freq tag`` as jieba's user dictionaries. Without a header,
        ``iPhone 15`` is a term (a count after a Latin word is too like a model name), ``退款 15`` is not.
        Byte-order marks, CRLF, UTF-8, UTF-16, GB18030 and Big5 are recognised. Empty lines and lines that
        start with ``#`` are skipped; with a header, a term may start with ``#`` inside double quotes.

        Parameters
        ----------
        path : str or pathlib.Path, optional
            Name of a shipped list (``"polarity"``, ``"stopwords"``, ``"terms/telecom"``, ``"terms"``), or a
            path. None reads the three shipped lists that sentiment uses: polarity (column ``valence``),
            negators (``scope``) and intensifiers (``factor``).
        encoding : str, optional
            Overrides the recognition.
        on_conflict : {"error", "ours", "theirs"}
            In a folder, what to do when two files disagree about a term: raise, keep the earlier file's
            entry, or take the later one's (order of paths). Inside one file a contradiction is an error.

        Returns
        -------
        Lexicon

        Raises
        ------
        LexiconError
            A line cannot be used; the message names file and line.
        InputError
            There is no such file or list.
        ParameterError
            ``on_conflict`` is none of the three.

        Examples
        --------
        >>> Lexicon.load("intensifiers")["非常"].get("factor") > 1
        True
        """
        if path is None:
            return reduce(cls.merge, (cls.load(name) for name in _SENTIMENT))
        _check_conflict(on_conflict)
        root = find(path if isinstance(path, str) else as_path(path))
        if encoding is None and is_shipped(root):
            return _shipped(root, on_conflict)
        return _read(root, encoding, on_conflict)

    @classmethod
    def from_table(cls, table: pd.DataFrame, *, origin: str = "") -> Lexicon:
        """Return the lexicon of a table with a column ``term``; ``file`` and ``line`` columns are not read.

        Parameters
        ----------
        table : DataFrame
            A row an entry. Missing and empty cells are left out.
        origin : str
            Name given as the provenance of the entries, with the row's position from 1.

        Returns
        -------
        Lexicon

        Raises
        ------
        LexiconError
            No ``term`` column, an empty term, a bad number, or a contradiction.

        Examples
        --------
        >>> Lexicon.from_table(pd.DataFrame({"term": ["随心选", "亲情号"]})).terms
        ('亲情号', '随心选')
        """
        kept = table.drop(columns=[c for c in ("file", "line") if c in table.columns])
        header = [str(name) for name in kept.columns]
        cells = kept.astype(object).where(kept.notna(), "").astype(str)
        rows = enumerate(cells.itertuples(index=False, name=None), start=1)
        return cls(*build(origin, check_header(origin, 1, header), rows))

    @cached_property
    def _index(self) -> dict[str, Entry]:
        return {entry.term: entry for entry in self.entries}

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms, sorted."""
        return tuple(entry.term for entry in self.entries)

    @property
    def table(self) -> pd.DataFrame:
        """A row an entry: ``term``, the value columns, ``file`` and ``line`` of the source (a new frame)."""
        data: dict[str, pd.Series] = {"term": pd.Series(self.terms, dtype="str")}
        values = [dict(entry.values) for entry in self.entries]
        for name in self.columns:
            cells = [row.get(name) for row in values]
            data[name] = pd.Series(cells, dtype="float64" if name in NUMERIC else "str")
        data["file"] = pd.Series([entry.file for entry in self.entries], dtype="str")
        data["line"] = pd.Series([entry.line for entry in self.entries], dtype="int64")
        return pd.DataFrame(data)

    def merge(self, other: Lexicon, on_conflict: Conflict = "theirs") -> Lexicon:
        """Return a lexicon with the entries of both; neither is changed.

        Entries are taken whole. Those that agree keep ours; remarks (``source``, ``note``) are not compared.

        Parameters
        ----------
        other : Lexicon
            The list to add, usually the user's own.
        on_conflict : {"theirs", "ours", "error"}
            Which entry stays when both hold a term with unlike values.

        Returns
        -------
        Lexicon
            A new one.

        Raises
        ------
        LexiconError
            With ``on_conflict="error"``: names the term and both places.
        ParameterError
            ``on_conflict`` is none of the three.

        Examples
        --------
        >>> mine = Lexicon.from_table(pd.DataFrame({"term": ["给力"], "valence": [0.9]}))
        >>> Lexicon.load("polarity").merge(mine)["给力"].get("valence")
        0.9
        """
        _check_conflict(on_conflict)
        joined = dict(self._index)
        for entry in other.entries:
            known = joined.get(entry.term)
            if known is not None and on_conflict == "error" and not known.agrees(entry):
                place = f"与「{known.file}」第 {known.line} 行的「{known.term}」取值不同"
                why = f'{place}；请改成一致，或用 on_conflict="ours" 或 "theirs" 指定留下哪一个'
                raise LexiconError.bad_line(entry.file, entry.line, why)
            if known is None or (on_conflict == "theirs" and not known.agrees(entry)):
                joined[entry.term] = entry
        columns = (*self.columns, *(name for name in other.columns if name not in self.columns))
        return Lexicon(tuple(joined[term] for term in sorted(joined)), columns)

    def save(self, path: str | Path) -> Path:
        """Write the list as UTF-8 with a header: TSV, or CSV where the path ends in ``.csv``.

        ``Lexicon.load`` of the file gives an equal lexicon.

        Parameters
        ----------
        path : str or pathlib.Path
            Replaced as a whole.

        Returns
        -------
        pathlib.Path
            The path.

        Examples
        --------
        >>> import tempfile
        >>> ours = Lexicon.from_table(pd.DataFrame({"term": ["亲情号"]}))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Lexicon.load(ours.save(Path(folder) / "ours.tsv")).table["term"].tolist()
        ['亲情号']
        """
        target = Path(path)
        buffer = io.StringIO()
        comma = "," if target.suffix.lower() == ".csv" else "\t"
        plain, quoted = (
            csv.writer(buffer, delimiter=comma, lineterminator="\n", quoting=quoting)
            for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
        )
        plain.writerow(["term", *self.columns])
        for entry in self.entries:
            cells = [written(entry.get(name)) for name in self.columns]
            (quoted if entry.term.startswith("#") else plain).writerow([entry.term, *cells])
        target.write_text(buffer.getvalue(), encoding="utf-8", newline="")
        return target

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.terms)

    def __contains__(self, term: object) -> bool:
        return term in self._index

    def __getitem__(self, term: str) -> Entry:
        return self._index[term]

    def __repr__(self) -> str:
        return f"Lexicon(terms={len(self):,}, columns={list(self.columns)})"


def _check_conflict(given: object) -> None:
    if given not in _CONFLICTS:
        raise ParameterError.not_allowed("on_conflict", given, _CONFLICTS)


@lru_cache(maxsize=_KEPT)
def _shipped(root: Path, on_conflict: Conflict) -> Lexicon:
    return _read(root, None, on_conflict)


def _read(root: Path, encoding: str | None, on_conflict: Conflict) -> Lexicon:
    if not root.is_dir():
        return _read_file(root, encoding)
    files = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not files:
        raise InputError.unreadable(root, "文件夹里没有 .tsv、.csv 或 .txt 词表", "请放入词表或换一个路径")
    return reduce(lambda a, b: a.merge(b, on_conflict), (_read_file(file, encoding) for file in files))


def _read_file(path: Path, encoding: str | None) -> Lexicon:
    header, rows = read_rows(path, encoding)
    return Lexicon(*build(shipped_name(path), header, rows))
