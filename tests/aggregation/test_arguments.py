import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.arguments import as_list, as_number, check_columns, check_level, measure_kind
from csatext.errors import ParameterError, SchemaError


def test_names_as_list():
    assert as_list(None) == []
    assert as_list("a") == ["a"]
    assert as_list(("a", "b")) == ["a", "b"]
    assert as_list(pd.Index(["a"])) == ["a"]
    with pytest.raises(ParameterError, match="int"):
        as_list(3)
    with pytest.raises(ParameterError, match="字符串"):
        as_list(["a", 3])
    with pytest.raises(ParameterError, match="不止一次"):
        as_list(["a", "a"])


def test_missing_columns_are_named_with_the_nearest():
    table = pd.DataFrame(columns=["channel", "product"])
    check_columns(table, ["product"], "by")
    with pytest.raises(SchemaError, match=r"参数 by.*「prodct」.*channel、product.*「product」"):
        check_columns(table, ["prodct"], "by")
    with pytest.raises(ParameterError, match="DataFrame"):
        check_columns([1], ["a"], "by")


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, float("nan")])
def test_levels_outside(level):
    with pytest.raises(ParameterError, match="level"):
        check_level(level)


def test_numbers_of_any_kind():
    table = pd.DataFrame(
        {
            "flag": [True, False],
            "nullable": pd.array([True, None], dtype="boolean"),
            "count": pd.array([3, None], dtype="Int64"),
            "object": pd.Series([1, None], dtype=object),
            "category": pd.Categorical([1, 2]),
            "empty": pd.Series([None, None], dtype=object),
            "text": ["1", "2"],
        }
    )
    expected = {
        "flag": [1, 0], "nullable": [1, np.nan], "count": [3, np.nan], "object": [1, np.nan],
        "category": [1, 2], "empty": [np.nan, np.nan],
    }  # fmt: skip
    for name, values in expected.items():
        np.testing.assert_array_equal(as_number(table, name), values)
    with pytest.raises(SchemaError, match="text"):
        as_number(table, "text")


def test_kinds_of_measures():
    flag, number = np.array([1.0, 0, np.nan]), np.array([2.5, 1, 0])
    assert measure_kind(flag) == "rate"
    assert measure_kind(number) == "mean"
    assert measure_kind(flag, np.array([1.0, 1, 1])) == "rate"
    assert measure_kind(flag, np.array([0.0, 1, 1])) == "ratio"
    assert measure_kind(flag, number) == "ratio"
