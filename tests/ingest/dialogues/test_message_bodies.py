"""Messages as chat systems export them: wrapped texts, fragments, JSON in strings, media, sides by flags."""

import json

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.dialogues.message_bodies import message_text, plain_message
from csatext.ingest.formats.registry import open_tables
from csatext.ingest.input_kind import is_dialogues
from csatext.ingest.options import ReadOptions

ASK, DESK, THANKS = "我的退款还没到账，能查一下吗", "您好，请您提供订单号", "好的，谢谢"


def written(folder, name, value):
    path = folder / name
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder, value, name="S1.json"):
    """Return the turns of a value as (dialogue, role, text); it must be seen as dialogues and lose no row."""
    path = written(folder, name, value)
    assert is_dialogues(open_tables(path, ReadOptions.of()), path)
    turns = ct.read_turns(path)
    assert turns.attrs["rows"] == len(turns) + len(turns.attrs["rejects"])
    return turns


def utterances(turns):
    return list(zip(turns["doc_id"], turns["role"], turns["text"], strict=True))


def wechat(origin, at, kind="text", user="wmU1", desk="wkD1", **body):
    record = {
        "msgid": f"m{at}{user}",
        "open_kfid": desk,
        "external_userid": user,
        "send_time": 1750000000 + at,
    }
    return {**record, "origin": origin, "msgtype": kind, kind: body}


WECHAT = [
    wechat(3, 0, content=ASK),
    wechat(3, 1, user="wmU2", content="在吗"),
    wechat(5, 5, content=DESK),
    wechat(3, 9, "image", media_id="x1"),
    wechat(5, 11, user="wmU2", content="在的，请讲"),
    {
        "msgid": "e1",
        "send_time": 1750000012,
        "origin": 4,
        "msgtype": "event",
        "event": {"event_type": "user_recall_msg", "open_kfid": "wkD1", "external_userid": "wmU1"},
    },
    wechat(3, 20, "file", media_id="x2", filename="发票.pdf"),
    wechat(3, 25, "link", title="订单详情", url="https://example.com/1"),
    wechat(3, 30, content=THANKS),
]
OF_U1 = [
    ("wmU1", "customer", ASK),
    ("wmU1", "agent", DESK),
    ("wmU1", "customer", "[图片]"),
    ("wmU1", "system", "[事件] user_recall_msg"),
    ("wmU1", "customer", "[文件] 发票.pdf"),
    ("wmU1", "customer", "[链接] 订单详情"),
    ("wmU1", "customer", THANKS),
]
OF_U2 = [("wmU2", "customer", "在吗"), ("wmU2", "agent", "在的，请讲")]
PAGES = [{"errcode": 0, "next_cursor": "c", "msg_list": part} for part in (WECHAT[:4], WECHAT[4:])]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a.json", {"errcode": 0, "errmsg": "ok", "next_cursor": "c", "has_more": 0, "msg_list": WECHAT}),
        ("a.json", WECHAT),
        ("a.jsonl", "\n".join(json.dumps(record) for record in WECHAT)),
        ("a.jsonl", "\n".join(json.dumps(page) for page in PAGES)),
        ("a.json", PAGES),
        ("a.json", {"code": 200, "data": {"TaskId": 7, "msg_list": WECHAT}}),
    ],
)
def test_customer_service_of_wechat_by_customer_and_origin(tmp_path, name, value):
    turns = read(tmp_path, value, name)
    assert utterances(turns) == [*OF_U1, *OF_U2]
    assert not turns["role_inferred"].any()
    # 1750000000 is 2025-06-15 15:06:40 UTC, eight hours later in Shanghai.
    assert str(turns["started_at"].iloc[0]) == "2025-06-15 23:06:40"


def test_one_customer_at_two_desks_has_two_dialogues(tmp_path):
    messages = [wechat(3, 0, content=ASK), wechat(5, 2, content=DESK)]
    messages += [wechat(3, 5, desk="wkD2", content="在吗"), wechat(5, 8, desk="wkD2", content="在的")]
    turns = read(tmp_path, {"msg_list": messages})
    assert turns["doc_id"].tolist() == ["wmU1-wkD1"] * 2 + ["wmU1-wkD2"] * 2
    assert turns["role"].tolist() == ["customer", "agent"] * 2


