"""Aspect sentiment: F1 on labelled restaurant reviews beside a lexicon baseline, and speed.

Run: python benchmarks/aspects.py [--data FOLDER] [--n 20000]
The baseline has the same names of aspects and the same polar words; the aspect is given the polar word
nearest to its name in the sentence, whatever clause it stands in, without negation or degree. A review has an
aspect where it is mentioned; its polarity is the sign of the mean of the mentions, neutral within .1 of 0. F1
counts a review's aspect as right where it is there with the right polarity; the macro mean is over aspects.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

import ahocorasick_rs
import numpy as np
import pandas as pd

from csatext import AspectSentiment, Corpus, Lexicon, Taxonomy, Vectorizer, simulate_center

LABELS = {
    "location_traffic": "交通",
    "location_distance_from_business_district": "位置",
    "location_easy_to_find": "好找程度",
    "service_wait_time": "排队等待",
    "service_waiters_attitude": "服务态度",
    "service_parking_convenience": "停车",
    "service_serving_speed": "上菜速度",
    "price_level": "价格",
    "price_cost_effective": "性价比",
    "price_discount": "优惠",
    "environment_decoration": "环境装修",
    "environment_noise": "噪音",
    "environment_space": "空间",
    "environment_cleaness": "卫生",
    "dish_portion": "分量",
    "dish_taste": "口味",
    "dish_look": "菜品外观",
    "dish_recommendation": "推荐程度",
}
"""Labels of the restaurant set, and the aspects that they are compared with."""
NEUTRAL, ABSENT = 0.1, -2
SENTENCE = re.compile(r"[。！？!?\n]+")


def restaurant_reviews(folder: Path) -> pd.DataFrame:
    """Return the reviews with their labels, named by aspect: -2 absent, -1, 0, 1."""
    table = pd.read_csv(folder / "sentiment" / "restaurant_aspects_dev.csv")
    text = table["reviewbody"].str.replace("\\n", "\n", regex=False)
    return table[list(LABELS)].rename(columns=LABELS).assign(text=text)


def polarities(mentions: pd.DataFrame, n_docs: int) -> pd.DataFrame:
    """Return -2, -1, 0 or 1 by document and aspect, from mentions with doc_id, aspect and sentiment."""
    mean = mentions.pivot_table(index="doc_id", columns="aspect", values="sentiment", aggfunc="mean")
    mean = mean.reindex(index=range(n_docs), columns=list(LABELS.values()))
    sign = np.sign(mean).where(mean.abs() >= NEUTRAL, 0)
    return sign.where(mean.notna(), ABSENT).astype(int)


def baseline(texts: list[str]) -> pd.DataFrame:
    """Return mentions by names of aspects and the nearest polar word of the sentence."""
    words = Lexicon.load("aspect_words").table
    words = words[words["role"] == "name"]
    aspect = dict(zip(words["term"], words["aspects"].str.split(",").str[0], strict=True))
    polar = Lexicon.load("polarity").table
    valence = dict(zip(polar["term"], polar["valence"], strict=True))
    finders = [
        (
            list(found),
            ahocorasick_rs.AhoCorasick(list(found), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest),
        )
        for found in (aspect, valence)
    ]
    rows = []
    for row, text in enumerate(texts):
        for sentence in SENTENCE.split(text):
            names, opinions = (
                [(terms[at], start, end) for at, start, end in finder.find_matches_as_indexes(sentence)]
                for terms, finder in finders
            )
            opinions = [one for one in opinions if valence[one[0]] != 0]
            for name, start, end in names:
                if opinions:
                    near = min(opinions, key=lambda one: max(one[1] - end, start - one[2]))
                    rows.append((row, aspect[name], valence[near[0]]))
    return pd.DataFrame(rows, columns=["doc_id", "aspect", "sentiment"])


def scores(labels: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return precision, recall and F1 of presence and polarity by aspect."""
    rows = []
    for name in LABELS.values():
        there, told = labels[name] != ABSENT, found[name] != ABSENT
        n, n_found = int(there.sum()), int(told.sum())
        right = int((there & (labels[name] == found[name])).sum())
        both = int((there & told).sum())
        f1, f1_presence = (2 * good / max(n + n_found, 1) for good in (right, both))
        rows.append((name, n, n_found, right / max(n_found, 1), right / max(n, 1), f1, f1_presence))
    columns = ["aspect", "n", "n_found", "precision", "recall", "f1", "f1_presence"]
    return pd.DataFrame(rows, columns=columns).set_index("aspect")


def by_polarity(labels: pd.DataFrame, found: pd.DataFrame) -> float:
    """Return the mean F1 over pairs of aspect and polarity that the labels have."""
    values = []
    for name in LABELS.values():
        for sign in (-1, 0, 1):
            there, told = labels[name] == sign, found[name] == sign
            if there.any():
                values.append(2 * (there & told).sum() / (there.sum() + told.sum()))
    return float(np.mean(values))


def speed(texts: list[str], pack: str) -> float:
    """Return documents a processor second, the best of three, from a ready corpus."""
    corpus = Vectorizer().fit_transform(texts)
    estimator = AspectSentiment(Taxonomy.load(pack))
    estimator.transform(corpus[:100])
    return len(texts) / min(_seconds(estimator, corpus) for _ in range(3))


def _seconds(estimator: AspectSentiment, corpus: Corpus) -> float:
    before = time.process_time()
    estimator.transform(corpus)
    return time.process_time() - before


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--n", type=int, default=20_000)
    arguments = parser.parse_args()
    if arguments.data:
        reviews = restaurant_reviews(arguments.data)
        corpus = Vectorizer().fit_transform(reviews["text"].tolist())
        estimator = AspectSentiment(Taxonomy.load("catering"), level=2)
        ours = polarities(estimator.transform(corpus), len(reviews))
        plain = polarities(baseline(corpus.texts.tolist()), len(reviews))
        table = scores(reviews, ours).join(scores(reviews, plain)[["f1"]].add_suffix("_baseline"))
        print(table.round(3).to_string())
        print(table.mean().round(3).to_string())
        print("F1 by aspect and polarity:", round(by_polarity(reviews, ours), 3),
              "baseline:", round(by_polarity(reviews, plain), 3))  # fmt: skip
        shop = (
            pd.read_csv(arguments.data / "sentiment" / "online_shopping_dev.csv")["review"]
            .astype(str)
            .tolist()
        )
        texts = shop[: arguments.n]
        packs = ("ecommerce", "catering", "general")
    else:
        center = simulate_center(seed=1)
        texts = center.contacts["text"].astype(str).tolist()[: arguments.n]
        packs = ("general",)
    characters = sum(map(len, texts)) / len(texts)
    for pack in packs:
        print(f"{pack}: {speed(texts, pack):,.0f} documents a second ({characters:.0f} characters each)")


if __name__ == "__main__":
    main()
