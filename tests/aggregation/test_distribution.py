from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from csatext.aggregation.distribution import distribution
from csatext.errors import ParameterError, SchemaError


def described(values, **dimensions):
    """Return the distribution of some values, by dimensions given as columns."""
    facts = pd.DataFrame({"values": values, **dimensions})
    return distribution(facts, "values", list(dimensions))


def test_numbers_equal_scipy():
    rng = np.random.default_rng(1)
    x = rng.gamma(3, 10, 400)
    row = described([*x, None, None]).iloc[0]
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
    result = described(seconds, team=team).set_index("team")
    assert result.loc["甲", "advice"] == "双峰，建议拆分群组"
    assert bool(result.loc["甲", "bimodal"])
    assert result.loc["乙", "advice"] == "单峰，接近正态，可看平均值和标准差"
    assert not result.loc["乙", "bimodal"]


def test_scales_of_few_points():
    rng = np.random.default_rng(3)
    one = rng.choice([1, 2, 3, 4, 5], p=[0.05, 0.1, 0.2, 0.35, 0.3], size=2000)
    two = rng.choice([1, 2, 3, 4, 5], p=[0.35, 0.1, 0.05, 0.1, 0.4], size=2000)
    assert not described(one)["bimodal"].iloc[0]
    assert described(two)["bimodal"].iloc[0]
    waits = np.round(rng.exponential(60, 3000))
    assert not described(waits)["bimodal"].iloc[0]


def test_one_peak_is_seldom_called_two():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(100), 80)
    found = described(rng.uniform(size=8000), group=groups)["bimodal"].sum()
    assert found <= 2


def test_small_and_odd_groups():
    agent = ["a"] * 12 + ["b"] * 3 + ["c"] * 2 + [None]
    values = pd.Series([7.0] * 12 + [1.0, 2, 3] + [None, None] + [4.0])
    result = described(values, agent=agent).set_index("agent")
    assert result.index.tolist() == ["(空)", "a", "b", "c"]
    assert result.loc["a", "advice"] == "所有值相同，没有离散"
    assert result.loc["b", "sd"] == 1
    assert "样本不足" in result.loc["b", "advice"]
    assert (result.loc["c", "n"], result.loc["c", "missing"]) == (0, 2)
    assert result["bimodal"].isna().all()
    assert described([])["n"].tolist() == [0]
    assert len(described([], agent=[])) == 0
    assert described([True, False, True])["mean"].iloc[0] == pytest.approx(2 / 3)


def test_bad_arguments_of_distribution():
    facts = pd.DataFrame({"评语": ["长", "短"], "csat": [1, 2], "mean": [1, 1], "agent": ["甲", "乙"]})
    with pytest.raises(SchemaError, match=r"^列「评语」类型是 .*数字或是/否"):
        distribution(facts, "评语")
    with pytest.raises(ParameterError, match="「mean」与结果表的列同名"):
        distribution(facts, "csat", by="mean")
    with pytest.raises(SchemaError, match=r"参数 by 要用的列「agnt」.*「agent」"):
        distribution(facts, "csat", "agnt")
    with pytest.raises(ParameterError, match="参数 facts 的类型"):
        distribution(facts["csat"], "csat")
    with pytest.raises(ParameterError, match="alpha 是误报率"):
        distribution(facts, "csat", alpha=0.95)


def test_two_dimensions_list_the_combinations_that_are_there():
    facts = pd.DataFrame({"team": ["乙", "甲", "甲"], "day": [2, 1, 1], "seconds": [10, 20, 40]})
    found = distribution(facts, "seconds", ["team", "day"])
    assert found[["team", "day", "n", "mean"]].values.tolist() == [["乙", "2", 1, 10.0], ["甲", "1", 2, 30.0]]


def test_flags_and_decimals_of_other_libraries():
    flags = described(pd.Series([True, False, None, True], dtype="bool[pyarrow]"))
    assert flags[["n", "missing", "mean"]].iloc[0].tolist() == [3, 1, pytest.approx(2 / 3)]
    assert described([Decimal("1.5"), Decimal("2.5")])["mean"].tolist() == [2.0]
    with pytest.raises(SchemaError, match="是、否"):
        described(["是", "否"])
