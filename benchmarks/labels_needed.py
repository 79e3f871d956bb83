"""Labels that a classifier needs: contacts drawn by low confidence against contacts drawn at random.

Run: python benchmarks/labels_needed.py TRAIN.csv TEST.csv [--text text] [--label label] [--seeds 10]

A round adds labels to those there are: at random, or by ``sample_for_tagging(strategy="uncertain")`` on the
confidence of the model so far. ``share`` is the macro-F1 on the test file relative to that of a model that
has all labels; ``needed`` the least labels of a seed with 95 % of it, the median over seeds. The model is
the linear one on the features of ``ComplaintClassifier``, at its default strength, without its search for
settings: hundreds of fits take minutes then.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

import csatext as ct

ROUNDS = (100, 200, 300, 400, 600, 800, 1200, 1600, 2400)


def read(path, text, label):
    """Return texts and labels of a file."""
    table = pd.read_csv(path, dtype=str).dropna(subset=[text, label])
    return table[text].tolist(), table[label].to_numpy(object)


def score(train, labels, rows, test, truth):
    """Return the macro-F1 of a model of some rows, and its confidence in all."""
    if len(np.unique(labels[rows])) < 2:
        return 0.0, np.zeros(train.shape[0])
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=300).fit(train[rows], labels[rows])
    return f1_score(truth, model.predict(test), average="macro"), model.predict_proba(train).max(axis=1)


def course(strategy, seed, train, labels, test, truth):
    """Return the macro-F1 after each round."""
    ids = np.arange(train.shape[0])
    rng = np.random.default_rng([7, seed])
    rows = rng.permutation(ids)[: ROUNDS[0]]
    found = []
    for place, size in enumerate(ROUNDS):
        reached, confidence = score(train, labels, rows, test, truth)
        found.append(reached)
        if place + 1 < len(ROUNDS):
            rest = np.setdiff1d(ids, rows)
            facts = pd.DataFrame({"doc_id": rest, "confidence": confidence[rest]})
            more = ROUNDS[place + 1] - size
            drawn = ct.sample_for_tagging(facts, more, strategy=strategy, random_state=seed)
            rows = np.concatenate([rows, drawn["doc_id"].to_numpy()])
    return found


def main():
    """Print a row a round, then the labels needed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    (texts, labels), (others, truth) = (
        read(path, given.text, given.label) for path in (given.train, given.test)
    )
    corpus = ct.Vectorizer(min_df=2).fit_transform(pd.Series([*texts, *others]))
    weights = TfidfTransformer(sublinear_tf=True).fit_transform(corpus.dtm)
    train, test = weights[: len(texts)], weights[len(texts) :]
    whole, _ = score(train, labels, np.arange(len(texts)), test, truth)
    print(f"all {len(texts)} labels: macro-F1 {whole:.3f}", flush=True)
    shares = {
        strategy: np.array([course(strategy, s, train, labels, test, truth) for s in range(given.seeds)])
        / whole
        for strategy in ("random", "uncertain")
    }
    for place, size in enumerate(ROUNDS):
        said = "  ".join(f"{name} {part[:, place].mean():.3f}" for name, part in shares.items())
        print(f"{size:5d} labels, share of the macro-F1 of all: {said}")
    for name, part in shares.items():
        least = [
            next((size for size, s in zip(ROUNDS, one, strict=True) if s >= 0.95), np.inf) for one in part
        ]
        print(f"{name}: needed for 95 % {np.median(least):.0f} (seeds: {least})")


if __name__ == "__main__":
    main()
