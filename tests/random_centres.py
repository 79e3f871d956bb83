"""Random service centres: contacts, turns, calls, shifts, tickets, surveys, orders and costs of a few days.

Many centres stand in one table, each with customers and agents of its own: one call computes them all.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DAYS = 3
ORIGIN = pd.Timestamp("2026-05-01")
AS_OF = "2026-05-04"
WINDOW = 2
"""Days of the window of repeats, so that some have passed and some have not."""
_SAID = ["怎么还没有到货", "怎么还没有到货！", "在吗", "好的", "请稍等，我看一下", None]
_ROLES = ["customer", "customer", "customer", "agent", "agent", "agent", "bot", "system"]
_FLAGS = ("card_sent", "followed_up", "follow_up_due", "answer_correct", "record_correct", "has_left")


def _moments(rng, n):
    """Return times of which many tie at midnight and at whole hours."""
    hours = rng.integers(0, DAYS * 24, n)
    seconds = np.where(rng.random(n) < 0.3, hours // 24 * 86_400, hours * 3600)
    seconds = np.where(rng.random(n) < 0.3, (hours // 24 + 1) * 86_400 - 40, seconds)
    return ORIGIN + pd.to_timedelta(seconds, unit="s")


def _maybe(rng, values, share=0.15):
    return [
        None if missing else value
        for value, missing in zip(values, rng.random(len(values)) < share, strict=True)
    ]


def _turns(rng, doc, begin, agents):
    clock, rows = begin, []
    for i in range(int(rng.integers(1, 7))):
        role = _ROLES[int(rng.integers(len(_ROLES) - (i == 0)))]
        length = int(rng.integers(0, 50))
        rows.append(
            {
                "doc_id": doc, "turn_id": i, "role": role, "started_at": clock,
                "ended_at": clock + pd.Timedelta(seconds=length),
                "agent_id": str(rng.choice(agents)) if role == "agent" else None,
                "text": _SAID[int(rng.integers(len(_SAID)))], "is_template": bool(rng.random() < 0.3),
            }
        )  # fmt: skip
        clock += pd.Timedelta(seconds=int(rng.choice([0, 20, 60, 61, 700])))
    return rows


def random_centres(n_centres: int, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Return the tables of some centres; contacts name theirs in ``centre``."""
    rng = np.random.default_rng(seed)
    parts: dict[str, list] = {name: [] for name in ("contacts", "turns", "shifts", "orders")}
    for k in range(n_centres):
        n = int(rng.integers(1, 9))
        agents = [f"{k}甲", f"{k}乙"]
        filtered = rng.random() < 0.2  # a centre all of whose contacts are filtered
        begins = _moments(rng, n)
        contacts = pd.DataFrame(
            {
                "doc_id": [f"{k}-{i}" for i in range(n)], "centre": f"c{k}", "created_at": begins,
                "customer_id": _maybe(rng, [f"{k}-{c}" for c in rng.integers(0, 4, n)]),
                "agent_id": rng.choice(agents, n), "category": rng.choice(["退款", "物流"], n),
                "is_filtered": True if filtered else rng.random(n) < 0.3,
                "is_complaint": rng.random(n) < 0.4, "is_negative": _maybe(rng, rng.random(n) < 0.4),
                **{name: _maybe(rng, rng.random(n) < 0.5) for name in _FLAGS},
                "scheduled_hours": 8.0, "attended_hours": rng.integers(0, 9, n).astype(float),
                # calls
                "answered": rng.random(n) < 0.7, "wait_seconds": rng.choice([0.0, 19, 20, 21, 40], n),
                "talk_seconds": rng.integers(0, 200, n).astype(float),
                "hold_seconds": _maybe(rng, rng.integers(0, 60, n).astype(float)),
                "acw_seconds": rng.integers(0, 60, n).astype(float),
                # tickets
                "closed_at": _maybe(rng, begins + pd.to_timedelta(rng.integers(-2, 60, n), unit="h"), 0.3),
                "resolved": _maybe(rng, rng.random(n) < 0.7), "reopened": _maybe(rng, rng.random(n) < 0.2),
                # surveys
                "csat": _maybe(rng, rng.integers(1, 7, n).astype(float), 0.3),
                "nps": _maybe(rng, rng.integers(-1, 12, n).astype(float), 0.3),
                "survey_invited": rng.random(n) < 0.6, "comment": _maybe(rng, ["慢"] * n, 0.6),
                # costs
                "cost": rng.integers(1, 20, n).astype(float),
                "compensation": _maybe(rng, rng.integers(0, 50, n).astype(float), 0.6),
                "responsible": _maybe(rng, rng.random(n) < 0.5),
            }
        )  # fmt: skip
        contacts["answered_at"] = (begins + pd.to_timedelta(contacts["wait_seconds"], unit="s")).where(
            contacts["answered"]
        )
        parts["contacts"].append(contacts)
        for doc, begin in zip(contacts["doc_id"], begins, strict=True):
            parts["turns"] += _turns(rng, doc, begin, agents)
        m = int(rng.integers(0, 4))
        starts = _moments(rng, m)
        parts["shifts"] += [
            {
                "agent_id": str(rng.choice(agents)),
                "started_at": start,
                "ended_at": start + pd.Timedelta(seconds=s),
            }
            for start, s in zip(starts, rng.integers(-100, 4000, m).tolist(), strict=True)
        ]
        m = int(rng.integers(0, 6))
        stays = [pd.Timedelta(hours=int(h)) if h < 40 else pd.NaT for h in rng.integers(0, 57, m)]
        parts["orders"] += [
            {
                "order_id": f"{k}-{j}", "customer_id": f"{k}-{rng.integers(0, 4)}", "ordered_at": when,
                "paid_at": when + stays[j],
                "amount": float(rng.integers(1, 90)), "items": float(rng.integers(1, 4)),
            }
            for j, when in enumerate(_moments(rng, m))
        ]  # fmt: skip
    tables = {name: pd.DataFrame(rows) for name, rows in parts.items() if name != "contacts"}
    tables["contacts"] = pd.concat(parts["contacts"], ignore_index=True)
    for name in ("closed_at", "answered_at"):
        tables["contacts"][name] = pd.to_datetime(tables["contacts"][name])
    for name in ("is_negative", "resolved", "reopened", "responsible", *_FLAGS):
        tables["contacts"][name] = tables["contacts"][name].astype("boolean")
    return tables
