"""Tables and folders that Spark reads (a catalog, HDFS, an object store), as sections of an input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from csatext.batch.engines.java_session import spark_session
from csatext.errors import InputError
from csatext.ingest.sections.section import Section

__all__ = ["is_warehouse", "spark_where_needed", "warehouse_sections"]

_TABLE = "table:"
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


def warehouse_sections(source: str) -> Iterator[Section]:
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
    with spark_session() as session:
        failures = (
            import_module("py4j.protocol").Py4JError,
            import_module("pyspark.errors").PySparkException,
        )
        try:
            rows = _read(session, source).mapInArrow(_packed_batches, "cells binary")
            first = 0
            for row in rows.toLocalIterator(prefetchPartitions=True):
                cells = pa.ipc.open_stream(bytes(row["cells"])).read_all()
                yield Section(cells, first)
                first += cells.num_rows
        except failures as error:
            what = "请检查名字、权限、地址，并确认是表或 Parquet"
            shown = source if source.startswith(_TABLE) else f"{source.split('://')[0]}://…"
            raise InputError.unreadable(shown, f"Spark 读不了（{type(error).__name__}）", what) from error


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
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
            yield pa.RecordBatch.from_pydict({"cells": pa.array([bytes(sink.getvalue())], pa.binary())})
