"""Coverage and width of corrected rates, over many simulated centres and samples.

Run: python benchmarks/audit.py [--simulations 1000] [--settings 0 1 ...] [--strategies random risk ...]

Twelve settings: share of the flag, error rates of the machine in two groups, tags. For each, contacts are
simulated, a sample is drawn with ``sample_for_tagging`` by every strategy, and the rate of all and of the
groups with 30 tags or more is estimated. Severe contacts are flagged more often, the machine is less
confident where it is wrong, and the second label that "disagreement" compares shares half of its errors.

``process`` is the share of intervals that hold the share which contacts were simulated with: intervals are
those of the process that makes contacts, as in every other table. ``groups`` is the same by group,
``contacts`` the share that hold the rate of these very contacts: more, where a tenth of them is tagged.
``human`` is ``process`` of the same tags without a machine, ``naive`` the coverage of Wilson's interval of
the machine's labels. A star marks ``process`` outside .93 to .97 by more than chance allows (p under .01).

``width`` is the median width relative to the interval of the same tags without a machine, ``least`` the least
that any estimate can have which uses human labels, machine labels and strata. With shares ``W``, tags ``n``
and contacts ``N`` of strata, its variance is at least ``sum W^2 E(var(human | machine)) (1/n - 1/N) +
var(human) / N``; without a machine ``var(human)`` stands in the sum. That is the efficiency bound of labels
missing by design (Robins, Rotnitzky and Zhao 1994, Journal of the American Statistical Association 89,
846-866); a machine label is 0 or 1, so that any function of it is a linear one. A machine that is right nine
times in ten cannot reach .75 where ``least`` is above: among rare flags its false ones are the most.

``perfect`` is the share of samples in which no tag of the largest stratum shows an error: the interval must
then hold what errors there may be, and covers more than .95.

The estimator of ``audited_rates`` is called for many simulations at once; the first of every setting and
strategy checks that the verb says the same.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

import csatext as ct
from csatext.aggregation.audit.prediction_powered import Population, Sample, estimate_rates
from csatext.inference import wilson

SETTINGS = (
    (0.02, 0.05, 0.05, 300), (0.02, 0.10, 0.30, 1000), (0.03, 0.05, 0.10, 100), (0.05, 0.10, 0.10, 300),
    (0.05, 0.05, 0.40, 1000), (0.09, 0.10, 0.10, 100), (0.10, 0.05, 0.25, 300), (0.20, 0.10, 0.10, 200),
    (0.30, 0.05, 0.35, 100), (0.30, 0.10, 0.10, 1000), (0.50, 0.10, 0.10, 100), (0.50, 0.40, 0.40, 500),
)  # fmt: skip
"""Share, error of the machine in the first and in the second group, tags."""
STRATEGIES = ("random", "stratified", "uncertain", "risk", "disagreement")
BY = {"stratified": "group", "disagreement": ["urgent", "other"]}
CONTACTS = 10_000
IDS = np.arange(CONTACTS)
BLOCK = 100
LEVEL = 0.95
LOWEST, HIGHEST = 0.93, 0.97


def contacts(rng, share, errors):
    """Return contacts of two groups, half as often and half again as often flagged, with machine labels."""
    group = rng.random(CONTACTS) < 0.5
    truth = rng.random(CONTACTS) < np.where(group, 1.5, 0.5) * share
    error = np.where(group, errors[1], errors[0])
    wrong = rng.random(CONTACTS) < error
    second = np.where(rng.random(CONTACTS) < 0.5, wrong, rng.random(CONTACTS) < error)
    severe = rng.random(CONTACTS) < np.where(truth, 0.3, 0.08)
    return pd.DataFrame(
        {
            "doc_id": IDS,
            "group": np.where(group, "乙", "甲"),
            "truth": truth,
            "urgent": truth ^ wrong,
            "other": truth ^ second,
            "confidence": rng.random(CONTACTS) ** np.where(wrong, 0.6, 0.2),
            "severity": np.where(severe, 3, 1 + (rng.random(CONTACTS) < 0.3)),
        }
    )


def drawn(facts, n, strategy, seed):
    """Return the tags of a sample."""
    by = BY.get(strategy)
    columns = ["doc_id", *([by] if isinstance(by, str) else by or ()), "confidence", "severity"]
    sample = ct.sample_for_tagging(facts[columns], n, strategy=strategy, by=by, random_state=seed)
    return sample.assign(urgent=facts["truth"].to_numpy()[sample["doc_id"].to_numpy()])


class Block:
    """Samples of many simulations, to be estimated together: a cell for each simulation and group."""

    def __init__(self):
        self.parts, self.sizes, self.names = [], [], {}

    def add(self, facts, tags):
        """Take the tags of the next simulation."""
        at = tags["doc_id"].to_numpy()
        place = len(self.sizes)
        stratum = np.array([self.names.setdefault(name, len(self.names)) for name in tags["stratum"]])
        group = (facts["group"] == "乙").to_numpy(np.int64)
        machine = facts["urgent"].to_numpy(np.int64)
        weight = 1 / tags["inclusion_probability"].to_numpy()
        human = tags["urgent"].to_numpy(np.float64)
        self.parts.append(np.stack([np.full(len(at), place), group[at], stratum, weight, human, machine[at]]))
        # contacts and flagged ones of each group
        self.sizes.append(np.bincount(2 * group + machine, minlength=4).reshape(2, 2))

    def estimate(self, *, by_group, with_machine=True):
        """Return low end, high end and tags, simulations x cells."""
        place, group, stratum, weight, human, machine = np.concatenate(self.parts, axis=1)
        cells = 2 if by_group else 1
        sizes = np.array(self.sizes, dtype=float)
        sizes = (sizes if by_group else sizes.sum(axis=1, keepdims=True)).reshape(-1, 2)
        cell = (place * cells + (group if by_group else 0)).astype(np.int64)
        # Strata of different simulations are different ones; one stratum is one for all.
        code = place * len(self.names) + stratum if len(self.names) > 1 else stratum
        machine = machine * with_machine
        tagged = np.bincount(cell, minlength=len(sizes))
        rest = sizes.sum(axis=1) - tagged
        flagged = sizes[:, 1] * with_machine - np.bincount(cell, machine, minlength=len(sizes))
        sample = Sample(cell, code.astype(np.int64), weight, human, machine)
        found = estimate_rates(sample, Population(rest, flagged), LEVEL)
        return tuple(part.reshape(-1, cells) for part in (found.low, found.high, tagged))

    def counts(self):
        """Return tags by stratum, machine and human label, and contacts by stratum, of all simulations."""
        _, _, stratum, weight, human, machine = np.concatenate(self.parts, axis=1)
        kind = (4 * stratum + 2 * machine + human).astype(np.int64)
        tags = np.bincount(kind, minlength=4 * len(self.names)).reshape(-1, 2, 2)
        return tags, np.bincount(stratum.astype(np.int64), weight, minlength=len(self.names))

    def perfect(self):
        """Return in which simulations no tag of the largest stratum shows an error."""
        place, _, stratum, _, human, machine = np.concatenate(self.parts, axis=1)
        mine = stratum == np.argmax(self.counts()[1])
        return np.bincount(place.astype(np.int64), mine & (human != machine), minlength=len(self.sizes)) == 0


def least_width(tags, size):
    """Return the least width of any estimate, relative to that without a machine."""
    drawn_tags = tags.sum(axis=(1, 2))
    part = size / size.sum()
    share = tags[:, :, 1].sum(axis=1) / drawn_tags
    of_label = tags.sum(axis=2)
    given = tags[:, :, 1] / np.maximum(of_label, 1)
    conditional = (of_label * given * (1 - given)).sum(axis=1) / drawn_tags
    left = 1 / drawn_tags - 1 / size
    whole = (part * share).sum()
    own = whole * (1 - whole) / size.sum()
    with_machine = (part**2 * conditional * left).sum() + own
    return np.sqrt(with_machine / ((part**2 * share * (1 - share) * left).sum() + own))


def check(facts, tags, block):
    """Raise where the verb has other intervals than the first simulation of a block."""
    for by in (None, "group"):
        table = ct.audited_rates(facts, tags, "urgent", by=by)
        table = table.sort_values(by, key=lambda names: names == "乙") if by else table
        own = (table["correction"] == "own").to_numpy()
        low, high, _ = block.estimate(by_group=by is not None)
        for name, values in (("low", low), ("high", high)):
            np.testing.assert_allclose(table[name].to_numpy()[own], values[0][own], rtol=1e-12)


def simulate(place, simulations, strategies):
    """Return a row of figures for each strategy of a setting."""
    share, first, second, n = SETTINGS[place]
    wanted = share * np.array([0.5, 1.5])
    seen = {strategy: [] for strategy in strategies}
    tags_seen = {strategy: [] for strategy in strategies}
    for start in range(0, simulations, BLOCK):
        blocks = {strategy: Block() for strategy in strategies}
        rates, naive = [], []
        for seed in range(start, min(start + BLOCK, simulations)):
            facts = contacts(np.random.default_rng([place, seed]), share, (first, second))
            rates.append(facts["truth"].mean())
            low, high = wilson([facts["urgent"].sum()], [CONTACTS])
            naive.append(low[0] <= rates[-1] <= high[0])
            for strategy, block in blocks.items():
                tags = drawn(facts, n, strategy, seed)
                block.add(facts, tags)
                if seed == 0:
                    check(facts, tags, block)
        rate = np.array(rates)
        for strategy, block in blocks.items():
            low, high, _ = (part[:, 0] for part in block.estimate(by_group=False))
            human_low, human_high, _ = (
                part[:, 0] for part in block.estimate(by_group=False, with_machine=False)
            )
            group_low, group_high, tagged = block.estimate(by_group=True)
            enough = tagged >= 30
            rows = (
                (low <= share) & (share <= high),
                (low <= rate) & (rate <= high),
                (human_low <= share) & (share <= human_high),
                ((group_low <= wanted) & (wanted <= group_high) & enough).sum(axis=1),
                enough.sum(axis=1),
                (high - low) / (human_high - human_low),
                naive,
                block.perfect(),
            )
            seen[strategy].append(np.array(rows, dtype=float))
            tags_seen[strategy].append(block.counts())
    lines = []
    for strategy in strategies:
        process, held, human, cells, n_cells, width, flat, perfect = np.concatenate(seen[strategy], axis=1)
        tags, size = (sum(part) / simulations for part in zip(*tags_seen[strategy], strict=True))
        hits, total = process.sum(), len(process)
        odd = min(stats.binom.cdf(hits, total, LOWEST), stats.binom.sf(hits - 1, total, HIGHEST)) < 0.01
        lines.append(
            f"share {share:.2f} errors {first:.2f} {second:.2f} tags {n:4d} {strategy:12s} "
            f"process {process.mean():.3f}{'*' if odd else ' '} contacts {held.mean():.3f} "
            f"human {human.mean():.3f} groups {cells.sum() / max(n_cells.sum(), 1):.3f} "
            f"width {np.median(width):.2f} least {least_width(tags, size):.2f} "
            f"naive {flat.mean():.2f} perfect {perfect.mean():.2f}"
        )
    return lines


def main():
    """Print one row a setting and strategy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--strategies", nargs="+", default=STRATEGIES, choices=STRATEGIES)
    parser.add_argument("--settings", nargs="+", type=int, default=range(len(SETTINGS)))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    task = partial(simulate, simulations=given.simulations, strategies=tuple(given.strategies))
    with ProcessPoolExecutor(given.workers) as pool:
        for lines in pool.map(task, given.settings):
            print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
