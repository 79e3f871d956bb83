import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.signal import lfilter

from csatext.aggregation.panel.calendar import business_calendar
from csatext.aggregation.trend_tests import mann_kendall, trend_tests
from csatext.errors import ParameterError


def brute_force(values):
    """Score and variance straight from Kendall's definition, ties included."""
    n = len(values)
    score = sum(np.sign(values[j] - values[i]) for i in range(n) for j in range(i + 1, n))
    ties = [list(values).count(v) for v in set(values)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    return score, variance


@pytest.mark.parametrize("seed", range(5))
def test_uncorrected_form_equals_the_formula_and_scipy(seed):
    rng = np.random.default_rng(seed)
    values = rng.poisson(4, 40) + 0.03 * np.arange(40) * (seed % 2)
    result = mann_kendall(values, correction="none", continuity=False)
    score, variance = brute_force(values)
    assert result.s == score
    assert result.variance == pytest.approx(variance, abs=1e-9)
    expected = stats.kendalltau(np.arange(40), values, method="asymptotic")
    assert result.tau == pytest.approx(expected.statistic, abs=1e-9)
    assert result.p == pytest.approx(expected.pvalue, abs=1e-9)
    assert result.slope == pytest.approx(stats.theilslopes(values, np.arange(40)).slope, abs=1e-9)
    moved = mann_kendall(values, correction="none")
    assert moved.z == pytest.approx((score - np.sign(score)) / np.sqrt(variance), abs=1e-9)


def test_slope_interval_equals_scipy_without_ties():
    values = np.random.default_rng(1).normal(size=30) + 0.1 * np.arange(30)
    result = mann_kendall(values, correction="none")
    expected = stats.theilslopes(values, np.arange(30), alpha=0.95)
    assert (result.low, result.high) == pytest.approx((expected.low_slope, expected.high_slope))


def test_gaps_keep_their_place_in_time():
    assert mann_kendall(np.array([1.0, np.nan, 3.0, 4.0, np.nan, 6.0])).slope == 1.0


def test_serial_correlation_does_not_make_trends():
    rng = np.random.default_rng(0)
    noise = lfilter([1.0], [1.0, -0.5], rng.normal(size=(300, 160)), axis=1)[:, 60:]
    plain = np.mean([mann_kendall(row, correction="none").p < 0.05 for row in noise])
    corrected = np.mean([mann_kendall(row).p < 0.05 for row in noise])
    assert plain > 0.15
    assert corrected < 0.10
    # Strong correlation leaves few independent values: a normal reference gave 13 %.
    strong = lfilter([1.0], [1.0, -0.8], rng.normal(size=(600, 126)), axis=1)[:, 100:]
    assert np.mean([mann_kendall(row).p < 0.05 for row in strong]) < 0.10


def test_constant_short_and_long_series():
    flat = mann_kendall(np.ones(10))
    assert (flat.p, flat.slope, flat.tau) == (1.0, 0.0, 0.0)
    assert np.isnan(mann_kendall(np.array([1.0, 2.0])).p)
    with pytest.raises(ParameterError, match="freq"):
        mann_kendall(np.zeros(6_000))
    with pytest.raises(ParameterError, match="correction"):
        mann_kendall(np.ones(5), correction="hamed")


def test_groups_of_facts():
    days = pd.date_range("2026-01-05", periods=60)
    rng = np.random.default_rng(0)
    rising, flat = rng.poisson(np.linspace(10, 30, 60)), rng.poisson(np.full(60, 20.0))
    facts = pd.concat(
        [
            pd.DataFrame({"created_at": days.repeat(rising), "category": "物流"}),
            pd.DataFrame({"created_at": days.repeat(flat), "category": "质量"}),
        ]
    )
    table = trend_tests(facts, freq="D", by="category").set_index("category")
    assert table.loc["物流", "direction"] == "上升"
    assert table.loc["物流", "slope"] == pytest.approx(20 / 59, rel=0.3)
    assert table.loc["质量", "direction"] == "无明显趋势"
    assert (table["q"] >= table["p"]).all()
    assert trend_tests(facts.head(0), freq="D", by="category").empty


def test_daily_series_as_scipy_has_it():
    days = pd.date_range("2026-03-02", periods=35)
    counts = np.random.default_rng(2).poisson(np.where(days.day_of_week >= 5, 6, 14))
    facts = pd.DataFrame({"created_at": days.repeat(counts)})
    plain = trend_tests(facts, freq="D", calendar=None, correction="none", seasonal=False).iloc[0]
    expected = stats.kendalltau(np.arange(35), counts)
    assert plain["tau"] == pytest.approx(expected.statistic, abs=1e-9)
    assert plain["slope"] == pytest.approx(stats.theilslopes(counts).slope, abs=1e-9)
    # The weekday season is taken out without a calendar too, so these differ.
    usual = trend_tests(facts, freq="D", calendar=None, correction="none").iloc[0]
    assert usual["tau"] != pytest.approx(expected.statistic, abs=1e-3)


def test_a_counted_rate_is_tested_as_one():
    weeks = pd.date_range("2026-01-05", periods=12, freq="7D")
    table = pd.DataFrame({"week": weeks, "bad": range(10, 34, 2), "contacts": 100})
    found = trend_tests(table, "week", "W", measure="bad", denominator="contacts")
    assert found.attrs["kind"] == "rate"
    assert found["periods"].tolist() == [12]
    assert found["slope"].iloc[0] == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("first", "days"), [("2026-01-15", 120), ("2025-10-20", 120), ("2026-01-15", 200), ("2025-12-01", 365)]
)
def test_the_spring_festival_is_no_trend(first, days):
    # 1,500 series of each kind give 3.5 to 5.4 %; without the regressors 13 to 20 % of the shorter ones.
    index = pd.date_range(first, periods=days)
    calendar = business_calendar(index[0], index[-1])
    factor = np.where(index.day_of_week >= 5, 0.6, 1.0)
    factor = np.where(calendar["day_type"] == "holiday", 0.4, factor)
    factor = np.where(calendar["promotion"].notna(), 2 * factor, factor)
    rng = np.random.default_rng(1)
    growth = np.where(np.arange(150) < 120, 0.0, 0.3)[:, None] * (np.arange(days) / days - 0.5)
    counts = rng.poisson(100 * factor * np.exp(growth))
    table = pd.DataFrame(
        {"day": np.tile(index, 150), "s": np.repeat(np.arange(150), days), "n": counts.ravel()}
    )
    found = trend_tests(table, "day", "D", "s", count="n")["p"] < 0.05
    assert found[:120].mean() <= 0.08
    assert found[120:].mean() >= 0.9


def test_time_that_a_regressor_explains_widens_the_test():
    values = np.random.default_rng(4).normal(size=40) + 0.03 * np.arange(40)
    plain, shared = (mann_kendall(values, explained_time=share) for share in (0.0, 0.75))
    assert shared.variance == pytest.approx(4 * plain.variance)
    assert shared.p > plain.p
    assert shared.high - shared.low > plain.high - plain.low


def test_wrong_arguments_are_refused():
    facts = pd.DataFrame({"created_at": pd.date_range("2026-01-05", periods=9), "z": "a", "p": "b"})
    with pytest.raises(ParameterError, match="「p、z」"):
        trend_tests(facts, by=["z", "p"])
    for given in (
        {"seasonal": "no"},
        {"level": "0.9"},
        {"measure": ["z", "p"]},
        {"correction": 1},
        {"calendar": "US"},
    ):
        with pytest.raises(ParameterError, match=next(iter(given))):
            trend_tests(facts, freq="D", **given)
