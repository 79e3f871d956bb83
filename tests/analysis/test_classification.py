from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import csatext as ct
from csatext.analysis.classification import abstention, calibration, cold_start, features
from csatext.analysis.classification.annotation import read_annotation
from csatext.analysis.classification.hierarchy import decide, parents_of
from csatext.analysis.classification.label_thresholds import fit_thresholds, micro_f1
from csatext.analysis.classification.linear_scores import Settings, fit_linear
from csatext.analysis.classification.model_selection import assign_folds
from csatext.analysis.classification.self_training import _surest
from csatext.taxonomy import Category, Taxonomy

TEXTS = ["快递丢了", "快递没到", "退款慢", "退款没到"]
LABELS = ["物流", "物流", "退款", "退款"]


def corpus_of(texts):
    return ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=())).fit_transform(list(texts))


@pytest.fixture(scope="module")
def four():
    return corpus_of(TEXTS)


@pytest.fixture(scope="module")
def split(center, corpus):
    labels = center.truth["kind"]
    rows = np.arange(len(corpus))
    train, test = rows % 10 < 3, rows % 10 == 3
    return corpus[train], labels[train], corpus[test], labels[test]


@pytest.fixture(scope="module")
def trained(split):
    return ct.ComplaintClassifier(precision=0.9).fit(*split[:2])


def test_kinds_are_learnt_with_calibrated_probabilities(split, trained):
    _, labels, test, truth = split
    proba, table = trained.predict_proba(test), trained.transform(test)
    assert f1_score(truth, trained.predict(test), average="macro") > 0.65
    assert trained.classes_.tolist() == sorted(labels.unique())
    assert np.allclose(proba.sum(axis=1), 1)
    assert table["complaint"].tolist() == trained.predict(test).tolist()
    assert np.allclose(table["complaint_probability"], proba.max(axis=1))
    right = (table["complaint"] == truth).to_numpy()
    # 400 documents: the error of a perfect classifier is about .05 by chance.
    assert calibration.calibration_error(proba.max(axis=1), right) < 0.1


def test_a_promised_precision_is_kept_on_new_documents(split, trained):
    *_, test, truth = split
    table = trained.transform(test)
    answered = ~table["needs_review"]
    assert 0.3 < answered.mean() < 1
    assert (table["complaint"] == truth)[answered].mean() > 0.87
    assert (table["complaint_probability"][answered] >= trained.promise_.threshold).all()
    assert trained.card_["promise"]["n_answered"] == trained.promise_.n_answered


@pytest.mark.parametrize("estimator", [LinearSVC(), MultinomialNB()], ids=repr)
def test_a_given_classifier_is_calibrated_too(split, estimator):
    train, labels, test, truth = (part[:300] for part in split)
    model = ct.ComplaintClassifier(estimator).fit(train, labels)
    assert np.allclose(model.predict_proba(test).sum(axis=1), 1)
    assert (model.predict(test) == truth).mean() > 0.6
    if hasattr(model.scorer_.estimators[0], "coef_"):
        assert len(model.explain(test[:3]))
    else:
        with pytest.raises(ct.ParameterError, match="线性分类器"):
            model.explain(test[:3])


def test_a_given_classifier_learns_several_categories_even_where_a_fold_has_one_kind(four):
    sets = ["物流", "物流;退款", "退款", "退款"]
    model = ct.ComplaintClassifier(LinearSVC(), multilabel=True).fit(four, sets)
    assert model.predict(four).shape == (4, 2)
    pair = ct.ComplaintClassifier(LinearSVC()).fit(four[[0, 2]], ["物流", "退款"])
    assert pair.predict(four[[0, 2]]).tolist() == ["物流", "退款"]


def test_word_features_equal_scikit_learn(split):
    train, *_ = split
    counts = features.document_counts(train)
    ours = features.FeatureSpace.learn(counts).features(counts)
    expected = TfidfTransformer(sublinear_tf=True).fit_transform(train.dtm.astype(float))
    assert abs(ours.sparse[:, : ours.n_words] - expected).max() < 1e-12
    assert np.allclose(ours.sparse.multiply(ours.sparse).sum(axis=1)[ours.has_any()], 2, atol=1)


