"""Root causes of counts: of combinations that explain each other the one that moved is named."""

import pandas as pd
import pytest

from csatext.aggregation.root_causes import root_causes

CHANNELS = ["电话", "在线", "邮件", "门店"]
PRODUCTS = ["宽带", "手机", "电视", "固话", "云盘"]
WEEKS = ["W1", "W2", "W3", "W4", "W5"]


def causes(table, by, baseline=("W1", "W2", "W3", "W4")):
    return root_causes(table, numerator="bad", by=by, period="week", current="W5", baseline=list(baseline))


@pytest.mark.parametrize("baseline", [["W1", "W2", "W3", "W4"], ["W4"]])
@pytest.mark.parametrize("now", [200, 50])
def test_of_two_values_the_one_that_moved_is_named(baseline, now):
    still = [100, 103, 99, 101, 100]
    for channels in (["电话", "在线"], ["在线", "电话"]):
        counts = dict(zip(channels, ([100, 105, 98, 102, now], still), strict=True))
        rows = [(week, channel, counts[channel][at]) for channel in counts for at, week in enumerate(WEEKS)]
        table = pd.DataFrame(rows, columns=["week", "channel", "bad"])
        found = causes(table, by="channel", baseline=baseline)
        assert found["channel"].tolist() == [channels[0]]
        assert found["contribution"][0] == pytest.approx(now - 100, abs=15)
        assert found["share"][0] == pytest.approx(1.0, abs=0.15)


def test_a_value_that_is_most_of_all_is_named():
    rows = [
        (
            week,
            channel,
            4 * 200 if channel == "电话" and week != "W5" else 4 * 400 if channel == "电话" else 100,
        )
        for week in WEEKS
        for channel in CHANNELS
    ]
    table = pd.DataFrame(rows, columns=["week", "channel", "bad"])
    assert causes(table, by="channel")["channel"][0] == "电话"


def test_the_one_that_stayed_when_all_others_rose_is_named():
    rows = [
        (week, product, 200 if week == "W5" and product != "云盘" else 100)
        for week in WEEKS
        for product in PRODUCTS
    ]
    table = pd.DataFrame(rows, columns=["week", "product", "bad"])
    row = causes(table, by="product").iloc[0]
    assert row["product"] == "云盘" and row["contribution"] == pytest.approx(-100, abs=10)
