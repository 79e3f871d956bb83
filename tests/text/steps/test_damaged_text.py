"""Repairs: pinyin notes, GBK that lost a byte (damage made here), bodies pasted twice."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.text.cleaning import DEFAULT_STEPS, clean
from csatext.text.steps.character_bigrams import log_likelihoods
from csatext.text.steps.damaged_text import (
    cut_repeated_bodies,
    cut_repeated_lines,
    remove_pinyin_notes,
    repair_shifted_gbk,
)
from csatext.text.steps.repeated_bodies import LEAST_BODY, find_repeated_bodies
from csatext.text.steps.shifted_gbk import find_shifted_gbk

GAPS = {(0xFE, 0x84): "\ue848", (0xA8, 0xBF): "\ue7c8"}
"""Two of the cells without a character, from the table of GB 18030-2000."""


def shifted(text):
    """Lose the first byte and read on as a Windows decoder does, with code page 936's private area."""
    data = text.encode("gbk")[1:]
    out, i = "?", 0
    while i < len(data):
        if data[i] < 0x80:
            out, i = out + chr(data[i]), i + 1
            continue
        lead, trail = data[i], data[i + 1] if i + 1 < len(data) else 0
        if trail < 0x40:
            out, i = out + "?", i + 1 + (trail == 0x28)
            continue
        try:
            char = bytes([lead, trail]).decode("gbk")
        except UnicodeDecodeError:
            cell = trail - 0x40 - (trail > 0x7F)
            if (lead, trail) in GAPS:
                char = GAPS[lead, trail]
            elif lead >= 0xAA and trail >= 0xA1:
                rows = lead - 0xAA if lead < 0xF8 else lead - 0xF8 + 6
                char = chr(0xE000 + rows * 94 + trail - 0xA1)
            else:
                char = chr(0xE4C6 + (lead - 0xA1) * 96 + cell)
        out, i = out + char, i + 2
    return out.replace("？", "?", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("統(tǒng)計(jì)數(shù)據(jù)", "統計數據"),
        ("統(tǒng)(tǒng)計", "統計"),
        ("服務（wù）質(zhì)量", "服務質量"),
        ("綠(lǜ)色、女(nǚ)客、呒(ḿ)、歐(ōu)", "綠色、女客、呒、歐"),
        ("數(shu\u0300)", "數"),
        ("我們(men)的", "我們的"),
        ("手机(app)和客服(wifi)，时间(ms)、套餐(VIP)", "手机(app)和客服(wifi)，时间(ms)、套餐(VIP)"),
        ("问(ā b)答(résumé)过(café)", "问(ā b)答(résumé)过(café)"),
        ("(tǒng)計", "(tǒng)計"),
    ],
)
def test_pinyin_notes(text, expected):
    assert remove_pinyin_notes(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "。客户反映物流速度太慢，客服一直没有回复消息。",
        "。客戶要求退貨並且賠償運費，客服沒有處理。",
        "。开通宽带要等三天，没人解释原因。",
        "。看了说明书还是不会用，打电话也没人接。",
    ],
)
def test_shifted_gbk_is_found_and_repaired(sentence):
    text = f"昨天收到了{shifted(sentence)},差评"
    spans = find_shifted_gbk(text)
    assert len(spans) == 1
    assert spans[0].start == 5
    # A span ends where the grid restarts; the very last character lost its second half for good.
    whole = text[:5] + spans[0].repaired + text[spans[0].end :]
    assert whole.startswith("昨天收到了" + sentence[:-1])
    assert "客" in spans[0].repaired or "开" in spans[0].repaired or "看" in spans[0].repaired
    repaired = clean(text)
    assert repaired.startswith("昨天收到了" + spans[0].repaired)
    assert repaired.endswith(",差评")


def test_shifted_gbk_ends_inside_a_pinyin_note():
    text = f"很好{shifted('。客戶服務(wù)熱線(xiàn)打不通')}"
    assert "(" not in text[: text.index("ù")]
    assert repair_shifted_gbk(text) == "很好。客戶服務(wù)熱線(xiàn)打不通"
    assert clean(text) == "很好。客戶服務熱線打不通"


