"""Every form of a date, once: each door reads it alike. The times are worked out by hand, for Beijing."""

import warnings

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.dates import parse, period_names
from csatext.dates.period_names import named_spans
from csatext.errors import ParameterError

FORMS = [
    # ISO 8601 and its relatives
    ("2026-05-03", "2026-05-03"),
    ("2026-05-03 09:05:07", "2026-05-03 09:05:07"),
    ("2026-05-03T09:05:07.123456", "2026-05-03 09:05:07.123456"),
    ("2026-05-03 09:05:07,5", "2026-05-03 09:05:07.5"),
    ("2026-05-03T04:30:00Z", "2026-05-03 12:30"),
    ("2026-05-03T04:30:00.000+0000", "2026-05-03 12:30"),
    ("2026-05-03 12:30:00 +08", "2026-05-03 12:30"),
    ("2026-05-02 23:30:00-05:00", "2026-05-03 12:30"),
    ("2026-05-03T12:30+08:00[Asia/Shanghai]", "2026-05-03 12:30"),
    ("2026-05-03 24:00", "2026-05-04"),
    ("2026/5/3", "2026-05-03"),
    ("2026.5.3 9:05", "2026-05-03 09:05"),
    ("2026_05_03", "2026-05-03"),
    ("2026 5 3", "2026-05-03"),
    ("2026－05－03　09：05", "2026-05-03 09:05"),
    ("２０２６年５月３日", "2026-05-03"),
    ("'2026/5/3", "2026-05-03"),
    ("09:05 2026-05-03", "2026-05-03 09:05"),
    # Chinese
    ("2026年5月3日", "2026-05-03"),
    ("2026年05月03号 15时05分07秒", "2026-05-03 15:05:07"),
    ("2026年5月3日下午3点05分", "2026-05-03 15:05"),
    ("2026年5月3日 晚上8点半", "2026-05-03 20:30"),
    ("2026年5月3日 深夜11点", "2026-05-03 23:00"),
    ("2026年5月3日 夜里1点", "2026-05-03 01:00"),
    ("2026年5月3日 中午12点一刻", "2026-05-03 12:15"),
    ("2026/5/3 上午12:05", "2026-05-03 00:05"),
    ("2026年5月3日 星期日", "2026-05-03"),
    ("2026年5月3日（周日）10:30", "2026-05-03 10:30"),
    ("2026-05-03 星期日 10:30", "2026-05-03 10:30"),
    ("二〇二六年五月三日", "2026-05-03"),
    ("二零二六年十二月三十一日下午三点零五分", "2026-12-31 15:05"),
    ("2026年五月三日", "2026-05-03"),
    # Minguo: 115 is 2026
    ("民國115年5月3日", "2026-05-03"),
    ("中華民國一百一十五年五月三日", "2026-05-03"),
    ("115/05/03 下午3:05", "2026-05-03 15:05"),
    ("115年5月3日", "2026-05-03"),
    ("1150503", "2026-05-03"),
    # Two digits of the year
    ("26-5-3", "2026-05-03"),
    ("26/05/03 9:05", "2026-05-03 09:05"),
    ("26年5月3日", "2026-05-03"),
    ("98.12.31", "1998-12-31"),
    # Year last, and English
    ("5/3/2026", "2026-05-03"),
    ("25/3/2026 3:05 pm", "2026-03-25 15:05"),
    ("12/31/26", "2026-12-31"),
    ("3-May-2026", "2026-05-03"),
    ("03-MAY-26", "2026-05-03"),
    ("May 3, 2026 10:30 PM", "2026-05-03 22:30"),
    ("3rd September 2026", "2026-09-03"),
    ("Sun, 03 May 2026 12:30:00 +0800", "2026-05-03 12:30"),
    ("Sun May 03 2026 12:30:00 GMT+0800 (中国标准时间)", "2026-05-03 12:30"),
    ("Sun May 03 12:30:00 CST 2026", "2026-05-03 12:30"),
    ("03/May/2026:12:30:00 +0800", "2026-05-03 12:30"),
    # Digits alone: 1777780800 s are 20,576 days and 4 hours, 46,145 days begin 1899-12-30
    ("20260503", "2026-05-03"),
    ("20260503.0", "2026-05-03"),
    ("202605031230", "2026-05-03 12:30"),
    ("20260503123007", "2026-05-03 12:30:07"),
    ("20260503 12:30", "2026-05-03 12:30"),
    ("20260503T043000Z", "2026-05-03 12:30"),
    ("1777780800", "2026-05-03 12:00"),
    ("1777780800250", "2026-05-03 12:00:00.25"),
    ("1777780800000250", "2026-05-03 12:00:00.00025"),
    ("1.7777808E+12", "2026-05-03 12:00"),
    ("/Date(1777780800000)/", "2026-05-03 12:00"),
    ("46145", "2026-05-03"),
    ("46145.5", "2026-05-03 12:00"),
]
PERIODS = [
    ("2026-05", "2026-05-01", "M"),
    ("2026/5", "2026-05-01", "M"),
    ("202603", "2026-03-01", "M"),
    ("2026年03月", "2026-03-01", "M"),
    ("2026年5月份", "2026-05-01", "M"),
    ("二〇二六年五月", "2026-05-01", "M"),
    ("26年5月", "2026-05-01", "M"),
    ("民國115年5月", "2026-05-01", "M"),
    ("11505", "2026-05-01", "M"),
    ("05/2026", "2026-05-01", "M"),
    ("May 2026", "2026-05-01", "M"),
    ("May-26", "2026-05-01", "M"),
    ("2026-W18", "2026-04-27", "W"),
    ("2026W01", "2025-12-29", "W"),
    ("2026年第18周", "2026-04-27", "W"),
    ("2026年第十八週", "2026-04-27", "W"),
    ("2020-W53", "2020-12-28", "W"),
    ("2026Q2", "2026-04-01", "Q"),
    ("2026-Q2", "2026-04-01", "Q"),
    ("Q2 2026", "2026-04-01", "Q"),
    ("2026年第2季度", "2026-04-01", "Q"),
    ("2026年二季度", "2026-04-01", "Q"),
    ("2026上半年", "2026-01-01", "H"),
    ("2026年下半年", "2026-07-01", "H"),
    ("2026H2", "2026-07-01", "H"),
    ("2026年", "2026-01-01", "Y"),
    ("2026", "2026-01-01", "Y"),
]
NOTHING = ["待定", "NULL", "-", "N/A", "0000-00-00", "1900/1/0", "暂无", "0", " ", "＃N/A"]
UNREADABLE = [
    *(
        "12:30",
        "5",
        "05",
        "17",
        "昨天",
        "上个月底",
        "5月3日",
        "202613",
        "2026-W54",
        "2021-W53",
        "2026年第5季度",
    ),
    *(
        "2026Q5",
        "2026-13-01",
        "2023-02-29",
        "20260230",
        "2026-05-03 25:00",
        "2026-05-03 10:00-15:30",
        "May 3",
    ),
    *("May 3", "999/05/03", "3026年5月", "13800000000", "2026-W18-9", "第18周", "2026-05-03上午好"),
]


