"""Forecasts of 28 days against the seasonal naive forecast, and the coverage of their intervals.

Run: python benchmarks/forecast.py [--reviews FILE.csv]

The simulated centre is always used. Dated reviews are read by path (columns time, taste, restaurant); without
the argument they are left out, and that is said. ``equal`` series have the same error under both (as a rule
both say zero, every day); ``better_of_unequal`` is the share of the others on which ours is smaller.
"""

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

import csatext.aggregation.forecast as module
from csatext.datasets.simulate import simulate_center

HORIZON = 28


def judge(name, facts, by, origins, rows):
    """Hold out the last 28 days, several times a month apart, and score each series."""
    last = facts["created_at"].max().normalize()
    facts = facts.dropna(subset=[by]).assign(**{by: facts[by].astype("str")})
    mase, naive, coverage, share = [], [], [], []
    began = perf_counter()
    for back in range(origins):
        end = last - pd.Timedelta(days=HORIZON * (back + 1))
        past = facts[facts["created_at"] < end + pd.Timedelta(days=1)]
        table = module.forecast(past, HORIZON, by=by, level=0.9, end=end)
        days = pd.date_range(past["created_at"].min().normalize(), end + pd.Timedelta(days=HORIZON))
        counts = facts.groupby([by, facts["created_at"].dt.normalize()]).size().unstack(fill_value=0)
        counts = counts.reindex(columns=days, fill_value=0).reindex(sorted(past[by].unique()))
        y = counts.to_numpy(dtype=float)
        known, came = y[:, :-HORIZON], y[:, -HORIZON:]
        scale = np.abs(known[:, 7:] - known[:, :-7]).mean(axis=1)
        value, low, high = (table[c].to_numpy().reshape(came.shape) for c in ("value", "low", "high"))
        repeated = np.tile(known[:, -7:], 4)
        with np.errstate(invalid="ignore", divide="ignore"):
            own, other = np.abs(value - came).mean(1) / scale, np.abs(repeated - came).mean(1) / scale
        judged = scale > 0
        mase += own[judged].tolist()
        naive += other[judged].tolist()
        coverage += ((came >= low) & (came <= high)).mean(axis=1).tolist()
        share += (own[judged] < other[judged]).tolist()
    tied = np.isclose(mase, naive)
    better_untied = np.mean(np.array(share)[~tied]) if not tied.all() else np.nan
    rows.append(
        (
            name, by, len(share), len(facts) / len(days) / facts[by].nunique(), np.mean(mase), np.mean(naive),
            np.mean(share), tied.mean(), better_untied, np.mean(coverage), perf_counter() - began,
        )
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reviews", type=Path, help="dated reviews: restaurant, time, taste")
    parser.add_argument("--origins", type=int, default=3)
    options = parser.parse_args()
    rows = []
    centre = simulate_center(n_contacts=20_000, random_state=0)
    contacts = centre.contacts
    contacts = contacts.merge(centre.truth[["cause"]], left_on="doc_id", right_index=True)
    for by in ("channel", "product", "region", "cause"):
        judge("simulated centre", contacts, by, options.origins, rows)
    if options.reviews is None:
        print("dated reviews: left out, give --reviews FILE")
    else:
        reviews = pd.read_csv(options.reviews)
        reviews["created_at"] = pd.to_datetime(reviews["time"], format="mixed", errors="coerce")
        reviews = reviews.dropna(subset=["created_at"])
        for by in ("taste", "restaurant"):
            judge("dated reviews", reviews, by, options.origins, rows)
    columns = [
        "data", "by", "series", "mean_a_day", "mase", "mase_naive", "better", "equal", "better_of_unequal",
        "coverage", "seconds",
    ]  # fmt: skip
    print(pd.DataFrame(rows, columns=columns).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
