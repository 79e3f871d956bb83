import json

import numpy as np
import pandas as pd
import pytest
from drive_references import CENTERS, FILE
from drive_references import center as drawn_center
from scipy import stats

import csatext as ct
from csatext.aggregation.audit.prediction_powered import Population, Sample, estimate_rates
from csatext.inference import wilson


def center(n=8000, share=0.3, error=0.1, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    return pd.DataFrame(
        {
            "doc_id": [f"c{i}" for i in range(n)],
            "channel": rng.choice(["电话", "在线"], n),
            "created_at": pd.Timestamp("2026-01-05") + pd.to_timedelta(rng.integers(0, 84, n), unit="D"),
            "truth": truth,
            "urgent": truth ^ (rng.random(n) < error),
        }
    )


def tagged(facts, n, seed=1, **options):
    sample = ct.sample_for_tagging(facts, n, random_state=seed, **options)
    return sample.merge(facts[["doc_id", "truth"]], on="doc_id").rename(columns={"truth": "urgent"})


def prediction_powered(human, machine, rest, level=0.95):
    """The published formula: Angelopoulos, Duchi and Zrnic 2023, as package ppi-python computes it."""
    n, m = len(human), len(rest)
    cov = np.mean(human * machine) - human.mean() * machine.mean()
    weight = cov / ((1 + n / m) * np.var(np.concatenate([machine, rest]), ddof=1))
    weight = min(max(weight, 0), 1)
    error = human - weight * machine
    rate = weight * rest.mean() + error.mean()
    half = stats.norm.ppf(0.5 + level / 2) * np.sqrt(weight**2 * rest.var() / m + error.var() / n)
    return rate, rate - half, rate + half


def labels_of(facts, tags):
    at = facts["doc_id"].isin(tags["doc_id"]).to_numpy()
    return (part.to_numpy(float) for part in (tags["urgent"], facts["urgent"][at], facts["urgent"][~at]))


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_a_simple_random_sample_gives_the_published_estimate(level):
    facts = center()
    tags = tagged(facts, 300, strategy="random")
    row = ct.audited_rates(facts, tags, "urgent", level=level).iloc[0]
    wanted = prediction_powered(*labels_of(facts, tags), level)
    np.testing.assert_allclose(row[["rate", "low", "high"]].to_numpy(float), wanted, atol=1e-12)
    assert (row["n"], row["n_tagged"], row["correction"]) == (8000, 300, "own")
    assert row["bias"] == pytest.approx(facts["urgent"].mean() - row["rate"])


@pytest.mark.parametrize("place", range(len(CENTERS)))
def test_a_simple_random_sample_gives_the_values_of_ppi_python(place):
    human, machine, n = drawn_center(place)
    facts = pd.DataFrame({"doc_id": range(len(human)), "urgent": machine})
    tags = facts.head(n).assign(urgent=human[:n], inclusion_probability=n / len(human))
    row = ct.audited_rates(facts, tags, "urgent", level=CENTERS[place][-1]).iloc[0]
    wanted = json.loads(FILE.read_text())["rates"][place]
    np.testing.assert_allclose(row[["rate", "low", "high"]].to_numpy(float), wanted, atol=1e-9, rtol=0)


def test_a_machine_that_says_nothing_leaves_the_interval_of_wilson():
    facts = center(2000).assign(urgent=False)
    truth = np.arange(100) < 6
    tags = pd.DataFrame({"doc_id": facts["doc_id"][:100], "inclusion_probability": 0.05, "urgent": truth})
    row = ct.audited_rates(facts, tags, "urgent").iloc[0]
    low, high = wilson(6, 100)
    assert row["rate"] == pytest.approx(0.06)
    assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))


