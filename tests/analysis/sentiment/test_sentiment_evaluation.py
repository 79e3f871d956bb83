"""Agreement of a sentiment score with people: figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest

import csatext as ct

ACTUAL = ["好评", "正面", "positive", "差评", "负面", "中性", None]
RESULT = pd.DataFrame(
    {
        "sentiment": [0.9, 0.4, -0.5, -0.8, 0.2, -0.1, 0.3],
        "polarity": ["positive", "positive", "negative", "negative", "positive", "neutral", "positive"],
        "confidence": [0.95, 0.75, 0.65, 0.85, 0.55, 0.95, 0.6],
    },
    index=pd.Index(list("abcdefg"), name="doc_id"),
)


@pytest.fixture(scope="module")
def tables():
    return ct.evaluate_sentiment(ACTUAL, RESULT)


def figures(tables):
    return tables["evaluation"].set_index("metric")["value"]


def test_figures_by_hand(tables):
    value = figures(tables)
    assert value["accuracy"] == pytest.approx(4 / 6)
    assert value["balanced_accuracy"] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert value["sign_accuracy"] == pytest.approx(3 / 5)
    assert value["balanced_sign_accuracy"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    # Of six pairs the positive one is higher in five: -.5 is below .2.
    assert value["auc"] == pytest.approx(5 / 6)
    # Two of six are negative: a third of the way from -.5, the second score, to -.1, the third, is skipped.
    assert value["zero_point"] == pytest.approx(-0.5 + 2 / 3 * 0.4)
    # F1: positive 2 right of 3 and 3, negative 1 of 2 and 2, neutral 1 of 1 and 1.
    assert value["macro_f1"] == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    # Bins: .55 wrong, .65 wrong, .75 right, .85 right, .95 right twice.
    gaps = (0.55 + 0.65 + 0.25 + 0.15 + 2 * 0.05) / 6
    assert value["expected_calibration_error"] == pytest.approx(gaps)
    assert "spearman" not in value


def test_shares_tell_where_the_zero_point_lies(tables):
    shares = tables["polarity_shares"].set_index("polarity")
    assert shares["n_true"].to_dict() == {"negative": 2, "neutral": 1, "positive": 3}
    assert shares["n_predicted"].to_dict() == {"negative": 2, "neutral": 1, "positive": 3}
    all_good = RESULT.assign(polarity="positive")
    shares = ct.evaluate_sentiment(ACTUAL, all_good)["polarity_shares"].set_index("polarity")
    assert shares.loc["negative", "difference"] == pytest.approx(-2 / 6)


def test_each_polarity_and_what_is_taken_for_what(tables):
    scores = tables["polarity_scores"].set_index("polarity")
    assert scores.loc["positive", ["n_true", "n_predicted", "n_right"]].tolist() == [3, 3, 2]
    assert scores.loc["positive", "precision"] == pytest.approx(2 / 3)
    assert scores.loc["negative", "recall"] == pytest.approx(1 / 2)
    wrong = tables["confusion"].query("actual != predicted")
    assert wrong[["actual", "predicted", "n"]].values.tolist() == [
        ["negative", "positive", 1],
        ["positive", "negative", 1],
    ]


def test_a_score_without_confidence_has_no_calibration():
    tables = ct.evaluate_sentiment(ACTUAL, RESULT.drop(columns="confidence"))
    assert "calibration_curve" not in tables
    assert "expected_calibration_error" not in figures(tables)


def test_auc_interval_is_delongs():
    rng = np.random.default_rng(4)
    truth = rng.random(60) < 0.5
    score = np.round(rng.normal(truth, 1.0), 1)
    result = pd.DataFrame({"sentiment": score, "polarity": np.where(score > 0, "positive", "negative")})
    row = ct.evaluate_sentiment(truth, result)["evaluation"].set_index("metric").loc["auc"]
    good, bad = score[truth], score[~truth]
    higher = np.array([[1.0 if g > b else 0.5 if g == b else 0.0 for b in bad] for g in good])
    variance = higher.mean(1).var(ddof=1) / len(good) + higher.mean(0).var(ddof=1) / len(bad)
    assert row["value"] == pytest.approx(higher.mean())
    assert row["low"] == pytest.approx(higher.mean() - 1.959964 * np.sqrt(variance), abs=1e-6)


@pytest.mark.parametrize(
    ("given", "scale", "read"),
    [
        ([1, 0, 1], "binary", "pnp"),
        ([True, False, None], "binary", "pn-"),
        (["1", "0", " "], "binary", "pn-"),
        ([5, 3, 1], "stars", "pzn"),
        ([4.5, 2, np.nan], "stars", "pn-"),
        ([-2, 0, 1.5], "votes", "nzp"),
        (["正面", "负面", "中性"], "names", "pnz"),
        (["POSITIVE", "neg", "neutral"], "names", "pnz"),
    ],
)
def test_what_people_give_is_read(given, scale, read):
    result = RESULT.iloc[:3]
    tables = ct.evaluate_sentiment(given, result)
    table = tables["polarities_read"]
    assert set(table["scale"]) == {scale}
    counts = table.groupby("polarity")["n"].sum().to_dict()
    names = {"p": "positive", "n": "negative", "z": "neutral", "-": ""}
    assert counts == {names[one]: read.count(one) for one in set(read)}


def test_votes_and_stars_have_a_rank_correlation():
    votes = [1.5, 1.0, -1.0, -2.0, 0.5, 0.0, np.nan]
    row = ct.evaluate_sentiment(votes, RESULT)["evaluation"].set_index("metric").loc["spearman"]
    # Ranks of votes 6 5 2 1 4 3, of scores 6 5 2 1 4 3: the same order.
    assert row["value"] == pytest.approx(1)
    assert row["n"] == 6


def test_labels_are_looked_up_by_doc_id():
    labels = pd.Series(["差评", "好评"], index=["d", "a"])
    value = figures(ct.evaluate_sentiment(labels, RESULT))
    assert value["accuracy"] == 1


def test_scores_by_length_of_the_text():
    texts = ["好", "差", "这家店的菜很好吃", "一" * 12, "二" * 30]
    corpus = ct.Vectorizer().fit_transform(texts)
    result = pd.DataFrame(
        {"sentiment": [1.0, 1.0, 0.5, -0.5, -1.0], "polarity": ["positive"] * 3 + ["negative"] * 2},
        index=corpus.doc_ids,
    )
    table = ct.evaluate_sentiment([1, 0, 1, 0, 1], result, corpus=corpus)["length_scores"]
    assert table["at_least"].tolist() == [0, 10, 20]
    assert table["n"].tolist() == [3, 1, 1]
    assert table["accuracy"].tolist() == pytest.approx([2 / 3, 1, 0])
    assert table["mean_absolute_score"].tolist() == pytest.approx([2.5 / 3, 0.5, 1])


@pytest.mark.parametrize(
    ("given", "more", "error", "message"),
    [
        ([None] * 7, {}, ct.ParameterError, "全是空值"),
        (["好评", 1, 0, 1, 0, 1, 0], {}, ct.ParameterError, "名称"),
        (["挺好", *["好评"] * 6], {}, ct.ParameterError, "挺好"),
        ([0, 1, 2, 7, 9, 10, 3], {}, ct.ParameterError, "read_as"),
        ([0, 1, 5, 1, 1, 1, 1], {"read_as": "binary"}, ct.ParameterError, "binary"),
        ([1] * 7, {"read_as": "grades"}, ct.ParameterError, "read_as"),
        ([1, 0], {}, ct.SchemaError, "y_true"),
    ],
)
def test_what_cannot_be_read_is_refused(given, more, error, message):
    with pytest.raises(error, match=message):
        ct.evaluate_sentiment(given, RESULT, **more)


def test_a_table_without_a_score_is_refused():
    with pytest.raises(ct.SchemaError, match="polarity"):
        ct.evaluate_sentiment(ACTUAL, RESULT[["sentiment"]])
