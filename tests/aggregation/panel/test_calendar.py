import chinese_calendar
import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.panel.calendar import business_calendar, days_of
from csatext.errors import ParameterError, SchemaError


def test_agrees_with_the_announced_days_since_2004():
    days = business_calendar("2004-01-01", "2026-12-31")
    expected = [chinese_calendar.is_workday(day.date()) for day in days["date"]]
    assert days["is_workday"].tolist() == expected
    assert not days["is_predicted"].any()


def test_types_of_day_around_spring_festival_2026():
    days = business_calendar("2026-02-13", "2026-03-01").set_index("date")
    assert days.loc["2026-02-13", "day_type"] == "workday"
    assert days.loc["2026-02-14", "day_type"] == "makeup"
    assert (days.loc["2026-02-15":"2026-02-23", "holiday"] == "春节").all()
    assert days.loc["2026-02-28", "is_workday"]
    assert days.loc["2026-03-01", "day_type"] == "weekend"


def test_later_years_are_predicted_from_the_lunar_date():
    days = business_calendar("2031-01-01", "2031-12-31").set_index("date")
    assert days["is_predicted"].all()
    assert business_calendar("2026-01-01", "2026-01-02").attrs["announced_until"] >= "2026-12-31"
    # Lunar new year 2031 is 23 January; the eve and the seven days from it are off.
    spring = days.index[days["holiday"] == "春节"]
    assert [f"{day:%m-%d}" for day in (spring[0], spring[-1])] == ["01-22", "01-29"]
    assert days.loc["2031-06-24", "holiday"] == "端午节"
    # The Mid-autumn day falls on 1 October, which makes the October holiday eight days.
    assert (days.loc["2031-10-01":"2031-10-08", "holiday"] == "国庆节").all()
    assert not (days["day_type"] == "makeup").any()


@pytest.mark.parametrize("year", range(2008, 2027))
def test_lunar_table_agrees_with_announced_holidays(year):
    from csatext.aggregation.panel.calendar import _lunar, _qingming

    new_year, dragon, moon = _lunar(year)
    off = set(chinese_calendar.constants.holidays)
    near = {d.date() for d in (new_year, moon, _qingming(year))}
    assert near <= off
    assert any((dragon + pd.Timedelta(days=k)).date() in off for k in (-1, 0, 1))


def test_lunar_new_year_falls_between_21_january_and_20_february():
    from csatext.aggregation.panel.calendar import _lunar

    days = [_lunar(year) for year in range(2000, 2051)]
    assert all((1, 21) <= (d[0].month, d[0].day) <= (2, 20) for d in days)
    # Twelve or thirteen lunar months; 124 or so days from new year to 5/5, 98 or 128 more to 8/15.
    gaps = np.diff([d[0].toordinal() for d in days])
    assert set(gaps) <= {353, 354, 355, 383, 384, 385}
    assert {(d[1] - d[0]).days for d in days} <= {121, 122, 123, 124, 151, 152, 153}
    assert {(d[2] - d[1]).days for d in days} <= {97, 98, 99, 126, 127, 128}


def test_promotions():
    days = business_calendar("2025-01-01", "2025-12-31").set_index("date")
    assert days.loc["2025-06-18", "promotion"] == "618"
    assert days.loc["2025-11-11", "promotion"] == "双11"
    assert days.loc["2025-12-12", "promotion"] == "双12"
    new_year_goods = days.index[days["promotion"] == "年货节"]
    assert new_year_goods[-1] == pd.Timestamp("2025-01-19")  # ten days before 29 January
    assert pd.isna(days.loc["2025-08-01", "promotion"])


def test_years_without_a_lunar_date_keep_the_fixed_holidays():
    days = business_calendar("2060-10-01", "2060-10-10")
    assert (days["holiday"] == "国庆节").sum() == 7
    assert days["is_predicted"].all()


def test_own_calendar_wins_and_is_not_changed():
    own = business_calendar("2026-05-01", "2026-05-31")
    own.loc[own["date"] == "2026-05-20", "promotion"] = "店庆"
    before = own.copy()
    days = days_of(own, pd.Timestamp("2026-04-30"), pd.Timestamp("2026-06-02")).set_index("date")
    assert len(days) == 34
    assert days.loc["2026-05-20", "promotion"] == "店庆"
    pd.testing.assert_frame_equal(own, before)


def test_errors_say_what_to_do():
    with pytest.raises(ParameterError, match="不早于"):
        business_calendar("2026-05-02", "2026-05-01")
    with pytest.raises(ParameterError, match="日期"):
        business_calendar("没有", "2026-05-01")
    with pytest.raises(ParameterError, match="CN"):
        days_of("US", pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-02"))
    with pytest.raises(SchemaError, match="day_type"):
        days_of(pd.DataFrame({"date": []}), pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-02"))
    assert days_of(None, pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-02")) is None
