"""Annotate an input by a model, partition by partition: what is done already is not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from csatext.atomic_files import write_text
from csatext.batch.configuration import Configuration
from csatext.batch.engines.halving import Work
from csatext.batch.engines.java_session import spark_session
from csatext.batch.engines.local import annotate_locally
from csatext.batch.engines.spark import annotate_on_spark
from csatext.batch.monitoring.stopping import check_stop, ends_between
from csatext.batch.phases.annotate_partition import PartitionTask, annotate_partition, partition_table
from csatext.batch.phases.facts_store import FactsStore, FileRecord
from csatext.batch.phases.input_files import (
    ContactsOf,
    InputFile,
    files_in_order,
    input_files,
    own_contacts,
    read_file,
)
from csatext.batch.phases.partition_files import (
    Beside,
    ContactsPartition,
    LoadedPartition,
    Partition,
    PartitionFile,
    known_partition,
)
from csatext.batch.phases.run_model import model_digest
from csatext.batch.phases.section_partition import SectionPartition, SectionTask
from csatext.batch.run_state import digest_of, settings_of
from csatext.errors import InputError
from csatext.ingest.contacts import ReadResult
from csatext.ingest.formats.database import source_name
from csatext.ingest.quality.checks import quality_table, summed_quality
from csatext.ingest.raw_table import Note
from csatext.ingest.sections.section import ReadingPlan
from csatext.privacy.outputs import mask_sentence
from csatext.progress import counted
from csatext.regular_files import read_whole
from csatext.schema import conform
from csatext.schema.contacts import REJECTS
from csatext.strings import encodable

__all__ = ["AnnotateResult", "annotate_input"]

_ROWS, _CHARACTERS = 10_000, 2_000_000
"""Most contacts and characters of a partition: about 200 MB while it is annotated."""
_LOST = "处理这条联络时程序中止或出错，已跳过"
_SECRET = ".pseudonyms.key"
Progress = Callable[[str], None]


class AnnotateResult(NamedTuple):
    """What annotating did.

    Attributes
    ----------
    annotated : tuple of str
        Names of the files that were annotated; the others were known already.
    known : int
        Files that were known.
    dropped : int
        Files of earlier runs that are no longer listed.
    contacts, rejects : int
        Of all files.
    """

    annotated: tuple[str, ...]
    known: int
    dropped: int
    contacts: int
    rejects: int

    @property
    def changed(self) -> bool:
        """Whether anything is other than before."""
        return bool(self.annotated or self.dropped)


def annotate_input(
    source: str | Path,
    store: FactsStore,
    model: Path,
    configuration: Configuration,
    progress: Progress,
    *,
    n_jobs: int = 1,
    engine: str = "local",
    incremental: bool = False,
) -> AnnotateResult:
    """Annotate the files of an input that are new or changed, and list what is finished.

    Parameters
    ----------
    source : path
        A file, a folder or a database URL.
    store : FactsStore
        Claimed by this process.
    model : Path
        Folder of the model.
    configuration : Configuration
        Sections ``input`` and ``privacy``; the others are those that the model was fitted with.
    progress : callable
        Called with the name of each step when it begins.
    n_jobs : int, default 1
        Processes, where the engine is ``local``.
    engine : {"local", "spark"}, default "local"
        Where partitions are annotated; facts do not depend on it.
    incremental : bool, default False
        Whether files that are no longer in the input stay, and repeated identifiers are versions.

    Raises
    ------
    CsatextError
        The input, the model or the folder cannot be used.
    OSError
        The disk is full or the like; what was finished before is found again by the next run.
    """
    files = input_files(source, configuration, progress)
    earlier = store.listed() or {"files": {}, "runs": []}
    gone = set(earlier["files"]) - {file.key for file in files} if incremental else set()
    _check_gone(store, gone, model, earlier)
    store.prepare()
    digest = store.take_model(model)
    number = len(earlier["runs"]) + 1
    work = _InputWork(store, configuration, digest, progress, number, incremental)
    known, pending = work.divided(files)
    key = configuration.privacy.pseudonymize or None
    work_by = partial(_work_by, digest=digest, key=key)
    with ends_between(), counted("标注", None) as count:
        spark = engine == "spark" and bool(pending)
        for one in _annotated(spark, work_by, work.partitions(pending), store.model, n_jobs):
            work.take(one)
            count.add(one.rows)
            check_stop()
    if work.failures and len(work.failures) == len(files):
        raise work.failures[0]
    records = known + work.finished
    if len({record.turns is None for record in records if record.contacts}) > 1:
        what = "请分放两个文件夹，或用 --kind turns / --kind contacts 指定"
        raise InputError.unreadable(source_name(source), "里面有对话，也有一行一条联络的表", what)
    records += [record for record in map(store.record, gone) if record is not None]
    dropped = len(set(earlier["files"]) - {record.key for record in records})
    records = files_in_order(records, lambda record: (record.name, record.key))
    # What a run that was killed had finished counts as this one's: nobody has been told of it.
    before = earlier["files"]
    new = {one.key for one in records if before.get(one.key) != one.fingerprint} | work.written
    annotated = tuple(one.name for one in records if one.key in new)
    runs = list(earlier["runs"])
    if annotated or dropped:
        runs.append(
            {
                "run": number,
                "files": list(annotated),
                "contacts": sum(record.contacts for record in records if record.run == number),
                "dropped": dropped,
            }
        )
    store.write_list(records, digest, runs, keyed=key is not None)
    contacts = sum(record.contacts for record in records)
    rejects = sum(len(store.beside(record)[0]) for record in records)
    return AnnotateResult(annotated, len(known), dropped, contacts, rejects)


def _annotated(
    spark: bool, work_by: Callable[[str], Work], partitions: Iterator[Partition], model: Path, n_jobs: int
) -> Iterator[PartitionFile]:
    """Yield the partitions as they are written, by one engine or the other."""
    if spark:
        with spark_session() as session:
            yield from annotate_on_spark(session, work_by, partitions, model=model)
    else:
        yield from annotate_locally(work_by(str(model)), partitions, n_jobs=n_jobs)


def _check_gone(store: FactsStore, gone: set[str], model: Path, earlier: Mapping[str, Any]) -> None:
    """Raise where facts of files that are no longer there could not stay: nobody can annotate them again.

    Raises
    ------
    InputError
        Their partitions are missing, or the model is another.
    """
    if any(store.record(key) is None for key in gone):
        what = "请恢复 partitions 里的文件，或换一个输出文件夹重新运行"
        raise InputError.unreadable(store.folder, "早先标注的文件缺了分区", what)
    if gone and model_digest(model) != earlier["digest"]:
        raise InputError(
            f"模型与「{store.folder}」里的不同，而早先的 {len(gone)} 个文件已不在输入里，不能重新标注；"
            "请把它们放回输入，或沿用原来的模型，或换一个输出文件夹。"
        )


def _secret(store: FactsStore) -> str:
    """Return the key of pseudonyms of a folder, which is made with it and never leaves it."""
    path = store.partitions / _SECRET
    if not path.exists():
        write_text(token_hex(16), path)
        path.chmod(0o600)
    try:
        return read_whole(path, 1_000, "请删除它").decode("ascii")
    except UnicodeDecodeError as error:
        raise InputError.unreadable(path, "已损坏", "请换一个输出文件夹重新运行") from error


@dataclass
class _OpenFile:
    """A file of which some partitions are still to be annotated, and what reading it gave beside contacts."""

    file: InputFile
    beside: Beside | None
    targets: list[Path] = field(default_factory=list)
    found: dict[Path, PartitionFile] = field(default_factory=dict)
    is_cut: bool = False


class _InputWork:
    """The files of an input on their way to records, with what annotating them depends on."""

    def __init__(
        self,
        store: FactsStore,
        configuration: Configuration,
        digest: str,
        progress: Progress,
        run: int,
        versions: bool,
    ) -> None:
        self._store = store
        self._configuration = configuration
        self._progress = progress
        self._run = run
        self._versions = versions
        self._secret = _secret(store)
        self._depends = self._dependencies(digest)
        self._open: dict[str, _OpenFile] = {}
        self.written: set[str] = set()
        self.finished: list[FileRecord] = []
        self.failures: list[InputError] = []

    def _dependencies(self, digest: str) -> str:
        """Return all that facts depend on but the content of their file."""
        settings = settings_of(self._configuration)
        return digest_of(
            {
                "input": settings["input"],
                "privacy": settings["privacy"],
                "model": digest,
                "versions_of_a_contact": self._versions,
                "partition": [_ROWS, _CHARACTERS],
            }
        )

    def _fingerprint(self, file: InputFile) -> str:
        """Return what the facts of a file depend on."""
        text = f"{file.name}\0{file.sha256}\0{self._depends}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def divided(self, files: list[InputFile]) -> tuple[list[FileRecord], list[InputFile]]:
        """Return the records of files that are known, and the files that are not."""
        known, pending = [], []
        for file in files:
            record = self._store.record(file.key)
            if record is not None and record.fingerprint == self._fingerprint(file):
                known.append(record)
            else:
                pending.append(file)
        return known, pending

    def partitions(self, files: list[InputFile]) -> Iterator[Partition]:
        """Read one file after the other, and yield the partitions that are not there yet."""
        for file in files:
            self._progress(f"读取 {file.name}")
            try:
                plan = file.reading_plan(self._configuration.input)
                if plan is not None:
                    yield from self._sections_of(file, plan)
                    continue
                read, turns = read_file(file, self._configuration, self._progress)
                file.refuse_changed()
            except InputError as error:
                if not file.beside or file.key in self._open:
                    raise
                self._fail(file, error)
                continue
            own = own_contacts(file, read, turns, self._configuration, self._secret, versions=self._versions)
            file.source.forget()
            yield from self._partitions_of(file, own)

    def _partitions_of(self, file: InputFile, read: ReadResult) -> Iterator[Partition]:
        """Yield the partitions of a file that was read whole."""
        fingerprint = self._fingerprint(file)
        cuts = _cuts(read.contacts)
        beside = Beside(read.rows, read.turns, read.outside, read.rejects, read.quality)
        opened = self._open[file.key] = _OpenFile(file, beside)
        self._progress(f"标注 {file.name}：{len(read.contacts):,} 条联络，{len(cuts) - 1} 个分区")
        for at in range(len(cuts) - 1):
            target = self._awaited(opened, fingerprint)
            if target is not None:
                loaded = LoadedPartition(*_tables(read, cuts[at], cuts[at + 1]))
                yield ContactsPartition(loaded, target, fingerprint, file.name)
        self._end(opened)

    def _sections_of(self, file: InputFile, plan: ReadingPlan) -> Iterator[Partition]:
        """Yield the sections of a large file as they are cut from it."""
        opened = self._open[file.key] = _OpenFile(file, None)
        task = SectionTask(
            plan,
            self._configuration,
            ContactsOf(file.name, file.beside),
            self._secret,
            self._versions,
        )
        self._progress(f"标注 {file.name}：逐段读取")
        depends = f"{self._depends}\0{file.name}\0{plan}".encode("utf-8", "surrogatepass")
        content = hashlib.sha256()
        for section in file.sections(plan, self._configuration.input):
            own = section.digest()
            content.update(own)
            fingerprint = hashlib.sha256(depends + own).hexdigest()
            target = self._awaited(opened, fingerprint)
            if target is not None:
                yield SectionPartition(section, task, target, fingerprint)
        file.refuse_changed()
        if not file.sha256:
            opened.file = file._replace(sha256=content.hexdigest())
        self._end(opened)

    def _awaited(self, opened: _OpenFile, fingerprint: str) -> Path | None:
        """Return where the next partition of a file goes; None where it is there."""
        target = self._store.target(opened.file.key, len(opened.targets))
        opened.targets.append(target)
        there = known_partition(target, fingerprint)
        if there is None:
            return target
        opened.found[target] = there
        return None

    def _end(self, opened: _OpenFile) -> None:
        """Take note that a file has no more partitions."""
        opened.is_cut = True
        self._finish_if_whole(opened.file.key)

    def take(self, partition: PartitionFile) -> None:
        """Take note of a partition that was written; with the last of a file its record is."""
        key = partition.path.name.partition("-")[0]
        self._open[key].found[partition.path] = partition
        self.written.add(key)
        self._finish_if_whole(key)

    def _finish_if_whole(self, key: str) -> None:
        opened = self._open[key]
        if not opened.is_cut or len(opened.found) < len(opened.targets):
            return
        del self._open[key]
        file = opened.file
        found = [opened.found[target] for target in opened.targets]
        beside = opened.beside or _joined([one.beside for one in found if one.beside is not None])
        lost = tuple(doc_id for one in found for doc_id in one.lost)
        rejects = beside.rejects
        if lost:
            more = {"source": file.name, "line": pd.NA, "reason": _LOST, "raw": list(lost)}
            rejects = pd.concat([rejects, pd.DataFrame(more).astype({"line": "Int64"})], ignore_index=True)
        record = FileRecord(
            file.name,
            file.key,
            file.sha256,
            self._fingerprint(file),
            self._run,
            beside.rows,
            sum(one.rows for one in found),
            beside.turns,
            beside.outside,
            tuple(one.path.name for one in found),
            lost,
        )
        self._store.finish(record, conform(rejects, REJECTS), beside.quality)
        self.finished.append(record)

    def _fail(self, file: InputFile, error: InputError) -> None:
        """Write the record of a file that cannot be read: one reject, which names the reason."""
        self.failures.append(error)
        said = encodable(mask_sentence(str(error)))
        rejects = pd.DataFrame(
            {"source": [file.name], "line": [pd.NA], "reason": [f"整个文件未读：{said}"], "raw": [""]}
        )
        record = FileRecord(
            file.name, file.key, file.sha256, self._fingerprint(file), self._run, 1, 0, None, 0, (), ()
        )
        rejects = conform(rejects.astype({"line": "Int64"}), REJECTS)
        self._store.finish(record, rejects, quality_table([Note("file_failed", "", 1, 1, said)]))
        self.finished.append(record)


def _joined(parts: list[Beside]) -> Beside:
    """Return what reading the sections of a file gave, as that of one."""
    turns = [part.turns for part in parts if part.turns is not None]
    notes = [
        Note(row.check, row.column, int(row.n), int(row.total), row.detail)
        for part in parts
        for row in part.quality.itertuples(index=False)
    ]
    rejects = pd.concat([part.rejects for part in parts], ignore_index=True)
    return Beside(
        sum(part.rows for part in parts),
        sum(turns) if turns else None,
        sum(part.outside for part in parts),
        rejects,
        summed_quality(notes),
    )


def _work_by(model: str, digest: str, key: str | None) -> Work:
    return partial(_annotate, PartitionTask(model, digest, key))


def _annotate(how: PartitionTask, contacts: pa.Table, turns: pa.Table | None) -> pa.Table:
    return annotate_partition(contacts, how, turns)


def _cuts(contacts: pd.DataFrame) -> list[int]:
    """Return where partitions begin, and the end: none has too many contacts or characters."""
    lengths = contacts["text"].str.len().fillna(0).to_numpy(np.int64)
    total = np.concatenate(([0], np.cumsum(lengths)))
    cuts = [0]
    while cuts[-1] < len(contacts):
        start = cuts[-1]
        full = int(np.searchsorted(total, total[start] + _CHARACTERS, side="right")) - 1
        cuts.append(min(max(full, start + 1), start + _ROWS, len(contacts)))
    return cuts


def _tables(read: ReadResult, start: int, stop: int) -> tuple[pa.Table, pa.Table | None]:
    """Return the contacts at some positions, and their turns."""
    contacts = read.contacts.iloc[start:stop]
    turns = read.utterances
    if turns is not None:
        turns = turns[turns["doc_id"].isin(contacts["doc_id"])]
    return partition_table(contacts), None if turns is None else partition_table(turns)
