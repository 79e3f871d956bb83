import importlib.util
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import csatext as ct
from csatext.tagging.sheet_layout import row_code
from csatext.tagging.tag_store import add_tags, current_tags, read_store
from csatext.taxonomy.category import Category, Change

ROOT = Path(__file__).resolve().parents[2]
SHOP = (
    Category("refund", "退款"),
    Category("refund.slow", "到账慢", "refund", definition="钱没有退回来", examples=("退款三周没到",)),
    Category("refund.refused", "不肯退", "refund"),
    Category("parcel", "物流"),
    Category("parcel.late", "送得慢", "parcel"),
    Category("parcel.lost", "丢件", "parcel"),
)
TEXTS = ("退款一直不到账", "=1+1 是多少", "+86 打不通", "@客服 没人回", "-5 分都不想给", "快递太慢\n三天没动")


@pytest.fixture(scope="module")
def taxonomy():
    return ct.Taxonomy(SHOP, name="shop", version="2")


@pytest.fixture(scope="module")
def contacts():
    texts = [*TEXTS, "请打 13812345678 找我"]
    return pd.DataFrame({"doc_id": [f"c{at}" for at in range(7)], "text": texts})


@pytest.fixture(scope="module")
def corpus(contacts):
    return ct.Vectorizer().fit_transform(contacts)


@pytest.fixture
def written(tmp_path, contacts, corpus, taxonomy):
    sample = ct.sample_for_tagging(contacts, 7, strategy="random").assign(inclusion_probability=0.25)
    found = pd.DataFrame(
        {
            "category": ["退款"] * 7,
            "subcategory": ["到账慢"] * 7,
            "category_terms": "不到账",
            "confidence": 0.8,
        },
        index=contacts["doc_id"],
    )
    return ct.write_tagging_workbook(
        sample, corpus, tmp_path / "质检.xlsx", taxonomy=taxonomy, suggestions=found
    )[0]


def edited(path, cells, name="交回.xlsx", change=None):
    book = openpyxl.load_workbook(path)
    page = book["标注"]
    for at, value in cells.items():
        page[at] = value
    if change is not None:
        change(book, page)
    for cell in (cell for row in page.iter_rows() for cell in row):
        if cell.data_type == "f":  # texts stay texts, as in programs that people use
            cell.data_type = "s"
    book.save(path.with_name(name))
    return path.with_name(name)


def said(found):
    columns = found.tags[["doc_id", "category", "subcategory"]].fillna("").to_numpy().tolist()
    return {doc: (first, second) for doc, first, second in columns}


def test_the_workbook_has_what_people_need(written):
    book = openpyxl.load_workbook(written, rich_text=True)
    assert book.sheetnames[:3] == ["标注", "分类说明", "填写说明"]
    page = book["标注"]
    header = [cell.value for cell in page[1]]
    names = "编号 文本 对话 建议一级 建议二级 置信度 依据 一级类别 二级类别 备注 标注人"
    assert header[:11] == names.split()
    assert page.freeze_panes == "B2"
    assert page.protection.sheet
    assert [page[f"{column}2"].protection.locked for column in "ABHIJK"] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    first, second = page.data_validations.dataValidation
    assert (str(first.sqref), str(second.sqref)) == ("H2:H8", "I2:I8")
    assert "$H2" in second.formula1
    assert [page[f"D{row}"].value for row in (2, 3)] == ["退款", "退款"]
    # Evidence stands out within the text; what looks like a formula is a text; numbers of people are masked.
    assert [str(part) for part in page["B2"].value] == ["退款一直", "不到账"]
    assert [page[f"B{row}"].value[0] for row in (3, 4, 5, 6)] == ["=", "+", "@", "-"]
    assert all(page[f"B{row}"].data_type == "s" for row in (3, 4, 5, 6))
    assert "13812345678" not in str(page["B8"].value)
    definitions = [cell.value for cell in book["分类说明"][3]]
    assert definitions[:4] == ["退款", "到账慢", "钱没有退回来", "退款三周没到"]


