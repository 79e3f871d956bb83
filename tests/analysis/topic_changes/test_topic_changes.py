"""Births, deaths and onsets of topics by numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from csatext.analysis.topic_changes.births import EarlierPeriod, _excess
from csatext.analysis.topic_changes.deaths import died, documents_about
from csatext.analysis.topic_changes.onset import onset


def by_main(*counts: int) -> np.ndarray:
    """Return documents by main topic, none of which holds two terms of its topic."""
    return np.array([counts, [0] * len(counts)])


def test_a_topic_dies_beyond_chance_and_beyond_what_topics_vary_by():
    # Of 60 documents 20 are left: (60 - 20) / sqrt(60 * 2) = 3.65 standard errors; others stay as they are.
    calm = by_main(100, 90, 80, 60)
    assert died(calm, by_main(100, 90, 80, 20)).tolist() == [False, False, False, True]
    # Half is left of 400: no death however sure.
    assert not died(by_main(100, 90, 80, 400), by_main(100, 90, 80, 200)).any()
    # The others move by 4 standard errors up and down: squares of 16 / 0.4549 = 35, twice its root is 11.9.
    wild = by_main(200, 200, 200, 60)
    assert not died(wild, by_main(200, 280, 120, 20)).any()


def test_fewer_contacts_in_all_kill_no_topic():
    before = by_main(100, 80, 60, 40)
    assert not died(before, before // 4).any()


def test_a_topic_without_documents_before_does_not_die():
    assert not died(by_main(0, 0), by_main(0, 0)).any()
    assert died(by_main(50, 0, 60), by_main(50, 0, 0)).tolist() == [False, False, True]


def test_documents_of_two_own_terms_tell_what_main_topics_hide():
    # The third topic takes up what others leave: 70 of 80 documents stay its own, 5 of 60 hold two terms.
    before, now = np.array([[90, 80, 80], [50, 60, 60]]), np.array([[90, 80, 70], [50, 60, 5]])
    assert died(before, now).tolist() == [False, False, True]
    # Of 19 documents before nothing is told by them.
    before[1, 2], now[1, 2] = 19, 0
    assert not died(before, now).any()


def test_own_terms_have_half_of_their_occurrences_in_the_topic():
    # The second term is .4 * .5 of the first topic and .6 * .5 of the second: of its three fifths it is own.
    topics = np.array([[0.6, 0.4, 0.0], [0.0, 0.6, 0.4]])
    documents = sparse.csr_array([[2, 1, 0], [0, 1, 1], [0, 3, 0], [1, 1, 1]])
    counted = documents_about(documents, topics, np.array([0.5, 0.5]), np.array([1, 3]))
    assert counted.tolist() == [[1, 3], [0, 2]]


def test_terms_of_one_sentence_are_one_piece_of_evidence():
    alone = sparse.csr_array(np.eye(4, dtype=int).repeat(4, axis=0))
    together = sparse.csr_array(np.vstack((np.ones((4, 4), int), np.zeros((12, 4), int))))
    own, before = np.arange(4), np.zeros(4)
    # Sixteen documents with a term each: 16 / sqrt(16); four documents with four: 16 / sqrt(4 * 16).
    assert _excess(alone, own, before, 1.0) == pytest.approx(4.0)
    assert _excess(together, own, before, 1.0) == pytest.approx(2.0)
    assert _excess(alone, own, np.full(4, 4.0), 1.0) == 0
    assert _excess(alone, np.empty(0, int), before, 1.0) == 0


def test_an_expression_of_known_words_is_no_evidence_and_a_new_word_is():
    counts = np.array([[2, 25], [1, 25]])
    earlier = EarlierPeriod(np.array(["到账", "退款"], object), counts, np.array([100, 100]))
    terms = np.array(["退款", "不退款", "碎屏"], object)
    # 不退款 may have been written as 不 and 退款; 碎屏 stood in two documents at most, one a half: it was not
    # counted, as 到账 was with three.
    before = earlier.documents_with(terms, np.array([30, 12, 9]), 100)
    assert before.tolist() == [[25, 12, 1], [25, 12, 1]]


def test_an_onset_is_found_within_its_interval():
    random = np.random.default_rng(0)
    day = np.repeat(np.arange(60), 30)
    rate = np.where(day >= 40, 0.12, 0.03)
    found = np.array([onset(day, random.random(len(day)) < rate) for _ in range(200)])
    held = (found[:, 1] <= 40) & (found[:, 2] >= 40)
    assert held.mean() >= 0.9
    assert np.abs(found[:, 0] - 40).mean() < 2
    assert (found[:, 2] - found[:, 1]).mean() < 15


def test_an_onset_needs_a_rise_and_takes_days_in_any_order():
    day = np.repeat(np.arange(10), 20)
    assert onset(day, day < 3) == (0, 0, 0)
    turned = np.random.default_rng(1).permutation(len(day))
    assert onset(day[turned], (day >= 6)[turned]) == (6, 6, 6)
