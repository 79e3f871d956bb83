"""Topics against gensim and plain tomotopy, and how long they last.

Run: python benchmarks/topics.py [--data FOLDER] [--sets shop letters centre scale words]
``shop``: negative reviews of ten kinds of products (``sentiment/online_shopping_dev.csv``, label 0), 20
topics, the same counts for all: mean NPMI of the ten terms shown and that of the worst topic, share of the
shown terms that are distinct, mutual information of main topic and kind, seconds. ``letters``: citizen
letters of seven human classes (``complaints/gov_7class_segmented_train.csv``). ``centre``: the simulated
centre, two halves fitted apart, a hundred contacts added to 1,500, births and deaths, false births, the
number of topics. ``scale``: 100,000 and 300,000 short texts of the simulated centre, 50 topics, processor
seconds and memory. ``words``: the first 100 keywords of each set and the first five words of each topic, to
be read.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from gensim.matutils import Sparse2Corpus
from gensim.models import LdaModel
from scipy import sparse
from sklearn.metrics import normalized_mutual_info_score

import csatext as ct
from csatext.analysis.topics.coherence import mean_npmi
from csatext.analysis.topics.folding import fold_in
from csatext.analysis.topics.lda_engines import LDA_ENGINES, Learning

SETS = {
    "letters": ("complaints/gov_fujian3.csv", "留言详情"),
    "cars": ("complaints/car_merged.csv", "desc"),
    "finance": ("complaints/finance_6class_train.csv", "text"),
    "reviews": ("reviews/hk_restaurants_dated_dev.csv", "comments"),
}


def say(*values: object) -> None:
    """Write a line at once."""
    sys.stdout.write(" ".join(map(str, values)) + "\n")
    sys.stdout.flush()


def gensim_auto(corpus: ct.Corpus, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
    """Return topics and shares of gensim's LdaModel with learnt priors."""
    documents = Sparse2Corpus(sparse.csc_matrix(corpus.dtm.T), documents_columns=True)
    words = dict(enumerate(corpus.terms))
    model = LdaModel(documents, n_topics, words, alpha="auto", eta="auto", passes=5, random_state=0)
    gamma, _ = model.inference(list(documents))
    return model.get_topics(), gamma


def tomotopy_plain(corpus: ct.Corpus, n_topics: int) -> tuple[np.ndarray, np.ndarray]:
    """Return topics and shares of tomotopy with 500 sweeps over all terms."""
    components = LDA_ENGINES["tomotopy"](corpus.dtm, corpus.terms, Learning(n_topics, 500, 0.1, 0.01, 0))
    return components, fold_in(corpus.dtm, components, 0.1)


def compared(corpus: ct.Corpus, kinds: np.ndarray, n_topics: int) -> None:
    """Write a line for each way to find topics."""
    ways: dict[str, Callable[[ct.Corpus, int], tuple[np.ndarray, np.ndarray]]] = {
        "gensim auto": gensim_auto,
        "tomotopy 500": tomotopy_plain,
    }
    say("| | NPMI shown | worst | diversity | NMI with kind | seconds |")
    for name, way in ways.items():
        before = time.perf_counter()
        components, theta = way(corpus, n_topics)
        seconds = time.perf_counter() - before
        line(name, corpus, np.argsort(-components, axis=1)[:, :10], theta.argmax(axis=1), kinds, seconds)
    for seed in range(3):
        before = time.perf_counter()
        model = ct.TopicModel(n_topics, random_state=seed)
        main = model.fit_transform(corpus)["topic"].fillna(-1).to_numpy(int)
        seconds = time.perf_counter() - before
        terms = model.topics_.pivot(index="topic", columns="rank", values="term").to_numpy()
        best = np.searchsorted(corpus.terms, terms)
        line(f"csatext, seed {seed}", corpus, best, main, kinds, seconds)


def line(
    name: str, corpus: ct.Corpus, best: np.ndarray, main: np.ndarray, kinds: np.ndarray, seconds: float
) -> None:
    """Write one line of the table."""
    npmi = mean_npmi(corpus.dtm, best)
    distinct = len(np.unique(best)) / best.size
    has = (np.diff(corpus.dtm.indptr) > 0) & (main >= 0)
    nmi = normalized_mutual_info_score(kinds[has], main[has])
    say(f"| {name} | {npmi.mean():.3f} | {npmi.min():.2f} | {distinct:.2f} | {nmi:.3f} | {seconds:.1f} |")


def shop(data: Path) -> None:
    """Compare on negative reviews of shops."""
    table = pd.read_csv(data / "sentiment/online_shopping_dev.csv").dropna(subset="review")
    table = table[table["label"] == 0]
    for phrases in (None, "auto"):
        corpus = ct.Vectorizer(phrases=phrases, min_df=5).fit_transform(table["review"].tolist())
        say(f"shop reviews, phrases={phrases!r}: {corpus}")
        compared(corpus, table["cat"].to_numpy(object), 20)


