"""A run that is killed at random moments, parent and workers, and what the next one makes of it.

usage: python benchmarks/kills.py [--kills 10] [--files 8] [--rows 1500]

A folder of files is annotated by a model, undisturbed once. Then a run into a new folder is killed with
signal 9 at a random moment, or one of its workers is, and run again. Printed is how often the output was that
of the undisturbed run, byte for byte; how many partitions that were whole were written twice; and how many
temporary files were left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import csatext as ct

COMMAND = [sys.executable, "-c", "import sys; from csatext.cli import main; sys.exit(main())"]
OWN = (".pseudonyms.key", "annotations.json", "metrics.json")


def start(*words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def output(folder: Path) -> dict[str, bytes]:
    """Everything that a run writes but its own notes on partitions."""
    files = [path for path in folder.rglob("*") if path.is_file() and "partitions" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files if path.name not in OWN}


def children(pid: int) -> list[int]:
    """Return the processes below one, deepest last."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        listed = Path(f"/proc/{one}/task/{one}/children")
        below = [int(number) for number in listed.read_text().split()] if listed.exists() else []
        found += below
        waiting += below
    return found


def workers(pid: int) -> list[int]:
    """Return the worker processes, which have ``loky`` in their command line and no tracker."""
    lines = {child: Path(f"/proc/{child}/cmdline") for child in children(pid)}
    return [
        child
        for child, path in lines.items()
        if path.exists() and b"loky" in (line := path.read_bytes()) and b"resource_tracker" not in line
    ]


def disturbed(words: list[object], out: Path, target: str, span: float) -> bool:
    """Start a run and kill it, or a worker of it, at a random moment; return whether it was hit."""
    process = start(*words, "-o", out)
    time.sleep(random.uniform(0.2, 1) * span)
    if target == "parent":
        hit = process.poll() is None
        orphans = workers(process.pid)
        process.kill()
        for child in orphans:
            wait_for_end(child)
    else:
        found = workers(process.pid)
        hit = bool(found)
        if found:
            os.kill(random.choice(found), signal.SIGKILL)
    process.wait()
    return hit


def wait_for_end(pid: int) -> None:
    for _ in range(300):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--rows", type=int, default=1500)
    given = parser.parse_args()
    random.seed(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        # Without a time the tables are few: most of a run is annotating, which is what is disturbed.
        contacts = ct.simulate_center(given.files * given.rows, random_state=1).contacts
        contacts = contacts[["doc_id", "text", "channel", "product"]]
        for at in range(given.files):
            part = contacts.iloc[at * given.rows : (at + 1) * given.rows]
            part.to_csv(folder / "in" / f"{at:02}.csv", index=False)
        if start("fit", folder / "in", "-o", folder / "model").wait():
            sys.exit("fit failed")
        words: list[object] = ["run", folder / "in", "--model", folder / "model", "--n-jobs", 2]
        begin = time.perf_counter()
        if start(*words, "-o", folder / "whole").wait():
            sys.exit("run failed")
        span = time.perf_counter() - begin
        wanted = output(folder / "whole")
        for target in ("parent", "worker"):
            hits = same = twice = left = 0
            for _ in range(given.kills):
                out = folder / "out"
                shutil.rmtree(out, ignore_errors=True)
                hits += disturbed(words, out, target, span)
                there = {path: path.stat().st_mtime_ns for path in out.glob("partitions/*-*.parquet")}
                code = start(*words, "-o", out).wait()
                made = output(out)
                same += code == 0 and made == wanted
                other = {name for name in {*made, *wanted} if made.get(name) != wanted.get(name)}
                if code or other:
                    print(f"exit code {code}, other files: {sorted(other)}")
                twice += sum(path.stat().st_mtime_ns != before for path, before in there.items())
                left += len(list(out.rglob("*.tmp")))
            print(
                json.dumps(
                    {
                        "killed": target,
                        "runs": given.kills,
                        "hit": hits,
                        "same bytes": same,
                        "written twice": twice,
                        "temporary files left": left,
                    }
                )
            )


if __name__ == "__main__":
    main()
