"""How often a series without a change gets one, and how often a step of two standard deviations is found.

Run: python -P benchmarks/changepoints.py [--quick] [--only levels|calendar]

``attainable`` is the share within two periods of the likeliest place where both levels, the noise and
that there is one step are known.

The second table is the share of series without a change that get one, by what holidays (x .4), promotions
(x 2) and make-up workdays (as busy as others) do to them, in windows around the Spring Festival. Its bar is
.05 and two standard errors, .072 at 400 series.
"""

import argparse
from time import perf_counter

import numpy as np
import pandas as pd
from scipy import stats
from scipy.signal import lfilter

import csatext.aggregation.changepoints as module
from csatext.aggregation.panel.calendar import business_calendar

WEEK = np.array([1.1, 1.15, 1.1, 1.05, 1.1, 0.8, 0.7])
EFFECTS = ("none", "holiday", "promotion", "makeup", "all")
WINDOWS = {
    "60 days": ("D", "2025-01-06", 60),
    "60 days, end in the holiday": ("D", "2024-12-03", 60),
    "60 days, begin in the holiday": ("D", "2025-02-01", 60),
    "120 days": ("D", "2025-01-06", 120),
    "365 days": ("D", "2025-01-01", 365),
    "30 weeks": ("W", "2023-12-18", 30),
    "60 weeks": ("W", "2023-01-02", 60),
    "120 weeks": ("W", "2023-01-02", 120),
}


def weekly(index):
    return WEEK[index.day_of_week]


def draw(kind, n, length, step, rng):
    """Return facts of ``n`` series of ``length`` periods with a step of ``step`` sd at the middle."""
    index = pd.date_range("2026-03-02", periods=length)
    late = np.arange(length) >= length // 2
    if kind in ("poisson", "overdispersed", "weekly", "sparse"):
        mean = {"sparse": 1.5}.get(kind, 20.0)
        size = 15.0 if kind in ("overdispersed", "weekly") else np.inf
        spread = np.sqrt(mean + (mean**2 / size if np.isfinite(size) else 0))
        mu = mean + step * spread * late
        if kind == "weekly":
            mu = mu * weekly(index)
        rates = np.broadcast_to(mu, (n, length))
        if np.isfinite(size):
            rates = rates * rng.gamma(size, 1 / size, rates.shape)
        table = rng.poisson(rates)
        return counted(index, table), None
    if kind == "rate":
        sizes = rng.poisson(40, (n, length))
        p = 0.2 + step * np.sqrt(0.2 * 0.8 / 40) * late
        hits = rng.binomial(sizes, np.broadcast_to(p, sizes.shape))
        facts = pd.concat(
            [counted(index, hits).assign(flag=True), counted(index, sizes - hits).assign(flag=False)]
        )
        return facts, "flag"
    rho = {"ar(0.3)": 0.3, "ar(0.5)": 0.5, "normal": 0.0}[kind]
    noise = lfilter([1.0], [1.0, -rho], rng.normal(size=(n, length + 50)), axis=1)[:, 50:]
    noise *= np.sqrt(1 - rho**2)
    values = 10 + noise + step * late
    facts = pd.DataFrame(
        {
            "created_at": np.tile(index, n),
            "series": np.repeat(np.arange(n), length),
            "score": values.ravel(),
            "n": 1,
        }
    )
    return facts, "score"


