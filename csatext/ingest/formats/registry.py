"""A path, folder or database URL to raw tables: which reader reads what, and what nobody reads."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from csatext.errors import CsatextError, InputError, ParameterError
from csatext.ingest.formats.database import is_url, read_database
from csatext.ingest.formats.delimited import read_delimited
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import ending_of, list_folder, read_bytes
from csatext.ingest.formats.json_parquet import looks_like_json, read_json, read_parquet
from csatext.ingest.formats.workbooks import read_workbook
from csatext.ingest.raw_table import Note, RawTable, Reject
from csatext.ingest.repair.table_cleanup import tidy

__all__ = ["ENDINGS", "Source", "failed", "load_sources", "read_bytes"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")
_RECORDS = (".json", ".jsonl", ".ndjson")
_TEXTS = (".csv", ".tsv", ".txt", ".tab", ".psv", "")
_PARQUET = (".parquet", ".pq")
ENDINGS = (*(ending for ending in _TEXTS if ending), *_WORKBOOKS, *_RECORDS, *_PARQUET, ".gz")
"""File endings that are read, in lower case."""
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml")
_GLANCE = 4096
_SHOWN = 10
_ZIP, _OLE, _PAR1 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"


class Source(NamedTuple):
    """One raw table, the name of the file (or database) it came from, and why it could not be read."""

    name: str
    raw: RawTable
    error: CsatextError | None = None


def _read(
    data: bytes, path: Path, encoding: str | None, sheet: str | int | None, delimiter: str | None
) -> RawTable:
    ending = ending_of(path)
    if data.startswith(_PAR1) or ending in _PARQUET:
        return read_parquet(data, path)
    _refuse_packed(data, path)
    if data.startswith((_ZIP, _OLE)):
        return read_workbook(data, path, sheet)
    text, notes = decode(data, path, encoding)
    if not (text[:_GLANCE].strip() or text.strip()):
        raise InputError.unreadable(path, "文件是空的", "请检查导出是否完成")
    if ending in _RECORDS or (delimiter is None and looks_like_json(text)):
        raw = read_json(text, path)
    else:
        raw = read_delimited(text, path, delimiter)
    return replace(raw, notes=notes + raw.notes)


def _refuse_packed(data: bytes, path: Path) -> None:
    """Raise for archives and web pages, whatever their ending says."""
    office = b"[Content_Types].xml" in data or data[30:38] == b"mimetype"
    if data.startswith(_ZIP) and not office:
        raise InputError.unreadable(path, "是压缩文件", "请先解压，再读里面的表格")
    if data[:_GLANCE].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        raise InputError.unreadable(path, "是网页或 XML，不是表格", "请用 Excel 打开后另存为 .xlsx")


def load_sources(
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    sheet: str | int | None = None,
    delimiter: str | None = None,
    query: str | None = None,
) -> list[Source]:
    """Return the raw tables of a file, a folder or a database.

    Parameters
    ----------
    path : str or path-like
        File, folder or SQLAlchemy URL.
    encoding, sheet, delimiter, query
        As :func:`csatext.read_contacts`.

    Returns
    -------
    list of Source
        One for a file or database, one a file for a folder, in the order of their names; a file of a
        folder that cannot be read has ``error``.

    Raises
    ------
    InputError
        Nothing there that can be read.
    ParameterError
        ``path`` or another argument has the wrong type.
    """
    if not isinstance(path, str | PathLike):
        raise ParameterError.wrong_type("path", path, "文件路径、文件夹或数据库 URL")
    if isinstance(path, str) and is_url(path):
        return [Source(path.split("://")[0], tidy(read_database(path, query)))]
    where = Path(path)
    if _is_folder(where):
        return _folder(where, encoding, sheet, delimiter)
    ending = where.suffix.lower()
    if ending not in (*ENDINGS, ""):
        raise InputError.unreadable(where, f"不支持 {ending} 文件", f"请另存为 {'、'.join(ENDINGS)} 之一")
    return [Source(where.name, tidy(_read(read_bytes(where), where, encoding, sheet, delimiter)))]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError) as error:
        raise InputError.unreadable(repr(str(path)), "路径写法不对", "请检查路径和文件名") from error


def _folder(
    folder: Path, encoding: str | None, sheet: str | int | None, delimiter: str | None
) -> list[Source]:
    """Return every readable file of a folder and its folders by name; the others are named."""
    files, others = list_folder(folder, ENDINGS)
    if not files:
        raise InputError.unreadable(
            folder, "文件夹里没有可读的文件", f"请放入 {'、'.join(ENDINGS)} 之一，或直接给出文件"
        )
    found: list[Source] = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            raw = tidy(_read(read_bytes(path), path, encoding, sheet, delimiter))
        except CsatextError as error:
            found.append(Source(name, failed(error), error))
        else:
            found.append(Source(name, raw))
    if others:
        detail = f"{len(others)} 个文件或文件夹未读（格式不读或是隐藏的）：{'、'.join(others[:_SHOWN])}"
        found[0].raw.notes.append(Note("file_skipped", "", len(others), len(others) + len(files), detail))
    return found


def failed(error: CsatextError) -> RawTable:
    """Return the table of a file that cannot be read: no rows, one reject with the reason."""
    note = Note("file_failed", "", 1, 1, str(error))
    return RawTable(pd.DataFrame(), rejects=[Reject(None, f"整个文件未读：{error}", "")], notes=[note])
