"""Charts over time: trends, forecasts, alerts, the course of dialogues."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csatext.argument_types import as_whole_number, check_simple_types
from csatext.plots.drawing import (
    ACCENT,
    COLOURS,
    Chart,
    Drawing,
    dimension_names,
    draws,
    measure_name,
    not_drawn,
    reason,
    row_names,
    share_columns,
)
from csatext.schema.feelings import CONVERSATIONS
from csatext.schema.time import ALERTS, FORECAST, TREND

__all__ = ["plot_alerts", "plot_forecast", "plot_sentiment_course", "plot_trend"]

_NAME: Any = ("name",)
_STATE: Any = ("state",)
_VALUE: Any = ("value",)
_DOCUMENT: Any = ("document",)
_PLACE: Any = ("place",)
"""Keys of columns that are drawn and not in the table: no column of a user is called so."""
_WIDTH, _HEIGHT = 640, 280
_ROW = 22
_BANDS = 3
"""Bands that can still be told apart where they overlap (chosen)."""
_STAGES = {"开头": "start", "最低": "worst", "结束": "end"}


@check_simple_types
@draws
def plot_trend(trend: pd.DataFrame, *, title: str = "", max_groups: int = 8) -> Chart:
    """Draw a trend: a line a group, incomplete periods hollow; the interval as a band for up to three groups.

    Parameters
    ----------
    trend : DataFrame
        Of :func:`csatext.trend`.
    title : str, optional
        What stands above; the measure by default.
    max_groups : int, default 8
        Lines; the groups with most contacts are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart
        Drawn from the table; without rows an empty chart with the reason below the title.

    Raises
    ------
    ParameterError
        ``trend`` is no table, or ``max_groups`` is under 1.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"created_at": pd.date_range("2026-05-01", periods=60, freq="12h")})
    >>> facts["is_negative"] = [True, False, False] * 20
    >>> chart = ct.plot_trend(ct.trend(facts, measure="is_negative"))
    >>> chart.to_dict()["title"]["text"]
    '负面率走势'
    """
    as_whole_number(max_groups, "max_groups", 1)
    dimensions = dimension_names(trend, TREND)
    frame, note = _largest(_named(trend, dimensions), max_groups)
    frame[_STATE] = frame["is_complete"].map({True: "完整", False: "不完整"})
    drawing = Drawing(frame, {_NAME: "组", _STATE: "时段数据"}, share_columns(trend))
    value = drawing.number("Y", "value", title=measure_name(trend))
    order = list(dict.fromkeys(frame[_NAME]))
    colour = drawing.colour(_NAME, order) if dimensions else drawing.one_colour(ACCENT)
    base = drawing.chart().encode(x=drawing.time("period"), color=colour)
    band = base.mark_area(opacity=0.15).encode(
        y=drawing.number("Y", "low", title=measure_name(trend)), y2=drawing.end("Y2", "high")
    )
    line = base.mark_line().encode(y=value)
    shown = [*dimensions, "label", "value", "low", "high", "n", "numerator", "denominator", _STATE]
    is_complete = f"datum['{drawing.data.field('is_complete')}']"
    # As an object: Altair would find out from a dictionary which one it is, among hundreds.
    fill = drawing.alt.FillValue(**drawing.alt.condition(is_complete, colour, drawing.alt.value("white")))
    points = base.mark_point(size=45, opacity=1).encode(
        y=value, fill=fill, tooltip=drawing.tooltip([*shown, "holidays", "promotions"])
    )
    layers = [band, line, points] if len(order) <= _BANDS else [line, points]
    chart = drawing.layers(*layers, width=_WIDTH, height=_HEIGHT)
    return drawing.titled(chart, title or f"{measure_name(trend)}走势", note, reason(trend))


@check_simple_types
@draws
def plot_forecast(
    forecast: pd.DataFrame, history: pd.DataFrame | None = None, *, title: str = "", max_groups: int = 8
) -> Chart:
    """Draw a forecast: a line a group with the prediction interval as a band, what was before in front.

    Parameters
    ----------
    forecast : DataFrame
        Of :func:`csatext.forecast`.
    history : DataFrame, optional
        Of :func:`csatext.trend`, with the same dimensions and periods of the same length.
    title : str, optional
        What stands above.
    max_groups : int, default 8
        Lines: the first groups of the forecast; a note says how many are not drawn.

    Returns
    -------
    altair.LayerChart
        The median as a broken line, the interval around it, ``history`` in front.

    Raises
    ------
    ParameterError, SchemaError
        As :func:`plot_trend`.

    Examples
    --------
    >>> import csatext as ct
    >>> days = pd.Series(20.0, index=pd.date_range("2026-01-01", periods=40))
    >>> chart = ct.plot_forecast(ct.forecast(days, 7, calendar=None))
    >>> len(chart.to_dict()["layer"])
    2
    """
    as_whole_number(max_groups, "max_groups", 1)
    dimensions = dimension_names(forecast, FORECAST)
    named = _named(forecast, dimensions)
    order = list(dict.fromkeys(named[_NAME]))
    shown, note = order[:max_groups], not_drawn(len(order) - max_groups, "组")
    frame = named[named[_NAME].isin(shown)]
    titles: dict[Any, str] = {
        _NAME: "组",
        "value": "预测中位数",
        "mean": "预测平均数",
        "low": "预测下限",
        "high": "预测上限",
    }
    titles |= {"step": "向前步数", "method": "方法"}
    drawing = Drawing(frame, titles, share_columns(forecast))
    colour = drawing.colour(_NAME, shown) if dimensions else drawing.one_colour(ACCENT)
    label = measure_name(forecast)
    base = drawing.chart().encode(x=drawing.time("period"), color=colour)
    band = base.mark_area(opacity=0.2).encode(
        y=drawing.number("Y", "low", title=label), y2=drawing.end("Y2", "high")
    )
    tips = [*dimensions, "label", "value", "low", "high", "mean", "step", "method", "coverage"]
    line = base.mark_line(point=True, strokeDash=[5, 3]).encode(
        y=drawing.number("Y", "value", title=label), tooltip=drawing.tooltip(tips)
    )
    layers = [band, line]
    if history is not None:
        past = _named(history, dimension_names(history, TREND))
        past = past[past[_NAME].isin(shown)]
        before = Drawing(past, {_NAME: "组"}, share_columns(history))
        layers.append(
            before.alt.Chart(before.rows())
            .mark_line(point=True)
            .encode(
                x=before.time("period"),
                y=before.number("Y", "value", title=label),
                color=before.colour(_NAME, shown) if dimensions else before.one_colour("#52606d"),
                tooltip=before.tooltip([*dimensions, "label", "value", "low", "high", "n"]),
            )
        )
    chart = drawing.layers(*layers, width=_WIDTH, height=_HEIGHT)
    return drawing.titled(chart, title or f"{label}预测", note, reason(forecast))


@check_simple_types
@draws
def plot_alerts(alerts: pd.DataFrame, *, title: str = "", max_rows: int = 40) -> Chart:
    """Draw alerts as a calendar: a bar from the first period to the last, a mark where it was detected.

    Parameters
    ----------
    alerts : DataFrame
        Of :func:`csatext.alerts`.
    title : str, optional
        What stands above.
    max_rows : int, default 40
        The strongest alerts are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart
        One row an alert, the strongest above.

    Raises
    ------
    ParameterError
        ``alerts`` is no table, or ``max_rows`` is under 1.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> counts = pd.DataFrame({"created_at": pd.date_range("2026-01-01", periods=60)})
    >>> counts["contacts"] = [20, 22, 19] * 19 + [60, 70, 65]
    >>> chart = ct.plot_alerts(ct.alerts(counts, count="contacts", calendar=None))
    >>> chart.to_dict()["title"]["text"]
    '预警'
    """
    as_whole_number(max_rows, "max_rows", 1)
    dimensions = dimension_names(alerts, ALERTS)
    frame = alerts.head(max_rows).reset_index(drop=True)
    frame[_NAME] = row_names(frame, ["rank", *dimensions])
    frame[_STATE] = frame["is_open"].map({True: "仍在持续", False: "已结束"})
    titles: dict[Any, str] = {
        "start": "开始",
        "end": "最后一个异常时段",
        "detected_at": "发出预警",
        "observed": "实际",
    }
    titles |= {"expected": "预期", "ratio": "实际 / 预期", "delay": "滞后时段数", _STATE: "状态"}
    titles |= {"expected_false": "预期误报数"}
    drawing = Drawing(frame, titles)
    colour = drawing.colour(_STATE, ["仍在持续", "已结束"], (COLOURS[1], COLOURS[0]))
    tips = [
        *dimensions,
        "start",
        "end",
        "detected_at",
        "observed",
        "expected",
        "ratio",
        "p",
        "expected_false",
    ]
    tooltip = drawing.tooltip([*tips, _STATE, "message"])
    base = drawing.chart().encode(y=drawing.names("Y", _NAME), color=colour, tooltip=tooltip)
    start = drawing.time("start")
    bars = base.mark_rule(strokeWidth=7, strokeCap="round").encode(x=start, x2=drawing.end("X2", "end"))
    found = base.mark_point(shape="triangle-down", filled=True, size=70, color="black").encode(
        x=drawing.time("detected_at")
    )
    ends = base.mark_point(filled=True, size=60).encode(x=start)
    found = found.encode(color=drawing.one_colour("#1f2933"))
    chart = drawing.layers(bars, ends, found, width=_WIDTH, height=drawing.alt.Step(_ROW))
    note = not_drawn(len(alerts) - max_rows, "行")
    return drawing.titled(chart, title or "预警", "三角：发出预警的时段", note, reason(alerts))


@check_simple_types
@draws
def plot_sentiment_course(conversations: pd.DataFrame, *, title: str = "", max_dialogues: int = 200) -> Chart:
    """Draw the course of feelings: a line a dialogue and speaker, from the first turn to the last.

    Parameters
    ----------
    conversations : DataFrame
        Of :func:`csatext.conversation_sentiment`, indexed by dialogue; columns added to it, such as the
        channel, stand in the tooltip.
    title : str, optional
        What stands above.
    max_dialogues : int, default 200
        The first dialogues are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart
        Sentiment from -1 to 1. A dialogue is one observation: there is no interval.

    Raises
    ------
    ParameterError
        ``conversations`` is no table, or ``max_dialogues`` is under 1.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> turns = pd.DataFrame({"doc_id": "a", "turn_id": range(3), "role": ["customer", "agent", "customer"]})
    >>> turns["text"] = ["太差了，气死我了", "抱歉，马上处理", "谢谢，很满意"]
    >>> len(ct.plot_sentiment_course(ct.conversation_sentiment(turns)).data.values)
    6
    """
    as_whole_number(max_dialogues, "max_dialogues", 1)
    dimensions = dimension_names(conversations, CONVERSATIONS)
    first = conversations.head(max_dialogues)
    parts = []
    for speaker, who in (("customer", "客户"), ("agent", "客服")):
        for place, (stage, column) in enumerate(_STAGES.items()):
            part = first[[*dimensions, "escalated", "recovery", "turning_turn", "transfers"]].copy()
            part[_DOCUMENT], part[_PLACE] = first.index.astype(str), place
            part[_NAME], part[_STATE], part[_VALUE] = who, stage, first[f"{speaker}_{column}"].to_numpy()
            parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    titles: dict[Any, str] = {
        _NAME: "说话人",
        _STATE: "阶段",
        _VALUE: "情感分",
        _DOCUMENT: "对话",
        _PLACE: "次序",
    }
    drawing = Drawing(frame, titles)
    tips = [
        _DOCUMENT,
        *dimensions,
        _NAME,
        _STATE,
        _VALUE,
        "recovery",
        "turning_turn",
        "escalated",
        "transfers",
    ]
    base = drawing.chart().encode(
        x=drawing.names("X", _STATE),
        y=drawing.number("Y", _VALUE),
        color=drawing.colour(_NAME, ["客户", "客服"]),
        detail=f"{drawing.data.field(_DOCUMENT)}:N",
        order=f"{drawing.data.field(_PLACE)}:Q",
        tooltip=drawing.tooltip(tips),
    )
    lines, points = base.mark_line(opacity=0.35), base.mark_point(filled=True, opacity=0.6)
    chart = drawing.layers(lines, points, width=_WIDTH // 2, height=_HEIGHT)
    note = not_drawn(len(conversations) - max_dialogues, "通对话")
    return drawing.titled(chart, title or "对话中的情感变化", note, reason(conversations))


def _named(table: pd.DataFrame, dimensions: list[str]) -> pd.DataFrame:
    frame = table.reset_index(drop=True)
    names = frame[dimensions].drop_duplicates()
    # Row names are made distinct, so that of a group is made once.
    of_group = pd.Series(row_names(names, dimensions).to_numpy(), index=names.index)
    at = frame.groupby(dimensions, dropna=False, sort=False).ngroup() if dimensions else 0
    frame[_NAME] = of_group.to_numpy()[at] if len(frame) else pd.Series(dtype=object)
    return frame


def _largest(frame: pd.DataFrame, most: int) -> tuple[pd.DataFrame, str | None]:
    sizes = frame.groupby(_NAME, sort=False)["n"].sum().sort_values(ascending=False, kind="stable")
    kept = frame[frame[_NAME].isin(sizes.index[:most])].copy()
    return kept, not_drawn(len(sizes) - most, "组")
