"""Files as bytes and folders as lists of files: what is read, what is passed over, what is unpacked."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from csatext.errors import InputError

__all__ = ["Listing", "ending_of", "list_folder", "read_bytes", "stems"]

_GZIP = b"\x1f\x8b"
_BLANK = b"\x00 \t\r\n"
_GLANCE = 4096
_UNPACKED = 2 << 30
"""Bytes that a packed file may have unpacked."""
_HIDDEN = (".", "~$")
_RESULTS = ("manifest.json", "report.html")
"""Files that mark a folder of results: to read them as input would count contacts twice."""


class Listing(NamedTuple):
    """The files of a folder that are read, in order, and the names of files and folders passed over."""

    files: list[Path]
    skipped: list[str]


def ending_of(path: Path) -> str:
    """Return the ending of a file in lower case, that of the packed file for ``.gz``.

    Examples
    --------
    >>> ending_of(Path("五月.CSV")), ending_of(Path("五月.jsonl.gz"))
    ('.csv', '.jsonl')
    """
    ending = path.suffix.lower()
    return Path(path.stem).suffix.lower() if ending == ".gz" else ending


def stems(names: Sequence[str]) -> list[str]:
    """Return the names of files without their endings; whole names where two would be one.

    Examples
    --------
    >>> stems(["五月/a.csv", "b.txt.gz", "c.csv", "c.xlsx"])
    ['五月/a', 'b', 'c.csv', 'c.xlsx']
    """
    bare = [PurePath(name.removesuffix(".gz")).with_suffix("").as_posix() for name in names]
    times = Counter(bare)
    return [stem if times[stem] == 1 else name for stem, name in zip(bare, names, strict=True)]


def _unpacked(data: bytes, path: Path) -> bytes:
    """Return the content of a gzip file, that of files written one after another included."""
    pieces: list[bytes] = []
    left = _UNPACKED
    while data.startswith(_GZIP):
        stream = zlib.decompressobj(wbits=31)
        try:
            pieces.append(stream.decompress(data, left + 1))
        except zlib.error as error:
            raise InputError.unreadable(path, "压缩文件已损坏", "请重新压缩，或先解压再读") from error
        left -= len(pieces[-1])
        if left < 0:
            raise InputError.unreadable(path, f"解压后超过 {_UNPACKED >> 20} MB", "请先解压并拆成几个文件")
        if not stream.eof:
            raise InputError.unreadable(path, "压缩文件不完整", "请重新压缩，或先解压再读")
        data = stream.unused_data
    return b"".join(pieces)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, unpacked where it is a gzip file.

    Raises
    ------
    InputError
        It is not there, may not be read, is empty, or unpacks to more than 2 GB.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError.unreadable(path, "文件不存在", "请检查路径和文件名") from error
    except PermissionError as error:
        raise InputError.unreadable(path, "没有读取权限", "请检查文件权限，或关闭正在占用它的程序") from error
    except (OSError, ValueError) as error:
        raise InputError.unreadable(path, "系统无法打开这个路径", "请检查路径和磁盘") from error
    if data.startswith(_GZIP):
        data = _unpacked(data, path)
    if not (data[:_GLANCE].strip(_BLANK) or data.strip(_BLANK)):
        raise InputError.unreadable(path, "文件是空的", "请检查导出是否完成")
    return data


def list_folder(folder: Path, endings: Collection[str]) -> Listing:
    """Return the files of a folder and of the folders in it, by name.

    Hidden files and folders, lock files of office programs, folders of csatext's own results and files
    of other endings are passed over and named.

    Parameters
    ----------
    folder : Path
    endings : collection of str
        In lower case.

    Raises
    ------
    InputError
        The folder may not be read.
    """
    found: list[Path] = []
    skipped: list[str] = []
    try:
        for where, folders, files in os.walk(folder, onerror=_raise):
            here = Path(where)
            closed = [name for name in folders if name.startswith(_HIDDEN) or _holds_results(here / name)]
            skipped += [f"{(here / name).relative_to(folder).as_posix()}/" for name in closed]
            folders[:] = sorted(set(folders) - set(closed))
            for name in files:
                read = Path(name).suffix.lower() in endings and not name.startswith(_HIDDEN)
                if read:
                    found.append(here / name)
                else:
                    skipped.append((here / name).relative_to(folder).as_posix())
    except OSError as error:
        raise InputError.unreadable(folder, "没有读取权限", "请检查文件夹权限") from error
    return Listing(sorted(found, key=lambda path: (len(path.parts), path)), sorted(skipped))


def _raise(error: OSError) -> None:
    raise error


def _holds_results(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _RESULTS)
