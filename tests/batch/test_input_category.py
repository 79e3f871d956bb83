"""A category of the input stands in facts beside the one that the rules find, and is a dimension."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from csatext.batch.configuration import AnalysisSection, Configuration
from csatext.batch.pipeline import run
from csatext.reporting.standard_tables import dimensions_of


@pytest.mark.parametrize("header", ["category", "投诉类别", "问题分类", "一级分类", "工单类型"])
def test_the_category_of_the_input_is_kept_as_a_dimension(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.csv"
    rows = [(f"T{i}", f"第{i}次说退款没到账", ("售后", "物流", "质量")[i % 3]) for i in range(60)]
    pd.DataFrame(rows, columns=["工单编号", "投诉内容", header]).to_csv(path, index=False)
    run(path, tmp_path / "out", Configuration(analysis=AnalysisSection(n_topics=0)))
    facts = pd.read_parquet(tmp_path / "out" / "facts.parquet")
    assert facts["category_input"].value_counts().to_dict() == {"售后": 20, "物流": 20, "质量": 20}
    assert "category_input" in dimensions_of(facts)
    quality = pd.read_parquet(tmp_path / "out" / "tables" / "quality.parquet")
    assert quality["check"].eq("column_renamed").any()
