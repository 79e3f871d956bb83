"""A folder: good files are read, a bad one is named with its reason; nothing is passed over in silence."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.any_input import read_any
from csatext.ingest.contacts import read_input
from csatext.ingest.formats import files, registry
from csatext.ingest.options import ReadOptions

GOOD = "编号,内容\n1,慢得很\n2,差得很\n3,冷得很\n"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("坏.csv", bytes(range(256)) * 8, "不是文本"),
        ("坏.csv", b"", "文件是空的"),
        ("坏.xlsx", b"PK\x03\x04[Content_Types].xml", "已损坏"),
        ("坏.csv", "编号,数量\n1,2\n".encode(), "没有找到文本列"),
        ("坏.csv", "编号,内容\n".encode(), "只有表头"),
    ],
)
def test_one_bad_file(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    (tmp_path / name).write_bytes(content)
    result = read_input(tmp_path)
    assert result.contacts["text"].tolist() == ["慢得很", "差得很", "冷得很"]
    assert result.contacts["source"].tolist() == ["a.csv"] * 3
    assert result.rejects["source"].tolist() == [name]
    assert why in result.rejects["reason"].iloc[0]
    assert result.rows == 4
    failed = result.quality.set_index("check").loc["file_failed"]
    assert failed["n"] == 1
    assert name in failed["detail"]


def test_only_bad_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_text("编号,数量\n1,2\n", "utf-8")
    with pytest.raises(ct.InputError, match="文件是空的"):
        ct.read_contacts(tmp_path)


def test_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    (tmp_path / "说明.docx").write_bytes(b"x")
    quality = pd.DataFrame(ct.read_contacts(tmp_path).attrs["quality"]).set_index("check")
    assert "说明.docx" in quality.loc["file_skipped", "detail"]


def test_a_column_named_source_is_kept(tmp_path: Path) -> None:
    for name, number in (("a.csv", 1), ("b.csv", 2)):
        (tmp_path / name).write_text(f"id,text,source\n{number},慢得很,甲\n", "utf-8")
    contacts = ct.read_contacts(tmp_path)
    assert contacts["source"].tolist() == ["a.csv", "b.csv"]
    assert contacts["source_原列"].tolist() == ["甲", "甲"]


def test_folders_within_a_folder_are_read(tmp_path: Path) -> None:
    for name in ("b.csv", "六月/a.csv", "五月/一/a.csv", ".cache/x.csv", "out/tables/k.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"id,text\n1,慢得很，{name}\n", "utf-8")
    for name in ("out/manifest.json", "out/report.html", ".hidden.csv", "六月/~$a.xlsx"):
        (tmp_path / name).write_text("{}", "utf-8")
    result = read_input(tmp_path)
    assert result.contacts["source"].tolist() == ["b.csv", "六月/a.csv", "五月/一/a.csv"]
    assert result.contacts["doc_id"].tolist() == ["b-1", "六月/a-1", "五月/一/a-1"]
    skipped = result.quality.set_index("check").loc["file_skipped"]
    assert skipped["n"] == 4
    for name in (".cache/", "out/", ".hidden.csv", "六月/~$a.xlsx"):
        assert name in skipped["detail"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv.gz", "id,text\n1,慢得很\n"),
        ("a.jsonl.gz", '{"id": 1, "text": "慢得很"}\n'),
        ("a.gz", "id,text\n1,慢得很\n"),
    ],
)
def test_a_packed_file_is_unpacked(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    assert ct.read_contacts(tmp_path / name)["text"].tolist() == ["慢得很"]


def test_a_packed_file_that_is_damaged_or_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gzip.compress("id,text\n1,慢得很\n".encode() * 1000)
    path = tmp_path / "a.csv.gz"
    for data, why in ((whole[:-9], "不完整"), (whole[:20] + b"x" * 40, "已损坏|不完整")):
        path.write_bytes(data)
        with pytest.raises(ct.InputError, match=why):
            ct.read_contacts(path)
    path.write_bytes(whole)
    monkeypatch.setattr(files, "LARGEST_FILE", 1000)
    with pytest.raises(ct.InputError, match="解压后超过"):
        ct.read_contacts(path)


def test_a_page_saved_as_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_text("<html><table><tr><td>内容</td></tr></table></html>", "utf-8")
    with pytest.raises(ct.InputError, match="网页"):
        ct.read_contacts(tmp_path / "a.xls")


SPOKEN = "客服：您好，请讲\n用户：退款没到账\n"
LONG = "会话ID,角色,内容\nD1,客服,您好\nD1,用户,退款没到\n"
NESTED = '{"id": "D1", "turns": [{"role": "agent", "text": "您好"}, {"role": "user", "text": "退款"}]}\n'
CUES = "1\n00:00:01,000 --> 00:00:02,000\n客服：您好\n\n2\n00:00:03,000 --> 00:00:04,000\n用户：退款\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt.gz", SPOKEN),
        ("a.srt.gz", CUES),
        ("a.jsonl.gz", NESTED),
        ("a.csv.gz", LONG),
        ("a.log.gz", SPOKEN),
    ],
)
def test_packed_dialogues(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    turns = ct.read_turns(tmp_path / name)
    assert turns["role"].tolist() == ["agent", "customer"]
    read, seen = read_any(tmp_path / name, ReadOptions(), [].append)
    assert seen is not None
    assert (read.rows, read.turns, len(read.contacts)) == (2, 2, 1)


def test_dialogues_in_folders_with_one_bad_file(tmp_path: Path) -> None:
    for name in ("五月/T1.txt", "六月/T1.txt", "T2.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SPOKEN, "utf-8")
    (tmp_path / "六月" / "坏.xlsx").write_bytes(b"PK\x03\x04[Content_Types].xml")
    (tmp_path / "说明.docx").write_bytes(b"x")
    turns = ct.read_turns(tmp_path)
    assert turns["doc_id"].unique().tolist() == ["T2", "五月/T1", "六月/T1"]
    assert turns["source"].tolist() == ["T2.txt"] * 2 + ["五月/T1.txt"] * 2 + ["六月/T1.txt"] * 2
    (reject,) = turns.attrs["rejects"]
    assert reject["source"] == "六月/坏.xlsx"
    assert "已损坏" in reject["reason"]
    assert turns.attrs["rows"] == 7
    checks = {row["check"]: row["detail"] for row in turns.attrs["quality"]}
    assert "说明.docx" in checks["file_skipped"]
    read, seen = read_any(tmp_path, ReadOptions(), [].append)
    assert seen is not None
    assert (read.rows, read.turns, len(read.rejects)) == (7, 6, 1)


def test_notes_beside_contacts_are_passed_over_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    (tmp_path / "readme.md").write_text("五月的投诉\n", "utf-8")
    read, turns = read_any(tmp_path, ReadOptions(), [].append)
    assert turns is None
    assert read.rows == 3
    assert "readme.md" in read.quality.set_index("check").loc["file_skipped", "detail"]


def test_a_file_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def counted(path: Path) -> bytes:
        opened.append(path.name)
        return files.read_bytes(path)

    monkeypatch.setattr(registry, "read_bytes", counted)
    contents = {"a.csv": GOOD, "b.txt": SPOKEN, "c.jsonl": NESTED, "d.txt": "慢得很\n差得很\n", "e.csv": LONG}
    for name, text in contents.items():
        (tmp_path / name).write_text(text, "utf-8")
        read_any(tmp_path / name, ReadOptions(), [].append)
    assert opened == list(contents)


def packed(kind: str) -> bytes:
    whole = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr("a.csv", GOOD)
    else:
        with tarfile.open(fileobj=whole, mode="w:gz" if kind == "tar.gz" else "w") as archive:
            info = tarfile.TarInfo("a.csv")
            info.size = len(GOOD.encode())
            archive.addfile(info, io.BytesIO(GOOD.encode()))
    return whole.getvalue()


@pytest.mark.parametrize("read", [ct.read_contacts, ct.read_turns])
@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", packed("zip"), "是压缩文件"),
        ("a.tar.gz", packed("tar.gz"), "是压缩文件"),
        ("a.txt", packed("tar"), "是压缩文件"),
        ("a.csv", b"Rar!\x1a\x07\x00" + bytes(50), "是压缩文件"),
        ("a.csv", b" \r\n ", "文件是空的"),
        ("a.txt", b"", "文件是空的"),
        ("a.xls", b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "网页归档"),
        ("a.xlsx", b"PK\x03\x04[Content_Types].xml", "工作簿已损坏"),
    ],
)
def test_both_doors_refuse_alike(tmp_path: Path, read: object, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ct.InputError, match=why):
        read(tmp_path / name)


def test_files_of_one_stem_keep_their_rows_apart(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("内容,渠道\n慢得很,电话\n", "utf-8")
    (tmp_path / "a.tsv").write_text("内容\t渠道\n差得很\t电话\n", "utf-8")
    assert ct.read_contacts(tmp_path)["doc_id"].tolist() == ["a.csv-1", "a.tsv-1"]
