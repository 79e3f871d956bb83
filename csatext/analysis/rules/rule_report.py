"""How the patterns of a taxonomy do on a corpus: hits, overlap, precision where people have tagged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from csatext.analysis.rules.asserted_hits import find_hits
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.errors import ParameterError
from csatext.inference import wilson
from csatext.schema import conform
from csatext.schema.analysis import RULE_REPORT
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["rule_report"]

_NEARLY_ALL = 0.9
"""Share of the documents beyond which a pattern distinguishes nothing."""


def rule_report(classifier: RuleClassifier, corpus: Corpus, tags: pd.Series | None = None) -> pd.DataFrame:
    """Return one row a pattern: how often it is asserted, alone or with others, and how often it is right.

    Parameters
    ----------
    classifier : RuleClassifier
        Its taxonomy is looked at.
    corpus : Corpus
        The documents.
    tags : Series of str, by doc_id, optional
        Categories that people gave: ids, labels, paths (物流配送/配送延误) or labels of the first level;
        several of one document are joined by ；. Missing ones are left out.

    Returns
    -------
    DataFrame
        One row a pattern (schema RULE_REPORT), what never hits first; ``precision`` with its Wilson interval
        is NA without tags. ``finding`` says 从未命中, 几乎都命中, 命中都被同类的其他规则覆盖 or nothing.

    Raises
    ------
    ParameterError
        ``classifier`` is no RuleClassifier, ``corpus`` no Corpus or ``tags`` no Series.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递丢了", "包裹丢了", "退款太慢"])
    >>> report = ct.rule_report(ct.RuleClassifier(), corpus, pd.Series(["丢件错投", "配送延误", None]))
    >>> lost = report[report["subcategory"] == "丢件错投"].iloc[-1]
    >>> int(lost["n_docs"]), int(lost["n_tagged"]), float(lost["precision"])
    (2, 2, 0.5)
    """
    if not isinstance(classifier, RuleClassifier):
        raise ParameterError.wrong_type("classifier", classifier, "RuleClassifier")
    checked_corpus(corpus)
    if tags is not None and not isinstance(tags, pd.Series):
        raise ParameterError.wrong_type("tags", tags, "按 doc_id 索引的一列标签（Series）")
    compiled = classifier.compiled()
    hits = find_hits(compiled, corpus.texts, corpus.token_table)
    hits = hits.take(compiled.category_of[hits.pattern] >= 0)
    n_patterns = len(compiled.patterns)
    pairs = np.unique(hits.row * n_patterns + hits.pattern)
    row, pattern = pairs // n_patterns, pairs % n_patterns
    category = compiled.category_of[pattern]
    n_categories = len(compiled.categories)
    supporters = np.unique(row * n_categories + category, return_counts=True)
    alone = supporters[1][np.searchsorted(supporters[0], row * n_categories + category)] == 1
    held = np.unique(row * n_categories + category)
    others = np.bincount(held // n_categories, minlength=len(corpus))[row] > 1
    judged, right = _judged(classifier, corpus, tags, row, category)
    counted = {
        name: np.bincount(pattern[mask], minlength=n_patterns)
        for name, mask in {
            "n_docs": np.ones(len(pattern), bool),
            "n_alone": alone,
            "n_other": others,
            "n_tagged": judged,
            "n_right": judged & right,
        }.items()
    }
    low, high = wilson(counted["n_right"], np.maximum(counted["n_tagged"], 1))
    unknown = counted["n_tagged"] == 0
    own = np.flatnonzero(compiled.category_of >= 0)
    paths = [compiled.taxonomy.path(compiled.categories[at].id) for at in compiled.category_of[own]]
    n_docs = counted["n_docs"][own]
    frame = pd.DataFrame(
        {
            "category": [path[0] for path in paths],
            "subcategory": [path[-1] for path in paths],
            "pattern": [compiled.patterns[at] for at in own],
            **{name: values[own] for name, values in counted.items()},
            "share": n_docs / max(len(corpus), 1),
            "precision": np.where(unknown, np.nan, counted["n_right"] / np.maximum(counted["n_tagged"], 1))[
                own
            ],
            "low": np.where(unknown, np.nan, low)[own],
            "high": np.where(unknown, np.nan, high)[own],
            "finding": np.select(
                [n_docs == 0, n_docs >= _NEARLY_ALL * max(len(corpus), 1), counted["n_alone"][own] == 0],
                ["从未命中", "几乎都命中", "命中都被同类的其他规则覆盖"],
                "",
            ),
        }
    )
    return conform(frame.sort_values("n_docs", kind="stable", ignore_index=True), RULE_REPORT)


def _judged(
    classifier: RuleClassifier, corpus: Corpus, tags: pd.Series | None, row: np.ndarray, category: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the pairs of document and category have a tag, and which agree with it."""
    if tags is None:
        nothing = np.zeros(len(row), bool)
        return nothing, nothing
    compiled = classifier.compiled()
    names = [_names(classifier, one.id) for one in compiled.categories]
    given: list[Any] = tags[~tags.index.duplicated()].reindex(corpus.doc_ids).tolist()
    parts = [
        {part.strip() for part in tag.split("；")} - {""} if isinstance(tag, str) else set() for tag in given
    ]
    judged = np.array([bool(parts[r]) for r in row.tolist()], bool)
    pairs = zip(row.tolist(), category.tolist(), strict=True)
    right = np.array([not parts[r].isdisjoint(names[c]) for r, c in pairs], bool)
    return judged, right


def _names(classifier: RuleClassifier, category_id: str) -> set[str]:
    """Return what a person may have called a category: its id, its labels from the first level, its path."""
    path = classifier.compiled().taxonomy.path(category_id)
    return {category_id, *path, "/".join(path)}
