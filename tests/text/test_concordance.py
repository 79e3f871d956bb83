"""Keyword in context, from the redacted text, with places in the text as it was read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct

RAW = [
    "<b>我要  退款</b>，电话13812345678，快点退款！",
    "退款太慢了",
    "贵阳的店太贵",
    "客服哈哈哈哈哈",
    "物流太慢，要退款",
    "退款太慢了",
    "",
]


@pytest.fixture(scope="module")
def made():
    return ct.Vectorizer().fit_transform(RAW)


def test_lines_hold_the_term_in_its_context_and_its_place_in_the_source(made):
    table = ct.concordance(made, "退款", n=None, width=4)
    assert table["doc_id"].tolist() == [0, 0, 1, 4]
    assert table[["left", "term", "right"]].iloc[1].tolist() == ["]，快点", "退款", "！"]
    for row in table.itertuples():
        assert RAW[row.doc_id][row.start : row.end] == row.term == "退款"


def test_personal_data_is_masked(made):
    table = ct.concordance(made, "手机号", width=30)
    assert not table[["left", "right"]].map(lambda text: "138" in text).any(axis=None)
    assert RAW[0][table["start"][0] : table["end"][0]] == "13812345678"


def test_documents_share_the_places(made):
    assert ct.concordance(made, "退款", n=3)["doc_id"].tolist() == [0, 1, 4]
    assert ct.concordance(made, "退款", n=4)["doc_id"].tolist() == [0, 0, 1, 4]


def test_a_text_that_comes_again_gives_no_second_line(made):
    assert 5 not in ct.concordance(made, "退款", n=None)["doc_id"].tolist()


def test_places_lie_at_even_distances():
    corpus = ct.Vectorizer().fit_transform([f"第{i}次退款" for i in range(100)])
    assert ct.concordance(corpus, "退款", n=4)["doc_id"].tolist() == [0, 25, 50, 75]


def test_a_term_is_found_where_it_is_a_whole_word(made):
    assert made.tokens[2][:2] == ["贵阳", "的"]
    table = ct.concordance(made, "太贵")
    assert table["left"].tolist() == ["贵阳的店"]
    assert ct.concordance(made, "太慢了")["doc_id"].tolist() == [1]
    assert ct.concordance(made, "服哈")["term"].tolist() == ["服哈"]


def test_several_terms_count_as_one(made):
    table = ct.concordance(made, ["退款", "客服"], n=10)
    assert set(table["term"]) == {"退款", "客服"}


def test_chance_is_seeded():
    corpus = ct.Vectorizer().fit_transform([f"第{i}次退款" for i in range(100)])
    first, again = (ct.concordance(corpus, "退款", n=5, random_state=7) for _ in range(2))
    assert first.equals(again)
    assert not first.equals(ct.concordance(corpus, "退款", n=5, random_state=8))


def test_what_is_not_there_gives_an_empty_table(made):
    table = ct.concordance(made, "没有这个词")
    assert table.empty and table.attrs["n_docs"] == 0
    assert ct.concordance(made[[False] * len(RAW)], "退款").empty


@pytest.mark.parametrize("wrong", [{"term": ""}, {"term": []}, {"n": 0}, {"width": -1}])
def test_wrong_arguments(made, wrong):
    with pytest.raises(ct.ParameterError):
        ct.concordance(made, **{"term": "退款", **wrong})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("退款慢要 客服，a1", max_size=12), min_size=1, max_size=6), st.integers(1, 5))
def test_places_are_disjoint_and_at_most_as_many_as_asked(texts, n):
    corpus = ct.Vectorizer().fit_transform(texts)
    table = ct.concordance(corpus, "退款", n=n, width=100)
    assert len(table) <= n
    prepared = dict(zip(corpus.doc_ids, corpus.texts, strict=True))
    for row in table.itertuples():
        assert row.left + row.term + row.right == prepared[row.doc_id]
    assert table.groupby("doc_id")["start"].is_monotonic_increasing.all()
