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

A hundred simulations are drawn and estimated at once; the first of every setting and strategy checks that
``sample_for_tagging`` has the same strata and probabilities, and ``audited_rates`` the same intervals.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

import csatext as ct
from csatext.aggregation.audit.prediction_powered import Population, Sample, estimate_rates
from csatext.aggregation.audit.sample_for_tagging import _allocation
from csatext.inference import wilson

SETTINGS = (
    (0.02, 0.05, 0.05, 300), (0.02, 0.10, 0.30, 1000), (0.03, 0.05, 0.10, 100), (0.05, 0.10, 0.10, 300),
    (0.05, 0.05, 0.40, 1000), (0.09, 0.10, 0.10, 100), (0.10, 0.05, 0.25, 300), (0.20, 0.10, 0.10, 200),
    (0.30, 0.05, 0.35, 100), (0.30, 0.10, 0.10, 1000), (0.50, 0.10, 0.10, 100), (0.50, 0.40, 0.40, 500),
)  # fmt: skip
"""Share, error of the machine in the first and in the second group, tags."""
STRATEGIES = ("random", "stratified", "uncertain", "risk", "disagreement")
CONTACTS = 10_000
BLOCK = 100
LEVEL = 0.95
LOWEST, HIGHEST = 0.93, 0.97
PURPOSE = {
    "random": [0.0], "stratified": [0.0, 0.0], "uncertain": [0.6, 0.3, 0.1, 0.0], "risk": [1.0, 0.0, 0.0],
    "disagreement": [1.0, 0.0],
}  # fmt: skip
"""How the purposeful part of a sample is spread over strata."""


def contacts(rng, share, errors):
    """Return contacts of two groups, half as often and half again as often flagged, with machine labels.

    All are arrays, simulations x contacts.
    """
    shape = BLOCK, CONTACTS

    def numbers():
        return rng.random(shape, np.float32)

    group = numbers() < 0.5
    truth = numbers() < np.where(group, 1.5, 0.5) * share
    error = np.where(group, errors[1], errors[0])
    wrong = numbers() < error
    second = np.where(numbers() < 0.5, wrong, numbers() < error)
    severe = numbers() < np.where(truth, 0.3, 0.08)
    return {
        "group": group.astype(np.int64),
        "truth": truth,
        "urgent": truth ^ wrong,
        "other": truth ^ second,
        "confidence": numbers() ** np.where(wrong, 0.6, 0.2),
        "severity": np.where(severe, 3, 1 + (numbers() < 0.3)),
    }


def strata(facts, strategy):
    """Return the stratum of each contact."""
    if strategy == "stratified":
        return facts["group"]
    if strategy == "risk":
        return 3 - facts["severity"].astype(np.int64)
    if strategy == "disagreement":
        return (facts["urgent"] == facts["other"]).astype(np.int64)
    if strategy == "uncertain":
        places = [int(CONTACTS * share) for share in (0.1, 0.25, 0.5)]
        ends = np.partition(facts["confidence"], places, axis=1)[:, places]
        return (facts["confidence"][:, :, None] > ends[:, None, :]).sum(axis=2)
    return np.zeros(facts["truth"].shape, dtype=np.int64)


