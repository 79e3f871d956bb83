"""Root causes on labelled cases: a folder with causes.json and one CSV a case (value, cnt, dimensions, min).

Nothing is fitted to the cases by this script; the spread over repeated halves says what the figures
are worth. Run: python benchmarks/root_cause.py ../shared/data/root_cause
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


def main() -> None:
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
