import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.batch.configuration import AnalysisSection, Configuration, PrivacySection, TablesSection
from csatext.batch.phases import annotate_input
from csatext.batch.phases import run_by_model as run_by_model_module
from csatext.batch.phases.facts_store import FactsStore
from csatext.batch.phases.fit import fit
from csatext.batch.phases.run_by_model import aggregate_store, annotate_store, run_by_model
from csatext.batch.pipeline import run
from csatext.cli import main
from csatext.errors import InputError

GIVEN = Configuration(analysis=AnalysisSection(n_topics=3), tables=TablesSection(by=["channel"]))
KEPT = ["doc_id", "text", "created_at", "channel", "product"]
AGENTS = ["王小明", "李红梅", "张伟"]
NOTES = (".pseudonyms.key", "annotations.json", "manifest.json", "metrics.json")


def silent(step):
    assert step


@pytest.fixture(scope="module")
def contacts():
    # Ten weeks: of each a run makes tables and a search for causes, and the runs here are many.
    center = ct.simulate_center(320, random_state=2, weeks=10)
    found = center.contacts[KEPT].sort_values("created_at", kind="stable")
    return found.assign(agent_id=np.resize(AGENTS, len(found))).reset_index(drop=True)


@pytest.fixture(scope="module")
def source(contacts, tmp_path_factory):
    path = tmp_path_factory.mktemp("one") / "contacts.csv"
    contacts.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def undated(contacts, tmp_path_factory):
    """Contacts without a time: their tables are few and quickly made."""
    path = tmp_path_factory.mktemp("undated") / "contacts.csv"
    contacts.drop(columns="created_at").to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def model(source, tmp_path_factory):
    return fit(source, tmp_path_factory.mktemp("fit") / "model", GIVEN, silent).folder


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(annotate_input, "_ROWS", 60)


def nights(contacts):
    """Return the files of three nights; from the second on two contacts of the night before come again."""
    files = {}
    for at, rows in enumerate(np.array_split(np.arange(len(contacts)), 3), start=9):
        night = contacts.iloc[rows]
        if at > 9:
            again = contacts.iloc[rows[:2] - 40]
            night = pd.concat([night, again.assign(channel="更正")])
        files[f"第{at}夜.csv"] = night
    return files


