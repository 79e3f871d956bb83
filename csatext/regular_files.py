"""Reading whole files with a limit: pipes and devices have no end, and a claimed size is only a claim."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from csatext.errors import InputError

__all__ = ["check_regular", "in_megabytes", "open_regular", "read_json_object", "read_whole", "special_file"]

_KINDS = (
    (stat.S_ISDIR, "文件夹"),
    (stat.S_ISFIFO, "管道"),
    (stat.S_ISSOCK, "套接字"),
    (stat.S_ISCHR, "设备"),
    (stat.S_ISBLK, "设备"),
)
_MEGABYTE = 1 << 20
_LARGEST_JSON = 64 << 20
"""Bytes of a manifest, card or record; one of 10,000 files has about a megabyte."""


def special_file(path: Path) -> str | None:
    """Return what a path is where it is no regular file: 文件夹, 管道, 套接字, 设备, 断开的链接.

    None for a regular file, a link to one, and where nothing is there or may be looked at.

    Examples
    --------
    >>> special_file(Path("/")), special_file(Path("missing.csv"))
    ('文件夹', None)
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "断开的链接" if path.is_symlink() else None
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(mode):
        return None
    return next((name for test, name in _KINDS if test(mode)), "特殊文件")


def check_regular(path: Path, what_to_do: str = "请检查路径和权限，或先存成普通文件") -> None:
    """Raise where a path is there and no regular file: to open a pipe may wait for ever.

    Raises
    ------
    InputError
        It is a folder, pipe, socket, device or broken link.
    """
    kind = special_file(path)
    if kind is not None:
        raise InputError.unreadable(path, f"是{kind}，不是普通文件", what_to_do)


def open_regular(path: Path) -> BinaryIO:
    """Return a regular file, opened to be read without ever waiting: some files of /proc would let one wait.

    Raises
    ------
    InputError
        It is no regular file.
    OSError, ValueError
        It is not there, may not be read, or the path cannot be one.
    """
    check_regular(path)
    return open(path, "rb", opener=_without_waiting)


def _without_waiting(path: str, flags: int) -> int:
    """Open a file that may have become a pipe since it was looked at."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def in_megabytes(n: int) -> str:
    """Return a number of bytes as an error shows it.

    Examples
    --------
    >>> in_megabytes(2 << 30), in_megabytes(1000)
    ('2,048 MB', '1,000 字节')
    """
    return f"{n // _MEGABYTE:,} MB" if n >= _MEGABYTE else f"{n:,} 字节"


def read_whole(path: Path, most: int, what_to_do: str) -> bytes:
    """Return the content of a regular file.

    Parameters
    ----------
    path : Path
    most : int
        Bytes that it may have; no more are read, whatever size the system tells.
    what_to_do : str
        Clause of the error for a file that is too large.

    Raises
    ------
    InputError
        It is no regular file, or too large.
    OSError, ValueError
        It is not there, may not be read, or the path cannot be one.
    """
    with open_regular(path) as file:
        # Files of /proc are regular, say that they are empty, and some have no end.
        too_large = os.fstat(file.fileno()).st_size > most
        data = b"" if too_large else file.read(most + 1) or b""
    if too_large or len(data) > most:
        raise InputError.unreadable(path, f"文件超过 {in_megabytes(most)}", what_to_do)
    return data


def read_json_object(path: Path) -> dict[str, Any]:
    """Return what a small JSON file of ours holds: a manifest, a card, a record.

    Raises
    ------
    ValueError
        It is no JSON, no object, or nests too deeply; an InputError where it is no regular file, or too
        large.
    OSError
        It is not there, or may not be read.

    Examples
    --------
    >>> read_json_object(Path("missing.json"))
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'missing.json'
    """
    try:
        found = json.loads(read_whole(path, _LARGEST_JSON, "请重新生成它所在的文件夹"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