def test_what_no_training_document_holds_is_absent_in_a_held_out_one(four):
    counts = features.document_counts(four)
    space = features.FeatureSpace.learn(counts)
    new = space.features(counts).without_unseen(np.array([0, 1]))
    again = features.FeatureSpace.learn(tuple(block[:2] for block in counts))
    expected = again.features(counts)
    assert ((new.sparse != 0).sum(axis=1) == (expected.sparse != 0).sum(axis=1)).all()
    assert np.sqrt((new.sparse.data**2).sum()) == pytest.approx(np.sqrt((expected.sparse.data**2).sum()))


def test_labels_follow_doc_id_not_position(split):
    train, labels, *_ = split
    shuffled = labels.sample(frac=1, random_state=0)
    assert not shuffled.index.equals(labels.index)
    given = [read_annotation(train.doc_ids, some, False) for some in (labels, shuffled)]
    assert (given[0].indicator == given[1].indicator).all()


FORMS = {
    "lists": [["物流", "退款"], ["退款"], [], None],
    "marks": ["物流、退款", "退款", None, ""],
    "other marks": ["退款; 物流", "退款；", np.nan, " "],
    "bars": ["物流|退款", "退款", None, None],
    "frame": pd.DataFrame({"退款": [1, 1, 0, None], "物流": [1, 0, 0, None]}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_several_labels_reads_alike(form):
    read = read_annotation(pd.RangeIndex(4), FORMS[form], True)
    assert read.classes.tolist() == ["物流", "退款"]
    assert read.indicator.tolist() == [[True, True], [False, True], [False, False], [False, False]]
    assert read.known.tolist() == [True, True, form in ("lists", "frame"), False]


BAD_LABELS = [
    (["物流"], ct.SchemaError, "labels 有 1 个值，语料有 4 篇"),
    (pd.Series(["物流"], index=["别处"]), ct.SchemaError, "labels"),
    (["物流"] * 4, ct.ParameterError, "至少两个类别"),
    ([None] * 4, ct.ParameterError, "labels 全是空值"),
    (np.array([["物流", "退款"]] * 4), ct.ParameterError, "不是多列"),
    (pd.DataFrame({"物流": [1, 0, 1, 0]}), ct.ParameterError, "multilabel=True"),
    ([["物流"], ["退款"], [], []], ct.ParameterError, "multilabel=True"),
    ({0: "物流", 1: "退款"}, ct.ParameterError, "labels"),
    ("物流", ct.ParameterError, "labels"),
]


@pytest.mark.parametrize(("labels", "error", "said"), BAD_LABELS)
def test_bad_labels_are_refused(four, labels, error, said):
    with pytest.raises(error, match=said):
        ct.ComplaintClassifier().fit(four, labels)


BAD_PARAMETERS = [
    ({"C": 0}, "C=0"),
    ({"C": "3"}, "C 的类型"),
    ({"precision": 1.0}, "precision=1.0 超出范围"),
    ({"precision": 95}, "precision=95 超出范围"),
    ({"precision": 0.95}, "至少需要 45 条人工标注才能验证，现有 4 条"),
    ({"taxonomy": "tree.yaml"}, "Taxonomy"),
    ({"embedding": 3}, "embedding"),
    ({"embedding": lambda texts: np.zeros(len(texts))}, "形状"),
    ({"embedding": lambda texts: [[np.nan]] * len(texts)}, "有限数组"),
    ({"estimator": LogisticRegression}, "estimator"),
    ({"estimator": "svm"}, "estimator"),
    ({"estimator": LinearRegression()}, "estimator"),
    ({"multilabel": "yes"}, "multilabel"),
]


@pytest.mark.parametrize(("given", "said"), BAD_PARAMETERS)
def test_bad_parameters_are_refused(four, given, said):
    with pytest.raises(ct.ParameterError, match=said):
        ct.ComplaintClassifier(**given).fit(four, LABELS)


def test_labels_are_trimmed_and_documents_without_one_do_not_count(caplog):
    corpus = corpus_of([*TEXTS, "发票呢", "在吗", "您好"])
    model = ct.ComplaintClassifier().fit(corpus, ["物流", "物流 ", "退款", "\u3000退款", "发票", None, " "])
    assert model.classes_.tolist() == sorted(["物流", "退款", "发票"])
    assert model.rare_classes_ == ["发票"]
    assert "发票" in caplog.text
    assert (model.n_human_, model.n_weak_) == (5, 0)
    whole = ct.ComplaintClassifier().fit(corpus, pd.Series([1, 1, 2, 2, 3, None, None]))
    assert whole.classes_.tolist() == [1, 2, 3]
    mixed = read_annotation(pd.RangeIndex(4), ["物流\u200b", 3, "nan", "3 "], False)
    assert mixed.classes.tolist() == ["3", "物流"]
    assert mixed.known.tolist() == [True, True, False, True]


@pytest.mark.parametrize("name", ["C", "estimator__C", "precision"])
def test_parameters_are_searched_over(name):
    tried = [0.5, 0.6] if name == "precision" else [0.5, 2.0]
    model = make_pipeline(ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=())), ct.ComplaintClassifier())
    search = GridSearchCV(model, {f"complaintclassifier__{name}": tried}, cv=2)
    search.fit(pd.Series(TEXTS * 3), LABELS * 3)
    assert search.best_params_[f"complaintclassifier__{name}"] in tried
    assert clone(ct.ComplaintClassifier(C=2)).set_params(estimator__C=7).estimator.C == 7


