"""The one door for inputs: a file, folder or database becomes sources, each opened, decoded and read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from csatext.errors import CsatextError, InputError, ParameterError
from csatext.ingest.formats.database import is_url, read_database
from csatext.ingest.formats.delimited import read_delimited
from csatext.ingest.formats.encodings import decode, likelier_encoding
from csatext.ingest.formats.files import ending_of, list_folder, read_bytes, refuse_endless
from csatext.ingest.formats.json_parquet import looks_like_json, read_json, read_parquet
from csatext.ingest.formats.pages import declared_encoding, looks_like_page, read_page
from csatext.ingest.formats.workbooks import read_workbook
from csatext.ingest.options import ReadOptions
from csatext.ingest.raw_table import Note, RawTable, Reject
from csatext.ingest.repair.table_cleanup import (
    narrowed,
    tidy,
    with_plain_names,
    without_blank_rows,
    without_long_cells,
)

__all__ = ["PLAIN", "RECORDS", "SUBTITLES", "Source", "bounded", "failed", "only_tables", "open_tables"]

_ZIP, _OLE, _PAR1 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_TAR, _TAR_AT = b"ustar", 257
_WEB_ARCHIVE = b"mime-version:"
_GLANCE = 4096
_SHOWN = 10
_TOO_MUCH, _SPLIT = "内容太大或嵌套太深，内存放不下", "请拆成几个文件，放进一个文件夹再读"


class Reader(NamedTuple):
    """A kind of table: its name, the endings it has, how it is known by its content, and what reads it.

    ``fits`` and ``read`` take the bytes of the file, or its text where ``decoded``; where
    ``may_hold_dialogue``, that text may be a dialogue too.
    """

    form: str
    endings: tuple[str, ...]
    fits: Callable[..., bool]
    read: Callable[..., RawTable]
    decoded: bool = False
    may_hold_dialogue: bool = False


RECORDS = (".json", ".jsonl", ".ndjson")
READERS = (
    Reader(
        "parquet",
        (".parquet", ".pq"),
        lambda data, ending, _: data.startswith(_PAR1) or ending in (".parquet", ".pq"),
        lambda data, path, _: read_parquet(data, path),
    ),
    Reader(
        "workbook",
        (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et"),
        lambda data, _ending, _: data.startswith((_ZIP, _OLE)),
        lambda data, path, options: read_workbook(data, path, None if options.sheet == "" else options.sheet),
    ),
    Reader(
        "page",
        (),
        lambda text, ending, _: looks_like_page(text, ending),
        lambda text, path, _: read_page(text, path),
        decoded=True,
    ),
    Reader(
        "json",
        RECORDS,
        lambda text, ending, options: ending in RECORDS or (not options.delimiter and looks_like_json(text)),
        lambda text, path, _: read_json(text, path),
        decoded=True,
        may_hold_dialogue=True,
    ),
    Reader(
        "delimited",
        (".csv", ".tsv", ".txt", ".tab", ".psv"),
        lambda _text, _ending, _: True,
        lambda text, path, options: read_delimited(text, path, options.delimiter or None),
        decoded=True,
        may_hold_dialogue=True,
    ),
)
"""Kinds of tables, in the order in which they are tried; the content is asked before the ending."""
PACKED = ".gz"
SUBTITLES = (".srt", ".vtt")
PLAIN = (".txt", ".log", ".md", "")
"""Endings of plain text, which may be a transcript, a table or JSON."""
_TABLES = (*(ending for reader in READERS for ending in reader.endings), PACKED)
_ENDINGS = tuple(dict.fromkeys((*_TABLES, *SUBTITLES, *(ending for ending in PLAIN if ending))))


class Source:
    """One file, or the answer of a database: opened once, decoded once, made a table once.

    Nothing is opened before it is asked for, and content is kept no longer than it is needed: bytes go
    when the table is there, a text that can be nothing but a table too.

    Parameters
    ----------
    name : str
        Of the file, with its folders within the folder that was given; or the dialect of a database.
    path : Path, optional
    options : ReadOptions, optional
    raw : RawTable, optional
        The table, where there is no file.
    content : bytes, optional
        What is read in place of the file's content, such as its head.

    Attributes
    ----------
    ending : str
        In lower case, of the packed file for ``.gz``; empty where there is none.
    skipped : tuple of str
        Files and folders beside it that are not read.
    names : mapping of str to str
        The name that each column of contacts is to bear; empty where that is for reading to find.
    """

    def __init__(
        self,
        name: str,
        path: Path | None = None,
        options: ReadOptions | None = None,
        raw: RawTable | None = None,
        content: bytes | None = None,
    ) -> None:
        self.name = name
        self._given = content
        self.path = path
        self.options = options or ReadOptions()
        ending = "" if path is None else ending_of(path)
        self.ending = ending if ending in _ENDINGS else ""
        self.skipped: tuple[str, ...] = ()
        self.names: Mapping[str, str] = {}
        self._beside = 1
        self._raw = raw
        self._opened = path is None
        self._reader: Reader | None = None
        self._content: bytes | str | None = None
        self._notes: list[Note] = []
        self._broken: CsatextError | None = None
        self._error: CsatextError | None = None

    @property
    def where(self) -> object:
        """What errors name: the path, or the name where there is no file."""
        return self.path or self.name

    @property
    def tabular(self) -> bool:
        """Whether the ending is one of tables: subtitles, logs and notes hold dialogues alone."""
        return self.ending not in SUBTITLES and (self.ending == "" or self.ending in _TABLES)

    @property
    def text(self) -> str | None:
        """Content as text; None for a workbook, Parquet, a page, a database, and what is a table by now.

        Raises
        ------
        InputError
            The file cannot be opened, or is nothing that is read.
        """
        self._open()
        if self._broken:
            raise self._broken
        may_hold_dialogue = self._reader is not None and self._reader.may_hold_dialogue
        return self._content if may_hold_dialogue and isinstance(self._content, str) else None

    @property
    def raw(self) -> RawTable:
        """Table of the content, tidied.

        Raises
        ------
        CsatextError
            There is none: the file cannot be opened, or holds no table.
        """
        error = self.error
        if error is not None or self._raw is None:
            raise error or InputError.unreadable(self.name, "没有表格", "请检查导出是否完成")
        return self._raw

    @property
    def error(self) -> CsatextError | None:
        """Why there is no table; None where there is one."""
        self._open()
        if self._raw is None and self._error is None and self._reader is not None:
            try:
                self._raw = bounded(self._read(self._reader), self.options)
            except CsatextError as error:
                self._error = error
            except (MemoryError, RecursionError):
                self._error = InputError.unreadable(self.name, _TOO_MUCH, _SPLIT)
        return self._error

    @property
    def notes(self) -> list[Note]:
        """What was found on opening: the encoding, and what was passed over beside the file."""
        notes = [*self._notes]
        if self.skipped:
            n = len(self.skipped)
            detail = f"{n} 个文件或文件夹未读（格式不读、隐藏的，或不是普通文件）："
            detail += "、".join(self.skipped[:_SHOWN])
            notes.append(Note("file_skipped", "", n, n + self._beside, detail))
        return notes

    @property
    def form(self) -> str:
        """What reads it: ``parquet``, ``workbook``, ``page``, ``json`` or ``delimited``; empty for none."""
        self._open()
        return "" if self._reader is None else self._reader.form

    def note_skipped(self, skipped: Sequence[str], n_read: int) -> None:
        """Keep the names of what was passed over beside ``n_read`` files for the notes of this source."""
        self.skipped, self._beside = tuple(sorted(skipped)), n_read

    def release(self) -> None:
        """Drop the content once its table is read."""
        if self._raw is not None:
            self._content = None

    def forget(self) -> None:
        """Drop the table as well: of many files no more than one is in memory."""
        self._content = None
        if self.path is not None:
            self._raw = None

    def _open(self) -> None:
        if self._opened or self.path is None:
            return
        self._opened = True
        try:
            data, self._given = read_bytes(self.path) if self._given is None else self._given, None
            _refuse_packed(data, self.path)
            self._reader = self._reader_of(data, decoded=False)
            self._content = data if self._reader is not None else self._decoded(data, self.path)
            self._reader = self._reader or self._reader_of(self._content, decoded=True)
        except CsatextError as error:
            self._broken = self._error = error
        except MemoryError:
            self._broken = self._error = InputError.unreadable(self.path, _TOO_MUCH, _SPLIT)

    def _reader_of(self, content: bytes | str, *, decoded: bool) -> Reader | None:
        readers = (reader for reader in READERS if reader.decoded is decoded)
        return next((r for r in readers if r.fits(content, self.ending, self.options)), None)

    def _decoded(self, data: bytes, path: Path) -> str:
        refuse_endless(data, path)
        declared = None if self.options.encoding else declared_encoding(data)
        if declared is not None and likelier_encoding(data, declared) is not None:
            declared = None
        text, self._notes = decode(data, path, self.options.encoding or declared)
        if declared is not None:
            self._notes[0] = self._notes[0]._replace(detail=f"编码：{declared}（网页注明）")
        if not (text[:_GLANCE].strip() or text.strip()):
            raise InputError.unreadable(path, "文件是空的", "请检查导出是否完成")
        return text

    def _read(self, reader: Reader) -> RawTable:
        content = self._content
        # What may be a transcript or hold dialogues is looked at again, as text.
        if not (reader.may_hold_dialogue and self.ending in (*PLAIN, *RECORDS, *SUBTITLES)):
            self._content = None
        return reader.read(content, self.path, self.options)


def _refuse_packed(data: bytes, path: Path) -> None:
    """Raise for archives, whatever their ending says."""
    packed = data.startswith(_ARCHIVES) or data.startswith(_TAR, _TAR_AT)
    if data.startswith(_ZIP):
        packed = not (b"[Content_Types].xml" in data or data[30:38] == b"mimetype")
    if packed:
        raise InputError.unreadable(path, "是压缩文件", "请先解压，再读里面的表格")
    if data[:_GLANCE].lstrip().lower().startswith(_WEB_ARCHIVE):
        raise InputError.unreadable(path, "是网页归档（MHTML），不是表格", "请用 Excel 打开后另存为 .xlsx")


def open_tables(path: str | PathLike[str], options: ReadOptions | None = None) -> list[Source]:
    r"""Return the sources of a file, a folder or a database, none of them opened yet.

    Parameters
    ----------
    path : str or path-like
        File, folder or SQLAlchemy URL.
    options : ReadOptions, optional

    Returns
    -------
    list of Source
        One for a file or database, one a file for a folder and the folders in it, in the order of their
        names; the first also knows what was passed over.

    Raises
    ------
    InputError
        Nothing there that can be read.
    ParameterError
        ``path`` is no path.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_text("编号,内容\n1,太慢\n", encoding="utf-8")
    ...     sources = open_tables(folder)
    ...     sources[0].name, sources[0].raw.frame.shape
    ('a.csv', (1, 2))
    """
    options = options or ReadOptions()
    if not isinstance(path, str | PathLike):
        raise ParameterError.wrong_type("path", path, "文件路径、文件夹或数据库 URL")
    if isinstance(path, str) and is_url(path):
        raw = bounded(read_database(path, options.query or None), options)
        return [Source(path.split("://")[0], raw=raw)]
    where = Path(path)
    if _is_folder(where):
        return _folder(where, options)
    if where.suffix.lower() not in (*_ENDINGS, ""):
        raise _unknown(where, _ENDINGS)
    return [Source(_name_of(where, where.parent), where, options)]


def _unknown(path: Path, endings: Sequence[str]) -> InputError:
    ending = path.suffix.lower()
    return InputError.unreadable(path, f"不支持 {ending} 文件", f"请另存为 {'、'.join(endings)} 之一")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError) as error:
        raise InputError.unreadable(repr(str(path)), "路径写法不对", "请检查路径和文件名") from error


def _name_of(path: Path, folder: Path) -> str:
    """Return a name within a folder; bytes that are no text are written out, so that no two names are one."""
    return path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


def _folder(folder: Path, options: ReadOptions) -> list[Source]:
    """Return a source for every file of a folder and its folders that may be read; the others are named."""
    files, others = list_folder(folder, _ENDINGS)
    if not files:
        raise _nothing(folder, _ENDINGS)
    found = [Source(_name_of(path, folder), path, options) for path in files]
    found[0].note_skipped(others, len(found))
    return found


def _nothing(folder: object, endings: Sequence[str]) -> InputError:
    what = f"请放入 {'、'.join(endings)} 之一，或直接给出文件"
    return InputError.unreadable(folder, "文件夹里没有可读的文件", what)


def only_tables(sources: Sequence[Source], path: object) -> list[Source]:
    """Return the sources whose ending is one of tables; the others are named as passed over.

    Parameters
    ----------
    sources : sequence of Source
        Of :func:`open_tables`.
    path : object
        Named in errors.

    Raises
    ------
    InputError
        There are none.
    """
    tables = [source for source in sources if source.tabular]
    if not tables:
        only = sources[0].path
        single = len(sources) == 1 and only is not None and str(only) == str(path)
        raise _unknown(only, _TABLES) if single and only is not None else _nothing(path, _TABLES)
    skipped = [name for source in sources for name in source.skipped]
    skipped += [source.name for source in sources if not source.tabular]
    tables[0].note_skipped(skipped, len(tables))
    return tables


def bounded(raw: RawTable, options: ReadOptions) -> RawTable:
    """Return a table tidied, without the columns and cells that no table of contacts has.

    Parameters
    ----------
    raw : RawTable
    options : ReadOptions
        Columns that it names are kept.
    """
    given = options.columns.values()
    asked = {name for names in given for name in ([names] if isinstance(names, str) else names)}
    return tidy(without_long_cells(without_blank_rows(narrowed(with_plain_names(raw), asked))))


def failed(error: CsatextError) -> RawTable:
    """Return the table of a file that cannot be read: no rows, one reject with the reason."""
    note = Note("file_failed", "", 1, 1, str(error))
    return RawTable(pd.DataFrame(), rejects=[Reject(None, f"整个文件未读：{error}", "")], notes=[note])
