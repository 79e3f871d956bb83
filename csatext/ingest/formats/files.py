"""Files as bytes and folders as lists of files: what is read, what is passed over, what is unpacked."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path, PurePath
from typing import NamedTuple

from csatext.errors import InputError
from csatext.ingest.formats.limits import LARGEST_FILE, LARGEST_SWELLING, MOST_CELLS, MOST_GZIP_MEMBERS
from csatext.regular_files import check_regular, in_megabytes, read_whole, special_file

__all__ = [
    "Listing",
    "ending_of",
    "list_folder",
    "read_bytes",
    "refuse_endless",
    "refuse_swelling",
    "stems",
    "stream_bytes",
]

_GZIP = b"\x1f\x8b"
_BLANK = b"\x00 \t\r\n"
_GLANCE = 4096
_PACKED_PIECE, _PIECE = 1 << 16, 1 << 24
"""Bytes that are unpacked at once, and that they may give at once."""
_STREAMED = 1 << 22
"""Bytes that are read at once of a file that is not held."""
_HELD = 256 << 20
"""Unpacked bytes that are held before it is known whether the whole is too large."""
_SPLIT = "请拆成几个文件，放进一个文件夹再读"
_HIDDEN = (".", "~$")
_RESULTS = (("manifest.json", "report.html"), ("model/model.json",), ("model.json", "vectorizer.csatext"))
"""Files that mark a folder of results, of annotated partitions and of a model: to read them as input would
count contacts twice."""


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


def _cut(data: bytes) -> Iterator[bytes]:
    """Yield packed bytes in pieces that are unpacked at once."""
    return (data[at : at + _PACKED_PIECE] for at in range(0, len(data), _PACKED_PIECE))


def _inflate(packed: Iterable[bytes], path: Path) -> Iterator[bytes]:
    """Yield the content of a gzip file in chunks, that of files written one after another included."""
    stream = zlib.decompressobj(wbits=31)
    members = 1
    for piece_in in packed:
        pending, more = piece_in, True
        while pending or more:
            if stream.eof:
                if not pending.startswith(_GZIP[:1]):
                    return  # Padding behind the last one, or what another program wrote there.
                members += 1
                if members > MOST_GZIP_MEMBERS:
                    what = "请先解压并合成一个文件"
                    raise InputError.unreadable(path, f"由超过 {MOST_GZIP_MEMBERS:,} 个压缩文件拼成", what)
                stream = zlib.decompressobj(wbits=31)
            try:
                piece = stream.decompress(pending, _PIECE)
            except zlib.error as error:
                raise InputError.unreadable(path, "压缩文件已损坏", "请重新压缩，或先解压再读") from error
            yield piece
            pending = stream.unused_data if stream.eof else stream.unconsumed_tail
            more = len(piece) == _PIECE and not stream.eof
    if not stream.eof:
        raise InputError.unreadable(path, "压缩文件不完整", "请重新压缩，或先解压再读")


def _unpacked(data: bytes, path: Path) -> bytes:
    """Return the content of a gzip file; of one that is too large no more than a part is ever held."""
    held = BytesIO()
    size = 0
    for piece in _inflate(_cut(data), path):
        size += len(piece)
        if size > LARGEST_FILE:
            raise InputError.unreadable(path, f"解压后超过 {in_megabytes(LARGEST_FILE)}", _SPLIT)
        if size <= _HELD:
            held.write(piece)
    if size > _HELD:
        held = BytesIO()
        for piece in _inflate(_cut(data), path):
            held.write(piece)
    # The bytes of a buffer that is let go are not copied, as those of joined pieces would be.
    whole = held.getvalue()
    if whole.startswith(_GZIP):
        raise InputError.unreadable(path, "压缩了不止一层", "请先解压，再读里面的文件")
    return whole


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, unpacked where it is a gzip file.

    Raises
    ------
    InputError
        It is no regular file, is not there, may not be read, is empty, or has more than 2 GB, packed or
        unpacked.
    """
    try:
        data = read_whole(path, LARGEST_FILE, _SPLIT)
    except InputError:
        raise
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


