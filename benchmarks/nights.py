"""Thirty nights of new files, with late and corrected rows, against one run over all of them.

usage: python benchmarks/nights.py [--nights 30] [--rows 60]

A model is fitted once. Each night brings a file of the day's contacts, rows of one and of four days ago that
came late, and corrections of rows that were delivered before; the folder is run with ``--incremental``
after each. Printed is whether facts and every table are those of one run over all files, byte for byte, and
the seconds of a night.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import csatext as ct
from csatext.cli import main as csatext

KEPT = ["doc_id", "text", "created_at", "channel", "product", "region"]


def nightly_files(n: int, rows: int) -> dict[str, pd.DataFrame]:
    """Return the file of each night: the day, what came late, and corrections of earlier rows."""
    contacts = ct.simulate_center(n * rows, random_state=4).contacts
    contacts = contacts[[name for name in KEPT if name in contacts]].sort_values("created_at", kind="stable")
    random = np.random.default_rng(0)
    night = np.repeat(np.arange(n), rows)
    late = random.random(len(night))
    night = np.minimum(night + np.select([late < 0.02, late < 0.05], [4, 1], 0), n - 1)
    files = {}
    for at in range(n):
        part = contacts[night == at]
        before = contacts[night < at]
        if len(before):
            corrected = before.sample(3, random_state=at).assign(channel="更正")
            part = pd.concat([part, corrected])
        files[f"第{at + 1}夜.csv"] = part
    return files


def written(folder: Path) -> dict[str, bytes]:
    """Return facts and tables; the manifest and rejects name the runs."""
    files = [folder / "facts.parquet", *(folder / "tables").glob("*")]
    return {path.name: path.read_bytes() for path in files}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--rows", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        inbox, everything = folder / "inbox", folder / "all"
        inbox.mkdir()
        everything.mkdir()
        settings = folder / "csatext.toml"
        settings.write_text("[analysis]\nn_topics = 5\n", "utf-8")
        files = nightly_files(given.nights, given.rows)
        for name, rows in files.items():
            rows.to_csv(everything / name, index=False)
        shared = ["--config", str(settings), "-q"]
        model = str(folder / "model")
        csatext(["fit", str(everything), "-o", model, *shared])
        seconds = []
        for name, rows in files.items():
            rows.to_csv(inbox / name, index=False)
            start = time.process_time()
            run = ["run", str(inbox), "-o", str(folder / "nights"), "--model", model, "--incremental"]
            code = csatext([*run, "--n-jobs", "1", *shared])
            seconds.append(time.process_time() - start)
            if code:
                raise SystemExit(f"night {name}: code {code}")
        run = ["run", str(everything), "-o", str(folder / "once"), "--model", model, "--incremental"]
        csatext([*run, "--n-jobs", "1", *shared])
        one, other = written(folder / "nights"), written(folder / "once")
        unlike = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    print(f"{given.nights} nights of about {given.rows} rows: {len(one)} files, {len(unlike)} unlike")
    print(f"unlike: {', '.join(unlike) or 'none'}")
    print(f"processor seconds a night: {np.median(seconds):.1f} (median), {max(seconds):.1f} (most)")


if __name__ == "__main__":
    main()
