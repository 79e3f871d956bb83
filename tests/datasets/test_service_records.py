"""The other records of a simulated centre: the measures find what was planted."""

from __future__ import annotations

import numpy as np
import pytest

import csatext as ct


@pytest.fixture(scope="module")
def centre():
    return ct.simulate_center(6000, random_state=3)


@pytest.fixture(scope="module")
def records(centre):
    return ct.simulate_service(centre, random_state=1)


def test_the_same_seed_gives_the_same_tables(centre, records):
    again = ct.simulate_service(centre, random_state=1)
    assert all(a.equals(b) for a, b in zip(records[:-1], again[:-1], strict=True))
    with pytest.raises(ct.ParameterError, match="center"):
        ct.simulate_service(centre.contacts)


def test_patience_is_found_though_answered_calls_are_censored(records):
    table = ct.abandonment_curve(records.calls, bins=[0, 20, 40, 60, 80])
    wanted = 1 - np.exp(-20 / records.truth["patience_seconds"])
    assert ((table["low"] <= wanted) & (wanted <= table["high"])).sum() >= 3
    naive = 1 - records.calls["answered"].mean()
    assert naive == pytest.approx(30 / (30 + 90), abs=0.03)


def test_calls_have_kpis_and_the_learning_curve_rises(records):
    facts = ct.build_facts(records.calls, ct.call_measures(records.calls))
    values = ct.kpis(facts).set_index("metric")["value"]
    assert values["abandonment_rate"] == pytest.approx(0.25, abs=0.03)
    handled = values["average_talk_time"] + values["average_hold_time"] + values["after_call_work"]
    assert values["average_handle_time"] == pytest.approx(handled)
    young = records.staff[records.staff["hired_at"] > facts["queued_at"].min() - np.timedelta64(180, "D")]
    part = facts[facts["agent_id"].isin(young["agent_id"])]
    found = ct.learning_curve(
        part, records.staff[["agent_id", "hired_at"]], metrics=["resolution_rate"], time="queued_at"
    )
    row = found.set_index("agent_id").loc["全体"]
    assert row["speed_low"] < records.truth["resolved_a_month"] < row["speed_high"]


def test_the_bottleneck_is_found(records):
    table = ct.stage_durations(records.events, final=[]).set_index("stage")
    assert table.index[0] == records.truth["bottleneck"]
    for stage, hours in records.truth["stage_hours"].items():
        assert table.loc[stage, "low"] <= hours <= table.loc[stage, "high"] or table.loc[
            stage, "median_hours"
        ] == pytest.approx(hours, rel=0.15)
    assert table["n_open"].sum() > 0


def test_orders_and_surveys_have_the_planted_rates(centre, records):
    asked = centre.contacts[centre.contacts["doc_id"].isin(records.orders["doc_id"])]
    found = ct.order_measures(records.orders, asked)
    facts = ct.build_facts(asked.set_index("doc_id").drop(columns="text"), found)
    values = ct.kpis(facts.assign(is_presales=True).drop(columns="customer_id")).set_index("metric")["value"]
    # payments count for the last contact before them: some pass to a later contact of the customer
    assert values["next_day_pay_rate"] == pytest.approx(0.45, abs=0.05)
    assert values["final_pay_rate"] == pytest.approx(0.60, abs=0.05)
    surveyed = ct.kpis(ct.build_facts(records.surveys, ct.survey_measures(records.surveys))).set_index(
        "metric"
    )
    assert surveyed.loc["invitation_rate", "value"] == pytest.approx(records.truth["invited"], abs=0.03)
    assert surveyed.loc["participation_rate", "value"] == pytest.approx(records.truth["answers"], abs=0.03)
    costs = ct.cost_measures(records.costs)
    assert costs["poor_quality_cost"].gt(0).sum() == records.costs["responsible"].sum()
