"""How good ComplaintClassifier is against LinearSVC on words and logistic regression on TF-IDF.

usage: python benchmarks/classifier.py [--data FOLDER] [--quick]

FOLDER holds complaints/finance_6class_{train,dev}.csv, complaints/gov_7class_segmented_train.csv,
complaints/car_merged.csv and sentiment/online_shopping_dev.csv; what is not there is left out and said. The
cold start runs on the simulated centre, without data.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

import csatext as ct
from csatext.analysis.classification.calibration import calibration_error

PROMISES = {"finance": 0.90, "citizens": 0.95}
WIDTHS = (9, 16, 42, 24, 24, 14)
CAUSES = {
    "人工难接通": "受理与响应",
    "价格争议": "价格与优惠",
    "发票问题": "发票与凭证",
    "商品破损": "物流配送",
    "商品质量": "产品质量",
    "少发错发": "产品质量",
    "应用故障": "系统与应用",
    "断网故障": "网络通信",
    "服务态度": "服务态度",
    "物流超时": "物流配送",
    "维修安装": "安装与维修",
    "网速慢": "网络通信",
    "虚假宣传": "营销与宣传",
    "解约受阻": "合同与办理",
    "退款缓慢": "退换退款",
    "重复扣费": "计费与扣费",
    "骚扰泄露": "营销与宣传",
}
"""First level of the shipped taxonomy for each cause of the simulated centre."""


def read(folder: Path, name: str) -> tuple[ct.Corpus, np.ndarray] | None:
    """Return a corpus and its labels, or None where the file is not there."""
    files, text, label = {
        "finance": (["finance_6class_train.csv", "finance_6class_dev.csv"], "text", "label"),
        "citizens": (["gov_7class_segmented_train.csv"], "segmented_text", "label"),
        "car": (["car_merged.csv"], "desc", "problem"),
        "goods": (["../sentiment/online_shopping_dev.csv"], "review", "cat"),
    }[name]
    paths = [folder / "complaints" / file for file in files]
    if not all(path.is_file() for path in paths):
        print(f"{name}: no {', '.join(str(path) for path in paths)}")
        return None
    table = pd.concat([pd.read_csv(path, dtype=str) for path in paths], ignore_index=True)
    if name == "car":
        table = table[table[label].fillna("").str.contains("[A-Z]")].reset_index(drop=True)
    corpus = ct.Vectorizer().fit_transform(table[text].fillna(""))
    return corpus, table[label].to_numpy(object)


def same(tokens: list[str]) -> list[str]:
    return tokens


def words_svc() -> Pipeline:
    return make_pipeline(TfidfVectorizer(analyzer=same), LinearSVC(random_state=0))


def tfidf_lr() -> Pipeline:
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=300),
    )


PEERS: dict[str, tuple[Callable[[], Pipeline], Callable[[ct.Corpus], list[Any]]]] = {
    "LinearSVC, words": (words_svc, lambda corpus: [[w for w in t if w.strip()] for t in corpus.tokens]),
    "TF-IDF + LR, characters": (tfidf_lr, lambda corpus: corpus.texts.tolist()),
}


def peer_answers(
    name: str, corpus: ct.Corpus, labels: np.ndarray, train: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return a peer's answers on ``test`` and how sure it is of each, NaN where it does not say."""
    make, view = PEERS[name]
    texts = view(corpus)
    model = make().fit([texts[at] for at in train], labels[train])
    held_out = [texts[at] for at in test]
    if not hasattr(model, "predict_proba"):
        return model.predict(held_out), np.full(len(test), np.nan)
    probability = model.predict_proba(held_out)
    return model.classes_[probability.argmax(axis=1)], probability.max(axis=1)


def cross_validated(name: str, corpus: ct.Corpus, labels: np.ndarray, n_folds: int) -> Iterator[list[str]]:
    folds = list(StratifiedKFold(n_folds, shuffle=True, random_state=0).split(labels, labels))
    for who in (*PEERS, "csatext"):
        answer, sure = np.empty(len(labels), object), np.full(len(labels), np.nan)
        began = time.process_time()
        for train, test in folds:
            if who == "csatext":
                table = ct.ComplaintClassifier().fit(corpus[train], labels[train]).transform(corpus[test])
                answer[test], sure[test] = table["complaint"], table["complaint_probability"]
            else:
                answer[test], sure[test] = peer_answers(who, corpus, labels, train, test)
        took = (time.process_time() - began) / n_folds
        gap = np.nan if np.isnan(sure).any() else calibration_error(sure, (answer == labels).astype(bool))
        macro = f1_score(labels.astype(str), answer.astype(str), average="macro")
        yield [
            name,
            f"{n_folds} folds",
            who,
            f"macro-F1 {macro:.3f}",
            f"ECE {gap:.3f}",
            f"{took:.1f} s a fold",
        ]


def promised(name: str, corpus: ct.Corpus, labels: np.ndarray, n_splits: int) -> Iterator[list[str]]:
    precision = PROMISES[name]
    rows = []
    for seed in range(n_splits):
        train, test = train_test_split(
            np.arange(len(labels)), test_size=0.2, random_state=seed, stratify=labels
        )
        model = ct.ComplaintClassifier(precision=precision).fit(corpus[train], labels[train])
        table = model.transform(corpus[test])
        right = (table["complaint"] == labels[test]).to_numpy()
        answered = ~table["needs_review"].to_numpy()
        rows.append((right[answered].mean() if answered.any() else 1.0, answered.mean()))
    reached, share = np.array(rows).T
    kept, strictly = (reached >= precision - 0.01).sum(), (reached >= precision).sum()
    yield [
        name,
        f"{n_splits} splits",
        "csatext",
        f"promise {precision:.2f} kept within .01 in {kept} (at all in {strictly})",
        f"answered {share.mean():.2f}",
        "",
    ]