def stream_bytes(path: Path) -> Iterator[bytes]:
    """Yield the content of a file piece by piece, unpacked where it is a gzip file; none is held.

    Raises
    ------
    InputError
        It is no regular file, may not be read, its packing is damaged, or it swells as no export does.
    """
    check_regular(path)
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            size = _PACKED_PIECE if packed else _STREAMED
            pieces = iter(lambda: file.read(size), b"")
            if not packed:
                yield from pieces
                return
            unpacked, whole = 0, path.stat().st_size
            for piece in _inflate(pieces, path):
                unpacked += len(piece)
                refuse_swelling(unpacked, whole, path)
                yield piece
    except OSError as error:
        raise InputError.unreadable(path, "系统无法读完这个文件", "请检查磁盘和权限") from error


def refuse_swelling(unpacked: int, packed: int, path: object) -> None:
    """Raise for what is unpacked piece by piece and was made to swell.

    Parameters
    ----------
    unpacked, packed : int
        Bytes that are unpacked so far, and of the file.
    path : object
        Named in the error.

    Raises
    ------
    InputError
        More than 2 GB, a hundred times the file.

    Examples
    --------
    >>> refuse_swelling(8 << 30, 1 << 30, "a.csv.gz")
    """
    if unpacked > max(LARGEST_FILE, LARGEST_SWELLING * packed):
        why = f"解压后超过 {in_megabytes(LARGEST_FILE)}，是文件的 {LARGEST_SWELLING} 倍以上"
        raise InputError.unreadable(path, why, _SPLIT)


def refuse_endless(data: bytes, path: object) -> None:
    """Raise for a large text without line ends, or with more lines than a table has, before it is decoded.

    Raises
    ------
    InputError
        A line of more than 256 MB, or more lines than a table may have cells.

    Examples
    --------
    >>> refuse_endless("编号,内容".encode(), "a.csv")
    """
    if len(data) <= _HELD:
        return
    if max(data.count(b"\n"), data.count(b"\r")) > MOST_CELLS:
        raise InputError.unreadable(path, f"超过 {MOST_CELLS:,} 行", _SPLIT)
    at = 0
    while at + _HELD < len(data):
        last = max(data.rfind(end, at, at + _HELD) for end in (b"\n", b"\r"))
        if last < at:
            what = "请检查导出；JSON 请改存为每行一个记录"
            raise InputError.unreadable(path, f"有一行超过 {in_megabytes(_HELD)}", what)
        at = last + 1


def list_folder(folder: Path, endings: Collection[str]) -> Listing:
    """Return the files of a folder and of the folders in it, by name.

    Hidden files and folders, lock files of office programs, folders of csatext's own results, links to
    folders, files of other endings and what is no regular file (pipes, sockets, devices, broken links) are
    passed over and named.

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
            closed = [name for name in folders if _is_closed(here / name)]
            skipped += [f"{(here / name).relative_to(folder).as_posix()}/" for name in closed]
            folders[:] = sorted(set(folders) - set(closed))
            for name in files:
                read = Path(name).suffix.lower() in endings and not name.startswith(_HIDDEN)
                kind = special_file(here / name) if read else None
                if read and kind is None:
                    found.append(here / name)
                else:
                    shown = (here / name).relative_to(folder).as_posix()
                    skipped.append(f"{shown}（{kind}）" if kind else shown)
    except OSError as error:
        raise InputError.unreadable(folder, "没有读取权限", "请检查文件夹权限") from error
    return Listing(sorted(found, key=lambda path: (len(path.parts), path)), sorted(skipped))


def _raise(error: OSError) -> None:
    raise error


def _is_closed(folder: Path) -> bool:
    return folder.name.startswith(_HIDDEN) or folder.is_symlink() or _holds_results(folder)


def _holds_results(folder: Path) -> bool:
    return any(all((folder / name).is_file() for name in names) for names in _RESULTS)
