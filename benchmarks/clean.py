"""Speed and safety of cleaning and conversion on real reviews, and the bars on the source articles.

Usage: python benchmarks/clean.py [DATA_FOLDER] [--articles FOLDER] [--quick]

DATA_FOLDER holds sentiment/*.csv and reviews/*.csv (default: environment variable CSATEXT_DATA). Prints a
table; says plainly when a folder is absent.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csatext.text.cleaning import clean, clean_column
from csatext.text.conversion import to_simplified, to_simplified_column

HAN = re.compile(r"[^\u3400-\u9fff]+")
NOTE = re.compile("(?<=[\u3400-\u9fff])\\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ][a-z]*\\)")
REVIEW = 58
FILES = {
    "sentiment/online_shopping_dev.csv": "review",
    "sentiment/waimai_dev.csv": "review",
    "reviews/hk_restaurants_dated_dev.csv": "comments",
}


def row(name: str, value: object) -> None:
    print(f"{name:<58}{value}")


def rate(texts: list[str], change: Callable[[pa.Array], object], least_seconds: float) -> str:
    """Return reviews of 58 characters a second of processor time, the best of several runs."""
    times = max(1, round(20_000 / len(texts)))
    column = pa.array(texts * times, pa.large_string())
    change(column.slice(0, 100))
    best, spent = float("inf"), 0.0
    while spent < least_seconds:
        start = time.process_time()
        change(column)
        took = time.process_time() - start
        best, spent = min(best, took), spent + took
    return f"{sum(map(len, texts)) * times / REVIEW / best:,.0f} reviews/s"


def on_reviews(folder: Path, seconds: float) -> None:
    for name, column in FILES.items():
        path = folder / name
        if not path.is_file():
            row(name, "absent")
            continue
        texts = pd.read_csv(path)[column].dropna().astype(str).tolist()
        cleaned = clean_column(pa.array(texts)).to_pylist()
        row(f"{name}: rows", f"{len(texts):,}")
        row(
            "  Chinese characters changed in",
            sum(HAN.sub("", a) != HAN.sub("", b) for a, b in zip(texts, cleaned, strict=True)),
        )
        row(
            "  column differs from row by row in",
            sum(clean(a) != b for a, b in zip(texts, cleaned, strict=True)),
        )
        row("  cleaning twice differs in", sum(clean(b) != b for b in cleaned))
        simple = to_simplified_column(pa.array(texts)).to_pylist()
        row(
            "  simplified column differs from row by row in",
            sum(to_simplified(a) != b for a, b in zip(texts, simple, strict=True)),
        )
        row("  clean_column", rate(texts, clean_column, seconds))
        row("  to_simplified_column", rate(texts, to_simplified_column, seconds))


def on_articles(folder: Path) -> None:
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        cleaned = clean(text)
        notes, left = len(NOTE.findall(text)), len(NOTE.findall(cleaned))
        row(
            f"{path.name[:3]}: notes, ?? and characters",
            f"{notes} -> {left}, {text.count('??')} -> {cleaned.count('??')}, {len(text)} -> {len(cleaned)}",
        )


def on_long_records(length: int) -> None:
    """One record of ``length`` characters and one of a tenth: the ratio is about 10 when time is linear."""
    for unit in (
        "好",
        "!",
        "?",
        " ",
        "&",
        "&amp;",
        "<b ",
        "(",
        "統(tǒng)",
        "??蛻",
        "/:",
        "http://a",
        "客服很好。\n",
        "<<b>b>",
    ):
        spent = []
        for size in (length // 10, length):
            text = unit * (size // len(unit))
            start = time.process_time()
            clean(text)
            spent.append(time.process_time() - start)
        row(
            f"{length:,} characters of {unit!r}",
            f"{spent[1]:.2f} s, {spent[1] / max(spent[0], 1e-9):.1f} times a tenth",
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("CSATEXT_DATA", ""))
    parser.add_argument("--articles", default="")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if given.data and Path(given.data).is_dir():
        on_reviews(Path(given.data), 0.5 if given.quick else 3.0)
    else:
        row("real reviews", "absent: give their folder as argument or in CSATEXT_DATA")
    if given.articles and Path(given.articles).is_dir():
        on_articles(Path(given.articles))
    else:
        row("source articles", "absent: give their folder with --articles")
    on_long_records(200_000 if given.quick else 5_000_000)


if __name__ == "__main__":
    main()
