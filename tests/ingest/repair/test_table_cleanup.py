"""Rows and columns that are not data: totals, header rows within, marks inside pasted files."""

from pathlib import Path

import pandas as pd
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


ESCAPES = {
    "退款慢_x000D_\n请处理": "退款慢\n请处理",
    "退款慢_x000D__x000A_请处理": "退款慢\n请处理",
    "退款慢_x000d_请处理": "退款慢\n请处理",
    "订单_x0009_退款": "订单\t退款",
    "他说_x0001_算了吧": "他说算了吧",
    "名字里有_x4E00_不动": "名字里有_x4E00_不动",
    "型号_x12_不动的": "型号_x12_不动的",
}


@pytest.mark.parametrize("written", ESCAPES)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_escapes_of_workbooks_are_decoded(tmp_path: Path, written: str, name: str) -> None:
    frame = pd.DataFrame({"工单编号": ["T1", "T2"], "投诉内容": [written, "屏幕碎了"]})
    if name == "a.xlsx":
        frame.to_excel(tmp_path / name, index=False)
    elif name == "a.json":
        frame.to_json(tmp_path / name, orient="records", force_ascii=False)
    else:
        frame.to_csv(tmp_path / name, index=False)
    result = read_input(tmp_path / name)
    assert result.contacts["text"].tolist() == [ESCAPES[written], "屏幕碎了"]
    told = result.quality.set_index("check")["n"].get("excel_escapes", 0)
    assert told == int(written != ESCAPES[written])


def test_an_escaped_escape_is_its_letters(tmp_path: Path) -> None:
    result = read(tmp_path, HEAD + "T1,写作_x005F_x000D_的原样,2024/5/9,电话,1\n" + "".join(ROWS))
    assert result.contacts["text"].iloc[0] == "写作_x000D_的原样"
