"""Planted causes in simulated centres: hit rate by standard errors, false reports, and speed.

Run: python benchmarks/planted_causes.py [--draws 200] [--quick] [--skip-speed]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np
import pandas as pd

from csatext.aggregation.root_causes import root_causes


def centre(rng: np.random.Generator, scale: str) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Facts of a centre without a cause, the rate of each contact, and the number of weeks."""
    large = scale == "wide"
    n_dims = int(rng.integers(3, 7 if large else 6))
    n = int(np.exp(rng.uniform(np.log(5e3 if large else 2e4), np.log(1e5))))
    n_weeks = int(rng.integers(3, 10))
    sizes = rng.integers(3, 51 if large else 13, n_dims)
    columns = {}
    base = rng.uniform(0.02, 0.3)
    logit = np.full(n, np.log(base / (1 - base)))
    for dim, size in enumerate(sizes):
        weight = rng.permutation(1 / np.arange(1, size + 1) ** rng.uniform(0, 1.5))
        code = rng.choice(size, n, p=weight / weight.sum())
        columns[f"d{dim}"] = code
        if rng.random() < 0.6:
            logit += rng.normal(0, rng.uniform(0, 0.5), size)[code]
    columns["week"] = rng.integers(0, n_weeks, n)
    return pd.DataFrame(columns), 1 / (1 + np.exp(-logit)), n_weeks


def plant(
    rng: np.random.Generator, facts: pd.DataFrame, rate: np.ndarray, n_weeks: int, low: float, high: float
) -> tuple[np.ndarray, dict[str, int]] | None:
    """Raise the last week's rate of one combination by a factor; None where none has the right size."""
    dims = [name for name in facts.columns if name != "week"]
    codes = facts[dims].to_numpy()
    now = (facts["week"] == n_weeks - 1).to_numpy()
    for _ in range(3000):
        chosen = np.sort(rng.choice(len(dims), int(rng.integers(1, 4)), replace=False))
        values = codes[rng.integers(len(codes)), chosen]
        factor = rng.uniform(1.5, 4)
        inside = now & (codes[:, chosen] == values).all(axis=1)
        old = rate[inside]
        new = np.minimum(old * factor, 0.97)
        if len(old) == 0 or len(old) > 0.5 * now.sum():
            continue
        errors = (new - old).sum() / np.sqrt((old * (1 - old)).sum())
        if low <= errors < high:
            raised = rate.copy()
            raised[inside] = new
            return raised, {dims[dim]: int(value) for dim, value in zip(chosen, values, strict=True)}
    return None


def look(rng: np.random.Generator, facts: pd.DataFrame, rate: np.ndarray, n_weeks: int) -> pd.DataFrame:
    table = facts.assign(bad=(rng.random(len(facts)) < rate).astype(int))
    dims = [name for name in facts.columns if name != "week"]
    denominator = None
    if rng.random() < 0.5:
        table = table.groupby([*dims, "week"])["bad"].agg(bad="sum", n="size").reset_index()
        denominator = "n"
    return root_causes(
        table,
        numerator="bad",
        denominator=denominator,
        by=dims,
        period="week",
        current=n_weeks - 1,
        baseline=list(range(n_weeks - 1)),
    )


def named(row: pd.Series) -> dict[str, int]:
    return {
        name: int(row[name])
        for name in row.index
        if name.startswith("d") and name[1:].isdigit() and pd.notna(row[name])
    }


