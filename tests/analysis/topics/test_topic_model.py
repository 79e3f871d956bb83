from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import csatext as ct

SHIPPING = ["快递", "包裹", "派送", "签收", "驿站", "物流"]
REFUND = ["退款", "到账", "售后", "退货", "金额", "审核"]


@pytest.fixture(scope="module")
def planted():
    random = np.random.default_rng(0)
    texts = [" ".join(random.choice(words, 6)) for words in (SHIPPING, REFUND) for _ in range(150)]
    return ct.Vectorizer(tokenizer=ct.Tokenizer(SHIPPING + REFUND)).fit_transform(texts)


@pytest.mark.parametrize("engine", ["tomotopy", "gensim"])
def test_planted_topics_are_found(planted, engine):
    model = ct.TopicModel(2, engine=engine, n_runs=2, random_state=1).fit(planted)
    topic = model.transform(planted)["topic"].to_numpy(int)
    agreement = (topic[:150] == topic[0]).mean(), (topic[150:] != topic[0]).mean()
    assert min(agreement) > 0.97
    terms = {
        frozenset(group["term"]) for _, group in model.topics_[model.topics_["rank"] <= 6].groupby("topic")
    }
    assert terms == {frozenset(SHIPPING), frozenset(REFUND)}


def test_components_and_shares_are_probabilities(planted):
    model = ct.TopicModel(3, n_runs=2).fit(planted)
    assert np.allclose(model.components_.sum(axis=1), 1)
    shares = model.distribution(planted).to_numpy()
    assert np.allclose(shares.sum(axis=1), 1)
    first = model.topics_.drop_duplicates("topic")
    assert first["share"].is_monotonic_decreasing
    assert first["share"].sum() == pytest.approx(1, abs=1e-6)


def test_coherence_equals_a_count_by_hand():
    corpus = ct.Vectorizer(tokenizer=ct.Tokenizer(["甲乙", "丙丁", "戊己"])).fit_transform(
        ["甲乙 丙丁", "甲乙 丙丁", "甲乙 戊己", "丙丁"]
    )
    model = ct.TopicModel(1, n_terms=3).fit(corpus)
    present = {"甲乙": {0, 1, 2}, "丙丁": {0, 1, 3}, "戊己": {2}}

    def npmi(a, b):
        both = len(present[a] & present[b]) / 4
        if both == 0:
            return -1.0
        return math.log(both / (len(present[a]) / 4) / (len(present[b]) / 4)) / -math.log(both)

    expected = np.mean([npmi(a, b) for a, b in itertools.combinations(present, 2)])
    assert model.topics_["coherence"].iloc[0] == pytest.approx(expected)


def test_documents_without_counted_words_have_no_topic(planted):
    model = ct.TopicModel(2, n_runs=1).fit(planted)
    vectorizer = ct.Vectorizer(tokenizer=ct.Tokenizer(SHIPPING + REFUND)).fit(planted.texts)
    result = model.transform(vectorizer.transform(["", "快递 包裹"]))
    assert result["topic"].isna().tolist() == [True, False]
    assert result["topic_label"].isna().tolist() == [True, False]


def test_a_corpus_without_words_fits():
    corpus = ct.Vectorizer().fit_transform(["", "。"])
    assert ct.TopicModel(2).fit(corpus).transform(corpus)["topic"].isna().all()


@pytest.mark.parametrize(("given", "message"), [({"engine": "lda"}, "engine"), ({"n_topics": 0}, "n_topics")])
def test_arguments_are_checked_at_fit(planted, given, message):
    with pytest.raises(ct.ParameterError, match=message):
        ct.TopicModel(**given).fit(planted)
