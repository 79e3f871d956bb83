import json

import pandas as pd
import pytest

import csatext as ct
from csatext.schema import conform
from csatext.schema.contacts import TURNS

DESK = ["客服", "用户", "客服", "用户"]
TEXTS = ["您好，很高兴为您服务", "我的快递还没到", "请您提供订单号", "12345，快点"]
ROLES = ["agent", "customer", "agent", "customer"]


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def utterances(turns):
    return list(zip(turns["doc_id"], turns["turn_id"], turns["role"], turns["text"], strict=True))


def expected(*names):
    return [(name, i, ROLES[i], TEXTS[i]) for name in names for i in range(4)]


def quality(turns, check):
    return [row for row in turns.attrs["quality"] if row["check"] == check]


def long_table(**others):
    rows = [(name, DESK[i], TEXTS[i]) for name in ("S1", "S2") for i in range(4)]
    return pd.DataFrame(rows, columns=["会话ID", "发送方", "消息内容"]).assign(**others)


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "jsonl", "json", "parquet"])
def test_long_tables_of_every_format(tmp_path, ending):
    path = tmp_path / f"turns.{ending}"
    table = long_table()
    match ending:
        case "csv":
            table.to_csv(path, index=False, encoding="gb18030")
        case "tsv":
            table.to_csv(path, index=False, sep="\t")
        case "xlsx":
            table.to_excel(path, index=False)
        case "parquet":
            table.to_parquet(path)
        case _:
            table.to_json(path, orient="records", lines=ending == "jsonl", force_ascii=False)
    turns = ct.read_turns(path)
    assert utterances(turns) == expected("S1", "S2")
    assert not turns["role_inferred"].any()
    assert conform(turns, TURNS).equals(turns)


def test_a_turn_number_or_a_time_sorts_and_ties_keep_the_order_of_rows(tmp_path):
    table = long_table(轮次=[4, 3, 2, 1, 1, 1, 2, 2])
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    assert turns["text"].tolist() == [*TEXTS[::-1], *TEXTS]
    times = ["09:03", "09:01", "09:01", "09:02", "10:00", "10:00", "10:01", "10:02"]
    table = long_table(发送时间=[f"2026-05-01 {t}" for t in times])
    turns = ct.read_turns(written(tmp_path, "b.csv", table.to_csv(index=False)))
    assert turns["text"].tolist()[:4] == [TEXTS[1], TEXTS[2], TEXTS[3], TEXTS[0]]
    assert turns["turn_id"].tolist() == [0, 1, 2, 3] * 2
    assert turns["started_at"].dtype == "datetime64[us]"
    assert quality(turns, "turns_sorted")


def test_interleaved_dialogues_come_out_one_after_the_other(tmp_path):
    table = long_table().iloc[[0, 4, 1, 5, 2, 6, 3, 7]]
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    assert utterances(turns) == expected("S1", "S2")


def test_contact_columns_repeat_and_the_times_of_the_dialogue_stay_its_own(tmp_path):
    table = long_table(渠道="电话", 进线时间="2026-05-01 09:00", 坐席工号="A7")
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    assert set(turns["channel"] + turns["agent_id"]) == {"电话A7"}
    assert turns["created_at"].nunique() == 1
    assert "started_at" not in turns


def test_merged_cells_of_the_dialogue_are_filled_down(tmp_path):
    table = long_table()
    table.loc[[1, 2, 3, 5, 6, 7], "会话ID"] = None
    table = pd.concat([table, long_table().assign(会话ID=["S3", *[None] * 3, "S3", *[None] * 3])])
    table.to_excel(tmp_path / "a.xlsx", index=False)
    assert ct.read_turns(tmp_path / "a.xlsx").groupby("doc_id", sort=False).size().tolist() == [4, 4, 8]


