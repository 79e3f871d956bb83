"""A partition of facts on disk: one Parquet file, whole or not there, that says what it depends on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from csatext.atomic_files import write_whole

__all__ = ["PartitionFile", "known_partition", "write_partition"]

_META = b"csatext.partition"


class PartitionFile(NamedTuple):
    """A partition that was written.

    Attributes
    ----------
    path : Path
    rows : int
    lost : tuple of str
        Identifiers of contacts that could not be annotated.
    """

    path: Path
    rows: int
    lost: tuple[str, ...]


def write_partition(
    facts: pa.Table | None, path: Path, fingerprint: str, lost: list[str] | None = None
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
    """
    table = pa.table({}) if facts is None else facts
    known = {"fingerprint": fingerprint, "lost": lost or []}
    metadata = {**(table.schema.metadata or {}), _META: json.dumps(known, ensure_ascii=False).encode()}
    held = table.replace_schema_metadata(metadata)
    write_whole(path, lambda target: pq.write_table(held, target))
    return PartitionFile(path, table.num_rows, tuple(lost or ()))


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
        return PartitionFile(path, footer.num_rows, tuple(map(str, known["lost"])))
    except (OSError, pa.ArrowException, LookupError, ValueError, TypeError):
        return None
