"""Evaluation of a classifier: figures worked out by hand or by scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

import csatext as ct
from csatext.analysis.classification.evaluation import _f1_with_error
from csatext.inference import wilson

ACTUAL = ["物流", "物流", "物流", "退款", "退款", "发票", None]
RESULT = pd.DataFrame(
    {
        "complaint": ["物流", "物流", "退款", "退款", "退款", "物流", "物流"],
        "complaint_probability": [0.95, 0.85, 0.55, 0.9, 0.8, 0.6, 0.7],
        "needs_review": [False, False, True, False, False, True, True],
    },
    index=[f"c{at}" for at in range(7)],
)


@pytest.fixture(scope="module")
def tables():
    facts = pd.DataFrame(
        {
            "doc_id": RESULT.index,
            "channel": ["电话", "电话", "在线", "在线", "在线", "电话", "在线"],
            "created_at": pd.to_datetime(["2026-01-03"] * 4 + ["2026-02-01"] * 2 + [None]),
        }
    )
    return ct.evaluate_classifier(ACTUAL, RESULT, facts=facts)


def test_every_table_keeps_its_schema(tables):
    for name, table in tables.items():
        pd.testing.assert_frame_equal(ct.conform(table, ct.tables()[name]), table)


def test_figures_equal_scikit_learn(tables):
    given = RESULT["complaint"].tolist()[:6]
    names = ["发票", "物流", "退款"]
    expected = precision_recall_fscore_support(ACTUAL[:6], given, labels=names, zero_division=0)
    scores = tables["class_scores"].set_index("complaint").loc[names]
    assert scores["recall"].tolist() == pytest.approx(expected[1].tolist())
    assert scores["precision"].tolist()[1:] == pytest.approx(expected[0].tolist()[1:])
    assert np.isnan(scores["precision"].iloc[0])  # never given
    assert scores["f1"].tolist() == pytest.approx(expected[2].tolist())
    wide = tables["confusion"].pivot(index="actual", columns="predicted", values="n").fillna(0)
    matrix = confusion_matrix(ACTUAL[:6], given, labels=names)
    assert wide.reindex(index=names, columns=names).fillna(0).to_numpy().tolist() == matrix.tolist()


def test_summary_by_hand(tables):
    figures = tables["evaluation"].set_index("metric")
    assert figures.loc["accuracy", "value"] == pytest.approx(4 / 6)
    assert figures.loc["accuracy", ["low", "high"]].tolist() == pytest.approx(
        [end[0] for end in wilson([4], [6])]
    )
    # Bins: .95 .9 right; .85 .8 right; .6 wrong; .55 wrong.
    gap = (0.15 + 0.35 + 0.6 + 0.55) / 6
    assert figures.loc["expected_calibration_error", "value"] == pytest.approx(gap)
    assert figures.loc["answered", "value"] == pytest.approx(4 / 6)
    assert figures.loc["precision_of_answered", "value"] == 1
    # F1 of 物流: J = 2 / 4, F1 = 2 J / (1 + J) = 2 / 3; its Wilson interval is carried over.
    low, high = (float(end[0]) for end in wilson([2], [4]))
    row = tables["class_scores"].set_index("complaint").loc["物流"]
    assert [row["f1_low"], row["f1_high"]] == pytest.approx([2 * low / (1 + low), 2 * high / (1 + high)])


def test_calibration_coverage_and_groups_by_hand(tables):
    curve = tables["calibration_curve"].set_index("bin")
    assert curve["n"].tolist() == [0, 0, 0, 0, 0, 1, 1, 0, 2, 2]
    assert curve.loc[10, ["mean_probability", "accuracy"]].tolist() == pytest.approx([0.925, 1])
    coverage = tables["coverage_at_precision"].set_index("target")
    assert coverage.loc[0.95, ["threshold", "n", "precision"]].tolist() == [0.8, 4, 1]
    assert coverage.loc[0.8, "n"] == 5  # 4 of 5
    groups = tables["group_scores"].set_index(["dimension", "group"])
    assert groups.loc[("channel", "电话"), ["n", "accuracy"]].tolist() == pytest.approx([3, 2 / 3])
    assert groups.loc[("month", "2026-01"), "n"] == 4
    assert groups.loc[("month", "2026-02"), "n"] == 2


def test_the_interval_of_macro_f1_covers_it():
    rng = np.random.default_rng(0)
    population = np.eye(3, dtype=bool)[rng.choice(3, 40_000, p=[0.6, 0.3, 0.1])]
    wrong = np.eye(3, dtype=bool)[rng.choice(3, 40_000)]
    answer = np.where((rng.random(40_000) < 0.7)[:, None], population, wrong)
    truth = f1_score(population.argmax(1), answer.argmax(1), average="macro")
    inside = 0
    for draw in range(200):
        rows = np.random.default_rng(draw).choice(40_000, 300)
        value, error = _f1_with_error(population[rows], answer[rows], True)
        inside += abs(value - truth) < 1.96 * error
    assert 180 <= inside <= 198  # 190 expected, sd 3.1


def test_several_categories_and_probabilities():
    actual = [["物流", "退款"], ["退款"], []]
    given = pd.DataFrame(
        {"complaint": ["物流", "退款、物流", "未归类"], "complaint_probability": [0.9, 0.6, 0.8]}
    )
    tables = ct.evaluate_classifier(actual, given, multilabel=True)
    figures = tables["evaluation"].set_index("metric")["value"]
    assert figures["micro_f1"] == pytest.approx(2 * 2 / 6)  # 2 right of 3 given and 3 true
    assert figures["accuracy"] == pytest.approx(1 / 3)
    pairs = tables["confusion"].set_index(["actual", "predicted"])["n"]
    assert pairs[("退款", "(空)")] == 1
    assert pairs[("(空)", "物流")] == 1
    proba = pd.DataFrame({"物流": [0.9, 0.2], "退款": [0.1, 0.8]})
    assert ct.evaluate_classifier(["物流", "物流"], proba)["evaluation"]["value"].iloc[0] == 0.5


def test_a_learning_curve_grows_with_labels():
    texts = [f"{word}{at}" for at in range(20) for word in ("快递丢了", "退款太慢")]
    labels = ["物流", "退款"] * 20
    corpus = ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=())).fit_transform(texts)
    model = ct.ComplaintClassifier().fit(corpus, labels)
    curve = ct.evaluate_classifier(labels, model.transform(corpus), model=model, corpus=corpus)[
        "learning_curve"
    ]
    assert curve["n_labels"].tolist() == [4, 4, 8, 8, 16, 16, 32, 32]
    assert curve["f1"].iloc[-1] == 1
    assert (curve["n_test"] == 8).all()


BAD = [
    (ACTUAL[:3], RESULT, {}, "一样长"),
    ([None] * 7, RESULT, {}, "y_true 全是空值"),
    (ACTUAL, RESULT[["needs_review"]].astype(str), {}, "complaint 列"),
    (ACTUAL, ACTUAL, {}, "result 的类型是 list"),
    (ACTUAL, pd.DataFrame({"物流": [2.0] * 7, "退款": [0.0] * 7}), {}, "0 到 1 以外"),
    (ACTUAL, RESULT, {"by": "channel"}, "没有给 facts"),
    (ACTUAL, RESULT, {"facts": pd.DataFrame({"chanel": 1}, RESULT.index), "by": "channel"}, "chanel"),
    (ACTUAL, RESULT, {"facts": pd.DataFrame({"channel": [1]}, ["x"])}, "7 条联络"),
    (ACTUAL, RESULT, {"model": ct.ComplaintClassifier()}, "需要 corpus="),
    (pd.Series(["物流"], index=["别处"]), RESULT, {}, "y_true"),
]


@pytest.mark.parametrize(("actual", "result", "more", "said"), BAD)
def test_bad_input_is_refused(actual, result, more, said):
    with pytest.raises(ct.CsatextError, match=said):
        ct.evaluate_classifier(actual, result, **more)
