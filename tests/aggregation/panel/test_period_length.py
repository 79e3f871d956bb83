import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.alerts import alerts
from csatext.aggregation.forecast import forecast
from csatext.aggregation.panel.panel import make_panel
from csatext.aggregation.panel.period_length import index_freq, stated_freq
from csatext.aggregation.trend import trend
from csatext.errors import ParameterError

MONTHS = pd.period_range("2024-01", periods=30, freq="M")
STARTS = pd.date_range("2024-01-01", periods=30, freq="MS")


@pytest.mark.parametrize(
    ("column", "freq"),
    [
        (MONTHS, "M"),
        (MONTHS.astype(object), "M"),
        (pd.period_range("2026-01-05", periods=3, freq="W"), "W"),
        (pd.period_range("2026Q1", periods=3, freq="Q"), "Q"),
        (pd.period_range("2026-01-01", periods=3, freq="D"), "D"),
        (pd.period_range("2026-01-01", periods=3, freq="min"), None),
        (["2026-05", None, "2026年6月", " "], "M"),
        (pd.Categorical(["2026-05", "2026-06"]), "M"),
        (["2026-W18", "2026年第19周"], "W"),
        (["2026Q1", "2026年第2季度"], "Q"),
        (["2026", "2026-05"], "M"),  # the finest among them
        (["2026-05", "2026-05-03"], None),
        (["20260503"], None),
        (STARTS, None),
        ([None], None),
    ],
)
def test_periods_and_names_carry_their_frequency(column, freq):
    assert stated_freq(pd.Series(column)) == freq


@pytest.mark.parametrize(
    ("index", "freq"),
    [
        (MONTHS, "M"),
        (STARTS, "M"),
        (pd.DatetimeIndex(STARTS.to_numpy()), "M"),
        (STARTS.delete([3, 7]), "M"),  # a month without a row
        (pd.date_range("2024-01-31", periods=5, freq="BME"), "M"),
        (pd.date_range("2026-01-04", periods=9, freq="W"), "W"),
        (pd.date_range("2026-01-05", periods=9, freq="7D"), "W"),
        (pd.date_range("2026-01-05", periods=9, freq="7D").delete(4), "W"),
        (pd.date_range("2024-01-01", periods=5, freq="QS"), "Q"),
        (pd.Index(["2024Q1", "2024Q2"]), "Q"),
        (pd.date_range("2020-12-31", periods=5, freq="YE"), "Y"),
        (pd.date_range("2026-01-01", periods=48, freq="h"), "h"),
        (pd.DatetimeIndex(pd.date_range("2026-01-01", periods=48, freq="h").to_numpy()), "h"),
        (pd.date_range("2026-01-01", periods=48, freq="15min"), "D"),
        (pd.date_range("2026-01-01", periods=48, freq="B"), "D"),
        (pd.date_range("2026-01-01", periods=2), "D"),
        (pd.DatetimeIndex([]), "D"),
    ],
)
def test_the_index_of_a_series_tells_its_frequency(index, freq):
    assert index_freq(index) == freq


def test_steps_of_several_periods_are_no_frequency():
    with pytest.raises(ParameterError, match="2W-SUN"):
        index_freq(pd.date_range("2026-01-04", periods=9, freq="2W"))


@pytest.mark.parametrize("index", [MONTHS, STARTS, STARTS.strftime("%Y-%m")])
def test_a_series_of_months_is_forecast_by_months(index):
    result = forecast(pd.Series(500, index=index), 3, calendar=None)
    assert result["label"].tolist() == ["2026-07", "2026-08", "2026-09"]
    np.testing.assert_allclose(result["value"], 500, rtol=0.02)


def test_resampled_weeks_are_forecast_by_weeks():
    days = pd.Series(5, index=pd.date_range("2025-01-06", periods=140))
    result = forecast(days.resample("W").sum(), 2, calendar=None)
    assert result["label"].tolist() == ["2025-W22", "2025-W23"]
    np.testing.assert_allclose(result["value"], 35, rtol=0.05)
    assert forecast(days, 2, freq="W", calendar=None)["label"].tolist() == ["2025-W22", "2025-W23"]


@pytest.mark.parametrize("months", [MONTHS, STARTS.strftime("%Y-%m"), STARTS.strftime("%Y年%m月")])
def test_a_finer_freq_than_the_column_carries_is_refused(months):
    table = pd.DataFrame({"month": months, "contacts": 500})
    with pytest.raises(ParameterError, match=r'「month」写的是整月.*freq="M"（或更粗的 Q、Y）'):
        alerts(table, "month", count="contacts")
    with pytest.raises(ParameterError, match='freq="M"'):
        trend(table, "month", "W", count="contacts")
    with pytest.raises(ParameterError, match='freq="M"'):
        forecast(pd.Series(500, index=months), 3, freq="D")
    assert trend(table, "month", "Q", count="contacts")["n"].tolist() == [1500] * 10


def test_totals_that_stand_on_starts_of_longer_periods_get_a_note():
    table = pd.DataFrame({"month": STARTS, "contacts": 500})
    assert 'freq="M"' in trend(table, "month", "W", count="contacts").attrs["note"]
    assert 'freq="M"' in alerts(table, "month", count="contacts").attrs["note"]
    assert "note" not in trend(table, "month", "M", count="contacts").attrs
    days = pd.DataFrame({"t": pd.date_range("2026-01-01", periods=30), "n": 5})
    assert "note" not in make_panel(days, "t", "D", [], None, count="n").notes
    assert 'freq="D"' in make_panel(days, "t", "h", [], None, count="n").notes["note"]
    # Contacts are no totals.
    assert "note" not in make_panel(table, "month", "D", [], None).notes
