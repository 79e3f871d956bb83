"""Rows that share an identifier: one choice for every door; identifiers that Excel rounded."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.cli import main
from csatext.ingest.contacts import read_input
from csatext.ingest.options import ReadOptions

ROWS = [
    ["A1", "退款慢", "2026-05-01", "2026-05-02 10:00"],
    ["A1", "退款还没到", "2026-05-01", "2026-05-09 10:00"],
    ["A1", "退款到了一半", "2026-05-01", "2026-05-04 10:00"],
    ["B2", "屏幕碎了", "2026-05-02", None],
    ["B2", "屏幕碎了要换", "2026-05-02", "2026-05-03 08:00"],
    ["C3", "发票开错", "2026-05-03", "2026-05-03 08:00"],
]
KEPT = {
    "last": ["退款到了一半", "屏幕碎了要换", "发票开错"],
    "latest": ["退款还没到", "屏幕碎了要换", "发票开错"],
}


def write(
    folder: Path, rows: list[list[str | None]], updated: str = "更新时间", name: str = "工单编号"
) -> Path:
    path = folder / "a.csv"
    frame = pd.DataFrame(rows, columns=[name, "投诉内容", "创建时间", updated])
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("choice", KEPT)
@pytest.mark.parametrize("updated", ["更新时间", "updated_at", "修改时间", "Update Time"])
@pytest.mark.parametrize("name", ["工单编号", "ticket_id", "编号"])
def test_which_row_stays(tmp_path: Path, choice: str, updated: str, name: str) -> None:
    contacts = ct.read_contacts(write(tmp_path, ROWS, updated, name), duplicates=choice)
    assert contacts["text"].tolist() == KEPT[choice]
    assert contacts.attrs["rows"] == 6
    assert len(contacts.attrs["rejects"]) == 3
    assert all("doc_id" in reject["reason"] for reject in contacts.attrs["rejects"])


def many(n: int) -> list[list[str | None]]:
    rows: list[list[str | None]] = [[f"T{i}", f"第{i}次反映", "2026-05-01", "2026-05-02"] for i in range(n)]
    return [*rows, ["T0", "第0次反映，补充", "2026-05-01", "2026-05-03"], [*rows[1]]]


def test_the_first_stays_unless_told_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path, many(40))
    contacts = ct.read_contacts(path)
    assert contacts["text"].tolist()[:2] == ["第0次反映", "第1次反映"]
    assert [reject["reason"] for reject in contacts.attrs["rejects"]] == ["doc_id 与前面的行重复", "整行重复"]
    assert ct.read_contacts(path, duplicates="latest")["text"].iloc[-2] == "第0次反映，补充"


def test_error_is_the_default_of_options_and_of_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, many(40))
    for read in (lambda: ct.read_contacts(path, duplicates="error"), lambda: read_input(path, ReadOptions())):
        with pytest.raises(ct.InputError, match=r"2 行的编号.*第 42、43 行"):
            read()
    assert main(["run", str(path), "-o", str(tmp_path / "out")]) == 1
    assert "--duplicates first" in capsys.readouterr().err
    assert main(["check", str(path)]) == 0


@pytest.mark.parametrize("choice", ["first", "last", "latest"])
def test_run_keeps_one_row_as_told(tmp_path: Path, choice: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, many(40))
    assert main(["run", str(path), "-o", str(tmp_path / "out"), "--duplicates", choice]) == 0
    assert "40 条联络，2 行剔除" in capsys.readouterr().out


def test_latest_needs_a_time_of_updating(tmp_path: Path) -> None:
    path = write(tmp_path, many(40), updated="别的时间")
    with pytest.raises(ct.InputError, match="更新时间"):
        ct.read_contacts(path, duplicates="latest")
    told = ct.read_contacts(path, duplicates="latest", columns={"updated_at": "别的时间"})
    assert told["text"].iloc[-2] == "第0次反映，补充"


def test_another_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ct.ParameterError, match="latest"):
        ct.read_contacts(write(tmp_path, ROWS), duplicates="newest")


ROUNDED = [
    ["4.51E+17", "4.51E+17", "4.52E+17"],
    ["451000000000000000", "451000000000000000", "452000000000000000"],
    ["4.5100045E+17", "4.5100045E+17", "4.5100046E+17"],
    ["20260501123456700", "20260501123456700", "20260501123456800"],
    ["6.2E+15", "6.2E+15", "6.2E+15"],
]


@pytest.mark.parametrize("ids", ROUNDED)
@pytest.mark.parametrize("name", ["工单编号", "doc_id", "流水号"])
def test_identifiers_that_excel_rounded(tmp_path: Path, ids: list[str], name: str) -> None:
    texts = ["退款慢", "屏幕碎了", "发票开错"]
    rows = [[cell, text, "2026-05-01", ""] for cell, text in zip(ids, texts, strict=True)]
    contacts = ct.read_contacts(write(tmp_path, rows, name=name))
    assert contacts["doc_id"].tolist() == ["1", "2", "3"]
    assert contacts["text"].tolist() == texts
    kept = name if name != "doc_id" else "doc_id_原列"
    assert contacts[kept].astype("str").tolist() == ids
    told = "；".join(row["detail"] for row in contacts.attrs["quality"] if row["column"] == "doc_id")
    assert "Excel" in told
    assert "没有编号列" not in told


def test_long_identifiers_that_are_whole_stay(tmp_path: Path) -> None:
    ids = [f"45100000000000{i:04d}" for i in range(30)]
    rows = [[cell, f"第{i}次反映", "2026-05-01", ""] for i, cell in enumerate(ids)]
    assert ct.read_contacts(write(tmp_path, rows))["doc_id"].tolist() == ids
