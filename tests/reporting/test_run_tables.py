import json

import pandas as pd
import pytest

from csatext.atomic_files import write_parquet
from csatext.errors import InputError, ParameterError
from csatext.reporting.run_tables import files_hash, run_tables


@pytest.fixture
def facts():
    return pd.DataFrame(
        {"doc_id": range(40), "channel": ["电话", "在线"] * 20, "is_negative": [True, False] * 20}
    )


@pytest.fixture
def folder(facts, tmp_path):
    (tmp_path / "tables").mkdir()
    table = pd.DataFrame({"channel": ["电话"], "n": [20]})
    table.attrs = {"measure": "is_negative", "periods": ("a", "b")}
    write_parquet(facts, tmp_path / "facts.parquet")
    write_parquet(table, tmp_path / "tables" / "breakdown_渠道_来源.parquet")
    known = {
        "configuration": {"tables": {"measure": "is_negative"}, "report": {"title": "五月"}},
        "tables": {"breakdown_渠道/来源": 1},
        "absent": {"主题": "太少"},
        "files": {"facts.parquet": "ab", "report.html": "cd"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(known, ensure_ascii=False), "utf-8")
    return tmp_path


def test_facts_a_folder_and_a_result_are_one_input(facts, folder):
    class Result:
        out = folder

    bare, read, given = (run_tables(source) for source in (facts, str(folder), Result()))
    assert {"breakdown_channel", "overview"} <= set(bare.tables) and bare.run_hash == ""
    for found in (read, given):
        assert (found.title, found.absent, found.measure) == ("五月", {"主题": "太少"}, "is_negative")
        table = found.tables["breakdown_渠道/来源"]
        assert table["n"].tolist() == [20]
        assert table.attrs == {"measure": "is_negative", "periods": ["a", "b"]}
        assert found.run_hash == files_hash({"facts.parquet": "ab"}) and len(found.run_hash) == 64


def test_another_measure_has_its_tables_made_anew(folder, facts):
    write_parquet(facts.assign(resolved=True), folder / "facts.parquet")
    found = run_tables(folder, measure="resolved")
    assert found.measure == "resolved" and "breakdown_channel" in found.tables


def test_a_folder_that_is_no_run_is_refused_in_one_sentence(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    for wrong, said in ((empty, "没有 manifest.json"), (tmp_path / "none", "不是文件夹")):
        with pytest.raises(InputError, match=said):
            run_tables(wrong)
    (folder / "tables" / "breakdown_渠道_来源.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="已损坏"):
        run_tables(folder)
    (folder / "manifest.json").write_text("[]", "utf-8")
    with pytest.raises(InputError, match="不是一次运行的清单"):
        run_tables(folder)
    with pytest.raises(ParameterError, match="输出文件夹"):
        run_tables(3)


def test_a_run_is_not_masked_again_and_facts_are(folder, facts):
    named = facts.assign(agent_id="王小明", topic_label="西班牙·法国·乳猪")
    write_parquet(named, folder / "facts.parquet")
    found, bare = run_tables(folder), run_tables(named)
    assert found.facts["topic_label"].unique().tolist() == ["西班牙·法国·乳猪"]
    assert found.facts["agent_id"].unique().tolist() == ["王小明"]  # the run was told to keep it
    assert bare.facts["topic_label"].unique().tolist() == ["西班牙·法国·乳猪"]
    assert bare.facts["agent_id"].unique().tolist() == ["坐席-1"]
    assert run_tables(found) is found
