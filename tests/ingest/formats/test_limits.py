"""Limits of one input: each hostile size is an error or a reject, at little cost."""

import gzip
import json
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import csatext as ct
from csatext.ingest.contacts import read_input
from csatext.ingest.formats import files, json_parquet, json_values
from csatext.ingest.formats.limits import DEEPEST_JSON, LONGEST_CELL
from csatext.ingest.repair import table_cleanup

HEADER = "编号,内容,渠道\n"
ROWS = "".join(f"{i},第{i}次反映宽带掉线,电话\n" for i in range(1, 4))


def test_a_cell_of_megabytes_is_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    long = "太慢" * (LONGEST_CELL // 2 + 1)
    path.write_text(f"{HEADER}0,{long},电话\n{ROWS}", "utf-8")
    result = read_input(path)
    assert result.contacts["doc_id"].tolist() == ["1", "2", "3"]
    assert result.rejects["line"].tolist() == [2]
    assert result.rejects["reason"].tolist() == ["一格超过 5,000,000 字"]
    assert result.rejects["raw"].str.len().max() <= 500


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "parquet"])
def test_each_format_rejects_a_long_cell(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_cleanup, "LONGEST_CELL", 20)
    rows = [{"编号": "1", "内容": "太慢了，退款一直没到"}, {"编号": "2", "内容": "慢" * 21}]
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        path.write_text("编号,内容\n" + "".join(f"{r['编号']},{r['内容']}\n" for r in rows), "utf-8")
    elif ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        texts = [json.dumps(row, ensure_ascii=False) for row in rows]
        path.write_text("\n".join(texts) if ending == "jsonl" else f"[{','.join(texts)}]", "utf-8")
    result = read_input(path)
    assert result.contacts["doc_id"].tolist() == ["1"]
    assert result.rejects["reason"].tolist() == ["一格超过 20 字"]


def test_a_large_text_without_line_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "_HELD", 100)
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "1," + "慢" * 100 + ",电话\n", "utf-8")
    with pytest.raises(ct.InputError, match="有一行超过 100 字节"):
        ct.read_contacts(path)
    monkeypatch.setattr(files, "MOST_CELLS", 50)
    path.write_text(HEADER + "1,慢,电话\n" * 60, "utf-8")
    with pytest.raises(ct.InputError, match="超过 50 行"):
        ct.read_contacts(path)


def test_gzip_is_counted_before_it_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv.gz"
    pieces = [HEADER.encode(), *(line.encode() for line in ROWS.splitlines(keepends=True))]
    path.write_bytes(b"".join(map(gzip.compress, pieces)) + b"\0" * 30)
    monkeypatch.setattr(files, "_HELD", 10)
    monkeypatch.setattr(files, "_PACKED_PIECE", 7)
    monkeypatch.setattr(files, "_PIECE", 11)
    assert files.read_bytes(path) == b"".join(pieces)
    monkeypatch.setattr(files, "MOST_GZIP_MEMBERS", 3)
    with pytest.raises(ct.InputError, match="超过 3 个压缩文件"):
        files.read_bytes(path)
    path.write_bytes(gzip.compress(gzip.compress(ROWS.encode())))
    with pytest.raises(ct.InputError, match="不止一层"):
        files.read_bytes(path)


def test_a_gzip_bomb_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 8 << 20)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(b"a" * (1 << 20)) for _ in range(40)) + packer.flush()
    path = tmp_path / "a.csv.gz"
    path.write_bytes(data)
    with pytest.raises(ct.InputError, match="解压后超过 8 MB"):
        ct.read_contacts(path)


