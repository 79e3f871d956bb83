import itertools

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from csatext.aggregation.episodes import cell_mask, episodes, period_labels, root_causes_by_period
from csatext.aggregation.statistics.intervals import rate_difference
from csatext.errors import ParameterError, SchemaError
from csatext.reporting.standard_tables import absent_tables, dimensions_of, standard_tables
from csatext.schema import conform
from csatext.schema.batch import EPISODES, ROOT_CAUSES_BY_PERIOD

CELL = {"channel": "电话", "product": "宽带"}


def week_of(times):
    iso = times.dt.isocalendar()
    return iso["year"].astype("str") + "-W" + iso["week"].astype("str").str.zfill(2)


def make_facts(weeks=10, burst=(6, 7), a_cell=60):
    """Every cell has 10 % negative contacts, one cell 60 % in the weeks of the burst."""
    rows = []
    cells = itertools.product(range(weeks), ("电话", "在线"), ("宽带", "手机", "电视"))
    for week, channel, product in cells:
        hot = week in burst and (channel, product) == ("电话", "宽带")
        bad = int(a_cell * (0.6 if hot else 0.1))
        for at in range(a_cell):
            day = pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=week, days=at % 7, hours=9)
            category = "网络通信" if hot and at < bad else ("物流配送" if at < bad else "未归类")
            rows.append((day, channel, product, at < bad, category))
    facts = pd.DataFrame(rows, columns=["created_at", "channel", "product", "is_negative", "category"])
    return facts.assign(
        week=week_of(facts["created_at"]),
        month=facts["created_at"].dt.strftime("%Y-%m"),
        date=facts["created_at"].dt.normalize(),
    )


@pytest.fixture(scope="module")
def facts():
    return make_facts()


@pytest.fixture(scope="module")
def tables(facts):
    return standard_tables(facts)


def test_names_of_the_tables(tables):
    assert list(tables) == [
        "breakdown_channel",
        "breakdown_product",
        "breakdown_category",
        "breakdown_channel_product",
        "breakdown_channel_category",
        "breakdown_product_category",
        "trend_total",
        "trend_channel",
        "trend_product",
        "trend_category",
        "root_causes",
        "episodes",
        "alerts",
        "overview",
        "latest_change",
        "category_shares",
        "completeness",
        "category_changes",
        "category_cells",
    ]


def test_a_burst_is_a_cause_in_its_weeks_and_one_episode(tables):
    causes = tables["root_causes"]
    first = causes[(causes["period"] == "2026-W08") & (causes["rank"] == 1)].iloc[0]
    assert {name: first[name] for name in CELL} == CELL
    # 36 of 60 against 24 of 240: the excess is 36 - 60 * 0.1.
    assert (first["numerator_after"], first["denominator_before"]) == (36, 240)
    assert first["contribution"] == pytest.approx(30, abs=3)
    assert (first["top_category"], first["top_category_n"]) == ("网络通信", 36)
    rise = tables["episodes"].iloc[0]
    assert (rise["first_period"], rise["last_period"], rise["n_periods"]) == ("2026-W08", "2026-W09", 2)
    assert rise["is_rise"]
    assert not rise["is_current"]
    # Two weeks: 72 of 120 against 10 %.
    assert (rise["numerator"], rise["denominator"], rise["before"], rise["after"]) == (72, 120, 0.1, 0.6)
    assert rise["excess"] == pytest.approx(60)
    assert rise["excess_low"] < 60 < rise["excess_high"]


