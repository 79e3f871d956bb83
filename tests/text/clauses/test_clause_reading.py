from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csatext.text.clauses.clause_reading import ClauseReading, Spans
from csatext.text.joined_texts import JoinedTexts, joined_chunks

ASSERTED = [
    "不是不满意，是非常[不满意]",
    "[没人处理]",
    "无故[未解决]",
    "没有解决[断网]的问题",
    "没收到货客服[不处理]",
    "难道不是[乱收费]吗",
    "这不是[乱收费]吗？",
    "如果再[不退款]我就投诉",
    "不要再[乱收费]了",
    "希望解决[噪音扰民]问题",
    "不是没有[断网]",
    "没人接电话[态度][差]",
    "没修好还[漏水]",
    "从来没见过这么[差]的服务",
    "手机[坏了]可以修吗",
    "动不动就[断网]",
    "不知道为什么一直[断网]",
    "不是一般的[慢]",
    "没想到这么[差]",
    "没有提前告知就[乱收费]",
    "为什么[乱收费]",
    "东西不错，但是[快递][太慢]",
    "[断网]一次都没有解决",
    "没给我解决[断网]",
    "没有因为[断网]道歉",
]
NOT_ASSERTED = [
    "师傅服务很好，没有[乱收费]",
    "[质量]没[问题]",
    "[快递]没有[延误]",
    "从来没有[断网]过",
    "没[卡顿]",
    "客服[态度]不[差]",
    "不存在[虚假宣传]",
    "是不是[乱收费]",
    "[乱收费]吗",
    "如果[质量]有[问题]可以退吗",
    "希望不要[断网]",
    "听说[质量][差]",
    "并没有出现之前说的那种[断网]",
    "没有破损、[丢件]、延误",
    "没有破损、丢件、[延误]",
    "[卡不卡]",
    "以前经常[断网]，现在好了",
    "别家[快递][慢]，你们家快",
    "担心[质量][差]，收到后很满意",
    "没有师傅[乱收费]",
    "不会[乱收费]",
    "客服说没[断网]",
    "不是客服[不处理]，是系统坏了",
    "要是[快递]不[延误]就好了",
    "[断网]的情况一次都没有",
    "[断网]没有再发生过了",
    "没给客户造成[断网]",
    "没有一回[断网]",
    "不会无缘无故[断网]",
    "唔会[断网]",
]


def read(marked: list[str]) -> np.ndarray:
    """Return what the reading asserts of the words in brackets, one hit a sentence."""
    texts, hit, start, end = [], [], [], []
    for number, sentence in enumerate(marked):
        places = [found.start() - at for at, found in enumerate(re.finditer(r"[\[\]]", sentence))]
        texts.append(re.sub(r"[\[\]]", "", sentence))
        for first, last in zip(places[::2], places[1::2], strict=True):
            hit.append(number)
            start.append(first)
            end.append(last)
    joined = JoinedTexts(pd.Series(texts))
    origin = joined.offsets[np.array(hit)]
    return ClauseReading(joined).asserted(Spans(np.array(hit), origin + start, origin + end))


@pytest.mark.parametrize("sentence", ASSERTED)
def test_what_a_clause_asserts(sentence):
    assert read([sentence]).tolist() == [True]


@pytest.mark.parametrize("sentence", NOT_ASSERTED)
def test_what_a_clause_denies_asks_wishes_or_supposes(sentence):
    assert read([sentence]).tolist() == [False]


def test_many_texts_are_read_as_each_alone():
    together = read([*ASSERTED, *NOT_ASSERTED])
    assert together.tolist() == [True] * len(ASSERTED) + [False] * len(NOT_ASSERTED)


@given(st.lists(st.text("没有不是吗断网如果，。？希望要 \n但a1.", max_size=12), min_size=1, max_size=4))
def test_clauses_cover_every_text(texts):
    joined = JoinedTexts(pd.Series(texts))
    reading = ClauseReading(joined)
    at = np.arange(len(joined.points))
    starts, ends = reading.clause_bounds(at)
    assert ((starts <= at) & (at < ends)).all()
    assert (np.diff(reading.clause) >= 0).all()
    # A clause never goes over the end of a text.
    assert (joined.rows_of(starts) == joined.rows_of(ends - 1)).all()


@given(st.lists(st.text(max_size=9), max_size=6), st.integers(1, 20))
def test_chunks_hold_every_text_once(texts, characters):
    column = pd.Series(texts, dtype=object)
    chunks = list(joined_chunks(column, characters))
    assert [text for chunk in chunks for text in chunk.texts] == texts
    assert [chunk.first_row for chunk in chunks] == np.cumsum([0, *map(len, chunks)])[:-1].tolist()


def test_a_dot_between_digits_ends_no_clause():
    joined = JoinedTexts(pd.Series(["扣了3.5元，没说"]))
    assert ClauseReading(joined).clause[: len("扣了3.5元，没说")].tolist() == [0] * 7 + [1] * 2
