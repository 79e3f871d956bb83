"""Root causes: planted ones found, noise left alone, columns that add up, bad arguments."""

import itertools

import numpy as np
import pandas as pd
import pytest
from planted_tables import CHANNELS, PRODUCTS, REGIONS, WEEKS, causes, facts, named
from scipy.stats import binomtest

from csatext.errors import ParameterError, SchemaError


@pytest.mark.parametrize(
    "cause",
    [
        {"channel": "邮件"},
        {"channel": "电话", "product": "手机"},
        {"channel": "在线", "product": "固话", "region": "南"},
    ],
)
@pytest.mark.parametrize("factor", [0.1, 3.5])
def test_planted_cause_comes_first(cause, factor):
    for seed in range(3):
        found = causes(facts(seed, n=60000, rate=0.2, cause=cause, factor=factor))
        assert named(found.iloc[0]) == cause
        assert (found["contribution"].iloc[0] > 0) == (factor > 1)


def test_two_causes_do_not_share_cells():
    table = facts(1, n=60000, cause={"product": "云盘"}, factor=2.5)
    second = (table["week"] == "W5") & (table["channel"] == "门店")
    table.loc[second, "bad"] = (np.random.default_rng(3).random(int(second.sum())) < 0.35).astype(int)
    found = causes(table)
    main = found[found["alternative_to"].isna()]
    assert [named(row) for _, row in main.iterrows()] == [{"channel": "门店"}, {"product": "云盘"}]
    # Between them they explain what rose.
    assert 0.85 < main["share"].sum() < 1.15


def test_nothing_planted_is_rarely_reported():
    false = sum(not causes(facts(seed, n=6000)).empty for seed in range(60))
    # At 5 %, 8 or more of 60 have a probability below 1 %.
    assert false < 8


def test_many_sparse_combinations_are_rarely_reported():
    reports = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({f"d{size}": rng.integers(0, size, 20000) for size in (40, 31, 200)})
        table["week"] = rng.choice(WEEKS, len(table))
        table["bad"] = (rng.random(len(table)) < 0.1).astype(int)
        reports += not causes(table, by=["d40", "d31", "d200"]).empty
    # At 5 %, 4 or more of 12 have a probability of 0.2 %.
    assert reports < 4


@pytest.mark.parametrize("kind", ["rate", "count"])
def test_one_baseline_period_and_unequal_values(kind):
    reports = 0
    for seed in range(20):
        table = facts(seed, n=5000)
        table["bad"] = 1 if kind == "count" else table["bad"]
        reports += not causes(table, baseline="W4").empty
    # At 5 %, 5 or more of 20 have a probability of 0.3 %.
    assert reports < 5


def test_empty_result_has_its_columns_and_reason():
    found = causes(facts(0, n=3000))
    assert found.empty
    assert {"rank", "channel", "product", "region", "share", "q"} <= set(found.columns)
    assert "显著" in found.attrs["reason"]


def test_a_rise_of_everything_has_no_cause():
    for seed in range(5):
        assert causes(facts(seed, n=40000, cause={}, factor=1.5)).empty


def test_rates_that_wander_by_themselves_are_no_cause():
    reports = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        cells = list(itertools.product(WEEKS, CHANNELS, PRODUCTS, REGIONS))
        table = pd.DataFrame(cells, columns=["week", "channel", "product", "region"])
        table["n"] = 5000
        walk = {key: np.exp(rng.normal(0, 0.15)) for key in itertools.product(WEEKS, CHANNELS)}
        rate = [0.1 * walk[key] for key in zip(table["week"], table["channel"], strict=True)]
        table["bad"] = rng.binomial(5000, rate)
        reports += not causes(table, denominator="n").empty
    assert reports <= 4


