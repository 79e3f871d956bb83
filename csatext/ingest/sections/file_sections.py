"""Files that are too large to be read whole: how they are laid out, and their sections one after another."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from csatext.errors import InputError
from csatext.ingest.any_input import are_dialogues
from csatext.ingest.columns.headers import kind_of, map_columns, with_joined_text
from csatext.ingest.columns.values import as_identifiers, as_text
from csatext.ingest.formats.database import query_chunks
from csatext.ingest.formats.delimited import find_layout
from csatext.ingest.formats.encodings import BYTES, decode, found_encoding
from csatext.ingest.formats.files import refuse_swelling, stream_bytes
from csatext.ingest.formats.json_parquet import size_of_strings
from csatext.ingest.formats.json_values import loads
from csatext.ingest.formats.registry import Source
from csatext.ingest.options import ReadOptions
from csatext.ingest.sections.dialogue_sections import cells_of, whole_dialogues
from csatext.ingest.sections.read_section import raw_section
from csatext.ingest.sections.record_cuts import cut_records
from csatext.ingest.sections.section import MOST_ROWS, InputSection, ReadingPlan
from csatext.ingest.turns import turns_of_sources
from csatext.regular_files import special_file

__all__ = ["is_large", "plan_of_cells", "query_sections", "reading_plan", "sections_of"]

_LARGE, _LARGE_PACKED, _LARGE_ROWS = 32 << 20, 8 << 20, 100_000
"""Bytes, packed bytes and rows of Parquet from which on a file is read in sections: with less than this the
whole takes about 200 MB."""
_HEAD = 4 << 20
_ROWS_AT_ONCE, _CELLS = 500, 16 << 20
"""Rows of Parquet or a query that are unpacked at once, and bytes of a section of them: a dictionary may hold
one text that stands in every row."""
_LINES = 5
"""Lines at the beginning that show whether a file is JSON lines."""
_WHOLE = 0.9
"""Share of records that name a dialogue of their own, from which on each holds a whole one."""
_DAY_MONTH_YEAR = re.compile(r"^\D{0,3}(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})(?!\d)")
_MONTHS = 12
_Piece = TypeVar("_Piece")
_BYTE_ENCODINGS = ("utf-8", "utf-8-sig", *BYTES)


def is_large(path: Path) -> bool:
    """Return whether a file is to be read in sections, if it can be.

    Examples
    --------
    >>> is_large(Path("missing.csv"))
    False
    """
    if special_file(path) is not None:
        return False
    try:
        size = path.stat().st_size
        if path.suffix.lower() in (".parquet", ".pq"):
            return size > _LARGE or pq.read_metadata(path).num_rows > _LARGE_ROWS
    except (OSError, ValueError, pa.ArrowException):
        return False
    return size > (_LARGE_PACKED if path.suffix.lower() == ".gz" else _LARGE)


def reading_plan(path: Path, name: str, options: ReadOptions) -> ReadingPlan | None:
    """Return how the sections of a file are read; None where it must be read whole.

    Delimited files, JSON lines (both also packed by gzip, or in UTF-16 with its mark) and Parquet have
    sections; workbooks, pages, JSON documents and transcripts have none.

    Parameters
    ----------
    path : Path
    name : str
        As :class:`csatext.ingest.formats.registry.Source` has it.
    options : ReadOptions

    Raises
    ------
    CsatextError
        As reading the beginning raises it.
    """
    if _is_parquet(path):
        return plan_of_cells(lambda: _parquet(path), name, options)
    head = _head(path)
    if head is None:
        return None
    if _is_wide(_beginning(path)):
        options = replace(options, encoding="")  # its pieces are UTF-8
    source = Source(name, path, options, content=head)
    encoding = found_encoding(head, options.encoding)
    if source.error is not None or encoding not in _BYTE_ENCODINGS:
        return None
    text, _ = decode(head, path, options.encoding or None)
    if source.form == "json" and _is_lines(text):
        plan = ReadingPlan(name, "lines", encoding=encoding)
    elif source.form == "delimited":
        layout = find_layout(text, path, options.delimiter or None)[1]
        skip = layout.body_line - 1
        plan = ReadingPlan(name, "delimited", False, encoding, layout._replace(body=0), skip)
    else:
        return None
    return _settled(source, plan, options, lambda: _records(path, plan))


def plan_of_cells(
    sections: Callable[[], Iterator[InputSection]], name: str, options: ReadOptions
) -> ReadingPlan | None:
    """Return how sections of cells are read; None where there is no row, or they must be read together.

    Parameters
    ----------
    sections : callable
        Gives the sections from the first, each time it is called.
    name : str
        Of the input.
    options : ReadOptions

    Raises
    ------
    CsatextError
        As reading the first section raises it.
    """
    plan = ReadingPlan(name, "table")
    first = next(sections(), None)
    if first is None:
        return None
    source = Source(name, options=options, raw=raw_section(first, plan, options))
    return _settled(source, plan, options, sections)


def sections_of(path: Path, plan: ReadingPlan, options: ReadOptions) -> Iterator[InputSection]:
    """Yield the sections of a file, in order.

    Parameters
    ----------
    path : Path
    plan : ReadingPlan
        From :func:`reading_plan`.
    options : ReadOptions

    Raises
    ------
    InputError
        The file is damaged, or no longer there.
    """

    def found() -> Iterator[InputSection]:
        return _parquet(path) if plan.form == "table" else _records(path, plan)

    return whole_dialogues(found, plan, options) if plan.conversation else found()


def query_sections(url: str, query: str) -> Iterator[InputSection]:
    """Yield the rows of a query in sections.

    Parameters
    ----------
    url, query
        As :func:`csatext.ingest.formats.database.query_chunks` takes them.

    Raises
    ------
    InputError, ParameterError
        As there.
    """
    pieces = (
        (chunk, len(chunk), int(chunk.memory_usage(index=False, deep=True).sum()))
        for chunk in query_chunks(url, query, min(_ROWS_AT_ONCE, MOST_ROWS))
    )
    for held, row in _grouped(pieces):
        yield InputSection(cells_of(pd.concat(held, ignore_index=True)), row)


# The beginning of a file


def _beginning(path: Path) -> bytes:
    return next(stream_bytes(path), b"")


def _is_parquet(path: Path) -> bool:
    return _beginning(path).startswith(b"PAR1")


def _is_wide(beginning: bytes) -> bool:
    """Return whether bytes begin with the mark of UTF-16."""
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return beginning.startswith(marks) and not beginning.startswith(codecs.BOM_UTF32_LE)


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the content of a file piece by piece; UTF-16 with its mark becomes UTF-8."""
    pieces = stream_bytes(path)
    first = next(pieces, b"")
    whole = chain([first], pieces)
    if _is_wide(first):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        return (decoder.decode(piece).encode() for piece in whole)
    return whole


