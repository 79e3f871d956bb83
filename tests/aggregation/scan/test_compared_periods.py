"""Periods matched by value, whatever type they are written in; periods without rows."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from csatext.aggregation.scan.compared_periods import missing_periods, read_periods
from csatext.errors import ParameterError

DAYS = pd.Series(pd.to_datetime(["2026-05-04", "2026-05-11", None]))
MONTHS = pd.Series([pd.Period("2026-04", "M"), pd.Period("2026-05", "M"), pd.NaT])
NUMBERS = pd.Series([202604, 202605, None], dtype="Int64")
TEXT = pd.Series(["2026-05-04", "2026-05-11", None])
BINS = pd.Series(pd.arrays.IntervalArray.from_breaks([0.0, 2, 4])).reindex(range(3))
ZONED = DAYS.dt.tz_localize("Asia/Shanghai")


@pytest.mark.parametrize(
    ("column", "current", "baseline"),
    [
        (DAYS, "2026-05-11", dt.date(2026, 5, 4)),
        (DAYS, pd.Timestamp("2026-05-11", tz="Asia/Shanghai"), np.datetime64("2026-05-04")),
        (DAYS.dt.date, "2026-05-11", pd.Timestamp("2026-05-04")),
        (DAYS.astype(pd.ArrowDtype(pa.timestamp("us"))), "2026-05-11", ["2026-05-04"]),
        (DAYS.dt.date.astype(pd.ArrowDtype(pa.date32())), "2026-05-11", ["2026-05-04"]),
        (ZONED, "2026-05-11", [dt.date(2026, 5, 4)]),
        (ZONED, pd.Timestamp("2026-05-10 16:00", tz="UTC"), ["2026-05-04"]),
        (MONTHS, "2026-05", {"2026-04"}),
        (MONTHS.astype("period[M]"), pd.Timestamp("2026-05-01"), pd.PeriodIndex(["2026-04"], freq="M")),
        (MONTHS.astype("category"), "2026-05", ["2026-04"]),
        (MONTHS, 202605, ["202604"]),
        (MONTHS.astype("str").where(MONTHS.notna()), pd.Period("2026-05"), [pd.Period("2026-04")]),
        (DAYS.dt.to_period("W"), "2026-W20", "2026-W19"),
        (NUMBERS, "202605", ["202604"]),
        (NUMBERS.astype("float64"), 202605, "202604"),
        (NUMBERS.astype("int64[pyarrow]"), np.int64(202605), [202604.0]),
        (NUMBERS.astype("Int64").astype("category"), "202605", ["202604"]),
        (pd.Series([Decimal(4), Decimal(5), None]), 5, "4"),
        (NUMBERS.astype("str").where(NUMBERS.notna()), 202605, [202604]),
        (TEXT, pd.Timestamp("2026-05-11"), [dt.date(2026, 5, 4)]),
        (TEXT.astype("category"), "2026-05-11", np.array(["2026-05-04"])),
        (TEXT.astype("string[pyarrow]"), "2026-05-11", (day for day in ["2026-05-04"])),
        (pd.Series([False, True, None], dtype="boolean"), True, False),
        (BINS, "(2.0, 4.0]", pd.Interval(0.0, 2.0)),
    ],
)  # fmt: skip
def test_equal_periods_are_found(column, current, baseline):
    periods = read_periods(column, current, baseline)
    assert periods.number.tolist() == [1, 0, -1]
    assert (periods.has_current, periods.n_seen, periods.n_empty, periods.missing) == (True, 1, 0, [])
    assert periods.note(True, current) is None


def test_periods_without_rows():
    column = pd.Series(["2026-01", "2026-04"])
    periods = read_periods(column, "2026-04", ["2026-01", "2026-02", "2026-3"])
    assert (periods.n_seen, periods.n_empty, periods.missing) == (1, 1, ["2026-02", "2026-3"])
    assert (periods.count(True), periods.count(False)) == (1, 2)
    assert "2026-02、2026-3" in periods.note(False, "2026-04")
    assert missing_periods(column, ["2026-01", "2026-3"]) == ["2026-3"]
    assert missing_periods(MONTHS, ["2026-04", "2026-03"]) == ["2026-03"]
    later = read_periods(column, "2026-06", "2026-01")
    assert not later.has_current and "2026-06" in later.note(False, "2026-06")
    assert read_periods(DAYS, "2026-05-18", ["2026-05-04"]).number.tolist() == [1, -1, -1]


@pytest.mark.parametrize(
    ("column", "current", "baseline", "message"),
    [
        (TEXT, "2026-5-11", ["2026-05-04"], "是不是想写「2026-05-11」"),
        (TEXT, "2026-05-11", ["上周"], "baseline"),
        (TEXT, "2026-05-25", ["2026-05-18"], "baseline"),
        (MONTHS, pd.Period("2026-05-11", "D"), ["2026-04"], "2026-04、2026-05"),
        (NUMBERS, "五月", [202604], "current='五月'"),
        (TEXT, None, ["2026-05-04"], "current 里有空值"),
        (TEXT, "2026-05-11", [pd.NA], "baseline 里有空值"),
        (TEXT, ["2026-05-11"], ["2026-05-04"], "只能是一个值"),
        (TEXT, "2026-05-11", [["2026-05-04"]], "baseline 的一项"),
        (TEXT, "2026-05-11", [], "baseline 是空的"),
        (MONTHS, "2026-05", [pd.Period("2026-05")], "也在 baseline 里"),
        (pd.Series([None, None]), "2026-05", "2026-04", "全是空值"),
    ],
)
def test_slips_are_named(column, current, baseline, message):
    with pytest.raises(ParameterError, match=message):
        read_periods(column, current, baseline)