def test_counts_of_the_row_are_those_of_the_table():
    table = facts(2, cause={"channel": "电话", "product": "手机"}, factor=3)
    row = causes(table).iloc[0]
    inside = table[(table["channel"] == "电话") & (table["product"] == "手机")]
    now, old = inside[inside["week"] == "W5"], inside[inside["week"] != "W5"]
    assert row["numerator_after"] == now["bad"].sum() and row["denominator_after"] == len(now)
    assert row["numerator_before"] == old["bad"].sum() and row["denominator_before"] == len(old)
    assert row["before"] == pytest.approx(old["bad"].mean())
    assert row["after"] == pytest.approx(now["bad"].mean())
    # 200 excess events planted in about 480 contacts at .1; the model's expectation is near the rate before.
    assert row["contribution"] == pytest.approx((now["bad"].mean() - 0.1) * len(now), rel=0.1)
    assert row["contribution_low"] < row["contribution"] < row["contribution_high"]


def test_facts_equal_their_counts():
    table = facts(4, cause={"channel": "邮件"}, factor=2)
    by = ["week", "channel", "product", "region"]
    counted = table.groupby(by)["bad"].agg(bad="sum", n="size").reset_index()
    pd.testing.assert_frame_equal(causes(table), causes(counted, denominator="n"))
    pd.testing.assert_frame_equal(causes(table), causes(table.sample(frac=1, random_state=0)))


def test_counts_are_held_against_the_change_of_all():
    rng = np.random.default_rng(8)
    cells = list(itertools.product(WEEKS, CHANNELS, PRODUCTS))
    table = pd.DataFrame(cells, columns=["week", "channel", "product"])
    mean = np.where(table["week"] == "W5", 300.0, 200.0)
    table["bad"] = rng.poisson(mean)
    assert causes(table, by=["channel", "product"]).empty
    jump = (table["week"] == "W5") & (table["channel"] == "在线") & (table["product"] == "电视")
    table.loc[jump, "bad"] += 200
    found = causes(table, by=["channel", "product"])
    assert (found["channel"][0], found["product"][0]) == ("在线", "电视")
    assert found["before"][0] == pytest.approx(
        table[(table["channel"] == "在线") & (table["product"] == "电视") & (table["week"] != "W5")][
            "bad"
        ].mean()
    )
    assert found["contribution"][0] == pytest.approx(200, abs=60)


def test_a_shift_of_the_mix_is_no_cause():
    rng = np.random.default_rng(9)
    rows = []
    for week in WEEKS:
        for channel, rate in (("电话", 0.3), ("在线", 0.05), ("邮件", 0.05)):
            for region in REGIONS:
                n = 3000 if (week == "W5") == (channel == "电话") else 1000
                rows.append((week, channel, region, rng.binomial(n, rate), n))
    table = pd.DataFrame(rows, columns=["week", "channel", "region", "bad", "n"])
    assert causes(table, by=["channel", "region"], denominator="n").empty
    assert causes(table, by=["region", "channel"], denominator="n", max_dims=1).empty


def test_missing_value_constant_dimension_and_number_dimension():
    table = facts(5, cause={"product": "固话"}, factor=4)
    table["product"] = table["product"].replace("固话", None)
    table["region"] = "东"
    table["level"] = 3
    found = causes(table, by=["product", "region", "level"])
    assert found["product"][0] == "(空)"
    assert pd.isna(found["region"][0]) and pd.isna(found["level"][0])
    assert str(found["level"].dtype) == "Int64"


def test_cells_that_come_go_or_have_no_denominator():
    table = facts(6, cause={"channel": "电话"}, factor=3)
    counted = table.groupby(["week", "channel", "product", "region"])["bad"].agg(bad="sum", n="size")
    counted = counted.reset_index().astype({"bad": float, "n": float})
    counted = counted[~((counted["week"] != "W5") & (counted["product"] == "云盘"))]
    counted.loc[counted.index[:3], ["bad", "n"]] = 0.0
    assert causes(counted, denominator="n")["channel"][0] == "电话"
    nothing = counted.assign(bad=0.0)
    assert "都是 0" in causes(nothing, denominator="n").attrs["reason"]


def test_one_baseline_value_and_missing_periods():
    table = facts(7, n=60000, cause={"channel": "邮件"}, factor=3)
    assert causes(table, baseline="W4")["channel"][0] == "邮件"
    found = causes(table, baseline=["W0", "W3", "W4"])
    assert found.attrs["missing_baseline"] == ["W0"]


