"""Hand a finished run on: to a database, to Parquet by date, to CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from csatext.batch.destinations.dated_parquet import write_dated_parquet
from csatext.batch.destinations.finished_run import FinishedRun, finished_run
from csatext.batch.destinations.spreadsheets import write_spreadsheets
from csatext.errors import InputError
from csatext.ingest.formats.database import source_name

__all__ = ["Destinations", "export_run"]

Progress = Callable[[str], None]


class Destinations(NamedTuple):
    """Where a run is to go; empty names are left out.

    Attributes
    ----------
    sql : str
        URL of a database.
    sql_schema : str
        In it; empty for that of the connection.
    if_exists : str
        ``replace``, ``append`` or ``fail``.
    parquet : str
        Folder.
    by_date : str
        ``day`` or ``month``.
    csv : str
        Folder.
    """

    sql: str = ""
    sql_schema: str = ""
    if_exists: str = "replace"
    parquet: str = ""
    by_date: str = "day"
    csv: str = ""


def export_run(out: str, to: Destinations, progress: Progress) -> list[str]:
    """Write the tables of a finished run where they are wanted, and return a sentence for each place.

    Parameters
    ----------
    out : path
        Folder of ``csatext run`` or ``csatext aggregate``.
    to : Destinations
    progress : callable
        Called with the name of each step when it begins.

    Raises
    ------
    InputError
        The folder holds no whole run, or a package is missing.
    OutputError
        A place cannot be written; what was there stays as it was.
    """
    run = finished_run(out)
    said = []
    if to.sql:
        n = _to_database(run, to, progress)
        said.append(f"{n} 个表写入了数据库 {source_name(to.sql)}")
    if to.parquet:
        n = write_dated_parquet(run, to.parquet, by=to.by_date, progress=progress)
        said.append(f"事实表按 {n} 个日期写入了「{to.parquet}」")
    if to.csv:
        n = write_spreadsheets(run, to.csv, progress=progress)
        said.append(f"{n} 个 CSV 写入了「{to.csv}」")
    return said


def _to_database(run: FinishedRun, to: Destinations, progress: Progress) -> int:
    if find_spec("sqlalchemy") is None:
        raise InputError.missing_package("写入数据库", "SQLAlchemy", "sql")
    from csatext.batch.destinations.sql_database import write_to_database

    return write_to_database(run, to.sql, schema=to.sql_schema, if_exists=to.if_exists, progress=progress)
