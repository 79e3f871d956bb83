"""What is a file of dialogues and what a table of contacts."""

import json

import pandas as pd
import pytest

from csatext.errors import InputError
from csatext.ingest.formats.registry import Source, open_tables
from csatext.ingest.input_kind import is_dialogue_table, is_dialogue_text, is_dialogues
from csatext.ingest.raw_table import RawTable

TEXTS = ["您好，请问有什么可以帮您", "我的退款一周了还没有到账", "请您稍等，正在查询", "快一点好吗"]
SIDES = ["客服", "用户", "客服", "用户"]


def long_table(ids, roles=SIDES, header="角色", name="会话ID"):
    times = len(ids) // 4
    return pd.DataFrame({name: ids, header: roles * times, "内容": TEXTS * times})


@pytest.mark.parametrize(
    "frame",
    [
        long_table(list("AAAABBBB")),
        long_table(list("AAAABBBB"), name="工单号"),
        long_table(list("AAAABBBB"), ["agent", "customer"] * 2, "sender", "conversation_id"),
        long_table(list("AAAABBBB"), [1, 0, 1, 0], "is_agent", "session_id"),
        long_table(list("AAAABBBB"), ["发送", "接收"] * 2, "消息方向"),
        long_table(list("AAAABBBB"), ["用户"] * 4),
        long_table(list("AAAABBBB"), ["客服小安", "林女士"] * 2, "发言人"),
        pd.DataFrame({"角色": SIDES, "内容": TEXTS}),
        pd.DataFrame({"工单号": ["1", "2"], "通话内容": ["客服：您好\n用户：退款", "客服：在\n用户：太慢"]}),
        pd.DataFrame({"id": ["1", "2"], "对话": ["A：您好\nB：退款", "A：在\nB：太慢了"]}),
        pd.DataFrame({"id": ["1"], "messages": ['[{"role": "user", "content": "退款"}]']}),
    ],
)
def test_dialogues(frame):
    assert is_dialogue_table(RawTable(frame))


@pytest.mark.parametrize(
    "frame",
    [
        # Tickets: identifiers stand once, whatever 角色 and 处理人 say.
        long_table(list("ABCDEFGH"), name="工单号"),
        long_table(list("ABCDEFGH"), ["客服", "主管", "客服", "客服"], "处理人", "工单号"),
        # Notes of the desk under a repeated ticket: no customer speaks.
        long_table(list("AAAABBBB"), ["客服", "主管", "客服", "客服"], name="工单号"),
        long_table(list("AAAABBBB"), ["会员", "会员", "会员", "会员"], "用户类型", "工单号"),
        long_table(list("AAAABBBB"), ["售后", "销售", "售后", "技术支持"], "部门", "工单号"),
        # Follow-ups of one customer, each a contact.
        long_table(list("AAAABBBB"), ["呼入"] * 4, "方向", "客户编号"),
        pd.DataFrame({"id": ["1", "2"], "question": TEXTS[:2], "answer": TEXTS[2:]}),
        pd.DataFrame({"id": ["1", "2"], "内容": ["A：质量差；B：物流慢；C：不退款", "A：好\nB：差\nA：慢"]}),
        pd.DataFrame({"id": ["1"], "内容": [TEXTS[1]], "评论": ['[{"author": "路人", "text": "同感"}]']}),
        pd.DataFrame({"投诉内容": TEXTS, "渠道": "电话"}),
    ],
)
def test_contacts(frame):
    assert not is_dialogue_table(RawTable(frame))


TURNS = [{"role": "user", "text": "退款"}, {"role": "agent", "text": "您好"}]


@pytest.mark.parametrize(
    ("name", "value", "dialogues"),
    [
        ("a.json", [{"id": "1", "turns": TURNS}, {"id": "2", "turns": TURNS}], True),
        ("a.json", [TURNS, TURNS], True),
        ("a.json", {"code": 0, "data": {"list": [{"sid": "1", "msgs": TURNS}]}}, True),
        (
            "a.json",
            [{"id": "1", "dialogue": ["客服：在", "用户：退款"]}, {"id": "2", "dialogue": ["客服：在"]}],
            True,
        ),
        (
            "a.json",
            {"code": 0, "data": {"records": [{"id": 1, "content": "慢", "user_type": "会员"}]}},
            False,
        ),
        (
            "a.json",
            [{"id": 1, "text": "慢", "author": "某甲"}, {"id": 2, "text": "差", "author": "某乙"}],
            False,
        ),
        ("a.json", [{"id": 1, "text": "慢", "comments": [{"author": "某甲", "text": "同"}]}] * 3, False),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n用户：退款\n", True),
        ("a.txt", "客服：您好\n用户：退款没到\n客服：稍等\n", True),
        ("a.txt", "[10:00:01] 客服: 您好\n[10:00:05] 用户: 退款没到\n", True),
        ("a.txt", "[1] 客服：您好\n[2] 用户：退款没到\n", True),
        ("a.txt", "客服小安 2024-01-02 10:00:00\n您好\n林某 2024-01-02 10:00:05\n退款没到\n", True),
        ("a.txt", "[微笑]快递太慢了\n[微笑]不错\n", False),
        ("a.txt", "快递太慢了\n客服：态度差\n再也不买\n", False),
    ],
)
def test_files(tmp_path, name, value, dialogues):
    path = tmp_path / name
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    assert is_dialogue_text(open_tables(path)[0]) == dialogues


def test_a_folder_of_both_is_named_as_such(tmp_path):
    long_table(list("AAAABBBB")).to_csv(tmp_path / "对话.csv", index=False)
    assert is_dialogues(open_tables(tmp_path), tmp_path)
    pd.DataFrame({"投诉内容": TEXTS}).to_csv(tmp_path / "投诉.csv", index=False)
    with pytest.raises(InputError, match=r"对话\.csv.*投诉\.csv.*--kind"):
        is_dialogues(open_tables(tmp_path), tmp_path)


def test_the_callers_columns_are_seen():
    frame = pd.DataFrame({"甲": list("AABB"), "乙": ["客服", "用户"] * 2, "丙": TEXTS})
    raw = RawTable(frame)
    source = [Source("a.csv", raw=raw)]
    assert is_dialogues(source, "a.csv", columns={"doc_id": "甲", "role": "乙", "text": "丙"})
