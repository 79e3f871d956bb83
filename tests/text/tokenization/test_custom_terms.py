"""What stays whole: added terms by the longest, quantities by their shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.text.offsets import merge_spans, span_array
from csatext.text.tokenization.custom_terms import TermMatcher, checked_terms
from csatext.text.tokenization.quantities import quantity_spans


def found(text):
    return [text[start:end] for start, end in quantity_spans(text)]


@pytest.mark.parametrize(
    "quantity",
    [
        *(
            "3天",
            "15.5GB",
            "10000mAh",
            "50%",
            "99.9％",
            "3.5折",
            "5G",
            "2023款",
            "24h",
            "1-2天",
            "100多块",
            "3.5万",
        ),
        *(
            "¥5,999",
            "￥99",
            "99.9元",
            "3万块",
            "20美元",
            "$20.5",
            "HK$300",
            "RMB500",
            "1,234,567元",
            "3块5",
            "30%-50%",
        ),
        *(
            "2026-5-1",
            "2026/5/1",
            "2026.5.1",
            "2026年5月1日",
            "5月1日",
            "10月",
            "2026年",
            "2026-05",
            "16年5月",
        ),
        *("14:30", "14:30:59", "8:30-17:30", "3点半", "8点30分", "10:00pm", "2026-05-01T14:30:00Z"),
        *("v2.3.1", "V6.5", "12.0.1", "iOS 17.2.1", "USB3.0"),
        *(
            "iPhone 15 Pro",
            "iPhone15",
            "Mate60Pro",
            "Mate 60 Pro Max",
            "RTX4090",
            "RTX 4090",
            "P30 Pro",
            "13 Ultra",
        ),
        *("[订单号]", "[数字x]", "[手机号#ab12cd34ef56]", "#E-s[数字x]", "7*24小时", "1/3", "3个半月"),
    ],
)
def test_a_quantity_is_one_token(quantity):
    assert found(quantity) == [quantity]
    assert ct.Tokenizer()(f"用了{quantity}很好") == ["用", "了", quantity, "很", "好"]
    assert quantity in ct.Tokenizer()(f"，{quantity}，")


def test_digits_alone_are_left_to_the_engine():
    assert found("拨打12306，买2送1，共100") == []
    assert ct.Tokenizer()("拨打12306") == ["拨打", "12306"]


def test_neighbours_of_a_quantity():
    assert found("16GB+512GB") == ["16GB", "512GB"]
    assert found("99元T恤送5天VIP") == ["99元", "5天"]
    assert found("14:30到15:20") == ["14:30", "15:20"]
    assert found("iPhone 2台") == ["2台"]
    assert found("12GBx") == []
    assert found("[重要通知：因天气原因延迟]") == []


def test_type_c_is_whole():
    assert "type-c" in ct.Tokenizer()("用type-c充电")


def test_an_added_term_goes_before_a_quantity():
    assert ct.Tokenizer(["元月租"])("15元月租") == ["15", "元月租"]
    assert ct.Tokenizer(["15元月租"])("交15元月租") == ["交", "15元月租"]


def test_the_longest_term_wins_then_the_first():
    matcher = TermMatcher(["退款", "极速退款", "退款速度", "速度"])
    assert matcher.spans("极速退款速度").tolist() == [[0, 4], [4, 6]]
    assert TermMatcher(["甲乙", "乙丙丁"]).spans("甲乙丙丁").tolist() == [[1, 4]]
    assert TermMatcher(["甲乙", "乙丙", "丙丁"]).spans("甲乙丙丁").tolist() == [[0, 2], [2, 4]]


@settings(max_examples=200, deadline=None)
@given(
    st.text("甲乙丙", max_size=12),
    st.lists(st.text("甲乙丙", min_size=1, max_size=4), min_size=1, max_size=5),
)
def test_terms_kept_as_by_brute_force(text, terms):
    places = [(i, j) for i in range(len(text)) for j in range(i + 1, len(text) + 1) if text[i:j] in terms]
    kept = []
    for start, end in sorted(places, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    assert TermMatcher(checked_terms(terms)).spans(text).tolist() == [list(span) for span in sorted(kept)]


def test_a_term_that_overlaps_itself_takes_linear_time():
    assert len(TermMatcher(["哈哈哈"]).spans("哈" * 100_000)) == 33_333


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), max_size=8))
@settings(max_examples=80, deadline=None)
def test_merged_spans_are_disjoint_and_hold_the_first(pairs):
    lists = [[], []]
    for at, (start, length) in enumerate(pairs):
        if all(start + length <= a or b <= start for a, b in lists[at % 2]):
            lists[at % 2].append((start, start + length))
    first, second = (span_array(sorted(spans)) for spans in lists)
    merged = merge_spans(first, second)
    assert (merged[1:, 0] >= merged[:-1, 1]).all()
    expected = lists[0] + [s for s in lists[1] if all(s[1] <= a or b <= s[0] for a, b in lists[0])]
    assert merged.tolist() == [list(span) for span in sorted(expected)]


@settings(max_examples=150, deadline=None)
@given(st.text("0123456789.,:-/年月日元GBvP iPhone¥[]x天", max_size=25))
def test_any_shape_gives_disjoint_spans_within_the_text(text):
    spans = quantity_spans(text)
    assert spans.dtype == np.int64 and (spans[:, 1] > spans[:, 0]).all()
    assert (spans[1:, 0] >= spans[:-1, 1]).all() and (spans <= len(text)).all()
    assert "".join(ct.Tokenizer(lexicons=())(text)) == text
