"""The contract that every estimator over a corpus keeps."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import csatext as ct
from csatext.persistence import _digest
from csatext.schema.analysis import COMPLAINTS, DOCUMENT_TOPICS, KEYWORDS, RULES
from csatext.schema.feelings import SENTIMENT, SERVICE_SIGNALS

ESTIMATORS = {
    "keywords": (ct.KeywordExtractor(5), KEYWORDS),
    "sentiment": (ct.Sentiment(), SENTIMENT),
    "snownlp": (ct.SnowNLPSentiment(), SENTIMENT),
    "signals": (ct.ServiceSignals(), SERVICE_SIGNALS),
    "topics": (ct.TopicModel(5, n_iter=20, random_state=3), DOCUMENT_TOPICS),
    "topics_gensim": (ct.TopicModel(4, engine="gensim", n_iter=20), DOCUMENT_TOPICS),
    "rules": (ct.RuleClassifier(), RULES),
    "complaints": (ct.ComplaintClassifier(), COMPLAINTS),
    "complaints_sgd": (ct.ComplaintClassifier(SGDClassifier(random_state=0)), COMPLAINTS),
}
LEARNS_VOCABULARY = ["keywords", "topics", "complaints"]


@pytest.fixture(params=ESTIMATORS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def small(corpus):
    return corpus[:400]


@pytest.fixture(scope="module")
def labels(center, small):
    return center.truth.loc[small.doc_ids, "kind"]


def labels_of(name, labels):
    """Return what an estimator learns from: the kinds, or polarities that go with them."""
    polarity = {"complaint": "negative", "praise": "positive"}
    return labels.map(lambda kind: polarity.get(kind, "neutral")) if name == "sentiment" else labels


@pytest.fixture(scope="module")
def fitted(small, labels):
    return {
        name: clone(estimator).fit(small, labels_of(name, labels))
        for name, (estimator, _) in ESTIMATORS.items()
    }


def test_constructor_stores_only(name):
    estimator, _ = ESTIMATORS[name]
    assert set(vars(estimator)) == set(estimator.get_params(deep=False))
    again = type(estimator)(**estimator.get_params(deep=False))
    assert again.get_params().keys() == clone(estimator).get_params().keys()


def test_fit_returns_self_and_leaves_the_corpus_as_it_was(name, small, labels):
    before = small.dtm.copy(), small.docs.copy(), small.tokens
    estimator = clone(ESTIMATORS[name][0])
    assert estimator.fit(small, labels_of(name, labels)) is estimator
    estimator.transform(small)
    assert (small.dtm != before[0]).nnz == 0
    pd.testing.assert_frame_equal(small.docs, before[1])
    assert small.tokens == before[2]


def test_transform_keeps_the_index_and_the_schema(name, small, fitted):
    result = fitted[name].transform(small)
    assert result.index.equals(small.doc_ids)
    pd.testing.assert_frame_equal(ct.conform(result, ESTIMATORS[name][1]), result)


def test_a_part_gives_the_part_of_the_result(name, small, fitted):
    mask = np.arange(len(small)) % 3 == 1
    whole = fitted[name].transform(small)[mask]
    pd.testing.assert_frame_equal(fitted[name].transform(small[mask]), whole)


def test_empty_text_and_one_document(name, vectorizer, fitted):
    one = vectorizer.transform(pd.DataFrame({"doc_id": ["x"], "text": [""]}))
    result = fitted[name].transform(one)
    assert result.index.tolist() == ["x"]


def test_same_seed_same_result(name, small, labels, fitted):
    again = clone(ESTIMATORS[name][0]).fit(small, labels_of(name, labels))
    pd.testing.assert_frame_equal(again.transform(small), fitted[name].transform(small))


def test_saved_and_loaded_gives_the_same(name, small, fitted, tmp_path):
    path = ct.save(fitted[name], tmp_path / "model.csatext")
    pd.testing.assert_frame_equal(ct.load(path).transform(small), fitted[name].transform(small))
    if not name.startswith("complaints"):
        # skops writes object numbers, which differ from call to call.
        assert path.read_bytes() == ct.save(fitted[name], tmp_path / "again.csatext").read_bytes()


@pytest.mark.parametrize("learner", LEARNS_VOCABULARY)
def test_a_foreign_vocabulary_is_refused(learner, fitted):
    foreign = ct.Vectorizer().fit_transform(["别的词表", "完全不同的词"])
    with pytest.raises(ct.SchemaError, match="词表"):
        fitted[learner].transform(foreign)


@pytest.mark.parametrize("learner", LEARNS_VOCABULARY)
def test_transform_before_fit_is_refused(learner, small):
    with pytest.raises(ct.NotFittedError, match="fit"):
        clone(ESTIMATORS[learner][0]).transform(small)


def test_pipeline_in_cross_validation_and_grid_search(center):
    contacts = center.contacts.iloc[:300]
    labels = center.truth.loc[contacts["doc_id"], "is_complaint"].to_numpy()
    pipeline = make_pipeline(ct.Vectorizer(), ct.ComplaintClassifier())
    scores = cross_val_score(pipeline, contacts, labels, cv=3)
    assert scores.mean() > max(labels.mean(), 1 - labels.mean()) + 0.1
    search = GridSearchCV(pipeline, {"vectorizer__min_df": [1, 2]}, cv=2).fit(contacts, labels)
    assert search.best_params_["vectorizer__min_df"] in (1, 2)
    # The vocabulary of a fold must come from its training part alone.
    first = search.best_estimator_[0].terms_
    assert len(ct.Vectorizer(min_df=2).fit(contacts.iloc[:100]).terms_) < len(first)


def test_corpus_in_cross_validation(small, labels):
    scores = cross_val_score(ct.ComplaintClassifier(), small, labels.to_numpy(), cv=3)
    assert len(scores) == 3
    assert np.isfinite(scores).all()


def test_pipeline_saves_and_loads(center, tmp_path):
    contacts = center.contacts.iloc[:200]
    labels = center.truth.loc[contacts["doc_id"], "kind"].to_numpy()
    pipeline = make_pipeline(
        ct.Vectorizer(tokenizer=ct.Tokenizer(["会员云盘"])), ct.ComplaintClassifier()
    ).fit(contacts, labels)
    loaded = ct.load(ct.save(pipeline, tmp_path / "pipeline.csatext"))
    assert loaded.predict(contacts).tolist() == pipeline.predict(contacts).tolist()
    assert loaded[0].tokenizer == ct.Tokenizer(["会员云盘"])


def test_functions_are_not_saved(small, labels, tmp_path):
    classifier = ct.ComplaintClassifier(make_pipeline(FunctionTransformer(lambda x: x), SGDClassifier()))
    classifier.fit(small, labels)
    with pytest.raises(ct.ParameterError, match="不能保存"):
        ct.save(classifier, tmp_path / "no.csatext")
    with pytest.raises(ct.ParameterError, match="自定义函数"):
        ct.save(ct.Vectorizer(steps=(str.strip,)), tmp_path / "no.csatext")
    assert list(tmp_path.iterdir()) == []


def test_loading_refuses_what_save_did_not_write(tmp_path):
    path = tmp_path / "bad.csatext"
    path.write_bytes(b"not a zip")
    with pytest.raises(ct.InputError, match="不是 csatext 保存的模型"):
        ct.load(path)
    ct.save(ct.Sentiment(), path)
    with zipfile.ZipFile(path) as archive:
        content = json.loads(archive.read("model.json"))
        files = {"arrays.npz": archive.read("arrays.npz")}
    content["model"]["class"] = "os.system"
    files["model.json"] = json.dumps(content).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**files, "sha256": _digest(files).encode()}.items():
            archive.writestr(name, data)
    with pytest.raises(ct.InputError, match="不允许的类型"):
        ct.load(path)


def test_a_pseudonym_key_is_not_saved(tmp_path):
    path = ct.save(ct.Vectorizer(pseudonymize="secret-key"), tmp_path / "v.csatext")
    with zipfile.ZipFile(path) as archive:
        assert b"secret-key" not in archive.read("model.json")
    assert ct.load(path).pseudonymize is None


@pytest.mark.parametrize(
    "use",
    [
        lambda texts: ct.Sentiment().transform(texts),
        lambda texts: ct.AspectSentiment().transform(texts),
        lambda texts: ct.TopicModel().fit(texts),
        lambda texts: ct.RuleClassifier().transform(texts),
        lambda texts: ct.KeywordExtractor().by_group(texts, ["a"]),
        lambda texts: ct.ComplaintClassifier().fit(texts, ["a"]),
        lambda texts: ct.concordance(texts, "退款"),
        lambda texts: ct.find_phrases(texts),
    ],
)
def test_texts_instead_of_a_corpus_are_refused_with_what_to_do(use):
    for given in (["退款太慢"], "退款太慢", pd.Series(["退款太慢"])):
        with pytest.raises(ct.ParameterError, match="Vectorizer"):
            use(given)


def test_topics_do_not_depend_on_the_order_of_contacts(center):
    contacts = center.contacts.head(600)
    shuffled = contacts.sample(frac=1, random_state=3)
    found = []
    for table in (contacts, shuffled):
        corpus = ct.Vectorizer(min_df=3).fit_transform(table)
        found.append(ct.TopicModel(5, random_state=0).fit(corpus).transform(corpus)["topic"])
    assert found[1].reindex(found[0].index).equals(found[0])
