from time import process_time

import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.alerts import alerts
from csatext.aggregation.panel.seasonal import calendar_season
from csatext.aggregation.prediction.baseline import make_baseline
from csatext.errors import ParameterError, SchemaError

WEEK = np.array([1.15, 1.1, 1.05, 1.05, 1.1, 0.8, 0.75])


def counted(table, first="2026-05-15"):
    n, length = table.shape
    days = pd.date_range(first, periods=length)
    return pd.DataFrame(
        {"created_at": np.tile(days, n), "series": np.repeat(np.arange(n), length), "n": table.ravel()}
    )


def draw(n, length, mean, size, seed, onset=None):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-05-15", periods=length)
    mu = np.broadcast_to(mean * WEEK[days.day_of_week], (n, length)).copy()
    if onset is not None:
        mu[:, onset:] *= 2
    return rng.poisson(mu * rng.gamma(size, 1 / size, mu.shape))


def test_few_false_alarms_on_weekly_overdispersed_series():
    found = alerts(counted(draw(60, 90, 20, 30, seed=0)), by="series", count="n")
    # 60 series x 60 judged days at 1 for 100 series and 30 days: at most 1.2 expected.
    assert len(found) <= 3
    assert found.attrs["expected_false"] == pytest.approx(1.0 / 3000 * 60 * found.attrs["n_periods"])


@pytest.mark.parametrize(("mean", "within"), [(20, 2), (100, 1)])
def test_a_doubling_is_seen_in_time_and_gives_one_alert(mean, within):
    found = alerts(counted(draw(30, 90, mean, 60, seed=1, onset=80)), by="series", count="n")
    onset = pd.Timestamp("2026-05-15") + pd.Timedelta(days=80)
    late = (found["detected_at"] - onset).dt.days
    assert found.loc[late.between(0, within), "series"].nunique() >= 24
    seen = found[late >= 0].groupby("series").size()
    assert (seen > 1).mean() <= 0.1
    assert found.loc[late >= 0, "ratio"].median() == pytest.approx(2, rel=0.15)


def test_an_incident_is_opened_and_closed():
    table = np.full((1, 90), 20)
    table[0, 70:76] = 45
    found = alerts(counted(table, "2026-03-02"), by="series", count="n")
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["start"], row["end"]) == (pd.Timestamp("2026-05-11"), pd.Timestamp("2026-05-16"))
    assert not row["is_open"]
    assert row["observed"] == 6 * 45
    assert row["expected"] == pytest.approx(120, rel=0.1)
    assert "2026-05-11" in row["message"]
    assert "预期" in row["message"]


@pytest.mark.parametrize(
    ("between", "n"),
    [
        ([20], 1),  # one ordinary day is too few
        ([40, 38, 40, 42], 1),  # half way: the rise of 70 on 20 went on
        ([20, 19, 21, 20, 20], 2),
    ],
)
def test_pieces_of_one_incident_are_joined(between, n):
    week = np.array([20, 21, 19, 20, 22, 18, 20])
    path = np.concatenate([np.tile(week, 10), [70] * 4, between, [70] * 4, week, week])
    found = alerts(counted(path[None], "2026-03-02"), by="series", count="n", calendar=None)
    found = found.sort_values("start")
    assert len(found) == n
    assert found["start"].iloc[0] == pd.Timestamp("2026-05-11")
    assert found["end"].iloc[-1] == pd.Timestamp("2026-05-11") + pd.Timedelta(days=7 + len(between))
    if n == 1:
        assert found["observed"].item() == 8 * 70 + sum(between)
        assert found["delay"].item() == 0


def test_long_incidents_give_one_alert():
    rng = np.random.default_rng(2)
    mean = np.where((np.arange(120) >= 85) & (np.arange(120) < 105), 75.0, 30.0)
    table = rng.negative_binomial(20, 20 / (20 + mean), (40, 120))
    found = alerts(counted(table), by="series", count="n")
    inside = found[(found["start"] - pd.Timestamp("2026-05-15")).dt.days.between(84, 105)]
    assert inside["series"].nunique() >= 39
    assert (inside.groupby("series").size() > 1).sum() <= 2


def test_the_far_past_changes_nothing_but_the_time_it_takes():
    table = draw(20, 400, 20, 20, seed=3, onset=380)
    frame = counted(table)
    late = alerts(frame, by="series", count="n", recent=30)
    whole = alerts(frame, by="series", count="n", recent=None)
    whole = whole[whole["end"] >= frame["created_at"].max() - pd.Timedelta(days=29)]
    same = ["series", "start", "detected_at"]
    both = late[same].merge(whole[same])
    assert len(both) >= 0.9 * max(len(late), len(whole))


