"""Dates in every form become timestamps; each expectation is worked out by hand or by datetime."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from csatext.dates.parse import parse_times
from csatext.errors import ParameterError

FORMS = [
    ("2020/6/8", "2020-06-08"),
    ("2019/2/28 11:25:05", "2019-02-28 11:25:05"),
    ("2020-06-08T11:25:05.25", "2020-06-08 11:25:05.25"),
    ("2020.6.8 9:05", "2020-06-08 09:05"),
    ("2020年6月8日", "2020-06-08"),
    ("2020年06月08日 下午3点05分", "2020-06-08 15:05"),
    ("2020年6月8日 星期一 11时25分05秒", "2020-06-08 11:25:05"),
    ("2020/6/8 上午12:05", "2020-06-08 00:05"),
    ("2020/6/8 晚上11:05", "2020-06-08 23:05"),
    ("2020/6/8 PM 3:05", "2020-06-08 15:05"),
    ("6/30/2020 3:05 pm", "2020-06-30 15:05"),
    ("20200608", "2020-06-08"),
    ("20200608112505", "2020-06-08 11:25:05"),
    ("20-6-8", "2020-06-08"),
    ("２０２０－０６－０８", "2020-06-08"),
    ("民國109年6月8日", "2020-06-08"),
    ("Jun 8, 2020", "2020-06-08"),
    ("Mon Jun 08 11:25:05 CST 2020", "2020-06-08 11:25:05"),
    ("2020-06-08T03:25:05Z", "2020-06-08 11:25:05"),
    ("2020-06-08 05:25:05+02:00", "2020-06-08 11:25:05"),
    ("43990", "2020-06-08"),
    ("43990.5", "2020-06-08 12:00"),
    ("1591586705", "2020-06-08 11:25:05"),
    ("1591586705250", "2020-06-08 11:25:05.25"),
    ("2020/6/8 24:00", "2020-06-09"),
    ("2024/2/29", "2024-02-29"),
]
UNREADABLE = [
    "上个月底",
    "2020/2/30",
    "2023/2/29",
    "2020/13/1",
    "12:30",
    "6月8日",
    "5",
    "2020/6/8 25:00",
    "0000-13-00",
]


def test_every_form_in_one_column() -> None:
    column = pd.Series([form for form, _ in FORMS] + UNREADABLE + ["", None])
    times = parse_times(column)
    assert str(times.values.dtype) == "datetime64[us]"
    assert times.values[: len(FORMS)].tolist() == [pd.Timestamp(wanted) for _, wanted in FORMS]
    assert times.values[len(FORMS) :].isna().all()
    assert times.unreadable.tolist() == [False] * len(FORMS) + [True] * len(UNREADABLE) + [False, False]


def test_cells_of_a_workbook() -> None:
    cells = pd.Series(
        [dt.datetime(2020, 6, 8, 11, 25, 5), dt.date(2020, 6, 8), 43990.25, "2020/6/8", None], dtype=object
    )
    assert parse_times(cells).values.tolist()[:4] == [
        pd.Timestamp("2020-06-08 11:25:05"),
        pd.Timestamp("2020-06-08"),
        pd.Timestamp("2020-06-08 06:00"),
        pd.Timestamp("2020-06-08"),
    ]


@pytest.mark.parametrize(
    "first", [dt.datetime(1899, 12, 31), dt.datetime(1970, 1, 2), dt.datetime(2099, 12, 30)]
)
def test_a_column_of_moments_is_read_as_their_texts(first: dt.datetime) -> None:
    moments = [
        first,
        None,
        first + dt.timedelta(hours=13, microseconds=5),
        dt.datetime(2026, 2, 28, 23, 59, 59),
    ]
    column = pd.Series(moments, dtype=object, index=[4, 1, 2, 0])
    found = parse_times(column)
    wanted = parse_times(column.map(lambda cell: None if cell is None else cell.isoformat(sep=" ")))
    pd.testing.assert_series_equal(found.values, wanted.values)
    assert [part.tolist() for part in found[1:]] == [part.tolist() for part in wanted[1:]]


def test_day_first_only_where_the_column_proves_it() -> None:
    assert parse_times(pd.Series(["03/04/2020", "05/06/2020"])).values.dt.month.tolist() == [3, 5]
    assert parse_times(pd.Series(["03/04/2020", "25/06/2020"])).values.dt.month.tolist() == [4, 6]


def test_typed_columns() -> None:
    naive = pd.Series(pd.to_datetime(["2020-06-08 11:25:05", None])).astype("datetime64[ns]")
    assert parse_times(naive).values.tolist()[0] == pd.Timestamp("2020-06-08 11:25:05")
    zoned = naive.dt.tz_localize("UTC")
    assert parse_times(zoned).values.tolist()[0] == pd.Timestamp("2020-06-08 19:25:05")
    assert parse_times(zoned, timezone="UTC").values.tolist()[0] == pd.Timestamp("2020-06-08 11:25:05")
    assert parse_times(pd.Series([1591586705, 1591586706])).values.dt.second.tolist() == [5, 6]


def test_round_trip_of_random_times() -> None:
    rng = np.random.default_rng(5)
    wanted = pd.Series(
        pd.Timestamp("1990-01-01") + pd.to_timedelta(rng.integers(0, 35 * 365 * 86400, 2000), unit="s")
    )
    for form in ("%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y%m%d%H%M%S", "%m/%d/%Y %I:%M:%S %p"):
        times = parse_times(wanted.dt.strftime(form))
        assert (times.values.to_numpy() == wanted.to_numpy()).all()


def test_the_index_is_kept_and_the_input_unchanged() -> None:
    column = pd.Series(["2020/6/8", "x"], index=["b", "a"])
    before = column.copy()
    assert parse_times(column).values.index.tolist() == ["b", "a"]
    pd.testing.assert_series_equal(column, before)
    assert len(parse_times(pd.Series([], dtype="str")).values) == 0


def test_a_column_of_one_form_with_a_zone() -> None:
    for form in ("2020-06-08T03:25:05Z", "2020-06-08T11:25:05+08:00"):
        times = parse_times(pd.Series([form] * 3))
        assert times.values.tolist() == [pd.Timestamp("2020-06-08 11:25:05")] * 3
        assert times.zoned.all()


def test_unknown_zone() -> None:
    with pytest.raises(ParameterError, match="timezone"):
        parse_times(pd.Series(["2020/6/8"]), timezone="火星")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2020/6/8 晚上8点半", "2020-06-08 20:30"),
        ("2020年6月8日 8時半", "2020-06-08 08:30"),
        ("2020年6月8日 下午3点整", "2020-06-08 15:00"),
        ("2020-06-08 11:25:05 星期一", "2020-06-08 11:25:05"),
        ("2020/6/8 (週一)", "2020-06-08"),
        ("2020/6/8(一) 10:30", "2020-06-08 10:30"),
        ("二〇二〇年六月八日", "2020-06-08"),
        ("二零一九年十二月三十一日", "2019-12-31"),
        ("二〇二四年十月二十日", "2024-10-20"),
        ("'2020/6/8", "2020-06-08"),
        ("109/06/08", "2020-06-08"),
        ("109.6.8 下午3:05", "2020-06-08 15:05"),
        ("/Date(1591586705000)/", "2020-06-08 11:25:05"),
    ],
)
def test_dates_in_words_and_marks(written: str, wanted: str) -> None:
    times = parse_times(pd.Series([written, "2020-06-01"]))
    assert times.values.iloc[0] == pd.Timestamp(wanted)
    assert not times.unreadable.any()


@pytest.mark.parametrize("written", ["二十年六月", "二〇二〇年十三月八日", "2020年13月", "半点"])
def test_words_that_are_no_date(written: str) -> None:
    assert parse_times(pd.Series([written])).unreadable.all()


@pytest.mark.parametrize(
    "written", ["9999-12-31", "9999/12/31 23:59:59", "9999-01-01", "0001-01-01 00:00:00"]
)
def test_the_ends_of_the_calendar_stand_for_no_date(written: str) -> None:
    for column in (pd.Series([written, "2020-06-01"]), pd.Series([written, "2020年6月1日"])):
        times = parse_times(column)
        assert times.values.isna().tolist() == [True, False]
        assert not times.unreadable.any()
    far = pd.Series([np.datetime64("9999-12-31T00:00:00", "us"), np.datetime64("2020-06-01", "us")])
    assert parse_times(far).values.isna().tolist() == [True, False]
