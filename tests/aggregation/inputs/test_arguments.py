from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from csatext.aggregation.inputs.arguments import (
    as_list,
    as_number,
    check_columns,
    is_numeric,
)
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


def test_numbers_of_any_kind():
    table = pd.DataFrame(
        {
            "flag": [True, False],
            "nullable": pd.array([True, None], dtype="boolean"),
            "count": pd.array([3, None], dtype="Int64"),
            "object": pd.Series([1, None], dtype=object),
            "category": pd.Categorical([1, 2]),
            "arrow flag": pd.Series([True, None], dtype="bool[pyarrow]"),
            "arrow decimal": pd.Series([Decimal("1.5"), None], dtype=pd.ArrowDtype(pa.decimal128(9, 2))),
            "decimal": [Decimal("1.5"), None],
            "flag in objects": pd.Series([True, pd.NA], dtype=object),
            "empty": pd.Series([None, None], dtype=object),
            "text": ["1", "2"],
        }
    )
    expected = {
        "flag": [1, 0], "nullable": [1, np.nan], "count": [3, np.nan], "object": [1, np.nan],
        "category": [1, 2], "arrow flag": [1, np.nan], "arrow decimal": [1.5, np.nan],
        "decimal": [1.5, np.nan], "flag in objects": [1, np.nan], "empty": [np.nan, np.nan],
    }  # fmt: skip
    for name, values in expected.items():
        np.testing.assert_array_equal(as_number(table, name), values)
    with pytest.raises(SchemaError, match=r"to_numeric\(facts\[\"text\"\]\)"):
        as_number(table, "text")


def test_written_flags_are_refused_with_the_way_out():
    message = r"文字（是、否）.*facts\[\"s\"\]\.map\(\{'是': True, '否': False\}\)"
    with pytest.raises(SchemaError, match=message):
        as_number(pd.DataFrame({"s": ["是", None, "否"]}), "s")
    with pytest.raises(SchemaError, match=r"map\(\{'Y': True, 'N': False\}\)"):
        as_number(pd.DataFrame({"s": ["N", "Y"]}), "s")
    with pytest.raises(SchemaError, match="数字或是/否"):
        as_number(pd.DataFrame({"s": ["是", "大概"]}), "s")


def test_what_is_numeric():
    table = pd.DataFrame({"d": [Decimal("1"), None], "o": pd.Series([1, 2.5], dtype=object), "s": ["1", "2"]})
    assert [is_numeric(table[name]) for name in table] == [True, True, False]
    assert not is_numeric(pd.Series(pd.Categorical([1, 2])))
    assert not is_numeric(pd.Series([None, None], dtype=object))
    assert is_numeric(pd.Series([True], dtype="bool[pyarrow]"))
