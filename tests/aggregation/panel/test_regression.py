import numpy as np
import pytest
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import WLS

from csatext.aggregation.panel.regression import fit_gaussian, fit_poisson, normal_matrix


@pytest.fixture(scope="module")
def design():
    rng = np.random.default_rng(0)
    return np.column_stack([np.ones(60), np.arange(60) / 30, rng.normal(size=60)])


def test_poisson_equals_statsmodels_series_by_series(design):
    rng = np.random.default_rng(1)
    counts = rng.poisson(np.exp(design @ [2.0, 0.3, 0.2]), (3, 60)).astype(float)
    fit = fit_poisson(design, counts, np.full(3, 1e-10))
    for row in range(3):
        expected = GLM(counts[row], design, family=Poisson()).fit(scale="X2")
        np.testing.assert_allclose(fit.beta[row], expected.params, rtol=1e-6)
        assert fit.deviance[row] == pytest.approx(expected.deviance, rel=1e-6)
        if expected.scale > 1:
            assert fit.dispersion[row] == pytest.approx(expected.scale, rel=1e-4)
            np.testing.assert_allclose(fit.covariance[row], expected.cov_params(), rtol=1e-3)


def test_gaussian_equals_weighted_least_squares(design):
    rng = np.random.default_rng(2)
    values = design @ [1.0, -0.5, 0.1] + rng.normal(size=(2, 60))
    weights = rng.uniform(0.5, 2.0, (2, 60))
    fit = fit_gaussian(design, values, np.full(3, 1e-12), weights)
    for row in range(2):
        expected = WLS(values[row], design, weights=weights[row]).fit()
        np.testing.assert_allclose(fit.beta[row], expected.params, rtol=1e-6)
        np.testing.assert_allclose(fit.covariance[row], expected.cov_params(), rtol=1e-5)


def test_weight_zero_leaves_an_observation_out(design):
    counts = np.random.default_rng(3).poisson(9, (1, 60)).astype(float)
    spoiled, weights = counts.copy(), np.ones((1, 60))
    spoiled[0, 10], weights[0, 10] = 900, 0
    kept = np.arange(60) != 10
    np.testing.assert_allclose(
        fit_poisson(design, spoiled, np.full(3, 1e-8), weights).beta,
        fit_poisson(design[kept], counts[:, kept], np.full(3, 1e-8)).beta,
        rtol=1e-6,
    )


def test_no_contact_at_all_is_no_error(design):
    fit = fit_poisson(design, np.zeros((1, 60)), np.full(3, 1e-2))
    assert np.isfinite(fit.beta).all()
    assert np.exp(design @ fit.beta[0]).max() < 0.05


def test_normal_matrices_equal_the_definition_for_full_and_sparse_designs(design):
    one_hot = np.eye(12)[np.arange(60) % 12] * np.linspace(0.5, 2.0, 60)[:, None]
    weights = np.random.default_rng(4).uniform(0, 3, (4, 60))
    for regressors in (design, one_hot, np.column_stack([one_hot, design])):
        expected = [(regressors * row[:, None]).T @ regressors for row in weights]
        np.testing.assert_allclose(normal_matrix(regressors)(weights), expected, atol=1e-10)