def test_origins_in_a_table(tmp_path):
    rows = [("U1", 3, ASK), ("U1", 5, DESK), ("U2", 3, "在吗"), ("U2", 4, "会话开始"), ("U2", 5, "在的")]
    table = pd.DataFrame(rows, columns=["external_userid", "origin", "content"])
    turns = read(tmp_path, table.to_csv(index=False), "a.csv")
    assert turns["role"].tolist() == ["customer", "agent", "customer", "system", "agent"]
    assert turns["doc_id"].tolist() == ["U1", "U1", "U2", "U2", "U2"]


FEISHU = [
    {
        "message_id": f"om{n}",
        "chat_id": "oc1",
        "create_time": str(1750000000000 + n * 1000),
        "msg_type": kind,
        "sender": {"id": who, "id_type": "open_id", "sender_type": "user" if who == "ou1" else "app"},
        "body": {"content": json.dumps(body, ensure_ascii=False)},
    }
    for n, (who, kind, body) in enumerate(
        [
            ("ou1", "text", {"text": ASK}),
            (
                "cli1",
                "post",
                {
                    "title": "",
                    "content": [
                        [
                            {"tag": "text", "text": "您好，"},
                            {"tag": "a", "text": "请您提供订单号", "href": "https://example.com"},
                        ]
                    ],
                },
            ),
            ("ou1", "image", {"image_key": "k"}),
            ("ou1", "text", {"text": THANKS}),
        ]
    )
]
EASEMOB = [
    {
        "msg_id": str(n),
        "timestamp": 1750000000000 + n * 1000,
        "from": who,
        "to": to,
        "chat_type": "chat",
        "payload": {"bodies": [body], "from": who, "to": to, "ext": {}},
    }
    for n, (who, to, body) in enumerate(
        [
            ("visitor", "agent", {"type": "txt", "msg": ASK}),
            ("agent", "visitor", {"type": "txt", "msg": DESK}),
            ("visitor", "agent", {"type": "img", "url": "https://example.com/1.jpg", "filename": "1.jpg"}),
            ("visitor", "agent", {"type": "txt", "msg": THANKS}),
        ]
    )
]
FLAT_EASEMOB = [
    {"from": m["from"], "bodies": m["payload"]["bodies"], "timestamp": m["timestamp"]} for m in EASEMOB
]
TELEGRAM = {
    "name": "Desk",
    "type": "personal_chat",
    "id": 4711,
    "messages": [
        {
            "id": 1,
            "type": "message",
            "date": "2026-05-01T10:00:00",
            "from": "顾客",
            "from_id": "user1",
            "text": ["我的退款还没到账，", {"type": "bold", "text": "能查一下吗"}],
            "text_entities": [
                {"type": "plain", "text": "我的退款还没到账，"},
                {"type": "bold", "text": "能查一下吗"},
            ],
        },
        {
            "id": 2,
            "type": "message",
            "date": "2026-05-01T10:00:05",
            "from": "店铺",
            "from_id": "user2",
            "text": DESK,
            "text_entities": [{"type": "plain", "text": DESK}],
        },
        {
            "id": 3,
            "type": "message",
            "date": "2026-05-01T10:00:09",
            "from": "顾客",
            "from_id": "user1",
            "photo": "(File not included)",
            "text": "",
        },
        {
            "id": 4,
            "type": "message",
            "date": "2026-05-01T10:00:12",
            "from": "顾客",
            "from_id": "user1",
            "text": THANKS,
        },
    ],
}
TENCENT_IM = [
    {
        "From_Account": who,
        "To_Account": to,
        "MsgTimeStamp": 1750000000 + n,
        "MsgBody": [{"MsgType": kind, "MsgContent": body}],
    }
    for n, (who, to, kind, body) in enumerate(
        [
            ("user", "kefu", "TIMTextElem", {"Text": ASK}),
            ("kefu", "user", "TIMTextElem", {"Text": DESK}),
            ("user", "kefu", "TIMImageElem", {"UUID": "u", "ImageFormat": 1}),
            ("user", "kefu", "TIMTextElem", {"Text": THANKS}),
        ]
    )
]
RONGCLOUD = [
    {
        "fromUserId": who,
        "senderType": side,
        "objectName": kind,
        "content": json.dumps(body),
        "msgTimestamp": n,
    }
    for n, (who, side, kind, body) in enumerate(
        [
            ("u", "customer", "RC:TxtMsg", {"content": ASK, "extra": ""}),
            ("k", "agent", "RC:TxtMsg", {"content": DESK}),
            ("u", "customer", "RC:ImgMsg", {"imageUri": "https://example.com/1.jpg"}),
            ("u", "customer", "RC:TxtMsg", {"content": THANKS}),
        ]
    )
]
OPENAI = [
    {"role": "user", "content": [{"type": "text", "text": ASK}]},
    {
        "role": "agent",
        "content": [
            {"type": "output_text", "text": "您好，"},
            {"type": "output_text", "text": "请您提供订单号"},
        ],
    },
    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/1.jpg"}}]},
    {"role": "user", "content": THANKS},
]
DINGTALK = [
    {"senderType": "客户", "msgtype": "text", "text": {"content": ASK}},
    {
        "senderType": "客服",
        "msgtype": "richText",
        "content": {"richText": [{"text": "您好，"}, {"text": "请您提供订单号"}]},
    },
    {"senderType": "客户", "msgtype": "picture", "content": {"downloadCode": "d"}},
    {"senderType": "客户", "msgtype": "text", "text": {"content": THANKS}},
]
LINE = [
    {"direction": side, "type": "message", "message": {"type": kind, **body}, "timestamp": 1750000000000 + n}
    for n, (side, kind, body) in enumerate(
        [
            ("in", "text", {"text": ASK}),
            ("out", "text", {"text": DESK}),
            ("in", "image", {"id": "9"}),
            ("in", "text", {"text": THANKS}),
        ]
    )
]
NAMED = [
    {"role": "用户", "消息类型": "文本", "内容": json.dumps({"text": ASK})},
    {"role": "客服", "消息类型": "文本", "内容": json.dumps({"content": DESK})},
    {"role": "用户", "消息类型": "图片", "内容": "https://example.com/1.jpg"},
    {"role": "用户", "消息类型": "文本", "内容": THANKS},
]
EXPECTED = [("customer", ASK), ("agent", DESK), ("customer", "[图片]"), ("customer", THANKS)]
CHATS = {
    "easemob": {"messages": EASEMOB},
    "easemob, list": EASEMOB,
    "easemob, flat": {"data": FLAT_EASEMOB},
    "telegram": TELEGRAM,
    "telegram, all chats": {"about": "x", "chats": {"about": "y", "list": [TELEGRAM]}},
    "tencent": {"MsgList": TENCENT_IM},
    "rongcloud": {"messages": RONGCLOUD},
    "openai": {"messages": OPENAI},
    "dingtalk": {"records": DINGTALK},
    "line": {"events": LINE},
    "named": {"聊天记录": NAMED},
}


