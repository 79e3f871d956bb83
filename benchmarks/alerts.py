"""False alarms on overdispersed weekly series with holidays, and the delay at which a doubling is seen.

Run: python -P benchmarks/alerts.py [--quick]

``false_by_season`` are false alerts in 100 series and 30 days where the days judged hold the Spring
Festival, the National Day holiday, or neither (``strong``: holidays at .4 and promotions at twice the usual,
otherwise .6 and 1.4); ``attainable_1`` and ``attainable_2`` are the shares that
a detector with known mean and dispersion sees within 1 and 2 days at one false alarm: no method that has
to estimate them can do better.
"""

import argparse
from time import perf_counter

import numpy as np
import pandas as pd
from scipy import stats

from csatext.aggregation.alerts import alerts
from csatext.aggregation.panel.calendar import business_calendar

WEEK = np.array([1.15, 1.1, 1.05, 1.05, 1.1, 0.8, 0.75])
DAYS = 120
# Factors of holidays and of promotions.
USUAL, STRONG = (0.6, 1.4), (0.4, 2.0)
FIRST = {"spring": "2026-01-10", "october": "2025-08-20", "summer": "2026-05-15"}


def draw(n, mean, size, first, own_weeks, rng, onset=None, special=USUAL):
    """Return a counted table of ``n`` series, with ``special`` factors, twice as many from ``onset``."""
    days = business_calendar(first, pd.Timestamp(first) + pd.Timedelta(days=DAYS - 1))
    weekday = days["date"].dt.day_of_week.to_numpy()
    week = np.exp(rng.normal(0, 0.25, (n, 7)))[:, weekday] if own_weeks else WEEK[weekday]
    special = np.where(days["day_type"] == "holiday", special[0], 1.0) * np.where(
        days["promotion"].notna(), special[1], 1.0
    )
    mu = np.broadcast_to(mean * week * special, (n, DAYS)).copy()
    if onset is not None:
        mu[:, onset:] *= 2
    table = rng.poisson(mu * rng.gamma(size, 1 / size, mu.shape) if np.isfinite(size) else mu)
    return pd.DataFrame(
        {"created_at": np.tile(days["date"], n), "series": np.repeat(np.arange(n), DAYS), "n": table.ravel()}
    )


def run(table, alone):
    """Run the alerts on all series together, or on each by itself."""
    if not alone:
        return alerts(table, by="series", count="n")
    parts = [alerts(part, by="series", count="n") for _, part in table.groupby("series")]
    return pd.concat(parts, ignore_index=True)


def attainable(mean, size, own_weeks, rng, n=4000, days=37):
    """Return the shares of doublings that cumulated log-likelihood ratios find within 1 and 2 days."""
    week = np.exp(rng.normal(0, 0.25, (n, 7))) if own_weeks else np.tile(WEEK, (n, 1))
    begin = rng.integers(0, 7, n)
    at = (begin[:, None] + np.arange(days)) % 7
    usual = mean * np.take_along_axis(week, at, axis=1)
    onset = days - 3
    doubled = usual * np.where(np.arange(days) >= onset, 2, 1)
    statistics = []
    for mu in (usual, doubled):
        if np.isfinite(size):
            table = rng.poisson(mu * rng.gamma(size, 1 / size, mu.shape))
            ratio = stats.nbinom.logpmf(table, size, size / (size + 2 * usual))
            ratio -= stats.nbinom.logpmf(table, size, size / (size + usual))
        else:
            table = rng.poisson(mu)
            ratio = stats.poisson.logpmf(table, 2 * usual) - stats.poisson.logpmf(table, usual)
        total, path = np.zeros(n), []
        for day in ratio.T:
            total = np.maximum(total, 0) + day
            path.append(total)
        statistics.append(np.stack(path, axis=1))
    null, risen = statistics
    low, high = 0.0, 30.0
    for _ in range(40):
        middle = (low + high) / 2
        above = null[:, 4:] > middle
        fresh = above & ~np.any([null[:, 4 - lag : -lag] > middle for lag in (1, 2, 3)], axis=0)
        low, high = (middle, high) if fresh.mean() > 1 / 3000 else (low, middle)
    return [(risen[:, onset : onset + wait + 1] > high).any(axis=1).mean() for wait in (1, 2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one season, fewer series")
    options = parser.parse_args()
    rows = []
    settings = [
        (m, s, w, USUAL)
        for m, s in ((20, np.inf), (20, 40), (20, 20), (20, 15), (100, 50), (100, 20), (3, 10))
        for w in (0, 1)
    ] + [(m, s, 0, STRONG) for m, s in ((20, 40), (20, 20), (100, 50), (100, 100))]
    for alone in (False, True):
        n = 60 if alone else 200
        for mean, size, own_weeks, special in settings[:: 4 if options.quick else 2 if alone else 1]:
            began = perf_counter()
            rng = np.random.default_rng([int(mean), own_weeks, alone])
            seasons = dict(list(FIRST.items())[: 1 if options.quick else None])
            false = [
                len(found) / (n * found.attrs.get("n_periods", 60)) * 3000
                for found in (
                    run(draw(n, mean, size, first, own_weeks, rng, special=special), alone)
                    for first in seasons.values()
                )
            ]
            onset = DAYS - 10
            first = pd.Timestamp(FIRST["summer"])
            found = run(draw(n, mean, size, first, own_weeks, rng, onset), alone)
            seen = (found["detected_at"] - first).dt.days - onset
            seen = seen[seen >= 0].groupby(found["series"]).agg(["min", "size"])
            within = [float((seen["min"] <= d).sum()) / n for d in (0, 1, 2)]
            rows.append(
                (
                    "alone" if alone else "together", mean, 1 + mean / size, bool(own_weeks),
                    special == STRONG, np.mean(false),
                    " ".join(f"{one:.2f}" for one in false), *within,
                    *attainable(mean, size, own_weeks, rng), seen["size"].mean(), perf_counter() - began,
                )
            )  # fmt: skip
    columns = [
        "series", "mean", "var/mean", "own_weeks", "strong", "false_per_100x30d", "false_by_season",
        "seen_same_day", "within_1_day", "within_2_days", "attainable_1", "attainable_2",
        "alerts_per_incident", "seconds",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    print(table.round(2).to_string(index=False))
    print(table.groupby("series")["false_per_100x30d"].agg(["mean", "max"]).round(2).to_string())


if __name__ == "__main__":
    main()
