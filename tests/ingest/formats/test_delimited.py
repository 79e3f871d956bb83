"""Delimited files as they come: titles above few rows, rare delimiters, escaped quotes, row numbers."""

import time
from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.errors import InputError
from csatext.ingest.contacts import read_input
from csatext.ingest.formats.delimited import sniff_delimiter

HEAD = ["工单编号", "投诉内容", "投诉时间", "渠道", "满意度"]
ROWS = [[f"T{i}", f"第{i}次反映没有到账", f"2024/5/{i + 1} 10:00", "电话", str(i % 5 + 1)] for i in range(6)]


def write(folder: Path, lines: list[str]) -> Path:
    path = folder / "a.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode())
    return path


def check(contacts: pd.DataFrame) -> None:
    assert contacts["doc_id"].tolist() == [row[0] for row in ROWS]
    assert contacts["text"].tolist() == [row[1] for row in ROWS]
    assert contacts["created_at"].iloc[5] == pd.Timestamp("2024-05-06 10:00")
    assert contacts["csat"].tolist() == [1, 2, 3, 4, 5, 1]


@pytest.mark.parametrize("titles", [["五月投诉", "共 6 条", ""], ["# 导出", "# 范围, 全部, 电话"]])
def test_titles_above_few_rows(tmp_path: Path, titles: list[str]) -> None:
    check(ct.read_contacts(write(tmp_path, [*titles, *(",".join(row) for row in [HEAD, *ROWS])])))


@pytest.mark.parametrize("delimiter", ["\x01", "^", "~", ";", "|", "，"])
def test_a_header_of_known_names_proves_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    check(ct.read_contacts(write(tmp_path, [delimiter.join(row) for row in [HEAD, *ROWS]])))


def test_prose_has_no_delimiter() -> None:
    assert sniff_delimiter("客服~态度~不好\n退款~没到\n太慢了~~\n") is None
    assert sniff_delimiter("渠道太少，客服，差\n太慢，不好\n") is None


def test_row_numbers_without_a_header(tmp_path: Path) -> None:
    lines = [",".join(HEAD), *(f"{i},{','.join(row)}" for i, row in enumerate(ROWS))]
    check(ct.read_contacts(write(tmp_path, lines)))


def test_quotes_escaped_by_a_backslash(tmp_path: Path) -> None:
    rows = [[row[0], f'说\\"好\\"，{row[1]}', *row[2:]] for row in ROWS]
    lines = [",".join(f'"{cell}"' for cell in row) for row in [HEAD, *rows]]
    contacts = ct.read_contacts(write(tmp_path, lines))
    assert contacts["text"].tolist() == [f'说"好"，{row[1]}' for row in ROWS]
    assert "escaped_quotes" in [row["check"] for row in contacts.attrs["quality"]]


def test_a_backslash_that_ends_a_field_stays(tmp_path: Path) -> None:
    lines = ["编号,内容,渠道", '"1","装在 C:\\","电话"', '"2","太慢了","电话"']
    assert ct.read_contacts(write(tmp_path, lines))["text"].tolist() == ["装在 C:\\", "太慢了"]


def test_a_long_cell_of_many_lines(tmp_path: Path) -> None:
    long = "慢，\n真的\n慢。" * 40_000
    rows = [[row[0], f'"{long if i == 1 else row[1]}"', *row[2:]] for i, row in enumerate(ROWS)]
    result = read_input(write(tmp_path, [",".join(row) for row in [HEAD, *rows]]))
    assert len(result.contacts) == 6
    assert result.contacts["text"].iloc[1] == long


def test_commas_in_the_text_of_a_small_table(tmp_path: Path) -> None:
    rows = [[row[0], row[1] + ("，很,慢" if i % 2 else ""), *row[2:]] for i, row in enumerate(ROWS)]
    result = read_input(write(tmp_path, [",".join(row) for row in [HEAD, *rows]]))
    assert result.contacts["text"].tolist() == [row[1] for row in rows]


def test_a_gap_beside_an_odd_value_is_no_misaligned_row(tmp_path: Path) -> None:
    many = [[f"T{i}", "太慢了没人管", f"2024/5/{i % 28 + 1}", "电话", "3"] for i in range(60)]
    many[7] = ["T7", "2024-05-01 买的没收到", "2024/5/8", "10086", ""]
    result = read_input(write(tmp_path, [",".join(row) for row in [HEAD, *many]]))
    assert len(result.contacts) == 60
    assert result.contacts["channel"].iloc[7] == "10086"


@pytest.mark.parametrize(
    "text", ['",' * 40_000, ",".join(f"列{i}" for i in range(20_000))], ids=["quotes", "names"]
)
def test_more_columns_than_a_spreadsheet_has(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="超过上限 16384 列"):
        ct.read_contacts(write(tmp_path, [text]))


def test_a_long_run_of_digits_costs_no_more_than_its_length(tmp_path: Path) -> None:
    rows = [[*row[:4], "1" * 300_000 + "！"] for row in ROWS]
    start = time.process_time()
    contacts = ct.read_contacts(write(tmp_path, [",".join(row) for row in [HEAD, *rows]]))
    assert len(contacts) == 6
    assert time.process_time() - start < 10