def parse_times(column):
    return parse.parse_times(column).values


def read_times(column):
    return period_names.read_times(column, "t")


BOTH = pytest.mark.parametrize("reader", [parse_times, read_times])


@BOTH
@pytest.mark.parametrize(("form", "wanted"), FORMS + [(form, wanted) for form, wanted, _ in PERIODS])
def test_every_door_reads_a_date_alike(reader, form, wanted):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = reader(pd.Series([form, None, form], index=[4, 5, 4]))
    assert str(read.dtype) == "datetime64[us]"
    assert read.index.tolist() == [4, 5, 4]
    assert read.iloc[[0, 2]].tolist() == [pd.Timestamp(wanted)] * 2
    assert pd.isna(read.iloc[1])


@BOTH
@pytest.mark.parametrize("form", NOTHING)
def test_every_door_takes_a_sign_for_nothing_as_no_time(reader, form):
    assert reader(pd.Series([form, "2026-05-03"])).isna().tolist() == [True, False]


@pytest.mark.parametrize("form", UNREADABLE)
def test_no_door_reads_what_is_no_date(form):
    column = pd.Series(["2026-05-03", form])
    assert parse.parse_times(column).unreadable.tolist() == [False, True]
    with pytest.raises(ParameterError, match="不能读成时间"):
        read_times(column)


