from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable, Table
from statsmodels.stats.multitest import multipletests

from csatext.aggregation.associate import associate, residuals
from csatext.errors import ParameterError, SchemaError


def contacts(n=600, seed=0):
    rng = np.random.default_rng(seed)
    channel = rng.choice(["电话", "在线", "工单"], n, p=[0.5, 0.3, 0.2])
    category = np.where(rng.random(n) < 0.3, channel, rng.choice(["电话", "在线", "工单", "物流"], n))
    wait = rng.gamma(2, 20, n) + 15 * (channel == "电话")
    return pd.DataFrame(
        {
            "channel": channel,
            "category": category,
            "region": rng.choice(["东", "西"], n),
            "wait": wait,
            "csat": np.clip(np.round(5 - wait / 40 + rng.normal(0, 0.7, n)), 1, 5),
        }
    )


def only(result, method):
    row = result[result["method"] == method]
    assert len(row) == 1
    return row.iloc[0]


def test_chi_square_and_v_equal_scipy():
    t = contacts()
    counts = pd.crosstab(t["channel"], t["category"]).to_numpy()
    row = only(associate(t, "channel", "category"), "cramers_v")
    expected = stats.chi2_contingency(counts, correction=False)
    assert row["statistic"] == pytest.approx(expected.statistic, abs=1e-9)
    assert row["p"] == pytest.approx(expected.pvalue, abs=1e-9)
    assert row["uncorrected"] == pytest.approx(
        stats.contingency.association(counts, method="cramer"), abs=1e-9
    )
    # Bergsma's correction by hand
    n, (r, c) = counts.sum(), counts.shape
    phi2 = max(0, expected.statistic / n - (r - 1) * (c - 1) / (n - 1))
    k = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1))
    assert row["estimate"] == pytest.approx(np.sqrt(phi2 / (k - 1)))
    assert row["low"] < row["estimate"] < row["high"]
    assert row["n"] == 600


def test_sparse_tables_get_a_p_of_random_tables():
    t = pd.DataFrame({"a": ["x"] * 6 + ["y"] * 4, "b": ["u"] * 5 + ["v"] * 5})
    # margins 6, 4 and 5, 5: of C(10, 5) = 252 tables only x/v = 1 or x/u = 1 are as far (chi-square 6.67)
    exact = 2 * 6 / 252
    assert only(associate(t, "a", "b"), "cramers_v")["p"] == pytest.approx(
        exact, abs=4 * np.sqrt(exact / 4999)
    )


def test_residuals_equal_statsmodels():
    t = contacts()
    counts = pd.crosstab(t["channel"], t["category"])
    result = residuals(t, "channel", "category")
    wide = result.pivot(index="channel", columns="category", values="residual")
    np.testing.assert_allclose(wide.to_numpy(), Table(counts).standardized_resids.to_numpy(), atol=1e-9)
    expected = result.pivot(index="channel", columns="category", values="expected")
    np.testing.assert_allclose(expected.to_numpy(), stats.contingency.expected_freq(counts), atol=1e-9)
    assert result["n"].sum() == 600
    large = result[result["expected"] > 20]
    np.testing.assert_allclose(large["p"], 2 * stats.norm.sf(large["residual"].abs()), atol=1e-9)
    np.testing.assert_allclose(result["q"], multipletests(result["p"], method="fdr_bh")[1], atol=1e-9)
    assert result["residual"].abs().round(9).is_monotonic_decreasing


def test_stratified_tests_equal_mantel_haenszel():
    rng = np.random.default_rng(1)
    t = pd.DataFrame({"s": rng.choice(list("abc"), 300), "x": rng.random(300) < 0.4})
    t["y"] = rng.random(300) < np.where(t["x"], 0.5, 0.3)
    tables = [pd.crosstab(g["x"], g["y"]).to_numpy() for _, g in t.groupby("s")]
    expected = StratifiedTable(tables).test_null_odds(correction=False)
    row = only(associate(t, "x", "y", adjust="s"), "cramers_v")
    assert row["statistic"] == pytest.approx(expected.statistic, abs=1e-9)
    assert row["p"] == pytest.approx(expected.pvalue, abs=1e-9)
    assert row["strata"] == 3
    squared = residuals(t, "x", "y", adjust="s")["residual"] ** 2
    np.testing.assert_allclose(squared, expected.statistic, atol=1e-9)