def test_words_of_the_values():
    table = facts(7, cause={"channel": "邮件"}, factor=4)
    words = pd.DataFrame({"group": ["邮件", "邮件", "电话"], "term": ["打不开", "没回", "占线"]})
    assert causes(table, keyness=words)["words"][0] == "打不开、没回"
    assert causes(table, keyness={"channel": words})["words"][0] == "打不开、没回"
    assert pd.isna(causes(table, keyness={"product": words})["words"][0])


def test_p_of_few_contacts_is_that_of_the_exact_test():
    groups = [("甲", 100_000), ("乙", 100_000)]
    rows = [(week, group, int(0.42 * n), n) for week in ("W1", "W2", "W3") for group, n in groups]
    rows += [("W4", "甲", 10, 10), ("W4", "乙", 42_000, 100_000)]
    table = pd.DataFrame(rows, columns=["week", "group", "bad", "n"])
    found = causes(table, by="group", denominator="n", current="W4", baseline=["W1", "W2", "W3"])
    assert found["group"][0] == "甲"
    exact = binomtest(10, 10, 0.42).pvalue
    assert exact / 2 < found["p"][0] < 3 * exact


def test_alternatives_could_stand_alone():
    seen = 0
    for seed in range(6):
        found = causes(facts(seed, n=12000, cause={"channel": "电话", "product": "手机"}, factor=1.9))
        for _, row in found[found["alternative_to"].notna()].iterrows():
            main = found.set_index("rank").loc[row["alternative_to"]]
            assert row["q"] <= 0.05 and row["contribution"] * main["contribution"] > 0
            seen += 1
    assert seen


def test_an_even_movement_is_named():
    moved = causes(facts(1, n=40000, rate=0.08, cause={}, factor=1.9))
    assert moved.empty and "同幅" in moved.attrs["reason"] and "整体" in moved.attrs["reason"]
    still = causes(facts(0, n=3000))
    assert still.empty and "随机波动" in still.attrs["reason"]


def overdispersed(now):
    """Counts where 邮件 jumps from week to week, and the rate that it has now."""
    rates = {"W1": 0.05, "W2": 0.45, "W3": 0.08, "W4": 0.4, "W5": now}
    cells = itertools.product(WEEKS, CHANNELS, PRODUCTS, REGIONS)
    rows = [(*cell, round(500 * (rates[cell[0]] if cell[1] == "邮件" else 0.05)), 500) for cell in cells]
    return pd.DataFrame(rows, columns=["week", "channel", "product", "region", "bad", "n"])


def test_a_move_of_the_whole_is_explained_with_caution():
    found = causes(overdispersed(0.65), denominator="n")
    assert named(found.iloc[0]) == {"channel": "邮件"}
    assert found["q"][0] > 0.05 and "线索" in found.attrs["caution"] and "reason" not in found.attrs
    # Where many periods are searched at a low level, or the whole stays in its range, it is noise.
    assert causes(overdispersed(0.65), denominator="n", alpha=0.001).empty
    assert causes(overdispersed(0.42), denominator="n").empty
    assert "caution" not in causes(facts(1, cause={"channel": "邮件"}, factor=4)).attrs


def test_bad_arguments():
    table = facts(0, n=200)
    with pytest.raises(SchemaError, match="channel"):
        causes(table, by=["chanel"])
    with pytest.raises(ParameterError, match="W9"):
        causes(table, current="W9")
    with pytest.raises(ParameterError, match="空的"):
        causes(table, baseline=[])
    with pytest.raises(ParameterError, match="baseline"):
        causes(table, baseline=["W4", "W5"])
    with pytest.raises(ParameterError, match="by"):
        causes(table, by=[])
    with pytest.raises(ParameterError, match="max_dims"):
        causes(table, max_dims=0)
    with pytest.raises(ParameterError, match="level"):
        causes(table, level=1.5)
    with pytest.raises(ParameterError, match="负数"):
        causes(table.assign(bad=-1))


def test_input_is_left_alone():
    table = facts(0, n=500)
    copy = table.copy(deep=True)
    causes(table)
    pd.testing.assert_frame_equal(table, copy)
