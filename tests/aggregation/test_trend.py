import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from csatext.aggregation.trend import trend
from csatext.errors import ParameterError, SchemaError


def contacts(times, **columns):
    return pd.DataFrame({"created_at": pd.to_datetime(times), **columns})


def simulated(seed=0, first="2026-01-05", days=70, mean=20.0):
    rng = np.random.default_rng(seed)
    index = pd.date_range(first, periods=days)
    counts = rng.poisson(mean * np.where(index.day_of_week >= 5, 0.5, 1.2))
    return contacts(np.repeat(index, counts), category=rng.choice(["物流", "质量"], counts.sum()))


def test_counts_by_week_and_group_are_filled_with_zeros():
    facts = contacts(
        ["2026-03-02", "2026-03-03", "2026-03-22", "2026-03-08", None],
        category=["物流", "物流", "物流", None, "物流"],
    )
    table = trend(facts, "created_at", "W", "category")
    rows = table.pivot(index="category", columns="label", values="n")
    assert rows.loc["物流"].tolist() == [2, 0, 1]
    assert rows.loc["(空)"].tolist() == [1, 0, 0]
    assert table.attrs["n_missing_time"] == 1
    assert table["is_complete"].all()  # the data run from a Monday to a Sunday
    assert table["n"].sum() == 4


def test_a_month_without_contacts_is_a_row():
    table = trend(contacts(["2026-01-01", "2026-03-31"]), freq="M")
    assert table["label"].tolist() == ["2026-01", "2026-02", "2026-03"]
    assert table["value"].tolist() == [1.0, 0.0, 1.0]
    assert table["change"].tolist()[1:] == [-1.0, 1.0]
    assert np.isnan(table["change_rate"].iloc[2])  # over a zero


def test_intervals_equal_scipy_and_statsmodels():
    facts = contacts(
        ["2026-05-04"] * 10 + ["2026-05-05"] * 4,
        late=[True] * 3 + [False] * 7 + [None] * 2 + [True, False],
        score=[1.0, 2, 3, 4, 5, 5, 4, 3, 2, 2, 4.0, None, 5.0, 4.5],
    )
    counts = trend(facts, freq="D")
    expected = stats.chi2.ppf(0.025, 20) / 2, stats.chi2.ppf(0.975, 22) / 2
    np.testing.assert_allclose(counts.loc[0, ["low", "high"]].astype(float), expected, rtol=1e-12)
    rates = trend(facts, freq="D", measure="late")
    assert rates["denominator"].tolist() == [10.0, 2.0]
    assert rates["n"].tolist() == [10, 4]
    np.testing.assert_allclose(
        rates.loc[0, ["low", "high"]].astype(float), proportion_confint(3, 10, method="wilson"), rtol=1e-12
    )
    means = trend(facts, freq="D", measure="score")
    scores = facts["score"].iloc[:10]
    expected = stats.t.interval(0.95, 9, scores.mean(), stats.sem(scores))
    np.testing.assert_allclose(means.loc[0, ["low", "high"]].astype(float), expected, rtol=1e-9)


def test_incomplete_ends_are_marked_and_not_compared():
    days = pd.date_range("2026-03-04", "2026-03-25")  # Wednesday to Wednesday
    table = trend(contacts(days), freq="W")
    assert table["is_complete"].tolist() == [False, True, True, False]
    assert table["change"].isna().tolist() == [True, True, False, True]
    covered = trend(contacts(days), freq="W", start="2026-03-02", end="2026-03-29")
    assert covered["is_complete"].all()


def test_last_day_is_incomplete_when_the_export_was_made_at_noon():
    times = [
        day + pd.Timedelta(hours=hour)
        for day in pd.date_range("2026-03-02", periods=10)
        for hour in (9, 12, 15, 20)
    ]
    assert trend(contacts(times), freq="D")["is_complete"].all()
    cut = trend(contacts(times[:-2]), freq="D")
    assert cut["is_complete"].tolist() == [True] * 9 + [False]


