"""Facts as Parquet by date, in the folders that Hive, Spark and DuckDB read; tables beside them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from csatext.atomic_files import claimed_folder, write_json
from csatext.batch.destinations.finished_run import FACTS, FinishedRun
from csatext.errors import OutputError

__all__ = ["BY_DATE", "write_dated_parquet"]

BY_DATE = {"day": "%Y-%m-%d", "month": "%Y-%m"}
_MARK = "_csatext.json"
"""Its name begins as those that readers of such folders pass over."""
_ROWS = 50_000
_MOST_DATES = 36_525
"""A hundred years of days; more are an error of the dates."""
_OPEN_FILES = 200
_UNDATED = "undated"


def write_dated_parquet(
    run: FinishedRun, folder: str | Path, *, by: str = "day", progress: Callable[[str], None]
) -> int:
    """Write the facts of a run into ``facts/dt=.../``, its other tables beside; return how many dates.

    All is written into a folder of its own first, which then takes the place of the earlier ``facts`` and
    ``tables``; ``_csatext.json`` comes last and names the run.

    Parameters
    ----------
    run : FinishedRun
    folder : path
        Made when it is not there.
    by : {"day", "month"}
        ``dt=2026-05-31`` or ``dt=2026-05``; contacts without a time stand in ``dt=undated``.
    progress : callable
        Called with the name of each step when it begins.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds ``facts`` or ``tables`` that no export wrote.
    """
    folder = Path(folder)
    progress("写入按日期分区的 Parquet")
    with claimed_folder(folder):
        places = [folder / FACTS, folder / "tables"]
        _refuse_foreign(folder, places)
        made = folder / f".csatext.{os.getpid()}.tmp"
        for left in folder.glob(".csatext.*.tmp"):
            shutil.rmtree(left)
        try:
            dates = _write_facts(run, made / FACTS, BY_DATE[by])
            (made / "tables").mkdir()
            for name, path in run.tables.items():
                if name != FACTS:
                    shutil.copyfile(path, made / "tables" / path.name)
            (folder / _MARK).unlink(missing_ok=True)
            for place in places:
                if place.exists():
                    place.rename(made / f"{place.name}.earlier")
                (made / place.name).rename(place)
            write_json({"run": run.run_id, "by": by, "dates": dates}, folder / _MARK)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return dates


def _refuse_foreign(folder: Path, places: list[Path]) -> None:
    """Raise where something stands in our place that no export wrote, or an export that was ended left."""
    ours = (folder / _MARK).is_file() or any(folder.glob(".csatext.*.tmp"))
    taken = [place.name for place in places if place.exists() or place.is_symlink()]
    if taken and not ours:
        why = f"里面已有不是 csatext 导出的「{taken[0]}」"
        raise OutputError.unwritable(folder, why, "请换一个文件夹，或先移走它")


def _write_facts(run: FinishedRun, folder: Path, form: str) -> int:
    """Write facts by date and return the number of dates."""
    columns = run.schema(FACTS)
    key = "dt" if "dt" not in columns.names else "csatext_dt"
    dated = columns.append(pa.field(key, pa.string()))

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in run.batches(FACTS, _ROWS):
            yield pa.RecordBatch.from_arrays([*batch.columns, _dates(batch, form)], schema=dated)

    ds.write_dataset(
        ds.Scanner.from_batches(batches(), schema=dated, use_threads=False),
        folder,
        format="parquet",
        partitioning=ds.partitioning(pa.schema([(key, pa.string())]), flavor="hive"),
        basename_template="part-{i}.parquet",
        max_partitions=_MOST_DATES,
        max_open_files=_OPEN_FILES,
        use_threads=False,
    )
    return len(list(folder.glob(f"{key}=*")))


def _dates(batch: pa.RecordBatch, form: str) -> pa.Array:
    if "created_at" not in batch.schema.names or not pa.types.is_timestamp(
        batch.schema.field("created_at").type
    ):
        return pa.array([_UNDATED] * batch.num_rows, pa.string())
    return pc.fill_null(pc.strftime(batch["created_at"], format=form), _UNDATED)
