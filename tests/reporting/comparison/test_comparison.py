"""Two runs compared: facts, folders and results alike; the page, the workbook and the command line."""

from __future__ import annotations

import json
import re
from html import unescape
from zipfile import ZipFile

import numpy as np
import openpyxl
import pandas as pd
import pytest

import csatext as ct
from csatext.atomic_files import write_parquet
from csatext.cli import main
from csatext.reporting.comparison.comparison_page import render_comparison
from csatext.reporting.comparison.comparison_workbook import write_comparison
from csatext.reporting.sentences import FORMS

HOSTILE = ["<script>alert(1)</script>", '=HYPERLINK("http://a")', "{{7*7}}", "a\u202eb", "+1", "电话"]


def facts(month, bad):
    """Six hundred contacts of a month; ``bad`` in a hundred are negative, in 电话 twice as many."""
    n = 600
    at = np.arange(n)
    table = pd.DataFrame(
        {"渠道</td>": np.array(HOSTILE, dtype=object)[at % 6]}, index=pd.Index(at, name="doc_id")
    )
    table["created_at"] = pd.Timestamp(f"2026-{month}-01") + pd.to_timedelta(at % 28, unit="D")
    table["is_negative"] = at * 37 % 100 < bad * (1 + (at % 6 == 5))
    return table


def folder(path, table, measure="is_negative"):
    """A finished run as ``csatext run`` leaves it."""
    (path / "tables").mkdir(parents=True)
    write_parquet(table, path / "facts.parquet")
    known = {
        "configuration": {"tables": {"measure": measure}, "report": {"title": "五月"}},
        "tables": {}, "absent": {}, "files": {"facts.parquet": f"{len(table)}{measure}{path.name}"},
    }  # fmt: skip
    (path / "manifest.json").write_text(json.dumps(known), "utf-8")
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    base = tmp_path_factory.mktemp("runs")
    return folder(base / "五月", facts("05", 20)), folder(base / "六月", facts("06", 35))


@pytest.fixture(scope="module")
def table(runs):
    return ct.compare_runs(*runs)


def test_folders_and_facts_give_the_same(runs, table):
    bare = ct.compare_runs(facts("05", 20), facts("06", 35))
    pd.testing.assert_frame_equal(bare, table)
    assert table.attrs["run_before"] and not bare.attrs["run_before"]
    assert (table.attrs["n_before"], table.attrs["span_after"]) == (600, ("2026-06-01", "2026-06-28"))
    first = table.iloc[0]
    assert first[["section", "label", "status"]].tolist() == ["measure", "负面率", "rose"]
    assert [first["before"], first["after"]] == [facts("05", bad)["is_negative"].mean() for bad in (20, 35)]
    assert set(HOSTILE[:3]) <= set(table["item"])
    ct.conform(table, ct.tables()["run_comparison"])


def test_odd_pairs_are_said(runs, tmp_path):
    assert "同一次运行" in ct.compare_runs(runs[0], runs[0]).attrs["notes"][0]
    other = folder(tmp_path / "a", facts("06", 35).assign(resolved=True), "resolved")
    with pytest.raises(ct.SchemaError, match="resolved"):
        ct.compare_runs(runs[0], other)
    both = folder(tmp_path / "b", facts("05", 20).assign(resolved=False))
    found = ct.compare_runs(both, other)
    assert found.attrs["measure"] == "resolved" and "指标不同" in found.attrs["notes"][0]
    assert ct.compare_runs(both, other, measure="is_negative").attrs["notes"] == []
    with pytest.raises(ct.ParameterError, match="没有联络"):
        ct.compare_runs(facts("05", 20), facts("06", 35)[:0])
    with pytest.raises(ct.SchemaError, match="渠道"):
        ct.compare_runs(*runs, by="渠道")
    with pytest.raises(ct.InputError, match=r"manifest\.json"):
        ct.compare_runs(tmp_path, runs[1])


def test_the_page_shows_the_cells_of_the_table_and_nothing_acts(table):
    page = render_comparison(table)
    assert "<script" not in page and "javascript:" not in page and "\u202e" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page) and "default-src 'none'" in page
    assert "负面率从" in page and "2026-05-01 至 2026-05-28，600 条联络" in page
    keyed = table.set_index(table[["section", "dimension", "item"]].fillna("").agg("|".join, axis=1))
    marks = re.findall(
        r'<data class="figure" value="([^"]*)" data-table="run_comparison" data-row="([^"]*)" '
        r'data-column="(\w+)" data-form="(\w+)">([^<]*)</data>',
        page,
    )
    assert len(marks) > 100
    for value, row, column, form, shown in marks:
        names = json.loads(unescape(row))
        key = "|".join(names[name] or "" for name in ("section", "dimension", "item"))
        cell = keyed.loc[key.replace("\\u202e", "\u202e"), column]
        assert (value == "") == pd.isna(cell) and (value == "" or float(value) == cell)
        assert unescape(shown) == FORMS[form](cell)
    assert re.search(r'<li class="worse">渠道&lt;/td&gt;「电话」的率上升', page)


def test_the_workbook_holds_the_numbers_and_text_stays_text(table, tmp_path):
    path = write_comparison(table, tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["封面", "总体", "联络量", "变化的分解", "各组的率", "联络的构成"]
    sheet = book["各组的率"]
    heads = [cell.value for cell in sheet[1]]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    rows = [dict(zip(heads, line, strict=True)) for line in lines]
    cells = table[table["section"] == "cell"]
    for column, head in (("before", "前"), ("change", "变化"), ("q", "q"), ("rate_effect", "比率的贡献")):
        assert [row[head] for row in rows] == pytest.approx(cells[column].tolist(), rel=1e-14)
    assert {row["名称"] for row in rows} == {*HOSTILE} - {HOSTILE[3]} | {"a\\u202eb"}
    assert not any(cell.data_type == "f" for page in book for line in page for cell in line)
    assert sheet.freeze_panes == "C2" and sheet.auto_filter.ref and sheet["D2"].number_format == "0.0%"
    assert sum("chart" in name for name in ZipFile(path).namelist()) >= 4
    assert "负面率从" in " ".join(str(cell.value) for cell in book["封面"]["B"])


def test_the_command_line(runs, tmp_path, capsys):
    out = tmp_path / "neu" / "对比.html"
    assert main(["compare", *map(str, runs), "-o", str(out), "--xlsx"]) == 0
    said = capsys.readouterr()
    assert re.match(
        r"上升 \d+ 项，下降 \d+ 项，新出现 0 项，消失 0 项。对比：.*对比\.html、.*对比\.xlsx", said.out
    )
    assert " INFO [1] 对比 五月 与 六月 …\n" in said.err
    assert "负面率从" in out.read_text("utf-8") and out.with_suffix(".xlsx").exists()
    for words, code, message in (
        (["compare", str(runs[0])], 2, "缺少 RUN_B"),
        (["compare", str(runs[0]), ""], 2, "run_b 是空的"),
        (["compare", str(runs[0]), str(tmp_path)], 1, "manifest.json"),
        (["compare", *map(str, runs), "-o", str(tmp_path)], 4, "是一个文件夹"),
        (["compare", *map(str, runs), "-o", str(tmp_path / "a.pdf")], 1, ".html"),
        (["compare", *map(str, runs), "-o", str(tmp_path / "a.html"), "--by", "无此列"], 1, "无此列"),
    ):
        assert main(words) == code
        assert message in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()
