"""Partitions on the processes of one machine: bounded memory, and no record that ends a run."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeAlias

from joblib.externals.loky import ProcessPoolExecutor
from joblib.externals.loky.process_executor import BrokenProcessPool

from csatext.batch.engines.halving import UNFORESEEN, Attempt, Work, attempted, not_loaded, without_faults
from csatext.batch.monitoring.log_records import LogStream, log_of_parent, log_of_worker
from csatext.batch.monitoring.stopping import check_stop
from csatext.batch.phases.partition_files import Partition, PartitionFile, write_partition
from csatext.errors import CsatextError

__all__ = ["Workers", "annotate_locally", "workers_ahead"]

Workers: TypeAlias = ProcessPoolExecutor
"""Processes that annotate."""

_AHEAD = 2
"""Partitions in flight for each worker: one that it works on, and the next."""
_GLANCE = 0.5
"""Seconds after which a worker looks again whether its parent lives."""
_FOR_A_WORKER = 2
"""Partitions below which a process of its own costs more than it saves: starting one takes seconds."""


@contextmanager
def workers_ahead(n_jobs: int, load: Callable[[], object]) -> Iterator[Workers | None]:
    """Start the processes of :func:`annotate_locally` before there is work, and end them afterwards.

    A process takes seconds to import and load dictionaries: it does so while this one learns a model.

    Parameters
    ----------
    n_jobs : int
        Processes; with 1 there are none.
    load : callable
        What each is to load; can be sent to a process.
    """
    if n_jobs == 1:
        yield None
        return
    executor = _processes(n_jobs)
    try:
        for _ in range(n_jobs):
            executor.submit(load)
        yield executor
    finally:
        executor.shutdown(wait=True, kill_workers=True)


def annotate_locally(
    work: Work,
    partitions: Iterable[Partition],
    *,
    n_jobs: int = 1,
    workers: Workers | None = None,
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
    workers : Workers, optional
        From :func:`workers_ahead`; started here otherwise.

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
    yield from (_here(work, one) for one in every) if is_one else _on_workers(work, every, n_jobs, workers)


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
    except UNFORESEEN:
        return _without_faults(work, partition, attempted)


def _annotated(work: Work, partition: Partition) -> PartitionFile:
    """Annotate a partition and write it: what a worker does."""
    loaded = partition.load()
    facts = work(loaded.contacts, loaded.turns) if loaded.contacts.num_rows else None
    return write_partition(facts, partition.target, partition.fingerprint, beside=loaded.beside)


def _on_workers(
    work: Work, partitions: Iterator[Partition], n_jobs: int, workers: Workers | None
) -> Iterator[PartitionFile]:
    pool = _Pool(work, n_jobs, workers)
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

    def __init__(self, work: Work, n_jobs: int, workers: Workers | None) -> None:
        self._work = work
        self._n_jobs = n_jobs
        self._executor = _processes(n_jobs) if workers is None else workers
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
        check_stop()
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
            except UNFORESEEN:
                self._suspects.append(partition)
        if broken:
            self._start_anew()
        if self._suspects:
            with _ProcessApart() as apart:
                while self._suspects:
                    yield _without_faults(self._work, self._suspects.pop(0), apart)

    def _start_anew(self) -> None:
        """Replace the processes: all that was in flight is lost, and nobody knows by whose record."""
        self._suspects += self.running.values()
        self.running.clear()
        self.end()
        self._executor = _processes(self._n_jobs)

    def end(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)


def _processes(n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=n, initializer=_begin, initargs=(os.getpid(), log_of_parent()))


def _begin(parent: int, log: LogStream | None) -> None:
    """Let this process end soon after its parent, which may be killed without a word, and log as it does."""
    log_of_worker(log)

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
        raise not_loaded(partition)
    found = without_faults(work, loaded, attempt)
    return write_partition(found.facts, partition.target, partition.fingerprint, found.lost, loaded.beside)


class _ProcessApart:
    """A process that tries step after step, replaced where one ends it: starting one takes seconds."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> _ProcessApart:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def __call__(self, step: Callable[[], Any]) -> Any:
        """Return what a step gives; None where it raises what nobody foresaw, or ends a new process.

        A process that has done other steps may end for what those left in memory: the step is then tried
        in a new one.
        """
        while True:
            is_new = self._executor is None
            if self._executor is None:
                self._executor = _processes(1)
            try:
                return self._executor.submit(step).result()
            except CsatextError:
                raise
            except BrokenProcessPool:
                self._end()
                if is_new:
                    return None
            except UNFORESEEN:
                return None

    def _end(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)
        self._executor = None
