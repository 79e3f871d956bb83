import numpy as np
import pandas as pd
import pytest

from csatext.reporting.chapters.feelings import feelings_chapter, risk_sentences
from csatext.reporting.risk_tables import risk_tables, signal_columns
from csatext.reporting.standard_tables import standard_tables

DAYS = pd.date_range("2026-03-02", periods=5)


def _facts(last=60):
    """100 contacts a day; 10 of each day threaten, on the last day ``last``; all threats come by phone."""
    threats = np.concatenate([np.arange(100) < (last if day == 4 else 10) for day in range(5)])
    return pd.DataFrame(
        {
            "created_at": DAYS.repeat(100),
            "channel": np.where(threats | (np.tile(np.arange(100), 5) >= 80), "电话", "在线"),
            "agent_id": np.tile(["A1", "A2"], 250),
            "polarity": ["negative", "negative", "neutral", "positive"] * 125,
            "is_negative": [True, True, False, False] * 125,
            "signal_escalation": threats,
            "signal_praise": np.zeros(500, bool),
        }
    )


def _tables(facts, dimensions=("channel",)):
    return risk_tables(
        facts, list(dimensions), facts, time="created_at", freq="D", baseline_periods=4, alpha=0.05
    )


def test_signals_are_flags_of_that_name():
    facts = _facts().assign(signal_note="很急", severity=1)
    assert signal_columns(facts) == ["signal_escalation", "signal_praise"]


def test_polarities_are_shares_of_the_known():
    facts = _facts()
    facts["polarity"] = facts["polarity"].where(facts.index >= 100)
    table = _tables(facts)["polarities"].set_index("polarity")
    assert table["numerator"].to_dict() == {"negative": 200, "neutral": 100, "positive": 100}
    assert (table["denominator"] == 400).all()
    assert table.loc["negative", "value"] == 0.5


def test_a_risk_has_its_rate_and_its_change():
    row = _tables(_facts())["risks"].set_index("signal").loc["signal_escalation"]
    assert (row["numerator"], row["denominator"], row["value"]) == (100, 500, 0.2)
    assert (row["before"], row["after"]) == (0.1, 0.6)
    assert row["change"] == pytest.approx(0.5)
    assert row["has_changed"]
    assert row["period"] == "2026-03-06"


def test_a_steady_signal_has_not_changed():
    facts = _facts(last=10)
    risks = _tables(facts)["risks"]
    assert not risks["has_changed"].any()
    assert risk_sentences({"risks": risks}) == []


def test_without_times_there_is_no_change():
    facts = _facts()
    tables = risk_tables(facts, [], facts.iloc[:0], time="", freq="D", baseline_periods=4, alpha=0.05)
    assert tables["risks"]["change"].isna().all()
    assert "risk_cells" not in tables
    assert feelings_chapter(tables).title == "情感与风险"


def test_cells_tell_where_a_risk_is_and_what_the_rest_is():
    cells = _tables(_facts())["risk_cells"].set_index(["signal", "cell"])
    phone = cells.loc[("signal_escalation", "电话")]
    # Of the 200 calls, 20 a day of every day and the threats, 100 threaten; of the others none does.
    assert (phone["numerator"], phone["denominator"], phone["rest"]) == (100, 200, 0)
    assert phone["q"] < 1e-6


def test_persons_are_looked_at_only_where_they_are_named():
    facts = _facts()
    assert set(standard_tables(facts, freq="D")["risk_cells"]["dimension"]) == {"channel"}
    asked = standard_tables(facts, freq="D", by=["agent_id"])["risk_cells"]
    assert set(asked["dimension"]) == {"agent_id"}


def test_the_chapter_names_the_place_and_the_summary_the_rise():
    tables = _tables(_facts())
    chapter = feelings_chapter(tables)
    where = next(block for block in chapter.blocks if block.title == "风险集中在哪里")
    assert where.table.rows[0][1] == "渠道「电话」"
    (sentence,) = risk_sentences(tables)
    assert "由 10.0% 升到 60.0%" in str(sentence)


def test_conversations_are_scores_and_shares():
    facts = _facts().assign(customer_end=[0.5, -0.5] * 250, escalated=[True, False, False, False] * 125)
    tables = _tables(facts)
    figures = tables["conversation_figures"].set_index("figure")["value"]
    assert figures.to_dict() == {"customer_end": 0.0, "escalated": 0.25}
    block = feelings_chapter(tables).blocks[-1]
    assert [row[2] for row in block.table.rows] == ["0", "25.0%"]


def test_facts_without_feelings_have_no_chapter():
    facts = pd.DataFrame({"is_negative": [True]})
    assert (
        feelings_chapter(
            risk_tables(facts, [], facts.iloc[:0], time="", freq="D", baseline_periods=4, alpha=0.05)
        )
        is None
    )


def test_a_placeholder_is_no_finding():
    facts = _facts()
    facts["channel"] = facts["channel"].replace({"电话": "无"})
    titles = [block.title for block in feelings_chapter(_tables(facts)).blocks]
    assert "风险集中在哪里" not in titles
