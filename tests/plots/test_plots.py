"""Charts: every number is one of the table, names of any kind are text, nothing is too small or too large."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import altair as alt
import numpy as np
import pandas as pd
import pytest
import vl_convert

import csatext as ct
from csatext.plots import saving
from csatext.plots.drawing import row_names
from csatext.schema import conform
from csatext.schema.aggregation import ASSOCIATION, BREAKDOWN, DISTRIBUTION
from csatext.schema.analysis import KEYNESS
from csatext.schema.audit import AGREEMENT
from csatext.schema.causes import ROOT_CAUSES
from csatext.schema.feelings import CONVERSATIONS, QA_SCORES
from csatext.schema.service import SCORECARD
from csatext.schema.time import ALERTS, FORECAST, TREND

HOSTILE = [
    "a.b[0]",
    "x:Q",
    "引'号\"\\",
    "datum['c0']",
    "title",
    "image",
    "</script>",
    "{{7*7}}",
    "渠道",
    "value ",
]
VERBS = {
    "trend": (ct.plot_trend, TREND, True),
    "breakdown": (ct.plot_breakdown, BREAKDOWN, True),
    "forecast": (ct.plot_forecast, FORECAST, True),
    "alerts": (ct.plot_alerts, ALERTS, True),
    "root_causes": (ct.plot_root_causes, ROOT_CAUSES, True),
    "distribution": (ct.plot_distribution, DISTRIBUTION, True),
    "funnel": (ct.plot_funnel, SCORECARD, True),
    "course": (ct.plot_sentiment_course, CONVERSATIONS, True),
    "keyness": (ct.plot_keyness, KEYNESS, False),
    "association": (ct.plot_association, ASSOCIATION, False),
    "agreement": (ct.plot_agreement, AGREEMENT, False),
    "scorecard": (ct.plot_scorecard, SCORECARD, True),
    "items": (ct.plot_scorecard, QA_SCORES, False),
}


def made(schema, n, dimensions):
    """A table of the schema with numbers of its own in every cell and hostile text in the dimensions."""
    rng = np.random.default_rng(n)
    frame = pd.DataFrame(index=range(n))
    for column in schema.columns:
        if column.dtype in ("int", "Int"):
            frame[column.name] = np.arange(1, n + 1)
        elif column.dtype == "float":
            frame[column.name] = rng.random(n)
        elif column.dtype in ("bool", "boolean"):
            frame[column.name] = False
        elif column.dtype == "time":
            frame[column.name] = pd.date_range("2026-01-05", periods=n, freq="D")
        else:
            frame[column.name] = [f"{column.name}{number}" for number in range(n)]
    if schema is ROOT_CAUSES:
        frame["alternative_to"] = pd.NA
    if schema is SCORECARD:
        frame["metric"] = "resolution_rate"
    for name in dimensions:
        frame[name] = [HOSTILE[number % len(HOSTILE)] for number in range(n)]
    return conform(frame, schema, dimensions)


def rows_of(chart):
    """Rows of all data sets of a chart."""
    found = chart if isinstance(chart, dict) else chart.to_dict(validate=False)
    return [row for rows in found.get("datasets", {}).values() for row in rows]


def tooltips(node):
    """Every line of every tooltip."""
    if isinstance(node, dict):
        here = node.get("tooltip")
        own = here if isinstance(here, list) else []
        return own + [line for value in node.values() for line in tooltips(value)]
    return [line for value in node for line in tooltips(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("n", [0, 1, 1000])
@pytest.mark.parametrize("verb", VERBS)
def test_tables_of_any_size_and_columns_of_any_name_are_drawn(verb, n):
    plot, schema, named = VERBS[verb]
    dimensions = HOSTILE if named else []
    # Checked against the schema of Vega-Lite; the number of rows changes nothing of that.
    specification = plot(made(schema, n, dimensions)).to_dict(validate=n == 1)
    fields = {field for row in rows_of(specification) for field in row}
    used = set(re.findall(r'"field": "([^"]*)"', json.dumps({**specification, "datasets": {}})))
    assert all(re.fullmatch(r"c\d+|whole", field) for field in used | fields)
    if n:
        assert used <= fields
        titles = [line["title"] for line in tooltips(specification)]
        assert set(dimensions) - {"title", "image"} <= set(titles)
        assert not {"title", "image"} & set(titles)  # a browser would load the picture
        if "n" in {column.name for column in schema.columns}:
            assert {"件数", "行数", "出现次数"} & set(titles)
        if {"low", "high"} <= {column.name for column in schema.columns}:
            assert {line["title"][-2:] for line in tooltips(specification)} >= {"下限", "上限"}
    else:
        assert "表里没有数据行。" in specification["title"]["subtitle"]


@pytest.mark.parametrize(
    "verb", ["trend", "breakdown", "association", "keyness", "agreement", "distribution"]
)
def test_no_number_is_drawn_that_the_table_does_not_have(verb):
    plot, schema, named = VERBS[verb]
    table = made(schema, 7, ["渠道"] if named else [])
    known = {float(value) for column in table.select_dtypes("number") for value in table[column]}
    drawn = {value for row in rows_of(plot(table)) for value in row.values() if isinstance(value, float)}
    assert drawn and drawn <= known


def test_hostile_names_are_text_in_the_picture():
    facts = pd.DataFrame({"</text><script>": ["<b>甲</b>", "a\u202eb"] * 20, "flag": [1, 0, 1, 1] * 10})
    table = ct.breakdown(facts, "</text><script>", "flag")
    chart = ct.plot_breakdown(table, title="{{7*7}}\ud800")
    picture = vl_convert.vegalite_to_svg(json.dumps(chart.to_dict()))
    texts = ["".join(node.itertext()) for node in ET.fromstring(picture).iter() if node.tag.endswith("text")]
    assert {"<b>甲</b>", "a\u202eb", "{{7*7}}\ufffd"} <= set(texts)


def test_a_trend_shows_its_values_intervals_and_incomplete_periods():
    times = pd.date_range("2026-05-04", periods=21, freq="D").repeat(4)
    facts = pd.DataFrame({"created_at": times, "is_negative": [1, 0, 0, 0] * 21})
    table = ct.trend(facts[:-8], measure="is_negative")
    rows = rows_of(ct.plot_trend(table))
    at = {name: f"c{place}" for place, name in enumerate(table.columns)}
    for name in ("value", "low", "high", "n"):
        assert [row[at[name]] for row in rows] == table[name].tolist()
    assert [row[at["period"]] for row in rows] == [f"2026-05-{day:02}T00:00:00" for day in (4, 11, 18)]
    assert [row[at["is_complete"]] for row in rows] == [True, True, False]


def test_the_largest_groups_are_drawn_and_the_others_are_counted():
    table = made(TREND, 6, ["渠道"])
    table["n"] = [5, 1, 9, 2, 3, 4]
    chart = ct.plot_trend(table, max_groups=2)
    assert {row["c0"] for row in rows_of(chart)} == {HOSTILE[0], HOSTILE[2]}
    assert "另有 4 组没有画出" in chart.to_dict()["title"]["subtitle"]


def test_cells_that_differ_are_coloured_and_suppressed_ones_left_out():
    table = made(BREAKDOWN, 5, ["渠道"])
    table["q"], table["difference"] = [0.01, 0.01, 0.2, None, 0.01], [0.1, -0.1, 0.3, 0.3, 0.1]
    table["suppressed"] = [False] * 4 + [True]
    chart = ct.plot_breakdown(table)
    kinds = [list(row.values())[-1] for row in rows_of(chart) if len(row) > 1]
    assert kinds == ["高于其余", "低于其余", "与其余无显著差别", "与其余无显著差别"]
    assert "1 组样本太少，不显示数值" in chart.to_dict()["title"]["subtitle"]


def test_a_waterfall_begins_each_cause_where_the_one_before_ends():
    table = made(ROOT_CAUSES, 3, ["承运商"])
    table["contribution"] = [10.0, -4.0, 3.0]
    table["contribution_low"], table["contribution_high"] = [8.0, -6.0, 1.0], [12.0, -2.0, 5.0]
    table["alternative_to"] = pd.array([None, None, 2], "Int64")  # competes with the second: not added
    table.attrs["change"] = 8.0
    rows = [list(row.values())[-5:] for row in rows_of(ct.plot_root_causes(table))]
    assert rows == [
        [0.0, 10.0, 8.0, 12.0, "推高"],
        [10.0, 6.0, 4.0, 8.0, "拉低"],
        [0.0, 8.0, None, None, "合计"],
    ]


def test_a_funnel_of_several_kpis_asks_which():
    table = pd.concat([made(SCORECARD, 2, ["agent_id"]).assign(metric=name) for name in ("aht", "fcr")])
    with pytest.raises(ct.ParameterError, match="aht、fcr"):
        ct.plot_funnel(table)
    assert len(rows_of(ct.plot_funnel(table, "fcr"))) == 2


def test_a_scorecard_shows_how_often_each_item_is_met():
    # greeting: met in 3 of 4; bye: due in 2, met in none. Wilson: (3/4: .3006, .9544), (0/2: 0, .6576).
    scores = conform(
        pd.DataFrame(
            {
                "doc_id": list("abcdab"),
                "agent_id": None,
                "item": ["greeting"] * 4 + ["bye"] * 2,
                "label": ["问候"] * 4 + ["再见"] * 2,
                "veto": [False] * 4 + [True] * 2,
                "passed": pd.array([True, True, True, False, False, False], "boolean"),
                **dict.fromkeys(("points", "max_points", "turn", "start", "end"), pd.NA),
                "evidence": None,
            }
        )
        .astype({"points": "Float64", "max_points": "Float64"})
        .fillna({"points": 0, "max_points": 0}),
        QA_SCORES,
    )
    totals = ct.qa_totals(scores)
    for table, kinds in ((scores, ["评分项", "一票否决"]), (totals, ["评分项", "评分项"])):
        chart = ct.plot_scorecard(table)
        rows = [list(row.values()) for row in rows_of(chart)]
        assert [row[1] for row in rows] == ["问候", "再见"]
        assert [row[3:6] for row in rows] == [[4, 3, 0.75], [2, 0, 0.0]]
        assert [round(end, 4) for row in rows for end in row[6:8]] == [0.3006, 0.9544, 0.0, 0.6576]
        assert [row[-1] for row in rows] == kinds
        assert {"区间下限", "区间上限", "应检对话数"} <= {line["title"] for line in tooltips(chart.to_dict())}
    hostile = totals.rename(columns={"qa_bye": "qa_</script>a.b[0]:Q"})
    assert "</script>a.b[0]:Q" in json.dumps(ct.plot_scorecard(hostile).to_dict())
    assert "表里没有评分项" in str(ct.plot_scorecard(totals[["qa_score"]]).to_dict()["title"]["subtitle"])
    with pytest.raises(ct.SchemaError, match="qa_score"):
        ct.plot_scorecard(made(TREND, 1, []))


def test_a_scorecard_of_people_has_a_panel_for_each_kpi():
    names = ["resolution_rate", "csat", *(f"kpi{at}" for at in range(12))]
    table = pd.concat([made(SCORECARD, 41, ["agent_id"]).assign(metric=name) for name in names])
    found = ct.plot_scorecard(table[table["metric"].isin(names[:2])]).to_dict()
    assert [panel["title"]["text"] for panel in found["concat"]] == ["解决率", "满意度（分）"]
    assert "另有 1 人没有画出" in found["title"]["subtitle"]
    many = ct.plot_scorecard(table).to_dict(validate=False)
    assert len(many["concat"]) == 12 and "另有 2 个指标没有画出" in many["title"]["subtitle"]


def test_names_that_are_alike_stay_apart():
    names = row_names(pd.DataFrame({"a": ["x · y", "x"], "b": ["z", "y · z"]}), ["a", "b"])
    assert names.tolist() == ["x · y · z", "x · y · z (2)"]


def test_many_rows_need_no_setting_of_altair():
    table = made(TREND, 5001, [])
    chart = ct.plot_trend(table)
    assert len(rows_of(chart)) == 5001
    assert alt.data_transformers.active == "default"
    both = ct.plot_trend(table[:3]) | ct.plot_trend(table[:3])  # charts have no configuration of their own
    assert len(both.to_dict(validate=False)["hconcat"]) == 2


def test_what_is_no_table_or_lacks_a_column_is_said():
    with pytest.raises(ct.ParameterError, match="DataFrame"):
        ct.plot_trend([1, 2])
    with pytest.raises(ct.SchemaError, match="value"):
        ct.plot_breakdown(made(BREAKDOWN, 2, ["渠道"]).drop(columns="value"))
    with pytest.raises(ct.ParameterError, match="max_rows"):
        ct.plot_alerts(made(ALERTS, 2, []), max_rows=0)


def test_missing_packages_are_named_with_the_line_that_installs_them(monkeypatch, tmp_path):
    chart = ct.plot_alerts(made(ALERTS, 1, []))

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(saving, "import_module", missing)
    with pytest.raises(ct.InputError, match=r"vl-convert.*pip install 'csatext\[plots\]'"):
        ct.save_plot(chart, tmp_path / "chart.png")


def test_a_page_holds_everything_and_no_text_ends_its_script(monkeypatch, tmp_path):
    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda: 'const end = "</script>", less = /</g;')
    table = made(BREAKDOWN, 10, HOSTILE)
    chart = ct.plot_breakdown(table, title="<!--<script>")
    ct.save_plot(chart, tmp_path / "chart.html")
    page = (tmp_path / "chart.html").read_text("utf-8")
    assert page.count("</script>") == page.count("<script") == 3
    inside = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert json.loads(inside[1]) == chart.to_dict()
    assert not re.search(r"(src|href)=", page)
    assert r'const end = "<\/script>", less = /</g;' in page
    assert "@font-face" in page


def test_pictures_show_chinese_without_a_font_of_the_system(tmp_path):
    chart = ct.plot_breakdown(made(BREAKDOWN, 2, ["渠道"]), title="投诉率")
    ct.save_plot(chart, tmp_path / "chart.svg")
    ct.save_plot(chart, tmp_path / "chart.png", scale=1)
    picture = (tmp_path / "chart.svg").read_text("utf-8")
    ET.fromstring(picture)
    assert "投诉率" in picture and "font/otf;base64," in picture
    assert (tmp_path / "chart.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    with pytest.raises(ct.ParameterError, match=r"chart\.gif"):
        ct.save_plot(chart, tmp_path / "chart.gif")
    with pytest.raises(ct.ParameterError, match="Altair"):
        ct.save_plot("chart", tmp_path / "chart.svg")
