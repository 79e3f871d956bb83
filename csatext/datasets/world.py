"""The invented centre as arrays: every cell of product, channel, region and carrier with its share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from csatext.datasets.people import SLOTS
from csatext.datasets.phrasebook import Phrasebook, read_yaml

__all__ = ["DIMENSIONS", "World", "load_phrasebook", "load_world"]

DIMENSIONS = ("channel", "product", "region", "carrier")
_CAUSE_FILES = ("complaints_goods.yaml", "complaints_service.yaml")


@dataclass(frozen=True)
class World:
    """What does not change from run to run.

    Attributes
    ----------
    data : mapping
        ``lexicons/demo/world.yaml``.
    cells : dict of str to object array, shape (n_cells,)
        Value of each dimension in each cell.
    share : float array, shape (n_cells,)
        Share of contacts, sums to 1.
    complaint : float array, shape (n_cells,)
        Probability that a contact of the cell is a complaint, before incidents.
    family : object array, shape (n_cells,)
        Family of the cell's product.
    causes : dict of str to str
        Label in Chinese by code, in the order of the cause numbers.
    cause_weight : dict of str to float array, shape (n_causes,)
        Probability of each cause in a family of products.
    """

    data: Mapping[str, Any]
    cells: Mapping[str, npt.NDArray[np.object_]]
    share: npt.NDArray[np.float64]
    complaint: npt.NDArray[np.float64]
    family: npt.NDArray[np.object_]
    causes: Mapping[str, str]
    cause_weight: Mapping[str, npt.NDArray[np.float64]]

    def allowed(self, dimension: str) -> list[str]:
        """Return the values of a dimension."""
        return list(dict.fromkeys(self.cells[dimension]))


def load_world() -> World:
    """Return the world of ``world.yaml`` with the labels of the causes.

    Examples
    --------
    >>> world = load_world()
    >>> round(float(world.share.sum()), 9), len(world.causes) >= 12
    (1.0, True)
    """
    data: dict[str, Any] = read_yaml("world.yaml")
    rows = []
    for (channel, c), (item, p), (region, r) in product(
        data["channels"].items(), data["products"].items(), data["regions"].items()
    ):
        carriers = data["carriers"] if p["family"] == "goods" else {data["no_carrier"]: 1.0}
        rate = data["kinds"]["complaint"] + c["shift"] + p["shift"] + r["shift"]
        for carrier, part in carriers.items():
            share = c["share"] * p["share"] * r["share"] * part
            rows.append((channel, item, region, carrier, share, rate, p["family"]))
    columns = [np.array(column, dtype=object) for column in zip(*rows, strict=True)]
    causes = {code: str(entry["label"]) for code, entry in _causes().items()}
    weight = {
        family: np.array([weights.get(code, 0) for code in causes], dtype=np.float64) / sum(weights.values())
        for family, weights in data["causes"].items()
    }
    share = columns[4].astype(np.float64)
    return World(
        data,
        dict(zip(DIMENSIONS, columns[:4], strict=True)),
        share / share.sum(),
        columns[5].astype(np.float64),
        columns[6],
        causes,
        weight,
    )


def load_phrasebook() -> Phrasebook:
    """Return the phrasebook of every template; groups are called ``late.problem`` or ``customer.open_call``.

    Examples
    --------
    >>> "late.problem" in load_phrasebook().group_code
    True
    """
    groups = {
        f"{name}.{part}": lines
        for name, parts in {**_causes(), **read_yaml("talk.yaml")}.items()
        for part, lines in parts.items()
        if part != "label"
    }
    return Phrasebook(groups, SLOTS)


def _causes() -> dict[str, Any]:
    return {code: entry for name in _CAUSE_FILES for code, entry in read_yaml(name).items()}
