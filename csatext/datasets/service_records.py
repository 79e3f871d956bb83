"""Records of a centre's other systems: calls, stages, orders, surveys, staff, costs; with the truth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.argument_types import check_simple_types
from csatext.datasets.simulate import Center
from csatext.errors import ParameterError

__all__ = ["ServiceRecords", "simulate_service"]

_CALLS = "电话"
_STAGES = {"受理": 0.5, "派单": 2.0, "处理": 20.0, "回访": 6.0}
"""Median hours of each stage of a ticket (invented); 处理 is the bottleneck."""
_SECOND = np.timedelta64(1, "s")


class ServiceRecords(NamedTuple):
    """Tables of :func:`simulate_service`, and the numbers they were drawn with."""

    calls: pd.DataFrame
    events: pd.DataFrame
    orders: pd.DataFrame
    surveys: pd.DataFrame
    staff: pd.DataFrame
    costs: pd.DataFrame
    truth: dict[str, float | str | dict[str, float]]


@check_simple_types
def simulate_service(center: Center, random_state: int = 0) -> ServiceRecords:
    """Return calls, ticket stages, orders, surveys, staff and costs of a simulated centre, with the truth.

    Parameters
    ----------
    center : Center
        From :func:`csatext.simulate_center`.
    random_state : int, default 0
        The same number gives the same tables.

    Returns
    -------
    ServiceRecords
        ``calls`` (of the contacts by telephone; those who gave up before they were answered among them),
        ``events`` (stages of tickets; the last ones of the period not left), ``orders``, ``surveys``,
        ``staff`` (agents with team and day of hiring), ``costs``, and ``truth``: ``patience_seconds`` (mean
        of the exponential patience), ``stage_hours`` (median of each stage), ``bottleneck``,
        ``resolved_a_month`` (rise of the probability to resolve a call with each month of service, in the
        first year), ``pay_next_day`` and ``pay_later`` (of those who asked before ordering),
        ``invited`` and ``answers``.

    Raises
    ------
    ParameterError
        ``center`` is not from :func:`csatext.simulate_center`, or a negative seed.

    Examples
    --------
    >>> import csatext as ct
    >>> records = simulate_service(ct.simulate_center(300, random_state=1))
    >>> records.truth["bottleneck"], set(records.events["stage"]) == set(records.truth["stage_hours"])
    ('处理', True)
    """
    if not isinstance(center, Center):
        raise ParameterError.wrong_type("center", center, "ct.simulate_center 的结果")
    if random_state < 0:
        raise ParameterError.out_of_range("random_state", random_state, "不小于 0")
    rng = np.random.default_rng([random_state, 7])
    contacts = center.contacts
    staff = _staff(contacts, rng)
    truth: dict[str, float | str | dict[str, float]] = {
        "patience_seconds": 90.0,
        "stage_hours": dict(_STAGES),
        "bottleneck": max(_STAGES, key=lambda s: _STAGES[s]),
        "resolved_a_month": 0.03,
        "pay_next_day": 0.45,
        "pay_later": 0.15,
        "invited": 0.8,
        "answers": 0.35,
    }
    calls = _calls(contacts, staff, rng, 90.0, 0.03)
    events = _events(contacts, rng)
    orders = _orders(contacts, rng, 0.45, 0.15)
    surveys = pd.DataFrame({"doc_id": contacts["doc_id"], "survey_invited": rng.random(len(contacts)) < 0.8})
    answers = surveys["survey_invited"] & (rng.random(len(contacts)) < 0.35)
    for name, scores in (
        ("csat", rng.integers(1, 6, len(contacts))),
        ("nps", rng.integers(0, 11, len(contacts))),
    ):
        surveys[name] = pd.Series(scores, dtype="Int64").where(answers)
    compensation = np.where(rng.random(len(contacts)) < 0.05, rng.integers(1, 20, len(contacts)) * 10.0, 0.0)
    costs = pd.DataFrame(
        {
            "doc_id": contacts["doc_id"],
            "cost": np.round(rng.gamma(4, 2, len(contacts)), 2),
            "compensation": compensation,
            "responsible": (compensation > 0) & (rng.random(len(contacts)) < 0.6),
        }
    )
    return ServiceRecords(calls, events, orders, surveys, staff, costs, truth)


def _staff(contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    agents = np.sort(contacts["agent_id"].dropna().unique())
    first = contacts["created_at"].min().normalize()
    days = rng.integers(-30, 900, len(agents))
    return pd.DataFrame(
        {
            "agent_id": pd.array(agents, dtype="str"),
            "team": pd.array([f"{n % 4 + 1} 组" for n in range(len(agents))], dtype="str"),
            "hired_at": first - pd.to_timedelta(days, unit="D").as_unit("us"),
        }
    )


def _calls(
    contacts: pd.DataFrame, staff: pd.DataFrame, rng: np.random.Generator, patience: float, rise: float
) -> pd.DataFrame:
    """Return calls: each waits until answered or out of patience, whichever comes first."""
    mine = contacts[contacts["channel"] == _CALLS]
    n = len(mine)
    answer, give_up = rng.exponential(30.0, n), rng.exponential(patience, n)
    answered = answer <= give_up
    wait = np.round(np.minimum(answer, give_up), 1)
    talk, hold, wrap = (np.round(rng.gamma(2, scale, n), 1) for scale in (90.0, 8.0, 20.0))
    queued = mine["created_at"].to_numpy(dtype="datetime64[us]")
    hired = staff.set_index("agent_id")["hired_at"].reindex(mine["agent_id"]).to_numpy()
    months = np.clip((queued - hired) / np.timedelta64(1, "D") / (365.25 / 12), 0, 12)
    moment = queued + (wait * 1000).astype("int64").astype("timedelta64[ms]")
    ended = moment + (np.where(answered, talk + hold, 0) * 1000).astype("int64").astype("timedelta64[ms]")
    return pd.DataFrame(
        {
            "doc_id": mine["doc_id"].array,
            "customer_id": mine["customer_id"].array,
            "agent_id": mine["agent_id"].where(answered).array,
            "queued_at": queued,
            "answered": answered,
            "answered_at": pd.Series(moment).where(answered).array,
            "ended_at": ended,
            "wait_seconds": wait,
            "talk_seconds": np.where(answered, talk, np.nan),
            "hold_seconds": np.where(answered, hold, np.nan),
            "acw_seconds": np.where(answered, wrap, np.nan),
            "resolved": pd.Series(rng.random(n) < 0.4 + rise * months)
            .astype("boolean")
            .where(answered)
            .array,
        }
    )


def _events(contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the stages of every tenth contact, until the end of the period."""
    mine = contacts.iloc[::10]
    end = contacts["created_at"].max().to_datetime64()
    begin = mine["created_at"].to_numpy(dtype="datetime64[us]")
    parts = []
    for stage, hours in _STAGES.items():
        stay = rng.exponential(hours / np.log(2), len(mine))
        left = begin + (stay * 3.6e6).astype("int64").astype("timedelta64[ms]")
        part = pd.DataFrame(
            {"doc_id": mine["doc_id"].array, "stage": stage, "entered_at": begin, "left_at": left}
        )
        parts.append(part[begin <= end])
        begin = left
    events = pd.concat(parts, ignore_index=True).sort_values(["doc_id", "entered_at"], ignore_index=True)
    events["left_at"] = events["left_at"].where(events["left_at"] <= end)
    return events.astype({"stage": "str"})


