"""Tasks for Label Studio and its exports, which Label Studio 1.23 itself wrote (CONTRIBUTING.md says how)."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from tagging.exported_sample import TAXONOMY, TEXTS, sample

import csatext as ct
from csatext.tagging.annotations import MarkedSpan, _located
from csatext.tagging.tag_store import add_tags
from csatext.taxonomy.category import Category, Change

EXPORTS = Path(__file__).parent / "exports"
BILL = TAXONOMY["bill"].label_zh
NAMES = {1: "张三", "2": "李四"}
SAID = {
    ("c0", "张三"): ("退款", "到账慢", "等了三周"),
    ("c0", "李四"): ("退款", "到账慢", ""),
    ("c1", "张三"): ("物流", "送得慢", ""),
    ("c1", "李四"): ("退款", "", ""),
    ("c2", "张三"): (BILL, "多收 | 错收/漏收", '说 "多收", <b>'),
    ("c3", "张三"): ("未归类", "", ""),
    ("c4", "李四"): ("物流", "", ""),
}
"""What the two people answered (``drive_label_studio.py``): one skipped c4, c5 has a remark alone."""


@pytest.fixture(scope="module")
def drawn():
    return sample()


@pytest.fixture(scope="module")
def written(drawn, tmp_path_factory):
    contacts, corpus, suggestions = drawn
    path = tmp_path_factory.mktemp("tasks") / "质检.json"
    return ct.write_label_studio(contacts, corpus, path, taxonomy=TAXONOMY, suggestions=suggestions)


def answers(found):
    columns = ["doc_id", "annotator", "category", "subcategory", "note"]
    rows = found.tags[columns].fillna("").itertuples(index=False)
    return {(row.doc_id, row.annotator): tuple(row[2:]) for row in rows}


def exported(tmp_path, change, name="导出.json"):
    """Return the JSON export after a change to its tasks."""
    tasks = json.loads((EXPORTS / "label_studio.json").read_text("utf-8"))
    change({task["data"]["doc_id"]: task for task in tasks})
    path = tmp_path / name
    path.write_text(json.dumps(tasks), "utf-8")
    return path


def test_the_configuration_has_the_categories_in_two_levels_whatever_their_names():
    view = ElementTree.fromstring(ct.label_studio_config(TAXONOMY))
    tree = view.find("Taxonomy")
    levels = {node.get("value"): [below.get("value") for below in node] for node in tree}
    assert levels == {
        "退款": ["到账慢", "不肯退"],
        BILL: ["多收 | 错收/漏收"],
        "物流": ["送得慢"],
        "未归类": [],
    }
    assert tree[0][0].get("hint") == '钱 < 7 天 & "没到"'
    assert {node.get("toName") for node in view if node.tag != "Text"} == {"text"}


def test_characters_that_xml_does_not_allow_are_left_out():
    odd = ct.Taxonomy([Category("a", "慢\x08\ud800"), Category("b", "贵\n了", definition="\x00")])
    tree = ElementTree.fromstring(ct.label_studio_config(odd)).find("Taxonomy")
    assert [node.get("value") for node in tree] == ["慢", "贵\n了", "未归类"]


def test_a_task_has_the_masked_text_and_what_the_machine_says(written):
    tasks = {task["data"]["doc_id"]: task for task in json.loads(written[0].read_text("utf-8"))}
    assert list(tasks) == list(TEXTS)
    assert "13812345678" not in written[0].read_text("utf-8")
    assert tasks["c0"]["data"]["inclusion_probability"] == 0.25
    category, evidence = tasks["c1"]["predictions"][0]["result"]
    assert category["value"] == {"taxonomy": [["物流", "送得慢"]]}
    assert tasks["c1"]["predictions"][0]["score"] == 0.6
    text, value = tasks["c1"]["data"]["text"], evidence["value"]
    assert text[value["start"] : value["end"]] == value["text"] == "太慢"
    assert "predictions" not in tasks["c3"]


@pytest.mark.parametrize("name", ["label_studio.json", "label_studio_min.json", "label_studio.csv"])
def test_every_export_gives_back_what_people_said(name):
    found = ct.read_label_studio(EXPORTS / name, taxonomy=TAXONOMY, names=NAMES)
    assert answers(found) == SAID
    assert found.tags["inclusion_probability"].tolist() == [0.25] * 7
    assert set(found.tags["taxonomy_version"]) == {"shop 3"}
    marked = found.evidence[["doc_id", "annotator", "start", "end", "text"]].to_numpy().tolist()
    assert marked == [["c0", "张三", 4, 7, "不到账"], ["c1", "张三", 4, 6, "太慢"]]
    assert set(found.conflicts["doc_id"]) == {"c1"}
    assert found.problems[["column", "value"]].to_numpy().tolist() == [["category", ""]]
    assert "只写了备注" in found.problems["reason"][0]


def test_to_import_twice_changes_nothing(tmp_path):
    paths = [EXPORTS / "label_studio.json", EXPORTS / "label_studio_min.json", EXPORTS / "label_studio.csv"]
    store = tmp_path / "tags.parquet"
    once = ct.read_label_studio(paths[0], taxonomy=TAXONOMY)
    assert add_tags(once.tags, store, "2026-05-01") == (7, 0)
    again = ct.read_label_studio([*paths, paths[0]], taxonomy=TAXONOMY)
    assert answers(again) == answers(once)
    assert set(once.tags["annotator"]) == {"用户1", "用户2"}
    assert len(again.evidence) == len(once.evidence) == 2
    assert add_tags(again.tags, store, "2026-05-08") == (0, 0)


def test_a_prediction_is_no_tag(written):
    found = ct.read_label_studio(written[0], taxonomy=TAXONOMY)
    assert found.tags.empty
    assert found.problems.empty


def test_a_task_whose_text_was_changed_is_refused(tmp_path):
    def change(tasks):
        tasks["c0"]["data"]["text"] = "别的话"
        tasks["c2"]["data"]["doc_id"] = "c0"
        del tasks["c3"]["data"]["code"]
        tasks["c1"]["data"]["text"] = tasks["c1"]["data"]["text"].replace(" ", "\r\n ")

    found = ct.read_label_studio(exported(tmp_path, change), taxonomy=TAXONOMY, names=NAMES)
    assert sorted(answers(found)) == [("c1", "张三"), ("c1", "李四"), ("c4", "李四")]
    reasons = dict(zip(found.problems["row"], found.problems["reason"].str[:7], strict=True))
    assert reasons == {1: "编号与文本对不", 3: "编号与文本对不", 4: "缺少编号（do", 6: "只写了备注或标"}


def test_answers_that_cannot_be_used_are_named(tmp_path):
    def change(tasks):
        def tagged(doc, *paths):
            tasks[doc]["annotations"][0]["result"] = [
                {"type": "taxonomy", "value": {"taxonomy": [list(path) for path in paths]}}
            ]

        tagged("c0", ("退款", "送得慢"))
        tagged("c2", ("退款",), ("物流",))
        tagged("c3", ("退款", "到账慢"), ("退款", "到账慢"))
        tagged("c5", ("快递",))

    found = ct.read_label_studio(exported(tmp_path, change), taxonomy=TAXONOMY, names=NAMES)
    problems = found.problems.set_index("row")["reason"].to_dict()
    assert "二级「送得慢」属于「物流」" in problems[1]
    assert "选了 2 个类别" in problems[3]
    assert "一级类别没有「快递」" in problems[6]
    assert answers(found)["c3", "张三"] == ("退款", "到账慢", "")


def test_two_lists_of_choices_are_first_and_second_level(tmp_path):
    def change(tasks):
        tasks["c0"]["annotations"][0]["result"] = [
            {"type": "choices", "value": {"choices": ["到账慢"]}},
            {"type": "choices", "value": {"choices": ["退款"]}},
        ]

    found = ct.read_label_studio(exported(tmp_path, change), taxonomy=TAXONOMY)
    assert found.tags.query("doc_id == 'c0'")["subcategory"].tolist() == ["到账慢", "到账慢"]


def test_one_person_who_contradicts_themselves_has_no_tag(tmp_path):
    def change(tasks):
        first = next(one for one in tasks["c0"]["annotations"] if one["completed_by"] == 1)
        other = {"type": "taxonomy", "value": {"taxonomy": [["物流"]]}}
        tasks["c0"]["annotations"].append(first | {"result": [other]})

    found = ct.read_label_studio(exported(tmp_path, change), taxonomy=TAXONOMY, names=NAMES)
    assert ("c0", "张三") not in answers(found)
    mine = found.conflicts.query("doc_id == 'c0' and annotator == '张三'")
    assert sorted(mine["category"]) == ["物流", "退款"]
    assert "c0" not in set(found.evidence["doc_id"])


def test_categories_of_an_earlier_version_become_the_new_ones(tmp_path):
    newer = ct.Taxonomy(
        [*TAXONOMY.categories, Category("refund.late", "退款慢", "refund")],
        name="shop",
        version="4",
        changes=[Change("旧类", ("refund.late",))],
    )

    def change(tasks):
        tasks["c3"]["annotations"][0]["result"][0]["value"] = {"taxonomy": [["旧类"]]}

    found = ct.read_label_studio(exported(tmp_path, change), taxonomy=newer, names=NAMES)
    assert answers(found)["c3", "张三"] == ("退款", "退款慢", "")
    assert "标注时用的是「shop 3」，现在的分类体系是「shop 4」" in found.problems["reason"][0]
    assert set(found.tags["taxonomy_version"]) == {"shop 4"}


@pytest.mark.parametrize(
    ("span", "place"),
    [
        (MarkedSpan(4, 6, "太慢"), (4, 6)),
        (MarkedSpan(6, 8, "太慢"), (4, 6)),  # a browser counts each emoji as two
        (MarkedSpan(6, 8), (6, 8)),  # nothing is quoted: the place as it is
        (MarkedSpan(0, 2, "太慢"), (4, 6)),  # wrong, but the text says it once
        (MarkedSpan(0, 1, "三"), None),  # wrong, and it says it twice
        (MarkedSpan(5, 99, ""), None),
        (MarkedSpan(-2, 1, ""), None),
        (MarkedSpan(6, 9, "\\n三"), (6, 8)),  # a line end written as two characters
    ],
)
def test_a_passage_is_where_its_words_are(span, place):
    assert _located("😡😡快递太慢\n三天三夜", span) == place


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "{", "不是合法的 JSON"),
        ("a.json", '{"a": 1}', "不是任务的列表"),
        ("a.json", "[1, 2]", "不是任务的列表"),
        (
            "a.json",
            '[{"data": {"text": "慢"}}, {"data": 5, "annotations": []}]',
            "第 2 个任务的 data 不是对象",
        ),
        ("a.json", "[" * 100_000, "不是合法的 JSON"),
        ("a.json", "", "文件是空的"),
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(ct.InputError, match=said):
        ct.read_label_studio(path, taxonomy=TAXONOMY)
    both = ct.read_label_studio([path, EXPORTS / "label_studio.csv"], taxonomy=TAXONOMY)
    assert len(both.tags) == 7
    assert both.problems["file"][0] == name


def test_odd_shapes_raise_nothing(tmp_path):
    path = tmp_path / "a.json"
    odd = [
        {"data": {"text": 3}, "annotations": [{"result": None}, None, {"result": [None, {"value": 1}]}]},
        {"data": {}, "annotations": {}},
        {"text": "x", "category": {"choices": 3}, "evidence": [{"start": "a"}], "note": ["a", 1]},
        {"text": None, "category": "[", "annotator": None},
    ]
    path.write_text(json.dumps(odd), "utf-8")
    found = ct.read_label_studio(path, taxonomy=TAXONOMY)
    assert found.tags.empty
    assert found.problems["row"].tolist() == [3, 4]


def test_arguments_are_checked(drawn, tmp_path):
    contacts, corpus, _ = drawn
    with pytest.raises(ct.InputError, match=r"\.json"):
        ct.write_label_studio(contacts, corpus, tmp_path / "a.txt", taxonomy=TAXONOMY)
    with pytest.raises(ct.ParameterError, match="Taxonomy"):
        ct.label_studio_config("telecom")
    with pytest.raises(ct.SchemaError, match="不在语料中"):
        ct.write_label_studio(
            pd.DataFrame({"doc_id": ["x"], "inclusion_probability": [1.0]}), corpus, tmp_path / "a.json",
            taxonomy=TAXONOMY,
        )  # fmt: skip
