import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.signal import lfilter

from csatext.aggregation.changepoints import changepoints
from csatext.aggregation.panel.calendar import business_calendar
from csatext.aggregation.statistics.segmentation import segment
from csatext.errors import ParameterError

DAYS = pd.date_range("2026-03-02", periods=60)


def counted(table):
    n, length = table.shape
    days = pd.date_range("2026-03-02", periods=length)
    return pd.DataFrame(
        {"created_at": np.tile(days, n), "series": np.repeat(np.arange(n), length), "n": table.ravel()}
    )


WEEK = np.array([1.1, 1.15, 1.1, 1.05, 1.1, 0.8, 0.7])


def over_holidays(n, first, days, seed, *, holiday=None, promotion=1.0, step=0.0, at=0, mean=100):
    """Counted Poisson series with weekdays, special days and, from day ``at`` on, a step in sd."""
    calendar = business_calendar(first, pd.Timestamp(first) + pd.Timedelta(days=days - 1))
    factor = WEEK[calendar["date"].dt.day_of_week]
    if holiday is not None:
        factor = np.where(calendar["day_type"] == "holiday", holiday, factor)
    factor = np.where(calendar["promotion"].notna(), promotion * factor, factor)
    level = mean + step * np.sqrt(mean) * (np.arange(days) >= at)
    table = np.random.default_rng(seed).poisson(factor * level, (n, days))
    return pd.DataFrame(
        {
            "created_at": np.tile(calendar["date"], n),
            "series": np.repeat(np.arange(n), days),
            "n": table.ravel(),
        }
    )


@pytest.mark.parametrize(
    ("first", "days", "freq", "special"),
    [
        ("2025-01-06", 120, "D", {}),
        ("2025-01-06", 60, "D", {"holiday": 0.4}),
        # The first two weeks are those of the goods for the new year.
        ("2025-01-06", 60, "D", {"promotion": 2.0}),
        ("2024-12-03", 60, "D", {"holiday": 0.4, "promotion": 2.0}),
        ("2025-02-01", 60, "D", {"holiday": 0.4}),
        ("2023-12-18", 210, "W", {"promotion": 2.0}),
    ],
)
def test_the_calendar_is_not_a_change(first, days, freq, special):
    facts = over_holidays(60, first, days, 10, **special)
    found = changepoints(facts, freq=freq, by="series", count="n")
    # Five in a hundred and sampling error: 7 of 60. Adjusted values taken as known give up to 35.
    assert found["series"].nunique() <= stats.binom.ppf(0.98, 60, 0.05)


def test_a_step_is_found_over_the_spring_festival():
    facts = over_holidays(40, "2025-01-06", 60, 11, holiday=0.4, promotion=2.0, step=2.0, at=40)
    found = changepoints(facts, freq="D", by="series", count="n")
    near = found[(found["period"] - pd.Timestamp("2025-02-15")).dt.days.abs() <= 2]
    assert near["series"].nunique() >= 32


def test_a_change_does_not_depend_on_the_unit_of_a_mean():
    facts = over_holidays(3, "2025-01-06", 60, 12, step=3.0, at=40).assign(score=lambda t: t["n"] / 60, k=1)
    minutes, seconds = (
        changepoints(table, freq="D", by="series", measure="score", count="k")
        for table in (facts, facts.assign(score=facts["n"] * 1.0))
    )
    assert minutes["label"].str.startswith("2025-02-1").sum() == 3
    pd.testing.assert_frame_equal(
        minutes[["series", "period", "p"]], seconds[["series", "period", "p"]], check_exact=True
    )


def test_series_without_a_change_stay_empty():
    rng = np.random.default_rng(0)
    table = rng.poisson(20 * rng.gamma(20, 1 / 20, (60, 60)))
    found = changepoints(counted(table), freq="D", by="series", count="n")
    assert found["series"].nunique() <= 5
    none = changepoints(counted(np.full((1, 60), 7)), freq="D", by="series", count="n")
    assert none.empty
    assert "没有发现水平变化" in none.attrs["reason"]


def test_serial_correlation_is_not_a_change():
    rng = np.random.default_rng(1)
    noise = lfilter([1.0], [1.0, -0.5], rng.normal(size=(40, 110)), axis=1)[:, 50:]
    reported = sum(
        bool(segment(row, np.ones(60), alpha=0.05, min_size=3, rng=np.random.default_rng(0))) for row in noise
    )
    assert reported <= 5


def test_a_step_of_two_standard_deviations_is_found():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(25, 60)) + 2.0 * (np.arange(60) >= 30)
    facts = counted(np.ones((25, 60), dtype=int)).assign(score=values.ravel())
    found = changepoints(facts, freq="D", by="series", measure="score", count="n")
    near = found[(found["period"] - DAYS[30]).dt.days.abs() <= 2]
    assert near["series"].nunique() >= 22


