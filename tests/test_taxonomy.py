from __future__ import annotations

import re

import pandas as pd
import pytest

import csatext as ct
from csatext.taxonomy import Category, pattern_expression


def test_the_shipped_taxonomy():
    taxonomy = ct.Taxonomy.load()
    assert len(taxonomy.first_level) >= 12
    children = [category for category in taxonomy.categories if category.parent]
    assert all(category.patterns for category in children)
    assert all(taxonomy.owner(category.id) for category in children)
    assert all(category.id.startswith(f"{category.parent}.") for category in children)
    assert len({category.label_zh for category in taxonomy.categories}) == len(taxonomy)
    for category in children:
        for pattern in category.patterns:
            re.compile(pattern_expression(pattern))


def test_pattern_expression():
    expression = re.compile(pattern_expression("快递|快递员 .. 没|不"))
    assert expression.search("快递员今天没来").group() == "快递员今天没"
    assert expression.search("快递。没") is None
    assert pattern_expression("A+|(b)") == r"(?:\(b\)|A\+)"


def test_yaml_of_the_user(tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text(
        "- id: a\n  label_zh: 甲\n  owner: 某部\n  children:\n  - {id: a.b, label_zh: 乙, patterns: [词]}\n",
        "utf-8",
    )
    taxonomy = ct.Taxonomy.load(path)
    assert taxonomy.path("a.b") == ("甲", "乙")
    assert taxonomy.owner("a.b") == "某部"
    assert taxonomy.table["n_patterns"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("- id: a\n  label_zh: 甲\n- label_zh: 乙\n", 3, "id"),
        ("- id: a\n  label_zh: 甲\n  word: x\n", 1, "word"),
        ("- id: a\n  label_zh: 甲\n  patterns: ['']\n", 1, "patterns"),
        ("a: [", 1, "YAML"),
        ("", 1, "列表"),
    ],
)
def test_a_bad_entry_is_named_with_its_line(tmp_path, content, line, message):
    path = tmp_path / "t.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(ct.LexiconError, match=message) as caught:
        ct.Taxonomy.load(path)
    assert f"第 {line} 行" in str(caught.value)


def test_workbook(tmp_path):
    path = tmp_path / "t.xlsx"
    rows = [["物流", "慢", "没到|太慢", "物流部"], [None, "破损", "压坏", None], ["服务", "态度", None, None]]
    pd.DataFrame(rows, columns=["一级分类", "二级分类", "关键词", "责任部门"]).to_excel(path, index=False)
    taxonomy = ct.Taxonomy.load(path)
    assert taxonomy.path("物流/破损") == ("物流", "破损")
    assert taxonomy["物流/慢"].patterns == ("没到|太慢",)
    assert taxonomy["服务/态度"].patterns == ("态度",)
    corpus = ct.Vectorizer().fit_transform(["包裹太慢"])
    assert ct.RuleClassifier(taxonomy).fit_transform(corpus)["subcategory"].tolist() == ["慢"]


def test_tree_is_checked():
    with pytest.raises(ct.ParameterError, match="重复"):
        ct.Taxonomy([Category("a", "甲"), Category("a", "乙")])
    with pytest.raises(ct.ParameterError, match="上级"):
        ct.Taxonomy([Category("b", "乙", parent="a")])
    with pytest.raises(ct.LexiconError, match="找不到"):
        ct.Taxonomy.load("no/such/file.yaml")
