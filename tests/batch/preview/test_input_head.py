import sqlite3

import pandas as pd
import pytest

from csatext.batch.preview import file_heads, input_head
from csatext.batch.preview.estimate import Timing, estimated, timed_on
from csatext.errors import ConfigError
from csatext.ingest.formats.database import with_environment
from csatext.ingest.options import ReadOptions


def test_of_a_folder_the_first_files_are_read_and_all_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(file_heads, "_BYTES", 1_000)
    for day in range(5):
        frame = pd.DataFrame({"编号": [f"T{day}-{i:03}" for i in range(100)], "内容": "慢"})
        frame.to_csv(tmp_path / f"{day}.csv", index=False)
    (tmp_path / "notes.pdf").write_bytes(b"x")
    size = (tmp_path / "0.csv").stat().st_size
    head = input_head.input_head(tmp_path, ReadOptions())
    assert (head.names, head.skipped, head.size) == ([f"{day}.csv" for day in range(5)], 1, 5 * size)
    rows = sum(len(source.raw.frame) for source in head.sources)
    assert (len(head.sources), rows < 300) == (3, True)
    assert rows / head.share == pytest.approx(500, rel=0.05)


def test_of_a_database_no_more_than_the_first_rows_are_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(input_head, "_ROWS", 3)
    connection = sqlite3.connect(tmp_path / "x.db")
    pd.DataFrame({"编号": range(9), "内容": "慢"}).to_sql("工单", connection, index=False)
    connection.commit()
    connection.close()
    url = f"sqlite:///{tmp_path}/x.db"
    head = input_head.input_head(url, ReadOptions(query="select * from 工单"))
    assert head.sources[0].raw.frame["编号"].tolist() == [0, 1, 2]
    assert (head.names, head.share) == (["sqlite"], None)
    assert estimated(Timing(1, 0.01, 3), None, 20).seconds is None


def test_values_of_the_environment_are_quoted_within_a_url_and_not_where_they_are_all_of_it(monkeypatch):
    monkeypatch.setenv("PASSWORD", "a@b/c:d")
    monkeypatch.setenv("EMPTY", "")
    assert with_environment("mysql://u:${PASSWORD}@h/db") == "mysql://u:a%40b%2Fc%3Ad@h/db"
    assert with_environment("${PASSWORD}") == "a@b/c:d"
    with pytest.raises(ConfigError, match="EMPTY 没有设置"):
        with_environment("mysql://u:${EMPTY}@h/db")


def test_the_cost_of_a_contact_is_told_from_that_of_a_start(monkeypatch):
    # By hand: 2 s once, 0.5 s each time, 0.01 s a contact; of 400: 1, 100 and 400 are clocked.
    now = [0.0]
    monkeypatch.setattr("csatext.batch.preview.estimate.time.perf_counter", lambda: now[0])

    def work(contacts):
        now[0] += 0.5 + 0.01 * len(contacts) + (2 if now[0] == 0 else 0)

    timing = timed_on(pd.DataFrame({"text": ["慢"] * 400}), work)
    assert timing.each == pytest.approx(0.01)
    assert timing.start == pytest.approx(2.51 + 0.5)
    assert estimated(timing, 10_000, 20).seconds == pytest.approx(103.01)
    # By a model the processes share the contacts: three partitions, two workers, four partitions in flight;
    # what aggregates them, a fifth of 300 s, is one.
    told = estimated(timing, 30_000, 20, processes=2, by_model=True)
    assert told.seconds == pytest.approx(3.01 + 150 + 60)
    assert told.megabytes == 350 * 3 + 200 * 3
