"""Names of third persons: next to any office, occupation or act, and not in ordinary words."""

from __future__ import annotations

import pandas as pd
import pytest

from csatext.privacy.find import find_pii
from csatext.privacy.redact import redact_turns

FOUND = [
    ("物业经理赵一鸣骂人", "赵一鸣"),
    ("销售顾问赵一鸣承诺送保养", "赵一鸣"),
    ("店长叫钱小雨，不解决", "钱小雨"),
    ("办案民警孙立说要等", "孙立"),
    ("校长周建拒绝退费", "周建"),
    ("财务总监吴海燕不给报销", "吴海燕"),
    ("村民郑国强反映路灯坏了", "郑国强"),
    ("已回访冯小雨，满意", "冯小雨"),
    ("处理人：陈一鸣", "陈一鸣"),
    ("据褚小雨反映停水", "褚小雨"),
    ("韩一鸣称已付款", "韩一鸣"),
    ("请转告蒋小雨来取", "蒋小雨"),
    ("上次是沈师傅修的", "沈"),
    ("找韩姐处理", "韩"),
    ("杨一鸣经理说可以", "杨一鸣"),
    ("古丽娜·买买提反映断网", "古丽娜·买买提"),
    ("乘客John Smith要改签", "John Smith"),
    ("聯絡人：趙一鳴", "趙一鳴"),
    ("此致敬礼 秦小雨", "秦小雨"),
]
NOTHING = [
    "经理高度重视，客服马上处理，店长成天不在，司机安全驾驶，老师温柔，领导班子，居民楼",
    "维修师傅很好，老师傅手艺好，姐姐推荐的，经常发生，施工方，关于环保，由专人负责",
    "联系人 VIP，姓名 OK，欧莱雅·巴黎护肤",
]


@pytest.mark.parametrize(("text", "name"), FOUND)
def test_a_name_is_found(text: str, name: str) -> None:
    assert [text[start:end] for start, end, kind in find_pii(text) if kind == "name"] == [name]


@pytest.mark.parametrize("text", NOTHING)
def test_ordinary_words_stay(text: str) -> None:
    assert find_pii(text) == []


def test_groups_that_the_agent_repeats_are_masked() -> None:
    utterances = [
        ("customer", "手机是138"),
        ("agent", "138，您说"),
        ("customer", "00138000"),
        ("agent", "尾号8000对吧"),
    ]
    turns = pd.DataFrame(
        [{"doc_id": "c", "turn_id": i, "role": r, "text": t} for i, (r, t) in enumerate(utterances)]
    )
    assert redact_turns(turns)["text"].tolist() == [
        "手机是[手机号]",
        "[手机号]，您说",
        "[手机号]",
        "尾号[手机号]对吧",
    ]
