"""Decomposition: exact sums, hand-worked effects, cells that appear and vanish, bad arguments."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.aggregation.decompose import decompose
from csatext.errors import CsatextError, ParameterError, SchemaError


def apart(table, **changes):
    arguments = {
        "numerator": "bad",
        "denominator": "n",
        "by": ["channel", "product"],
        "period": "week",
        "current": "W3",
        "baseline": ["W1", "W2"],
    }
    return decompose(table, **(arguments | changes))


@st.composite
def tables(draw):
    size = draw(st.integers(4, 40))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    top = rng.integers(0, 30, size) * rng.choice([1.0, 0.37, 1e4])
    frame = pd.DataFrame(
        {
            "week": rng.choice(["W1", "W2", "W3"], size),
            "channel": rng.choice(["电话", "在线", None], size),
            "product": rng.choice(["宽带", "手机", "电视", "固话"], size),
            "bad": top,
            "n": rng.integers(0, 4, size) * rng.integers(1, 500, size).astype(float),
        }
    )
    edge = {"channel": ["电话", "电话"], "product": ["宽带", "手机"], "bad": [3.0, 2.0], "n": [9.0, 7.0]}
    return pd.concat([frame, pd.DataFrame({"week": ["W1", "W3"], **edge})], ignore_index=True)


@settings(max_examples=150, deadline=None)
@given(tables(), st.booleans(), st.sampled_from([["channel"], ["product"], ["channel", "product"]]))
def test_contributions_sum_to_the_change(table, is_rate, by):
    parts = apart(table, by=by, denominator="n" if is_rate else None)
    now, old = table[table["week"] == "W3"], table[table["week"] != "W3"]
    if is_rate:
        change = now["bad"].sum() / now["n"].sum() - old["bad"].sum() / old["n"].sum()
    else:
        change = now["bad"].sum() - old["bad"].sum() / 2  # a week without rows is 0
    scale = max(1.0, abs(change), table["bad"].sum())
    assert abs(parts["contribution"].sum() - change) <= 1e-9 * scale
    assert abs(parts.attrs["change"] - change) <= 1e-9 * scale


def test_a_rate_by_hand():
    table = pd.DataFrame(
        [
            ("W1", "电话", "宽带", 10, 100),
            ("W1", "在线", "宽带", 30, 100),
            ("W3", "电话", "宽带", 45, 150),
            ("W3", "邮件", "宽带", 25, 50),
        ],
        columns=["week", "channel", "product", "bad", "n"],
    )
    parts = apart(table, by="channel", baseline="W1").set_index(["channel", "effect"])["contribution"]
    # Rates .2 -> .35, middle .275; phone: share .5 -> .75, rate .1 -> .3.
    assert parts[("电话", "mix")] == pytest.approx(0.25 * (0.2 - 0.275))
    assert parts[("电话", "rate")] == pytest.approx(0.2 * 0.625)
    assert parts[("邮件", "new")] == pytest.approx(0.25 * (0.5 - 0.275))
    assert parts[("在线", "vanished")] == pytest.approx(-0.5 * (0.3 - 0.275))
    assert parts.sum() == pytest.approx(0.15)


def test_a_count_by_hand():
    table = pd.DataFrame(
        [("W1", "电话", 10), ("W1", "在线", 30), ("W2", "电话", 30), ("W3", "电话", 60), ("W3", "在线", 40)],
        columns=["week", "channel", "bad"],
    )
    parts = apart(table, by="channel", denominator=None)
    by_effect = parts.set_index(["channel", "effect"])["contribution"]
    # Per period 20 + 15 = 35 before, 60 + 40 = 100 after.
    assert by_effect[("电话", "mix")] == pytest.approx((60 / 100 - 20 / 35) * 67.5)
    assert by_effect[("电话", "rate")] == pytest.approx(65 * (60 / 100 + 20 / 35) / 2)
    assert (parts.attrs["before"], parts.attrs["after"]) == (35.0, 100.0)
    assert by_effect.groupby("channel").sum().to_dict() == pytest.approx({"电话": 40.0, "在线": 25.0})


def test_facts_equal_their_counts():
    rng = np.random.default_rng(5)
    facts = pd.DataFrame(
        {
            "week": rng.choice(["W1", "W2", "W3"], 500),
            "channel": rng.choice(["电话", "在线"], 500),
            "product": rng.choice(["宽带", "手机", "电视"], 500),
            "bad": rng.random(500) < 0.2,
        }
    )
    counted = facts.groupby(["week", "channel", "product"])["bad"].agg(bad="sum", n="size").reset_index()
    pd.testing.assert_frame_equal(apart(facts, denominator=None), apart(counted))


def test_waterfall_walks_from_before_to_after():
    table = pd.DataFrame(
        {"week": ["W1", "W3", "W3"], "channel": ["电话", "电话", "在线"], "bad": [1, 2, 3], "n": [10, 10, 10]}
    )
    steps = apart(table, by="channel").attrs["waterfall"]
    assert [step["step"] for step in steps] == ["before", "mix", "rate", "new", "vanished", "after"]
    assert steps[-2]["end"] == pytest.approx(steps[-1]["end"])
    assert steps[0]["end"] == pytest.approx(0.1) and steps[-1]["end"] == pytest.approx(0.25)


def test_missing_value_is_a_value():
    table = pd.DataFrame(
        {"week": ["W1", "W3"] * 2, "channel": ["电话"] * 2 + [None] * 2, "bad": [1, 2, 3, 4], "n": [10] * 4}
    )
    assert set(apart(table, by="channel")["channel"]) == {"电话", "(空)"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.booleans(), st.booleans())
def test_sums_of_large_numbers_are_exact(seed, digits, is_rate, is_signed):
    rng = np.random.default_rng(seed)
    size = 200
    table = pd.DataFrame({name: rng.integers(0, 6, size) for name in ("a", "b")})
    table["week"] = rng.integers(0, 3, size)
    table.loc[:2, "week"] = [0, 1, 2]
    table["bad"] = rng.integers(-(10**digits) if is_signed else 0, 10**digits, size, endpoint=True)
    table["n"] = rng.integers(1, 10**4, size) / 7.0
    parts = decompose(
        table, numerator="bad", denominator="n" if is_rate else None, by=["a", "b"],
        period="week", current=2, baseline=[0, 1],
    )  # fmt: skip
    change = parts.attrs["change"]
    for total in (
        parts["contribution"].sum(),
        math.fsum(parts["contribution"]),
        sum(parts["contribution"][::-1]),
    ):
        assert total == change
    assert parts.groupby("effect")["contribution"].sum().sum() == change
    before, after = table[table["week"] < 2], table[table["week"] == 2]
    if is_rate:
        shares = [Fraction(int(t["bad"].sum())) / sum(map(Fraction, t["n"])) for t in (after, before)]
        assert abs(Fraction(change) - (shares[0] - shares[1])) <= 1e-9 * max(
            1, parts["contribution"].abs().sum()
        )
    elif not is_signed:
        assert change == after["bad"].sum() - before["bad"].sum() / 2


def test_scores_below_zero():
    table = pd.DataFrame(
        {"week": ["W1"] * 4 + ["W3"] * 4, "channel": ["电话", "电话", "在线", "在线"] * 2, "one": 1,
         "nps": [1, 1, -1, 0, -1, 0, -1, 1]}
    )  # fmt: skip
    parts = apart(table, by="channel", numerator="nps", denominator="one", baseline="W1")
    by_effect = parts.set_index(["channel", "effect"])["contribution"].to_dict()
    # means 1 -> -1/2 and -1/2 -> 0 at half the contacts each
    assert by_effect == {
        ("电话", "mix"): 0,
        ("电话", "rate"): -0.75,
        ("在线", "mix"): 0,
        ("在线", "rate"): 0.25,
    }
    assert (parts.attrs["before"], parts.attrs["after"], parts.attrs["change"]) == (0.25, -0.25, -0.5)
    sums = apart(table, by="channel", numerator="nps", denominator=None, baseline="W1")
    assert sums.groupby("channel")["contribution"].sum().to_dict() == {"在线": 1, "电话": -3}
    assert sums["weight_before"].isna().all() and sums.attrs["change"] == -2


COUNTS = pd.DataFrame(
    {"month": ["2026-01"] * 12 + ["2026-04"] * 12, "channel": ["电话", "在线"] * 12, "n": 1}
)


def of_months(current, baseline, **changes):
    arguments = {"numerator": "n", "by": "channel", "period": "month"} | changes
    return decompose(COUNTS.assign(bad=[0, 1] * 12), current=current, baseline=baseline, **arguments)


def test_a_month_without_complaints_is_zero():
    parts = of_months("2026-04", ["2026-01", "2026-02", "2026-03"])
    assert [parts.attrs[key] for key in ("before", "after", "change")] == [4, 12, 8]
    assert parts.attrs["missing_baseline"] == ["2026-02", "2026-03"]
    assert "按 0 计入" in parts.attrs["note"]
    gone = of_months("2026-03", ["2026-01"])
    assert gone["effect"].tolist() == ["vanished"] * 2 and gone.attrs["change"] == -12
    assert "当前期 2026-03" in gone.attrs["note"]
    assert "note" not in of_months("2026-04", "2026-01").attrs


def test_a_month_without_rows_has_no_rate():
    parts = of_months("2026-04", ["2026-01", "2026-02"], numerator="bad")
    assert parts.attrs["before"] == 0.5
    assert parts.attrs["missing_baseline"] == ["2026-02"] and "没有分母" in parts.attrs["note"]
    with pytest.raises(ParameterError, match="current='2026-03' 没有可用的数据行"):
        of_months("2026-03", ["2026-01"], numerator="bad")


def test_no_dimension_is_lost_to_a_column_of_the_result():
    for name in ("effect", "contribution", "before", "weight_after"):
        with pytest.raises(ParameterError, match=f"「{name}」与结果表的列同名"):
            apart(COUNTS.assign(**{name: "x"}), by=name, numerator="n", denominator=None, period="month")
    table = pd.DataFrame({"week": ["W1", "W3"], "words": ["甲", "乙"], "bad": [1, 2], "n": [4, 5]})
    assert apart(table, by="words")["words"].tolist() == ["乙", "甲"]


def test_bad_arguments():
    table = pd.DataFrame({"week": ["W1", "W3"], "channel": ["电话", "在线"], "bad": [1, 2], "n": [0, 5]})
    with pytest.raises(ParameterError, match="分母合计为 0"):
        apart(table, by="channel")
    with pytest.raises(SchemaError, match="不在表中"):
        apart(table, by="chanel")
    with pytest.raises(CsatextError, match="baseline"):
        apart(table, by="channel", baseline=["W8"])


def test_input_is_left_alone():
    table = pd.DataFrame({"week": ["W1", "W3"], "channel": ["电话", "在线"], "bad": [1, 2], "n": [4, 5]})
    copy = table.copy(deep=True)
    apart(table, by="channel")
    pd.testing.assert_frame_equal(table, copy)
