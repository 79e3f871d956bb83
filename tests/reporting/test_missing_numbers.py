"""Any number of any chapter may be missing: the page is made all the same and shows a dash."""

import re

import numpy as np
import pandas as pd
import pytest

from csatext.reporting.chapters.chapters import chapters
from csatext.reporting.chapters.figures import read_figures

_KINDS = (
    "breakdown_category",
    "breakdown_channel",
    "breakdown_csat_channel",
    "breakdown_channel_product",
    "keywords_channel",
    "trend_total",
    "trend_category",
    "topics",
    "examples",
    "cause_examples",
    "root_causes",
    "episodes",
)
_MISSING = r"\bnan\b|<NA>|&lt;NA&gt;|\binf\b"


@pytest.fixture(scope="module")
def made(small_run):
    analysis = small_run
    # One table of a family is enough: the chapters treat them alike.
    tables = {name: analysis.tables[name] for name in _KINDS}
    # Every chapter is there: a cause with an alternative, of which any number may be missing.
    causes, found = plant(analysis.facts, tables["root_causes"], tables["episodes"])
    quality = pd.DataFrame(
        {
            "check": ["rejected"],
            "column": ["text"],
            "n": [3],
            "total": [1503],
            "rate": [0.002],
            "detail": ["空"],
        }
    )
    return analysis.facts, tables | {"root_causes": causes, "episodes": found, "quality": quality}


def plant(facts, causes, found):
    """Return the tables with one cause and its alternative in them, whatever the simulation gave."""
    period = causes.attrs["periods"][-1]
    cause = dict.fromkeys(causes.columns) | {
        "period": period, "rank": 1, "channel": facts["channel"].iloc[0], "before": 0.1, "after": 0.4,
        "numerator_before": 10.0, "denominator_before": 100.0, "numerator_after": 20.0,
        "denominator_after": 50.0, "contribution": 15.0, "contribution_low": 9.5, "contribution_high": 20.5,
        "share": 0.8, "p": 0.001, "q": 0.01,
    }  # fmt: skip
    other = cause | {"rank": 2, "alternative_to": 1, "channel": None, "product": facts["product"].iloc[0]}
    episode = dict.fromkeys(found.columns) | {
        "rank": 1, "channel": cause["channel"], "first_period": period, "last_period": period, "n_periods": 1,
        "is_rise": True, "is_current": True, "before": 0.1, "after": 0.4, "numerator": 20.0,
        "denominator": 50.0, "excess": 15.0, "excess_low": 9.5, "excess_high": 20.5, "q": 0.01,
    }  # fmt: skip
    results = []
    for table, rows in ((causes, [cause, other]), (found, [episode])):
        frame = pd.DataFrame(rows, columns=table.columns).convert_dtypes()
        frame = frame.astype(dict.fromkeys(frame.select_dtypes("number").columns, "float64"))
        frame.attrs = dict(table.attrs)
        results.append(frame)
    return results


def shown(facts, tables):
    """Return everything that the chapters show, as text."""
    return str(chapters(tables, read_figures(facts, tables, "is_negative"), "is_negative", {}))


def numeric(table):
    return [
        name
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
    ]


def without(table, name, first_only, kind):
    """Return a table with a number missing in its first row, or in all."""
    changed = table.copy()
    values = changed[name].astype("Float64" if kind == "NA" else "float64")
    missing = pd.NA if kind == "NA" else np.nan
    if first_only:
        values.iloc[0] = missing
    else:
        values[:] = missing
    return changed.assign(**{name: values})


def test_every_number_of_every_table_may_be_missing(made):
    facts, tables = made
    seen = 0
    core = {name: tables[name] for name in ("root_causes", "episodes", "trend_total")}
    for name in (name for name, table in tables.items() if len(table)):
        for column in numeric(tables[name]):
            for first_only, kind in ((False, "NA"), (True, "nan"))[: 2 if name in core else 1]:
                changed = without(tables[name], column, first_only, kind)
                # Charts cost time: those of causes are drawn where causes are changed.
                page = shown(facts, (core if name in ("root_causes", "episodes") else {}) | {name: changed})
                assert not re.search(_MISSING, page, re.I), (name, column, kind)
                seen += 1
    assert seen > 60


@pytest.mark.parametrize("column", ["csat", "is_negative", "resolved"])
def test_a_column_of_facts_without_values(made, column):
    facts, tables = made
    tables = {name: tables[name] for name in ("root_causes", "episodes", "trend_total")}
    changed = facts.assign(**{column: pd.array([pd.NA] * len(facts), dtype="Float64")})
    assert not re.search(_MISSING, shown(changed, tables), re.I)
