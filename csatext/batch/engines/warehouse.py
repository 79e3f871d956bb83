"""Tables and folders of Spark (a catalog, HDFS, an object store): read as sections, written from facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from csatext.batch.engines.arrow_bytes import packed, unpacked
from csatext.batch.engines.java_session import spark_session
from csatext.errors import InputError
from csatext.ingest.sections.section import MOST_ROWS, InputSection

__all__ = ["is_warehouse", "spark_where_needed", "warehouse_sections", "write_warehouse"]

_TABLE = "table:"
_TIME, _DAY = "created_at", "created_date"
_URI = re.compile(r"(?:hdfs|viewfs|s3a?|gs|abfss?|wasbs?|dbfs|oss|cosn|obs|file)://")
"""File systems of Spark; other schemes are those of SQL databases."""


def is_warehouse(source: str) -> bool:
    """Return whether an input is one that Spark reads: ``table:`` with a name, or a URI of Parquet.

    Examples
    --------
    >>> [is_warehouse(one) for one in ("table:crm.tickets", "s3a://lake/tickets", "mysql://crm", "a.csv")]
    [True, True, False, False]
    """
    return source.startswith(_TABLE) or _URI.match(source) is not None


def spark_where_needed(source: str | Path) -> AbstractContextManager[Any]:
    """Return a context in which an input that Spark reads is read by one session, however often."""
    return spark_session() if is_warehouse(str(source)) else nullcontext()


def warehouse_sections(source: str) -> Iterator[InputSection]:
    """Yield the rows of a table or of a folder of Parquet, no more of them in memory than a few sections.

    Points in time are those that Spark shows, in the time zone of its session.

    Parameters
    ----------
    source : str
        ``table:catalog.db.name``, or a URI of Parquet, which may be partitioned.

    Raises
    ------
    InputError
        Spark cannot be started, or cannot read it.
    """
    what = "请检查名字、权限、地址，并确认是表或 Parquet"
    with spark_session() as session, _failures_named(source, "读不了", what):
        rows = _read(session, source).mapInArrow(_packed_batches, "cells binary")
        first = 0
        for row in rows.toLocalIterator(prefetchPartitions=True):
            cells = unpacked(bytes(row["cells"]))
            yield InputSection(cells, first)
            first += cells.num_rows


def write_warehouse(facts: Path, target: str) -> None:
    """Write facts as a table of Spark, or as Parquet at a URI, by day where contacts have a time.

    Every executor fetches the file and writes its share of the rows; what stood there is replaced as a whole.

    Parameters
    ----------
    facts : Path
        ``facts.parquet`` of a run.
    target : str
        As :func:`is_warehouse` has it.

    Raises
    ------
    InputError
        Spark cannot be started, or cannot write it.
    """
    with spark_session() as session, _failures_named(target, "写不了", "请检查名字、权限和地址"):
        schema = _plain(pq.read_schema(facts))
        context = session.sparkContext
        context.addFile(str(facts))
        n = max(1, context.defaultParallelism)
        types = import_module("pyspark.sql.pandas.types")
        frame = session.range(0, n, 1, n).mapInArrow(
            _Share(facts.name, n, schema), types.from_arrow_schema(schema, prefer_timestamp_ntz=True)
        )
        by_day: list[str] = []
        if _TIME in schema.names:
            frame = frame.withColumn(_DAY, frame[_TIME].cast("date"))
            by_day = [_DAY]
        writer = frame.write.mode("overwrite").partitionBy(*by_day)
        if target.startswith(_TABLE):
            writer.saveAsTable(target.removeprefix(_TABLE))
        else:
            writer.parquet(target)


@dataclass(frozen=True)
class _Share:
    """What a task of writing does: of every ``n`` batches of a file that was sent, it takes its own."""

    name: str
    n: int
    schema: pa.Schema

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        path = import_module("pyspark").SparkFiles.get(self.name)
        own = {number for batch in batches for number in batch.column(0).to_pylist()}
        with pq.ParquetFile(path) as file:
            for at, batch in enumerate(file.iter_batches(batch_size=MOST_ROWS)):
                if at % self.n in own:
                    plain = pa.Table.from_batches([batch]).cast(self.schema)
                    yield from plain.combine_chunks().to_batches()


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return the columns of a file with types that Spark has."""
    return pa.schema([(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    return pa.int64() if pa.types.is_unsigned_integer(kind) else kind


@contextmanager
def _failures_named(source: str, why: str, what_to_do: str) -> Iterator[None]:
    """Raise what Spark raises as an error that names the source and the kind of error, no data."""
    failures = (import_module("py4j.protocol").Py4JError, import_module("pyspark.errors").PySparkException)
    try:
        yield
    except failures as error:
        shown = source if source.startswith(_TABLE) else f"{source.split('://')[0]}://…"
        raise InputError.unreadable(shown, f"Spark {why}（{type(error).__name__}）", what_to_do) from error


def _read(session: Any, source: str) -> Any:
    frame = (
        session.table(source.removeprefix(_TABLE))
        if source.startswith(_TABLE)
        else session.read.parquet(source)
    )
    times = [name for name, kind in frame.dtypes if kind == "timestamp"]
    return frame.withColumns({name: frame[name].cast("string") for name in times}) if times else frame


def _packed_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return each batch of rows as one cell."""
    for batch in batches:
        if batch.num_rows:
            content = packed(pa.Table.from_batches([batch]))
            yield pa.RecordBatch.from_pydict({"cells": pa.array([content], pa.binary())})
