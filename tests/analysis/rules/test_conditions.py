from __future__ import annotations

import re

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.taxonomy import Category
from csatext.taxonomy.combinations import parse_rule

VECTORIZER = ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=()), redact=False)


def hits(rule, texts, turns=None):
    taxonomy = ct.Taxonomy(
        [Category("a", "甲", rules=(parse_rule(rule),)), Category("b", "乙", patterns=("零",))]
    )
    corpus = VECTORIZER.fit_transform(pd.DataFrame({"doc_id": range(len(texts)), "text": texts}))
    return (ct.RuleClassifier(taxonomy).transform(corpus, turns)["category"] == "甲").tolist()


@pytest.mark.parametrize(
    ("rule", "texts", "wanted"),
    [
        ({"any": ["退款", "退货"]}, ["退款", "退货", "换货"], [True, True, False]),
        ({"all": ["退款", "拖"]}, ["退款一直拖", "退款", "拖"], [True, False, False]),
        ({"words": "退款", "none": ["到账"]}, ["退款慢", "退款到账了"], [True, False]),
        ({"words": "坏", "first": 3}, ["坏了一天", "用了一天就坏"], [True, False]),
        ({"words": "坏", "last": 3}, ["坏了一天半", "用了一天就坏了"], [False, True]),
        ({"words": "等", "repeat": 2}, ["等了又等", "等了"], [True, False]),
        ({"words": "退款", "before": "投诉", "within": 5}, ["退款慢，投诉", "投诉，退款"], [True, False]),
        ({"words": "退款", "after": "投诉", "within": 2}, ["投诉退款", "投诉了很多次退款"], [True, False]),
        ({"words": "屏幕", "polarity": "负面"}, ["屏幕太差", "屏幕很好，客服太差"], [True, False]),
        ({"words": "费用", "without": "免费用"}, ["费用高", "免费用的"], [True, False]),
        ({"words": "re:扣了?\\d+元"}, ["扣了30元", "扣钱"], [True, False]),
        ({"words": "re:第[三四](?P<n>次)(打|来)电"}, ["昨天第三次来电", "第二次来电"], [True, False]),
        ({"any": [{"all": ["网", "慢"]}, "断"]}, ["网慢", "断", "网"], [True, True, False]),
        ({"all": [{"category": "b"}, "慢"]}, ["零慢", "慢"], [True, False]),
    ],
)
def test_conditions(rule, texts, wanted):
    assert hits(rule, texts) == wanted


def test_the_words_of_a_rule_stand_among_those_that_were_found():
    rule = {"all": [{"words": "退款", "repeat": 2}, "拖"]}
    taxonomy = ct.Taxonomy(
        [
            Category("a", "甲", rules=(parse_rule(rule),)),
            Category("b", "乙", patterns=("退款又",)),
        ]
    )
    corpus = VECTORIZER.fit_transform(["退款又退款，一拖再拖", "拖"])
    terms = ct.RuleClassifier(taxonomy).transform(corpus)["category_terms"]
    assert terms.tolist() == ["退款又、退款、拖", ""]


TURNS = pd.DataFrame(
    {
        "doc_id": [0, 0, 0, 1, 1],
        "turn_id": [1, 2, 3, 1, 2],
        "role": ["customer", "agent", "customer", "customer", "agent"],
        "text": ["我要退款", "好的请稍等", "太慢了", "请问在吗", "这边不能退款"],
        "started_at": pd.to_datetime(
            ["2026-05-01 09:00:00", "2026-05-01 09:05:00", "2026-05-01 09:05:10", "2026-05-01 10:00:00",
             "2026-05-01 10:00:20"]
        ),
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"words": "退款", "role": "客户"}, [True, False]),
        ({"words": "退款", "role": "客服"}, [False, True]),
        ({"words": "慢", "after_turn": 2}, [True, False]),
        ({"words": "退款", "before_turn": 2}, [True, False]),
        ({"words": "退款", "before": "慢", "within": 2, "unit": "轮"}, [True, False]),
        ({"words": "退款", "before": "慢", "within": 1, "unit": "轮"}, [False, False]),
        ({"response_over": 60}, [True, False]),
        ({"silence": 15}, [True, True]),
        ({"silence": 500}, [False, False]),
    ],
)
def test_conditions_over_turns(rule, wanted):
    assert hits(rule, ["我要退款\n太慢了", "请问在吗"], TURNS) == wanted


def test_a_rule_that_needs_turns_holds_nowhere_without():
    assert hits({"words": "退款", "role": "客户"}, ["退款"]) == [False]


def test_a_match_of_a_rule_names_its_turn():
    rule = parse_rule({"words": "退款", "role": "客服"})
    taxonomy = ct.Taxonomy([Category("a", "甲", rules=(rule,)), Category("b", "乙")])
    corpus = VECTORIZER.fit_transform(pd.DataFrame({"doc_id": [0, 1], "text": ["我要退款", "请问在吗"]}))
    found = ct.RuleClassifier(taxonomy).matches(corpus, TURNS)
    assert found[["doc_id", "term", "start", "end", "turn"]].values.tolist() == [[1, "退款", 4, 6, 2]]


