"""Decomposition: exact sums, hand-worked effects, cells that appear and vanish, bad arguments."""

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
        change = now["bad"].sum() - old["bad"].sum() / old["week"].nunique()
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
