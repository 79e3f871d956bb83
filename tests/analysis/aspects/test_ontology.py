from __future__ import annotations

import pytest

import csatext as ct
from csatext.analysis.aspects.ontology import Ontology
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.taxonomy import Category, Taxonomy
from csatext.taxonomy.packs import PACKS

SERVICE = ["服务态度", "解决问题", "沟通能力", "响应速度", "专业知识", "信息透明度"]
ROLES = {"name", "stem", "fact", "opinion", "any", "none"}


def ontology_of(taxonomy):
    return Ontology(CompiledTaxonomy(taxonomy))


@pytest.fixture(scope="module")
def words():
    return ct.Lexicon.load("aspect_words").table


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_has_the_aspects_of_service_and_its_own_first_level(pack):
    taxonomy = Taxonomy.load(pack)
    ontology = ontology_of(taxonomy)
    assert ontology.groups[:6].tolist() == SERVICE
    assert {one.label_zh for one in taxonomy.first_level} <= set(ontology.groups)
    assert len(set(ontology.names)) == len(ontology.names)
    # An aspect that categories of a complaint are counted under has their first level.
    for category, aspect in zip(CompiledTaxonomy(taxonomy).categories, ontology.category_aspect, strict=True):
        assert ontology.names[aspect] not in ("", category.id)


@pytest.mark.parametrize(
    ("pack", "aspect", "first_level"),
    [
        ("catering", "口味", "菜品与卫生"),
        ("catering", "停车", "就餐环境与服务"),
        ("catering", "早餐", "住宿"),
        ("ecommerce", "口味", "产品质量"),
        ("property", "停车", "住房物业"),
        ("automotive", "油耗", None),
        ("automotive", "能耗", "车辆故障"),
        ("telecom", "信号", "网络通信"),
        ("banking", "排队等待", "网点与设施"),
        ("government", "噪音", "城市管理"),
    ],
)
def test_an_aspect_belongs_to_the_first_level_of_its_category(pack, aspect, first_level):
    ontology = ontology_of(Taxonomy.load(pack))
    names = ontology.names.tolist()
    if first_level is None:
        assert aspect not in names
    else:
        assert ontology.groups[ontology.group_of[names.index(aspect)]] == first_level


def test_shipped_categories_named_in_the_list_exist():
    known = {one.id for pack in PACKS for one in Taxonomy.load(pack).categories}
    table = ct.Lexicon.load("aspects").table
    named = {one for cell in table["categories"].dropna() for one in cell.split(",")}
    assert named <= known
    roots = {one.partition(".")[0] for one in known}
    assert {one.partition(".")[0] for one in named} == roots
    assert sorted(table["rank"].astype(int)) == list(range(1, len(table) + 1))


def test_words_name_aspects_that_exist(words):
    aspects = set(ct.Lexicon.load("aspects").table["term"])
    assert set(words["role"]) == ROLES
    for cell in words["aspects"].dropna():
        for part in cell.split(","):
            name = part.partition(":")[0].rstrip("+-")
            assert name in aspects, part
    held = words["aspects"].notna()
    assert held[words["role"].isin(["name", "stem", "fact"])].all()
    assert not held[words["role"].isin(["any", "none"])].any()
    assert words.loc[words["role"] == "any", "valence"].notna().all()
    named = {
        name.partition(":")[0].rstrip("+-") for cell in words["aspects"].dropna() for name in cell.split(",")
    }
    assert named == aspects, "an aspect without words"


def test_a_table_of_the_users_own_is_understood_by_its_labels():
    taxonomy = Taxonomy(
        [
            Category("1", "物流"),
            Category("1.1", "配送慢", "1", patterns=("没送到",)),
            Category("2", "会员积分"),
            Category("2.1", "积分清零", "2", patterns=("积分没了",)),
        ]
    )
    ontology = ontology_of(taxonomy)
    names = ontology.names.tolist()
    assert names[:6] == SERVICE
    assert "配送速度" in names
    assert ontology.groups[ontology.group_of[names.index("配送速度")]] == "物流"
    assert "口味" not in names
