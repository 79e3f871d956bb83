"""Sheets of one header are one table; what is not read is noted."""

import pandas as pd
import pytest

import csatext as ct
from csatext.cli import main
from csatext.ingest.formats.grid import same_header

HEAD = ["工单编号", "投诉内容", "渠道"]


def book(path, sheets):
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        for name, rows in sheets.items():
            width = max(map(len, rows))
            even = [[*row, *[None] * (width - len(row))] for row in rows]
            pd.DataFrame(even).to_excel(writer, sheet_name=name, header=False, index=False)
    return path


def month(m, n=3):
    return [[f"M{m}-{i}", f"{m}月第{i}次退款没有到账", "电话"] for i in range(n)]


def checks(contacts):
    return {row["check"]: row["detail"] for row in contacts.attrs["quality"]}


def test_months_are_one_table(tmp_path):
    sheets = {f"{m}月": [HEAD, *month(m)] for m in (1, 2, 3)}
    contacts = ct.read_contacts(book(tmp_path / "a.xlsx", sheets))
    assert contacts["工作表"].tolist() == ["1月"] * 3 + ["2月"] * 3 + ["3月"] * 3
    assert contacts["doc_id"].tolist() == [f"M{m}-{i}" for m in (1, 2, 3) for i in range(3)]
    assert contacts.attrs["rows"] == 9


def test_titles_order_and_one_more_column_do_not_part_them(tmp_path):
    other = [["二月投诉"], [], ["渠道", "投诉内容 ", "工单编号"], *([c, b, a] for a, b, c in month(2))]
    more = [["工单编号", "投诉内容", "渠道", "城市", "产品"], *([*row, "甲市", "卡"] for row in month(1))]
    other[2] += ["产品"]
    sheets = {"1月": more, "2月": other, "空": [["工单编号", "投诉内容", "渠道", "城市", "产品"]]}
    contacts = ct.read_contacts(book(tmp_path / "a.xlsx", sheets))
    assert contacts["doc_id"].tolist() == ["M1-0", "M1-1", "M1-2", "M2-0", "M2-1", "M2-2"]
    assert contacts["channel"].tolist() == ["电话"] * 6


def test_a_sheet_of_another_header_is_named(tmp_path, capsys):
    sheets = {"数据": [HEAD, *month(5, 60)], "字典": [["代码", "含义"], ["A", "电话"], ["B", "在线"]]}
    path = book(tmp_path / "a.xlsx", sheets)
    contacts = ct.read_contacts(path)
    assert "工作表" not in contacts
    assert "字典" in checks(contacts)["sheets_unread"]
    assert main(["run", str(path), "-o", str(tmp_path / "out")]) == 0
    assert (
        "读入 60 行：60 条联络，0 行剔除。工作表「字典」里也有表，表头不同，没有读。报告："
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("copy", [month(1)[:2], month(1) + month(2)])
def test_rows_that_stand_in_another_sheet_are_not_counted_twice(tmp_path, copy):
    sheets = {"1月": [HEAD, *month(1)], "2月": [HEAD, *month(2)], "其他": [HEAD, *copy]}
    contacts = ct.read_contacts(book(tmp_path / "a.xlsx", sheets))
    assert sorted(contacts["doc_id"]) == [f"M{m}-{i}" for m in (1, 2) for i in range(3)]
    assert contacts.attrs["rows"] == 6
    assert "sheets_repeated" in checks(contacts)


def test_the_sheet_that_is_asked_for_is_read_alone(tmp_path):
    path = book(tmp_path / "a.xlsx", {f"{m}月": [HEAD, *month(m)] for m in (1, 2)})
    assert ct.read_contacts(path, sheet="2月")["doc_id"].tolist() == ["M2-0", "M2-1", "M2-2"]
    assert ct.read_contacts(path, sheet=0)["doc_id"].tolist() == ["M1-0", "M1-1", "M1-2"]


def test_turns_of_two_sheets(tmp_path):
    def dialogue(d):
        return [["会话ID", "角色", "内容"], [d, "客服", "您好"], [d, "用户", f"{d}退款没到"]]

    turns = ct.read_turns(book(tmp_path / "a.xlsx", {"上午": dialogue("D1"), "下午": dialogue("D2")}))
    assert turns["doc_id"].tolist() == ["D1", "D1", "D2", "D2"]


def test_a_full_sheet_is_named(tmp_path, monkeypatch):
    from csatext.ingest.formats import workbooks

    monkeypatch.setattr(workbooks, "_FULL", (4,))
    contacts = ct.read_contacts(book(tmp_path / "a.xlsx", {"1月": [HEAD, *month(1)]}))
    assert "写满了 4 行" in checks(contacts)["sheet_full"]


def test_a_header_with_a_column_more_is_the_same_table():
    months = ["编号", "投诉内容", "时间"]
    assert same_header(months, [*months, "备注"]) and same_header([*months, "备注", "回访"], months)
    assert not same_header(months[:2], [*months, "备注"])
