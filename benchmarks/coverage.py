"""How often intervals hold the truth and null tables report something, by simulation.

python benchmarks/coverage.py            # 2,000 draws, some minutes
python benchmarks/coverage.py --quick    # 200 draws
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from csatext.aggregation.associate import associate
from csatext.aggregation.breakdown import breakdown
from csatext.aggregation.drivers import drivers

SCORE = np.array([0.1, 0.03, 0.07, 0.2, 0.6])
MEASURES: dict[str, tuple[Callable[[np.random.Generator, int], np.ndarray], float]] = {
    "rate .04": (lambda rng, n: (rng.random(n) < 0.04).astype(float), 0.04),
    "rate .5": (lambda rng, n: (rng.random(n) < 0.5).astype(float), 0.5),
    "mean, normal": (lambda rng, n: rng.normal(3, 1, n), 3.0),
    "mean, exponential": (lambda rng, n: rng.exponential(2, n), 2.0),
    "mean, lognormal": (lambda rng, n: rng.lognormal(0, 1, n), float(np.exp(0.5))),
    "mean, 5 points": (lambda rng, n: rng.choice(5, p=SCORE, size=n) + 1.0, float(SCORE @ np.arange(1, 6))),
}


def of_breakdown(rng: np.random.Generator, draws: int) -> Iterator[tuple[str, int, float]]:
    for n in (10, 30, 100, 1000):
        cells = max(draws, 50_000 // n) if n < 1000 else draws
        cell = np.repeat(np.arange(cells), n)
        for name, (draw, truth) in MEASURES.items():
            facts = pd.DataFrame({"cell": cell, "value": draw(rng, cells * n)})
            table = breakdown(facts, "cell", "value")
            yield name, n, float(((table["low"] <= truth) & (truth <= table["high"])).mean())
        below = rng.integers(1, 9, cells * n)
        facts = pd.DataFrame({"cell": cell, "above": rng.poisson(1.5 * below), "below": below})
        table = breakdown(facts, "cell", "above", "below")
        yield "ratio 1.5", n, float(((table["low"] <= 1.5) & (table["high"] >= 1.5)).mean())


def of_association(rng: np.random.Generator, draws: int) -> Iterator[tuple[str, int, float]]:
    slope = 0.6
    for n in (60, 400):
        held = dict.fromkeys(["cramers_v", "spearman", "correlation_ratio", "spearman, 3 strata"], 0)
        for _ in range(draws):
            flag, region = rng.random(n) < 0.5, rng.integers(0, 3, n)
            x = rng.normal(size=n)
            y = slope * x + np.sqrt(1 - slope**2) * rng.normal(size=n)
            table = pd.DataFrame(
                {
                    "flag": flag, "other": rng.random(n) < np.where(flag, 0.65, 0.35), "x": x, "y": y,
                    "value": np.where(flag, 0.3, -0.3) + rng.normal(size=n), "region": region.astype(str),
                    "x3": x + 3 * region, "y3": y + 3 * region,
                }
            )  # fmt: skip
            rho = 6 / np.pi * np.arcsin(slope / 2)
            for name, pair, adjust, truth in (
                ("cramers_v", ("flag", "other"), None, 0.3),
                ("spearman", ("x", "y"), None, rho),
                ("correlation_ratio", ("flag", "value"), None, 0.09 / 1.09),
                ("spearman, 3 strata", ("x3", "y3"), "region", rho),
            ):
                row = associate(table, *pair, adjust=adjust).set_index("method").loc[name.split(",")[0]]
                held[name] += bool(row["low"] <= truth <= row["high"])
        yield from ((name, n, hits / draws) for name, hits in held.items())


def of_drivers(rng: np.random.Generator, draws: int) -> Iterator[tuple[str, int, float]]:
    for n in (100, 1000):
        hits = 0
        for _ in range(draws):
            table = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"])
            table["y"] = table["a"] + table["b"] + rng.normal(size=n)
            row = drivers(table, "y", ["a", "b"]).set_index("feature").loc["a"]
            hits += bool(row["low"] <= 1 / 3 <= row["high"])
        yield "importance 1/3", n, hits / draws


def of_null_tables(rng: np.random.Generator, draws: int) -> Iterator[tuple[str, int, float]]:
    for n in (2000, 20_000):
        found = dict.fromkeys(["breakdown, rate .08", "breakdown, lognormal"], 0)
        for _ in range(draws):
            facts = pd.DataFrame({"cell": rng.integers(0, 40, n), "flag": rng.random(n) < 0.08})
            facts["value"] = rng.lognormal(0, 1, n)
            found["breakdown, rate .08"] += bool((breakdown(facts, "cell", "flag")["q"] < 0.05).any())
            found["breakdown, lognormal"] += bool((breakdown(facts, "cell", "value")["q"] < 0.05).any())
        yield from ((name, n, hits / draws) for name, hits in found.items())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    draws = 200 if parser.parse_args().quick else 2000
    rng = np.random.default_rng(0)
    held = "held by the .95 interval"
    parts = (
        (held, of_breakdown),
        (held, of_association),
        (held, of_drivers),
        ("null tables with a q below .05", of_null_tables),
    )
    for title, part in parts:
        print(f"\n{title}")
        for name, n, share in part(rng, draws):
            print(f"  {name:24} n={n:<6} {share:.3f}", flush=True)


if __name__ == "__main__":
    main()
