"""Signs for no date keep their rows; only what tries to be a date is a broken one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.dates.parse import parse_times
from csatext.ingest.dialogues.turn_clocks import read_clock

SIGNS = [
    *(
        "NULL",
        "null",
        "None",
        "none",
        "NA",
        "N/A",
        "#N/A",
        "nan",
        "NaT",
        "\\N",
        "待定",
        "未定",
        "暂无",
        "未知",
    ),
    *(
        "不详",
        "待确认",
        "未填写",
        "未处理",
        "长期",
        "无",
        "-",
        "--",
        "—",
        "/",
        "空",
        "TBD",
        "?",
        "？",
        "0",
        "０",
    ),
    *("0000-00-00", "0000-00-00 00:00:00", "1900-01-00", "1900/1/0", "ＮＵＬＬ", "tbd", "－"),
]


def _read(path: Path, word: str, every: int, **options: str) -> pd.DataFrame:
    rows = [
        f"T{i},第{i}条退款没到账,{word if i % every == 0 else f'2024-01-{i % 28 + 1:02d}'}"
        for i in range(200)
    ]
    path.write_text("工单号,投诉内容,受理时间\n" + "\n".join(rows), encoding="utf-8")
    return ct.read_contacts(path, **options)


def _checks(frame: pd.DataFrame) -> set[str]:
    return {row["check"] for row in frame.attrs["quality"] if row["check"].startswith("date_")}


@pytest.mark.parametrize("sign", SIGNS)
def test_sign_is_an_empty_date(sign: str) -> None:
    times = parse_times(pd.Series([sign, "2024-01-02"]))
    assert times.values.isna().tolist() == [True, False]
    assert not times.unreadable.any()


@pytest.mark.parametrize("sign", ["待定", "0000-00-00", "1900/1/0", "?", "0", "\\N"])
def test_rows_with_signs_stay(tmp_path: Path, sign: str) -> None:
    contacts = _read(tmp_path / "a.csv", sign, 20)
    assert (len(contacts), contacts.attrs["rejects"]) == (200, [])
    assert contacts["created_at"].isna().sum() == 10
    assert "date_unreadable" not in _checks(contacts)


def test_a_word_in_many_rows_is_a_sign(tmp_path: Path) -> None:
    contacts = _read(tmp_path / "a.csv", "已作废", 20)
    assert (len(contacts), contacts["created_at"].isna().sum()) == (200, 10)
    assert contacts["created_at_text"].notna().sum() == 10
    assert _checks(contacts) == {"date_word"}


@pytest.mark.parametrize("written", ["2024-13-45", "昨天下午", "2024年二月三十日"])
def test_a_broken_date_is_still_rejected(tmp_path: Path, written: str) -> None:
    contacts = _read(tmp_path / "a.csv", written, 200)
    assert (len(contacts), len(contacts.attrs["rejects"])) == (199, 1)
    assert "date_unreadable" in _checks(contacts)


def test_a_column_of_words_is_counted_once(tmp_path: Path) -> None:
    contacts = _read(tmp_path / "a.csv", "2024-99-99", 1)
    (row,) = [row for row in contacts.attrs["quality"] if row["check"] == "date_unreadable"]
    assert (row["n"], row["total"], len(contacts)) == (200, 200, 200)


def test_times_of_turns() -> None:
    clock = read_clock(pd.Series(["2024-01-02 10:00", "待定", "NULL", "0"]), "时间", "Asia/Shanghai")
    assert (clock.unreadable, clock.times is not None) == (0, True)
    clock = read_clock(pd.Series(["0", "无", "62"]), "时间", "Asia/Shanghai")
    assert clock.seconds is not None
    assert clock.seconds.dropna().tolist() == [0.0, 62.0]
