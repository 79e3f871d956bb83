"""Data that several tests share; all of it is simulated or written here."""

from __future__ import annotations

import gc

import environment  # noqa: F401
import pytest
from finished_runs import facts_table, write_run

import csatext as ct

_LONGEST = ("test_house.py", "test_documents.py")
"""Modules whose tests take longest: types and lint, notebooks and the site."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    # Each worker begins with an equal share, and one that is done takes from the end of another's: the
    # longest tests stand where shares begin, so that none is left for a single worker at the end.
    heads = [[item for item in items if item.path.name == name] for name in _LONGEST]
    rest = [item for item in items if item.path.name not in _LONGEST]
    n_workers = getattr(config, "workerinput", {}).get("workercount", 1)
    last_share = max(len(items) * (n_workers - 1) // n_workers - len(heads[0]), 0)
    items[:] = [*heads[0], *rest[:last_share], *heads[1], *rest[last_share:]]


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
