"""Tables of a run as CSV that Excel opens: UTF-8 with BOM, no cell a formula, no file longer than a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csatext.atomic_files import claimed_folder, write_csv
from csatext.batch.destinations.finished_run import FinishedRun

__all__ = ["write_spreadsheets"]

_SHEET_ROWS = 1_000_000
"""Rows of a file: a sheet of Excel has 1,048,576."""


def write_spreadsheets(
    run: FinishedRun,
    folder: str | Path,
    *,
    progress: Callable[[str], None],
    rows: int = _SHEET_ROWS,
) -> int:
    """Write every table of a run as CSV, long ones in several files, and return the number of files.

    Parameters
    ----------
    run : FinishedRun
    folder : path
        Made when it is not there; files of the same names are replaced, each whole.
    progress : callable
        Called with the name of each step when it begins.
    rows : int
        Most rows of a file.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or another process holds it.
    """
    folder = Path(folder)
    progress("写入 CSV")
    files = 0
    with claimed_folder(folder):
        for name in run.tables:
            for number, part in enumerate(_parts(run, name, rows), start=1):
                ending = "" if number == 1 else f"-{number}"
                write_csv(part, folder / f"{name}{ending}.csv")
                files += 1
    return files


def _parts(run: FinishedRun, name: str, rows: int) -> Iterator[pd.DataFrame]:
    """Yield a table in parts of a sheet; one without rows is one part."""
    held: list[pa.RecordBatch] = []
    parts = 0
    schema = run.schema(name)
    for batch in run.batches(name, min(rows, 50_000)):
        held.append(batch)
        whole = pa.Table.from_batches(held, schema)
        while whole.num_rows >= rows:
            yield _frame(whole.slice(0, rows))
            parts += 1
            whole = whole.slice(rows)
        held = whole.to_batches()
    rest = pa.Table.from_batches(held, schema)
    if rest.num_rows or not parts:
        yield _frame(rest)


def _frame(table: pa.Table) -> pd.DataFrame:
    return table.replace_schema_metadata(None).to_pandas(types_mapper=_whole_numbers)


def _whole_numbers(dtype: pa.DataType) -> object:
    """Return the nullable form of whole numbers and flags: with a missing value 3 would become 3.0."""
    if pa.types.is_boolean(dtype):
        return pd.BooleanDtype()
    if pa.types.is_integer(dtype):
        return pd.Int64Dtype()
    return None
