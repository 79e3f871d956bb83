import pandas as pd
import pytest

from csatext.aggregation.trend import trend
from csatext.reporting.category_tables import alert_table, category_tables, with_intervals
from csatext.reporting.standard_tables import standard_tables


@pytest.fixture(scope="module")
def facts():
    """Four weeks of 100 contacts; 10 a week are of 物流, 40 in the last, all of them of 广东 there."""
    rows = []
    for week in range(4):
        for at in range(100):
            late = at < (40 if week == 3 else 10)
            rows.append(
                {
                    "created_at": pd.Timestamp("2026-05-04") + pd.Timedelta(days=7 * week + at % 7),
                    "category": "物流" if late else ("退款" if at < 60 else "未归类"),
                    "subcategory": "慢" if late else None,
                    "region": "广东" if late and week == 3 else ["江苏", "四川"][at % 2],
                    "is_negative": late,
                }
            )
    return pd.DataFrame(rows)


def test_what_grew_where_it_stands_and_how_large_it_is(facts):
    tables = standard_tables(facts, by=["region"])
    shares = tables["category_shares"]
    # All of the 70 negative ones are of 物流.
    assert shares[["category", "numerator", "share"]].iloc[0].tolist() == ["物流", 70.0, 1.0]
    changes = tables["category_changes"].set_index("category")
    row = changes.loc["物流"]
    assert (row["period"], row["n"], row["n_before"], row["value"], row["before"]) == (
        "2026-W22", 40, 10, 0.4, 0.1,
    )  # fmt: skip
    assert row["has_changed"] and row["low"] > 0
    # 退款 falls from 50 to 20 of 100; what is left over stays at 40.
    assert changes.loc["退款", "difference"] == pytest.approx(-0.3)
    assert changes.loc["未归类", "difference"] == 0 and not changes.loc["未归类", "has_changed"]
    cells = tables["category_cells"].set_index("cell")
    assert cells.loc["广东", "value"] == 1
    assert cells.loc["广东", "rest"] == pytest.approx(30 / 360)
    below = tables["subcategory_shares"]
    assert below[["category", "subcategory", "numerator"]].values.tolist() == [["物流", "慢", 70.0]]


def test_without_times_or_categories_there_is_less(facts):
    assert category_tables(facts, {}, ["region"], "is_negative", baseline_periods=4, alpha=0.05) == {}
    bare = standard_tables(facts.drop(columns=["created_at", "subcategory"]), by=["region"])
    assert "category_changes" not in bare and "subcategory_shares" not in bare
    assert "category_cells" in bare


def test_shares_of_nothing_are_missing():
    found = with_intervals(pd.DataFrame({"numerator": [0.0, 0.0]}))
    assert found["share"].isna().all() and found["low"].isna().all()


def test_alerts_of_several_columns_stand_in_one_table():
    days = pd.date_range("2026-03-02", periods=45).repeat([10] * 42 + [40, 41, 39])
    facts = pd.DataFrame({"created_at": days})
    facts["product"] = ["甲" if at % 5 else "乙" for at in range(len(facts))]
    facts["channel"] = ["电话", "在线"] * (len(facts) // 2)
    found = alert_table(facts, ["product", "channel"], "created_at")
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert set(found["product"].dropna()) | set(found["channel"].dropna()) >= {"甲", "电话", "在线"}
    assert (found["product"].isna() != found["channel"].isna()).all()
    assert alert_table(facts.assign(product="甲"), ["product"], "created_at") is None


def test_the_trend_of_a_category_counts_contacts(facts):
    from csatext.reporting.chapters.trends import counts_of

    course = trend(facts, freq="W", by="category", measure="is_negative")
    counts = counts_of(course)
    late = counts[counts["category"] == "物流"]
    assert late["value"].tolist() == [10, 10, 10, 40] and counts.attrs == {}
