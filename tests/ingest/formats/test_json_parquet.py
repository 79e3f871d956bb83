"""JSON, JSON lines, Parquet and databases: shapes of documents, odd cells, attrs that survive."""

import datetime as dt
import decimal
import json
import sqlite3
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import csatext as ct
from csatext.errors import InputError
from csatext.ingest.contacts import read_input
from csatext.ingest.formats.json_parquet import read_json


@pytest.mark.parametrize(
    "document",
    [
        [{"id": 1, "content": "慢"}, {"id": 2, "content": "差"}],
        {"code": 0, "data": {"total": 2, "list": [{"id": 1, "content": "慢"}, {"id": 2, "content": "差"}]}},
        {"id": [1, 2], "content": ["慢", "差"]},
    ],
)
def test_documents(tmp_path: Path, document: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    contacts = ct.read_contacts(path)
    assert contacts.to_dict("list") == {"doc_id": ["1", "2"], "text": ["慢", "差"]}


def test_nested_records_become_dotted_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"content": "慢", "order": {"no": "7", "tags": ["急", 1]}}]', "utf-8")
    contacts = ct.read_contacts(path)
    assert contacts.loc[0, "order.tags"] == '["急", 1]'
    assert "order.no" in contacts.columns or contacts.loc[0, "order_id"] == "7"


def test_bad_lines_are_rejected_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "text": "慢"}\n{"id": 2,\n\n[3]\n{"id": 4, "text": "差"}\n', "utf-8")
    result = read_input(path)
    assert result.contacts["doc_id"].tolist() == ["1", "4"]
    assert result.rejects["line"].tolist() == [2, 4]
    assert result.rows == 4


@pytest.mark.parametrize(
    "text", ["[" * 50_000, '[{"text": "慢", "n": ' + "9" * 5000 + "}]", "5", "null", "{}"]
)
def test_documents_without_records(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ct.InputError, match="JSON"):
        ct.read_contacts(path)


def test_odd_values(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '[{"text": "\\ud800慢", "n": NaN, "big": 1' + "0" * 30 + '}, {"text": "差", "n": 2}]', "utf-8"
    )
    contacts = ct.read_contacts(path)
    assert contacts["text"].tolist() == ["?慢", "差"]
    assert contacts["n"].isna().tolist() == [True, False]


def test_parquet_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [1, 2],
            "text": ["慢", "差"],
            "created_at": pa.array([0, None], pa.timestamp("ns", "UTC")),
            "price": [decimal.Decimal("1.5"), None],
            "tags": [["a", "b"], ["c"]],
            "raw": [b"\xe6\x85\xa2", None],
            "day": [dt.date(2024, 1, 2), None],
            "kind": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    contacts = ct.read_contacts(tmp_path / "a.parquet")
    assert contacts["created_at"].iloc[0] == pd.Timestamp("1970-01-01 08:00")
    assert contacts["price"].iloc[0] == 1.5
    assert contacts["tags"].tolist() == ['["a", "b"]', '["c"]']
    assert contacts["raw"].iloc[0] == "慢"
    assert contacts["day"].iloc[0] == pd.Timestamp("2024-01-02")
    assert str(contacts["kind"].dtype) == "str"
    contacts.to_parquet(tmp_path / "b.parquet")
    assert pd.read_parquet(tmp_path / "b.parquet").shape == contacts.shape


def test_database_errors_are_plain(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        pd.DataFrame({"编号": [1], "内容": ["慢"]}).to_sql("t", connection, index=False)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    assert ct.read_contacts(url, query="select * from t")["text"].tolist() == ["慢"]
    with pytest.raises(ct.InputError, match="查询失败"):
        ct.read_contacts(url, query="select * from nothing")
    with pytest.raises(ct.InputError, match="没有返回任何行"):
        ct.read_contacts(url, query="select * from t where 编号 > 9")


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("sep=;\n编号;内容\n1;慢,很慢\n2;差\n", ["慢,很慢", "差"]),
        ("编号|内容\n1|慢\n2|差\n", ["慢", "差"]),
        ("编号，内容\n1，慢\n2，差\n", ["慢", "差"]),
        ("五月汇总,,\n编号,内容,渠道\n1,慢,电话\n2,差,在线\n", ["慢", "差"]),
        (
            "1,今天的菜送来就凉了真的很生气,电话\n2,师傅很热情下次还来你们家,电话\n",
            ["今天的菜送来就凉了真的很生气", "师傅很热情下次还来你们家"],
        ),
        ("内容\n慢,很慢\n差\n", ["慢,很慢", "差"]),
        ("编号,内容\r1,慢\r2,差\r", ["慢", "差"]),
        ("编号,内容\n1,慢,\n2,差,\n3,冷,\n", ["慢", "差", "冷"]),
        ("编号,内容\n1,慢\n\n\n2,差\n", ["慢", "差"]),
    ],
)
def test_layouts_of_text_files(tmp_path: Path, text: str, texts: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert ct.read_contacts(path)["text"].tolist() == texts


def test_a_line_of_text_among_records_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "内容": "退款太慢"}\n"单独一句话"\n{"id": 2, "内容": "没人接"}\n', "utf-8")
    result = read_input(path)
    assert result.contacts["text"].tolist() == ["退款太慢", "没人接"]
    assert result.rejects["line"].tolist() == [2]
    assert result.rejects["reason"].tolist() == ["不是记录（对象）"]