def written(folder, *, partitions=False):
    """Return what stands in a folder but notes of how it came about."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in NOTES and ("partitions" in path.parts) <= partitions
    }


def times(folder):
    return {path.name: path.stat().st_mtime_ns for path in (folder / "partitions").glob("*-*.parquet")}


def test_the_three_phases_give_what_a_run_gives(source, model, small, tmp_path):
    # The plain run fits and annotates all contacts at once; here six partitions are annotated.
    plain = run(source, tmp_path / "plain", GIVEN, silent)
    found = run_by_model(source, tmp_path / "by", GIVEN, silent, model=model, n_jobs=1)
    assert (found.rows, found.contacts, found.rejects) == (plain.rows, plain.contacts, plain.rejects)
    assert len(times(tmp_path / "by")) == 6
    whole, parts = written(tmp_path / "plain"), written(tmp_path / "by")
    # How well topics fit is told of topics that were not learnt from these contacts. The page names the hash
    # of all tables.
    more = {"tables/topic_fit.parquet", "tables/topic_fit.csv"}
    assert {name for name in parts if not name.startswith("model/")} - more == set(whole)
    assert [name for name in whole if whole[name] != parts[name]] == ["report.html"]


def test_nights_one_by_one_are_all_nights_at_once(contacts, model, tmp_path):
    inbox = tmp_path / "inbox"
    files = nights(contacts)
    for folder in ("inbox", "all"):
        (tmp_path / folder).mkdir()
    store = FactsStore(tmp_path / "night")
    for name, night in files.items():
        night.to_csv(tmp_path / "all" / name, index=False)
        night.to_csv(inbox / name, index=False)
        annotate_input.annotate_input(inbox, store, model, GIVEN, silent, incremental=True)
        # The file goes, as files of a landing zone do: its facts stay.
        (inbox / name).unlink() if name == "第10夜.csv" else None
    found = run_by_model(inbox, tmp_path / "night", GIVEN, silent, model=model, n_jobs=1, incremental=True)
    assert (found.rows, found.contacts, found.replaced) == (324, 320, 4)
    assert found.revised
    once = run_by_model(
        tmp_path / "all", tmp_path / "once", GIVEN, silent, model=model, n_jobs=2, incremental=True
    )
    assert (once.rows, once.contacts, once.rejects) == (324, 320, 4)
    one_by_one, at_once = written(tmp_path / "night"), written(tmp_path / "once")
    assert set(one_by_one) == set(at_once)
    assert [name for name in at_once if at_once[name] != one_by_one[name]] == []
    facts = pd.read_parquet(tmp_path / "night" / "facts.parquet")
    assert (facts["channel"] == "更正").sum() == 4
    assert facts.loc[facts["channel"] == "更正", "source"].iloc[0] == "第10夜.csv"
    assert set(facts["agent_id"]) == {"坐席-1", "坐席-2", "坐席-3"}
    runs = json.loads((tmp_path / "night" / "manifest.json").read_text("utf-8"))["runs"]
    assert [entry["files"] for entry in runs] == [[name] for name in files]
    assert [entry["replaced"] for entry in runs] == [0, 2, 2]


def test_what_is_done_is_not_done_again(contacts, model, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for name, night in nights(contacts).items():
        night.drop(columns="created_at").to_csv(tmp_path / "in" / name, index=False)
    command = [
        "run",
        str(tmp_path / "in"),
        "--model",
        str(model),
        "-o",
        str(tmp_path / "out"),
        "--n-jobs",
        "1",
    ]
    command += ["--duplicates", "last"]
    assert main(command) == 0
    before, first = times(tmp_path / "out"), written(tmp_path / "out", partitions=True)
    assert main(command) == 0
    assert "没有变化" in capsys.readouterr().out
    assert (times(tmp_path / "out"), written(tmp_path / "out", partitions=True)) == (before, first)
    # Other tables of the same facts: no partition is touched.
    assert main([*command, "--by", "product"]) == 0
    assert times(tmp_path / "out") == before
    assert "没有变化" not in capsys.readouterr().out
    assert main(["validate", str(tmp_path / "out")]) == 0
    (tmp_path / "out" / "report.html").write_text("改")
    assert main(["validate", str(tmp_path / "out")]) == 3
    assert "1 个缺了或被改动过：report.html" in capsys.readouterr().out
    assert main([*command, "--by", "product"]) == 0
    assert main(["validate", str(tmp_path / "out")]) == 0
    # A changed file is annotated anew, the others are not; one that is gone is gone from the facts.
    path = tmp_path / "in" / "第9夜.csv"
    pd.read_csv(path).assign(channel="改").to_csv(path, index=False)
    (tmp_path / "in" / "第11夜.csv").unlink()
    assert main([*command, "--by", "product"]) == 0
    after = times(tmp_path / "out")
    assert len(after) == 2
    assert len(after.items() & before.items()) == 1
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert (facts["channel"] == "改").sum() > 70
    assert "第11夜.csv" not in set(facts["source"])


def test_a_run_that_was_killed_goes_on(undated, model, small, tmp_path, monkeypatch):
    whole = run_by_model(undated, tmp_path / "whole", GIVEN, silent, model=model, n_jobs=1)
    out = tmp_path / "out"
    work = annotate_input.annotate_partition
    calls = []

    def killed(*given):
        calls.append(given)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return work(*given)

    monkeypatch.setattr(annotate_input, "annotate_partition", killed)
    with pytest.raises(KeyboardInterrupt):
        run_by_model(undated, out, GIVEN, silent, model=model, n_jobs=1)
    before = times(out)
    assert len(before) == 2
    with pytest.raises(InputError, match="没有标注完"):
        aggregate_store(out, tmp_path / "made", GIVEN, silent)
    # What a process leaves that is killed by the system while it writes.
    (out / "partitions" / ".0-00000.parquet.77.tmp").write_bytes(b"x")
    (out / ".csatext.lock").write_text(f"{2**22 - 7} {os.uname().nodename}")
    monkeypatch.setattr(annotate_input, "annotate_partition", work)
    again = run_by_model(undated, out, GIVEN, silent, model=model, n_jobs=1)
    assert again.contacts == whole.contacts
    assert before.items() <= times(out).items()
    assert not list(out.rglob("*.tmp"))
    assert written(out) == written(tmp_path / "whole")
    assert (out / "manifest.json").read_bytes() == (tmp_path / "whole" / "manifest.json").read_bytes()


def test_no_name_stands_anywhere_in_the_folder(undated, model, tmp_path):
    annotate_store(undated, tmp_path / "out", GIVEN, silent, model=model, n_jobs=1)
    held = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert not [name for name in AGENTS if name.encode() in held]
    key = tmp_path / "out" / "partitions" / ".pseudonyms.key"
    assert key.stat().st_mode & 0o077 == 0
    # With a key of the user's its tokens stay, the same in every folder.
    given = replace(GIVEN, privacy=PrivacySection(pseudonymize="钥匙"))
    run_by_model(undated, tmp_path / "own", given, silent, model=model, n_jobs=1)
    agents = pd.read_parquet(tmp_path / "own" / "facts.parquet")["agent_id"]
    assert agents.str.fullmatch(r"\[姓名#[0-9a-f]{12}\]").all()


def test_files_beside_each_other(contacts, model, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    columns = ["text", "created_at"]
    contacts.loc[:30, columns].to_csv(folder / "a.csv", index=False)
    # Row numbers serve as identifiers: those of two files are not versions of each other.
    contacts.loc[31:60, columns].assign(channel="电话", csat=3).to_csv(folder / "b.csv", index=False)
    (folder / "c.csv").write_bytes(b"")
    (folder / "d.pdf").write_bytes(b"%PDF")
    said = []
    found = run_by_model(
        folder, tmp_path / "out", GIVEN, said.append, model=model, n_jobs=1, incremental=True
    )
    assert [step for step in said if "未读" in step and "d.pdf" in step]
    assert (found.contacts, found.rejects) == (61, 1)
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert facts.index[[0, -1]].tolist() == ["a.csv-1", "b.csv-30"]
    assert facts["channel"].notna().sum() == 30
    assert facts["csat"].dtype == "Int64"
    assert facts["created_at"].dtype.kind == "M"
    assert any("文件是空的" in detail for detail in found.left_out)


def test_repeated_identifiers_in_two_files_are_an_error_unless_they_are_versions(contacts, model, tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a.csv", "b.csv"):
        contacts.drop(columns="created_at").iloc[:20].to_csv(tmp_path / "in" / name, index=False)
    with pytest.raises(InputError, match="20 行的编号"):
        run_by_model(tmp_path / "in", tmp_path / "out", GIVEN, silent, model=model, n_jobs=1)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_the_latest_version_is_the_one_updated_last(contacts, model, tmp_path):
    (tmp_path / "in").mkdir()
    early, late = (
        contacts.drop(columns="created_at").iloc[:20].assign(channel=name, updated_at=day)
        for name, day in (("旧", "2026-06-01"), ("新", "2026-06-02"))
    )
    late.to_csv(tmp_path / "in" / "a.csv", index=False)
    early.to_csv(tmp_path / "in" / "b.csv", index=False)
    found = run_by_model(
        tmp_path / "in", tmp_path / "out", GIVEN, silent, model=model, n_jobs=1, incremental=True
    )
    assert found.replaced == 20
    assert set(pd.read_parquet(tmp_path / "out" / "facts.parquet")["channel"]) == {"新"}
    rejects = pd.read_parquet(tmp_path / "out" / "rejects.parquet")
    assert rejects["reason"].unique().tolist() == ["doc_id 与更新时间更晚的行重复"]


def test_dialogues_are_annotated_with_their_turns(model, tmp_path):
    turns = pd.DataFrame(
        {
            "会话ID": np.repeat([f"s{at}" for at in range(70)], 2),
            "角色": ["客户", "客服"] * 70,
            "内容": ["快递丢了没人管，太差了", "非常抱歉，马上处理"] * 70,
        }
    )
    turns.to_csv(tmp_path / "turns.csv", index=False)
    given = replace(GIVEN, tables=TablesSection())
    plain = run(tmp_path / "turns.csv", tmp_path / "plain", given, silent)
    found = run_by_model(tmp_path / "turns.csv", tmp_path / "out", given, silent, model=model, n_jobs=1)
    assert (found.turns, found.contacts) == (plain.turns, plain.contacts) == (140, 70)
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert {"customer_mean", "agent_mean", "predicted_satisfaction"} <= {*facts.columns}


def test_the_first_night_fits_where_there_is_no_model(undated, tmp_path):
    first = run_by_model(undated, tmp_path / "out", GIVEN, silent, n_jobs=1, incremental=True)
    again = run_by_model(undated, tmp_path / "out", GIVEN, silent, n_jobs=1, incremental=True)
    assert (first.unchanged, again.unchanged) == (False, True)
    assert again.contacts == first.contacts == 320


def test_the_command_line_names_what_does_not_go_together(source, model, tmp_path, capsys):
    out = ["-o", str(tmp_path / "out")]
    for words, said in (
        (["run", str(source), "--model", str(model), "--taxonomy", "telecom", *out], "--taxonomy"),
        (["run", str(source), "--n-jobs", "0", *out], "--n-jobs 0 不可用"),
        (["run", str(source), "--engine", "spart", *out], "--engine 不能是"),
        (["fit", str(source), "--model", str(model), *out], "fit 的 --model"),
    ):
        assert main(words) == 2
        assert said in capsys.readouterr().err
    assert main(["aggregate", str(tmp_path), *out]) == 1
    assert "没有标注完" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_verbs_of_the_command_line(source, model, tmp_path, capsys):
    facts, out = str(tmp_path / "facts"), str(tmp_path / "out")
    assert main(["annotate", str(source), "--model", str(model), "-o", facts, "--n-jobs", "1"]) == 0
    assert "标注了 1 个文件：320 条联络" in capsys.readouterr().out
    assert main(["annotate", str(source), "--model", str(model), "-o", facts]) == 0
    assert "没有变化，1 个文件早已标注" in capsys.readouterr().out
    assert main(["aggregate", facts, "-o", out, "--by", "product", "--freq", "月"]) == 0
    assert "320 条联络" in capsys.readouterr().out
    trend = pd.read_parquet(tmp_path / "out" / "tables" / "trend_product.parquet")
    assert set(pd.to_datetime(trend["period"]).dt.day) == {1}
    assert main(["annotate", str(source), "--model", str(model), "-o", f"{out}/x.csv"]) == 0
    one = pd.read_csv(tmp_path / "out" / "x.csv")
    many = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert one["category"].tolist() == many["category"].tolist()


def test_a_record_that_cannot_be_annotated_is_a_reject(undated, model, tmp_path, monkeypatch):
    work = annotate_input.annotate_partition

    def fails(contacts, how, turns):
        if contacts["doc_id"].to_pylist().count("C000007"):
            raise ZeroDivisionError
        return work(contacts, how, turns)

    ids = pd.read_csv(undated)["doc_id"]
    monkeypatch.setattr(annotate_input, "annotate_partition", fails)
    (tmp_path / "in.csv").write_text(undated.read_text("utf-8").replace(ids[7], "C000007"), "utf-8")
    found = run_by_model(tmp_path / "in.csv", tmp_path / "out", GIVEN, silent, model=model, n_jobs=1)
    assert (found.rows, found.contacts, found.rejects) == (320, 319, 1)
    rejects = pd.read_parquet(tmp_path / "out" / "rejects.parquet")
    assert rejects["raw"].tolist() == ["C000007"]


def test_a_damaged_partition_is_named_and_made_again(undated, model, small, tmp_path):
    out = tmp_path / "out"
    run_by_model(undated, out, GIVEN, silent, model=model, n_jobs=1)
    whole = (out / "facts.parquet").read_bytes()
    partition = sorted((out / "partitions").glob("*-*.parquet"))[1]
    content = bytearray(partition.read_bytes())
    content[len(content) // 3] ^= 1  # in the pages of a column; the footer is sound
    partition.write_bytes(content)
    with pytest.raises(InputError, match="分区不在，或已损坏；请删除它"):
        aggregate_store(out, tmp_path / "tables", GIVEN, silent)
    partition.unlink()
    run_by_model(undated, out, GIVEN, silent, model=model, n_jobs=1)
    assert (out / "facts.parquet").read_bytes() == whole


def test_a_store_takes_another_model_and_annotates_anew(undated, model, tmp_path):
    out = tmp_path / "out"
    run_by_model(undated, out, GIVEN, silent, model=model, n_jobs=1)
    before = times(out)
    other = tmp_path / "other"
    shutil.copytree(model, other)
    card = json.loads((other / "model.json").read_text("utf-8"))
    (other / "model.json").write_text(json.dumps(card | {"remark": "other"}), "utf-8")
    run_by_model(undated, out, GIVEN, silent, model=other, n_jobs=1)
    assert not before.items() & times(out).items()
    assert FactsStore(out).listed()["digest"] != ""
    again = run_by_model(undated, out, GIVEN, silent, n_jobs=1)
    assert (again.unchanged, again.contacts) == (True, 320)
    # Where the file is gone its facts cannot be made by the other model.
    (tmp_path / "in").mkdir()
    shutil.copy(undated, tmp_path / "in" / "x.csv")
    with pytest.raises(InputError, match="1 个文件已不在输入里"):
        run_by_model(tmp_path / "in", out, GIVEN, silent, model=model, n_jobs=1, incremental=True)


@pytest.mark.parametrize(("n_contacts", "started"), [(1_999, []), (2_000, [2])])
def test_processes_are_started_ahead_where_many_contacts_are_learnt_from(
    undated, tmp_path, monkeypatch, n_contacts, started
):
    found = []

    @contextmanager
    def ahead(n_jobs, load):
        found.append(n_jobs)
        yield None

    def learn(*given, when_read, **settings):
        when_read(n_contacts)
        return fit(*given, **settings)

    monkeypatch.setattr(run_by_model_module, "is_large_input", lambda source: True)
    monkeypatch.setattr(run_by_model_module, "workers_ahead", ahead)
    monkeypatch.setattr(run_by_model_module, "fit", learn)
    run_by_model(undated, tmp_path / "out", GIVEN, silent, n_jobs=2)
    assert found == started
