from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import f1_score
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
