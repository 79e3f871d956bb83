"""Cleaning: what each step does, that twice is once, that columns and offsets agree with the plain form."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.errors import ParameterError
from csatext.text.cleaning import DEFAULT_STEPS, clean, clean_column
from csatext.text.steps.characters import BLANK, INVISIBLE, for_arrow, shorten_word_runs
from csatext.text.steps.emoticons import name_emoticons
from csatext.text.steps.markup import remove_mentions, replace_urls
from csatext.text.steps.step import pattern_step, run_step

FRAGMENTS = [
    *("&amp;", "&", "amp;", "#38;", "lt;", "&#60;", "&#x200b;", "&nbsp", "&#65313;", "&;", "nbsp;", "quot;"),
    *("<br>", "<b", ">", "<", "/>", "<!--", "-->", "<a href='x'>", "</div >", "<script>", "</script>"),
    *("http://", "https://a.cn/b?c", "www.", "x.com", "，", "。", "！", "!", "??", "？？", "?", "..", "……"),
    *(
        "統(tǒng)",
        "(",
        ")",
        "（",
        "）",
        "tǒng",
        "們(men)",
        "(wifi)",
        "数",
        "据",
        "客户",
        "蛻舴",
        "蛻艚Y",
        "\ue848",
    ),
    *(
        "\u200b",
        "\ufeff",
        "\u200d",
        "\ufe0f",
        "😀",
        "❤",
        "👩",
        "\x00",
        "\x1e",
        "\x85",
        " ",
        "\t",
        "\n",
        "\u3000",
    ),
    *("ＡＢ", "１２", "ａｍｐ；", "ａ", "aaaaaa", "xxxxxx", "1111", "****", "~~", "~", "----", "#", "[", "]"),
    *(
        "/::)",
        "/:rose",
        *("/:^_^", "/:!", ",", ",@!", "/:", ":", "(", "[em]", "e100", "[/em]", "/:068"),
        *("<br", " / >", "<b c", "=", '"', "(kè fú)", "A", "AAAAA", "5", "https://例子", ".中国/"),
        "/微笑",
        "[ 微笑 ]",
        "［赞］",
        "#E-s01",
        "#E-s[数字x]",
        "[数字x]",
        "\ufffd",
        "\ud800",
        "@",
    ),
]
FRAGMENTS += ["？？蛻袅孔兓", "\ufffd突Х从", "袅孔", "／／", "＆", "＃", "＠"]
MIXED = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=14).map("".join)
ENCODABLE = MIXED.map(lambda text: text.encode("utf-8", "ignore").decode("utf-8"))
ANY = st.text(max_size=60) | MIXED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("很好", "很好"),
        ("很\u200b好\ufeff，\x07不错\ud800", "很好，不错"),
        ("一家👨\u200d👩\u200d👧和\u200d我", "一家👨\u200d👩\u200d👧和我"),
        ("订单ＡＢ１２，！（好）", "订单AB12，！（好）"),
        ("３．５％～５－６／ａ＠ｂ．ｃｎ：＜好＞", "3.5%～5-6/a@b.cn：＜好＞"),
        ("A&amp;B&hellip;&#183;&#xB7;&lt;3", "A&B…··<3"),
        ("&amp;amp;lt;br&amp;gt;好", "好"),
        ("a&nbsp&nbsp;b&unknown;c & d", "a b&unknown;c & d"),
        ("<p>慢</p><br/>差<IMG src='a.png'>", "慢 差"),
        ("<很好><lift><3<b吃饭", "<很好><lift><3<b吃饭"),
        ("<!-- 注释 -->好<style>p{color:red}</style>", "好"),
        ("见http://t.cn/Rx1a，或www.example.com。谢谢", "见 ，或 。谢谢"),
        ("慢<br / >好<br", "慢 好"),
        ("慢<br很差<img src='a", "慢 很差"),
        ('<img onerror="a>b">好<a href="x>坏</a>', "好 坏"),
        ("好<input TYPE=补充点评 很慢", "好<input TYPE=补充点评 很慢"),
        ("<td nowrap>好<o:p></o:p>", "好"),
        ("if a<b then c>d，a<p 或 价格<a", "if a<b then c>d，a<p 或 价格<a"),
        ("见https://例子.中国/a?b=1，好", "见 ，好"),
        ("见https://www.例子.com很慢", "见 很慢"),
        ("客服(kè fú)很好，请问银行(yínháng)", "客服很好，请问银行"),
        ("服(kè fú) 苹果(iphone se) 客服(ke fu)", "服(kè fú) 苹果(iphone se) 客服(ke fu)"),
        ("型号AAAAA5和5BBBBBB-C，ccccccc", "型号AAAAA5和5BBBBBB-C，ccc"),
        ("好/:^_^评/::(/:rose谢谢/::)", "好[Smile]评[Frown][rose]谢谢[Smile]"),
        ("[em]e100[/em]差[em_12] /:068 /:8*8 /:,,,@!", "[em_100]差[em_12] [em_068] [em] [Toasted]"),
        ("/:000/微笑 #E-s01/大哭 /:rose/微笑", "[em_000][微笑] [表情][大哭] [rose][微笑]"),
        ("/:note http://a.cn/:x 24/7", "/:note 24/7"),
        ("表情[微笑]和[数字x]", "表情[微笑]和[数字x]"),
        ("#E-s[数字x]你好 #E-s01", "[表情]你好 [表情]"),
        ("谢谢 /微笑/大哭 ［赞］[ 泪 ]", "谢谢 [微笑][大哭] [赞][泪]"),
        ("好/坏 手机/微笑服务 (^_^) >_<", "好/坏 手机/微笑服务 (^_^) >_<"),
        ("太差了！！！！!!!", "太差了！!"),
        ("嗯......好————👍👍👍👍👍", "嗯...好———👍👍👍"),
        ("13800008888 138****8888 xxxx 100000", "13800008888 138****8888 xxxx 100000"),
        ("gooooooood哈哈哈哈哈天天", "goood哈哈哈哈哈天天"),
        (" \u3000好 \r\n\t 的\n", "好 的"),
    ],
)
def test_each_step(text, expected):
    assert clean(text) == expected


def test_steps_can_be_dropped_added_and_reordered():
    def without_marks(text):
        return text.replace("！", "")

    assert clean(" 好！！ ", steps=[]) == " 好！！ "
    assert clean(" 好！！ ", steps=[without_marks]) == " 好 "
    assert clean(" 好！！ ", steps=[*DEFAULT_STEPS, without_marks]) == "好"
    assert (
        clean(" 好！！ ", [without_marks]) == clean_column(pa.array([" 好！！ "]), [without_marks])[0].as_py()
    )
    assert clean("哈哈哈哈哈", steps=[shorten_word_runs]) == "哈哈哈"
    assert clean("看http://a.cn/1", steps=[replace_urls("[链接]")]) == "看[链接]"
    assert clean("@小店 你好 a@b.cn", steps=[remove_mentions]) == "  你好 a@b.cn"
    assert clean("😂/::)谢谢/:rose", steps=[name_emoticons]) == "[笑哭][微笑]谢谢[玫瑰]"
    assert clean("/:note/:no", steps=[name_emoticons]) == "/:note[NO]"


def test_column_with_a_plain_function_and_missing_values():
    texts = pd.Series(["好 ", None, "差！！"])
    cleaned = clean_column(texts, steps=[str.strip, lambda text: text + "。"])
    assert cleaned.to_pylist() == ["好。", "。", "差！！。"]
    assert clean_column(pd.Series([], dtype="str")).to_pylist() == []
    assert clean_column(pa.chunked_array([["好！！"], ["", " 差"]])).to_pylist() == ["好！", "", "差"]
    assert clean_column(pa.array(["a", "a "]).dictionary_encode()).to_pylist() == ["a", "a"]


def test_refusals_say_what_is_wanted():
    with pytest.raises(ParameterError, match="clean_column"):
        clean(["一", "二"])
    with pytest.raises(ParameterError, match="steps"):
        clean("一", steps=["strip"])
    with pytest.raises(ParameterError, match=r"DEFAULT_STEPS"):
        clean("一", steps=None)
    for refused in (
        lambda: clean("一", [print]),
        lambda: clean("一", [print], return_offsets=True),
        lambda: clean_column(pa.array(["一"]), [print]),
    ):
        with pytest.raises(ParameterError, match=r"「print」返回了 NoneType"):
            refused()
    for column in (pa.array([1, 2]), pd.Series([1.5, None])):
        with pytest.raises(ParameterError, match="一列文本"):
            clean_column(column)


def test_character_classes_say_what_they_mean():
    inside = {chr(code) for code in range(0x11000) if chr(code).isspace()}
    found = pa.compute.match_substring_regex(pa.array(sorted(inside)), f"^{for_arrow(BLANK)}$")
    assert all(found.to_pylist())
    outside = [
        chr(code) for code in range(0x21, 0x3000) if chr(code).isalnum() and code not in (0x115F, 0x1160)
    ]
    assert not any(pa.compute.match_substring_regex(pa.array(outside), for_arrow(INVISIBLE)).to_pylist())


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_cleaning_twice_is_cleaning_once(text):
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


@settings(max_examples=120, deadline=None)
@given(st.lists(ENCODABLE | st.text(max_size=60), max_size=8))
def test_column_equals_row_by_row(texts):
    assert clean_column(pa.array(texts, pa.string())).to_pylist() == [clean(text) for text in texts]


def check_offsets(text, cleaned, offsets):
    assert offsets.dtype == np.int64
    assert len(offsets) == len(cleaned) + 1
    assert offsets[-1] == len(text)
    assert (np.diff(offsets) >= 0).all()
    assert offsets[0] >= 0


@settings(max_examples=120, deadline=None)
@given(ANY)
def test_offsets_of_the_whole_road(text):
    cleaned, offsets = clean(text, return_offsets=True)
    assert cleaned == clean(text)
    check_offsets(text, cleaned, offsets)


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_offsets_of_every_step(text):
    for step in [*DEFAULT_STEPS, shorten_word_runs, remove_mentions, name_emoticons, str.upper]:
        changed, offsets = run_step(step, text)
        assert changed == step(text)
        if offsets is None:
            assert changed == text
            continue
        check_offsets(text, changed, offsets)
        # What no edit touched must be found where the map says.
        edits = step.find(text) if step is not str.upper else None
        if edits is not None:
            untouched = set(range(len(text))).difference(*(range(start, end) for start, end, _ in edits))
            back = {int(at) for at, char in zip(offsets, changed, strict=False) if text[at : at + 1] == char}
            assert untouched <= back


def test_offsets_show_the_words_in_the_original():
    text = "<p>订单ＡＢ１２ &nbsp; 还没　到！！！</p>"
    cleaned, offsets = clean(text, return_offsets=True)
    assert cleaned == "订单AB12 还没 到！"
    for word, original in (("AB12", "ＡＢ１２"), ("还没", "还没"), ("到", "到"), ("订单", "订单")):
        start = cleaned.index(word)
        assert text[offsets[start] : offsets[start + len(word)]].startswith(original)


def test_the_name_of_an_emoticon_maps_to_itself():
    for text in ("慢 /微笑/大哭 差", "慢［微笑］[  大哭 ]差", "慢[微笑][大哭]差"):
        cleaned, offsets = clean(text, return_offsets=True)
        for name in ("微笑", "大哭"):
            start = cleaned.index(f"[{name}]") + 1
            assert "".join(text[at] for at in offsets[start : start + 2]) == name


def test_a_rule_of_the_user_gets_offsets_too():
    polite = pattern_step("polite", "[。！]?谢谢[。！]*", "")
    cleaned, offsets = clean("退货。谢谢！已退款", steps=[polite], return_offsets=True)
    assert (cleaned, offsets.tolist()) == ("退货已退款", [0, 1, 6, 7, 8, 9])


@pytest.mark.parametrize(
    "unit",
    [
        "好",
        "a",
        "!",
        "?",
        "&",
        "&amp;",
        "<",
        "<b ",
        "(",
        "統(",
        " ",
        "\n",
        ".",
        "http://",
        "[",
        "/:",
        "@",
        "\u200d😀",
        "??蛻",
    ],
)
def test_time_grows_with_length_only(unit):
    # 300,000 characters in well under the seconds that a quadratic step would take (10^10 comparisons).
    text = unit * (300_000 // len(unit))
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
