"""The workbook: what stands in it is what the tables say, and text is text."""

import json
import zipfile
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import csatext as ct
from csatext.reporting.run_tables import RunTables
from csatext.reporting.workbook import write_workbook
from csatext.reporting.workbook.cell_values import cell_value, sheet_name, sheet_text
from csatext.reporting.workbook.write_workbook import workbook_of


@pytest.fixture(scope="module")
def written(hostile_run, tmp_path_factory):
    return hostile_run, workbook_of(hostile_run, tmp_path_factory.mktemp("book") / "报告.xlsx", "=标题")


def sheets_of(book, run):
    """Return the sheet of each table, as the ledger names them."""
    rows = [[cell.value for cell in row] for row in book["数字出处"].iter_rows(min_row=2)]
    return {row[4]: row[0] for row in rows if row[1] == "整张工作表"}


def test_numbers_are_those_of_the_tables(written):
    run, path = written
    book = openpyxl.load_workbook(path)
    sheets = sheets_of(book, run)
    assert sorted(sheets) == sorted(run.tables)
    read = CalamineWorkbook.from_path(path)
    compared = 0
    for name, table in run.tables.items():
        sheet = book[sheets[name]]
        assert sheet.max_row == len(table) + 1
        grid = read.get_sheet_by_name(sheets[name]).to_python(skip_empty_area=False)
        for at, column in enumerate(table.columns):
            if not pd.api.types.is_numeric_dtype(table[column]) or table[column].dtype.kind == "b":
                continue
            for row, value in enumerate(table[column], start=2):
                shown = sheet.cell(row, at + 1).value
                assert (shown is None) if pd.isna(value) else shown == pytest.approx(float(value), rel=1e-12)
                assert (grid[row - 1][at] in ("", None)) == bool(pd.isna(value))
                compared += 1
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref
    assert compared > 1_000


def test_text_is_text_in_every_cell(written):
    run, path = written
    book = openpyxl.load_workbook(path)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert "e" not in kinds
    names = [sheet.title for sheet in book]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    cells = [str(cell.value) for cell in book[sheets_of(book, run)["breakdown_channel"]]["B"]]
    assert {"=1+1", "-2+3", "@SUM(A1)", "\\r=1"} <= set(cells)
    longest = max(cells, key=len)
    assert len(longest) == 32_767
    assert longest.endswith("（已截断，原文 40000 字）")
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(packed.read(name))
        assert sum("charts/chart" in name for name in packed.namelist()) >= 8
        # Links go to sheets of the book alone.
        rels = b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".rels"))
    assert b"example.invalid" not in rels


def test_the_ledger_names_the_cell_of_each_number_of_the_cover(written):
    run, path = written
    rows = openpyxl.load_workbook(path)["数字出处"].iter_rows(min_row=2, values_only=True)
    checked = 0
    for _, whole, shown, value, table, row, column, _, _ in rows:
        if whole == "整张工作表":
            continue
        frame = run.tables[table]
        mask = np.ones(len(frame), dtype=bool)
        for name, wanted in json.loads(row).items():
            mask &= (
                frame[name].map(lambda cell: sheet_text(str(cell))) == sheet_text(str(wanted))
            ).to_numpy()
        assert mask.sum() == 1
        assert value == pytest.approx(float(frame[column][mask].iloc[0]))
        assert str(shown) in whole
        checked += 1
    assert checked > 10


def test_large_tables_are_cut_by_a_stated_rule(tmp_path, monkeypatch):
    assert write_workbook._MOST_CELLS == 400_000
    monkeypatch.setattr(write_workbook, "_MOST_CELLS", 40_000)
    facts = pd.DataFrame({"is_negative": [True, False]})
    long = pd.DataFrame({"rank": np.arange(1_100_000), "值": "x"})
    run = RunTables(facts, {"很大": long, "小": long.head(3)}, {}, "is_negative")
    path = workbook_of(run, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path, read_only=True)
    assert book["很大"].max_row == 19_997 + 1
    assert sum(1 for _ in book["小"].iter_rows()) == 4
    cover = "".join(str(cell.value) for row in book["封面"].iter_rows() for cell in row)
    assert "只列前 19,997 行（共 1,100,000 行" in cover


def test_values_and_names_that_excel_does_not_hold():
    assert [cell_value(one) for one in (np.inf, -np.inf, np.nan, pd.NA, pd.NaT)] == [
        "∞",
        "-∞",
        None,
        None,
        None,
    ]
    assert cell_value(pd.Timestamp("1800-01-01")) == "1800-01-01 00:00:00"
    assert cell_value(pd.Timestamp("2026-01-02", tz="Asia/Shanghai")).tzinfo is None
    taken: set[str] = set()
    for wanted in ("Abc", "abc", "a" * 40, "a" * 41, "", "History", "'x'", "😀" * 20):
        name = sheet_name(wanted, taken)
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert name.casefold() not in taken
        taken.add(name.casefold())


def test_wrong_paths_are_said(tmp_path):
    facts = pd.DataFrame({"is_negative": [True]})
    with pytest.raises(ct.InputError, match=r"只写成 \.xlsx"):
        ct.write_workbook(facts, tmp_path / "a.xls")
    with pytest.raises(ct.InputError, match="manifest"):
        ct.write_workbook(tmp_path, tmp_path / "a.xlsx")
    with pytest.raises(ct.ParameterError):
        ct.write_workbook(5, tmp_path / "a.xlsx")
