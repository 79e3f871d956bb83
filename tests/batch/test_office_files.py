"""Workbook and slides beside the page of a report."""

import pandas as pd
import pytest

from csatext.cli import main


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "facts.parquet"
    pd.DataFrame({"channel": ["电话", "在线"] * 20, "is_negative": [True, False] * 20}).to_parquet(path)
    return path


def test_report_writes_them_beside_the_page(facts, tmp_path, capsys):
    page, deck = tmp_path / "out" / "r.html", tmp_path / "d.pptx"
    assert main(["report", str(facts), "-o", str(page), "--xlsx", "--pptx", str(deck)]) == 0
    assert page.exists()
    assert page.with_suffix(".xlsx").exists()
    assert deck.exists()
    assert "r.xlsx、" in capsys.readouterr().out


def test_neither_is_written_unasked_and_endings_are_checked(facts, tmp_path, capsys):
    page = tmp_path / "r.html"
    assert main(["report", str(facts), "-o", str(page)]) == 0
    assert not page.with_suffix(".xlsx").exists()
    assert main(["report", str(facts), "-o", str(page), "--xlsx", str(tmp_path / "a.csv")]) == 1
    assert "--xlsx" in capsys.readouterr().err
