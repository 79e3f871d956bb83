"""The head of a file as a small file of the same format, in memory: bounded, whatever the file's size."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from csatext.errors import InputError
from csatext.ingest.formats.registry import RECORDS
from csatext.regular_files import check_regular, in_megabytes

__all__ = ["FileHead", "file_head"]

_BYTES = 1 << 20
"""Of a file that are read: some thousands of reviews, some hundreds of dialogues."""
_WHOLE = 16 << 20
"""Files up to this size are read whole where their head alone is no file: about a second."""
_ROWS = 4_000
_STRINGS = 8 << 20
"""Bytes of the shared strings of a workbook: those of the first rows stand first."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"
_OLE = b"\xd0\xcf\x11\xe0"
_BETWEEN = (" ", "\t", "\r", "\n", ",")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


class FileHead(NamedTuple):
    """The beginning of a file.

    Attributes
    ----------
    content : bytes
        A file of the same format.
    share : float
        Part of the file's rows that it holds, about.
    size : int
        Bytes of the file.
    """

    content: bytes
    share: float
    size: int


def file_head(path: Path, ending: str = "") -> FileHead:
    """Return the head of a file; all of it where it is small.

    Delimited text ends behind a whole record, JSON behind a whole object; of a workbook each sheet is cut
    behind a row, of Parquet the first rows stay. Packed files come unpacked.

    Parameters
    ----------
    path : Path
    ending : str
        As :attr:`csatext.ingest.formats.registry.Source.ending`.

    Raises
    ------
    InputError
        It cannot be read, or its head alone is no file and the whole is large.
    """
    try:
        check_regular(path)
        size = path.stat().st_size
        with path.open("rb") as file:
            data = file.read(_BYTES)
    except OSError as error:
        raise InputError.unreadable(path, error.strerror or "读取出错", "请检查路径和权限") from error
    if size <= _BYTES:
        return FileHead(data, 1.0, size)
    try:
        found = _cut(path, data, size, ending)
    except (zipfile.BadZipFile, zlib.error, pa.ArrowException, ValueError, KeyError):
        found = None
    if found is not None:
        return found
    if size > _WHOLE:
        why = f"这种文件不能只读开头，而它有 {in_megabytes(size)}"
        raise InputError.unreadable(path, why, "请先取一部分行存成小文件，再用 --dry-run")
    return FileHead(path.read_bytes(), 1.0, size)


def _cut(path: Path, data: bytes, size: int, ending: str) -> FileHead | None:
    """Return the head of a large file; None where it cannot be cut."""
    if data.startswith(_PARQUET):
        return _first_rows(path, size)
    if data.startswith(_ZIP):
        return _first_sheet_rows(path, size)
    if data.startswith(_OLE):
        return None
    read = len(data)
    if data.startswith(_GZIP):
        unpacking = zlib.decompressobj(wbits=31)
        data = unpacking.decompress(data, _BYTES)
        read -= len(unpacking.unconsumed_tail)
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if ending in RECORDS or text in (b"[", b"{"):
        kept, content = _first_objects(data)
    else:
        kept, content = _first_records(data)
    return FileHead(content, read / size * kept / len(data), size) if kept else None


def _first_records(data: bytes) -> tuple[int, bytes]:
    """Return how much of a text whole records are, and these: no line break within quotes ends one."""
    if data.startswith(_UTF16):
        narrow = data.decode("utf-16", "ignore").encode()
        kept, content = _first_records(narrow)
        return kept * len(data) // max(len(narrow), 1), content.decode().encode("utf-16")
    at = data.rfind(b"\n")
    quotes = data.count(b'"', 0, at)
    end = at
    while quotes % 2 and end > 0:
        before = data.rfind(b"\n", 0, end)
        quotes -= data.count(b'"', max(before, 0), end)
        end = before
    # A quotation mark within words has no partner, and would hide all behind it: any line break will do.
    end = end if end > at // 2 else at
    return end + 1, data[: end + 1]


def _first_objects(data: bytes) -> tuple[int, bytes]:
    """Return how much of JSON whole records are, and these: lines, or the first objects of a list."""
    text = data.decode("utf-8-sig", "ignore")
    at = len(text) - len(text.lstrip())
    if text[at : at + 1] != "[":
        end = data.rfind(b"\n")
        json.loads(data[: data.find(b"\n")])  # raises where a line is no record
        return end + 1, data[: end + 1]
    decoder = json.JSONDecoder()
    objects: list[Any] = []
    at += 1
    while True:
        while text[at : at + 1] in _BETWEEN:
            at += 1
        try:
            item, at = decoder.raw_decode(text, at)
        except ValueError:
            break
        objects.append(item)
    return at * len(data) // max(len(text), 1), json.dumps(objects, ensure_ascii=False).encode()


def _first_rows(path: Path, size: int) -> FileHead:
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        batch = next(file.iter_batches(_ROWS), None)
    if batch is None or not rows:
        raise ValueError(path.name)
    held = BytesIO()
    pq.write_table(pa.Table.from_batches([batch]), held)
    return FileHead(held.getvalue(), batch.num_rows / rows, size)


def _first_sheet_rows(path: Path, size: int) -> FileHead | None:
    """Return a workbook with the first rows of each sheet; None where it is none, or holds none."""
    held = BytesIO()
    share = 1.0
    found = False
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as cut:
        for part in whole.infolist():
            most = _STRINGS if part.filename.endswith("sharedStrings.xml") else _BYTES
            with whole.open(part) as stream:
                content = stream.read(most + 1)
            if len(content) > most:
                if _SHEET.fullmatch(part.filename):
                    content = _closed(content, b"</row>", b"</sheetData></worksheet>")
                    share = min(share, len(content) / max(part.file_size, 1))
                elif part.filename.endswith("sharedStrings.xml"):
                    content = _closed(content, b"</si>", b"</sst>")
                else:
                    continue
            found = found or bool(_SHEET.fullmatch(part.filename))
            cut.writestr(part.filename, content)
    return FileHead(held.getvalue(), share, size) if found else None


def _closed(content: bytes, element: bytes, end: bytes) -> bytes:
    at = content.rfind(element)
    if at < 0:
        raise ValueError(element)
    return content[: at + len(element)] + end
