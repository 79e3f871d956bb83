import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_chisquare

from csatext.aggregation.breakdown import above_rest, breakdown, numerator_shares, overview
from csatext.errors import ParameterError, SchemaError
from csatext.schema.aggregation import BREAKDOWN


def facts():
    rng = np.random.default_rng(0)
    n = 3000
    channel = rng.choice(["电话", "在线", "工单"], n)
    product = rng.choice(["宽带", "手机"], n)
    flag = rng.random(n) < np.where(channel == "电话", 0.3, 0.1)
    return pd.DataFrame(
        {"channel": channel, "product": product, "is_negative": flag, "seconds": rng.gamma(2, 60, n)}
    )


def test_rates_equal_statsmodels():
    f = facts()
    table = breakdown(f, ["channel", "product"], "is_negative", level=0.9)
    assert table.columns.tolist() == ["rank", "channel", "product", *(c.name for c in BREAKDOWN.columns[1:])]
    assert table["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    p = []
    for row in table.itertuples():
        here = f[(f["channel"] == row.channel) & (f["product"] == row.product)]["is_negative"]
        x, n, x0, n0 = here.sum(), len(here), f["is_negative"].sum() - here.sum(), len(f) - len(here)
        assert (row.n, row.numerator, row.denominator) == (n, x, n)
        assert (row.value, row.rest) == (pytest.approx(x / n), pytest.approx(x0 / n0))
        assert row.difference == pytest.approx(x / n - x0 / n0)
        low, high = proportion_confint(x, n, alpha=0.1, method="wilson")
        assert (row.low, row.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
        p.append(proportions_chisquare([x, x0], [n, n0])[1])
    np.testing.assert_allclose(table["p"], p, atol=1e-9)
    np.testing.assert_allclose(table["q"], multipletests(p, method="fdr_bh")[1], atol=1e-9)
    assert set(table["channel"].head(2)) == {"电话"}
    assert table["shrunken"].is_monotonic_decreasing
    assert json.loads(json.dumps(table.attrs))["kind"] == "rate"


def test_zero_cells_missing_values_and_suppression():
    f = pd.DataFrame(
        {
            "channel": ["电话"] * 8 + ["在线"] * 8 + [None] * 2,
            "day": [1] * 8 + [2] * 10,
            "bad": pd.array([True, False] * 4 + [True] * 6 + [None] * 2 + [False] * 2, dtype="boolean"),
        }
    )
    table = breakdown(f, ["channel", "day"], "bad", min_n=5)
    assert len(table) == 6
    cell = table.set_index(["channel", "day"])
    assert cell.loc[("(空)", "2"), "n"] == 2
    assert cell.loc[("电话", "2"), "n"] == 0
    online = cell.loc[("在线", "2")]
    assert (online["n"], online["denominator"], online["numerator"], online["value"]) == (8, 6, 6, 1)
    assert table["n"].sum() == 18
    assert table["suppressed"].tolist() == [False, False, True, True, True, True]
    assert table[table["suppressed"]][["value", "low", "high", "p", "q", "difference"]].isna().all(axis=None)
    assert table["small"].all()
    assert (
        breakdown(f, ["channel", "day"], "bad", min_n=0)["value"].isna().sum() == 3
    )  # only the cells without rows


def test_margins_add_up():
    table = breakdown(facts(), ["channel", "product"], "is_negative", margins=True)
    assert len(table) == 1 + 3 + 2 + 6
    total = table[table["channel"].isna() & table["product"].isna()]
    assert total["n"].tolist() == [3000]
    assert total["rest"].isna().all()
    assert total["p"].isna().all()
    for channel, rows in table[table["channel"].notna()].groupby("channel"):
        margin = rows[rows["product"].isna()]
        inner = rows[rows["product"].notna()]
        assert (margin[["n", "numerator"]].sum() == inner[["n", "numerator"]].sum()).all(), channel
    assert table["rank"].tolist() == list(range(1, 13))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40), st.booleans())
def test_every_set_of_dimensions_sums_to_the_same(seed, n, margins):
    rng = np.random.default_rng(seed)
    f = pd.DataFrame({d: rng.choice(["x", "y", None], n) for d in "abc"}, dtype="str")
    f["v"] = rng.choice([0.0, 1.0, np.nan], n)
    table = breakdown(f, ["a", "b", "c"], "v", margins=margins)
    sums = table.groupby(table[["a", "b", "c"]].notna().apply(tuple, axis=1))[
        ["n", "numerator", "denominator"]
    ].sum()
    assert (sums == [n, np.nansum(f["v"]), f["v"].notna().sum()]).all(axis=None)


