"""A run as a job of a pipeline: what it logs, measures, shows beforehand, hands on, and how it ends."""

import errno
import json
import logging
import os
import platform
import re
import signal
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finished_runs import facts_table, write_run

from csatext.batch.configuration import load_configuration
from csatext.batch.monitoring.metrics import RunMetrics
from csatext.batch.phases import input_sample
from csatext.batch.preview import preview
from csatext.batch.preview.estimate import Timing
from csatext.cli import EXIT_CODES, main

PHONE, HEADER_PHONE, CELL_PHONE = "13800138000", "13900139000", "13700137000"
TEXTS = [
    "快递三天没动静，太慢了",
    "客服态度很好，谢谢",
    "重复扣费两次",
    "断网没人修",
    "会员退款不到账",
    "不错",
]


@pytest.fixture(autouse=True)
def _no_handlers_left():
    before = list(logging.getLogger().handlers)
    yield
    assert logging.getLogger().handlers == before


def outcome(capsys, *words):
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def contacts(n=60, start=0):
    at = np.arange(start, start + n)
    return pd.DataFrame(
        {
            "编号": [f"T{i}" for i in at],
            "投诉内容": [TEXTS[i % 6] + (f"，电话{CELL_PHONE}" if i % 9 == 0 else "") for i in at],
            "时间": pd.Timestamp("2026-01-05 09:00") + pd.to_timedelta(at * 7 % 60, unit="D"),
            "渠道": np.array(["电话", "在线"])[at % 2],
            f"备注{HEADER_PHONE}": "无",
        }
    )


