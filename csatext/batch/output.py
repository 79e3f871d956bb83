"""The output folder of a run: every file whole, the manifest last, no file of an earlier run."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from csatext.atomic_files import file_hash, prepare_folder, write_csv, write_json, write_parquet, write_text
from csatext.batch.configuration import Configuration
from csatext.batch.manifest import RunOutput, manifest
from csatext.errors import InputError, OutputError
from csatext.regular_files import read_json_object
from csatext.reporting.run_tables import files_hash, table_stem

__all__ = ["damaged_files", "finished_output", "refuse_link", "write_output"]

_MANIFEST = "manifest.json"
_EARLIER = ".manifest.json.earlier"
_FOLDERS = ("tables", "partitions", "model")
_TEMPORARY = re.compile(r"\.(?:facts|rejects|report|manifest|[\w ]+)\.(?:parquet|csv|html|json)\.\d+\.tmp")


def refuse_link(out: Path) -> None:
    """Raise where a folder within the output is a symbolic link: what it points to is not ours to write.

    Raises
    ------
    OutputError
        It is one.
    """
    for name in _FOLDERS:
        if (out / name).is_symlink():
            raise OutputError(
                f"「{out / name}」是一个链接，不会写到它指向的地方；请删除它，或换一个输出文件夹。"
            )


def write_output(output: RunOutput, out: Path, configuration: Configuration) -> None:
    """Write a run into a folder.

    The manifest of an earlier run is put aside before the first file is replaced, so that a folder
    with ``manifest.json`` is always the whole of one run; files that the earlier run lists and this
    one did not write are removed before the new manifest appears. Other files in the folder stay.

    Raises
    ------
    OutputError
        The folder cannot be made or written; nothing has been written.
    OSError
        The disk is full or the like; there is no ``manifest.json`` then.
    """
    prepare_folder(out)
    refuse_link(out)
    prepare_folder(out / "tables")
    earlier = _earlier_files(out)
    if (out / _MANIFEST).exists():
        (out / _MANIFEST).replace(out / _EARLIER)
    for folder in (out, out / "tables"):
        for path in folder.glob(".*.tmp"):
            if _TEMPORARY.fullmatch(path.name):
                path.unlink(missing_ok=True)
    written = [out / "facts.parquet", out / "rejects.parquet"]
    write_parquet(output.facts, written[0])
    write_parquet(output.rejects, written[1])
    for name, table in output.tables.items():
        stem = table_stem(name)
        for write, ending in ((write_parquet, "parquet"), (write_csv, "csv")):
            written.append(out / "tables" / f"{stem}.{ending}")
            write(table, written[-1])
    hashes = {path.relative_to(out).as_posix(): file_hash(path) for path in written}
    page = out / "report.html"
    write_text(output.report(files_hash(hashes)), page)
    hashes["report.html"] = file_hash(page)
    for path in earlier - {*written, page}:
        path.unlink(missing_ok=True)
    write_json(manifest(output, configuration, hashes), out / _MANIFEST)
    (out / _EARLIER).unlink(missing_ok=True)


def finished_output(out: Path, state: str) -> dict[str, Any] | None:
    """Return the manifest of a folder whose output depends on ``state`` and is whole; None otherwise.

    Parameters
    ----------
    out : Path
    state : str
        What the output is to depend on.

    Examples
    --------
    >>> finished_output(Path("missing"), "") is None
    True
    """
    try:
        known = read_json_object(out / _MANIFEST)
        same = bool(state) and known["state"] == state and isinstance(known["rows"], dict)
        return dict(known) if same and not damaged_files(out)[0] else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def damaged_files(out: Path) -> tuple[list[str], int]:
    """Return the files of a finished run that are missing or were changed, and how many it lists.

    Raises
    ------
    InputError
        The folder holds no finished run.

    Examples
    --------
    >>> damaged_files(Path("missing"))
    Traceback (most recent call last):
    csatext.errors.InputError: 无法读取「missing」：里面没有完成的运行；请给出 csatext run 的输出文件夹。
    """
    try:
        known = read_json_object(out / _MANIFEST)
        listed = {str(name): str(wanted) for name, wanted in known["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        what = "请给出 csatext run 的输出文件夹"
        raise InputError.unreadable(out, "里面没有完成的运行", what) from error
    damaged = [
        name for name, wanted in listed.items() if not _is_ours(name) or not _is_whole(out / name, wanted)
    ]
    return damaged, len(listed)


def _is_whole(path: Path, wanted: str) -> bool:
    try:
        return file_hash(path) == wanted
    except (OSError, InputError):
        return False


def _earlier_files(out: Path) -> set[Path]:
    """Return the files that an earlier run, finished or interrupted, left in the folder."""
    found: set[Path] = set()
    for name in (_MANIFEST, _EARLIER):
        try:
            listed = read_json_object(out / name)["files"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(listed, dict):
            found |= {out / entry for entry in map(str, listed) if _is_ours(entry)}
    return found


def _is_ours(entry: str) -> bool:
    """Return whether a name in a manifest is one that a run can have written: never outside the folder."""
    parts = PurePosixPath(entry).parts
    inside = len(parts) == 1 or (len(parts) == 2 and parts[0] == "tables")
    return inside and ".." not in parts and entry.endswith((".parquet", ".csv", ".html"))
