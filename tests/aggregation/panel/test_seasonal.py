import numpy as np
import pandas as pd

from csatext.aggregation.panel.panel import make_panel
from csatext.aggregation.panel.seasonal import (
    calendar_season,
    level_basis,
    seasonal_adjustment,
    seasonally_adjusted,
)


def test_level_is_piecewise_linear():
    basis = level_basis(57, 28)
    np.testing.assert_allclose(basis.sum(axis=1), 1.0)
    assert basis.shape == (57, 3)
    np.testing.assert_allclose(basis @ [0.0, 1.0, 0.0], 1 - np.abs(np.arange(57) - 28) / 28)


def test_days_of_the_labour_day_holiday():
    days = pd.date_range("2026-04-30", "2026-05-09")
    season = calendar_season(days, "D", "CN")
    weekday = season.features[:, :7]
    assert weekday[0].tolist() == [0, 0, 0, 1, 0, 0, 0]  # an ordinary Thursday
    assert weekday[1].tolist() == [0, 0, 0, 0, 0, 0, 1]  # a holiday on a Friday counts as a Sunday
    assert season.literal[1, :7].tolist() == [0, 0, 0, 0, 1, 0, 0]
    np.testing.assert_allclose(weekday[9], [0.2] * 5 + [0, 0])  # the make-up Saturday
    assert season.is_special.tolist() == [False] + [True] * 6 + [False, False, True]


def test_rates_keep_their_level():
    days = pd.date_range("2026-06-22", periods=56).repeat(20)
    late = np.tile(np.arange(20), 56) < np.where(days.day_of_week == 0, 10, 4)
    panel = make_panel(pd.DataFrame({"t": days, "late": late}), "t", "D", [], "late")
    adjusted = seasonally_adjusted(panel, None)[0]
    assert panel.value[0].std() > 0.1
    assert adjusted.std() < 0.02
    np.testing.assert_allclose(adjusted.mean(), panel.value[0].mean(), atol=0.005)


def test_noise_is_not_taken_for_a_season():
    counts = np.random.default_rng(0).poisson(20, 60)
    facts = pd.DataFrame({"t": pd.date_range("2026-03-02", periods=60).repeat(counts)})
    panel = make_panel(facts, "t", "D", [], None)
    assert np.isnan(seasonal_adjustment(panel, None, only_significant=True).values).all()
    assert np.isfinite(seasonally_adjusted(panel, None)).all()


def one_group(counts, first):
    days = pd.date_range(first, periods=len(counts))
    return make_panel(pd.DataFrame({"t": days.repeat(counts)}), "t", "D", [], None)


def test_a_step_next_to_a_holiday_is_left_in_the_level():
    # The step comes two days before the Tomb-sweeping holiday (4 to 6 April); there is no season.
    counts = np.where(pd.date_range("2026-03-02", periods=60) >= "2026-04-02", 60, 30)
    panel = one_group(counts, "2026-03-02")
    with_step = seasonal_adjustment(panel, "CN", with_step=True).values[0]
    np.testing.assert_allclose(with_step, counts, rtol=0.01)
    assert np.abs(seasonally_adjusted(panel, "CN")[0] / counts - 1).max() > 0.05


def test_both_readings_of_a_holiday():
    days = pd.date_range("2026-03-30", periods=70)  # the five days from 1 May are off
    is_free = np.isin(days.day_of_week, [5, 6])
    is_labour = (days >= "2026-05-01") & (days <= "2026-05-05")
    for counts in (np.where(is_free, 60, 120), np.where(is_free | is_labour, 60, 120)):
        adjusted = seasonally_adjusted(one_group(counts, days[0]), "CN")[0]
        ordinary = adjusted[~is_labour & (days.month == 5)].mean()
        np.testing.assert_allclose(adjusted[is_labour], ordinary, rtol=0.12)
