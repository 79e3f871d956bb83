import numpy as np
import pandas as pd

from csatext.aggregation.inputs.dimensions import cell_codes, encode_dimension


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
