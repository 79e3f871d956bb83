"""KPIs and scorecard of a run: what the columns allow, and nothing that breaks a run."""

from __future__ import annotations

import pandas as pd

import csatext as ct
from csatext.reporting.chapters.service_figures import agent_chapter, service_chapter
from csatext.reporting.service_tables import service_tables, with_conversations


def facts(**columns):
    n = 120
    frame = {"agent_id": ["甲", "乙"] * (n // 2), "resolved": [True, False] * 50 + [True] * 20, **columns}
    return pd.DataFrame(frame, index=pd.Index([f"d{i}" for i in range(n)], name="doc_id"))


def test_calls_tickets_and_scores_are_measured_as_far_as_they_go():
    table = facts(
        created_at=pd.date_range("2026-05-01", periods=120, freq="h"),
        csat=[5, 1, 4] * 40,
        answered=["是", "是", "否"] * 40,
        wait_seconds=[5, 30, 40] * 40,
        customer_id=[f"u{i % 60}" for i in range(120)],
    )
    tables, absent = service_tables(table)
    values = tables["kpis"].set_index("metric")["value"]
    assert values["service_level_offered"] == 1 / 3
    assert values["abandonment_rate"] == 1 / 3
    assert values["csat_satisfied"] == 2 / 3
    assert values["contact_frequency"] == 2
    assert absent == {}
    card = tables["scorecard"]
    assert set(card[card["metric"] == "resolution_rate"]["verdict"]) == {"好于其余", "差于其余"}
    section = service_chapter(tables)
    assert section.title == "服务指标"
    judged = agent_chapter(tables).blocks[1].table.rows
    assert {row[0] for row in judged if row[1] == "解决率"} == {"甲", "乙"}


def test_a_column_that_cannot_be_read_is_said_and_breaks_nothing():
    tables, absent = service_tables(facts(answered=["也许"] * 120))
    assert "也许" in absent["来电的服务指标"]
    assert "resolution_rate" in set(tables["kpis"]["metric"])
    assert service_tables(pd.DataFrame({"x": [1]}, index=pd.Index(["a"], name="doc_id"))) == ({}, {})
    assert service_chapter({}) is None


def test_measures_of_dialogues_join_the_contacts():
    turns = pd.DataFrame(
        {
            "doc_id": ["a", "a", "b"],
            "turn_id": [0, 1, 0],
            "role": ["customer", "agent", "customer"],
            "text": "好",
            "started_at": pd.to_datetime(
                ["2026-05-01 09:00:00", "2026-05-01 09:00:30", "2026-05-01 09:00:00"]
            ),
        }
    )
    contacts = pd.DataFrame({"doc_id": ["b", "a"], "text": ["好", "好"]})
    found = with_conversations(contacts, turns)
    assert found["replied"].tolist() == [False, True]
    assert found["first_response_seconds"].tolist()[1] == 30
    assert "silence_seconds" not in found
    assert with_conversations(contacts, None) is contacts
    assert ct.kpis(ct.build_facts(found), metrics=["reply_rate"])["value"].tolist() == [0.5]
