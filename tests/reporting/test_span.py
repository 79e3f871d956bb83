import re

import pandas as pd
import pytest

import csatext as ct
from csatext.reporting.chapters.chapters import AUDIENCES, CHAPTERS, chosen_chapters
from csatext.reporting.run_tables import run_tables
from csatext.reporting.span import of_span, span_of


@pytest.fixture(scope="module")
def facts():
    """Five months of 4 contacts a day; of 江苏 all are negative in May, else every fourth contact is."""
    days = pd.date_range("2026-01-01", "2026-05-31 23:00", freq="6h")
    frame = pd.DataFrame({"created_at": days, "region": ["江苏", "广东", "四川", "浙江"] * (len(days) // 4)})
    frame["product"] = ["甲", "乙", "乙", "甲", "乙"] * (len(days) // 5) + ["甲"] * (len(days) % 5)
    late = (frame["region"] == "江苏") & (frame["created_at"] >= "2026-05-01")
    frame["is_negative"] = (frame.index % 16 == 1) | late
    return frame


def text_of(path):
    return re.sub(r"<[^>]+>", "", re.sub(r"<script.*?</script>", "", path.read_text("utf-8"), flags=re.S))


def test_a_month_is_reported_against_the_months_before(facts, tmp_path):
    path = ct.write_report(facts, tmp_path / "may.html", since="2026-05", until="2026-05")
    said = text_of(path)
    assert "2026-05-01 至 2026-05-31 共 124 条联络" in said  # 31 days of 4
    # 31 of 江苏 and every 16th of the others, 7 or 8: against 30 of 480 before.
    before = facts[facts["created_at"] < "2026-05-01"]
    assert len(before) == 480 and before["is_negative"].sum() == 30
    assert "与之前 4 个月的 6.2% 相比" in said or "与之前 4 个月的 6.3% 相比" in said
    assert "2026-05，地区=江苏：负面率由 0.0% 升到 100.0%（31/31）" in said
    whole = run_tables(facts)
    run, history = of_span(whole, span_of("2026-05", "2026-05"))
    assert len(run.facts) == 124 and len(history) == len(facts)
    assert run.tables["breakdown_region"]["n"].sum() == 124
    assert run.tables["trend_total"]["label"].tolist() == [f"2026-0{month}" for month in range(1, 6)]


def test_other_spans_keep_the_weeks_and_what_was_before(facts):
    run, history = of_span(run_tables(facts), span_of("2026-05-11", "2026-05-24"))
    assert len(run.facts) == 14 * 4
    assert history["created_at"].max() < pd.Timestamp("2026-05-25")
    assert run.tables["trend_total"].attrs["freq"] == "W"
    assert set(run.tables["root_causes"]["period"]) <= {"2026-W20", "2026-W21"}


def test_a_span_without_contacts_or_times_is_said(facts, tmp_path):
    with pytest.raises(ct.InputError, match=r"2026-01-01 至 2026-05-31"):
        ct.write_report(facts, tmp_path / "a.html", since="2027-01")
    with pytest.raises(ct.InputError, match="created_at"):
        ct.write_report(facts.drop(columns="created_at"), tmp_path / "a.html", until="2026-05")
    with pytest.raises(ct.ParameterError, match="since"):
        ct.write_report(facts, tmp_path / "a.html", since="五月吧")


def test_departments_and_chapters_are_chosen_by_name(facts, tmp_path):
    known = [chapter.id for chapter in CHAPTERS]
    assert len(known) == 14
    for name, (chinese, ids) in AUDIENCES.items():
        assert set(ids) < set(known)
        assert [one for one in known if one in ids] == list(ids)  # in the order of the page
        for given in (name, chinese, f"{chinese}部", name.upper()):
            assert chosen_chapters(None, given) == ids
    assert chosen_chapters("根因，摘要, trends", None) == ("causes", "summary", "trends")
    with pytest.raises(ct.ParameterError, match="市场"):
        chosen_chapters(None, "财务")
    with pytest.raises(ct.ParameterError, match="投诉分类"):
        chosen_chapters(["投诉"], None)
    path = ct.write_report(facts, tmp_path / "a.html", sections=["趋势与预警", "关键词", "方法与口径"])
    page = path.read_text("utf-8")
    titles = re.findall(r"<h2[^>]*>(\d+\. [^<]+)</h2>", page)
    assert titles == ["1. 趋势与预警", "2. 方法与口径"]
    assert "章节「关键词」" in page and "章节「主题」" not in page
