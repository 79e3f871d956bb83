"""Predicted satisfaction: the plain sum by hand, and what is learnt from ratings of invented dialogues."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone

import csatext as ct
from csatext.analysis.conversations.satisfaction_model import _chosen_penalty, _ridge
from csatext.schema.feelings import SATISFACTION, SATISFACTION_SIGNALS

TALK = pd.DataFrame(
    {
        "doc_id": "1",
        "turn_id": range(4),
        "role": ["customer", "agent", "customer", "customer"],
        "text": ["包裹丢失", "抱歉，马上补发", "收到了", "谢谢"],
        "sentiment": [-0.5, 0.1, 0.2, 0.8],
    }
)


def test_signals_by_hand():
    signals = ct.SatisfactionModel().signals(TALK).loc["1"]
    wanted = {
        "score_first": -0.5,
        "score_last": 0.8,
        "score_after_reply": 0.5,
        "thanks": 1,
        "solved": 1,
        "consents": 0,
        "complains": 0,
        "asks_at_end": 0,
        "denies_at_end": 0,
        "agent_apologises": 1,
        "has_reply": 1,
        "customer_last": 1,
        "log_turns": math.log(5),
        "log_length": math.log(10),
    }
    assert signals.to_dict() == pytest.approx(wanted)


def test_plain_sum_by_hand():
    wanted = 0.9 + 0.1 * -0.5 + 0.2 * 0.8 + 0.4 * 0.5 + 0.6 + 0.3 - 0.2 - 0.1
    wanted += 0.1 * math.log(5) - 0.2 * math.log(10)
    assert ct.SatisfactionModel().predict(TALK) == pytest.approx([wanted])


def one(*turns):
    frame = pd.DataFrame(turns, columns=["role", "text"])
    return frame.assign(doc_id="x", turn_id=range(len(frame)), sentiment=0.0)


@pytest.mark.parametrize(
    ("turns", "signal", "wanted"),
    [
        ([("customer", "谢谢先，问个事"), ("agent", "请讲"), ("customer", "没事了")], "thanks", 0),
        ([("customer", "谢谢")], "thanks", 1),  # nobody answers: all that was said is heard
        ([("customer", "坏了"), ("agent", "修"), ("customer", "还没解决")], "solved", 0),
        ([("customer", "坏了"), ("agent", "修"), ("customer", "还没解决")], "denies_at_end", 1),
        ([("customer", "坏了"), ("agent", "修"), ("customer", "不错")], "denies_at_end", 0),
        ([("customer", "什么时候到？"), ("agent", "明天"), ("customer", "好的")], "asks_at_end", 0),
        ([("customer", "坏了"), ("agent", "怎么坏的？")], "asks_at_end", 0),
        ([("customer", "坏了"), ("agent", "修"), ("customer", "你们是骗子")], "complains", 1),
        ([("customer", "坏了"), ("bot", "请稍候")], "has_reply", 1),
        ([("customer", "坏了"), ("bot", "抱歉"), ("agent", "修")], "agent_apologises", 0),
        ([("customer", "坏了"), ("system", "排队中")], "has_reply", 0),
        ([("customer", "坏了"), ("system", "会话结束")], "customer_last", 1),
    ],
)
def test_a_signal_is_what_its_name_says(turns, signal, wanted):
    assert ct.SatisfactionModel().signals(one(*turns))[signal].tolist() == [wanted]


def rated(n, seed):
    """Return dialogues whose rating depends on words that no shipped list knows, and the ratings."""
    rng = np.random.default_rng(seed)
    good, bad = ["蓝色", "山谷", "木门"], ["红色", "平原", "铁窗"]
    share = rng.random(n)
    rows = []
    for at, p in enumerate(share):
        words = ["，".join(rng.choice(good if rng.random() < p else bad) for _ in range(6)) for _ in range(2)]
        words[1] = "，".join(rng.choice(good if rng.random() < p else bad) for _ in range(12))
        rows += [
            (f"{at}", 0, "customer", words[0]),
            (f"{at}", 1, "agent", "编号收妥"),
            (f"{at}", 2, "customer", words[1]),
        ]
    turns = pd.DataFrame(rows, columns=["doc_id", "turn_id", "role", "text"]).assign(sentiment=0.0)
    return turns, pd.Series(1 + 4 * share, index=[f"{at}" for at in range(n)])


@pytest.fixture(scope="module")
def fitted():
    return ct.SatisfactionModel().fit(*rated(200, 1))


def test_what_is_learnt_holds_on_new_dialogues(fitted):
    turns, ratings = rated(150, 2)
    predicted = pd.Series(fitted.predict(turns), index=ratings.index)
    assert np.ptp(ct.SatisfactionModel().predict(turns)) < 1e-9  # nothing that the plain weights know
    assert predicted.corr(ratings, method="spearman") > 0.8
    assert fitted.correlation_ == pytest.approx(predicted.corr(ratings, method="spearman"), abs=0.1)
    assert predicted.between(1, 5).all()
    assert fitted.n_dialogues_ == 200


def test_leave_one_out_errors_are_those_of_refitting():
    rng = np.random.default_rng(0)
    x, y = sparse.csr_array(rng.normal(size=(12, 5))), rng.normal(size=12)
    penalty, (_, errors) = _chosen_penalty(x, y)
    rest = np.arange(12) != 4
    assert errors[4] == pytest.approx(float((y[4] - x[[4]] @ _ridge(x[rest], y[rest], penalty))[0]))


def test_noise_costs_the_plain_weights_nothing():
    turns, _ = rated(60, 3)
    turns.loc[turns["turn_id"] == 2, "sentiment"] = np.linspace(-1, 1, 60)
    plain = ct.SatisfactionModel().predict(turns)
    learnt = ct.SatisfactionModel().fit(turns, plain)
    assert np.corrcoef(learnt.predict(turns), plain)[0, 1] > 0.99


def test_ratings_go_by_name_or_by_order(fitted):
    turns, ratings = rated(40, 4)
    by_name = ct.SatisfactionModel().fit(turns, ratings.sample(frac=1, random_state=0)).predict(turns)
    in_order = ct.SatisfactionModel().fit(turns, ratings.tolist()).predict(turns)
    np.testing.assert_allclose(by_name, in_order)
    partly = ct.SatisfactionModel().fit(turns, ratings.iloc[:20])
    assert partly.n_dialogues_ == 20


def test_transform_signals_and_clone(fitted):
    turns, _ = rated(5, 5)
    result = fitted.transform(turns)
    pd.testing.assert_frame_equal(ct.conform(result, SATISFACTION), result)
    signals = fitted.signals(turns)
    pd.testing.assert_frame_equal(ct.conform(signals, SATISFACTION_SIGNALS), signals)
    assert not hasattr(clone(fitted), "weights_")


def test_a_saved_model_predicts_the_same(fitted, tmp_path):
    turns, _ = rated(20, 6)
    again = ct.load(ct.save(fitted, tmp_path / "model.csatext"))
    np.testing.assert_array_equal(again.predict(turns), fitted.predict(turns))


def test_conversation_sentiment_takes_the_model(fitted):
    turns, _ = rated(6, 7)
    table = ct.conversation_sentiment(turns, satisfaction=fitted)
    np.testing.assert_allclose(table["predicted_satisfaction"], fitted.predict(turns))


def test_ratings_that_cannot_be_learnt_from_are_refused():
    turns, ratings = rated(12, 8)
    with pytest.raises(ct.ParameterError, match="至少要 10 个"):
        ct.SatisfactionModel().fit(turns, ratings.iloc[:9])
    with pytest.raises(ct.ParameterError, match="不能都一样"):
        ct.SatisfactionModel().fit(turns, [3] * 12)
    with pytest.raises(ct.SchemaError, match="一样多"):
        ct.SatisfactionModel().fit(turns, [1, 2])
    with pytest.raises(ct.ParameterError, match="y"):
        ct.SatisfactionModel().fit(turns, "high")
    with pytest.raises(ct.SchemaError, match="重复"):
        ct.SatisfactionModel().fit(turns, pd.concat([ratings, ratings]))
