from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.inputs.measures import has_flags, measure_kind, read_amounts
from csatext.errors import ParameterError, SchemaError


@pytest.fixture
def days():
    return pd.DataFrame({"bad": [2, 3, 0], "contacts": [10, 20, 5], "score": [3.5, 4.25, 5.0]})


def test_counts_that_are_part_of_their_denominator_are_a_rate(days):
    amounts = read_amounts(days, "bad", "contacts")
    assert (amounts.kind, amounts.is_counted) == ("rate", True)
    assert amounts.numerator.tolist() == [2, 3, 0]
    assert amounts.denominator.tolist() == amounts.contacts.tolist() == [10, 20, 5]


def test_other_denominators_are_a_ratio(days):
    assert read_amounts(days, "contacts", "bad").kind == "ratio"
    assert read_amounts(days, "score", "contacts").kind == "ratio"
    assert read_amounts(days, "bad", "contacts", kind="ratio").kind == "ratio"
    facts = days.assign(doc_id=["a", "b", "c"])  # messages of a contact are no independent contacts
    assert read_amounts(facts, "bad", "contacts").kind == "ratio"
    flags = pd.DataFrame(
        {"paid": [True, False], "asked": [True, True]}, index=pd.Index([1, 2], name="doc_id")
    )
    assert read_amounts(flags, "paid", "asked").kind == "rate"
    with pytest.raises(ParameterError, match="0 ≤ 分子 ≤ 分母"):
        read_amounts(days, "contacts", "bad", kind="rate")


def test_whole_numbers_under_the_count_are_refused_until_it_is_said_what_they_are(days):
    with pytest.raises(ParameterError, match=r'denominator="contacts".*kind="mean"'):
        read_amounts(days, "bad", count="contacts")
    mean = read_amounts(days, "bad", count="contacts", kind="mean")
    assert mean.numerator.sum() / mean.denominator.sum() == (2 * 10 + 3 * 20) / 35


def test_averages_flags_and_scores_weigh_by_count(days):
    averages = read_amounts(days, "score", count="contacts")
    assert averages.kind == "mean"
    assert averages.numerator.tolist() == [35, 85, 25]
    assert averages.units.tolist() == [1, 1, 1]  # a row's average is one observation
    scores = read_amounts(days.assign(score=[5, 4, 1], contacts=[2, 7, 9]), "score", count="contacts")
    assert scores.units.tolist() == [2, 7, 9]
    flags = read_amounts(days.assign(late=[True, False, True]), "late", count="contacts")
    assert (flags.kind, flags.numerator.tolist()) == ("rate", [10, 0, 5])


def test_missing_values_leave_a_row_out(days):
    days = days.assign(bad=[2, np.nan, 0])
    amounts = read_amounts(days, "bad", "contacts", count="contacts")
    assert amounts.denominator.tolist() == [10, 0, 5]
    assert amounts.contacts.tolist() == [10, 20, 5]


def test_types_of_other_libraries():
    table = pd.DataFrame({"late": pd.array([True, None, False], dtype="bool[pyarrow]")})
    table["amount"] = [Decimal("1.5"), Decimal("2.5"), None]
    assert read_amounts(table, "late").kind == "rate"
    assert read_amounts(table, "amount").numerator.tolist() == [1.5, 2.5, 0.0]


def test_errors(days):
    with pytest.raises(ParameterError, match="负数"):
        read_amounts(days.assign(contacts=-1), "bad", "contacts")
    with pytest.raises(ParameterError, match="measure"):
        read_amounts(days, None, "contacts")
    for kind in ("share", "mean", ["rate"]):
        with pytest.raises(ParameterError, match="kind"):
            read_amounts(days, "bad", "contacts", kind=kind)
    with pytest.raises(SchemaError):
        read_amounts(days.assign(bad="x"), "bad")


def test_counts_made_again_from_rates_are_counts():
    total = np.array([100.0, 1526.0, 49.0])
    bad = np.array([0.29, 423 / 1526, 1.0]) * total
    assert bad[0] != 29
    table = pd.DataFrame({"bad": bad, "contacts": total * (1 + 2e-16)})
    amounts = read_amounts(table, "bad", "contacts")
    assert (amounts.kind, amounts.is_counted) == ("rate", True)
    assert amounts.numerator.tolist() == [29, 423, 49]
    assert read_amounts(table, "bad", "contacts", kind="rate").kind == "rate"
    money = pd.DataFrame({"refunded": [1_234_567.89], "paid": [2_345_678.9]})
    assert read_amounts(money, "refunded", "paid").kind == "ratio"


def test_kinds_of_measures():
    flag, number = np.array([1.0, 0, np.nan]), np.array([2.5, 1, 0])
    assert measure_kind(flag) == "rate"
    assert measure_kind(number) == "mean"
    assert measure_kind(flag, np.array([1.0, 1, 1])) == "rate"
    assert measure_kind(flag, np.array([0.0, 1, 1])) == "ratio"
    assert measure_kind(flag, number) == "ratio"
    counts = np.array([3.0, 1, 0])
    assert measure_kind(counts, np.array([9.0, 1, 4])) == "proportion"
    assert measure_kind(counts, np.array([9.0, 1, 4]), are_contacts=True) == "ratio"
    assert (
        measure_kind(counts, np.array([9.5, 1, 4])) == measure_kind(counts, np.array([2.0, 1, 4])) == "ratio"
    )
    assert measure_kind(counts, np.array([9.0, 1, 4]), kind="rate", are_contacts=True) == "proportion"
    assert measure_kind(flag, kind="mean") == "mean"


@pytest.mark.parametrize(
    ("kind", "denominator", "message"),
    [
        ("rate", None, "只用于有分母"),
        ("mean", np.ones(3), "可选值：rate、ratio"),
        ("share", None, "可选值：mean"),
        ("rate", np.array([1.0, 0, 1]), "「bad」与分母都是整数"),
    ],
)
def test_a_kind_that_does_not_fit_is_refused(kind, denominator, message):
    with pytest.raises(ParameterError, match=message):
        measure_kind(np.array([2.0, 1, 0]), denominator, kind=kind, measure="bad")


def test_flags_of_every_type_and_nothing_else():
    table = pd.DataFrame(
        {
            "bool": [True, False],
            "numbers": [0.0, np.nan],
            "nullable": pd.array([None, True], dtype="boolean"),
            "no_value_but_bool": pd.array([None, None], dtype="boolean"),
            "no_value": [np.nan, np.nan],
            "scores": [1, 5],
            "words": ["是", "否"],
        }
    )
    assert [name for name in table if has_flags(table, name)] == list(table)[:4]
