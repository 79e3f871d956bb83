"""Corpus: slicing, tokens as codes, and evidence followed back to the text as it was read."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.text.tokenization.token_table import TokenTable, dictionary_of, from_batches

RAW = {
    "a": "<p>我要&nbsp;退款</p>",
    "b": "電話１３８１２３４５６７８，快點退款！！！！",
    "c": "",
    "d": "退款\u200b太慢了👎",
    "e": "客訴好久没人理，退款没到账",
}


@pytest.fixture(scope="module")
def made():
    contacts = pd.DataFrame({"doc_id": list(RAW), "text": list(RAW.values()), "channel": list("xyxyx")})
    return ct.Vectorizer().fit_transform(contacts)


def test_description(made):
    assert len(made) == 5 and made.shape == made.dtm.shape == (5, len(made.terms))
    assert repr(made) == f"Corpus(docs=5, tokens={sum(map(len, made.tokens))}, terms={len(made.terms)})"
    assert made.texts.index.equals(made.doc_ids) and made.texts["c"] == ""


def test_tokens_joined_are_the_prepared_text(made):
    assert ["".join(tokens) for tokens in made.tokens] == made.texts.tolist()


@pytest.mark.parametrize("term", ["退款", "手机号"])
def test_evidence_is_found_in_the_text_as_it_was_read(made, term):
    for row, (doc_id, text) in enumerate(made.texts.items()):
        at = text.find(term)
        if at >= 0:
            starts, ends = made.source_spans(np.array([row]), np.array([at]), np.array([at + len(term)]))
            source = RAW[doc_id][starts[0] : ends[0]]
            assert source == ("１３８１２３４５６７８" if term == "手机号" else term)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("退款慢 <b>&amp;１，！\u200b統款", max_size=15), min_size=1, max_size=4))
def test_every_kept_han_character_maps_to_itself(texts):
    corpus = ct.Vectorizer(redact=False).fit_transform(texts)
    for row, text in enumerate(corpus.texts):
        places = np.array([at for at, character in enumerate(text) if character in "退款慢"], np.int64)
        starts, ends = corpus.source_spans(np.full(len(places), row), places, places + 1)
        for at, start, end in zip(places, starts, ends, strict=True):
            assert texts[row][start:end] == text[at]


@pytest.mark.parametrize(
    ("rows", "picked"),
    [
        ([True, False, False, True, True], [0, 3, 4]),
        ([0, 3, 4], [0, 3, 4]),
        (np.array([4, 0, 0]), [4, 0, 0]),
        (slice(1, 4), [1, 2, 3]),
        ([-1], [4]),
        (2, [2]),
        ([], []),
        (pd.Series([1, 2]), [1, 2]),
        ((np.array([1, 3]), ...), [1, 3]),
    ],
)
def test_a_part_holds_what_belongs_to_its_rows(made, rows, picked):
    part = made[rows]
    assert part.doc_ids.tolist() == made.doc_ids[picked].tolist()
    assert part.tokens == [made.tokens[row] for row in picked]
    assert (part.dtm != made.dtm[picked]).nnz == 0
    assert part.terms is made.terms and part.texts.tolist() == [made.texts.iloc[row] for row in picked]


def test_slicing_equals_counting_the_part_on_the_same_terms(center, corpus, vectorizer):
    mask = np.arange(len(corpus)) % 3 == 0
    alone = vectorizer.transform(center.contacts[mask])
    assert (corpus[mask].dtm != alone.dtm).nnz == 0
    assert corpus[mask].tokens == alone.tokens and corpus[mask].texts.equals(alone.texts)


def test_a_mask_by_doc_id_is_aligned(made):
    mask = pd.Series([True, False, True, False, False], index=list("edcba"))
    assert made[mask].doc_ids.tolist() == ["c", "e"]


def test_wrong_rows(made):
    with pytest.raises(ct.SchemaError):
        made[[True, False]]
    with pytest.raises(ct.SchemaError):
        made[pd.Series([True], index=["z"])]


def test_codes_of_batches_are_one_vocabulary():
    first = dictionary_of("退款慢退款", np.array([2, 1, 2])), np.array([2, 0, 1])
    second = dictionary_of("慢A😀", np.array([1, 1, 1])), np.array([3])
    table = from_batches([first, second])
    assert table.lists() == [["退款", "慢"], [], ["退款"], ["慢", "A", "😀"]]
    assert table.vocabulary.tolist() == ["A", "慢", "退款", "😀"]
    assert table.codes.dtype == np.int32
    assert table.take(np.array([3, 1, 0])).lists() == [["慢", "A", "😀"], [], ["退款", "慢"]]
    assert from_batches([]).lists() == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("退a 😀，", min_size=1, max_size=3), max_size=10))
def test_parts_of_a_text_become_a_dictionary(parts):
    encoded = dictionary_of("".join(parts), np.array(list(map(len, parts)), np.int64))
    assert encoded.to_pylist() == parts
    assert isinstance(encoded, pa.DictionaryArray) and TokenTable._fields[0] == "codes"
