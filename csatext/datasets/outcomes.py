"""Metadata of the simulated contacts: times, satisfaction, resolution, agent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.datasets.draw import Draw
from csatext.datasets.utterances import Turns
from csatext.datasets.world import World

__all__ = ["contact_measures", "draw_waits", "turn_times"]

_SECOND = 1_000_000
_CHARACTERS_A_SECOND = 4.2
_WAIT = {"call": (3.4, 0.8), "chat": (3.2, 0.8), "text": (8.6, 0.9)}
_AGENTS_A_CHANNEL = 24

Micros = npt.NDArray[np.int64]


def turn_times(
    turns: Turns, draw: Draw, wait: npt.NDArray[np.float64], rng: np.random.Generator
) -> tuple[Micros, Micros]:
    """Return start and end of each turn, microseconds after midnight of the first day.

    Speech takes 4.2 characters a second; a chat message takes no time but is typed before it; the first
    agent turn comes ``wait`` seconds after the contact has come in.
    """
    style = draw.style[turns.contact]
    n = len(style)
    length = np.array([len(line) for line in turns.text], dtype=np.float64)
    agent = turns.role == "agent"
    new = np.concatenate([[True], turns.contact[1:] != turns.contact[:-1]])
    chat_gap = np.exp(rng.normal(3.2, 0.7, n)) + 0.4 * length
    gap = np.select(
        [style == "call", style == "chat"],
        [0.3 + rng.exponential(1.2, n), chat_gap],
        np.exp(rng.normal(9.6, 0.8, n)),
    )
    gap = np.where(turns.role == "bot", 1.0, np.where(turns.role == "system", 5.0, gap))
    served = np.flatnonzero(agent)
    first = served[np.concatenate([[True], np.diff(turns.contact[served]) != 0])]
    gap[first] = wait[turns.contact[first]]
    gap = np.where(new & ~agent, 1.0, gap)
    speech = np.where(style == "call", 1.0 + length / _CHARACTERS_A_SECOND, 0.0)
    ended = np.cumsum(((gap + speech) * _SECOND).astype(np.int64))
    begin = np.flatnonzero(new)
    before = np.concatenate([[0], ended[:-1]])[begin]
    came = (draw.day * 86_400 + draw.second) * _SECOND
    ended += np.repeat(came - before, np.diff(np.append(begin, n)))
    return ended - (speech * _SECOND).astype(np.int64), ended


def draw_waits(draw: Draw, world: World, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return the seconds until an agent answers, log-normal, longer where that is the complaint."""
    wait = np.zeros(len(draw.style))
    for style, (mean, deviation) in _WAIT.items():
        rows = np.flatnonzero(draw.style == style)
        wait[rows] = np.exp(rng.normal(mean, deviation, len(rows)))
    hung = (draw.kind == 0) & (draw.cause == list(world.causes).index("wait"))
    return np.where(hung, 5 * wait, wait).round(1)


def contact_measures(
    draw: Draw,
    world: World,
    wait: npt.NDArray[np.float64],
    talked: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the measured columns of the contacts.

    Parameters
    ----------
    draw : Draw
    world : World
    wait : float array, shape (n,)
        Seconds until an agent answered.
    talked : float array, shape (n,)
        Seconds from then to the last turn.
    rng : numpy.random.Generator

    Returns
    -------
    DataFrame
        agent_id, customer_id, csat (1-5, NA for the 65 % who did not answer), nps (0-10, NA for 85 %),
        resolved (NA for 10 %), n_transfers, wait_seconds, handle_seconds.
    """
    n = len(draw.cell)
    channels = world.allowed("channel")
    channel = np.array([channels.index(name) for name in world.cells["channel"]])[draw.cell]
    desk = rng.integers(0, _AGENTS_A_CHANNEL, n)
    complaint = draw.kind == 0
    resolved = rng.random(n) < np.where(complaint, 0.68, 0.93)
    mood = 4.3 - 1.9 * draw.negative + 0.7 * (resolved - 0.8) + 0.5 * (draw.kind == 3)
    slow = np.log1p(wait) - np.log1p(wait).mean()
    satisfaction = np.clip(np.rint(mood - 0.15 * slow + rng.normal(0, 0.8, n)), 1, 5)
    loyalty = np.clip(np.rint(2.2 * mood - 1.5 + rng.normal(0, 1.8, n)), 0, 10)
    agents = np.array(
        [f"A{number:03d}" for number in range(1, len(channels) * _AGENTS_A_CHANNEL + 1)], dtype=object
    )
    customers = rng.integers(1, max(2, round(0.7 * n)), n)
    return pd.DataFrame(
        {
            "agent_id": pd.array(agents[channel * _AGENTS_A_CHANNEL + desk], dtype="str"),
            "customer_id": pd.array([f"U{number:06d}" for number in customers.tolist()], dtype="str"),
            "csat": _asked(satisfaction, 0.35, rng),
            "nps": _asked(loyalty, 0.15, rng),
            "resolved": pd.arrays.BooleanArray(resolved, rng.random(n) < 0.10),
            "n_transfers": rng.poisson(np.where(complaint, 0.45, 0.12), n),
            "wait_seconds": wait,
            "handle_seconds": np.round(talked, 1),
        }
    )


def _asked(
    score: npt.NDArray[np.float64], answered: float, rng: np.random.Generator
) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(score.astype(np.int64), rng.random(len(score)) >= answered)