@pytest.mark.parametrize("name", CHATS)
def test_messages_of_chat_systems(tmp_path, name):
    turns = read(tmp_path, CHATS[name])
    assert list(zip(turns["role"], turns["text"], strict=True)) == EXPECTED
    assert turns["doc_id"].nunique() == 1


@pytest.mark.parametrize(
    "wrap", [lambda m: {"code": 0, "data": {"items": m}}, lambda m: m, lambda m: {"messages": m}]
)
def test_messages_of_feishu_are_json_in_strings(tmp_path, wrap):
    turns = read(tmp_path, wrap(FEISHU))
    roles = ["customer", "bot", "customer", "customer"]
    assert list(zip(turns["role"], turns["text"], strict=True)) == [
        (role, text) for role, (_, text) in zip(roles, EXPECTED, strict=True)
    ]
    assert str(turns["started_at"].iloc[1]) == "2025-06-15 23:06:41"


def test_json_strings_in_the_cells_of_a_table(tmp_path):
    bodies = [
        {"text": ASK},
        {"zh_cn": {"title": "", "content": [[{"tag": "text", "text": DESK}]]}},
        {"image_key": "k"},
    ]
    cells = [*map(json.dumps, bodies), "{不是 JSON}"]
    table = pd.DataFrame({"会话ID": "S1", "角色": ["用户", "客服", "用户", "用户"], "内容": cells})
    turns = read(tmp_path, table.to_csv(index=False), "a.csv")
    assert turns["text"].tolist() == [ASK, DESK, "[图片]", "{不是 JSON}"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"msgtype": "text", "text": {"content": "在吗"}}, "在吗"),
        ({"type": "location", "location": {"name": "东门", "latitude": 1.0}}, "[位置] 东门"),
        ({"msgtype": "voice", "voice": {"media_id": "v"}}, "[语音]"),
        ({"msg_type": "audio", "body": {"content": '{"file_key": "f", "duration": 3}'}}, "[语音]"),
        ({"msgtype": "miniprogram", "miniprogram": {"title": "查单", "appid": "a"}}, "[小程序] 查单"),
        ({"type": "video", "video": {"caption": "看这里"}}, "[视频] 看这里"),
        (
            {
                "msgtype": "msgmenu",
                "msgmenu": {
                    "head_content": "您好",
                    "list": [{"type": "click", "click": {"content": "人工"}}],
                },
            },
            "您好\n人工",
        ),
        ({"msgtype": "text", "text": "在吗"}, None),
        ({"type": "order_card", "content": {"order": "1"}}, "[订单]"),
        ({"type": "bonus_tile", "content": {"level": 1}}, "[bonus_tile]"),
        ({"消息类型": "文件", "内容": "发票.pdf"}, "[文件] 发票.pdf"),
        ({"type": "service", "action": "phone_call", "text": ""}, "[事件] phone_call"),
        ({"action": "send", "msgtype": "image", "image": {"md5sum": "1"}}, "[图片]"),
        ({"type": "订单", "content": "我的订单没到"}, None),
    ],
)
def test_the_text_of_one_message(value, text):
    assert message_text(value) == text


