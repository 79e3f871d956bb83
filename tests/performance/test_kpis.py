"""KPIs: each metric by hand on a small table; as measures of other verbs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import csatext as ct

# metric: (columns of three contacts, value worked out on paper)
Q = np.nan
BY_HAND = {
    "inquiring_customers": ({"n_customer_messages": [1, 2, 0], "customer_id": ["a", "a", "b"]}, 1),
    "served_customers": (
        {"n_customer_messages": [1, 2, 3], "is_filtered": [0, 1, 1], "customer_id": ["a", "a", "b"]},
        1,
    ),
    "filtered_customers": (
        {"n_customer_messages": [1, 2, 3], "is_filtered": [0, 1, 1], "customer_id": ["a", "a", "b"]},
        1,
    ),
    "replied_customers": ({"replied": [True, True, False], "customer_id": ["a", "a", "b"]}, 1),
    "presales_customers": ({"is_presales": [True, False, True]}, 2),
    "contacts": ({"n_customer_messages": [1, 1, 1]}, 3),
    "answer_question_ratio": ({"n_agent_messages": [6, 1, 2], "n_customer_messages": [2, 1, 3]}, 9 / 6),
    "answer_question_ratio_merged": ({"n_agent_turns": [2, 1, 1], "n_customer_turns": [2, 1, 2]}, 4 / 5),
    "reply_rate": ({"replied": [True, False, False], "customer_id": ["a", "a", "b"]}, 1 / 2),
    "reply_rate_human": ({"replied_human": [True, False, False]}, 1 / 3),
    "response_rate": ({"n_responses": [2, 0, 1], "n_questions": [2, 1, 3]}, 3 / 6),
    "slow_response_customers": ({"slowest_response_seconds": [60, 61, Q]}, 1),
    "slow_response_rate": ({"slowest_response_seconds": [60, 61, Q]}, 1 / 2),
    "first_response_time": ({"first_response_seconds": [10, Q, 30]}, 20),
    "first_response_time_human": ({"first_response_seconds_human": [10, 20, Q]}, 15),
    "average_response_time": ({"response_seconds": [10, 50, Q], "n_timed_responses": [1, 2, 0]}, 60 / 3),
    "longest_response_time": ({"slowest_response_seconds": [10, 40, Q]}, 25),
    "average_handling_span": (
        {
            "span_without_gaps_seconds": [100, 50, 70],
            "replied": [True, True, False],
            "customer_id": ["a", "a", "b"],
        },
        150,
    ),
    "conversation_length": ({"span_seconds": [100, 50, 30]}, 60),
    "canned_reply_share": ({"n_canned": [1, 2, 0], "n_agent_messages": [2, 4, 4]}, 3 / 10),
    "reasked_rate": ({"n_reasked": [0, 2, 0]}, 1 / 3),
    "talk_share": ({"agent_talk_seconds": [10, 20, Q], "customer_talk_seconds": [30, 40, Q]}, 30 / 100),
    "silence_share": ({"silence_seconds": [10, 20, Q], "span_seconds": [50, 50, 60]}, 30 / 100),
    "interruption_rate": ({"n_interruptions": [0, 3, None]}, 1 / 2),
    "sales": ({"paid_amount": [100.5, 0, 20]}, 120.5),
    "units": ({"paid_items": [2, 0, 1]}, 3),
    "paying_customers": ({"paid_finally": [True, True, False], "customer_id": ["a", "a", "b"]}, 1),
    "value_per_customer": (
        {"paid_amount": [100, 50, 30], "paid_finally": [True, True, True], "customer_id": ["a", "a", "b"]},
        90,
    ),
    "items_per_customer": (
        {"paid_items": [1, 1, 3], "paid_finally": [True, True, True], "customer_id": ["a", "a", "b"]},
        2.5,
    ),
    "next_day_pay_rate": ({"paid_next_day": [True, False, True], "is_presales": [True, True, False]}, 1 / 2),
    "final_pay_rate": ({"paid_finally": [True, True, True], "is_presales": [True, True, False]}, 1),
    "card_to_order_rate": ({"paid_finally": [True, False, True], "card_sent": [True, True, False]}, 1 / 2),
    "complaints_per_1000_orders": ({"is_complaint": [True, False, False], "n_orders": [100, 50, 100]}, 4),
    "resolution_rate": ({"resolved": [True, True, None]}, 1),
    "first_contact_resolution": ({"first_contact_resolved": [True, False, None]}, 1 / 2),
    "right_first_time": (
        {"answer_correct": [True, True, None], "record_correct": [True, False, True]},
        1 / 2,
    ),
    "repeat_contact_rate": ({"repeated_within_window": [True, False, None]}, 1 / 2),
    "time_to_resolve": ({"resolve_seconds": [3600, 10800, Q]}, 2),
    "completion_rate": ({"completed": [True, True, False]}, 2 / 3),
    "reopen_rate": ({"completed": [True, True, False], "reopened": [True, False, False]}, 1 / 2),
    "open_age": ({"open_age_seconds": [7200, Q, 3600]}, 1.5),
    "follow_up_rate": ({"followed_up": [True, False, False], "follow_up_due": [True, True, False]}, 1 / 2),
    "complaint_rate": ({"is_complaint": [True, False, False]}, 1 / 3),
    "negative_rate": ({"is_negative": [True, True, False]}, 2 / 3),
    "csat": ({"csat": [5, 2, Q]}, 3.5),
    "csat_satisfied": ({"satisfied": [True, False, None]}, 1 / 2),
    "nps": ({"nps": [10, 6, 9]}, 100 / 3),
    "recommend_rate": ({"nps": [10, 6, 8]}, 1 / 3),
    "participation_rate": (
        {"survey_answered": [True, False, False], "survey_invited": [True, True, False]},
        1 / 2,
    ),
    "invitation_rate": ({"survey_invited": [True, True, False]}, 2 / 3),
    "feedback_activeness": (
        {"survey_answered": [True, False, False], "survey_commented": [0, 1, 0], "survey_invited": [1, 1, 1]},
        2 / 3,
    ),
    "calls_offered": ({"answered": [True, False, True], "abandoned": [False, True, False]}, 3),
    "service_level_answered": ({"answered": [1, 1, 0], "waiting_seconds": [20, 21, 5]}, 1 / 2),
    "service_level_offered": ({"answered": [1, 1, 0], "waiting_seconds": [20, 21, 5]}, 1 / 3),
    # a call that is neither answered nor given up (blocked) stays below the line
    "service_level_abandons_excluded": (
        {"answered": [1, 0, 0], "abandoned": [0, 1, 0], "waiting_seconds": [20, 25, 1]},
        1 / 2,
    ),
    "service_level_short_abandons_excluded": (
        {"answered": [1, 0, 0], "abandoned": [0, 1, 1], "waiting_seconds": [20, 20, 21]},
        1 / 2,
    ),
    "abandonment_rate": ({"abandoned": [True, False, False]}, 1 / 3),
    "average_wait": ({"answered": [1, 1, 0], "waiting_seconds": [10, 20, 99]}, 15),
    "average_talk_time": ({"answered": [1, 1, 0], "talking_seconds": [100, 200, Q]}, 150),
    "average_hold_time": ({"answered": [1, 1, 0], "holding_seconds": [0, 30, Q]}, 15),
    "after_call_work": ({"answered": [1, 1, 0], "after_call_seconds": [20, 40, Q]}, 30),
    "average_handle_time": ({"answered": [1, 1, 0], "handling_seconds": [120, 270, Q]}, 195),
    "occupancy": ({"busy_seconds": [1800, 900, Q], "ready_seconds": [3600, 0, 0]}, 2700 / 3600),
    "calls_per_hour": ({"answered": [1, 1, 0], "ready_seconds": [3600, 0, 0]}, 2),
    "transfer_rate": ({"n_handovers": [1, 0, 0], "n_agent_messages": [3, 2, 0]}, 1 / 2),
    "self_service_rate": ({"self_service": [True, False, False], "n_bot_messages": [1, 2, 0]}, 1 / 2),
    "customer_effort": ({"n_customer_turns": [1, 2, 3], "n_handovers": [0, 1, 0], "n_reasked": [0, 0, 2]}, 3),
    "cost_per_contact": ({"contact_cost": [4, 5, 9]}, 6),
    "cost_of_poor_quality": ({"poor_quality_cost": [0, 62, 10]}, 72),
    "compensation_paid": ({"compensation_cost": [0, 50, 10]}, 60),
    "contact_frequency": ({"customer_id": ["a", "a", "b"]}, 1.5),
    "new_customer_share": ({"is_new_customer": [True, False, False], "customer_id": ["a", "a", "b"]}, 1 / 3),
    "attendance_rate": ({"attended_hours": [8, 6, 8], "scheduled_hours": [8, 8, 8]}, 22 / 24),
    "attrition_rate": ({"has_left": [True, False, False]}, 1 / 3),
}


def test_every_metric_is_worked_out_by_hand_and_there_are_fifty():
    assert {*ct.kpi_definitions()["id"]} == {*BY_HAND}
    assert len(BY_HAND) >= 50


@pytest.mark.parametrize("metric", BY_HAND)
def test_a_metric_is_what_paper_says(metric):
    columns, wanted = BY_HAND[metric]
    table = ct.kpis(pd.DataFrame(columns), metrics=[metric])
    assert table["value"].tolist() == [pytest.approx(wanted)]
    assert table.attrs["absent"] == {}


def test_a_metric_by_group_and_day_has_the_columns_of_the_schema():
    facts = pd.DataFrame(
        {
            "agent": ["甲", "甲", "乙"],
            "resolved": [True, False, True],
            "created_at": pd.to_datetime(
                ["2026-05-01 23:59:59", "2026-05-02 00:00:00", "2026-05-03 10:00:00"]
            ),
        }
    )
    table = ct.kpis(facts, metrics=["resolution_rate"], by="agent", freq="D")
    assert table.columns.tolist() == [
        "metric",
        "agent",
        "period",
        "value",
        "numerator",
        "denominator",
        "n",
        "low",
        "high",
        "complete_as_of",
        "is_complete",
        "definition_version",
    ]
    shown = table[["agent", "period", "numerator", "n"]].astype({"period": "str"}).values.tolist()
    assert shown == [
        ["乙", "2026-05-01", 0, 0],
        ["乙", "2026-05-02", 0, 0],
        ["乙", "2026-05-03", 1, 1],
        ["甲", "2026-05-01", 1, 1],
        ["甲", "2026-05-02", 0, 1],
        ["甲", "2026-05-03", 0, 0],
    ]
    assert np.isnan(table["value"][0])


def test_intervals_are_those_of_the_books():
    scores = [10] * 6 + [7] * 2 + [3] * 2
    nps = ct.kpis(pd.DataFrame({"nps": scores}), metrics=["nps"]).iloc[0]
    # (6 - 2) / 10 = 40 points; variance of +100, 0, -100: (6 * 60**2 + 2 * 40**2 + 2 * 140**2) / 9
    half = 2.262157 * np.sqrt((6 * 3600 + 2 * 1600 + 2 * 19600) / 9 / 10)
    assert nps[["value", "low", "high"]].tolist() == pytest.approx([40, 40 - half, 40 + half], abs=1e-4)
    rate = ct.kpis(pd.DataFrame({"resolved": [1] * 3 + [0] * 7}), metrics=["resolution_rate"]).iloc[0]
    assert rate[["low", "high"]].tolist() == pytest.approx([0.1078, 0.6032], abs=5e-5)  # Wilson, 3 of 10
    count = ct.kpis(pd.DataFrame({"nps": scores}), metrics=["contacts"]).iloc[0]
    assert count[["low", "high"]].tolist() == pytest.approx([4.795, 18.39], abs=5e-3)  # Garwood, 10
    total = ct.kpis(pd.DataFrame({"paid_amount": [3.0, 4.0]}), metrics=["sales"]).iloc[0]
    assert total["high"] - 7 == pytest.approx(1.959964 * 5, abs=1e-5)
    ratio = ct.kpis(
        pd.DataFrame({"n_agent_messages": [2, 3, 7], "n_customer_messages": [1, 2, 3]}),
        metrics=["answer_question_ratio"],
    ).iloc[0]
    # residuals of 2x: 0, -1, 1; standard error sqrt(3 * 2 / 2) / 6
    assert ratio["high"] - 2 == pytest.approx(stats.t.ppf(0.975, 2) * np.sqrt(3) / 6)


def test_completeness_follows_the_lag_of_the_metric():
    days = pd.date_range("2026-05-01", "2026-05-10")
    facts = pd.DataFrame(
        {"created_at": days, "is_presales": True, "paid_next_day": True, "paid_finally": True}
    )
    table = ct.kpis(facts, metrics=["contacts", "next_day_pay_rate", "final_pay_rate"], freq="D")
    whole = table[table["is_complete"]].groupby("metric")["period"].max().dt.day.to_dict()
    assert whole == {"contacts": 10, "next_day_pay_rate": 9, "final_pay_rate": 6}
    assert table.groupby("metric")["complete_as_of"].max().dt.day.to_dict() == whole
    later = ct.kpis(facts, metrics=["final_pay_rate"], freq="D", as_of="2026-05-14")
    assert later["is_complete"].all()
    month = ct.kpis(facts, metrics=["contacts"], freq="M")
    assert month["is_complete"].tolist() == [False]


def test_missing_columns_are_said_and_not_guessed():
    facts = pd.DataFrame({"replied": [True, True], "csat": [None, None]})
    table = ct.kpis(facts, metrics=["reply_rate", "nps", "csat"])
    assert table["metric"].tolist() == ["reply_rate"]
    assert table.attrs["absent"] == {"nps": "nps", "csat": "列是空的：csat"}
    assert table.attrs["assumed"] == {"reply_rate": {"is_filtered": 0.0}}
    nothing = ct.kpis(facts, metrics=["sales"])
    assert len(nothing) == 0
    assert "缺：paid_amount" in nothing.attrs["reason"]
    assert "没有数据行" in ct.kpis(facts.iloc[:0], freq=None, by="replied").attrs["reason"]


def test_of_all_metrics_one_that_cannot_be_read_is_left_out_and_says_why():
    facts = pd.DataFrame({"replied": [True, False], "csat": ["好", "坏"]})
    table = ct.kpis(facts)
    assert "reply_rate" in set(table["metric"])
    assert "「csat」" in table.attrs["absent"]["csat"]
    with pytest.raises(ct.SchemaError, match="「csat」"):
        ct.kpis(facts, metrics=["csat"])


def test_bad_arguments_are_told_in_chinese():
    facts = pd.DataFrame({"replied": [True], "channel": ["电话"]})
    with pytest.raises(ct.SchemaError, match=r"参数 by 要用的列「chanel」不在表中.*是不是想写「channel」"):
        ct.kpis(facts, by="chanel")
    with pytest.raises(ct.ParameterError, match=r"metrics='replyrate' 不可用.*是不是想写「reply_rate」"):
        ct.kpis(facts, metrics=["replyrate"])
    with pytest.raises(ct.ParameterError, match="要有时间列"):
        ct.kpis(facts, freq="D")
    with pytest.raises(ct.SchemaError, match="「n_orders」"):
        ct.kpis(facts.assign(is_complaint=True, n_orders="很多"), metrics=["complaints_per_1000_orders"])


@pytest.mark.parametrize(
    "metric", ["reply_rate", "answer_question_ratio", "first_response_time", "nps", "csat"]
)
def test_breakdown_and_trend_take_a_metric_by_its_id(metric):
    rng = np.random.default_rng(3)
    n = 400
    facts = pd.DataFrame(
        {
            "channel": rng.choice(["电话", "在线"], n),
            "customer_id": rng.integers(0, 150, n),
            "created_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(rng.integers(0, 28 * 24, n), unit="h"),
            "replied": rng.random(n) < 0.8,
            "n_agent_messages": rng.poisson(3, n),
            "csat": rng.integers(1, 6, n),
            "n_customer_messages": 1 + rng.poisson(2, n),
            "first_response_seconds": rng.exponential(30, n),
            "nps": rng.integers(0, 11, n),
        }
    )
    wanted = ct.kpis(facts, metrics=[metric], by="channel").set_index("channel")
    found = ct.breakdown(facts, "channel", metric).set_index("channel")
    assert found["value"].to_dict() == pytest.approx(wanted["value"].to_dict())
    assert found["denominator"].to_dict() == pytest.approx(wanted["denominator"].to_dict())
    weekly = ct.trend(facts, by="channel", measure=metric)
    same = ct.kpis(facts, metrics=[metric], by="channel", freq="W")
    for name in ("value", "low", "high"):
        assert weekly[name].tolist() == pytest.approx(same[name].tolist())


def test_nps_is_no_mean_of_scores():
    facts = pd.DataFrame({"channel": ["电话"] * 10, "nps": [10] * 2 + [8] * 3 + [4] * 5})
    assert ct.breakdown(facts, "channel", "nps")["value"].tolist() == [-30.0]
    computed = pd.DataFrame({"channel": ["电话"] * 6, "nps": [-20.0, 35, 60, -45, 12, 70]})
    assert ct.breakdown(computed, "channel", "nps")["value"].tolist() == [pytest.approx(112 / 6)]
    with pytest.raises(ct.SchemaError, match=r"回复率.*「replied」不在表中"):
        ct.breakdown(facts, "channel", "reply_rate")


def test_other_verbs_take_a_metric_too():
    rng = np.random.default_rng(5)
    n = 600
    facts = pd.DataFrame(
        {
            "channel": np.tile(["电话", "在线"], n // 2),
            "nps": rng.integers(0, 11, n),
            "created_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(np.arange(n) * 2, unit="h"),
            "slowest_response_seconds": rng.exponential(50, n),
        }
    )
    facts["week"] = np.where(np.arange(n) < 300, "前", "后")
    late = (facts["week"] == "后") & (facts["channel"] == "电话")
    facts.loc[late, "slowest_response_seconds"] += 60
    causes = ct.root_causes(
        facts, numerator="slow_response_rate", by="channel", period="week", current="后", baseline="前"
    )
    assert causes["channel"].tolist() == ["电话"]
    assert causes["after"].tolist() == [1.0]
    assert ct.drivers(facts, "nps", ["slowest_response_seconds"]).attrs["n"] == n
    counted = ct.root_causes(
        facts, numerator="slow_response_customers", by="channel", period="week", current="后", baseline="前"
    )
    assert counted["channel"].tolist() == ["电话"]
    assert counted["after"].tolist() == [150]
    assert ct.distribution(facts, "nps")["mean"].iloc[0] == pytest.approx(
        ct.kpis(facts, metrics=["nps"])["value"].iloc[0]
    )
    assert ct.effect(facts, "2026-03-27", measure="nps", freq="D").attrs["kind"] == "mean"
    assert ct.alerts(facts, measure="slow_response_rate").attrs["kind"] == "rate"
    counts = ct.trend(facts, measure="slow_response_customers")
    assert counts["value"].sum() == (facts["slowest_response_seconds"] > 60).sum()


def test_a_users_file_changes_parameters_and_adds_metrics(tmp_path):
    path = tmp_path / "指标.yaml"
    path.write_text(
        "version: 店铺\nmetrics:\n"
        "- {id: slow_response_customers, parameters: {slow_seconds: 30}}\n"
        "- {id: hot_rate, name_zh: 激动率, name_en: hot, formula: 激动的占比, kind: rate,\n"
        "   numerator: score < limit,\n"
        "   parameters: {limit: {default: -1, low: -5, high: 0}},\n"
        "   unit: 比率, direction: down, gaming: 无, twin: csat}\n",
        "utf-8",
    )
    facts = pd.DataFrame({"slowest_response_seconds": [31, 20], "score": [-2, 0]})
    table = ct.kpis(facts, metrics=["slow_response_customers", "hot_rate"], definitions=path)
    assert table["value"].tolist() == [1, 0.5]
    assert set(table["definition_version"]) == {"1+店铺"}


@pytest.fixture(scope="module")
def sold():
    rng = np.random.default_rng(8)
    n = 300
    days = rng.integers(0, 60, n)
    return pd.DataFrame(
        {
            "doc_id": [f"d{i}" for i in range(n)],
            "customer_id": rng.integers(0, 90, n).astype("str"),
            "channel": rng.choice(["电话", "在线"], n),
            "created_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(days, unit="D"),
            "paid_amount": np.where(rng.random(n) < 0.5, rng.gamma(2, 40, n).round(2), 0.0),
            "n_customer_messages": 1,
            "week": days // 7,
        }
    )


@pytest.mark.parametrize("metric", ["sales", "served_customers"])
def test_totals_are_taken_by_the_verbs(sold, metric):
    wanted = ct.kpis(sold, metrics=[metric], by="channel").set_index("channel")
    found = ct.breakdown(sold, "channel", metric).set_index("channel")
    for name in ("value", "low", "high"):
        assert found[name].to_dict() == pytest.approx(wanted[name].to_dict())
    assert found["p"].isna().all()
    assert "不与其余比较" in found.attrs["note"]
    weekly = ct.trend(sold, by="channel", measure=metric)
    same = ct.kpis(sold, metrics=[metric], by="channel", freq="W")
    for name in ("value", "low", "high"):
        assert weekly[name].tolist() == pytest.approx(same[name].tolist())
    assert weekly["denominator"].isna().all()
    assert weekly.attrs["measure"] == metric
    assert ct.effect(sold, "2026-04-06", measure=metric).attrs["kind"] == weekly.attrs["kind"]
    assert ct.drivers(sold, metric, ["week"], n_boot=5).attrs["n"] > 0
    causes = ct.root_causes(sold, numerator=metric, by="channel", period="week", current=3, baseline=[1, 2])
    assert causes.attrs is not None


def test_a_sum_has_the_interval_of_a_compound_poisson_one():
    facts = pd.DataFrame(
        {"created_at": ["2026-05-04"] * 3, "paid_amount": [3.0, 4.0, 12.0], "channel": "电话"}
    )
    half = 1.959964 * 13  # the root of 9 + 16 + 144
    for row in (
        ct.trend(facts, measure="sales").iloc[0],
        ct.breakdown(facts, "channel", "sales", min_n=1).iloc[0],
    ):
        assert [row["value"], row["low"], row["high"]] == pytest.approx([19, 19 - half, 19 + half], abs=1e-5)


def test_a_verb_that_cannot_take_a_kind_of_kpi_says_which_can(sold):
    for verb, metric, what in (
        (ct.alerts, "sales", "合计，预警"),
        (ct.alerts, "csat", "平均，预警"),
        (ct.forecast, "answer_question_ratio", "之比，预测"),
    ):
        arguments = {"horizon": 3} if verb is ct.forecast else {}
        facts = sold.assign(csat=4, n_agent_messages=2)
        with pytest.raises(ct.ParameterError, match=rf"指标「{metric}」.*{what}.*ct\.trend.*ct\.effect"):
            verb(facts, measure=metric, **arguments)
    with pytest.raises(ct.ParameterError, match=r"「nps」.*可以是负数.*recommend_rate.*ct\.breakdown"):
        nps = sold.assign(nps=3)
        ct.root_causes(nps, numerator="nps", by="channel", period="week", current=3, baseline=2)
    with pytest.raises(ct.ParameterError, match=r"reply_rate.*一人只算一次.*margins"):
        ct.breakdown(sold.assign(replied=True), ["channel", "week"], "reply_rate", margins=True)
    with pytest.raises(ct.ParameterError, match=r"sales.*合计.*ct\.breakdown.*ct\.trend"):
        ct.dose_response(sold, "week", "sales")


def test_an_alert_of_what_ought_to_be_high_is_its_fall():
    days = pd.date_range("2026-03-02", periods=45).repeat(40)
    facts = pd.DataFrame({"created_at": days, "resolved": ([True] * 36 + [False] * 4) * 45})
    assert ct.alerts(facts, measure="resolution_rate").empty
    facts.loc[facts["created_at"] >= "2026-04-13", "resolved"] = [True, False] * 60
    found = ct.alerts(facts, measure="resolution_rate")
    assert found["observed"].tolist() == [60]
    assert "解决率下降" in found["message"][0]
    # the last four days of a KPI that is complete after four are not judged
    paid = facts.assign(paid_finally=facts["resolved"], is_presales=True)
    assert ct.alerts(paid, measure="final_pay_rate").empty


def test_contacts_of_several_agents_count_once():
    turns = pd.DataFrame(
        {
            "doc_id": ["a"] * 4 + ["b"] * 2, "turn_id": [0, 1, 2, 3, 0, 1],
            "role": ["customer", "agent", "agent", "customer", "customer", "agent"],
            "agent_id": [None, "甲", "乙", None, None, "甲"], "text": "好的好的",
        }
    )  # fmt: skip
    rows = ct.conversation_measures(turns, unit="agent")
    by_agent = ct.kpis(rows, metrics=["served_customers", "contacts"], by="agent_id")
    # a counts for both who spoke in it, though 乙 did not get to hear the customer before answering
    assert by_agent["value"].tolist() == [1, 2, 1, 2]
    together = ct.kpis(rows, metrics=["served_customers", "contacts", "conversation_length"])
    assert together["value"].tolist() == [2, 2]
    assert 'unit="contact"' in together.attrs["note"]
    assert "note" not in by_agent.attrs
    assert ct.trend(rows.assign(created_at="2026-05-01"), measure="contacts")["n"].tolist() == [2]
