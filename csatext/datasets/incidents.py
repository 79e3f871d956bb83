"""Planted incidents: where, when and how many complaints they add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.datasets.phrasebook import read_yaml
from csatext.datasets.world import DIMENSIONS, World
from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.datasets import INCIDENTS

__all__ = ["Incident", "Plan", "default_incidents", "incident_table", "plan_incidents"]

_MOST_TURNED = 0.9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Incident:
    """A planted rise of complaints in one cell of the centre.

    Parameters
    ----------
    name : str
        What happened; unique among the incidents of a run.
    cause : str
        Label of a complaint cause, such as ``"物流超时"``.
    first_week, last_week : str
        ISO 8601 weeks, both included, such as ``"2026-W10"``.
    multiplier : float
        Times the usual complaints of the cell in these weeks, at least 1.
    channel, product, region, carrier : str or None
        The cell; None = any.

    Examples
    --------
    >>> Incident("压件", "物流超时", "2026-W10", "2026-W12", 5.0, carrier="云梭物流").region is None
    True
    """

    name: str
    cause: str
    first_week: str
    last_week: str
    multiplier: float
    channel: str | None = None
    product: str | None = None
    region: str | None = None
    carrier: str | None = None


@dataclass(frozen=True)
class Plan:
    """An incident worked out: where and when it adds contacts, and how many.

    Attributes
    ----------
    incident : Incident
    cause : int
        Number of its cause.
    days : float array, shape (n_days,)
        Probability of each day, sums to 1.
    cells : float array, shape (n_cells,)
        Probability of each cell, sums to 1.
    turned : float
        Share of the cell's other contacts that become complaints about it.
    size : float
        Expected contacts it adds for each contact of the centre without incidents.
    """

    incident: Incident
    cause: int
    days: Floats
    cells: Floats
    turned: float
    size: float


def default_incidents(labels: npt.NDArray[np.object_]) -> list[Incident]:
    """Return the incidents of ``lexicons/demo/incidents.yaml`` that lie within the weeks.

    Parameters
    ----------
    labels : object array of str, shape (n_days,)
        ISO week of each day.
    """
    weeks = list(dict.fromkeys(labels))
    found = []
    for entry in read_yaml("incidents.yaml"):
        first, last = entry["first_week"] - 1, entry["last_week"] - 1
        if last < len(weeks):
            times = {"first_week": weeks[first], "last_week": weeks[last]}
            found.append(Incident(**{**entry, **times}))
    return found


def plan_incidents(
    incidents: Sequence[Incident], world: World, labels: npt.NDArray[np.object_], day_share: Floats
) -> list[Plan]:
    """Return the plan of every incident.

    An incident of multiplier m brings, in its days and cells, (m - 1) x the usual expected complaints.
    People who would have asked or ordered complain instead (90 % of them at most); the rest of the
    rise is more contacts.

    Raises
    ------
    ParameterError
        A value, cause or week that does not exist, a multiplier below 1, a name used twice, or a cause
        that none of the cell's products can have.
    """
    names = [incident.name for incident in incidents]
    if len(set(names)) < len(names):
        raise ParameterError.out_of_range("incidents", names, "每个事件的 name 不能重复")
    return [_plan(incident, world, labels, day_share) for incident in incidents]


def _plan(incident: Incident, world: World, labels: npt.NDArray[np.object_], day_share: Floats) -> Plan:
    weeks = sorted(set(labels))
    causes = list(world.causes.values())
    for name, given, allowed in (
        ("Incident.cause", incident.cause, causes),
        ("Incident.first_week", incident.first_week, weeks),
        ("Incident.last_week", incident.last_week, weeks),
    ):
        if given not in allowed:
            raise ParameterError.not_allowed(name, given, allowed)
    if incident.first_week > incident.last_week:
        raise ParameterError.out_of_range("Incident.last_week", incident.last_week, "不早于 first_week")
    if not incident.multiplier >= 1:
        raise ParameterError.out_of_range("Incident.multiplier", incident.multiplier, "不小于 1")
    cause = causes.index(incident.cause)
    possible = {family: weight[cause] > 0 for family, weight in world.cause_weight.items()}
    cells = world.share * world.complaint * np.array([possible[family] for family in world.family])
    for dimension in DIMENSIONS:
        value = getattr(incident, dimension)
        if value is not None:
            if value not in world.allowed(dimension):
                raise ParameterError.not_allowed(f"Incident.{dimension}", value, world.allowed(dimension))
            cells = cells * (world.cells[dimension] == value)
    if not cells.any():
        rule = "所选产品、快递公司能出现的投诉原因"
        raise ParameterError.out_of_range("Incident.cause", incident.cause, rule)
    days = day_share * ((labels >= incident.first_week) & (labels <= incident.last_week))
    complaints = float(cells.sum())
    others = float((cells / world.complaint).sum()) - complaints
    rise = (incident.multiplier - 1) * complaints
    turned = min(_MOST_TURNED, rise / others)
    size = float(days.sum()) * (rise - turned * others)
    return Plan(incident, cause, days / days.sum(), cells / complaints, turned, size)


def incident_table(plans: Sequence[Plan], counts: Sequence[int]) -> pd.DataFrame:
    """Return the incidents as a table with the contacts each has added."""
    rows = [{**asdict(plan.incident), "n_contacts": n} for plan, n in zip(plans, counts, strict=True)]
    columns = [column.name for column in INCIDENTS.columns]
    return conform(pd.DataFrame(rows, columns=columns), INCIDENTS)
