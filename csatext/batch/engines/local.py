"""Partitions on the processes of one machine: bounded memory, and no record that ends a run."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

import pyarrow as pa
from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import BrokenProcessPool

from csatext.batch.phases.partition_files import Partition, PartitionFile, write_partition
from csatext.errors import CsatextError, InputError

__all__ = ["annotate_locally"]

Work = Callable[[pa.Table, pa.Table | None], pa.Table]
Attempt = Callable[[Callable[[], Any]], Any]
_AHEAD = 2
"""Partitions in flight for each worker: one that it works on, and the next."""
_UNFORESEEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a record that nobody foresaw may raise; RuntimeError is also what the death of a worker raises."""
_GLANCE = 0.5
"""Seconds after which a worker looks again whether its parent lives."""
_FOR_A_WORKER = 2
"""Partitions below which a process of its own costs more than it saves: starting one takes seconds."""


@dataclass
class _Pieces:
    """What the search for the record at fault has annotated, in order, and the records it gave up."""

    tables: list[pa.Table] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def annotate_locally(
    work: Work, partitions: Iterable[Partition], *, n_jobs: int = 1
) -> Iterator[PartitionFile]:
    """Annotate partitions, write each whole, and yield what was written, in any order.

    Partitions are taken from their source as workers become free, so that no more of them are in memory than
    two a worker. Where a worker dies or a partition raises what nobody foresaw, its halves are tried, and
    theirs, until the record at fault is alone; it is left out and named in the file.

    Parameters
    ----------
    work : callable
        Such as :func:`csatext.batch.phases.annotate_partition.annotate_partition`; can be sent to a process.
    partitions : iterable of Partition
    n_jobs : int, default 1
        Processes. With 1, or a single partition, all is done in this one, which a record that kills it ends.

    Raises
    ------
    CsatextError
        As ``work`` raises it: the model or the configuration cannot be used.
    OSError
        A file cannot be written.
    """
    source = iter(partitions)
    ahead = deque(islice(source, _FOR_A_WORKER))
    is_one = n_jobs == 1 or len(ahead) < _FOR_A_WORKER
    every = _emptied(ahead, source)
    yield from (_here(work, one) for one in every) if is_one else _on_workers(work, every, n_jobs)


def _emptied(first: deque[Partition], rest: Iterator[Partition]) -> Iterator[Partition]:
    """Return what was taken ahead, then the rest; nothing that was given is held."""
    while first:
        yield first.popleft()
    yield from rest


def _here(work: Work, partition: Partition) -> PartitionFile:
    try:
        return _annotated(work, partition)
    except CsatextError:
        raise
    except _UNFORESEEN:
        return _without_faults(work, partition, _attempt_here)


def _annotated(work: Work, partition: Partition) -> PartitionFile:
    """Annotate a partition and write it: what a worker does."""
    loaded = partition.load()
    facts = work(loaded.contacts, loaded.turns) if loaded.contacts.num_rows else None
    return write_partition(facts, partition.target, partition.fingerprint, beside=loaded.beside)


def _on_workers(work: Work, partitions: Iterator[Partition], n_jobs: int) -> Iterator[PartitionFile]:
    pool = _Pool(work, n_jobs)
    try:
        for partition in partitions:
            pool.submit(partition)
            while len(pool.running) >= _AHEAD * n_jobs:
                yield from pool.collected()
        while pool.running:
            yield from pool.collected()
    finally:
        pool.end()


class _Pool:
    """Worker processes, and what they work on; processes that a record has ended are replaced."""

    def __init__(self, work: Work, n_jobs: int) -> None:
        self._work = work
        self._n_jobs = n_jobs
        self._executor = _processes(n_jobs)
        self.running: dict[Future[PartitionFile], Partition] = {}
        self._suspects: list[Partition] = []

    def submit(self, partition: Partition) -> None:
        try:
            self.running[self._executor.submit(_annotated, self._work, partition)] = partition
        except BrokenProcessPool:
            self._start_anew()
            self.running[self._executor.submit(_annotated, self._work, partition)] = partition

    def collected(self) -> Iterator[PartitionFile]:
        """Wait for a partition and yield what is done; what may be at fault is tried alone."""
        finished, _ = wait(self.running, return_when=FIRST_COMPLETED)
        broken = False
        for future in [one for one in self.running if one in finished]:
            partition = self.running.pop(future)
            try:
                yield future.result()
            except CsatextError:
                raise
            except BrokenProcessPool:
                broken = True
                self._suspects.append(partition)
            except _UNFORESEEN:
                self._suspects.append(partition)
        if broken:
            self._start_anew()
        while self._suspects:
            yield _without_faults(self._work, self._suspects.pop(0), _attempt_apart)

    def _start_anew(self) -> None:
        """Replace the processes: all that was in flight is lost, and nobody knows by whose record."""
        self._suspects += self.running.values()
        self.running.clear()
        self.end()
        self._executor = _processes(self._n_jobs)

    def end(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)


def _processes(n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=n, initializer=_end_with, initargs=(os.getpid(),))


def _end_with(parent: int) -> None:
    """Let this process end soon after its parent, which may be killed without a word."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_GLANCE)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _without_faults(work: Work, partition: Partition, attempt: Attempt) -> PartitionFile:
    """Annotate a partition without the records that end it, found by halving.

    Raises
    ------
    InputError
        It cannot even be read.
    """
    loaded = attempt(partition.load)
    if loaded is None:
        raise InputError.unreadable(
            partition.where, "读取时程序中止或出错", "请把这一段拆出来检查，或换一种格式导出"
        )
    pieces = _Pieces()
    waiting = deque([loaded] if loaded.contacts.num_rows else [])
    while waiting:
        part = waiting.popleft()
        n = part.contacts.num_rows
        facts = attempt(partial(work, part.contacts, part.turns))
        if facts is not None:
            pieces.tables.append(facts)
        elif n == 1:
            pieces.lost.append(str(part.contacts["doc_id"][0].as_py()))
        else:
            waiting.extendleft([part.part(n // 2, n), part.part(0, n // 2)])
    facts = pa.concat_tables(pieces.tables, promote_options="permissive") if pieces.tables else None
    return write_partition(facts, partition.target, partition.fingerprint, pieces.lost, loaded.beside)


def _attempt_here(step: Callable[[], Any]) -> Any:
    """Return what a step gives; None where it raises what nobody foresaw."""
    try:
        return step()
    except CsatextError:
        raise
    except _UNFORESEEN:
        return None


def _attempt_apart(step: Callable[[], Any]) -> Any:
    """Return what a step gives in a process of its own; None also where that process dies."""
    with _processes(1) as executor:
        return _attempt_here(executor.submit(step).result)
