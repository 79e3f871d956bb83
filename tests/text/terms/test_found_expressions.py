"""Expressions counted whole: found, counted exactly, and nothing else changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import csatext as ct
from csatext.text.terms.joined_terms import PhraseMatcher

TEXTS = [
    "退款没到账，客服电话打不通",
    "钱没到账，态度差，无法登录",
    "没到账！电话打不通，不退款",
    "客服态度差，不退款，无法登录",
    "无法登录，不退款，电话打不通，态度差",
]
# Counted by hand in the texts above.
BY_HAND = {"没到账": 3, "打不通": 3, "态度差": 3, "无法登录": 3, "不退款": 3}


@pytest.fixture(scope="module")
def corpus():
    return ct.Vectorizer(phrases="auto").fit_transform(TEXTS)


def count(corpus, term):
    return int(corpus.dtm[:, corpus.terms.tolist().index(term)].sum())


@pytest.mark.parametrize("term", BY_HAND)
def test_negated_and_compound_expressions_are_counted_whole(corpus, term):
    assert count(corpus, term) == BY_HAND[term]


def test_the_words_of_an_expression_are_not_counted_again(corpus):
    # 退款 stands alone once, in the first text; 登录 and 到账 never.
    assert count(corpus, "退款") == 1
    assert {"登录", "到账", "没", "不", "差", "无法"}.isdisjoint(corpus.terms)


def test_tokens_and_texts_are_those_of_a_corpus_without_expressions(corpus):
    plain = ct.Vectorizer().fit_transform(TEXTS)
    assert corpus.tokens == plain.tokens
    assert corpus.texts.tolist() == plain.texts.tolist()
    assert np.array_equal(corpus.token_table.codes, plain.token_table.codes)


def test_counts_without_expressions_are_what_they_were():
    plain = ct.Vectorizer().fit_transform(["客服态度差，不退款"] * 3)
    assert plain.terms.tolist() == ["不", "客服", "差", "态度", "退款"]


def test_an_expression_stands_only_where_tokens_begin_and_end():
    texts = pd.Series(["一直不退款", "不退款项", "退不退款", "再不退款"])
    tokens = [["一直", "不", "退款"], ["不", "退", "款项"], ["退", "不", "退款"], ["再", "不", "退款"]]
    table = ct.Tokenizer(lexicons=()).encode(pa.array(texts.tolist()))
    assert table.lists() == tokens
    joined = PhraseMatcher(["不退款"]).join(texts, table)
    assert joined.lists() == [["一直", "不退款"], *tokens[1:3], ["再", "不退款"]]


def test_of_expressions_that_overlap_the_longest_is_counted():
    vectorizer = ct.Vectorizer(phrases=["不退款", "一直不退款"], stop_words=None)
    corpus = vectorizer.fit_transform(["一直不退款", "不退款"])
    assert count(corpus, "一直不退款") == 1
    assert count(corpus, "不退款") == 1


def test_words_broken_by_segmentation_are_counted_whole():
    texts = [
        f"{before}节温器{after}" for before in ("更换", "我的", "昨天") for after in ("漏水", "坏了", "异响")
    ]
    corpus = ct.Vectorizer(phrases="auto").fit_transform(texts)
    assert corpus.tokens[0] == ["更换", "节", "温器", "漏水"]
    assert count(corpus, "节温器") == 9
    assert "温器" not in corpus.terms


def test_the_expressions_learnt_are_counted_in_other_contacts():
    vectorizer = ct.Vectorizer(phrases="auto").fit(TEXTS)
    other = vectorizer.transform(["一直没到账", "没退款"])
    assert count(other, "没到账") == 1
    assert count(other, "退款") == 1  # 没退款 was never learnt
    assert other.terms.tolist() == vectorizer.terms_.tolist()


def test_expressions_can_be_added_and_taken_out():
    vectorizer = ct.Vectorizer(phrases={"extra": ["客服电话"], "without": ["不退款"]}).fit(TEXTS)
    assert "客服电话" in vectorizer.terms_
    assert "不退款" not in vectorizer.terms_
    assert "退款" in vectorizer.terms_


def test_stop_words_can_be_added_and_brought_back():
    terms = (
        ct.Vectorizer(phrases="auto", stop_words={"extra": ["客服"], "without": ["一直"]})
        .fit(["客服一直不退款", "一直退款慢"])
        .terms_
    )
    assert "客服" not in terms
    assert "一直" in terms


def test_words_of_a_taxonomy_are_counted_whole():
    words = ct.Taxonomy.load().words("refund")
    assert "押金不退" in words
    corpus = ct.Vectorizer(phrases={"extra": words}).fit_transform(["押金不退怎么办"])
    assert count(corpus, "押金不退") == 1


def test_names_of_people_and_coded_places_are_no_expressions():
    texts = [f"{street}的李某泽在A7县投诉噪音" for street in ("东街", "西街", "南街", "北街", "中街", "前街")]
    terms = ct.Vectorizer(phrases="auto", redact=False).fit(texts).terms_
    assert not [term for term in terms if "李某" in term or "A7" in term]


@pytest.mark.parametrize(
    ("given", "message"), [("all", "phrases"), ({"more": ["退款"]}, "phrases"), (3, "phrases")]
)
def test_what_cannot_be_used_is_refused(given, message):
    with pytest.raises(ct.ParameterError, match=message):
        ct.Vectorizer(phrases=given).fit(TEXTS)


def test_a_vectorizer_with_expressions_is_saved(tmp_path):
    vectorizer = ct.Vectorizer(phrases="auto").fit(TEXTS)
    loaded = ct.load(ct.save(vectorizer, tmp_path / "v.csatext"))
    assert (loaded.transform(TEXTS).dtm != vectorizer.transform(TEXTS).dtm).nnz == 0


def test_keywords_of_a_corpus_without_expressions_say_something_too():
    corpus = ct.Vectorizer().fit_transform(["食咗个饭，冇问题，但系服务差 [数字x]", "我没有收到退款 A"] * 5)
    terms = set(ct.KeywordExtractor(None).frequencies(corpus)["term"])
    assert {"服务", "差", "退款"} <= terms
    assert terms.isdisjoint({"咗", "冇", "但系", "没有", "我", "A", "[数字x]", "个"})
    everything = set(ct.KeywordExtractor(None, content_only=False).frequencies(corpus)["term"])
    assert "没有" in everything


def test_shares_of_keywords_are_of_all_counted_tokens():
    corpus = ct.Vectorizer().fit_transform(["没有退款"] * 5)
    row = ct.KeywordExtractor(None).frequencies(corpus).set_index("term").loc["退款"]
    assert row["rate"] == pytest.approx(0.5)  # 没有 and 退款 are counted, 没有 is not shown


def test_places_of_an_expression_are_found(corpus):
    extractor = ct.KeywordExtractor(None, min_docs=1)
    table = extractor.frequencies(corpus)
    places = extractor.evidence(corpus, table[table["term"] == "打不通"], n=3)
    assert places["term"].tolist() == ["打不通"] * 3
    assert [TEXTS[row.doc_id][row.start : row.end] for row in places.itertuples()] == ["打不通"] * 3


def test_one_corpus_serves_classifiers_and_keywords(corpus):
    plain = ct.Vectorizer().fit_transform(TEXTS)
    shown = ct.Vectorizer(phrases="auto").recount(plain)
    assert (shown.dtm != corpus.dtm).nnz == 0
    assert shown.terms.tolist() == corpus.terms.tolist()
    assert shown.token_table is plain.token_table
    assert "不" in plain.terms
    with pytest.raises(ct.ParameterError, match="Corpus"):
        ct.Vectorizer().recount(TEXTS)


def test_empty_texts_have_no_expressions():
    corpus = ct.Vectorizer(phrases="auto").fit_transform(["", "。", None])
    assert corpus.shape == (3, 0)


def test_a_word_said_twice_is_no_expression():
    texts = ["差评差评，快递破损", "差评差评！", "真是差评差评", "给差评差评"] * 3
    assert "差评差评" not in ct.Vectorizer(phrases="auto").fit(texts).phrases_
