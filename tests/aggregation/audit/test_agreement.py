import json
from itertools import combinations

import krippendorff
import numpy as np
import pandas as pd
import pytest
from drive_references import FILE, TABLES, table

import csatext as ct

# Twelve contacts and four people: the example of Krippendorff (2011) and Gwet (2014), with printed values.
PRINTED = """
1 1 - 1
2 2 3 2
3 3 3 3
3 3 3 3
2 2 2 2
1 2 3 4
4 4 4 4
1 1 2 1
2 2 2 2
- 5 5 5
- - 1 1
- - 3 -
"""


def long(text, people="甲乙丙丁"):
    rows = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(
        [
            (f"c{doc}", who, None if label == "-" else f"类{label}")
            for doc, row in enumerate(rows)
            for who, label in zip(people, row, strict=False)
        ],
        columns=["doc_id", "annotator", "category"],
    )


def test_the_printed_example():
    row = ct.agreement(long(PRINTED)).scores.iloc[0]
    assert (row["n"], row["n_annotators"]) == (11, 4)
    assert row["percent"] == pytest.approx(0.81818, abs=1e-5)
    assert row["alpha"] == pytest.approx(0.74342, abs=1e-5)
    assert row["ac1"] == pytest.approx(0.77544, abs=1e-5)


def test_kappa_by_hand():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: po .7, pe .5 * .6 + .5 * .4 = .5, kappa .4.
    pairs = ["是 是"] * 20 + ["是 否"] * 5 + ["否 是"] * 10 + ["否 否"] * 15
    found = ct.agreement(long("\n".join(pairs), "甲乙"))
    row = found.scores.iloc[0]
    assert (row["percent"], row["kappa"]) == (pytest.approx(0.7), pytest.approx(0.4))
    # Gwet: share of yes .55, pe = 2 * .55 * .45 = .495.
    assert row["ac1"] == pytest.approx((0.7 - 0.495) / (1 - 0.495))
    # Krippendorff: 100 tags, 55 and 45 of them; observed 15 of 50, expected 2 * 55 * 45 / (100 * 99).
    assert row["alpha"] == pytest.approx(1 - 0.3 / (2 * 55 * 45 / 9900))
    assert found.confusion["n"].tolist() == [20, 15, 10, 5]
    assert found.confusion.iloc[2][["label_a", "label_b"]].tolist() == ["类是", "类否"] or (
        found.confusion.iloc[2][["annotator_a", "label_a"]].tolist() == ["乙", "类是"]
    )
    assert len(found.disagreements) == 15
    assert set(found.disagreements["doc_id"]) == {f"c{i}" for i in range(20, 35)}


def test_alpha_equals_krippendorff():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (3, 80)).astype(float)
    codes[1] = np.where(rng.random(80) < 0.6, codes[0], codes[1])
    codes[rng.random((3, 80)) < 0.3] = np.nan
    text = "\n".join(" ".join("-" if np.isnan(v) else str(int(v)) for v in column) for column in codes.T)
    wanted = krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")
    scores = ct.agreement(long(text)).scores
    assert scores["alpha"][0] == pytest.approx(wanted, abs=1e-9)
    for label in range(4):
        one = np.where(np.isnan(codes), np.nan, codes == label)
        wanted = krippendorff.alpha(reliability_data=one, level_of_measurement="nominal", value_domain=[0, 1])
        found = scores[scores["category"] == f"类{label}"]["alpha"].item()
        assert found == pytest.approx(wanted, abs=1e-9)


def gwets_ac1(codes, n_labels):
    """Gwet (2008), equations 10 and 11, pair by pair: every contact has a label of each person."""
    agreeing = [a == b for row in codes for a, b in combinations(row, 2)]
    share = [np.mean(codes == label) for label in range(n_labels)]
    chance = sum(p * (1 - p) for p in share) / (n_labels - 1)
    return (np.mean(agreeing) - chance) / (1 - chance)


def test_gwet_equals_the_published_formula():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (60, 3))
    codes[:, 1] = np.where(rng.random(60) < 0.7, codes[:, 0], codes[:, 1])
    row = ct.agreement(long("\n".join(" ".join(map(str, row)) for row in codes))).scores.iloc[0]
    assert row["ac1"] == pytest.approx(gwets_ac1(codes, 4), abs=1e-9)
    alpha = krippendorff.alpha(reliability_data=codes.T, level_of_measurement="nominal")
    assert row["alpha"] == pytest.approx(alpha, abs=1e-9)