def test_the_second_list_is_that_of_the_first_answer(written):
    page = openpyxl.load_workbook(written)["选项"]
    lists = {
        column[0].value: [cell.value for cell in column[2:] if cell.value] for column in page.iter_cols()
    }
    assert lists == {"退款": ["到账慢", "不肯退"], "物流": ["送得慢", "丢件"], "未归类": []}
    assert [page.cell(2, at).value for at in (1, 2, 3)] == [2, 2, 1]


def test_what_was_filled_in_comes_back(written, taxonomy):
    path = edited(
        written, {"H2": "退款", "I2": "到账慢", "J2": "=确认过", "K2": "张三", "H4": "物流 ", "K4": "李四"}
    )
    found = ct.read_tagging_workbook(path, taxonomy=taxonomy)
    assert found.tags.columns[:7].tolist() == [
        "doc_id", "annotator", "category", "subcategory", "note", "inclusion_probability", "taxonomy_version",
    ]  # fmt: skip
    rows = found.tags.fillna("").to_numpy().tolist()
    assert rows[0][:7] == ["c0", "张三", "退款", "到账慢", "=确认过", 0.25, "shop 2"]
    assert rows[1][:4] == ["c2", "李四", "物流", ""]
    assert found.problems.empty
    assert found.conflicts.empty


def test_every_bad_cell_is_named_at_once(written, taxonomy):
    cells = {
        "H2": "退歀",
        "H3": "退款",
        "I3": "丢件",
        "H4": "物流",
        "I4": "乱写",
        "I5": "没有的",
        "J6": "看不懂",
    }
    found = ct.read_tagging_workbook(edited(written, cells), taxonomy=taxonomy)
    assert found.tags.empty
    places = found.problems[["file", "sheet", "row", "column", "value"]].to_numpy().tolist()
    assert places == [
        ["交回.xlsx", "标注", 2, "一级类别", "退歀"],
        ["交回.xlsx", "标注", 3, "二级类别", "丢件"],
        ["交回.xlsx", "标注", 4, "二级类别", "乱写"],
        ["交回.xlsx", "标注", 5, "一级类别", "没有的"],
        ["交回.xlsx", "标注", 6, "一级类别", ""],
    ]
    reasons = found.problems["reason"].tolist()
    assert "是不是「退款」" in reasons[0]
    assert "属于「物流」" in reasons[1]
    assert "送得慢、丢件" in reasons[2]


def test_rows_and_columns_that_move_take_their_tags_along(written, taxonomy):
    def change(book, page):
        rows = [[cell.value for cell in row] for row in page.iter_rows()]
        head, data = rows[0], rows[1:]
        page.delete_rows(1, page.max_row)
        order = [head.index(name) for name in ("标注人", "二级类别", "文本", "一级类别", "编号")]
        page.append(["五月抽检"])
        page.append(["复核", *(head[at] for at in order)])
        for row in [*data[::-1][:3], [None] * len(head), *data[::-1][3:6]]:
            page.append(["待定", *(row[at] for at in order)])
        page.title = "张三"

    cells = {"H2": "退款", "I2": "到账慢", "H3": "物流", "I3": "丢件", "H7": "退款", "I7": "不肯退"}
    found = ct.read_tagging_workbook(edited(written, cells, change=change), taxonomy=taxonomy)
    assert said(found) == {"c1": ("物流", "丢件"), "c5": ("退款", "不肯退")}
    assert found.tags["inclusion_probability"].tolist() == [0.25, 0.25]
    assert found.problems.empty


def test_a_row_whose_identifier_was_moved_is_refused_and_one_that_lost_it_is_known_by_its_text(
    written, taxonomy
):
    found = ct.read_tagging_workbook(
        edited(written, {"A2": "c1", "A3": "c0", "A4": None, "H2": "退款", "H3": "物流", "H4": "物流"}),
        taxonomy=taxonomy,
    )
    assert said(found) == {"c2": ("物流", "")}
    assert found.problems[["row", "column"]].to_numpy().tolist() == [[2, "编号"], [3, "编号"]]
    assert found.problems["reason"].str.contains("对不上").all()


