import numpy as np

from csatext.aggregation.statistics.segmentation import Nuisance, autocorrelation, segment

WEIGHTS = np.ones(60)


def found(values, nuisance=None):
    points = segment(values, WEIGHTS, alpha=0.05, min_size=3, rng=np.random.default_rng(0), nuisance=nuisance)
    return [at for at, _ in points]


def test_a_level_that_a_regressor_explains_is_no_change():
    noise = np.random.default_rng(0).normal(size=60)
    promotion = (np.arange(60) < 14).astype(float)
    values = noise + 5 * promotion
    assert found(values) == [14]
    assert found(values, Nuisance(promotion[:, None], np.array([5.0]))) == []
    # An effect thirty times what is expected of a promotion is something else.
    assert found(values, Nuisance(promotion[:, None], np.array([0.15]))) == [14]


def test_changes_are_found_beside_regressors_with_unknown_effects():
    rng = np.random.default_rng(1)
    week = np.eye(7)[np.arange(60) % 7]
    level = np.select([np.arange(60) < 20, np.arange(60) < 28], [0.0, 4.0], 1.0)
    values = rng.normal(size=60) + level + week @ [0, 3, -3, 6, -6, 2, 1]
    places = found(values, Nuisance(week, np.full(7, 10.0)))
    assert [abs(at - true) <= 1 for at, true in zip(places, (20, 28), strict=True)] == [True, True]


def test_regressors_without_effect_leave_the_serial_correlation():
    noise = np.random.default_rng(2).normal(size=400)
    values = np.convolve(noise, 0.7 ** np.arange(30), mode="valid")
    weights = np.ones(len(values))
    flags = Nuisance(np.eye(7)[np.arange(len(values)) % 7], np.ones(7))
    plain, error = autocorrelation(values, weights, 3)
    adjusted, _ = autocorrelation(values, weights, 3, flags)
    assert abs(plain - 0.7) < 2.5 * error
    assert abs(adjusted - plain) < 0.02


def test_a_constant_series_has_no_noise_and_no_change():
    assert autocorrelation(np.full(60, 7.3), WEIGHTS, 3) == (0.0, 0.0)
    assert found(np.full(60, 7.3)) == []
    assert found(np.full(60, 7.3), Nuisance(np.eye(7)[np.arange(60) % 7], np.ones(7))) == []
