"""Words that say something: hand-made lists of what a manager wants to read, and what not."""

from __future__ import annotations

import numpy as np
import pytest

from csatext.text.terms.content_words import is_personal_name, says_something

EMPTY = {
    "function words": "的 了 和 因为 所以 我们 这个 什么 非常 已经 可以 没有 不是 不能 无法 不",
    "Cantonese particles": "咗 嘅 唔 啲 哋 嚟 喺 佢 冇 咁 呢 仲有 同埋 真系 嗰度",
    "Traditional forms": "沒有 這個 係 點解 邊度 而家",
    "placeholders": "[数字x] [订单x] [手机号] [金额x] <br> [姓名]",
    "numbers and quantities": "12 3天 500元 2019年 3月 12期 5.5",
    "single letters and codes": "A x B2 A7 é",
    "light verbs and vague nouns": "进行 觉得 打 找 做 问题 情况 时候 东西 里面 今天",
    "politeness": "您好 谢谢 麻烦 请问 尊敬 帮到 效劳 添麻烦 建议您 为您服务 祝您",
    "remains of the web": "http nan www null",
    "one character again and again": "差差差 啊啊啊 差差",
    "parts of sentences, and oaths": "什么破 根本就是 尼玛",
    "English function words": "the of this And",
}
FULL = {
    "matters": "利息 还款 快递 客服 退款 押金 售后 物业 噪音 学校",
    "qualities": "恶劣 敷衍 新鲜 好吃 便宜 卡顿 漏水",
    "single words that say enough": "差 慢 贵 钱 水",
    "names of products": "4S店 5G iPhone CX-4 A6L P2P",
    "manner that is the complaint": "擅自 强行 无故 自动",
    "Cantonese words of weight": "好味 好食 抵食",
    "people in a role": "业主 学生 快递员 消费者 送餐员 宝宝",
}


@pytest.mark.parametrize("kind", EMPTY)
def test_what_says_nothing_is_left_out(kind):
    words = EMPTY[kind].split()
    assert dict(zip(words, says_something(np.array(words, object)), strict=True)) == dict.fromkeys(
        words, False
    )


@pytest.mark.parametrize("kind", FULL)
def test_what_says_something_stays(kind):
    words = FULL[kind].split()
    assert dict(zip(words, says_something(np.array(words, object)), strict=True)) == dict.fromkeys(
        words, True
    )


@pytest.mark.parametrize("name", ["李志强", "王某", "张某某", "赵秀兰", "欧阳娜娜", "陈ze"])
def test_names_of_people_are_left_out(name):
    assert not says_something(np.array([name], object))[0]


@pytest.mark.parametrize("word", ["高兴", "江铃", "华为", "明白", "白菜", "文明", "高峰", "金融", "方便"])
def test_words_that_begin_like_names_are_none(word):
    assert not is_personal_name(word)


def test_no_words_give_an_empty_mask():
    assert says_something(np.empty(0, object)).tolist() == []
