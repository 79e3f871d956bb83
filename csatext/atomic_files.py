"""Files that are whole or not there: a temporary name beside the target, then one rename."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import is_object_dtype

from csatext.errors import OutputError, OutputInUseError
from csatext.regular_files import open_regular, read_whole

__all__ = [
    "WORKBOOK_OPTIONS",
    "check_folder",
    "claimed_folder",
    "file_hash",
    "prepare_folder",
    "refuse_folder",
    "whole_workbook",
    "write_bytes",
    "write_csv",
    "write_json",
    "write_parquet",
    "write_text",
    "write_whole",
]

_LOCK = ".csatext.lock"
_LONGEST_LOCK, _LONGEST_NUMBER = 1_000, 10
_A_DAY = 86_400
"""Seconds after which the lock of another host is taken for one that was left behind."""
_GROUP = 100_000
"""Rows of a large table that are written at once."""
WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
"""Texts stay texts, and no file is made beside the workbook."""
_FORMULA = r"^[=+\-@＝＋－＠\t\r\n]"
"""Beginnings of a cell that spreadsheets take for a formula, or for the way to one (OWASP, CSV injection)."""


def check_folder(path: Path) -> None:
    """Raise where a folder could not be made or written; nothing is made.

    Raises
    ------
    OutputError
        It, or a folder above it, is a file or may not be written.
    """
    if path.is_symlink() and not path.exists():
        raise OutputError(f"输出位置「{path}」是一个断开的链接；请换一个文件夹。")
    above = next((folder for folder in (path, *path.parents) if folder.exists()), Path())
    if not above.is_dir():
        raise OutputError(f"输出位置「{above}」是一个文件；请换一个文件夹。")
    if not os.access(above, os.W_OK):
        raise OutputError(f"输出文件夹「{above}」不可写；请换一个位置或修改权限。")


def refuse_folder(path: Path, ending: str, option: str = "") -> None:
    """Raise where a folder stands in the place of a file that is to be written.

    Parameters
    ----------
    path : Path
    ending : str
        Of the file, such as ``.html``.
    option : str, optional
        Of the command line, by which the place is given.

    Raises
    ------
    OutputError
        It is a folder.
    """
    if path.is_dir():
        how = f"用 {option} " if option else ""
        raise OutputError(f"输出位置「{path}」是一个文件夹；请{how}指定一个 {ending} 文件。")


def prepare_folder(path: Path) -> None:
    """Make the output folder.

    Raises
    ------
    OutputError
        It is a file, or may not be written.
    """
    check_folder(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"无法建立输出文件夹「{path}」：{error.strerror}；请换一个位置。") from error


@contextmanager
def claimed_folder(path: Path) -> Iterator[None]:
    """Hold an output folder while it is written: another run into it is refused, a dead one is no obstacle.

    The folder is made, so that one which cannot be written is known before the work; where nothing was
    written into it, it is gone afterwards.

    Raises
    ------
    OutputError
        It is a file, or may not be written.
    OutputInUseError
        Another process holds it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as above, claimed_folder(Path(above, "out")):
    ...     [item.name for item in Path(above, "out").iterdir()]
    ['.csatext.lock']
    """
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    prepare_folder(path)
    lock = path / _LOCK
    _take(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        for folder in made:
            if any(folder.iterdir()):
                break
            folder.rmdir()


def _take(lock: Path) -> None:
    """Write a lock with the number of this process and the name of its host."""
    mine = f"{os.getpid()} {platform.node()}"
    for _ in range(2):
        try:
            with lock.open("x", encoding="utf-8") as file:
                file.write(mine)
            return
        except FileExistsError:
            holder = _holder(lock)
            if holder is not None:
                raise OutputInUseError.held(lock.parent, holder, lock.name) from None
            _remove(lock)
        except OSError as error:
            raise OutputError(
                f"输出文件夹「{lock.parent}」不可写：{error.strerror}；请换一个位置或修改权限。"
            ) from error


def _remove(lock: Path) -> None:
    """Remove the lock of a process that has ended.

    Raises
    ------
    OutputError
        It cannot be removed.
    """
    try:
        lock.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"「{lock}」占着锁文件的位置：{error.strerror}；请删除它。") from error


def _holder(lock: Path) -> str | None:
    """Return the process that holds a lock, None where it has ended."""
    try:
        number, _, host = read_whole(lock, _LONGEST_LOCK, "请删除它").decode().partition(" ")
    except (OSError, ValueError):
        return None
    if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        return None
    if host != platform.node():
        # Nobody here can ask whether it still runs there.
        return f"{number}，主机 {host}" if time.time() - lock.stat().st_mtime < _A_DAY else None
    if int(number) == os.getpid():
        return None
    if os.name == "nt":
        return number  # signal 0 would end the process there
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return number
    except (OSError, OverflowError):
        return None
    return number


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then put it in place at once."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    # Who could plant a link under that name would have its target written.
    temporary.unlink(missing_ok=True)
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_workbook(path: Path) -> Iterator[Any]:
    """Give an ``xlsxwriter.Workbook`` to be filled, and put it in place at once when it is.

    Raises
    ------
    OSError
        The disk is full or the like.
    """
    import xlsxwriter

    # Where a disk is full, xlsxwriter leaves an open archive that complains when it is collected.
    held = BytesIO()
    with xlsxwriter.Workbook(held, WORKBOOK_OPTIONS) as book:
        yield book
    write_bytes(held.getbuffer(), path)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table with its types and its ``attrs``; the index is written when it has a name.

    What JSON does not have in ``attrs`` is written as text, tuples as lists.
    """
    bare = frame.copy(deep=False)
    bare.attrs = json.loads(json.dumps(frame.attrs, default=_json_value))
    for name in [name for name, dtype in bare.dtypes.items() if dtype == np.dtype("O")]:
        bare[name] = bare[name].map(str, na_action="ignore").astype("str")
    keep_index = bare.index.name is not None

    def write(target: Path) -> None:
        if len(bare) <= _GROUP:
            bare.to_parquet(target, index=keep_index)
            return
        # Group by group, so that no copy of a large table is held.
        schema = pa.Schema.from_pandas(bare, preserve_index=keep_index)
        with pq.ParquetWriter(target, schema) as writer:
            for start in range(0, len(bare), _GROUP):
                part = bare.iloc[start : start + _GROUP]
                writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=keep_index))

    write_whole(path, write)


