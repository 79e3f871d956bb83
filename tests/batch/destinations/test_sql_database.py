import sqlite3
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from finished_runs import facts_table, write_run
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.schema import CreateTable

from csatext.batch.destinations import sql_database
from csatext.batch.destinations.finished_run import finished_run
from csatext.batch.destinations.relational_types import sql_name, sql_table
from csatext.batch.destinations.sql_database import write_to_database
from csatext.batch.destinations.sql_dictionary import sql_dictionary
from csatext.errors import InputError, OutputError


def url(path):
    return f"sqlite:///{path / 'voc.db'}"


def rows_of(path, sql):
    connection = sqlite3.connect(path / "voc.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def write(run, path, **options):
    return write_to_database(finished_run(run), url(path), progress=lambda _: None, **options)


def tables_of(path):
    return {name for (name,) in rows_of(path, "select name from sqlite_master where type = 'table'")}


def test_every_value_arrives_as_what_it_was(finished, tmp_path):
    assert write(finished, tmp_path) == 3
    assert tables_of(tmp_path) == {"csatext_facts", "csatext_rejects", "csatext_trend"}
    run = finished_run(finished).run_id
    odd = '"引""号 %s:x"'
    found = rows_of(
        tmp_path,
        "select csatext_run, doc_id, created_at, channel, sentiment, is_negative, topic, Name, name_2, "
        f"{odd} from csatext_facts order by doc_id",
    )
    assert found == [
        (run, "T0", "2026-05-30 09:00:00.000001", "电话", 0.25, 1, 1, "=1+1", "a\ufffdb😀", "值"),
        (run, "T1", "2026-05-31 09:00:00.000001", "在线", None, None, None, "=1+1", "a\ufffdb😀", "值"),
        (run, "T2", "2026-06-01 09:00:00.000001", None, -1.5, 0, 3, "=1+1", "a\ufffdb😀", "值"),
    ]
    assert rows_of(tmp_path, "select n, ratio from csatext_trend") == [(3, None)]
    assert rows_of(tmp_path, "select line, reason from csatext_rejects") == [(7, "空")]


@pytest.mark.parametrize("if_exists", ["replace", "append"])
def test_twice_is_once(finished, tmp_path, if_exists, monkeypatch):
    monkeypatch.setattr(sql_database, "_ROWS", 2)
    for _ in range(2):
        write(finished, tmp_path, if_exists=if_exists)
    assert rows_of(tmp_path, "select count(*), count(distinct doc_id) from csatext_facts") == [(3, 3)]
    assert rows_of(tmp_path, "select count(*) from csatext_trend") == [(1,)]
    assert not [name for name in tables_of(tmp_path) if name.endswith("_new")]


def test_appended_runs_stand_beside_each_other_and_a_contact_once(finished, tmp_path):
    write(finished, tmp_path, if_exists="append")
    later = write_run(tmp_path / "later", facts_table(3, start=2), state="t")
    write(later, tmp_path, if_exists="append")
    first, second = finished_run(finished).run_id, finished_run(later).run_id
    found = rows_of(tmp_path, "select doc_id, csatext_run from csatext_facts order by doc_id")
    assert found == [("T0", first), ("T1", first), ("T2", second), ("T3", second), ("T4", second)]
    assert rows_of(tmp_path, "select count(*) from csatext_trend") == [(2,)]


def test_fail_writes_nothing_where_a_table_is_there(finished, tmp_path):
    write(finished, tmp_path, if_exists="fail")
    with pytest.raises(OutputError, match="--if-exists replace"):
        write(write_run(tmp_path / "b", facts_table(1), "b"), tmp_path, if_exists="fail")
    assert rows_of(tmp_path, "select count(*) from csatext_facts") == [(3,)]


@pytest.mark.parametrize("if_exists", ["replace", "append"])
def test_a_table_that_could_not_be_filled_stays_as_it_was(finished, tmp_path, if_exists, monkeypatch):
    write(finished, tmp_path)
    monkeypatch.setattr(sql_database, "_ROWS", 1)
    whole, sent = sql_database.plain_values, []

    def breaking(column):
        sent.append(column)
        return [object()] if len(sent) > 12 else whole(column)  # nine columns a row: within the second row

    monkeypatch.setattr(sql_database, "plain_values", breaking)
    later = write_run(tmp_path / "later", facts_table(3, start=7), state="t")
    with pytest.raises(OutputError, match="没有接受") as raised:
        write(later, tmp_path, if_exists=if_exists)
    assert "T7" not in str(raised.value)
    assert rows_of(tmp_path, "select doc_id from csatext_facts order by 1") == [("T0",), ("T1",), ("T2",)]


def test_a_lacking_column_is_named(finished, tmp_path):
    connection = sqlite3.connect(tmp_path / "voc.db")
    connection.execute("create table csatext_facts (csatext_run text, doc_id text)")
    connection.close()
    with pytest.raises(OutputError, match="created_at、channel"):
        write(finished, tmp_path, if_exists="append")


def test_a_run_that_is_not_whole_is_not_handed_on(finished, tmp_path):
    (finished / "tables" / "trend.parquet").write_bytes(b"")
    with pytest.raises(InputError, match="有 1 个文件缺了或被改动过"):
        write(finished, tmp_path)
    assert not (tmp_path / "voc.db").exists()


def test_ddl_of_servers():
    columns = pa.schema(
        [
            ("doc_id", pa.string()),
            ("渠道", pa.string()),
            ("n", pa.int64()),
            ("q", pa.float64()),
            ("is_negative", pa.bool_()),
            ("created_at", pa.timestamp("us")),
            ("hits", pa.list_(pa.string())),
        ]
    )
    table = sql_table(sql_name("facts"), columns, "voc")
    wanted = {
        postgresql: 'CREATE TABLE "voc"."csatext_facts" ( csatext_run VARCHAR(16) NOT NULL, "doc_id" TEXT, '
        '"渠道" TEXT, "n" BIGINT, "q" DOUBLE PRECISION, "is_negative" BOOLEAN, '
        '"created_at" TIMESTAMP WITHOUT TIME ZONE, "hits" TEXT )',
        mysql: "CREATE TABLE `voc`.`csatext_facts` ( csatext_run VARCHAR(16) NOT NULL, "
        "`doc_id` VARCHAR(512), `渠道` LONGTEXT, `n` BIGINT, `q` DOUBLE, "
        "`is_negative` BOOL, `created_at` DATETIME(6), "
        "`hits` LONGTEXT )CHARSET=utf8mb4",
    }
    for dialect, ddl in wanted.items():
        assert " ".join(str(CreateTable(table).compile(dialect=dialect.dialect())).split()) == ddl
    renaming = sql_database._renaming
    old = sql_table("a_new", columns, "voc")
    new = sql_table("a", columns, "voc")
    assert renaming(old, new, postgresql.dialect()) == 'ALTER TABLE "voc"."a_new" RENAME TO "a"'
    assert renaming(old, new, mysql.dialect()) == "ALTER TABLE `voc`.`a_new` RENAME TO `voc`.`a`"


def test_the_page_of_sql_tables_is_up_to_date():
    page = (Path(__file__).parents[3] / "docs" / "sql.md").read_text("utf-8")
    assert page == sql_dictionary(), "run: python benchmarks/refresh_tables.py"


def test_names_fit_every_database():
    long = sql_name("breakdown_" + "产品线与渠道" * 8)
    assert len(long.encode()) <= 56
    assert long != sql_name("breakdown_" + "产品线与渠道" * 8 + "x")


def test_times_keep_their_microseconds():
    column = pa.array([datetime(2026, 5, 1, 9, 0, 0, 1)], pa.timestamp("ns"))
    assert sql_database.plain_values(column) == [datetime(2026, 5, 1, 9, 0, 0, 1)]
