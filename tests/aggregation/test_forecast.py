import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csatext.aggregation.forecast import forecast
from csatext.aggregation.panel.calendar import business_calendar
from csatext.aggregation.panel.panel import FREQUENCIES, next_starts
from csatext.aggregation.prediction.projection import count_interval, seasonal_naive
from csatext.errors import ParameterError

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 1.1, 0.7, 0.6])


def counted(table, first="2026-01-05"):
    n, length = table.shape
    days = pd.date_range(first, periods=length)
    return pd.DataFrame(
        {"created_at": np.tile(days, n), "series": np.repeat(np.arange(n), length), "n": table.ravel()}
    )


def weekly(n, length, mean, seed):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-01-05", periods=length)
    return rng.poisson(np.broadcast_to(mean * WEEK[days.day_of_week], (n, length)))


def test_beats_the_seasonal_naive_and_covers():
    table = weekly(12, 168, 8, seed=0)
    result = forecast(counted(table[:, :140]), 28, by="series", count="n", calendar=None)
    came = table[:, 140:]
    value, low, high = (result[name].to_numpy().reshape(12, 28) for name in ("value", "low", "high"))
    repeated = np.tile(table[:, 133:140], 4)
    assert (np.abs(value - came).mean(1) < np.abs(repeated - came).mean(1)).mean() >= 0.8
    assert 0.84 <= ((came >= low) & (came <= high)).mean() <= 0.96
    assert result.attrs["better_than_naive"] >= 0.8
    assert result["mase"].between(0, 1.2).all()


def test_periods_follow_the_last_complete_one():
    days = pd.date_range("2026-03-02", "2026-05-13")  # ends on a Wednesday
    result = forecast(pd.DataFrame({"created_at": days.repeat(3)}), 2, freq="W")
    assert result["label"].tolist() == ["2026-W20", "2026-W21"]
    np.testing.assert_allclose(result["mean"], 21, rtol=0.05)
    assert result["step"].tolist() == [1, 2]


def test_a_make_up_workday_is_forecast_as_one():
    # 2026-05-09 is a Saturday on which offices are open; two of them lie in the history.
    days = pd.date_range("2025-09-01", "2026-05-03")
    open_days = business_calendar("2025-09-01", "2026-05-03")["is_workday"].to_numpy()
    series = pd.Series(np.where(open_days, 40, 10), index=days)
    result = forecast(series, 14).set_index("label")
    assert result.loc["2026-05-09", "mean"] > 1.5 * result.loc["2026-05-16", "mean"]


def test_rare_contacts():
    table = np.random.default_rng(3).poisson(0.15, (4, 200))
    result = forecast(counted(table), 28, by="series", count="n")
    assert (result["low"] == 0).all()
    assert result["high"].max() <= 2
    assert (result["value"] == 0).all()
    assert result["mean"].mean() == pytest.approx(0.15, abs=0.06)


def test_rates_stay_between_zero_and_one():
    days = pd.date_range("2026-03-02", periods=70)
    facts = pd.DataFrame({"created_at": days.repeat(20), "late": np.tile(np.arange(20) < 4, 70)})
    result = forecast(facts, 7, measure="late")
    np.testing.assert_allclose(result["mean"], 0.2, atol=0.02)
    assert result["low"].min() >= 0
    assert result["high"].max() <= 1


def test_interval_has_the_chance_it_says():
    low, high = count_interval(np.array([[50.0]]), np.array([[80.0]]), 0.9)
    law = stats.nbinom(50**2 / 30, 50 / 80)
    assert law.cdf(high[0, 0]) - law.cdf(low[0, 0] - 1) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("mean", [0.02, 0.3, 1.0, 3.0, 10.0, 40.0, 250.0, 3000.0])
@pytest.mark.parametrize("ratio", [1.0001, 2.0])
def test_intervals_cover_and_leave_out_both_tails(mean, ratio):
    level = 0.9
    low, high = count_interval(np.array([[mean]]), np.array([[mean * ratio]]), level)
    law = stats.nbinom(mean / (ratio - 1), 1 / ratio)
    probability = law.cdf(high[0, 0]) - law.cdf(low[0, 0] - 1)
    # Whole numbers cannot do better than half the probability of one of them.
    assert probability == pytest.approx(level, abs=0.02 + law.pmf(law.median()) / 2)
    assert (low[0, 0] == 0) == (law.cdf(0) >= 0.05) or mean < 5
    if mean >= 10:
        assert law.cdf(low[0, 0] - 1) == pytest.approx(0.05, abs=0.03)