@pytest.mark.parametrize(("form", "first", "span"), PERIODS)
def test_a_period_ends_with_its_last_day(form, first, span):
    days = {"W": 7, "M": pd.Timestamp(first).days_in_month, "Q": 91, "H": 181, "Y": 365}
    if form in ("2026年下半年", "2026H2"):
        days["H"] = 184
    end = period_names.read_moment(form, "end", last=True)
    assert end - pd.Timestamp(first) == pd.Timedelta(days=days[span]) - pd.Timedelta("1us")
    assert named_spans(pd.Series([form])).tolist() == [span]


@BOTH
def test_all_forms_in_one_column(reader):
    # Apart from forms whose order or length a column judges as a whole.
    apart = {"25/3/2026 3:05 pm", "12/31/26"}
    forms = [pair for pair in [*FORMS, *((f, w) for f, w, _ in PERIODS)] if pair[0] not in apart]
    read = reader(pd.Series([form for form, _ in forms] * 3))
    assert read.tolist() == [pd.Timestamp(wanted) for _, wanted in forms] * 3


@BOTH
def test_a_column_decides_what_a_cell_does_not_tell(reader):
    assert reader(pd.Series(["1/3/2026", "7/3/2026"])).dt.month.tolist() == [1, 7]
    assert reader(pd.Series(["1/3/2026", "17/3/2026"])).dt.month.tolist() == [3, 3]
    assert reader(pd.Series(["05/03/26", "05/17/26"])).dt.strftime("%F").tolist() == [
        "2026-05-03",
        "2026-05-17",
    ]
    assert reader(pd.Series(["260503", "260517"])).dt.strftime("%F").tolist() == ["2026-05-03", "2026-05-17"]
    assert reader(pd.Series(["200312", "200411"])).dt.strftime("%F").tolist() == ["2003-12-01", "2004-11-01"]
    assert reader(pd.Series(["2026050312", "2026050309"])).dt.hour.tolist() == [12, 9]
    # 2026050312 s are 23,449 days and 56,712 s: 15:45:12 UTC.
    assert reader(pd.Series(["2026050312", "1777780800"])).dt.strftime("%F %T").tolist() == [
        "2034-03-15 23:45:12",
        "2026-05-03 12:00:00",
    ]


def test_order_of_day_and_month():
    column = pd.Series(["1/3/2026", "7/3/2026", "5/5/2026", "2026-01-01"])
    assert parse.parse_times(column).ambiguous.tolist() == [True, True, False, False]
    days = parse.parse_times(column, dayfirst=True)
    assert days.values.dt.month.tolist() == [3, 3, 5, 1]
    assert not days.ambiguous.any()
    months = parse.parse_times(column, dayfirst=False)
    assert months.values.dt.month.tolist() == [1, 7, 5, 1]
    assert not months.ambiguous.any()
    # A cell that one order alone allows is read in it; where both are proven the rest stays open.
    both = parse.parse_times(pd.Series(["1/3/2026", "25/3/2026", "26/3/2026", "3/25/2026"]))
    assert both.values.dt.strftime("%m%d").tolist() == ["0301", "0325", "0326", "0325"]
    assert both.ambiguous.tolist() == [True, False, False, False]
    assert parse.parse_times(pd.Series(["05/03/26"]), dayfirst=True).values.dt.month.tolist() == [3]
    with pytest.raises(ParameterError, match="dayfirst"):
        parse.parse_times(column, dayfirst="day")


def test_trend_counts_what_reading_reads(tmp_path):
    days = ["26-5-3", "2026年5月3日下午3点05分", "民國115年5月4日", "46147"]
    path = tmp_path / "a.csv"
    path.write_text("编号,内容,创建时间\n" + "\n".join(f"{i},慢,{d}" for i, d in enumerate(days)), "utf-8")
    read = ct.trend(ct.read_contacts(path), freq="D")
    written = ct.trend(pd.DataFrame({"created_at": days}), freq="D")
    assert written["n"].tolist() == [2, 1, 1]
    pd.testing.assert_frame_equal(read, written)


def test_numbers_in_a_column_of_floats():
    assert parse.parse_times(pd.Series([20260503.0, np.nan])).values.tolist()[0] == pd.Timestamp("2026-05-03")
    # 2026.1 may be January, and October that lost its nought.
    assert parse.parse_times(pd.Series([2026.1])).unreadable.tolist() == [True]
