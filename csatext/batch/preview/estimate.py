"""What a run would take: rows by size, time by the clock on the head, memory by what was measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

__all__ = ["Estimate", "Timing", "estimated", "timed_on"]

_FEW = 200
"""Contacts below which two clockings do not tell the cost of a contact from that of a start."""
_PART = 4
_BASE_MB, _MB_PER_1000 = 530, 7.0
"""Memory of a run without a model: 599 MB at 10,000 complaints and 949 MB at 60,000 (``metrics.json``)."""
_USUAL_CHARACTERS = 58
_PROCESS_MB, _PARTITION_MB = 350, 200
"""Memory of a process that annotates (dictionaries, model), and of a partition in flight."""
_PARTITION_ROWS = 10_000
_FACTS_MB_PER_1000 = 0.8
"""Memory of what is aggregated: 2,702 MB at 3,000,000 reviews (``benchmarks/scale.py``)."""
_LEARNING, _AGGREGATING = 120_000, 0.2
"""Contacts whose annotation takes as long as learning from a sample, and the part of its time that
aggregating a contact takes, in one process: seen at 3,000,000 reviews (``metrics.json``)."""


class Timing(NamedTuple):
    """What the head took: seconds to start and for each contact, and on how many contacts."""

    start: float
    each: float
    contacts: int

    def with_learning(self) -> Timing:
        """Return the same with the time that learning a model from a sample takes before."""
        return self._replace(start=self.start + _LEARNING * self.each)


class Estimate(NamedTuple):
    """What the whole would take, about; None where the number of rows is not known."""

    contacts: int | None
    seconds: float | None
    megabytes: float | None


def timed_on(contacts: pd.DataFrame, work: Callable[[pd.DataFrame], object]) -> Timing:
    """Return what work takes, from a quarter of the contacts and from all of them.

    Examples
    --------
    >>> timed_on(pd.DataFrame({"text": ["好"] * 3}), len).contacts
    3
    """
    n = len(contacts)
    begin = time.perf_counter()
    if n < _FEW:
        work(contacts)
        took = time.perf_counter() - begin
        return Timing(took, took / max(n, 1), n)
    work(contacts.iloc[:1])  # What is loaded once.
    loaded = time.perf_counter()
    work(contacts.iloc[: n // _PART])
    part = time.perf_counter()
    work(contacts)
    whole = time.perf_counter()
    each = max(whole - part - (part - loaded), 0.0) / (n - n // _PART)
    return Timing(loaded - begin + max(whole - part - each * n, 0.0), each, n)


def estimated(
    timing: Timing, contacts: int | None, characters: float, *, processes: int = 1, by_model: bool = False
) -> Estimate:
    """Return what a run over so many contacts would take.

    Parameters
    ----------
    timing : Timing
    contacts : int or None
    characters : float
        Mean length of a text.
    processes : int
        That share the contacts, by a model.
    by_model : bool
        Whether contacts are annotated by partitions, and their facts aggregated.

    Examples
    --------
    >>> estimated(Timing(2.0, 0.001, 1000), 60_000, 58)
    Estimate(contacts=60000, seconds=62.0, megabytes=950.0)
    >>> estimated(Timing(2.0, 0.001, 1000), 3_000_000, 58, processes=2, by_model=True)
    Estimate(contacts=3000000, seconds=2102.0, megabytes=2930.0)
    """
    if contacts is None:
        return Estimate(None, None, None)
    if not by_model:
        length = max(characters / _USUAL_CHARACTERS, 1.0)
        megabytes = _BASE_MB + _MB_PER_1000 * length * contacts / 1000
        return Estimate(contacts, timing.start + timing.each * contacts, megabytes)
    partitions = max(-(-contacts // _PARTITION_ROWS), 1)
    working = min(processes, partitions)
    annotating = float(_PROCESS_MB * (1 + working) + _PARTITION_MB * min(2 * working, partitions))
    megabytes = max(annotating, _BASE_MB + _FACTS_MB_PER_1000 * contacts / 1000)
    seconds = timing.start + timing.each * contacts * (1 / working + _AGGREGATING)
    return Estimate(contacts, seconds, megabytes)