def test_generalised_statistic_in_one_stratum_is_pearsons_less_one_row():
    t = contacts().assign(all="1")
    plain, one = associate(t, "channel", "category"), associate(t, "channel", "category", adjust="all")
    assert one["statistic"].iloc[0] == pytest.approx(plain["statistic"].iloc[0] * 599 / 600)
    assert one["estimate"].iloc[0] == pytest.approx(plain["estimate"].iloc[0])


def test_confounding_goes_away_when_adjusted_for():
    rng = np.random.default_rng(2)
    region = rng.integers(0, 4, 4000)
    t = pd.DataFrame(
        {
            "region": region.astype(str),
            "late": rng.random(4000) < 0.1 + 0.2 * region,
            "angry": rng.random(4000) < 0.1 + 0.2 * region,
            "wait": rng.normal(size=4000) + region,
            "csat": rng.normal(size=4000) + region,
        }
    )
    raw = associate(t, ["late", "wait"], ["angry", "csat"])
    adjusted = associate(t, ["late", "wait"], ["angry", "csat"], adjust="region")
    assert (raw["q"] < 1e-6).all()
    assert (adjusted["q"] > 0.01).all()
    assert (adjusted["estimate"].abs() < 0.06).all()
    assert adjusted.attrs["adjusted_for"] == ["region"]
    assert associate(t, "late", "angry", adjust="wait")["strata"].iloc[0] == 5


def test_rank_correlations_equal_scipy():
    t = contacts()
    result = associate(t, "wait", "csat")
    rho, tau = stats.spearmanr(t["wait"], t["csat"]), stats.kendalltau(t["wait"], t["csat"])
    row = only(result, "spearman")
    assert (row["estimate"], row["p"]) == (pytest.approx(rho.statistic), pytest.approx(rho.pvalue))
    row = only(result, "kendall")
    assert (row["estimate"], row["p"]) == (pytest.approx(tau.statistic), pytest.approx(tau.pvalue))
    assert ((result["low"] < result["estimate"]) & (result["estimate"] < result["high"])).all()


def test_perfect_correlation():
    t = pd.DataFrame({"a": range(20), "b": range(20)})
    result = associate(t, "a", "b")
    np.testing.assert_allclose(result["estimate"], 1)
    np.testing.assert_allclose(result["high"], 1)
    assert (result["low"] > 0.9).all()


def test_correlation_ratio_equals_scipy():
    t = contacts()
    groups = [g["wait"] for _, g in t.groupby("channel")]
    result = associate(t, "channel", "wait")
    row, anova = only(result, "correlation_ratio"), stats.f_oneway(*groups)
    assert (row["statistic"], row["p"]) == (pytest.approx(anova.statistic), pytest.approx(anova.pvalue))
    between = sum(len(g) * (g.mean() - t["wait"].mean()) ** 2 for g in groups)
    eta2 = between / ((t["wait"] - t["wait"].mean()) ** 2).sum()
    assert row["uncorrected"] == pytest.approx(eta2)
    assert row["estimate"] == pytest.approx(1 - (1 - eta2) * 599 / 597)
    row, kruskal = only(result, "kruskal"), stats.kruskal(*groups)
    assert (row["statistic"], row["p"]) == (pytest.approx(kruskal.statistic), pytest.approx(kruskal.pvalue))


@pytest.mark.parametrize(
    ("x", "y", "truth"),
    [("c", "d", 0.2), ("u", "v", 6 / np.pi * np.arcsin(0.5 / 2)), ("c", "w", 0.06 / 1.06)],
)
def test_intervals_cover(x, y, truth):
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(60):
        c = rng.random(300) < 0.5
        u = rng.normal(size=300)
        t = pd.DataFrame(
            {
                "c": c,
                "d": rng.random(300) < np.where(c, 0.6, 0.4),
                "u": u,
                "v": u / 2 + np.sqrt(3 / 4) * rng.normal(size=300),
                "w": np.where(c, 1, -1) * np.sqrt(0.06) + rng.normal(size=300),
            }
        )
        row = associate(t, x, y).set_index("method").iloc[[0]] if x != "u" else associate(t, x, y)
        row = row[row["uncorrected"].notna()] if x == "c" else row[row["method"] == "spearman"]
        hits += bool(row["low"].iloc[0] <= truth <= row["high"].iloc[0])
    assert hits >= 51  # .95 of 60 is 57, standard error 1.7