def attainable(kind, length, step, rng, n=4000):
    """Return how often maximum likelihood with everything known but the place is within two periods."""
    index = pd.date_range("2026-03-02", periods=length)
    late = np.arange(length) >= length // 2
    if kind == "rate":
        low, high = 0.2, 0.2 + step * np.sqrt(0.2 * 0.8 / 40)
        sizes = rng.poisson(40, (n, length))
        hits = rng.binomial(sizes, np.where(late, high, low))
        gain = stats.binom.logpmf(hits, sizes, high) - stats.binom.logpmf(hits, sizes, low)
    elif kind in ("poisson", "overdispersed", "weekly", "sparse"):
        mean = {"sparse": 1.5}.get(kind, 20.0)
        size = 15.0 if kind in ("overdispersed", "weekly") else 1e6
        shape = weekly(index) if kind == "weekly" else 1.0
        low, high = mean * shape, (mean + step * np.sqrt(mean + mean**2 / size)) * shape
        table = rng.poisson(np.where(late, high, low) * rng.gamma(size, 1 / size, (n, length)))
        gain = stats.nbinom.logpmf(table, size, size / (size + high))
        gain -= stats.nbinom.logpmf(table, size, size / (size + low))
    else:
        rho = {"ar(0.3)": 0.3, "ar(0.5)": 0.5, "normal": 0.0}[kind]
        noise = lfilter([1.0], [1.0, -rho], rng.normal(size=(n, length + 50)), axis=1)[:, 50:]
        values = noise * np.sqrt(1 - rho**2) + step * late
        white = (values[:, 1:] - rho * values[:, :-1]) / np.sqrt(1 - rho**2)
        score = []
        for place in range(3, length - 2):
            jump = step * (np.arange(length) >= place)
            score.append(-((white - (jump[1:] - rho * jump[:-1]) / np.sqrt(1 - rho**2)) ** 2).sum(axis=1))
        return float((np.abs(np.argmax(score, axis=0) + 3 - length // 2) <= 2).mean())
    after = gain[:, ::-1].cumsum(axis=1)[:, ::-1][:, 3 : length - 2]
    return float((np.abs(after.argmax(axis=1) + 3 - length // 2) <= 2).mean())


def counted(index, table):
    n, length = table.shape
    return pd.DataFrame(
        {"created_at": np.tile(index, n), "series": np.repeat(np.arange(n), length), "n": table.ravel()}
    )


def calendar_factor(index, effect):
    """Return what weekday and calendar make of an ordinary day, a factor each day."""
    days = business_calendar(index[0], index[-1])
    factor = weekly(index)
    if effect in ("makeup", "all"):
        factor = np.where(days["day_type"] == "makeup", 1.1, factor)
    if effect in ("holiday", "all"):
        factor = np.where(days["day_type"] == "holiday", 0.4, factor)
    if effect in ("promotion", "all"):
        factor = np.where(days["promotion"].notna(), 2 * factor, factor)
    return factor


def draw_calendar(kind, n, index, effect, rng, step=0.0, at=0):
    """Return facts of ``n`` series of 100 contacts a day (40 for rates), and the measure.

    ``step`` is in standard deviations of an ordinary day, from day ``at`` on.
    """
    factor = np.broadcast_to(calendar_factor(index, effect), (n, len(index)))
    late = np.arange(len(index)) >= at
    if kind == "count":
        return counted(index, rng.poisson(factor * (100 + 10 * step * late))), None
    if kind == "rate":
        sizes = rng.poisson(40, factor.shape)
        hits = rng.binomial(sizes, np.clip(factor * (0.2 + step * np.sqrt(0.2 * 0.8 / 40) * late), 0, 1))
        parts = [counted(index, hits).assign(flag=True), counted(index, sizes - hits).assign(flag=False)]
        return pd.concat(parts), "flag"
    values = 10 + 2 * (factor - 1) + step * late + rng.normal(size=factor.shape)
    return counted(index, np.ones(factor.shape, dtype=int)).assign(score=values.ravel()), "score"


def null_by_calendar(n, seed):
    """Return the share of series without a change that get one, by window, kind and calendar."""
    rows = []
    for window, (freq, first, periods) in WINDOWS.items():
        index = pd.date_range(first, periods=periods * (7 if freq == "W" else 1))
        for kind in ("count", "rate", "mean"):
            row = {"window": window, "kind": kind}
            for effect in EFFECTS:
                rng = np.random.default_rng([seed, len(index)])
                facts, measure = draw_calendar(kind, n, index, effect, rng)
                found = module.changepoints(facts, "created_at", freq, "series", measure, count="n")
                row[effect] = found["series"].nunique() / n
            rows.append(row)
    return pd.DataFrame(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 series instead of 500")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=["levels", "calendar"], help="one of the two tables")
    options = parser.parse_args()
    if options.only != "calendar":
        print(levels(100 if options.quick else 500, options.seed).round(3).to_string(index=False))
    if options.only != "levels":
        print(null_by_calendar(100 if options.quick else 400, options.seed).round(3).to_string(index=False))


def levels(n, seed):
    """Return how often series of several kinds without and with a step get a change of level."""
    rows = []
    for kind in ("poisson", "overdispersed", "weekly", "sparse", "rate", "normal", "ar(0.3)", "ar(0.5)"):
        for length in (60, 120):
            for step in (0.0, 2.0):
                if step and length != 60:
                    continue
                rng = np.random.default_rng([seed, length, int(step)])
                facts, measure = draw(kind, n, length, step, rng)
                began = perf_counter()
                found = module.changepoints(facts, "created_at", "D", "series", measure, count="n")
                seconds = perf_counter() - began
                reported = found["series"].nunique() / n
                near = found[
                    (found["period"] - pd.Timestamp("2026-03-02")).dt.days.sub(length // 2).abs() <= 2
                ]
                best = attainable(kind, length, step, rng) if step else np.nan
                within = near["series"].nunique() / n if step else np.nan
                rows.append((kind, length, step, reported, within, best, len(found) / n, seconds))
    columns = [
        "series",
        "periods",
        "step_sd",
        "any_reported",
        "within_2_periods",
        "attainable",
        "points_per_series",
        "seconds",
    ]
    return pd.DataFrame(rows, columns=columns)


if __name__ == "__main__":
    main()