def test_records_of_too_many_names(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{f"k{i}": 1 for i in range(17_000)}]), "utf-8")
    with pytest.raises(InputError, match="超过上限"):
        read_input(path)


@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary"])
def test_bad_bytes_in_parquet(tmp_path: Path, kind: str) -> None:
    cells = pa.array(["客服".encode(), "客户".encode() + b"\xff", None], pa.binary())
    if kind == "large_string":
        wide = cells.cast(pa.large_binary())
        spoilt = pa.LargeStringArray.from_buffers(3, *wide.buffers()[1:], wide.buffers()[0], 1)
    else:
        spoilt = pa.StringArray.from_buffers(3, *cells.buffers()[1:], cells.buffers()[0], 1)
    if kind == "dictionary":
        spoilt = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int32()), spoilt.slice(0, 2))
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"会话ID": ["S1", "S2", "S3"], "角色": spoilt, "内容": ["在", "退款", "慢"]}), path
    )
    contacts = ct.read_contacts(path)
    assert contacts["角色" if "角色" in contacts else "role"].iloc[1].startswith("客户")
    assert [row["n"] for row in contacts.attrs["quality"] if row["check"] == "bad_bytes"] == [1]
    assert len(ct.read_turns(path)) == 3


def lines_of(*records: str) -> str:
    return "\n".join(records) + "\n"


@pytest.mark.parametrize(
    ("records", "column", "wanted"),
    [
        (['{"text": "慢", "v": 1}', '{"text": "差", "v": 2.5}'], "v", [1.0, 2.5]),
        (
            ['{"text": "慢", "v": 12345678901234567890}', '{"text": "差", "v": 2}'],
            "v",
            [12345678901234567890, 2],
        ),
        (['{"text": "慢", "v": 9007199254740993}', '{"text": "差"}'], "v", [9007199254740993, None]),
        (['{"text": "慢", "v": true}', '{"text": "差", "v": null}'], "v", [True, None]),
        (['{"text": "慢", "v": "1"}', '{"text": "差", "v": 2}'], "v", ["1", 2]),
        (
            ['{"text": "慢", "v": "2026-05-03T10:00:00Z"}', '{"text": "差"}'],
            "v",
            ["2026-05-03T10:00:00Z", None],
        ),
        (['{"text": "慢", "v": 1, "v": 2}', '{"text": "差", "v": 3}'], "v", [2, 3]),
        (['{"text": "慢", "v": {"k": 1}}', '{"text": "差", "v": {"k": 2}}'], "v.k", [1, 2]),
        (['{"text": "慢", "v": [1]}', '{"text": "差", "v": []}'], "v", ["[1]", "[]"]),
        (['{"text": "慢", "v": NaN}', '{"text": "差", "v": 1.5}'], "v", [None, 1.5]),
    ],
)
def test_lines_read_at_once_have_the_values_of_lines_read_one_by_one(records, column, wanted):
    raw = read_json(lines_of(*records), "a.jsonl")
    found = [None if cell != cell else cell for cell in raw.frame[column].tolist()]
    assert found == wanted
    assert [type(cell) for cell in found] == [type(cell) for cell in wanted]
    assert raw.lines.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "lines", "rejected"),
    [
        ('{"text": "慢"}\n\n{"text": "差"}\n', [1, 3], []),
        ('{"text": "慢"}{"text": "差"}\n', [1, 1], []),
        ('{"text": "慢"}\r\n{"text": "差"}\r\n', [1, 2], []),
        ('{"text": "慢"}\n{"text": "差"\n{"text": "贵"}\n', [1, 3], [2]),
        ('{"text": "慢"}\nnull\n{"text": "贵"}\n', [1, 3], [2]),
    ],
)
def test_lines_keep_their_numbers(text, lines, rejected):
    raw = read_json(text, "a.jsonl")
    assert raw.lines.tolist() == lines
    assert [reject.line for reject in raw.rejects] == rejected


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_last_line_is_read_with_and_without_its_end(end):
    raw = read_json('{"text": "慢", "n": 7, "v": 0.5}\n{"text": "差", "n": 8, "v": null}' + end, "a.jsonl")
    assert raw.frame["text"].tolist() == ["慢", "差"]
    assert raw.frame["n"].tolist() == [7, 8]
    assert raw.frame["n"].dtype == "int64"
    assert raw.frame["v"].isna().tolist() == [False, True]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_keys_that_are_no_text_or_have_no_end_are_names_like_others(tmp_path, name):
    path = tmp_path / name
    first = '{"编号": "1", "内容": "慢\\ud800了", "\\udfff": "x", "' + "键" * 2_000 + '": "y"}'
    second = '{"编号": "2", "内容": "太慢了"}'
    path.write_text(f"[{first},{second}]" if name == "a.json" else f"{first}\n{second}\n", "utf-8")
    read = ct.read_contacts(path)
    assert [column for column in read.columns if len(column) <= 20] in (
        ["doc_id", "text", "?"],
        ["doc_id", "text", "\ufffd"],
    )
    assert [len(column) for column in read.columns if len(column) > 20] == [1_000]
    assert read["doc_id"].tolist() == ["1", "2"]
