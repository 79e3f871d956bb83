"""A path, folder or database URL to raw tables: which reader reads what, and what nobody reads."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from csatext.errors import CsatextError, InputError, ParameterError
from csatext.ingest.database import is_url, read_database
from csatext.ingest.delimited import read_delimited
from csatext.ingest.encodings import decode
from csatext.ingest.raw import Note, RawTable, Reject
from csatext.ingest.structured import looks_like_json, read_json, read_parquet
from csatext.ingest.tidy import tidy
from csatext.ingest.workbooks import read_workbook

__all__ = ["ENDINGS", "Source", "failed", "load_sources", "read_bytes"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")
_RECORDS = (".json", ".jsonl", ".ndjson")
_TEXTS = (".csv", ".tsv", ".txt", ".tab", ".psv", "")
_PARQUET = (".parquet", ".pq")
ENDINGS = (*(ending for ending in _TEXTS if ending), *_WORKBOOKS, *_RECORDS, *_PARQUET)
"""File endings that are read, in lower case."""
_GZIP = b"\x1f\x8b"
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml")
_BLANK = b"\x00 \t\r\n"
_GLANCE = 4096
_SHOWN = 10
_ZIP, _OLE, _PAR1 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"


class Source(NamedTuple):
    """One raw table, the name of the file (or database) it came from, and why it could not be read."""

    name: str
    raw: RawTable
    error: CsatextError | None = None


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    InputError
        It is not there, may not be read, or is empty.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError.unreadable(path, "文件不存在", "请检查路径和文件名") from error
    except PermissionError as error:
        raise InputError.unreadable(path, "没有读取权限", "请检查文件权限，或关闭正在占用它的程序") from error
    except (OSError, ValueError) as error:
        raise InputError.unreadable(path, "系统无法打开这个路径", "请检查路径和磁盘") from error
    if not (data[:_GLANCE].strip(_BLANK) or data.strip(_BLANK)):
        raise InputError.unreadable(path, "文件是空的", "请检查导出是否完成")
    return data


def _read(
    data: bytes, path: Path, encoding: str | None, sheet: str | int | None, delimiter: str | None
) -> RawTable:
    ending = path.suffix.lower()
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
    if data.startswith(_GZIP) or (data.startswith(_ZIP) and not office):
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
    """Return every readable file of a folder by name; hidden and lock files are passed over."""
    try:
        files = sorted(
            path
            for path in folder.iterdir()
            if path.is_file() and path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~$"))
        )
    except OSError as error:
        raise InputError.unreadable(folder, "没有读取权限", "请检查文件夹权限") from error
    if not files:
        raise InputError.unreadable(
            folder, "文件夹里没有可读的文件", f"请放入 {'、'.join(ENDINGS)} 之一，或直接给出文件"
        )
    found: list[Source] = []
    others = sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file() and path not in files and not path.name.startswith((".", "~$"))
    )
    for path in files:
        try:
            raw = tidy(_read(read_bytes(path), path, encoding, sheet, delimiter))
        except CsatextError as error:
            found.append(Source(path.name, failed(error), error))
        else:
            found.append(Source(path.name, raw))
    if others:
        detail = f"{len(others)} 个文件的格式不读：{'、'.join(others[:_SHOWN])}"
        found[0].raw.notes.append(Note("file_skipped", "", len(others), len(others) + len(files), detail))
    return found


def failed(error: CsatextError) -> RawTable:
    """Return the table of a file that cannot be read: no rows, one reject with the reason."""
    note = Note("file_failed", "", 1, 1, str(error))
    return RawTable(pd.DataFrame(), rejects=[Reject(None, f"整个文件未读：{error}", "")], notes=[note])
