"""Character counts as arrays: the frequencies of ``lexicons/hanzi.tsv``, pairs in jieba's dictionary.

    python benchmarks/character_counts.py [--check]

Writes ``character_frequencies.npz`` and ``character_bigrams.npz`` beside the modules that read them (run it
after a change of ``lexicons/hanzi.tsv``); ``--check`` only says whether they are up to date.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import opencc
from numpy.typing import NDArray

from csatext.ingest.repair import character_frequencies
from csatext.lexicon import lexicon_path
from csatext.text.steps import character_bigrams

HANZI_SHARE = 0.6
"""Share of the characters of business text that are hanzi."""
TRADITIONAL = ("s2t", "s2tw", "s2hk")

Arrays = dict[str, NDArray[np.generic]]


def frequencies() -> Arrays:
    """Return code points and log10 of their probability, Traditional forms by OpenCC; the highest counts."""
    lines = lexicon_path("hanzi.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    characters = "".join(row[0] for row in rows)
    shares = np.array([row[1] for row in rows], dtype=np.float64) / 1e6 * HANZI_SHARE
    values = np.log10(shares).astype(np.float32)
    table = np.full(0x10001, -np.inf, dtype=np.float32)
    for text in (characters, *(opencc.OpenCC(kind).convert(characters) for kind in TRADITIONAL)):
        np.maximum.at(table, [ord(character) for character in text], values)
    found = np.flatnonzero(np.isfinite(table))
    return {"characters": found.astype(np.uint32), "values": table[found]}


def pairs() -> Arrays:
    """Return the characters of jieba's dictionary with their counts, and pairs inside its words.

    ``pairs`` are the steps from one pair to the next; a pair is the place of its left character times the
    number of characters plus the place of the right one.
    """
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("缺少 jieba；请运行 pip install jieba。", name="jieba")
    lines = Path(package.origin).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    words, times = zip(*(line.split(" ", 2)[:2] for line in lines), strict=True)
    codes = np.frombuffer("\n".join(words).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    breaks = codes == ord("\n")
    weights = np.array(times, dtype=np.int64)[np.cumsum(breaks)]
    single = np.bincount(codes[~breaks], weights[~breaks]).astype(np.int64)
    characters = np.unique(codes[~breaks])
    place = np.searchsorted(characters, codes)
    inside = ~breaks[:-1] & ~breaks[1:]
    keys, which = np.unique((place[:-1] * characters.size + place[1:])[inside], return_inverse=True)
    together = np.bincount(which, weights[:-1][inside]).astype(np.int64)
    return {
        "characters": characters.astype(np.uint32),
        "counts": single[characters].astype(np.uint32),
        "pairs": np.diff(keys, prepend=0).astype(np.uint32),
        "together": together.astype(np.uint32),
    }


FILES = {
    Path(character_frequencies.__file__).with_suffix(".npz"): frequencies,
    Path(character_bigrams.__file__).with_suffix(".npz"): pairs,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    checks = parser.parse_args().check
    for path, make in FILES.items():
        arrays = make()
        if checks:
            with np.load(path, allow_pickle=False) as kept:
                same = all(np.array_equal(kept[name], values) for name, values in arrays.items())
            print(f"{path.name}: {'up to date' if same else 'differs'}")
            continue
        np.savez_compressed(path, **arrays)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
