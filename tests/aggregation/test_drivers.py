import tracemalloc
from decimal import Decimal
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.drivers import drivers
from csatext.errors import ParameterError


def scores(n=300):
    rng = np.random.default_rng(4)
    t = pd.DataFrame(rng.normal(size=(n, 3)), columns=["wait", "turns", "effort"])
    t["turns"] += t["wait"]
    t["channel"] = rng.choice(["电话", "在线", "工单"], n)
    t["csat"] = 4 - t["wait"] + 0.5 * t["effort"] + (t["channel"] == "电话") + rng.normal(size=n)
    return t


def r_squared(t, features):
    parts = [np.ones((len(t), 1))]
    for f in features:
        column = t[f]
        parts.append(
            column.to_numpy()[:, None] if column.dtype.kind == "f" else pd.get_dummies(column).to_numpy(float)
        )
    x = np.hstack(parts)
    y = t["csat"].to_numpy()
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return 1 - left @ left / ((y - y.mean()) ** 2).sum()


def test_drivers_equal_all_orders_of_entry():
    t = scores()
    names = ["wait", "turns", "effort", "channel"]
    gains = dict.fromkeys(names, 0.0)
    for order in permutations(names):
        for i, f in enumerate(order):
            gains[f] += (r_squared(t, order[: i + 1]) - r_squared(t, order[:i])) / 24
    result = drivers(t, "csat", names, n_boot=50)
    assert result.set_index("feature")["importance"].to_dict() == pytest.approx(gains, abs=1e-9)
    assert result["importance"].sum() == pytest.approx(r_squared(t, names), abs=1e-9)
    assert result["share"].sum() == pytest.approx(1)
    assert result.attrs["r2"] == pytest.approx(r_squared(t, names), abs=1e-9)
    x = np.column_stack([np.ones(len(t)), t[names[:3]], pd.get_dummies(t["channel"]).to_numpy(float)[:, 1:]])
    slope = np.linalg.lstsq(x, t["csat"].to_numpy(), rcond=None)[0][1]
    assert result.set_index("feature").loc["wait", "slope"] == pytest.approx(slope)
    assert result.set_index("feature").loc["channel", ["slope", "slope_low"]].isna().all()


def test_drivers_intervals_cover():
    # orthogonal unit features: importance 1/3 of the variance each
    rng = np.random.default_rng(5)
    hits = 0
    for seed in range(40):
        t = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
        t["y"] = t["a"] + t["b"] + rng.normal(size=400)
        row = drivers(t, "y", ["a", "b"], n_boot=200, random_state=seed).set_index("feature").loc["a"]
        hits += row["low"] <= 1 / 3 <= row["high"]
    assert hits >= 33  # .95 of 40 is 38, standard error 1.4


def test_blocks_give_the_interval_of_rows():
    rng = np.random.default_rng(6)
    t = pd.DataFrame(rng.normal(size=(20_000, 1)), columns=["a"])
    t["y"] = t["a"] + rng.normal(size=20_000)
    row = drivers(t, "y", "a", n_boot=1000).iloc[0]
    # slope of a regression: standard error 1 / sqrt(n)
    assert row["slope_high"] - row["slope_low"] == pytest.approx(2 * 1.96 / np.sqrt(20_000), rel=0.12)


def test_drivers_odd_inputs():
    t = scores().assign(copy=lambda d: d["wait"], flat=1.0, nothing=np.nan)
    twice = drivers(t, "csat", ["wait", "copy", "flat"], n_boot=20).set_index("feature")["importance"]
    assert twice["wait"] == pytest.approx(twice["copy"])
    assert twice["flat"] == 0
    assert twice.sum() == pytest.approx(r_squared(t, ["wait"]))
    empty = drivers(t, "csat", ["nothing"])
    assert len(empty) == 0
    assert "无法估计" in empty.attrs["reason"]
    assert len(drivers(t, "flat", ["wait"])) == 0
    many = t.assign(agent=[f"a{i % 40}" for i in range(len(t))])
    assert len(drivers(many, "csat", "agent", n_boot=5)) == 1
    pd.testing.assert_frame_equal(drivers(t, "csat", "wait"), drivers(t, "csat", "wait"))
    with pytest.raises(ParameterError, match="1 到 13"):
        drivers(t, "csat", [])
    with pytest.raises(ParameterError, match="target"):
        drivers(t, "csat", ["csat"])
    with pytest.raises(ParameterError, match="n_boot"):
        drivers(t, "csat", ["wait"], n_boot=0)


def test_decimals_and_flags_of_other_libraries_are_amounts():
    t = scores()
    t["wait"] = t["wait"].round(3)
    t["bad"] = t["effort"] > 0
    plain = drivers(t, "csat", ["wait", "bad"], n_boot=20)
    other = t.assign(wait=[Decimal(str(value)) for value in t["wait"]], bad=t["bad"].astype("bool[pyarrow]"))
    pd.testing.assert_frame_equal(drivers(other, "csat", ["wait", "bad"], n_boot=20), plain)
    assert plain["slope"].notna().all()


def test_many_rows_are_taken_in_blocks():
    t = scores(2500)
    result = drivers(t, "csat", ["wait", "channel"], n_boot=20)
    assert result.attrs["r2"] == pytest.approx(r_squared(t, ["wait", "channel"]), abs=1e-9)
    moved = drivers(t.assign(csat=t["csat"] + 1e6), "csat", ["wait", "channel"], n_boot=20)
    np.testing.assert_allclose(moved["importance"], result["importance"], rtol=1e-6)


def test_indicators_of_all_rows_never_stand_in_memory_at_once():
    rng = np.random.default_rng(12)
    t = pd.DataFrame(
        {"region": rng.choice([f"r{i}" for i in range(21)], 100_000), "csat": rng.normal(size=100_000)}
    )
    tracemalloc.start()
    drivers(t, "csat", "region", n_boot=20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 15e6  # 100,000 x 21 numbers alone are 17 MB
