import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.batch.configuration import AnalysisSection, Configuration, TablesSection, TextSection
from csatext.batch.pipeline import analyse, masked_input, run
from csatext.errors import ConfigError, InputError
from csatext.ingest.contacts import ReadResult
from csatext.schema import conform
from csatext.schema.contacts import QUALITY, REJECTS

DIMENSIONS = ["channel", "product", "region", "carrier"]
SMALL = Configuration(analysis=AnalysisSection(n_topics=3))


def silent(step):
    assert step


def files_of(folder):
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(found.items())}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    center = ct.simulate_center(700, random_state=2, weeks=16)
    path = tmp_path_factory.mktemp("in") / "contacts.csv"
    kept = ["doc_id", "text", "created_at", "channel", "product", "region", "csat", "resolved"]
    center.contacts[kept].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def first(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("first") / "deep" / "out"
    return run(source, out, SMALL, silent)


def test_the_folder_of_a_run(first):
    names = set(files_of(first.out))
    assert {"facts.parquet", "rejects.parquet", "report.html", "manifest.json"} <= names
    for table in ("breakdown_channel", "keywords_product", "root_causes", "episodes", "topics", "examples"):
        assert {f"tables/{table}.parquet", f"tables/{table}.csv"} <= names
    assert not [name for name in names if name.endswith(".tmp")]


def test_facts_have_the_signals_of_every_contact(first):
    facts = pd.read_parquet(first.out / "facts.parquet")
    flags = [name for name in facts.columns if name.startswith("signal_")]
    assert len(flags) == 11
    assert all(facts[name].dtype == bool for name in flags)
    # What is a risk has a severity; praise and suggestions are none.
    risks = facts[[name for name in flags if name not in ("signal_praise", "signal_suggestion")]].any(axis=1)
    assert ((facts["risk_severity"] > 0) == risks).all()
    assert risks.any()


def test_the_manifest_lists_every_file_with_its_hash(first, source):
    manifest = json.loads((first.out / "manifest.json").read_text("utf-8"))
    there = files_of(first.out)
    del there["manifest.json"]
    assert manifest["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in there.items()}
    assert manifest["input"] == {
        "name": "contacts.csv",
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
    }
    assert manifest["rows"] == {"rows": 700, "contacts": 700, "rejects": 0}
    assert manifest["configuration"]["analysis"]["n_topics"] == 3
    assert "n_jobs" not in manifest["configuration"]["text"]
    assert {"python", "pandas", "pyarrow"} <= set(manifest["versions"])


def test_same_input_same_bytes_on_any_number_of_workers(first, source, tmp_path):
    again = run(source, tmp_path / "two", replace(SMALL, text=TextSection(n_jobs=2)), silent)
    assert files_of(again.out) == files_of(first.out)


def test_nothing_is_written_where_the_input_or_the_configuration_is_wrong(source, tmp_path):
    wrong = Configuration(tables=TablesSection(by=["chanel"]))
    with pytest.raises(ConfigError, match="是不是想写「channel」"):
        run(source, tmp_path / "out", wrong, silent)
    with pytest.raises(InputError, match="文件不存在"):
        run(tmp_path / "none.csv", tmp_path / "out", SMALL, silent)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (TablesSection(measure="channel"), "不是是否列"),
        (TablesSection(measure="sentiment"), "is_negative"),
        (TablesSection(measure="nothing"), "不存在"),
        (TablesSection(by=["rank"]), "同名"),
    ],
)
def test_columns_that_cannot_serve(tables, message):
    contacts = pd.DataFrame({"doc_id": ["a"], "text": ["慢"], "channel": ["电话"], "rank": [1]})
    with pytest.raises(ConfigError, match=message):
        analyse(contacts, Configuration(tables=tables), silent)


