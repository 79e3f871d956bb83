from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct
from csatext.taxonomy import Category
from csatext.taxonomy.category import Change
from csatext.taxonomy.patterns import parse_pattern


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
            assert parse_pattern(pattern)


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
        ("- id: a\n  label_zh: 甲\n  patterns: ['']\n", 3, "patterns"),
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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("extends: [core]\ndrop: [atitude]\ncategories: [{id: attitude}]\n", "atitude"),
        ("extends: [core]\ncategories: [{id: atitude}]\n", "label_zh"),
    ],
)
def test_a_file_that_extends_a_pack_names_categories_of_it(tmp_path, content, message):
    path = tmp_path / "t.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(ct.LexiconError, match=message):
        ct.Taxonomy.load(path)


def test_rules_lose_what_they_say_of_a_dropped_category(tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text("extends: [telecom]\ndrop: [network.tv]\ncategories: [{id: network}]\n", "utf-8")
    taxonomy, telecom = ct.Taxonomy.load(path), ct.Taxonomy.load("telecom")
    assert "network.tv" not in taxonomy
    assert len(taxonomy) == len(telecom) - 1
    assert "network.tv" in {named for rule in telecom["network.quality"].rules for named in rule.categories()}
    assert len(taxonomy["network.quality"].rules) == len(telecom["network.quality"].rules)


def test_tags_of_an_earlier_version():
    taxonomy = ct.Taxonomy(
        [Category("a", "甲"), Category("a.b", "乙", "a"), Category("a.c", "丙", "a")],
        changes=[Change("旧", ("a.b",)), Change("分", ("a.b", "a.c")), Change("废", ())],
    )
    tags = pd.Series(["旧", "分", "分", "废", "甲/丙", "未归类", "", None], index=list("stuvwxyz"))
    found = taxonomy.relabel(tags, pd.Series({"t": "a.c", "u": "a"}))
    assert found["category_id"].fillna("").tolist() == ["a.b", "a.c", "", "", "a.c", "", "", ""]
    assert found["needs_review"].tolist() == [False, False, True, True, False, False, False, False]
    assert found["candidates"]["u"] == "a.b、a.c"
    for given in ((["旧"],), (tags, found)):
        with pytest.raises(ct.ParameterError, match="Series"):
            taxonomy.relabel(*given)


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


def sheet(tmp_path, rows, columns=("一级分类", "二级分类", "关键词", "责任部门")):
    path = tmp_path / "t.xlsx"
    pd.DataFrame(rows, columns=list(columns)).to_excel(path, index=False)
    return path


@pytest.mark.parametrize(
    "mark", ["、", "，", ",", "；", ";", "\n", "|", " | ", "、\n", " ", "\u3000", "/", " ／ ", "｜", "”、“"]
)
def test_words_stand_between_any_usual_marks(tmp_path, mark):
    path = sheet(tmp_path, [["服务", "态度", mark.join(["骂人", "态度差", "挂电话"]), "客服部"]])
    corpus = ct.Vectorizer().fit_transform(["他骂人", "直接挂电话", "态度差", "问一下"])
    found = ct.RuleClassifier(ct.Taxonomy.load(path)).fit_transform(corpus)["subcategory"]
    assert found.tolist() == ["态度", "态度", "态度", "未归类"]


def test_words_with_letters_keep_their_marks(tmp_path):
    path = sheet(tmp_path, [["网络", "测试", "A/B测试、５Ｇ 信号、iPhone 15", None]])
    assert ct.Taxonomy.load(path)["网络/测试"].patterns == ("A/B测试|5G 信号|iPhone 15",)


@pytest.mark.parametrize(
    "columns",
    [
        ("一级分类", "二级分类", "关键字", "归口部门"),
        ("大类", "小类", "关键词（用、分隔）", "责任单位"),
        ("Category", "Sub Category", "Keywords", "Owner"),
        ("level_1", "level_2", "patterns", "department"),
        ("一級", "二級", "關鍵詞", "責任部門"),
        ("1级名称", "2级名称", "触发词", "负责人"),
        ("投诉类别", "子类", "词表", "责任部门"),
    ],
)
def test_headers_of_a_table(tmp_path, columns):
    category = ct.Taxonomy.load(sheet(tmp_path, [["服务", "态度", "骂人、凶", "客服部"]], columns))[
        "服务/态度"
    ]
    assert (category.patterns, category.owner) == (("骂人|凶",), "客服部")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_table_in_text(tmp_path, encoding, mark):
    path = tmp_path / "t.csv"
    rows = [["一级", "二级", "关键词"], ["服务", "态度", "骂人、凶"]]
    path.write_text("\n".join(mark.join(row) for row in rows), encoding=encoding)
    assert ct.Taxonomy.load(path)["服务/态度"].patterns == ("骂人|凶",)


def test_a_title_instructions_a_third_level_and_more_columns_of_words(tmp_path):
    path = tmp_path / "t.xlsx"
    rows = [
        ["投诉分类体系", *[None] * 5],
        ["一级编码", "一级", "二级", "三级", "关键词1", "关键词2"],
        ["01", "服务", "客服", "态度", "骂人", "凶"],
    ]
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"说明": ["请填写", "不要改表头"]}).to_excel(book, sheet_name="说明", index=False)
        pd.DataFrame(rows).to_excel(book, sheet_name="分类", index=False, header=False)
    taxonomy = ct.Taxonomy.load(path)
    assert taxonomy["服务/客服/态度"].patterns == ("骂人", "凶")


