"""Rule-based classification: complaint categories by the patterns of a taxonomy, with evidence."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.errors import ParameterError
from csatext.labels import UNCLASSIFIED
from csatext.schema import conform
from csatext.schema.analysis import RULE_MATCHES, RULE_PATTERNS, RULES
from csatext.strings import string_array
from csatext.taxonomy import Category, Taxonomy, pattern_expression
from csatext.text.conversion import to_simplified
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["RuleClassifier"]


class RuleClassifier(TransformerMixin, BaseEstimator):
    """Classify contacts into complaint categories by the patterns of a taxonomy.

    Patterns are matched on the characters of the prepared text, so that an entry is found
    whatever the segmentation made of it. Of several categories that match, a document's main one
    is the one with the longest words found, then the one that stands first in the taxonomy.

    Parameters
    ----------
    taxonomy : Taxonomy or None
        None is the shipped one, ``Taxonomy.load()``.

    Attributes
    ----------
    taxonomy_ : Taxonomy

    Notes
    -----
    Matching runs over whole columns with RE2, whose time is linear in the text.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递三天了还没到，客服态度很差", "请问怎么开通"])
    >>> ct.RuleClassifier().fit_transform(corpus)[["category", "subcategory"]].values.tolist()
    [['物流配送', '配送延误'], ['未归类', '未归类']]
    >>> ct.RuleClassifier().fit(corpus).transform(corpus)["n_categories"].tolist()
    [2, 0]
    >>> ct.RuleClassifier().matches(corpus)["term"].tolist()
    ['快递三天了还没到', '态度很差']
    """

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self.taxonomy = taxonomy

    def fit(self, corpus: Corpus, y: Any = None) -> RuleClassifier:
        """Load the taxonomy; nothing is learnt from the corpus.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        RuleClassifier
            The same object.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, or ``corpus`` no Corpus.
        """
        checked_corpus(corpus)
        self._load()
        return self

    def _load(self) -> None:
        if self.taxonomy is not None and not isinstance(self.taxonomy, Taxonomy):
            raise ParameterError.wrong_type("taxonomy", self.taxonomy, "Taxonomy，如 Taxonomy.load(路径)")
        self.taxonomy_ = Taxonomy.load() if self.taxonomy is None else self.taxonomy

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the main category of each document.

        Parameters
        ----------
        corpus : Corpus
            The documents.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema RULES); 未归类 where nothing matches.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, or ``corpus`` no Corpus.
        """
        checked_corpus(corpus)
        lengths = self._lengths(corpus)
        taxonomy = self._fitted()
        categories = _with_patterns(taxonomy)
        best = lengths.argmax(axis=1) if len(categories) else np.zeros(len(corpus), np.int64)
        hit = (lengths > 0).any(axis=1)
        paths = [taxonomy.path(category.id) for category in categories] or [(UNCLASSIFIED,)]
        owners = [taxonomy.owner(category.id) for category in categories] or [""]
        first = np.array([path[0] for path in paths], object)
        second = np.array([path[-1] for path in paths], object)
        frame = pd.DataFrame(
            {
                "category": np.where(hit, first[best], UNCLASSIFIED),
                "subcategory": np.where(hit, second[best], UNCLASSIFIED),
                "owner": np.where(hit, np.array(owners, object)[best], ""),
                "n_categories": (lengths > 0).sum(axis=1),
            },
            index=corpus.doc_ids,
        )
        return conform(frame, RULES)

    def matches(self, corpus: Corpus) -> pd.DataFrame:
        """Return every category of each document with the words that matched (schema RULE_MATCHES).

        Parameters
        ----------
        corpus : Corpus
            Give the documents to be shown (``corpus[rows]``): spans are traced one by one.

        Returns
        -------
        DataFrame
            One row a match, in the order of the documents and their texts.

        Raises
        ------
        ParameterError
            ``taxonomy`` is no Taxonomy, or ``corpus`` no Corpus.
        """
        checked_corpus(corpus)
        taxonomy = self._fitted()
        lengths = self._lengths(corpus)
        texts = corpus.texts.to_numpy(object)
        rows, labels, words, starts, ends = [], [], [], [], []
        for column, category in enumerate(_with_patterns(taxonomy)):
            expression = re.compile(_expression(category.patterns))
            for row in np.flatnonzero(lengths[:, column] > 0):
                for found in expression.finditer(texts[row]):
                    rows.append(row)
                    labels.append(taxonomy.path(category.id))
                    words.append(found.group())
                    starts.append(found.start())
                    ends.append(found.end())
        at = np.array(rows, np.int64)
        source_starts, source_ends = corpus.source_spans(
            at, np.array(starts, np.int64), np.array(ends, np.int64)
        )
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids[at],
                "category": [path[0] for path in labels],
                "subcategory": [path[-1] for path in labels],
                "term": words,
                "start": source_starts,
                "end": source_ends,
            }
        )
        order = np.lexsort((source_starts, at))
        return conform(frame.iloc[order].reset_index(drop=True), RULE_MATCHES)

    def pattern_hits(self, corpus: Corpus) -> pd.DataFrame:
        """Return how many documents hold each pattern of the taxonomy (schema RULE_PATTERNS).

        Parameters
        ----------
        corpus : Corpus
            All documents that the taxonomy is to serve.

        Returns
        -------
        DataFrame
            One row a pattern, by ``n_docs``: what hits nothing stands first.

        Raises
        ------
        ParameterError
            ``corpus`` is no corpus.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递丢了"])
        >>> hits = ct.RuleClassifier().pattern_hits(corpus)
        >>> int(hits["n_docs"].iloc[0]), int(hits["n_docs"].max())
        (0, 1)
        """
        checked_corpus(corpus)
        taxonomy = self._fitted()
        texts = string_array(corpus.texts)
        rows = [
            (taxonomy.path(category.id)[0], category.label_zh, pattern)
            for category in _with_patterns(taxonomy)
            for pattern in category.patterns
        ]
        frame = pd.DataFrame(rows, columns=["category", "subcategory", "pattern"])
        frame["n_docs"] = [
            pc.sum(pc.match_substring_regex(texts, _expression((pattern,)))).as_py() or 0
            for pattern in frame["pattern"]
        ]
        return conform(frame.sort_values("n_docs", kind="stable", ignore_index=True), RULE_PATTERNS)

    def _fitted(self) -> Taxonomy:
        if not hasattr(self, "taxonomy_"):
            self._load()
        return self.taxonomy_

    def _lengths(self, corpus: Corpus) -> np.ndarray:
        """Return the length of the first match of each category, 0 for none; shape (n_docs, n_categories)."""
        categories = _with_patterns(self._fitted())
        texts = string_array(corpus.texts)
        lengths = np.zeros((len(corpus), len(categories)), np.int32)
        for column, category in enumerate(categories):
            expression = _expression(category.patterns)
            hit = pc.match_substring_regex(texts, expression)
            if category.exceptions:
                cancelled = pc.match_substring_regex(texts, _expression(category.exceptions))
                hit = pc.and_(hit, pc.invert(cancelled))
            rows = np.flatnonzero(hit.to_numpy(zero_copy_only=False))
            if len(rows):
                found = pc.extract_regex(texts.take(pa.array(rows)), f"(?P<match>{expression})")
                lengths[rows, column] = pc.utf8_length(found.field("match")).to_numpy()
        return lengths


def _with_patterns(taxonomy: Taxonomy) -> list[Category]:
    return [category for category in taxonomy.categories if category.patterns]


def _expression(patterns: tuple[str, ...]) -> str:
    # Texts are simplified unless the user says otherwise: a word in Traditional characters is found in both.
    forms = dict.fromkeys(form for pattern in patterns for form in (pattern, to_simplified(pattern)))
    return "|".join(pattern_expression(form) for form in forms)
