"""The map of topics, shares as measures, names from categories and files, what pyLDAvis takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.analysis.topic_tables.distance_map import _scaled

TEXTS = ["退款没到账", "退款多久到账", "退款到账慢"] * 8 + ["快递丢了", "快递没到", "快递破损"] * 6 + ["。"]


@pytest.fixture(scope="module")
def corpus():
    docs = pd.DataFrame({"text": TEXTS, "doc_id": [f"d{n}" for n in range(len(TEXTS))]})
    docs["channel"] = ["电话", "在线", "邮件"] * 14 + ["电话"]
    docs["created_at"] = pd.date_range("2026-05-04", periods=len(TEXTS), freq="8h")
    return ct.Vectorizer().fit_transform(docs)


@pytest.fixture(scope="module")
def model(corpus):
    return ct.TopicModel(2, n_iter=50).fit(corpus)


def test_classical_scaling_gives_back_a_triangle():
    distances = np.array([[0.0, 3, 4], [3, 0, 5], [4, 5, 0]])
    places, explained = _scaled(distances)
    assert np.allclose(np.linalg.norm(places[:, None] - places, axis=2), distances)
    assert explained == pytest.approx(1)
    assert (places[np.abs(places).argmax(axis=0), [0, 1]] > 0).all()
    assert np.array_equal(_scaled(np.zeros((1, 1)))[0], np.zeros((1, 2)))


def test_the_map_has_the_distances_and_counts_of_the_corpus(corpus, model):
    topics, terms = ct.topic_map(model, corpus)
    p, q = model.components_
    middle = (p + q) / 2

    def divergence(one):
        held = one > 0
        return (one[held] * np.log2(one[held] / middle[held])).sum()

    distance = np.sqrt((divergence(p) + divergence(q)) / 2)
    assert abs(topics["x"].diff()[1]) == pytest.approx(distance)
    assert np.allclose(topics["y"], 0)
    assert topics["share"].sum() == pytest.approx(1)
    assert topics["n_docs"].sum() == len(TEXTS) - 1
    counts = dict(zip(corpus.terms, np.asarray(corpus.dtm.sum(axis=0)).ravel(), strict=True))
    assert terms["n"].tolist() == [counts[term] for term in terms["term"]]
    # One corpus was learnt from and is shown: the shares are those of the model.
    assert np.allclose(topics["share"], model.topics_.drop_duplicates("topic")["share"])


def test_shares_are_means_with_intervals_in_every_verb(corpus, model):
    shares = ct.shares_by_topic(model, corpus)
    facts = ct.build_facts(corpus, shares)
    name = shares.columns[0]
    assert name == f"主题：{model.names()[0]}"
    theta = model.distribution(corpus)[model.topic_ids_[0]]
    assert theta.isna().sum() == 1
    table = ct.breakdown(facts, "channel", name).set_index("channel")
    by_hand = theta.groupby(facts["channel"]).mean()
    assert np.allclose(table["value"], by_hand.loc[table.index])
    assert table.loc["电话", "n"] == 15 and table.loc["电话", "denominator"] == 14
    assert ((table["low"] < table["value"]) & (table["value"] < table["high"])).all()
    weeks = ct.trend(facts, measure=name)
    assert weeks.attrs["kind"] == "mean"
    assert np.allclose(weeks["value"], theta.groupby(facts["week"]).mean(), equal_nan=True)
    assert (weeks["low"] < weeks["value"])[:2].all()


def test_topics_of_one_name_keep_columns_of_their_own(corpus, model):
    names = dict(model.labels_)
    model.relabel(dict.fromkeys(names, "费用"))
    shares = ct.shares_by_topic(model, corpus, prefix="")
    model.relabel(names)
    assert shares.columns.tolist() == ["费用（0）", "费用（1）"]
    assert shares.attrs["topics"] == {"费用（0）": 0, "费用（1）": 1}


def test_what_is_no_model_is_said(corpus):
    for verb in (ct.topic_map, ct.shares_by_topic, ct.plot_topics):
        with pytest.raises(ct.ParameterError, match="TopicModel"):
            verb("model", corpus)
        with pytest.raises(ct.NotFittedError):
            verb(ct.TopicModel(), corpus)


def test_a_click_on_a_topic_chooses_its_terms(corpus, model):
    chart = ct.plot_topics(model, corpus).to_dict()
    (choice,) = chart["params"]
    assert choice["value"] == [{"c0": 0}] and choice["select"]["fields"] == ["c0"]
    assert choice["bind"]["options"] == [0, 1]
    left, right = chart["hconcat"]
    assert right["layer"][0]["transform"] == [{"filter": {"param": choice["name"]}}]
    rows = chart["datasets"][right["data"]["name"]]
    assert {row["c0"] for row in rows} == {0, 1}
    assert len(chart["datasets"][left["data"]["name"]]) == 2


def test_categories_name_the_topics_they_fill(corpus, model):
    categories = pd.Series(["退换退款"] * 24 + ["物流配送"] * 18, index=corpus.doc_ids[:42])
    assert (
        ct.category_names(model, corpus, categories.mask(categories.notna(), "其他")) == {}
    )  # tells nothing
    few = categories.copy()
    few[:16] = "未归类"  # 8 and 18 are left
    names = ct.category_names(model, corpus, few)
    assert [name.split("：")[0] for name in names.values()] == ["退换退款"]
    with pytest.raises(ct.ParameterError, match="Series"):
        ct.category_names(model, corpus, ["a"])


def test_a_labels_file_may_come_back_from_a_spreadsheet(corpus, model, tmp_path):
    before, path = dict(model.labels_), tmp_path / "labels.tsv"
    model.write_labels(path)
    text = path.read_text("utf-8").replace(before[0], "退款 迟迟不到")
    for changed in (
        text.encode("gb18030"),
        text.encode("utf-16"),
        text.replace("\t", ",").encode("utf-8-sig"),
    ):
        path.write_bytes(changed)
        assert model.relabel(before).relabel(path).labels_[0] == "退款 迟迟不到"
    path.write_bytes(b"")
    with pytest.raises(ct.InputError, match="空"):
        model.relabel(path)
    model.relabel(before)


def test_a_namer_gives_text(model):
    before = dict(model.labels_)
    assert model.relabel(lambda terms: f" 关于\n{terms[0]} ").labels_[0] == f"关于 {model.topics_['term'][0]}"
    model.relabel(before)
    for bad in (None, "  ", 3):
        with pytest.raises(ct.ParameterError, match="返回值"):
            model.relabel(lambda terms, bad=bad: bad)
    assert dict(model.labels_) == before


def test_pyldavis_takes_what_it_is_given(corpus, model):
    # The checks of pyLDAvis 3.4.1, _prepare._input_check.
    given = model.to_pyldavis(corpus)
    n_topics, n_terms = given["topic_term_dists"].shape
    assert given["doc_topic_dists"].shape == (len(given["doc_lengths"]), n_topics)
    assert len(given["vocab"]) == len(given["term_frequency"]) == n_terms
    assert np.allclose(given["topic_term_dists"].sum(axis=1), 1)
    assert np.allclose(given["doc_topic_dists"].sum(axis=1), 1)
    assert (given["doc_lengths"] > 0).all() and (given["term_frequency"] > 0).all()
    assert given["doc_lengths"].sum() == given["term_frequency"].sum()
