"""Data that several tests share; all of it is simulated or written here."""

from __future__ import annotations

import gc

import environment  # noqa: F401
import pytest
from finished_runs import facts_table, write_run

import csatext as ct


def pytest_collection_finish():
    # Modules and thousands of tests live to the end: no collection of garbage need walk them again.
    gc.freeze()


@pytest.fixture(scope="session")
def center():
    return ct.simulate_center(2000, random_state=5)


@pytest.fixture(scope="session")
def vectorizer(center):
    return ct.Vectorizer(min_df=3).fit(center.contacts)


@pytest.fixture(scope="session")
def corpus(center, vectorizer):
    return vectorizer.transform(center.contacts)


@pytest.fixture
def finished(tmp_path):
    """A finished run made by hand: what is in it is known to the last cell."""
    return write_run(tmp_path / "out", facts_table())
