"""Values that appear or disappear in the current period, and the reason given where nothing is found."""

import itertools

import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.root_causes import root_causes

PRODUCTS, REGIONS = ["A1", "B2", "C3"], ["东", "西"]
STEADY = {
    (week, product, region): (15, 100) for week in range(5) for product in PRODUCTS for region in REGIONS
}


def counted(cells):
    rows = [(*cell, *counts) for cell, counts in cells.items()]
    return pd.DataFrame(rows, columns=["week", "product", "region", "bad", "n"])


def causes(cells, **changes):
    arguments = {
        "numerator": "bad",
        "denominator": "n",
        "by": ["product", "region"],
        "period": "week",
        "current": 4,
        "baseline": [0, 1, 2, 3],
    }
    return root_causes(counted(cells), **(arguments | changes))


@pytest.mark.parametrize("baseline", [[0, 1, 2, 3], 3])
@pytest.mark.parametrize("bad", [3, 30, 50, 70, 95])
def test_a_new_value_is_compared_with_the_rest_of_the_current_period(bad, baseline):
    found = causes(STEADY | {(4, "新品X", region): (bad, 100) for region in REGIONS}, baseline=baseline)
    row = found.iloc[0]
    assert (row["product"], row["numerator_after"], row["denominator_after"]) == ("新品X", 2 * bad, 200)
    assert pd.isna(row["before"]) and pd.isna(row["region"])
    # All others stay at 15 of 100: 200 contacts would have had 30.
    assert row["contribution"] == pytest.approx(2 * bad - 30, abs=0.5)
    assert row["contribution_low"] < 2 * bad - 30 < row["contribution_high"]


def test_a_new_value_in_a_second_dimension_and_in_facts():
    cells = STEADY | {(4, product, "北"): (60, 100) for product in PRODUCTS}
    assert causes(cells).iloc[0][["product", "region"]].tolist()[1] == "北"
    table = counted(cells)
    single = table.loc[table.index.repeat(table["n"])]
    single = single.assign(bad=(single.groupby(level=0).cumcount() < single["bad"]).to_numpy()).drop(
        columns="n"
    )
    found = root_causes(
        single, numerator="bad", by=["product", "region"], period="week", current=4, baseline=[0, 1, 2, 3]
    )
    pd.testing.assert_frame_equal(found, causes(cells))


def test_a_value_that_was_hardly_there_is_as_good_as_new():
    found = causes(STEADY | {(3, "新品X", "东"): (1, 2), (4, "新品X", "东"): (110, 200)})
    assert found["product"][0] == "新品X" and found["before"][0] == 0.5


def test_a_new_value_with_hardly_an_event_where_many_were_expected():
    steady = {(week, product, "东"): (50, 100) for week in range(5) for product in PRODUCTS}
    row = causes(steady | {(4, "新品X", "东"): (4, 200)}, by="product").iloc[0]
    # Half of 200 contacts were expected.
    assert (row["product"], row["numerator_after"]) == ("新品X", 4)
    assert row["contribution"] == pytest.approx(4 - 100, abs=0.5)


@pytest.mark.parametrize("size", [40, 100])
def test_known_values_that_meet_for_the_first_time_are_named_together(size):
    cells = {
        (week, product, region): (9, 60)
        for week in range(5)
        for product in [*PRODUCTS, "D4"]
        for region in ["东", "西", "南"]
        if (product, region) != ("A1", "西")
    }
    found = causes(cells | {(4, "A1", "西"): (size * 9 // 10, size)})
    assert found[["product", "region"]].iloc[0].tolist() == ["A1", "西"]
    assert pd.isna(found["before"][0])
    # The others had 15 of 100.
    assert found["contribution"][0] == pytest.approx(0.75 * size, abs=1)


def test_where_no_value_was_there_before_nothing_is_called_even():
    cells = {(week, product, "东"): (20, 100) for week in range(4) for product in ("C", "D")}
    found = causes(cells | {(4, product, "西"): (50, 100) for product in ("A", "B")})
    assert found.empty
    assert "一个也没有出现过" in found.attrs["reason"] and "同幅" not in found.attrs["reason"]


def test_a_new_value_like_the_others_is_no_cause():
    found = causes(STEADY | {(4, "新品X", region): (15, 100) for region in REGIONS})
    assert found.empty and "随机波动" in found.attrs["reason"]


def test_where_values_differ_widely_a_new_one_must_lie_beyond_that():
    # Fourteen products from 2 to 41 per cent: 30 per cent is nothing new, 95 per cent is.
    many = {
        (week, f"P{at:02}", region): (2 + 3 * at, 100)
        for week in range(5)
        for at in range(14)
        for region in REGIONS
    }
    assert causes(many | {(4, "新品X", region): (30, 100) for region in REGIONS}).empty
    assert causes(many | {(4, "新品X", region): (95, 100) for region in REGIONS})["product"][0] == "新品X"


def test_new_values_alike_are_rarely_reported():
    reports = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        cells = {
            (week, f"P{at}", region): (int(rng.binomial(100, 0.15)), 100)
            for week, at, region in itertools.product(range(5), range(6), REGIONS)
            if at < 4 or week == 4
        }
        reports += not causes(cells).empty
    # At 5 %, 7 or more of 40 have a probability of 0.3 %.
    assert reports < 7


def test_a_new_value_of_a_count_is_compared_with_nothing():
    found = causes(STEADY | {(4, "新品X", region): (55, 100) for region in REGIONS}, denominator=None)
    row = found.iloc[0]
    assert (row["product"], row["before"], row["after"]) == ("新品X", 0.0, 110.0)


@pytest.mark.parametrize("baseline", [[0, 1, 2, 3], 3])
def test_a_rate_that_fell_with_a_value_that_went_is_a_change_of_the_mix(baseline):
    gone = STEADY | {(week, "旧品Y", region): (95, 100) for week in range(4) for region in REGIONS}
    found = causes(gone, baseline=baseline)
    assert found.empty
    # (6 x 15 + 2 x 95) / 800 = .35 before, .15 now, and .15 is what the others had.
    for part in ("对比期 0.35，当前期 0.15", "构成", "当前期没有数据的取值：产品=旧品Y"):
        assert part in found.attrs["reason"]
    assert "同幅" not in found.attrs["reason"]
    row = causes(gone, baseline=baseline, denominator=None).iloc[0]
    assert (row["product"], row["before"], row["after"]) == ("旧品Y", 190.0, 0.0)


def test_all_moved_alike_is_said_only_where_all_did():
    even = causes({cell: (30 if cell[0] == 4 else 15, 100) for cell in STEADY})
    assert even.empty and "同幅" in even.attrs["reason"]
    # One product of three more than doubled.
    one = causes(
        {cell: (33 if cell[0] == 4 and cell[1] == "A1" else 15, 100) for cell in STEADY}, max_causes=1
    )
    assert one["product"].tolist() == ["A1"]


def test_an_empty_result_shows_its_reason(tmp_path):
    found = causes(STEADY)
    assert found.empty and "rank" in found.columns
    assert found.attrs["reason"] in repr(found) and found.attrs["reason"] in str(found)
    assert "总体也没有超出" in found._repr_html_()
    found.to_parquet(tmp_path / "causes.parquet")
    assert pd.read_parquet(tmp_path / "causes.parquet").columns.tolist() == found.columns.tolist()
    # What is made of it is a plain table.
    assert type(found.head(0)) is pd.DataFrame and type(found.copy()) is pd.DataFrame
    assert type(causes(STEADY | {(4, "新品X", "东"): (95, 100)})) is pd.DataFrame