def letters(data: Path) -> None:
    """Compare on citizen letters of seven classes."""
    table = pd.read_csv(data / "complaints/gov_7class_segmented_train.csv")
    texts = table["segmented_text"].astype(str).str.replace(r"\s+", "", regex=True)
    corpus = ct.Vectorizer(min_df=5).fit_transform(texts.tolist())
    say(f"citizen letters: {corpus}")
    compared(corpus, table["label"].to_numpy(object), 7)


def centre(data: Path | None = None) -> None:
    """Measure how long topics last on the simulated centre."""
    center = ct.simulate_center(6000, random_state=1)
    contacts, cause = center.contacts.reset_index(drop=True), center.truth["cause"].to_numpy(object)
    vectorizer = ct.Vectorizer(phrases="auto", min_df=3)
    corpus = vectorizer.fit_transform(contacts)
    half = np.arange(len(corpus)) < len(corpus) // 2
    old, new = (ct.TopicModel(20).fit(corpus[rows]) for rows in (half, ~half))
    table = ct.align_topics(old, new, corpus)
    say("two halves fitted apart:", table.drop_duplicates("new_topic")["change"].value_counts().to_dict())
    updated = ct.TopicModel(20).fit(corpus[half]).update(corpus[~half])
    say("second half by update:", updated.changes_["change"].value_counts().to_dict())
    model = ct.TopicModel(20).fit(corpus[:1500])
    before = model.transform(corpus[:1500])["topic"]
    after = model.update(corpus[:1600]).transform(corpus[:1600])["topic"].reindex(before.index)
    say(f"100 contacts added to 1,500: {(after == before)[before.notna()].mean():.3f} keep their topic")
    born, false, score = [], 0, np.zeros(3, int)
    for name in ("断网故障", "发票问题", "商品破损", "退款缓慢", "重复扣费", "应用故障"):
        known = ct.TopicModel(20).fit(corpus[half & (cause != name)])
        later = known.update(corpus[~half])
        fresh = later.changes_.loc[later.changes_["change"] == "born", "topic"]
        main = later.transform(corpus[~half])["topic"].to_numpy()
        causes = [pd.Series(cause[~half][main == topic]).value_counts(normalize=True) for topic in fresh]
        born.append((name, [round(float(shares.get(name, 0)), 2) for shares in causes]))
        # A born topic is about the cause that most of its contacts are of.
        found = sum(shares.idxmax() == name for shares in causes)
        score += (found > 0, len(causes) - found, found == 0)
    say("births, share of the planted cause among their contacts:", born)
    f_score = 2 * score[0] / (2 * score[0] + score[1] + score[2])
    say(f"births, F1: {f_score:.2f} (found, false, missed: {score})")
    gone = ct.TopicModel(20).fit(corpus[half]).update(corpus[~half & (cause != "物流超时")])
    say("a cause that is no longer there:", gone.changes_["change"].value_counts().to_dict())
    for seed in range(20):
        shuffled = np.random.default_rng(seed).permutation(len(corpus))
        one, two = np.sort(shuffled[:3000]), np.sort(shuffled[3000:])
        changes = ct.TopicModel(20, n_iter=60).fit(corpus[one]).update(corpus[two]).changes_
        false += int((changes["change"] == "born").any())
    say("runs of 20 with a false birth:", false)
    for n_causes in (8, 13, 20):
        chosen = np.random.default_rng(n_causes).choice(np.unique(cause), n_causes, replace=False)
        auto = ct.TopicModel("auto", n_runs=1).fit(corpus[np.isin(cause, chosen)])
        say(f"{n_causes} causes:", auto.n_topics_curve_[["n_topics", "score", "chosen"]].to_string())


def scale(data: Path | None = None) -> None:
    """Measure processor time and memory on many short texts."""
    texts = ct.simulate_center(20_000, random_state=2).contacts["text"]
    small = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(texts.tolist())
    for n in (100_000, 300_000):
        corpus = small[np.random.default_rng(0).integers(0, len(small), n)]
        before = time.process_time()
        ct.TopicModel(50).fit_transform(corpus)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        say(f"{n:,} texts, 50 topics: {time.process_time() - before:.0f} s of processor, {peak:.2f} GB")


def words(data: Path) -> None:
    """Write keywords and topics of each set, to be read."""
    for name, (path, column) in SETS.items():
        texts = pd.read_csv(data / path)[column].dropna().astype(str)
        corpus = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(texts.tolist())
        say(name, corpus)
        say("  ", " ".join(ct.KeywordExtractor(100).frequencies(corpus)["term"]))
        for topic, terms in ct.TopicModel(20).fit(corpus).topics_.groupby("topic")["term"]:
            say("  ", topic, " ".join(terms[:5]))


def main() -> None:
    """Run the sets asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", nargs="+", default=["shop", "letters", "centre", "words"])
    arguments = parser.parse_args()
    ways = {"shop": shop, "letters": letters, "centre": centre, "scale": scale, "words": words}
    for name in arguments.sets:
        ways[name](arguments.data)


if __name__ == "__main__":
    main()
