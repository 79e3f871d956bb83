import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.aggregation.inputs.dimensions import cell_codes, encode_dimension, encode_groups, free_dimensions
from csatext.errors import ParameterError
from csatext.schema.aggregation import BREAKDOWN, RESIDUALS


def test_values_of_any_type_become_text_and_missing_ones_are_kept():
    codes, labels = encode_dimension(pd.Series([1, "1", None, 2.5], dtype=object))
    assert labels.tolist() == ["(空)", "1", "2.5"]
    assert labels[codes].tolist() == ["1", "1", "(空)", "2.5"]
    dated = encode_dimension(pd.Series(pd.to_datetime(["2026-05-02", "2026-05-01"])))
    assert dated[1].tolist() == ["2026-05-01", "2026-05-02"]
    assert dated[0].tolist() == [1, 0]


def test_without_missing_values_there_is_no_empty_label():
    codes, labels = encode_dimension(pd.Series(["甲", "(乙", "丙"]))
    assert "(空)" not in labels
    assert labels[codes].tolist() == ["甲", "(乙", "丙"]


def test_the_text_for_missing_values_given_by_the_user_is_the_same_value():
    codes, labels = encode_dimension(pd.Series(["(空)", None]))
    assert labels.tolist() == ["(空)"]
    assert codes.tolist() == [0, 0]


def test_cells_run_over_all_combinations():
    parts = [encode_dimension(pd.Series(v)) for v in (["b", "a", "b"], ["x", "x", "y"], ["q", "q", "q"])]
    codes, labels = cell_codes(parts, 3)
    assert [tuple(label[c] for label in labels) for c in codes] == [
        ("b", "x", "q"),
        ("a", "x", "q"),
        ("b", "y", "q"),
    ]
    assert len(labels[0]) == 4
    none, no_labels = cell_codes([], 3)
    assert none.tolist() == [0, 0, 0]
    assert no_labels == []
    empty, _ = cell_codes([encode_dimension(pd.Series([], dtype="str"))], 0)
    assert empty.dtype == np.int64


def test_a_dimension_named_as_a_column_of_the_result_is_refused_with_its_way_out():
    assert free_dimensions(("channel", "product"), BREAKDOWN) == ["channel", "product"]
    message = r"参数 by 里的列「n、rank」与结果表的列同名（表 breakdown）.*columns=\{\"n\": \"n_维度\"\}"
    with pytest.raises(ParameterError, match=message):
        free_dimensions(["rank", "channel", "n"], BREAKDOWN)
    with pytest.raises(ParameterError, match="参数 x 里的列「lift」"):
        free_dimensions("lift", RESIDUALS, "x")


def test_groups_keep_the_order_of_their_values_and_a_missing_one_is_a_group():
    codes, groups = encode_groups(
        pd.DataFrame({"star": [10, 9, 10], "team": ["乙", None, "乙"]}), ["star", "team"]
    )
    assert codes.tolist() == [1, 0, 1]
    assert groups.values.tolist() == [[9, "(空)"], [10, "乙"]]
    codes, groups = encode_groups(pd.DataFrame({"star": [1, 2]}), [])
    assert (codes.tolist(), groups.shape) == ([0, 0], (1, 0))


def test_half_a_surrogate_pair_is_a_value_like_others():
    products = pd.Series(["坏\ud83d", "坏\ud83d", "好"], dtype=object)
    facts = pd.DataFrame({"product": products, "hit": [True, False, False]})
    table = ct.breakdown(facts, "product", "hit").set_index("product")
    assert table["denominator"].to_dict() == {"坏\ufffd": 2, "好": 1}
