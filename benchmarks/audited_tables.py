"""What tables of corrected rates promise, over simulated centres: categories, cells, precision, budgets.

Run: python benchmarks/audited_tables.py [--simulations 400]

``categories``: intervals of four categories (shares .5, .3, .15, .05) that the machine mixes up. ``own`` and
``borrowed``: cells of channel and month with 30 tags or more, and with fewer, where the machine errs alike
in all channels, and ``unlike`` where it errs from 5 to 25 % of the time. ``precision`` and ``recall``: their
intervals. ``q_bias``: share of tables with a row under .05 where the machine errs as often either way.
``budget``: median width of the interval over the width that ``tag_budget`` was asked for, where as many tags
are drawn by strata of the measure as it says (``n_proportional``).
"""

import argparse

import numpy as np
import pandas as pd

import csatext as ct

CONTACTS = 12_000
SHARES = np.array([0.5, 0.3, 0.15, 0.05])
NAMES = np.array(["物流", "退款", "质量", "态度"])
CHANNELS, MONTHS = 4, 6


def covered(table, wanted):
    """Return which intervals hold the wanted values."""
    return ((table["low"] <= wanted) & (wanted <= table["high"])).to_numpy()


def tagged(facts, n, seed, **options):
    """Return the tags of a sample, every label of ``truth_*`` under the name of its machine label."""
    sample = ct.sample_for_tagging(facts, n, random_state=seed, **options)
    truths = [name for name in facts if name.startswith("truth_")]
    names = {name: name.removeprefix("truth_") for name in truths}
    return sample.merge(facts[["doc_id", *truths]].rename(columns=names), on="doc_id")


def categories(rng, seed):
    """Return which intervals of categories hold the shares."""
    truth = rng.choice(4, CONTACTS, p=SHARES)
    machine = np.where(rng.random(CONTACTS) < 0.2, rng.integers(0, 4, CONTACTS), truth)
    facts = pd.DataFrame({"doc_id": np.arange(CONTACTS), "truth_category": NAMES[truth]})
    facts["category"] = NAMES[machine]
    table = ct.audited_rates(facts, tagged(facts, 300, seed), "category").set_index("category")
    return covered(table, pd.Series(SHARES, NAMES).reindex(table.index))


def cells(rng, seed, errors):
    """Return hits of cells with a correction of their own, and of those that borrow."""
    channel, month = (rng.integers(0, size, CONTACTS) for size in (CHANNELS, MONTHS))
    share = 0.1 + 0.1 * channel
    truth = rng.random(CONTACTS) < share
    facts = pd.DataFrame({"doc_id": np.arange(CONTACTS), "channel": channel, "truth_urgent": truth})
    facts["created_at"] = pd.to_datetime({"year": 2026, "month": month + 1, "day": 3})
    facts["urgent"] = truth ^ (rng.random(CONTACTS) < errors[channel])
    tags = tagged(facts, 600, seed, strategy="random")
    table = ct.audited_rates(facts, tags, "urgent", by="channel", time="created_at", freq="M")
    hits = covered(table, 0.1 + 0.1 * table["channel"].astype(int))
    own = (table["correction"] == "own").to_numpy()
    return hits[own], hits[~own]


def precision_and_recall(rng, seed, strategy):
    """Return whether the intervals hold precision and recall."""
    truth = rng.random(CONTACTS) < 0.15
    wrong = rng.random(CONTACTS) < 0.1
    facts = pd.DataFrame({"doc_id": np.arange(CONTACTS), "truth_urgent": truth, "urgent": truth ^ wrong})
    facts["confidence"] = rng.random(CONTACTS) ** np.where(wrong, 0.6, 0.2)
    row = ct.audited_rates(facts, tagged(facts, 400, seed, strategy=strategy), "urgent").iloc[0]
    wanted = {"precision": 0.15 * 0.9 / (0.15 * 0.9 + 0.85 * 0.1), "recall": 0.9}
    return [row[f"{name}_low"] <= value <= row[f"{name}_high"] for name, value in wanted.items()]


def false_bias(rng, seed):
    """Return whether a table of four channels calls a machine biased that is not."""
    truth = rng.random(CONTACTS) < 0.2
    # As many missed as wrongly flagged: .2 times .2, .8 times .05.
    wrong = rng.random(CONTACTS) < np.where(truth, 0.2, 0.05)
    facts = pd.DataFrame({"doc_id": np.arange(CONTACTS), "truth_urgent": truth, "urgent": truth ^ wrong})
    facts["channel"] = rng.integers(0, 4, CONTACTS)
    table = ct.audited_rates(facts, tagged(facts, 600, seed, by="channel"), "urgent", by="channel")
    return bool((table["q_bias"] < 0.05).any())


def budget(rng, seed, share, width):
    """Return the width that comes out over the width that was asked for."""
    truth = rng.random(CONTACTS) < share
    urgent = truth ^ (rng.random(CONTACTS) < 0.1)
    facts = pd.DataFrame({"doc_id": np.arange(CONTACTS), "truth_urgent": truth, "urgent": urgent})
    pilot = tagged(facts, 200, seed, by="urgent")
    n = ct.tag_budget(facts, pilot, measure="urgent", width=width).attrs["n_proportional"]
    row = ct.audited_rates(facts, tagged(facts, n, seed + 1_000_000, by="urgent"), "urgent").iloc[0]
    return (row["high"] - row["low"]) / width


def main():
    """Print a line a promise."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=400)
    given = parser.parse_args()
    seeds = range(given.simulations)

    def of_all(call, *more):
        return [call(np.random.default_rng([3, seed]), seed, *more) for seed in seeds]

    print(f"categories coverage {np.mean(of_all(categories), axis=0).round(3)}", flush=True)
    for name, errors in (("alike", np.full(CHANNELS, 0.12)), ("unlike", np.linspace(0.05, 0.25, CHANNELS))):
        own, borrowed = (np.concatenate(part) for part in zip(*of_all(cells, errors), strict=True))
        print(
            f"errors {name}: own {own.mean():.3f} borrowed {borrowed.mean():.3f} of {len(borrowed)}",
            flush=True,
        )
    for strategy in ("random", "uncertain"):
        hits = np.mean(of_all(precision_and_recall, strategy), axis=0)
        print(f"{strategy}: precision {hits[0]:.3f} recall {hits[1]:.3f}", flush=True)
    print(f"q_bias under .05 without bias {np.mean(of_all(false_bias)):.3f}", flush=True)
    for share, width in ((0.3, 0.05), (0.1, 0.04), (0.03, 0.03)):
        found = np.median(of_all(budget, share, width))
        print(f"budget share {share} width {width}: comes out {found:.2f} times as wide", flush=True)


if __name__ == "__main__":
    main()