def test_merged_cells_are_named_for_the_rows_that_lost_their_value(written, taxonomy):
    path = edited(written, {"H2": "退款"}, change=lambda _, page: page.merge_cells("H2:H4"))
    found = ct.read_tagging_workbook(path, taxonomy=taxonomy)
    assert said(found) == {"c0": ("退款", "")}
    assert found.problems["row"].tolist() == [3, 4]
    assert found.problems["reason"].str.contains("合并").all()


def test_several_people_merge_and_nothing_is_lost(written, taxonomy):
    one = edited(written, {"H2": "退款", "K2": "张三", "H3": "物流", "K3": "张三"}, "甲.xlsx")
    other = edited(
        written,
        {"H2": "物流", "K2": "李四", "H4": "退款", "K4": "李四", "H3": "退款", "K3": "张三"},
        "乙.xlsx",
    )
    found = ct.read_tagging_workbook([one, other], taxonomy=taxonomy)
    tags = found.tags[["doc_id", "annotator", "category"]].to_numpy().tolist()
    assert sorted(tags) == [["c0", "张三", "退款"], ["c0", "李四", "物流"], ["c2", "李四", "退款"]]
    conflicts = found.conflicts[["doc_id", "annotator", "category", "file", "row"]].to_numpy().tolist()
    assert conflicts == [
        ["c0", "张三", "退款", "甲.xlsx", 2],
        ["c0", "李四", "物流", "乙.xlsx", 2],
        ["c1", "张三", "物流", "甲.xlsx", 3],
        ["c1", "张三", "退款", "乙.xlsx", 3],
    ]
    again = ct.read_tagging_workbook([one, other, one], taxonomy=taxonomy)
    pd.testing.assert_frame_equal(again.tags, found.tags)


def test_the_store_only_grows(tmp_path, written, taxonomy):
    store = tmp_path / "tags.parquet"
    first = ct.read_tagging_workbook(edited(written, {"H2": "退款", "K2": "张三"}), taxonomy=taxonomy).tags
    assert add_tags(first, store, "2026-05-01") == (1, 0)
    before = store.read_bytes()
    assert add_tags(first, store, "2026-05-02") == (0, 0)
    assert store.read_bytes() == before
    second = ct.read_tagging_workbook(
        edited(written, {"H2": "物流", "I2": "丢件", "K2": "张三", "H3": "退款", "K3": "张三"}),
        taxonomy=taxonomy,
    ).tags
    assert add_tags(second, store, "2026-05-08") == (1, 1)
    kept = read_store(store)
    assert kept[["doc_id", "category", "tagged_on"]].to_numpy().tolist() == [
        ["c0", "退款", "2026-05-01"],
        ["c0", "物流", "2026-05-08"],
        ["c1", "退款", "2026-05-08"],
    ]
    assert current_tags(kept).set_index("doc_id")["category"].to_dict() == {"c0": "物流", "c1": "退款"}
    with pytest.raises(ct.ParameterError, match="日期"):
        add_tags(first, store, "去年")
    (tmp_path / "bad.parquet").write_bytes(b"no")
    with pytest.raises(ct.InputError, match="不是标注库"):
        read_store(tmp_path / "bad.parquet")


def test_a_text_file_of_wps_in_gbk_comes_back(written, taxonomy):
    book = openpyxl.load_workbook(edited(written, {"H2": "退款", "I2": "到账慢", "K2": "张三"}))
    rows = [
        ["" if value is None else str(value) for value in row]
        for row in book["标注"].iter_rows(values_only=True)
    ]
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = written.with_name("质检.csv")
    path.write_bytes("\r\n".join(lines).encode("gbk"))
    found = ct.read_tagging_workbook(path, taxonomy=taxonomy)
    assert said(found) == {"c0": ("退款", "到账慢")}
    assert found.tags["inclusion_probability"].tolist() == [0.25]
    assert found.problems.empty
    moved = [row[:] for row in rows]
    moved[1][0], moved[2][0] = moved[2][0], moved[1][0]
    path.write_bytes("\r\n".join(",".join(f'"{cell}"' for cell in row) for row in moved).encode("gbk"))
    found = ct.read_tagging_workbook(path, taxonomy=taxonomy)
    assert found.tags.empty
    assert found.problems["reason"].str.contains("对不上").all()


