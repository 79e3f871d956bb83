"""A partition: contacts to be annotated, and its facts on disk, one Parquet file, whole or not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from csatext.atomic_files import write_whole
from csatext.errors import InputError
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Note
from csatext.schema import conform
from csatext.schema.contacts import QUALITY, REJECTS

__all__ = [
    "Beside",
    "ContactsPartition",
    "LoadedPartition",
    "Partition",
    "PartitionFile",
    "known_partition",
    "write_partition",
]

_META = b"csatext.partition"


class Beside(NamedTuple):
    """What reading some rows gave beside contacts, as in :class:`csatext.ingest.contacts.ReadResult`."""

    rows: int
    turns: int | None
    outside: int
    rejects: pd.DataFrame
    quality: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        rejects = self.rejects.astype(object).where(self.rejects.notna(), None).to_dict("records")
        quality = self.quality[["check", "column", "n", "total", "detail"]].to_dict("records")
        counts = {"rows": self.rows, "turns": self.turns, "outside": self.outside}
        return {**counts, "rejects": rejects, "quality": quality}

    @classmethod
    def of_json(cls, known: dict[str, Any]) -> Beside:
        """Return what :meth:`to_json` made plain."""
        rejects = pd.DataFrame(known["rejects"], columns=[column.name for column in REJECTS.columns])
        quality = quality_table([Note(**note) for note in known["quality"]])
        counts = (known["rows"], known["turns"], known["outside"])
        return cls(*counts, conform(rejects.astype({"line": "Int64"}), REJECTS), conform(quality, QUALITY))


@dataclass(frozen=True)
class LoadedPartition:
    """Contacts of a partition, their turns where they are dialogues, and what reading gave beside them."""

    contacts: pa.Table
    turns: pa.Table | None = None
    beside: Beside | None = None

    def part(self, start: int, stop: int) -> LoadedPartition:
        """Return the contacts at these positions with their turns."""
        contacts = self.contacts.slice(start, stop - start)
        turns = self.turns
        if turns is not None:
            turns = turns.filter(pc.is_in(turns["doc_id"], contacts["doc_id"].combine_chunks()))
        return LoadedPartition(contacts, turns)


class Partition(Protocol):
    """Contacts that are annotated together, and where their facts go."""

    @property
    def target(self) -> Path:
        """The file."""

    @property
    def fingerprint(self) -> str:
        """What the facts depend on; stands in the file, so that a file of earlier facts is known."""

    @property
    def where(self) -> str:
        """The partition as an error names it."""

    def load(self) -> LoadedPartition:
        """Return the contacts."""


class PartitionFile(NamedTuple):
    """A partition that was written.

    Attributes
    ----------
    path : Path
    rows : int
    lost : tuple of str
        Identifiers of contacts that could not be annotated.
    beside : Beside or None
        Of a section.
    """

    path: Path
    rows: int
    lost: tuple[str, ...]
    beside: Beside | None = None


@dataclass(frozen=True)
class ContactsPartition:
    """Some contacts of a file that was read whole.

    Attributes
    ----------
    loaded : LoadedPartition
    target, fingerprint, where
        As :class:`Partition` has them.
    """

    loaded: LoadedPartition
    target: Path
    fingerprint: str = ""
    where: str = ""

    def load(self) -> LoadedPartition:
        """Return the contacts."""
        return self.loaded


def write_partition(
    facts: pa.Table | None,
    path: Path,
    fingerprint: str,
    lost: list[str] | None = None,
    beside: Beside | None = None,
) -> PartitionFile:
    """Write the facts of a partition, None where no contact of it could be annotated.

    Parameters
    ----------
    facts : Table or None
    path : Path
        Replaced as a whole.
    fingerprint : str
        What the facts depend on.
    lost : list of str, optional
        Identifiers of contacts that could not be annotated.
    beside : Beside, optional
        Of a section.
    """
    table = pa.table({}) if facts is None else facts
    known: dict[str, Any] = {"fingerprint": fingerprint, "lost": lost or []}
    if beside is not None:
        known["beside"] = beside.to_json()
    metadata = {**(table.schema.metadata or {}), _META: json.dumps(known, ensure_ascii=False).encode()}
    held = table.replace_schema_metadata(metadata)
    write_whole(path, lambda target: pq.write_table(held, target, write_page_checksum=True))
    return PartitionFile(path, table.num_rows, tuple(lost or ()), beside)


def read_partition(path: Path, is_wanted: Callable[[str], bool] = lambda _: True) -> pa.Table:
    """Return the columns of a partition that are asked for.

    Parameters
    ----------
    path : Path
    is_wanted : callable
        Takes the name of a column.

    Raises
    ------
    InputError
        The file is damaged, or no longer there.

    Examples
    --------
    >>> read_partition(Path("missing.parquet"))
    Traceback (most recent call last):
    csatext.errors.InputError: 无法读取「missing.parquet」：分区不在，或已损坏；请删除它，再运行同一个命令。
    """
    try:
        with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
            return file.read([name for name in file.schema_arrow.names if is_wanted(name)])
    except (OSError, pa.ArrowException, ValueError) as error:
        what = "请删除它，再运行同一个命令"
        raise InputError.unreadable(path, "分区不在，或已损坏", what) from error


def known_partition(path: Path, fingerprint: str) -> PartitionFile | None:
    """Return a partition that stands there already, None where there is none that depends on the same.

    Examples
    --------
    >>> known_partition(Path("missing.parquet"), "") is None
    True
    """
    if not path.is_file():
        return None
    try:
        footer = pq.read_metadata(path)
        known = json.loads((footer.metadata or {})[_META])
        if known["fingerprint"] != fingerprint:
            return None
        beside = Beside.of_json(known["beside"]) if "beside" in known else None
        return PartitionFile(path, footer.num_rows, tuple(map(str, known["lost"])), beside)
    except (OSError, pa.ArrowException, LookupError, ValueError, TypeError):
        return None