def test_the_place_is_near_even_where_counts_are_few():
    rng = np.random.default_rng(4)
    # Variance over mean 1.5 and a step of 2.5 standard deviations of the counts before it.
    table = rng.poisson(rng.gamma(np.where(np.arange(60) < 30, 20, 34) / 0.5, 0.5, (40, 60)))
    found = changepoints(counted(table), freq="D", by="series", count="n")
    near = found[(found["period"] - DAYS[30]).dt.days.abs() <= 2]
    assert near["series"].nunique() >= 36
    assert len(found) <= 43


def test_a_rate_goes_up_and_comes_back():
    flags = np.tile([True, False, False, False, False, False, False, False, False, False], 60).reshape(60, 10)
    flags[20:35, :6] = True
    facts = pd.DataFrame({"created_at": DAYS.repeat(10), "late": flags.ravel()})
    found = changepoints(facts, freq="D", measure="late").sort_values("period")
    assert found["label"].tolist() == ["2026-03-22", "2026-04-06"]
    np.testing.assert_allclose(found["before"], [0.1, 0.6])
    np.testing.assert_allclose(found["after"], [0.6, 0.1])
    np.testing.assert_allclose(found["change_rate"], [5.0, -5 / 6])
    assert found["periods_before"].tolist() == [20, 15]
    assert found["rank"].sort_values().tolist() == [1, 2]


def test_groups_do_not_depend_on_each_other_and_repeat():
    rng = np.random.default_rng(3)
    table = rng.poisson(np.where(np.arange(60) >= 25, 40, 15), (3, 60))
    whole = changepoints(counted(table), freq="D", by="series", count="n")
    one = changepoints(counted(table[:1]), freq="D", by="series", count="n")
    pd.testing.assert_frame_equal(
        whole[whole["series"] == 0].drop(columns="rank").reset_index(drop=True), one.drop(columns="rank")
    )


def test_short_and_empty_input():
    short = changepoints(pd.DataFrame({"created_at": ["2026-03-02", "2026-03-04"]}), freq="D")
    assert short.empty
    assert short.attrs["n_too_short"] == 1
    assert changepoints(pd.DataFrame({"created_at": [], "channel": []}), by="channel").empty
    with pytest.raises(ParameterError, match="alpha"):
        changepoints(pd.DataFrame({"created_at": []}), alpha=0)
    with pytest.raises(ParameterError, match="min_size"):
        changepoints(pd.DataFrame({"created_at": []}), min_size=1)


def test_the_last_month_of_a_counted_table_is_used():
    months = pd.DataFrame({"month": pd.period_range("2025-01", periods=16, freq="M").astype(str)})
    found = changepoints(months.assign(k=[10] * 10 + [30] * 6), "month", "M", count="k")
    assert found[["label", "periods_before", "periods_after"]].values.tolist() == [["2025-11", 10, 6]]


def test_counted_rates_and_the_season():
    bad = np.tile([10, 12, 9, 11, 10, 12, 8], 8)
    facts = pd.DataFrame({"created_at": DAYS[:56], "bad": bad * np.repeat([1, 3], 28), "k": 100})
    for seasonal in (True, False):
        found = changepoints(facts, freq="D", measure="bad", denominator="k", seasonal=seasonal)
        assert found["label"].tolist() == ["2026-03-30"]
        assert found[["before", "after"]].values.round(4).tolist() == [[0.1029, 0.3086]]
        assert found.attrs["kind"] == "rate"


def test_weekday_season_is_left_in_when_asked():
    week = np.tile([30, 31, 29, 30, 31, 10, 11], 8)
    facts = pd.DataFrame({"created_at": DAYS[:56], "k": week + np.repeat([0, 9], 28)})
    without, within = (
        changepoints(facts, freq="D", count="k", calendar=None, seasonal=seasonal)
        for seasonal in (True, False)
    )
    assert without["label"].iloc[0] == "2026-03-30"
    assert within.empty or within["statistic"].max() < without["statistic"].max() / 2


def test_wrong_arguments_are_refused():
    facts = pd.DataFrame({"created_at": DAYS[:20], "before": "a", "x": 1})
    with pytest.raises(ParameterError, match="「before」"):
        changepoints(facts, by="before")
    wrong = {
        "alpha": "x",
        "min_size": 2.5,
        "seasonal": None,
        "random_state": "x",
        "measure": ["x", "before"],
        "calendar": 3,
    }
    for name, value in wrong.items():
        with pytest.raises(ParameterError, match=name):
            changepoints(facts, freq="D", **{name: value})
