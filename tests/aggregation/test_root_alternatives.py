"""Alternatives to a cause: other combinations that explain the same change."""

import itertools

import numpy as np
import pandas as pd

from csatext.aggregation.root_causes import root_causes


def test_an_alternative_explains_the_same_change():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        cells = pd.DataFrame(itertools.product(range(5), "ABC", "xyz", "12"), columns=["week", "a", "b", "c"])
        raised = ((cells["a"] == "A") & (cells["c"] == "1")) | ((cells["b"] == "x") & (cells["c"] == "2"))
        rate = np.where(raised & (cells["week"] == 4), 0.5, 0.3)
        cells = cells.assign(n=60, bad=rng.binomial(60, rate))
        found = root_causes(
            cells, numerator="bad", denominator="n", by=["a", "b", "c"],
            period="week", current=4, baseline=[0, 1, 2, 3],
        )  # fmt: skip
        before = cells[cells["week"] < 4].groupby(["a", "b", "c"])["bad"].sum() / 4
        excess = cells[cells["week"] == 4].set_index(["a", "b", "c"])["bad"] - before
        held = [
            np.logical_and.reduce([
                excess.index.get_level_values(dim) == row[dim] for dim in "abc" if pd.notna(row[dim])
            ])
            for _, row in found.iterrows()
        ]  # fmt: skip
        for at, cause in enumerate(found["alternative_to"]):
            if pd.notna(cause):
                first, other = held[int(cause) - 1], held[at]
                # The model's expectation is not quite the mean of a cell, hence .4 for a half.
                assert excess[first & other].sum() >= 0.4 * min(excess[first].sum(), excess[other].sum())