def test_several_categories_are_found_and_joined():
    parts = {"物流": "快递丢了", "退款": "退款太慢", "态度": "客服骂人"}
    sets = [["物流"], ["退款"], ["态度"], ["物流", "退款"], ["态度", "退款"], ["物流", "态度"]] * 6
    corpus = corpus_of("，".join(parts[name] for name in names) + str(at) for at, names in enumerate(sets))
    model = ct.ComplaintClassifier(multilabel=True).fit(corpus, sets)
    assert model.score(corpus, sets) == 1
    table = model.transform(corpus)
    assert [set(cell.split("、")) for cell in table["complaint"]] == [set(names) for names in sets]
    assert model.predict(corpus).sum(axis=1).tolist() == [len(names) for names in sets]
    least = np.where(model.predict(corpus) > 0, model.predict_proba(corpus), 1).min(axis=1)
    assert np.allclose(table["complaint_probability"], least)
    shown = model.explain(corpus[3:4], n=2)
    assert set(shown["complaint"]) == {"物流", "退款"}
    assert set(shown.loc[shown["complaint"] == "退款", "term"]) & {"退款", "太慢"}


def test_thresholds_are_those_of_highest_micro_f1():
    # One category, half sure: with probability p for each of two groups, answer where 2 p > F.
    probability = np.array([[0.9]] * 10 + [[0.3]] * 10)
    indicator = np.array([[True]] * 9 + [[False]] + [[True]] * 3 + [[False]] * 7)
    thresholds = fit_thresholds(probability, indicator)
    # At .9: 9 of 10 given, 12 true: F = 18 / 22 > .6 = 2 x .3, so the second group is not answered.
    assert 0.3 < thresholds.least[0] <= 0.9
    assert micro_f1(indicator, thresholds.assign(probability)) == pytest.approx(18 / 22)


def test_a_child_stays_within_its_parent():
    classes = np.array(["物流/丢件", "物流/延误", "退款/慢"], object)
    parents = parents_of(classes, None)
    # 物流 has .6 together, although 退款/慢 is the likeliest single one.
    assert classes[decide(np.array([[0.35, 0.25, 0.4]]), parents)].tolist() == ["物流/丢件"]
    tree = Taxonomy([Category("a", "物流"), Category("a.1", "丢件", "a"), Category("a.2", "延误", "a")])
    assert parents_of(np.array(["丢件", "延误", "其他"], object), tree).tolist() == [1, 1, 0]