def test_another_version_says_what_became_of_its_categories(written, taxonomy):
    newer = ct.Taxonomy(
        [
            *(category for category in SHOP if category.id != "parcel.late"),
            Category("parcel.slow", "配送慢", "parcel"),
        ],
        name="shop",
        version="3",
        changes=[Change("送得慢", ("parcel.slow",)), Change("到账慢", ("refund.slow", "refund.refused"))],
    )
    path = edited(written, {"H2": "物流", "I2": "送得慢", "H3": "退款", "I3": "不肯退"})
    found = ct.read_tagging_workbook(path, taxonomy=newer)
    assert said(found) == {"c0": ("物流", "配送慢"), "c1": ("退款", "不肯退")}
    assert len(found.problems) == 1
    assert found.problems["value"][0] == "shop 2"
    assert "送得慢→物流/配送慢" in found.problems["reason"][0]
    assert set(found.tags["taxonomy_version"]) == {"shop 3"}


def test_files_that_cannot_be_read_say_so_in_a_sentence(tmp_path, written, taxonomy):
    openpyxl.Workbook().save(tmp_path / "空.xlsx")
    found = ct.read_tagging_workbook(tmp_path / "空.xlsx", taxonomy=taxonomy)
    assert found.problems["reason"].str.contains("没有找到标注表").all()
    (tmp_path / "锁.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    with pytest.raises(ct.InputError, match="锁"):
        ct.read_tagging_workbook(tmp_path / "锁.xlsx", taxonomy=taxonomy)
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "密.xlsx").write_bytes(locked)
    with pytest.raises(ct.InputError, match="工作簿有密码"):
        ct.read_tagging_workbook(tmp_path / "密.xlsx", taxonomy=taxonomy)
    (tmp_path / "旧.pdf").write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(ct.InputError, match="不是 Excel 工作簿"):
        ct.read_tagging_workbook(tmp_path / "旧.pdf", taxonomy=taxonomy)
    good = edited(written, {"H2": "退款"})
    both = ct.read_tagging_workbook([tmp_path / "旧.pdf", good], taxonomy=taxonomy)
    assert len(both.tags) == 1
    assert both.problems["file"].tolist() == ["旧.pdf"]


def test_double_tagging_is_blind_and_of_the_stated_share(tmp_path, taxonomy):
    contacts = pd.DataFrame({"doc_id": [f"c{at}" for at in range(50)], "text": "快递太慢"})
    corpus = ct.Vectorizer().fit_transform(contacts)
    sample = ct.sample_for_tagging(contacts, 50, strategy="random")
    paths = ct.write_tagging_workbook(
        sample, corpus, tmp_path / "质检.xlsx", taxonomy=taxonomy, annotators=["张三", "李四"], shared=0.2
    )
    assert [path.name for path in paths] == ["质检-张三.xlsx", "质检-李四.xlsx"]
    pages = [openpyxl.load_workbook(path)["标注"] for path in paths]
    ids = [{page.cell(row, 1).value for row in range(2, page.max_row + 1)} for page in pages]
    assert len(ids[0] | ids[1]) == 50
    assert len(ids[0] & ids[1]) == 10
    assert {pages[0].cell(row, 11).value for row in range(2, 12)} == {"张三"}
    assert [cell.value for cell in pages[0][1]] == [cell.value for cell in pages[1][1]]


