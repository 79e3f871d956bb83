"""Tables with the header lines of exports that stand in the field: what each is read as.

Cells are written for this test. ``before`` is what the text was before it was told from its content (None:
refused, or another column than the customer's words).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

import csatext as ct

N = 12
SAID = (
    "昨天买的洗衣机今天就不转了，客服让我等",
    "快递放在楼下被别人拿走，没有人管",
    "办了套餐以后每个月多扣二十块，退不掉",
    "空调噪音太大，晚上睡不着觉",
)
ANSWERED = ("您好，来信收悉，经核实已派人处理，感谢您的反馈。", "尊敬的用户：我司已为您办理，敬请谅解。")


def words(i: int) -> str:
    return f"{SAID[i % 4]}（第{i}次）"


def body(i: int) -> str:
    return f"{words(i)}。{SAID[(i + 1) % 4]}。希望尽快解决，不要再拖了。"


def title(i: int) -> str:
    return f"{SAID[i % 4][:8]}{i}"


def answer(i: int) -> str:
    return f"{ANSWERED[i % 2]}{i}"


def moment(i: int) -> str:
    return f"2026-03-{i + 1:02d} 10:{i:02d}:00"


def number(i: int) -> str:
    return str(10 + i)


def identifier(i: int) -> str:
    return f"K{i:04d}"


def score(i: int) -> str:
    return str(i % 5 + 1)


def label(i: int) -> str:
    return ("电话", "在线", "邮件")[i % 3]


def person(i: int) -> str:
    return f"U{i:05d}"


def part(i: int) -> str:
    return ("发动机-异响", "变速器-顿挫;车身-漆面", "制动-异响")[i % 3] + f";{i % 4}"


def segmented(i: int) -> str:
    return f"业主 反映 小区 停车位 被 占 第{i} 次 无人 处理"


Cell = Callable[[int], str]


class Shape(NamedTuple):
    """Headers and what stands under them; what the text was before and is, and canonical columns."""

    columns: dict[str, Cell]
    before: str | None
    text: str
    mapped: tuple[str, ...]


SHAPES = {
    "car complaints": Shape(
        {"id": identifier, "brand": label, "car_model": label, "type": label, "desc": words, "problem": part}
        | {"datetime": moment, "status": label},
        "desc",
        "desc",
        ("doc_id", "brand", "created_at", "status"),
    ),
    "label and text": Shape({"label": score, "text": words}, "text", "text", ()),
    "segmented": Shape({"label": score, "segmented_text": segmented}, "segmented_text", "segmented_text", ()),
    "letters to an office": Shape(
        {"留言编号": identifier, "留言用户": person, "留言主题": title, "留言时间": moment, "留言详情": body}
        | {"一级分类": label},
        "留言详情",
        "留言详情",
        ("doc_id", "customer_id", "title", "created_at", "category"),
    ),
    "letters with answers": Shape(
        {"留言编号": identifier, "留言用户": person, "留言主题": title, "留言时间": moment, "留言详情": body}
        | {"答复意见": answer, "答复时间": moment},
        "留言详情",
        "留言详情",
        ("doc_id", "customer_id", "title", "created_at", "reply", "replied_at"),
    ),
    "reviews of phones": Shape(
        {
            "用户ID": person,
            "评论内容": words,
            "会员级别": label,
            "点赞数": number,
            "回复数": number,
            "得分": score,
        }
        | {"价格": number, "购买时间": moment, "手机型号": label, "销量": number},
        "评论内容",
        "评论内容",
        ("customer_id", "csat", "created_at", "product"),
    ),
    "restaurants": Shape(
        {"restaurant": label, "time": moment, "comments": body, "taste": score, "environment": score},
        "comments",
        "comments",
        ("created_at",),
    ),
    "shopping": Shape({"cat": label, "label": score, "review": words}, "review", "review", ()),
    "aspects": Shape(
        {"index": identifier, "reviewbody": body, "star": score, "location_traffic": score},
        "reviewbody",
        "reviewbody",
        ("doc_id", "csat"),
    ),
    "letters, headers unknown": Shape(
        {"编号": identifier, "来信": words, "官方答复": answer}, None, "来信", ("doc_id", "reply")
    ),
    "car portal": Shape(
        {"id": identifier, "投诉品牌": label, "投诉车系": label, "投诉车型": label, "问题简述": words}
        | {"典型问题": part, "投诉时间": moment},
        None,
        "问题简述",
        ("doc_id", "created_at"),
    ),
    "survey": Shape(
        {"序号": identifier, "提交时间": moment, "您还有什么意见或者建议？": words},
        None,
        "您还有什么意见或者建议？",
        ("doc_id", "created_at"),
    ),
    "chat log, one a row": Shape(
        {"msg_id": identifier, "str_content": words, "str_time": moment}, None, "str_content", ("created_at",)
    ),
    "neutral": Shape(
        {f"col{i}": c for i, c in enumerate((identifier, label, body, title))}, None, "col2", ()
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_of_the_field(tmp_path: Path, name: str) -> None:
    shape = SHAPES[name]
    frame = pd.DataFrame({header: [cell(i) for i in range(N)] for header, cell in shape.columns.items()})
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    contacts = ct.read_contacts(path)
    assert contacts.attrs["rows"] == len(contacts) == N
    assert contacts["text"].tolist() == frame[shape.text].tolist()
    assert set(shape.mapped) <= set(contacts.columns)
    # Where a header of the lexicon told the text before, it tells it now.
    assert shape.before in (None, shape.text)


@pytest.mark.parametrize("columns", [["一级分类", "二级分类", "三级分类"], ["min", "cdn", "value", "cnt"]])
def test_tables_without_words_of_customers_are_refused(tmp_path: Path, columns: list[str]) -> None:
    path = tmp_path / "a.csv"
    kinds = (label, number, lambda i: ("噪音扰民", "物业收费", "停车管理", "供水供电")[i % 4], number)
    frame = pd.DataFrame({name: [kinds[j](i) for i in range(N)] for j, name in enumerate(columns)})
    frame.to_csv(path, index=False)
    with pytest.raises(ct.InputError, match="没有找到文本列"):
        ct.read_contacts(path)
