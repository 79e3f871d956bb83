from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.aggregation.breakdown import breakdown
from csatext.aggregation.trend import trend
from csatext.reporting.charts.charts import bar_chart, count_chart, line_chart, spark_chart
from csatext.reporting.charts.svg import AxisScale, nice_ticks

SVG = "{http://www.w3.org/2000/svg}"


def elements(chart, name):
    return list(ElementTree.fromstring(chart.svg).iter(f"{SVG}{name}"))


def tips(chart):
    return [element.text for element in elements(chart, "title")]


@pytest.fixture(scope="module")
def facts():
    days = pd.date_range("2026-01-05", periods=28)
    rows = [
        (day, product, (at * 7 + number) % 10 < (6 if product == "宽带" else 2))
        for number, day in enumerate(days)
        for product in ("宽带", "手机", "<b>&")
        for at in range(10)
    ]
    return pd.DataFrame(rows, columns=["created_at", "product", "is_negative"])


def test_line_chart_draws_every_period_with_its_numbers(facts):
    table = trend(facts, measure="is_negative")
    chart = line_chart(table)
    assert len(elements(chart, "circle")) == 4
    assert len(elements(chart, "polygon")) == 1
    # 30 contacts a day: 7 days make 210; of each ten 6, 2 and 2 are negative.
    assert any(tip.startswith("2026-W02：33.3%（") and tip.endswith("n=210）") for tip in tips(chart))


def test_line_chart_of_groups_names_them_and_escapes_their_names(facts):
    chart = line_chart(trend(facts, measure="is_negative", by="product"), "product")
    words = [element.text for element in elements(chart, "text")] + tips(chart)
    assert "<b>&" in words
    assert "<b>" not in chart.svg
    assert len(elements(chart, "circle")) == 12


def test_incomplete_periods_are_hollow(facts):
    chart = line_chart(trend(facts.iloc[:-30], measure="is_negative"))
    fills = [element.get("fill") for element in elements(chart, "circle")]
    assert fills[-1] == "#fff"
    assert "#fff" not in fills[:-1]
    assert "时段不完整" in tips(chart)[-1]


def test_bar_lengths_are_in_proportion_and_start_at_zero(facts):
    table = breakdown(facts, "product", "is_negative")
    bars = elements(bar_chart(table, "product"), "rect")
    width = {bar.find(f"{SVG}title").text.split("：")[0]: float(bar.get("width")) for bar in bars}
    assert width["宽带"] == pytest.approx(3 * width["手机"], abs=0.2)
    assert {bar.get("x") for bar in bars} == {"170.0"}


def test_bars_say_whether_a_cell_differs_from_the_rest(facts):
    chart = bar_chart(breakdown(facts, "product", "is_negative"), "product")
    kinds = {tip.split("：")[0]: tip.split("，")[-1] for tip in tips(chart) if "：" in tip}
    assert kinds["宽带"] == "高于其余"
    assert kinds["手机"] == "低于其余"


def dashed_at(chart):
    """Return where the dashed upright line of a chart stands."""
    (line,) = [mark for mark in elements(chart, "polyline") if mark.get("stroke-dasharray")]
    return float(line.get("points").split(",")[0])


def test_the_line_of_all_rows_stays_where_it_is_when_few_bars_are_drawn():
    facts = pd.DataFrame({"product": ["宽带"] * 100 + ["手机"] * 300})
    facts["is_negative"] = [1] * 80 + [0] * 20 + [1] * 60 + [0] * 240
    table = breakdown(facts, "product", "is_negative")
    bars = elements(bar_chart(table, "product"), "rect")
    width = {bar.find(f"{SVG}title").text.split("：")[0]: float(bar.get("width")) for bar in bars}
    # 140 of 400 is .35; the bars are .8 and .2 long.
    at = 170 + width["宽带"] * 0.35 / 0.8
    assert dashed_at(bar_chart(table, "product")) == pytest.approx(at, abs=0.2)
    assert dashed_at(bar_chart(table.head(1), "product")) == pytest.approx(at, abs=0.2)


def test_count_chart_keeps_the_order_given():
    chart = count_chart(["甲", "乙"], [2, 8], ["2 条", "8 条"])
    assert [float(bar.get("width")) for bar in elements(chart, "rect")] == pytest.approx([155, 620])


def test_spark_chart_leaves_out_missing_periods_and_marks_the_others():
    chart = spark_chart([0.1, float("nan"), 0.4], [False, False, True], ["一", "二", "三"])
    assert tips(chart) == ["一", "三"]
    assert len(elements(chart, "polygon")) == 1
    assert spark_chart([], [], []).svg.endswith("</svg>")


def test_charts_of_nothing_are_drawings_too(facts):
    none = breakdown(facts.head(2), "product", "is_negative")
    assert none["suppressed"].all()
    for chart in (
        bar_chart(none, "product"),
        count_chart([], [], []),
        line_chart(trend(facts.head(1), measure="is_negative")),
    ):
        assert ElementTree.fromstring(chart.svg).get("role") == "img"


def test_a_chart_shows_itself_in_a_notebook(facts):
    chart = count_chart(["甲"], [1], ["1 条"])
    assert chart._repr_svg_() == chart.svg


@settings(max_examples=80, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_cover_the_range_and_are_few(low, span):
    ticks = nice_ticks(low, low + span)
    assert ticks[0] <= low + 1e-6 * span
    assert ticks[-1] >= low + span * (1 - 1e-6)
    assert 2 <= len(ticks) <= 8


def test_a_scale_of_one_value_does_not_divide_by_zero():
    assert AxisScale(1, 1, 0, 10)(1) == 0


def test_high_scores_are_not_red(facts):
    table = breakdown(facts, "product", "is_negative")
    fill = {}
    for worse in (True, False):
        chart = bar_chart(table, "product", more_is_worse=worse)
        bars = elements(chart, "rect")
        fill[worse] = {bar.find(f"{SVG}title").text.split("：")[0]: bar.get("fill") for bar in bars}
    assert fill[True]["宽带"] == fill[False]["手机"] != fill[True]["手机"] == fill[False]["宽带"]