def test_shifted_gbk_takes_an_ascii_second_half():
    # 慮 is 91 5D in GBK, and 5D is the closing bracket.
    text = f"謝謝{shifted('。考慮退貨')}"
    assert text == "謝謝??紤]退貨"
    assert repair_shifted_gbk(text) == "謝謝。考慮退貨"


@pytest.mark.parametrize(
    "text",
    [
        "真的吗??我不信",
        "??",
        "？？？你们",
        "咖啡??咖啡机坏了",
        "\ufffd客服",
        "啊?!!啰嗦??嗯嗯嗯",
        "what??ok",
        "??蛻",
        "呵呵??饕餮盛宴",
    ],
)
def test_ordinary_question_marks_stay(text):
    assert find_shifted_gbk(text) == []


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="?？\ufffd蛻舴\ue848艚Y(ā)客户袅孔，Ｃ", max_size=40))
def test_shifted_spans_are_sorted_and_inside(text):
    spans = find_shifted_gbk(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))


def test_likelihood_is_a_probability():
    assert sum(log_likelihoods("客户满意")) < 0
    assert log_likelihoods("户", "客")[0] > log_likelihoods("户", "的")[0]
    assert log_likelihoods("戶", "客") == log_likelihoods("户", "客")
    assert log_likelihoods("") == []


BODY = "".join(f"第{n}条：客户在{n * 37 % 101}号反映机器{n * 53 % 97}的问题，已经登记。" for n in range(20))


def test_body_pasted_twice_is_cut_to_one():
    assert len(BODY) > LEAST_BODY
    assert cut_repeated_bodies("标题" + BODY + BODY) == "标题" + BODY
    assert cut_repeated_bodies("标题" + BODY + "\n——\n" + BODY + "结尾") == "标题" + BODY + "结尾"
    assert cut_repeated_bodies(BODY * 5) == BODY
    assert clean("标题\n" + BODY + "\n" + BODY) == clean("标题\n" + BODY)


def test_several_bodies_are_cut_by_clean():
    other = BODY.replace("客户", "用户").replace("反映", "投诉")
    assert clean(BODY + BODY + other + other) == BODY + other


def test_copies_that_differ_in_marks_and_blanks():
    spaced = BODY.replace("。", "。\n ").replace("：", ":")
    assert cut_repeated_bodies("标题" + BODY + "  " + spaced).strip() == "标题" + BODY
    short = BODY[:270]
    assert cut_repeated_bodies(short + short) == short


def test_a_short_body_of_whole_lines_is_cut():
    one, other = BODY[:80], BODY[80:150]
    assert clean(f"{one}\n{one}") == one
    body = f"{one}\n{other}"
    assert clean(f"标题\n{body}\n\n{one}\r\n{other} \n{body}\n完") == clean(f"标题\n{body}\n完")
    assert clean(f"短\n{one}\n短\n{other}\n短\n{one}\n短\n{other}") == clean(f"短\n{one}\n短\n{other}")
    for text in (
        f"{one}\n{other}",
        f"{one}\n{other}\n{one}",
        "谢谢\n谢谢\n谢谢",
        one + one,
        f"{one[:50]}\n" * 3,
    ):
        assert cut_repeated_lines(text) == text
    cleaned, offsets = clean(f"{one}\n{one}\n完", return_offsets=True)
    assert (cleaned, offsets[-2]) == (f"{one} 完", 2 * len(one) + 2)


@pytest.mark.parametrize(
    "text",
    [BODY, "很好" * 1_000, "质量不错。" * 300, BODY[:200] * 2, BODY + "但是第二次说法不同。" + BODY[:200]],
)
def test_other_repetitions_stay(text):
    assert find_repeated_bodies(text) == []


def test_repairs_come_before_what_would_destroy_them():
    names = [step.name for step in DEFAULT_STEPS]
    assert names.index("repair_shifted_gbk") < names.index("halve_width")
    assert names.index("repair_shifted_gbk") < names.index("remove_pinyin_notes")
