"""Causes: their cost, who comes again, dose and response, what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

import csatext as ct
from csatext.lexicon.paths import lexicon_path

FACTS = pd.DataFrame(
    {
        "doc_id": list("123456"),
        "customer_id": ["a", "a", "a", "b", "c", None],
        "category": ["退款", "催单", "催单", "退款", "物流", None],
        "created_at": ["2026-05-01", "2026-05-03", "2026-05-20", "2026-05-02", "2026-05-02", "2026-05-03"],
        "contact_cost": [4.0, 3.0, 3.0, 6.0, 2.0, 9.0],
        "compensation": [None, 0, 0, 50.0, 0, 0],
        "region": ["京", "京", "京", "沪", "沪", "沪"],
        "agent_id": ["甲", "乙", "甲", "甲", "乙", "乙"],
        "is_complaint": [True, False, True, True, False, False],
    }
)


def test_what_a_cause_costs():
    table = ct.cause_value(FACTS, "contact_cost").set_index("category")
    refund = table.loc["退款"]
    # contacts 4 + 6, the 催单 of customer a two days after its 退款 3, compensation 50
    assert refund[
        ["n", "n_following", "contact_cost", "following_cost", "compensation", "money"]
    ].tolist() == [
        2,
        1,
        10,
        3,
        50,
        63,
    ]
    assert refund["high"] - 63 == pytest.approx(1.959964 * np.sqrt(7**2 + 56**2), abs=1e-4)
    assert refund["low"] == 0
    assert table["money"].to_dict() == {"退款": 63, "催单": 6, "物流": 2}
    assert table["n_repeats"].to_dict() == {"退款": 0, "催单": 0, "物流": 0}  # 17 days apart
    assert table["n_customers"].to_dict() == {"退款": 2, "催单": 1, "物流": 1}
    assert table["n_regions"].to_dict() == {"退款": 2, "催单": 1, "物流": 1}
    assert (table.attrs["total"], table.attrs["n_without_cause"]) == (68, 1)
    assert table.attrs["absent"] == {"n_orders": "order_id"}
    near = ct.cause_value(FACTS, 10, window_days=20).set_index("category")
    assert near.loc["催单", ["n_repeats", "money"]].tolist() == [1, 20]
    with pytest.raises(ct.SchemaError, match="price"):
        ct.cause_value(FACTS, "price")
    with pytest.raises(ct.ParameterError, match="cost"):
        ct.cause_value(FACTS, -1)
    assert "没有数据行" in ct.cause_value(FACTS.iloc[:0], 1).attrs["reason"]


def test_pairs_of_contacts_and_customers_who_come_again():
    pairs = ct.repeat_contacts(FACTS)
    assert pairs[["first_id", "second_id", "days", "first_reason", "second_reason"]].values.tolist() == [
        ["1", "2", 2.0, "退款", "催单"]
    ]
    assert pairs[["first_agent", "second_agent"]].values.tolist() == [["甲", "乙"]]
    assert pairs.attrs["by_reason"] == {"退款": 1}
    assert (pairs.attrs["n"], pairs.attrs["unknown"]) == (5, 1)
    customers = ct.repeat_contacts(FACTS, window_days=20, per="customer")
    row = customers.iloc[0]
    assert row[["customer_id", "n", "n_pairs", "n_complaints", "reasons"]].tolist() == [
        "a",
        3,
        2,
        2,
        "催单×2、退款",
    ]
    assert row["last_at"] == pd.Timestamp("2026-05-20")
    same = ct.repeat_contacts(FACTS, window_days=20, same_reason="category")
    assert same[["first_id", "second_id"]].values.tolist() == [["2", "3"]]
    assert len(ct.repeat_contacts(FACTS, same_reason="category")) == 0
    with pytest.raises(ct.SchemaError, match="customer_id"):
        ct.repeat_contacts(FACTS.drop(columns="customer_id"))
    with pytest.raises(ct.ParameterError, match="per"):
        ct.repeat_contacts(FACTS, per="agent")


def test_a_dose_response_has_bins_intervals_and_a_monotone_fit():
    waits = np.repeat([5.0, 15, 25, 35], 10)
    bad = np.concatenate([[1] * k + [0] * (10 - k) for k in (1, 4, 2, 8)])
    table = ct.dose_response(
        pd.DataFrame({"wait": waits, "bad": bad}), "wait", "bad", edges=[0, 10, 20, 30, 40]
    )
    assert table["n"].tolist() == [10] * 4
    assert table["value"].tolist() == [0.1, 0.4, 0.2, 0.8]
    # 4 of 10 then 2 of 10 do not rise: pooled to 6 of 20
    assert table["fitted"].tolist() == pytest.approx([0.1, 0.3, 0.3, 0.8])
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx([0.0179, 0.4042], abs=5e-5)  # Wilson
    assert table.attrs["increasing"] is True
    assert table.attrs["p"] < 0.01
    assert table.attrs["steepest"] == 30
    down = ct.dose_response(pd.DataFrame({"wait": waits, "csat": 5 - bad}), "wait", "csat")
    assert down.attrs["increasing"] is False
    assert down["from"].tolist() == [5, 15, 25, 35]  # few amounts get a bin each
    assert (down["low"] <= down["value"]).all()
    outside = ct.dose_response(
        pd.DataFrame({"wait": [1.0, 2, 99], "bad": [0, 1, 1]}), "wait", "bad", edges=[0, 2]
    )
    assert (outside["n"].tolist(), outside.attrs["n_outside"]) == ([2], 1)
    kpi = ct.dose_response(
        pd.DataFrame({"wait": waits, "nps": 9 - 5 * bad}), "wait", "nps", edges=[0, 20, 40]
    )
    assert kpi["value"].tolist() == [100 * (15 - 5) / 20, 0.0]
    for edges in ([1], [3, 2], 5):
        with pytest.raises(ct.ParameterError, match="edges"):
            ct.dose_response(pd.DataFrame({"wait": waits, "bad": bad}), "wait", "bad", edges=edges)


def test_remedies_follow_what_is_worse_than_the_rest():
    facts = pd.DataFrame({"agent": np.repeat(["甲", "乙", "丙"], 100)})
    facts["replied"] = np.tile([True] * 95 + [False] * 5, 3)
    facts.loc[200:249, "replied"] = False
    facts["first_response_seconds"] = np.tile([10.0, 14.0], 150)
    facts.loc[facts["agent"] == "甲", "first_response_seconds"] += 30
    table = ct.remedies(ct.kpis(facts, metrics=["reply_rate", "first_response_time", "contacts"], by="agent"))
    found = table.drop_duplicates("rank")[["metric", "agent", "against"]].values.tolist()
    assert sorted(found) == [["first_response_time", "甲", "其余"], ["reply_rate", "丙", "其余"]]
    row = table[table["metric"] == "first_response_time"].iloc[0]
    assert (row["value"], row["reference"]) == (42, 12)
    assert (table["q"] < 0.05).all()
    assert table["remedies"].str.len().gt(0).all()
    assert table.attrs["n_tested"] == 6


def test_remedies_follow_what_is_worse_than_before():
    days = pd.date_range("2026-03-02", periods=42).repeat(20)
    facts = pd.DataFrame({"created_at": days, "resolved": np.tile([True] * 18 + [False] * 2, 42)})
    facts.loc[facts["created_at"] >= "2026-04-06", "resolved"] = np.tile([True, False], 70)
    table = ct.remedies(ct.kpis(facts, metrics=["resolution_rate", "contacts"], freq="W"))
    assert set(table["metric"]) == {"resolution_rate"}
    assert set(table["against"]) == {"以前"}
    assert table[["value", "reference"]].iloc[0].tolist() == pytest.approx([0.5, 0.9])
    calm = ct.remedies(
        ct.kpis(facts[facts["created_at"] < "2026-04-06"], metrics=["resolution_rate"], freq="W")
    )
    assert "没有指标明显变差" in calm.attrs["reason"]


def test_the_playbook_is_checked(tmp_path):
    facts = pd.DataFrame({"agent": ["甲"] * 90 + ["乙"] * 90, "replied": [True] * 90 + [False] * 90})
    table = ct.kpis(facts, metrics=["reply_rate"], by="agent")
    path = tmp_path / "对策.yaml"
    path.write_text(
        "plays:\n- metrics: [reply_rate]\n  causes:\n  - {cause: 忙, look: contacts, remedies: [加人]}\n",
        "utf-8",
    )
    assert ct.remedies(table, playbook=path)[["cause", "remedies"]].values.tolist() == [["忙", "加人"]]
    for text, message in (
        ("plays:\n- metrics: [reply_rate]\n", "第 1 项"),
        ("plays:\n- {metrics: [a], causes: [{cause: 忙}]}\n", "cause 和 remedies"),
        ("plays: [", "不是合法的 YAML"),
        ("x: 1\n", "应有 plays"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(ct.LexiconError, match=message):
            ct.remedies(table, playbook=path)
    with pytest.raises(ct.SchemaError, match="kpis"):
        ct.remedies(facts)
    named = {
        metric
        for play in yaml.safe_load(lexicon_path("playbook.yaml").read_text("utf-8"))["plays"]
        for metric in play["metrics"]
    }
    assert named <= set(ct.kpi_definitions()["id"])