def _head(path: Path) -> bytes | None:
    """Return whole lines from the beginning of a file; None where there are none."""
    head = b""
    for piece in _pieces(path):
        head += piece
        if len(head) >= _HEAD:
            break
    delimiter = None if head.lstrip().startswith(b"{") else ","
    sections = cut_records([head[:_HEAD]], path.name, delimiter=delimiter)
    first = next(sections, None)
    return first.content if first is not None and isinstance(first.content, bytes) else None


def _is_lines(text: str) -> bool:
    """Return whether a text has a record of JSON on its first lines."""
    lines = [line for line in text.split("\n", _LINES)[:_LINES] if line.strip()]
    try:
        return bool(lines) and all(isinstance(loads(line), dict) for line in lines)
    except ValueError:
        return False


def _settled(
    source: Source, plan: ReadingPlan, options: ReadOptions, again: Callable[[], Iterator[InputSection]]
) -> ReadingPlan | None:
    """Return a plan with what the beginning of the input tells of its columns."""
    if are_dialogues([source], plan.name, options):
        return _of_dialogues(source, replace(plan, dialogues=True), options)
    frame = source.raw.frame
    versions = options.duplicates in ("last", "latest")
    joined, _ = with_joined_text(frame, options.columns, plan.name)
    mapped, _ = map_columns(frame, options.columns, plan.name, versions)
    names = dict(zip(map(str, joined.columns), map(str, mapped.columns), strict=True))
    found = replace(plan, names=names, dayfirst=options.dayfirst)
    timed = [name for name in joined if kind_of(names[str(name)]) == "time"]
    if options.dayfirst is None and any(_orders(frame[name]) is not None for name in timed if name in frame):
        return replace(found, dayfirst=_proven_order(again(), found, options, timed))
    return found


