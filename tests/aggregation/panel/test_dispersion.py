import numpy as np
import pytest
from scipy import stats

from csatext.aggregation.panel.dispersion import estimate_dispersion, upper_tail


def nbinom_tail(seen, mean, variance):
    return stats.nbinom.sf(seen - 1, mean**2 / (variance - mean), mean / variance)


def test_tail_of_a_known_dispersion_is_negative_binomial():
    seen, mean = np.array([30.0, 45.0, 9.0]), np.array([20.0, 20.0, 2.0])
    variance, unsure = np.array([40.0, 30.0, 3.0]), np.array([4.0, 0.0, 0.5])
    found = upper_tail(seen, mean, variance, unsure, np.full(3, 1e7))
    np.testing.assert_allclose(found, nbinom_tail(seen, mean, variance + unsure), rtol=2e-3)


@pytest.mark.parametrize(("seen", "freedom"), [(100.0, 40.0), (105.0, 20.0), (95.0, 100.0)])
def test_tail_is_the_average_over_an_estimated_dispersion(seen, freedom):
    levels = (np.arange(100_000) + 0.5) / 100_000
    variance = 120.0 * freedom / stats.chi2.ppf(levels, freedom)
    expected = nbinom_tail(seen, 60.0, np.maximum(variance, 60.01)).mean()
    found = upper_tail(*(np.array([value]) for value in (seen, 60.0, 120.0, 0.0, freedom)))[0]
    assert found == pytest.approx(expected, rel=0.03)


def test_one_series_by_hand():
    counts = np.array([[6.0, 14.0, 10.0, 16.0, 4.0]])
    # Squares over the mean of 10: 1.6 + 1.6 + 0 + 3.6 + 3.6 = 10.4; a prior of two observations at 1.5.
    found = estimate_dispersion(counts, np.full((1, 5), 10.0), np.ones((1, 5)), np.array([4.0]))
    assert found.overdispersion[0] == pytest.approx(((10.4 + 3) / 6 - 1) / 10)
    # Neighbours: -1.6 + 0 + 0 - 3.6 are negative, which counts as none.
    assert found.rho[0] == 0
    spoiled = np.append(counts, [[500.0]], axis=1)
    weights = np.array([[1.0, 1, 1, 1, 1, 0]])
    again = estimate_dispersion(spoiled, np.full((1, 6), 10.0), weights, np.array([4.0]))
    assert again.overdispersion[0] == pytest.approx(found.overdispersion[0])


@pytest.mark.parametrize("is_constant_ratio", [True, False])
def test_series_of_different_size_are_drawn_together(is_constant_ratio):
    rng = np.random.default_rng(0)
    mean = np.repeat([5.0, 20.0, 100.0], 20)
    over = 1 / mean if is_constant_ratio else np.full(60, 0.05)  # variance over mean 2, or size 20
    mu = np.repeat(mean[:, None], 90, axis=1)
    counts = rng.poisson(mu * rng.gamma(1 / over[:, None], over[:, None], mu.shape)).astype(float)
    found = estimate_dispersion(counts, mu, np.ones(mu.shape), np.full(60, 90.0))
    ratio, true = 1 + found.overdispersion * mean, 1 + over * mean
    raw = ((counts - mu) ** 2 / mu).mean(axis=1)
    assert np.abs(np.log(ratio / true)).mean() < 0.6 * np.abs(np.log(raw / true)).mean()
    assert np.log(ratio / true).mean() == pytest.approx(0, abs=0.06)
    assert (found.freedom > 90 / 1.3).all()


def test_no_contact_is_no_error():
    found = estimate_dispersion(np.zeros((6, 30)), np.full((6, 30), 0.01), np.ones((6, 30)), np.full(6, 20.0))
    assert np.isfinite(found.overdispersion).all()
    assert (found.overdispersion >= 0).all()
