import os
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import preloaded_daemon
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

import csatext as ct
from csatext.batch.configuration import AnalysisSection, Configuration
from csatext.batch.engines.java_session import java_version
from csatext.batch.engines.local import annotate_locally
from csatext.batch.engines.spark import annotate_on_spark
from csatext.batch.engines.warehouse import write_warehouse
from csatext.batch.phases import annotate_input
from csatext.batch.phases.facts_store import FactsStore
from csatext.batch.phases.fit import fit
from csatext.batch.phases.input_files import ContactsOf
from csatext.batch.phases.partition_files import ContactsPartition, LoadedPartition
from csatext.batch.phases.section_partition import SectionPartition, SectionTask
from csatext.cli import main
from csatext.errors import InputError
from csatext.ingest.formats.delimited import find_layout
from csatext.ingest.sections.section import InputSection, ReadingPlan

pytestmark = pytest.mark.skipif(
    java_version() is None,
    reason="no Java here: apt-get install default-jre-headless, or run .ci/run as root",
)

QUICK = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.daemon.module": preloaded_daemon.__name__,
    "spark.executorEnv.PYTHONPATH": str(Path(preloaded_daemon.__file__).parent),
}
"""A Java and workers that start in seconds; what they compute is the same."""
GIVEN = Configuration(analysis=AnalysisSection(n_topics=3))


def silent(step):
    assert step


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """A Spark of this machine, as a notebook would have one; another one's settings do not stay."""
    if (active := SparkSession.getActiveSession()) is not None:
        active.stop()
    builder = SparkSession.builder.master("local[2]")
    settings = QUICK | {"spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse"))}
    for name, value in settings.items():
        builder = builder.config(name, value)
    found = builder.getOrCreate()
    found.sparkContext.pythonExec = sys.executable
    found.sparkContext.setLogLevel("OFF")
    yield found
    found.stop()


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "word").write_text("毒", "utf-8")
    return folder


def poisonous():
    """Return work that ends its process at the word of the model; Spark sends it by value."""

    def told(word, contacts, turns):
        texts = contacts["text"].to_pylist()
        if word in texts:
            os._exit(1)
        if "错" in texts:
            raise KeyError("错")
        if "停" in texts:
            raise InputError("模型不可用。")
        if "盘" in texts:
            raise OSError("13800138000")
        n_turns = 0 if turns is None else turns.num_rows
        return pa.table({"doc_id": contacts["doc_id"], "n": [len(text) + 10 * n_turns for text in texts]})

    return lambda folder: partial(told, Path(folder, "word").read_text("utf-8"))


def contacts_of(at, texts):
    return pa.table({"doc_id": [f"{at}-{row}" for row in range(len(texts))], "text": texts})


def partitions(folder, *texts_of, turns=None):
    return [
        ContactsPartition(
            LoadedPartition(contacts_of(at, texts), turns),
            folder / f"{at:016x}-00000.parquet",
            f"print {at}",
        )
        for at, texts in enumerate(texts_of)
    ]


def rows(folder, at):
    table = pq.read_table(folder / f"{at:016x}-00000.parquet")
    return list(zip(*table.to_pydict().values(), strict=True)) if table.num_columns else []


def test_a_record_that_ends_its_process_is_found_by_halving_and_left_out(spark, model, tmp_path):
    given = partitions(tmp_path, ["一", "二二"], ["甲", "毒"], ["错", "乙"])
    found = {one.path.name[15]: one for one in annotate_on_spark(spark, poisonous(), given, model=model)}
    assert {at: (one.rows, one.lost) for at, one in found.items()} == {
        "0": (2, ()),
        "1": (1, ("1-1",)),
        "2": (1, ("2-0",)),
    }
    assert [rows(tmp_path, at) for at in range(3)] == [[("0-0", 1), ("0-1", 2)], [("1-0", 1)], [("2-1", 1)]]
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_part_has_the_turns_of_its_own_contacts(spark, model, tmp_path):
    turns = pa.table({"doc_id": ["0-0", "0-1", "0-1"], "text": ["a", "b", "c"]})
    given = partitions(tmp_path, ["一", "错", "二二"], turns=turns)
    (found,) = annotate_on_spark(spark, poisonous(), given, model=model)
    assert found.lost == ("0-1",)
    assert rows(tmp_path, 0) == [("0-0", 1 + 10), ("0-2", 2)]


