"""Topics against gensim and plain tomotopy, and how long they last.

Run: python benchmarks/topics.py [--data FOLDER] [--sets shop letters numbers centre splits changes ...]

``shop``: negative reviews of ten kinds of products (``sentiment/online_shopping_dev.csv``, label 0), 20
topics, the same counts for all: mean NPMI of the ten terms shown and that of the worst topic, share of the
shown terms that are distinct, mutual information of main topic and kind, processor seconds. ``letters``:
citizen letters of seven human classes (``complaints/gov_7class_segmented_train.csv``). ``numbers``: the
number of topics that "auto" takes, of the simulated centre with 20, 13 and 8 causes, of shop reviews and of
letters. ``centre``: the simulated centre, two halves fitted apart, a hundred contacts added to 1,500.
``halves``: two halves fitted apart, of four simulated centres and of shop reviews by chance: topics kept,
topics kept of those that are the same by the causes of their documents, documents whose main topic is the
same, mutual information of main topic and cause among complaints, and how many topics are "kept" in
documents whose words were exchanged at random. ``splits``: two topics of a model are made one, in shop
reviews and in the simulated centre. ``changes``: a class is left out of the first half of documents
(births) or of the second one (deaths), and nothing is left out of random halves (false alarms), in
simulated centres of 6,000 and 20,000 contacts without incidents, in shop reviews by kind and in letters by
class. ``scale``: 100,000 and 300,000 short texts of the simulated centre, 50 topics, processor seconds and
memory. ``million``: 1,000,000 texts of one to three sentences of shop and delivery reviews at random, from
text to topics, and a stop after a minute. ``words``: the first 100 keywords of each set and the first five
words of each topic, to be read.
"""

from __future__ import annotations

import argparse
import copy
import resource
import sys
import time
from collections.abc import Callable, Iterator
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
from csatext.analysis.topics.learning_sample import learning_sample
from csatext.analysis.topics.number_of_topics import choose_number

LEARNING = ct.TopicModel()._how(2)
"""How the defaults learn."""
ALIKE = 0.9
"""Cosine of the causes of the documents of two topics from which they are the same by truth."""
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
        before = time.process_time()
        components, theta = way(corpus, n_topics)
        seconds = time.process_time() - before
        line(name, corpus, np.argsort(-components, axis=1)[:, :10], theta.argmax(axis=1), kinds, seconds)
    for seed in range(3):
        before = time.process_time()
        model = ct.TopicModel(n_topics, random_state=seed)
        main = model.fit_transform(corpus)["topic"].fillna(-1).to_numpy(int)
        seconds = time.process_time() - before
        terms = model.topics_.pivot(index="topic", columns="rank", values="term").to_numpy()
        best = pd.Index(corpus.terms).get_indexer(terms.ravel()).reshape(terms.shape)
        line(f"csatext, seed {seed}", corpus, best, main, kinds, seconds)


def line(
    name: str, corpus: ct.Corpus, best: np.ndarray, main: np.ndarray, kinds: np.ndarray, seconds: float
) -> None:
    """Write one line of the table."""
    npmi = mean_npmi(corpus.dtm, best)
    distinct = len(np.unique(best[best >= 0])) / (best >= 0).sum()
    has = (np.diff(corpus.dtm.indptr) > 0) & (main >= 0)
    nmi = normalized_mutual_info_score(kinds[has], main[has])
    say(f"| {name} | {npmi.mean():.3f} | {npmi.min():.2f} | {distinct:.2f} | {nmi:.3f} | {seconds:.1f} |")


def negative_reviews(data: Path) -> pd.DataFrame:
    """Return the negative reviews of shops, with their kinds of products."""
    table = pd.read_csv(data / "sentiment/online_shopping_dev.csv").dropna(subset="review")
    return table[table["label"] == 0]


def reviews_of_shops(data: Path) -> tuple[ct.Corpus, np.ndarray]:
    """Return the counts of the negative reviews of shops, and their kinds of products."""
    table = negative_reviews(data)
    corpus = ct.Vectorizer(phrases="auto", min_df=5).fit_transform(table["review"].tolist())
    return corpus, table["cat"].to_numpy(object)


def shop(data: Path) -> None:
    """Compare on negative reviews of shops."""
    table = negative_reviews(data)
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
    corpus = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(center.contacts.reset_index(drop=True))
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