def test_a_sample_without_errors_does_not_prove_that_there_are_none():
    facts = center(error=0.0)
    tags = tagged(facts, 100, strategy="random")
    row = ct.audited_rates(facts, tags, "urgent").iloc[0]
    assert row["low"] < row["raw_rate"] - 0.01
    assert row["high"] > row["raw_rate"] + 0.01
    assert row["q_bias"] == 1
    assert (row["precision"], row["recall"]) == (1, 1)


def test_strata_are_weighed_by_their_size():
    # 100 of 1,000 by telephone tagged, half of them urgent; 10 of 9,000 online, none of them.
    facts = pd.DataFrame({"doc_id": range(10_000), "channel": ["电话"] * 1000 + ["在线"] * 9000})
    facts["urgent"] = False
    tags = pd.DataFrame({"doc_id": [*range(100), *range(1000, 1100)]})
    tags["inclusion_probability"] = [0.1] * 100 + [100 / 9000] * 100
    tags["urgent"] = [True, False] * 50 + [False] * 100
    row = ct.audited_rates(facts, tags, "urgent").iloc[0]
    assert row["rate"] == pytest.approx(0.1 * 0.5)
    # The intervals of both strata, recovered variances added (Zou and Donner 2008): .1 and .9 times
    # Wilson's of 50 in 100 and of 0 in 100.
    (low, none), (high, most) = wilson([50, 0], [100, 100])
    width = np.hypot(0.1 * (0.5 - low), 0.0) + np.hypot(0.1 * (high - 0.5), 0.9 * most)
    assert none == 0
    assert row["high"] > 0.05 + 0.8 * 0.9 * most
    assert row["high"] - row["low"] < 1.15 * width
    mixed = ct.audited_rates(facts, tags.assign(stratum="全部"), "urgent").iloc[0]
    assert mixed["rate"] == row["rate"]
    assert mixed["high"] - mixed["low"] > row["high"] - row["low"]


def test_precision_and_recall_are_weighted():
    facts = pd.DataFrame({"doc_id": list("abcd"), "urgent": [True, True, False, False]})
    tags = pd.DataFrame({"doc_id": list("abcd") * 3, "urgent": [True, False, True, False] * 3})
    tags["doc_id"] = [f"{a}{i}" for a, i in zip(tags["doc_id"], np.repeat(range(3), 4), strict=True)]
    facts = pd.DataFrame({"doc_id": tags["doc_id"], "urgent": [True, True, False, False] * 3})
    tags["inclusion_probability"] = [0.5, 0.25, 0.1, 1.0] * 3
    row = ct.audited_rates(facts, tags, "urgent").iloc[0]
    # Flagged by the machine: weights 2 (right) and 4 (wrong). Flagged by people: weights 2 and 10 (missed).
    assert (row["precision"], row["recall"]) == (pytest.approx(2 / 6), pytest.approx(2 / 12))


def test_categories_have_a_row_each_those_of_people_alone_too():
    facts = pd.DataFrame({"doc_id": range(600), "category": ["物流", "退款", "退款"] * 200})
    tags = pd.DataFrame(
        {"doc_id": range(60), "inclusion_probability": 0.1, "category": ["物流", "退款", "质量"] * 20}
    )
    table = ct.audited_rates(facts, tags, "category")
    found = table.set_index("category")
    assert found["raw_rate"].to_dict() == {
        "物流": pytest.approx(1 / 3),
        "退款": pytest.approx(2 / 3),
        "质量": 0,
    }
    assert found["rate"].round(6).nunique() == 1
    assert found["n_tagged"].tolist() == [60, 60, 60]
    assert found.loc["退款", "precision"] == 0.5


