"""A run of hostile facts, made once for workbook and deck."""

import pytest
from hostile_facts import hostile_facts

from csatext.reporting.office.meeting_tables import meeting_tables
from csatext.reporting.run_tables import run_tables


@pytest.fixture(scope="session")
def hostile_run():
    return meeting_tables(run_tables(hostile_facts()))
