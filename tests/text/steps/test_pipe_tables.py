"""Flattened tables: their cells, and cleaning that takes only pipes and rules away."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.errors import ParameterError
from csatext.text.cleaning import clean, clean_column
from csatext.text.offsets import apply_edits
from csatext.text.steps.pipe_tables import pipe_tables, remove_pipes

OUTER = "目标见此\n| 指标 | 目标 |\n|:---|---:|\n| 接通率 | 90% |\n| 弃呼率 | |\n以后再说"
INNER = "指标 | 目标\n---|---\n接通率 | 90%\n弃呼率 |"
BARE = "班组 | 来电\n甲组 | 120\n乙组 | 95"
BROKEN = "項目 | 方法 | 改進 |\n---|---|---|\n滿意度 |\n|\n加強培訓 |\n投訴 |\n|\n加快回覆 |"
PIECES = [
    "|",
    "｜",
    "│",
    "---",
    "-",
    ":",
    " ",
    "\n",
    "\r\n",
    "\u2028",
    "甲",
    "乙组",
    "90%",
    "a",
    "<br>",
    "，",
]
PIPED = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@pytest.mark.parametrize("text", [OUTER, INNER, INNER.replace("|", "｜"), INNER.replace("\n", "\r\n")])
def test_a_table_with_a_rule_row(text):
    [table] = pipe_tables(text)
    assert table.columns.tolist() == ["指标", "目标"]
    assert table["指标"].tolist() == ["接通率", "弃呼率"]
    assert table["目标"].isna().tolist() == [False, True]
    assert table["目标"][0] == "90%"


def test_rows_of_equal_width_are_a_table():
    [table] = pipe_tables(BARE)
    assert table.to_dict("list") == {"班组": ["甲组", "乙组"], "来电": ["120", "95"]}
    assert pipe_tables("首页 | 关于\n电话 | 地址") == []
    assert pipe_tables("好|坏") == pipe_tables("") == pipe_tables("一\n---\n二") == []
    assert len(pipe_tables(f"{BARE}\n\n{OUTER}")) == 2


def test_a_broken_row_is_joined():
    [table] = pipe_tables(BROKEN)
    assert table["項目"].tolist() == ["滿意度", "投訴"]
    assert table["方法"].isna().all()
    assert table["改進"].tolist() == ["加強培訓", "加快回覆"]


def test_short_rows_long_rows_and_no_header():
    [table] = pipe_tables("|---|---|\n| 甲 |\n| 乙 | 1 | 2 |")
    assert table.columns.tolist() == ["列1", "列2"]
    assert table["列1"].tolist() == ["甲", "乙"]
    assert table["列2"].fillna("").tolist() == ["", "1 | 2"]
    [same] = pipe_tables("名|名|\n-|-|\n甲|乙|")
    assert same.columns.tolist() == ["名", "名_2"]


def test_cleaning_takes_pipes_and_rules_away():
    assert clean(OUTER) == "目标见此 指标 目标 接通率 90% 弃呼率 以后再说"
    assert clean(BARE) == "班组 来电 甲组 120 乙组 95"
    assert clean("好|坏 A|B") == "好|坏 A|B"
    cleaned, offsets = clean(OUTER, return_offsets=True)
    at = cleaned.index("接通率")
    assert OUTER[offsets[at] : offsets[at + 3]] == "接通率"


@settings(max_examples=300, deadline=None)
@given(PIPED)
def test_cleaning_is_idempotent_and_keeps_every_word(text):
    once = remove_pipes(text)
    assert remove_pipes(once) == once
    assert clean(clean(text)) == clean(text)
    words = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    assert [character for character in once if "\u4e00" <= character <= "\u9fff"] == words
    cleaned, offsets = clean(text, return_offsets=True)
    assert len(offsets) == len(cleaned) + 1 and offsets[-1] == len(text) and (np.diff(offsets) >= 0).all()
    assert apply_edits(text, remove_pipes.find(text)) == once
    assert clean_column(pa.array([text])).to_pylist() == [cleaned]
    for table in pipe_tables(text):
        assert table.columns.is_unique


def test_only_text_is_taken():
    with pytest.raises(ParameterError, match="text"):
        pipe_tables(None)
