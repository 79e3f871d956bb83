"""Births, deaths and onsets of topics by numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from csatext.analysis.topic_changes.births import EarlierPeriod, _excess
from csatext.analysis.topic_changes.deaths import died
from csatext.analysis.topic_changes.onset import onset


def test_a_topic_dies_beyond_chance_and_beyond_what_topics_vary_by():
    # Of 60 documents 20 are left: (60 - 20) / sqrt(60 * 2) = 3.65 standard errors; others stay as they are.
    calm = np.array([100, 90, 80, 60])
    assert died(calm, np.array([100, 90, 80, 20])).tolist() == [False, False, False, True]
    # Half is left of 400: no death however sure.
    assert not died(np.array([100, 90, 80, 400]), np.array([100, 90, 80, 200])).any()
    # The others move by 4 standard errors up and down: squares of 16 / 0.4549 = 35, twice its root is 11.9.
    wild = np.array([200, 200, 200, 60])
    assert not died(wild, np.array([200, 280, 120, 20])).any()


def test_fewer_contacts_in_all_kill_no_topic():
    before = np.array([100, 80, 60, 40])
    assert not died(before, before // 4).any()


def test_a_topic_without_documents_before_does_not_die():
    assert not died(np.array([0, 0]), np.array([0, 0])).any()
    assert died(np.array([50, 0, 60]), np.array([50, 0, 0])).tolist() == [False, False, True]


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
    earlier = EarlierPeriod(np.array(["到账", "退款"], object), np.array([3, 50]), 200)
    terms = np.array(["退款", "不退款", "碎屏"], object)
    # 不退款 may have been written as 不 and 退款; 碎屏 stood in two documents at most: it was not counted.
    assert earlier.documents_with(terms, np.array([30, 12, 9]), 0.5).tolist() == [50, 24, 2]


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
