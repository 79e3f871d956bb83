import re
import shutil

import numpy as np
import pandas as pd
import pytest

from csatext.atomic_files import write_parquet
from csatext.batch.configuration import Configuration
from csatext.batch.manifest import RunOutput
from csatext.batch.output import write_output
from csatext.cli import main
from csatext.errors import InputError
from csatext.reporting.report import render_report, write_report
from csatext.reporting.standard_tables import standard_tables
from csatext.reporting.verify import verify_report


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of 400 contacts in two channels over five weeks, 在线 worse than 电话."""
    folder = tmp_path_factory.mktemp("run")
    rows = np.arange(400)
    facts = pd.DataFrame(
        {
            "doc_id": rows.astype(str),
            "channel": np.where(rows % 2 == 0, "电话", "在线"),
            "category": np.where(rows % 3 == 0, "物流配送", "售后服务"),
            "created_at": pd.Timestamp("2026-03-02") + pd.to_timedelta(rows % 35, unit="D"),
            "is_negative": np.where(rows % 2 == 0, rows % 10 == 0, rows % 5 < 3),
        }
    )
    quality = pd.DataFrame(
        {
            "check": ["encoding", "rejected"],
            "column": [None, "text"],
            "n": [400, 1],
            "total": [401, 401],
            "rate": [1.0, 1 / 401],
            "detail": ["编码：utf-8", "文本为空 1 行"],
        }
    )
    tables = standard_tables(facts) | {"quality": quality}
    # As a run adds them from the texts; the facts do not hold them.
    tables["episodes"] = tables["episodes"].assign(words="快递、退款")
    rejects = pd.DataFrame({"row": [1], "reason": ["empty_text"]})
    output = RunOutput(
        facts,
        rejects,
        tables,
        lambda digest: render_report(facts, tables, run_hash=digest),
        {"name": "x"},
        401,
        {},
    )
    write_output(output, folder, Configuration())
    return folder


@pytest.fixture
def copy(run, tmp_path):
    return shutil.copytree(run, tmp_path / "copy")


def test_an_untouched_report_agrees_with_its_run(run):
    found = verify_report(run / "report.html", run)
    assert found.empty and found.attrs["numbers"] > 10
    # All tables but the one of reading come from facts.
    assert found.attrs["tables"] == len(list((run / "tables").glob("*.parquet"))) - 1


def test_a_number_changed_in_the_page_is_found(copy):
    page = (copy / "report.html").read_text("utf-8")
    # 160 of 400: the words alone, then the cell's value alone, then the row.
    spoken = page.replace(">40.0%</data>", ">30.0%</data>", 1)
    stored = re.sub(r'value="0\.4" data-table="overview"', 'value="0.3" data-table="overview"', page, count=1)
    elsewhere = page.replace("&#34;figure&#34;: &#34;measure&#34;", "&#34;figure&#34;: &#34;none&#34;", 1)
    for changed, why in (
        (spoken, "写出来的与表里的数不同"),
        (stored, "与表里的数不同"),
        (elsewhere, "没有这一行"),
    ):
        assert changed != page
        (copy / "report.html").write_text(changed, "utf-8")
        found = verify_report(copy / "report.html", copy)
        by_place = found.set_index("place")["problem"]
        assert (by_place["句子"], by_place["文件"]) == (why, "文件在运行之后改过")


def test_a_table_changed_after_the_run_is_found_by_its_hash_and_by_the_facts(copy):
    path = copy / "tables" / "breakdown_channel.parquet"
    table = pd.read_parquet(path)
    write_parquet(table.assign(numerator=table["numerator"] + 1), path)
    found = verify_report(copy / "report.html", copy)
    assert {"文件", "表"} <= set(found["place"])
    row = found[found["place"] == "表"].iloc[0]
    assert (row["table"], row["column"], row["problem"]) == (
        "breakdown_channel",
        "numerator",
        "与事实重算的数不同",
    )
    # The folder's own count of 120 of 200 on line is what the facts say; the file says one more.
    assert {row["shown"], row["found"]} == {"121.0", "120.0"}


def test_a_report_of_another_origin_is_refused(run, tmp_path):
    facts = pd.read_parquet(run / "facts.parquet")
    page = write_report(facts, tmp_path / "r.html")
    with pytest.raises(InputError, match="不属于任何一次运行"):
        verify_report(page, run)
    (tmp_path / "none.html").write_text("<p>", "utf-8")
    with pytest.raises(InputError, match="没有出处标记"):
        verify_report(tmp_path / "none.html", run)


def test_the_command_says_what_is_wrong_and_with_which_code(copy, capsys):
    assert main(["verify", str(copy / "report.html"), str(copy)]) == 0
    assert "全部一致" in capsys.readouterr().out
    page = (copy / "report.html").read_text("utf-8")
    (copy / "report.html").write_text(page.replace(">40.0%</data>", ">30.0%</data>", 1), "utf-8")
    assert main(["verify", str(copy / "report.html"), str(copy)]) == 3
    assert "报告 30.0%，应为 40.0%" in capsys.readouterr().out
