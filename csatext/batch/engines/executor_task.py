"""What runs on an executor of Spark: a partition annotated, answered with facts or a reason.

A process that a record has ended is replaced by one that imports this module, which therefore needs little.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

import csatext
from csatext.batch.engines.arrow_bytes import packed, unpacked
from csatext.batch.engines.halving import Work, attempted, not_loaded, without_faults
from csatext.batch.phases.partition_files import LoadedPartition
from csatext.errors import CsatextError

if TYPE_CHECKING:
    from csatext.batch.phases.section_partition import SectionPartition

__all__ = ["ANSWER", "GIVEN", "ExecutorTask", "ShippedWork"]

GIVEN = pa.schema([("content", pa.binary()), ("turns", pa.binary())])
"""What a task is given: contacts and turns as Arrow, or the content of a section."""
ANSWER = (
    "facts binary, lost array<string>, contacts binary, turns binary, beside string, "
    "problem string, setup string"
)
_ANSWERED = pa.schema(
    [
        ("facts", pa.binary()),
        ("lost", pa.list_(pa.string())),
        ("contacts", pa.binary()),
        ("turns", pa.binary()),
        ("beside", pa.string()),
        ("problem", pa.string()),
        ("setup", pa.string()),
    ]
)
"""What a task answers, for Arrow and, above, for Spark."""


@dataclass(frozen=True)
class ShippedWork:
    """Work by a model as Spark sends it to the executors.

    Attributes
    ----------
    work_by : callable
        Gives what annotates contacts by the model in a folder.
    files : Broadcast of dict of str to bytes
        Files of the model.
    digest : str
        Of the files.
    versions : tuple of str
        Of csatext and Python, which must be the same there.
    """

    work_by: Callable[[str], Work]
    files: Any = field(repr=False)
    digest: str
    versions: tuple[str, str]

    @classmethod
    def of(cls, session: Any, work_by: Callable[[str], Work], model: Path) -> ShippedWork:
        """Broadcast the files of a model."""
        names = (path for path in sorted(model.rglob("*")) if path.is_file())
        files = {path.relative_to(model).as_posix(): path.read_bytes() for path in names}
        digest = hashlib.sha256()
        for name, content in files.items():
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        broadcast = session.sparkContext.broadcast(files)
        return cls(work_by, broadcast, digest.hexdigest(), _versions())

    def difference(self) -> str | None:
        """Return how this executor differs from where the run was started."""
        here = _versions()
        if here == self.versions:
            return None
        said = "csatext {}、Python {}"
        return f"执行节点上是 {said.format(*here)}，这里是 {said.format(*self.versions)}"

    def work(self) -> Work:
        """Return the work by the model as it lies on this executor."""
        root = import_module("pyspark").SparkFiles.getRootDirectory()
        folder = Path(root, f"csatext-{self.digest}")
        if not folder.is_dir():
            _place(self.files.value, folder)
        return self.work_by(str(folder))


@dataclass(frozen=True)
class ExecutorTask:
    """What a task does: annotate the partition that it is given, and answer with facts or a reason.

    Given are contacts and turns as Arrow, or the content of a section, of which the rest stands in
    ``section``.
    """

    shipped: ShippedWork
    section: SectionPartition | None = None
    is_table: bool = False
    only_load: bool = False
    is_check: bool = False

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Answer each row of :data:`GIVEN` with one of :data:`ANSWER`."""
        for batch in batches:
            for row in batch.to_pylist():
                yield _as_batch(self._answer(row["content"], row["turns"]))

    def _answer(self, content: bytes, turns: bytes | None) -> dict[str, Any]:
        setup = self.shipped.difference()
        if setup is not None:
            return {"setup": setup}
        try:
            work = self.shipped.work()
            if self.is_check:
                return {}
            loaded = self._loaded(content, turns)
            if self.only_load:
                said = None if loaded.turns is None else packed(loaded.turns)
                return {"contacts": packed(loaded.contacts), "turns": said, "beside": _said(loaded)}
            found = without_faults(work, loaded)
        except CsatextError as error:
            return {"problem": str(error)}
        facts = None if found.facts is None else packed(found.facts)
        return {"facts": facts, "lost": found.lost, "beside": _said(loaded)}

    def _loaded(self, content: bytes, turns: bytes | None) -> LoadedPartition:
        if self.section is None:
            return LoadedPartition(unpacked(content), None if turns is None else unpacked(turns))
        given = unpacked(content) if self.is_table else content
        section = replace(self.section, section=replace(self.section.section, content=given))
        loaded = attempted(section.load)
        if loaded is None:
            raise not_loaded(section)
        return loaded


def _versions() -> tuple[str, str]:
    return csatext.__version__, ".".join(platform.python_version_tuple()[:2])


def _said(loaded: LoadedPartition) -> str | None:
    return None if loaded.beside is None else json.dumps(loaded.beside.to_json(), ensure_ascii=False)


def _place(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder, whole or not there; another process of this executor may be quicker."""
    made = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    for name, content in files.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
        if not folder.is_dir():
            raise


def _as_batch(answer: Mapping[str, Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([dict(answer)], schema=_ANSWERED)
