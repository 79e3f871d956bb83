from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csatext.aggregation.distribution import distribution
from csatext.errors import ParameterError, SchemaError


def test_numbers_equal_scipy():
    rng = np.random.default_rng(1)
    x = rng.gamma(3, 10, 400)
    row = distribution(pd.Series([*x, None, None])).iloc[0]
    assert (row["n"], row["missing"]) == (400, 2)
    expected = {
        "mean": x.mean(), "median": np.median(x), "variance": x.var(ddof=1), "sd": x.std(ddof=1),
        "cv": x.std(ddof=1) / x.mean(), "iqr": stats.iqr(x), "skewness": pd.Series(x).skew(),
        "kurtosis": pd.Series(x).kurt(), "normality_p": stats.shapiro(x).pvalue,
    }  # fmt: skip
    assert row[list(expected)].to_dict() == pytest.approx(expected)
    assert row["advice"] == "单峰，明显右偏，建议看中位数和四分位距"


def test_two_teams_in_one_are_found_and_one_team_is_not():
    rng = np.random.default_rng(2)
    seconds = np.concatenate([rng.normal(60, 10, 300), rng.normal(120, 12, 300), rng.normal(90, 10, 400)])
    team = np.repeat(["甲", "甲", "乙"], [300, 300, 400])
    result = distribution(pd.Series(seconds), by=pd.Series(team, name="team")).set_index("team")
    assert result.loc["甲", "advice"] == "双峰，建议拆分群组"
    assert bool(result.loc["甲", "bimodal"])
    assert result.loc["乙", "advice"] == "单峰，接近正态，可看平均值和标准差"
    assert not result.loc["乙", "bimodal"]


def test_scales_of_few_points():
    rng = np.random.default_rng(3)
    one = rng.choice([1, 2, 3, 4, 5], p=[0.05, 0.1, 0.2, 0.35, 0.3], size=2000)
    two = rng.choice([1, 2, 3, 4, 5], p=[0.35, 0.1, 0.05, 0.1, 0.4], size=2000)
    assert not distribution(one)["bimodal"].iloc[0]
    assert distribution(two)["bimodal"].iloc[0]
    waits = np.round(rng.exponential(60, 3000))
    assert not distribution(waits)["bimodal"].iloc[0]


def test_one_peak_is_seldom_called_two():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(100), 80)
    found = distribution(rng.uniform(size=8000), by=groups)["bimodal"].sum()
    assert found <= 2


def test_small_and_odd_groups():
    by = pd.Series(["a"] * 12 + ["b"] * 3 + ["c"] * 2 + [None], name="agent")
    values = pd.Series([7.0] * 12 + [1.0, 2, 3] + [None, None] + [4.0])
    result = distribution(values, by).set_index("agent")
    assert result.index.tolist() == ["(空)", "a", "b", "c"]
    assert result.loc["a", "advice"] == "所有值相同，没有离散"
    assert result.loc["b", "sd"] == 1
    assert "样本不足" in result.loc["b", "advice"]
    assert (result.loc["c", "n"], result.loc["c", "missing"]) == (0, 2)
    assert result["bimodal"].isna().all()
    assert distribution([])["n"].tolist() == [0]
    assert len(distribution([], by=[])) == 0
    assert distribution([True, False, True])["mean"].iloc[0] == pytest.approx(2 / 3)


def test_bad_arguments_of_distribution():
    with pytest.raises(ParameterError, match="逐行对应"):
        distribution([1, 2], by=["a"])
    with pytest.raises(ParameterError, match="逐行对应"):
        distribution(pd.Series([1, 2]), by=pd.Series(["a", "b"], index=[1, 0]))
    with pytest.raises(SchemaError, match=r"^列「values」类型是 .*数字或是/否"):
        distribution(["长", "短"])
    with pytest.raises(SchemaError, match=r"^列「评语」类型是"):
        distribution(pd.Series(["长", "短"], name="评语"))
    with pytest.raises(ParameterError, match="同名"):
        distribution([1, 2], by=pd.Series([1, 1], name="mean"))


def test_a_table_or_a_name_is_no_column():
    table = pd.DataFrame({"csat": [1.0, 2], "agent": ["甲", "乙"]})
    for values, by, argument in [
        (table, None, "values"),
        (table[["csat"]], None, "values"),
        ("csat", None, "values"),
        (table["csat"], "agent", "by"),
        (table["csat"], table[["agent"]], "by"),
        (np.ones((2, 2)), None, "values"),
    ]:
        with pytest.raises(ParameterError, match=f"参数 {argument} 的类型"):
            distribution(values, by)


def test_flags_and_decimals_of_other_libraries():
    flags = distribution(pd.Series([True, False, None, True], dtype="bool[pyarrow]"))
    assert flags[["n", "missing", "mean"]].iloc[0].tolist() == [3, 1, pytest.approx(2 / 3)]
    assert distribution(pd.Series([Decimal("1.5"), Decimal("2.5")]))["mean"].tolist() == [2.0]
    with pytest.raises(SchemaError, match="是、否"):
        distribution(pd.Series(["是", "否"]))