def _orders(contacts: pd.DataFrame, rng: np.random.Generator, soon: float, later: float) -> pd.DataFrame:
    """Return orders after every fifth contact: paid by the next day, by the fourth, or not."""
    mine = contacts[contacts["customer_id"].notna()].iloc[::5]
    n = len(mine)
    asked = mine["created_at"].to_numpy(dtype="datetime64[us]")
    drawn = rng.random(n)
    ordered = asked + rng.integers(60, 3600, n) * _SECOND
    next_day = (asked.astype("datetime64[D]") + np.timedelta64(2, "D")).astype("datetime64[us]") - _SECOND
    # within the contact's day and the next, or on the second to fourth day after
    early = ordered + (rng.random(n) * ((next_day - ordered) / _SECOND)).astype("int64") * _SECOND
    late = next_day + rng.integers(3600, 3 * 86_400 - 3600, n) * _SECOND
    paid = np.where(drawn < soon, early, np.where(drawn < soon + later, late, np.datetime64("NaT", "us")))
    return pd.DataFrame(
        {
            "order_id": pd.array([f"O{number:07d}" for number in range(1, n + 1)], dtype="str"),
            "customer_id": mine["customer_id"].array,
            "doc_id": mine["doc_id"].array,
            "ordered_at": ordered,
            "paid_at": paid.astype("datetime64[us]"),
            "amount": np.round(rng.gamma(2, 60, n), 2),
            "items": rng.integers(1, 5, n),
        }
    )
