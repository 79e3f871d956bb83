from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct
from csatext.official.schemes import SCHEMES, load_scheme
from csatext.taxonomy.packs import PACKS

IDS = {category.id for name in PACKS for category in ct.Taxonomy.load(name).categories}


@pytest.mark.parametrize("name", SCHEMES)
def test_every_row_of_a_scheme_names_a_category_and_its_source(name):
    scheme = load_scheme(name)
    assert {category for _, category in scheme.classes} <= IDS
    assert scheme.version
    assert "http" in scheme.source or "《" in scheme.source
    assert scheme.checked


def test_classes_of_contacts():
    facts = pd.DataFrame(
        {"category_id": ["attitude.rude", "logistics.late", ""], "n": [1, 2, 3]}, index=list("abc")
    )
    result = ct.to_official(facts, "jrt0169")
    assert result["jrt0169_原因"].fillna("—").tolist() == ["服务态度及服务质量", "未对应", "—"]
    assert result.attrs["without_class"] == ["配送延误"]
    assert result["n"].tolist() == [1, 2, 3]
    labels = ct.to_official(pd.DataFrame({"subcategory": ["态度恶劣", "未归类"]}), "jrt0169")
    assert labels["jrt0169_原因"].fillna("—").tolist() == ["服务态度及服务质量", "—"]


def test_the_table_of_the_form():
    facts = pd.DataFrame(
        {
            "category_id": ["logistics.late", "logistics.late", "logistics.lost", "logistics.late", ""],
            "created_at": pd.to_datetime(
                ["2026-01-05", "2026-02-05", "2026-03-01", "2026-07-02", "2026-07-03"]
            ),
            "is_complaint": [True, True, True, True, True],
        }
    )
    table = ct.official_table(facts, "post12305")
    late = table[table["class"] == "延误"]
    assert late["period"].tolist() == ["2026Q1", "2026Q2", "2026Q3"]
    assert late["n"].tolist() == [2, 0, 1]
    assert late["total"].tolist() == [3, 0, 1]
    assert late["change"].fillna(-9).tolist() == [-9, -2, 1]
    # Wilson's interval of 2 in 3: (2.0 + 1.92073 -+ 1.96 sqrt(2/3 + 0.96036)) / 6.84146
    assert late["low"].iloc[0] == pytest.approx(0.20766, abs=1e-4)
    assert late["high"].iloc[0] == pytest.approx(0.93851, abs=1e-4)
    assert pd.isna(late["share"].iloc[1])
    assert ct.official_table(facts.assign(is_complaint=False), "post12305").empty


def test_what_has_no_class_stands_last():
    facts = pd.DataFrame({"category_id": ["quality.defect"] * 3 + ["logistics.late"]})
    table = ct.official_table(facts.assign(created_at=pd.Timestamp("2026-01-05")), "post12305")
    assert table["class"].tolist() == ["延误", "未对应"]
    assert table["n"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(("x",), ct.ParameterError), (("cca", "fortnight"), ct.ParameterError)],
)
def test_arguments_that_cannot_be_used(arguments, error):
    facts = pd.DataFrame({"category_id": ["quality"], "created_at": pd.to_datetime(["2026-01-05"])})
    with pytest.raises(error):
        ct.official_table(facts, *arguments)
    with pytest.raises(ct.ParameterError, match="facts"):
        ct.to_official(["quality"], "cca")
    with pytest.raises(ct.SchemaError):
        ct.to_official(facts.drop(columns="category_id"), "cca")