def test_grid_correction_and_order():
    t = contacts()
    result = associate(t, ["channel", "region", "wait"], ["category", "csat", "wait"])
    pairs = set(zip(result["x"], result["y"], strict=True))
    assert len(pairs) == 8  # 9 less wait with itself
    np.testing.assert_allclose(result["q"], multipletests(result["p"], method="fdr_bh")[1], atol=1e-9)
    assert result["q"].is_monotonic_increasing
    assert len(associate(t, ["wait", "csat"], ["wait", "csat"])) == 2


def test_numbers_that_are_names():
    t = contacts().assign(agent=lambda d: np.arange(len(d)) % 7)
    assert set(associate(t, "agent", "channel")["method"]) == {"correlation_ratio", "kruskal"}
    assert set(associate(t, "agent", "channel", nominal="agent")["method"]) == {"cramers_v"}


def test_columns_that_say_nothing():
    t = pd.DataFrame({"a": ["x"] * 8, "b": ["u", "v"] * 4, "c": [1.0, 2, None, 4, 5, 6, 7, 8], "d": [3] * 8})
    for x, y in (("a", "b"), ("a", "c"), ("c", "d")):
        result = associate(t, x, y)
        assert result["estimate"].isna().all()
    assert associate(t, "b", "c")["n"].tolist() == [7, 7]
    assert associate(t.iloc[:0], "a", "b")["estimate"].isna().all()
    assert len(residuals(t.iloc[:0], "a", "b")) == 0


def test_bad_arguments_of_associate():
    t = contacts()
    with pytest.raises(SchemaError, match="是不是想写「channel」"):
        associate(t, "chanel", "csat")
    with pytest.raises(ParameterError, match="adjust"):
        associate(t, "channel", "csat", adjust="channel")
    with pytest.raises(ParameterError, match="不同的列"):
        residuals(t, "channel", "channel")
    with pytest.raises(ParameterError, match="同名"):
        residuals(t.rename(columns={"channel": "n"}), "n", "category")
    wide = pd.DataFrame({"a": np.arange(3000).astype(str), "b": np.arange(3000).astype(str)})
    with pytest.raises(ParameterError, match="上限"):
        associate(wide, "a", "b")
    with pytest.raises(ParameterError, match="自由度"):
        associate(wide.assign(a=wide["a"].str[:2], b=wide["b"].str[-2:], s="1"), "a", "b", adjust="s")


def test_pairs_that_cannot_be():
    t = pd.DataFrame({"csat": [1.0, 2, 3, 4] * 5, "channel": ["电话", "在线"] * 10})
    with pytest.raises(ParameterError, match="x 和 y 都只有「csat」"):
        associate(t, "csat", ["csat"])
    for empty in (None, []):
        with pytest.raises(ParameterError, match="参数 x 是空的"):
            associate(t, empty, "csat")
        with pytest.raises(ParameterError, match="参数 y 是空的"):
            associate(t, "csat", empty)
    nothing = associate(t.assign(one=1.0), "csat", "one")
    assert "没有变化" in nothing.attrs["reason"]
    assert "reason" not in associate(t, "csat", "channel").attrs


def test_missing_values_are_left_out_pair_by_pair():
    t = pd.DataFrame({"csat": [1.0, 2, 3, 4, 5] * 8, "wait": range(40), "channel": ["电话", "在线"] * 20})
    t.loc[:9, "wait"] = np.nan
    t.loc[35:, "channel"] = None
    n = associate(t, ["wait", "channel"], "csat").groupby("x")["n"].first()
    assert n.to_dict() == {"channel": 35, "wait": 30}
    adjusted = associate(t, "wait", "csat", adjust="channel")
    assert (adjusted["n"] == 25).all()


def test_numbers_and_flags_of_other_libraries():
    rng = np.random.default_rng(8)
    t = pd.DataFrame(
        {"csat": rng.normal(size=60).round(2), "wait": rng.normal(size=60), "bad": rng.random(60) < 0.4}
    )
    other = t.assign(csat=[Decimal(str(v)) for v in t["csat"]], bad=t["bad"].astype("bool[pyarrow]"))
    for x in ("wait", "bad"):
        result = associate(other, x, "csat")
        pd.testing.assert_frame_equal(result, associate(t, x, "csat"))
    assert set(result["method"]) == {"correlation_ratio", "kruskal"}
