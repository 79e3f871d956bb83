from __future__ import annotations

import numpy as np
import pytest

from csatext.analysis.sentiment.zero_point import zero_point

LONG = np.full(2000, 400)


def scores(low, high):
    rng = np.random.default_rng(1)
    return np.concatenate((rng.normal(low, 0.5, 400), rng.normal(high, 0.5, 1600)))


def test_it_lies_in_the_middle_of_groups_of_one_spread_whatever_their_shares():
    assert zero_point(scores(0.0, 3.0), LONG) == pytest.approx(1.5, abs=0.15)


def test_it_never_falls_below_zero_so_that_complaints_stay_complaints():
    assert zero_point(scores(-4.0, -1.0), LONG) == 0


def test_it_is_bounded():
    assert zero_point(scores(4.0, 8.0), LONG) == 2.5


def test_short_texts_have_their_zero_at_zero():
    assert zero_point(scores(0.0, 3.0), np.full(2000, 40)) == 0
