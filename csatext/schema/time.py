"""Tables of what happens over time: calendar, trend, changepoints, forecast, alerts, effect."""

from csatext.schema.model import Column, Table

__all__ = ["ALERTS", "CALENDAR", "CHANGEPOINTS", "EFFECT", "FORECAST", "TREND", "TREND_TESTS"]

CALENDAR = Table(
    "calendar",
    "one row a day of the business calendar",
    (
        Column("date", "time", "the day"),
        Column("day_type", "str", "workday, weekend, holiday or makeup (调休上班)"),
        Column("is_workday", "bool", "whether offices are open"),
        Column("holiday", "str", "public holiday the day off belongs to, in Chinese; NA on other days"),
        Column("promotion", "str", "shopping festival the day belongs to, in Chinese; NA on other days"),
        Column("is_predicted", "bool", "True where the days off were not announced when this was built"),
    ),
    key=("date",),
)

TREND = Table(
    "trend",
    "one row a period (and group): counts, value with interval, changes, calendar",
    (
        Column("period", "time", "start of the period"),
        Column("label", "str", "name of the period, as 2026-05-03, 2026-W18, 2026-05, 2026Q2"),
        Column("n", "int", "contacts"),
        Column("numerator", "float", "contacts, contacts with the flag, or sum of the measure"),
        Column("denominator", "float", "contacts with a known measure, or sum of it; NA for counts"),
        Column("value", "float", "count, rate, mean or ratio"),
        Column("low", "float", "lower end of the interval of value"),
        Column("high", "float", "upper end of the interval of value"),
        Column("is_complete", "bool", "False where the data cover a part of the period, or late data lack"),
        Column("change", "float", "value minus the period before; NA for parts of counts, late data"),
        Column("change_rate", "float", "change divided by the value of the period before"),
        Column("yoy_change", "float", "value minus the year before; NA for parts of counts, late data"),
        Column("yoy_change_rate", "float", "yoy_change divided by the value of the year before"),
        Column("adjusted", "float", "value without season and calendar; NA where data are too few"),
        Column("workdays", "Int", "working days in the period; NA without a calendar"),
        Column("holidays", "str", "public holidays in the period, in Chinese"),
        Column("promotions", "str", "shopping festivals in the period, in Chinese"),
    ),
    key=("period",),
    at=0,
)

TREND_TESTS = Table(
    "trend_tests",
    "one row a group: is there a monotone trend, and how steep",
    (
        Column("periods", "int", "complete periods used"),
        Column("tau", "float", "Kendall's tau-b of value with time"),
        Column("z", "float", "Mann-Kendall statistic, serial correlation corrected for"),
        Column("p", "float", "two-sided p value"),
        Column("q", "float", "p corrected for the number of groups (Benjamini-Hochberg)"),
        Column("slope", "float", "Sen's slope, change of value in one period"),
        Column("low", "float", "lower end of the interval of slope"),
        Column("high", "float", "upper end of the interval of slope"),
        Column("direction", "str", "上升, 下降 or 无明显趋势"),
    ),
    at=0,
)

CHANGEPOINTS = Table(
    "changepoints",
    "one row a change of level found; no row where none was found",
    (
        Column("rank", "int", "1 for the strongest evidence"),
        Column("period", "time", "first period of the new level"),
        Column("label", "str", "name of that period"),
        Column("before", "float", "level of the segment before"),
        Column("after", "float", "level of the segment after"),
        Column("change", "float", "after minus before"),
        Column("change_rate", "float", "change divided by before"),
        Column("periods_before", "int", "length of the segment before"),
        Column("periods_after", "int", "length of the segment after"),
        Column("statistic", "float", "gain in log-likelihood, serial correlation and overdispersion removed"),
        Column("p", "float", "probability of such a gain in a series of the two segments without a change"),
    ),
    key=("period",),
    at=1,
)

FORECAST = Table(
    "forecast",
    "one row a future period (and group)",
    (
        Column("period", "time", "start of the period"),
        Column("label", "str", "name of the period"),
        Column("step", "int", "periods ahead, from 1"),
        Column("value", "float", "middle forecast (median), which has the smallest absolute error"),
        Column("mean", "float", "expected value, which adds up over periods"),
        Column("low", "float", "lower end of the prediction interval"),
        Column("high", "float", "upper end of the prediction interval"),
        Column("method", "str", "level chosen by the backtest: fast, medium, slow, blend or trend"),
        Column("mase", "float", "mean absolute scaled error in the backtest; NA without one"),
        Column("mase_naive", "float", "the same for the seasonal naive forecast"),
        Column("coverage", "float", "share of the backtest inside the interval; NA without one"),
    ),
    key=("period",),
    at=0,
)

ALERTS = Table(
    "alerts",
    "one row an incident: a run of periods above what was expected",
    (
        Column("rank", "int", "1 for the strongest evidence"),
        Column("start", "time", "start of the first period of the incident"),
        Column("end", "time", "start of the last period above expectation"),
        Column("detected_at", "time", "start of the period whose data raised the alert"),
        Column("delay", "int", "periods from start to detected_at"),
        Column("is_open", "bool", "whether it goes on at the end of the data"),
        Column("observed", "float", "contacts from start to end (a rate's numerator)"),
        Column("expected", "float", "contacts expected from start to end"),
        Column("ratio", "float", "observed divided by expected"),
        Column("p", "float", "p value at detection"),
        Column("expected_false", "float", "false alerts expected in all series and periods at this p"),
        Column("message", "str", "what happened, in Chinese"),
    ),
    key=("start",),
    at=1,
)

EFFECT = Table(
    "effect",
    "one row an effect of an intervention (and group): level, slope, average",
    (
        Column("effect", "str", "level (step at the intervention), slope (per period) or average (after)"),
        Column("estimate", "float", "change against what would have come, in units of value"),
        Column("low", "float", "lower end of the interval"),
        Column("high", "float", "upper end of the interval"),
        Column("relative", "float", "estimate divided by what would have come; NA for a slope"),
        Column("relative_low", "float", "lower end of the interval of relative"),
        Column("relative_high", "float", "upper end of the interval of relative"),
        Column("p", "float", "two-sided p value"),
        Column("periods_before", "int", "complete periods before the intervention"),
        Column("periods_after", "int", "complete periods after it"),
        Column("expected", "float", "mean value after it, had it not taken place"),
        Column("observed", "float", "mean value after it"),
    ),
    key=("effect",),
    at=0,
)
