import pandas as pd
import pytest

from csatext.aggregation.panel.coverage import are_whole_periods
from csatext.aggregation.panel.panel import make_panel, next_starts


def counted(days, **columns):
    return pd.DataFrame({"t": days, "contacts": 10, **columns})


@pytest.mark.parametrize(
    "days",
    [
        pd.period_range("2026-01", "2026-04", freq="M"),
        ["2026-01", "2026-02", "2026-03", "2026-04"],
        ["2026年1月", "2026年2月", "2026年3月", "2026年4月"],
        pd.date_range("2026-01-01", periods=4, freq="MS"),
        pd.date_range("2026-01-31", periods=4, freq="ME"),
    ],
)
def test_totals_of_months_are_complete(days):
    panel = make_panel(counted(days), "t", "M", [], None, count="contacts")
    assert panel.is_complete.tolist() == [True] * 4
    assert panel.notes["whole_periods"]


def test_totals_of_weeks_by_monday_label_and_sunday():
    for days in (
        pd.date_range("2026-01-05", periods=5, freq="7D"),
        ["2026-W02", "2026-W03", "2026-W04", "2026-W05", "2026-W06"],
        pd.date_range("2026-01-11", periods=5, freq="W"),  # resample("W") names weeks by their Sunday
    ):
        assert make_panel(counted(days), "t", "W", [], None, count="contacts").is_complete.all()


def test_start_and_end_still_decide():
    months = counted(["2026-01", "2026-02", "2026-03"])
    cut = make_panel(months, "t", "M", [], None, count="contacts", start="2026-01-10", end="2026-03-15")
    assert cut.is_complete.tolist() == [False, True, False]
    assert cut.starts[0] == pd.Timestamp("2026-01-01")
    named = make_panel(months, "t", "M", [], None, count="contacts", end="2026-03")
    assert named.is_complete.all()


def test_days_and_contacts_are_no_totals():
    days = pd.date_range("2026-01-05", "2026-01-17")  # to a Saturday
    assert make_panel(counted(days), "t", "W", [], None, count="contacts").is_complete.tolist() == [
        True,
        False,
    ]
    # One row a contact: the month says nothing about how far the data reach into it.
    facts = pd.DataFrame({"t": ["2026-01"] * 3 + ["2026-02"] * 2})
    assert make_panel(facts, "t", "M", [], None).is_complete.tolist() == [True, False]


def test_whole_periods_need_all_rows_at_one_end():
    starts = next_starts(pd.Timestamp("2025-12-01"), "M", 3)
    times = pd.Series(starts)
    assert are_whole_periods(times, starts, "M")
    assert not are_whole_periods(times + pd.to_timedelta([0, 1, 0], unit="D"), starts, "M")
    assert not are_whole_periods(times + pd.Timedelta(hours=9), starts, "M")
    assert not are_whole_periods(times, starts, "D")
    assert not are_whole_periods(times.iloc[:0], starts, "M")
