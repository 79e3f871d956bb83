"""Keywords: what a document is about, what is frequent, and what is special to a group."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis import keyness
from csatext.analysis.keyness import group_codes
from csatext.analysis.term_weights import inverse_document_frequency
from csatext.argument_types import check_simple_parameters
from csatext.errors import NotFittedError, ParameterError, SchemaError
from csatext.inference import benjamini_hochberg, check_alpha, check_level, wilson
from csatext.lexicon import Lexicon
from csatext.notebook_cards import EstimatorCard
from csatext.schema import conform
from csatext.schema.analysis import DOCUMENT_KEYWORDS, FREQUENCIES, KEYNESS, KEYWORD_EVIDENCE, KEYWORDS
from csatext.text.concordance import concordance
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["KeywordExtractor", "evidence", "new_terms"]

_DIRECTIONS = ("positive", "negative", "both")
_CANDIDATES, _LEAST_DOCS = 60, 3
_LEAST_COMPARED, _LEAST_RATIO = 30, 2.0
"""A term is new where its share of contacts has doubled, given at least 30 earlier contacts (chosen)."""


class KeywordExtractor(EstimatorCard, TransformerMixin, BaseEstimator):
    """Find the terms that matter.

    Parameters
    ----------
    n_keywords : int or None, default 20
        Terms a document or group; None for all.
    min_docs : int, default 5
        Keyness and frequencies leave out terms in fewer documents of the corpus.
    prior : float, default 0.01
        Size of the Dirichlet prior as a share of the corpus's counted tokens; it is shared out in
        proportion to the corpus's own frequencies (Monroe et al. 2008, informative prior).
    synonyms : "default", mapping of str to str, or None
        Term to the term it is counted as; ``"default"`` is the shipped list.
    content_only : bool, default True
        Show only terms that say something on their own: no function words, particles, placeholders, bare
        numbers, light verbs or names of people (:attr:`csatext.Corpus.content`). Rates and tests keep
        counting every counted token of a group.

    Attributes
    ----------
    terms_ : ndarray of object
        Terms of the corpus it was fitted on.
    idf_ : ndarray of float
        Smoothed inverse document frequencies ``log((1 + n) / (1 + df)) + 1``.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["退款 退款 太慢", "物流太慢", "物流破损"])
    >>> ct.KeywordExtractor(n_keywords=1).fit_transform(corpus)["keywords"].tolist()
    ['退款', '太慢', '破损']
    >>> ct.KeywordExtractor(1).fit(corpus).transform(corpus).shape
    (3, 1)
    >>> ct.KeywordExtractor(1).fit(corpus).by_document(corpus)["term"].tolist()
    ['退款', '太慢', '破损']
    >>> ct.KeywordExtractor(1, min_docs=1).by_group(corpus, ["钱", "物", "物"])["term"].tolist()
    ['物流', '退款']
    """

    def __init__(
        self,
        n_keywords: int | None = 20,
        *,
        min_docs: int = 5,
        prior: float = 0.01,
        synonyms: str | Mapping[str, str] | None = None,
        content_only: bool = True,
    ) -> None:
        self.n_keywords = n_keywords
        self.min_docs = min_docs
        self.prior = prior
        self.synonyms = synonyms
        self.content_only = content_only

    def fit(self, corpus: Corpus, y: Any = None) -> KeywordExtractor:
        """Learn inverse document frequencies.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        KeywordExtractor
            The same object.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        df = np.bincount(corpus.dtm.indices, minlength=len(corpus.terms))
        self.terms_ = corpus.terms
        self.idf_ = inverse_document_frequency(df, len(corpus))
        return self

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the keywords of each document, joined.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema KEYWORDS).

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        rows, terms, _, _ = self._ranked(corpus)
        words = pd.Series(self.terms_[terms], dtype=object).groupby(rows).agg(" ".join)
        keywords = words.reindex(range(len(corpus)), fill_value="").to_numpy()
        return conform(pd.DataFrame({"keywords": keywords}, index=corpus.doc_ids), KEYWORDS)

    def by_document(self, corpus: Corpus) -> pd.DataFrame:
        """Return the keywords of each document with their weights.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a keyword of a document, strongest first (schema DOCUMENT_KEYWORDS).

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.

        Notes
        -----
        TF-IDF (Salton and Buckley 1988) with rows of unit Euclidean length, as in scikit-learn's
        ``TfidfTransformer``.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        rows, terms, weights, rank = self._ranked(corpus)
        frame = pd.DataFrame(
            {
                "doc_id": corpus.doc_ids.astype(str)[rows],
                "rank": rank,
                "term": self.terms_[terms],
                "n": np.asarray(corpus.dtm[rows, terms]).ravel() if len(rows) else np.empty(0, int),
                "tf_idf": weights,
            }
        )
        return conform(frame, DOCUMENT_KEYWORDS)

    def frequencies(self, corpus: Corpus, groups: Any = None, *, level: float = 0.95) -> pd.DataFrame:
        """Return how often each term occurs, by group (schema FREQUENCIES).

        Parameters
        ----------
        corpus : Corpus
            The documents.
        groups : Series by doc_id or array-like, optional
            None takes the corpus as one group named ``all``.
        level : float, default 0.95
            Coverage of the Wilson (1927) interval of the share of documents.

        Returns
        -------
        DataFrame
            One row a term of a group, most frequent first.

        Raises
        ------
        ParameterError
            ``level`` is no coverage, or ``synonyms`` cannot be used.
        """
        check_level(level)
        checked_corpus(corpus)
        check_simple_parameters(self)
        groups = np.full(len(corpus), "all", object) if groups is None else groups
        counted, terms, names = self._grouped(corpus, groups)
        shown = self._shown(corpus, terms)
        n, n_docs_with = counted.n, counted.n_docs_with
        tokens, members = n.sum(axis=1), counted.members.astype(np.int64)
        kept = n_docs_with.sum(axis=0) >= self.min_docs
        group, term = np.nonzero((n > 0) & kept & shown)
        holding = n_docs_with[group, term]
        low, high = wilson(holding, members[group], level)
        frame = pd.DataFrame(
            {
                "group": np.asarray(names, object)[group],
                "term": terms[term],
                "n": n[group, term],
                "n_docs": holding,
                "rate": n[group, term] / np.maximum(tokens, 1)[group],
                "doc_rate": holding / members[group],
                "low": low,
                "high": high,
            }
        )
        return conform(self._top(frame, "n"), FREQUENCIES)

    def by_group(self, corpus: Corpus, groups: Any, *, direction: str = "positive") -> pd.DataFrame:
        """Return the keywords of each group against the rest (schema KEYNESS).

        Parameters
        ----------
        corpus : Corpus
            The documents.
        groups : Series by doc_id, or array-like of length n_docs
            Documents without a group (NA) are left out.
        direction : {"positive", "negative", "both"}, default "positive"
            Terms more frequent, less frequent, or either, in the group than in the rest.

        Returns
        -------
        DataFrame
            Ranked by ``z``. Every term tested counts for ``q``, shown or not.

        Raises
        ------
        ParameterError
            ``direction`` or ``synonyms`` cannot be used.

        Notes
        -----
        Log-odds with an informative prior (Monroe, Colaresi and Quinn 2008), G2 (Dunning 1993), log ratio
        (Hardie 2014); ``q`` takes whole documents as the sampling units. Formulas:
        :func:`csatext.analysis.keyness.log_odds`, :func:`~csatext.analysis.keyness.g2`,
        :func:`~csatext.analysis.keyness.document_p`.
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        if direction not in _DIRECTIONS:
            raise ParameterError.not_allowed("direction", direction, _DIRECTIONS)
        counted, terms, names = self._grouped(corpus, groups)
        n, n_docs_with = counted.n.astype(float), counted.n_docs_with
        counts = n.sum(axis=0)
        total = n.sum(axis=1, keepdims=True)
        supported = (n_docs_with.sum(axis=0) >= max(self.min_docs, 1)) & self._shown(corpus, terms)
        if (total > 0).sum() < 2 or not supported.any():
            empty = pd.DataFrame({column.name: [] for column in KEYNESS.columns})
            few = f"没有出现在 {self.min_docs} 篇以上文档中的词，请减小 min_docs。"
            empty.attrs["reason"] = few if (total > 0).sum() > 1 else "有词的组不到两个，无法比较。"
            return conform(empty, KEYNESS)
        rest, rest_total = counts - n, counts.sum() - total
        p = keyness.document_p(counted)
        tested = np.broadcast_to(supported, n.shape) & (total > 0) & (rest_total > 0)
        group, term = np.nonzero(tested)
        # Terms that no grouped document holds divide by zero; they are not tested.
        with np.errstate(divide="ignore", invalid="ignore"):
            delta, z = keyness.log_odds(n, rest, total, rest_total, self.prior * counts)
            frame = pd.DataFrame(
                {
                    "group": np.asarray(names, object)[group],
                    "term": terms[term],
                    "n": n[tested],
                    "n_docs": n_docs_with[tested],
                    "rate": (n / total)[tested],
                    "log_odds": delta[tested],
                    "z": z[tested],
                    "g2": keyness.g2(n, rest, total, rest_total)[tested],
                    "log_ratio": keyness.log_ratio(n, rest, total, rest_total)[tested],
                    "p": p[tested],
                    "q": benjamini_hochberg(p[tested]),
                }
            )
        if direction == "positive":
            frame = frame[frame["z"] > 0]
        elif direction == "negative":
            frame = frame[frame["z"] < 0]
        significance = frame["z"].abs()
        return conform(self._top(frame.assign(significance=significance), "significance"), KEYNESS)

    def evidence(
        self,
        corpus: Corpus,
        keywords: pd.DataFrame,
        groups: Any = None,
        *,
        n: int = 3,
        width: int = 20,
        random_state: int | None = None,
    ) -> pd.DataFrame:
        """Return places in which the keywords of a table stand (schema KEYWORD_EVIDENCE).

        Parameters
        ----------
        corpus : Corpus
            The documents the table was made of.
        keywords : DataFrame
            Of :meth:`by_group` or :meth:`frequencies`: columns ``group`` and ``term``.
        groups : Series by doc_id or array-like, optional
            The groups that table was made with; None takes places from the whole corpus.
        n, width, random_state
            As in :func:`csatext.concordance`.

        Returns
        -------
        DataFrame
            Up to ``n`` rows a keyword, in the order of ``keywords``; synonyms counted as the
            keyword are shown as it. A keyword that does not occur in its group has no row.

        Raises
        ------
        SchemaError
            ``keywords`` lacks a column.
        ParameterError
            ``synonyms`` cannot be used.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["退款太慢", "要退款", "物流太慢"])
        >>> extractor = ct.KeywordExtractor(1, min_docs=1)
        >>> table = extractor.frequencies(corpus, ["a", "a", "b"])
        >>> extractor.evidence(corpus, table, ["a", "a", "b"])[["group", "keyword", "left"]].values.tolist()
        [['a', '退款', ''], ['a', '退款', '要'], ['b', '太慢', '物流']]
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        return evidence(
            corpus,
            keywords,
            groups,
            synonyms=self._synonyms(),
            n=n,
            width=width,
            random_state=random_state,
        )

    def _top(self, frame: pd.DataFrame, by: str) -> pd.DataFrame:
        frame = frame.sort_values(["group", by, "term"], ascending=[True, False, True], kind="stable")
        frame["rank"] = frame.groupby("group").cumcount() + 1
        if self.n_keywords is not None:
            frame = frame[frame["rank"] <= self.n_keywords]
        return frame.reset_index(drop=True)

    def _ranked(self, corpus: Corpus) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        if not hasattr(self, "idf_"):
            raise NotFittedError.before_fit(self)
        if not np.array_equal(self.terms_, corpus.terms):
            raise SchemaError.foreign_vocabulary(self)
        dtm = corpus.dtm.tocoo()
        weights = dtm.data * self.idf_[dtm.col]
        norms = np.sqrt(np.bincount(dtm.row, weights**2, minlength=len(corpus)))
        weights = weights / norms[dtm.row]
        order = np.lexsort((dtm.col, -weights, dtm.row))
        order = order[self._shown(corpus, corpus.terms)[dtm.col[order]]]
        rows = dtm.row[order]
        rank = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1
        keep = rank <= (self.n_keywords or len(self.terms_))
        return rows[keep], dtm.col[order][keep], weights[order][keep], rank[keep]

    def _shown(self, corpus: Corpus, terms: np.ndarray) -> np.ndarray:
        """Return which of the terms, synonyms counted as one, are shown."""
        if not self.content_only:
            return np.ones(len(terms), bool)
        if terms is corpus.terms:
            return corpus.content
        return corpus.is_content(terms)

    def _grouped(self, corpus: Corpus, groups: Any) -> tuple[keyness.GroupCounts, np.ndarray, list[str]]:
        """Return the counts of each group, the terms (synonyms as one), and the names of the groups."""
        codes, names = keyness.group_codes(corpus.doc_ids, groups)
        merge, terms = self._merge(corpus)
        parts = (
            keyness.GroupCounts.of(dtm if merge is None else (dtm @ merge).tocsr(), codes[rows], len(names))
            for rows, dtm in corpus.blocks()
        )
        return reduce(operator.add, parts), terms, names

    def _merge(self, corpus: Corpus) -> tuple[sparse.csr_array | None, np.ndarray]:
        """Return the matrix that adds up the columns of synonyms, None without any; and the terms then."""
        synonyms = self._synonyms()
        if not synonyms:
            return None, corpus.terms
        canonical = np.array([synonyms.get(term, term) for term in corpus.terms], object)
        columns, terms = pd.factorize(canonical, sort=True)
        merge = sparse.csr_array(
            (np.ones(len(columns), np.int32), (np.arange(len(columns)), columns)),
            shape=(len(columns), len(terms)),
        )
        return merge, np.asarray(terms, object)

    def _synonyms(self) -> Mapping[str, str]:
        if self.synonyms is None:
            return {}
        if self.synonyms == "default":
            table = Lexicon.load("synonyms").table
            return dict(zip(table["term"], table["canonical"], strict=True))
        if isinstance(self.synonyms, str):
            raise ParameterError.not_allowed("synonyms", self.synonyms, ["default", None, "词到标准词的映射"])
        return self.synonyms


def evidence(
    corpus: Corpus,
    keywords: pd.DataFrame,
    groups: Any,
    *,
    synonyms: Mapping[str, str],
    n: int,
    width: int,
    random_state: int | None,
) -> pd.DataFrame:
    """Return places of each keyword in its group; see :meth:`csatext.KeywordExtractor.evidence`.

    Raises
    ------
    SchemaError
        ``keywords`` has no column ``group`` or ``term``, or ``groups`` does not cover the corpus.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["打热线很久", "400电话没人接"])
    >>> table = pd.DataFrame({"group": ["all"], "term": ["热线"]})
    >>> options = {"synonyms": {"400电话": "热线"}, "n": 2, "width": 5, "random_state": None}
    >>> evidence(corpus, table, None, **options)["term"].tolist()
    ['热线', '400电话']
    """
    for name in ("group", "term"):
        if name not in keywords.columns:
            raise SchemaError.missing_column("keywords", name, keywords.columns)
    forms: dict[str, list[str]] = {}
    for form, canonical in synonyms.items():
        forms.setdefault(canonical, []).append(form)
    codes, names = (None, []) if groups is None else group_codes(corpus.doc_ids, groups)
    parts = [pd.DataFrame({column.name: [] for column in KEYWORD_EVIDENCE.columns})]
    for group, terms in keywords.groupby("group", sort=False)["term"]:
        own = [at for at, name in enumerate(names) if name == str(group)]
        members = corpus if codes is None else corpus[np.isin(codes, own)]
        for term in terms:
            wanted = [term, *forms.get(term, [])]
            places = concordance(members, wanted, n, width=width, random_state=random_state)
            parts.append(places.assign(group=group, keyword=term))
    found = [part for part in parts if len(part)] or parts[:1]
    return conform(pd.concat(found, ignore_index=True), KEYWORD_EVIDENCE)


def new_terms(
    corpus: Corpus, mine: np.ndarray, before: np.ndarray, others: np.ndarray, *, alpha: float = 0.05
) -> list[str]:
    """Return the terms of two or more characters that are new in some documents, best first.

    Parameters
    ----------
    corpus : Corpus
    mine, before, others : ndarray of bool, shape (n_docs,)
        The documents, those of the same kind before, and others of the same time: the last two are
        compared with, so that there is enough. A term that is usual in such documents is not new:
        its share of documents must be twice the earlier one, where 30 or more earlier documents exist.
    alpha : float, default 0.05
        Error rate: terms with q under it.

    Returns
    -------
    list of str

    Raises
    ------
    ParameterError
        ``alpha`` is no error rate.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["闪退 闪退"] * 40 + ["物流太慢"] * 80)
    >>> at = np.arange(120)
    >>> new_terms(corpus, at < 40, (at >= 40) & (at < 80), at >= 80)
    ['闪退']
    """
    check_alpha(alpha)
    at = np.flatnonzero(mine | before | others)
    part = corpus[at]
    groups = np.where(mine[at], "mine", "rest")
    found = KeywordExtractor(_CANDIDATES, min_docs=_LEAST_DOCS).by_group(part, groups)
    found = found[(found["group"] == "mine") & (found["q"] < alpha) & (found["term"].str.len() > 1)]
    if before.sum() >= _LEAST_COMPARED:
        columns = np.searchsorted(part.terms, found["term"].to_numpy(object))
        held = part.dtm[:, columns] > 0
        now, then = (np.asarray(held[rows[at]].mean(axis=0)).ravel() for rows in (mine, before))
        found = found[now >= _LEAST_RATIO * then]
    return found["term"].tolist()
