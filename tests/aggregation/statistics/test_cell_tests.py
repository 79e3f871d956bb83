import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportions_chisquare

from csatext.aggregation.statistics.cell_tests import rate_test, ratio_test
from csatext.inference import benjamini_hochberg


def test_rate_test_of_large_counts_is_pearsons_chi_square():
    x, n, x0, n0 = np.array([30, 500]), np.array([100, 10_000]), np.array([45, 900]), np.array([300, 20_000])
    expected = [proportions_chisquare([a, c], [b, d])[1] for a, b, c, d in zip(x, n, x0, n0, strict=True)]
    np.testing.assert_allclose(rate_test(x, n, x0, n0), expected, atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 12), st.integers(1, 400), st.data())
def test_rate_test_of_small_counts_is_mid_p(n, n0, data):
    x, x0 = data.draw(st.integers(0, n)), data.draw(st.integers(0, n0))
    total, hits = n + n0, x + x0
    least = min(n, n0) * min(hits, total - hits) / total
    if least >= 5:
        return
    support = np.arange(n + 1)
    weight = stats.hypergeom.pmf(support, total, hits, n)
    half = weight[x] / 2
    expected = min(1, 2 * min(weight[:x].sum() + half, weight[x + 1 :].sum() + half))
    ours = rate_test(*(np.array([v]) for v in (x, n, x0, n0)))[0]
    assert ours == pytest.approx(expected, abs=1e-9)


def test_rate_test_needs_a_rest():
    assert np.isnan(rate_test(*(np.array([v]) for v in (3, 10, 0, 0)))[0])
    assert rate_test(*(np.array([v]) for v in (0, 10, 0, 10)))[0] == 1


def test_ratio_test_of_symmetric_values_is_near_welch():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, 400)
    y = np.concatenate([rng.normal(size=200), np.zeros(200)])
    y[200:] = -y[:200]  # no skewness
    codes[200:] = codes[:200]
    y = y + codes * 0.05 + 1e6
    p, _ = ratio_test(y, np.ones(400), codes, np.ones(5, bool))
    welch = [stats.ttest_ind(y[codes == c], y[codes != c], equal_var=False).pvalue for c in range(4)]
    np.testing.assert_allclose(p[:4], welch, rtol=0.1)
    assert np.isnan(p[4])


def test_hall_transformation_by_hand():
    a, b = np.array([1.0, 2, 2, 3, 7, 9, 4]), np.array([3.0, 3, 4, 2, 5, 3, 4, 1, 6])
    error = a.var(ddof=1) / 7 + b.var(ddof=1) / 9
    t = (a.mean() - b.mean()) / np.sqrt(error)
    skew = (((a - a.mean()) ** 3).sum() / 7**3 - ((b - b.mean()) ** 3).sum() / 9**3) / error**1.5
    bent = t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6
    freedom = stats.ttest_ind(a, b, equal_var=False).df
    p, _ = ratio_test(np.concatenate([a, b]), np.ones(16), np.repeat([0, 1], [7, 9]), np.ones(2, bool))
    assert p[0] == pytest.approx(2 * stats.t.sf(abs(bent), freedom))
    assert p[0] > 0.2


def test_ratio_test_of_nothing_that_varies():
    p, _ = ratio_test(np.full(6, 5.0), np.ones(6), np.array([0, 0, 0, 1, 1, 1]), np.ones(2, bool))
    assert np.isnan(p).all()


def test_ratio_test_holds_its_level():
    rng = np.random.default_rng(1)
    codes = np.repeat([0, 1], [60, 240])
    p = []
    for _ in range(400):
        den = rng.integers(1, 9, 300).astype(float)
        p.append(ratio_test(rng.poisson(1.3 * den).astype(float), den, codes, np.ones(2, bool))[0][0])
    # 400 trials at .05: 20 expected, 4.4 standard error
    assert 7 <= (np.array(p) < 0.05).sum() <= 33


@pytest.mark.parametrize(
    "draw", [lambda r, n: r.lognormal(0, 1, n), lambda r, n: r.choice(5, n, p=[0.1, 0, 0.1, 0.2, 0.6])]
)
def test_skewed_values_give_few_findings(draw):
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(100):
        codes = rng.integers(0, 20, 600)
        p, _ = ratio_test(draw(rng, 600).astype(float), np.ones(600), codes, np.ones(20, bool))
        found += benjamini_hochberg(p).min() < 0.05
    assert found <= 12  # 5 expected; 12 is 3.2 standard errors more


def test_cells_of_unequal_spread_give_few_findings():
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(100):
        codes = rng.integers(0, 20, 600)
        y = rng.normal(size=600) * np.exp(np.linspace(-1, 1, 20))[codes]
        p, _ = ratio_test(y, np.ones(600), codes, np.ones(20, bool))
        found += benjamini_hochberg(p).min() < 0.05
    assert found <= 12
