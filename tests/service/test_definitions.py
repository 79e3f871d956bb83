"""Definitions: the shipped file holds, a user's file is checked entry by entry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import csatext as ct
from csatext.service.definitions import read_definitions
from csatext.service.formulas.expressions import ExpressionError, evaluate, parse
from csatext.service.kpi_dictionary import kpi_dictionary

NAMED_BY_THE_ARTICLES = [
    "inquiring_customers",
    "served_customers",
    "filtered_customers",
    "presales_customers",
    "answer_question_ratio",
    "answer_question_ratio_merged",
    "reply_rate",
    "response_rate",
    "slow_response_customers",
    "first_response_time",
    "first_response_time_human",
    "average_response_time",
    "average_handling_span",
    "conversation_length",
    "sales",
    "units",
    "value_per_customer",
    "items_per_customer",
    "next_day_pay_rate",
    "final_pay_rate",
    "resolution_rate",
    "first_contact_resolution",
    "repeat_contact_rate",
    "time_to_resolve",
    "completion_rate",
    "complaint_rate",
    "csat",
    "csat_satisfied",
    "nps",
    "recommend_rate",
    "participation_rate",
    "service_level_answered",
    "service_level_offered",
    "service_level_abandons_excluded",
    "service_level_short_abandons_excluded",
    "abandonment_rate",
    "average_talk_time",
    "average_hold_time",
    "after_call_work",
    "average_handle_time",
    "occupancy",
    "transfer_rate",
    "self_service_rate",
    "customer_effort",
    "cost_per_contact",
    "cost_of_poor_quality",
    "contact_frequency",
]


def test_the_shipped_definitions_hold():
    table = ct.kpi_definitions().set_index("id")
    assert set(NAMED_BY_THE_ARTICLES) <= set(table.index)
    assert (table["twin"] != table.index).all()
    assert table["twin"].isin(table.index).all()
    assert table["name_zh"].is_unique
    assert table.loc[["next_day_pay_rate", "final_pay_rate", "presales_customers"], "lag_days"].tolist() == [
        1,
        4,
        1,
    ]
    assert table.loc["service_level_offered", "parameters"] == "seconds=20"
    assert table.loc["reply_rate", "requirement"] == "35"
    assert not table["gaming"].str.len().eq(0).any()


ENTRY = (
    "- {{id: x, name_zh: 甲, name_en: x, formula: 甲, kind: rate, numerator: a, "
    "unit: 比率, direction: up, gaming: 无, twin: {twin}}}\n"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "metrics:\n- {id: nps, twinn: csat}\n",
            "第 2 行.*指标「nps」有不认识的键「twinn」，是不是想写「twin」",
        ),
        (
            "metrics:\n- id: nps\n  twin: cast\n",
            "第 2 行.*twin「cast」不是另一个指标的 id，是不是想写「csat」",
        ),
        ("metrics:\n- id: nps\n  twin: nps\n", "第 2 行.*twin「nps」"),
        (
            "metrics:\n- id: slow_response_rate\n  parameters:\n    slow_seconds: 0\n",
            "第 4 行.*「slow_seconds」是 0，应在 1 到 86400 之间",
        ),
        ("metrics:\n- {id: nps, parameters: {limit: 3}}\n", "指标「nps」没有参数「limit」"),
        ("metrics:\n- {id: x, name_zh: 甲}\n", "指标「x」缺少 name_en、formula"),
        ("metrics:\n- {id: nps, lag_days: -1}\n", "lag_days 应是 0 到"),
        ("metrics:\n- {id: nps, kind: avg}\n", "kind「avg」不可用，可选：rate、mean"),
        ("metrics:\n- {id: nps, numerator: 'open(1)'}\n", "numerator：算式「open"),
        ("metrics:\n- {id: nps, numerator: 'a < b < c'}\n", "一次一个"),
        ("metrics:\n- {id: nps, denominator: csat}\n", "kind 是 ratio 才有 denominator"),
        ("metrics:\n- {id: nps}\n- {id: nps}\n", "第 3 行.*写了不止一次"),
        ("metrics:\n- {name_zh: 甲}\n", "没有 id"),
        ("metrics: 3\n", "metrics 应是指标的列表"),
        ("metric: []\n", "不认识的键「metric」"),
        ("", "文件是空的"),
        ("metrics: [\n", "不是合法的 YAML"),
        ("metrics: &a [*a]\n", "不能用引用"),
        ("metrics: " + "[" * 50, "嵌套超过"),
        ("metrics:\n" + ENTRY.format(twin="y"), "twin「y」"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(tmp_path, text, message):
    path = tmp_path / "指标.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ct.LexiconError, match=message):
        ct.kpi_definitions(path)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(ct.InputError, match="指标定义文件"):
        ct.kpi_definitions(tmp_path / "没有.yaml")
    with pytest.raises(ct.ParameterError, match="definitions"):
        ct.kpi_definitions(3)
    (tmp_path / "gbk.yaml").write_bytes("metrics: 指标".encode("gbk"))
    with pytest.raises(ct.LexiconError, match="不是 UTF-8"):
        ct.kpi_definitions(tmp_path / "gbk.yaml")


def test_a_users_file_leaves_the_shipped_definitions_alone(tmp_path):
    path = tmp_path / "k.yaml"
    path.write_text("metrics:\n- {id: nps, name_zh: 推荐值}\n" + ENTRY.format(twin="nps"), "utf-8")
    table = ct.kpi_definitions(path).set_index("id")
    assert table.loc["nps", ["name_zh", "numerator"]].tolist() == [
        "推荐值",
        "100 * ((nps >= 9) - (nps <= 6))",
    ]
    assert table.index[-1] == "x"
    assert table["version"].str.match(r"1\+[0-9a-f]{8}$").all()
    assert read_definitions()["nps"].name_zh == "净推荐值"
    assert "x" not in read_definitions()


def test_the_dictionary_of_kpis_is_up_to_date():
    page = (Path(__file__).resolve().parents[2] / "docs" / "kpis.md").read_text("utf-8")
    assert page == kpi_dictionary(), "run: python benchmarks/refresh_tables.py"


def test_expressions_follow_three_valued_logic():
    t, f, u = 1.0, 0.0, np.nan
    a, b = np.repeat([t, f, u], 3), np.tile([t, f, u], 3)
    values = {"a": a, "b": b}

    def found(text):
        return evaluate(parse(text), values, 9).tolist()

    assert found("a and b") == pytest.approx([t, f, u, f, f, f, u, f, u], nan_ok=True)
    assert found("a or b") == pytest.approx([t, t, t, t, f, u, t, u, u], nan_ok=True)
    assert found("not a")[::3] == pytest.approx([f, t, u], nan_ok=True)
    assert evaluate(parse("1 + 2 * 3 - -1 / 4"), {}, 1).tolist() == [7.25]
    assert np.isnan(evaluate(parse("1 / zero"), {"zero": np.array([0.0])}, 1)[0])


@pytest.mark.parametrize(
    "text", ["a; b", "a if b else c", "a ** 2", "'x'", "True", "a.b", "a[0]", "lambda: 1", "a +", "1" * 400]
)
def test_what_is_no_expression(text):
    with pytest.raises(ExpressionError):
        parse(text)
