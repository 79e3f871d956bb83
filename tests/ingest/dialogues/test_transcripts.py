"""Shapes of dialogues that exports bring: numbered, stamped, in brackets, in lists, by side, in subtitles."""

import csv
import io
import json

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.dialogues.transcripts import find_grammar, split_transcript

EXPECTED = [("agent", "您好"), ("customer", "退款没到")]


def utterances(path):
    turns = ct.read_turns(path)
    assert turns.attrs["rows"] == len(turns) + len(turns.attrs["rejects"])
    assert not turns["role_inferred"].any()
    return list(zip(turns["role"], turns["text"], strict=True))


def in_a_cell(folder, *cells):
    made = io.StringIO()
    csv.writer(made).writerows([["工单号", "通话内容"], *[[f"W{n}", cell] for n, cell in enumerate(cells)]])
    path = folder / "c.csv"
    path.write_text(made.getvalue(), encoding="utf-8")
    return path


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


SHAPES = [
    "1. 客服：您好\n2. 用户：退款没到",
    "1、坐席：您好\n2、客户：退款没到",
    "(1)客服：您好\n(2)用户：退款没到",
    "（1）客服：您好\n（2）用户：退款没到",
    "[1] 客服：您好\n[2] 用户：退款没到",
    "1 客服：您好\n2 用户：退款没到",
    "第1轮 客服：您好\n第2轮 用户：退款没到",
    "1. 客服：您好 2. 用户：退款没到",
    "[2024-01-02 10:00:00] 客服 您好\n[2024-01-02 10:00:05] 用户 退款没到",
    "10:00:00 客服 您好\n10:00:05 用户 退款没到",
    "客服 2024-01-02 10:00:00\n您好\n用户 2024-01-02 10:00:05\n退款没到",
    "2024-01-02 10:00:00 客服\n您好\n2024-01-02 10:00:05 用户\n退款没到",
    "客服﹕您好\n用户﹕退款没到",
    "【客服】您好【用户】退款没到",
    "(客服) 您好\n(用户) 退款没到",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_transcripts_in_cells_and_files(tmp_path, shape):
    assert utterances(in_a_cell(tmp_path, shape, shape)) == EXPECTED * 2
    assert utterances(written(tmp_path, "t.txt", shape + "\n")) == EXPECTED


def test_line_ends_written_as_letters(tmp_path):
    assert utterances(in_a_cell(tmp_path, "客服：您好\\n用户：退款没到")) == EXPECTED
    assert utterances(in_a_cell(tmp_path, "Agent: 您好\\nUser: 退款没到")) == EXPECTED
    path = in_a_cell(tmp_path, "客服：您好\n用户：在盘\\new里")
    assert utterances(path) == [EXPECTED[0], ("customer", "在盘\\new里")]


def test_numbers_that_count_nothing_stay(tmp_path):
    path = in_a_cell(tmp_path, "客服：请报尾号\n用户：尾号 12\n客服：好\n用户：一共 3.5 元")
    assert [text for _, text in utterances(path)] == ["请报尾号", "尾号 12", "好", "一共 3.5 元"]


def test_a_tag_within_a_sentence_is_no_speaker(tmp_path):
    path = in_a_cell(tmp_path, "客服：请点【用户】页\n用户：找不到")
    assert [text for _, text in utterances(path)] == ["请点【用户】页", "找不到"]


@pytest.mark.parametrize(
    "turns",
    [
        ["客服：您好", "用户：退款没到"],
        ["agent: 您好", "customer: 退款没到"],
        ["[客服] 您好", "[用户] 退款没到"],
    ],
)
def test_lists_of_labelled_texts(tmp_path, turns):
    records = [{"id": "x", "dialogue": turns}, {"id": "y", "dialogue": [turns[0], turns[1], turns[1]]}]
    path = written(tmp_path, "d.json", json.dumps(records, ensure_ascii=False))
    assert utterances(path) == [*EXPECTED, *EXPECTED, EXPECTED[1]]


def test_role_and_text_inside_objects(tmp_path):
    turns = [
        {"author": {"role": "agent"}, "content": {"parts": ["您好"]}},
        {"author": {"role": "user"}, "content": {"parts": ["退款没到"]}},
    ]
    assert utterances(written(tmp_path, "d.json", json.dumps([{"id": 1, "messages": turns}]))) == EXPECTED


def test_half_characters_are_counted_as_a_repair(tmp_path):
    line = (
        '{"id":"1","turns":[{"role":"user","text":"慢\\ud83d"},{"role":"agent","text":"好\\ud83d\\ude00"}]}'
    )
    turns = ct.read_turns(written(tmp_path, "d.jsonl", line))
    assert turns["text"].tolist() == ["慢?", "好😀"]
    assert [row["n"] for row in turns.attrs["quality"] if row["check"] == "lone_surrogates"] == [1]
    cell = json.dumps([{"role": "user", "text": "慢"}])[:-3] + '\\ud83d"}]'
    assert ct.read_turns(in_a_cell(tmp_path, cell))["text"].str.endswith("?").all()


@pytest.mark.parametrize(
    "headers",
    [
        ("客户消息", "客服回复"),
        ("用户内容", "坐席内容"),
        ("user_text", "agent_text"),
        ("客户", "客服"),
        ("question", "answer"),
    ],
)
def test_a_column_for_each_side_of_few_rows(tmp_path, headers):
    rows = pd.DataFrame(
        [["1", "退款没到", "您好请稍等"], ["2", "在吗", "在的亲"]], columns=["编号", *headers]
    )
    rows.to_csv(tmp_path / "s.csv", index=False)
    assert utterances(tmp_path / "s.csv") == [
        ("customer", "退款没到"),
        ("agent", "您好请稍等"),
        ("customer", "在吗"),
        ("agent", "在的亲"),
    ]


def test_names_under_sides_are_not_what_they_said(tmp_path):
    rows = pd.DataFrame({"会话ID": ["1", "1"], "客户": "林某", "客服": "安某", "内容": ["在吗", "在的亲"]})
    rows.to_csv(tmp_path / "s.csv", index=False)
    assert ct.read_turns(tmp_path / "s.csv")["text"].tolist() == ["在吗", "在的亲"]


CUES = "WEBVTT\n\nNOTE 甲\n\ncue-1\n00:01.000 --> 00:03.500\n<v 客服>您好</v>\n\nNOTE 乙\n\ncue-2\n"


def test_names_of_cues_and_notes_are_no_speech(tmp_path):
    text = CUES + "00:04.000 --> 00:06.000\n<v 用户>退款没到</v>\n"
    assert utterances(written(tmp_path, "a.vtt", text)) == EXPECTED


def test_two_voices_in_a_cue(tmp_path):
    text = "WEBVTT\n\n00:01.000 --> 00:03.500\n<v 客服>您好</v> <v 用户>退款没到</v>\n"
    assert utterances(written(tmp_path, "a.vtt", text)) == EXPECTED


def test_speakers_in_round_brackets(tmp_path):
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n(客服) 您好\n\n2\n00:00:02,000 --> 00:00:03,000\n(用户) 退款没到\n"
    )
    assert utterances(written(tmp_path, "a.srt", text)) == EXPECTED