def test_a_cell_of_few_tags_borrows_and_one_of_none_says_so():
    facts = center()
    tags = tagged(facts, 300, strategy="random")
    table = ct.audited_rates(facts, tags, "urgent", by="channel", time="created_at", freq="W")
    assert table.columns[:4].tolist() == ["channel", "period", "label", "n"]
    assert len(table) == 24
    few = table["n_tagged"] < 30
    assert few.any()
    assert (table.loc[few, "correction"] == "parent").all()
    assert set(table.loc[few, "corrected_by"]) == {"渠道=电话", "渠道=在线"}
    assert table.loc[few, "q_bias"].isna().all()
    whole = ct.audited_rates(facts, tags, "urgent", by="channel").set_index("channel")
    # One correction for all weeks: the machine's rate and the corrected one differ alike up to the weight.
    ours = table[table["channel"] == "电话"]
    weight, shift = np.polyfit(ours["raw_rate"], ours["rate"], 1)
    at = facts["doc_id"].isin(tags["doc_id"]) & (facts["channel"] == "电话")
    human = facts.loc[at, "truth"].mean()
    assert 0.5 < weight <= 1
    assert shift == pytest.approx(human - weight * facts.loc[at, "urgent"].mean(), abs=1e-9)
    assert whole.loc["电话", "correction"] == "own"
    nothing = ct.audited_rates(facts, tags.head(9), "urgent").iloc[0]
    assert nothing[["rate", "low", "high", "bias"]].isna().all()
    assert (nothing["correction"], nothing["corrected_by"]) == ("none", "抽检不足 10 条，无法校正")


def test_of_several_people_the_adjudicator_then_most_then_shares():
    facts = pd.DataFrame({"doc_id": range(40), "urgent": [True, False] * 20})
    rows = []
    for doc in range(40):
        rows += [(doc, "甲", True), (doc, "乙", False)]  # divided: half
        if doc < 10:
            rows.append((doc, "裁定", False))  # settled
        if doc >= 30:
            rows.append((doc, "丙", True))  # most
    tags = pd.DataFrame(rows, columns=["doc_id", "annotator", "urgent"]).assign(inclusion_probability=1.0)
    table = ct.audited_rates(facts, tags, "urgent")
    assert table["rate"][0] == pytest.approx((10 * 0 + 20 * 0.5 + 10) / 40)
    assert table.attrs["n_divided"] == 20


def test_tags_of_other_contacts_and_missing_labels_are_counted_and_left_out():
    facts = center(1000)
    facts["urgent"] = facts["urgent"].astype("boolean")
    facts.loc[:9, "urgent"] = pd.NA
    tags = tagged(facts, 100, strategy="random")
    more = pd.DataFrame({"doc_id": ["fremd"], "inclusion_probability": 0.1, "urgent": True})
    table = ct.audited_rates(facts, pd.concat([tags, more]), "urgent")
    assert (table["n"][0], table.attrs["n_missing"]) == (990, 10)
    assert table.attrs["n_outside"] >= 1
    assert table["n_tagged"][0] + table.attrs["n_outside"] == 101
    with pytest.raises(ct.SchemaError, match="没有一个在 facts 里"):
        ct.audited_rates(facts, more, "urgent")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inclusion_probability": None}, "抽中概率|inclusion_probability"),
        ({"inclusion_probability": 0.0}, "不在 0 与 1 之间"),
        ({"inclusion_probability": 1.5}, "不在 0 与 1 之间"),
    ],
)
def test_probabilities_that_cannot_be_are_refused(change, said):
    facts = center(500)
    tags = tagged(facts, 50, strategy="random").assign(**change)
    with pytest.raises(ct.CsatextError, match=said):
        ct.audited_rates(facts, tags, "urgent")


def test_an_index_and_a_column_of_identifiers_are_read_alike():
    facts = center(500)
    tags = tagged(facts, 60, strategy="random")
    one = ct.audited_rates(facts, tags, "urgent")
    other = ct.audited_rates(facts.set_index("doc_id"), tags.set_index("doc_id"), "urgent")
    pd.testing.assert_frame_equal(one, other)