def test_the_interval_of_a_difference_is_newcombes():
    found = rate_difference((10, 100), (45, 90))
    low, high = confint_proportions_2indep(45, 90, 10, 100, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.is_significant
    assert not rate_difference((10, 100), (10, 90)).is_significant
    assert np.isnan(rate_difference((0, 0), (1, 2)).value)


def test_an_episode_ends_where_a_period_is_missed(tables):
    causes = tables["root_causes"]
    attrs = dict(causes.attrs)
    periods = ["2026-W01", "2026-W02", "2026-W03", "2026-W04"]
    rows = [
        causes.iloc[0].to_dict() | {"period": period, "rank": 1} for period in periods if period != "2026-W02"
    ]
    made = conform(pd.DataFrame(rows), ROOT_CAUSES_BY_PERIOD, ["channel", "product"])
    made.attrs = attrs | {"periods": periods}
    found = episodes(made)
    assert found[["first_period", "last_period"]].values.tolist() == [
        ["2026-W03", "2026-W04"],
        ["2026-W01", "2026-W01"],
    ]
    assert found["is_current"].tolist() == [True, False]


def test_nothing_happened_nothing_reported():
    quiet = standard_tables(make_facts(burst=()))
    assert len(quiet["root_causes"]) == len(quiet["episodes"]) == 0
    assert "随机波动" in quiet["root_causes"].attrs["reason"]
    pd.testing.assert_frame_equal(
        conform(quiet["episodes"], EPISODES, ["channel", "product"]), quiet["episodes"]
    )


def test_too_few_periods_say_so():
    few = standard_tables(make_facts(weeks=3, burst=(2,)))
    assert "只有 3 个" in few["root_causes"].attrs["reason"]


@pytest.mark.parametrize("freq", ["D", "W", "M"])
def test_periods_of_trend_and_causes_have_the_same_names(facts, freq):
    made = standard_tables(facts, by=["channel"], freq=freq, baseline_periods=1)
    labels = set(made["trend_total"]["label"])
    assert set(period_labels(facts, freq)) == labels
    assert set(made["root_causes"]["period"]) <= labels


def test_periods_are_those_of_the_time_whatever_a_column_week_says(facts):
    made, wanted = (
        standard_tables(table, by=["channel"], freq="W", baseline_periods=1)["root_causes"]
        for table in (facts.assign(week="第一周", date=pd.NaT, month=pd.NA), facts)
    )
    pd.testing.assert_frame_equal(made, wanted)


def test_a_cell_of_missing_values_is_found(facts):
    some = facts.assign(channel=facts["channel"].where(facts["channel"] == "电话"))
    row = {"channel": "(空)", "product": None}
    assert (cell_mask(some, row, ["channel", "product"]) == some["channel"].isna()).all()


def test_numbers_as_dimensions(facts):
    numbered = facts.assign(store=np.where(facts["product"] == "宽带", 7, 8))
    causes = root_causes_by_period(
        numbered, standard_tables(facts)["trend_total"], ["channel", "store"], "is_negative"
    )
    row = causes.iloc[0].to_dict()
    expected = (numbered["channel"] == "电话") & (numbered["store"] == 7)
    assert (cell_mask(numbered, row, ["channel", "store"]) == expected).all()


def test_dimensions_have_2_to_200_values_and_are_at_most_five():
    frame = pd.DataFrame(
        {name: ["a", "b"] for name in ("agent_id", "team", "store", "brand", "city", "region")}
    )
    assert dimensions_of(frame) == ["region", "city", "brand", "store", "team"]
    assert dimensions_of(pd.DataFrame({"channel": ["a"] * 3, "product": list(range(3))})) == ["product"]
    assert dimensions_of(pd.DataFrame({"channel": range(201)})) == []


def test_dimensions_are_found_by_what_the_columns_hold():
    n = 400
    frame = pd.DataFrame(
        {
            "restaurant": [f"店{i % 37}" for i in range(n)],
            "category_input": ["退款", "物流"] * (n // 2),
            "said": [f"今天第{i % 20}次来，还是没有人接待我们，等了很久很久才有人过来" for i in range(n)],
            "ticket": [f"T{i}" for i in range(n)],
            "stars": [1, 5] * (n // 2),
            "note": ["急", "缓", *[None] * (n - 2)],
            "category": ["物流配送", "未归类"] * (n // 2),
            "topic_label": ["a", "b"] * (n // 2),
            "is_negative_input": ["True", "False"] * (n // 2),
            "member": pd.Categorical(["金", "银"] * (n // 2)),
        }
    )
    assert dimensions_of(frame) == ["restaurant", "category_input", "member"]
    assert "breakdown_restaurant" in standard_tables(frame.assign(is_negative=[True, False] * (n // 2)))
    six = frame.assign(**{name: ["a", "b"] * (n // 2) for name in ("channel", "product", "region", "等级")})
    assert len(dimensions_of(six)) == 5
    assert "「member」有 2 个取值" in absent_tables(six)["其他维度的分组"]


def test_tables_of_recommendations_hold_the_net_promoter_score_and_no_mean(facts):
    made = standard_tables(facts.assign(nps=[0, 10, 10, 8] * (len(facts) // 4) + [8] * (len(facts) % 4)))
    tables = [table for name, table in made.items() if name.startswith("breakdown_nps_")]
    assert tables
    for table in tables:
        assert table["numerator"].sum() == 100 * (len(facts) // 4)  # half promoters, a quarter detractors


def test_dimensions_of_many_values_are_tables_only(facts):
    many = facts.assign(product=[f"p{at % 40}" for at in range(len(facts))])
    made = standard_tables(many)
    assert "breakdown_product" in made
    assert "trend_product" not in made
    assert "取值多于 12 个" in absent_tables(many).values()


def test_a_dimension_of_thousands_of_values_on_request():
    rows = 6000
    wide = pd.DataFrame(
        {"agent": [f"a{at % 3000}" for at in range(rows)], "channel": ["电话", "在线"] * (rows // 2)}
    )
    wide["is_negative"] = np.arange(rows) % 3 == 0
    made = standard_tables(wide, by=["channel", "agent"])
    assert list(made) == ["breakdown_channel", "breakdown_agent", "overview", "completeness"]


def test_impossible_dates_do_not_stretch_the_trend(facts):
    odd = facts.copy()
    odd.loc[odd.index[:3], "created_at"] = pd.Timestamp("1900-01-01")
    odd.loc[odd.index[3:5], "created_at"] = pd.Timestamp("9999-12-31")
    assert len(standard_tables(odd)["trend_total"]) == 10
    assert "5 行的时间在 1990 年以前或 2100 年以后，没有计入" in absent_tables(odd).values()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"created_at": None}, "列「created_at」没有一行有可用的时间"),
        ({"channel": "x", "product": "y"}, "没有取值在 2 到 200 个之间的维度列"),
    ],
)
def test_what_cannot_be_made_is_left_out_and_explained(facts, change, reason):
    poor = facts.assign(**change)
    poor["created_at"] = pd.to_datetime(poor["created_at"])
    made = standard_tables(poor)
    assert "root_causes" not in made
    assert any(why.startswith(reason) for why in absent_tables(poor).values())


def test_errors_name_the_column(facts):
    with pytest.raises(SchemaError, match="chanel"):
        standard_tables(facts, by=["chanel"])
    with pytest.raises(ParameterError, match="freq"):
        standard_tables(facts, freq="H")


def test_facts_stay_as_they_were(facts):
    before = facts.copy()
    standard_tables(facts)
    pd.testing.assert_frame_equal(facts, before)
