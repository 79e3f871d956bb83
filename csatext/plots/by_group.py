"""Charts of one row a thing: breakdowns, agreement, associations, distributions, funnels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from csatext.argument_types import as_whole_number, check_simple_types
from csatext.errors import ParameterError
from csatext.inference import ALPHA
from csatext.labels import PLACEHOLDERS, name_of
from csatext.plots.drawing import (
    ACCENT,
    COLOURS,
    GREY,
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
from csatext.plots.scorecards import kpi_name
from csatext.schema.aggregation import ASSOCIATION, BREAKDOWN, DISTRIBUTION
from csatext.schema.audit import AGREEMENT
from csatext.schema.service import SCORECARD
from csatext.service.definitions import kpi_definitions

__all__ = ["plot_agreement", "plot_association", "plot_breakdown", "plot_distribution", "plot_funnel"]

_NAME: Any = ("name",)
_KIND: Any = ("kind",)
_VALUE: Any = ("value",)
"""Keys of columns that are drawn and not in the table: no column of a user is called so."""
_WIDTH, _ROW = 480, 24
_ABOVE, _BELOW, _ALIKE, _UNSAID = "高于其余", "低于其余", "与其余无显著差别", "没有填写"
_FAINT = "#c3cad1"
"""Cells of a value such as 无 or 未知: counted, but no finding."""
_COEFFICIENTS = {"percent": "一致率", "kappa": "kappa", "alpha": "alpha", "ac1": "AC1"}
_PLACES = {"mean": "平均值", "median": "中位数"}


@check_simple_types
@draws
def plot_breakdown(
    breakdown: pd.DataFrame, *, title: str = "", max_rows: int = 40, more_is_worse: bool = True
) -> Chart:
    """Draw a breakdown: a bar a cell with its interval, coloured where it differs from the rest.

    Parameters
    ----------
    breakdown : DataFrame
        Of :func:`csatext.breakdown`, by one dimension or several. Suppressed cells are not drawn.
    title : str, optional
        What stands above; the measure by default.
    max_rows : int, default 40
        The first cells are drawn, and a note says how many are not.
    more_is_worse : bool, default True
        Cells above the rest are red; False: those below.

    Returns
    -------
    altair.LayerChart
        The line is the value of all rows (``attrs``). Cells with q under 0.05 are coloured, those of values
        that say nothing (无, 未知) pale; a table without tests has one colour.

    Raises
    ------
    ParameterError
        ``breakdown`` is no table, or ``max_rows`` is under 1.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 40, "is_negative": [1, 0, 1, 1] * 20})
    >>> chart = ct.plot_breakdown(ct.breakdown(facts, "channel", "is_negative"))
    >>> chart.to_dict()["title"]["text"]
    '负面率，按渠道'
    """
    as_whole_number(max_rows, "max_rows", 1)
    dimensions = dimension_names(breakdown, BREAKDOWN)
    shown = breakdown[~breakdown["suppressed"].fillna(False).astype(bool)]
    frame = shown.head(max_rows).reset_index(drop=True)
    frame[_NAME] = row_names(frame, dimensions)
    tested = frame["q"].astype(float).notna().any()
    clear = frame["q"].astype(float) < ALPHA
    more = frame["difference"].astype(float) > 0
    said = ~frame[dimensions].isin(PLACEHOLDERS).any(axis=1)
    frame[_KIND] = np.select([~said, clear & more, clear & ~more], [_UNSAID, _ABOVE, _BELOW], _ALIKE)
    titles: dict[Any, str] = {
        _KIND: "比较",
        "difference": "与其余之差",
        "shrunken": "收缩后的值",
        "small": "样本少",
    }
    drawing = Drawing(frame, titles, share_columns(breakdown))
    tips = [*dimensions, "value", "low", "high", "n", "numerator", "denominator", "rest", "difference", "q"]
    colours = (COLOURS[1], COLOURS[0]) if more_is_worse else (COLOURS[0], COLOURS[1])
    base = drawing.chart().encode(
        y=drawing.names("Y", _NAME), tooltip=drawing.tooltip([*tips, _KIND, "small"])
    )
    label = measure_name(breakdown)
    kinds = [_ABOVE, _BELOW, _ALIKE, *([] if said.all() else [_UNSAID])]
    bars = base.mark_bar(opacity=0.75).encode(
        x=drawing.number("X", "value", title=label, zero=True),
        color=drawing.colour(_KIND, kinds, (*colours, GREY, _FAINT))
        if tested
        else drawing.one_colour(ACCENT),
    )
    layers = [bars, _interval(drawing, base, label)]
    whole = breakdown.attrs.get("value")
    if whole is not None and len(frame):
        line = drawing.alt.Chart(drawing.alt.InlineData(values=[{"whole": float(whole)}]))
        layers.append(line.mark_rule(strokeDash=[4, 3]).encode(x=drawing.alt.X("whole:Q")))
    chart = drawing.layers(*layers, width=_WIDTH, height=drawing.alt.Step(_ROW))
    by = "、".join(name_of(str(name)) for name in dimensions)
    hidden = int(len(breakdown) - len(shown))
    few = f"{hidden} 组样本太少，不显示数值" if hidden else None
    note = not_drawn(len(shown) - max_rows, "组")
    return drawing.titled(chart, title or f"{label}，按{by}", note, few, reason(breakdown))


@check_simple_types
@draws
def plot_association(association: pd.DataFrame, *, title: str = "", max_rows: int = 40) -> Chart:
    """Draw associations: the effect size of each pair of columns with its interval.

    Parameters
    ----------
    association : DataFrame
        Of :func:`csatext.associate`.
    title : str, optional
        What stands above.
    max_rows : int, default 40
        The first pairs are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart
        One row a pair and method, in the order of the table.

    Raises
    ------
    ParameterError, SchemaError
        As :func:`plot_breakdown`.

    Examples
    --------
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 40, "csat": [1, 5, 2, 4] * 20})
    >>> chart = ct.plot_association(ct.associate(facts, ["channel"], ["csat"]))
    >>> chart.to_dict()["title"]["text"]
    '关联强度'
    """
    as_whole_number(max_rows, "max_rows", 1)
    dimension_names(association, ASSOCIATION)
    frame = association.head(max_rows).reset_index(drop=True)
    frame[_NAME] = row_names(frame, ["x", "y", "method"])
    titles = {"x": "列一", "y": "列二", "method": "方法", "uncorrected": "未校正的效应量", "n": "行数"}
    drawing = Drawing(frame, titles)
    tips = ["x", "y", "method", "estimate", "low", "high", "n", "p", "q", "uncorrected"]
    chart = _dots(drawing, "estimate", "效应量", tips)
    note = not_drawn(len(association) - max_rows, "对")
    return drawing.titled(chart, title or "关联强度", note, reason(association))


@check_simple_types
@draws
def plot_agreement(agreement: pd.DataFrame, *, title: str = "", max_rows: int = 40) -> Chart:
    """Draw how far people agree: each coefficient of each label with its interval.

    Parameters
    ----------
    agreement : DataFrame
        The ``scores`` of :func:`csatext.agreement`.
    title : str, optional
        What stands above.
    max_rows : int, default 40
        The first labels are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart
        One row a label, one point a coefficient.

    Raises
    ------
    ParameterError, SchemaError
        As :func:`plot_breakdown`.

    Examples
    --------
    >>> import csatext as ct
    >>> tags = pd.DataFrame({"doc_id": ["a", "b", "c"] * 2, "annotator": ["甲"] * 3 + ["乙"] * 3})
    >>> tags["category"] = ["物流", "退款", "物流", "物流", "退款", "退款"]
    >>> len(ct.plot_agreement(ct.agreement(tags).scores).to_dict()["layer"])
    2
    """
    as_whole_number(max_rows, "max_rows", 1)
    dimension_names(agreement, AGREEMENT)
    first = agreement.head(max_rows).reset_index(drop=True)
    first[_NAME] = row_names(first, ["measure", "category"])
    parts = []
    for name, shown in _COEFFICIENTS.items():
        part = first[[_NAME, "measure", "category", "n", "n_annotators", "note"]].copy()
        part["value"], part["low"], part["high"] = first[name], first[f"{name}_low"], first[f"{name}_high"]
        part["coefficient"] = shown
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    titles = {"measure": "标签列", "category": "类别", "n_annotators": "人数", "note": "注意"}
    drawing = Drawing(frame, {**titles, "coefficient": "系数", "value": "系数值"})
    tips = ["measure", "category", "coefficient", "value", "low", "high", "n", "n_annotators", "note"]
    chart = _dots(drawing, "value", "系数值", tips, "coefficient", list(_COEFFICIENTS.values()))
    note = not_drawn(len(agreement) - max_rows, "行")
    return drawing.titled(chart, title or "标注一致性", note, reason(agreement))


@check_simple_types
@draws
def plot_distribution(distribution: pd.DataFrame, *, title: str = "", max_rows: int = 40) -> Chart:
    """Draw distributions: mean and median of each group; dispersion and advice in the tooltip.

    Parameters
    ----------
    distribution : DataFrame
        Of :func:`csatext.distribution`.
    title : str, optional
        What stands above; the measure by default.
    max_rows : int, default 40
        The first groups are drawn, and a note says how many are not.

    Returns
    -------
    altair.LayerChart
        The table has no interval of the mean: where that is wanted, take :func:`csatext.breakdown`.

    Raises
    ------
    ParameterError, SchemaError
        As :func:`plot_breakdown`.

    Examples
    --------
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"team": ["甲", "乙"] * 20, "seconds": range(40)})
    >>> chart = ct.plot_distribution(ct.distribution(facts, "seconds", "team"))
    >>> chart.to_dict()["title"]["text"]
    'seconds的平均值和中位数'
    """
    as_whole_number(max_rows, "max_rows", 1)
    dimensions = dimension_names(distribution, DISTRIBUTION)
    first = distribution.head(max_rows).reset_index(drop=True)
    first[_NAME] = row_names(first, dimensions)
    parts = []
    for name, shown in _PLACES.items():
        part = first.copy()
        part[_VALUE], part[_KIND] = first[name], shown
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    titles = {"sd": "标准差", "cv": "变异系数", "iqr": "四分位距", "skewness": "偏度", "advice": "建议"}
    titles |= {"missing": "缺失", "bimodal": "多峰", **_PLACES}
    drawing = Drawing(frame, titles)
    tips = [*dimensions, "mean", "median", "sd", "iqr", "cv", "skewness", "bimodal", "n", "missing", "advice"]
    chart = (
        drawing.chart()
        .mark_point(filled=True, size=80, opacity=0.9)
        .encode(
            y=drawing.names("Y", _NAME),
            x=drawing.number("X", _VALUE, title=measure_name(distribution)),
            color=drawing.colour(_KIND, list(_PLACES.values())),
            shape=drawing.alt.Shape(f"{drawing.data.field(_KIND)}:N", legend=None),
            tooltip=drawing.tooltip(tips),
        )
        .properties(data=drawing.rows(), width=_WIDTH, height=drawing.alt.Step(_ROW))
    )
    note = not_drawn(len(distribution) - max_rows, "组")
    return drawing.titled(
        chart, title or f"{measure_name(distribution)}的平均值和中位数", note, reason(distribution)
    )


@check_simple_types
@draws
def plot_funnel(scorecard: pd.DataFrame, metric: str | None = None, *, title: str = "") -> Chart:
    """Draw a funnel plot of people: value against volume between the limits that chance keeps to.

    Parameters
    ----------
    scorecard : DataFrame
        Of :func:`csatext.agent_scorecard`.
    metric : str, optional
        Id of a KPI of the table; may be left out where there is one only.
    title : str, optional
        What stands above; the KPI by default.

    Returns
    -------
    altair.LayerChart
        Inner limits 95 %, outer ones 99.8 % (Spiegelhalter 2005); who has a verdict is coloured.

    Raises
    ------
    ParameterError
        ``scorecard`` is no table, or ``metric`` is not in it.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"agent_id": ["A", "B"] * 60, "resolved": [True, False, True] * 40})
    >>> chart = ct.plot_funnel(ct.agent_scorecard(facts, metrics=["resolution_rate"]))
    >>> len(chart.to_dict()["layer"])
    7
    """
    dimensions = dimension_names(scorecard, SCORECARD)
    metrics = list(dict.fromkeys(scorecard["metric"]))
    if metric is None and len(metrics) > 1:
        raise ParameterError.not_allowed("metric", metric, metrics)
    if metric is not None and metric not in metrics and metrics:
        raise ParameterError.not_allowed("metric", metric, metrics)
    chosen = metric or (metrics[0] if metrics else "")
    frame = scorecard[scorecard["metric"] == chosen].sort_values("denominator", kind="stable")
    frame = frame.reset_index(drop=True)
    frame[_KIND] = frame["verdict"].where(frame["verdict"].fillna("") != "", _ALIKE)
    titles: dict[Any, str] = {
        _KIND: "比较",
        "adjusted": "分层校正后",
        "target": "全体",
        "funnel_low": "95% 下限",
    }
    titles |= {"funnel_high": "95% 上限", "alarm_low": "99.8% 下限", "alarm_high": "99.8% 上限"}
    shares = ["value", "low", "high", "adjusted", "target", "funnel_low", "funnel_high", "alarm_low"]
    percent = [*shares, "alarm_high"] if _is_share(chosen) else []
    drawing = Drawing(frame, {**titles, "twin": "对照指标", "twin_value": "对照值"}, percent)
    kinds = list(dict.fromkeys([_ALIKE, *frame[_KIND]]))
    tips = [*dimensions, "value", "low", "high", "n", "denominator", "adjusted", "target", "funnel_low"]
    tips += ["funnel_high", "q", _KIND, "rank", "twin", "twin_value"]
    base = drawing.chart().encode(x=drawing.number("X", "denominator", title="计入的条数"))
    label = kpi_name(chosen)

    def line(name: str, **options: Any) -> Any:
        return base.mark_line(**options).encode(y=drawing.number("Y", name, title=label))

    spread = base.mark_rule(opacity=0.4, color=GREY).encode(
        y=drawing.number("Y", "low", title=label), y2=drawing.end("Y2", "high")
    )
    points = base.mark_point(filled=True, size=70, opacity=0.95).encode(
        y=drawing.number("Y", "value", title=label),
        color=drawing.colour(_KIND, kinds, (GREY, *COLOURS)),
        tooltip=drawing.tooltip(tips),
    )
    layers = [
        spread,
        *(line(name, color=GREY, strokeDash=[4, 3]) for name in ("funnel_low", "funnel_high")),
        *(line(name, color=GREY, strokeDash=[1, 2]) for name in ("alarm_low", "alarm_high")),
        line("target", color="#1f2933", strokeWidth=1),
        points,
    ]
    chart = drawing.layers(*layers, width=_WIDTH, height=320)
    return drawing.titled(chart, title or f"{label}漏斗图", reason(scorecard))


def _is_share(metric: str) -> bool:
    units = kpi_definitions().set_index("id")["unit"]
    return bool(units.get(metric) == "比率")


def _dots(
    drawing: Drawing,
    value: str,
    label: str,
    tips: Sequence[Any],
    several: str | None = None,
    order: Sequence[str] = (),
) -> Chart:
    """Return points with intervals, one row a name, or one point a value of a column in each row."""
    base = drawing.chart().encode(y=drawing.names("Y", _NAME), tooltip=drawing.tooltip(tips))
    step = drawing.alt.Step(_ROW)
    if several is None:
        base = base.encode(color=drawing.one_colour(ACCENT))
    else:
        offset = drawing.alt.YOffset(f"{drawing.data.field(several)}:N", sort=list(order))
        base = base.encode(color=drawing.colour(several, order), yOffset=offset)
        step = drawing.alt.Step(_ROW * 2, **{"for": "position"})
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=drawing.number("X", value, title=label)
    )
    rules = base.mark_rule(strokeWidth=2).encode(
        x=drawing.number("X", "low", title=label), x2=drawing.end("X2", "high")
    )
    return drawing.layers(rules, points, width=_WIDTH, height=step)


def _interval(drawing: Drawing, base: Chart, label: str) -> Chart:
    return base.mark_rule(strokeWidth=2, color="#1f2933").encode(
        x=drawing.number("X", "low", title=label, zero=True), x2=drawing.end("X2", "high")
    )