def test_input_columns_with_names_of_results_are_renamed(tmp_path):
    rows = 40
    frame = pd.DataFrame(
        {
            "text": ["快递太慢了", "谢谢，很好"] * (rows // 2),
            "created_at": pd.date_range("2026-01-05", periods=rows),
            "channel": ["电话", "在线"] * (rows // 2),
            "category": ["甲", "乙"] * (rows // 2),
            "is_negative": range(rows),
            "week": ["一"] * rows,
        }
    )
    frame.to_csv(tmp_path / "in.csv", index=False)
    result = run(tmp_path / "in.csv", tmp_path / "out", SMALL, silent)
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert facts["category_input"].tolist() == frame["category"].tolist()
    assert facts["week_input"].eq("一").all()
    assert facts["week"].iloc[0] == "2026-W02"
    assert facts["is_negative"].dtype == bool
    quality = pd.read_parquet(tmp_path / "out" / "tables" / "quality.parquet")
    renamed = quality[quality["check"] == "column_renamed"]
    assert set(renamed["column"]) == {"category_input", "is_negative_input", "week_input"}
    assert "改名的列" in result.report.read_text("utf-8")


def test_another_flag_and_another_dimension(source, tmp_path):
    given = TablesSection(by=["region"], measure="resolved", freq="M", baseline_periods=2)
    result = run(source, tmp_path, replace(SMALL, tables=given), silent)
    table = pd.read_parquet(tmp_path / "tables" / "breakdown_region.parquet")
    facts = pd.read_parquet(tmp_path / "facts.parquet")
    known = facts[facts["region"] == table["region"].iloc[0]]["resolved"].dropna().astype(bool)
    assert table["value"].iloc[0] == pytest.approx(known.mean())
    assert "解决率走势" in result.report.read_text("utf-8")


def read_of(contacts):
    rejects = conform(pd.DataFrame({column.name: [] for column in REJECTS.columns}), REJECTS)
    quality = conform(pd.DataFrame({column.name: [] for column in QUALITY.columns}), QUALITY)
    return masked_input(ReadResult(contacts, rejects, quality, len(contacts)))


def analysed(incidents, n=20_000):
    """Take the default centre through the road without the topic model, which root causes do not use."""
    center = ct.simulate_center(n, random_state=0, incidents=incidents)
    settings = Configuration(analysis=AnalysisSection(n_topics=0))
    return center, analyse(read_of(center.contacts).contacts, settings, silent)


def test_the_demo_finds_every_planted_incident():
    center, made = analysed(None)
    causes = made.tables["root_causes"]
    assert len(center.incidents) >= 5
    for incident in center.incidents.to_dict("records"):
        week = causes[causes["period"] == incident["first_week"]].head(5)
        same = np.ones(len(week), dtype=bool)
        for name in DIMENSIONS:
            value = incident[name]
            same &= (week[name].isna() if pd.isna(value) else week[name] == value).to_numpy(bool)
        assert same.any(), incident["name"]
        assert week.loc[same, "words"].notna().all()
    rises = made.tables["episodes"].query("is_rise")
    assert set(center.incidents["first_week"]) == set(rises["first_period"])


def test_nothing_planted_nothing_found():
    center, made = analysed([], 8_000)
    assert len(center.incidents) == 0
    assert len(made.tables["root_causes"]) == 0
    assert "没有一个时段的变化超出随机波动" in made.tables["root_causes"].attrs["reason"]


def test_a_dialogue_is_redacted_once_and_a_contact_by_the_vectorizer(tmp_path, monkeypatch):
    from csatext.text import preparation

    calls = []
    once = preparation.redact_column
    monkeypatch.setattr(preparation, "redact_column", lambda *a, **k: calls.append(1) or once(*a, **k))
    turns = pd.DataFrame(
        {
            "dialogue_id": np.repeat(np.arange(20), 4),
            "role": ["客服", "客户", "客服", "客户"] * 20,
            "text": ["请报一下手机号", "幺三八零零", "嗯", "幺三八零零零，一直不发货太慢了"] * 20,
        }
    )
    turns.to_csv(tmp_path / "turns.csv", index=False)
    run(tmp_path / "turns.csv", tmp_path / "turns", progress=lambda _: None)
    assert calls == []
    assert "幺三八零零" not in (tmp_path / "turns" / "report.html").read_text("utf-8")
    contacts = pd.DataFrame({"编号": range(20), "内容": ["电话13800138000，一直不发货太慢了"] * 20})
    contacts.to_csv(tmp_path / "contacts.csv", index=False)
    run(tmp_path / "contacts.csv", tmp_path / "contacts", progress=lambda _: None)
    assert calls == [1]


def test_dialogues_have_the_course_of_their_feelings(tmp_path):
    rows = []
    for number in range(24):
        name = "13812345678" if number == 3 else f"D{number:02d}"
        end = "谢谢，问题解决了，非常满意" if number % 2 else "再不退款我就找媒体曝光"
        rows += [
            (name, "客户", "退款太慢了，服务太差", "a"),
            (name, "客服", "抱歉，已为您登记退款", "b"),
            (name, "客户", end, "c"),
        ]
    turns = pd.DataFrame(rows, columns=["dialogue_id", "role", "text", "sentiment"])
    turns.to_csv(tmp_path / "turns.csv", index=False)
    run(tmp_path / "turns.csv", tmp_path / "out", progress=lambda _: None)
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert len(facts) == 24
    assert facts["escalated"].tolist() == [number % 2 == 0 for number in range(24)]
    solved = facts["escalated"].eq(False)
    assert facts.loc[solved, "recovery"].gt(0.35).all()
    assert (
        facts.loc[solved, "predicted_satisfaction"].min() > facts.loc[~solved, "predicted_satisfaction"].max()
    )
    assert facts["customer_start"].notna().all()  # also where the number of the dialogue is masked
    assert "会话里客户情绪的走势" in (tmp_path / "out" / "report.html").read_text("utf-8")