def test_blank_lines_between_dialogues(tmp_path):
    several = "客服：您好\n用户：退款没到\n\n客服：您好\n用户：换货\n"
    turns = ct.read_turns(written(tmp_path, "t.txt", several))
    assert turns["doc_id"].tolist() == ["1", "1", "2", "2"]
    # Paragraphs of one dialogue: nobody greets twice; and a blank line behind each turn.
    for one in (
        "客服：您好\n用户：退款\n\n客服：查到了\n用户：谢谢\n",
        "客服：您好\n\n用户：退款\n\n客服：您好\n",
    ):
        assert ct.read_turns(written(tmp_path, "t.txt", one))["doc_id"].unique().tolist() == ["t"]


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (("10:00", "10:01"), [36000.0, 36060.0]),
        (("00:05", "01:10"), [5.0, 70.0]),
        (("23:10", "31:20"), [1390.0, 1880.0]),
        (("00:10:00", "00:10:01"), [600.0, 601.0]),
    ],
)
def test_a_clock_or_the_time_of_a_call(tmp_path, times, seconds):
    text = f"{times[0]} 客服：您好\n{times[1]} 用户：退款没到\n"
    assert ct.read_turns(written(tmp_path, "t.txt", text))["start_seconds"].tolist() == seconds


def test_a_row_without_its_dialogue_is_counted(tmp_path):
    rows = [["A", "客服", "您好"], ["A", "客户", "退款"], [None, "客户", "快点"]]
    pd.DataFrame(rows, columns=["会话ID", "角色", "内容"]).to_csv(tmp_path / "t.csv", index=False)
    turns = ct.read_turns(tmp_path / "t.csv")
    assert turns["doc_id"].tolist() == ["A", "A", "A"]
    assert [row["n"] for row in turns.attrs["quality"] if row["check"] == "turn_continued"] == [1]


@pytest.mark.parametrize("names", [("说话人 1", "说话人 2"), ("Speaker 1", "Speaker 2"), ("客服", "客户")])
def test_a_speaker_and_minutes_above_what_was_said(names):
    text = "\n".join(f"{names[i % 2]} 0{i}:07\n第{i}句：明天 10:30\n" for i in range(4))
    grammar = find_grammar([text])
    assert grammar == "head_lines"
    lines = split_transcript(text, grammar)
    assert [line.label for line in lines] == [*names, *names]
    assert [line.text for line in lines] == [f"第{i}句：明天 10:30" for i in range(4)]
    assert lines[3].began == "03:07"