def test_a_lower_end_is_not_zero_where_zero_cannot_happen():
    days = pd.date_range("2025-03-01", "2026-05-31")
    is_open = business_calendar(days[0], days[-1])["is_workday"].to_numpy()
    series = pd.Series(np.random.default_rng(0).poisson(250 * np.where(is_open, 1.1, 0.7)), index=days)
    result = forecast(series, 28, level=0.9)
    assert result["low"].min() > 100
    width = result["high"] - result["low"]
    assert width.median() == pytest.approx(2 * 1.645 * np.sqrt(275), rel=0.1)


@pytest.mark.parametrize(("freq", "periods"), [("h", 24 * 20), ("D", 60), ("W", 60), ("M", 24), ("Q", 24)])
def test_a_constant_stays_what_it_is(freq, periods):
    starts = pd.date_range("2018-01-01", periods=periods, freq=FREQUENCIES[freq])
    result = forecast(pd.Series(1000, index=starts), 6, freq=freq, level=0.9, end=until(starts, freq))
    np.testing.assert_allclose(result["mean"], 1000, rtol=1e-6)
    assert (result["value"] == 1000).all()
    assert (result["low"] > 900).all()


def until(starts, freq):
    return next_starts(starts[-1], freq, 1)[0] - pd.Timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("freq", "periods", "growth"),
    [("M", 24, 0.01), ("M", 60, -0.01), ("Q", 24, 0.03), ("W", 60, 0.005), ("D", 120, 0.002)],
)
def test_a_trend_goes_on(freq, periods, growth):
    starts = pd.date_range("2018-01-01", periods=periods + 3, freq=FREQUENCIES[freq])
    mean = 1000 * np.exp(growth * np.arange(periods + 3))
    ratio = []
    for seed in range(4):
        simulated = np.random.default_rng(seed).poisson(mean[:periods])
        past = pd.Series(simulated, index=starts[:periods])
        found = forecast(past, 3, freq=freq, end=until(past.index, freq), calendar=None)
        assert found["method"].unique().tolist() == ["trend"]
        ratio.append(found["mean"].to_numpy() / mean[periods:])
    # Four draws of three periods that share a level: one standard error is about half a percent.
    assert np.mean(ratio) == pytest.approx(1, abs=0.015)


@pytest.mark.parametrize(("periods", "calendar"), [(24, None), (36, "CN"), (60, "CN")])
def test_months_have_effects_of_their_own(periods, calendar):
    month = np.array([1.2, 0.7, 1.1, 0.9, 1.0, 1.3, 0.8, 0.9, 1.1, 1.0, 1.4, 0.9])
    starts = pd.date_range("2018-01-01", periods=periods + 3, freq="MS")
    mean = 1000 * month[starts.month - 1]
    own, naive, inside = [], [], []
    for seed in range(6):
        simulated = np.random.default_rng(seed).poisson(mean)
        past, came = pd.Series(simulated[:periods], index=starts[:periods]), simulated[periods:]
        found = forecast(past, 3, freq="M", end=until(past.index, "M"), calendar=calendar)
        own.append(np.abs(found["value"] - came).mean())
        naive.append(np.abs(simulated[periods - 12 : periods - 9] - came).mean())
        inside.append(((came >= found["low"]) & (came <= found["high"])).mean())
    assert np.mean(own) < 1.1 * np.mean(naive)
    assert np.mean(inside) >= 0.75


def test_intervals_of_constant_means_cover():
    inside = []
    for freq, periods in (("M", 36), ("Q", 36), ("W", 60), ("D", 60)):
        starts = pd.date_range("2018-01-01", periods=periods, freq=FREQUENCIES[freq])
        for seed in range(6):
            simulated = np.random.default_rng(seed).poisson(300, periods + 3)
            past, came = pd.Series(simulated[:periods], index=starts), simulated[periods:]
            found = forecast(past, 3, freq=freq, end=until(starts, freq), calendar=None, level=0.9)
            inside.append(((came >= found["low"]) & (came <= found["high"])).mean())
    # 72 periods that share 24 levels: two standard errors are about .1.
    assert np.mean(inside) == pytest.approx(0.9, abs=0.1)


