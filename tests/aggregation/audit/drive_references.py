"""Write the values that packages ppi-python and irrCAC give for drawn tables (CONTRIBUTING.md says how)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "reference_values.json"
CENTERS = (
    # contacts, tags, share, error of the machine, coverage
    (2000, 300, 0.3, 0.1, 0.95),
    (2000, 500, 0.5, 0.2, 0.9),
    (1500, 400, 0.15, 0.3, 0.99),
    (3000, 1000, 0.06, 0.05, 0.95),
    (1000, 800, 0.4, 0.45, 0.95),
    (1200, 200, 0.6, 0.6, 0.95),
)
TABLES = (
    # contacts, people, labels, share that repeats the first person, share missing
    (40, 2, 2, 0.7, 0.0),
    (60, 3, 4, 0.6, 0.0),
    (50, 4, 3, 0.5, 0.3),
    (80, 5, 6, 0.8, 0.6),
    (30, 2, 5, 0.2, 0.4),
    (100, 3, 2, 0.95, 0.2),
)


def center(place: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return human and machine labels, and how many of the first contacts are tagged."""
    n, n_tagged, share, error, _ = CENTERS[place]
    rng = np.random.default_rng([11, place])
    human = rng.random(n) < share
    return human, human ^ (rng.random(n) < error), n_tagged


def table(place: int) -> np.ndarray:
    """Return codes of labels, contacts x people, NaN where there is none."""
    n, people, labels, repeated, missing = TABLES[place]
    rng = np.random.default_rng([12, place])
    codes = rng.integers(0, labels, (n, people)).astype(float)
    codes = np.where(rng.random(codes.shape) < repeated, codes[:, :1], codes)
    codes[rng.random(codes.shape) < missing] = np.nan
    return codes[~np.isnan(codes).all(axis=1)]


def main() -> None:
    """Write the file."""
    import pandas as pd
    from irrCAC.raw import CAC
    from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

    rates = []
    for place, (*_, level) in enumerate(CENTERS):
        human, machine, n = center(place)
        given = human[:n].astype(float), machine[:n].astype(float), machine[n:].astype(float)
        ends = ppi_mean_ci(*given, alpha=1 - level)
        rates.append([float(np.ravel(part)[0]) for part in (ppi_mean_pointestimate(*given), *ends)])
    scores = []
    for place in range(len(TABLES)):
        codes = table(place)
        # Named, as under pandas 3 irrCAC counts a missing tag as one more category.
        named = sorted({*codes[~np.isnan(codes)].tolist()})
        found = CAC(pd.DataFrame(codes), categories=named, digits=15)
        wanted = {"alpha": found.krippendorff(), "ac1": found.gwet()}
        row = {name: float(one["est"]["coefficient_value"]) for name, one in wanted.items()}
        row["percent"] = float(wanted["ac1"]["est"]["pa"])
        if codes.shape[1] == 2:
            both = CAC(pd.DataFrame(codes[~np.isnan(codes).any(axis=1)]), digits=15)
            row["kappa"] = float(both.conger()["est"]["coefficient_value"])
        scores.append(row)
    FILE.write_text(json.dumps({"rates": rates, "agreement": scores}, indent=1) + "\n")


if __name__ == "__main__":
    main()
