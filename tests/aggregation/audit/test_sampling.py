import numpy as np
import pandas as pd
import pytest

import csatext as ct


def facts(n=1000):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "doc_id": range(n),
            "channel": rng.choice(["电话", "在线", "邮件"], n, p=[0.9, 0.09, 0.01]),
            "category": rng.choice(["物流", "退款"], n),
            "complaint": rng.choice(["物流", "退款"], n),
            "confidence": rng.random(n),
            "severity": rng.integers(1, 4, n),
        }
    )


CALLS = [
    ("random", None),
    ("stratified", "channel"),
    ("stratified", None),
    ("uncertain", None),
    ("risk", None),
    ("disagreement", None),
]


@pytest.mark.parametrize(("strategy", "by"), CALLS)
def test_probabilities_are_those_of_the_draw(strategy, by):
    f = facts()
    sample = ct.sample_for_tagging(f, 100, strategy=strategy, by=by)
    assert sample.columns.tolist() == ["doc_id", "stratum", "inclusion_probability", "strategy"]
    assert (len(sample), sample["doc_id"].nunique(), set(sample["strategy"])) == (100, 100, {strategy})
    assert sample["doc_id"].is_monotonic_increasing
    # Contacts that the sample stands for: drawn / probability is the size of each stratum, in all 1,000.
    sizes = sample.groupby("stratum")["inclusion_probability"].agg(lambda p: len(p) / p.iloc[0])
    assert sizes.sum() == pytest.approx(1000)
    assert (1 / sample["inclusion_probability"]).sum() == pytest.approx(1000)


def test_every_contact_is_drawn_as_often_as_its_probability_says():
    f = facts(60)
    seen = np.zeros(60)
    promised = np.zeros(60)
    for seed in range(600):
        sample = ct.sample_for_tagging(f, 20, strategy="uncertain", random_state=seed)
        seen[sample["doc_id"]] += 1
        promised[sample["doc_id"]] = sample["inclusion_probability"]
    # Binomial of 600 draws: five standard errors.
    assert (np.abs(seen / 600 - promised) < 5 * np.sqrt(promised * (1 - promised) / 600) + 1e-9).all()


def test_strata_have_their_share_and_a_floor():
    f = facts()
    sample = ct.sample_for_tagging(f, 100, by="channel")
    drawn = sample["stratum"].value_counts()
    size = f["channel"].value_counts()
    assert drawn["渠道=邮件"] == 5
    assert drawn["渠道=电话"] == pytest.approx(size["电话"] / 10, abs=5)


def test_purposeful_strategies_look_where_it_pays_and_everywhere_else_too():
    f = facts()
    uncertain = ct.sample_for_tagging(f, 200, strategy="uncertain").merge(f, on="doc_id")
    assert (uncertain["confidence"] < 0.25).mean() > 0.45
    assert uncertain["confidence"].max() > 0.9
    risk = ct.sample_for_tagging(f, 200, strategy="risk").merge(f, on="doc_id")
    assert (risk["severity"] == 3).mean() > 0.6
    assert risk["severity"].nunique() == 3
    differing = ct.sample_for_tagging(f, 200, strategy="disagreement").merge(f, on="doc_id")
    assert (differing["category"] != differing["complaint"]).mean() > 0.7


def test_the_lead_of_a_rule_and_the_middle_of_a_probability_are_uncertain():
    f = facts().drop(columns="confidence")
    lead = ct.sample_for_tagging(f.assign(category_lead=np.arange(1000)), 100, strategy="uncertain")
    assert (lead["doc_id"] < 250).mean() > 0.45
    two_sided = f.assign(probability_of_complaint=np.arange(1000) / 1000)
    middle = ct.sample_for_tagging(two_sided, 100, strategy="uncertain")["doc_id"]
    assert ((middle - 500).abs() < 125).mean() > 0.45


def test_more_than_there_are_is_all_and_many_strata_are_joined():
    f = facts(40)
    whole = ct.sample_for_tagging(f, 400, strategy="random")
    assert (len(whole), set(whole["inclusion_probability"])) == (40, {1.0})
    many = ct.sample_for_tagging(f.assign(agent=range(40)), 10, by="agent")
    assert len(many) == 10
    assert "其余" in set(many["stratum"])


