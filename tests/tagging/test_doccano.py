"""Texts for doccano and its exports, which doccano 1.8 itself wrote (CONTRIBUTING.md says how)."""

import json
from pathlib import Path

import pytest
from tagging.exported_sample import TAXONOMY, TEXTS, sample

import csatext as ct
from csatext.tagging.tag_store import add_tags
from csatext.taxonomy.category import Category

EXPORTS = Path(__file__).parent / "exports"
PATHS = [EXPORTS / "doccano_anna.jsonl", EXPORTS / "doccano_bob.jsonl"]
NAMES = {"doccano_anna": "张三", "doccano_bob": "李四"}
BILL = TAXONOMY["bill"].label_zh


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    contacts, corpus, suggestions = sample()
    path = tmp_path_factory.mktemp("doccano") / "质检.jsonl"
    contacts.loc[3, "inclusion_probability"] = float("nan")
    return ct.write_doccano(contacts, corpus, path, taxonomy=TAXONOMY, suggestions=suggestions)


def test_suggestions_stand_beside_the_text_and_are_no_labels(written):
    records = [json.loads(line) for line in written[0].read_text("utf-8").splitlines()]
    assert [record["doc_id"] for record in records] == list(TEXTS)
    assert records[0] | {"code": ""} == {
        "text": "退款一直不到账", "doc_id": "c0", "code": "", "inclusion_probability": 0.25,
        "stratum": "全部", "taxonomy_version": "shop 3",
        "建议一级": "退款", "建议二级": "到账慢", "依据": "不到账", "置信度": 0.9,
    }  # fmt: skip
    # doccano refuses a file in which a field is missing or null.
    assert {tuple(record) for record in records} == {tuple(records[0])}
    assert all(value is not None for record in records for value in record.values())
    assert "13812345678" not in written[0].read_text("utf-8")
    assert ct.read_doccano(written[0], taxonomy=TAXONOMY).tags.empty


def test_the_labels_are_the_categories(written):
    labels = [label["text"] for label in json.loads(written[1].read_text("utf-8"))]
    bill = [BILL, f"{BILL}/多收 | 错收/漏收"]
    assert labels == ["退款", "退款/到账慢", "退款/不肯退", *bill, "物流", "物流/送得慢", "未归类"]


def test_an_export_gives_back_what_people_said(tmp_path):
    found = ct.read_doccano(PATHS, taxonomy=TAXONOMY, names=NAMES)
    rows = found.tags.fillna("").itertuples(index=False)
    assert {(row.doc_id, row.annotator): (row.category, row.subcategory, row.note) for row in rows} == {
        ("c0", "张三"): ("退款", "到账慢", "等了三周"),
        ("c0", "李四"): ("退款", "到账慢", ""),
        ("c1", "张三"): ("物流", "送得慢", ""),
        ("c1", "李四"): ("退款", "", ""),
        ("c2", "张三"): (BILL, "多收 | 错收/漏收", '说 "多收", <b>'),
        ("c3", "张三"): ("未归类", "", ""),
        ("c4", "李四"): ("物流", "", ""),
    }
    assert found.evidence["text"].tolist() == ["不到账", "太慢"]
    assert found.evidence[["start", "end"]].to_numpy().tolist() == [[4, 7], [4, 6]]
    assert set(found.conflicts["doc_id"]) == {"c1"}
    said = found.problems[["file", "row"]].to_numpy().tolist()
    assert said == [["doccano_anna.jsonl", 6], ["doccano_bob.jsonl", 4]]
    assert "选了 2 个类别" in found.problems["reason"][1]
    store = tmp_path / "tags.parquet"
    assert add_tags(found.tags, store, "2026-05-01") == (7, 0)
    again = ct.read_doccano([*PATHS, *PATHS], taxonomy=TAXONOMY, names=NAMES)
    assert add_tags(again.tags, store, "2026-05-08") == (0, 0)


def test_a_project_of_plain_classification_is_read_too(tmp_path):
    line = json.loads(PATHS[0].read_text("utf-8").splitlines()[0])
    plain = {name: value for name, value in line.items() if name not in ("cats", "entities")}
    path = tmp_path / "anna.jsonl"
    path.write_text(json.dumps(plain | {"label": ["退款", "退款/到账慢"]}) + "\n{\n", "utf-8")
    found = ct.read_doccano(path, taxonomy=TAXONOMY)
    assert found.tags[["annotator", "subcategory"]].to_numpy().tolist() == [["anna", "到账慢"]]
    assert found.problems[["row", "value"]].to_numpy().tolist() == [[2, "{"]]


@pytest.mark.parametrize(
    ("content", "said"), [(b"PK\x03\x04", "请先解压"), (b"abc", "没有 JSON 行"), (b"[]\n3\n", "")]
)
def test_what_is_no_export_is_said(tmp_path, content, said):
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    if said:
        with pytest.raises(ct.InputError, match=said):
            ct.read_doccano(path, taxonomy=TAXONOMY)
    else:
        assert ct.read_doccano(path, taxonomy=TAXONOMY).tags.empty


def test_what_doccano_cannot_hold_is_refused(tmp_path):
    contacts, corpus, _ = sample()
    with pytest.raises(ct.InputError, match=r"\.jsonl"):
        ct.write_doccano(contacts, corpus, tmp_path / "a.json", taxonomy=TAXONOMY)
    long = ct.Taxonomy([Category("a", "慢" * 101), Category("b", "贵")])
    with pytest.raises(ct.InputError, match="101 个字"):
        ct.write_doccano(contacts, corpus, tmp_path / "a.jsonl", taxonomy=long)