def halves(data: Path) -> None:
    """Measure what two halves fitted apart have in common, and what topics of nothing have."""
    for name, corpus, half, kind in halved(data):
        old, new = (ct.TopicModel(20).fit(corpus[rows]) for rows in (half, ~half))
        table = ct.align_topics(old, new, corpus)
        main = [model.transform(corpus)["topic"].to_numpy(float, na_value=-1) for model in (old, new)]
        lasting = table.dropna(subset="new_topic").drop_duplicates("new_topic").set_index("new_topic")
        same = lasting["topic"].where(lasting["topic"] == lasting["old_topic"])
        known = pd.notna(kind)
        shuffled = exchanged(corpus[~half])
        chance = ct.align_topics(old, ct.TopicModel(20).fit(shuffled), corpus)
        row = {
            "set": name,
            "kept": same.notna().mean(),
            "kept of sound ones": np.isin(sound(old), same.dropna()).mean(),
            "kept of those alike by cause": kept_of_alike(kind, *main, same),
            "agree": (pd.Series(main[1]).map(same).to_numpy(float, na_value=np.nan) == main[0]).mean(),
            "nmi": np.mean([normalized_mutual_info_score(kind[known], one[known]) for one in main]),
            "by chance": chance.dropna(subset="new_topic")
            .drop_duplicates("new_topic")["topic"]
            .isin(old.topic_ids_)
            .mean(),
        }
        say(" ".join(f"{key} {value if key == 'set' else round(value, 3)}" for key, value in row.items()))


def kept_of_alike(kind: np.ndarray, before: np.ndarray, after: np.ndarray, same: pd.Series) -> float:
    """Return the share that is kept of topics that have the same causes in both models.

    Those are the same of which each is the other's nearest. Topics of contacts without a cause (inquiries,
    orders, praise) are left out: whether they are the same is not known.
    """
    tables = [pd.crosstab(one, kind.astype(str)).drop(index=-1, errors="ignore") for one in (before, after)]
    first, second = (table.div(np.sqrt((table**2).sum(axis=1)), axis=0) for table in tables)
    first, second = (side[side.idxmax(axis=1) != "nan"] for side in (first, second))
    cosine = first @ second.T
    nearest = cosine.idxmax(axis=1)
    alike = [
        (old, new)
        for old, new in nearest.items()
        if cosine[new].idxmax() == old and cosine.loc[old, new] >= ALIKE
    ]
    return float(np.mean([same.get(new, np.nan) == old for old, new in alike]))


def sound(model: ct.TopicModel) -> np.ndarray:
    """Return the topics whose terms stand together."""
    return model.topic_ids_[model.coherence_[:, 0] >= 0]


def halved(data: Path) -> Iterator[tuple[str, ct.Corpus, np.ndarray, np.ndarray]]:
    """Yield name, corpus, first half, and the cause of a complaint or the kind of product."""
    for seed in (1, 4, 5, 6):
        center = ct.simulate_center(6000, random_state=seed)
        corpus = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(center.contacts.reset_index(drop=True))
        cause = center.truth["cause"].mask(center.truth["cause"].isin(["咨询", "办理", "表扬"]))
        yield (
            f"centre, seed {seed}",
            corpus,
            np.arange(len(corpus)) < len(corpus) // 2,
            cause.to_numpy(object),
        )
    corpus, kind = reviews_of_shops(data)
    yield "shop", corpus, np.random.default_rng(1).random(len(corpus)) < 0.5, kind


def exchanged(corpus: ct.Corpus) -> ct.Corpus:
    """Return documents as long as those given, whose words stand in any of them."""
    counts = corpus.dtm
    words = np.random.default_rng(0).permutation(np.repeat(counts.indices, counts.data))
    row = np.repeat(np.arange(len(corpus)), np.asarray(counts.sum(axis=1)).ravel())
    other = copy.copy(corpus)
    other.dtm = sparse.coo_array((np.ones(len(words), np.int32), (row, words)), shape=counts.shape).tocsr()
    other.dtm.sum_duplicates()
    return other


def numbers(data: Path) -> None:
    """Write the curve by which "auto" takes a number of topics."""
    for seed in (1, 2):
        center = ct.simulate_center(6000, random_state=seed)
        cause = center.truth["cause"].to_numpy(object)
        corpus = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(center.contacts.reset_index(drop=True))
        for n_causes in (20, 13, 8):
            chosen = np.random.default_rng(n_causes).choice(np.unique(cause), n_causes, replace=False)
            curve_of(f"centre, seed {seed}, {n_causes} causes", corpus[np.isin(cause, chosen)])
    corpus, _ = reviews_of_shops(data)
    curve_of("shop reviews of 10 kinds", corpus)
    letter = pd.read_csv(data / "complaints/gov_7class_segmented_train.csv")["segmented_text"].astype(str)
    texts = letter.str.replace(r"\s+", "", regex=True).tolist()
    curve_of("letters of 7 classes", ct.Vectorizer(phrases="auto", min_df=5).fit_transform(texts))