def tree(folder):
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operations")
    contacts().assign(空="").to_csv(folder / f"客诉{PHONE}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def run(place):
    """A run with everything on, as its log has it."""
    with pytest.MonkeyPatch.context() as patch:
        shown = (place / "err").open("w+", encoding="utf-8"), (place / "said").open("w+", encoding="utf-8")
        patch.setattr(sys, "stderr", shown[0])
        patch.setattr(sys, "stdout", shown[1])
        words = ["run", place / f"客诉{PHONE}.csv", "-o", place / "out", "--log-format", "json"]
        code = main([*map(str, words), "--to-sql", f"sqlite:///{place / 'voc.db'}"])
    said = []
    for file in shown:
        file.seek(0)
        said.append(file.read())
        file.close()
    assert code == 0, said
    return place / "out", said[1], [json.loads(line) for line in said[0].splitlines()]


def test_every_line_of_the_log_is_a_record_and_none_holds_a_number_of_a_person(run):
    out, said, records = run
    assert [record["event"] for record in records[:2]] == ["started", "step"]
    assert [record["event"] for record in records[-2:]] == ["metrics", "finished"]
    assert {"读取 客诉[手机号].csv", "报告"} <= {record.get("step") for record in records}
    assert len({record["run"] for record in records}) == 1
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z", record["time"]) for record in records)
    assert (records[-1]["code"], records[-1]["level"]) == (0, "info")
    shown = json.dumps(records, ensure_ascii=False) + said + (out / "metrics.json").read_text("utf-8")
    for number in (PHONE, HEADER_PHONE, CELL_PHONE):
        assert number not in shown
    assert records[0]["run"] not in "".join(path.read_text("utf-8") for path in out.glob("*.json"))


def test_metrics_tell_of_the_run_and_are_no_part_of_it(run, place, capsys):
    out, _, _ = run
    figures = json.loads((out / "metrics.json").read_text("utf-8"))
    counted = {name: figures[name] for name in ("command", "rows", "contacts", "rejects", "unchanged")}
    assert counted == {"command": "run", "rows": 60, "contacts": 60, "rejects": 0, "unchanged": False}
    assert figures["rejects_by_reason"] == {}
    assert figures["started"] < figures["ended"]
    stations = figures["stations"]
    assert {"read", "text", "annotate", "tables", "report", "write"} <= set(stations)
    assert sum(one["seconds"] for one in stations.values()) == pytest.approx(figures["seconds"], abs=0.05)
    text = stations["text"]
    assert text["contacts_per_second"] == pytest.approx(60 / text["seconds"], rel=0.02)
    assert figures["peak_memory_mb"]["process"] > 50
    manifest = (out / "manifest.json").read_bytes()
    assert b"metrics.json" not in manifest
    code, said, _ = outcome(capsys, "validate", out)
    assert (code, f"上次运行结束于 {figures['ended']}" in said) == (0, True)
    # Nothing need be done again because of it; the new figures say so.
    (out / "metrics.json").write_text("{}")
    code, said, err = outcome(capsys, "validate", out)
    assert (code, "不是 csatext 写出的指标文件" in err) == (1, True)
    code, said, _ = outcome(capsys, "run", place / f"客诉{PHONE}.csv", "-o", out)
    assert (code, "没有变化" in said) == (0, True)
    assert (out / "manifest.json").read_bytes() == manifest
    assert json.loads((out / "metrics.json").read_text("utf-8"))["unchanged"] is True


def test_run_hands_its_tables_to_a_database(run, place):
    out, said, _ = run
    tables = json.loads((out / "manifest.json").read_text("utf-8"))["tables"]
    assert f"{len(tables) + 2} 个表写入了数据库 sqlite://…" in said
    connection = sqlite3.connect(place / "voc.db")
    n, dates, texts = connection.execute(
        "select count(*), min(created_at), sum(channel = '电话') from csatext_facts"
    ).fetchone()
    names = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    rows = {name: connection.execute(f"select count(*) from csatext_{name}").fetchone()[0] for name in tables}
    connection.close()
    assert (n, dates, texts) == (60, "2026-01-05 09:00:00.000000", 30)
    assert names == {f"csatext_{name}" for name in ("facts", "rejects", *tables)}
    assert rows == tables


def test_a_dry_run_shows_columns_tables_and_estimate_and_writes_nothing(place, capsys, tmp_path):
    source = place / f"客诉{PHONE}.csv"
    before = tree(place)
    code, said, err = outcome(capsys, "run", source, "-o", tmp_path / "new", "--dry-run", "--n-jobs", "1")
    assert code == 0, err
    assert tree(place) == before and not any(tmp_path.iterdir())
    assert "输入：客诉[手机号].csv" in said
    assert "60 条联络，0 行剔除，约占全部的 100.0%" in said
    assert "编号（doc_id）\t由「编号」得到\tT0" in said
    assert "文本（text）\t由「投诉内容」得到\t快递三天没动静，太慢了，电话[手机号]" in said
    assert "breakdown_channel" in said and "开头做不出的表：" in said
    assert f"会写出：{tmp_path / 'new'} 里的 facts.parquet" in said
    assert "估计：约 60 条联络" in said
    for number in (PHONE, HEADER_PHONE, CELL_PHONE):
        assert number not in said + err
    code, said, _ = outcome(capsys, "annotate", source, "-o", place / "a.csv", "--dry-run")
    assert (code, tree(place)) == (0, before)
    assert f"会写出：{place / 'a.csv'}" in said and "breakdown" not in said
    # What the command would refuse is refused now.
    for words, wanted in (
        (["-o", tmp_path / "new", "--by", "没有"], 2),
        (["-o", source], 4),
    ):
        assert outcome(capsys, "run", source, "--dry-run", *words)[0] == wanted


def test_a_dry_run_by_a_model_tells_what_is_known_and_of_each_file(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    contacts().to_csv(tmp_path / "in" / "周一.csv", index=False)
    words = [tmp_path / "in", "-o", tmp_path / "out", "--incremental", "--n-jobs", "1"]
    assert outcome(capsys, "run", *words)[0] == 0
    figures = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert (figures["partitions"], figures["n_jobs"]) == ({"done": 1, "known": 0}, 1)
    contacts(40, 60).to_csv(tmp_path / "in" / "周二.csv", index=False)
    before = tree(tmp_path)
    code, said, _ = outcome(capsys, "run", *words, "--model", tmp_path / "out" / "model", "--dry-run")
    assert (code, tree(tmp_path)) == (0, before)
    assert "输入：周一.csv 等（2 个文件，" in said
    assert "已标注过 1 个同名文件（内容没变就不再标注），另有 1 个新文件" in said
    assert "model/、partitions/、annotations.json、facts.parquet" in said
    assert "估计：约 100 条联络" in said
    # A folder of partitions alone has its figures from its records.
    metrics = RunMetrics("annotate", 1)
    figures = metrics.of_run(tmp_path / "out")
    assert (figures["contacts"], figures["rows"], figures["rejects_by_reason"]) == (60, 60, {})
    assert figures["partitions"] == {"done": 0, "known": 1}


def test_a_dry_run_of_a_large_input_tells_of_its_partitions(place, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(input_sample, "_LARGE", 0)
    monkeypatch.setattr(preview, "_tried", lambda *_: (Timing(1.0, 0.001, 60), [], {}))
    source, out = place / f"客诉{PHONE}.csv", tmp_path / "out"
    code, said, _ = outcome(capsys, "run", source, "-o", out, "--dry-run")
    assert code == 0
    assert f"会写出：{out} 里的 model/、partitions/、annotations.json、facts.parquet" in said
    monkeypatch.setattr(input_sample, "_LARGE", 1 << 30)
    said = outcome(capsys, "run", source, "-o", out, "--dry-run")[1]
    assert f"会写出：{out} 里的 facts.parquet" in said


def test_the_configuration_is_printed_as_it_can_be_given_back(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("OUR_KEY", "s3cret")
    (tmp_path / "c.toml").write_text(
        '[privacy]\npseudonymize = "${OUR_KEY}"\n[tables]\nby = ["channel"]\n', "utf-8"
    )
    words = ["x.csv", "-o", tmp_path / "out", "--config", tmp_path / "c.toml", "--column", "text=投诉 内容"]
    code, said, err = outcome(capsys, "run", *words, "--freq", "M", "--print-config")
    assert (code, err, (tmp_path / "out").exists()) == (0, "", False)
    assert "s3cret" not in said
    (tmp_path / "again.toml").write_text(said, "utf-8")
    monkeypatch.setenv("CSATEXT_PSEUDONYMIZE", "s3cret")
    again = load_configuration(tmp_path / "again.toml")
    assert (again.tables.by, again.tables.freq) == (["channel"], "M")
    assert (again.input.columns, again.privacy.pseudonymize) == ({"text": "投诉 内容"}, "s3cret")
    for verb in ("fit", "annotate"):
        assert outcome(capsys, verb, *words, "--freq", "M", "--print-config")[1] == said
    monkeypatch.delenv("OUR_KEY")
    code, _, err = outcome(capsys, "run", *words, "--print-config")
    assert (code, "环境变量 OUR_KEY 没有设置" in err) == (2, True)


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("postgresql://csatext:s3cret@db/voc", 2, "直接写了密码"),
        ("mysql+pymysql://root:s3@cret@db", 2, "直接写了密码"),
        ("postgresql://db/voc?password=s3cret", 2, "直接写了密码"),
        ("postgresql://csatext:${NOT_SET_HERE}@db/voc", 2, "环境变量 NOT_SET_HERE 没有设置"),
        ("nonsense", 1, "数据库 URL 写法不对"),
        ("sqlite:////none/of/this/x.db", 4, "数据库没有接受"),
    ],
)
def test_a_password_comes_from_the_environment_and_is_never_shown(tmp_path, capsys, url, code, said):
    out = write_run(tmp_path / "out", facts_table())
    found, printed, err = outcome(capsys, "export", out, "--to-sql", url)
    assert (found, printed) == (code, "")
    assert said in err
    assert "s3" not in err


def test_export_hands_a_finished_run_to_every_place(tmp_path, capsys, monkeypatch):
    out = write_run(tmp_path / "out", facts_table())
    monkeypatch.setenv("VOC_URL", f"sqlite:///{tmp_path / 'voc.db'}")
    places = ["--to-parquet", tmp_path / "lake", "--by-date", "month", "--to-csv", tmp_path / "csv"]
    code, said, _ = outcome(capsys, "export", out, "--to-sql", "${VOC_URL}", *places)
    assert code == 0
    assert said.startswith("3 个表写入了数据库") and "按 2 个日期" in said and "3 个 CSV" in said
    assert (tmp_path / "voc.db").exists()
    assert str(tmp_path / "voc.db") not in said
    assert {path.name for path in (tmp_path / "lake" / "facts").iterdir()} == {"dt=2026-05", "dt=2026-06"}
    code, _, err = outcome(capsys, "export", out)
    assert (code, "--to-parquet" in err) == (2, True)
    code, _, err = outcome(capsys, "export", tmp_path / "none", "--to-csv", tmp_path / "c")
    assert (code, (tmp_path / "c").exists()) == (1, False)


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", f"/data/{PHONE}.parquet"), 4, "磁盘已满"),
        (OSError(errno.EROFS, "Read-only file system"), 4, "只读"),
        (OSError(errno.EIO, "Input/output error"), 1, "Input/output error"),
        (MemoryError(), 1, "内存不够"),
        (KeyboardInterrupt(), 130, "已中断"),
        (ZeroDivisionError(PHONE), 6, "内部出错"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_exit_codes_say_why_a_run_ended(tmp_path, capsys, monkeypatch, error, code, said, form):
    monkeypatch.setattr("csatext.batch.phases.run_by_model.run_input", raising(error))
    found, printed, err = outcome(capsys, "run", "x.csv", "-o", tmp_path / "out", "--log-format", form)
    assert (found, printed) == (code, "")
    assert code in EXIT_CODES
    last = err.splitlines()[-1]
    assert said in last and PHONE not in err
    if form == "json":
        record = json.loads(last)
        assert (record["event"], record["level"], record["code"]) == ("failed", "error", code)
    else:
        assert " ERROR " in last


def test_a_folder_that_another_run_holds_has_a_code_of_its_own(place, tmp_path, capsys):
    (tmp_path / ".csatext.lock").write_text(f"{os.getppid()} {platform.node()}")
    code, _, err = outcome(capsys, "run", place / f"客诉{PHONE}.csv", "-o", tmp_path)
    assert (code, "正被另一次运行使用" in err) == (5, True)


def test_a_termination_between_partitions_is_code_143(tmp_path, capsys, monkeypatch):
    from csatext.batch.monitoring.stopping import check_stop, ends_between

    done = []

    def partitions(*_, **__):
        with ends_between():
            for partition in range(3):
                check_stop()
                os.kill(os.getpid(), signal.SIGTERM)
                done.append(partition)

    monkeypatch.setattr("csatext.batch.phases.run_by_model.run_input", partitions)
    code, _, err = outcome(capsys, "run", "x.csv", "-o", tmp_path / "out")
    assert (code, done, "会从这里继续" in err) == (143, [0], True)


def test_help_and_the_page_list_every_exit_code(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    page = (Path(__file__).parents[2] / "docs" / "guide" / "operations.md").read_text("utf-8")
    for code, said in EXIT_CODES.items():
        assert re.search(rf"^  {code} +{re.escape(said)}$", shown, re.MULTILINE)
        assert re.search(rf"^\| {code} \|", page, re.MULTILINE)
