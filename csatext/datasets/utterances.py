"""The utterances of every contact: speaker, text and order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from csatext.datasets.draw import KINDS, Draw
from csatext.datasets.noise import Noise
from csatext.datasets.phrasebook import Codes, Phrasebook, Strings
from csatext.datasets.world import World

__all__ = ["Turns", "write_turns"]

ROLES = ("customer", "agent", "bot", "system")


@dataclass(frozen=True)
class Beat:
    """One place of a dialogue: who may speak, and the possible parts of the utterance with probabilities.

    ``long`` beats are left out of short contacts.
    """

    role: str
    parts: tuple[tuple[str, float], ...]
    long: bool = False


SCRIPTS: dict[str, tuple[Beat, ...]] = {
    "call": (
        Beat("bot", (("ivr", 0.5),)),
        Beat("agent", (("greet", 1.0),)),
        Beat("customer", (("open", 0.8), ("main", 1.0))),
        Beat("agent", (("probe", 0.85),), long=True),
        Beat("customer", (("detail", 0.65), ("identity", 0.6)), long=True),
        Beat("agent", (("sorry", 0.5), ("hold", 0.8)), long=True),
        Beat("customer", (("impact", 0.5), ("mood", 0.8)), long=True),
        Beat("agent", (("solve", 1.0),)),
        Beat("customer", (("second", 1.0), ("demand", 0.5), ("threat", 0.25), ("ask_more", 0.6)), long=True),
        Beat("agent", (("promise", 0.7),), long=True),
        Beat("customer", (("close", 0.8),)),
        Beat("agent", (("bye", 0.8),)),
        Beat("system", (("survey", 0.4),)),
    ),
    "chat": (
        Beat("bot", (("menu", 0.5),)),
        Beat("customer", (("open", 0.5),), long=True),
        Beat("agent", (("greet", 1.0),)),
        Beat("customer", (("main", 1.0),)),
        Beat("customer", (("detail", 0.5),), long=True),
        Beat("agent", (("probe", 0.7),), long=True),
        Beat("customer", (("identity", 0.6),), long=True),
        Beat("customer", (("impact", 0.4), ("mood", 0.8)), long=True),
        Beat("agent", (("sorry", 0.4), ("solve", 1.0))),
        Beat("customer", (("second", 1.0), ("demand", 0.45), ("threat", 0.2), ("ask_more", 0.5)), long=True),
        Beat("agent", (("promise", 0.6),), long=True),
        Beat("customer", (("close", 0.6),), long=True),
        Beat("agent", (("bye", 0.5),)),
        Beat("system", (("survey", 0.4),)),
    ),
    "text": (
        Beat(
            "customer",
            (
                ("open", 0.6),
                ("main", 1.0),
                ("detail", 0.7),
                ("impact", 0.45),
                ("mood", 0.8),
                ("second", 1.0),
                ("demand", 0.6),
                ("threat", 0.2),
                ("ask_more", 0.4),
                ("identity", 0.6),
            ),
        ),
        Beat("agent", (("sorry", 0.6), ("solve", 1.0), ("promise", 0.6))),
        Beat("customer", (("close", 0.3),), long=True),
        Beat("system", (("survey", 0.3),)),
    ),
}
_OTHER_FIRST = 0.4
_GENERAL = 0.4
_FACTS_IN_INQUIRY = 0.35
_SHORT_KEEPS = ("main", "greet", "solve", "ivr", "menu", "close", "bye", "survey")


@dataclass(frozen=True)
class Turns:
    """Utterances in the order of contacts and of speaking; all arrays have one element a turn.

    Attributes
    ----------
    contact : int array
        Row of the contact.
    role : object array of str
    text : object array of str
    """

    contact: Codes
    role: Strings
    text: Strings


def write_turns(
    draw: Draw, world: World, book: Phrasebook, values: Strings, noise: Noise, rng: np.random.Generator
) -> Turns:
    """Return the turns of every dialogue.

    Parameters
    ----------
    draw : Draw
        The contacts.
    world, book, noise
        Data.
    values : object array, shape (n_slots, n)
        Slot values of the contacts.
    rng : numpy.random.Generator
    """
    parts = _cast(draw, world, book, rng)
    contact, order, role, text = [], [], [], []
    for style, script in SCRIPTS.items():
        rows = np.flatnonzero(draw.style == style)
        for place, beat in enumerate(script):
            utterances: Strings = np.full(len(rows), "", dtype=object)
            for name, probability in beat.parts:
                group = parts[name][rows]
                occurs = (group >= 0) & (rng.random(len(rows)) < probability)
                if beat.long or name not in _SHORT_KEEPS:
                    occurs &= ~draw.short[rows]
                live = np.flatnonzero(occurs)
                line = book.render(book.draw(group[live], rng), rows[live], values, rng)
                utterances[live] += np.where(utterances[live] == "", line, noise.separator(style) + line)
            spoken = np.flatnonzero(utterances != "")
            lines, who = utterances[spoken], rows[spoken]
            if beat.role == "customer":
                lines = noise.customer(lines, style, draw.traditional[who], rng)
            contact.append(who)
            order.append(np.full(len(who), place))
            role.append(np.full(len(who), ROLES.index(beat.role)))
            text.append(lines)
    contacts = np.concatenate(contact)
    sorting = np.argsort(contacts * 64 + np.concatenate(order), kind="stable")
    roles = np.array(ROLES, dtype=object)[np.concatenate(role)]
    return Turns(contacts[sorting], roles[sorting], np.concatenate(text)[sorting])


def _cast(draw: Draw, world: World, book: Phrasebook, rng: np.random.Generator) -> dict[str, Codes]:
    """Return for each part the phrase group of each contact, -1 where it has nothing to say."""
    n = len(draw.cell)
    code = book.group_code
    complaint, inquiry, order, praise = (draw.kind == KINDS.index(kind) for kind in KINDS)
    by_cause = {
        part: np.array([code[f"{cause}.{part}"] for cause in world.causes])
        for part in ("problem", "detail", "impact", "demand", "ask", "reply")
    }
    goods = world.family[draw.cell] == "goods"
    open_by_style = {"call": "open_call", "chat": "open_chat", "text": "open_text"}
    opening = np.array([code[f"customer.{open_by_style[style]}"] for style in SCRIPTS])
    style = np.select([draw.style == name for name in SCRIPTS], list(range(len(SCRIPTS))))
    greeting = np.where(style == 0, code["agent.greet_call"], code["agent.greet_chat"])
    two = draw.second_cause >= 0
    swapped = two & (rng.random(n) < _OTHER_FIRST)
    named = np.where(swapped, draw.second_cause, draw.cause)
    added = np.where(swapped, draw.cause, draw.second_cause)
    problem = by_cause["problem"][named]
    problem = np.where(draw.asking & ~two, by_cause["ask"][draw.cause], problem)
    problem = np.where(draw.vague & ~two, code["customer.vague"], problem)
    general = rng.random((2, n)) < _GENERAL
    asked = np.where(goods, code["customer.order_goods"], code["customer.order_service"])
    closing = np.where(draw.negative[:, None], [0.5, 0.95], [0.0, 0.3])
    closed = (rng.random(n)[:, None] > closing).sum(axis=1)
    closings = np.array([code[f"customer.close_{mood}"] for mood in ("bad", "mid", "good")])

    def only(where: npt.NDArray[np.bool_], group: Codes | int) -> Codes:
        return np.where(where, group, -1)

    matter = [problem, by_cause["ask"][draw.cause], asked, np.full(n, code["customer.praise"])]
    half = rng.random(n) < 0.5
    solved = np.where(complaint | (inquiry & half), by_cause["reply"][draw.cause], code["agent.answer"])
    specific = complaint & (~draw.vague | two)
    explaining = specific | (inquiry & (rng.random(n) < _FACTS_IN_INQUIRY))
    return {
        "open": opening[style],
        "main": np.select([complaint, inquiry, order, praise], matter),
        "detail": only(explaining, by_cause["detail"][draw.cause]),
        "impact": only(
            complaint,
            np.where(general[0] | ~specific, code["customer.trouble"], by_cause["impact"][draw.cause]),
        ),
        "demand": only(
            complaint,
            np.where(general[1] | ~specific, code["customer.demand"], by_cause["demand"][draw.cause]),
        ),
        "mood": np.select(
            [draw.negative, complaint],
            [code["customer.emotion"], code["customer.patience"]],
            code["customer.friendly"],
        ),
        "threat": only(complaint & draw.negative, code["customer.threat"]),
        "second": only(two, by_cause["problem"][added]),
        "ask_more": only(inquiry, code["customer.ask_more"]),
        "identity": only(complaint | order | half, code["customer.identity"]),
        "close": closings[closed],
        "greet": greeting,
        "probe": only(~praise, code["agent.probe"]),
        "hold": only(~praise, code["agent.hold"]),
        "sorry": only(complaint, code["agent.sorry"]),
        "solve": np.where(praise, code["agent.thanks"], solved),
        "promise": only(complaint, code["agent.promise"]),
        "bye": np.full(n, code["agent.bye"]),
        "ivr": np.full(n, code["bot.ivr"]),
        "menu": np.full(n, code["bot.chat"]),
        "survey": np.full(n, code["system.survey"]),
    }