def few_labels(corpus: ct.Corpus, labels: np.ndarray, n_seeds: int) -> Iterator[list[str]]:
    reached: dict[str, list[float]] = {}
    for seed in range(n_seeds):
        train = np.sort(np.random.default_rng(seed).choice(len(labels), 200, replace=False))
        test = np.setdiff1d(np.arange(len(labels)), train)
        given = np.full(len(labels), None, object)
        given[train] = labels[train]
        answers = {name: peer_answers(name, corpus, labels, train, test)[0] for name in PEERS}
        alone = ct.ComplaintClassifier().fit(corpus[train], labels[train])
        answers["csatext, labels alone"] = alone.predict(corpus[test])
        answers["csatext"] = ct.ComplaintClassifier().fit(corpus, given).predict(corpus[test])
        for who, answer in answers.items():
            reached.setdefault(who, []).append(f1_score(labels[test], answer, average="macro"))
    for who, scores in reached.items():
        spread = f"{min(scores):.3f} to {max(scores):.3f}"
        yield ["goods", "200 labels", who, f"macro-F1 {np.mean(scores):.3f}", spread, f"{n_seeds} draws"]


def several(corpus: ct.Corpus, labels: np.ndarray) -> Iterator[list[str]]:
    sets = [sorted(set(re.findall("[A-Z]", codes))) for codes in labels]
    binarizer = MultiLabelBinarizer().fit(sets)
    truth = binarizer.transform(sets)
    answers = {who: np.zeros_like(truth) for who in ("LinearSVC one-vs-rest, words", "csatext")}
    tokens = corpus.tokens
    for train, test in KFold(5, shuffle=True, random_state=0).split(truth):
        peer = make_pipeline(TfidfVectorizer(analyzer=same), OneVsRestClassifier(LinearSVC(random_state=0)))
        peer.fit([tokens[at] for at in train], truth[train])
        answers["LinearSVC one-vs-rest, words"][test] = peer.predict([tokens[at] for at in test])
        model = ct.ComplaintClassifier(multilabel=True).fit(corpus[train], [sets[at] for at in train])
        names = pd.DataFrame(model.predict(corpus[test]), columns=model.classes_)
        answers["csatext"][test] = names.reindex(columns=binarizer.classes_, fill_value=0)
    for who, answer in answers.items():
        micro, macro = (f1_score(truth, answer, average=name, zero_division=0) for name in ("micro", "macro"))
        yield ["car", "5 folds, letters", who, f"micro-F1 {micro:.3f}", f"macro-F1 {macro:.3f}", ""]


def cold_start(n: int) -> Iterator[list[str]]:
    center = ct.simulate_center(n, random_state=11)
    corpus = ct.Vectorizer().fit_transform(center.contacts)
    wanted = center.truth["cause"].map(CAUSES).reindex(corpus.doc_ids)
    rules = ct.RuleClassifier().transform(corpus)["category"]
    began = time.process_time()
    model = ct.ComplaintClassifier(taxonomy=ct.Taxonomy.load()).fit(corpus)
    took = time.process_time() - began
    some = pd.Series(None, corpus.doc_ids, dtype=object)
    drawn = wanted.dropna().sample(100, random_state=0).index
    some[drawn] = wanted[drawn]
    joined = ct.ComplaintClassifier(taxonomy=ct.Taxonomy.load()).fit(corpus, some)
    complaints = wanted.notna() & center.truth["is_complaint"].reindex(corpus.doc_ids)
    answers = {
        "rules alone": rules,
        f"csatext, {model.n_weak_} by rules": model.transform(corpus)["complaint"],
        f"csatext, {joined.n_weak_} by rules, 100 by people": joined.transform(corpus)["complaint"],
    }
    for who, answer in answers.items():
        shown = complaints & ~wanted.index.isin(drawn)
        right = (answer == wanted)[shown].mean()
        yield ["simulated", "cold start", who, f"right {right:.3f}", "", f"fit {took:.1f} s"]


def speed(corpus: ct.Corpus, labels: np.ndarray) -> Iterator[list[str]]:
    model = ct.ComplaintClassifier(precision=0.9).fit(corpus[:2000], labels[:2000])
    began = time.process_time()
    model.transform(corpus)
    rate = len(corpus) / (time.process_time() - began)
    yield ["goods", "transform", "csatext", f"{rate:,.0f} texts/s", "one core", ""]


def show(found: Iterator[list[str]]) -> None:
    for row in found:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, WIDTHS, strict=True)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmark of ComplaintClassifier.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of data")
    parser.add_argument("--quick", action="store_true", help="fewer folds, splits and draws")
    options = parser.parse_args()
    quick = options.quick
    for name in ("finance", "citizens"):
        if (data := read(options.data, name)) is not None:
            show(cross_validated(name, *data, 2 if quick else 5))
            show(promised(name, *data, 3 if quick else 20))
    if (data := read(options.data, "goods")) is not None:
        show(few_labels(*data, 1 if quick else 5))
        show(speed(*data))
    if (data := read(options.data, "car")) is not None:
        show(several(*data))
    show(cold_start(1500 if quick else 4000))


if __name__ == "__main__":
    main()
