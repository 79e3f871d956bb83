"""Recognised speech: sentences are turns, the words below them are not; channels and speakers are sides."""

import json

import pytest

import csatext as ct
from csatext.ingest.formats.registry import open_tables
from csatext.ingest.input_kind import is_dialogues
from csatext.ingest.options import ReadOptions

SAID = [
    "您好，很高兴为您服务。",
    "我的快递还没到。",
    "请您提供一下订单号。",
    "一二三四五，快点吧。",
    "好的，请稍等。",
    "还要等多久？",
    "正在为您查询。",
    "行吧，我等着。",
]
ROLES = ["agent", "customer"] * 4


def pieces(text, n, names=("word", "start", "end"), scale=1, **more):
    bare = text.rstrip("。？")
    parts = [bare[i : i + 2] for i in range(0, len(bare), 2)]
    return [
        {
            names[0]: part,
            names[1]: (n * 2000 + i * 100) / scale if scale > 1 else n * 2000 + i * 100,
            names[2]: (n * 2000 + i * 100 + 100) / scale if scale > 1 else n * 2000 + i * 100 + 100,
            **more,
        }
        for i, part in enumerate(parts)
    ]


ALIYUN = {
    "TaskId": "T1",
    "StatusText": "SUCCESS",
    "Result": {
        "Sentences": [
            {
                "ChannelId": n % 2,
                "BeginTime": n * 2000,
                "EndTime": n * 2000 + 1500,
                "Text": said,
                "Words": pieces(said, n, ("Word", "BeginTime", "EndTime"), ChannelId=n % 2),
            }
            for n, said in enumerate(SAID)
        ]
    },
}
ALIYUN_BESIDE = {
    "TaskId": "T1",
    "Result": {
        "Sentences": [
            {k: v for k, v in one.items() if k != "Words"} for one in ALIYUN["Result"]["Sentences"]
        ],
        "Words": [word for one in ALIYUN["Result"]["Sentences"] for word in one["Words"]],
    },
}
TENCENT = {
    "Data": {
        "TaskId": "T1",
        "Status": 2,
        "Result": "".join(
            f"[0:{n * 2}.000,0:{n * 2 + 1}.500,{n % 2}]  {said}\n" for n, said in enumerate(SAID)
        ),
        "ResultDetail": [
            {
                "FinalSentence": said,
                "SliceSentence": said,
                "StartMs": n * 2000,
                "EndMs": n * 2000 + 1500,
                "SpeakerId": n % 2,
                "WordsNum": 4,
                "Words": pieces(said, n, ("Word", "OffsetStartMs", "OffsetEndMs")),
            }
            for n, said in enumerate(SAID)
        ],
    }
}
DASHSCOPE = {
    "task_id": "T1",
    "transcripts": [
        {
            "channel_id": channel,
            "content_duration_in_milliseconds": 9000,
            "text": "".join(SAID[channel::2]),
            "sentences": [
                {
                    "begin_time": n * 2000,
                    "end_time": n * 2000 + 1500,
                    "text": SAID[n],
                    "sentence_id": n // 2 + 1,
                    "words": pieces(SAID[n], n, ("text", "begin_time", "end_time"), punctuation=""),
                }
                for n in range(channel, 8, 2)
            ],
        }
        for channel in (0, 1)
    ],
}
WHISPERX = {
    "task_id": "T1",
    "language": "zh",
    "text": "".join(SAID),
    "segments": [
        {
            "start": n * 2.0,
            "end": n * 2 + 1.5,
            "text": said,
            "speaker": f"SPEAKER_0{n % 2}",
            "words": pieces(said, n, scale=1000, speaker=f"SPEAKER_0{n % 2}"),
        }
        for n, said in enumerate(SAID)
    ],
    "word_segments": [
        word
        for n, said in enumerate(SAID)
        for word in pieces(said, n, scale=1000, speaker=f"SPEAKER_0{n % 2}")
    ],
}
VOLCENGINE = {
    "task_id": "T1",
    "result": {
        "text": "".join(SAID),
        "utterances": [
            {
                "start_time": n * 2000,
                "end_time": n * 2000 + 1500,
                "text": said,
                "additions": {"speaker": str(n % 2 + 1)},
                "words": pieces(said, n, ("text", "start_time", "end_time")),
            }
            for n, said in enumerate(SAID)
        ],
    },
}
IFLYTEK = {
    "orderId": "T1",
    "lattice": [
        {
            "json_1best": json.dumps(
                {
                    "st": {
                        "bg": str(n * 2000),
                        "ed": str(n * 2000 + 1500),
                        "rl": str(n % 2 + 1),
                        "rt": [
                            {"ws": [{"cw": [{"w": part["word"], "wp": "n"}]} for part in pieces(said, n)]}
                        ],
                    }
                }
            )
        }
        for n, said in enumerate(SAID)
    ],
}
IFLYTEK_PLAIN = {
    "orderId": "T1",
    "orderResult": json.dumps(
        {"lattice2": [{"json_1best": json.loads(one["json_1best"])} for one in IFLYTEK["lattice"]]}
    ),
}
IFLYTEK_OLD = {
    "task_id": "T1",
    "data": json.dumps(
        [
            {
                "bg": str(n * 2000),
                "ed": str(n * 2000 + 1500),
                "onebest": said,
                "speaker": str(n % 2 + 1),
                "wordsResultList": [
                    {"wordsName": p["word"], "wordBg": "1", "wordEd": "2", "wc": "1"} for p in pieces(said, n)
                ],
            }
            for n, said in enumerate(SAID)
        ]
    ),
}
FUNASR = {
    "key": "T1",
    "text": "".join(SAID),
    "timestamp": [[0, 100], [100, 200]],
    "sentence_info": [
        {
            "text": said,
            "start": n * 2000,
            "end": n * 2000 + 1500,
            "timestamp": [[n * 2000, n * 2000 + 100]],
            "spk": n % 2,
        }
        for n, said in enumerate(SAID)
    ],
}
DEEPGRAM = {
    "metadata": {"request_id": "T1", "channels": 1},
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "transcript": "".join(SAID),
                        "words": [
                            w
                            for n, said in enumerate(SAID)
                            for w in pieces(said, n, scale=1000, speaker=n % 2)
                        ],
                    }
                ]
            }
        ],
        "utterances": [
            {
                "start": n * 2.0,
                "end": n * 2 + 1.5,
                "transcript": said,
                "channel": 0,
                "speaker": n % 2,
                "words": pieces(said, n, scale=1000, speaker=n % 2),
            }
            for n, said in enumerate(SAID)
        ],
    },
}
AZURE = {
    "source": "x.wav",
    "recognizedPhrases": [
        {
            "channel": n % 2,
            "offsetInTicks": n * 2,
            "startSeconds": n * 2.0,
            "nBest": [
                {"confidence": 0.9, "display": said, "words": pieces(said, n)},
                {"confidence": 0.1, "display": "别的"},
            ],
        }
        for n, said in enumerate(SAID)
    ],
}
GOOGLE = {
    "results": [
        {
            "alternatives": [{"transcript": said, "confidence": 0.9, "words": pieces(said, n)}],
            "channelTag": n % 2 + 1,
            "resultEndTime": f"{n * 2 + 1.5}s",
        }
        for n, said in enumerate(SAID)
    ]
}
WORDS_ONLY = {
    "taskId": "T1",
    "sentences": [
        {"channel": n % 2, "start": n * 2000, "end": n * 2000 + 1500, "words": pieces(said, n)}
        for n, said in enumerate(SAID)
    ],
}
NESTED_CHANNELS = {
    "callId": "T1",
    "channels": [
        {
            "channelId": c,
            "segments": [{"start": n * 2.0, "end": n * 2 + 1.5, "text": SAID[n]} for n in range(c, 8, 2)],
        }
        for c in (0, 1)
    ],
}
SPEECH = {name: value for name, value in globals().items() if name.isupper() and isinstance(value, dict)}
NO_STOPS = {"IFLYTEK", "IFLYTEK_PLAIN", "WORDS_ONLY"}


