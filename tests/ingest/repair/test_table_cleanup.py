"""Rows and columns that are not data: totals, header rows within, marks inside pasted files."""

from pathlib import Path

import pytest

from csatext.ingest.contacts import read_input

HEAD = "工单编号,投诉内容,投诉时间,渠道,满意度\n"
ROWS = [f"T{i},第{i}次反映没有到账,2024/5/{i + 1} 10:00,电话,{i % 5 + 1}\n" for i in range(8)]


def read(folder: Path, content: str | bytes, name: str = "a.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_input(path)


@pytest.mark.parametrize("total", ["合计,8,,,", "总 计：,,,,24", ",,,小计,3.0", "Total,8 条,,,24"])
def test_totals_are_no_contacts(tmp_path: Path, total: str) -> None:
    result = read(tmp_path, HEAD + "".join(ROWS) + total + "\n")
    assert len(result.contacts) == 8
    assert result.rejects["line"].tolist() == [10]
    assert result.contacts["csat"].tolist() == [1, 2, 3, 4, 5, 1, 2, 3]


def test_a_customer_who_speaks_of_totals_stays(tmp_path: Path) -> None:
    result = read(tmp_path, HEAD + "".join(ROWS) + "T9,合计金额算错了,2024/5/9,电话,1\n")
    assert len(result.contacts) == 9


def test_files_pasted_together(tmp_path: Path) -> None:
    first, second = HEAD + "".join(ROWS[:4]), HEAD + "".join(ROWS[4:])
    result = read(tmp_path, first.encode("utf-8-sig") + second.encode("utf-8-sig"))
    assert result.contacts["doc_id"].tolist() == [f"T{i}" for i in range(8)]
    assert result.rejects["reason"].tolist() == ["重复的表头行"]
    assert result.rejects["line"].tolist() == [6]


def test_a_title_before_the_header_that_comes_again(tmp_path: Path) -> None:
    result = read(tmp_path, HEAD + "".join(ROWS[:4]) + "六月份投诉\n" + HEAD + "".join(ROWS[4:]))
    assert len(result.contacts) == 8
    assert result.rejects["line"].tolist() == [6, 7]


def test_marks_of_the_end_of_a_file(tmp_path: Path) -> None:
    for tail in (b"\x1a", b"\x00" * 300):
        result = read(tmp_path, (HEAD + "".join(ROWS)).encode() + tail)
        assert len(result.contacts) == 8
        assert len(result.rejects) == 0