def test_names_of_the_result_are_no_dimensions():
    facts = center(500).assign(category="物流", period=1)
    tags = tagged(facts, 60, strategy="random").assign(category="物流")
    with pytest.raises(ct.ParameterError, match="同名"):
        ct.audited_rates(facts, tags, "category", by="category")
    with pytest.raises(ct.ParameterError, match="同名"):
        ct.audited_rates(facts, tags, "urgent", by="period", freq="W")
    assert len(ct.audited_rates(facts, tags, "urgent", by="category")) == 1


@pytest.mark.parametrize("strategy", ["random", "uncertain"])
def test_intervals_hold_the_truth_nineteen_times_in_twenty(strategy):
    # 120 samples: fewer than 106 hits have a probability of .004 at a coverage of .95.
    rng = np.random.default_rng(7)
    facts = center(3000, share=0.08, error=0.15)
    facts["confidence"] = rng.random(len(facts)) + 0.3 * (facts["urgent"] == facts["truth"])
    hits, widths = 0, []
    for seed in range(1000, 1120):
        tags = tagged(facts, 150, seed=seed, strategy=strategy)
        row = ct.audited_rates(facts, tags, "urgent").iloc[0]
        hits += row["low"] <= facts["truth"].mean() <= row["high"]
        if seed < 1030:
            alone = ct.audited_rates(facts.assign(urgent=False), tags, "urgent").iloc[0]
            widths.append((row["high"] - row["low"]) / (alone["high"] - alone["low"]))
    assert hits >= 106
    assert np.median(widths) < 1
    assert np.max(widths) < 1.1


def test_a_sample_that_looks_at_uncertain_contacts_is_not_biased():
    # Contacts that the machine is sure of are all right; of the others it flags every second wrongly.
    facts = pd.DataFrame({"doc_id": range(4000), "confidence": [0.1, 0.9, 0.9, 0.9] * 1000})
    rng = np.random.default_rng(3)
    facts["truth"] = rng.random(4000) < 0.3
    facts["urgent"] = facts["truth"] | ((facts["confidence"] < 0.5) & (rng.random(4000) < 0.5))
    found = []
    for seed in range(1000, 1040):
        tags = tagged(facts, 400, seed=seed, strategy="uncertain")
        found.append(ct.audited_rates(facts, tags, "urgent")["rate"][0])
    # Forty samples, each with a standard error under .012: the mean has .002.
    assert np.mean(found) == pytest.approx(facts["truth"].mean(), abs=0.006)


def drawn_unlike(rng, share, n_often=60, n_seldom=60, centers=200):
    """Return tags of many centers, half of each from a tenth of the contacts, and how many these are."""
    cell = np.repeat(np.arange(centers), n_often + n_seldom)
    often = np.tile(np.arange(n_often + n_seldom) < n_often, centers)
    size = np.where(often, 1000, 9000)
    human = (rng.random(len(cell)) < np.where(often, 3 * share, share)).astype(float)
    machine = np.where(rng.random(len(cell)) < 0.1, 1 - human, human)
    weight = size / np.where(often, n_often, n_seldom)
    sample = Sample(cell, 2 * cell + often, weight, human, machine)
    rate = 0.1 * 3 * share + 0.9 * share
    rest = np.full(centers, 10_000.0 - n_often - n_seldom)
    flagged = rng.binomial(rest.astype(int), 0.9 * rate + 0.1 * (1 - rate)).astype(float)
    return sample, Population(rest, flagged), rate


@pytest.mark.parametrize("share", [0.04, 0.1, 0.25])
def test_a_sample_drawn_mostly_from_few_contacts_covers_too(share):
    # 1,000 centers: fewer than 920 hits, or more than 985, have a probability under .0001 at .95 and .97.
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(5):
        sample, population, rate = drawn_unlike(rng, share)
        found = estimate_rates(sample, population, 0.95)
        hits += ((found.low <= rate) & (rate <= found.high)).sum()
    assert 920 <= hits <= 985


