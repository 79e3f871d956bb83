"""Terms by which topics are shown."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from csatext.analysis.topics.shown_terms import choose_terms


def shown(documents, terms, components, share, n_terms, **how):
    """Return the terms chosen of each topic."""
    terms = np.array(terms, object)
    best, _ = choose_terms(
        sparse.csr_array(documents), terms, np.array(components), np.array(share), n_terms, **how
    )
    return [terms[row[row >= 0]].tolist() for row in best]


def test_a_term_and_one_that_holds_it_are_not_both_shown():
    terms = ["分辨率", "屏幕", "屏幕分辨率", "模糊"]
    documents = [[3, 3, 3, 3]] * 8 + [[0, 0, 0, 0]] * 8
    found = shown(documents, terms, [[0.3, 0.25, 0.25, 0.2]], [1.0], 4)
    assert found == [["分辨率", "屏幕", "模糊"]]


def test_of_spellings_that_differ_in_capitals_one_is_shown():
    documents = [[3, 3, 3]] * 8 + [[0, 0, 0]] * 8
    assert shown(documents, ["APP", "app", "闪退"], [[0.4, 0.3, 0.3]], [1.0], 3) == [["APP", "闪退"]]


def test_a_character_is_no_part_of_a_word():
    documents = [[3, 3]] * 8 + [[0, 0]] * 8
    assert shown(documents, ["水", "水果"], [[0.6, 0.4]], [1.0], 2) == [["水", "水果"]]


# 慢 belongs to the first topic; a tenth of it is in the second one, which has one term of its own.
COMPONENTS = [[0.3, 0.3, 0.4, 0.0], [0.3, 0.2, 0.0, 0.5]]
DOCUMENTS = [[4, 4, 8, 0]] * 9 + [[2, 2, 0, 4]]
TERMS = ["慢", "物流", "快递", "客服"]


def test_a_topic_of_few_own_terms_is_shown_by_terms_that_no_other_topic_shows():
    assert shown(DOCUMENTS, TERMS, COMPONENTS, [0.9, 0.1], 2) == [["快递", "慢"], ["客服", "物流"]]


def test_a_topic_of_few_own_terms_is_shown_by_them_alone_where_that_is_asked_for():
    assert shown(DOCUMENTS, TERMS, COMPONENTS, [0.9, 0.1], 2, own_only=True)[1] == ["客服"]


def test_terms_that_a_topic_hardly_has_are_not_shown():
    # 200 tokens: 物流 is expected twice, 客服 two hundred times.
    documents = [[0, 20]] * 10 + [[2, 0]]
    assert shown(documents, ["物流", "客服"], [[0.01, 0.99]], [1.0], 2) == [["客服"]]
