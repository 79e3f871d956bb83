"""Time is linear in the length of a text, and short cuts through long lists of digits change no result."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.privacy.find import find_pii
from csatext.privacy.recognizers import numbers

PIECES = [
    *("1", "3", "8", "0", "13", "138", "0013", "8000", "13800138000", "010", "0591", "86", "+86", "852"),
    *("110105", "19491231", "002X", "4111", "1111", "_", "-", " ", "，", "a", "嗯", "幺三八", "零零", "十"),
    *("电话", "订单号", "卡号", "验证码", "元", "打61234567搵我"),
]


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "幺三八",
        "省市区",
        "1 ",
        "13800138000，",
        "路3号",
        "联系人张三",
        "京A，",
        "手机号138后面那个",
        "E1 ",
        "好的",
        "a1",
        "0 ",
        "1_",
        "3 ",
        "十",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            find_pii(text)
            best = min(best, time.process_time() - start)
        return best

    # Four times the length: about 4 in linear time, 16 in quadratic.
    assert seconds(40_000) < 10 * max(seconds(10_000), 0.005)


@pytest.mark.parametrize("unit", ["0-", "0 ", "零 ", "1 3", "洞 ", "十", "1_", "(0)", "3 4 "])
def test_a_list_of_digits_is_read_fast(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    start = time.process_time()
    find_pii(text)
    # about 0.1 s; 1 to 3 s when every digit is tried as the start of every kind of value
    assert time.process_time() - start < 0.6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        min_size=8,
        max_size=60,
    )
)
def test_starts_are_where_the_search_finds_values(parts: list[str]) -> None:
    text = "".join(parts)
    everywhere = find_pii(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "_MANY", 0)
        assert find_pii(text) == everywhere


def test_values_are_found_within_a_long_list_of_digits() -> None:
    text = "0 " * 3000 + "13800138000" + " 0" * 3000 + "，电话62345678"
    assert [(kind, text[start:end]) for start, end, kind in find_pii(text)] == [
        ("mobile", "13800138000"),
        ("landline", "62345678"),
    ]