def test_means_and_ratios():
    f = facts().assign(messages=lambda d: np.arange(len(d)) % 7 + 1)
    mean = breakdown(f, "channel", "seconds")
    by_hand = f.groupby("channel")["seconds"].mean()
    assert mean.set_index("channel")["value"].to_dict() == pytest.approx(by_hand.to_dict())
    assert ((mean["low"] < mean["value"]) & (mean["value"] < mean["high"])).all()
    ratio = breakdown(f, "channel", "seconds", "messages")
    sums = f.groupby("channel")[["seconds", "messages"]].sum()
    assert ratio.set_index("channel")["value"].to_dict() == pytest.approx(
        (sums["seconds"] / sums["messages"]).to_dict()
    )
    assert ratio.attrs["kind"] == "ratio"
    pd.testing.assert_frame_equal(mean, breakdown(f, "channel", "seconds"))


def test_a_flag_over_a_flag_that_contains_it_is_a_rate():
    f = pd.DataFrame({"team": ["a"] * 20, "asked": [1] * 10 + [0] * 10, "paid": [1] * 4 + [0] * 16})
    table = breakdown(f, "team", "paid", "asked")
    assert table.attrs["kind"] == "rate"
    assert table[["n", "numerator", "denominator", "value"]].iloc[0].tolist() == [20, 4, 10, 0.4]
    assert table["low"].iloc[0] == pytest.approx(proportion_confint(4, 10, method="wilson")[0], abs=1e-9)


def test_a_cell_whose_denominators_sum_to_zero_has_no_value():
    f = pd.DataFrame(
        {"c": ["a"] * 40 + ["b"] * 40 + ["d"] * 600, "x": [1, 2] * 340, "d": [0] * 40 + [1] * 640}
    )
    f.loc[f["c"] == "d", "d"] = 0
    cell = breakdown(f, "c", "x", "d").set_index("c")
    assert cell.index.tolist()[0] == "b"
    shown = ["value", "low", "high", "difference", "p", "shrunken"]
    assert cell.loc[["a", "d"], shown].isna().all(axis=None)
    assert (cell.loc["b", "value"], cell.loc["a", "numerator"], cell.loc["a", "n"]) == (1.5, 60, 40)
    assert cell.loc["b", "low"] < 1.5 < cell.loc["b", "high"]


COUNTED = pd.DataFrame(
    {
        "month": [4, 5, 4, 5, 5],
        "channel": ["电话", "电话", "在线", "在线", "邮件"],
        "neg": [211, 212, 60, 67, 1],
        "contacts": [700, 826, 400, 461, 3],
    }
)


def test_counted_tables_are_proportions():
    table = breakdown(COUNTED, "channel", "neg", "contacts")
    cell = table.set_index("channel")
    hits, trials = {"电话": 423, "在线": 127, "邮件": 1}, {"电话": 1526, "在线": 861, "邮件": 3}
    assert cell["n"].to_dict() == trials
    assert cell["suppressed"].to_dict() == {"电话": False, "在线": False, "邮件": True}
    p = {}
    for name in ("电话", "在线"):
        low, high = proportion_confint(hits[name], trials[name], method="wilson")
        assert cell.loc[name, ["low", "high"]].tolist() == pytest.approx([low, high], abs=1e-9)
        others = [551 - hits[name], 2390 - trials[name]]
        p[name] = proportions_chisquare([hits[name], others[0]], [trials[name], others[1]])[1]
        assert cell.loc[name, "p"] == pytest.approx(p[name], abs=1e-9)
        assert cell.loc[name, "rest"] == pytest.approx(others[0] / others[1])
    assert (table.attrs["kind"], table.attrs["counted"], table.attrs["interval"]) == ("rate", True, "wilson")
    assert breakdown(COUNTED, "channel", "neg", "contacts", margins=True)["n"].tolist()[0] == 2390


def test_counted_and_listed_contacts_give_the_same_table():
    cells = COUNTED.loc[COUNTED.index.repeat(2)].reset_index(drop=True).assign(flag=[1, 0] * 5)
    size = np.where(cells["flag"] == 1, cells["neg"], cells["contacts"] - cells["neg"])
    listed = cells.loc[cells.index.repeat(size)]
    rows = breakdown(listed, ["channel", "month"], "flag", margins=True)
    pd.testing.assert_frame_equal(
        rows, breakdown(COUNTED, ["channel", "month"], "neg", "contacts", margins=True), check_exact=False
    )