def test_tempering_finds_the_temperature():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 3))
    steep = calibration.Tempering(1.0).probabilities(logits)
    truth = np.eye(3, dtype=bool)[[rng.choice(3, p=row) for row in steep]]
    found = calibration.fit_tempering(logits / 5, truth)
    assert found.inverse_temperature == pytest.approx(5, rel=0.1)
    curve = calibration.fit_platt(logits / 5, rng.random(logits.shape) < 1 / (1 + np.exp(-(logits - 1))))
    assert np.allclose(curve.slopes, 5, rtol=0.15)
    assert np.allclose(curve.offsets, -1, atol=0.2)


def test_learn_then_test_keeps_its_promise():
    rng = np.random.default_rng(1)
    kept, answered = [], []
    for _ in range(200):
        confidence = rng.uniform(0.5, 1, 600)
        promise = abstention.keep_promise(0.9, confidence, rng.random(600) < confidence)
        # Answers at a confidence are right with that probability: precision above t is (1 + t) / 2.
        kept.append((1 + min(promise.threshold, 1)) / 2 >= 0.9)
        answered.append(promise.n_answered / 600)
    # Missed with probability .1: 200 draws miss more than 31 with probability .01.
    assert sum(kept) >= 200 - stats.binom.ppf(0.99, 200, abstention.ERROR_RATE)
    assert 0.2 < np.mean(answered) <= 0.4


def test_a_promise_that_cannot_be_made_says_how_many_labels_it_needs(caplog):
    none = abstention.keep_promise(0.95, np.full(100, 0.8), np.arange(100) < 80)
    assert none.threshold == np.inf
    assert none.n_needed > 100
    # ln .1 / ln .95 = 44.9; ln .1 / ln .9 = 21.9
    assert [abstention.labels_needed_at_least(share) for share in (0.95, 0.9)] == [45, 22]
    corpus = corpus_of([f"{text}{at}" for at in range(6) for text in TEXTS])
    mixed = np.random.default_rng(0).permutation(LABELS * 6)
    with caplog.at_level(logging.WARNING):
        model = ct.ComplaintClassifier(precision=0.9).fit(corpus, mixed)
    assert model.transform(corpus)["needs_review"].all()
    assert f"约 {model.promise_.n_needed} 条标注" in caplog.text


TREE = Taxonomy(
    [
        Category("l", "物流"),
        Category("l.lost", "丢件", "l", patterns=("丢件",)),
        Category("r", "退款"),
        Category("r.slow", "退款慢", "r", patterns=("不退款",)),
    ]
)
TALK = [f"丢件，包裹在驿站不见{at}" for at in range(12)] + [f"不退款，钱一直没到账{at}" for at in range(12)]
BEYOND = ["包裹在驿站不见", "钱一直没到账"]


@pytest.fixture(scope="module")
def cold():
    corpus = corpus_of([*TALK, *BEYOND])
    return corpus, ct.ComplaintClassifier(taxonomy=TREE).fit(corpus)


def test_a_taxonomy_alone_finds_what_no_rule_matches(cold):
    corpus, model = cold
    assert ct.RuleClassifier(TREE).transform(corpus)["category"].tolist()[-2:] == ["未归类", "未归类"]
    assert model.predict(corpus).tolist() == ["物流"] * 12 + ["退款"] * 12 + ["物流", "退款"]
    assert (model.n_human_, model.n_weak_) == (0, 24)
    shown = model.explain(corpus[:1])
    assert shown.loc[shown["source"] == "rule", "term"].tolist() == ["丢件"]
    assert model.card_["taxonomy"]["n_categories"] == 4


def test_the_words_of_the_rules_are_left_out_of_the_copy(cold):
    corpus, _ = cold
    given = read_annotation(corpus.doc_ids, None, False)
    weak = cold_start.weak_labels(TREE, corpus, np.arange(len(corpus)), given, several=False)
    words, ngrams = cold_start.counts_without_matches(corpus, weak)
    gone = (corpus.dtm[[0]] - words[[0]]).toarray()[0]
    assert corpus.terms[gone > 0].tolist() == ["丢件"]
    assert features.document_counts(corpus)[1][[0]].sum() - ngrams[[0]].sum() == 4  # 丢 件 丢件 件，