def test_a_short_past_chooses_its_level_but_shows_no_score():
    starts = pd.date_range("2026-01-05", periods=60, freq="7D")
    result = forecast(pd.Series(200, index=starts), 4, freq="W", end=until(starts, "W"))
    assert result.attrs["origins"] == 0
    assert result[["mase", "coverage"]].isna().all(axis=None)


def test_seasonal_naive_repeats_the_last_week():
    counts = np.arange(20.0)[None]
    naive = seasonal_naive(counts, np.ones((1, 30)), "D", 20, 10)
    assert naive[0].tolist() == [13, 14, 15, 16, 17, 18, 19, 13, 14, 15]


def test_short_late_and_empty_input():
    one = forecast(pd.DataFrame({"created_at": ["2026-05-04"]}), 3)
    assert one["label"].tolist() == ["2026-05-05", "2026-05-06", "2026-05-07"]
    assert one["mase"].isna().all()
    empty = forecast(pd.DataFrame({"created_at": []}), 3)
    assert empty.empty
    assert "无法预测" in empty.attrs["reason"]
    days = pd.date_range("2026-03-02", periods=60)
    late = pd.DataFrame({"created_at": [*days, *days[-5:]], "category": ["物流"] * 60 + ["质量"] * 5})
    result = forecast(late, 5, by="category")
    assert len(result) == 10
    assert np.isfinite(result[["value", "low", "high"]]).all(axis=None)


def test_repeats_and_leaves_its_input_alone():
    facts = counted(weekly(2, 60, 5, seed=4))
    before = facts.copy()
    first = forecast(facts, 7, by="series", count="n")
    pd.testing.assert_frame_equal(facts, before)
    pd.testing.assert_frame_equal(first, forecast(facts, 7, by="series", count="n"))


def test_errors():
    facts = pd.DataFrame({"created_at": ["2026-05-04"], "score": [3]})
    with pytest.raises(ParameterError, match="horizon"):
        forecast(facts, 0)
    with pytest.raises(ParameterError, match="horizon"):
        forecast(facts, 2.5)
    with pytest.raises(ParameterError, match="真假列"):
        forecast(facts, 3, measure="score")


def test_counted_tables_go_on_after_their_last_month_and_rates_equal_those_of_contacts():
    months = pd.DataFrame({"month": pd.period_range("2025-01", "2026-04", freq="M").astype(str), "k": 100})
    ahead = forecast(months, 2, time="month", freq="M", count="k")
    assert ahead["label"].tolist() == ["2026-05", "2026-06"]
    days = pd.date_range("2026-03-02", periods=42)
    bad = np.tile([4, 5, 6, 5, 4, 6], 7)
    table = pd.DataFrame({"created_at": days, "bad": bad, "contacts": 20})
    facts = pd.DataFrame({"created_at": days.repeat(20), "bad": (np.arange(20) < bad[:, None]).ravel()})
    counted = forecast(table, 7, measure="bad", denominator="contacts")
    pd.testing.assert_frame_equal(counted, forecast(facts, 7, measure="bad"))
    with pytest.raises(ParameterError, match="「step」与结果表的列同名"):
        forecast(table.assign(step="a"), 7, by="step")


def test_days_that_wait_for_late_data_are_forecast():
    days = pd.date_range("2026-03-02", periods=42).repeat(5)
    facts = pd.DataFrame({"created_at": days, "paid": [True, False, False, True, False] * 42})
    facts["paid_complete"] = facts["created_at"] < "2026-04-10"
    assert forecast(facts, 1, measure="paid")["label"].tolist() == ["2026-04-10"]


def test_a_series_of_rates_or_means_is_refused():
    days = pd.date_range("2026-03-02", periods=56)
    for value in (0.125, 3.7):
        with pytest.raises(ParameterError, match=rf"56 个不是整数，例如 {value}.*denominator"):
            forecast(pd.Series(value, index=days), 7)
    noisy = forecast(pd.Series(0.29 * 100, index=days), 7, calendar=None)
    assert noisy["value"].tolist() == [29.0] * 7


def test_a_column_of_counts_as_measure_is_told_of_count():
    table = pd.DataFrame({"created_at": pd.date_range("2026-03-02", periods=56), "complaints": 12})
    with pytest.raises(ParameterError, match="count='complaints'"):
        forecast(table, 7, measure="complaints")
