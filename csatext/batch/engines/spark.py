"""Partitions on a cluster of Spark, by ``mapInArrow``: bounded memory, and no record that ends a run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pyarrow as pa

from csatext.batch.engines.arrow_bytes import packed, unpacked
from csatext.batch.engines.executor_task import ANSWER, GIVEN, ExecutorTask, ShippedWork
from csatext.batch.engines.halving import Annotated, Work, halved, not_loaded
from csatext.batch.phases.partition_files import (
    Beside,
    LoadedPartition,
    Partition,
    PartitionFile,
    write_partition,
)
from csatext.batch.phases.section_partition import SectionPartition
from csatext.errors import InputError

__all__ = ["annotate_on_spark"]

_AHEAD = 2
"""Partitions in flight for each core of the cluster: one that it works on, and the next."""
_DEATHS = ("Python worker exited unexpectedly", "ExecutorLostFailure")
"""What Spark says where a record ended the process that worked on it."""
_RAISED = re.compile(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception|Interrupt|Exit))\b", re.M)


def annotate_on_spark(
    session: Any, work_by: Callable[[str], Work], partitions: Iterable[Partition], *, model: Path
) -> Iterator[PartitionFile]:
    """Annotate partitions on a cluster, write each whole, and yield what was written, in any order.

    Every partition is a job of one task, so that no more of them are in memory than two a core, and the
    failure of one is its own. Where its process dies, its halves are tried, and theirs, until the record at
    fault is alone; it is left out and named in the file. Files are written by this process.

    Parameters
    ----------
    session : SparkSession
        From :func:`csatext.batch.engines.java_session.spark_session`.
    work_by : callable
        Gives what annotates contacts by the model in a folder. Spark sends it to the executors by its own
        means.
    partitions : iterable of Partition
    model : Path
        Folder of the model; its files are broadcast, and unpacked once an executor.

    Raises
    ------
    CsatextError
        As the work raises it, or the executors cannot run csatext.
    OSError
        A file cannot be written.
    """
    cluster = _Cluster(session, work_by, model)
    n_ahead = _AHEAD * max(1, session.sparkContext.defaultParallelism)
    threads = ThreadPoolExecutor(n_ahead)
    running: set[Future[PartitionFile]] = set()
    try:
        threads.submit(cluster.check).result()
        for partition in partitions:
            running.add(threads.submit(cluster.write, partition))
            while len(running) >= n_ahead:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in done)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        if running:
            cluster.cancel()
        threads.shutdown(wait=True)
        cluster.end()


class _Cluster:
    """A cluster that was given what its executors need, and what it answers for a partition."""

    def __init__(self, session: Any, work_by: Callable[[str], Work], model: Path) -> None:
        self._session = session
        self._tag = f"csatext-{uuid4().hex}"
        self._shipped = ShippedWork.of(session, work_by, model)
        self._failures = (
            import_module("py4j.protocol").Py4JError,
            import_module("pyspark.errors").PySparkException,
        )

    def check(self) -> None:
        """Run a task without contacts.

        Raises
        ------
        InputError
            The executors cannot run csatext.
        """
        if self._answer(ExecutorTask(self._shipped, is_check=True), None, None) is None:
            raise InputError.unreadable(
                "Spark", "执行节点上的 Python 进程意外退出", "请检查执行节点的日志和内存"
            )

    def write(self, partition: Partition) -> PartitionFile:
        """Annotate a partition and write it.

        Raises
        ------
        InputError
            It cannot be read, or annotated at all.
        """
        answer = self._whole(partition, only_load=False)
        if answer is not None:
            return _written(partition, answer.annotated, answer.beside)
        read = self._whole(partition, only_load=True)
        if read is None:
            raise not_loaded(partition)
        n = read.loaded.contacts.num_rows
        attempt = partial(self._attempt, failed=read.loaded if n > 1 else None)
        return _written(partition, halved(read.loaded, attempt), read.beside)

    def _whole(self, partition: Partition, *, only_load: bool) -> _Answer | None:
        """Return what a task made of a partition; a section is read there, where it is annotated."""
        if isinstance(partition, SectionPartition):
            content = partition.section.content
            bare = replace(partition, section=replace(partition.section, content=b""))
            is_table = not isinstance(content, bytes)
            task = ExecutorTask(self._shipped, bare, is_table=is_table, only_load=only_load)
            return self._answer(task, packed(content) if is_table else content, None)
        loaded = partition.load()
        if only_load:
            return _Answer(Annotated(None, []), loaded, loaded.beside)
        answer = self._of_loaded(loaded)
        return None if answer is None else answer._replace(beside=loaded.beside)

    def _of_loaded(self, loaded: LoadedPartition) -> _Answer | None:
        turns = None if loaded.turns is None else packed(loaded.turns)
        return self._answer(ExecutorTask(self._shipped), packed(loaded.contacts), turns)

    def _attempt(self, part: LoadedPartition, failed: LoadedPartition | None) -> Annotated | None:
        if part is failed:
            return None
        answer = self._of_loaded(part)
        if answer is None and part.contacts.num_rows == 1:
            self.check()  # a cluster that is gone must not cost records, one by one
        return None if answer is None else answer.annotated

    def _answer(self, task: ExecutorTask, content: bytes | None, turns: bytes | None) -> _Answer | None:
        """Return what a task made of a partition; None where its process died.

        Raises
        ------
        InputError
            As the work raises it, or the executors cannot run it.
        """
        self._session.sparkContext.addJobTag(self._tag)  # a tag is the thread's
        given = pa.table([[content], [turns]], schema=GIVEN)
        try:
            frame = self._session.createDataFrame(given).mapInArrow(task, ANSWER)
            (row,) = frame.toArrow().to_pylist()
        except self._failures as error:
            if any(death in str(error) for death in _DEATHS):
                return None
            raise _failed_task(error) from error
        if row["setup"] is not None:
            raise InputError.unreadable("Spark", row["setup"], "请在执行节点上装同样的 Python 和 csatext")
        if row["problem"] is not None:
            raise InputError(row["problem"])
        return _Answer.of_row(row)

    def cancel(self) -> None:
        """End the tasks that are still running."""
        self._session.sparkContext.cancelJobsWithTag(self._tag)

    def end(self) -> None:
        """Let the executors forget what they were given."""
        self._shipped.files.destroy()


def _failed_task(error: Exception) -> InputError:
    """Return the error of a task that failed through no record; no text of Spark's, which may quote data."""
    raised = _RAISED.findall(str(error))
    return InputError.unreadable(
        "Spark",
        f"任务出错（{raised[-1] if raised else type(error).__name__}）",
        "请看 Spark 的日志；执行节点的 Python 环境里要装有同一版本的 csatext",
    )


def _written(partition: Partition, found: Annotated, beside: Beside | None) -> PartitionFile:
    return write_partition(found.facts, partition.target, partition.fingerprint, found.lost, beside)


class _Answer(NamedTuple):
    """What a task made of a partition."""

    annotated: Annotated
    loaded: LoadedPartition
    beside: Beside | None

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> _Answer:
        """Return the answer in a row of :data:`ANSWER`."""
        facts, contacts, turns = (
            None if row[name] is None else unpacked(row[name]) for name in ("facts", "contacts", "turns")
        )
        beside = None if row["beside"] is None else Beside.of_json(json.loads(row["beside"]))
        found = Annotated(facts, list(row["lost"] or ()))
        return cls(found, LoadedPartition(pa.table({}) if contacts is None else contacts, turns), beside)
