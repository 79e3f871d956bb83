import json

import pandas as pd
import pytest

from csatext.batch import output
from csatext.batch.configuration import Configuration
from csatext.batch.manifest import RunOutput
from csatext.batch.output import write_output

REJECTS = pd.DataFrame({"source": ["a"], "line": [1], "reason": ["文本为空"], "raw": [""]})


def run_output(*names, page="<html>"):
    tables = {name: pd.DataFrame({"n": [1, 2]}) for name in names}
    facts = pd.DataFrame({"channel": ["电话"]}, index=pd.Index(["a"], name="doc_id"))
    return RunOutput(facts, REJECTS, tables, lambda digest: page, {"name": "x.csv"}, 2, {"主题": "太少"})


def write(out, *names, **more):
    write_output(run_output(*names, **more), out, Configuration())
    return json.loads((out / "manifest.json").read_text("utf-8"))


def names_of(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_manifest_tells_the_whole_run(tmp_path):
    manifest = write(tmp_path, "one", "a/b")
    assert names_of(tmp_path) == {*manifest["files"], "manifest.json"}
    assert {"tables/one.csv", "tables/a_b.parquet", "facts.parquet", "report.html"} <= set(manifest["files"])
    assert manifest["rows"] == {"rows": 2, "contacts": 1, "rejects": 1}
    assert manifest["rejects"] == {"文本为空": 1}
    assert manifest["tables"] == {"one": 2, "a/b": 2}
    assert manifest["absent"] == {"主题": "太少"}


def test_columns_named_by_whole_questions_have_tables(tmp_path):
    question = "您对本次服务的整体满意度如何请从一到五打分" * 9
    manifest = write(tmp_path, f"breakdown_{question}", f"breakdown_{question}二", f"breakdown_{question}/")
    assert len(manifest["tables"]) == 3
    assert names_of(tmp_path) == {*manifest["files"], "manifest.json"}
    assert len([name for name in manifest["files"] if name.endswith(".csv")]) == 3


def test_a_rerun_removes_what_the_run_before_listed_and_nothing_else(tmp_path):
    write(tmp_path, "one", "two")
    (tmp_path / "tables" / "mine.csv").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    manifest = write(tmp_path, "two", "three")
    assert names_of(tmp_path) == {*manifest["files"], "manifest.json", "tables/mine.csv", "notes.txt"}
    assert "tables/one.csv" not in manifest["files"]


def test_a_manifest_cannot_point_outside_the_folder(tmp_path):
    out = tmp_path / "out"
    (out / "tables").mkdir(parents=True)
    outside, kept, old = tmp_path / "a.csv", out / "keep.txt", out / "tables" / "old.csv"
    for path in (outside, kept, old):
        path.write_text("x")
    listed = ["../a.csv", str(outside), "tables/../../a.csv", "keep.txt", "tables/old.csv"]
    (out / "manifest.json").write_text(json.dumps({"files": dict.fromkeys(listed, "")}))
    write(out, "one")
    assert outside.exists()
    assert kept.exists()
    assert not old.exists()


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', "\x00", '{"files": [1]}', "{}"])
def test_a_broken_manifest_is_no_obstacle(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    assert names_of(tmp_path) == {"manifest.json"}
    manifest = write(tmp_path, "one")
    assert names_of(tmp_path) == {*manifest["files"], "manifest.json"}


def test_an_interrupted_run_has_no_manifest_and_the_next_one_clears_up(tmp_path, monkeypatch):
    write(tmp_path, "one", "two")
    with monkeypatch.context() as patch:

        def full(*_):
            raise OSError(28, "No space left on device")

        patch.setattr(output, "write_text", full)
        for _ in range(2):
            with pytest.raises(OSError, match="No space"):
                write(tmp_path, "two", "three")
    assert not (tmp_path / "manifest.json").exists()
    for path in tmp_path.rglob("*.parquet"):
        pd.read_parquet(path)
    (tmp_path / "tables" / ".one.csv.123.tmp").write_text("half")
    (tmp_path / ".vim.swp.tmp").write_text("not ours")
    manifest = write(tmp_path, "three")
    assert names_of(tmp_path) == {*manifest["files"], "manifest.json", ".vim.swp.tmp"}