def sections(folder, cells):
    """Return a section of each form: records of a file, and cells."""
    names = {"doc_id": "doc_id", "text": "text"}
    records = "".join(f"{one},{text}\n" for one, text in zip(*cells.to_pydict().values(), strict=True))
    layout = find_layout("doc_id,text\n" + records, "a.csv", None)[1]
    layout = layout._replace(body=0)
    forms = [
        (ReadingPlan("a.csv", "delimited", layout=layout, skip=1, names=names), records.encode()),
        (ReadingPlan("a.parquet", "table", names=names), cells),
    ]
    return [
        SectionPartition(
            InputSection(content, 0, first_line=2 if plan.layout else 0),
            SectionTask(plan, GIVEN, ContactsOf(plan.name, beside=False), "secret"),
            folder / f"{at:016x}-00000.parquet",
            f"print {at}",
        )
        for at, (plan, content) in enumerate(forms)
    ]


def test_a_section_is_read_where_it_is_annotated(spark, model, tmp_path):
    # The last row has no text: it is no contact, and its reject comes back with the facts.
    cells = pa.table({"doc_id": ["a", "b", "c", "d"], "text": ["退款太慢", "错", "客服很好", ""]})
    folders = tmp_path / "local", tmp_path / "spark"
    for folder in folders:
        folder.mkdir()
    here = list(annotate_locally(poisonous()(model), sections(folders[0], cells)))
    there = list(annotate_on_spark(spark, poisonous(), sections(folders[1], cells), model=model))
    assert [one.lost for one in there] == [("b",), ("b",)]
    assert [(one.beside.rows, len(one.beside.rejects)) for one in there] == [(4, 1), (4, 1)]
    assert sorted(one.path.read_bytes() for one in there) == sorted(one.path.read_bytes() for one in here)


def test_a_section_that_ends_its_process_costs_the_record_alone(spark, model, tmp_path):
    cells = pa.table({"doc_id": ["a", "b"], "text": ["退款太慢", "毒"]})
    found = list(annotate_on_spark(spark, poisonous(), sections(tmp_path, cells)[1:], model=model))
    assert [(one.rows, one.lost, one.beside.rows) for one in found] == [(1, ("b",), 2)]


@pytest.mark.parametrize(
    ("word", "said"), [("停", "^模型不可用。$"), ("盘", r"任务出错（OSError）；请看 Spark 的日志")]
)
def test_what_is_no_fault_of_a_record_ends_the_run(spark, model, tmp_path, word, said):
    given = partitions(tmp_path, ["一"], [word], *[["二"]] * 9)
    with pytest.raises(InputError, match=said) as raised:
        list(annotate_on_spark(spark, poisonous(), given, model=model))
    assert "138" not in str(raised.value)


def test_partitions_are_taken_as_cores_become_free(spark, model, tmp_path):
    taken = []

    def source():
        for one in partitions(tmp_path, *[["一"]] * 12):
            taken.append(one)
            yield one

    found = annotate_on_spark(spark, poisonous(), source(), model=model)
    for n_done, _ in enumerate(found, start=1):
        # Two a core are in flight, and those that ended at the same time are handed out one by one.
        assert len(taken) <= n_done + 4
    assert len(taken) == 12


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("one") / "contacts.csv"
    kept = ["doc_id", "text", "created_at", "channel", "product"]
    found = ct.simulate_center(160, random_state=2).contacts[kept]
    found.assign(agent_id=np.resize(["王小明", "李红梅"], len(found))).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def fitted(source, tmp_path_factory):
    return fit(source, tmp_path_factory.mktemp("fit") / "model", GIVEN, silent).folder


def files(folder):
    """Return the partitions of a folder and what was found on reading, byte by byte."""
    found = (folder / "partitions").glob("[0-9a-f]*.parquet")
    return {path.name: path.read_bytes() for path in found}


def sorted_facts(folder):
    parts = [pq.read_table(path) for path in sorted((folder / "partitions").glob("*-*.parquet"))]
    return pa.concat_tables(parts, promote_options="permissive").sort_by("doc_id")


def keyed_store(folder):
    """Return a folder with a key of pseudonyms, which is drawn at random otherwise."""
    store = FactsStore(folder)
    store.prepare()
    (store.partitions / ".pseudonyms.key").write_text("0" * 32)
    return store


def test_facts_are_the_same_on_every_engine(spark, source, fitted, monkeypatch, tmp_path):
    monkeypatch.setattr(annotate_input, "_ROWS", 60)
    engines = {
        "one": {"n_jobs": 1},
        "two": {"n_jobs": 2},
        "spark": {"engine": "spark"},
    }
    for name, how in engines.items():
        store = keyed_store(tmp_path / name)
        found = annotate_input.annotate_input(source, store, fitted, GIVEN, silent, **how)
        assert (found.contacts, found.rejects) == (160, 0)
    assert len(files(tmp_path / "one")) == 3 + 2
    assert files(tmp_path / "two") == files(tmp_path / "one")
    assert files(tmp_path / "spark") == files(tmp_path / "one")
    assert sorted_facts(tmp_path / "spark").equals(sorted_facts(tmp_path / "one"), check_metadata=True)