WORDS = ["快递", "慢", "件", "没到", "。"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(WORDS), max_size=7), st.integers(0, 6))
def test_slots_match_as_a_regular_expression_does(parts, gap):
    text = "，".join(parts)
    found = [
        bool(re.search(f"(?:快递|件)[^。]{{0,{gap}}}(?:慢|没到)", text)),
        bool(re.search(f"件[^。]{{0,{gap}}}快递[^。]{{0,{gap}}}慢", text)),
    ]
    patterns = (f"快递|件 ..{gap}.. 慢|没到", f"件 ..{gap}.. 快递 ..{gap}.. 慢")
    taxonomy = ct.Taxonomy([Category(str(at), str(at), patterns=(one,)) for at, one in enumerate(patterns)])
    corpus = VECTORIZER.fit_transform([text])
    assert ct.RuleClassifier(taxonomy).indicators(corpus).iloc[0].tolist() == found


def test_a_whole_word_is_one_of_the_segmenter():
    taxonomy = ct.Taxonomy(
        [Category("a", "甲", patterns=("=生的",)), Category("b", "乙", patterns=("生的",))]
    )
    corpus = ct.Vectorizer().fit_transform(["昨天发生的事", "鸡肉是生的"])
    found = ct.RuleClassifier(taxonomy).indicators(corpus)
    assert found["甲"].tolist() == [False, True]
    assert found["乙"].tolist() == [True, True]


def test_the_main_category_has_the_most_distinct_patterns():
    categories = [Category("a", "甲", patterns=("慢",)), Category("b", "乙", patterns=("态度差", "不耐烦"))]
    corpus = VECTORIZER.fit_transform(["很慢很慢，慢，态度差，不耐烦"])
    result = ct.RuleClassifier(ct.Taxonomy(categories)).transform(corpus).iloc[0]
    assert (result["category"], result["n_categories"], result["categories"]) == ("乙", 2, "乙；甲")


def test_what_a_text_comes_back_to_is_its_main_category():
    categories = [Category("a", "甲", patterns=("医院",)), Category("b", "乙", patterns=("公交",))]
    corpus = VECTORIZER.fit_transform(["去医院没有公交，早上的公交半小时一班，公交司机还甩站，盼加公交。"])
    result = ct.RuleClassifier(ct.Taxonomy(categories)).transform(corpus).iloc[0]
    assert (result["category"], result["categories"]) == ("乙", "乙；甲")


def test_severity_is_that_of_the_gravest_category():
    categories = [
        Category("a", "甲", patterns=("慢",), severity=1),
        Category("b", "乙", patterns=("着火",), severity=3),
    ]
    corpus = VECTORIZER.fit_transform(["慢", "慢，还着火", "好"])
    assert ct.RuleClassifier(ct.Taxonomy(categories)).transform(corpus)["severity"].tolist() == [1, 3, 0]


def test_rows_do_not_depend_on_each_other():
    texts = ["快递三天没到", "没有乱收费", "", "客服态度很差，退款还没到账"]
    corpus = ct.Vectorizer().fit_transform(texts)
    rules = ct.RuleClassifier().fit(corpus)
    whole = rules.transform(corpus)
    for row in range(4):
        part = rules.transform(corpus[[row]])
        pd.testing.assert_frame_equal(part, whole.iloc[[row]])


def test_saved_rules_say_the_same(tmp_path):
    rule = parse_rule({"words": "退款", "none": ["到账"], "repeat": 2})
    taxonomy = ct.Taxonomy(
        [Category("a", "甲", rules=(rule,)), Category("b", "乙", patterns=("慢",))], version="2"
    )
    corpus = VECTORIZER.fit_transform(["退款退款", "退款", "慢"])
    rules = ct.RuleClassifier(taxonomy).fit(corpus)
    ct.save(rules, tmp_path / "m.csatext")
    again = ct.load(tmp_path / "m.csatext")
    assert again.taxonomy_.version == "2"
    pd.testing.assert_frame_equal(again.transform(corpus), rules.transform(corpus))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"word": "x"}, "不认识的条件"),
        ({"none": ["x"]}, "没有说要找什么"),
        ({"words": "x", "role": "boss"}, "role"),
        ({"words": "x", "repeat": 0}, "repeat"),
        ({"words": "x", "within": 3}, "within"),
        ({"words": "re:(?=x)"}, "不支持环视"),
        ({"words": "re:x*"}, "空文本"),
        ({"words": "快递 .. "}, "空的词位"),
        ({"words": "快递 ..99.. 慢"}, "最多 40"),
        ({"words": "|".join(map(str, range(100_000)))}, "100000 个词"),
        ({"any": []}, "没有内容"),
        ({"silence": "x"}, "秒数"),
        (7, "字符串"),
    ],
)
def test_a_rule_that_cannot_be_used_is_one_sentence_with_its_line(tmp_path, rule, message):
    path = tmp_path / "t.yaml"
    entries = [{"id": "a", "label_zh": "甲"}, {"id": "b", "label_zh": "乙", "patterns": [rule]}]
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), "utf-8")
    with pytest.raises(ct.LexiconError, match=message) as caught:
        ct.Taxonomy.load(path)
    assert re.search(r"第 \d+ 行", str(caught.value))