def hits(draws: int, low: float, high: float, scale: str, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    first = top = empty = rows = done = 0
    while done < draws:
        facts, rate, n_weeks = centre(rng, scale)
        planted = plant(rng, facts, rate, n_weeks, low, high)
        if planted is None:
            continue
        found = look(rng, facts, planted[0], n_weeks)
        got = [named(row) for _, row in found.head(3).iterrows()]
        first += got[:1] == [planted[1]]
        top += planted[1] in got
        empty += found.empty
        rows += len(found)
        done += 1
    return {"first": first / draws, "top3": top / draws, "empty": empty / draws, "rows": rows / draws}


def false_reports(draws: int, scale: str, noise: float, drift: float, seed: int) -> dict[str, float]:
    """Share of draws with a report where nothing is planted; rates wander by ``noise`` from week to week."""
    rng = np.random.default_rng(seed)
    false = 0
    for _ in range(draws):
        facts, rate, n_weeks = centre(rng, scale)
        factor = np.ones(len(facts))
        dims = [name for name in facts.columns if name != "week"]
        for name in dims:
            size = int(facts[name].max()) + 1
            walk = rng.normal(0, noise / np.sqrt(len(dims)), (size, n_weeks))
            factor *= np.exp(walk[facts[name], facts["week"]])
        factor *= np.where(facts["week"] == n_weeks - 1, 1 + drift, 1.0)
        false += not look(rng, facts, np.minimum(rate * factor, 0.97), n_weeks).empty
    return {"false": false / draws}


NULLS = {
    # Rows, sizes of the dimensions, baseline periods, draws, whether shares of the values are unequal.
    "wide 50,000": (50_000, (4, 20, 31), 4, 200, False),
    "wide 50,000, unequal": (50_000, (4, 20, 31), 4, 200, True),
    "wide 200,000": (200_000, (4, 50, 31), 4, 100, False),
    "wide 200,000, sparse": (200_000, (50, 31, 300), 4, 40, False),
    "wide 200,000, six": (200_000, (4, 50, 31, 300, 20, 6), 4, 20, False),
    "8,000": (8_000, (4, 3, 10), 4, 100, False),
    "100,000": (100_000, (4, 3, 10, 5), 4, 100, False),
    "one baseline, 4,000": (4_000, (4, 3, 10, 5), 1, 200, False),
    "one baseline, 4,000, unequal": (4_000, (4, 3, 10, 5), 1, 200, True),
    "one baseline, 20,000": (20_000, (4, 3, 10, 5), 1, 200, False),
    "one baseline, 20,000, unequal": (20_000, (4, 3, 10, 5), 1, 200, True),
    "one baseline, wide 50,000": (50_000, (4, 20, 31), 1, 100, False),
}


def null_reports(
    kind: str, n: int, sizes: tuple[int, ...], n_baseline: int, draws: int, is_unequal: bool
) -> float:
    """Share of draws with a report where all five weeks are alike."""
    false = 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame({"week": rng.integers(0, 5, n), "contacts": 1})
        dims = [f"d{dim}" for dim in range(len(sizes))]
        for name, size in zip(dims, sizes, strict=True):
            weight = 1 / np.arange(1, size + 1) if is_unequal else np.ones(size)
            table[name] = rng.choice(size, n, p=weight / weight.sum())
        numerator, denominator = {
            "rate": (rng.random(n) < 0.08, None),
            "count": (np.ones(n), None),
            "paid": (rng.lognormal(4, 1, n) * (rng.random(n) < 0.1), None),
            "seconds a contact": (rng.lognormal(5, 0.5, n), "contacts"),
            "whole seconds summed": (rng.lognormal(5, 0.7, n).round(), "contacts"),
        }[kind]
        table = table.assign(value=numerator.astype(float))
        if kind.endswith("summed"):
            table = table.groupby(["week", *dims])[["value", "contacts"]].sum().reset_index()
        found = root_causes(
            table,
            numerator="value",
            denominator=denominator,
            by=dims,
            period="week",
            current=4,
            baseline=list(range(4 - n_baseline, 4)),
        )
        false += not found.empty
    return false / draws


def nulls(part: float) -> pd.DataFrame:
    rows = {}
    for name, (n, sizes, n_baseline, draws, is_unequal) in NULLS.items():
        kinds = ["rate", "count"] if n > 20_000 else ["rate", "count", "paid", "seconds a contact"]
        if n_baseline > 1 and n <= 20_000:
            # Of one period nobody knows how much sums vary.
            kinds.append("whole seconds summed")
        few = max(int(draws * part), 2)
        rows[name] = {kind: null_reports(kind, n, sizes, n_baseline, few, is_unequal) for kind in kinds} | {
            "draws": few
        }
    return pd.DataFrame(rows).T


def sparse_counts(draws: int, rows: int, factor: float) -> dict[str, float]:
    """Hit rate where only complaints are in the table and one pair of values has ``factor`` times more."""
    first = top = 0
    errors = rows * 0.06 * (factor - 1) / np.sqrt(rows * 0.06)
    for seed in range(draws):
        rng = np.random.default_rng(seed)

        def take(n: int, rng: np.random.Generator = rng) -> pd.DataFrame:
            return pd.DataFrame(
                {
                    "d0": rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1]),
                    "d1": rng.integers(0, 3, n),
                    "d2": rng.integers(0, 10, n),
                    "d3": rng.integers(0, 5, n),
                }
            )

        table = take(5 * rows).assign(week=rng.integers(0, 5, 5 * rows))
        extra = take(rng.poisson(rows * 0.06 * (factor - 1))).assign(d0=1, d3=2, week=4)
        table = pd.concat([table, extra], ignore_index=True).assign(one=1)
        found = root_causes(
            table,
            numerator="one",
            by=["d0", "d1", "d2", "d3"],
            period="week",
            current=4,
            baseline=[0, 1, 2, 3],
        )
        got = [named(row) for _, row in found.head(3).iterrows()]
        first += got[:1] == [{"d0": 1, "d3": 2}]
        top += {"d0": 1, "d3": 2} in got
    return {"errors": errors, "first": first / draws, "top3": top / draws}


