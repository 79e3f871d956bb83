"""JSON, JSON lines and Parquet: records with names, nested ones flattened to dotted columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from io import BytesIO
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson
import pyarrow.parquet as pq

from csatext.errors import InputError
from csatext.ingest.columns.values import plain_cell
from csatext.ingest.formats.encodings import decode_bytes
from csatext.ingest.formats.json_values import (
    TooDeepError,
    TooLargeError,
    flat,
    json_lines,
    loads,
    pieces,
    records,
)
from csatext.ingest.formats.limits import LARGEST_FILE, MOST_CELLS, MOST_COLUMNS
from csatext.ingest.raw_table import RAW_LIMIT, Note, RawTable, Reject, refuse_wide
from csatext.ingest.repair.table_cleanup import chosen_names, unread_columns
from csatext.regular_files import in_megabytes
from csatext.strings import places

__all__ = ["looks_like_json", "raw_of_table", "read_json", "read_parquet", "size_of_strings"]

_GLANCE = 100_000
_WHAT = "请给出对象的数组，或每行一个对象"
_LOOKED_AT = 10_000
"""Keys among which known headers are looked for, beside the commonest."""
_MOST_REJECTS = 1_000_000
"""Values of a JSON file that are no records, above which the file is none of records."""
_TWO = 2
_SAMPLED = 500
"""Lines, spread over the file, whose values tell the types of all."""
_BLOCK = 1 << 24
_LINE_END, _OPENING = ord("\n"), ord("{")
_TYPES = {str: pa.large_string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
_VAST = 1e15
"""Whole numbers from here on are read as they are written, never as floats."""


def _frame(records: list[dict[str, Any]], path: object, notes: list[Note]) -> pd.DataFrame:
    """Return a column for each key; of too many those whose names are known, then the commonest."""
    refuse_wide(max(map(len, records)), path)
    times: Counter[str] = Counter()
    for record in records:
        times.update(record.keys())
    names = list(times)
    if len(names) > MOST_COLUMNS:
        common = [name for name, _ in times.most_common(MOST_COLUMNS)]
        kept = set(chosen_names([], [*common, *islice(times, _LOOKED_AT)]))
        notes.append(unread_columns([name for name in names if name not in kept], len(names)))
        names = [name for name in names if name in kept]
    frame = pd.DataFrame({name: pd.Series([r.get(name) for r in records], dtype=object) for name in names})
    return frame if len(frame.columns) else pd.DataFrame(index=range(len(records)))


def looks_like_json(text: str) -> bool:
    """Return whether a text without a telling file ending is a JSON document or JSON lines.

    Examples
    --------
    >>> looks_like_json('{"text": "慢"}'), looks_like_json("[微笑] 不错")
    (True, False)
    """
    head = text[:_GLANCE].lstrip()
    if not head.startswith(('{"', "{ ", "{\n", "[{", "[\n", '["', "[ ")):
        return False
    try:
        return isinstance(loads(head.partition("\n")[0]), dict | list)
    except ValueError:
        return len(text) <= _GLANCE and _is_document(text)


def _is_document(text: str) -> bool:
    try:
        return isinstance(loads(text), dict | list)
    except ValueError:
        return False


def read_json(text: str, path: object, *, by_lines: bool = False) -> RawTable:
    r"""Return the records of a JSON document or of JSON lines.

    A document may be a list of records, a list of strings, or an object that holds records in one of the
    ways of :func:`csatext.ingest.formats.json_values.records`. Of JSON lines, and of values written one after
    another, what is not a record goes to the rejects.

    Parameters
    ----------
    text : str
        Content of the file.
    path : object
        Named in errors.
    by_lines : bool, default False
        Whether it is some lines of JSON lines, of which none need be a record.

    Returns
    -------
    RawTable
        ``lines`` where there is more than one value.

    Raises
    ------
    InputError
        Nothing in the file is a record.

    Examples
    --------
    >>> read_json('{"id": 1, "text": "退款"}\n{"id": 2,', "a.jsonl").rejects[0].line
    2
    """
    plain = _plain_lines(text, path)
    if plain is not None:
        return plain
    rejects: list[Reject] = []
    lines: list[int] | None = None
    found: list[Any] | None
    try:
        if by_lines:
            found, lines, rejects = _several(text)
        else:
            found = records(loads(text))
        if found is None:
            raise InputError.unreadable(path, "JSON 里没有记录", _WHAT)
    except (json.JSONDecodeError, TooDeepError) as error:
        found, lines, rejects = _several(text)
        if not found and isinstance(error, TooDeepError):
            raise InputError.unreadable(path, f"JSON {error}", _WHAT) from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        why, what = "JSON 无法解析", _WHAT
        if isinstance(error, TooLargeError):
            why, what = f"JSON {error}", "请拆成几个文件，放进一个文件夹再读"
        raise InputError.unreadable(path, why, what) from error
    # A line of text among records is a stray one; where there are texts alone, they are the records.
    texts = not any(isinstance(record, dict) for record in found)
    good: list[dict[str, Any]] = []
    kept: list[int] = []
    for position, record in enumerate(found):
        if isinstance(record, dict):
            good.append(flat(record) if record else record)
        elif texts and isinstance(record, str) and record.strip():
            good.append({"text": record})
        else:
            raw = json.dumps(record, ensure_ascii=False)[:RAW_LIMIT]
            if len(rejects) == _MOST_REJECTS:
                raise InputError.unreadable(path, f"超过 {_MOST_REJECTS:,} 个 JSON 值不是记录", _WHAT)
            rejects.append(Reject(lines[position] if lines is not None else None, "不是记录（对象）", raw))
            continue
        kept.append(position)
    if not good and not by_lines:
        raise InputError.unreadable(path, "没有一行是 JSON 记录", _WHAT)
    numbers = None if lines is None else np.array([lines[i] for i in kept], dtype=np.int64)
    notes = [
        Note("format", "", len(good), len(good) + len(rejects), "JSON" if lines is None else "每行一个 JSON")
    ]
    frame = _frame(good, path, notes) if good else pd.DataFrame()
    return RawTable(frame, numbers, rejects, notes)


def _plain_lines(text: str, path: object) -> RawTable | None:
    """Return JSON lines read by Arrow, a column at a time; None where anything about them is not plain.

    Plain are objects, one on each line from the first on, of values that are neither objects nor lists, each
    name of one type wherever it stands.
    """
    if not text.startswith("{"):
        return None
    try:
        body = text.encode()
    except UnicodeEncodeError:
        return None
    data = np.frombuffer(body, dtype=np.uint8)
    ends = places(data, _LINE_END)
    if data[-1] != _LINE_END:
        ends = np.append(ends, len(body))
    n = len(ends)
    starts = np.concatenate([[0], ends[:-1] + 1])
    # A line that does not begin an object may be a part of one, or nothing.
    if n < _TWO or (data[starts] != _OPENING).any():
        return None
    step = max(1, n // _SAMPLED)
    schema = _schema(body[i:j] for i, j in zip(starts[::step], ends[::step], strict=True))
    if schema is None:
        return None
    try:
        table = pajson.read_json(
            pa.BufferReader(body),
            read_options=pajson.ReadOptions(block_size=_BLOCK),
            parse_options=pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except pa.ArrowException:
        return None
    if len(table) != n or any(map(_is_vast, table.columns)):
        return None
    refuse_wide(table.num_columns, path)
    columns = {name: _column(cells) for name, cells in zip(table.column_names, table.columns, strict=True)}
    lines = np.arange(1, n + 1, dtype=np.int64)
    return RawTable(pd.DataFrame(columns), lines, notes=[Note("format", "", n, n, "每行一个 JSON")])


def _schema(lines: Iterable[bytes]) -> pa.Schema | None:
    """Return the names and types of some lines, the first among them; None where they are not plain."""
    fields: dict[str, pa.DataType | None] = {}
    for line in lines:
        try:
            record = loads(line.decode())
        except ValueError:
            return None
        for name, value in record.items():
            found = _TYPES.get(type(value))
            if value is not None and found is None:
                return None
            known = fields.setdefault(name, found)
            # A number without a point may stand among others; all else must stay what it is.
            if {known, found} == {pa.int64(), pa.float64()}:
                fields[name] = pa.float64()
            elif known is None:
                fields[name] = found
            elif found not in (known, None):
                return None
    if not 0 < len(fields) <= MOST_COLUMNS or any(plain_cell(name) != name for name in fields):
        return None
    return pa.schema([(name, kind or pa.large_string()) for name, kind in fields.items()])


def _is_vast(cells: pa.ChunkedArray) -> bool:
    """Return whether a column of floats may hold a whole number that a float does not keep."""
    return pa.types.is_floating(cells.type) and bool(
        pc.any(pc.greater_equal(pc.abs(cells), _VAST)).as_py() or False
    )


def _column(cells: pa.ChunkedArray) -> pd.Series:
    """Return a column as the values of JSON would make it: whole numbers and flags with gaps stay so."""
    if pa.types.is_large_string(cells.type):
        return cells.to_pandas().astype("str")
    if pa.types.is_floating(cells.type) or (pa.types.is_integer(cells.type) and not cells.null_count):
        return cells.to_pandas()
    return cells.to_pandas(integer_object_nulls=True).astype(object)


def _several(text: str) -> tuple[list[Any], list[int], list[Reject]]:
    """Return the values of a text that is no single one, their lines, and what is no value.

    Read by lines where at least half of them are values, else value by value.
    """
    found, lines, broken = json_lines(text)
    if len(found) < len(broken) or not any(isinstance(value, dict) for value in found):
        whole = list(pieces(text))
        good = [piece for piece in whole if piece.value is not None]
        found, lines = [piece.value for piece in good], [piece.line for piece in good]
        broken = [piece for piece in whole if piece.value is None]
    return found, lines, [Reject(piece.line, piece.why, piece.raw[:RAW_LIMIT]) for piece in broken]


def _mended(table: pa.Table) -> tuple[pa.Table, list[Note]]:
    """Return the table with valid UTF-8 in its columns of strings, and how many cells had bad bytes."""
    notes: list[Note] = []
    for i, name in enumerate(table.column_names):
        column = table.column(i)
        coded = pa.types.is_dictionary(column.type)
        kind = column.type.value_type if coded else column.type
        if not any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string)):
            continue
        if all(_is_valid(chunk.dictionary if coded else chunk) for chunk in column.chunks):
            continue
        dense = [chunk.dictionary_decode() if coded else chunk for chunk in column.chunks]
        cells = [cell for chunk in dense for cell in chunk.cast(pa.large_binary()).to_pylist()]
        texts = [None if cell is None else decode_bytes(cell) for cell in cells]
        n = sum(
            cell is not None and text is not None and text.encode() != cell
            for cell, text in zip(cells, texts, strict=True)
        )
        notes.append(Note("bad_bytes", name, n, len(cells), f"{n} 格不是 UTF-8，已按最像的编码读出"))
        table = table.set_column(i, name, pa.array(texts, pa.large_string()))
    return table, notes


def _is_valid(cells: pa.Array) -> bool:
    try:
        cells.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _refuse_claims(metadata: pq.FileMetaData, path: object) -> None:
    """Raise for a file whose footer tells of more than a table holds: a few bytes may stand for billions."""
    refuse_wide(metadata.num_columns, path)
    cells = metadata.num_rows * max(1, metadata.num_columns)
    size = 0
    for group in (metadata.row_group(i) for i in range(metadata.num_row_groups)):
        chunks = [group.column(i) for i in range(group.num_columns)]
        size += sum(chunk.total_uncompressed_size for chunk in chunks)
        cells = max(cells, metadata.num_rows, sum(chunk.num_values for chunk in chunks))
    if cells > MOST_CELLS or size > LARGEST_FILE:
        why = f"有 {cells:,} 格，解压后 {in_megabytes(size)}，超过上限"
        raise InputError.unreadable(path, why, "请拆成几个文件，放进一个文件夹再读")


def size_of_strings(column: pa.DictionaryArray) -> int:
    """Return the bytes of strings that are written as a dictionary, each where it stands.

    Examples
    --------
    >>> size_of_strings(pa.array(["ab", "ab", "c"]).dictionary_encode())
    5
    """
    lengths = pc.binary_length(column.dictionary.cast(pa.large_binary()))
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)


def _dictionaries(file: pq.ParquetFile) -> list[str]:
    """Return the columns of strings that are written as dictionaries, and are read as such."""
    schema, metadata = file.schema_arrow, file.metadata
    if not metadata.num_row_groups:
        return []
    coded = {
        chunk.path_in_schema
        for group in (metadata.row_group(i) for i in range(metadata.num_row_groups))
        for chunk in (group.column(i) for i in range(group.num_columns))
        if any("DICTIONARY" in encoding for encoding in chunk.encodings)
    }
    return [field.name for field in schema if field.name in coded and _is_textual(field.type)]


def _is_textual(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _dense(table: pa.Table, coded: Collection[str], path: object) -> pa.Table:
    """Return the table with a string in each row of what was read as dictionaries.

    Raises
    ------
    InputError
        A dictionary of a few long strings stands for more of them than memory holds.
    """
    size = 0
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) and _is_textual(field.type.value_type):
            for chunk in table.column(i).chunks:
                size += size_of_strings(chunk)
            if size > LARGEST_FILE:
                why = f"解开后超过 {in_megabytes(LARGEST_FILE)}"
                raise InputError.unreadable(path, why, "请拆成几个文件，放进一个文件夹再读")
            if field.name in coded:
                chunks = [chunk.dictionary_decode() for chunk in table.column(i).chunks]
                dense = pa.chunked_array(chunks, field.type.value_type)
                table = table.set_column(i, field.name, dense)
    return table


def read_parquet(data: bytes, path: object) -> RawTable:
    """Return a Parquet file, its strings mended where their bytes are not UTF-8.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : object
        Named in errors.

    Returns
    -------
    RawTable

    Raises
    ------
    InputError
        The file is damaged, or tells of more than a table holds.
    """
    try:
        file = pq.ParquetFile(BytesIO(data))
        _refuse_claims(file.metadata, path)
        coded = _dictionaries(file)
        file.close()
        table = pq.read_table(BytesIO(data), read_dictionary=coded)
        raw = raw_of_table(_dense(table, coded, path))
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError.unreadable(path, "不是完整的 Parquet 文件", "请重新导出") from error
    if raw.frame.empty:
        raise InputError.unreadable(path, "表里没有数据行", "请检查导出条件，或换一个文件")
    return raw


def raw_of_table(table: pa.Table) -> RawTable:
    """Return a table of Arrow as it stands, its strings mended where their bytes are not UTF-8.

    Examples
    --------
    >>> raw_of_table(pa.table({"内容": ["太慢"]})).frame.columns.tolist()
    ['内容']
    """
    table, notes = _mended(table)
    frame = table.to_pandas()
    if frame.index.name is not None or isinstance(frame.index, pd.MultiIndex):
        named = [name for name in frame.index.names if name is not None and name not in frame.columns]
        frame = frame.reset_index(level=named)
    frame = frame.reset_index(drop=True)
    frame.columns = pd.Index([str(name) for name in frame.columns])
    frame.attrs = {}
    return RawTable(frame, notes=notes)
