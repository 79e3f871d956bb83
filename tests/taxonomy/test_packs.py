from __future__ import annotations

import pytest

import csatext as ct
from csatext.taxonomy.packs import PACKS, pack_path

SHIPPED = [name for name in PACKS if pack_path(name).exists()]
# Packs of channels that hold complaints alone count a topic without a word of complaint beside it.
EXACT = ["general", "telecom", "ecommerce", "banking", "appliances"]


@pytest.fixture(scope="module")
def packs():
    return {name: ct.Taxonomy.load(name) for name in SHIPPED}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_pack_says_all_of_at_least_forty_categories(packs, name):
    taxonomy = packs[name]
    below = [one for one in taxonomy.categories if one.parent]
    assert len(below) >= 40
    for one in below:
        assert one.patterns or one.rules, one.id
        assert one.definition and one.examples and one.counterexamples and one.remedy, one.id
        assert one.stage and one.cause and taxonomy.owner(one.id), one.id


def test_a_first_level_has_one_name_in_all_packs(packs):
    labels: dict[str, set[str]] = {}
    for taxonomy in packs.values():
        for one in taxonomy.first_level:
            labels.setdefault(one.id, set()).add(one.label_zh)
    assert {one for one, names in labels.items() if len(names) > 1} == set()


@pytest.mark.parametrize("name", EXACT)
def test_examples_are_found_and_counterexamples_are_not(packs, name):
    taxonomy = packs[name]
    told = [(one, text) for one in taxonomy.categories for text in one.examples]
    against = [(one, text) for one in taxonomy.categories for text in one.counterexamples]
    corpus = ct.Vectorizer().fit_transform([text for _, text in told + against])
    matches = ct.RuleClassifier(taxonomy).fit(corpus).matches(corpus)
    found = set(zip(matches["doc_id"], matches["subcategory"], strict=True))
    hit = [(row, one.label_zh) in found for row, (one, _) in zip(corpus.doc_ids, told + against, strict=True)]
    assert [text for (_, text), here in zip(told, hit, strict=False) if not here] == []
    assert [text for (_, text), here in zip(against, hit[len(told) :], strict=True) if here] == []
