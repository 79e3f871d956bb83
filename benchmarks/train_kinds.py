"""Weights of the evidence for the kind of a contact, learnt from text that the project wrote.

Run: python benchmarks/train_kinds.py [--n 6000] [--write]
Text is that of ``kinds.tsv`` beside this file and of the simulated centre, whose orders are requests; each
kind counts alike, and in it both sources do. The weights are those of a multinomial logistic regression, to
one decimal; that of constructions which only a complaint uses stays as it is: it is chosen so that one of
them makes a complaint of a sentence without other evidence. Printed are the weights and, on folds of the
sentences that were held out and on another simulated centre, how many contacts of each kind are found, with
the weights of ``lexicons/kind_weights.tsv`` and with the new ones. ``--write`` replaces that file. Run it
again when the polar words, the sentiment score, the cues or the constructions have changed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from csatext import ContactKind, Vectorizer, simulate_center
from csatext.analysis.kinds.kind_cues import FEATURES, KINDS
from csatext.lexicon import lexicon_path

SENTENCES = Path(__file__).with_name("kinds.tsv")
NAMES = (*FEATURES, "satisfied", "dissatisfied")
KEPT = "grievances"
C = 0.3
"""Regularization: the weights of few words must not grow large (chosen)."""


def evidence_of(contacts: pd.DataFrame | list[str]) -> np.ndarray:
    corpus = Vectorizer().fit_transform(contacts)
    return ContactKind()._evidence(corpus)


def simulated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the evidence and the kinds of simulated contacts."""
    center = simulate_center(n, random_state=seed)
    kinds = center.truth["kind"].replace({"order": "request"})
    return evidence_of(center.contacts), kinds.reindex(center.contacts["doc_id"]).to_numpy()


def weighted(kinds: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return weights by which each kind counts alike, and each source of it."""
    frame = pd.DataFrame({"kind": kinds, "source": sources})
    size = frame.groupby(["kind", "source"])["kind"].transform("size")
    n_sources = frame.groupby("kind")["source"].transform("nunique")
    return (len(frame) / len(KINDS) / n_sources / size).to_numpy()


def learn(evidence: np.ndarray, kinds: np.ndarray, sources: np.ndarray, before: pd.DataFrame) -> pd.DataFrame:
    """Return the table of weights, one row a piece of evidence."""
    numbers = pd.Index(KINDS).get_indexer(pd.Index(kinds))
    kept = NAMES.index(KEPT)
    others = np.delete(np.arange(len(NAMES)), kept)
    # What the constructions weigh is given, so that the rest is learnt beside it.
    model = LogisticRegression(C=C, max_iter=2_000)
    model.fit(evidence[:, others], numbers, sample_weight=weighted(kinds, sources))
    table = pd.DataFrame(0.0, index=[*NAMES, "intercept"], columns=list(KINDS))
    table.iloc[others] = model.coef_.T
    table.loc["intercept"] = model.intercept_
    table.loc[KEPT] = before.loc[KEPT]
    return table.round(1)


def found(table: pd.DataFrame, evidence: np.ndarray, kinds: np.ndarray) -> str:
    """Return the share of each kind that is found, and the precision of complaints."""
    scores = evidence @ table.loc[list(NAMES)].to_numpy() + table.loc["intercept"].to_numpy()
    given = np.array(KINDS)[softmax(scores, axis=1).argmax(axis=1)]
    shares = [
        f"{kind} {np.mean(given[kinds == kind] == kind):.3f}" for kind in KINDS if (kinds == kind).any()
    ]
    precision = np.mean(kinds[given == "complaint"] == "complaint")
    return ", ".join(shares) + f"; precision of complaints {precision:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=6_000)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    path = lexicon_path("kind_weights.tsv")
    before = pd.read_csv(path, sep="\t").set_index("term")[list(KINDS)].astype(float)
    written = pd.read_csv(SENTENCES, sep="\t")
    own, own_kinds = evidence_of(written["text"].tolist()), written["kind"].to_numpy()
    center, center_kinds = simulated(given.n, 0)
    other, other_kinds = simulated(given.n, 1)
    together = np.vstack((own, center)), np.concatenate((own_kinds, center_kinds))
    sources = np.repeat([0, 1], [len(own), len(center)])
    table = learn(*together, sources, before)
    print(table.to_string())
    print("simulated, shipped:", found(before, other, other_kinds))
    print("simulated, new:    ", found(table, other, other_kinds))
    print("written, shipped:  ", found(before, own, own_kinds))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    parts = []
    for train, test in folds.split(own, own_kinds):
        rows = np.concatenate((train, len(own) + np.arange(len(center))))
        fold = learn(together[0][rows], together[1][rows], sources[rows], before)
        scores = own[test] @ fold.loc[list(NAMES)].to_numpy() + fold.loc["intercept"].to_numpy()
        parts.append(np.array(KINDS)[scores.argmax(axis=1)] == own_kinds[test])
    print(f"written, new, held out: {np.concatenate(parts).mean():.3f} right")
    if given.write:
        table.sort_index().rename_axis("term").to_csv(path, sep="\t", lineterminator="\n", float_format="%g")
        print(f"{path.name}: written")


if __name__ == "__main__":
    main()