def test_a_record_that_is_plain_stays_the_same_object():
    record = {"role": "用户", "content": "在吗", "type": "complaint"}
    assert plain_message(record) is record


@pytest.mark.parametrize(
    "header",
    ["is_sender", "IsSender", "isFromMe", "is_from_me", "is_self", "isSelf", "isSend", "fromMe", "self"],
)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_flags_of_ones_own_messages(tmp_path, header, kind):
    rows = [("S1", 0, ASK), ("S1", 1, DESK), ("S2", 0, "在吗"), ("S2", 1, "在的")]
    table = pd.DataFrame(rows, columns=["session_id", header, "str_content"])
    value = table.to_csv(index=False) if kind == "csv" else {"data": table.to_dict("records")}
    turns = read(tmp_path, value, f"a.{kind}")
    assert utterances(turns) == [
        ("S1", "customer", ASK),
        ("S1", "agent", DESK),
        ("S2", "customer", "在吗"),
        ("S2", "agent", "在的"),
    ]
    assert not turns["role_inferred"].any()


@pytest.mark.parametrize("header", ["direction", "msgDirection", "from_type", "fromType", "发送方向", "io"])
@pytest.mark.parametrize(
    "values",
    [("in", "out"), ("incoming", "outgoing"), ("inbound", "outbound"), ("receive", "send"), ("IN", "OUT")],
)
def test_directions(tmp_path, header, values):
    messages = [{header: values[n % 2], "text": text} for n, text in enumerate([ASK, DESK, THANKS, "再见"])]
    turns = read(tmp_path, {"records": messages})
    assert turns["role"].tolist() == ["customer", "agent"] * 2
    assert not turns["role_inferred"].any()