def test_what_is_no_count_stays_a_ratio():
    money = COUNTED.assign(neg=COUNTED["neg"] + 0.5)
    assert breakdown(money, "channel", "neg", "contacts").attrs["kind"] == "ratio"
    assert breakdown(COUNTED.assign(neg=9999), "channel", "neg", "contacts").attrs["kind"] == "ratio"
    assert breakdown(COUNTED, "channel", "neg", "contacts", kind="ratio").attrs["kind"] == "ratio"
    # rows with a doc_id are contacts: 2 of 5 messages in one contact are no 5 independent trials
    contacts = COUNTED.rename_axis("doc_id")
    assert breakdown(contacts, "channel", "neg", "contacts")["n"].sum() == 5
    assert breakdown(contacts.reset_index(), "channel", "neg", "contacts").attrs["kind"] == "ratio"
    assert breakdown(contacts, "channel", "neg", "contacts", kind="rate").attrs["counted"]
    with pytest.raises(ParameterError, match="整数"):
        breakdown(money, "channel", "neg", "contacts", kind="rate")
    with pytest.raises(ParameterError, match="denominator"):
        breakdown(COUNTED, "channel", "neg", kind="rate")
    with pytest.raises(ParameterError, match="kind='mean'"):
        breakdown(COUNTED, "channel", "neg", "contacts", kind="mean")


def test_order_does_not_mislead():
    # a cell of 6 rows with 3 hits must not stand above one of 2,000 rows with 45 %
    f = pd.DataFrame({"agent": ["x"] * 6 + ["y"] * 2000 + ["z"] * 2000})
    f["bad"] = [1] * 3 + [0] * 3 + [1] * 900 + [0] * 1100 + [1] * 200 + [0] * 1800
    table = breakdown(f, "agent", "bad")
    assert table["agent"].tolist() == ["y", "x", "z"]
    assert table.loc[table["agent"] == "x", "value"].iloc[0] == 0.5


def test_nothing_planted_gives_few_findings():
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(100):
        f = pd.DataFrame({"a": rng.integers(0, 30, 2000), "v": rng.random(2000) < 0.08})
        found += (breakdown(f, "a", "v")["q"] < 0.05).any()
    assert found <= 12  # 5 expected; 12 is 3.2 standard errors more


def test_empty_inputs():
    empty = breakdown(facts().iloc[:0], "channel", "is_negative", margins=True)
    assert len(empty) == 0
    assert "没有数据行" in empty.attrs["reason"]
    unknown = breakdown(pd.DataFrame({"a": ["x", "y"], "v": [None, None]}), "a", "v")
    assert unknown["value"].isna().all()
    assert "全是空值" in unknown.attrs["reason"]
    single = breakdown(pd.DataFrame({"a": ["x"] * 9, "v": [3.5] * 9}), "a", "v")
    assert single["rest"].isna().all()
    assert single["p"].isna().all()


def test_input_is_left_alone():
    f = facts()
    before = f.copy()
    breakdown(f, ["channel", "product"], "seconds", margins=True)
    pd.testing.assert_frame_equal(f, before)


def test_bad_arguments():
    f = facts()
    with pytest.raises(SchemaError, match="是不是想写「channel」"):
        breakdown(f, "chanel", "is_negative")
    with pytest.raises(SchemaError, match="measure"):
        breakdown(f, "channel", "negative_rates")
    with pytest.raises(ParameterError, match="measure 的类型是 list"):
        breakdown(f, "channel", ["is_negative", "seconds"])
    with pytest.raises(ParameterError, match="measure 的类型是 NoneType"):
        breakdown(f, "channel", None)
    with pytest.raises(SchemaError, match="不止一列叫「seconds」"):
        breakdown(pd.concat([f, f["seconds"]], axis=1), "channel", "seconds")
    with pytest.raises(SchemaError, match="数字或是/否"):
        breakdown(f, "channel", "product")
    with pytest.raises(ParameterError, match="level"):
        breakdown(f, "channel", "is_negative", level=95)
    with pytest.raises(ParameterError, match="max_cells=5"):
        breakdown(f, ["channel", "product"], "is_negative", max_cells=5)
    with pytest.raises(ParameterError, match="同名"):
        breakdown(f.rename(columns={"channel": "n"}), "n", "is_negative")
    with pytest.raises(ParameterError, match="不止一次"):
        breakdown(f, ["channel", "channel"], "is_negative")
    with pytest.raises(ParameterError, match="负数"):
        breakdown(f.assign(d=-1.5), "channel", "seconds", "d")
    with pytest.raises(SchemaError, match="无穷大"):
        breakdown(f.assign(d=np.inf), "channel", "d")


