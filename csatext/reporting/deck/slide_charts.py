"""Native charts of slides, which can be edited in PowerPoint and WPS."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import xlsxwriter

from csatext.atomic_files import WORKBOOK_OPTIONS
from csatext.reporting.deck.deck_template import LATIN, pptx
from csatext.reporting.deck.slides import Bars
from csatext.reporting.deck.text_fit import text_ems
from csatext.reporting.workbook.table_sheet import FORMATS
from csatext.strings import xml_text

__all__ = ["add_chart"]

_BLUE, _STRONG, _SOFT, _GREY = "5B9BD5", "C55A11", "9DC3E6", "BFBFBF"
_SIZE = 11
_MOST_LABELLED = 14
"""Columns with more have no value written above: the axis tells."""


def add_chart(slide: Any, bars: Bars, box: tuple[int, int, int, int], *, is_own: bool) -> Any:
    """Add a chart to a slide and return it.

    Parameters
    ----------
    slide : slide
    bars : Bars
    box : (int, int, int, int)
        Left, top, width and height in EMU.
    is_own : bool
        Whether fonts are ours to set.
    """
    data = pptx("pptx.chart.data").CategoryChartData(number_format=FORMATS.get(bars.form, "General"))
    names = [name or "（空）" for name in bars.names]
    beside = bars.kind == "bar" and bool(bars.ends) and not _are_long(bars)
    if beside:
        # A short bar has no room for its value, and beside it runs the error bar.
        names = [f"{name}  {one.text}" for name, one in zip(names, bars.figures, strict=True)]
    data.categories = names
    series = [(xml_text(bars.said), bars.figures)]
    series += [(bars.second_said, bars.second)] if bars.second else []
    values = [[one.value for one in figures] for _, figures in series]
    for (said, _), numbers in zip(series, values, strict=True):
        data.add_series(said, numbers)
    kinds = pptx("pptx.enum.chart").XL_CHART_TYPE
    kind = {"bar": kinds.BAR_CLUSTERED, "column": kinds.COLUMN_CLUSTERED, "line": kinds.LINE_MARKERS}[
        bars.kind
    ]
    frame = slide.shapes.add_chart(kind, *box, data)
    chart = frame.chart
    # The sheet behind the chart: names stay text there, whatever they begin with.
    chart.part.chart_workbook.update_from_xlsx_blob(_sheet(names, [said for said, _ in series], values))
    chart.has_title = False
    chart.has_legend = len(series) > 1
    if chart.has_legend:
        legend = pptx("pptx.enum.chart").XL_LEGEND_POSITION
        chart.legend.position, chart.legend.include_in_layout = legend.BOTTOM, False
    chart.font.size = pptx("pptx.util").Pt(_SIZE)
    _axes(chart, bars)
    _colour(chart, bars)
    if bars.kind != "column" and any(not np.isnan(low) for low, _ in bars.ends):
        _error_bars(chart.plots[0].series[0], bars)
    if is_own:
        _fonts(chart)
    return chart


def _sheet(names: list[str], said: list[str], values: list[list[float | None]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, WORKBOOK_OPTIONS) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, name in enumerate(names, start=1):
            sheet.write_string(row, 0, name)
        for at, (header, numbers) in enumerate(zip(said, values, strict=True), start=1):
            sheet.write_string(0, at, header)
            for row, number in enumerate(numbers, start=1):
                if number is not None:
                    sheet.write_number(row, at, number)
    return out.getvalue()


def _axes(chart: Any, bars: Bars) -> None:
    colour, chart_enum = pptx("pptx.dml.color").RGBColor, pptx("pptx.enum.chart")
    names, values = chart.category_axis, chart.value_axis
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = colour.from_string("E7E6E6")
    values.format.line.fill.background()
    values.tick_labels.number_format = FORMATS.get(bars.form, "General")
    values.tick_labels.number_format_is_linked = False
    names.format.line.color.rgb = colour.from_string("BFBFBF")
    names.tick_label_position = chart_enum.XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = chart_enum.XL_TICK_MARK.NONE
    values.major_tick_mark = chart_enum.XL_TICK_MARK.NONE
    if bars.kind == "bar":
        names.reverse_order = True
        # The axis of values goes to the top with the order turned; the values stand at the bars.
        values.visible = False
        values.has_major_gridlines = False
    known = [one.value for one in bars.figures if one.value is not None]
    if bars.kind != "line" and known and min(known) >= 0:
        values.minimum_scale = 0


def _colour(chart: Any, bars: Bars) -> None:
    colour, util = pptx("pptx.dml.color").RGBColor, pptx("pptx.util")
    plot = chart.plots[0]
    if bars.kind == "line":
        line = plot.series[0]
        line.smooth = False
        line.format.line.color.rgb = colour.from_string("2E75B6")
        line.format.line.width = util.Pt(2.25)
        marker = pptx("pptx.enum.chart").XL_MARKER_STYLE
        line.marker.style, line.marker.size = marker.CIRCLE, 6
        line.marker.format.fill.solid()
        line.marker.format.fill.fore_color.rgb = colour.from_string("2E75B6")
        for at in bars.grey:
            point = line.points[at]
            point.format.line.color.rgb = colour.from_string(_GREY)
            point.format.line.dash_style = pptx("pptx.enum.dml").MSO_LINE.DASH
            point.marker.style, point.marker.size = marker.CIRCLE, 6
            point.marker.format.fill.solid()
            point.marker.format.fill.fore_color.rgb = colour.from_string("FFFFFF")
            point.marker.format.line.color.rgb = colour.from_string(_GREY)
        return
    plot.gap_width = 55
    for place, one in enumerate(plot.series):
        one.invert_if_negative = False
        one.format.fill.solid()
        one.format.fill.fore_color.rgb = colour.from_string(_BLUE if place == 0 else _SOFT)
    for at in sorted(bars.strong | bars.grey):
        point = plot.series[0].points[at]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = colour.from_string(_GREY if at in bars.grey else _STRONG)
    if len(bars.names) <= _MOST_LABELLED and not (bars.kind == "bar" and bars.ends and not _are_long(bars)):
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = FORMATS.get(bars.form, "General"), False
        labels.font.size = util.Pt(_SIZE)
        place = pptx("pptx.enum.chart").XL_LABEL_POSITION
        # Inside its base, where no error bar runs through it.
        inside = bool(bars.ends) and bars.kind == "bar"
        labels.position = place.INSIDE_BASE if inside else place.OUTSIDE_END
        if inside:
            labels.font.color.rgb = colour.from_string("FFFFFF")
            labels.font.bold = True


def _are_long(bars: Bars) -> bool:
    """Return whether every bar has room for its value."""
    values = [abs(one.value) for one in bars.figures if one.value is not None]
    widest = max((text_ems(one.text) for one in bars.figures), default=0.0)
    return bool(values) and min(values) > max(values) * widest / 30


def _error_bars(series: Any, bars: Bars) -> None:
    """Add the interval of each value as custom error bars."""
    oxml = pptx("pptx.oxml.ns")
    element = series._element
    lengths: dict[str, list[float]] = {"plus": [], "minus": []}
    for one, (low, high) in zip(bars.figures, bars.ends, strict=True):
        known = one.value is not None and not (np.isnan(low) or np.isnan(high))
        value = one.value or 0.0
        lengths["plus"].append(max(high - value, 0.0) if known else 0.0)
        lengths["minus"].append(max(value - low, 0.0) if known else 0.0)

    def child(parent: Any, tag: str, value: str | None = None) -> Any:
        made = parent.makeelement(oxml.qn(f"c:{tag}"), {} if value is None else {"val": value})
        parent.append(made)
        return made

    error = element.makeelement(oxml.qn("c:errBars"), {})
    if bars.kind == "line":
        child(error, "errDir", "y")
    child(error, "errBarType", "both")
    child(error, "errValType", "cust")
    child(error, "noEndCap", "0")
    for side in ("plus", "minus"):
        literal = child(child(error, side), "numLit")
        child(literal, "formatCode").text = "General"
        child(literal, "ptCount", str(len(lengths[side])))
        for at, length in enumerate(lengths[side]):
            point = child(literal, "pt")
            point.set("idx", str(at))
            child(point, "v").text = repr(float(length))
    look = child(error, "spPr")
    line = look.makeelement(oxml.qn("a:ln"), {"w": "12700"})
    fill = line.makeelement(oxml.qn("a:solidFill"), {})
    fill.append(fill.makeelement(oxml.qn("a:srgbClr"), {"val": "595959"}))
    line.append(fill)
    look.append(line)
    element.find(oxml.qn("c:cat")).addprevious(error)


def _fonts(chart: Any) -> None:
    """Name the East Asian font wherever the chart sets text."""
    oxml = pptx("pptx.oxml.ns")
    for properties in chart._chartSpace.iter(oxml.qn("a:defRPr"), oxml.qn("a:rPr")):
        for tag in ("a:latin", "a:ea"):
            if properties.find(oxml.qn(tag)) is None:
                properties.append(properties.makeelement(oxml.qn(tag), {"typeface": LATIN}))
