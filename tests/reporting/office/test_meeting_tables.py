"""Tables that workbook and deck need beside those of a run."""

import numpy as np
import pandas as pd
import pytest

from csatext.reporting.office.findings import (
    clear_cells,
    compared,
    conclusions,
    course,
    finding,
    leading,
    named,
)
from csatext.reporting.office.meeting_tables import freq_of, meeting_tables
from csatext.reporting.run_tables import run_tables


@pytest.fixture(scope="module")
def run():
    """Ten weeks of 60 contacts; satisfaction rises from week to week, the telephone is worse."""
    n = 600
    week = np.arange(n) // 60
    facts = pd.DataFrame({"channel": np.where(np.arange(n) % 2, "电话", "在线")})
    facts["created_at"] = pd.Timestamp("2026-01-05") + pd.to_timedelta(week * 7 + np.arange(n) % 7, unit="D")
    happy = np.array([4, 9, 7, 16, 22, 19, 31, 38, 35, 52])  # of the 60 of a week
    facts["csat"] = 1 + (np.arange(n) % 60 < happy[week]).astype(int) * 4
    facts["is_negative"] = (np.arange(n) % 10 < 3) | ((facts["channel"] == "电话") & (np.arange(n) % 10 < 8))
    facts["is_complaint"] = np.arange(n) % 5 == 0
    facts["category"] = np.where(np.arange(n) % 15 == 0, "物流配送", "服务态度")
    facts["customer_id"] = np.arange(n) // 2
    return meeting_tables(run_tables(facts))


def test_a_rise_is_said_only_where_its_test_holds(run):
    assert str(course(run, "csat", "满意度")).startswith("满意度在 10 个完整周里持续上升（q ")
    assert run.tables["trend_tests"].set_index("measure").loc["csat", "q"] < 0.05
    assert "没有明显的升降趋势" in str(course(run, "is_complaint", "投诉率"))
    assert not course(run, "nps", "推荐")


def test_findings_name_the_cell_of_each_number(run):
    said = compared(run, "breakdown_channel")
    table = run.tables["breakdown_channel"].set_index("channel")
    assert str(said).startswith("电话的负面率 ")
    for one in said.figures:
        assert one.value == table.loc[dict(one.row)["channel"], one.column]
    # 120 complaints: every fifth contact, of which every third is a delivery.
    said = leading(run, "shares_is_complaint_category")
    assert str(said).startswith("服务态度占投诉 66.7%")
    assert said.figures[0].value == pytest.approx(80 / 120)
    assert all(finding(run, name) for name in run.tables)
    assert 1 <= len(conclusions(run)) <= 8


def test_placeholders_are_no_findings():
    table = pd.DataFrame({"c": ["无", "电话"], "q": [0.001, 0.001], "difference": [0.3, 0.1]})
    assert clear_cells(table, "c", "is_negative")["c"].tolist() == ["电话"]
    assert named("无\n名\u202e", 3) == "无 …"


def test_tables_of_the_meeting_are_those_of_the_facts(run):
    visits = run.tables["shares_visits"]
    assert visits[["visits", "numerator"]].values.tolist() == [["2 次", 300]]
    assert freq_of(run.tables) == "W"
    assert run.tables["trend_tests"]["measure"].tolist() == [
        "contacts",
        "csat",
        "is_complaint",
        "is_negative",
    ]
    assert run.tables["shares_weekday"]["numerator"].sum() == 600
    assert "shares_hour" not in run.tables
