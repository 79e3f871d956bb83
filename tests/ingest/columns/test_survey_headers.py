"""Surveys: numbered questions as headers, short answers, scores that nobody gave."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.columns.headers import normal_header
from csatext.ingest.columns.masking import mask


@pytest.mark.parametrize("number", ["3、", "Q3.", "3. ", "（3）", "第3题", "第3题：", "Q3 ", "3．"])
def test_question_numbers_are_no_part_of_a_header(number: str) -> None:
    assert normal_header(f"{number}意见建议") == "意见建议"


@pytest.mark.parametrize("header", ["2024年1月", "1.5倍", "12345"])
def test_other_numbers_stay(header: str) -> None:
    assert normal_header(header)[0] == header[0]


def test_survey_workbook(tmp_path: Path) -> None:
    answers = ["无", "没有", "挺好的", "退款一直没有到账，等了半个月", None]
    rows = [
        [i + 1, f"2024/1/{i % 28 + 1} 10:00:00", f"{30 + i}秒", "微信", i % 11, i % 5 + 1, answers[i % 5]]
        for i in range(60)
    ]
    names = ["序号", "提交答卷时间", "所用时间", "来源", "1、推荐的可能性", "2、您对客服满意吗"]
    path = tmp_path / "a.xlsx"
    pd.DataFrame(rows, columns=[*names, "3、您还有什么意见或建议"]).to_excel(path, index=False)
    contacts = ct.read_contacts(path)
    assert len(contacts) == 48
    assert contacts["text"].iloc[3] == answers[3]


@pytest.mark.parametrize("sign", ["未评价", "未参评", "无", "-", "N/A", "没有评价"])
@pytest.mark.parametrize("share", [12, 40, 80])
def test_scores_that_nobody_gave(tmp_path: Path, sign: str, share: int) -> None:
    rows = [f"T{i},第{i}条退款没到账,{sign if i < share else i % 5 + 1}" for i in range(100)]
    path = tmp_path / "a.csv"
    path.write_text("工单号,投诉内容,满意度\n" + "\n".join(rows), encoding="utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["csat"].isna().sum() == share
    assert contacts["csat"].dropna().tolist() == [i % 5 + 1 for i in range(share, 100)]
    if sign != "N/A":
        assert contacts["csat_text"].notna().sum() == share


def test_scores_mostly_words_stay_text_and_say_so(tmp_path: Path) -> None:
    rows = [f"T{i},第{i}条退款没到账,{'以后再说' if i % 3 else 5}" for i in range(90)]
    path = tmp_path / "a.csv"
    path.write_text("工单号,投诉内容,满意度\n" + "\n".join(rows), encoding="utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["csat"].tolist()[:2] == ["5", "以后再说"]
    (row,) = [row for row in contacts.attrs["quality"] if row["check"] == "number_unreadable"]
    assert row["n"] == 90


def test_dates_are_no_personal_numbers() -> None:
    assert mask("T7,,2024-01-24 15:24:07,电话") == "T7,,2024-01-24 15:24:07,电话"
    assert mask("2024/1/24,13800000000") == "2024/1/24,*****"
    assert mask("2024-01-24 138 0000 0000") == "2024-01-24 *****"
    assert mask("2024-01-2413800000000") == "*****"