def test_the_dialogue_stands_beside_the_text(tmp_path, contacts, corpus, taxonomy):
    turns = pd.DataFrame(
        {"doc_id": ["c0", "c0"], "role": ["customer", "agent"], "text": ["退款呢", "请打 13812345678"]}
    )
    sample = ct.sample_for_tagging(contacts, 7, strategy="random")
    path = ct.write_tagging_workbook(sample, corpus, tmp_path / "a.xlsx", taxonomy=taxonomy, turns=turns)[0]
    shown = openpyxl.load_workbook(path)["标注"]["C2"].value
    assert shown.startswith("客户：退款呢\n坐席：")
    assert "13812345678" not in shown


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"path": "a.csv"}, ct.InputError, "只写成 .xlsx"),
        ({"annotators": 0}, ct.ParameterError, "至少 1"),
        ({"annotators": ["a/b", "c"]}, ct.ParameterError, "人名"),
        ({"shared": 2.0}, ct.ParameterError, "0 与 1"),
        ({"taxonomy": "shop"}, ct.ParameterError, "Taxonomy"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path, contacts, corpus, taxonomy, change, error, said):
    sample = ct.sample_for_tagging(contacts, 7, strategy="random")
    call = {"taxonomy": taxonomy, "path": "a.xlsx"} | change
    with pytest.raises(error, match=said):
        ct.write_tagging_workbook(sample, corpus, tmp_path / call.pop("path"), **call)
    with pytest.raises(ct.SchemaError, match="不在语料中"):
        ct.write_tagging_workbook(
            sample.assign(doc_id="fremd").head(1), corpus, tmp_path / "b.xlsx", taxonomy=taxonomy
        )


def rewritten(written, rows_of, name="交回.xlsx", drawn=True):
    """Return a workbook whose tagging sheet has other rows."""
    book = openpyxl.load_workbook(written)
    rows = [[cell.value for cell in row] for row in book["标注"].iter_rows()]
    other = openpyxl.Workbook()
    sheets = {"标注": rows_of(rows), "抽样": book["抽样"].iter_rows(values_only=True) if drawn else []}
    for title, cells in sheets.items():
        page = other.create_sheet(title)
        for row in cells:
            page.append(row)
            for cell in page[page.max_row]:
                cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    other.save(written.with_name(name))
    return written.with_name(name)


@pytest.mark.parametrize("drawn", [True, False])
def test_rows_that_were_sorted_with_their_header_keep_their_tags(written, taxonomy, drawn):
    def rows_of(rows):
        for row, answer in ((1, "退款"), (2, "物流"), (3, "乱写")):
            rows[row][7] = answer
        rows[3][0] = None
        return [["五月"], rows[1], rows[3], rows[0], rows[2], rows[0]]

    found = ct.read_tagging_workbook(rewritten(written, rows_of, drawn=drawn), taxonomy=taxonomy)
    assert said(found) == {"c0": ("退款", ""), "c1": ("物流", "")}
    # With what was drawn the text tells whose row it is, without it the code alone does not.
    assert found.problems[["row", "column"]].to_numpy().tolist() == [[3, "一级类别" if drawn else "编号"]]


def test_the_first_header_counts_though_one_below_is_more_complete(written, taxonomy):
    def rows_of(rows):
        head = [*rows[0][:9], "别的", "标注员工", *rows[0][11:]]
        rows[1][7], rows[2][7] = "退款", "物流"
        return [head, rows[1], rows[0], rows[2]]

    found = ct.read_tagging_workbook(rewritten(written, rows_of), taxonomy=taxonomy)
    assert said(found) == {"c0": ("退款", ""), "c1": ("物流", "")}
    assert found.problems.empty


def test_a_text_that_was_moved_beside_no_identifier_is_not_taken_for_its_contact(written, taxonomy):
    def rows_of(rows, has_code):
        rows[1][1], rows[2][1], rows[1][0] = rows[2][1], rows[1][1], None
        rows[1][7] = rows[2][7] = "退款"
        return rows if has_code else [row[:-1] for row in rows]

    for has_code in (True, False):
        path = rewritten(written, lambda rows, has_code=has_code: rows_of(rows, has_code))
        found = ct.read_tagging_workbook(path, taxonomy=taxonomy)
        assert found.tags.empty
        assert found.problems["row"].tolist() == [2, 3]


def test_width_case_and_blanks_of_an_answer_do_not_matter(written):
    shop = ct.Taxonomy([*SHOP, Category("app", "APP故障"), Category("app.crash", "闪退(iOS)", "app")])
    cells = {
        "H2": "ａｐｐ故障\u3000",
        "I2": "闪退（ios）",
        "H3": " App 故障",
        "H4": "退款／到账慢",
        "H5": "退款？",
    }
    found = ct.read_tagging_workbook(edited(written, cells), taxonomy=shop)
    assert said(found) == {
        "c0": ("APP故障", "闪退(iOS)"), "c1": ("APP故障", ""), "c2": ("退款", "到账慢"),
    }  # fmt: skip
    reasons = found.problems.loc[found.problems["row"].notna(), "reason"].tolist()
    assert reasons == ["一级类别没有「退款？」；是不是「退款」？"]


