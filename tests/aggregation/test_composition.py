"""Shares of a column, and their changes."""

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.aggregation.composition import compared_periods, composition


def test_shares_and_changes_are_those_worked_out_by_hand():
    # Four weeks of 100 contacts with 30 by phone, then a complete one with 60; the sixth is not complete.
    weeks = [["电话"] * 30 + ["在线"] * 70] * 4 + [["电话"] * 60 + ["在线"] * 40]
    starts = [pd.Timestamp("2026-03-02") + pd.Timedelta(weeks=at) for at in range(5)]
    days = [start + pd.Timedelta(days=at % 7) for start in starts for at in range(100)]
    facts = pd.DataFrame({"channel": np.concatenate(weeks), "created_at": days})
    late = pd.DataFrame({"channel": ["邮件"], "created_at": [pd.Timestamp("2026-04-06")]})
    facts = pd.concat([facts, late], ignore_index=True)
    found = composition(facts, "channel", periods=compared_periods(facts, "created_at", "W"))
    by = found.set_index("channel")
    assert found["channel"].tolist() == ["在线", "电话", "邮件"]
    assert by.loc["电话", ["numerator", "denominator"]].tolist() == [180, 501]
    assert by.loc["电话", "value"] == pytest.approx(180 / 501)
    assert by.loc["电话", ["before", "after"]].tolist() == [0.3, 0.6]
    assert by.loc["电话", "change"] == pytest.approx(0.3)
    assert by.loc["电话", "has_changed"]
    assert by.loc["电话", "period"] == "2026-W14"
    assert not by.loc["邮件", "has_changed"]


def test_missing_values_are_a_value_and_scores_keep_their_order():
    facts = pd.DataFrame({"csat": pd.array([5, 1, 5, None, 3], dtype="Int64"), "bad": [1, 1, 0, 1, 0]})
    found = composition(facts, "csat", ordered=True)
    assert found["csat"].tolist() == [1, 3, 5, "(空)"]
    assert found["value"].tolist() == [0.2, 0.2, 0.4, 0.2]
    among = composition(facts, "csat", among="bad", ordered=True)
    assert among[["csat", "numerator"]].values.tolist() == [[1, 1], [5, 1], ["(空)", 1]]
    assert composition(facts.head(0), "csat").empty


def test_wrong_columns_are_said():
    with pytest.raises(ct.CsatextError, match="不在表中"):
        composition(pd.DataFrame({"a": [1]}), "b")
    with pytest.raises(ct.ParameterError):
        composition(pd.DataFrame({"value": [1]}), "value")