def test_letters_in_any_case_and_traditional_characters_are_found(tmp_path):
    path = sheet(tmp_path, [["信号", "无线", "wifi", None], ["服務", "態度", "罵人", None]])
    corpus = ct.Vectorizer().fit_transform(["WiFi连不上", "他骂人", "他罵人"])
    found = ct.RuleClassifier(ct.Taxonomy.load(path)).fit_transform(corpus)["subcategory"]
    assert found.tolist() == ["无线", "態度", "態度"]


@pytest.mark.parametrize("given", [5, {"a": 1}, pd.DataFrame(), [5]])
def test_what_is_no_path_is_refused(given):
    with pytest.raises(ct.ParameterError, match="路径"):
        ct.Taxonomy.load(given)


def test_rows_of_one_category_are_joined_and_merged_cells_go_on(tmp_path):
    rows = [
        ["服务", "态度", "骂人", None, "客服部"],
        [None, None, "挂电话", "不骂人", None],
        [None, "专业", "不懂", None, None],
        ["服务", "态度", "凶", None, None],
        ["物流", "慢", "没到", None, None],
    ]
    path = sheet(tmp_path, rows, ("一级", "二级", "关键词", "排除词", "部门"))
    taxonomy = ct.Taxonomy.load(path)
    assert [category.id for category in taxonomy.categories] == [
        "服务",
        "服务/态度",
        "服务/专业",
        "物流",
        "物流/慢",
    ]
    assert taxonomy["服务/态度"].patterns == ("骂人", "挂电话", "凶")
    assert taxonomy["服务/态度"].exceptions == ("不骂人",)
    assert taxonomy["服务"].patterns == ()


def test_a_name_of_the_first_level_is_no_pattern_where_there_is_a_second(tmp_path):
    corpus = ct.Vectorizer().fit_transform(["服务热线怎么打", "态度问题"])
    two = ct.Taxonomy.load(sheet(tmp_path, [["服务", "态度", None, None]]))
    assert ct.RuleClassifier(two).fit_transform(corpus)["category"].tolist() == ["未归类", "服务"]
    one = ct.Taxonomy.load(sheet(tmp_path, [["服务", "x"], ["物流", "y"]], ("一级", "备注")))
    assert ct.RuleClassifier(one).fit_transform(corpus)["category"].tolist() == ["服务", "未归类"]


@pytest.mark.parametrize(
    "content",
    [
        "- &a\n  id: a\n  label_zh: 甲\n  children: [*a]\n",
        "[" * 400,
        "- {id: a, label_zh: 甲, children: " * 200,
        "- id: a\x00\n",
        "- {id: a, label_zh: 甲, patterns: 5}\n",
        "- {id: a, label_zh: 甲, children: 5}\n",
        "- {id: a, label_zh: 甲, patterns: ['快递 .. | .. 慢']}\n",
        "- id: 0x\n  ? [1]\n  : 2\n",
    ],
)
def test_a_hostile_file_is_one_sentence_with_a_line(tmp_path, content):
    path = tmp_path / "t.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(ct.LexiconError, match=r"第 \d+ 行"):
        ct.Taxonomy.load(path)


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\x00\x01\x02" * 50, b"PK\x03\x04" + b"\x00" * 60, b""])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    with pytest.raises(ct.CsatextError):
        ct.Taxonomy.load(path)


def test_a_pack_joined_with_a_table_stays_one_of_complaints(tmp_path):
    own = sheet(tmp_path, [["设备", "机顶盒", "机顶盒", None], ["设备", "遥控器", "遥控器", None]])
    taxonomy = ct.Taxonomy.load(["telecom", own])
    assert taxonomy.complaints
    assert taxonomy["设备/机顶盒"].patterns == ("机顶盒",)
    assert "network.outage" in taxonomy


def test_a_pack_has_the_name_of_its_trade_too():
    assert ct.Taxonomy.load("电信") == ct.Taxonomy.load("telecom")


def test_a_change_of_a_loaded_pack_is_the_users_own():
    taxonomy = ct.Taxonomy.load("telecom")
    taxonomy.name, taxonomy.categories = "ours", taxonomy.categories[:2]
    again = ct.Taxonomy.load("telecom")
    assert again.name == "telecom"
    assert "network.outage" in again
    assert len(again.categories) > 40
