from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct
from csatext.lexicon import lexicon_path
from csatext.taxonomy.packs import PACKS, pack_path

TRADES = ("automotive", "catering", "government", "property")
SCHEMES = {"auto_codes": "automotive", "gov_tree": "government"}


@pytest.fixture(scope="module", params=TRADES)
def pack(request):
    return ct.Taxonomy.load(request.param)


def own_leaves(pack):
    core = ct.Taxonomy.load(pack_path("core"))
    return [leaf for leaf in pack.leaves if leaf.id not in core]


def tagged(pack, sentences):
    corpus = ct.Vectorizer().fit_transform(pd.Series(sentences))
    return ct.RuleClassifier(pack).fit(corpus).transform(corpus)["categories"].tolist()


def test_a_pack_is_complete(pack):
    assert pack.label_zh == PACKS[pack.name]
    assert len(pack.leaves) >= 40
    assert len({category.label_zh for category in pack.categories}) == len(pack)
    for leaf in own_leaves(pack):
        assert leaf.definition and leaf.examples and leaf.counterexamples and leaf.stage and leaf.cause
        assert pack.inherited(leaf.id, "owner") and pack.inherited(leaf.id, "remedy")


def test_examples_are_found_and_counterexamples_are_not(pack):
    leaves = own_leaves(pack)
    found = tagged(pack, [leaf.examples[0] for leaf in leaves])
    assert [leaf.id for leaf, held in zip(leaves, found, strict=True) if leaf.label_zh not in held] == []
    found = tagged(pack, [leaf.counterexamples[0] for leaf in leaves])
    assert [leaf.id for leaf, held in zip(leaves, found, strict=True) if leaf.label_zh in held] == []


@pytest.mark.parametrize(("scheme", "trade"), SCHEMES.items())
def test_official_classes_stand_for_categories_of_the_pack(scheme, trade):
    pack = ct.Taxonomy.load(trade)
    lines = lexicon_path(f"official/{scheme}.tsv").read_text("utf-8").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    assert [note.split(":")[0] for note in notes] == [
        f"# {key}" for key in ("scheme", "label_zh", "version", "source", "checked")
    ]
    rows = pd.DataFrame([line.split("\t") for line in lines[len(notes) + 1 :]])
    assert lines[len(notes)] == "category\tclass\tcode\tlevel"
    assert rows.shape[1] == 4 and not rows.duplicated([0, 3]).any()
    assert all(category in pack for category in rows[0])
    assert rows[1].ne("").all()


def test_an_id_has_one_name_in_these_packs_and_the_general_one():
    names: dict[str, set[str]] = {}
    for name in ("general", *TRADES):
        for category in ct.Taxonomy.load(name).categories:
            names.setdefault(category.id, set()).add(category.label_zh)
    assert {one: labels for one, labels in names.items() if len(labels) > 1} == {}
