"""Workbooks of flags: items of a scorecard and columns of yes and no."""

import openpyxl
import pandas as pd
import pytest

import csatext as ct
from csatext.tagging.tag_store import add_tags, current_tags, read_store

ITEMS = [
    {"id": "hello", "label_zh": "问候", "said": ["您好"], "definition": "第一句问候"},
    {"id": "rude", "label_zh": "忌语", "said": ["烦不烦"], "forbidden": True, "veto": True},
]


@pytest.fixture(scope="module")
def card():
    return ct.QAScorecard.load({"name": "shop", "version": "1", "items": ITEMS})


@pytest.fixture(scope="module")
def contacts():
    return pd.DataFrame({"doc_id": [f"c{at}" for at in range(12)], "text": ["退款没有到账"] * 12})


@pytest.fixture(scope="module")
def corpus(contacts):
    return ct.Vectorizer().fit_transform(contacts)


def written(folder, contacts, corpus, flags, **options):
    sample = ct.sample_for_tagging(contacts, 12, strategy="random").assign(inclusion_probability=0.5)
    return ct.write_tagging_workbook(sample, corpus, folder / "质检.xlsx", flags=flags, **options)


def filled(path, cells, change=None):
    """Return the workbook with cells by header and doc_id."""
    book = openpyxl.load_workbook(path)
    page = book["标注"]
    place = {cell.value: cell.column for cell in page[1]}
    rows = {page.cell(row, place["编号"]).value: row for row in range(2, page.max_row + 1)}
    for (doc_id, header), value in cells.items():
        page.cell(rows[doc_id], place[header]).value = value
    if change is not None:
        change(page, place, rows)
    book.save(path)
    return path


def test_items_go_out_with_what_the_machine_says_and_come_back_as_flags(tmp_path, contacts, corpus, card):
    turns = pd.DataFrame({"doc_id": "c0", "turn_id": [0, 1], "role": ["agent", "customer"]})
    turns["text"] = ["您好", "退款没有到账"]
    totals = ct.qa_totals(ct.score_conversations(turns, card))
    (path,) = written(tmp_path, contacts, corpus, card, suggestions=totals, turns=turns)
    book = openpyxl.load_workbook(path)
    page = book["标注"]
    header = [cell.value for cell in page[1]]
    assert header[3:9] == ["机器判断", "依据", "问候", "忌语", "备注", "标注人"]
    row = next(row for row in page.iter_rows(min_row=2, values_only=True) if row[0] == "c0")
    assert row[3:5] == ("问候：通过\n忌语：通过", "您好")
    other = next(row for row in page.iter_rows(min_row=2, values_only=True) if row[0] == "c1")
    assert other[3] == "问候：不适用\n忌语：不适用"
    assert [rule.formula1 for rule in page.data_validations.dataValidation] == ['"通过,不通过,不适用"'] * 2
    assert page.protection.sheet and not page.cell(2, 6).protection.locked
    assert [cell.value for cell in book["分类说明"][2]] == ["问候", "qa_hello", "第一句问候"]

    cells = {("c0", "问候"): "通过 ", ("c0", "忌语"): "不通过", ("c1", "问候"): "不适用", ("c2", "忌语"): "√"}
    found = ct.read_tagging_workbook(filled(path, cells), flags=card)
    tags = found.tags.set_index("doc_id")[["qa_hello", "qa_rude"]].astype(object)
    assert found.problems.empty
    assert tags.where(tags.notna(), None).to_dict("index") == {
        "c0": {"qa_hello": True, "qa_rude": False},
        "c1": {"qa_hello": True, "qa_rude": None},
        "c2": {"qa_hello": None, "qa_rude": True},
    }
    assert set(found.tags["scorecard_version"]) == {"shop 1"}


def test_every_bad_cell_is_named_and_the_others_of_its_row_count(tmp_path, contacts, corpus, card):
    (path,) = written(tmp_path, contacts, corpus, card)
    cells = {("c0", "问候"): "是", ("c0", "忌语"): "通过", ("c3", "备注"): "听不清"}

    def merge(page, place, rows):
        page.cell(rows["c5"], place["问候"]).value = "通过"
        page.cell(rows["c6"], place["忌语"]).value = "通过"
        page.merge_cells(
            start_row=rows["c5"], end_row=rows["c6"], start_column=place["问候"], end_column=place["问候"]
        )

    found = ct.read_tagging_workbook(filled(path, cells, merge), flags=card)
    named = found.problems[["row", "column", "value"]].values.tolist()
    assert named == [[2, "问候", "是"], [5, "问候", ""], [8, "问候", "通过"]]
    assert "请填 通过、不通过、不适用" in found.problems["reason"][0]
    assert found.tags["doc_id"].tolist() == ["c0", "c5", "c6"]


