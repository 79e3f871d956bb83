import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from csatext.errors import ParameterError
from csatext.inference import benjamini_hochberg, check_alpha, check_level, wilson


@pytest.mark.parametrize("alpha", [0, 0.95, 0.51, -0.1, 5, float("nan")])
def test_an_error_rate_that_is_none_is_explained(alpha):
    with pytest.raises(ParameterError, match=re.escape(f"参数 alpha={alpha!r}") + ".*alpha 是误报率.*0.05"):
        check_alpha(alpha)


@pytest.mark.parametrize("level", [0, 1, 0.05, 0.49, 95, -0.1, float("nan")])
def test_a_coverage_that_is_none_is_explained(level):
    with pytest.raises(ParameterError, match=re.escape(f"参数 level={level!r}") + ".*置信水平.*0.95"):
        check_level(level)


@pytest.mark.parametrize("check", [check_alpha, check_level])
@pytest.mark.parametrize("given", ["0.05", None, True, np.True_])
def test_what_is_no_number_is_refused(check, given):
    with pytest.raises(ParameterError, match="的类型是"):
        check(given)


def test_ends_that_are_allowed():
    assert [check_alpha(0.5), check_alpha(1e-9), check_level(0.5), check_level(np.float32(0.75))] == [
        0.5, 1e-9, 0.5, 0.75,
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**6), st.floats(0, 1), st.sampled_from([0.8, 0.9, 0.95, 0.999]))
def test_wilson_equals_statsmodels(n, share, level):
    x = round(n * share)
    ours = wilson([x], [n], level)
    theirs = proportion_confint(x, n, alpha=1 - level, method="wilson")
    np.testing.assert_allclose(np.ravel(ours), theirs, atol=1e-9, rtol=0)
    assert ours[0][0] <= x / n <= ours[1][0]


def test_wilson_without_trials_is_unknown():
    low, high = wilson([0, 0, 4], [0, 4, 4])
    assert np.isnan([low[0], high[0]]).all()
    assert low[1] == 0.0
    assert high[2] == 1.0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_equals_statsmodels(p):
    np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1], atol=1e-9)
    with_gap = benjamini_hochberg([np.nan, *p])
    assert np.isnan(with_gap[0])
    np.testing.assert_array_equal(with_gap[1:], benjamini_hochberg(p))


def test_benjamini_hochberg_of_nothing():
    assert np.isnan(benjamini_hochberg([np.nan])).all()
    assert len(benjamini_hochberg([])) == 0
