import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from csatext.aggregation.facts import join
from csatext.aggregation.panel.calendar import business_calendar
from csatext.aggregation.trend import latest_change, trend
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


def test_counted_rates_equal_those_of_the_contacts():
    rng = np.random.default_rng(5)
    facts = contacts(pd.date_range("2026-01-01", "2026-03-31").repeat(20), late=rng.random(1800) < 0.2)
    day = facts.groupby("created_at", as_index=False).agg(late=("late", "sum"), contacts=("late", "size"))
    expected = trend(facts, freq="M", measure="late")
    for more in ({}, {"count": "contacts"}):
        found = trend(day, freq="M", measure="late", denominator="contacts", **more)
        pd.testing.assert_frame_equal(found, expected, check_exact=False)
        assert found.attrs["kind"] == "rate"
        assert found.attrs["denominator"] == "contacts"
    with pytest.raises(ParameterError, match="denominator"):
        trend(day, freq="M", measure="late", count="contacts")


def test_the_last_counted_month_is_complete_and_compared():
    months = pd.DataFrame({"month": ["2026-02", "2026-03", "2026-04"], "contacts": [100, 114, 115]})
    last = trend(months, "month", "M", count="contacts").iloc[-1]
    assert (last["is_complete"], last["change"]) == (True, 1.0)
    assert not trend(months, "month", "M", count="contacts", end="2026-04-20")["is_complete"].iloc[-1]


def test_the_interval_of_a_ratio_is_that_of_its_residuals():
    sent, asked = np.array([4.0, 9, 2, 7]), np.array([3.0, 5, 2, 3])
    facts = contacts(["2026-05-04"] * 4, sent=sent, asked=asked)
    row = trend(facts, freq="D", measure="sent", denominator="asked").iloc[0]
    ratio = 22 / 13
    error = np.sqrt(((sent - ratio * asked) ** 2).sum() / 3 * 4) / 13
    half = stats.t.ppf(0.975, 3) * error
    np.testing.assert_allclose(
        row[["value", "low", "high"]].astype(float), [ratio, ratio - half, ratio + half]
    )
    # One average a day is one observation: no interval rather than one of width zero.
    averages = pd.DataFrame({"created_at": ["2026-05-04", "2026-05-05"], "score": [3.5, 4.5], "k": [9, 8]})
    assert trend(averages, freq="D", measure="score", count="k")["low"].isna().all()


def test_predicted_days_off_are_said():
    known = trend(contacts(pd.date_range("2026-03-01", "2026-04-30")), freq="M")
    assert known.attrs["calendar_predicted_from"] is None
    ahead = contacts(pd.date_range("2060-12-01", "2061-02-28"))
    assert trend(ahead, freq="M").attrs["calendar_predicted_from"] == "2060-12-01"
    own = business_calendar("2060-12-01", "2061-02-28").assign(is_predicted=False)
    own.loc[own["date"] >= "2061-01-01", "is_predicted"] = True
    assert trend(ahead, freq="M", calendar=own).attrs["calendar_predicted_from"] == "2061-01-01"
    assert trend(ahead, freq="M", calendar=None).attrs["calendar_predicted_from"] is None


def test_periods_that_wait_for_late_data_are_not_complete():
    facts = contacts(pd.date_range("2026-04-06", "2026-04-26"), doc_id=range(21))
    orders = pd.DataFrame({"doc_id": range(21), "paid": [True, False, True] * 7})
    joined = join(facts, orders, on="doc_id", complete_after=3)
    table = trend(joined, freq="W", measure="paid")
    assert table["is_complete"].tolist() == [True, True, False]
    assert table["change"].isna().tolist() == [True, False, True]
    assert table.attrs["n_late_periods"] == 1
    assert trend(joined, freq="W")["is_complete"].all()  # contacts themselves are not late


@pytest.mark.parametrize("name", ["label", "period", "n", "value"])
def test_a_dimension_named_as_a_result_column_is_refused(name):
    facts = contacts(["2026-05-04", "2026-05-05"], **{name: ["a", "b"]})
    with pytest.raises(ParameterError, match=f"「{name}」与结果表的列同名"):
        trend(facts, freq="D", by=name)