@pytest.mark.parametrize(
    "key",
    [
        "tid",
        "key",
        "TaskId",
        "task_id",
        "CallId",
        "call_id",
        "conversationId",
        "callSid",
        "dialogId",
        "ContactId",
        "录音ID",
        "sessionKey",
    ],
)
@pytest.mark.parametrize("list_key", ["turns", "messages"])
def test_keys_that_name_the_dialogue(tmp_path, key, list_key):
    messages = [{"role": "用户", "text": ASK}, {"role": "客服", "text": DESK}]
    records = [{key: f"K{n}", "channel": "phone", list_key: messages} for n in (1, 2)]
    turns = read(tmp_path, records)
    assert turns["doc_id"].tolist() == ["K1", "K1", "K2", "K2"]
    inside = read(tmp_path, [{"header": {key: f"K{n}"}, list_key: messages} for n in (1, 2)])
    assert inside["doc_id"].tolist() == ["K1", "K1", "K2", "K2"]
    long = [{key: f"K{n}", **one} for one in messages for n in (1, 2)]
    assert read(tmp_path, {"data": long})["doc_id"].tolist() == ["K1", "K1", "K2", "K2"]


TALK = [("客服", DESK), ("用户", ASK), ("客服", "好的，马上查"), ("用户", THANKS)]
PAIRS = {
    "kind, text": [[who, words] for who, words in TALK],
    "text, kind": [[words, who] for who, words in TALK],
    "text, kind, time": [[words, who, f"10:00:0{n}"] for n, (who, words) in enumerate(TALK)],
    "time, kind, text": [[f"2026-05-01 10:00:0{n}", who, words] for n, (who, words) in enumerate(TALK)],
    "kind, text, seconds": [[who, words, n * 2.5] for n, (who, words) in enumerate(TALK)],
    "text, english": [[words, "agent" if who == "客服" else "user"] for who, words in TALK],
    "text, code": [[words, "S" if who == "客服" else "C"] for who, words in TALK],
    "text, name": [[words, "小美" if who == "客服" else "顾客甲"] for who, words in TALK],
}


@pytest.mark.parametrize("form", PAIRS)
@pytest.mark.parametrize(
    "wrap", [lambda p: [{"id": "D1", "turns": p}, {"id": "D2", "turns": p}], lambda p: {"D1": p, "D2": p}]
)
def test_pairs_in_either_order(tmp_path, form, wrap):
    turns = read(tmp_path, wrap(PAIRS[form]))
    expected = [(role, text) for role, (_, text) in zip(["agent", "customer"] * 2, TALK, strict=True)]
    assert utterances(turns) == [(name, role, text) for name in ("D1", "D2") for role, text in expected]
    if form == "time, kind, text":
        assert str(turns["started_at"].iloc[3]) == "2026-05-01 10:00:03"
    if form == "kind, text, seconds":
        assert turns["start_seconds"].tolist() == [0, 2.5, 5, 7.5] * 2


def test_bare_pairs_are_one_dialogue(tmp_path):
    for form in ("kind, text", "text, kind"):
        turns = read(tmp_path, PAIRS[form])
        assert utterances(turns)[:2] == [("S1", "agent", DESK), ("S1", "customer", ASK)]


def test_a_list_of_contacts_is_no_chat(tmp_path):
    records = [
        {"id": n, "type": "投诉", "author": f"客户{n}", "content": f"第{n}次投诉快递太慢"} for n in range(6)
    ]
    for value in (records, {"data": records}):
        path = written(tmp_path, "a.json", value)
        assert not is_dialogues(open_tables(path, ReadOptions.of()), path)


def test_a_listed_turn_of_another_length_is_a_reject(tmp_path):
    turns = read(tmp_path, {"turns": [*PAIRS["text, kind"], ["多出来", "的", "一格"]]})
    assert utterances(turns) == [
        ("S1", role, text) for role, (_, text) in zip(["agent", "customer"] * 2, TALK, strict=True)
    ]
    assert len(turns.attrs["rejects"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"type": "message", "data": {"content": "退款没到"}},
        [{"type": "text", "value": "退款"}, {"type": "text", "value": "没到"}],
        [{"insert": "退款"}, {"insert": "没到", "attributes": {"bold": True}}],
        {"ops": [{"insert": "退款没到"}]},
    ],
)
@pytest.mark.parametrize("written", [json.dumps, lambda body: body])
def test_envelopes_and_pieces_of_editors(body, written):
    assert message_text({"role": "客户", "content": written(body)}) == "退款没到"
