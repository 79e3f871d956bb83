"""The surroundings of the tests, set before anything large is imported."""

import os
import tempfile
from pathlib import Path

_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


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
# Every core has a worker of pytest-xdist: further threads of linear algebra would take turns with it.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in _THREADS:
        os.environ.setdefault(name, "1")
