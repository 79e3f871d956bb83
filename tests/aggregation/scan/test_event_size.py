"""Root causes of amounts: what one event weighs."""

import itertools

import numpy as np
import pandas as pd
import pytest
from planted_tables import CHANNELS, PRODUCTS, REGIONS, WEEKS, causes, facts, named

from csatext.aggregation.scan.cells import read_rows
from csatext.aggregation.scan.event_size import measure_scale
from csatext.errors import ParameterError


def test_amounts_vary_more_than_counts():
    where = {"by": ["channel", "product", "region"], "period": "week", "current": "W5", "baseline": WEEKS[:4]}
    reports = 0
    for seed in range(8):
        table = facts(seed, n=5000).assign(contacts=1)
        rng = np.random.default_rng(seed + 100)
        table["paid"] = np.round(rng.lognormal(4, 1, len(table)) * table["bad"], 2)
        table["seconds"] = rng.lognormal(5, 0.6, len(table))
        for numerator, denominator in (("paid", None), ("paid", "contacts"), ("seconds", "contacts")):
            reports += not causes(table, numerator=numerator, denominator=denominator).empty
    # At 5 %, 6 or more of 24 have a probability below 0.2 %.
    assert reports < 6
    rows = read_rows(table, numerator="paid", denominator=None, **where)
    scale = measure_scale(rows, rows.cells(), "paid")
    assert scale.unit == pytest.approx((table["paid"] ** 2).sum() / table["paid"].sum())


def test_amounts_that_rose_are_found():
    table = facts(1, n=20000)
    inside = (
        (table["week"] == "W5") & (table["channel"] == "在线") & (table["product"] == "手机")
    ).to_numpy()
    seconds = np.random.default_rng(1).lognormal(5, 0.5, len(table)) * np.where(inside, 1.5, 1.0)
    table = table.assign(seconds=seconds, contacts=1)
    row = causes(table, numerator="seconds", denominator="contacts").iloc[0]
    assert named(row) == {"channel": "在线", "product": "手机"}
    assert row["contribution"] == pytest.approx(seconds[inside].sum() / 3, rel=0.2)
    assert row["contribution_low"] < seconds[inside].sum() / 3 < row["contribution_high"]


def test_amounts_summed_before_need_two_baseline_periods():
    table = facts(1, n=3000)
    table["seconds"] = np.random.default_rng(1).lognormal(5, 0.5, len(table))
    summed = table.groupby(["week", "channel", "product", "region"])["seconds"].sum().reset_index()
    assert causes(summed, numerator="seconds").empty
    with pytest.raises(ParameterError, match="明细"):
        causes(summed, numerator="seconds", baseline="W4")


def test_counts_summed_finer_than_asked_are_still_counts():
    rng = np.random.default_rng(2)
    cells = list(itertools.product(WEEKS, CHANNELS, PRODUCTS, REGIONS))
    table = pd.DataFrame(cells, columns=["week", "channel", "product", "region"])
    jump = (table["week"] == "W5") & (table["channel"] == "邮件")
    table["bad"] = rng.poisson(np.where(jump, 60.0, 45.0))
    found = causes(table, by=["channel", "product"])
    assert found["channel"][0] == "邮件" and pd.isna(found["product"][0])


def summed_seconds(seed, rows=4000):
    rng = np.random.default_rng(seed)
    table = facts(seed, n=rows).assign(contacts=1)
    table["seconds"] = rng.lognormal(5, 0.7, rows).round().astype(int)
    return (
        table.groupby(["week", "channel", "product", "region"])[["seconds", "contacts"]].sum().reset_index()
    )


def test_whole_sums_are_treated_as_other_sums():
    reports = 0
    for seed in range(12):
        table = summed_seconds(seed)
        whole = causes(table, numerator="seconds", denominator="contacts")
        parts = causes(
            table.assign(seconds=table["seconds"] * 1.001), numerator="seconds", denominator="contacts"
        )
        assert whole["q"].tolist() == pytest.approx(parts["q"].tolist())
        reports += not whole.empty
    # At 5 %, 4 or more of 12 have a probability of 0.2 %.
    assert reports < 4
    with pytest.raises(ParameterError, match="明细"):
        causes(table, numerator="seconds", denominator="contacts", baseline="W4")


def test_whole_sums_that_rose_are_found():
    table = summed_seconds(3, rows=20000)
    jump = (table["week"] == "W5") & (table["product"] == "电视")
    table.loc[jump, "seconds"] = (table.loc[jump, "seconds"] * 1.4).round().astype(int)
    row = causes(table, numerator="seconds", denominator="contacts").iloc[0]
    assert named(row) == {"product": "电视"}


@pytest.mark.parametrize("baseline", [["W1", "W2", "W3", "W4"], ["W4"]])
@pytest.mark.parametrize("sizes", [(5,), (3, 2)])
def test_small_counted_tables_equal_their_facts(sizes, baseline):
    by = ["channel", "product"][: len(sizes)]
    for seed in range(4):
        cells = list(itertools.product(WEEKS, *[CHANNELS[:3] + PRODUCTS[: size - 3] for size in sizes]))
        cells = [cell for cell in cells if len(sizes) == 1 or cell[2] in CHANNELS[:2]]
        table = pd.DataFrame(cells, columns=["week", *by])
        jump = (table["week"] == "W5") & (table[by] == ["在线", "电话"][: len(by)]).all(axis=1)
        table["bad"] = np.random.default_rng(seed).poisson(np.where(jump, 200.0, 100.0))
        found = causes(table, by=by, baseline=baseline)
        single = table.loc[table.index.repeat(table["bad"])].assign(bad=1)
        assert found[by].iloc[0].tolist() == ["在线", "电话"][: len(by)]
        pd.testing.assert_frame_equal(found, causes(single, by=by, baseline=baseline))


def test_counts_rebuilt_from_rates_are_counts():
    counts = facts(5, cause={"channel": "邮件"}, factor=2)
    by = ["week", "channel", "product", "region"]
    counted = counts.groupby(by)["bad"].agg(bad="sum", n="size").reset_index()
    rebuilt = counted.assign(bad=counted["bad"] / counted["n"] * counted["n"] * (1 + 1e-14))
    for baseline in (["W1", "W2", "W3", "W4"], "W4"):
        expected = causes(
            counted.assign(bad=counted["bad"].astype(float)), denominator="n", baseline=baseline
        )
        pd.testing.assert_frame_equal(causes(rebuilt, denominator="n", baseline=baseline), expected)
    amounts = pd.DataFrame({"week": [1, 2], "channel": "电话", "paid": [10.0, 2_000_000.4]})
    where = {"by": "channel", "period": "week", "current": 2, "baseline": 1}
    rows = read_rows(amounts, numerator="paid", denominator=None, round_whole=True, **where)
    assert rows.top.tolist() == [10.0, 2_000_000.4]
    nearly = amounts.assign(paid=[0.29 * 100, 3.0])
    rows = read_rows(nearly, numerator="paid", denominator=None, round_whole=True, **where)
    assert rows.top.tolist() == [29.0, 3.0]
