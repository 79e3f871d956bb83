"""Charts of scorecards: items and how often they are met, people and their KPIs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from csatext.argument_types import as_table, as_whole_number, check_simple_types
from csatext.labels import name_of
from csatext.performance.item_rates import item_rates
from csatext.plots.drawing import (
    COLOURS,
    GREY,
    Chart,
    Drawing,
    dimension_names,
    draws,
    not_drawn,
    reason,
    row_names,
)
from csatext.schema.service import SCORECARD
from csatext.service.definitions import kpi_definitions

__all__ = ["kpi_name", "plot_scorecard"]

_NAME: Any = ("name",)
_KIND: Any = ("kind",)
"""Keys of columns that are drawn and not in the table: no column of a user is called so."""
_WIDTH, _PANEL, _ROW, _COLUMNS, _PANELS = 480, 240, 24, 3, 12
_USUAL, _VETO, _ALIKE = "评分项", "一票否决", "与其余无显著差别"


@check_simple_types
@draws
def plot_scorecard(scorecard: pd.DataFrame, *, title: str = "", max_rows: int = 40) -> Chart:
    """Draw a scorecard: items by pass rate, or people by KPI, each with its interval.

    Parameters
    ----------
    scorecard : DataFrame
        Of :func:`csatext.score_conversations` or :func:`csatext.qa_totals` (items of quality assurance), or
        of :func:`csatext.agent_scorecard` (people; a panel a KPI).
    title : str, optional
        What stands above.
    max_rows : int, default 40
        The first items or people are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart or altair.ConcatChart
        Items in the order of the scorecard, vetoes in a colour of their own. People in the order of the
        table, coloured where they have a verdict; the line is the value of all.

    Raises
    ------
    ParameterError
        ``scorecard`` is no table, or ``max_rows`` is under 1.
    SchemaError
        It is none of these tables.
    InputError
        Altair is not installed.

    Examples
    --------
    >>> import csatext as ct
    >>> turns = pd.DataFrame({"doc_id": ["1", "1", "2"], "turn_id": [0, 1, 0], "role": "agent"})
    >>> turns["text"] = ["您好", "感谢来电，再见", "您好"]
    >>> chart = ct.plot_scorecard(ct.score_conversations(turns))
    >>> chart.to_dict()["title"]["text"]
    '各评分项的通过率'
    """
    as_whole_number(max_rows, "max_rows", 1)
    as_table(scorecard, "scorecard")
    if {"metric", "verdict"} <= {*scorecard.columns}:
        return _people(scorecard, title, max_rows)
    rates = item_rates(scorecard, "scorecard")
    frame = rates.head(max_rows).reset_index(drop=True)
    frame[_NAME] = row_names(frame, ["label"])
    frame[_KIND] = np.where(frame["veto"].fillna(False).astype(bool), _VETO, _USUAL)
    titles: dict[Any, str] = {_KIND: "种类", "n": "应检对话数", "passed": "通过", "value": "通过率"}
    drawing = Drawing(frame, {**titles, "item": "编号", "label": "评分项"}, ["value", "low", "high"])
    kinds = [kind for kind in (_USUAL, _VETO) if (frame[_KIND] == kind).any()] or [_USUAL]
    base = drawing.chart().encode(
        y=drawing.names("Y", _NAME),
        tooltip=drawing.tooltip(["label", "item", _KIND, "value", "low", "high", "n", "passed"]),
    )
    bars = base.mark_bar(opacity=0.75).encode(
        x=drawing.number("X", "value", title="通过率", zero=True),
        color=drawing.colour(_KIND, kinds, COLOURS),
    )
    rules = base.mark_rule(strokeWidth=2, color="#1f2933").encode(
        x=drawing.number("X", "low", title="通过率", zero=True), x2=drawing.end("X2", "high")
    )
    chart = drawing.layers(bars, rules, width=_WIDTH, height=drawing.alt.Step(_ROW))
    note = not_drawn(len(rates) - max_rows, "项")
    return drawing.titled(chart, title or "各评分项的通过率", note, reason(rates))


def kpi_name(metric: str) -> str:
    """Return the Chinese name of a KPI, that of a column where it is none.

    Examples
    --------
    >>> kpi_name("resolution_rate")
    '解决率'
    """
    definitions = kpi_definitions().set_index("id")["name_zh"]
    return str(definitions.get(metric, name_of(metric)))


def _people(table: pd.DataFrame, title: str, max_rows: int) -> Chart:
    """Return a panel a KPI: value and interval of each person, and the value of all."""
    dimensions = dimension_names(table, SCORECARD)
    metrics = list(dict.fromkeys(table["metric"]))
    kinds_of_kpi = kpi_definitions().set_index("id")["kind"]
    panels, most = [], 0
    for metric in metrics[:_PANELS] or [""]:
        own = table[table["metric"] == metric]
        most = max(most, len(own))
        panels.append(_panel(own.head(max_rows), dimensions, metric, kinds_of_kpi.get(metric) == "rate"))
    drawing, layers = panels[0]
    chart = layers
    if len(panels) > 1:
        titled = [
            panel.titled(one, kpi_name(name)) for (panel, one), name in zip(panels, metrics, strict=False)
        ]
        chart = drawing.alt.concat(*titled, columns=_COLUMNS)
    shown = kpi_name(metrics[0]) if len(metrics) == 1 else "坐席成绩单"
    notes = not_drawn(most - max_rows, "人"), not_drawn(len(metrics) - _PANELS, "个指标")
    return drawing.titled(chart, title or shown, *notes, reason(table))


def _panel(own: pd.DataFrame, dimensions: list[Any], metric: str, is_rate: bool) -> tuple[Drawing, Chart]:
    frame = own.reset_index(drop=True)
    frame[_NAME] = row_names(frame, dimensions)
    frame[_KIND] = frame["verdict"].where(frame["verdict"].fillna("") != "", _ALIKE)
    titles: dict[Any, str] = {_KIND: "比较", "adjusted": "分层校正后", "target": "全体", "twin": "对照指标"}
    shares = ["value", "low", "high", "adjusted", "target"] if is_rate else []
    drawing = Drawing(frame, {**titles, "twin_value": "对照值"}, shares)
    kinds = list(dict.fromkeys([_ALIKE, *frame[_KIND]]))
    tips = [*dimensions, "value", "low", "high", "n", "denominator", "adjusted", "target", "q", _KIND, "rank"]
    base = drawing.chart().encode(
        y=drawing.names("Y", _NAME), tooltip=drawing.tooltip([*tips, "twin", "twin_value"])
    )
    label = kpi_name(metric) if metric else "数值"
    spread = base.mark_rule(strokeWidth=2, color=GREY).encode(
        x=drawing.number("X", "low", title=label), x2=drawing.end("X2", "high")
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=drawing.number("X", "value", title=label),
        color=drawing.colour(_KIND, kinds, (GREY, *COLOURS)),
    )
    whole = base.mark_tick(color="#1f2933", thickness=1).encode(x=drawing.number("X", "target", title=label))
    return drawing, drawing.layers(spread, whole, points, width=_PANEL, height=drawing.alt.Step(_ROW))
