import time

import numpy as np
import pytest
from scipy import stats
from threadpoolctl import threadpool_limits

from csatext.aggregation.statistics.intervals import bootstrap_interval, shrink


def test_shrink_by_hand():
    # weights 1, 1/4: mean 2, Q = 4 + 64/4... = 20; tau2 = (20 - 1) / (1.25 - 1.0625/1.25) = 47.5
    value, variance = np.array([0.0, 10.0]), np.array([1.0, 4.0])
    w = np.array([1 / 48.5, 1 / 51.5])
    mean = (w * value).sum() / w.sum()
    expected = mean + 47.5 / (47.5 + variance) * (value - mean)
    shrunken, tau2 = shrink(value, variance)
    assert tau2 == pytest.approx(47.5)
    np.testing.assert_allclose(shrunken, expected)


def test_shrink_edges():
    shrunken, tau2 = shrink(np.array([1.0, np.nan, 1.1]), np.array([1.0, np.nan, 1.0]))
    assert tau2 == 0
    np.testing.assert_allclose(shrunken, 1.05)
    assert np.isnan(shrink(np.array([np.nan]), np.array([np.nan]))[0]).all()
    np.testing.assert_array_equal(shrink(np.array([0.0, 0.0]), np.array([0.0, 0.0]))[0], [0, 0])


def test_shrunken_values_beat_raw_ones():
    rng = np.random.default_rng(2)
    truth = rng.beta(20, 80, 300)
    n = rng.integers(5, 200, 300)
    raw = rng.binomial(n, truth) / n
    shrunken, _ = shrink(raw, 0.16 / n)
    assert ((shrunken - truth) ** 2).mean() < 0.7 * ((raw - truth) ** 2).mean()


@pytest.mark.parametrize(
    ("name", "n", "least"),
    [("normal", 12, 0.9), ("exponential", 30, 0.89), ("lognormal", 800, 0.91), ("score", 15, 0.87)],
)
def test_bootstrap_interval_covers_the_mean(name, n, least):
    rng = np.random.default_rng(3)
    cells = 400
    draw, mean = {
        "normal": (rng.normal(3, 1, (cells, n)), 3),
        "exponential": (rng.exponential(2, (cells, n)), 2),
        "lognormal": (rng.lognormal(0, 1, (cells, n)), np.exp(0.5)),
        "score": (rng.choice([1.0, 2, 3, 4, 5], p=[0.1, 0.03, 0.07, 0.2, 0.6], size=(cells, n)), 4.17),
    }[name]
    codes = np.repeat(np.arange(cells), n)
    low, high = bootstrap_interval(draw.ravel(), np.ones(codes.size), codes, np.ones(cells, bool))
    assert least <= ((low <= mean) & (mean <= high)).mean() <= 0.98


def test_bootstrap_interval_of_a_ratio_covers():
    rng = np.random.default_rng(4)
    cells, n = 300, 40
    den = rng.integers(1, 9, (cells, n)).astype(float)
    num = rng.poisson(1.5 * den).astype(float)
    codes = np.repeat(np.arange(cells), n)
    low, high = bootstrap_interval(num.ravel(), den.ravel(), codes, np.ones(cells, bool))
    assert 0.91 <= ((low <= 1.5) & (high >= 1.5)).mean() <= 0.98


def test_bootstrap_agrees_with_the_formula_where_they_meet():
    rng = np.random.default_rng(5)
    y = rng.exponential(1, 501)
    both = [
        bootstrap_interval(y[:n], np.ones(n), np.zeros(n, int), np.array([True]), n_boot=20_000)
        for n in (500, 501)
    ]
    np.testing.assert_allclose(np.ravel(both[0]), np.ravel(both[1]), atol=0.01)


def test_bootstrap_interval_edges():
    codes = np.array([0, 0, 0, 1, 1, 1, 1, 3])
    y = np.array([5.0, 5, 5, 1, 2, 3, 4, 2])
    low, high = bootstrap_interval(y, np.ones(8), codes, np.array([True, True, True, True]))
    # cell 0 is all alike, cell 3 has one row: pooled variance 5/3 of cell 1 alone (3 degrees)
    assert high[0] - low[0] == pytest.approx(2 * 1.959964 * np.sqrt(5 / 3 / 3), abs=1e-5)
    assert high[3] - low[3] == pytest.approx(2 * 1.959964 * np.sqrt(5 / 3), abs=1e-5)
    assert np.isnan(low[2])
    hidden, _ = bootstrap_interval(y, np.ones(8), codes, np.array([False, True, True, True]))
    assert np.isnan(hidden[0])
    assert hidden[1] == low[1]
    constant, _ = bootstrap_interval(np.full(4, 5.0), np.ones(4), np.zeros(4, int), np.array([True]))
    assert np.isnan(constant).all()


def test_an_interval_does_not_depend_on_the_other_cells():
    rng = np.random.default_rng(9)
    sizes = rng.integers(20, 40, 30)
    codes = np.repeat(np.arange(30), sizes)
    y, n = rng.gamma(2, 60, len(codes)), rng.integers(1, 5, len(codes)).astype(float)
    all_low, all_high = bootstrap_interval(y, n, codes, np.ones(30, bool))
    for cell in (0, 17):
        own = codes == cell
        low, high = bootstrap_interval(y[own], n[own], np.zeros(sizes[cell], int), np.array([True]))
        assert (low[0], high[0]) == pytest.approx((all_low[cell], all_high[cell]))


def test_bca_ends_equal_those_of_scipy():
    y = np.random.default_rng(10).gamma(2, 60, 60)
    low, high = bootstrap_interval(y, np.ones(60), np.zeros(60, int), np.array([True]), n_boot=20_000)
    # the same level as ours once widened for 60 rows
    level = 2 * stats.norm.cdf(stats.t.ppf(0.975, 59) * np.sqrt(60 / 59)) - 1
    theirs = stats.bootstrap(
        (y,), np.mean, confidence_level=level, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    assert (low[0], high[0]) == pytest.approx(tuple(theirs), rel=0.01)


def test_thousands_of_cells_do_not_take_long():
    rng = np.random.default_rng(11)
    codes = rng.integers(0, 2000, 320_000)
    y = rng.gamma(2, 60, len(codes))
    spent = []
    with threadpool_limits(1):  # threads that wait for each other count as time spent
        for _ in range(3):
            start = time.process_time()
            bootstrap_interval(y, np.ones(len(y)), codes, np.ones(2000, bool))
            spent.append(time.process_time() - start)
    assert min(spent) < 1  # 0.2 s; resampling 320 million rows one by one took 1.9 s
