"""Folders of results that someone has doctored: nothing outside is read or written, nothing waited for."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from csatext.atomic_files import claimed_folder, file_hash, write_text
from csatext.batch.output import damaged_files, finished_output, refuse_link
from csatext.batch.phases.facts_store import FactsStore, FileRecord
from csatext.batch.phases.partition_files import known_partition
from csatext.cli import main
from csatext.errors import InputError
from csatext.regular_files import read_json_object
from csatext.reporting.run_tables import run_tables

KEY = "0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> FactsStore:
    """A store of one file with one partition; beside it stands a partition that is none of its own."""
    found = FactsStore(tmp_path / "out")
    found.prepare()
    facts = pd.DataFrame({"doc_id": ["1"]})
    facts.to_parquet(found.target(KEY, 0))
    facts.to_parquet(tmp_path / "victim.parquet")
    facts.to_parquet(found.partitions / "victim.parquet")
    record = FileRecord("a.csv", KEY, "h", "f", 1, 1, 1, None, 0, (f"{KEY}-00000.parquet",), ())
    rejects = pd.DataFrame({"source": ["a"], "line": [1], "reason": ["x"], "raw": [""]})
    found.finish(record, rejects, rejects)
    return found


def changed(store: FactsStore, **values: object) -> None:
    path = store.partitions / f"{KEY}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_record_is_read_back(store: FactsStore) -> None:
    record = store.record(KEY)
    assert record is not None
    assert record.partitions == (f"{KEY}-00000.parquet",)
    assert store.beside(record)[0]["reason"].tolist() == ["x"]


@pytest.mark.parametrize("name", ["../../victim.parquet", "/etc/passwd", "victim.parquet", "..", ""])
def test_a_record_cannot_name_a_file_outside(store: FactsStore, name: str) -> None:
    changed(store, partitions=[name])
    assert store.record(KEY) is None


def test_a_key_cannot_lead_outside(store: FactsStore, tmp_path: Path) -> None:
    content = json.loads((store.partitions / f"{KEY}.json").read_text())
    (tmp_path / "victim.json").write_text(json.dumps(content | {"key": "../../victim"}))
    assert store.record("../../victim") is None


@pytest.mark.parametrize("content", ["[" * 100_000, "[]", "7", '{"a": 1}', "\xff", '{"partitions": 7}'])
def test_a_record_that_is_none_is_as_if_it_were_not_there(store: FactsStore, content: str) -> None:
    (store.partitions / f"{KEY}.json").write_bytes(content.encode("latin-1"))
    assert store.record(KEY) is None


def test_rejects_that_cannot_be_read_are_named(store: FactsStore) -> None:
    record = store.record(KEY)
    assert record is not None
    (store.partitions / f"{KEY}.rejects.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="已损坏"):
        store.beside(record)


@pytest.mark.parametrize("name", ["tables", "partitions", "model"])
def test_no_folder_of_an_output_is_a_link(tmp_path: Path, name: str) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "out").mkdir()
    refuse_link(tmp_path / "out")
    (tmp_path / "out" / name).symlink_to(tmp_path / "victim")
    with pytest.raises(InputError, match="是一个链接"):
        refuse_link(tmp_path / "out")


def no_facts(out: Path) -> None:
    (out / "manifest.json").write_text(
        '{"files": {"facts.parquet": "x"}, "tables": {}, "configuration":'
        ' {"tables": {"measure": "is_negative"}, "report": {"title": ""}}}'
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("manifest.json", damaged_files),
        ("manifest.json", run_tables),
        ("facts.parquet", run_tables),
        ("facts.parquet", lambda out: file_hash(out / "facts.parquet")),
        ("x.json", lambda out: read_json_object(out / "x.json")),
    ],
)
def test_a_pipe_in_a_folder_of_results_is_not_waited_for(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    no_facts(tmp_path)
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError):
        read(tmp_path)
    assert finished_output(tmp_path, "state") is None
    assert known_partition(tmp_path / name, "f") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_changed_file_that_became_a_pipe_is_damaged(tmp_path: Path) -> None:
    no_facts(tmp_path)
    os.mkfifo(tmp_path / "facts.parquet")
    assert damaged_files(tmp_path) == (["facts.parquet"], 1)


@pytest.mark.parametrize("content", ["[" * 100_000, "[]", "7", '{"files": ["../x"]}', '{"files": 7}'])
def test_a_manifest_of_another_shape_is_no_finished_run(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError):
        damaged_files(tmp_path)
    with pytest.raises(InputError):
        run_tables(tmp_path)
    assert finished_output(tmp_path, "state") is None


def test_facts_without_the_measure_are_refused(tmp_path: Path) -> None:
    no_facts(tmp_path)
    facts = pd.DataFrame({"is_negative": ["x"]}, index=pd.Index(["1"], name="doc_id"))
    facts.to_parquet(tmp_path / "facts.parquet")
    with pytest.raises(InputError, match="没有可用的列「is_negative」"):
        run_tables(tmp_path)
    facts.assign(is_negative=[True]).to_parquet(tmp_path / "facts.parquet")
    assert len(run_tables(tmp_path).facts) == 1


def make_link(lock: Path) -> None:
    lock.symlink_to("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize("make", [os.mkfifo, make_link, lambda lock: lock.write_text("9" * 5_000 + " x")])
def test_a_lock_that_is_none_is_no_obstacle(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / ".csatext.lock")
    with claimed_folder(tmp_path):
        assert (tmp_path / ".csatext.lock").read_text().startswith(str(os.getpid()))


def test_a_link_under_the_temporary_name_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("kept")
    (tmp_path / f".a.txt.{os.getpid()}.tmp").symlink_to("victim")
    write_text("new", tmp_path / "a.txt")
    assert (tmp_path / "victim").read_text() == "kept"
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize(
    "words",
    [
        ["validate", "{s}"],
        ["verify", "{s}", "{s}"],
        ["aggregate", "{s}", "-o", "{out}"],
        ["report", "{s}", "-o", "{out}.html"],
        ["tag", "agreement", "{s}"],
        ["train", "{s}", "-o", "{out}.csatext"],
    ],
)
def test_each_verb_refuses_a_pipe_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    os.mkfifo(tmp_path / "s.parquet")
    given = [word.format(s=tmp_path / "s.parquet", out=tmp_path / "out") for word in words]
    assert main([*given, "-q"]) == 1
    said = capsys.readouterr().err.strip()
    assert said.endswith("。")
    assert "\n" not in said
    assert "内部出错" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["s.parquet"]
