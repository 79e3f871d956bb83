from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.strings import string_array
from csatext.text.preparation import Preparation

PIECES = [
    "客訴",
    "電話13800138000",
    "！！！！",
    "&amp;",
    "<br>",
    "统(tǒng)计",
    " ",
    "ｗｉｆｉ",
    "[微笑]",
    "\n",
    "网速太慢",
    "😡",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=30))
def test_one_text_equals_the_column_and_the_map_is_sound(text):
    preparation = Preparation()
    column = preparation.column(string_array([text])).to_pylist()[0]
    source = string_array([text]).to_pylist()[0]
    prepared, offsets = preparation.one(source)
    assert prepared == column
    assert len(offsets) == len(prepared) + 1
    assert offsets[-1] == len(source)
    assert (np.diff(offsets) >= 0).all()


def test_unchanged_characters_lead_back():
    source = "统(tǒng)计：電話13800138000，网速太慢"
    prepared, offsets = Preparation().one(source)
    assert prepared == "统计：电话[手机号]，网速太慢"
    assert source[offsets[prepared.index("网")] :] == "网速太慢"
    assert source[offsets[prepared.index("[")] : offsets[prepared.index("]") + 1]] == "13800138000"


def test_each_part_can_be_switched_off():
    text = string_array(["客訴 13800138000"])
    assert Preparation(redact=False, simplify=False).column(text).to_pylist() == ["客訴 13800138000"]
    assert Preparation(simplify=False).column(text).to_pylist() == ["客訴 [手机号]"]


def test_the_key_is_not_shown():
    assert "secret" not in repr(Preparation(pseudonymize="secret"))


@pytest.mark.parametrize(
    "texts", [["a", None, float("nan"), pd.NA, 5], pd.Series(["a", None, None, None, "5"], dtype="str")]
)
def test_missing_texts_are_empty(texts):
    assert string_array(texts).to_pylist() == ["a", "", "", "", "5"]


def test_half_surrogates_are_replaced():
    assert string_array(["好\ud83d"]).to_pylist() == ["好\ufffd"]
