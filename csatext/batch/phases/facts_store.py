"""The folder of annotated partitions: what is in it, what each file of the input gave, what is finished."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import csatext
from csatext.atomic_files import prepare_folder, write_json, write_parquet
from csatext.batch.phases.input_files import files_in_order
from csatext.batch.phases.run_model import copy_run_model, model_digest
from csatext.errors import InputError
from csatext.regular_files import read_whole

__all__ = ["FactsStore", "FileRecord"]

_LIST = "annotations.json"
_FORMAT = 1
_LARGEST = 256 << 20
_OURS = re.compile(r"([0-9a-f]{16})(?:-\d{5}\.parquet|\.(?:json|rejects\.parquet|quality\.parquet))")
_WHAT_TO_DO = "请给出 csatext annotate INPUT --model MODEL -o 文件夹 写出的文件夹"


@dataclass(frozen=True)
class FileRecord:
    """What a file of the input gave.

    Attributes
    ----------
    name, key : str
        As in :class:`csatext.batch.phases.input_files.InputFile`.
    sha256, fingerprint : str
        Of the file's content, and of all that its facts depend on.
    run : int
        Which run annotated it, from 1.
    rows, contacts : int
        Rows read, and contacts among them.
    turns : int or None
        Turns of dialogues.
    outside : int
        Contacts that are not of the time asked for.
    partitions : tuple of str
        Names of the files that hold its facts, in order.
    lost : tuple of str
        Identifiers of contacts that could not be annotated.
    """

    name: str
    key: str
    sha256: str
    fingerprint: str
    run: int
    rows: int
    contacts: int
    turns: int | None
    outside: int
    partitions: tuple[str, ...]
    lost: tuple[str, ...]


class FactsStore:
    """A folder of facts by partition, with the model they were made by.

    Parameters
    ----------
    folder : Path
        Holds ``model/``, ``partitions/`` and, when all is finished, ``annotations.json``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.partitions = folder / "partitions"
        self.model = folder / "model"

    # The model

    def take_model(self, given: Path) -> str:
        """Keep a copy of a model, unless it is there, and return its digest.

        Raises
        ------
        InputError
            The folder is no model, or cannot be written.
        """
        wanted = model_digest(given)
        if self.model.resolve() == given.resolve():
            return wanted
        if not self.has_model() or model_digest(self.model) != wanted:
            copy_run_model(given, self.model, wanted)
        return wanted

    def has_model(self) -> bool:
        """Return whether there is a whole model."""
        return (self.model / "model.json").is_file()

    def model_card(self) -> dict[str, Any]:
        """Return what the model was learnt from; empty where that cannot be told."""
        try:
            return dict(json.loads(read_whole(self.model / "model.json", _LARGEST, _WHAT_TO_DO)))
        except (OSError, InputError, ValueError, TypeError, RecursionError):
            return {}

    def remove_model(self) -> None:
        """Remove the model: another is to be learnt."""
        shutil.rmtree(self.model, ignore_errors=True)

    # The record of each file

    def prepare(self) -> None:
        """Make the folders; remove what a run that was killed left half written.

        Raises
        ------
        InputError
            They cannot be made or written.
        """
        for folder in (self.folder, self.partitions):
            prepare_folder(folder)
        self._tidy()

    def _tidy(self) -> None:
        for folder in (self.folder, self.partitions):
            for path in folder.glob(".?*.*.tmp"):
                if not path.name.split(".")[-2].isdecimal():
                    continue
                if path.is_file():
                    path.unlink(missing_ok=True)
                else:
                    shutil.rmtree(path, ignore_errors=True)

    def target(self, key: str, number: int) -> Path:
        """Return where partition ``number`` of a file goes."""
        return self.partitions / f"{key}-{number:05d}.parquet"

    def record(self, key: str) -> FileRecord | None:
        """Return what a file gave; None where it was not finished."""
        try:
            known = json.loads((self.partitions / f"{key}.json").read_text("utf-8"))
            tuples = {name: tuple(known[name]) for name in ("partitions", "lost")}
            record = FileRecord(**{**known, **tuples})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        whole = all((self.partitions / Path(name).name).is_file() for name in record.partitions)
        return record if whole and record.key == key else None

    def finish(self, record: FileRecord, rejects: pd.DataFrame, quality: pd.DataFrame) -> None:
        """Write the record of a file whose partitions are all there; its earlier ones go."""
        write_parquet(rejects, self.partitions / f"{record.key}.rejects.parquet")
        write_parquet(quality, self.partitions / f"{record.key}.quality.parquet")
        write_json(asdict(record), self.partitions / f"{record.key}.json")
        for path in self.partitions.glob(f"{record.key}-*.parquet"):
            if path.name not in record.partitions:
                path.unlink(missing_ok=True)

    def beside(self, record: FileRecord) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the rejects and the quality of a file."""
        rejects = pd.read_parquet(self.partitions / f"{record.key}.rejects.parquet")
        return rejects, pd.read_parquet(self.partitions / f"{record.key}.quality.parquet")

    # The list of what is finished

    def listed(self) -> dict[str, Any] | None:
        """Return what is finished; None where nothing was.

        Raises
        ------
        InputError
            It is of another format.
        """
        try:
            found = json.loads(read_whole(self.folder / _LIST, _LARGEST, _WHAT_TO_DO))
            files = {str(key): str(value) for key, value in found["files"].items()}
            runs = [dict(run) for run in found["runs"]]
        except (OSError, InputError):
            return None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        if found.get("format") != _FORMAT:
            what = "请用写出它的 csatext 版本，或换一个输出文件夹"
            raise InputError.unreadable(self.folder, f"格式版本是 {found.get('format')!r}", what)
        return {
            "files": files,
            "runs": runs,
            "digest": str(found.get("model")),
            "keyed": bool(found.get("keyed")),
        }

    def write_list(
        self, records: Sequence[FileRecord], digest: str, runs: Sequence[Mapping[str, Any]], *, keyed: bool
    ) -> None:
        """Write what is finished, then remove what is no longer listed.

        ``keyed`` says that pseudonyms are tokens by a key of the user's, which stay as they are.
        """
        content = {
            "format": _FORMAT,
            "csatext": csatext.__version__,
            "model": digest,
            "keyed": keyed,
            "files": {record.key: record.fingerprint for record in records},
            "runs": list(runs),
        }
        write_json(content, self.folder / _LIST)
        self._tidy()
        listed = {record.key for record in records}
        for path in self.partitions.iterdir():
            ours = _OURS.fullmatch(path.name)
            if ours is not None and ours[1] not in listed:
                path.unlink(missing_ok=True)

    def records(self) -> list[FileRecord]:
        """Return the records of all files that are listed, in the order of their names.

        Raises
        ------
        InputError
            The folder holds no annotated contacts, or its last run was not finished.
        """
        found = self.listed()
        if found is None:
            raise InputError.unreadable(self.folder, "里面没有标注完的联络", _WHAT_TO_DO)
        records = [self.record(key) for key in found["files"]]
        known = [record for record in records if record is not None]
        if {record.key: record.fingerprint for record in known} != found["files"]:
            raise InputError.unreadable(
                self.folder, "上一次标注没有完成", "请重新运行同一个命令，会从中断处继续"
            )
        return files_in_order(known, lambda record: (record.name, record.key))
