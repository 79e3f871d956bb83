from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, spatial

from csatext.aggregation.statistics.dip import _hull, dip_p_value, dip_statistic, spread_ties


def dip_by_linear_programme(x):
    """Smallest sup |F - G| over G convex up to a mode and concave after it, for each mode in turn."""
    x = np.sort(x)
    n = len(x)
    best = 1.0
    for mode in range(n):
        # unknowns: G at each point before the jump, after the jump at the mode, and the distance d
        size = n + 2
        value = {i: i for i in range(n)}
        rows, limits = [], []

        def add(terms, limit, rows=rows, limits=limits, size=size):
            row = np.zeros(size)
            for place, factor in terms:
                row[place] += factor
            rows.append(row)
            limits.append(limit)

        jump, d = n, n + 1
        for i in range(n):
            before, after = (value[i], jump) if i == mode else (value[i], value[i])
            add([(before, -1), (d, -1)], -i / n)
            add([(before, 1), (d, -1)], i / n)
            add([(after, -1), (d, -1)], -(i + 1) / n)
            add([(after, 1), (d, -1)], (i + 1) / n)
        left, right = list(range(mode + 1)), [jump, *range(mode + 1, n)]
        xl, xr = x[: mode + 1], x[mode:]
        for places, points, sign in ((left, xl, 1), (right, xr, -1)):
            for a, b in pairwise(places):
                add([(a, 1), (b, -1)], 0)
            for k in range(len(places) - 2):
                w0, w1 = points[k + 1] - points[k], points[k + 2] - points[k + 1]
                a, b, c = places[k : k + 3]
                add([(b, sign * (1 / w0 + 1 / w1)), (a, -sign / w0), (c, -sign / w1)], 0)
        add([(value[mode], 1), (jump, -1)], 0)
        cost = np.zeros(size)
        cost[d] = 1
        found = optimize.linprog(cost, A_ub=np.array(rows), b_ub=limits, bounds=[(0, 1)] * size)
        best = min(best, found.fun)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_dip_is_the_distance_from_the_nearest_unimodal_distribution(seed):
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(size=5), rng.normal(rng.integers(0, 6), 1, 6)])
    assert dip_statistic(x) == pytest.approx(dip_by_linear_programme(x), abs=1e-7)


def test_dip_by_hand():
    assert dip_statistic(np.arange(10.0)) == pytest.approx(1 / 20)  # as near as steps can be
    # two clumps far apart: one peak must pass 1/4 below one step or 1/4 above the other
    assert dip_statistic(np.array([1.0, 2, 3, 1001, 1002, 1003])) == pytest.approx(1 / 4, abs=0.001)
    assert np.isnan(dip_statistic(np.array([])))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-20, 20), min_size=2, max_size=60), st.integers(1, 9), st.integers(-50, 50))
def test_dip_does_not_change_with_place_scale_or_direction(x, scale, shift):
    x = np.array(x, dtype=float)
    dip = dip_statistic(x)
    assert 1 / (2 * len(x)) - 1e-12 <= dip <= 0.25 + 1e-12
    assert dip_statistic(scale * x + shift) == pytest.approx(dip, abs=1e-9)
    assert dip_statistic(-x) == pytest.approx(dip, abs=1e-9)


def test_thinning_changes_little():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=15_000), rng.normal(4, 1, 15_000)])
    expected = np.mean([dip_statistic(x[rng.permutation(30_000)[:10_000]]) for _ in range(5)])
    assert dip_statistic(x) == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize("n", [12, 60, 350])
def test_p_value_is_uniform_for_a_uniform_sample(n):
    rng = np.random.default_rng(n)
    p = np.array([dip_p_value(dip_statistic(rng.random(n)), n) for _ in range(500)])
    for level, slack in ((0.05, 0.03), (0.5, 0.07)):
        assert abs((p <= level).mean() - level) < slack


def test_p_value_falls_with_the_dip_and_goes_on_beyond_the_table():
    p = [dip_p_value(d, 700) for d in np.linspace(0.001, 0.2, 60)]
    assert (np.diff(p) <= 0).all()
    assert p[0] == 1
    assert 0 < p[-1] < 1e-6
    assert np.isnan(dip_p_value(0.25, 3))
    assert dip_p_value(0.002, 10**6) < 1e-3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_spreading_keeps_each_value_in_its_step(x):
    x = np.sort(np.array(x, dtype=float))
    spread = spread_ties(x)
    if len(set(x)) > 1:
        width = np.diff(np.unique(x)).min()
        assert (np.abs(spread - x) <= width / 2).all()
        assert len(np.unique(spread)) == len(x)
    assert (np.diff(spread) >= 0).all()


@pytest.mark.parametrize("shape", ["convex", "concave", "both", "steps", "noise"])
def test_hulls_of_many_points_equal_those_of_scipy(shape):
    rng = np.random.default_rng(6)
    x = np.arange(400.0)
    y = {
        "convex": x**2,
        "concave": np.sqrt(x),
        # corners that only fall one after another, from the last point back
        "both": np.where(x < 399, x**2, -1e6),
        "steps": np.floor(x / 40),
        "noise": rng.normal(size=400),
    }[shape]
    corners = spatial.ConvexHull(np.column_stack([x, y])).vertices
    for sign in (1, -1):
        line = y[0] + (y[-1] - y[0]) * x / 399
        side = np.sort(corners[sign * (y - line)[corners] <= 1e-9])
        np.testing.assert_array_equal(_hull(x, y, sign), side)