def test_keys_that_differ_from_record_to_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_cleanup, "MOST_COLUMNS", 50)
    monkeypatch.setattr(json_parquet, "MOST_COLUMNS", 50)
    path = tmp_path / "a.jsonl"
    records = [
        {**{f"k{i}_{j}": j for j in range(30)}, "id": str(i), "text": f"第{i}次反映宽带掉线"}
        for i in range(20)
    ]
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["doc_id"].tolist() == [str(i) for i in range(20)]
    assert contacts["text"].iloc[7] == "第7次反映宽带掉线"
    unread = {row["check"]: row for row in contacts.attrs["quality"]}["columns_unread"]
    assert (unread["n"], "k" in unread["detail"]) == (20 * 30 + 2 - 50, True)


def test_a_table_of_many_columns_keeps_the_known_and_the_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_cleanup, "MOST_COLUMNS", 10)
    path = tmp_path / "a.csv"
    names = [*(f"项{i}" for i in range(30)), "投诉内容", "经过"]
    path.write_text(
        ",".join(names) + "\n" + ",".join(["1"] * 30 + ["宽带掉线了", "没人上门"]) + "\n", "utf-8"
    )
    result = read_input(path)
    assert result.contacts["text"].tolist() == ["宽带掉线了"]
    assert result.quality.set_index("check").loc["columns_unread", "n"] == 22
    assert ct.read_contacts(path, columns={"text": "经过"})["text"].tolist() == ["没人上门"]


def deep(levels: int) -> str:
    return '{"id": "1", "text": "宽带掉线了", "x": ' + "[" * levels + "]" * levels + "}"


def test_deep_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for levels in (DEEPEST_JSON, 900, 100_000):
        path.write_text(deep(levels), "utf-8")
        for read in (ct.read_contacts, ct.read_turns):
            with pytest.raises(ct.InputError):
                read(path)
    path.write_text(deep(DEEPEST_JSON - 2), "utf-8")
    assert ct.read_contacts(path)["text"].tolist() == ["宽带掉线了"]
    path = tmp_path / "a.jsonl"
    good = '{"id": "2", "text": "没人上门"}'
    for levels in (500, 5000):
        path.write_text(f"{deep(levels)}\n{good}\n", "utf-8")
        result = read_input(path)
        assert result.contacts["doc_id"].tolist() == ["2"]
        assert result.rejects["reason"].tolist() == ["嵌套超过 100 层"]


def test_json_of_too_many_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("[" + ",".join(["{}"] * 1000) + "]", "utf-8")
    monkeypatch.setattr(json_values, "MOST_JSON_VALUES", 1000)
    with pytest.raises(ct.InputError, match="JSON 超过"):
        ct.read_contacts(path)
    monkeypatch.setattr(json_parquet, "_MOST_REJECTS", 10)
    path.write_text('[{"text": "慢"}' + ",[]" * 20 + "]", "utf-8")
    with pytest.raises(ct.InputError, match="超过 10 个 JSON 值不是记录"):
        ct.read_contacts(path)


def test_a_dictionary_of_one_long_string(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows, long = 30_000, "太慢了" * 10_000
    for column in (
        pa.array([long] * 3),
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), [long]),
    ):
        n = len(column)
        pq.write_table(pa.table({"id": pa.array([str(i) for i in range(n)]), "text": column}), path)
        if n == 3:
            assert ct.read_contacts(path)["text"].tolist() == [long] * 3
        else:
            # 30,000 rows of 90,000 bytes are 2.5 GB; the file has a few kilobytes.
            assert path.stat().st_size < 1_000_000
            with pytest.raises(ct.InputError, match="解开后超过 2,048 MB"):
                ct.read_contacts(path)


def test_a_parquet_file_that_claims_billions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1"] * 5000, "text": ["太慢了"] * 5000}), path)
    assert path.stat().st_size < 5000
    monkeypatch.setattr(json_parquet, "MOST_CELLS", 9_999)
    with pytest.raises(ct.InputError, match="有 10,000 格"):
        ct.read_contacts(path)
    data = path.read_bytes()
    path.write_bytes(data[:-8] + b"\xff\xff\xff\x7f" + b"PAR1")
    with pytest.raises(ct.InputError, match="不是完整的 Parquet 文件"):
        ct.read_contacts(path)