def curve_of(name: str, corpus: ct.Corpus) -> None:
    """Write the numbers of topics tried on a corpus."""
    before = time.process_time()
    sample, columns = learning_sample(corpus, 20_000, True, 0)
    chosen, curve = choose_number(sample, corpus.terms[columns], "tomotopy", LEARNING, verbose=False)
    say(f"{name}: {chosen} topics, {time.process_time() - before:.0f} s of processor")
    say(curve.round(4).to_string(index=False))


def splits(data: Path) -> None:
    """Count splits and merges found between models of two halves, planted and by chance.

    Two topics of the first half that are surely the same in the second one are made one topic, the mean of
    both by their shares: a split is found where that one is told to be split into the two topics that they
    were kept as. Every other split is a false one that was not there before. The other way round the same is
    a merge.
    """
    center = ct.simulate_center(6000, random_state=1)
    centre = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(center.contacts.reset_index(drop=True))
    for name, corpus in (("shop", reviews_of_shops(data)[0]), ("centre of 6,000", centre)):
        first = np.random.default_rng(0).random(len(corpus)) < 0.5
        one, two = (ct.TopicModel(20).fit(corpus[rows]) for rows in (first, ~first))
        before = ct.align_topics(one, two, corpus)
        same = (before["change"] == "kept") & (before["similarity"] >= 0.7)
        kept = before[same].set_index("old_topic")["new_topic"]
        told_before = {
            "split": before.loc[before["change"] == "split", "old_topic"],
            "merged": ct.align_topics(two, one, corpus).query("change == 'merged'")["new_topic"],
        }
        pairs = np.array([(a, b) for a in kept.index for b in kept.index if a < b])
        drawn = pairs[np.random.default_rng(1).permutation(len(pairs))[:40]]
        for change, side, other in (("split", "old", "new"), ("merged", "new", "old")):
            score = np.zeros(3, int)
            for pair in drawn:
                single = joined(one, pair)
                models = (single, two) if change == "split" else (two, single)
                table = ct.align_topics(*models, corpus)
                told = table[table["change"] == change].groupby(f"{side}_topic")[f"{other}_topic"].agg(set)
                hit = told.get(pair[0], set()) >= set(kept[pair])
                known = set(told_before[change])
                score += (hit, len(set(told.index) - known - {pair[0]}), not hit)
            f_score = 2 * score[0] / max(2 * score[0] + score[1] + score[2], 1)
            say(f"{name}: {change} F1 {f_score:.2f} (found, false, missed: {score}; {len(kept)} topics kept)")


def joined(model: ct.TopicModel, pair: np.ndarray) -> ct.TopicModel:
    """Return a model in which two topics are one, under the number of the first."""
    single = copy.copy(model)
    share = (
        model.topics_.drop_duplicates("topic").set_index("topic")["share"].reindex(model.topic_ids_).fillna(0)
    )
    first, second = (int(np.flatnonzero(model.topic_ids_ == topic)[0]) for topic in pair)
    components = model.components_.copy()
    components[first] = np.average(components[[first, second]], axis=0, weights=share.iloc[[first, second]])
    single.components_ = np.delete(components, second, axis=0)
    single.topic_ids_ = np.delete(model.topic_ids_, second)
    return single