def test_people_win_over_rules_and_both_are_counted(cold, caplog):
    corpus, _ = cold
    labels = pd.Series({0: "退款", 1: "退款"})
    with caplog.at_level(logging.INFO):
        model = ct.ComplaintClassifier(taxonomy=TREE).fit(corpus, labels)
    assert (model.n_human_, model.n_weak_) == (2, 22)
    assert "人工标注 2 条，规则弱标注 22 条" in caplog.text
    paths = ct.ComplaintClassifier(taxonomy=TREE).fit(corpus, pd.Series({0: "退款/退款慢"}))
    assert paths.classes_.tolist() == ["物流/丢件", "退款/退款慢"]
    with pytest.raises(ct.ParameterError, match=r"1 个类别不在 taxonomy 里：物留.*是不是想写「物流」"):
        ct.ComplaintClassifier(taxonomy=TREE).fit(corpus, pd.Series({0: "物留", 1: "退款"}))
    with pytest.raises(ct.ParameterError, match="没有命中"):
        ct.ComplaintClassifier(taxonomy=TREE).fit(corpus_of(["您好", "在吗"]))


def test_unlabelled_text_helps_and_a_part_gives_the_part(split, center, corpus):
    labels = center.truth["kind"]
    few = labels.where(np.arange(len(labels)) % 12 == 0)[:420]
    model = ct.ComplaintClassifier().fit(corpus[:420], few)
    alone = ct.ComplaintClassifier().fit(corpus[:420][few.notna().to_numpy()], few.dropna())
    rest = corpus[1000:1400]
    assert model.score(rest, labels[1000:1400]) >= alone.score(rest, labels[1000:1400]) - 0.02
    assert model.n_human_ == 35
    whole = model.transform(rest)
    pd.testing.assert_frame_equal(model.transform(rest[::7]), whole[::7])


def test_the_same_share_of_every_category_becomes_examples():
    scores = np.array([[3.0, 0], [2, 0], [1, 0], [0.5, 0], [0, 9], [0, 1]])
    assert _surest(scores, scores.argmax(axis=1)).tolist() == [0, 1, 4]


def test_folds_keep_equal_texts_together():
    indicator = np.eye(2, dtype=bool)[np.arange(40) % 2]
    folds = assign_folds(indicator, np.arange(40) // 2 * 2 + np.arange(40) % 2, 4)
    assert np.bincount(folds).tolist() == [10] * 4
    assert np.bincount(folds[::2], minlength=4).tolist() == [5] * 4
    assert len(set(assign_folds(indicator[:4], np.zeros(4, int), 2))) == 1


def test_explained_spans_stand_in_the_text_as_it_was_read(four):
    text = "<b>快递</b>  丢了！！"
    model = ct.ComplaintClassifier().fit(four, LABELS)
    corpus = ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=())).fit(TEXTS).transform([text])
    shown = model.explain(corpus)
    assert all(text[row.start : row.end] == row.term for row in shown.itertuples())
    assert shown["term"].iloc[0] == "快递"
    assert (shown["weight"].diff().dropna() <= 0).all()
    with pytest.raises(ct.ParameterError, match="n=0"):
        model.explain(corpus, n=0)


def test_an_embedding_joins_the_features(four, tmp_path):
    def lengths(texts):
        return [[len(text), 1.0, float("快递" in text)] for text in texts]

    model = ct.ComplaintClassifier(embedding=lengths).fit(four, LABELS)
    assert model.scorer_.dense_weights.shape == (2, 3)
    assert model.predict(four).tolist() == LABELS
    with pytest.raises(ct.ParameterError, match="embedding"):
        ct.save(model, tmp_path / "m.csatext")
    loaded = ct.load(ct.save(model.set_params(embedding=None), tmp_path / "m.csatext"))
    with pytest.raises(ct.ParameterError, match="训练时用了 embedding"):
        loaded.predict(four)
    assert loaded.set_params(embedding=lengths).predict(four).tolist() == LABELS


