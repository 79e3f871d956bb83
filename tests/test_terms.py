"""The shipped terms of the trade: size, form, kinds, and that every term survives segmentation."""

from pathlib import Path

import pytest

import csatext as ct

FOLDER = Path(__file__).resolve().parent.parent / "lexicons" / "terms"
INDUSTRIES = ("automotive", "ecommerce", "finance", "logistics", "public_services", "telecom")
FILES = (*INDUSTRIES, "service")
KINDS = {
    *("channel", "document", "fault", "fee", "malpractice", "metric", "organisation", "part"),
    *("place", "process", "product", "promotion", "regulation", "role", "status", "system"),
}
KNOWN = {
    "automotive": ("三电", "召回", "变速箱顿挫", "烧机油", "首任车主"),
    "ecommerce": ("三包", "七天无理由", "价保", "假一赔三", "先用后付", "店铺宝", "运费险", "预售尾款"),
    "finance": ("代位求偿", "反催收", "提前还款违约金", "断直连", "犹豫期", "现金价值", "砍头息", "车损险"),
    "logistics": ("中转滞留", "电子面单", "虚假签收", "集包", "驿站代收"),
    "public_services": ("不动产权证", "接诉即办", "老旧小区加装电梯", "诉即办", "首接负责制"),
    "telecom": ("光猫", "光衰", "副卡", "合约机", "携号转网", "融合套餐", "靓号低消"),
    "service": ("一次性解决率", "工单流转", "平均处理时长", "弃呼率", "答问比", "话后处理", "首次解决率"),
}


def test_the_folder_holds_these_files_and_loads_as_one():
    assert sorted(file.stem for file in FOLDER.iterdir()) == sorted(FILES)
    together = ct.Lexicon.load("terms", on_conflict="ours")
    assert together == ct.Lexicon.load("terms", on_conflict="error")
    assert set(together) == {term for name in FILES for term in ct.Lexicon.load(f"terms/{name}")}


def test_a_term_in_two_files_says_the_same_in_both():
    rows = {}
    for name in FILES:
        for line in (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines()[1:]:
            assert rows.setdefault(line.split("\t")[0], line) == line


@pytest.mark.parametrize("name", FILES)
def test_form(name):
    data = (FOLDER / f"{name}.tsv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    header, *rows = [line.split("\t") for line in data.decode("utf-8").splitlines()]
    assert header == ["term", "kind", "note", "source"]
    assert {len(row) for row in rows} == {4}
    terms = [row[0] for row in rows]
    assert terms == sorted(set(terms))
    assert all(cell == cell.strip() for row in rows for cell in row)
    assert {row[3] for row in rows} == {"written"}
    assert len(ct.Lexicon.load(f"terms/{name}")) == len(terms) >= (300 if name in INDUSTRIES else 150)


@pytest.mark.parametrize("name", FILES)
def test_kinds_are_of_the_closed_list(name):
    assert set(ct.Lexicon.load(f"terms/{name}").table["kind"]) <= KINDS


@pytest.mark.parametrize("name", FILES)
def test_terms_are_words_of_some_length(name):
    """A bare number would be found inside longer numbers, a single character everywhere."""
    terms = ct.Lexicon.load(f"terms/{name}").terms
    assert [term for term in terms if len(term) < 2 or len(term) > 12 or term.isdigit()] == []


@pytest.mark.parametrize(("name", "terms"), KNOWN.items())
def test_well_known_terms_are_there(name, terms):
    assert set(terms) <= set(ct.Lexicon.load(f"terms/{name}"))


@pytest.mark.parametrize("name", FILES)
def test_each_term_stays_one_token(name):
    terms = ct.Lexicon.load(f"terms/{name}").terms
    tokens = ct.Tokenizer(terms).tokens([f"您好，我想问一下{term}，谢谢" for term in terms])
    assert [term for term, cut in zip(terms, tokens, strict=True) if term not in cut] == []
