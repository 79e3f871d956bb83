"""Segmentation: the word you add is the word you get, and nothing else changes."""

import pickle
import re
from itertools import accumulate, pairwise

import jieba
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jieba import finalseg

import csatext as ct
from csatext.strings import encodable
from csatext.text.tokenization.engines import make_engine

HARD = [
    "首次解决率",
    "七天无理由",
    "A/B测试",
    "iPhone 15 Pro",
    "*ST",
    "7-11",
    "双十一",
    "答问比",
    "C++",
    "小白·Air",
    "退款",
    "极速退款",
    "5G 畅享",
    "(旗舰版)",
    "x",
]
SENTENCES = [
    "客服说首次解决率要做A/B测试，*ST股民问iPhone 15 Pro。",
    "七天无理由退货，双十一买的极速退款还没到账",
    "工作人员态度很好，物流太慢了！",
    "  两个  空格\n换行\t制表 ",
    "",
    "😀👍🏻很好 café naïve",
    "结婚的和尚未结婚的",
    "花了¥5,999买v2.3.1，3天就坏",
]
PIECES = [
    *HARD,
    "客服",
    "的",
    "。",
    " ",
    "A",
    "9",
    "iPhone",
    "15",
    "退",
    "解决率",
    "3天",
    "\n",
    "\ufdd0",
    "\x01",
    "é",
    "😀",
]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@pytest.fixture(scope="module")
def tokenizer():
    return ct.Tokenizer(HARD)


def run_class(char):
    return "digit" if char in "0123456789" else "letter" if re.fullmatch("[A-Za-zé]", char) else None


def is_cut_out_of_a_run(text, start, end):
    """Whether a neighbour is of the same class, letters or digits, as the edge that it touches."""
    edges = [(start - 1, start), (end - 1, end)]
    pairs = [(run_class(text[a]), run_class(text[b])) for a, b in edges if a >= 0 and b < len(text)]
    fraction = re.search(r"\d[.．]\Z", text[:start]) and text[start].isdigit()
    fraction = fraction or (text[end - 1].isdigit() and re.match(r"[.．]\d", text[end:]))
    return bool(fraction) or any(left is not None and left == right for left, right in pairs)


def kept_by_brute_force(text, terms):
    found = [
        (i, j)
        for i in range(len(text))
        for j in range(i + 1, len(text) + 1)
        if text[i:j] in terms and not is_cut_out_of_a_run(text, i, j)
    ]
    kept = []
    for start, end in sorted(found, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return kept


def spans(tokens):
    return set(pairwise([0, *accumulate(map(len, tokens))]))


@pytest.mark.parametrize("term", HARD)
@pytest.mark.parametrize("around", [("", ""), ("客服", "很好"), ("A", "9"), (" ", "，"), ("的", "Z")])
def test_an_added_term_is_one_token_wherever_it_stands(term, around):
    text = around[0] + term + around[1]
    place = len(around[0]), len(around[0]) + len(term)
    tokenizer = ct.Tokenizer([term], lexicons=())
    found = {(start, end) for start, end in tokenizer.term_matcher.matches(text).tolist()}
    assert (place in found) is not is_cut_out_of_a_run(text, *place)
    assert found <= spans(tokenizer(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("XL码和15G流量", []),
        ("L码和5G流量", ["L码", "5G"]),
        ("买XXL码，升级5GB", []),
        ("(5G)，L码", ["5G", "L码"]),
        ("换成了5G、1５G", ["5G"]),
        ("用了15.5G，v.5G", ["5G"]),
    ],
)
def test_a_term_is_not_cut_out_of_a_word_or_number(text, found):
    terms = ["L码", "5G"]
    assert [token for token in ct.Tokenizer(terms, quantities=False)(text) if token in terms] == found


def test_the_terms_of_the_trade_are_kept_unless_left_out():
    text = "首次解决率低，七天无理由和双十一都不算"
    assert {"首次解决率", "七天无理由", "双十一"} <= set(ct.Tokenizer()(text))
    assert "七天无理由" in ct.Vectorizer().fit([text]).terms_
    assert "首次解决率" not in ct.Tokenizer(lexicons=())(text)
    with pytest.raises(ct.ParameterError, match="lexicons"):
        ct.Tokenizer(lexicons="terms")
    with pytest.raises(ct.InputError):
        ct.Tokenizer(lexicons=["没有这个词典"])


@settings(max_examples=150, deadline=None)
@given(texts)
def test_tokens_joined_give_the_text_and_terms_are_whole(text):
    tokens = ct.Tokenizer(HARD, lexicons=())(text)
    assert "".join(tokens) == text
    assert spans(tokens) >= set(kept_by_brute_force(text, set(HARD)))


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=6))
def test_many_texts_are_cut_as_each_alone(many):
    tokenizer = ct.Tokenizer(HARD, lexicons=())
    assert tokenizer.tokens(many) == [tokenizer(text) for text in many]


