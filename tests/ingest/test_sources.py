"""A folder: good files are read, a bad one is named with its reason; nothing is passed over in silence."""

from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.read import read_input

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
