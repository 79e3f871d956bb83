from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.schema import conform
from csatext.schema.feelings import ASPECT_EVIDENCE, ASPECTS
from csatext.taxonomy import Category, Taxonomy

BATTERY = Path(__file__).parent / "aspect_battery.tsv"
CATERING = ct.AspectSentiment(Taxonomy.load("catering"), level=2)


def corpus_of(*texts):
    return ct.Vectorizer().fit_transform(list(texts))


def told(estimator, *texts):
    """Return the aspects and polarities of each text."""
    found = estimator.transform(corpus_of(*texts))
    return [
        set(
            zip(
                found.loc[found["doc_id"] == at, "aspect"],
                found.loc[found["doc_id"] == at, "polarity"],
                strict=True,
            )
        )
        for at in range(len(texts))
    ]


def test_battery_of_sentences_of_all_trades():
    with BATTERY.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) >= 150
    right = 0
    for pack in {row["pack"] for row in rows}:
        mine = [row for row in rows if row["pack"] == pack]
        estimator = ct.AspectSentiment(Taxonomy.load(pack), level=2)
        wanted = [
            {tuple(part.split(":")) for part in row["aspects"].split(",")} if row["aspects"] else set()
            for row in mine
        ]
        found = told(estimator, *(row["sentence"] for row in mine))
        right += sum(got == want for got, want in zip(found, wanted, strict=True))
    assert right / len(rows) >= 0.95


def test_both_levels_name_the_same_mention():
    text = "上菜太慢"
    first = ct.AspectSentiment(Taxonomy.load("catering"), level=1)
    assert told(first, text) == [{("就餐环境与服务", "negative")}]
    assert told(CATERING, text) == [{("上菜速度", "negative")}]


def test_an_aspect_of_service_stands_beside_its_first_level():
    found = told(ct.AspectSentiment(), "客服电话一直打不通")
    assert found == [{("受理与响应", "negative"), ("响应速度", "negative")}]


def test_complaint_patterns_of_the_users_own_taxonomy_and_praise_of_the_same_aspect():
    taxonomy = Taxonomy(
        [
            Category("送货", "送货配送"),
            Category("送货/慢", "送货慢", "送货", patterns=("等了 .. 天",)),
            Category("积分", "积分商城"),
            Category("积分/兑换", "兑换问题", "积分", patterns=("兑换不了",)),
        ]
    )
    estimator = ct.AspectSentiment(taxonomy)
    assert estimator.aspect_names()[6:] == ["送货配送", "积分商城"]
    found = told(estimator, "物流很快", "等了十天很生气", "积分商城很不错", "积分兑换不了", "这道菜很好吃")
    assert found == [
        {("送货配送", "positive")},
        {("送货配送", "negative")},
        {("积分商城", "positive")},
        {("积分商城", "negative")},
        set(),
    ]


def test_a_subject_is_no_complaint_until_its_clause_says_so():
    estimator = ct.AspectSentiment(Taxonomy.load("government"), level=2)
    assert told(estimator, "这里新建了幼儿园", "幼儿园乱收费") == [
        {("教育", "neutral")},
        {("教育", "negative")},
    ]


def test_spans_are_of_the_text_as_it_was_read():
    source = "味道很好！！！！！ 服務熱情\n\n上菜　太慢"
    found = CATERING.transform(corpus_of(source))
    words = [source[start:end] for start, end in zip(found["start"], found["end"], strict=True)]
    assert words[:2] == ["味道很好", "服務熱情"]
    assert words[2].startswith("上菜")
    assert words[2].endswith("太慢")


def test_opinions_of_a_clause_are_averaged_and_bounded():
    found = CATERING.transform(corpus_of("味道很好"))
    assert found["sentiment"].between(0.3, 1).all()
    mixed = CATERING.evidence(corpus_of("味道好吃难吃各一半"))
    mean = CATERING.transform(corpus_of("味道好吃难吃各一半"))
    assert len(mixed) == 2
    assert mean["sentiment"].tolist() == pytest.approx([mixed["weight"].mean()])