def test_a_seed_draws_the_same_sample():
    f = facts()
    one, same, other = (
        ct.sample_for_tagging(f, 50, random_state=seed)["doc_id"].tolist() for seed in (1, 1, 2)
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"n": 0}, "至少 1"),
        ({"n": 5, "strategy": "best"}, "可选值"),
        ({"n": 5, "strategy": "random", "by": "channel"}, "不分层"),
        ({"n": 5, "by": "chanel"}, "是不是想写「channel」"),
        ({"n": 5, "strategy": "disagreement", "by": ["channel"]}, "两列标签"),
    ],
)
def test_what_cannot_be_drawn_is_said(call, said):
    with pytest.raises(ct.CsatextError, match=said):
        ct.sample_for_tagging(facts(50), **call)


def test_a_strategy_names_the_columns_that_it_lacks():
    bare = facts(50)[["doc_id", "channel"]]
    with pytest.raises(ct.ParameterError, match="置信度"):
        ct.sample_for_tagging(bare, 5, strategy="uncertain")
    with pytest.raises(ct.ParameterError, match="severity"):
        ct.sample_for_tagging(bare, 5, strategy="risk")
    with pytest.raises(ct.SchemaError, match="重复"):
        ct.sample_for_tagging(pd.concat([bare, bare]), 5)


def test_the_budget_is_that_of_neyman():
    # Shares 1/4 and 3/4, S = .4 in both (80 % right): n = S^2 / V before the finite correction.
    f = pd.DataFrame({"doc_id": range(100_000), "urgent": [True, False, False, False] * 25_000})
    table = ct.tag_budget(f, measure="urgent", width=0.04)
    variance = (0.02 / 1.959964) ** 2
    wanted = 0.16 / (variance + 0.16 / 100_000)
    assert table.attrs["n_needed"] == pytest.approx(wanted, abs=2)
    needed = table.set_index("stratum")["n_needed"]
    assert needed["否"] == pytest.approx(3 * needed["是"], abs=3)
    assert table["width"][0] == pytest.approx(0.04, abs=1e-4)
    assert (table["n_more"] == table["n_needed"]).all()
    # S is alike in both, so that strata by size are Neyman's.
    assert table.attrs["n_proportional"] == pytest.approx(wanted, abs=2)


def test_tags_show_where_more_are_needed():
    # Among what the machine flags people are divided, elsewhere they agree with it.
    f = pd.DataFrame({"doc_id": range(10_000), "urgent": [True, False] * 5_000})
    tags = pd.DataFrame({"doc_id": range(400), "inclusion_probability": 0.04})
    tags["urgent"] = (tags["doc_id"] % 4) == 0
    table = ct.tag_budget(f, tags, measure="urgent", width=0.05).set_index("stratum")
    assert table["n_tagged"].to_dict() == {"是": 200, "否": 200}
    assert table.loc["是", "expected_rate"] == pytest.approx(100.5 / 201)
    assert table.loc["否", "expected_rate"] == pytest.approx(0.5 / 201)
    # By size half of all tags are of each: variance (.25 + .0025) / 2 against the mean of both S squared.
    within = (0.25 + (0.5 / 201) * (200.5 / 201)) / 2
    by_size = within / ((0.05 / 3.919928) ** 2 + within / 10_000)
    assert table.attrs["n_proportional"] == pytest.approx(by_size, abs=2)
    ratio = np.sqrt(0.25) / np.sqrt((0.5 / 201) * (200.5 / 201))
    assert table.loc["是", "n_needed"] / table.loc["否", "n_needed"] == pytest.approx(ratio, rel=0.05)
    assert table.loc["否", "n_more"] == 0


def test_a_sample_of_the_budget_has_the_width():
    rng = np.random.default_rng(5)
    truth = rng.random(20_000) < 0.3
    f = pd.DataFrame({"doc_id": range(20_000), "urgent": truth ^ (rng.random(20_000) < 0.1), "truth": truth})
    pilot = ct.sample_for_tagging(f, 200, by="urgent").merge(f[["doc_id", "truth"]], on="doc_id")
    budget = ct.tag_budget(f, pilot.rename(columns={"truth": "urgent"}), measure="urgent", width=0.05)
    sample = ct.sample_for_tagging(f, budget.attrs["n_needed"], by="urgent", random_state=1)
    tags = sample.merge(f[["doc_id", "truth"]], on="doc_id").rename(columns={"truth": "urgent"})
    row = ct.audited_rates(f, tags, "urgent").iloc[0]
    assert row["high"] - row["low"] == pytest.approx(0.05, rel=0.2)


def test_a_width_is_one():
    with pytest.raises(ct.ParameterError, match="0 与 1 之间"):
        ct.tag_budget(facts(50).assign(urgent=True), measure="urgent", width=4)
