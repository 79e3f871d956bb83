"""Workbooks: title rows, header cells merged over rows and columns, which sheet, odd cells."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

import csatext as ct
from csatext.ingest.contacts import read_input

HEADER = ["工单编号", "投诉内容", "投诉时间", "客户号"]
ROWS = [
    ["00123", "退款慢", dt.datetime(2024, 5, 1, 10), 13800000000],
    ["00124", "送错了", "2024/5/2", 13800000001],
]


def book(
    folder: Path, sheets: dict[str, list[list[object]]], merges: list[tuple] = (), hidden: str = ""
) -> Path:
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(i, j, cell)
            for merge in merges:
                sheet.merge_range(*merge)
            if name == hidden:
                sheet.hide()
    return path


def check(contacts: pd.DataFrame) -> None:
    assert contacts["doc_id"].tolist() == ["00123", "00124"]
    assert contacts["text"].tolist() == ["退款慢", "送错了"]
    assert contacts["created_at"].tolist() == [pd.Timestamp("2024-05-01 10:00"), pd.Timestamp("2024-05-02")]
    assert contacts["customer_id"].tolist() == ["13800000000", "13800000001"]


def test_plain(tmp_path: Path) -> None:
    check(ct.read_contacts(book(tmp_path, {"数据": [HEADER, *ROWS]})))


def test_title_rows_and_offset(tmp_path: Path) -> None:
    rows = [["五月投诉汇总表"], [None, None, "制表日期", "2024/6/1"], [], HEADER, *ROWS]
    result = read_input(book(tmp_path, {"数据": [[], *[[None, *row] for row in rows]]}))
    check(result.contacts)


def test_merged_header_cells(tmp_path: Path) -> None:
    rows = [[], [None, "投诉内容", "投诉时间", None], *ROWS]
    merges = [(0, 0, 1, 0, "工单编号"), (0, 1, 0, 2, "投诉信息"), (0, 3, 1, 3, "客户号")]
    check(ct.read_contacts(book(tmp_path, {"数据": rows}, merges)))


def test_first_sheet_with_a_table(tmp_path: Path) -> None:
    sheets = {"说明": [["本表由系统导出"]], "旧": [["内容"], ["不要读"]], "数据": [HEADER, *ROWS]}
    path = book(tmp_path, sheets, hidden="旧")
    check(ct.read_contacts(path))
    check(ct.read_contacts(path, sheet="数据"))
    check(ct.read_contacts(path, sheet=2))
    assert ct.read_contacts(path, sheet="旧")["text"].tolist() == ["不要读"]
    with pytest.raises(ct.ParameterError, match="数据"):
        ct.read_contacts(path, sheet="数剧")
    with pytest.raises(ct.ParameterError, match="0 到 2"):
        ct.read_contacts(path, sheet=3)


def test_lines_are_sheet_rows(tmp_path: Path) -> None:
    rows = [["汇总"], HEADER, ROWS[0], ["00999", None, None, None], ROWS[1], [None, " "]]
    result = read_input(book(tmp_path, {"数据": rows}))
    assert result.rejects[["line", "reason"]].to_numpy().tolist() == [[4, "文本为空"]]
    assert result.rows == 3


def test_empty_columns_without_a_name_are_dropped(tmp_path: Path) -> None:
    rows = [[*HEADER, None, "备注"], *[[*row, None, None] for row in ROWS]]
    contacts = ct.read_contacts(book(tmp_path, {"数据": rows}))
    assert contacts.columns.tolist() == ["doc_id", "text", "created_at", "customer_id", "备注"]


def test_sheets_that_explain_or_sum_up_are_passed_over(tmp_path: Path) -> None:
    words = [["字段", "含义"], ["投诉内容", "客户的原话"], ["渠道", "从哪里来"]]
    sums = [["渠道", "数量"], ["电话", 1], ["在线", 1]]
    many = [[f"{i:05d}", f"第{i}次反映", "2024/5/1", 13800000000 + i] for i in range(30)]
    path = book(tmp_path, {"说明": words, "汇总": sums, "明细": [HEADER, *many]})
    contacts = ct.read_contacts(path)
    assert contacts["doc_id"].tolist() == [row[0] for row in many]
    assert "说明、汇总" in contacts.attrs["quality"][0]["detail"]


def test_body_cells_merged_over_rows(tmp_path: Path) -> None:
    rows = [[f"T{i}", f"第{i}次反映", None, "C"] for i in range(4)]
    merges = [(1, 2, 2, 2, "2024/5/1"), (3, 2, 4, 2, "2024/5/2")]
    contacts = ct.read_contacts(book(tmp_path, {"数据": [HEADER, *rows]}, merges))
    assert contacts["created_at"].dt.day.tolist() == [1, 1, 2, 2]
    assert "merged_cells" in [row["check"] for row in contacts.attrs["quality"]]


def test_a_text_merged_over_rows_is_one_contact(tmp_path: Path) -> None:
    rows = [["T1", None, "2024/5/1", "C"], [None, None, "2024/5/2", "C"], ["T3", "送错了", "2024/5/3", "C"]]
    result = read_input(book(tmp_path, {"数据": [HEADER, *rows]}, [(1, 1, 2, 1, "退款慢")]))
    assert result.contacts["text"].tolist() == ["退款慢", "送错了"]
    assert result.rejects["reason"].tolist() == ["文本为空"]


def test_totals_and_remarks_below(tmp_path: Path) -> None:
    rows = [*ROWS, ["合计", 2], [], ["注：数据截至五月底"]]
    result = read_input(book(tmp_path, {"数据": [HEADER, *rows]}))
    check(result.contacts)
    assert result.rejects["reason"].tolist() == ["合计行", "文本为空"]


def test_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(ct.InputError, match="只有表头"):
        ct.read_contacts(book(tmp_path, {"数据": [HEADER]}))
    with pytest.raises(ct.InputError, match="空的"):
        ct.read_contacts(book(tmp_path, {"数据": []}))