def _json_value(value: Any) -> Any:
    """Return a number of numpy as a number, anything else as text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table for spreadsheets: UTF-8 with BOM, every field quoted, no header and no cell a formula."""
    safe = frame.reset_index() if frame.index.name is not None else frame.copy(deep=False)
    for place, dtype in enumerate(safe.dtypes):
        if is_object_dtype(dtype) or isinstance(dtype, pd.StringDtype):
            texts = safe.iloc[:, place]
            formula = texts.astype("str").str.contains(_FORMULA, regex=True, na=False)
            if is_object_dtype(dtype):
                formula &= texts.map(lambda cell: isinstance(cell, str)).astype(bool)
            if formula.any():
                safe.isetitem(place, texts.where(~formula, "'" + texts.astype("str")))
    names = pd.Series([str(name) for name in safe.columns], dtype="str")
    safe.columns = pd.Index(names.where(~names.str.contains(_FORMULA, regex=True), "'" + names))
    write_whole(
        path,
        lambda target: safe.to_csv(
            target, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
        ),
    )


def write_json(values: dict[str, Any], path: Path) -> None:
    """Write plain values, keys in their order."""
    text = json.dumps(values, ensure_ascii=False, indent=2, default=str) + "\n"
    write_text(text, path)


def write_bytes(content: bytes | memoryview, path: Path) -> None:
    """Write bytes."""

    def write(target: Path) -> None:
        target.write_bytes(content)

    write_whole(path, write)


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 text."""

    def write(target: Path) -> None:
        target.write_text(text, "utf-8")

    write_whole(path, write)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, or of the files of a folder by name, in hexadecimal.

    Of a file in a folder that cannot be read the name counts alone.

    Raises
    ------
    InputError
        It is a pipe, a device or the like, which may have no end.
    OSError
        It is not there, or may not be read.
    """
    digest = hashlib.sha256()
    if not path.is_dir():
        _add_content(digest, path)
        return digest.hexdigest()
    for item in sorted(item for item in path.rglob("*") if item.is_file()):
        digest.update(os.fsencode(item.relative_to(path).as_posix()))
        try:
            _add_content(digest, item)
        except OSError:
            digest.update(b"\0unreadable")
    return digest.hexdigest()


def _add_content(digest: hashlib._Hash, path: Path) -> None:
    with open_regular(path) as file:
        while block := file.read(1 << 20):
            digest.update(block)