def switched(data: Path) -> Iterator[tuple[str, ct.Corpus, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield name, corpus, first half, class and second class (of documents that have two) of each set."""
    for n, seed in ((6000, 1), (6000, 2), (20_000, 3)):
        center = ct.simulate_center(n, random_state=seed, incidents=[])
        corpus = ct.Vectorizer(phrases="auto", min_df=3).fit_transform(center.contacts.reset_index(drop=True))
        truth = center.truth[["cause", "second_cause"]].to_numpy(object).T
        yield f"centre of {n:,}, seed {seed}", corpus, np.arange(n) < n // 2, *truth
    reviews = negative_reviews(data)
    letter = pd.read_csv(data / "complaints/gov_7class_segmented_train.csv")
    texts = letter["segmented_text"].astype(str).str.replace(r"\s+", "", regex=True)
    for name, given, kind in (
        ("shop", reviews["review"], reviews["cat"]),
        ("letters", texts, letter["label"]),
    ):
        corpus = ct.Vectorizer(phrases="auto", min_df=5).fit_transform(given.tolist())
        half = np.random.default_rng(0).random(len(corpus)) < 0.5
        classes = kind.to_numpy(object)
        yield name, corpus, half, classes, classes


def changes(data: Path) -> None:
    """Count births and deaths found, false ones, and false alarms between halves that differ by chance.

    A topic is about the class that most of its contacts are of; a class counts as dead where a topic is of it
    to six tenths, since topics of several classes do not die with one. All with the defaults.
    """
    for name, corpus, half, first, second in switched(data):
        born, gone = np.zeros(3, int), np.zeros(3, int)
        whole = ct.TopicModel(20).fit(corpus[half])
        main = whole.transform(corpus[half])["topic"].to_numpy()
        for label, n in pd.Series(first[~half]).value_counts().items():
            if n < 40 or label in ("咨询", "办理", "表扬"):
                continue
            has = (first == label) | (second == label)
            truth = np.where(has, label, first)
            model = ct.TopicModel(20).fit(corpus[half & ~has]).update(corpus[~half])
            found = model.changes_.loc[model.changes_["change"] == "born", "topic"]
            after = model.transform(corpus[~half])["topic"].to_numpy()
            about = [pd.Series(truth[~half][after == topic]).mode()[0] == label for topic in found]
            born += (any(about), about.count(False), not any(about))
            of = pd.Series(truth[half] == label).groupby(main).mean()
            later = copy.deepcopy(whole).update(corpus[~half & ~has]).changes_
            dead = later.loc[later["change"] == "died", "topic"]
            hit, own = (of[dead] >= 0.4).any(), (of >= 0.6).any()
            gone += (hit, (of[dead] < 0.4).sum(), own and not hit)
        alarms = np.zeros(2, int)
        for seed in range(20):
            one = np.random.default_rng(seed).random(len(corpus)) < 0.5
            model = ct.TopicModel(20, random_state=seed).fit(corpus[one])
            found = set(model.update(corpus[~one]).changes_["change"])
            alarms += ("born" in found, "died" in found)
        for what, score in (("births", born), ("deaths", gone)):
            f_score = 2 * score[0] / max(2 * score[0] + score[1] + score[2], 1)
            say(f"{name}: {what} F1 {f_score:.2f} (found, false, missed: {score})")
        say(f"{name}: runs of 20 without a change with a birth, a death: {alarms}")


def million(data: Path) -> None:
    """Learn 50 topics of 1,000,000 short texts, from text to topics, and stop another time after a minute."""
    shops = pd.read_csv(data / "sentiment/online_shopping_dev.csv")["review"]
    meals = pd.read_csv(data / "sentiment/waimai_dev.csv")["review"]
    reviews = pd.concat([shops, meals]).dropna().astype(str)
    pieces = reviews.str.split(r"[。！？!?；;，,\n]+", regex=True).explode()
    sentences = pieces[pieces.str.len().between(4, 40)].to_numpy(object)
    rng = np.random.default_rng(0)
    drawn = sentences[rng.integers(0, len(sentences), (3, 1_000_000))]
    drawn[2, rng.random(1_000_000) < 2 / 3] = ""
    drawn[1, rng.random(1_000_000) < 1 / 3] = ""
    before = time.process_time()
    corpus = ct.Vectorizer(phrases="auto", min_df=20).fit_transform(
        (drawn[0] + "，" + drawn[1] + "。" + drawn[2]).tolist()
    )
    ct.TopicModel(50).fit_transform(corpus)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    say(f"1,000,000 texts, 50 topics: {time.process_time() - before:.0f} s of processor, {peak:.2f} GB")
    before = time.process_time()
    early = ct.TopicModel(50).fit(corpus, progress=lambda done, total: time.process_time() - before < 60)
    has = early.transform(corpus[:1000])["topic"].notna().mean()
    say(f"stopped: {time.process_time() - before:.0f} s of processor, {has:.2f} of texts have a topic")


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
    parser.add_argument(
        "--sets", nargs="+", default=["shop", "letters", "numbers", "centre", "halves", "splits", "words"]
    )
    arguments = parser.parse_args()
    ways = {
        "shop": shop,
        "letters": letters,
        "numbers": numbers,
        "centre": centre,
        "halves": halves,
        "splits": splits,
        "changes": changes,
        "scale": scale,
        "million": million,
        "words": words,
    }
    for name in arguments.sets:
        ways[name](arguments.data)


if __name__ == "__main__":
    main()