def speed() -> None:
    rng = np.random.default_rng(0)
    n = 1_000_000
    sizes = [300, 200, 50, 30, 10, 5]
    table = pd.DataFrame(
        {
            f"d{dim}": np.array([f"v{v}" for v in range(size)])[rng.integers(0, size, n)]
            for dim, size in enumerate(sizes)
        }
    )
    table["week"] = rng.integers(0, 5, n)
    cause = (table["week"] == 4) & (table["d2"] == "v3") & (table["d4"] == "v1")
    table["bad"] = rng.random(n) < np.where(cause, 0.15, 0.05)
    start = time.perf_counter()
    root_causes(
        table,
        numerator="bad",
        by=[f"d{dim}" for dim in range(6)],
        period="week",
        current=4,
        baseline=[0, 1, 2, 3],
    )
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n1,000,000 rows, 6 dimensions {sizes}, max_dims 3: {seconds:.1f} s, peak {memory:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="20 draws, three sizes")
    parser.add_argument("--skip-speed", action="store_true")
    options = parser.parse_args()
    draws = 20 if options.quick else options.draws
    if sys.platform != "win32" and not options.skip_speed:
        speed()
    print("\nnothing planted: share of draws with a report")
    print(nulls(draws / 200).round(3).to_string())
    print("\ncounts of complaints only, one pair of values raised; standard errors of the week alone")
    cases = {
        f"{rows} a week x {factor}": (rows, factor) for rows, factor in ((400, 2.5), (400, 3.0), (2000, 1.8))
    }
    print(
        pd.DataFrame({name: sparse_counts(draws, *case) for name, case in cases.items()})
        .T.round(3)
        .to_string()
    )
    for scale in ("usual", "wide"):
        about = "3-5 dimensions of 3-12 values" if scale == "usual" else "3-6 dimensions of 3-50 values"
        print(f"\n{scale}: {about}; hit rate by standard errors of the expected excess")
        errors = (4, 6, 8) if options.quick else (2, 3, 4, 5, 6, 7, 8, 9, 10)
        table = {f"{low}": hits(draws, low, low + 1, scale, low) for low in errors}
        table[">= 6"] = hits(draws, 6, np.inf, scale, 99)
        print(pd.DataFrame(table).T.round(3).to_string())
        print("nothing planted: share of draws with a report")
        kinds = {
            "steady": (0.0, 0.0),
            "rates wander 10 %": (0.1, 0.0),
            "wander 30 %": (0.3, 0.0),
            "all rise 30 %": (0.0, 0.3),
        }
        table = {kind: false_reports(draws, scale, *kinds[kind], seed=7) for kind in kinds}
        print(pd.DataFrame(table).T.round(3).to_string())


if __name__ == "__main__":
    main()
