"""Runs of hostile contacts and facts, made once for the page, the workbook and the deck."""

import pytest
from hostile_facts import hostile_facts

import csatext as ct
from csatext.batch.configuration import AnalysisSection, Configuration
from csatext.batch.pipeline import analyse
from csatext.reporting.office.meeting_tables import meeting_tables
from csatext.reporting.run_tables import run_tables

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}{%raw%}",
    "datum.c0 + '\"];alert(1)//",
)


@pytest.fixture(scope="session")
def small_run():
    """Return what a run makes of a small centre whose channels are hostile text, a product a formula."""
    contacts = ct.simulate_center(600, random_state=5).contacts
    names = dict(zip(contacts["channel"].unique(), HOSTILE, strict=False))
    contacts["channel"] = contacts["channel"].astype("object").replace(names)
    contacts["product"] = contacts["product"].astype("object").replace({"家庭宽带": "=HYPERLINK(1)"})
    settings = Configuration(analysis=AnalysisSection(n_topics=3))
    return analyse(contacts, settings, lambda step: None)


@pytest.fixture(scope="session")
def hostile_run():
    return meeting_tables(run_tables(hostile_facts()))
