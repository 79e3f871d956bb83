"""Why a text is cut as it is."""

import math
from itertools import combinations

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.schema.text import EXPLANATION
from csatext.text.tokenization.jieba_dictionary import competing_words, frequencies


@pytest.fixture(scope="module")
def reference():
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


def test_every_source_has_its_name():
    table = ct.Tokenizer(["极速退款"]).explain("极速退款3天妍客服iPhone服务态度！阿巴萨")
    named = dict(zip(table["token"], table["source"], strict=True))
    assert named["极速退款"] == "添加的词"
    assert named["3天"] == "数量格式"
    assert named["iPhone"] == "字母数字"
    assert named["服务态度"] == "词典"
    assert named["！"] == "符号"
    assert set(table["source"]) <= {"添加的词", "词典", "HMM 新词", "数量格式", "单字", "字母数字", "符号"}


def test_rows_follow_the_text():
    tokenizer, text = ct.Tokenizer(["A/B测试"]), "客服说：A/B测试 要3天"
    table = tokenizer.explain(text)
    assert table["token"].tolist() == tokenizer(text)
    assert [text[start:end] for start, end in zip(table["start"], table["end"], strict=True)] == table[
        "token"
    ].tolist()
    assert table.columns.tolist() == [column.name for column in EXPLANATION.columns]


def test_a_word_of_the_model_is_described_as_guessed():
    table = ct.Tokenizer().explain("他来到了网易杭研大厦")
    row = table.set_index("token").loc["杭研"]
    assert row["source"] == "HMM 新词" and "HMM" in row["advice"]
    assert "杭研" not in ct.Tokenizer(hmm=False).explain("他来到了网易杭研大厦")["token"].tolist()


def test_the_sentence_names_each_word_and_what_to_add():
    sentence = ct.Tokenizer(lexicons=()).explain("首次解决率").attrs["sentence"]
    for part in ("首次（词典，词频 3,783）", "解决（词典", "率（单字", 'Tokenizer(terms=["首次解决率"])'):
        assert part in sentence
    assert "已是一个词" in ct.Tokenizer(["首次解决率"]).explain("首次解决率").attrs["sentence"]
    assert ct.Tokenizer().explain("").attrs["sentence"] == "文本为空，没有词。"
    assert "等 20 个词" in ct.Tokenizer().explain("好，" * 10).attrs["sentence"]


def test_terms_that_lost_are_shown_with_what_took_their_place():
    table = ct.Tokenizer(["极速退款", "退款速度"]).explain("极速退款速度").set_index("token")
    assert "退款速度（添加的词" in table.loc["速度", "competitors"]
    assert "去掉" in table.loc["速度", "advice"]


def test_the_advice_works():
    text = "结婚的和尚未结婚的"
    table = ct.Tokenizer().explain(text).set_index("token")
    assert 'terms=["和尚"]' in table.loc["和", "advice"]
    assert "和尚" in ct.Tokenizer(["和尚"])(text)


@pytest.mark.parametrize(
    ("text", "word"), [("客服务必到", "客服"), ("结婚的和尚未结婚的", "和尚"), ("研究生命起源", "研究生")]
)
def test_a_losing_entry_wins_at_the_frequency_it_needs(reference, text, word):
    found = next(found for found in competing_words(text) if found.word == word)
    assert word not in reference.lcut(text, HMM=False)
    before = reference.FREQ[word]
    for frequency, wins in ((found.needed - 1, False), (found.needed + 1, True)):
        reference.FREQ[word] = frequency
        assert (word in reference.lcut(text, HMM=False)) is wins
    reference.FREQ[word] = before


@settings(max_examples=60, deadline=None)
@given(st.text("客服务必到结婚的和尚未退款", min_size=1, max_size=8))
def test_words_on_the_best_path_need_no_more_than_they_have(text):
    known, total = frequencies(), sum(frequencies().values())

    def weight(path):
        return sum(math.log((known.get(word) or 1) / total) for word in path)

    paths = [
        [text[a:b] for a, b in zip((0, *cuts), (*cuts, len(text)), strict=True)]
        for size in range(len(text))
        for cuts in combinations(range(1, len(text)), size)
    ]
    paths = [path for path in paths if all(len(word) == 1 or word in known for word in path)]
    best = max(map(weight, paths))
    for found in competing_words(text):
        through = max(
            weight(path)
            for path in paths
            if found.word in path
            and found.start in {sum(map(len, path[:i])) for i, w in enumerate(path) if w == found.word}
        )
        if through > best - 1e-9:
            assert found.needed == found.frequency
        else:
            assert found.needed == math.floor(found.frequency * math.exp(best - through)) + 1


def test_a_long_text_is_explained_too():
    assert len(ct.Tokenizer().explain("客服务必三天内退款，" * 300)) == len(
        ct.Tokenizer()("客服务必三天内退款，" * 300)
    )


def test_not_a_string():
    with pytest.raises(ct.ParameterError):
        ct.Tokenizer().explain(["退款"])