def test_own_week_column_is_read():
    table = trend(pd.DataFrame({"week": ["2026-W18", "2026-W20", "2026-W18"]}), "week", "W")
    assert table["label"].tolist() == ["2026-W18", "2026-W19", "2026-W20"]
    assert table["n"].tolist() == [2, 0, 1]


def test_many_hours_take_little_time():
    rng = np.random.default_rng(3)
    times = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 800 * 1440, 6000), unit="min")
    begun = time.process_time()
    assert len(trend(contacts(times), freq="h")) > 19_000
    assert time.process_time() - begun < 4  # 0.5 s; normal matrices with all zeros in them took 8 s


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
    for name in ("time", "measure", "denominator", "count"):
        with pytest.raises(ParameterError, match=name):
            trend(facts, **{name: ["late", "created_at"]})
    for given in (
        {"freq": ["W"]},
        {"by": [1]},
        {"kind": "share"},
        {"calendar": 1},
        {"end": ["x"]},
        {"level": "a"},
    ):
        with pytest.raises(ParameterError, match=next(iter(given))):
            trend(facts, **given)
    with pytest.raises(ParameterError, match="DataFrame"):
        trend([1, 2])
    assert "start 与 end" in trend(facts, end="2020-01-01").attrs["reason"]


def test_the_latest_complete_period_is_compared_with_those_before_it():
    # 10, 20 and 30 of 100 in three weeks, 45 of 90 in the last, then a day of the next.
    counts = [(7, 100, 10), (14, 100, 20), (21, 100, 30), (28, 90, 45), (35, 5, 5)]
    parts = [
        pd.DataFrame(
            {
                "created_at": pd.Timestamp("2026-03-02")
                + pd.to_timedelta(day - 7 + np.arange(n) % 7, unit="D"),
                "is_negative": np.arange(n) < bad,
            }
        )
        for day, n, bad in counts
    ]
    facts = pd.concat(parts, ignore_index=True)
    total = trend(facts, measure="is_negative", end="2026-03-31")
    found = latest_change(total, 2)
    assert (found.label, found.n, found.periods_before) == ("2026-W13", 90, 2)
    assert (found.value, found.before) == (0.5, 0.25)
    expected = confint_proportions_2indep(45, 90, 50, 200, method="newcomb")
    assert (found.difference.low, found.difference.high) == pytest.approx(expected, abs=1e-6)
    assert latest_change(total, 9).periods_before == 3
    assert latest_change(total.head(1), 2) is None


def test_products_are_laid_over_each_other_by_age():
    launch = {"甲": "2026-03-02", "乙": "2026-03-23"}
    rows = [
        ("甲", "2026-03-02", True), ("甲", "2026-03-08 23:59:59", True), ("甲", "2026-03-09", False),
        ("甲", "2026-03-31", False), ("乙", "2026-03-23 10:00", True), ("乙", "2026-04-01", False),
        ("乙", "2026-03-01", True),
    ]  # fmt: skip
    facts = pd.DataFrame(rows, columns=["product", "created_at", "bad"])
    facts["launched_at"] = facts["product"].map(launch)
    table = trend(facts, by="product", measure="bad", age_from="launched_at")
    assert table.attrs["n_before"] == 1  # 乙 before its launch
    shown = table[["product", "label", "n", "numerator", "is_complete"]].values.tolist()
    # data end with 1 April: 乙 is ten days old, its second week not over; 甲 is in its fifth week
    assert shown == [
        ["乙", "第1周", 1, 1, True], ["乙", "第2周", 1, 0, False],
        ["甲", "第1周", 2, 2, True], ["甲", "第2周", 1, 0, True], ["甲", "第3周", 0, 0, True],
        ["甲", "第4周", 0, 0, True], ["甲", "第5周", 1, 0, False],
    ]  # fmt: skip
    both = trend(facts, age_from="launched_at")
    assert both["n"].tolist() == [3, 2, 0, 0, 1]
    assert both["is_complete"].tolist() == [True, False, False, False, False]
    with pytest.raises(ParameterError, match="age_from"):
        trend(facts, age_from="launched_at", end="2026-04-30")
    with pytest.raises(SchemaError, match="age_from"):
        trend(facts, age_from="launch")
