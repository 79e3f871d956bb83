"""Evidence in its text: spans of any kind, texts of any kind, masked text only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_notebook_cards import HOSTILE, shows_only

import csatext as ct


def corpus_of(*texts):
    return ct.Vectorizer().fit_transform(
        pd.DataFrame({"doc_id": range(len(texts)), "text": pd.Series(texts, dtype=object)})
    )


def spans(*rows, **columns):
    return pd.DataFrame(rows, columns=["doc_id", "start", "end"]).assign(**columns)


def test_spans_that_overlap_nest_and_lie_outside():
    corpus = corpus_of("快递三天没到还丢件", "很好")
    evidence = spans(
        (0, 0, 4), (0, 2, 6), (0, 2, 3), (0, 7, 99), (0, 5, 5), (0, 50, 60), (0, -3, 1), (9, 0, 1),
        label=["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"], weight=[-1, -1, 1, 1, 0, 0, 0, 0],
    )  # fmt: skip
    found = ct.show(corpus, evidence)
    assert repr(found).splitlines() == [
        "0: 【快递】【三】【天】【没到】还【丢件】",
        "1 处证据属于这个 corpus 以外的文档，没有显示。",
        "3 处证据是空的或在文本之外，没有标出。",
    ]
    markup = found._repr_html_()
    assert shows_only(markup)
    assert 'title="label 甲，weight -1；label 乙，weight -1；label 丙，weight 1">三</mark>' in markup
    colours = [part.split(";")[0] for part in markup.split("background:")[1:]]
    assert colours == ["#f7c4b4", "#f7c4b4", "#f7c4b4", "#f7c4b4", "#bfe3c8"]


def test_spans_of_the_text_as_it_was_read_are_shown_in_the_masked_text():
    #        0123456789012345678901234567
    source = "  電話13812345678😀一直打不通！！！太差"
    corpus = corpus_of(source)
    places = {"13812345678": (4, 15), "打不通": (18, 21), "太差": (24, 26)}
    for words, (start, end) in places.items():
        assert source[start:end] == words
    shown = repr(ct.show(corpus, spans(*((0, *span) for span in places.values()))))
    assert "13812345678" not in shown
    assert shown.startswith("0: 电话【[手机号]】") and "【打不通】！【太差】" in shown
    part = repr(ct.show(corpus, spans((0, 8, 9))))  # one digit of the number: the whole mask
    assert part.startswith("0: 电话【[手机号]】")
    tags = spans((0, 0, 2), annotator="甲", text="电话")  # those count in the masked text
    assert repr(ct.show(corpus, tags)).startswith("0: 【电话】[手机号]")


def test_evidence_of_every_model_is_shown():
    corpus = corpus_of("客服态度太差，再不解决就投诉到12315", "物流很快", "")
    kinds = (ct.Sentiment, ct.ServiceSignals, ct.AspectSentiment, ct.ContactKind)
    tables = [kind().fit(corpus).evidence(corpus) for kind in kinds]
    tables += [ct.RuleClassifier().fit(corpus).matches(corpus), ct.concordance(corpus, "态度")]
    for table in tables:
        found = ct.show(corpus, table)
        assert len(found) == table["doc_id"].nunique() and "【" in repr(found)
        words = {word for word in table["term"] if word in corpus.texts[0]}
        assert any(f"【{word}】" in repr(found) for word in words)


def test_hostile_and_huge_texts_are_text_and_cut_near_their_evidence():
    corpus = corpus_of(HOSTILE, "好")
    text = corpus.texts[0]
    place = 900_000
    found = ct.show(corpus, spans((0, place, place + 3), label='"><script>\u202e'), max_characters=500)
    markup = found._repr_html_()
    assert "共 1,000,0" in shows_only(markup) and markup.count("<mark") == 1
    assert repr(found).startswith("0: …长") and repr(found).endswith("…") and len(repr(found)) < 600
    assert len(text) > 1_000_000
    begin = ct.show(corpus, spans((0, 0, 8)))
    assert "&lt;script&gt;" in shows_only(begin._repr_html_()) or "<" not in text[:8]
    repr(begin).encode("utf-8")


def test_the_number_of_texts_is_limited_and_said():
    corpus = corpus_of(*["很慢"] * 30)
    found = ct.show(corpus, spans(*((at, 0, 1) for at in range(5, 30))), max_texts=3)
    assert repr(found).splitlines()[0] == "5: 【很】慢" and len(found) == 3
    assert found.notes == ["另有 22 篇有证据的文本没有显示。"]
    assert ct.show(corpus).notes == ["另有 10 篇文本没有显示。"]
    assert repr(ct.show(corpus, spans())) == "" and len(ct.show(corpus[:0])) == 0
    many = spans(*((0, 0, end) for end in np.repeat([1, 2], 5000)), label=np.arange(10_000))
    assert "等 10000 项" in ct.show(corpus, many)._repr_html_()


def test_what_cannot_be_shown_is_refused():
    corpus = corpus_of("很慢")
    for evidence, error in (
        (spans((7, 0, 1)), ct.SchemaError),
        (spans((0, 0, 1), turn=1), ct.SchemaError),
        (spans((0, "0", "1")), ct.SchemaError),
        (pd.DataFrame({"doc_id": [0]}), ct.SchemaError),
        ([1], ct.ParameterError),
    ):
        with pytest.raises(error):
            ct.show(corpus, evidence)
    with pytest.raises(ct.ParameterError, match="Corpus"):
        ct.show(["很慢"])
    with pytest.raises(ct.ParameterError, match="max_texts"):
        ct.show(corpus, max_texts=0)
