"""Every KPI of random centres, from raw records through the measures to the table, against plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from random_centres import AS_OF, WINDOW, random_centres
from service_loops import RANDOM_CENTRES, contact_loop, kpi_loop, metric_loop

import csatext as ct
from csatext.service.definitions import read_definitions


def facts_of(tables):
    contacts = tables["contacts"].set_index("doc_id")
    parts = (
        ct.conversation_measures(tables["turns"]),
        ct.call_measures(contacts, shifts=tables["shifts"]),
        ct.ticket_measures(contacts, window_days=WINDOW, as_of=AS_OF),
        ct.survey_measures(contacts, csat_scale=5),
        ct.order_measures(tables["orders"], contacts),
        ct.customer_measures(contacts, window_days=WINDOW, as_of=AS_OF).drop(
            columns="repeated_within_window"
        ),
        ct.cost_measures(contacts),
    )
    facts = contacts
    for part in parts:
        # a measure takes the place of the raw column of its name
        facts = facts.drop(columns=[name for name in part.columns if name in facts.columns]).join(part)
    return facts


def named_customers(rows):
    """Return the rows with who is counted; an unknown customer is one of its own."""
    for i, row in enumerate(rows):
        known = row["customer_id"] == row["customer_id"]
        row["who"], row["customer_id"] = row["customer_id"] if known else f"nobody {i}", float(known)
    return rows


def check_measures(facts, rows):
    for name in facts.columns.intersection(sorted(rows[0])).difference(["customer_id", "contacted_at"]):
        if not pd.api.types.is_numeric_dtype(facts[name].dtype):
            continue
        wanted = [float(row.get(name, np.nan)) for row in rows]
        found = facts[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        assert found == pytest.approx(wanted, nan_ok=True), name


def check_metrics(facts, rows):
    """Compare every KPI by centre, agent and day; return how many values there are."""
    known = read_definitions()
    table = ct.kpis(facts, by=["centre", "agent_id"], time="created_at", freq="D", as_of=AS_OF)
    assert {*table["metric"]} == {*known}
    cells = {}
    for row in rows:
        cells.setdefault((row["centre"], row["agent_id"], row["day"]), []).append(row)
    keys = list(zip(table["centre"], table["agent_id"], table["period"], strict=True))
    values, cell_of = table["value"].to_numpy(), np.array([key in cells for key in keys])
    empty = {metric: metric_loop(one, []) for metric, one in known.items()}
    assert values[~cell_of] == pytest.approx(table["metric"][~cell_of].map(empty).to_numpy(), nan_ok=True)
    held = list(zip(table["metric"][cell_of], np.flatnonzero(cell_of), strict=True))
    wanted = [metric_loop(known[metric], cells[keys[place]]) for metric, place in held]
    assert values[cell_of] == pytest.approx(wanted, nan_ok=True)
    # the formulas of the articles, written apart from the definitions
    by_key = table.set_index(["metric", "centre", "agent_id", "period"])["value"].to_dict()
    for cell, members in cells.items():
        for metric, value in kpi_loop([{**row, "customer_id": row["who"]} for row in members]).items():
            assert by_key[(metric, *cell)] == pytest.approx(value, nan_ok=True), (metric, cell)
        served = by_key[("served_customers", *cell)] + by_key[("filtered_customers", *cell)]
        assert by_key[("inquiring_customers", *cell)] == served
    return len(table)


def test_measures_and_metrics_of_random_centres_equal_the_loops_by_agent_and_day():
    tables = random_centres(RANDOM_CENTRES)
    rows = named_customers(contact_loop(tables, WINDOW, AS_OF))
    facts = facts_of(tables)
    check_measures(facts, rows)
    check_metrics(facts, rows)
