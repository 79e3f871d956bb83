"""A simulated contact centre whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.argument_types import as_whole_number, check_simple_types
from csatext.datasets.calendar_load import day_weights, days_of, week_labels
from csatext.datasets.draw import KINDS, Draw, draw_contacts
from csatext.datasets.incidents import Incident, default_incidents, incident_table, plan_incidents
from csatext.datasets.noise import Noise
from csatext.datasets.outcomes import contact_measures, draw_waits, turn_times
from csatext.datasets.people import slot_values
from csatext.datasets.utterances import Turns, write_turns
from csatext.datasets.world import DIMENSIONS, World, load_phrasebook, load_world
from csatext.errors import ParameterError
from csatext.notebook_cards import card
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, TURNS
from csatext.schema.datasets import TRUTH

__all__ = ["Center", "Incident", "simulate_center"]

_FOLLOW_UP_HOURS = 40.0
"""Mean time until a contact that was not resolved at once is closed (invented)."""

_MATTERS = {"inquiry": "咨询", "order": "办理", "praise": "表扬"}


class Center(NamedTuple):
    """What :func:`simulate_center` returns: four tables of :mod:`csatext.schema`."""

    contacts: pd.DataFrame
    turns: pd.DataFrame
    truth: pd.DataFrame
    incidents: pd.DataFrame

    def _repr_html_(self) -> str:
        facts = [
            ("联络", f"{len(self.contacts):,} 条（contacts）"),
            ("对话", f"{len(self.turns):,} 句（turns）"),
            ("真值", f"{len(self.truth):,} 行（truth）"),
            ("埋入的事件", f"{len(self.incidents):,} 件（incidents）"),
        ]
        steps = ["ct.Vectorizer().fit_transform(center.contacts)", "ct.score_conversations(center.turns)"]
        return card("模拟的客服中心", facts, self.contacts, steps)


@check_simple_types
def simulate_center(
    n_contacts: int = 20_000,
    random_state: int = 0,
    *,
    start: str | pd.Timestamp = "2026-01-05",
    weeks: int = 26,
    incidents: Sequence[Incident] | None = None,
) -> Center:
    """Return the contacts of an invented contact centre, with planted incidents and the truth.

    Calls, chats, app messages, tickets and mails about goods, mobile plans, broadband and cloud storage.
    The volume follows the Chinese calendar, the day of the week and the hour; the mix of contacts and the
    share of complaints of every cell stay the same but for the incidents. Every company, number and
    person is invented (REQUIREMENTS rows 9, 10).

    Parameters
    ----------
    n_contacts : int, default 20000
        Contacts in all, those of the incidents included.
    random_state : int, default 0
        The same number gives the same bytes.
    start : str or Timestamp, default "2026-01-05"
        First day.
    weeks : int, default 26
        Length, in weeks of seven days.
    incidents : sequence of Incident, optional
        None plants those of ``lexicons/demo/incidents.yaml`` that fit into ``weeks``; an empty list
        plants none.

    Returns
    -------
    Center
        ``contacts`` (CONTACTS, with created_at, channel, product, region, carrier, agent_id, customer_id,
        csat, nps, resolved, n_transfers, wait_seconds, handle_seconds, closed_at), ``turns`` (TURNS, with
        started_at, ended_at, channel, agent_id), ``truth`` (TRUTH, by doc_id), ``incidents`` (INCIDENTS).

    Raises
    ------
    ParameterError
        A count below 1, a start that is no date, or an incident that names what does not exist.

    Examples
    --------
    >>> center = simulate_center(200, random_state=1)
    >>> len(center.contacts), len(center.truth), set(center.turns["role"]) >= {"customer", "agent"}
    (200, 200, True)
    """
    for name, given in (("n_contacts", n_contacts), ("weeks", weeks)):
        as_whole_number(given, name, 1)
    listed = incidents is None or isinstance(incidents, (list, tuple))
    if not listed or not all(isinstance(incident, Incident) for incident in incidents or ()):
        raise ParameterError.wrong_type("incidents", incidents, "由 Incident 组成的列表，或 None")
    if random_state < 0:
        raise ParameterError.out_of_range("random_state", random_state, "不小于 0")
    days = days_of(_day(start), weeks)
    labels = week_labels(days)
    rng = np.random.default_rng(random_state)
    world = load_world()
    day_share = day_weights(days, rng)
    chosen = default_incidents(labels) if incidents is None else incidents
    plans = plan_incidents(chosen, world, labels, day_share)
    draw = draw_contacts(n_contacts, world, day_share, plans, rng)
    dims = {name: values[draw.cell] for name, values in world.cells.items()}
    values = slot_values(dims, draw.style == "call", world.data, rng)
    turns = write_turns(draw, world, load_phrasebook(), values, Noise(), rng)
    wait = draw_waits(draw, world, rng)
    started, ended = turn_times(turns, draw, wait, rng)

    doc_id = pd.array([f"C{number:07d}" for number in range(1, n_contacts + 1)], dtype="str")
    last = np.append(np.flatnonzero(np.diff(turns.contact)), len(turns.contact) - 1)
    talked = (ended[last] / 1e6 - (draw.day * 86_400 + draw.second)) - wait
    measures = contact_measures(draw, world, wait, np.maximum(talked, 0.0), rng)
    contacts = pd.DataFrame(
        {
            "doc_id": doc_id,
            "text": _customer_text(turns, n_contacts),
            "created_at": days[draw.day] + pd.to_timedelta(draw.second, unit="s").as_unit("us"),
            **{name: pd.array(dims[name], dtype="str") for name in DIMENSIONS},
            **{str(name): column.array for name, column in measures.items()},
            "closed_at": _times(days[0], ended[last]),
        }
    )
    contacts["closed_at"] = _closed(contacts, days[-1] + pd.Timedelta(days=1), random_state)
    spoken = pd.DataFrame(
        {
            "doc_id": doc_id.take(turns.contact),
            "turn_id": _place(turns.contact),
            "role": pd.array(turns.role, dtype="str"),
            "text": pd.array(turns.text, dtype="str"),
            "started_at": _times(days[0], started),
            "ended_at": _times(days[0], ended),
            "channel": contacts["channel"].array.take(turns.contact),
            "agent_id": contacts["agent_id"].array.take(turns.contact),
        }
    )
    names = [incident.name for incident in chosen]
    counts = np.bincount(draw.incident[draw.incident >= 0], minlength=len(plans)).tolist()
    return Center(
        conform(contacts, CONTACTS),
        conform(spoken, TURNS),
        conform(_truth(draw, world, names, doc_id), TRUTH),
        incident_table(plans, counts),
    )


def _day(start: str | pd.Timestamp) -> pd.Timestamp:
    try:
        return pd.Timestamp(start).normalize()
    except (TypeError, ValueError) as error:
        raise ParameterError.out_of_range("start", start, "一个日期，例如 2026-01-05") from error


def _customer_text(turns: Turns, n: int) -> pd.api.extensions.ExtensionArray:
    mine = turns.role == "customer"
    offsets = np.concatenate([[0], np.cumsum(np.bincount(turns.contact[mine], minlength=n))])
    lines = pa.array(turns.text[mine], type=pa.string())
    texts = pc.binary_join(pa.ListArray.from_arrays(offsets.astype(np.int32), lines), "\n")
    return pd.array(texts.to_numpy(zero_copy_only=False), dtype="str")


def _closed(contacts: pd.DataFrame, end: pd.Timestamp, random_state: int) -> pd.Series:
    """Return when contacts are closed: at once where resolved, else some days later; NaT after the end."""
    # a generator of its own, so that all else stays as it was drawn
    rng = np.random.default_rng([random_state, 11])
    later = pd.to_timedelta(rng.exponential(_FOLLOW_UP_HOURS * 3600, len(contacts)).round(), unit="s")
    resolved = contacts["resolved"].fillna(value=False).astype("bool")
    closed = contacts["closed_at"].where(resolved, contacts["closed_at"] + later)
    return closed.where(closed < end).astype("datetime64[us]")


def _times(first: pd.Timestamp, micros: npt.NDArray[np.int64]) -> pd.DatetimeIndex:
    return first + pd.to_timedelta(micros, unit="us").as_unit("us")


def _place(contact: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    new = np.flatnonzero(np.concatenate([[True], contact[1:] != contact[:-1]]))
    return np.arange(len(contact)) - np.repeat(new, np.diff(np.append(new, len(contact))))


def _truth(
    draw: Draw, world: World, names: Sequence[str], doc_id: pd.api.extensions.ExtensionArray
) -> pd.DataFrame:
    labels = np.array([*world.causes.values(), None], dtype=object)
    kind = np.array(KINDS, dtype=object)[draw.kind]
    cause = labels[draw.cause]
    for name, matter in _MATTERS.items():
        cause[kind == name] = matter
    planted = np.array([*names, None], dtype=object)
    return pd.DataFrame(
        {
            "kind": kind,
            "cause": cause,
            "second_cause": labels[draw.second_cause],
            "is_complaint": draw.kind == 0,
            "is_negative": draw.negative,
            "incident": planted[draw.incident],
        },
        index=pd.Index(doc_id, name="doc_id"),
    )