@settings(max_examples=60, deadline=None)
@given(texts, st.lists(st.text("客服退款好abc12 /-·", min_size=2, max_size=5).filter(str.strip), max_size=5))
def test_terms_that_a_text_does_not_hold_change_nothing(text, terms):
    absent = [term for term in terms if term not in text]
    assert ct.Tokenizer(absent, lexicons=())(text) == ct.Tokenizer(lexicons=())(text)


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_both_engines_keep_terms_and_text(engine):
    tokenizer = ct.Tokenizer(HARD, engine=engine)
    for text, tokens in zip(SENTENCES, tokenizer.tokens(SENTENCES), strict=True):
        assert "".join(tokens) == text
    assert {"首次解决率", "A/B测试", "*ST", "iPhone 15 Pro"} <= set(tokenizer(SENTENCES[0]))


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_without_terms_and_quantities_chinese_is_cut_as_jieba_does(engine):
    reference = jieba.Tokenizer()
    reference.FREQ, reference.total = reference.gen_pfdict(reference.get_dict_file())
    reference.initialized = True
    plain = ct.Tokenizer(lexicons=(), engine=engine, quantities=False)
    for text in [SENTENCES[1], SENTENCES[2], SENTENCES[6]]:
        assert plain(text) == reference.lcut(text)


def test_instances_share_nothing_and_jieba_is_left_alone(tokenizer):
    plain = ct.Tokenizer(lexicons=())
    assert tokenizer("答问比") == ["答问比"]
    assert plain("答问比") == ["答问", "比"] == ct.Tokenizer(["客服"], lexicons=())("答问比")
    assert not finalseg.Force_Split_Words


def test_any_number_of_processes_and_pickling_give_the_same(tokenizer, monkeypatch):
    monkeypatch.setattr("csatext.text.tokenization.tokenizer._BATCH_CHARACTERS", 60)
    many = SENTENCES * 5
    once = tokenizer.tokens(many)
    assert tokenizer.tokens(many, n_jobs=2) == once
    assert pickle.loads(pickle.dumps(tokenizer)).tokens(many) == once
    encoded, other = tokenizer.encode(pa.array(many)), tokenizer.encode(pa.array(many), n_jobs=2)
    assert encoded.lists() == once == other.lists()
    assert encoded.vocabulary.tolist() == sorted({token for tokens in once for token in tokens})


def test_a_mark_in_the_text_or_in_a_term_is_text():
    tokenizer = ct.Tokenizer(["甲\x01乙", "\n\x02"])
    many = ["甲\x01乙3天", "甲", "乙\n", "\x02\x01\ufdd0客服", "\n\x02"]
    assert tokenizer.tokens(many) == [tokenizer(text) for text in many]
    assert tokenizer(many[0]) == ["甲\x01乙", "3天"]


def test_half_a_surrogate_pair_stays():
    text = "退款\ud83d很慢A/B测试"
    tokens = ct.Tokenizer(HARD)(text)
    assert "".join(tokens) == text and "A/B测试" in tokens
    assert encodable(text) == "退款\ufffd很慢A/B测试"


def test_missing_values_count_as_empty():
    assert ct.Tokenizer().tokens(["好", None, float("nan")]) == [["好"], [], []]
    assert ct.Tokenizer().encode(pa.array(["好", None])).lists() == [["好"], []]
    assert ct.Tokenizer().tokens([]) == []


@pytest.mark.parametrize("terms", ["退款", [""], ["  "], [3]])
def test_terms_that_cannot_be_used(terms):
    with pytest.raises(ct.ParameterError, match="terms"):
        ct.Tokenizer(terms)


def test_wrong_arguments_teach():
    with pytest.raises(ct.ParameterError, match="rjieba"):
        ct.Tokenizer(engine="rjeiba")
    with pytest.raises(ct.ParameterError, match="rjieba"):
        make_engine("none", True)
    with pytest.raises(ct.ParameterError, match=r"\.tokens"):
        ct.Tokenizer()(["退款"])
    with pytest.raises(ct.ParameterError, match="列表"):
        ct.Tokenizer().tokens("退款")


def test_equal_settings_are_equal(tokenizer):
    assert tokenizer == ct.Tokenizer(reversed(HARD)) and hash(tokenizer) == hash(ct.Tokenizer(HARD))
    assert tokenizer != ct.Tokenizer(HARD, hmm=False)
    assert repr(ct.Tokenizer(HARD, lexicons=())) == "Tokenizer(terms=15, engine='rjieba', hmm=True)"
