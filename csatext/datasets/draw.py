"""Which contacts there are: when, where, of which kind and cause, with the planted ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from csatext.datasets.calendar_load import draw_seconds
from csatext.datasets.incidents import Plan
from csatext.datasets.world import World

__all__ = ["KINDS", "Draw", "draw_contacts"]

KINDS = ("complaint", "inquiry", "order", "praise")
_CALM = 0.08
_ANNOYED = 0.04
_TWO_CAUSES = 0.14
_VAGUE = 0.06
_ASKING = 0.12
_SHORT = 0.12
_TRADITIONAL = 0.04

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Draw:
    """The contacts in the order of time; all arrays have one element a contact.

    Attributes
    ----------
    cell : int array
        Row of the world's cells.
    day, second : int array
        Day of the simulation from 0, second of the day.
    style : object array of str
        call, chat or text.
    kind : int array
        Place in :data:`KINDS`.
    cause : int array
        Cause of a complaint, matter of an inquiry.
    second_cause : int array
        -1 where there is one cause at most.
    incident : int array
        Number of the planted incident, -1 where none.
    negative, vague, asking, short, traditional : bool array
        Wording is negative; the cause is only vague; the complaint is phrased as a question; one utterance
        only; written in Traditional characters.
    """

    cell: Codes
    day: Codes
    second: Codes
    style: npt.NDArray[np.object_]
    kind: Codes
    cause: Codes
    second_cause: Codes
    incident: Codes
    negative: Flags
    vague: Flags
    asking: Flags
    short: Flags
    traditional: Flags


def draw_contacts(
    n: int, world: World, day_share: npt.NDArray[np.float64], plans: Sequence[Plan], rng: np.random.Generator
) -> Draw:
    """Return ``n`` contacts drawn at random, those of the incidents included.

    Days, cells and kinds are independent draws, so that every rate is constant but for the incidents.
    """
    sizes = np.array([plan.size for plan in plans], dtype=np.float64)
    planted = round(n * sizes.sum() / (1 + sizes.sum()))
    counts = (
        rng.multinomial(planted, sizes / sizes.sum()) if planted else np.zeros(len(plans), dtype=np.int64)
    )
    usual = n - int(counts.sum())
    cell = [_choice(world.share, usual, rng)]
    day = [_choice(day_share, usual, rng)]
    for plan, count in zip(plans, counts, strict=True):
        cell.append(_choice(plan.cells, int(count), rng))
        day.append(_choice(plan.days, int(count), rng))
    cells, days = np.concatenate(cell), np.concatenate(day)
    incident = np.repeat(np.arange(-1, len(plans)), [usual, *counts])

    channels = world.data["channels"]
    style = np.array([channels[name]["style"] for name in world.cells["channel"]], dtype=object)[cells]
    kind = _kinds(world, cells, rng)
    cause = _causes(world, cells, rng)
    for number, plan in enumerate(plans):
        cause[incident == number] = plan.cause
        touched = (incident < 0) & (kind != 0) & (plan.cells[cells] > 0) & (plan.days[days] > 0)
        turned = touched & (rng.random(n) < plan.turned)
        cause[turned], incident[turned] = plan.cause, number
    kind[incident >= 0] = 0
    complaint = kind == 0
    second = np.where(complaint & (rng.random(n) < _TWO_CAUSES), _causes(world, cells, rng), -1)
    second[second == cause] = -1
    # Nobody stays calm about an incident that everybody has.
    probability = np.select([incident >= 0, complaint, kind == 3], [1.0, 1 - _CALM, 0.0], _ANNOYED)
    negative = rng.random(n) < probability
    vague = complaint & (rng.random(n) < _VAGUE)
    asking = complaint & (incident < 0) & (rng.random(n) < _ASKING)
    short = (second < 0) & (rng.random(n) < _SHORT)
    negative &= ~(complaint & asking & short)
    traditional = (style != "call") & (rng.random(n) < _TRADITIONAL)
    seconds = draw_seconds(style, rng)
    order = np.argsort(days * 86_400 + seconds, kind="stable")
    return Draw(
        cells[order],
        days[order],
        seconds[order],
        style[order],
        kind[order],
        cause[order],
        second[order],
        incident[order],
        negative[order],
        vague[order],
        asking[order],
        short[order],
        traditional[order],
    )


def _choice(share: npt.NDArray[np.float64], n: int, rng: np.random.Generator) -> Codes:
    return rng.choice(len(share), n, p=share)


def _kinds(world: World, cells: Codes, rng: np.random.Generator) -> Codes:
    others = np.array([world.data["kinds"][kind] for kind in KINDS[1:]])
    other = 1 + rng.choice(len(others), len(cells), p=others / others.sum())
    return np.where(rng.random(len(cells)) < world.complaint[cells], 0, other)


def _causes(world: World, cells: Codes, rng: np.random.Generator) -> Codes:
    cause = np.zeros(len(cells), dtype=np.int64)
    for family, weight in world.cause_weight.items():
        rows = np.flatnonzero(world.family[cells] == family)
        cause[rows] = rng.choice(len(weight), len(rows), p=weight)
    return cause
