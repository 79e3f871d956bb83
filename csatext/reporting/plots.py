"""Charts of result tables, as Altair charts; nothing is computed here but what is drawn."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

__all__ = ["bar_chart", "line_chart"]

_FONT = "csatext, 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
_BLUE, _GREY, _RED = "#2f5d8a", "#9aa5b1", "#b3402e"
_MOST_BARS = 20
_MOST_LINES = 6


def line_chart(
    trend: pd.DataFrame, by: str | None = None, *, title: str = "", percent: bool = True
) -> alt.LayerChart:
    """Draw a trend: one line a group, the interval as a band, incomplete periods hollow.

    Parameters
    ----------
    trend : DataFrame
        Table ``trend``.
    by : str, optional
        Dimension; the six groups with most contacts are drawn.
    title : str
    percent : bool, default True
        Whether the value is a share.
    """
    columns = ["period", "value", "low", "high", "n", "is_complete"] + ([by] if by else [])
    shown = trend[columns].copy()
    if by:
        largest = shown.groupby(by)["n"].sum().sort_values(ascending=False).index[:_MOST_LINES]
        shown = shown[shown[by].isin(largest)]
    shown["period"] = shown["period"].dt.strftime("%Y-%m-%dT00:00:00")
    form = ".0%" if percent else ",.0f"
    x = alt.X("period:T", title=None, axis=alt.Axis(format="%m-%d", labelOverlap=True))
    y = alt.Y("value:Q", title=None, axis=alt.Axis(format=form), scale=alt.Scale(zero=False))
    tips = [
        alt.Tooltip("period:T", title="时段", format="%Y-%m-%d"),
        alt.Tooltip("value:Q", title="数值", format=".1%" if percent else ",.1f"),
        alt.Tooltip("n:Q", title="联络数", format=","),
        *([alt.Tooltip(f"{by}:N", title=by)] if by else []),
    ]
    colour = alt.Color(f"{by}:N", title=None) if by else alt.value(_BLUE)
    base = alt.Chart(_records(shown))
    layers = [base.mark_line().encode(x=x, y=y, color=colour)]
    if not by:
        layers.insert(0, base.mark_area(opacity=0.18, color=_BLUE).encode(x=x, y="low:Q", y2="high:Q"))
    points = base.mark_point(size=36).encode(
        x=x,
        y=y,
        color=colour,
        fill=alt.condition(
            "datum.is_complete", alt.value(_BLUE if not by else "transparent"), alt.value("white")
        ),
        tooltip=tips,
    )
    return _finished(alt.layer(*layers, points), title)


def bar_chart(breakdown: pd.DataFrame, by: str, *, title: str = "", percent: bool = True) -> alt.LayerChart:
    """Draw a breakdown: one bar a cell with its interval, cells that differ from the rest coloured.

    Parameters
    ----------
    breakdown : DataFrame
        Table ``breakdown`` by one dimension; the first 20 rows are drawn.
    by : str
    title : str
    percent : bool, default True
    """
    shown = breakdown.loc[
        ~breakdown["suppressed"], [by, "value", "low", "high", "n", "q", "difference"]
    ].head(_MOST_BARS)
    shown = shown.assign(
        kind=[
            "高于其余" if q < 0.05 and d > 0 else "低于其余" if q < 0.05 and d < 0 else "无显著差别"
            for q, d in zip(shown["q"].fillna(1), shown["difference"].fillna(0), strict=True)
        ]
    )
    form = ".0%" if percent else ",.2f"
    y = alt.Y(f"{by}:N", title=None, sort=None)
    scale = alt.Scale(domain=["高于其余", "低于其余", "无显著差别"], range=[_RED, _BLUE, _GREY])
    base = alt.Chart(_records(shown))
    bars = base.mark_bar().encode(
        y=y,
        x=alt.X("value:Q", title=None, axis=alt.Axis(format=form)),
        color=alt.Color("kind:N", title=None, scale=scale),
        tooltip=[
            alt.Tooltip(f"{by}:N", title=by),
            alt.Tooltip("value:Q", title="数值", format=".1%" if percent else ",.2f"),
            alt.Tooltip("n:Q", title="联络数", format=","),
        ],
    )
    whiskers = base.mark_rule(color="#333").encode(y=y, x="low:Q", x2="high:Q")
    return _finished(alt.layer(bars, whiskers), title)


def _records(frame: pd.DataFrame) -> Any:
    plain = frame.astype(object).where(frame.notna(), None)
    return alt.InlineData(values=plain.to_dict("records"))


def _finished(chart: Any, title: str) -> Any:
    return chart.properties(
        width="container", height=alt.Step(20) if _is_bar(chart) else 220, title=title
    ).configure(
        font=_FONT, view=alt.ViewConfig(stroke=None), axis=alt.AxisConfig(gridColor="#eceff2", labelLimit=160)
    )


def _is_bar(chart: Any) -> bool:
    return any("bar" in str(layer.mark) for layer in chart.layer)
