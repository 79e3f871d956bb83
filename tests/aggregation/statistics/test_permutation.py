import numpy as np
import pytest

from csatext.aggregation.statistics.permutation import permutation_p_value


@pytest.mark.parametrize("n", [8, 60, 900])
@pytest.mark.parametrize("name", ["lognormal", "normal", "counts"])
def test_equals_drawing_at_random(name, n):
    rng = np.random.default_rng(n)
    values = {
        "lognormal": rng.lognormal(0, 1, 1000),
        "normal": rng.normal(size=1000),
        "counts": rng.poisson(3, 1000) + 0.0,
    }
    rows = values[name]
    draws = rng.permuted(np.tile(rows, (5000, 1)), axis=1)[:, :n].mean(axis=1)
    means = np.quantile(draws, [0.01, 0.02, 0.3, 0.6, 0.98, 0.99])
    # half of the draws that tie with the mean, as the continuous formula counts them
    below = np.array([(draws < m - 1e-12).mean() + (np.abs(draws - m) <= 1e-12).mean() / 2 for m in means])
    expected = 2 * np.minimum(below, 1 - below)
    p = permutation_p_value(rows, means, np.full(6, n))
    assert (np.abs(p - expected) <= 4 * np.sqrt(expected / 5000) + 0.25 * expected).all()


def test_place_and_scale_do_not_matter():
    rng = np.random.default_rng(0)
    rows, means, sizes = rng.gamma(2, 1, 3000), np.array([1.7, 2.4, 3.0]), np.array([10, 50, 20])
    p = permutation_p_value(rows, means, sizes)
    np.testing.assert_allclose(permutation_p_value(60 * rows + 9, 60 * means + 9, sizes), p, rtol=1e-4)
    np.testing.assert_allclose(permutation_p_value(-rows, -means, sizes), p, rtol=1e-4)


def test_edges():
    rows = np.array([1.0] * 30 + [5.0] * 70)
    p = permutation_p_value(rows, np.array([5.0, 1.0, np.nan, rows.mean()]), np.array([10, 10, 10, 50]))
    # ten out of seventy: with replacement of 10 * 99 / 90 = 11 rows, .7 to the 11
    assert p[0] == pytest.approx(2 * 0.7**11)
    assert p[1] == pytest.approx(2 * 0.3**11)
    assert np.isnan(p[2])
    assert p[3] > 0.9
    assert np.isnan(permutation_p_value(np.ones(5), np.array([1.0]), np.array([2]))).all()
    assert np.isnan(permutation_p_value(np.array([]), np.array([np.nan]), np.array([0]))).all()
