"""Topic models: latent Dirichlet allocation over the document-term matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.analysis.topic_changes.births import EarlierPeriod, born_topics
from csatext.analysis.topic_changes.deaths import died, documents_about
from csatext.analysis.topics.alignment import on_terms
from csatext.analysis.topics.coherence import c_v, mean_npmi
from csatext.analysis.topics.consensus import learn_topics
from csatext.analysis.topics.document_topics import main_topics, several_topics
from csatext.analysis.topics.folding import refreshed, shares_in_documents, topic_shares
from csatext.analysis.topics.label_files import made_labels, read_labels, write_labels
from csatext.analysis.topics.lda_engines import LDA_ENGINES, Learning, Progress, order_of_content
from csatext.analysis.topics.learning_sample import known_lengths, learning_sample
from csatext.analysis.topics.number_of_topics import choose_number
from csatext.analysis.topics.representatives import representative_rows
from csatext.analysis.topics.seed_words import seed_counts, words_by_name
from csatext.analysis.topics.shown_terms import choose_terms, labels_of
from csatext.analysis.topics.topic_quality import (
    bootstrap_stability,
    goodness,
    is_junk,
    own_terms,
    topic_fit,
)
from csatext.argument_types import as_table, check_simple_parameters
from csatext.errors import NotFittedError, ParameterError, SchemaError
from csatext.notebook_cards import EstimatorCard
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.analysis import TOPIC_CHANGES, TOPIC_DOCUMENTS, TOPIC_QUALITY, TOPICS
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["TopicModel", "checked_topic_model"]

_COHERENCE_TERMS = 10
Labels = str | PathLike[str] | Mapping[int, str] | None


class TopicModel(EstimatorCard, TransformerMixin, BaseEstimator):
    """Latent Dirichlet allocation (Blei, Ng and Jordan 2003) over the terms that say something.

    Parameters
    ----------
    n_topics : int or "auto", default 20
        Topics. ``"auto"`` takes the smallest number that predicts the rest of a document as well as the best
        one, and whose topics come back; the curve is :attr:`n_topics_curve_`.
    engine : {"tomotopy", "gensim"}, default "tomotopy"
        Collapsed Gibbs sampling, or online variational Bayes.
    n_iter : int or None, default None
        Sweeps of a run over the documents learnt from. None takes 200, and up to 500 where they are few:
        a run then costs no more than one of many documents. gensim makes a pass for every 20 of 200.
    n_runs : int, default 5
        Runs from different starts. The topics are those that stand for most of what all runs found, each the
        mean of its matches: one run is another by chance, these less (``benchmarks/topics.py``).
    doc_topic_prior, topic_word_prior : float, default 0.1 and 0.1
        Dirichlet priors alpha and eta.
    n_terms : int, default 10
        Terms a topic in :attr:`topics_`.
    max_docs : int or None, default 20_000
        Topics are learnt from a random sample of so many documents; all get their topics. None learns from
        all.
    content_only : bool, default True
        Learn from the terms that say something on their own (:attr:`csatext.Corpus.content`).
    seeds : mapping of str to sequence of str, Taxonomy or None
        Words that belong to a topic of that name; of a taxonomy the first level is taken. As many topics are
        steered, the others are free.
    labels : path, mapping of int to str, or None
        Names that replace those made of terms: a file of :meth:`write_labels`, whose lines are found again by
        their terms whatever their numbers are now, or number to name.
    random_state : int, default 0
        Both engines run in one thread: their parallel forms do not give the same twice.
    verbose : bool, default True
        Show progress where learning takes more than two seconds; not where ``progress`` is given.

    Attributes
    ----------
    components_ : ndarray, shape (n_topics, n_terms)
        Probability of each term in each topic; rows sum to 1.
    terms_ : ndarray of object
    topic_ids_ : ndarray of int64, shape (n_topics,)
        Numbers of the topics, in the order of ``components_``; they last through :meth:`update`.
    topics_ : DataFrame
        The terms of each topic (schema TOPICS). Topics are numbered by falling share.
    changes_ : DataFrame
        After :meth:`update`: topics kept, born and died (schema TOPIC_CHANGES).
    n_topics_curve_ : DataFrame
        With ``n_topics="auto"``: the numbers tried (schema TOPIC_NUMBERS).

    Notes
    -----
    Choices, measured by ``benchmarks/topics.py`` on shop reviews and citizen letters. Small priors suit short
    texts, which have one topic or two, and do no harm to long ones. Counts are not weighted: inverse document
    frequencies make topics of rare words. Texts are not pooled, so that every contact has its own topics. The
    terms shown are chosen for coherence, see :mod:`csatext.analysis.topics.shown_terms`. The shares of a
    document are the maximum a posteriori estimate with the topics held fixed.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["退款没到账", "退款多久到账", "退款到账慢"] * 9 + ["快递丢了", "快递没到", "快递破损"] * 9
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> model = ct.TopicModel(n_topics=2, random_state=0).fit(corpus)
    >>> model.transform(corpus)["topic"].nunique()
    2
    >>> model.distribution(corpus).shape, len(model.labels_)
    ((54, 2), 2)
    >>> len(model.by_document(corpus)), model.quality(n_resamples=0)["junk"].tolist()
    (54, [False, False])
    >>> model.representative_documents(corpus, 1)["rank"].tolist()
    [1, 1]
    >>> model.to_pyldavis(corpus)["topic_term_dists"].shape
    (2, 4)
    >>> later = ct.TopicModel(n_topics=2, random_state=1).fit(corpus)
    >>> later.renumber(ct.align_topics(model, later, corpus)).labels_.to_dict() == model.labels_.to_dict()
    True
    >>> sorted(later.names()) == sorted(model.names())
    True
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.write_labels(pathlib.Path(folder) / "labels.tsv")
    ...     len(model.relabel(pathlib.Path(folder) / "labels.tsv").labels_)
    2
    >>> model.update(corpus).changes_["change"].tolist()
    ['kept', 'kept']
    """

    topics_: pd.DataFrame
    topic_ids_: np.ndarray
    terms_: np.ndarray
    next_id_: int

    def __init__(
        self,
        n_topics: int | str = 20,
        *,
        engine: str = "tomotopy",
        n_iter: int | None = None,
        n_runs: int = 5,
        doc_topic_prior: float = 0.1,
        topic_word_prior: float = 0.1,
        n_terms: int = 10,
        max_docs: int | None = 20_000,
        content_only: bool = True,
        seeds: Mapping[str, Sequence[str]] | Taxonomy | None = None,
        labels: Labels = None,
        random_state: int = 0,
        verbose: bool = True,
    ) -> None:
        self.n_topics = n_topics
        self.engine = engine
        self.n_iter = n_iter
        self.n_runs = n_runs
        self.doc_topic_prior = doc_topic_prior
        self.topic_word_prior = topic_word_prior
        self.n_terms = n_terms
        self.max_docs = max_docs
        self.content_only = content_only
        self.seeds = seeds
        self.labels = labels
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, corpus: Corpus, y: Any = None, *, progress: Progress | None = None) -> TopicModel:
        """Learn the topics.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.
        progress : callable, optional
            Called with sweeps done and sweeps in all of all runs, every ten sweeps; where it returns False,
            learning stops and the topics learnt so far are used.

        Returns
        -------
        TopicModel
            The same object.

        Raises
        ------
        ParameterError
            The engine is not known, a number is out of range, or ``seeds`` or ``labels`` cannot be used.
        """
        self._learn(corpus, progress)
        return self

    def fit_transform(
        self, corpus: Corpus, y: Any = None, *, progress: Progress | None = None
    ) -> pd.DataFrame:
        """Return the main topic of each document of the corpus learnt from, in one pass.

        Parameters
        ----------
        corpus : Corpus
            The documents.
        y : None
            Ignored; scikit-learn's pipelines pass it.
        progress : callable, optional
            As in :meth:`fit`.

        Returns
        -------
        DataFrame
            As :meth:`transform`.

        Raises
        ------
        ParameterError
            As :meth:`fit`.
        """
        return self._main_topics(corpus, self._learn(corpus, progress))

    def transform(self, corpus: Corpus) -> pd.DataFrame:
        """Return the main topic of each document.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a document, indexed by doc_id (schema DOCUMENT_TOPICS); NA where no word is known.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        return self._main_topics(corpus, self._shares(corpus))

    def distribution(self, corpus: Corpus) -> pd.DataFrame:
        """Return the share of each topic in each document.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame, shape (n_docs, n_topics)
            Rows sum to 1; columns are topic numbers. NA where no word is known. Joined to the contacts'
            columns under names (``.rename(columns=model.labels_)``), the shares are measures of
            :func:`csatext.breakdown` and :func:`csatext.trend`.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The corpus was counted on other terms.
        ParameterError
            ``corpus`` is no Corpus.
        """
        return pd.DataFrame(self._shares(corpus), index=corpus.doc_ids, columns=self.topic_ids_)

    def by_document(self, corpus: Corpus, *, min_share: float = 0.2) -> pd.DataFrame:
        """Return all topics that have a part in a document (schema CONTACT_TOPICS).

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.
        min_share : float, default 0.2
            Least share of the document; its main topic always has a row.

        Returns
        -------
        DataFrame
            One row a topic of a document, largest first; documents of no known word have none.

        Raises
        ------
        NotFittedError, SchemaError
            As :meth:`transform`.
        ParameterError
            ``min_share`` is no share.
        """
        if not 0 < min_share <= 1:
            raise ParameterError.out_of_range("min_share", min_share, "大于 0，不大于 1")
        theta = self._shares(corpus)
        return several_topics(theta, self.topic_ids_, self.names(), corpus.doc_ids, min_share)

    def quality(self, corpus: Corpus | None = None, *, n_resamples: int = 5) -> pd.DataFrame:
        """Return how far each topic can be trusted (schema TOPIC_QUALITY).

        Parameters
        ----------
        corpus : Corpus, optional
            The documents for the stability; those learnt from if the model was fitted in this session.
        n_resamples : int, default 5
            Bootstrap samples of documents on which topics are learnt afresh and matched; 0 leaves
            ``stability`` out.

        Returns
        -------
        DataFrame
            One row a topic. ``junk`` marks what should not be shown: terms that do not stand together, or
            topics that do not come back when documents are drawn afresh.

        Raises
        ------
        NotFittedError, SchemaError
            As :meth:`transform`.
        ParameterError
            ``n_resamples`` is under 0.
        """
        self._check_fitted()
        if n_resamples < 0:
            raise ParameterError.out_of_range("n_resamples", n_resamples, "不小于 0")
        first = self.topics_.drop_duplicates("topic").set_index("topic").reindex(self.topic_ids_)
        frame = pd.DataFrame(
            {
                "topic": self.topic_ids_,
                "label": self.names(),
                "share": first["share"].fillna(0.0).to_numpy(),
                "n_docs": first["n_docs"].fillna(0).to_numpy(),
                "npmi": self.coherence_[:, 0],
                "c_v": self.coherence_[:, 1],
                "own_terms": own_terms(self.topics_, self.topic_ids_),
                "stability": np.nan,
            }
        )
        sample, columns = self._learnt_from(corpus)
        if n_resamples and sample is not None and sample.nnz:
            how = replace(self._how(len(self.components_)), n_runs=1)
            terms, inner = self.terms_[columns], self.components_[:, columns]
            frame["stability"] = bootstrap_stability(sample, terms, inner, self.engine, how, n_resamples)
        return conform(frame.assign(junk=is_junk(frame)), TOPIC_QUALITY)

    def goodness_of_fit(self, corpus: Corpus) -> pd.DataFrame:
        """Return how well the topics fit other documents, of a later month say (schema TOPIC_FIT).

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        DataFrame
            One row a topic. A topic does not fit whose terms stand in the same documents clearly less often
            than at half of their earlier NPMI; in few documents that cannot be told, and it fits. Where many
            do not, learn again with :meth:`update`.

        Raises
        ------
        NotFittedError, SchemaError, ParameterError
            As :meth:`transform`.

        Examples
        --------
        >>> import csatext as ct
        >>> texts = ["退款没到账", "快递破损"] * 20
        >>> corpus = ct.Vectorizer().fit_transform(texts)
        >>> ct.TopicModel(2).fit(corpus).goodness_of_fit(corpus)["fits"].tolist()
        [True, True]
        """
        theta = self._shares(corpus)
        known = ~np.isnan(theta).any(axis=1)
        theta = np.nan_to_num(theta)
        lengths = known_lengths(corpus.dtm, self.components_)
        first = self.topics_.drop_duplicates("topic").set_index("topic").reindex(self.topic_ids_)
        frame = pd.DataFrame(
            {
                "topic": self.topic_ids_,
                "label": self.names(),
                "n_docs": np.bincount(theta.argmax(axis=1)[known], minlength=len(self.topic_ids_)),
                "share_before": first["share"].fillna(0.0).to_numpy(),
                "share": topic_shares(theta, lengths, order_of_content(corpus.dtm)),
                "npmi_before": self.coherence_[:, 0],
            }
        )
        frame["npmi"], frame["p"] = goodness(
            corpus, self.topics_, self.topic_ids_, _COHERENCE_TERMS, self.coherence_[:, 0]
        )
        return topic_fit(frame)

    def representative_documents(self, corpus: Corpus, n: int = 3) -> pd.DataFrame:
        """Return the documents that show best what each topic is about (schema TOPIC_DOCUMENTS).

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.
        n : int, default 3
            Documents a topic, of different texts.

        Returns
        -------
        DataFrame
            Best first; ``terms`` are the topic's terms that the document holds, ``excerpt`` the beginning of
            its prepared text, in which personal data is masked.

        Raises
        ------
        NotFittedError, SchemaError
            As :meth:`transform`.
        ParameterError
            ``n`` is under 1.
        """
        if n < 1:
            raise ParameterError.out_of_range("n", n, "不小于 1")
        rows = representative_rows(
            corpus, np.nan_to_num(self._shares(corpus)), self.topics_, self.topic_ids_, n
        )
        return conform(rows, TOPIC_DOCUMENTS)

    def to_pyldavis(self, corpus: Corpus) -> dict[str, np.ndarray]:
        """Return what ``pyLDAvis.prepare`` takes: ``pyLDAvis.prepare(**model.to_pyldavis(corpus))``.

        Parameters
        ----------
        corpus : Corpus
            Counted on the terms that were learnt.

        Returns
        -------
        dict of str to ndarray
            ``topic_term_dists``, ``doc_topic_dists``, ``doc_lengths``, ``vocab`` and ``term_frequency``, of
            the known terms that occur and the documents that have any.

        Raises
        ------
        NotFittedError, SchemaError
            As :meth:`transform`.
        ParameterError
            ``corpus`` is no Corpus.
        """
        theta = self._shares(corpus)
        known = ~np.isnan(theta).any(axis=1)
        counts = np.asarray(corpus.dtm.sum(axis=0)).ravel()
        columns = np.flatnonzero((counts > 0) & self.components_.any(axis=0))
        terms = self.components_[:, columns]
        return {
            "topic_term_dists": terms / terms.sum(axis=1, keepdims=True),
            "doc_topic_dists": theta[known] / theta[known].sum(axis=1, keepdims=True),
            "doc_lengths": np.asarray(corpus.dtm[known][:, columns].sum(axis=1)).ravel(),
            "vocab": self.terms_[columns],
            "term_frequency": counts[columns],
        }

    def update(self, corpus: Corpus, *, progress: Progress | None = None) -> TopicModel:
        """Learn from other documents, of the next month say, and keep the topics that are still there.

        Parameters
        ----------
        corpus : Corpus
            The documents; it may be counted on other terms than the model was.
        progress : callable, optional
            As in :meth:`fit`.

        Returns
        -------
        TopicModel
            The same object. A topic that is still there keeps its number and name, and its words follow the
            new documents; new topics get numbers never used before; :attr:`changes_` says which were kept,
            born and died.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        ParameterError
            ``corpus`` is no Corpus.

        Notes
        -----
        Earlier topics enter as pseudo-counts (an informative Dirichlet prior on their terms), beside five
        free topics. Of these, one is born that is the main topic of enough documents, and whose own terms
        stand in clearly more documents than before (:mod:`csatext.analysis.topic_changes.births`). The other
        free topics are dropped. A topic died that has lost most of its documents, beyond what topics vary by
        (:mod:`csatext.analysis.topic_changes.deaths`).
        """
        self._check_fitted()
        checked_corpus(corpus)
        self._check_parameters()
        sample, columns = self._sampled(corpus)
        former = self.topics_.drop_duplicates("topic").set_index("topic")
        n_old = len(self.topic_ids_)
        old = on_terms(self.components_, self.terms_, corpus.terms)
        components, ids = old, self.topic_ids_
        gone = np.zeros(n_old, bool)
        if sample.nnz:
            earlier = EarlierPeriod(self.terms_, self.doc_counts_, self.n_docs_)
            # One run costs a fourth, and finds as many of the births planted (benchmarks/topics.py).
            how = replace(self._how(n_old, progress=progress), n_runs=1)
            counts, terms = corpus.dtm[:, columns], corpus.terms[columns]
            born = born_topics(counts, sample, terms, old[:, columns], earlier, self.engine, how)
            start = np.vstack((old[:, columns], born))
            main = self._documents_of(counts, start)[:n_old]
            shares = former["share"].reindex(ids).fillna(0.0).to_numpy()
            now_about = documents_about(counts, old[:, columns], shares, main)
            gone = np.concatenate((died(self.doc_topics_, now_about), np.zeros(len(born), bool)))
            components = np.zeros((len(start), len(corpus.terms)))
            components[:, columns] = refreshed(sample, start, self.doc_topic_prior, self.topic_word_prior)
            ids = np.concatenate((ids, self.next_id_ + np.arange(len(born))))
            self.next_id_ += len(born)
        if gone.all():
            gone[:] = False
        theta = shares_in_documents(corpus.dtm, components[~gone], self.doc_topic_prior)
        self.terms_ = corpus.terms
        self._describe(
            corpus, sample, columns, components[~gone], ids[~gone], theta, former["label"].to_dict()
        )
        now = self.topics_.drop_duplicates("topic").set_index("topic")
        similarity = np.full(len(ids), np.nan)
        similarity[:n_old] = np.sqrt(old * components[:n_old]).sum(axis=1)
        change = np.where(gone, "died", np.where(np.arange(len(ids)) < n_old, "kept", "born"))
        frame = pd.DataFrame(
            {
                "topic": ids,
                "label": former["label"].reindex(ids).fillna(now["label"].reindex(ids)).to_numpy(),
                "change": change,
                "similarity": similarity,
                "share_before": former["share"].reindex(ids).to_numpy(float),
                "share": now["share"].reindex(ids).fillna(0.0).to_numpy(),
            }
        )
        self.changes_ = conform(frame, TOPIC_CHANGES)
        return self

    def relabel(self, labels: Labels | Callable[[list[str]], str]) -> TopicModel:
        """Give topics other names, which stay through :meth:`update`.

        Parameters
        ----------
        labels : mapping of int to str, path, or callable
            Number to name; a file of :meth:`write_labels` in which names were edited; or a function that
            makes a name of the terms of a topic, a language model say.

        Returns
        -------
        TopicModel
            The same object.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        ParameterError
            ``labels`` is something else, names a topic that is not there, or returns no text.
        InputError
            The file is not there, or holds no table.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["退款到账慢"] * 9 + ["快递破损"] * 9)
        >>> model = ct.TopicModel(2).fit(corpus)
        >>> sorted(model.relabel(lambda terms: "钱" if "退款" in terms else "物流").labels_)
        ['物流', '钱']
        """
        self._check_fitted()
        self._rename(labels)
        return self

    def write_labels(self, path: str | PathLike[str]) -> None:
        """Write number, name and terms of each topic to a TSV file, for people to edit the names.

        Parameters
        ----------
        path : path
            Replaced as a whole.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        """
        self._check_fitted()
        write_labels(path, self.topics_)

    def renumber(self, table: pd.DataFrame) -> TopicModel:
        """Take the numbers and names that topics had in an earlier model.

        Parameters
        ----------
        table : DataFrame
            Of :func:`csatext.align_topics`, in which this model is the new one.

        Returns
        -------
        TopicModel
            The same object: a topic that is the same as an earlier one has its number and name.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        SchemaError
            The table lacks a column, or topics of this model.
        """
        self._check_fitted()
        as_table(table, "table", ["topic", "change", "new_topic", "old_topic", "old_label"])
        rows = table[table["new_topic"].notna()].drop_duplicates("new_topic").set_index("new_topic")
        missing = int((~pd.Index(self.topic_ids_).isin(rows.index)).sum())
        if missing:
            raise SchemaError.foreign_index("table", missing)
        rows = rows.loc[self.topic_ids_]
        same = (rows["topic"] == rows["old_topic"]).fillna(False).to_numpy(bool)
        numbers = dict(zip(self.topic_ids_.tolist(), rows["topic"].astype(int).tolist(), strict=True))
        labels = rows.loc[same].set_index("topic")["old_label"]
        self.topics_["topic"] = self.topics_["topic"].map(numbers)
        self.topics_["label"] = self.topics_["topic"].map(labels).fillna(self.topics_["label"])
        self.topic_ids_ = rows["topic"].to_numpy(np.int64)
        self.next_id_ = int(max(self.next_id_, self.topic_ids_.max() + 1, table["topic"].max() + 1))
        return self

    @property
    def labels_(self) -> pd.Series:
        """Name of each topic, by its number."""
        return self.topics_.drop_duplicates("topic").set_index("topic")["label"]

    # Learning

    def _learn(self, corpus: Corpus, progress: Progress | None) -> np.ndarray:
        """Learn the topics and return the shares of the corpus's documents."""
        checked_corpus(corpus)
        self._check_parameters()
        sample, columns = self._sampled(corpus)
        terms = corpus.terms[columns]
        seeds = words_by_name(self.seeds)
        n_topics = self._number(sample, terms, len(seeds))
        width = len(corpus.terms)
        if sample.nnz:
            pseudo = seed_counts(seeds, sample, terms, n_topics)
            components = np.zeros((n_topics, width))
            with counted("主题", None, unit="轮", verbose=self.verbose and progress is None) as count:
                how = self._how(n_topics, pseudo, progress or count.at)
                components[:, columns] = learn_topics(self.engine, sample, terms, how)
        else:
            components = np.full((n_topics, width), 1 / max(width, 1))
        theta = shares_in_documents(corpus.dtm, components, self.doc_topic_prior)
        lengths = known_lengths(corpus.dtm, components)
        share = topic_shares(theta, lengths, order_of_content(corpus.dtm))
        order = np.argsort(-share, kind="stable")
        theta = theta[:, order]
        self.terms_ = corpus.terms
        self.next_id_ = n_topics
        names = {int(np.flatnonzero(order == at)[0]): name for at, name in enumerate(seeds)}
        self._describe(corpus, sample, columns, components[order], np.arange(n_topics), theta, names)
        if self.labels is not None:
            self._rename(self.labels)
        theta[lengths == 0] = np.nan
        return theta

    def _check_parameters(self) -> None:
        check_simple_parameters(self)
        if self.engine not in LDA_ENGINES:
            raise ParameterError.not_allowed("engine", self.engine, list(LDA_ENGINES))
        if isinstance(self.n_topics, str):
            if self.n_topics != "auto":
                raise ParameterError.wrong_type("n_topics", self.n_topics, '整数，或 "auto"')
        elif isinstance(self.n_topics, bool) or not isinstance(self.n_topics, (int, np.integer)):
            raise ParameterError.wrong_type("n_topics", self.n_topics, '整数，或 "auto"')
        elif self.n_topics < 1:
            raise ParameterError.out_of_range("n_topics", self.n_topics, "不小于 1 的整数")
        for name in ("n_iter", "n_runs", "n_terms", "max_docs"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ParameterError.out_of_range(name, value, "不小于 1")
        for name in ("doc_topic_prior", "topic_word_prior"):
            if getattr(self, name) <= 0:
                raise ParameterError.out_of_range(name, getattr(self, name), "大于 0")

    def _sampled(self, corpus: Corpus) -> tuple[sparse.csr_array, np.ndarray]:
        return learning_sample(corpus, self.max_docs, self.content_only, self.random_state)

    def _number(self, sample: sparse.csr_array, terms: np.ndarray, n_seeds: int) -> int:
        if self.n_topics != "auto":
            number = int(self.n_topics)
            if n_seeds > number:
                raise ParameterError.out_of_range("n_topics", number, f"不小于种子主题数 {n_seeds}")
            return number
        number, self.n_topics_curve_ = choose_number(
            sample, terms, self.engine, self._how(2), verbose=self.verbose
        )
        return max(number, n_seeds)

    def _how(
        self, n_topics: int, pseudo: np.ndarray | None = None, progress: Progress | None = None
    ) -> Learning:
        return Learning(
            n_topics,
            self.n_iter,
            self.doc_topic_prior,
            self.topic_word_prior,
            self.random_state,
            self.n_runs,
            pseudo_counts=pseudo,
            progress=progress,
        )

    # Description

    def _describe(
        self,
        corpus: Corpus,
        sample: sparse.csr_array,
        columns: np.ndarray,
        components: np.ndarray,
        ids: np.ndarray,
        theta: np.ndarray,
        names: Mapping[int, str],
    ) -> None:
        """Set the fitted attributes; ``names`` are kept, the other topics are named by their terms."""
        lengths = known_lengths(corpus.dtm, components)
        order = order_of_content(corpus.dtm)
        share = topic_shares(theta, lengths, order)
        main = np.bincount(theta.argmax(axis=1)[lengths > 0], minlength=len(ids))
        inner = components[:, columns]
        terms = corpus.terms[columns]
        best, values = choose_terms(sample, terms, inner, share, self.n_terms)
        coherent = best[:, :_COHERENCE_TERMS]
        self.components_, self.topic_ids_ = components, ids.astype(np.int64)
        self.coherence_ = np.column_stack((mean_npmi(sample, coherent), c_v(sample, coherent)))
        labels = [
            names.get(int(topic), made) for topic, made in zip(ids, labels_of(terms, best), strict=True)
        ]
        row, rank = np.nonzero(best >= 0)
        column = best[row, rank]
        frame = pd.DataFrame(
            {
                "topic": self.topic_ids_[row],
                "label": np.array(labels, object)[row],
                "share": share[row],
                "n_docs": main[row],
                "coherence": self.coherence_[row, 0],
                "rank": rank + 1,
                "term": terms[column],
                "probability": inner[row, column],
                "relevance": values[row, column],
            }
        )
        self.topics_ = conform(frame, TOPICS)
        self.doc_topics_ = documents_about(corpus.dtm, components, share, main)
        half = np.empty(len(corpus), np.int64)
        half[order] = np.arange(len(corpus)) % 2
        width = len(corpus.terms)
        at = np.repeat(half * width, np.diff(corpus.dtm.indptr)) + corpus.dtm.indices
        self.n_docs_ = np.bincount(half, minlength=2)
        self.doc_counts_ = np.bincount(at, minlength=2 * width).reshape(2, width)
        self._sample = (sample, columns)

    def _rename(self, labels: Labels | Callable[[list[str]], str]) -> None:
        given: dict[int, str]
        if callable(labels):
            given = made_labels(labels, self.topics_)
        elif isinstance(labels, Mapping):
            given = {int(topic): str(label) for topic, label in labels.items()}
        elif isinstance(labels, (str, PathLike)):
            given = read_labels(labels, self.topics_)
        else:
            raise ParameterError.wrong_type("labels", labels, "主题号到名称的映射、标签文件的路径或函数")
        unknown = sorted(set(given) - set(self.topic_ids_.tolist()))
        if unknown:
            raise ParameterError.not_allowed("labels", unknown[0], self.topic_ids_.tolist())
        self.topics_["label"] = self.topics_["topic"].map(given).fillna(self.topics_["label"])

    def names(self) -> np.ndarray:
        """Return the names in the order of ``components_``; a topic without terms has its number.

        Returns
        -------
        ndarray of object, shape (n_topics,)
            As :attr:`labels_`.
        """
        names = dict(zip(self.topics_["topic"], self.topics_["label"], strict=True))
        return np.array([names.get(topic, str(topic)) for topic in self.topic_ids_.tolist()], object)

    # Documents

    def _check_fitted(self) -> None:
        check_simple_parameters(self)
        if not hasattr(self, "components_"):
            raise NotFittedError.before_fit(self)

    def _shares(self, corpus: Corpus) -> np.ndarray:
        """Return the shares of each document, NaN where no word is known."""
        checked_corpus(corpus)
        self._check_fitted()
        if not np.array_equal(self.terms_, corpus.terms):
            raise SchemaError.foreign_vocabulary(self)
        theta = shares_in_documents(corpus.dtm, self.components_, self.doc_topic_prior)
        theta[known_lengths(corpus.dtm, self.components_) == 0] = np.nan
        return theta

    def _learnt_from(self, corpus: Corpus | None) -> tuple[sparse.csr_array | None, np.ndarray]:
        """Return counts and their columns of the documents given, or of those learnt from in this session."""
        if corpus is None:
            return getattr(self, "_sample", (None, np.empty(0, np.int64)))
        checked_corpus(corpus)
        if not np.array_equal(self.terms_, corpus.terms):
            raise SchemaError.foreign_vocabulary(self)
        return self._sampled(corpus)

    def _documents_of(self, counts: sparse.csr_array, components: np.ndarray) -> np.ndarray:
        """Return of how many documents each topic is the main one; those of no known word do not count."""
        known = known_lengths(counts, components) > 0
        main = shares_in_documents(counts, components, self.doc_topic_prior).argmax(axis=1)[known]
        return np.bincount(main, minlength=len(components))

    def _main_topics(self, corpus: Corpus, theta: np.ndarray) -> pd.DataFrame:
        return main_topics(theta, self.topic_ids_, self.names(), corpus.doc_ids)


def checked_topic_model(given: object, argument: str = "model") -> TopicModel:
    """Return a fitted topic model as it is.

    Raises
    ------
    ParameterError
        It is something else.
    NotFittedError
        It is not fitted.

    Examples
    --------
    >>> checked_topic_model("topics.csatext")
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 model 的类型是 str；要求：TopicModel。
    """
    if not isinstance(given, TopicModel):
        raise ParameterError.wrong_type(argument, given, "TopicModel")
    if not hasattr(given, "components_"):
        raise NotFittedError.before_fit(given)
    return given
