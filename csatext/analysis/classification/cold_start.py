"""Examples from the rules of a taxonomy, with and without the words that the rules matched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from csatext.analysis.classification.annotation import LEVEL_MARK, Annotation
from csatext.analysis.classification.features import NGRAM_SIZES
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.errors import ParameterError, nearest
from csatext.labels import UNCLASSIFIED
from csatext.taxonomy import Taxonomy
from csatext.text.char_ngrams import char_ngrams
from csatext.text.corpus import Corpus

__all__ = ["WeakLabels", "check_classes", "counts_without_matches", "weak_labels"]

_OUTSIDE = (UNCLASSIFIED, "其他", "其它", "无")
"""Categories that people give to what the taxonomy does not hold."""
_MOST = 5_000
"""Documents that are labelled by rules: they bound the time."""


@dataclass(frozen=True)
class WeakLabels:
    """Categories by rules, of some documents.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Positions of the documents in the corpus.
    annotation : Annotation
        Of these documents.
    certainty : ndarray, shape (n,)
        One over the number of categories that match, where one is to be chosen.
    matches : DataFrame
        Position ``row`` in the corpus and ``term``, the words that a rule matched.
    """

    rows: np.ndarray
    annotation: Annotation
    certainty: np.ndarray
    matches: pd.DataFrame


def check_classes(taxonomy: Taxonomy, classes: np.ndarray) -> None:
    """Raise for an annotated category that a taxonomy does not hold.

    Raises
    ------
    ParameterError
        Its message lists them.
    """
    known = {name for names in _names(taxonomy) for name in names}
    foreign = [str(label) for label in classes.tolist() if label not in known and label not in _OUTSIDE]
    if foreign:
        near = nearest(foreign[0], known)
        hint = f"「{foreign[0]}」是不是想写「{near}」？" if near else ""
        raise ParameterError(
            f"labels 里有 {len(foreign)} 个类别不在 taxonomy 里：{'、'.join(foreign[:10])}；"
            f"请改用分类体系里的一级、二级名称或「一级/二级」，或不传 taxonomy。{hint}"
        )


def weak_labels(
    taxonomy: Taxonomy, corpus: Corpus, rows: np.ndarray, given: Annotation, *, several: bool
) -> WeakLabels:
    """Return what the rules say about documents without annotation.

    Parameters
    ----------
    taxonomy : Taxonomy
    corpus : Corpus
    rows : ndarray of int
        Documents without annotation; at most 5,000 of those that a rule matches are taken.
    given : Annotation
        Of the corpus; its categories tell which level of the taxonomy is meant.
    several : bool
        Whether a document has every category that matches, or the main one.
    """
    rules = RuleClassifier(taxonomy).fit(corpus)
    table = rules.transform(corpus[rows])
    found = np.flatnonzero((table["category"] != UNCLASSIFIED).to_numpy())
    if len(found) > _MOST:
        found = np.sort(np.random.default_rng(0).choice(found, _MOST, replace=False))
    table, rows = table.iloc[found], rows[found]
    matches = rules.matches(corpus[rows])
    # A rule on times or silence matches no words.
    matches = matches[matches["term"] != ""]
    at = pd.Index(corpus.doc_ids).get_indexer(matches["doc_id"])
    main, every = _level(taxonomy, given.classes, table), _level(taxonomy, given.classes, matches)
    pairs = pd.DataFrame({"row": np.concatenate([rows, at]), "category": [*main, *every]})
    pairs = pairs.drop_duplicates(ignore_index=True)
    counted = pairs["row"].value_counts().reindex(rows).to_numpy(float)
    if not several:
        pairs = pairs.iloc[: len(rows)]
    codes, names = pd.factorize(pairs["category"], sort=True)
    indicator = np.zeros((len(rows), len(names)), bool)
    indicator[np.searchsorted(rows, pairs["row"]), codes] = True
    return WeakLabels(
        rows,
        Annotation(names.to_numpy(object), indicator, np.ones(len(rows), bool)),
        np.ones(len(rows)) if several else 1 / counted,
        pd.DataFrame({"row": at, "term": matches["term"].to_numpy(object)}),
    )


def counts_without_matches(corpus: Corpus, weak: WeakLabels) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return the counts of weakly labelled documents without the words that their rules matched.

    A model that sees those words learns the rules again; without them it learns what else such contacts
    say, and finds contacts that no rule matches.
    """
    position = pd.Series(np.arange(len(weak.rows)), index=weak.rows)
    matched_rows = position.reindex(weak.matches["row"]).to_numpy()
    terms, distinct = pd.factorize(weak.matches["term"])
    vocabulary = {term: column for column, term in enumerate(corpus.terms.tolist())}
    pairs = [
        (number, vocabulary[part])
        for number, term in enumerate(distinct)
        for part in _parts(term)
        if part in vocabulary
    ]
    holds = sparse.csr_array(
        (np.ones(len(matched_rows)), (matched_rows, terms)), shape=(len(weak.rows), len(distinct))
    )
    within = sparse.csr_array(
        (np.ones(len(pairs)), ([a for a, _ in pairs], [b for _, b in pairs])),
        shape=(len(distinct), len(corpus.terms)),
    )
    words = sparse.csr_array(corpus.dtm[weak.rows], dtype=np.float64)
    said = sparse.csr_array((holds @ within) > 0)
    words = sparse.csr_array(words - words.multiply(said))
    words.eliminate_zeros()
    texts = corpus.texts.iloc[weak.rows].tolist()
    for row, term in zip(matched_rows.tolist(), weak.matches["term"].tolist(), strict=True):
        # A line end parts n-grams, so that none reaches over the gap.
        texts[row] = texts[row].replace(term, "\n")
    return words, char_ngrams(pd.Series(texts, dtype="str"), NGRAM_SIZES)


def _parts(term: str) -> set[str]:
    return {term[start:end] for start in range(len(term)) for end in range(start + 1, len(term) + 1)}


def _names(taxonomy: Taxonomy) -> tuple[set[str], set[str], set[str]]:
    """Return the names of first level, of all categories, and of paths."""
    paths = [taxonomy.path(category.id) for category in taxonomy.categories]
    first = {path[0] for path in paths}
    return first, {path[-1] for path in paths}, {LEVEL_MARK.join((path[0], path[-1])) for path in paths}


def _level(taxonomy: Taxonomy, classes: np.ndarray, table: pd.DataFrame) -> list[str]:
    """Return the category of each row at the level of the annotated categories; else the first level."""
    first, _, paths = _names(taxonomy)
    names = [label for label in classes.tolist() if label not in _OUTSIDE]
    category, subcategory = table["category"].tolist(), table["subcategory"].tolist()
    if any(name in paths for name in names if LEVEL_MARK in str(name)):
        return [
            top if top == below else LEVEL_MARK.join((top, below))
            for top, below in zip(category, subcategory, strict=True)
        ]
    return subcategory if any(name not in first for name in names) else category
