"""Full names that no trigger word reveals: after an office, before a verb, in Latin letters, nicknames."""

import pytest

from csatext.privacy.find import find_pii


def names(text: str) -> list[str]:
    return [text[found.start : found.end] for found in find_pii(text) if found.kind == "name"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("物业主管洪燕雅骂业主", ["洪燕雅"]),
        ("收费处雷婷多收钱", ["雷婷"]),
        ("汤慧娟把我拉黑了", ["汤慧娟"]),
        ("参会人员：曾海涛、邱妙、简彤", ["曾海涛", "邱妙", "简彤"]),
        ("已通知马慧到场", ["马慧"]),
        ("你好，陈倩，这里是客服", ["陈倩"]),
        ("據鍾婷婷表示", ["鍾婷婷"]),
        ("物业小刘不管事，魏工来过，朱总答应的", ["小刘", "魏", "朱"]),
        ("一名叶姓男子", ["叶"]),
        ("外教Kevin Rossi没来", ["Kevin Rossi"]),
        ("旅客 ZHANG/JIANGUO 改签", ["ZHANG/JIANGUO"]),
        ("Laura Clark先生投诉", ["Laura Clark"]),
        ("住客约翰·史密斯要求换房", ["约翰·史密斯"]),
    ],
)
def test_names_are_found_by_their_characters_and_neighbours(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "公司承建，官方微博，经常延时，任何承诺，上下班高峰",
        "2019年新建的房子，A3区金源小区，位于梅溪湖畔",
        "明太子没了，黄太吉的煎饼，杨枝甘露很甜",
        "客服上海·浦东店，客服西安·汉城",
        "小高层漏水，老路封了，施工方没来，高工资",
        "客服高度重视，业主全部同意，店长万般推脱",
        "Harry Potter，Happy New Year，Coca Cola",
    ],
)
def test_words_next_to_offices_and_verbs_stay(text: str) -> None:
    assert names(text) == []
