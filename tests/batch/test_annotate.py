from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import load_workbook

from csatext.batch.annotate import annotate
from csatext.batch.configuration import Configuration

ROWS = """工单编号,客户诉求,受理渠道,severity
T1,快递三天没到；客服态度差,电话,high
T2,请问怎么开发票,在线,low
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(ROWS, "utf-8")
    return path


def annotated(source, out):
    assert annotate(source, out, Configuration(), lambda step: None, with_text=True) == (2, 0)
    return out


def test_the_headers_of_the_input_come_back(source, tmp_path):
    table = pd.read_csv(annotated(source, tmp_path / "out.csv"), dtype=str)
    assert table.columns[:4].tolist() == ["工单编号", "text", "受理渠道", "severity_input"]
    assert table["categories"].fillna("").tolist() == ["服务态度/态度恶劣；物流配送/配送延误", ""]
    assert table["category_terms"].fillna("").tolist() == ["快递三天没到、态度差", ""]
    assert table["probability_of_complaint"].str.len().max() <= len("0.97")


def test_a_workbook_has_chinese_names_a_filter_and_drop_down_lists(source, tmp_path):
    book = load_workbook(annotated(source, tmp_path / "out.xlsx"))
    sheet = book["联络"]
    header = [cell.value for cell in sheet[1]]
    assert header[:4] == ["工单编号", "文本", "受理渠道", "severity"]
    assert {"投诉类别", "全部类别", "命中词", "联络类型", "投诉概率", "人工类别", "备注"} <= set(header)
    row = dict(zip(header, [cell.value for cell in sheet[2]], strict=True))
    assert (row["联络类型"], row["是否投诉"], row["人工类别"]) == ("投诉", "是", None)
    assert sheet.auto_filter.ref.startswith("A1:")
    lists = {str(one.sqref)[0:2]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert any("可选类别" in formula for formula in lists.values())
    choices = [cell.value for cell in book["可选类别"]["A"]]
    assert {"配送延误", "未归类"} <= set(choices)
