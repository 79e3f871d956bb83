"""Charts of result tables as SVG; only coordinates are computed here.

Drawn at once instead of by a script in the page: a report with a charting runtime took five seconds more
to write and a megabyte more to carry, and printed charts had no figures to point at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from csatext.inference import ALPHA
from csatext.reporting.charts.svg import AxisScale, Canvas, Chart, nice_ticks
from csatext.reporting.format import format_number, format_percent

__all__ = ["Chart", "bar_chart", "count_chart", "line_chart", "spark_chart"]

_BLUE, _RED, _INK, _GRID = "#2f5d8a", "#b3402e", "#1f2933", "#e4e7eb"
# Light, so that the line of the interval shows on them.
_GOOD, _SAME, _BAD = "#8fb1d3", "#c8d0d8", "#e39a8a"
# Okabe and Ito (2008): distinguishable with colour vision deficiency.
_LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_DASHES = ("", "", "", "6 3", "6 3", "2 3")
_MOST_BARS = 20
_MOST_DATES = 9
_LONGEST_NAME = 12
_WIDTH = 980


def line_chart(trend: pd.DataFrame, by: str | None = None, *, title: str = "", percent: bool = True) -> Chart:
    """Draw a trend: one line a group, incomplete periods hollow; the interval as a band for one line.

    Parameters
    ----------
    trend : DataFrame
        Table ``trend``.
    by : str, optional
        Dimension; the six groups with most contacts are drawn.
    title : str
        Accessible title, read aloud by screen readers.
    percent : bool, default True
        Whether the value is a share.
    """
    form = format_percent if percent else format_number
    trend = _floats(trend)
    groups = _groups(trend, by)
    shown = pd.concat([rows for _, rows in groups]) if groups else trend
    right = _WIDTH - (150 if by else 16)
    canvas = Canvas(_WIDTH, 240, title or "走势图")
    edges = ["value"] if by else ["value", "low", "high"]
    ticks = nice_ticks(*_range(shown[edges]))
    x, y = _time_scale(trend["period"], 56, right), AxisScale(ticks[0], ticks[-1], 208, 12)
    for tick in ticks:
        canvas.line([(56, y(tick)), (right, y(tick))], _GRID)
        canvas.text(50, y(tick) + 4, _tick(tick, percent), "end")
    _dates(canvas, trend, x, 226)
    if not by:
        band = shown.dropna(subset=["low", "high"])
        over = [(x(t), y(v)) for t, v in zip(_days(band["period"]), band["high"], strict=True)]
        under = [(x(t), y(v)) for t, v in zip(_days(band["period"]), band["low"], strict=True)]
        canvas.area(over + under[::-1], _BLUE, 0.15)
    for place, (name, rows) in enumerate(groups):
        colour, dash = (_LINES[place], _DASHES[place]) if by else (_BLUE, "")
        _one_line(canvas, rows.dropna(subset=["value"]), (x, y), colour, dash, name, form)
        if by:
            at = 20 + 19 * place
            canvas.line([(right + 14, at - 4), (right + 36, at - 4)], colour, 2, dash)
            canvas.text(right + 42, at, _short(name), tip=name)
    return canvas.chart()


def bar_chart(
    breakdown: pd.DataFrame,
    by: str,
    *,
    title: str = "",
    percent: bool = True,
    more_is_worse: bool = True,
) -> Chart:
    """Draw a breakdown: one bar a cell with its interval, cells that differ from the rest coloured.

    Parameters
    ----------
    breakdown : DataFrame
        Table ``breakdown`` by one dimension; the first 20 rows that are not suppressed are drawn, with
        a line at the value of all rows (its ``attrs``).
    by : str
    title : str
        Accessible title, read aloud by screen readers.
    percent : bool, default True
    more_is_worse : bool, default True
        Cells above the rest are red; False: those below.
    """
    form = format_percent if percent else format_number
    shown = _floats(breakdown[~breakdown["suppressed"]].head(_MOST_BARS))
    height = 26 * len(shown) + 30
    canvas = Canvas(_WIDTH, height, title or "条形图")
    low, high = _range(shown[["value", "low", "high"]])
    ticks = nice_ticks(min(low, 0.0), max(high, 0.0))
    x = AxisScale(ticks[0], ticks[-1], 170, _WIDTH - 190)
    for tick in ticks:
        canvas.line([(x(tick), 4), (x(tick), height - 24)], _GRID)
        canvas.text(x(tick), height - 8, _tick(tick, percent), "middle")
    for place, row in enumerate(shown.to_dict("records")):
        top, name = 6 + 26 * place, str(row[by])
        colour, kind = _kind(row, more_is_worse)
        label = f"{form(row['value'])}（n={format_number(row['denominator'])}）"
        canvas.text(162, top + 14, _short(name), "end", _INK, tip=name)
        left, right = sorted((x(0.0), x(row["value"])))
        canvas.box(left, top, right - left, 18, colour, f"{name}：{label}，{kind}")
        canvas.line([(x(row["low"]), top + 9), (x(row["high"]), top + 9)], _INK)
        canvas.text(_WIDTH - 176, top + 14, label)
    whole = breakdown.attrs.get("value")
    if whole is not None and ticks[0] <= whole <= ticks[-1]:
        middle = x(whole)
        canvas.line([(middle, 2), (middle, height - 24)], _INK, 1, "3 3")
    return canvas.chart()


def count_chart(
    names: Sequence[str], counts: Sequence[float], labels: Sequence[str], *, title: str = ""
) -> Chart:
    """Draw counts as bars, in the order given; the first 20 are drawn.

    Parameters
    ----------
    names : sequence of str, shape (n,)
    counts : sequence of float, shape (n,)
    labels : sequence of str, shape (n,)
        Label of each bar.
    title : str
        Accessible title, read aloud by screen readers.
    """
    values = pd.array(counts, dtype="Float64").to_numpy("float64", na_value=float("nan"))
    shown = list(zip(names, values.tolist(), labels, strict=True))[:_MOST_BARS]
    canvas = Canvas(_WIDTH, 26 * len(shown) + 8, title or "条形图")
    highest = max((count for _, count, _ in shown if pd.notna(count)), default=1.0)
    x = AxisScale(0, highest, 170, _WIDTH - 190)
    for place, (name, count, words) in enumerate(shown):
        top = 4 + 26 * place
        canvas.text(162, top + 14, _short(name), "end", _INK, tip=name)
        canvas.box(170, top, x(count) - 170, 18, _GOOD, f"{name}：{words}")
        canvas.text(x(count) + 8, top + 14, words)
    return canvas.chart()


def spark_chart(values: Sequence[float], marked: Sequence[bool], tips: Sequence[str]) -> Chart:
    """Draw a rate over time as small as a word: marked periods are coloured.

    Parameters
    ----------
    values : sequence of float, shape (n_periods,)
        Missing values leave a gap in the line's points.
    marked : sequence of bool, shape (n_periods,)
    tips : sequence of str, shape (n_periods,)
    """
    canvas = Canvas(150, 36, "范围内各时段的率，标红的是异动时段")
    known = [(at, value) for at, value in enumerate(values) if pd.notna(value)]
    if known:
        highest = max(value for _, value in known)
        x, y = AxisScale(0, max(len(values) - 1, 1), 5, 145), AxisScale(0, highest or 1.0, 32, 5)
        for at, flag in enumerate(marked):
            if flag:
                canvas.area(
                    [(x(at - 0.5), 0), (x(at + 0.5), 0), (x(at + 0.5), 36), (x(at - 0.5), 36)], _RED, 0.15
                )
        canvas.line([(x(at), y(value)) for at, value in known], _BLUE, 1.5)
        for at, value in known:
            colour = _RED if marked[at] else _BLUE
            canvas.dot(x(at), y(value), 2, colour, colour, tips[at])
    return canvas.chart()


def _groups(trend: pd.DataFrame, by: str | None) -> list[tuple[str, pd.DataFrame]]:
    if by is None:
        return [("", trend)]
    sizes = trend.groupby(by, sort=True)["n"].sum().sort_values(ascending=False, kind="stable")
    return [(str(name), trend[trend[by] == name]) for name in sizes.index[: len(_LINES)]]


def _one_line(
    canvas: Canvas,
    rows: pd.DataFrame,
    scales: tuple[AxisScale, AxisScale],
    colour: str,
    dash: str,
    name: str,
    form: Callable[[Any], str],
) -> None:
    x, y = scales
    canvas.line(
        [(x(t), y(v)) for t, v in zip(_days(rows["period"]), rows["value"], strict=True)], colour, 2, dash
    )
    for day, row in zip(_days(rows["period"]), rows.to_dict("records"), strict=True):
        tip = f"{name} {row['label']}：{form(row['value'])}（"
        if pd.notna(row["low"]):
            tip += f"{form(row['low'])} – {form(row['high'])}，"
        whole = "" if row["is_complete"] else "，时段不完整"
        canvas.dot(
            x(day),
            y(row["value"]),
            3,
            colour if row["is_complete"] else "#fff",
            colour,
            f"{tip.strip()}n={format_number(row['n'])}{whole}）",
        )


def _kind(row: dict[str, Any], more_is_worse: bool) -> tuple[str, str]:
    """Return the colour of a cell and its meaning."""
    is_known = pd.notna(row["q"]) and pd.notna(row["difference"])
    if is_known and row["q"] < ALPHA and row["difference"]:
        above = row["difference"] > 0
        return (_BAD if above == more_is_worse else _GOOD), ("高于其余" if above else "低于其余")
    return _SAME, "与其余无显著差别"


def _floats(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its numbers as float64, NaN where they are missing."""
    names = ("n", "numerator", "denominator", "value", "low", "high", "difference", "q")
    return table.astype({name: "float64" for name in names if name in table.columns})


def _range(values: pd.DataFrame) -> tuple[float, float]:
    low, high = values.min().min(), values.max().max()
    return (0.0, 1.0) if pd.isna(low) else (float(low), float(high))


def _tick(value: float, percent: bool) -> str:
    return f"{value * 100:g}%" if percent else f"{value:,g}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _days(times: pd.Series) -> list[float]:
    return ((times - pd.Timestamp("2000-01-01")) / pd.Timedelta(days=1)).tolist()


def _time_scale(times: pd.Series, start: float, end: float) -> AxisScale:
    days = _days(times)
    return AxisScale(min(days, default=0.0), max(days, default=1.0), start + 8, end - 8)


def _dates(canvas: Canvas, trend: pd.DataFrame, x: AxisScale, y: float) -> None:
    periods = trend["period"].drop_duplicates().sort_values()
    several_years = periods.dt.year.nunique() > 1
    step = max(1, -(-len(periods) // _MOST_DATES))
    for day, time in zip(_days(periods[::step]), periods[::step], strict=True):
        canvas.text(x(day), y, f"{time:%Y-%m-%d}" if several_years else f"{time:%m-%d}", "middle")
