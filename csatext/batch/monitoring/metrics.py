"""Figures of a run for whoever watches over it: ``metrics.json``, beside the results and no part of them.

It has times, so no two runs have the same: the manifest does not list it, and nothing depends on it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import csatext
from csatext.atomic_files import write_json
from csatext.batch.phases.facts_store import FactsStore
from csatext.errors import InputError
from csatext.regular_files import read_whole

__all__ = ["METRICS", "RunMetrics", "read_metrics"]

METRICS = "metrics.json"
_FORMAT = 1
_LARGEST = 1 << 20
_STATIONS = (
    ("读取", "read"),
    ("抽样", "sample"),
    ("清洗", "text"),
    ("情感", "annotate"),
    ("训练好的", "annotate"),
    ("标注", "annotate"),
    ("主题", "topics"),
    ("会话走势", "conversations"),
    ("汇总", "merge"),
    ("关键词", "keywords"),
    ("分组", "tables"),
    ("服务指标", "service"),
    ("报告", "report"),
    ("写入", "write"),
)
"""Beginnings of the names of steps, and the station that each belongs to; other sentences begin none."""
_START = "start"
_SHORT = 0.01
"""Seconds of a station below which no rate is told."""
Progress = Callable[[str], None]


class RunMetrics:
    """What a command did when, read off the names of its steps.

    Parameters
    ----------
    command : str
    n_jobs : int
        Processes that it may use.

    Examples
    --------
    >>> metrics = RunMetrics("run", 2)
    >>> steps = metrics.timed(str)
    >>> _ = steps("读取 五月.csv")
    >>> sorted(metrics.stations())
    ['read', 'start']
    """

    def __init__(self, command: str, n_jobs: int) -> None:
        self._command, self._n_jobs = command, n_jobs
        self._began = time.time()
        self._seconds = {_START: 0.0}
        self._station = _START
        self._since = time.monotonic()

    def timed(self, progress: Progress) -> Progress:
        """Return ``progress``, by whose calls stations are told apart."""

        def begin(step: str) -> None:
            station = next((name for start, name in _STATIONS if step.startswith(start)), None)
            if station is not None:
                self._enter(station)
            progress(step)

        return begin

    def _enter(self, station: str) -> None:
        now = time.monotonic()
        self._seconds[self._station] += now - self._since
        self._station, self._since = station, now
        self._seconds.setdefault(station, 0.0)

    def stations(self) -> dict[str, float]:
        """Return the seconds of each station by now."""
        self._enter(self._station)
        return dict(self._seconds)

    def of_run(self, out: Path) -> dict[str, Any]:
        """Return the figures of a run that has ended.

        Parameters
        ----------
        out : Path
            Folder of its output: counts and rejects are those of its manifest, or of its records where it
            holds annotated contacts alone.
        """
        counts, rejects = _counts(out, of_manifest=self._command != "annotate")
        contacts = counts.get("contacts", 0)
        stations = self.stations()
        ended = time.time()
        return {
            "format": _FORMAT,
            "csatext": csatext.__version__,
            "command": self._command,
            "started": _clock(self._began),
            "ended": _clock(ended),
            "seconds": round(ended - self._began, 3),
            "n_jobs": self._n_jobs,
            **counts,
            "rejects_by_reason": rejects,
            "partitions": self._partitions(out),
            "stations": {
                name: {
                    "seconds": round(seconds, 3),
                    **({} if seconds < _SHORT else {"contacts_per_second": round(contacts / seconds, 1)}),
                }
                for name, seconds in stations.items()
            },
            "peak_memory_mb": _peak_memory(),
        }

    def write(self, out: Path, *, unchanged: bool) -> dict[str, Any]:
        """Write ``metrics.json`` into a folder, and return what it holds.

        Parameters
        ----------
        out : Path
        unchanged : bool
            Whether the run found that nothing was to be done.

        Raises
        ------
        OSError
            It cannot be written.
        """
        figures = {**self.of_run(out), "unchanged": unchanged}
        write_json(figures, out / METRICS)
        return figures

    def _partitions(self, out: Path) -> dict[str, int]:
        """Return how many partitions this run wrote, and how many it found: by the time of their files."""
        try:
            times = [path.stat().st_mtime for path in (out / "partitions").glob("*-*.parquet")]
        except OSError:
            times = []
        done = sum(one >= self._began for one in times)
        return {"done": done, "known": len(times) - done}


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _counts(out: Path, *, of_manifest: bool) -> tuple[dict[str, int], dict[str, int]]:
    """Return the counts of rows, and of rejects by reason, of a folder."""
    if of_manifest:
        try:
            known = json.loads((out / "manifest.json").read_text("utf-8"))
            return dict(known["rows"]), dict(known["rejects"])
        except (OSError, ValueError, LookupError, TypeError):
            return {}, {}
    store = FactsStore(out)
    try:
        records = store.records()
        reasons = [store.beside(record)[0]["reason"] for record in records]
    except (OSError, InputError):
        return {}, {}
    rejects: dict[str, int] = {}
    for found in reasons:
        for reason, n in found.value_counts().items():
            rejects[str(reason)] = rejects.get(str(reason), 0) + int(n)
    rows = sum(record.rows for record in records)
    contacts = sum(record.contacts for record in records)
    return {"rows": rows, "contacts": contacts, "rejects": sum(rejects.values())}, rejects


def _peak_memory() -> dict[str, float | None]:
    """Return the most memory in MB that this process had, and the largest of its children that have ended."""
    try:
        resource = import_module("resource")
    except ImportError:  # Windows
        return {"process": None, "largest_child": None}
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peaks = {"process": resource.RUSAGE_SELF, "largest_child": resource.RUSAGE_CHILDREN}
    return {name: round(resource.getrusage(who).ru_maxrss / unit, 1) for name, who in peaks.items()}


def read_metrics(out: Path) -> Mapping[str, Any] | None:
    """Return what ``metrics.json`` of a folder holds; None where there is none.

    Raises
    ------
    InputError
        It is there and no run of csatext wrote it.

    Examples
    --------
    >>> read_metrics(Path("missing")) is None
    True
    """
    path = out / METRICS
    try:
        found = json.loads(read_whole(path, _LARGEST, "请删除它"))
        if found["format"] == _FORMAT and isinstance(found["ended"], str):
            return dict(found)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError.unreadable(path, "不是 csatext 写出的指标文件", "请删除它，再运行一次") from error
    raise InputError.unreadable(path, "不是 csatext 写出的指标文件", "请删除它，再运行一次")