def of_codes(codes):
    """Return tags in the order of contacts x people, none where a code is missing."""
    doc, person = np.nonzero(~np.isnan(codes))
    labels = [f"类{int(code)}" for code in codes[doc, person]]
    return pd.DataFrame({"doc_id": doc, "annotator": person, "category": labels})


@pytest.mark.parametrize("place", range(len(TABLES)))
def test_coefficients_are_those_of_irrcac(place):
    row = ct.agreement(of_codes(table(place))).scores.iloc[0]
    for name, wanted in json.loads(FILE.read_text())["agreement"][place].items():
        assert row[name] == pytest.approx(wanted, abs=1e-9), name


@pytest.mark.parametrize("seed", range(12))
def test_alpha_equals_krippendorff_of_any_table(seed):
    rng = np.random.default_rng([3, seed])
    n, people, labels = rng.integers(8, 40), rng.integers(2, 7), rng.integers(2, 8)
    codes = rng.integers(0, labels, (n, people)).astype(float)
    codes = np.where(rng.random(codes.shape) < rng.random(), codes[:, :1], codes)
    codes[rng.random(codes.shape) < 0.7 * rng.random()] = np.nan
    wanted = krippendorff.alpha(reliability_data=codes.T, level_of_measurement="nominal")
    assert ct.agreement(of_codes(codes)).scores["alpha"][0] == pytest.approx(wanted, abs=1e-9)


def test_one_label_for_all_leaves_chance_corrected_agreement_undefined():
    scores = ct.agreement(long("1 1 1\n1 1 -\n1 - 1")).scores
    assert scores["percent"].tolist() == [1.0]
    # Nothing varies: 0 / 0 for kappa and alpha; chance agreement by Gwet is 0.
    assert scores[["kappa", "alpha"]].isna().all(axis=None)
    assert scores["ac1"][0] == 1
    assert "没有一条不一致" in scores["note"][0]


def test_people_who_share_no_contact_cannot_be_compared():
    found = ct.agreement(long("1 - -\n- 2 -\n- - 1\n2 - -"))
    assert found.scores.empty
    assert found.disagreements.empty
    # Two of three share contacts: the pair counts, the third adds to the shares of AC1 only.
    assert ct.agreement(long("1 1 -\n2 1 -\n2 2 -\n- - 1")).scores["n"][0] == 3


def test_intervals_hold_the_coefficient_of_all():
    rng = np.random.default_rng(2)
    hits = 0
    # Both right with probability .8 on one of two labels: they agree with probability .68.
    for seed in range(60):
        truth = rng.integers(0, 2, 120)
        given = [np.where(rng.random(120) < 0.8, truth, 1 - truth) for _ in range(2)]
        text = "\n".join(f"{a} {b}" for a, b in zip(*given, strict=True))
        row = ct.agreement(long(text, "甲乙"), random_state=seed).scores.iloc[0]
        hits += row["kappa_low"] <= 0.36 <= row["kappa_high"]
    assert hits >= 51


def test_the_paradox_of_prevalence_is_said_in_words():
    pairs = ["1 1"] * 95 + ["1 2"] * 3 + ["2 1"] * 2
    scores = ct.agreement(long("\n".join(pairs), "甲乙")).scores
    assert scores["kappa"][0] < 0.1
    assert scores["ac1"][0] > 0.9
    assert "流行率悖论" in scores["note"][0]
    calm = ct.agreement(long("\n".join(["1 1"] * 48 + ["2 2"] * 48 + ["1 2"] * 4), "甲乙")).scores
    assert calm["note"][0] == ""


def test_nothing_to_compare_says_so_and_the_adjudicator_is_nobody():
    tags = long("1\n2\n1", "甲")
    found = ct.agreement(pd.concat([tags, tags.assign(annotator="裁定")]))
    assert found.scores.empty
    assert "两个人都标过" in found.scores.attrs["reason"]
    assert found.confusion.empty
    with pytest.raises(ct.SchemaError, match="annotator"):
        ct.agreement(tags.drop(columns="annotator"))


def test_the_last_tag_of_a_person_holds_and_both_levels_are_compared():
    tags = long("1 1\n2 2\n1 2\n1 1", "甲乙").assign(subcategory="同")
    tags = pd.concat([tags, pd.DataFrame([{"doc_id": "c2", "annotator": "乙", "category": "类1"}])])
    scores = ct.agreement(tags).scores
    assert scores["measure"].unique().tolist() == ["category", "subcategory"]
    assert scores["percent"].tolist() == [1.0, 1.0]