class KilledError(Exception):
    pass


def test_a_run_that_was_killed_goes_on(spark, source, fitted, monkeypatch, tmp_path):
    monkeypatch.setattr(annotate_input, "_ROWS", 20)
    store = FactsStore(tmp_path / "out")
    taken = []

    def killed(self, partition):
        taken.append(partition)
        if len(taken) == 2:
            raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(annotate_input._InputWork, "take", killed)
        annotate_input.annotate_input(source, store, fitted, GIVEN, silent, engine="spark")
    done = {path: path.stat().st_mtime_ns for path in store.partitions.glob("*-*.parquet")}
    assert 2 <= len(done) < 8
    found = annotate_input.annotate_input(source, store, fitted, GIVEN, silent, engine="spark")
    assert found.contacts == 160
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert len(list(store.partitions.glob("*-*.parquet"))) == 8
    assert list(store.partitions.glob(".*.tmp")) == []


def test_command(spark, source, fitted, tmp_path, capsys):
    command = ["annotate", str(source), "--model", str(fitted), "--engine", "spark"]
    assert main([*command, "-o", str(tmp_path / "out")]) == 0
    assert "160 条联络" in capsys.readouterr().out
    # Nothing is pending, so nothing is asked of Spark.
    assert main([*command, "-o", str(tmp_path / "out")]) == 0
    assert "没有变化" in capsys.readouterr().out
    assert main([*command, "-o", str(tmp_path / "out.csv")]) == 2
    assert "要是文件夹" in capsys.readouterr().err


def test_a_table_and_a_folder_of_spark_are_read(spark, source, fitted, monkeypatch, tmp_path):
    frame = pd.read_csv(source, dtype="str")
    frame.to_parquet(tmp_path / "contacts.parquet", index=False)
    rows = spark.read.parquet(str(tmp_path / "contacts.parquet"))
    rows.createOrReplaceTempView("tickets")
    # By channel, as a lake has it by day: the column stands in the names of folders.
    rows.write.partitionBy("channel").parquet(str(tmp_path / "lake"))
    inputs = [
        (str(tmp_path / "contacts.parquet"), "local"),
        ("table:tickets", "spark"),
        (f"file://{tmp_path}/lake", "spark"),
    ]
    found = []
    for at, (given, engine) in enumerate(inputs):
        store = keyed_store(tmp_path / str(at))
        annotate_input.annotate_input(given, store, fitted, GIVEN, silent, engine=engine)
        found.append(sorted_facts(store.folder).to_pandas())
    assert len(found[0]) == 160
    for other in found[1:]:
        pd.testing.assert_frame_equal(other[found[0].columns], found[0], check_dtype=False)


def test_a_table_that_is_not_there(spark, tmp_path, fitted):
    with pytest.raises(InputError, match="无法读取「table:nowhere」：Spark 读不了（AnalysisException）"):
        annotate_input.annotate_input("table:nowhere", FactsStore(tmp_path), fitted, GIVEN, silent)


def test_facts_are_written_by_day(spark, tmp_path):
    facts = pd.DataFrame(
        {
            "doc_id": ["a", "b", "c"],
            "created_at": pd.to_datetime(["2026-05-01 23:59:59", "2026-05-02 00:00:00", None]),
            "channel": pd.Categorical(["电话", "网聊", "电话"]),
            "is_negative": pd.array([True, None, False], dtype="boolean"),
            "sentiment": [0.25, -1.0, np.nan],
        }
    )
    facts.to_parquet(tmp_path / "facts.parquet", index=False)
    for target in (f"file://{tmp_path}/written", f"file://{tmp_path}/written", "table:facts"):
        write_warehouse(tmp_path / "facts.parquet", target)  # again: replaced, not added to
    days = sorted(path.name for path in (tmp_path / "written").iterdir() if path.is_dir())
    missing = "created_date=__HIVE_DEFAULT_PARTITION__"
    assert days == ["created_date=2026-05-01", "created_date=2026-05-02", missing]
    for read in (spark.read.parquet(str(tmp_path / "written")), spark.table("facts")):
        rows = read.select("doc_id", "created_at", "channel", "is_negative", "sentiment").toArrow()
        wanted = [
            ("a", pd.Timestamp("2026-05-01 23:59:59"), "电话", True, 0.25),
            ("b", pd.Timestamp("2026-05-02"), "网聊", None, -1.0),
            ("c", None, "电话", False, None),
        ]
        assert sorted(tuple(row.values()) for row in rows.to_pylist()) == wanted
    with pytest.raises(InputError, match=r"file://…」：Spark 写不了（\w+）"):
        write_warehouse(tmp_path / "facts.parquet", "file:///proc/nowhere")
