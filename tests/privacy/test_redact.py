"""Masks hide the value, map back, repeat without change, and name one person by one token."""

from __future__ import annotations

import hashlib
import hmac
import traceback

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.errors import ParameterError, SchemaError
from csatext.privacy.find import find_pii
from csatext.privacy.redact import redact, redact_column, redact_turns

PIECES = [
    "我叫张三",
    "电话13800138000",
    "幺三八零零 幺三八零零零",
    "订单号 20260512345",
    "送到阳光花园3栋2单元501室",
    "张先生",
    "[手机号]",
    "[姓名#0123456789ab]",
    "京A12345",
    "12345678",
    "QQ",
    "：",
    "，",
    "很好",
    "联系人",
    "138",
]


def test_each_kind_has_its_mask() -> None:
    assert redact("我叫张三，电话13800138000") == "我叫[姓名]，电话[手机号]"
    assert redact("我叫张三，电话13800138000", kinds=["mobile"]) == "我叫张三，电话[手机号]"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=7), st.sampled_from([None, "key"]))
def test_a_second_redaction_changes_nothing(parts: list[str], key: str | None) -> None:
    once = redact("".join(parts), pseudonymize=key)
    assert redact(once, pseudonymize=key) == once
    assert redact(once) == once


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=6))
def test_offsets_map_every_character_back(parts: list[str]) -> None:
    text = "".join(parts)
    result, offsets = redact(text, return_offsets=True)
    assert result == redact(text)
    assert offsets.dtype == np.int64
    assert offsets.shape == (len(result) + 1,)
    assert offsets[-1] == len(text)
    assert (np.diff(offsets) >= 0).all()
    if result == text:
        assert (offsets == np.arange(len(text) + 1)).all()


def test_offsets_of_a_mask_are_the_start_of_the_value() -> None:
    result, offsets = redact("打13800138000吧", return_offsets=True)
    assert result == "打[手机号]吧"
    assert offsets.tolist() == [0, 1, 1, 1, 1, 1, 12, 13]


def test_one_value_has_one_token_in_every_spoken_form() -> None:
    token = hmac.new(b"k", b"mobile:13800138000", hashlib.sha256).hexdigest()[:12]
    for text in ("13800138000", "138-0013-8000", "+86 13800138000", "幺三八，零零幺三，八零零零"):
        assert redact(text, pseudonymize="k") == f"[手机号#{token}]"
    assert redact("13800138000", pseudonymize=b"other") != f"[手机号#{token}]"


def test_bad_arguments_are_refused_without_the_text() -> None:
    for bad in ({"kinds": ["phone"]}, {"kinds": "mobile"}, {"pseudonymize": ""}, {"pseudonymize": 3}):
        with pytest.raises(ParameterError) as error:
            redact("13800138000", **bad)
        assert "13800138000" not in str(error.value)


def test_a_column_is_what_each_row_is() -> None:
    rows = ["".join(PIECES[i:j]) for i in range(len(PIECES)) for j in range(i, len(PIECES))]
    expected = [redact(row) for row in rows]
    assert redact_column(pa.array(rows)).to_pylist() == expected
    assert redact_column(pd.Series(rows)).to_pylist() == expected
    chunked = pa.chunked_array([rows[:9], rows[9:]])
    assert redact_column(chunked).to_pylist() == expected
    assert redact_column(chunked).type == pa.string()


def test_a_column_keeps_nulls_and_refuses_numbers() -> None:
    assert redact_column(pa.array([None, "张先生"])).to_pylist() == [None, "[姓名]先生"]
    assert redact_column(pa.array([], type=pa.string())).to_pylist() == []
    with pytest.raises(ParameterError, match="一列文本"):
        redact_column(pa.array([1, 2]))


def test_a_column_takes_lists_categories_and_numbers_among_texts() -> None:
    mixed = ["打13800138000", 13800138000, 5, None, float("nan")]
    expected = ["打[手机号]", "[手机号]", "5", None, None]
    assert redact_column(mixed).to_pylist() == expected
    assert redact_column(pd.Series(mixed, dtype=object)).to_pylist() == expected
    assert redact_column(pd.Series(["13800138000", "慢"], dtype="category")).to_pylist() == ["[手机号]", "慢"]
    assert redact_column(pa.array(["13800138000", "慢"]).dictionary_encode()).to_pylist() == [
        "[手机号]",
        "慢",
    ]
    assert redact_column([None]).to_pylist() == [None]
    assert redact_column([]).to_pylist() == []


@pytest.mark.parametrize(
    "bad", ["13800138000", 13800138000, None, [["13800138000"]], pd.Series([13800138000]), [b"13800138000"]]
)
def test_what_is_no_column_of_texts_is_refused_without_its_values(bad: object) -> None:
    with pytest.raises(ParameterError, match=r"文本|字符串") as error:
        redact_column(bad)
    assert "13800138000" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("bad", [None, float("nan"), 13800138000, b"13800138000", ["13800138000"]])
def test_what_is_no_text_is_refused_without_its_value(bad: object) -> None:
    for call in (redact, find_pii):
        with pytest.raises(ParameterError, match="str") as error:
            call(bad)
        assert "13800138000" not in str(error.value)


@pytest.mark.parametrize(
    "bad", ["13800138000", ["13800138000x"], ["一三八零零一三八零零零"], 5, [5], [["x"]]]
)
def test_a_value_in_the_place_of_a_kind_is_not_shown(bad: object) -> None:
    with pytest.raises(ParameterError, match="mobile") as error:
        redact("好", kinds=bad)
    assert not any(value in str(error.value) for value in ("138", "一三八"))


def test_half_surrogate_pairs_keep_every_place() -> None:
    text = "慢\ud83d，打13800138000\udc00"
    assert redact(text) == "慢\ud83d，打[手机号]\udc00"
    assert [tuple(found) for found in find_pii(text)] == [(4, 15, "mobile")]
    assert redact_column([text, None]).to_pylist() == ["慢\ufffd，打[手机号]\ufffd", None]
    assert redact("13800138000", pseudonymize="\ud83d") != redact("13800138000", pseudonymize="k")
    turns = pd.DataFrame({"doc_id": "c", "turn_id": [0], "role": "customer", "text": [text]}, dtype=object)
    assert redact_turns(turns)["text"].tolist() == ["慢\ud83d，打[手机号]\udc00"]


def test_turns_of_numbers_and_categories() -> None:
    turns = pd.DataFrame({"doc_id": "c", "turn_id": [0, 1], "role": "customer"})
    numbers = turns.assign(text=pd.Series([13800138000, None], dtype=object))
    assert redact_turns(numbers)["text"].tolist() == ["[手机号]", None]
    named = turns.assign(text=pd.Series(["13800138000", "慢"], dtype="category"))
    assert redact_turns(named)["text"].tolist() == ["[手机号]", "慢"]
    with pytest.raises(SchemaError, match="int64"):
        redact_turns(turns.assign(text=[13800138000, 1]))


def test_turns_get_a_mask_in_each_part_with_one_token() -> None:
    turns = pd.DataFrame(
        {
            "doc_id": "c",
            "turn_id": [0, 1, 2],
            "role": ["customer", "agent", "customer"],
            "text": ["号码幺三八零零", "嗯", "幺三八零零零"],
        }
    )
    before = turns.copy()
    token = redact("13800138000", pseudonymize="k")
    assert redact_turns(turns, pseudonymize="k")["text"].tolist() == ["号码" + token, "嗯", token]
    assert redact_turns(turns)["text"].tolist() == ["号码[手机号]", "嗯", "[手机号]"]
    pd.testing.assert_frame_equal(turns, before)
