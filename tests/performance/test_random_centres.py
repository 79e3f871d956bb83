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
        ct.customer_measures(contacts, window_days=WINDOW, as_of=AS_OF).drop(columns="repeated_within_window"),
        ct.cost_measures(contacts),
    )
    facts = contacts
    for part in parts:
        # a measure takes the place of the raw column of its name
        facts = facts.drop(columns=[name for name in part.columns if name in facts.columns]).join(part)
    return facts


@pytest.fixture(scope="module")
def centres():
    tables = random_centres(RANDOM_CENTRES)
    rows = contact_loop(tables, WINDOW, AS_OF)
    for i, row in enumerate(rows):
        row["who"] = f"nobody {i}" if row["customer_id"] != row["customer_id"] else row["customer_id"]
        row["customer_id"] = float(row["customer_id"] == row["customer_id"])
    return facts_of(tables), rows


def test_every_measure_of_random_centres_equals_the_loop(centres):
    facts, rows = centres
    for name in facts.columns.intersection(sorted(rows[0])).difference(["customer_id", "contacted_at"]):
        wanted = [row.get(name, np.nan) for row in rows]
        if not pd.api.types.is_numeric_dtype(facts[name].dtype):
            continue
        found = facts[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        wanted = np.array([np.nan if w is None else float(w) for w in wanted])
        assert found == pytest.approx(wanted, nan_ok=True), name


def test_every_metric_of_random_centres_equals_the_loop_by_agent_and_day(centres):
    facts, rows = centres
    known = read_definitions()
    table = ct.kpis(facts, by=["centre", "agent_id"], time="created_at", freq="D", as_of=AS_OF)
    assert {*table["metric"]} == {*known}
    cells = {}
    for row in rows:
        cells.setdefault((row["centre"], row["agent_id"], row["day"]), []).append(row)
    values = table.set_index(["metric", "centre", "agent_id", "period"])["value"]
    empty = {metric: metric_loop(one, []) for metric, one in known.items()}
    wanted = pd.Series(
        {
            (metric, *cell): metric_loop(known[metric], cells[cell]) if cell in cells else empty[metric]
            for metric, *cell in map(tuple, values.index)
            for cell in [tuple(cell)]
        }
    )
    assert values.to_numpy() == pytest.approx(wanted.to_numpy(), nan_ok=True)
    # the formulas of the articles, written apart from the definitions
    chat = [metric for metric in kpi_loop([])]
    for cell in list(cells)[:60]:
        written = kpi_loop([{**row, "customer_id": row["who"]} for row in cells[cell] if "replied" in row])
        for metric in chat:
            assert values[(metric, *cell)] == pytest.approx(written[metric], nan_ok=True), (metric, cell)
    split = values.unstack("metric")
    total = split["served_customers"] + split["filtered_customers"]
    assert (split["inquiring_customers"] == total).all()
