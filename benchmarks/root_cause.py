"""Root causes on labelled cases: a folder with causes.json and one CSV a case (value, cnt, dimensions, min).

Nothing is fitted to the cases by this script; the spread over repeated halves says what the figures
are worth. Run: python benchmarks/root_cause.py ../shared/data/root_cause

With --speed it takes the time of flags, amounts and ratios on simulated tables instead, in processor
seconds: python benchmarks/root_cause.py --speed [rows]. To compare with another version, run the same file
with PYTHONPATH at that.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from csatext.aggregation.root_causes import root_causes

MINUTES = 4
NOT_DIMENSIONS = {"min", "value", "cnt"}


def named(row: pd.Series, dims: list[str]) -> dict[str, str]:
    return {dim: str(row[dim]) for dim in dims if pd.notna(row[dim])}


def study(folder: Path, case: dict, settings: dict) -> dict:
    table = pd.read_csv(folder / f"{case['case']}.csv")
    dims = [name for name in table.columns if name not in NOT_DIMENSIONS]
    now = case["timestamp"]
    found = root_causes(
        table,
        numerator="value",
        denominator="cnt",
        by=dims,
        period="min",
        current=now,
        baseline=[now - 60 * minute for minute in range(1, MINUTES + 1)],
        **settings,
    )
    truth = [{dim: str(value) for dim, value in cause.items()} for cause in case["causes"]]
    rows = [named(row, dims) for _, row in found.iterrows()]
    hits = sum(row in truth for row in rows)
    return {
        "case": case["case"],
        "first": bool(rows) and rows[0] in truth,
        "top3": any(row in truth for row in rows[:3]),
        "hits": hits,
        "wrong": len(rows) - hits,
        "missed": len(truth) - hits,
        "empty": not rows,
        "truth": truth,
        "rows": rows,
    }


def figures(results: pd.DataFrame) -> dict[str, float]:
    hits = results["hits"].sum()
    return {
        "first": results["first"].mean(),
        "top3": results["top3"].mean(),
        "F1": 2 * hits / (2 * hits + results["wrong"].sum() + results["missed"].sum()),
        "empty": results["empty"].mean(),
    }


# Distinct cells: few as in most centres, many as with cities, very many as with agents.
SPEED = {
    "few cells": (6, 5, 4, 4, 3, 3),
    "many": (30, 20, 10, 6, 5, 4),
    "very many": (300, 200, 50, 30, 10, 5),
}


def speed(rows: int) -> pd.DataFrame:
    """Processor seconds of flags, amounts and ratios, the best of two runs, on tables of six dimensions."""
    seconds = {}
    for name, sizes in SPEED.items():
        rng = np.random.default_rng(0)
        table = pd.DataFrame(
            {
                f"d{dim}": np.array([f"v{value}" for value in range(size)])[rng.integers(0, size, rows)]
                for dim, size in enumerate(sizes)
            }
        )
        table["week"] = rng.integers(0, 5, rows)
        raised = (table["week"] == 4) & (table["d2"] == "v3") & (table["d4"] == "v1")
        table["flag"] = rng.random(rows) < np.where(raised, 0.15, 0.05)
        table["paid"] = (rng.lognormal(4, 1, rows) * table["flag"]).round(2)
        table["seconds"] = rng.lognormal(5, 0.5, rows) * np.where(raised, 1.5, 1.0)
        table["contacts"] = 1
        kinds = {"flags": ("flag", None), "amounts": ("paid", None), "ratios": ("seconds", "contacts")}
        best = dict.fromkeys(kinds, np.inf)
        for kind, (numerator, denominator) in [*kinds.items()] * 2:
            start = time.process_time()
            root_causes(
                table,
                numerator=numerator,
                denominator=denominator,
                by=[f"d{dim}" for dim in range(len(sizes))],
                period="week",
                current=4,
                baseline=[0, 1, 2, 3],
            )
            best[kind] = min(best[kind], time.process_time() - start)
        seconds[name] = best
    return pd.DataFrame(seconds).T


def main() -> None:
    if "--speed" in sys.argv:
        rows = int(next((word for word in sys.argv[1:] if word.isdigit()), 500_000))
        print(f"{rows:,} rows, 6 dimensions: processor seconds")
        print(speed(rows).round(2).to_string())
        return
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "causes.json").exists():
        sys.exit(
            "give the folder of the labelled cases (causes.json, case*.csv); they are not in the project"
        )
    folder = Path(sys.argv[1])
    cases = json.loads((folder / "causes.json").read_text(encoding="utf-8"))
    start = time.perf_counter()
    results = pd.DataFrame([study(folder, case, {}) for case in cases])
    seconds = time.perf_counter() - start
    print(f"{len(cases)} cases, default parameters, {seconds / len(cases) * 1000:.0f} ms a case")
    print(pd.Series(figures(results)).round(3).to_string())

    rng = np.random.default_rng(0)
    halves = pd.DataFrame(
        [figures(results.iloc[rng.permutation(len(results))[: len(results) // 2]]) for _ in range(200)]
    )
    print("\nrandom halves: 5 %, 50 %, 95 %")
    print(halves.quantile([0.05, 0.5, 0.95]).round(3).to_string())
    if "-v" in sys.argv:
        print("\ncases whose first row is not a label")
        for result in results[~results["first"]].itertuples():
            print(result.case, "label", result.truth, "rows", result.rows)


if __name__ == "__main__":
    main()
