"""The mean of the topics of several runs."""

from __future__ import annotations

import numpy as np
import pytest

from csatext.analysis.topics.consensus import consensus

ONE, TWO = [0.9, 0.1, 0.0, 0.0], [0.0, 0.0, 0.5, 0.5]


def test_topics_of_runs_are_matched_whatever_their_order():
    runs = [np.array([ONE, TWO]), np.array([TWO, ONE]), np.array([TWO, ONE])]
    assert consensus(runs) == pytest.approx(runs[0]) or consensus(runs) == pytest.approx(runs[1])


def test_runs_as_far_on_either_side_leave_the_middle():
    # The first run has the largest affinity with both others, which then have the same weight.
    runs = [np.array([[0.5, 0.5]]), np.array([[0.8, 0.2]]), np.array([[0.2, 0.8]])]
    assert consensus(runs) == pytest.approx(runs[0])


def test_a_run_that_lacks_a_topic_adds_nothing_to_it():
    # The third run has words of its own for its second topic: affinity 0 with TWO.
    stray = [0.0, 1.0, 0.0, 0.0]
    mean = consensus([np.array([ONE, TWO]), np.array([ONE, TWO]), np.array([ONE, stray])])
    assert mean == pytest.approx(np.array([ONE, TWO]))


def test_topics_are_found_that_each_run_joined_in_another_way():
    # Four topics of two words; each of four runs joins another pair and has a stray topic instead.
    parts = np.eye(8).reshape(4, 2, 8).mean(axis=1)
    runs = []
    for at, (one, two) in enumerate([(0, 1), (2, 3), (1, 2), (0, 3)]):
        run = parts.copy()
        run[one] = (parts[one] + parts[two]) / 2
        run[two] = np.roll([0.4, 0, 0.3, 0, 0.3, 0, 0, 0], at)
        runs.append(run)
    found = 2 * consensus(runs) @ parts.T
    assert sorted(found.argmax(axis=1)) == [0, 1, 2, 3]
    assert found.max(axis=0).min() > 0.85


def test_steered_topics_stay_where_they_are():
    steered = np.array([True, False, False])
    words = np.eye(3)
    runs = [words, words[[0, 2, 1]], words]
    assert consensus(runs, steered)[0] == pytest.approx(words[0])
    assert sorted(consensus(runs, steered)[1:].argmax(axis=1)) == [1, 2]
