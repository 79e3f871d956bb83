"""Contacts in, corpus out: terms, counts and limits against scikit-learn and by hand."""

import inspect

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

import csatext as ct
from csatext.text.vectorization import Vectorizer

RAW = ["退款太慢，不退款！", "<b>物流</b>太慢 12345", "電話13812345678打不通", "", "5G套餐3天就没了……"]


def dense(corpus):
    return pd.DataFrame(corpus.dtm.toarray(), columns=corpus.terms)


def test_counts_by_hand():
    corpus = ct.Vectorizer().fit_transform(RAW)
    counts = dense(corpus)
    assert counts["退款"].tolist() == [2, 0, 0, 0, 0]
    assert counts["太慢"].tolist() == [1, 1, 0, 0, 0]
    assert corpus.texts[2] == "电话[手机号]打不通"
    assert counts.loc[3].sum() == 0
    assert corpus.terms.tolist() == sorted(corpus.terms)


def test_marks_numbers_and_stop_words_are_tokens_but_no_terms():
    corpus = ct.Vectorizer().fit_transform(["我的订单 12306，3.5%！！ 不好 5G A/B"])
    assert {"，", "12306", "3.5%", "的"} <= set(corpus.tokens[0])
    assert not {"，", "！", "12306", "3.5%", "的", " ", "/"} & set(corpus.terms)
    assert {"5G", "订单"} <= set(corpus.terms)
    assert "的" in ct.Vectorizer(stop_words=None).fit_transform(["我的订单"]).terms
    assert ct.Vectorizer(stop_words=["订单"]).fit_transform(["我的订单"]).terms.tolist() == ["我", "的"]


def test_nameless_emoticons_are_no_terms():
    corpus = ct.Vectorizer().fit_transform(
        ["太慢[em_12]差[em]e100[/em]", "好/:^_^评/:068/:rose", "#E-s01好[微笑]"]
    )
    assert not {"rose", "em", "e100", "/em", "[em_12]", "[em_100]", "[em_068]", "[表情]"} & set(corpus.terms)
    assert {"[Smile]", "[rose]", "[微笑]"} <= set(corpus.terms)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("甲乙丙丁戊 ", max_size=10), min_size=1, max_size=8),
    st.sampled_from([1, 2, 0.3]),
    st.sampled_from([1.0, 0.6, 3]),
)
def test_counts_and_limits_are_those_of_scikit_learn(texts, min_df, max_df):
    limits = {"min_df": min_df, "max_df": max_df}
    tokenizer = ct.Tokenizer(hmm=False)
    mine = Vectorizer(stop_words=None, tokenizer=tokenizer, steps=(), redact=False, simplify=False, **limits)
    reference = CountVectorizer(
        tokenizer=lambda text: [token for token in tokenizer(text) if token.strip()],
        token_pattern=None,
        lowercase=False,
    )
    corpus = mine.fit_transform(texts)
    try:
        counts = reference.fit_transform(texts)
    except ValueError:
        assert len(corpus.terms) == 0
        return
    df = np.asarray((counts > 0).sum(axis=0)).ravel()
    low = min_df if isinstance(min_df, int) else min_df * len(texts)
    high = max_df if isinstance(max_df, int) else max_df * len(texts)
    kept = (df >= low) & (df <= high)
    assert corpus.terms.tolist() == reference.get_feature_names_out()[kept].tolist()
    np.testing.assert_array_equal(corpus.dtm.toarray(), counts.toarray()[:, kept])


def test_most_frequent_terms_only():
    vectorizer = ct.Vectorizer(max_features=2).fit(["退款 退款 退款 物流", "物流 客服", "安装"])
    assert vectorizer.terms_.tolist() == ["物流", "退款"]
    assert vectorizer.get_feature_names_out().tolist() == ["物流", "退款"]


def test_transform_counts_on_the_terms_learnt():
    vectorizer = ct.Vectorizer().fit(["退款太慢"])
    corpus = vectorizer.transform(["客服不退款", "物流"])
    assert corpus.terms is vectorizer.terms_
    assert dense(corpus)["退款"].tolist() == [1, 0]
    same = ct.Vectorizer()
    assert (same.fit_transform(RAW).dtm != same.transform(RAW).dtm).nnz == 0


def test_input_is_left_as_it_was_and_columns_are_kept():
    contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款", None], "channel": ["chat", "call"]})
    before = contacts.copy()
    corpus = ct.Vectorizer().fit_transform(contacts)
    pd.testing.assert_frame_equal(contacts, before)
    assert corpus.docs.columns.tolist() == ["channel"] and corpus.doc_ids.tolist() == ["a", "b"]
    assert corpus.tokens[1] == []


def test_order_of_documents_changes_no_term(center):
    part = center.contacts.head(200)
    first, second = (ct.Vectorizer(min_df=2).fit_transform(frame) for frame in (part, part[::-1]))
    assert first.terms.tolist() == second.terms.tolist()
    assert (first.dtm != second[::-1].dtm).nnz == 0


def test_errors_teach():
    with pytest.raises(ct.InputError, match="text"):
        ct.Vectorizer().fit(pd.DataFrame({"content": ["退款"]}))
    with pytest.raises(ct.SchemaError, match="doc_id"):
        ct.Vectorizer().fit(pd.DataFrame({"doc_id": ["a", "a"], "text": ["退款", "物流"]}))
    with pytest.raises(ct.NotFittedError):
        ct.Vectorizer().transform(["退款"])
    with pytest.raises(ct.NotFittedError):
        ct.Vectorizer().get_feature_names_out()
    for wrong in ({"min_df": 1.5}, {"max_df": -1}, {"stop_words": "none"}):
        with pytest.raises(ct.ParameterError):
            ct.Vectorizer(**wrong).fit(["退款"])
    with pytest.raises(ct.ParameterError):
        ct.Vectorizer().fit("退款")


def test_stop_words_are_added_to_the_default_or_taken_out_of_it():
    texts = ["我的快递没到", "快递太慢"]
    usual = set(ct.Vectorizer().fit(texts).terms_)
    assert set(ct.Vectorizer(stop_words={"extra": ["快递"]}).fit(texts).terms_) == usual - {"快递"}
    assert set(ct.Vectorizer(stop_words={"without": ["我"]}).fit(texts).terms_) == usual | {"我"}
    assert {"我", "的", "到"} <= set(ct.Vectorizer(stop_words=["快递"]).fit(texts).terms_)
    for wrong in ({"more": ["快递"]}, {"extra": "快递"}, {"extra": [1]}, [1]):
        with pytest.raises(ct.ParameterError):
            ct.Vectorizer(stop_words=wrong).fit(texts)


def test_a_list_of_words_is_no_tokenizer_and_the_signature_is_short():
    with pytest.raises(ct.ParameterError, match=r"ct\.Tokenizer"):
        ct.Vectorizer(tokenizer=["首次解决率"]).fit(["退款"])
    assert len(str(inspect.signature(ct.Vectorizer))) < 600
    assert len(str(inspect.signature(ct.clean))) < 200
