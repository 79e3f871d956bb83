"""People: scorecard, learning curve, unusual changes, cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.tools import add_constant

import csatext as ct


def of(agent, good, bad, **columns):
    return pd.DataFrame({"agent_id": agent, "resolved": [True] * good + [False] * bad, **columns})


def test_funnel_limits_and_verdicts_worked_out_by_hand():
    facts = pd.concat([of("甲", 80, 20), of("乙", 30, 70), of("丙", 5, 4)])
    table = ct.agent_scorecard(facts, metrics=["resolution_rate"]).set_index("agent_id")
    target = 115 / 209
    assert table["target"].tolist() == pytest.approx([target] * 3)
    half = 1.959964 * np.sqrt(target * (1 - target) / 100)
    assert table.loc["甲", ["funnel_low", "funnel_high"]].tolist() == pytest.approx(
        [target - half, target + half], abs=1e-6
    )
    alarm = 3.090232 * np.sqrt(target * (1 - target) / 9)
    assert table.loc["丙", "alarm_high"] == 1.0 == min(1.0, target + alarm)
    assert table["verdict"].to_dict() == {"甲": "好于其余", "乙": "差于其余", "丙": ""}
    assert table["rank"].dropna().to_dict() == {"甲": 1, "乙": 2}
    assert table["small"].to_dict() == {"甲": False, "乙": False, "丙": True}
    assert np.isnan(table.loc["丙", "q"])


def test_the_case_mix_is_taken_out():
    # both solve .9 of the easy and .5 of the hard; 甲 has the easy ones
    easy, hard = {"category": "易", "channel": "电话"}, {"category": "难", "channel": "电话"}
    facts = pd.concat(
        [of("甲", 81, 9, **easy), of("甲", 5, 5, **hard), of("乙", 9, 1, **easy), of("乙", 45, 45, **hard)]
    )
    table = ct.agent_scorecard(facts, metrics=["resolution_rate"]).set_index("agent_id")
    assert table["value"].to_dict() == {"甲": 0.86, "乙": 0.54}
    assert table["adjusted"].to_dict() == pytest.approx({"甲": 0.7, "乙": 0.7})
    assert table["coverage"].tolist() == pytest.approx([1, 1])
    assert "category × channel" in table.attrs["method"]
    part = ct.agent_scorecard(
        facts[(facts["agent_id"] == "乙") | (facts["category"] == "易")], metrics=["resolution_rate"]
    )
    assert part.set_index("agent_id").loc["甲", "coverage"] == pytest.approx(100 / 190)


def test_the_verdict_compares_within_the_strata():
    rng = np.random.default_rng(6)
    n = 600
    facts = pd.DataFrame(
        {"agent_id": rng.choice(["甲", "乙", "丙"], n), "channel": rng.choice(["信", "话"], n)}
    )
    facts["resolved"] = rng.random(n) < np.where(facts["channel"] == "信", 0.3, 0.8)
    facts["waiting_seconds"] = rng.exponential(np.where(facts["channel"] == "信", 9000.0, 30.0))
    # 丁 answers letters alone, and as fast as the others do
    letters = facts[facts["channel"] == "信"].head(60).assign(agent_id="丁")
    facts = pd.concat([facts, letters], ignore_index=True)
    table = ct.agent_scorecard(facts, metrics=["resolution_rate", "average_wait"])
    assert (table["verdict"] == "").all()
    rate = table[table["metric"] == "resolution_rate"].set_index("agent_id")
    for agent, row in rate.iterrows():
        mine = facts["agent_id"] == agent
        strata = [
            pd.crosstab(~mine[at], ~facts.loc[at, "resolved"]).reindex([False, True], fill_value=0).to_numpy()
            for at in [facts["channel"] == "信", facts["channel"] == "话"]
        ]
        tested = StratifiedTable([part.astype(float) for part in strata])
        assert row["p"] == pytest.approx(tested.test_null_odds().pvalue, rel=1e-6)
    wait = table[table["metric"] == "average_wait"].set_index("agent_id")
    mean = facts[facts["channel"] == "信"]["waiting_seconds"].mean()
    assert wait.loc["丁", "expected"] == pytest.approx(mean)
    assert wait.loc["丁", "funnel_low"] < wait.loc["丁", "value"] < wait.loc["丁", "funnel_high"]
    # alone in a stratum there is nobody to compare with
    alone = ct.agent_scorecard(facts[facts["agent_id"].isin(["丁"])], metrics=["average_wait"])
    assert alone["p"].isna().all()


def test_few_expected_cases_are_tested_by_the_binomial():
    facts = pd.DataFrame({"agent_id": ["甲"] * 50 + ["乙"] * 950, "channel": ["信", "话"] * 500})
    facts["is_complaint"] = [True] * 3 + [False] * 47 + [True] * 7 + [False] * 943
    p = ct.agent_scorecard(facts, metrics=["complaint_rate"]).set_index("agent_id").loc["甲", "p"]
    # 3 of 50 where .5 are expected: Fisher's mid-p of the table without strata is .0063
    assert 0.003 < p < 0.012


def test_aspects_have_importance_performance_and_a_gap():
    rng = np.random.default_rng(1)
    csat = rng.integers(1, 6, 200).astype(float)
    surveys = pd.DataFrame(
        {"csat": csat, "响应速度": np.clip(csat - 1, 1, 5), "专业知识": rng.integers(4, 6, 200).astype(float)}
    )
    surveys["响应速度期望"] = 4.0
    surveys.loc[:9, "响应速度期望"] = np.nan
    table = ct.aspect_performance(surveys).set_index("aspect")
    rho = stats.spearmanr(surveys["响应速度"], csat)
    assert table.loc["响应速度", "importance"] == pytest.approx(rho[0])
    scores = surveys["响应速度"]
    ends = stats.t.interval(0.95, 199, scores.mean(), stats.sem(scores))
    assert table.loc["响应速度", ["performance", "low", "high"]].tolist() == pytest.approx(
        [scores.mean(), *ends]
    )
    gap = (scores - 4)[10:]
    ends = stats.t.interval(0.95, 189, gap.mean(), stats.sem(gap))
    assert table.loc["响应速度", ["gap", "gap_low", "gap_high"]].tolist() == pytest.approx(
        [gap.mean(), *ends]
    )
    assert table.loc["响应速度", "expected"] == 4
    assert table["quadrant"].to_dict() == {"响应速度": "优先改进", "专业知识": "可能过度"}
    few = ct.aspect_performance(surveys.head(20))
    assert few["importance"].isna().all()
    assert (few["quadrant"] == "").all()
    with pytest.raises(ct.SchemaError, match="没有方面评分的列"):
        ct.aspect_performance(surveys[["csat"]])
    with pytest.raises(ct.ParameterError, match="expected"):
        ct.aspect_performance(surveys, expected={"态度": "csat"})
    assert "没有数据行" in ct.aspect_performance(surveys.head(0)).attrs["reason"]


def test_the_twin_shows_who_splits_lines():
    facts = pd.DataFrame(
        {
            "agent_id": ["拆句"] * 40 + ["整句"] * 40,
            "n_agent_messages": [6] * 40 + [3] * 40,
            "n_customer_messages": [3] * 80,
            "n_agent_turns": [1] * 40 + [2] * 40,
            "n_customer_turns": [2] * 80,
        }
    )
    table = ct.agent_scorecard(facts, metrics=["answer_question_ratio", "answer_question_ratio_merged"])
    raw = table[table["metric"] == "answer_question_ratio"].set_index("agent_id")
    assert raw["rank"].to_dict() == {"拆句": 1, "整句": 2}
    assert raw["twin_rank"].to_dict() == {"拆句": 2, "整句": 1}
    assert raw["rank_gain"].to_dict() == {"拆句": 1, "整句": -1}
    assert raw["twin_value"].to_dict() == {"拆句": 0.5, "整句": 1.0}


def test_a_scorecard_equals_kpis_by_agent():
    rng = np.random.default_rng(2)
    n = 500
    facts = pd.DataFrame(
        {
            "agent_id": rng.choice(list("ABC"), n),
            "customer_id": rng.integers(0, 80, n),
            "replied": rng.random(n) < 0.7,
            "first_response_seconds": rng.exponential(20, n),
            "n_responses": rng.poisson(2, n),
            "n_questions": 2 + rng.poisson(2, n),
        }
    )
    metrics = ["reply_rate", "first_response_time", "response_rate"]
    table = ct.agent_scorecard(facts, metrics=metrics).sort_values(["metric", "agent_id"])
    wanted = ct.kpis(facts, metrics=metrics, by="agent_id").sort_values(["metric", "agent_id"])
    for name in ("n", "value", "low", "high"):
        assert table[name].tolist() == pytest.approx(wanted[name].tolist())
    with pytest.raises(ct.ParameterError, match=r"contacts.*合计"):
        ct.agent_scorecard(facts, metrics=["contacts"])
    with pytest.raises(ct.SchemaError, match="agent"):
        ct.agent_scorecard(facts.drop(columns="agent_id"))
    assert "没有数据行" in ct.agent_scorecard(facts.iloc[:0]).attrs["reason"]


def test_a_learning_curve_equals_statsmodels():
    rng = np.random.default_rng(4)
    n = 300
    facts = pd.DataFrame({"agent_id": rng.choice(["甲", "乙"], n), "months": rng.uniform(0, 12, n)})
    facts["csat"] = 3 + np.where(facts["agent_id"] == "甲", 0.1, 0.0) * facts["months"] + rng.normal(0, 1, n)
    table = ct.learning_curve(facts, "months", metrics=["csat"]).set_index("agent_id")
    for agent, own in facts.groupby("agent_id"):
        last = own["months"].max()
        fit = OLS(own["csat"], add_constant(own["months"] - last)).fit(cov_type="HC1", use_t=True)
        row = table.loc[agent]
        assert row[["height", "speed"]].tolist() == pytest.approx(fit.params.tolist())
        ends = fit.conf_int().to_numpy().ravel().tolist()
        assert row[["height_low", "height_high", "speed_low", "speed_high"]].tolist() == pytest.approx(ends)
    within = OLS(
        facts["csat"], pd.get_dummies(facts["agent_id"], dtype=float).assign(m=facts["months"])
    ).fit()
    assert table.loc["全体", "speed"] == pytest.approx(within.params["m"])
    new = facts[facts["months"] < 3]["csat"]
    half = 1.96 * new.std() / np.sqrt(len(new))
    assert table.loc["新员工", "height"] == pytest.approx(new.mean())
    assert table.loc["新员工", "height_high"] - new.mean() == pytest.approx(half, rel=0.03)
    assert table.loc["老员工", "n"] == (facts["months"] >= 3).sum()


def test_tenure_from_the_day_of_hiring():
    facts = pd.DataFrame(
        {
            "agent_id": ["甲"] * 12,
            "resolved": [0, 1] * 6,
            "created_at": pd.date_range("2026-01-01", periods=12, freq="30D"),
        }
    )
    staff = pd.DataFrame({"agent_id": ["甲", "乙"], "hired_at": ["2025-12-02", "2020-01-01"]})
    table = ct.learning_curve(facts, staff).set_index("agent_id")
    assert table.loc["甲", "months_from"] == pytest.approx(30 / (365.25 / 12))
    same = ct.learning_curve(facts.assign(hired=pd.Timestamp("2025-12-02")), "hired").set_index("agent_id")
    assert same.loc["甲", "speed"] == pytest.approx(table.loc["甲", "speed"])
    with pytest.raises(ct.SchemaError, match="hired_at"):
        ct.learning_curve(facts, staff[["agent_id"]])
    with pytest.raises(ct.SchemaError, match="重复"):
        ct.learning_curve(facts, pd.concat([staff, staff]))
    with pytest.raises(ct.ParameterError, match="tenure"):
        ct.learning_curve(facts, 3)


def planted():
    """Return 40 agents over 26 weeks at 20 % negative, one of them at 20 of 21 in the last five weeks."""
    rng = np.random.default_rng(8)
    rows = []
    for agent in range(40):
        days = rng.integers(0, 26 * 7, 110)
        rows.append(
            pd.DataFrame(
                {
                    "agent_id": f"A{agent:02d}",
                    "team": f"T{agent % 4}",
                    "created_at": pd.Timestamp("2026-01-05") + pd.to_timedelta(days * 24 + 9, unit="h"),
                    "is_negative": rng.random(110) < 0.2,
                }
            )
        )
    facts = pd.concat(rows, ignore_index=True)
    last = (facts["agent_id"] == "A17") & (facts["created_at"] >= "2026-06-01")
    facts = facts[~last]
    bad = pd.DataFrame(
        {
            "agent_id": "A17",
            "team": "T1",
            "is_negative": [True] * 20 + [False],
            "created_at": pd.date_range("2026-06-01 09:00", "2026-07-05", periods=21),
        }
    )
    return pd.concat([facts, bad], ignore_index=True)


def test_one_agent_at_95_percent_in_21_contacts_of_five_weeks_is_found():
    table = ct.unusual_changes(planted())
    assert table.loc[0, "group"] == "A17"
    agents = table[table["by"] == "agent_id"]
    assert set(agents["group"]) == {"A17"}
    assert set(agents["against"]) == {"与其余同期相比", "与自己以前相比"}
    assert agents["n"].tolist() == [21, 21]
    assert agents["value"].tolist() == pytest.approx([20 / 21] * 2)
    assert agents["is_worse"].all()
    assert table.attrs["since"] == "2026-06-01"


def test_noise_has_few_unusual_changes():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(20):
        facts = planted()
        facts["is_negative"] = rng.random(len(facts)) < 0.2
        facts["csat"] = rng.integers(1, 6, len(facts))
        found += len(ct.unusual_changes(facts)) > 0
    assert found <= 4
    quiet = ct.unusual_changes(planted().iloc[:60])
    assert "没有异动" in quiet.attrs["reason"]


def test_unusual_changes_of_means_equal_welch():
    rng = np.random.default_rng(1)
    facts = pd.DataFrame(
        {
            "agent_id": np.repeat(["甲", "乙"], 200),
            "first_response_seconds": rng.exponential(20, 400),
            "created_at": np.tile(pd.date_range("2026-01-05", periods=200, freq="12h"), 2),
        }
    )
    recent = facts["created_at"] >= "2026-03-16"
    facts.loc[recent & (facts["agent_id"] == "甲"), "first_response_seconds"] += 25
    table = ct.unusual_changes(facts, metrics=["first_response_time"], periods=4).set_index(
        ["group", "against"]
    )
    own = facts[facts["agent_id"] == "甲"]
    now, past = (
        own["first_response_seconds"][(own["created_at"] >= "2026-03-23") == side] for side in (True, False)
    )
    row = table.loc[("甲", "与自己以前相比")]
    assert row["p"] == pytest.approx(stats.ttest_ind(now, past, equal_var=False).pvalue)
    assert row[["value", "reference"]].tolist() == pytest.approx([now.mean(), past.mean()])
    with pytest.raises(ct.ParameterError, match="没有 agent_id 或 team"):
        ct.unusual_changes(facts.drop(columns="agent_id"))
    with pytest.raises(ct.ParameterError, match="没有时间列"):
        ct.unusual_changes(facts.drop(columns="created_at"))


def test_cases_for_praise_and_teaching():
    facts = pd.DataFrame(
        {
            "doc_id": list("abcdef"),
            "agent_id": list("xxxyyy"),
            "csat": [5, 5, 3, 2, 1, None],
            "resolved": ["是", "否", "是", "是", "否", "否"],
            "is_complaint": [0, 0, 0, 0, 1, 1],
        }
    )
    table = ct.best_and_worst(facts, n_cases=1)
    assert table[["kind", "doc_id", "agent"]].values.tolist() == [["表扬", "a", "x"], ["教学", "e", "y"]]
    assert table["reasons"].tolist() == ["满意度 5、已解决 是、投诉 否", "满意度 1、投诉 是、已解决 否"]
    each = ct.best_and_worst(facts, n_cases=1, agent="agent_id")
    assert set(zip(each["kind"], each["agent"], strict=True)) >= {("表扬", "x"), ("教学", "y")}
    with pytest.raises(ct.ParameterError, match="evidence"):
        ct.best_and_worst(facts, evidence=["mood"])
    with pytest.raises(ct.ParameterError, match="没有可以作依据的列"):
        ct.best_and_worst(facts[["doc_id"]])
    alike = ct.best_and_worst(facts.assign(csat=3, resolved=1, is_complaint=0))
    assert len(alike) == 0
