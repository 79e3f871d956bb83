"""The likelihood ratio and its tail, against exact tests."""

import numpy as np
import pytest
from scipy.stats import binom, chi2, chi2_contingency, hypergeom

from csatext.aggregation.scan.likelihood_ratio import corrected_ratio, effective_trials, log_likelihood_ratio


def test_likelihood_ratio_is_half_the_g_statistic():
    # 40 of 100 now; .1 expected from 50 of 500 before.
    ratio = log_likelihood_ratio(np.array([40.0]), np.array([10.0]), np.array([50.0]), np.array([100.0]))
    g = chi2_contingency([[40, 60], [50, 450]], correction=False, lambda_="log-likelihood").statistic
    assert float(ratio[0]) == pytest.approx(g / 2)


def test_unequal_rates_keep_their_evidence():
    # All rates rise by 1.3; the baseline is so long that its error does not count.
    trials, rate = np.array([400.0, 400.0]), np.array([0.4, 0.02])
    risen = 1.3 * rate
    exact = float((trials * (risen * np.log(1.3) + (1 - risen) * np.log((1 - risen) / (1 - rate)))).sum())
    seen, expected = np.array((trials * risen).sum()), np.array((trials * rate).sum())
    total, long = np.array(trials.sum()), expected * 1e6
    effective = effective_trials(seen, expected, np.array((trials * rate**2).sum()), total)
    near = float(log_likelihood_ratio(seen, expected, long, effective))
    pooled = float(log_likelihood_ratio(seen, expected, long, total))
    assert near == pytest.approx(exact, rel=0.05)
    assert abs(near - exact) < 0.2 * abs(pooled - exact)
    # Equal rates: nothing to correct.
    assert float(effective_trials(np.array(20.0), np.array(80.0), np.array(8.0), np.array(800.0))) == 800.0


@pytest.mark.parametrize(
    ("seen", "before", "times"), [(6, 2, 0.25), (3, 1, 0.05), (0, 20, 0.25), (12, 30, 0.25)]
)
def test_tail_of_few_counts_is_binomial(seen, before, times):
    ratio = corrected_ratio(np.array([float(seen)]), np.array([times * before]), np.array([float(before)]))
    split = times / (1 + times)
    exact = 2 * min(binom.sf(seen - 1, seen + before, split), binom.cdf(seen, seen + before, split))
    assert chi2.sf(2 * ratio[0], 1) == pytest.approx(exact, rel=0.07)


@pytest.mark.parametrize(
    ("seen", "n", "before", "m"), [(8, 20, 10, 100), (10, 10, 42, 100), (0, 50, 30, 200)]
)
def test_tail_of_few_trials_is_hypergeometric(seen, n, before, m):
    columns = (np.array([float(value)]) for value in (seen, before * n / m, before, n))
    exact = 2 * min(
        hypergeom.sf(seen - 1, n + m, seen + before, n), hypergeom.cdf(seen, n + m, seen + before, n)
    )
    assert chi2.sf(2 * corrected_ratio(*columns)[0], 1) == pytest.approx(exact, rel=0.07)
