"""Splits and merges of topics by numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from csatext.analysis.topics.alignment import Alignment, aligned

WHOLE = np.array([[0.25, 0.25, 0.25, 0.25, 0, 0], [0, 0, 0, 0, 0.5, 0.5]])
PARTS = np.array([[0.5, 0.5, 0, 0, 0, 0], [0, 0, 0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5, 0, 0]])


def shares(*documents):
    """Return the shares of documents whose topics are the numbers given."""
    return np.eye(max(documents) + 1)[list(documents)]


def table_of(old, new, old_shares, new_shares):
    names = [
        np.array([f"{side}{at}" for at in range(len(one))], object) for side, one in (("o", old), ("n", new))
    ]
    numbers = [np.arange(len(one)) for one in (old, new)]
    found = aligned(Alignment(old, new, old_shares, new_shares), numbers[0], names[0], numbers[1], names[1])
    return found.set_index(["old_topic", "new_topic"]).sort_index()


def test_a_topic_that_falls_into_two_is_split_and_the_larger_part_keeps_the_number():
    # Twelve documents of the whole, of which eight go to one part and four, a third, to the other.
    before, after = shares(*[0] * 12, *[1] * 5), shares(*[0] * 8, *[2] * 4, *[1] * 5)
    table = table_of(WHOLE, PARTS, before, after)
    assert table["change"].to_dict() == {(0, 0): "split", (0, 2): "split", (1, 1): "kept"}
    assert table["topic"].to_dict() == {(0, 0): 0, (0, 2): 2, (1, 1): 1}
    # Terms: 2 sqrt(.25 * .5); documents: 12 and 8 of 17, 8 in both, phi = (8 * 17 - 12 * 8) / sqrt(12 5 8 9).
    documents = (8 * 17 - 12 * 8) / np.sqrt(12 * 5 * 8 * 9)
    assert table.loc[(0, 0), "similarity"] == pytest.approx(np.sqrt(np.sqrt(0.5) * documents))


def test_two_topics_that_become_one_are_merged():
    before, after = shares(*[0] * 8, *[2] * 4, *[1] * 5), shares(*[0] * 12, *[1] * 5)
    table = table_of(PARTS, WHOLE, before, after)
    assert table["change"].to_dict() == {(0, 0): "merged", (1, 1): "kept", (2, 0): "merged"}
    assert set(table["topic"]) == {0, 1}


def test_a_few_documents_that_leave_a_topic_do_not_split_it():
    # One of twelve.
    before, after = shares(*[0] * 12, *[1] * 5), shares(*[0] * 11, *[2], *[1] * 5)
    table = table_of(WHOLE, PARTS, before, after)
    assert sorted(table["change"]) == ["born", "kept", "kept"]


def test_shares_that_have_a_little_of_all_topics_do_not_make_them_one():
    # Every document has half of its words from one topic and a little from all, of whatever topic they are:
    # cosines of .9, and no correlation.
    terms = np.array([[0.6, 0.4], [0.4, 0.6]])
    one = np.array([[0.6, 0.4], [0.4, 0.6]] * 2)
    two = np.array([[0.6, 0.4], [0.6, 0.4], [0.4, 0.6], [0.4, 0.6]])
    assert Alignment(terms, terms, one, two).partner.tolist() == [-1, -1]


def test_topics_that_all_documents_have_alike_are_told_by_their_terms():
    alike = np.ones((3, 1))
    assert Alignment(np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]]), alike, alike).partner.tolist() == [0]
    assert Alignment(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), alike, alike).partner.tolist() == [-1]


def test_documents_that_one_model_does_not_know_say_nothing():
    before = np.vstack((shares(0, 0, 1, 1), np.full((4, 2), np.nan)))
    after = np.vstack((shares(0, 0, 1, 1), shares(0, 0, 1, 0)))
    terms = np.eye(2)
    assert Alignment(terms, terms, before, after).by_documents == pytest.approx(np.eye(2))