def test_remarks_of_a_contact_that_stands_twice_are_all_kept(written, taxonomy):
    def rows_of(rows):
        rows[1][7], rows[1][9] = "退款", "听过录音"
        return [*rows, [*rows[1][:9], "客户认错人", *rows[1][10:]], [*rows[1][:9], None, *rows[1][10:]]]

    found = ct.read_tagging_workbook(rewritten(written, rows_of), taxonomy=taxonomy)
    assert found.tags["note"].tolist() == ["听过录音；客户认错人"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", '编号,文本,一级类别,二级类别\nc0,"没有收尾,退款,\nc1,b,退款,\n', "引号不成对"),
        ("b.csv", "编号,文本,一级类别,二级类别\nc0," + "退" * 140_000 + ",退款,\n", "单元格太长"),
        (
            "c.numbers",
            b"PK\x03\x04" + b"\0" * 26 + b"Index/Document.iwa" + b"\0" * 99,
            "在 Numbers 里导出为 Excel",
        ),
        ("d.xlsx", b"PK\x03\x04" + b"\0" * 300, "工作簿已损坏"),
        ("e.xlsx", b"", "文件是空的"),
    ],
)
def test_a_file_that_would_lose_rows_is_refused_in_a_sentence(tmp_path, taxonomy, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("gb18030"))
    with pytest.raises(ct.InputError, match=reason) as caught:
        ct.read_tagging_workbook(path, taxonomy=taxonomy)
    assert "\n" not in str(caught.value)


def test_an_identifier_that_became_a_rounded_number_is_said_to_be_one(tmp_path, taxonomy):
    code = row_code("20260501000000123", "退款慢")
    lines = ["编号,文本,一级类别,二级类别,校验码"]
    lines += [f"{one},退款慢,退款,,x{code}" for one in ("2.0260501E+16", "20260501000000123")]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = ct.read_tagging_workbook(path, taxonomy=taxonomy)
    assert said(found) == {"20260501000000123": ("退款", "")}
    assert "科学计数法" in found.problems["reason"][0]


def test_identifiers_keep_the_blanks_at_their_ends(tmp_path, taxonomy):
    contacts = pd.DataFrame({"doc_id": [" a 1 ", "a 2"], "text": ["退款慢", "丢件了"]})
    corpus = ct.Vectorizer().fit_transform(contacts)
    sample = ct.sample_for_tagging(contacts, 2, strategy="random")
    path = ct.write_tagging_workbook(sample, corpus, tmp_path / "质检.xlsx", taxonomy=taxonomy)[0]
    found = ct.read_tagging_workbook(edited(path, {"H2": "退款", "H3": "物流"}), taxonomy=taxonomy)
    assert said(found) == {" a 1 ": ("退款", ""), "a 2": ("物流", "")}


def test_rows_are_as_high_as_their_texts(tmp_path, taxonomy):
    contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款慢", "退款一直没有到账" * 15]})
    corpus = ct.Vectorizer().fit_transform(contacts)
    sample = ct.sample_for_tagging(contacts, 2, strategy="random")
    path = ct.write_tagging_workbook(sample, corpus, tmp_path / "质检.xlsx", taxonomy=taxonomy)[0]
    page = openpyxl.load_workbook(path)["标注"]
    # 120 characters, each as wide as two digits, in a column of 60: four lines of 15 points.
    assert page.row_dimensions[3].height == 60
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$1:$1")


def test_workbooks_survive_what_people_do_to_them(tmp_path):
    spec = importlib.util.spec_from_file_location("tagging_benchmark", ROOT / "benchmarks" / "tagging.py")
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    contacts, corpus, kinds = benchmark.material()
    for seed in range(45):
        found = benchmark.trip(seed, tmp_path, contacts, corpus, kinds[seed % 3])
        assert found == ([], [], [], []), seed
