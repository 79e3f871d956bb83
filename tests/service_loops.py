"""What service measures and KPIs are, row by row in plain loops: an independent way to the same numbers."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pandas as pd

RANDOM_CENTRES = int(os.environ.get("CSATEXT_RANDOM_CENTRES", "40"))
"""Random centres that a test compares; ``benchmarks/kpis.py --loops`` compares more."""


def dialogue_loop(turns, slow_seconds=60.0, longest_wait=600.0):
    """Return measures by doc_id as dicts; turns in order, with started_at, role, agent_id, is_template."""
    found = {}
    for doc, rows in turns.groupby("doc_id", sort=False):
        said = [row for row in rows.to_dict("records") if row["role"] in ("customer", "agent", "bot")]
        if not said:
            continue
        m = {"messages": said}
        for role in ("customer", "agent", "bot"):
            m[f"n_{role}_messages"] = sum(row["role"] == role for row in said)
            m[f"n_{role}_turns"] = sum(
                row["role"] == role and (i == 0 or said[i - 1]["role"] != role) for i, row in enumerate(said)
            )
        first = next((i for i, row in enumerate(said) if row["role"] == "customer"), None)
        m["contacted_at"] = pd.NaT if first is None else said[first]["started_at"]
        waits, asked = [], None
        questions = responses = 0
        for row in said:
            if row["role"] == "customer":
                if asked is None:
                    asked, questions = row["started_at"], questions + 1
            elif asked is not None:
                responses += 1
                wait = (row["started_at"] - asked).total_seconds()
                if wait >= 0:
                    waits.append(wait)
                asked = None
        m["n_questions"], m["n_responses"], m["n_timed_responses"] = questions, responses, len(waits)
        m["response_seconds"] = sum(waits) if waits else np.nan
        m["slowest_response_seconds"] = max(waits) if waits else np.nan
        m["slow"] = None if not waits else max(waits) > slow_seconds
        for name, test in (
            ("", lambda row: row["role"] != "customer"),
            ("_human", lambda row: row["role"] == "agent" and not row["is_template"]),
        ):
            after = [] if first is None else [row for row in said[first + 1 :] if test(row)]
            m[f"replied{name}"] = None if first is None else bool(after)
            wait = (after[0]["started_at"] - said[first]["started_at"]).total_seconds() if after else np.nan
            m[f"first_response_seconds{name}"] = wait if wait >= 0 else np.nan
        times = sorted(row["started_at"] for row in said)
        gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
        m["span_seconds"] = sum(gaps)
        m["span_without_gaps_seconds"] = sum(gap for gap in gaps if gap <= longest_wait)
        agents = [row["agent_id"] for row in said if row["role"] == "agent"]
        m["n_handovers"] = sum(a != b for a, b in pairwise(agents))
        m["n_canned"] = sum(row["role"] == "agent" and row["is_template"] for row in said)
        found[doc] = m
    return found


def agent_loop(turns, longest_wait=600.0):
    """Return measures by (doc_id, agent) for dialogues whose clocks run forward and whose agents speak."""
    found = defaultdict(lambda: defaultdict(float))
    for doc, rows in turns.groupby("doc_id", sort=False):
        said = [row for row in rows.to_dict("records") if row["role"] in ("customer", "agent", "bot")]
        speakers = [row["agent_id"] for row in said if row["role"] == "agent"]
        if not speakers:
            continue
        owner, owners = None, []
        for row in said:
            owner = row["agent_id"] if row["role"] == "agent" else owner
            mine = owner if owner is not None else speakers[0]
            owners.append("" if row["role"] == "bot" else mine)  # a bot's part is no agent's
        asked, holder, answered_first = None, None, False
        for i, (row, own) in enumerate(zip(said, owners, strict=True)):
            cell = found[doc, own]
            cell[f"n_{row['role']}_messages"] += 1
            if i + 1 < len(said):
                gap = (said[i + 1]["started_at"] - row["started_at"]).total_seconds()
                cell["span_seconds"] += gap
                cell["span_without_gaps_seconds"] += gap if gap <= longest_wait else 0
            if row["role"] == "customer":
                if asked is None:
                    asked, holder = row["started_at"], own
            elif asked is not None:
                wait = (row["started_at"] - asked).total_seconds()
                cell["n_responses"] += 1
                cell["n_questions"] += 1
                cell["response_seconds"] += wait
                if not answered_first:
                    cell["first_response_seconds"] = wait
                    answered_first = True
                asked = None
        if asked is not None:
            found[doc, holder]["n_questions"] += 1
    return found


def kpi_loop(rows):
    """Return chat KPIs of a list of dicts (contacts of one cell) by the formulas of the articles."""
    asked = [row for row in rows if row["n_customer_messages"] > 0]
    served = [row for row in asked if not row["is_filtered"]]
    people = {row["customer_id"] for row in asked}
    served_people = {row["customer_id"] for row in served}
    replied = {row["customer_id"] for row in served if row["replied"] == 1}
    slow = {row["customer_id"] for row in rows if row["slowest_response_seconds"] > 60}
    timed = {
        row["customer_id"]
        for row in rows
        if row["slowest_response_seconds"] == row["slowest_response_seconds"]
    }
    first = [row["first_response_seconds"] for row in rows if row["first_response_seconds"] >= 0]
    human = [row["first_response_seconds_human"] for row in rows if row["first_response_seconds_human"] >= 0]
    spans = [
        row["span_without_gaps_seconds"] for row in rows if row["replied"] == 1 and not row["is_filtered"]
    ]

    def over(a, b):
        return a / b if b else np.nan

    def summed(name):
        return sum(row[name] for row in rows if row[name] == row[name])

    return {
        "inquiring_customers": len(people),
        "served_customers": len(served_people),
        "filtered_customers": len(people - served_people),
        "replied_customers": len(
            {row["customer_id"] for row in rows if row["replied"] == 1 and not row["is_filtered"]}
        ),
        "reply_rate": over(len(replied), len({row["customer_id"] for row in served})),
        "slow_response_customers": len(slow),
        "slow_response_rate": over(len(slow), len(timed)),
        "answer_question_ratio": over(summed("n_agent_messages"), summed("n_customer_messages")),
        "answer_question_ratio_merged": over(summed("n_agent_turns"), summed("n_customer_turns")),
        "response_rate": over(summed("n_responses"), summed("n_questions")),
        "first_response_time": over(sum(first), len(first)),
        "first_response_time_human": over(sum(human), len(human)),
        "average_response_time": over(
            sum(row["response_seconds"] for row in rows if row["n_timed_responses"]),
            summed("n_timed_responses"),
        ),
        "average_handling_span": over(sum(spans), len(replied)),
        "conversation_length": over(summed("span_seconds"), len(rows)),
        "contacts": len(rows),
        "transfer_rate": over(
            sum(row["n_handovers"] > 0 for row in rows if row["n_agent_messages"] > 0),
            sum(row["n_agent_messages"] > 0 for row in rows),
        ),
        "contact_frequency": over(len(rows), len({row["customer_id"] for row in rows})),
    }


def scalar(node, row):
    """Return an expression of one row; NaN is unknown. Only for columns that are numbers."""
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.Name):
        return float(row[node.id])
    if isinstance(node, ast.UnaryOp):
        inner = scalar(node.operand, row)
        if inner != inner:
            return np.nan
        return -inner if isinstance(node.op, ast.USub) else float(not inner)
    if isinstance(node, ast.BoolOp):
        parts = [scalar(part, row) for part in node.values]
        decides = isinstance(node.op, ast.Or)
        if any(part == part and bool(part) is decides for part in parts):
            return float(decides)
        return np.nan if any(part != part for part in parts) else float(not decides)
    if isinstance(node, ast.Compare):
        a, b = scalar(node.left, row), scalar(node.comparators[0], row)
        if a != a or b != b:
            return np.nan
        sign = {"Lt": a < b, "LtE": a <= b, "Gt": a > b, "GtE": a >= b, "Eq": a == b, "NotEq": a != b}
        return float(sign[type(node.ops[0]).__name__])
    a, b = scalar(node.left, row), scalar(node.right, row)
    if isinstance(node.op, ast.Div):
        return a / b if b == b and b else np.nan
    return {"Add": a + b, "Sub": a - b, "Mult": a * b}[type(node.op).__name__]


def metric_loop(definition, rows):
    """Return a KPI of one cell, contact by contact; rows have every column, and customer_id."""
    trees = definition.trees
    kept = []
    for row in rows:
        values = {**row, **{name: p.default for name, p in definition.parameters.items()}}
        passes = scalar(trees["filter"], values) if "filter" in trees else 1.0
        if passes != passes or not passes:
            continue
        top = scalar(trees["numerator"], values)
        bottom = scalar(trees["denominator"], values) if "denominator" in trees else 1.0
        if top == top and bottom == bottom:
            kept.append((row["who"], top, bottom))
    if definition.per == "customer":
        people = defaultdict(list)
        for who, top, bottom in kept:
            people[who].append((top, bottom))
        kept = []
        for who, pairs in people.items():
            tops = [top for top, _ in pairs]
            if definition.kind in ("rate", "count"):
                kept.append((who, float(all(tops) if definition.every else any(tops)), 1.0))
            else:
                kept.append((who, sum(tops), float(sum(b for _, b in pairs) > 0)))
    top, bottom = sum(t for _, t, _ in kept), sum(b for _, _, b in kept)
    if definition.kind in ("count", "sum"):
        return top
    return top / bottom if bottom else np.nan


def said_loop(turns):
    """Return what needs the text or the ends of messages, by doc_id."""
    found = {}
    for doc, rows in turns.groupby("doc_id", sort=False):
        said = [row for row in rows.to_dict("records") if row["role"] in ("customer", "agent", "bot")]
        asked, again = set(), 0
        for row in said:
            words = "".join(c for c in str(row["text"]) if c.isalnum()) if row["text"] == row["text"] else ""
            if row["role"] == "customer" and len(words) >= 4:
                again += words in asked
                asked.add(words)
        people = sum(row["role"] == "agent" for row in said)
        bots = sum(row["role"] == "bot" for row in said)
        m = {"n_reasked": again, "self_service": np.nan, "silence_seconds": np.nan}
        m |= dict.fromkeys(("n_interruptions", "agent_talk_seconds", "customer_talk_seconds"), np.nan)
        m["customer_spoke"] = any(row["role"] == "customer" for row in said)
        if m["customer_spoke"] or people:
            m["self_service"] = bots > 0 and people == 0 and again == 0
        spans = [(row["started_at"], row["ended_at"], row["role"]) for row in said]
        if any(start < end for start, end, _ in spans):
            seconds = {s for a, b, _ in spans for s in range(int(a.timestamp()), int(b.timestamp()))}
            whole = max(b for _, b, _ in spans)
            m["silence_seconds"] = (whole - min(a for a, *_ in spans)).total_seconds() - len(seconds)
            for side in ("agent", "customer"):
                m[f"{side}_talk_seconds"] = sum(
                    (b - a).total_seconds() for a, b, role in spans if role == side
                )
            spans.sort(key=lambda span: span[0])
            cut = 0
            for i in range(1, len(spans)):
                start, _, role = spans[i]
                cut += role == "agent" != spans[i - 1][2] and start < max(b for _, b, _ in spans[:i])
            m["n_interruptions"] = cut
        found[doc] = m
    return found


def contact_loop(tables, window, as_of):
    """Return every measure of every contact as dicts, from the raw records of random centres."""
    contacts = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in tables["contacts"].to_dict("records")
    ]
    chats, said = dialogue_loop(tables["turns"]), said_loop(tables["turns"])
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    orders = tables["orders"].to_dict("records")
    by_day, of_day, served, bought = defaultdict(int), defaultdict(int), defaultdict(list), defaultdict(list)
    for i, row in enumerate(contacts):
        of_day[row["created_at"].normalize()] += 1
        served[row["customer_id"]].append((row["created_at"], i))
    for order in orders:
        by_day[order["ordered_at"].normalize()] += 1
        bought[order["customer_id"]].append(order)
    rows = []
    for i, row in enumerate(contacts):
        r = row | chats.get(row["doc_id"], {}) | said.get(row["doc_id"], {})
        r = {name: np.nan if value is None else value for name, value in r.items()}
        r.pop("messages", None)
        r["day"] = row["created_at"].normalize()
        _call(r)
        _survey(r)
        r["contact_cost"] = r["cost"]
        r["compensation_cost"] = 0.0 if r["compensation"] != r["compensation"] else r["compensation"]
        ours = r["responsible"]
        r["poor_quality_cost"] = ours if ours != ours else (r["cost"] + r["compensation_cost"]) * bool(ours)
        closed = row["closed_at"]
        r["completed"] = closed is not None
        timed = r["completed"] and closed >= row["created_at"] and row["resolved"] is not False
        r["resolve_seconds"] = (closed - row["created_at"]).total_seconds() if timed else np.nan
        r["open_age_seconds"] = np.nan if r["completed"] else (end - row["created_at"]).total_seconds()
        _repeats(r, i, row, served[row["customer_id"]], window, end)
        _orders(r, i, row, served[row["customer_id"]], bought[row["customer_id"]])
        r["n_orders"] = by_day[r["day"]] / of_day[r["day"]]
        rows.append(r)
    _busy(rows, tables["shifts"].to_dict("records"))
    return rows


def _call(r):
    taken = r["answered"]
    r["abandoned"] = not taken
    r["waiting_seconds"] = r["wait_seconds"]
    hold = 0.0 if r["hold_seconds"] != r["hold_seconds"] else r["hold_seconds"]
    r["talking_seconds"] = r["talk_seconds"] if taken else np.nan
    r["holding_seconds"] = hold if taken else np.nan
    r["after_call_seconds"] = r["acw_seconds"] if taken else np.nan
    r["handling_seconds"] = r["talk_seconds"] + hold + r["acw_seconds"] if taken else np.nan


def _busy(rows, shifts):
    """Add seconds in which the agent was not busy with an earlier call, and ready time at a day's first."""
    taken = defaultdict(set)
    order = sorted(range(len(rows)), key=lambda i: (rows[i]["created_at"], i))
    for row in rows:
        row["busy_seconds"], row["ready_seconds"] = np.nan, 0.0
    for i in sorted((i for i in order if rows[i]["answered"]), key=lambda i: (rows[i]["answered_at"], i)):
        row = rows[i]
        start = int(row["answered_at"].timestamp())
        mine = set(range(start, start + int(row["handling_seconds"])))
        row["busy_seconds"] = float(len(mine - taken[row["agent_id"]]))
        taken[row["agent_id"]] |= mine
    ready = defaultdict(set)
    for shift in shifts:
        for s in range(int(shift["started_at"].timestamp()), int(shift["ended_at"].timestamp())):
            ready[shift["agent_id"], s // 86_400].add(s)
    met = set()
    for i in order:
        key = rows[i]["agent_id"], int(rows[i]["day"].timestamp()) // 86_400
        if key not in met:
            rows[i]["ready_seconds"] = float(len(ready[key]))
        met.add(key)


def _survey(r):
    if not 0 <= r["csat"] <= 5:
        r["csat"] = np.nan
    if not 0 <= r["nps"] <= 10:
        r["nps"] = np.nan
    r["survey_answered"] = r["csat"] == r["csat"] or r["nps"] == r["nps"]
    r["survey_invited"] = bool(r["survey_invited"]) or r["survey_answered"]
    r["survey_commented"] = r["comment"] == "慢"
    r["satisfied"] = r["csat"] if r["csat"] != r["csat"] else r["csat"] >= 4


def _repeats(r, i, me, mine, window, end):
    r["repeated_within_window"] = r["first_contact_resolved"] = r["is_new_customer"] = np.nan
    if me["customer_id"] is None:
        return
    days = pd.Timedelta(days=1)
    before = [moment for moment, j in mine if (moment, j) < (me["created_at"], i)]
    after = [moment for moment, j in mine if (moment, j) > (me["created_at"], i)]
    r["is_new_customer"] = not before
    if me["created_at"] + window * days > end:
        return
    r["repeated_within_window"] = any(moment - me["created_at"] <= window * days for moment in after)
    if me["resolved"] is not None and not any(
        me["created_at"] - moment <= window * days for moment in before
    ):
        r["first_contact_resolved"] = bool(me["resolved"]) and not r["repeated_within_window"]


def _orders(r, i, me, mine, orders):
    names = ("is_presales", "paid_next_day", "paid_finally", "paid_amount", "paid_items")
    r |= dict.fromkeys(names, np.nan)
    if me["customer_id"] is None:
        return
    r |= {
        "is_presales": True,
        "paid_next_day": False,
        "paid_finally": False,
        "paid_amount": 0.0,
        "paid_items": 0.0,
    }
    for order in orders:
        ago = (me["created_at"] - order["ordered_at"]).total_seconds()
        r["is_presales"] &= not 0 < ago <= 15 * 86_400
        if order["paid_at"] is pd.NaT:
            continue
        served = max((one for one in mine if one[0] <= order["paid_at"]), default=None)
        late = (order["paid_at"].normalize() - me["created_at"].normalize()).days
        if served == (me["created_at"], i) and late <= 4:
            r["paid_finally"] = True
            r["paid_next_day"] |= late <= 1
            r["paid_amount"] += order["amount"]
            r["paid_items"] += order["items"]