@pytest.mark.parametrize(
    ("header", "agent", "customer"),
    [
        ("waiter_send", "1", "0"),
        ("is_agent", "true", "false"),
        ("from_customer", "0", "1"),
        ("是否客服", "是", "否"),
        ("direction", "out", "in"),
        ("消息方向", "发送", "接收"),
    ],
)
def test_flags_and_directions(tmp_path, header, agent, customer):
    flags = [agent, customer, agent, customer] * 2
    table = long_table().drop(columns="发送方").assign(**{header: flags})
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    assert utterances(turns) == expected("S1", "S2")
    assert quality(turns, "role_mapping")


def test_the_callers_columns_win(tmp_path):
    table = long_table(备注="自动质检通过了的一句话").rename(columns={"消息内容": "甲"})
    path = written(tmp_path, "a.csv", table.to_csv(index=False))
    assert utterances(ct.read_turns(path, columns={"text": "甲"})) == expected("S1", "S2")
    with pytest.raises(ct.InputError, match="不存在"):
        ct.read_turns(path, columns={"text": "没有"})


NESTED = {
    "strings": [{"sender": r, "utterances": t} for r, t in zip(DESK, TEXTS, strict=True)],
    "lists": [{"角色": r, "内容": [t]} for r, t in zip(DESK, TEXTS, strict=True)],
    "objects": [{"from": r, "message": {"text": t}} for r, t in zip(DESK, TEXTS, strict=True)],
    "lists of objects": [{"who": r, "said": [{"text": t}]} for r, t in zip(DESK, TEXTS, strict=True)],
    "pairs": [list(pair) for pair in zip(DESK, TEXTS, strict=True)],
    "flags": [{"is_agent": r == "客服", "content": t} for r, t in zip(DESK, TEXTS, strict=True)],
    "speakers as keys": [
        {"客服": TEXTS[0], "用户": TEXTS[1], "客服意图": "问候"},
        {"客服": TEXTS[2], "用户": TEXTS[3], "客服意图": "询问"},
    ],
}


@pytest.mark.parametrize("shape", sorted(NESTED))
@pytest.mark.parametrize("wrap", ["lines", "list", "mapping", "deep", "lists"])
def test_nested_json_of_any_shape(tmp_path, shape, wrap):
    turns = NESTED[shape]
    values = {
        "lines": "\n".join(json.dumps({"id": n, "turns": turns}, ensure_ascii=False) for n in ("S1", "S2")),
        "list": json.dumps([{"id": n, "dialogue": turns} for n in ("S1", "S2")]),
        "mapping": json.dumps(dict.fromkeys(("S1", "S2"), turns)),
        "deep": json.dumps(
            {"data": {"rows": [{"call_id": n, "log": {"messages": turns}} for n in ("S1", "S2")]}}
        ),
        "lists": json.dumps([turns, turns]),
    }
    path = written(tmp_path, "a.jsonl" if wrap == "lines" else "a.json", values[wrap])
    found = ct.read_turns(path)
    names = ("1", "2") if wrap == "lists" else ("S1", "S2")
    assert utterances(found) == expected(*names)
    assert found.attrs["rows"] == 8


def test_utterances_of_a_list_are_turns_and_fields_are_kept(tmp_path):
    record = {
        "id": "7",
        "满意度": 4,
        "turns": [{"role": "用户", "text": ["在吗", "我要退款"], "emotion": "急"}],
    }
    turns = ct.read_turns(written(tmp_path, "a.json", json.dumps([record, {**record, "id": "8"}])))
    assert utterances(turns)[:2] == [("7", 0, "customer", "在吗"), ("7", 1, "customer", "我要退款")]
    assert set(turns["csat"]) == {4}
    assert set(turns["emotion"]) == {"急"}


def test_json_cells_and_list_columns(tmp_path):
    cells = [json.dumps(NESTED["strings"], ensure_ascii=False)] * 2
    table = pd.DataFrame({"工单编号": ["S1", "S2"], "渠道": "在线", "对话": cells})
    assert utterances(ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))) == expected(
        "S1", "S2"
    )
    table["对话"] = [NESTED["strings"]] * 2
    table.to_parquet(tmp_path / "a.parquet")
    turns = ct.read_turns(tmp_path / "a.parquet")
    assert utterances(turns) == expected("S1", "S2")
    assert set(turns["channel"]) == {"在线"}


