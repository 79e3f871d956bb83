import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from csatext.aggregation.effect import effect, newey_west
from csatext.errors import ParameterError, SchemaError


def counted(counts, first="2026-01-05", **columns):
    weeks = pd.date_range(first, periods=len(counts), freq="7D")
    return pd.DataFrame({"created_at": weeks, "n": counts, **columns})


def many(table):
    """Return a counted table of several series with a column of their numbers."""
    weeks = pd.date_range("2026-01-05", periods=table.shape[1], freq="7D")
    return pd.DataFrame(
        {
            "created_at": np.tile(weeks, len(table)),
            "series": np.repeat(np.arange(len(table)), table.shape[1]),
            "n": table.ravel(),
        }
    )


def test_a_step_in_counts_is_estimated_with_its_interval():
    rng = np.random.default_rng(0)
    mu = np.r_[np.full(30, 200.0), np.full(20, 140.0)]
    facts = many(rng.poisson(mu * rng.gamma(50, 1 / 50, (40, 50))))
    table = effect(facts, "2026-08-03", by="series", count="n", end="2026-12-20", calendar=None, slope=False)
    average = table[table["effect"] == "average"]
    assert ((average["relative_low"] <= -0.3) & (average["relative_high"] >= -0.3)).sum() >= 34
    assert average["relative"].mean() == pytest.approx(-0.3, abs=0.02)
    assert (table["periods_before"] == 30).all()
    assert (table["periods_after"] == 20).all()


def test_nothing_happened():
    facts = many(np.random.default_rng(1).poisson(100, (60, 40)))
    table = effect(facts, "2026-05-25", by="series", count="n", end="2026-10-11", calendar=None)
    assert (table["p"] < 0.05).groupby(table["effect"]).mean().max() <= 0.15


def test_level_and_slope_of_a_mean():
    # 3 + .01 t before; down by .5 and from then on .05 a week more.
    t = np.arange(40)
    score = 3 + 0.01 * t + np.where(t >= 20, -0.5 + 0.05 * (t - 20), 0) + 0.001 * (-1.0) ** t
    facts = counted(np.full(40, 10), score=score)
    table = effect(facts, "2026-05-25", measure="score", count="n", end="2026-10-11", calendar=None)
    estimate = table.set_index("effect")["estimate"]
    assert estimate["level"] == pytest.approx(-0.5, abs=0.01)
    assert estimate["slope"] == pytest.approx(0.05, abs=0.001)
    assert estimate["average"] == pytest.approx((-0.5 + 0.05 * np.arange(20)).mean(), abs=0.01)
    assert (table["low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["high"]).all()


def test_a_control_takes_out_what_happened_to_all():
    rng = np.random.default_rng(2)
    season = np.r_[np.full(25, 1.0), np.full(25, 0.6)]
    treated, control = rng.poisson(300 * season), rng.poisson(300 * season)
    facts = pd.concat(
        [counted(treated, untouched=False), counted(control, untouched=True)], ignore_index=True
    )
    options = {"count": "n", "end": "2026-12-20", "calendar": None, "slope": False}
    alone = effect(facts[~facts["untouched"]], "2026-06-29", **options).set_index("effect")
    both = effect(facts, "2026-06-29", control="untouched", **options).set_index("effect")
    assert alone.loc["average", "relative"] == pytest.approx(-0.4, abs=0.12)
    assert both.loc["average", "relative_low"] < 0 < both.loc["average", "relative_high"]
    assert abs(both.loc["average", "relative"]) < 0.15


def test_covariance_equals_statsmodels():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(50), np.arange(50.0)])
    y = x @ [1.0, 0.2] + rng.normal(size=50)
    lags = int(4 * (50 / 100) ** (2 / 9))
    expected = OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    residual = y - x @ expected.params
    own = newey_west(x, np.ones(50), residual[:, None] * x)
    np.testing.assert_allclose(own, expected.cov_params(), rtol=1e-9)


def test_groups_short_series_and_washout():
    rng = np.random.default_rng(4)
    long = counted(rng.poisson(50, 30), category="物流")
    late = counted(rng.poisson(50, 2), first="2026-07-20", category="质量")
    facts = pd.concat([long, late], ignore_index=True)
    table = effect(facts, "2026-05-25", by="category", measure=None, count="n", washout=2, end="2026-08-02")
    assert table["category"].unique().tolist() == ["物流", "质量"]
    assert table["effect"].tolist() == ["level", "slope", "average"] * 2
    assert (table["periods_after"] == 8).all()
    assert (table["periods_before"] == 20).all()
    short = effect(long.iloc[:5], "2026-01-19", count="n")
    assert short["estimate"].isna().all()


def test_a_week_cut_in_two_is_left_out():
    table = effect(counted(np.full(20, 30)), "2026-03-18", count="n", end="2026-05-24", calendar=None)
    assert table["periods_before"].iloc[0] + table["periods_after"].iloc[0] == 19


def test_errors():
    facts = counted(np.full(20, 30))
    with pytest.raises(ParameterError, match="at"):
        effect(facts, "2030-01-01", count="n")
    with pytest.raises(ParameterError, match="at"):
        effect(facts, None, count="n")
    with pytest.raises(ParameterError, match="washout"):
        effect(facts, "2026-03-02", count="n", washout=-1)


def test_a_counted_rate_is_a_rate_and_its_last_month_counts():
    months = pd.period_range("2025-01", periods=12, freq="M").astype(str)
    table = pd.DataFrame({"month": months, "bad": [20, 21, 19, 20, 21, 19, 10, 11, 9, 10, 11, 9], "k": 100})
    found = effect(
        table, "2025-07", time="month", freq="M", measure="bad", denominator="k", slope=False, calendar=None
    )
    row = found.set_index("effect").loc["average"]
    assert (row["periods_before"], row["periods_after"]) == (6, 6)
    assert row["observed"] == pytest.approx(0.1)
    assert found.attrs["kind"] == "rate"


def test_wrong_arguments_are_refused():
    table = pd.DataFrame({"created_at": pd.date_range("2026-01-05", periods=60), "p": "a", "who": "否"})
    with pytest.raises(ParameterError, match="「p」"):
        effect(table, "2026-02-02", by="p")
    with pytest.raises(SchemaError, match="who"):
        effect(table, "2026-02-02", control="who")  # written flags are not taken for True
    for given in (
        {"washout": 1.5},
        {"slope": "no"},
        {"random_state": -1},
        {"control": ["p"]},
        {"level": None},
    ):
        with pytest.raises(ParameterError, match=next(iter(given))):
            effect(table, "2026-02-02", **given)
    for at in (["2026-02-02"], 20260202, None):
        with pytest.raises(ParameterError, match="at"):
            effect(table, at)