def test_the_model_card_travels_with_the_date_that_the_caller_gives(four, tmp_path):
    model = ct.ComplaintClassifier().fit(four, LABELS)
    card = ct.load(ct.save(model, tmp_path / "m.csatext", date="2026-05-01")).card_
    assert card["date"] == "2026-05-01"
    assert card["data_sha256"] == model.card_["data_sha256"]
    assert card["metrics"]["n_documents"] == 4
    other = ct.ComplaintClassifier().fit(four, LABELS[::-1]).card_["data_sha256"]
    assert other != card["data_sha256"]
    with pytest.raises(ct.ParameterError, match="date"):
        ct.save(model, tmp_path / "m.csatext", date="昨天")


def test_two_categories_are_mirrored_and_none_is_known_without_documents():
    counts = features.document_counts(corpus_of(TEXTS))
    space = features.FeatureSpace.learn(counts)
    known = space.features(counts)
    model = fit_linear(known, np.eye(2, dtype=bool)[[0, 0, 1, 1]], Settings())
    assert np.allclose(model.scores(known).sum(axis=1), 0)
    absent = fit_linear(known, np.eye(3, dtype=bool)[[0, 0, 1, 1]], Settings())
    assert absent.scores(known)[:, 2] == pytest.approx(np.log(0.5 / 4.5))


def two_levels(n, seed):
    """Return texts and labels: what kind of goods is plain, which of its two faults is a coin's toss."""
    rng = np.random.default_rng(seed)
    goods = rng.integers(0, 2, n)
    fault = np.where(rng.random(n) < 0.5, "甲", "乙")
    texts = [f"{('快递', '退款')[one]}的事情，单号{at}" for at, one in enumerate(goods.tolist())]
    labels = [f"{('物流', '退货')[one]}/{two}" for one, two in zip(goods.tolist(), fault, strict=True)]
    return texts, labels


@pytest.mark.parametrize("several", [False, True])
def test_where_the_second_level_is_a_toss_the_first_is_answered(several):
    texts, labels = two_levels(300, 0)
    corpus = corpus_of(texts)
    model = ct.ComplaintClassifier(precision=0.9, multilabel=several).fit(corpus[:200], labels[:200])
    table = model.transform(corpus[200:])
    assert model.promise_.threshold == np.inf
    assert model.parent_promise_.n_right == model.parent_promise_.n_answered >= 22
    # All are right, so that the promise is made for the least sure of the documents learnt from.
    answered = ~table["needs_review"]
    assert answered.mean() > 0.9
    assert (
        table["complaint"][answered].tolist()
        == np.array([one[:2] for one in labels[200:]])[answered].tolist()
    )
    assert (table["complaint_probability"][answered] >= model.parent_promise_.threshold).all()
    scores = ct.evaluate_classifier(labels[200:], table, multilabel=several)
    found = scores["evaluation"].set_index("metric")["value"]
    assert found["precision_of_answered"] == 1
    assert found["accuracy"] < 0.1
    assert scores["class_scores"]["complaint"].str.contains("/").all()


def test_what_the_parents_promise_is_kept_on_what_the_categories_leave():
    texts, labels = two_levels(400, 1)
    # Of every tenth contact the goods are mistaken as well: .9 cannot be shown to be .95.
    swapped = ["退货/甲" if label[:2] == "物流" else "物流/甲" for label in labels]
    mixed = [swapped[at] if at % 10 == 0 else label for at, label in enumerate(labels)]
    corpus = corpus_of(texts)
    strict = ct.ComplaintClassifier(precision=0.95).fit(corpus, mixed)
    assert strict.parent_promise_.threshold == np.inf
    assert strict.transform(corpus)["needs_review"].all()
    lenient = ct.ComplaintClassifier(precision=0.8).fit(corpus, mixed)
    assert lenient.transform(corpus)["needs_review"].mean() < 0.1


def test_one_level_makes_no_promise_for_parents(trained):
    assert trained.parent_promise_ is None
    assert trained.card_["parent_promise"] is None