def test_evidence_lists_words_strongest_first_within_a_document():
    evidence = CATERING.evidence(corpus_of("难吃，太难吃了，很贵", "好吃"))
    assert list(evidence.columns) == [column.name for column in ASPECT_EVIDENCE.columns]
    first = evidence[evidence["doc_id"] == 0]["weight"].abs()
    assert first.is_monotonic_decreasing
    assert evidence["doc_id"].is_monotonic_increasing


def test_per_contact_has_missing_values_where_an_aspect_is_not_mentioned():
    found = CATERING.transform(corpus_of("味道很好", "服务太差", "今天来过"))
    wide = CATERING.per_contact(found)
    assert wide.index.tolist() == [0, 1]
    assert wide.columns.tolist() == ["aspect_服务态度", "aspect_口味"]
    assert wide["aspect_服务态度"].isna().tolist() == [True, False]
    fixed = CATERING.per_contact(found, values="negative", aspects=["口味", "停车"])
    assert fixed.columns.tolist() == ["aspect_口味", "aspect_停车"]
    assert fixed["aspect_口味"].tolist() == [False]
    assert fixed["aspect_停车"].isna().all()


def test_shares_of_negative_mentions_by_group_have_intervals():
    texts = ["服务太差"] * 30 + ["服务很好"] * 10 + ["服务很好"] * 40 + ["随便看看"] * 20
    contacts = pd.DataFrame(
        {"doc_id": [f"{at:03d}" for at in range(100)], "store": ["东"] * 40 + ["西"] * 60, "text": texts}
    )
    corpus = ct.Vectorizer().fit_transform(contacts)
    estimator = ct.AspectSentiment()
    wide = estimator.per_contact(estimator.transform(corpus), values="negative")
    table = ct.breakdown(ct.build_facts(corpus, wide), measure="aspect_服务态度", by="store")
    table = table.set_index("store")
    assert table.loc["东", "value"] == pytest.approx(30 / 40)
    # 20 of the 60 contacts of 西 do not speak of the service.
    assert table.loc["西", "denominator"] == 40
    assert table.loc["西", "value"] == 0
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_a_text_is_judged_alike_whatever_stands_around_it():
    texts = ["味道不错，", "服务", "太差", "", "环境、", "好吃"]
    together = told(CATERING, *texts)
    assert together == [told(CATERING, text)[0] for text in texts]


def test_empty_corpora_and_texts_give_the_promised_columns():
    for corpus in (corpus_of("", "嗯"), corpus_of("好吃")[:0]):
        found = CATERING.transform(corpus)
        assert found.empty
        conform(found, ASPECTS)
        assert CATERING.per_contact(found).empty


def test_wrong_arguments_are_told_in_words():
    with pytest.raises(ct.ParameterError, match="level"):
        ct.AspectSentiment(level=3).transform(corpus_of("好吃"))
    with pytest.raises(ct.ParameterError, match="taxonomy"):
        ct.AspectSentiment("catering").fit(corpus_of("好吃"))
    with pytest.raises(ct.ParameterError, match="values"):
        CATERING.per_contact(CATERING.transform(corpus_of("好吃")), values="mean")
    with pytest.raises(ct.ParameterError, match="火箭"):
        CATERING.per_contact(CATERING.transform(corpus_of("好吃")), aspects=["火箭"])
    with pytest.raises(ct.SchemaError, match="aspect"):
        CATERING.per_contact(pd.DataFrame({"doc_id": [1]}))


def test_saved_and_loaded_it_finds_the_same(tmp_path):
    corpus = corpus_of("味道很好，上菜太慢")
    path = ct.save(CATERING, tmp_path / "aspects.csatext")
    again = ct.load(path)
    assert again.level == 2
    pd.testing.assert_frame_equal(again.transform(corpus), CATERING.transform(corpus))


def test_the_sign_agrees_with_the_polarity():
    texts = ["服务很好但价格太贵", "环境一般", "不难吃", "没有停车位"]
    found = CATERING.transform(corpus_of(*texts))
    sign = found["polarity"].map({"negative": -1, "neutral": 0, "positive": 1}).to_numpy()
    value = found["sentiment"].to_numpy()
    assert (np.sign(value)[sign != 0] == sign[sign != 0]).all()
    assert (np.abs(value[sign == 0]) < 0.1).all()
