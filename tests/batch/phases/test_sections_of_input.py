"""A large file in sections: the same facts as the whole of it, and nothing done twice."""

import csv
import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.batch.configuration import AnalysisSection, Configuration, TablesSection
from csatext.batch.engines import local
from csatext.batch.phases import input_files, input_sample, run_by_model
from csatext.batch.phases.annotate_input import annotate_input as annotated
from csatext.batch.phases.facts_store import FactsStore
from csatext.batch.phases.fit import fit
from csatext.batch.phases.run_by_model import run_input
from csatext.batch.pipeline import RunResult
from csatext.cli import main
from csatext.errors import InputError
from csatext.ingest.formats import database
from csatext.ingest.options import ReadOptions
from csatext.ingest.sections import file_sections, record_cuts

GIVEN = Configuration(analysis=AnalysisSection(n_topics=0), tables=TablesSection(by=["channel"]))
KEPT = ["doc_id", "text", "channel", "product"]


def silent(step):
    assert step


@pytest.fixture(scope="module")
def contacts():
    found = ct.simulate_center(240, random_state=3).contacts[KEPT].reset_index(drop=True)
    agents = pd.Series(["王小明", "李红梅", "张伟"]).take(found.index % 3)
    return found.assign(agent_id=agents.to_numpy())


