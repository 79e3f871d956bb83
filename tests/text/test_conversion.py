"""Traditional to Simplified: regional terms, Simplified text untouched, offsets, the column form."""

import numpy as np
import opencc
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.errors import ParameterError
from csatext.lexicon import Lexicon
from csatext.text.conversion import _alone_and_runs, simplify_characters, to_simplified, to_simplified_column
from csatext.text.offsets import apply_edits

ALPHABET = "線上客服軟體門號簡訊服務態度隨身碟妳餸乾著客户反馈很好，。a \n\x00\x1e"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("線上客服的資訊不對，軟體一直當機", "在线客服的信息不对，软件一直死机"),
        ("客訴處理太慢，影片打不開", "投诉处理太慢，视频打不开"),
        ("網路斷線，簡訊也收不到", "网络断线，短信也收不到"),
        ("呼叫中心的指標與工廠的行程", "呼叫中心的指标与工厂的行程"),
        ("甜點選擇很多，肉類比較少", "甜点选择很多，肉类比较少"),
        ("商品質量不好，服務品質也差", "商品质量不好，服务质量也差"),
        ("發行銷售計畫，重視訊息", "发行销售计划，重视信息"),
        ("侍應態度差，叫埋單等咗半個鐘", "服务员态度差，叫买单等咗半个钟"),
        ("頭髮，發票，裏面，乾淨，乾隆，皇后，之後", "头发，发票，里面，干净，乾隆，皇后，之后"),
        ("碟頭餸好味，妳試過未", "碟头餸好味，你试过未"),
    ],
)
def test_terms_and_characters(text, expected):
    assert to_simplified(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "乾隆年间的著名皇后",
        "数位客户反映物件丢失",
        "软件程式、公車、登入、品質"[:4],
        "文件和项目的行程",
        "系统支援与专案",
        "里程、面条、台湾、云南",
    ],
)
def test_simplified_text_stays(text):
    assert to_simplified(text) == text


def test_simplified_text_with_a_few_traditional_characters():
    # Only these characters change; terms are left alone, as the writer is not from Taiwan.
    assert to_simplified("这个软件我用了很久，東西不错，影片清晰") == "这个软件我用了很久，东西不错，影片清晰"
    assert simplify_characters("東西") == "东西"


def test_offsets_where_a_term_changes_length():
    text = "我的門號和隨身碟，謝謝"
    converted, offsets = to_simplified(text, return_offsets=True)
    assert converted == "我的手机号和U盘，谢谢"
    assert offsets.tolist() == [0, 1, 2, 2, 3, 4, 5, 6, 8, 9, 10, 11]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30) | st.text(alphabet=ALPHABET, max_size=30))
def test_offsets_of_any_text(text):
    converted, offsets = to_simplified(text, return_offsets=True)
    assert converted == to_simplified(text)
    assert len(offsets) == len(converted) + 1
    assert offsets[-1] == len(text)
    assert (np.diff(offsets) >= 0).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20) | st.text(alphabet=ALPHABET, max_size=20), max_size=12))
def test_column_equals_row_by_row(texts):
    assert to_simplified_column(pa.array(texts, pa.string())).to_pylist() == [to_simplified(t) for t in texts]


def test_column_forms():
    series = pd.Series(["資訊", None, "信息"] * 100)
    assert to_simplified_column(series).to_pylist() == ["信息", "", "信息"] * 100
    chunked = pa.chunked_array([["軟體\x1e"], [], ["線\x00上"]], type=pa.string())
    assert to_simplified_column(chunked).to_pylist() == ["软件\x1e", "", "线\x00上"][::2]


def test_refusals():
    with pytest.raises(ParameterError, match="to_simplified_column"):
        to_simplified(None)
    with pytest.raises(ParameterError, match="一列文本"):
        to_simplified_column(pa.array([1]))


PHRASES = (
    "乾隆 乾淨 瞭望 瞭解 著作 看著 徵求 宮商角徵羽 餘年 鍾情 鐘頭 計畫 畫面 覆蓋 反覆 什麼 幺麼 藉口 慰藉"
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*PHRASES.split(), "，", "a", "餐廳", "服務", "々", "😀", "𠮷", "車"]), max_size=8
    )
)
def test_characters_are_converted_as_opencc_does(parts):
    text = "".join(parts)
    assert apply_edits(*_alone_and_runs(text)) == opencc.OpenCC("tw2s").convert(text)


def test_shipped_terms_are_simplified_and_used():
    terms = Lexicon.load("tw_hk_terms")
    assert len(terms) > 200
    for term in terms:
        canonical = str(terms[term].get("canonical"))
        assert simplify_characters(canonical) == canonical
        # 車 and 話 make the context Traditional; a term reads the same in any Traditional text.
        assert to_simplified(f"車{term}話") == f"车{canonical}话"


STAYS = [
    "皇后",
    "太后",
    "后天",
    "后来",
    "皇后大道",
    "著名",
    "显著",
    "著作",
    "土著",
    "名著",
    "著者",
    "著称",
    "原著",
    "专著",
    "论著",
    "编著",
    "合著",
    "巨著",
    "译著",
    "新著",
    "遗著",
    "所著",
    "著录",
    "拙著",
    "卓著",
    "昭著",
    "鲁迅著",
    "见微知著",
    "有著名的",
    "看著名导演",
    "望著者",
    "本著作权",
    "对著作感兴趣",
    "不著名",
    "张开著，上海",
    "后羿",
    "王后",
    "影后",
]


@pytest.mark.parametrize("text", STAYS)
def test_simplified_words_with_ambiguous_characters_stay(text):
    assert to_simplified(text) == text
    assert to_simplified_column(pa.array([text])).to_pylist() == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("然後呢", "然后呢"),
        ("太後悔了，今後不來", "太后悔了，今后不来"),
        ("他很著急", "他很着急"),
        ("跟著看，睡不著", "跟着看，睡不着"),
        ("接著名為甲的人", "接着名为甲的人"),
        ("當地土著看著名著", "当地土著看着名著"),
        ("專著與論著，顯著", "专著与论著，显著"),
        ("預設語言與預設立場", "默认语言与预设立场"),
        ("的士司機影響他的士氣", "出租车司机影响他的士气"),
        ("電單車超過數輛", "摩托车超过数辆"),
    ],
)
def test_ambiguous_characters_and_terms(text, expected):
    converted, offsets = to_simplified(text, return_offsets=True)
    assert converted == to_simplified(text) == expected
    assert to_simplified_column(pa.array([text, "好"])).to_pylist() == [expected, "好"]
    assert to_simplified(expected) == expected
    assert len(offsets) == len(expected) + 1
