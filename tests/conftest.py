"""Data that several tests share; all of it is simulated or written here."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest
from finished_runs import facts_table, write_run

import csatext as ct

_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30


def has_room(folder):
    """Return whether a folder in memory can take what the tests write, and run what they write there."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    found = os.statvfs(folder)
    free = min(found.f_bavail * found.f_frsize, os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return free >= _ROOM and not found.f_flag & os.ST_NOEXEC


# A run writes a hundred files and waits for the disk after each: in memory that takes no time.
if "TMPDIR" not in os.environ and has_room(_MEMORY):
    os.environ["TMPDIR"], tempfile.tempdir = str(_MEMORY), None


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
