import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from finished_runs import facts_table, write_run

from csatext.batch.destinations.dated_parquet import write_dated_parquet
from csatext.batch.destinations.finished_run import finished_run
from csatext.batch.destinations.spreadsheets import write_spreadsheets
from csatext.errors import OutputError


def silent(_):
    pass


def test_facts_by_date_are_the_facts(tmp_path):
    facts = facts_table(5)
    facts.iloc[4, 0] = pd.NaT
    run = finished_run(write_run(tmp_path / "out", facts))
    for by, dates in (("day", 5), ("month", 3)):
        assert write_dated_parquet(run, tmp_path / by, by=by, progress=silent) == dates
        back = ds.dataset(tmp_path / by / "facts", partitioning="hive").to_table().sort_by("doc_id")
        wanted = pq.read_table(tmp_path / "out" / "facts.parquet").replace_schema_metadata(None)
        shown = facts["created_at"].dt.strftime("%Y-%m-%d" if by == "day" else "%Y-%m").fillna("undated")
        assert [str(value) for value in back["dt"].to_pylist()] == shown.tolist()
        assert back.select(wanted.column_names).replace_schema_metadata(None).equals(wanted)
    days = {path.name for path in (tmp_path / "day" / "facts").iterdir()}
    assert days == {"dt=2026-05-30", "dt=2026-05-31", "dt=2026-06-01", "dt=2026-06-02", "dt=undated"}
    assert {path.name for path in (tmp_path / "day" / "tables").iterdir()} == {
        "rejects.parquet",
        "trend.parquet",
    }


def test_a_later_export_takes_the_place_of_the_earlier_and_of_nothing_else(tmp_path):
    to = tmp_path / "lake"
    write_dated_parquet(finished_run(write_run(tmp_path / "a", facts_table(3))), to, progress=silent)
    (to / "notes.txt").write_text("ours")
    # One that was killed has left its folder.
    (to / ".csatext.4711.tmp").mkdir()
    write_dated_parquet(finished_run(write_run(tmp_path / "b", facts_table(1, 9))), to, progress=silent)
    assert [path.name for path in (to / "facts").iterdir()] == ["dt=2026-06-08"]
    assert {path.name for path in to.iterdir()} == {"facts", "tables", "notes.txt", "_csatext.json"}
    (tmp_path / "theirs" / "facts").mkdir(parents=True)
    with pytest.raises(OutputError, match="不是 csatext 导出的"):
        write_dated_parquet(finished_run(tmp_path / "b"), tmp_path / "theirs", progress=silent)


def test_csv_opens_in_excel_and_holds_no_formula(tmp_path, finished):
    assert write_spreadsheets(finished_run(finished), tmp_path / "csv", progress=silent, rows=2) == 4
    data = (tmp_path / "csv" / "facts.csv").read_bytes()
    assert data.startswith("\ufeff".encode()) and data.count(b"\r\n") == 3
    parts = [pd.read_csv(tmp_path / "csv" / name, dtype="str") for name in ("facts.csv", "facts-2.csv")]
    assert [len(part) for part in parts] == [2, 1]
    assert parts[0]["doc_id"].tolist() == ["T0", "T1"]
    assert parts[0]["Name"].tolist() == ["'=1+1"] * 2
    # A missing value makes no 1.0 of a 1.
    assert parts[0]["topic"].tolist()[0] == "1" and parts[0]["topic"].isna().tolist() == [False, True]
    assert parts[0]["is_negative"].tolist()[0] == "True"
    assert {path.name for path in (tmp_path / "csv").iterdir()} == {
        "facts.csv",
        "facts-2.csv",
        "rejects.csv",
        "trend.csv",
    }
