"""Coverage and width of corrected rates, over many simulated centres and samples.

Run: python benchmarks/audit.py [--simulations 1000] [--strategies random stratified uncertain risk]

Twelve settings: share of the flag, error rates of the machine in two groups, tags. For each, contacts are
simulated, a sample is drawn with ``sample_for_tagging``, and the rate of all and of the groups with 30 tags
or more is estimated. Intervals are those of the process that makes contacts, as in every other table, and
``process`` is the share of them that hold the share they were simulated with, ``groups`` the same by group;
``coverage`` are those that hold the true share of these contacts: more, where a tenth of them is
tagged. ``width`` is the median width relative to the interval of the same tags without a machine, ``naive``
the coverage of Wilson's interval of the machine's labels.

The estimator of ``audited_rates`` is called by itself, which is ten times as fast; the first
simulation of every setting and strategy checks that the verb says the same.
"""

import argparse

import numpy as np
import pandas as pd

import csatext as ct
from csatext.aggregation.audit.prediction_powered import Population, Sample, estimate_rates
from csatext.inference import wilson

SETTINGS = (
    (0.02, 0.05, 0.05, 300), (0.02, 0.10, 0.30, 1000), (0.03, 0.05, 0.10, 100), (0.05, 0.10, 0.10, 300),
    (0.05, 0.05, 0.40, 1000), (0.09, 0.10, 0.10, 100), (0.10, 0.05, 0.25, 300), (0.20, 0.10, 0.10, 200),
    (0.30, 0.05, 0.35, 100), (0.30, 0.10, 0.10, 1000), (0.50, 0.10, 0.10, 100), (0.50, 0.40, 0.40, 500),
)  # fmt: skip
"""Share, error of the machine in the first and in the second group, tags."""
CONTACTS = 10_000
IDS = np.arange(CONTACTS)
LEVEL = 0.95


def contacts(rng, share, errors):
    """Return contacts of two groups, half as often and half again as often flagged, with machine labels."""
    group = rng.random(CONTACTS) < 0.5
    truth = rng.random(CONTACTS) < np.where(group, 1.5, 0.5) * share
    wrong = rng.random(CONTACTS) < np.where(group, errors[1], errors[0])
    second = rng.random(CONTACTS) < np.where(group, errors[1], errors[0])
    return pd.DataFrame(
        {
            "doc_id": IDS,
            "group": np.where(group, "乙", "甲"),
            "truth": truth,
            "urgent": truth ^ wrong,
            "other": truth ^ second,
            "confidence": np.where(wrong, rng.beta(3, 2, CONTACTS), rng.beta(5, 1, CONTACTS)),
            "severity": np.where(rng.random(CONTACTS) < 0.1, 3, 1 + (rng.random(CONTACTS) < 0.3)),
        }
    )


def drawn(facts, n, strategy, seed):
    """Return the tags of a sample."""
    by = {"stratified": "group", "disagreement": ["urgent", "other"]}.get(strategy)
    columns = ["doc_id", *([by] if isinstance(by, str) else by or ()), "confidence", "severity"]
    sample = ct.sample_for_tagging(facts[columns], n, strategy=strategy, by=by, random_state=seed)
    return sample.assign(urgent=facts["truth"].to_numpy()[sample["doc_id"].to_numpy()])


def estimates(facts, tags, cell, machine):
    """Return low and high end and the number of tags of each cell, as ``audited_rates`` has them."""
    at = tags["doc_id"].to_numpy()
    stratum = pd.factorize(tags["stratum"].to_numpy(object))[0].astype(np.int64)
    human = tags["urgent"].to_numpy(np.float64)
    sample = Sample(cell[at], stratum, 1 / tags["inclusion_probability"].to_numpy(), human, machine[at])
    cells = int(cell.max()) + 1
    tagged = np.bincount(cell[at], minlength=cells)
    flagged = np.bincount(cell, machine, minlength=cells) - np.bincount(
        cell[at], machine[at], minlength=cells
    )
    found = estimate_rates(sample, Population(np.bincount(cell, minlength=cells) - tagged, flagged), LEVEL)
    return found.low, found.high, tagged


def check(facts, tags, by, ends):
    """Raise where the verb has another interval."""
    table = ct.audited_rates(facts, tags, "urgent", by=by)
    table = table.sort_values(by) if by else table
    own = (table["correction"] == "own").to_numpy()
    for name, values in zip(("low", "high"), ends, strict=True):
        np.testing.assert_allclose(table[name].to_numpy()[own], values[own], rtol=1e-12)


def main():
    """Print one row a setting and strategy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--strategies", nargs="+", default=["random", "stratified", "uncertain", "risk"])
    parser.add_argument("--settings", nargs="+", type=int, default=range(len(SETTINGS)))
    given = parser.parse_args()
    for place in given.settings:
        share, first, second, n = SETTINGS[place]
        seen = {strategy: [] for strategy in given.strategies}
        for seed in range(given.simulations):
            rng = np.random.default_rng([place, seed])
            facts = contacts(rng, share, (first, second))
            truth, machine = (facts[name].to_numpy(np.float64) for name in ("truth", "urgent"))
            whole = np.zeros(CONTACTS, dtype=np.int64)
            group = (facts["group"] == "甲").to_numpy(np.int64)
            by_group = share * np.array([1.5, 0.5])
            low, high = wilson([machine.sum()], [CONTACTS])
            naive = bool(low[0] <= truth.mean() <= high[0])
            for strategy in given.strategies:
                tags = drawn(facts, n, strategy, seed)
                low, high, _ = estimates(facts, tags, whole, machine)
                alone = estimates(facts, tags, whole, np.zeros(CONTACTS))
                ends = estimates(facts, tags, group, machine)
                if seed == 0:
                    check(facts, tags, None, (low, high))
                    check(facts.assign(group=group), tags, "group", ends[:2])
                enough = ends[2] >= 30
                covered = enough & (ends[0] <= by_group) & (by_group <= ends[1])
                row = (
                    low[0] <= truth.mean() <= high[0],
                    low[0] <= share <= high[0],
                    (high[0] - low[0]) / (alone[1][0] - alone[0][0]),
                    covered.sum(),
                    enough.sum(),
                    naive,
                )
                seen[strategy].append(row)
        for strategy, rows in seen.items():
            held, process, width, cells, n_cells, naive = np.array(rows, dtype=float).T
            accuracy = 1 - (first + second) / 2
            print(
                f"share {share:.2f} accuracy {accuracy:.3f} tags {n:4d} {strategy:12s} "
                f"coverage {held.mean():.3f} process {process.mean():.3f} "
                f"groups {cells.sum() / max(n_cells.sum(), 1):.3f} width {np.median(width):.2f} "
                f"naive {naive.mean():.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
