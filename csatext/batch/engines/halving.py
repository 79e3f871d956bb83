"""The search for a record that ends its partition: halves, and theirs, until it is alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa

from csatext.batch.phases.partition_files import LoadedPartition, Partition
from csatext.errors import CsatextError, InputError

__all__ = [
    "UNFORESEEN",
    "Annotated",
    "Attempt",
    "Work",
    "attempted",
    "halved",
    "not_loaded",
    "without_faults",
]

Work = Callable[[pa.Table, pa.Table | None], pa.Table]
"""Contacts and their turns in, facts out."""
Attempt = Callable[[Callable[[], Any]], Any]
"""Does a step, and returns what it gives; None where a record ended it."""

UNFORESEEN = (
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
_T = TypeVar("_T")


class Annotated(NamedTuple):
    """What a partition gave.

    Attributes
    ----------
    facts : Table or None
        None where no contact could be annotated.
    lost : list of str
        Identifiers of contacts that could not be annotated.
    """

    facts: pa.Table | None
    lost: list[str]


def attempted(step: Callable[[], _T]) -> _T | None:
    """Return what a step gives; None where it raises what nobody foresaw.

    Raises
    ------
    CsatextError
        As the step raises it.

    Examples
    --------
    >>> attempted(lambda: 1), attempted(lambda: 1 // 0)
    (1, None)
    """
    try:
        return step()
    except CsatextError:
        raise
    except UNFORESEEN:
        return None


def halved(loaded: LoadedPartition, attempt: Callable[[LoadedPartition], Annotated | None]) -> Annotated:
    """Annotate contacts as a whole, or by their halves, and theirs, where they cannot be.

    Parameters
    ----------
    loaded : LoadedPartition
    attempt : callable
        Gives None where a contact of those it is given ended it.
    """
    tables: list[pa.Table] = []
    lost: list[str] = []
    waiting = deque([loaded] if loaded.contacts.num_rows else [])
    while waiting:
        part = waiting.popleft()
        n = part.contacts.num_rows
        found = attempt(part)
        if found is not None:
            tables += [] if found.facts is None else [found.facts]
            lost += found.lost
        elif n == 1:
            lost.append(str(part.contacts["doc_id"][0].as_py()))
        else:
            waiting.extendleft([part.part(n // 2, n), part.part(0, n // 2)])
    if len(tables) > 1:
        tables = [pa.concat_tables(tables, promote_options="permissive")]
    return Annotated(next(iter(tables), None), lost)


def without_faults(work: Work, loaded: LoadedPartition, attempt: Attempt = attempted) -> Annotated:
    """Annotate contacts without those that end the work.

    Parameters
    ----------
    work : callable
    loaded : LoadedPartition
    attempt : callable, optional
        Does the work on some of them; the default in this process.

    Raises
    ------
    CsatextError
        As ``work`` raises it.
    """

    def attempt_part(part: LoadedPartition) -> Annotated | None:
        facts = attempt(partial(work, part.contacts, part.turns))
        return None if facts is None else Annotated(facts, [])

    return halved(loaded, attempt_part)


def not_loaded(partition: Partition) -> InputError:
    """Return the error of a partition whose contacts cannot even be read."""
    what = "请把这一段拆出来检查，或换一种格式导出"
    return InputError.unreadable(partition.where, "读取时程序中止或出错", what)