def test_quiet_hours_are_not_taken_for_steady_ones():
    rng = np.random.default_rng(2)
    hours = pd.date_range("2024-01-01", periods=24 * 22, freq="h")
    mean = 10 * np.where(hours.hour < 8, 0.3, 1.3)
    counts = rng.negative_binomial(mean, 0.5, (8, len(hours))).astype(float)  # variance twice the mean
    ones, known = np.ones(counts.shape), 24 * 21
    season = calendar_season(hours, "h", None)
    baseline = make_baseline(counts, ones, ones, season, "h", slice(0, known), len(hours))
    expected = baseline.expect(counts, ones, ones, slice(0, known), slice(known, len(hours)), 240)
    ratio = expected.variance / expected.mean
    assert ratio[:, :8].mean() == pytest.approx(2, abs=0.3)


def test_time_grows_with_what_is_judged_not_with_its_square():
    def seconds(days):
        idx = pd.date_range("2025-01-01", periods=24 * days, freq="h")
        facts = pd.DataFrame({"created_at": idx, "n": np.random.default_rng(4).poisson(10, len(idx))})
        spent = []
        for _ in range(2):
            began = process_time()
            alerts(facts, freq="h", count="n", recent=24 * 3)
            spent.append(process_time() - began)
        return min(spent)

    assert seconds(180) < 2.5 * seconds(60)


def test_a_new_word_raises_an_alert():
    days = pd.date_range("2026-03-02", periods=80)
    words = pd.concat(
        [
            pd.DataFrame({"day": days, "term": "退款", "n": 8}),
            pd.DataFrame({"day": days[-2:], "term": "闪退", "n": 9}),
        ]
    )
    found = alerts(words, "day", by="term", count="n")
    assert found["term"].tolist() == ["闪退"]
    assert found["is_open"].all()


def test_rates_are_judged_against_their_denominator():
    days = pd.date_range("2026-03-02", periods=80)
    sizes = np.where(np.arange(80) >= 70, 300, 100)  # contacts treble, the rate stays
    facts = pd.DataFrame({"created_at": days.repeat(sizes)})
    facts["late"] = np.concatenate([np.arange(size) < size * 0.2 for size in sizes])
    assert alerts(facts, measure="late").empty
    assert not alerts(facts).empty


def test_a_common_holiday_is_no_alert():
    days = pd.date_range("2025-08-01", "2025-10-31")
    rng = np.random.default_rng(5)
    mu = 40 * np.where((days >= "2025-10-01") & (days <= "2025-10-08"), 1.9, 1.0)
    table = rng.poisson(np.broadcast_to(mu, (12, len(days))))
    assert len(alerts(counted(table, "2025-08-01"), by="series", count="n")) <= 1


def test_short_empty_and_single_day():
    for facts in (
        pd.DataFrame({"created_at": []}),
        pd.DataFrame({"created_at": ["2026-05-04"]}),
        pd.DataFrame({"created_at": pd.date_range("2026-05-04", periods=20)}),
    ):
        found = alerts(facts)
        assert found.empty
        assert "太短" in found.attrs["reason"]
    quiet = alerts(counted(np.full((1, 60), 10)), by="series", count="n")
    assert "没有预警" in quiet.attrs["reason"]


def test_weeks_and_input_left_alone():
    weeks = pd.date_range("2025-06-02", periods=40, freq="7D")
    facts = pd.DataFrame({"created_at": weeks, "n": [50] * 38 + [120, 130]})
    before = facts.copy()
    found = alerts(facts, freq="W", count="n", end="2026-03-08")
    pd.testing.assert_frame_equal(facts, before)
    assert found["start"].tolist() == [weeks[38]]


def test_errors():
    facts = pd.DataFrame({"created_at": ["2026-05-04"], "score": [3]})
    with pytest.raises(ParameterError, match="真假列"):
        alerts(facts, measure="score")
    with pytest.raises(ParameterError, match="false_alarms"):
        alerts(facts, false_alarms=0)
    with pytest.raises(ParameterError, match="recent"):
        alerts(facts, recent=0)
    with pytest.raises(SchemaError, match="category"):
        alerts(facts, by="category")


def test_a_counted_rate_is_watched_as_that_of_its_contacts():
    days = pd.date_range("2026-03-02", periods=60)
    bad = np.r_[np.tile([9, 11, 10, 12, 8], 11), [10, 10, 30, 32, 31]]
    table = pd.DataFrame({"created_at": days, "bad": bad, "contacts": 100})
    flags = (np.arange(100) < bad[:, None]).ravel()
    facts = pd.DataFrame({"created_at": days.repeat(100), "bad": flags})
    found = alerts(table, measure="bad", denominator="contacts")
    assert found["start"].tolist() == [days[57]]
    pd.testing.assert_frame_equal(found, alerts(facts, measure="bad"))
    with pytest.raises(ParameterError, match="denominator"):
        alerts(table, measure="bad", count="contacts")
    with pytest.raises(ParameterError, match="「ratio」与结果表的列同名"):
        alerts(table.assign(ratio="a"), by="ratio")


def test_a_column_of_counts_as_measure_is_told_of_count():
    table = pd.DataFrame({"day": pd.date_range("2026-03-02", periods=56), "complaints": 12})
    with pytest.raises(ParameterError, match="count='complaints'"):
        alerts(table, "day", measure="complaints")