@pytest.fixture(scope="module")
def source(contacts, tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "contacts.csv"
    contacts.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def model(source, tmp_path_factory):
    return fit(source, tmp_path_factory.mktemp("fit") / "model", GIVEN, silent).folder


@pytest.fixture
def large(monkeypatch):
    """Take every file for a large one, in sections of 50 rows."""
    monkeypatch.setattr(file_sections, "_LARGE", 0)
    monkeypatch.setattr(file_sections, "MOST_ROWS", 50)
    monkeypatch.setattr(record_cuts, "_BYTES", 6000)
    monkeypatch.setattr(file_sections, "_HEAD", 9000)


def facts_of(store):
    tables = [pd.read_parquet(store.partitions / name) for one in store.records() for name in one.partitions]
    facts = pd.concat(tables, ignore_index=True)
    return facts[[name for name in facts if not name.startswith("csatext.")]]


def test_sections_give_the_facts_of_the_whole(source, model, tmp_path, large, monkeypatch):
    sections = FactsStore(tmp_path / "sections")
    found = annotated(source, sections, model, GIVEN, silent)
    assert (found.contacts, found.rejects, found.annotated) == (240, 0, ("contacts.csv",))
    assert len(sections.records()[0].partitions) > 4
    monkeypatch.setattr(file_sections, "_LARGE", 1 << 30)
    whole = FactsStore(tmp_path / "whole")
    annotated(source, whole, model, GIVEN, silent)
    # A secret of its own in each folder gives agents other tokens; what they are counts.
    one, other = facts_of(sections), facts_of(whole)
    for facts in (one, other):
        facts["agent_id"] = pd.factorize(facts["agent_id"])[0]
    pd.testing.assert_frame_equal(one, other)
    assert not facts_of(sections)["agent_id"].isin(["王小明", "李红梅", "张伟"]).any()


def test_what_is_appended_is_all_that_is_annotated(contacts, model, tmp_path, large):
    path = tmp_path / "contacts.csv"
    contacts.iloc[:200].to_csv(path, index=False)
    store = FactsStore(tmp_path / "out")
    annotated(path, store, model, GIVEN, silent)
    before = {part.name: part.stat().st_mtime_ns for part in store.partitions.glob("*-*.parquet")}
    assert not annotated(path, store, model, GIVEN, silent).changed
    contacts.iloc[200:].to_csv(path, index=False, header=False, mode="a")
    found = annotated(path, store, model, GIVEN, silent)
    assert (found.changed, found.contacts) == (True, 240)
    after = {part.name: part.stat().st_mtime_ns for part in store.partitions.glob("*-*.parquet")}
    # The last section of the shorter file was not full.
    assert sum(before[name] == after[name] for name in before) == len(before) - 1
    assert facts_of(store)["doc_id"].tolist() == contacts["doc_id"].tolist()


def test_a_run_that_ended_between_sections_goes_on_from_there(source, model, tmp_path, large, monkeypatch):
    class EndedError(BaseException):
        pass

    done = []
    write = local.write_partition

    def failing(*given, **named):
        if len(done) == 2:
            raise EndedError
        done.append(given)
        return write(*given, **named)

    monkeypatch.setattr(local, "write_partition", failing)
    store = FactsStore(tmp_path / "out")
    with pytest.raises(EndedError):
        annotated(source, store, model, GIVEN, silent)
    with pytest.raises(InputError, match="没有标注完的联络"):
        store.records()
    monkeypatch.setattr(local, "write_partition", write)
    kept = {part.name: part.stat().st_mtime_ns for part in store.partitions.glob("*-*.parquet")}
    assert len(kept) == 2
    annotated(source, store, model, GIVEN, silent)
    assert {name: (store.partitions / name).stat().st_mtime_ns for name in kept} == kept
    assert len(facts_of(store)) == 240


def test_rejects_and_quality_of_all_sections_are_those_of_the_file(contacts, model, tmp_path, large):
    spoilt = contacts.copy()
    spoilt.loc[[5, 180], "text"] = ""
    path = tmp_path / "contacts.csv"
    spoilt.to_csv(path, index=False)
    store = FactsStore(tmp_path / "out")
    found = annotated(path, store, model, GIVEN, silent)
    assert (found.contacts, found.rejects) == (238, 2)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        starts = [reader.line_num - row[1].count("\n") for row in reader]
    record = store.records()[0]
    rejects, quality = store.beside(record)
    assert (record.rows, rejects["line"].tolist(), set(rejects["reason"])) == (
        240,
        [starts[1 + 5], starts[1 + 180]],
        {"文本为空"},
    )
    lost = quality.set_index("check").loc["rejected"]
    assert (lost["n"], lost["detail"]) == (2, "文本为空 2 行")


def test_identifiers_that_repeat_in_other_sections_end_the_run(contacts, model, tmp_path, large):
    path = tmp_path / "contacts.csv"
    pd.concat([contacts, contacts.head(1).assign(text="另一件事，催了三次")]).to_csv(path, index=False)
    with pytest.raises(InputError, match="重复"):
        run_by_model.run_by_model(path, tmp_path / "out", GIVEN, silent, model=model, n_jobs=1)


def test_a_plain_run_of_a_large_input_learns_from_a_sample_and_says_so(
    source, contacts, tmp_path, large, monkeypatch
):
    monkeypatch.setattr(input_sample, "_LARGE", 0)
    monkeypatch.setattr(run_by_model, "_SAMPLE", 100)
    out = tmp_path / "out"
    steps = []
    found = run_input(source, out, GIVEN, steps.append, n_jobs=1)
    assert (found.contacts, found.unchanged) == (240, False)
    learnt = json.loads((out / "manifest.json").read_text("utf-8"))["model"]
    assert 90 <= learnt["fitted"] <= 110
    quality = pd.read_parquet(out / "tables" / "quality.parquet").set_index("check")
    assert f"随机抽取的 {learnt['fitted']} 条" in quality.at["model_sample", "detail"]
    steps.clear()
    assert run_input(source, out, GIVEN, steps.append, n_jobs=1).unchanged
    assert not any("抽样" in step for step in steps)
    # Another input is learnt from anew.
    contacts.iloc[:-1].to_csv(source, index=False)
    monkeypatch.setattr(run_by_model, "aggregate", lambda store, *_, **__: store.records()[0].contacts)
    assert run_input(source, out, GIVEN, steps.append, n_jobs=1) == 239
    assert any("抽样" in step for step in steps)
    contacts.to_csv(source, index=False)


def test_the_rows_of_a_query_are_annotated_once(contacts, model, tmp_path, monkeypatch):
    path = tmp_path / "center.db"
    with sqlite3.connect(path) as connection:
        contacts.to_sql("contacts", connection, index=False)
    monkeypatch.setattr(file_sections, "MOST_ROWS", 50)
    asked = []
    chunks = database.query_chunks
    monkeypatch.setattr(file_sections, "query_chunks", lambda *given: asked.append(given) or chunks(*given))
    given = Configuration(
        input=ReadOptions(query="select * from contacts order by doc_id"),
        analysis=GIVEN.analysis,
        tables=GIVEN.tables,
    )
    url, store = f"sqlite:///{path}", FactsStore(tmp_path / "out")
    first = annotated(url, store, model, given, silent)
    assert (first.contacts, len(store.records()[0].partitions)) == (240, 5)
    assert not annotated(url, store, model, given, silent).changed
    with sqlite3.connect(path) as connection:
        last = "doc_id = (select max(doc_id) from contacts)"
        connection.execute(f"update contacts set text = '还是没有退款' where {last}")
    times = {part.name: part.stat().st_mtime_ns for part in store.partitions.glob("*-*.parquet")}
    assert annotated(url, store, model, given, silent).changed
    again = {part.name: part.stat().st_mtime_ns for part in store.partitions.glob("*-*.parquet")}
    assert sum(times[name] == again[name] for name in times) == 4
    assert b"sqlite:///" not in b"".join(one.read_bytes() for one in store.folder.rglob("*.json"))


def test_a_sample_of_a_folder_is_drawn_from_all_its_files(contacts, tmp_path, monkeypatch):
    monkeypatch.setattr(input_sample, "_LARGE", 0)
    folder = tmp_path / "inbox"
    folder.mkdir()
    for at in range(4):
        contacts.iloc[at * 60 : (at + 1) * 60].to_csv(folder / f"{at}.csv", index=False)
    read, total = input_sample.sampled_input(folder, GIVEN, 40, silent)
    assert (total, 40 <= len(read.contacts) <= 44) == (None, True)
    per_file = contacts.index.to_series(index=contacts["doc_id"]).reindex(read.contacts["doc_id"]) // 60
    assert per_file.value_counts().between(8, 13).all()
    again, _ = input_sample.sampled_input(folder, GIVEN, 40, silent)
    pd.testing.assert_frame_equal(read.contacts, again.contacts)


def test_the_command_line_takes_processes_for_a_plain_run(source, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(input_sample, "_LARGE", 0)
    seen = []

    def ran(_, out, *__, **given):
        Path(out).mkdir()
        seen.append(given)
        return RunResult(tmp_path, tmp_path / "report.html", 240, 240, 0)

    monkeypatch.setattr(run_by_model, "run_by_model", ran)
    assert main(["run", str(source), "-o", str(tmp_path / "out"), "--n-jobs", "2", "-q"]) == 0
    assert [(given["n_jobs"], given["learn"], given["model"]) for given in seen] == [(2, True, "")]
    assert "240 条联络" in capsys.readouterr().out


@pytest.mark.parametrize("in_sections", [True, False])
def test_a_file_that_is_being_written_is_no_input(
    contacts, model, tmp_path, request, monkeypatch, in_sections
):
    if in_sections:
        request.getfixturevalue("large")
    source, out = tmp_path / "contacts.csv", tmp_path / "out"
    contacts.to_csv(source, index=False)
    hashed = input_files.file_hash

    def grown(path):
        digest = hashed(path)
        with path.open("a", encoding="utf-8") as file:
            file.write("C9,又慢了,电话,宽带,\n")
        return digest

    with monkeypatch.context() as patched:
        patched.setattr(input_files, "file_hash", grown)
        with pytest.raises(InputError, match="读取时文件被改动；请等它写完"):
            annotated(source, FactsStore(out), model, GIVEN, silent)
    assert annotated(source, FactsStore(out), model, GIVEN, silent).contacts == 241