class Tags:
    """Samples of many simulations, to be estimated together: a cell for each simulation and group."""

    def __init__(self, rng, facts, n, strategy):
        code, purpose = strata(facts, strategy), np.array(PURPOSE[strategy])
        self.n_strata = len(purpose)
        cell = np.arange(BLOCK)[:, None] * self.n_strata + code
        self.size = np.bincount(cell.ravel(), minlength=BLOCK * self.n_strata)
        self.size = self.size.reshape(BLOCK, self.n_strata)
        self.drawn = np.array([_allocation(row, n, purpose) for row in self.size])
        # The contacts of each stratum with the smallest random numbers.
        order = np.argsort(code + 0.999 * rng.random(code.shape), axis=1)
        ordered = np.take_along_axis(code, order, 1)
        start = np.cumsum(self.size, axis=1) - self.size
        place = np.arange(CONTACTS) - np.take_along_axis(start, ordered, 1)
        self.simulation, at = np.nonzero(place < np.take_along_axis(self.drawn, ordered, 1))
        self.row = order[self.simulation, at]
        self.stratum = code[self.simulation, self.row]
        self.weight = (self.size / np.maximum(self.drawn, 1))[self.simulation, self.stratum]
        self.facts = facts

    def of(self, name):
        """Return a column of the tagged contacts."""
        return self.facts[name][self.simulation, self.row]

    def estimate(self, *, by_group, with_machine=True):
        """Return low end, high end and tags, simulations x cells."""
        cells = 2 if by_group else 1
        group = self.facts["group"] * by_group
        of_contact = (np.arange(BLOCK)[:, None] * cells + group).ravel()
        machine = self.facts["urgent"] * float(with_machine)
        cell = self.simulation * cells + group[self.simulation, self.row]
        flagged = machine[self.simulation, self.row]
        tagged = np.bincount(cell, minlength=BLOCK * cells)
        rest = np.bincount(of_contact, minlength=BLOCK * cells) - tagged
        rest_flagged = np.bincount(of_contact, machine.ravel(), minlength=BLOCK * cells)
        rest_flagged -= np.bincount(cell, flagged, minlength=BLOCK * cells)
        # Strata of different simulations are different ones; one stratum is one for all.
        stratum = self.simulation * self.n_strata + self.stratum if self.n_strata > 1 else self.stratum
        sample = Sample(cell, stratum, self.weight, self.of("truth").astype(float), flagged)
        found = estimate_rates(sample, Population(rest, rest_flagged), LEVEL)
        return tuple(part.reshape(BLOCK, cells) for part in (found.low, found.high, tagged))

    def counts(self):
        """Return tags by stratum, machine and human label, and contacts by stratum, of all simulations."""
        kind = 4 * self.stratum + 2 * self.of("urgent") + self.of("truth")
        tags = np.bincount(kind, minlength=4 * self.n_strata).reshape(-1, 2, 2)
        return tags, self.size.sum(axis=0)

    def perfect(self):
        """Return in which simulations no tag of the largest stratum shows an error."""
        mine = self.stratum == np.argmax(self.size.sum(axis=0))
        wrong = mine & (self.of("truth") != self.of("urgent"))
        return np.bincount(self.simulation, wrong, minlength=BLOCK) == 0

    def check(self, n, strategy):
        """Raise where the verbs say otherwise of the first simulation."""
        first = pd.DataFrame({name: values[0] for name, values in self.facts.items()})
        first.insert(0, "doc_id", np.arange(CONTACTS))
        by = {"stratified": "group", "disagreement": ["urgent", "other"]}.get(strategy)
        columns = ["doc_id", "confidence", "severity", *([by] if isinstance(by, str) else by or ())]
        sample = ct.sample_for_tagging(first[columns], n, strategy=strategy, by=by)
        wanted = np.repeat(self.drawn[0] / self.size[0], self.drawn[0])
        np.testing.assert_allclose(np.sort(sample["inclusion_probability"]), np.sort(wanted))
        mine = self.simulation == 0
        tags = first.loc[self.row[mine], ["doc_id", "truth"]].rename(columns={"truth": "urgent"})
        tags = tags.assign(stratum=self.stratum[mine], inclusion_probability=1 / self.weight[mine])
        for by_group in (False, True):
            table = ct.audited_rates(first, tags, "urgent", by="group" if by_group else None)
            own = (table["correction"] == "own").to_numpy()
            for name, values in zip(("low", "high"), self.estimate(by_group=by_group), strict=False):
                np.testing.assert_allclose(table[name].to_numpy()[own], values[0][own], rtol=1e-9)


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


def simulate(place, simulations, strategies):
    """Return a row of figures for each strategy of a setting."""
    share, first, second, n = SETTINGS[place]
    wanted = share * np.array([0.5, 1.5])
    seen = {strategy: [] for strategy in strategies}
    counts = {strategy: [] for strategy in strategies}
    for start in range(0, simulations, BLOCK):
        rng = np.random.default_rng([place, start])
        facts = contacts(rng, share, (first, second))
        rate = facts["truth"].mean(axis=1)
        low, high = wilson(facts["urgent"].sum(axis=1), np.full(BLOCK, CONTACTS))
        naive = (low <= rate) & (rate <= high)
        for strategy in strategies:
            tags = Tags(rng, facts, n, strategy)
            if start == 0:
                tags.check(n, strategy)
            low, high, _ = (part[:, 0] for part in tags.estimate(by_group=False))
            alone = [part[:, 0] for part in tags.estimate(by_group=False, with_machine=False)]
            group_low, group_high, tagged = tags.estimate(by_group=True)
            enough = tagged >= 30
            rows = (
                (low <= share) & (share <= high),
                (low <= rate) & (rate <= high),
                (alone[0] <= share) & (share <= alone[1]),
                ((group_low <= wanted) & (wanted <= group_high) & enough).sum(axis=1),
                enough.sum(axis=1),
                (high - low) / (alone[1] - alone[0]),
                naive,
                tags.perfect(),
            )
            seen[strategy].append(np.array(rows, dtype=float))
            counts[strategy].append(tags.counts())
    lines = []
    for strategy in strategies:
        process, held, human, cells, n_cells, width, flat, perfect = np.concatenate(seen[strategy], axis=1)
        tags, size = (sum(part) / len(process) for part in zip(*counts[strategy], strict=True))
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
