import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct

LINES = "客服：您好，很高兴为您服务\n用户：我的快递还没到\n客服：请您提供订单号\n用户：12345，快点"
WHOLES = (
    LINES,
    LINES.replace("\n", " "),
    "[00:01:02] A：您好\n[00:01:05] B：退款\n[00:01:09] A：好",
    "1\n00:00:01,000 --> 00:00:03,500\n客服：您好\n\n2\n00:00:04,000 --> 00:00:05,000\n请讲\n",
    "会话ID,发送方,内容\n1,客服,您好\n1,用户,退款\n",
    json.dumps([{"id": 1, "turns": [{"sender": "客服", "utterances": ["您好"]}, {"sender": "用户"}]}]),
    json.dumps([{"id": 1, "content": [{"[SPEAKER 1]": "您好", "[SPEAKER 2]": "退款", "info": {"a": [1]}}]}]),
)


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "工单编号,金额\n1,2\n", "没有找到文本列|看不出"),
        ("a.csv", "标题,正文\n一,退款太慢了没人管\n二,快递丢了没人赔\n", "看不出"),
        ("a.json", '{"a": 1}', "."),
        ("a.json", "[" * 5000 + "]" * 5000, "."),
        ("a.txt", "", "空"),
        ("a.srt", "没有一句字幕", "字幕"),
        ("a.pdf", "x", "不支持"),
        ("a.parquet", "PAR1 broken", "Parquet"),
    ],
)
def test_errors_say_what_to_do(tmp_path, name, content, words):
    with pytest.raises(ct.CsatextError, match=words):
        ct.read_turns(written(tmp_path, name, content))


def test_missing_paths_and_wrong_arguments(tmp_path):
    with pytest.raises(ct.InputError, match="不存在"):
        ct.read_turns(tmp_path / "none.csv")
    with pytest.raises(ct.InputError, match="没有可读"):
        ct.read_turns(tmp_path)
    with pytest.raises(ct.ParameterError, match="path"):
        ct.read_turns(7)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "jsonl", "txt", "srt", "xlsx", "parquet"]))
def test_any_bytes_raise_only_our_errors(tmp_path_factory, data, ending):
    path = tmp_path_factory.mktemp("fuzz") / f"a.{ending}"
    path.write_bytes(data)
    try:
        turns = ct.read_turns(path)
    except ct.CsatextError:
        return
    assert turns.attrs["rows"] == len(turns) + len(turns.attrs["rejects"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("客服用户:：你好 A1", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["role", "text", "turns", "id", "客服", "A", "B", "x"]), inner, max_size=4
        )
    ),
    max_leaves=25,
)


@settings(max_examples=50, deadline=None)
@given(JSON)
def test_any_json_raises_only_our_errors(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("fuzz") / "a.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    try:
        turns = ct.read_turns(path)
    except ct.CsatextError:
        return
    assert turns.attrs["rows"] == len(turns) + len(turns.attrs["rejects"])
    assert turns["role"].isin(["customer", "agent", "bot", "system"]).all()


def test_mangled_files_raise_only_our_errors(tmp_path):
    rng = random.Random(0)
    for whole in WHOLES * 4:
        data = bytearray(whole.encode())
        for _ in range(rng.randrange(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        name = "a.json" if whole.startswith("[{") else rng.choice(["a.txt", "a.csv", "a.srt"])
        try:
            ct.read_turns(written(tmp_path, name, bytes(data)))
        except ct.CsatextError:
            continue


@pytest.mark.parametrize("unit", ["客服 ", " ", "=", "会话 ", "[00:01", "A", "12:00 ", "a：b  "])
def test_time_grows_with_the_length_alone(tmp_path, unit):
    text = LINES + "\n" + (unit * 50_000)[:50_000] + "x"
    assert ct.read_turns(written(tmp_path, "a.txt", text)).attrs["rows"] >= 4