def _of_dialogues(source: Source, plan: ReadingPlan, options: ReadOptions) -> ReadingPlan | None:
    """Return the plan of dialogues; None where turns cannot be told apart by one column, row after row."""
    found = replace(plan, dayfirst=options.dayfirst)
    turns = turns_of_sources([source], plan.name, options)
    frame = source.raw.frame
    ids = set(turns["doc_id"])
    for name in frame.columns:
        if set(as_identifiers(frame[name]).dropna()) >= ids:
            return replace(found, conversation=str(name))
    # A record for each dialogue, its turns inside it.
    return found if plan.form == "lines" and len(ids) >= _WHOLE * len(frame) else None


def _orders(column: pd.Series) -> tuple[int, int] | None:
    """Return how many cells can only have the day first, and the month; None where there is no such form."""
    parts = as_text(column).str.extract(_DAY_MONTH_YEAR)[[0, 1]].dropna()
    if parts.empty:
        return None
    first, second = parts[0].astype(np.int64), parts[1].astype(np.int64)
    return int((first > _MONTHS).sum()), int((second > _MONTHS).sum())


def _proven_order(
    sections: Iterable[InputSection], plan: ReadingPlan, options: ReadOptions, timed: Sequence[object]
) -> bool | None:
    """Return whether the day comes first in the dates of an input; None where no cell proves it."""
    day_first = month_first = 0
    for section in sections:
        frame = raw_section(section, plan, options).frame
        for name in timed:
            found = _orders(frame[name]) if name in frame else None
            if found is not None:
                day_first, month_first = day_first + found[0], month_first + found[1]
    return None if day_first == month_first == 0 else day_first > month_first


# Sections


def _records(path: Path, plan: ReadingPlan) -> Iterator[InputSection]:
    delimiter = None if plan.layout is None else plan.layout.delimiter or ","
    return cut_records(_pieces(path), plan.name, skip=plan.skip, delimiter=delimiter)


def _parquet(path: Path) -> Iterator[InputSection]:
    try:
        with pq.ParquetFile(path) as file:
            for held, row in _grouped(_batches(file, path)):
                yield InputSection(pa.Table.from_batches(held), row)
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError.unreadable(path, "不是完整的 Parquet 文件", "请重新导出") from error


def _batches(file: pq.ParquetFile, path: Path) -> Iterator[tuple[pa.RecordBatch, int, int]]:
    """Yield the batches of a file, each with its rows and bytes."""
    unpacked, packed = 0, path.stat().st_size
    for batch in file.iter_batches(batch_size=min(_ROWS_AT_ONCE, MOST_ROWS)):
        size = _size_of(batch)
        unpacked += size
        refuse_swelling(unpacked, packed, path)
        yield batch, batch.num_rows, size


def _grouped(pieces: Iterable[tuple[_Piece, int, int]]) -> Iterator[tuple[list[_Piece], int]]:
    """Yield as many pieces at a time as a section may hold, and the rows before them.

    A piece comes with its rows and bytes.
    """
    held: list[_Piece] = []
    before = rows = size = 0
    for piece, more_rows, more in pieces:
        if held and (rows + more_rows > MOST_ROWS or size + more > _CELLS):
            yield held, before
            before, rows, size, held = before + rows, 0, 0, []
        held.append(piece)
        rows, size = rows + more_rows, size + more
    if held:
        yield held, before


def _are_texts(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _size_of(batch: pa.RecordBatch) -> int:
    """Return the bytes of cells, those of a dictionary where they stand."""
    return sum(
        size_of_strings(column)
        if pa.types.is_dictionary(column.type) and _are_texts(column.type.value_type)
        else column.nbytes
        for column in batch.columns
    )