def read(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    assert is_dialogues(open_tables(path, ReadOptions.of()), path)
    turns = ct.read_turns(path)
    assert turns.attrs["rows"] == len(turns) + len(turns.attrs["rejects"])
    return turns


@pytest.mark.parametrize("name", SPEECH)
def test_a_sentence_is_a_turn_and_a_word_is_none(tmp_path, name):
    turns = read(tmp_path, "T1.json", json.dumps(SPEECH[name]))
    said = [text.rstrip("。？") for text in SAID] if name in NO_STOPS else SAID
    assert turns["text"].tolist() == said
    assert turns["role"].tolist() == ROLES
    assert turns["role_inferred"].all()
    assert set(turns["doc_id"]) == {"T1"}
    if name not in ("AZURE", "GOOGLE"):
        assert turns["start_seconds"].tolist() == [0, 2, 4, 6, 8, 10, 12, 14]
        assert turns["end_seconds"].tolist() == [1.5, 3.5, 5.5, 7.5, 9.5, 11.5, 13.5, 15.5]


def test_two_calls_in_a_list_and_in_lines(tmp_path):
    second = {**TENCENT, "Data": {**TENCENT["Data"], "TaskId": "T2"}}
    for name, text in (
        ("a.json", json.dumps([TENCENT, second])),
        ("a.jsonl", json.dumps(TENCENT) + "\n" + json.dumps(second)),
    ):
        turns = read(tmp_path, name, text)
        assert turns["doc_id"].tolist() == ["T1"] * 8 + ["T2"] * 8
        assert turns["text"].tolist() == SAID * 2


def test_a_sentence_in_which_the_speaker_changes_is_two_turns(tmp_path):
    first, second = SAID[0].rstrip("。"), SAID[1].rstrip("。")
    mixed = pieces(first, 0, speaker="A") + pieces(second, 1, speaker="B")
    value = {"segments": [{"start": 0, "end": 4000, "text": first + second, "words": mixed}]}
    turns = read(tmp_path, "T1.json", json.dumps(value))
    assert list(zip(turns["role"], turns["text"], strict=True)) == [("agent", first), ("customer", second)]


def test_words_without_sentences_join_by_speaker(tmp_path):
    flat = [w for n, said in enumerate(SAID) for w in pieces(said, n, speaker=f"spk{n % 2}")]
    turns = read(tmp_path, "T1.json", json.dumps({"task_id": "T1", "words": flat}))
    assert turns["text"].tolist() == [said.rstrip("。？") for said in SAID]
    assert turns["role"].tolist() == ROLES


def test_english_words_keep_their_blanks(tmp_path):
    said = ["Thank you for calling", "my parcel is late"]
    sentences = [
        {"speaker": n, "words": [{"word": w, "start": n + i / 10} for i, w in enumerate(text.split())]}
        for n, text in enumerate(said)
    ]
    turns = read(tmp_path, "T1.json", json.dumps({"segments": sentences}))
    assert turns["text"].tolist() == said


def test_whisper_without_speakers_is_speech(tmp_path):
    value = {"text": "".join(SAID), "segments": [{**s, "id": n} for n, s in enumerate(WHISPERX["segments"])]}
    for segment in value["segments"]:
        del segment["speaker"]
        segment["words"] = [{k: v for k, v in w.items() if k != "speaker"} for w in segment["words"]]
    turns = read(tmp_path, "T1.json", json.dumps(value))
    assert turns["text"].tolist() == SAID
    assert turns["start_seconds"].tolist() == [0, 2, 4, 6, 8, 10, 12, 14]


RANGES = [
    "[00:00:0{a}.2 - 00:00:0{b}.4] {who}：{said}",
    "00:0{a}-00:0{b} {who}: {said}",
    "0{a}.20s - {b}.40s {who} {said}",
    "[{a}.20 --> {b}.40] {who}：{said}",
    "[{a}.20s -> {b}.40s] {who}: {said}",
    "({a}.2~{b}.4) {who}：{said}",
    "[0:{a}.200,0:{b}.400] {who}：{said}",
    "00:00:0{a},200 --> 00:00:0{b},400 {who}：{said}",
    "【00:00:0{a}-00:00:0{b}】{who}：{said}",
    "{a}200ms-{b}400ms {who}：{said}",
    "{who} [00:00:0{a}.2 - 00:00:0{b}.4]：{said}",
    "{who}（{a}.2s-{b}.4s）：{said}",
    "{a}.2秒至{b}.4秒 {who}：{said}",
    "[00:00:0{a}.2 - 00:00:0{b}.4]\n{who}：{said}",
]


@pytest.mark.parametrize("form", RANGES)
@pytest.mark.parametrize("sides", [("坐席", "客户"), ("A", "B"), ("说话人1", "说话人2")])
def test_time_ranges_before_the_speaker(tmp_path, form, sides):
    if sides[0] == "A" and "{who} {said}" in form:
        # A letter and a blank may begin a sentence: without a colon a named side alone is a speaker.
        sides = ("坐席1", "客户1")
    lines = [form.format(a=2 * n, b=2 * n + 1, who=sides[n % 2], said=SAID[n]) for n in range(4)]
    turns = read(tmp_path, "T1.txt", "\n".join(lines))
    assert turns["text"].tolist() == SAID[:4]
    assert turns["role"].tolist() == ROLES[:4]
    whole = "{a}.2" not in form and "{a},2" not in form and "0{a}.2" not in form and "{a}2" not in form
    shift = 0.0 if whole else 0.2
    assert turns["start_seconds"].tolist() == [n * 2 + shift for n in range(4)]
    assert turns["end_seconds"].tolist() == [n * 2 + 1 + 2 * shift for n in range(4)]


@pytest.mark.parametrize("words", [None, []])
def test_a_sentence_without_its_words_is_kept(tmp_path, words):
    detail = [{**one, "Words": words} for one in TENCENT["Data"]["ResultDetail"]]
    turns = read(tmp_path, "T1.json", json.dumps({"Data": {"TaskId": "T1", "ResultDetail": detail}}))
    assert turns["text"].tolist() == SAID


def test_sentences_as_lists_of_one_reading(tmp_path):
    detail = [
        {"res": [said], "begin_time": n * 2000, "end_time": n * 2000 + 1500, "words_info": pieces(said, n)}
        for n, said in enumerate(SAID)
    ]
    value = {"task_id": "T1", "task_result": {"result": ["".join(SAID)], "detailed_result": detail}}
    assert read(tmp_path, "T1.json", json.dumps(value))["text"].tolist() == SAID