def test_centers_estimated_together_are_those_estimated_alone():
    sample, population, _ = drawn_unlike(np.random.default_rng(5), 0.1, centers=3)
    together = estimate_rates(sample, population, 0.95)
    for cell in range(3):
        at = sample.cell == cell
        part = Sample(
            sample.cell[at] * 0, sample.stratum[at] - 2 * cell, sample.weight[at], sample.human[at],
            sample.machine[at],
        )  # fmt: skip
        alone = estimate_rates(
            part, Population(population.rest[[cell]], population.rest_flagged[[cell]]), 0.95
        )
        assert (alone.low[0], alone.high[0]) == pytest.approx((together.low[cell], together.high[cell]))


def test_contacts_that_people_are_divided_about_are_not_certain():
    facts = center(600)
    tags = facts.head(60)[["doc_id"]].assign(inclusion_probability=0.1, urgent=True, annotator="甲")
    tags = pd.concat([tags, tags.assign(urgent=False, annotator="乙")])
    row = ct.audited_rates(facts.assign(urgent=False), tags, "urgent").iloc[0]
    # A draw each: as 60 tags of which 30 are urgent.
    low, high = wilson(30, 60)
    assert row["rate"] == pytest.approx(0.5)
    assert row["high"] - row["low"] == pytest.approx(high - low, rel=0.05)


def test_tags_without_a_contact_are_left_out_and_counted():
    facts = center(600)
    tags = tagged(facts, 60, strategy="random")
    nameless = pd.DataFrame({"doc_id": [None, None], "inclusion_probability": 0.9, "urgent": True})
    table = ct.audited_rates(facts, pd.concat([nameless, tags]), "urgent")
    pd.testing.assert_frame_equal(table, ct.audited_rates(facts, tags, "urgent"), check_like=True)
    assert (table.attrs["n_outside"], table.attrs["n_tagged"]) == (2, 60)


@pytest.mark.parametrize(
    ("machine", "human", "said"),
    [(True, 2, "既不是 0 也不是 1"), (np.nan, True, "没有机器标签"), (5, True, "是数字")],
)
def test_labels_that_are_none_are_refused(machine, human, said):
    facts = center(200).assign(urgent=machine)
    tags = facts.head(40)[["doc_id"]].assign(inclusion_probability=0.2, urgent=human)
    for call in (ct.audited_rates, lambda *given: ct.tag_budget(*given[:2], measure=given[2], width=0.1)):
        with pytest.raises(ct.SchemaError, match=said):
            call(facts, tags, "urgent")


def test_spaces_around_a_machine_label_make_no_other_category():
    facts = pd.DataFrame({"doc_id": range(100), "category": ["物流 ", " 退款"] * 50})
    tags = pd.DataFrame(
        {"doc_id": range(50), "inclusion_probability": 0.5, "category": ["物流", "退款"] * 25}
    )
    table = ct.audited_rates(facts, tags, "category")
    assert table["category"].tolist() == ["物流", "退款"]
    assert table["precision"].tolist() == [1, 1]


def test_no_contact_and_no_tag_is_an_empty_table():
    facts = center(0).assign(category=pd.Series(dtype="str"))
    tags = pd.DataFrame({"doc_id": [], "inclusion_probability": [], "category": []})
    table = ct.audited_rates(facts, tags, "category", by="channel", freq="M")
    assert table.empty
    assert table.columns[:4].tolist() == ["channel", "period", "label", "category"]


def test_cells_are_named_after_whose_tags_correct_them():
    facts = center(4000)
    tags = tagged(facts, 400, strategy="random")
    table = ct.audited_rates(facts, tags, "urgent", time="created_at", freq="M")
    own = table[table["correction"] == "own"]
    assert len(own) >= 2
    assert own["corrected_by"].tolist() == own["label"].tolist()
    both = ct.audited_rates(facts, tags, "urgent", by="channel", time="created_at", freq="M")
    own = both[both["correction"] == "own"]
    assert own["corrected_by"].tolist() == [
        f"渠道={channel}，{label}" for channel, label in zip(own["channel"], own["label"], strict=True)
    ]
