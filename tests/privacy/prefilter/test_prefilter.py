"""A column is masked as its rows are: the prefilter passes every row in which something is found."""

from __future__ import annotations

import csv

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.lexicon import lexicon_path
from csatext.privacy.find import find_pii
from csatext.privacy.prefilter.prefilter import may_hold_pii
from csatext.privacy.recognizers.name_lists import surnames
from csatext.privacy.redact import redact, redact_column

with lexicon_path("pii_context.tsv").open(encoding="utf-8", newline="") as lines:
    TRIGGER_WORDS = [row["word"] for row in csv.DictReader(lines, delimiter="\t")]

PIECES = [
    *("1", "13", "138", "0013", "8000", "13800138000", "010", "0591", "12345", "6222021234567890123"),
    *("-", " ", "，", "。", "：", "（", ")", "\n", "_", "/", "*", "***", "#", "·", "~", "😂", "\ufdd0"),
    *("a", "b1", "abc", "X", "Q", "v", "wx", "VX", "QQ", "SF", "JD", "E12345678", "Zhang San", "LI NA"),
    *("@", "qq.com", "(at)", "(At)", "艾特", "圈a", " at ", "117.1.2.3", "::", "fe80", "IP", "WJ"),
    *(
        "幺三八",
        "零零",
        "一百",
        "十",
        "三个零",
        "double ",
        "一千",
        "洞",
        "拐",
        "下划线",
        "点",
        "杠",
        "不对，",
    ),
    *("①", "③⑧", "㈠", "６", "０", "٣", "𝟏𝟑𝟖", "壹", "兩", "Ａ", "ｑｑ", "電話", "號"),
    *("号", "路", "栋", "室", "大厦", "302", "3栋", "2单元", "朝阳区", "建国路88号", "京A", "挂"),
    *("我", "是", "的", "您", "叫", "姓", "名字", "嗯", "那个", "收", "代收", "亲启", "签收", "亲自", "本人"),
    *("就", "请", "写", "填上", "改成", "必填", "已变更为", "那栏", "那", "地址", "2-1-106", "】", "同号"),
    *("先生", "女士", "张", "李四", "欧阳", "安娜", "迪丽", "某", "[手机号]", "很好"),
]


@pytest.mark.parametrize(
    "text",
    [
        "Q:zhangsan88",
        "QQabcdef",
        "VXabcdef",
        "支付宝号0010abc",
        "宽带账号1381V",
        "客户编号0013qq",
        "水表号8000v",
        "微信号a b c d e",
        "微信号a点b点c",
        "账号1_2_3_4_5",
        "邮箱someone(At)example.com",
        "，叫赵一一。",
        "赵一一亲自本人",
        "赵一一代收😂",
        "收件人Li Na",
        "联系人：小李，",
        "找王总",
        "欧阳主任",
        "收件人：热娜*贝尔，",
        "手机𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎",
        "收到563703这个验证码",
        "2179，验证码",
        "lily642爱特 163 点 com",
        "20000314出生",
    ],
)
def test_a_row_is_not_missed(text: str) -> None:
    assert find_pii(text)
    assert redact_column([text]).to_pylist() == [redact(text)]


@pytest.mark.parametrize("text", ["198711月21生人", "打53861903搵我", "联系人", "13800138000"])
def test_no_row_is_context_of_another(text: str) -> None:
    assert redact_column([text] * 70).to_pylist() == [redact(text)] * 70


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(PIECES)
            | st.sampled_from(TRIGGER_WORDS)
            | st.sampled_from(surnames())
            | st.text(max_size=3),
            max_size=9,
        ).map("".join),
        min_size=60,
        max_size=60,
    )
)
def test_a_column_of_any_pieces_is_what_each_row_is(rows: list[str]) -> None:
    assert redact_column(rows).to_pylist() == [redact(row) for row in rows]


def test_a_slice_of_a_column_with_nulls_is_read_at_its_place() -> None:
    column = pa.array(["打13800138000", None, "很好", "微信号 ab_12345", ""], pa.large_string())
    assert may_hold_pii(column).to_pylist() == [True, False, False, True, False]
    assert may_hold_pii(column.slice(1, 3)).to_pylist() == [False, False, True]