TRANSCRIPTS = {
    "lines": "客服：{}\n用户：{}\n客服：{}\n用户：{}",
    "one line": "客服：{} 用户: {} 客服：{} 用户: {}",
    "numbered": "坐席001：{}\n客户：{}\n坐席001：{}\n客户：{}",
    "bracketed": "【客服】{}\n【用户】{}\n【客服】{}\n【用户】{}",
    "clock": "[00:01:02] 客服：{}\n[00:01:05] 用户：{}\n[00:01:09] 客服：{}\n[00:01:15] 用户：{}",
    "clock behind": "客服 00:01:02：{}\n用户 00:01:05：{}\n客服 00:01:09：{}\n用户 00:01:15：{}",
    "english": "Agent: {}\nCustomer: {}\nAgent: {}\nCustomer: {}",
    "letters": "A：{}\nB：{}\nA：{}\nB：{}",
    "speakers": "Speaker 1: {}\nSpeaker 2: {}\nSpeaker 1: {}\nSpeaker 2: {}",
    "speakers on one line": "说话人1：{} 说话人2：{} 说话人1：{} 说话人2：{}",
    "chat program": "客服小美 2026-05-01 09:00:00\n{}\n买家甲 2026-05-01 09:00:10\n{}\n"
    "客服小美 2026-05-01 09:00:20\n{}\n买家甲 2026-05-01 09:00:30\n{}",
}
TRANSCRIPTS["stamped"] = (
    "甜甜 (2026-05-01 09:00:00): {}\n某店:小云 (2026-05-01 09:00:10): {}\n"
    "甜甜 (2026-05-01 09:00:20): {}\n某店:小云 (2026-05-01 09:00:30): {}"
)
TRANSCRIPTS["glued"] = "客服：{}用户：{}客服：{}用户：{}"
INFERRED = {"letters", "speakers", "speakers on one line", "stamped"}


@pytest.mark.parametrize("form", sorted(TRANSCRIPTS))
def test_transcripts_in_a_cell_and_in_a_file(tmp_path, form):
    text = TRANSCRIPTS[form].format(*TEXTS)
    table = pd.DataFrame({"通话编号": ["S1", "S2"], "通话内容": [text, text]})
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    assert utterances(turns) == expected("S1", "S2")
    assert turns["role_inferred"].all() == (form in INFERRED)
    assert utterances(ct.read_turns(written(tmp_path, "S3.txt", text))) == expected("S3")
    if "clock" in form:
        assert turns["start_seconds"].tolist()[:4] == [62, 65, 69, 75]
    if form == "chat program":
        assert str(turns["started_at"].iloc[1]) == "2026-05-01 09:00:10"


def test_a_quotation_is_no_turn(tmp_path):
    text = "客服：您好\n用户：我问了。客服说：不行，你们的客服：太差\n第二天又说行\n客服：抱歉"
    turns = ct.read_turns(written(tmp_path, "a.txt", text))
    assert len(turns) == 3
    assert turns["text"].iloc[1].endswith("第二天又说行")


def test_a_folder_of_transcripts_and_several_in_a_file(tmp_path):
    text = TRANSCRIPTS["lines"].format(*TEXTS)
    folder = tmp_path / "calls"
    folder.mkdir()
    for name in ("S1.txt", "S2.txt"):
        written(folder, name, text)
    turns = ct.read_turns(folder)
    assert utterances(turns) == expected("S1", "S2")
    assert set(turns["source"]) == {"S1.txt", "S2.txt"}
    joined = f"通话编号：S1\n渠道：电话\n{text}\n==========\n通话编号：S2\n{text}\n"
    turns = ct.read_turns(written(tmp_path, "all.txt", joined))
    assert utterances(turns) == expected("S1", "S2")
    assert turns["channel"].tolist()[:4] == ["电话"] * 4