def test_a_lost_column_loses_its_flag_alone(tmp_path, contacts, corpus, card):
    (path,) = written(tmp_path, contacts, corpus, card)

    def rename(page, place, rows):
        page.cell(1, place["忌语"]).value = "第二项"

    cells = {("c0", "问候"): "通过", ("c0", "忌语"): "不通过"}
    found = ct.read_tagging_workbook(filled(path, cells, rename), flags=card)
    assert found.tags["qa_hello"].tolist() == [True]
    assert found.tags["qa_rude"].isna().all()
    assert found.problems["column"].tolist() == ["忌语"]


def test_two_people_contradict_each_other_in_one_item(tmp_path, contacts, corpus, card):
    one, two = written(tmp_path, contacts, corpus, card, annotators=["甲", "乙"], shared=1.0)
    filled(one, {("c0", "问候"): "通过", ("c0", "忌语"): "通过"})
    filled(two, {("c0", "问候"): "不通过", ("c0", "忌语"): "通过"})
    found = ct.read_tagging_workbook([one, two], flags=card)
    assert found.conflicts[["flag", "label", "annotator", "answer"]].values.tolist() == [
        ["qa_hello", "问候", "乙", "不通过"],
        ["qa_hello", "问候", "甲", "通过"],
    ]
    assert len(found.tags) == 2
    assert ct.agreement(found.tags, columns="qa_rude").scores["percent"].tolist() == [1.0]


def test_tags_of_flags_correct_rates(tmp_path, contacts, corpus):
    (path,) = written(tmp_path, contacts, corpus, {"is_negative": "客户不满"})
    header = [cell.value for cell in openpyxl.load_workbook(path)["标注"][1]][5]
    cells = {(f"c{at}", header): "是" if at < 4 else "否" for at in range(12)}
    tags = ct.read_tagging_workbook(filled(path, cells), flags=["is_negative"]).tags
    facts = pd.DataFrame({"doc_id": [f"c{at}" for at in range(24)], "is_negative": [True] * 8 + [False] * 16})
    row = ct.audited_rates(facts, tags, "is_negative").iloc[0]
    # 4 of 12 by people; by the machine 8 of these, and none of the rest: its labels weigh what they explain.
    assert (row["n_tagged"], row["raw_rate"], row["precision"], row["recall"]) == (12, 8 / 24, 0.5, 1.0)


def test_a_store_keeps_the_last_answer_to_each_flag(tmp_path):
    tags = pd.DataFrame({"doc_id": ["a", "b"], "annotator": "甲", "qa_hello": [True, False]})
    tags["qa_rude"] = pd.array([None, None], dtype="boolean")
    tags = tags.assign(note="", inclusion_probability=0.5, scorecard_version="shop 1", stratum="")
    store = tmp_path / "tags.parquet"
    assert add_tags(tags, store, "2026-05-01") == (2, 0)
    assert add_tags(tags, store, "2026-05-02") == (0, 0)
    later = tags.assign(qa_hello=pd.array([None, True], dtype="boolean"), qa_rude=True)
    assert add_tags(later, store, "2026-05-03") == (0, 2)
    now = current_tags(read_store(store))
    assert now[["qa_hello", "qa_rude"]].values.tolist() == [[True, True], [True, True]]
    assert len(read_store(store)) == 4
    categories = tags.drop(columns=["qa_hello", "qa_rude", "scorecard_version"])
    categories = categories.assign(category="物流", subcategory=None, taxonomy_version="")
    with pytest.raises(ct.InputError, match="里面是是/否标注，这次是类别标注"):
        add_tags(categories, store, "2026-05-04")


@pytest.mark.parametrize(
    ("flags", "said"),
    [("is_negative", "flags"), ([], "flags"), ({"备注": ""}, "名字"), ({"qa_x": "", "QA X": ""}, "名字")],
)
def test_flags_that_cannot_be_asked_are_refused(tmp_path, contacts, corpus, flags, said):
    with pytest.raises(ct.ParameterError, match=said):
        written(tmp_path, contacts, corpus, flags)


def test_categories_or_flags_one_of_them(tmp_path, contacts, corpus, card):
    with pytest.raises(ct.ParameterError, match="二者之一"):
        written(tmp_path, contacts, corpus, None)
    with pytest.raises(ct.ParameterError, match="只能给一个"):
        ct.read_tagging_workbook("x.xlsx", taxonomy=ct.Taxonomy([]), flags=card)