def test_counts_made_again_from_rates_give_a_rate():
    total = np.array([100.0, 1526.0])
    table = pd.DataFrame({"channel": ["电话", "在线"], "bad": [29.0, 423.0], "contacts": total})
    noisy = table.assign(bad=np.array([0.29, 423 / 1526]) * total)
    assert noisy["bad"][0] != 29
    wanted = breakdown(table, "channel", "bad", "contacts")
    for kind in (None, "rate"):
        found = breakdown(noisy, "channel", "bad", "contacts", kind=kind)
        assert found.attrs["kind"] == "rate"
        pd.testing.assert_frame_equal(found, wanted)


def test_suppressed_whole_numbers_may_be_counts():
    table = pd.DataFrame({"channel": ["电话", "在线"], "complaints": [29, 423], "seconds": [1.5, 2.5]})
    note = breakdown(table, "channel", "complaints").attrs["note"]
    assert "denominator=" in note
    assert "count='complaints'" in note
    assert "note" not in breakdown(table, "channel", "seconds").attrs
    assert "note" not in breakdown(table, "channel", "complaints", min_n=1).attrs


def test_the_overview_counts_what_is_known():
    facts = pd.DataFrame(
        {
            "created_at": pd.to_datetime(["2026-05-02", None, "2026-05-01", "2026-05-03"]),
            "is_negative": pd.array([True, False, None, True], dtype="boolean"),
            "category": ["物流", "未归类", "退款", "物流"],
            "csat": [1.0, None, 5, 3],
        }
    )
    found = overview(facts, "is_negative")
    assert (found.n, found.numerator, found.denominator, found.value) == (4, 2, 3, 2 / 3)
    assert (found.first, found.last) == (pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-03"))
    assert (found.low, found.high) == pytest.approx(proportion_confint(2, 3, method="wilson"))
    assert (found.classified, found.csat) == (0.75, 3.0)


def test_the_overview_of_little_has_gaps():
    found = overview(pd.DataFrame({"is_negative": [None, None], "csat": ["好", "差"]}), "is_negative")
    assert (found.n, found.denominator, found.first, found.classified, found.csat) == (2, 0, None, None, None)
    assert np.isnan([found.value, found.low, found.high]).all()


def test_cells_above_the_rest_and_what_they_exceed_it_by():
    facts = pd.DataFrame({"channel": ["电话"] * 100 + ["在线"] * 100 + ["邮件"] * 100})
    facts["is_negative"] = [1] * 60 + [0] * 40 + ([1] * 30 + [0] * 70) * 2
    table = breakdown(facts, "channel", "is_negative")
    # 60 of 100 against 60 of the other 200: 30 more than with their rate.
    assert above_rest(table)[["channel", "excess"]].values.tolist() == [["电话", pytest.approx(30)]]
    assert above_rest(table, alpha=1e-9).empty
    with pytest.raises(ParameterError, match="alpha 是误报率"):
        above_rest(table, alpha=0.95)
    assert numerator_shares(table).tolist() == [0.5, 0.25, 0.25]
    assert numerator_shares(table.assign(numerator=0)).isna().all()


def test_scores_that_happen_to_be_zero_and_one_can_be_averaged():
    facts = pd.DataFrame({"channel": ["电话"] * 10, "score": [0, 1] * 5})
    assert breakdown(facts, "channel", "score", kind="mean").attrs["kind"] == "mean"
    assert breakdown(facts, "channel", "score").attrs["kind"] == "rate"


def test_the_share_with_a_category_is_of_complaints_where_these_are_told():
    facts = pd.DataFrame(
        {
            "is_negative": [True, True, False, False],
            "category": ["物流", "未归类", "物流", "未归类"],
            "is_complaint": [True, True, True, False],
        }
    )
    found = overview(facts, "is_negative")
    assert found.complaints == 0.75
    assert found.classified == pytest.approx(2 / 3)
    assert overview(facts.drop(columns="is_complaint"), "is_negative").complaints is None