def test_offsets_become_times_where_the_beginning_is_known(tmp_path):
    text = TRANSCRIPTS["clock"].format(*TEXTS)
    day = text.replace("00:01", "09:01")
    table = pd.DataFrame(
        {"通话编号": ["S1", "S2"], "通话时间": ["2026-05-01 09:00:00"] * 2, "内容": [text, day]}
    )
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    assert turns["started_at"].dt.strftime("%H:%M:%S").tolist()[::4] == ["09:01:02", "09:01:02"]


def test_subtitles(tmp_path):
    cues = [
        f"{i + 1}\n00:00:{i * 10:02d},500 --> 00:00:{i * 10 + 5:02d},000\n{DESK[i]}：{TEXTS[i]}\n"
        for i in range(4)
    ]
    turns = ct.read_turns(written(tmp_path, "S1.srt", "\n".join(cues)))
    assert utterances(turns) == expected("S1")
    assert turns["start_seconds"].tolist() == [0.5, 10.5, 20.5, 30.5]
    assert turns["end_seconds"].tolist() == [5, 15, 25, 35]
    vtt = "WEBVTT\n\n" + "\n".join(
        f"00:{i * 10:02d}.500 --> 00:{i * 10 + 5:02d}.000\n<v {DESK[i]}>{TEXTS[i]}</v>\n" for i in range(4)
    )
    assert utterances(ct.read_turns(written(tmp_path, "S1.vtt", vtt))) == expected("S1")


def test_recognised_speech_in_milliseconds(tmp_path):
    sentences = [
        {"channel_id": i % 2, "begin_time": i * 2000, "end_time": i * 2000 + 1500, "text": TEXTS[i]}
        for i in range(4)
    ]
    turns = ct.read_turns(written(tmp_path, "S1.json", json.dumps({"result": {"sentences": sentences}})))
    assert utterances(turns) == expected("S1")
    assert turns["start_seconds"].tolist() == [0, 2, 4, 6]
    assert turns["end_seconds"].tolist() == [1.5, 3.5, 5.5, 7.5]


def test_roles_under_a_key_that_nobody_knows(tmp_path):
    messages = [{"xyz": r, "words": t} for r, t in zip(["AGENT", "CUSTOMER"] * 2, TEXTS, strict=True)]
    record = [{"callId": "S1", "startTime": "2026-05-01 09:00:00", "dialogList": messages}]
    turns = ct.read_turns(written(tmp_path, "a.json", json.dumps(record)))
    assert utterances(turns) == expected("S1")
    assert str(turns["created_at"].iloc[0]) == "2026-05-01 09:00:00"


def test_one_column_for_each_side(tmp_path):
    table = pd.DataFrame({"会话ID": ["S1", "S1"], "客服": TEXTS[::2], "用户": TEXTS[1::2]})
    assert utterances(ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))) == expected("S1")


def test_nothing_vanishes(tmp_path):
    table = long_table()
    table.loc[[2, 5], "消息内容"] = ["", " "]
    turns = ct.read_turns(written(tmp_path, "a.csv", table.to_csv(index=False)))
    rejects = turns.attrs["rejects"]
    assert (len(turns), len(rejects), turns.attrs["rows"]) == (6, 2, 8)
    assert [row["line"] for row in rejects] == [4, 7]
    assert turns["turn_id"].tolist() == [0, 1, 2, 0, 1, 2]
    lines = [
        json.dumps({"id": "1", "turns": NESTED["strings"]}),
        "{broken",
        json.dumps({"id": "2", "turns": []}),
    ]
    turns = ct.read_turns(written(tmp_path, "a.jsonl", "\n".join(lines)))
    assert [row["line"] for row in turns.attrs["rejects"]] == [2, 3]
