from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import csatext as ct


@pytest.fixture(scope="module")
def split(center, corpus):
    labels = center.truth["cause"]
    train = np.arange(len(corpus)) % 2 == 0
    return corpus[train], labels[train], corpus[~train], labels[~train]


@pytest.mark.parametrize("estimator", [None, LinearSVC()], ids=["default", "svm"])
def test_causes_are_learnt(split, estimator):
    train, labels, test, truth = split
    model = ct.ComplaintClassifier(estimator).fit(train, labels)
    assert f1_score(truth, model.predict(test), average="macro") > 0.7
    assert model.classes_.tolist() == sorted(labels.unique())


def test_probabilities(split):
    train, labels, test, _ = split
    model = ct.ComplaintClassifier().fit(train, labels)
    proba = model.predict_proba(test)
    assert np.allclose(proba.sum(axis=1), 1)
    table = model.transform(test)
    assert table["complaint"].tolist() == model.predict(test).tolist()
    assert np.allclose(table["complaint_probability"], proba.max(axis=1))


def test_weights_equal_scikit_learn(split):
    train, labels, _, _ = split
    model = ct.ComplaintClassifier(char_ngrams=None).fit(train, labels)
    expected = TfidfTransformer(sublinear_tf=True).fit_transform(train.dtm.astype(float))
    ours = model._features(train)
    assert abs(ours - expected[:, model.used_[0]]).max() < 1e-12


def test_labels_follow_doc_id_not_position(split):
    train, labels, _, _ = split
    shuffled = labels.sample(frac=1, random_state=0)
    assert not shuffled.index.equals(labels.index)
    a, b = ct.ComplaintClassifier().fit(train, labels), ct.ComplaintClassifier().fit(train, shuffled)
    assert np.allclose(a.estimator_.coef_, b.estimator_.coef_)


def test_bad_labels_are_refused(split):
    train, labels, _, _ = split
    with pytest.raises(ct.SchemaError, match="labels"):
        ct.ComplaintClassifier().fit(train, ["物流"])
    with pytest.raises(ct.SchemaError, match="labels"):
        ct.ComplaintClassifier().fit(train, pd.Series(["物流"], index=["别处"]))
    with pytest.raises(ct.ParameterError, match="空值"):
        ct.ComplaintClassifier().fit(train, labels.where(np.arange(len(labels)) > 0))
    with pytest.raises(ct.ParameterError, match="至少两个类别"):
        ct.ComplaintClassifier().fit(train, ["物流"] * len(train))


def test_labels_are_trimmed_and_empty_or_double_ones_refused(caplog):
    corpus = ct.Vectorizer().fit_transform(["快递丢了", "快递没到", "退款慢", "退款没到", "发票呢"])
    model = ct.ComplaintClassifier().fit(corpus, ["物流", "物流 ", "退款", "\u3000退款", "发票"])
    assert model.classes_.tolist() == sorted(["物流", "退款", "发票"])
    assert model.rare_classes_ == ["发票"]
    assert "发票" in caplog.text
    for labels in (["物流", "", "退款", "退款", "发票"], ["物流", " ", "退款", None, "发票"]):
        with pytest.raises(ct.ParameterError, match="空"):
            ct.ComplaintClassifier().fit(corpus, labels)
    with pytest.raises(ct.ParameterError, match="不是多列"):
        ct.ComplaintClassifier().fit(corpus, np.array([["物流", "退款"]] * 5))


@pytest.mark.parametrize("name", ["C", "estimator__C"])
def test_the_default_classifier_is_searched_over(name):
    texts = pd.Series(["快递丢了", "快递没到", "退款慢", "退款没到"] * 3)
    model = make_pipeline(ct.Vectorizer(), ct.ComplaintClassifier())
    search = GridSearchCV(model, {f"complaintclassifier__{name}": [0.5, 2.0]}, cv=2)
    search.fit(texts, ["物流", "物流", "退款", "退款"] * 3)
    assert search.best_params_[f"complaintclassifier__{name}"] in (0.5, 2.0)
    assert clone(ct.ComplaintClassifier(C=2)).set_params(estimator__C=7).estimator.C == 7
