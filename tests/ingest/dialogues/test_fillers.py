"""Fillers and stutters without a pause go; words doubled by rule, and things that are named, stay."""

import time

import pytest

from csatext.ingest.dialogues.fillers import EDGE, kept_characters


def without_fillers(text):
    whole = f"{EDGE}{text}{EDGE}"
    kept = kept_characters(whole)
    return "".join(c for c, stays in zip(whole, kept, strict=True) if stays).strip(EDGE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("嗯那个就是说我想退款", "我想退款"),
        ("就是说我想退款", "我想退款"),
        ("那个那个我想问一下", "我想问一下"),
        ("那个我想退款", "我想退款"),
        ("没到货，那个我要投诉你们", "没到货，我要投诉你们"),
        ("那个请问一下", "请问一下"),
        ("请请请问", "请问"),
        ("怎怎怎么办", "怎么办"),
        ("能能不能退", "能不能退"),
        ("我能能不能退", "我能不能退"),
        ("退退退款", "退款"),
        ("我要退退退款", "我要退款"),
        ("什么什么时候到", "什么时候到"),
        ("多少多少钱", "多少钱"),
        ("这这这", "这"),
        ("退，退款", "退款"),
    ],
)
def test_fillers_and_stutters_without_a_pause(text, meant):
    assert without_fillers(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("那个手机坏了", "就是说明书不对", "那个我昨天买的手机", "那个我想退的手机", "那个我不要了"),
        *("那个我想要", "那个能不能退", "我就是想退款", "可能能不能退", "什么什么", "我要退，退款多久到"),
        *("妈妈", "看看", "谢谢", "谢谢谢谢", "天天等", "试试看", "研究研究", "刚刚到", "常常", "太太的卡"),
        *("问问题", "想想办法", "好好好的", "多多少少", "人人都说", "幺幺幺零", "三三三号楼", "爸爸妈妈"),
    ],
)
def test_what_means_something_stays(text):
    assert without_fillers(text) == text


@pytest.mark.parametrize(
    "unit", ["退", "这", "能", "那个就是说", "什么", "嗯，那个，我想退款就是说什么时候，"]
)
def test_time_grows_with_the_length_alone(unit):
    def seconds(length):
        text = EDGE + unit * (length // len(unit)) + EDGE
        began = time.process_time()
        kept_characters(text)
        return time.process_time() - began

    # Squared growth would take sixteen times as long.
    assert seconds(80_000) < 8 * seconds(20_000) + 0.3
