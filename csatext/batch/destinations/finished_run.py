"""A finished run as files of tables: what there is to hand on, and by which id it is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from csatext.atomic_files import file_hash
from csatext.batch.output import damaged_files
from csatext.errors import InputError

__all__ = ["FACTS", "FinishedRun", "finished_run"]

FACTS = "facts"
_ID_DIGITS = 16


@dataclass(frozen=True)
class FinishedRun:
    """The tables of a run that is whole.

    Attributes
    ----------
    folder : Path
    run_id : str
        Of the content of its manifest: the same results have the same id, however often they are handed on.
    tables : dict of str to Path
        Parquet files by the name of their table: ``facts``, ``rejects``, then those of ``tables/``.
    """

    folder: Path
    run_id: str
    tables: dict[str, Path]

    def schema(self, name: str) -> pa.Schema:
        """Return the columns of a table, its identifier first, without what pandas notes of them."""
        found: pa.Schema = pq.read_schema(self.tables[name])
        order = sorted(found.names, key=lambda column: column != "doc_id")
        return pa.schema([found.field(column) for column in order])

    def batches(self, name: str, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table in order, at most ``rows`` at once, columns as in :meth:`schema`."""
        order = self.schema(name).names
        with pq.ParquetFile(self.tables[name]) as file:
            for batch in file.iter_batches(rows):
                yield batch.select(order)

    def rows(self, name: str) -> int:
        """Return the number of rows of a table."""
        return int(pq.read_metadata(self.tables[name]).num_rows)


def finished_run(folder: str | Path) -> FinishedRun:
    """Return the tables of an output folder.

    Parameters
    ----------
    folder : path
        Of ``csatext run`` or ``csatext aggregate``.

    Raises
    ------
    InputError
        It holds no finished run, or files of it are missing or were changed.
    """
    folder = Path(folder)
    damaged, _ = damaged_files(folder)
    if damaged:
        what = "请重新运行同一个命令"
        raise InputError.unreadable(folder, f"有 {len(damaged)} 个文件缺了或被改动过", what)
    found = {path.stem: path for path in (folder / "facts.parquet", folder / "rejects.parquet")}
    found |= {path.stem: path for path in sorted((folder / "tables").glob("*.parquet"))}
    return FinishedRun(folder, file_hash(folder / "manifest.json")[:_ID_DIGITS], found)
