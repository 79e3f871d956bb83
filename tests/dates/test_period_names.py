import warnings
from datetime import date

import pandas as pd
import pytest

from csatext.dates.period_names import read_moment, read_times
from csatext.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-W18", "2026-04-27"),
        ("2026W01", "2025-12-29"),
        ("2026年第18周", "2026-04-27"),
        ("2026年05月", "2026-05-01"),
        ("2026年5月份", "2026-05-01"),
        ("2026年5月3日", "2026-05-03"),
        ("2026年5月3日12:30", "2026-05-03 12:30"),
        ("202605", "2026-05-01"),
        ("201205", "2012-05-01"),  # pandas alone reads 20 December 2005
        ("20260503", "2026-05-03"),
        ("2026Q2", "2026-04-01"),
        ("2026年第2季度", "2026-04-01"),
        ("2026年", "2026-01-01"),
        (" 2026/5/3 9:00 ", "2026-05-03 09:00"),
    ],
)
def test_texts_of_periods_are_read(text, day):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = read_times(pd.Series([text, None, text], index=[4, 5, 4]), "t")
    assert read.index.tolist() == [4, 5, 4]
    assert read.iloc[[0, 2]].tolist() == [pd.Timestamp(day)] * 2
    assert pd.isna(read.iloc[1])


@pytest.mark.parametrize("text", ["12:30", "5", "05", "202613", "2026-W54", "昨天"])
def test_what_is_no_date_is_refused_with_its_text(text):
    with pytest.raises(ParameterError, match=text):
        read_times(pd.Series(["2026-05-03", text]), "t")


def test_objects_periods_categories_and_lists():
    months = pd.Series(pd.period_range("2026-01", periods=2, freq="M"))
    starts = [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    for column in (months, months.astype(object), months.astype("category"), months.astype(str)):
        assert read_times(column, "t").tolist() == starts
    mixed = pd.Series(["2026-01-01", date(2026, 2, 1)], dtype=object)
    assert read_times(mixed, "t").tolist() == starts
    for bad in ([[1], [2]], [True, False], [{"a": 1}]):
        with pytest.raises(ParameterError, match="「t」"):
            read_times(pd.Series(bad), "t")


def test_mixed_zones_become_beijing_time_as_on_reading():
    times = read_times(pd.Series(["2026-05-04T10:00:00+08:00", "2026-05-04T10:00:00+09:00"]), "t")
    assert times.dt.hour.tolist() == [10, 9]


@pytest.mark.parametrize(
    ("given", "last_day"),
    [
        ("2026-02", "2026-02-28"),
        ("2026年2月", "2026-02-28"),
        ("2026-W18", "2026-05-03"),
        ("2026Q2", "2026-06-30"),
        ("2026", "2026-12-31"),
        (pd.Period("2026-02", "M"), "2026-02-28"),
        ("2026-02-03", "2026-02-03"),
        ("2026-02-03 23:59", "2026-02-03"),
        ("2026-02-03 23:59:59", "2026-02-03"),
        (date(2026, 2, 3), "2026-02-03"),
    ],
)
def test_an_end_is_the_last_moment_of_what_it_names(given, last_day):
    assert read_moment(given, "end", last=True) == pd.Timestamp(last_day) + pd.Timedelta(
        days=1
    ) - pd.Timedelta("1us")


def test_a_start_is_the_first_moment_and_nonsense_is_refused():
    assert read_moment("2026-W18", "start") == pd.Timestamp("2026-04-27")
    assert read_moment("2026-05-01 09:30", "end", last=True) == pd.Timestamp("2026-05-01 09:30")
    for bad in ("x", [1], {}, 20260101, None, float("nan"), pd.NaT):
        with pytest.raises(ParameterError, match="参数 end"):
            read_moment(bad, "end")