def test_year_on_year():
    facts = contacts(["2025-03-10"] * 4 + ["2026-03-10"] * 6)
    table = trend(facts, freq="M", start="2025-03-01", end="2026-03-31")
    last = table.iloc[-1]
    assert (last["yoy_change"], last["yoy_change_rate"]) == (2.0, 0.5)


def test_calendar_columns():
    table = trend(contacts(["2026-02-01", "2026-02-28"]), freq="M")
    # February 2026: 20 weekdays, less the six of Spring Festival (16-20, 23), plus two make-up Saturdays.
    assert table["workdays"].tolist() == [16]
    assert table["holidays"].tolist() == ["春节"]
    plain = trend(contacts(["2026-02-01", "2026-02-28"]), freq="M", calendar=None)
    assert plain["workdays"].isna().all()
    daily = trend(contacts(["2026-06-18", "2026-06-19"]), freq="D")
    assert daily["promotions"].tolist() == ["618", "618"]
    assert daily["workdays"].tolist() == [1, 0]


def test_adjustment_takes_the_week_out():
    table = trend(simulated(days=84), freq="D", calendar=None)
    weekend = table["period"].dt.day_of_week >= 5
    raw = table["value"][weekend].mean() / table["value"][~weekend].mean()
    adjusted = table["adjusted"][weekend].mean() / table["adjusted"][~weekend].mean()
    assert raw < 0.55
    assert 0.9 < adjusted < 1.1
    assert trend(simulated(days=20), freq="D")["adjusted"].isna().all()


def test_zones_and_texts():
    utc = contacts(pd.to_datetime(["2026-05-03 20:00", "2026-05-04 03:00"], utc=True))
    assert trend(utc, freq="D")["label"].tolist() == ["2026-05-04"]  # Beijing is eight hours ahead
    texts = pd.DataFrame({"created_at": ["2026/5/4 12:09:38", "2026-05-06", "", None]})
    table = trend(texts, freq="D")
    assert table["value"].tolist() == [1.0, 0.0, 1.0]
    assert table.attrs["n_missing_time"] == 2


def test_one_day_one_hour_and_nothing():
    one = trend(contacts(["2026-05-04 10:00"]), freq="D")
    assert one["n"].tolist() == [1]
    assert trend(contacts(["2026-05-04 10:00", "2026-05-04 12:30"]), freq="h")["n"].tolist() == [1, 0, 1]
    for empty in (contacts([]), contacts([None, None])):
        table = trend(empty, freq="W")
        assert table.empty
        assert "时间" in table.attrs["reason"]


def test_counted_tables():
    daily = pd.DataFrame({"created_at": pd.date_range("2026-05-04", periods=7), "n_contacts": range(7)})
    assert trend(daily, freq="W", count="n_contacts")["n"].tolist() == [21]


def test_input_is_left_alone_and_row_order_does_not_matter():
    facts = simulated()
    before = facts.copy()
    table = trend(facts, freq="W", by=["category"])
    pd.testing.assert_frame_equal(facts, before)
    shuffled = facts.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(trend(shuffled, freq="W", by=["category"]), table)


def test_totals_agree_with_pandas():
    facts = simulated(days=120)
    table = trend(facts, freq="M", by="category")
    expected = facts.groupby(["category", facts["created_at"].dt.to_period("M")]).size()
    assert table["n"].tolist() == expected.tolist()


def test_errors():
    facts = contacts(["2026-05-04"], late=["是"])
    with pytest.raises(ParameterError, match="freq"):
        trend(facts, freq="fortnight")
    with pytest.raises(SchemaError, match="create_at"):
        trend(facts, "create_at")
    with pytest.raises(SchemaError, match="late"):
        trend(facts, measure="late")
    with pytest.raises(ParameterError, match="不能读成时间"):
        trend(pd.DataFrame({"created_at": ["昨天"]}))
    with pytest.raises(ParameterError, match="数字"):
        trend(pd.DataFrame({"created_at": [20260504]}))
    with pytest.raises(ParameterError, match="level"):
        trend(facts, level=95)
    with pytest.raises(ParameterError, match="end"):
        trend(facts, start="2026-05-04", end="2026-05-01")
