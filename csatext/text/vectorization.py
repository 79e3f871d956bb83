"""Vectorizer: contacts in, Corpus out; clean, redact, simplify, tokenize and count, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from csatext.argument_types import as_names, as_whole_number, check_simple_parameters
from csatext.errors import InputError, NotFittedError, ParameterError, SchemaError
from csatext.lexicon import Lexicon
from csatext.notebook_cards import EstimatorCard
from csatext.privacy.kinds import MASK
from csatext.privacy.personal_columns import mask_columns
from csatext.progress import counted
from csatext.strings import string_array
from csatext.text.cleaning import Steps
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.preparation import Preparation
from csatext.text.terms.content_words import says_something
from csatext.text.terms.found_expressions import find_expressions
from csatext.text.terms.joined_terms import PhraseMatcher
from csatext.text.tokenization.token_table import TokenTable
from csatext.text.tokenization.tokenizer import Tokenizer

__all__ = ["Vectorizer", "recounted", "restored"]

_ROWS = 5_000
"""Rows that are prepared between two reports of progress."""
_NAMELESS = r"\[(?:em(?:_[0-9]+)?|表情)\]"
_NO_TERM = rf"^(?:[^\p{{L}}\p{{N}}]*|[\p{{Nd}}.,:%％/\-]+|{_NAMELESS}|{MASK.pattern})$"


class Vectorizer(EstimatorCard, TransformerMixin, BaseEstimator):
    """Turn contacts into a :class:`csatext.Corpus`.

    Parameters
    ----------
    tokenizer : Tokenizer or None
        None is ``Tokenizer()``.
    min_df : int or float, default 1
        Terms in fewer documents (int) or a smaller share of them (float) are not counted.
    max_df : int or float, default 1.0
        Terms in more documents, or a larger share, are not counted.
    max_features : int or None
        Keep the most frequent terms only; ties go to the earlier code points.
    stop_words : "default", iterable of str, mapping or None, default "default"
        Words not counted; they stay in the tokens. The default list holds no negator. A list replaces it;
        ``{"extra": [...], "without": [...]}`` adds words to it and takes words out. Marks, plain numbers and
        masks such as ``[手机号]`` are never counted.
    phrases : "auto", iterable of str, mapping or None, default None
        Expressions counted as one term instead of as their words. ``"auto"`` finds them in the contacts of
        ``fit``: negated words (没到账), verbs with an impossible complement (打不通), things with what is
        wrong about them (态度差), new words (节温器) and collocations of :func:`csatext.find_phrases`; words
        that say nothing on their own (function words, particles, placeholders, light verbs, names of people)
        are then not counted. A list is taken instead; ``{"extra": [...], "without": [...]}`` adds
        expressions, such as the words of a taxonomy, to those found and takes some out. An expression is
        counted where it begins and ends with a token; the tokens themselves stay as they are. None counts
        single tokens.
    steps : "default" or sequence of steps, default "default"
        Cleaning steps (see :func:`csatext.clean`); the default is :data:`csatext.DEFAULT_STEPS`.
    redact : bool, default True
        Mask personal data before anything is stored.
    pseudonymize : str, bytes or None
        Key for equal tokens for equal values (see :func:`csatext.redact`); shown and saved nowhere.
    keep : sequence of str, default ()
        Metadata columns that stay as they are. The others are masked like the text where ``redact``
        is on: names, numbers and addresses of people by header and by value, names of agents as ``坐席-1``
        (see :mod:`csatext.privacy.personal_columns`); ``doc_id`` and numbers of orders stay, to join by.
    simplify : bool, default True
        Convert Traditional characters before segmentation.
    n_jobs : int, default 1
        Processes for segmentation; the result does not depend on it.
    verbose : bool, default True
        Show progress where a step takes more than two seconds.

    Attributes
    ----------
    terms_ : ndarray of object, shape (n_terms,)
        Columns of the document-term matrix, in order of code points.
    phrases_ : tuple of str
        Expressions that are counted whole, in order of code points.

    Examples
    --------
    >>> import pandas as pd
    >>> contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款太慢", "一直不退款"]})
    >>> corpus = Vectorizer(min_df=2).fit_transform(contacts)
    >>> corpus.terms.tolist(), corpus.dtm.toarray().tolist()
    (['退款'], [[1], [1]])
    >>> corpus.doc_ids.tolist()
    ['a', 'b']
    >>> vectorizer = Vectorizer(min_df=2).fit(contacts)
    >>> vectorizer.get_feature_names_out().tolist(), vectorizer.transform(["退款没到账"]).shape
    (['退款'], (1, 1))
    >>> Vectorizer(phrases="auto").fit(["一直不退款", "就是不退款", "态度差，不退款"]).phrases_
    ('不退款',)
    """

    def __init__(
        self,
        *,
        tokenizer: Tokenizer | None = None,
        min_df: int | float = 1,
        max_df: int | float = 1.0,
        max_features: int | None = None,
        stop_words: str | Iterable[str] | Mapping[str, Iterable[str]] | None = "default",
        phrases: str | Iterable[str] | Mapping[str, Iterable[str]] | None = None,
        steps: Steps = "default",
        redact: bool = True,
        pseudonymize: str | bytes | None = None,
        keep: Sequence[str] = (),
        simplify: bool = True,
        n_jobs: int = 1,
        verbose: bool = True,
    ) -> None:
        self.tokenizer = tokenizer
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.stop_words = stop_words
        self.phrases = phrases
        self.steps = steps
        self.redact = redact
        self.pseudonymize = pseudonymize
        self.keep = keep
        self.simplify = simplify
        self.n_jobs = n_jobs
        self.verbose = verbose

    def fit(self, contacts: Any, y: Any = None) -> Vectorizer:
        """Learn the terms; see :meth:`fit_transform`.

        Parameters
        ----------
        contacts : DataFrame, Series or sequence of str
            As in :meth:`fit_transform`.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        Vectorizer
            The same object.

        Raises
        ------
        InputError, SchemaError, ParameterError
            As :meth:`fit_transform`.
        """
        self.fit_transform(contacts, y)
        return self

    def fit_transform(self, contacts: Any, y: Any = None) -> Corpus:
        """Return the corpus and learn its terms, in one pass.

        Parameters
        ----------
        contacts : DataFrame, Series or sequence of str
            A frame has a column ``text`` and, unless its index is to serve, ``doc_id``.
        y : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        Corpus
            All documents, in their order.

        Raises
        ------
        InputError
            No text column.
        SchemaError
            A doc_id occurs twice.
        ParameterError
            ``min_df``, ``max_df`` or ``stop_words`` cannot be used.
        """
        return self._counted(self._prepared(contacts))

    def recount(self, corpus: Corpus) -> Corpus:
        """Return a corpus with other counts, and learn their terms: texts and tokens stay as they are.

        Contacts are then cleaned and segmented once for two purposes: a classifier that counts every word,
        and keywords and topics of words and expressions that say something.

        Parameters
        ----------
        corpus : Corpus
            Of another Vectorizer.

        Returns
        -------
        Corpus
            The same documents, counted by this one's ``phrases``, ``stop_words``, ``min_df``, ``max_df`` and
            ``max_features``.

        Raises
        ------
        ParameterError
            ``corpus`` is no Corpus, or a parameter cannot be used.

        Examples
        --------
        >>> corpus = Vectorizer().fit_transform(["一直不退款", "就是不退款", "态度差，不退款"])
        >>> shown = Vectorizer(phrases="auto").recount(corpus)
        >>> shown.terms.tolist(), shown.tokens == corpus.tokens
        (['不退款', '差', '态度'], True)
        """
        checked_corpus(corpus)
        check_simple_parameters(self)
        return self._counted(corpus)

    def _counted(self, corpus: Corpus) -> Corpus:
        self.phrases_ = self._expressions(corpus)
        table = self._joined(corpus)
        candidate = self._candidates(table.vocabulary)
        columns = np.where(candidate, np.cumsum(candidate) - 1, -1)
        counts = _count(table, columns, int(candidate.sum()))
        kept = self._frequent(counts)
        self.terms_ = table.vocabulary[candidate][kept]
        return corpus.with_counts(_keep_columns(counts, kept), self.terms_, self._always_shown())

    def transform(self, contacts: Any) -> Corpus:
        """Return the corpus of other contacts, counted on the terms learnt.

        Parameters
        ----------
        contacts : DataFrame, Series or sequence of str
            As in :meth:`fit_transform`.

        Returns
        -------
        Corpus
            All documents, in their order.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        InputError, SchemaError, ParameterError
            As :meth:`fit_transform`.
        """
        if not hasattr(self, "terms_"):
            raise NotFittedError.before_fit(self)
        return self.count(self._prepared(contacts))

    def count(self, corpus: Corpus) -> Corpus:
        """Return a corpus counted on the terms and expressions learnt: texts and tokens stay as they are.

        Parameters
        ----------
        corpus : Corpus
            Of another Vectorizer, or of this one.

        Returns
        -------
        Corpus
            The same documents.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        ParameterError
            ``corpus`` is no Corpus.

        Examples
        --------
        >>> vectorizer = Vectorizer(phrases="auto").fit(["一直不退款", "就是不退款", "态度差，不退款"])
        >>> vectorizer.count(Vectorizer().fit_transform(["不退款", "退款"])).dtm.sum(axis=1).tolist()
        [1, 0]
        """
        checked_corpus(corpus)
        if not hasattr(self, "terms_"):
            raise NotFittedError.before_fit(self)
        table = self._joined(corpus)
        columns = pd.Index(self.terms_, dtype=object).get_indexer(pd.Index(table.vocabulary, dtype=object))
        return corpus.with_counts(_count(table, columns, len(self.terms_)), self.terms_, self._always_shown())

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the terms.

        Parameters
        ----------
        input_features : None
            Ignored; scikit-learn's pipelines pass it.

        Returns
        -------
        ndarray of object, shape (n_terms,)
            In the order of the matrix's columns.

        Raises
        ------
        NotFittedError
            ``fit`` was not called.
        """
        if not hasattr(self, "terms_"):
            raise NotFittedError.before_fit(self)
        return self.terms_

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:
        """Return the parameters that are not the default ones, the key as stars."""
        if self.pseudonymize is None:
            return str(super().__repr__(N_CHAR_MAX))
        return str(super().__repr__(N_CHAR_MAX)).replace(repr(self.pseudonymize), "'***'")

    def _preparation(self) -> Preparation:
        return Preparation(self.steps, self.redact, self.pseudonymize, self.simplify)

    def _prepared(self, contacts: Any) -> Corpus:
        """Return the documents, prepared and segmented, with no term counted."""
        check_simple_parameters(self)
        docs, source = _documents(contacts)
        if self.redact:
            keep = as_names(self.keep, "keep", "列名的列表")
            docs = mask_columns(docs, keep=keep, key=self.pseudonymize, orders=False)
        texts = self._texts(source)
        tokenizer = Tokenizer() if self.tokenizer is None else self.tokenizer
        if not isinstance(tokenizer, Tokenizer):
            wanted = "Tokenizer；要添加词，请写 Vectorizer(tokenizer=ct.Tokenizer([词, …]))"
            raise ParameterError.wrong_type("tokenizer", tokenizer, wanted)
        table = tokenizer.encode(texts, n_jobs=self._n_jobs(), verbose=self.verbose)
        nothing = sparse.csr_array((len(docs), 0), dtype=np.int32)
        return Corpus(docs, texts, source, table, nothing, np.empty(0, object), self._preparation())

    def _texts(self, source: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return the texts prepared, some thousand rows at a time."""
        preparation = self._preparation()
        parts = []
        with counted("清洗、脱敏", len(source), verbose=self.verbose) as count:
            for start in range(0, max(len(source), 1), _ROWS):
                parts.append(string_array(preparation.column(source.slice(start, _ROWS))))
                count.add(len(parts[-1]))
        return parts[0] if len(parts) == 1 else string_array(pa.chunked_array(parts))

    def _n_jobs(self) -> int:
        """Return the number of processes; -1 is one a core, as in joblib."""
        if isinstance(self.n_jobs, int) and self.n_jobs == -1:
            return -1
        return as_whole_number(self.n_jobs, "n_jobs", 1)

    def _expressions(self, corpus: Corpus) -> tuple[str, ...]:
        """Return the expressions to be counted whole."""
        if self.phrases is None:
            return ()
        automatic = isinstance(self.phrases, (str, Mapping))
        if isinstance(self.phrases, str) and self.phrases != "auto":
            raise ParameterError.not_allowed("phrases", self.phrases, ["auto", None, "词的列表"])
        if isinstance(self.phrases, Mapping):
            extra, without = _extra_and_without(self.phrases, "phrases")
        else:
            extra, without = frozenset() if automatic else _words(self.phrases, "phrases"), frozenset()
        found = find_expressions(corpus) if automatic else []
        return tuple(sorted(({*found} | {phrase for phrase in extra if phrase.strip()}) - without))

    def _joined(self, corpus: Corpus) -> TokenTable:
        """Return the tokens with the expressions joined, which are counted."""
        if not self.phrases_:
            return corpus.token_table
        return PhraseMatcher(self.phrases_).join(corpus.texts, corpus.token_table)

    def _always_shown(self) -> frozenset[str] | None:
        """Return the terms that the user or the corpus itself chose; None for all of them."""
        if not isinstance(self.stop_words, (str, Mapping)):
            return None
        extra = self.stop_words.get("without", ()) if isinstance(self.stop_words, Mapping) else ()
        return frozenset((*extra, *self.phrases_))

    def _candidates(self, vocabulary: np.ndarray) -> np.ndarray:
        words = pa.array(vocabulary, pa.large_string())
        stop = pa.array(sorted(self._stop_words()), pa.large_string())
        left_out = pc.or_(pc.match_substring_regex(words, _NO_TERM), pc.is_in(words, stop))
        counted = pc.invert(left_out).to_numpy(zero_copy_only=False)
        always = self._always_shown()
        if self.phrases is None or always is None:
            return counted
        return counted & (says_something(vocabulary) | pd.Index(vocabulary).isin(always))

    def _stop_words(self) -> frozenset[str]:
        if self.stop_words is None:
            return frozenset()
        if isinstance(self.stop_words, str) and self.stop_words == "default":
            return frozenset(Lexicon.load("stopwords").terms)
        if isinstance(self.stop_words, str):
            raise ParameterError.not_allowed("stop_words", self.stop_words, ["default", None, "词的列表"])
        if isinstance(self.stop_words, Mapping):
            extra, without = _extra_and_without(self.stop_words, "stop_words")
            return (frozenset(Lexicon.load("stopwords").terms) | extra) - without
        return _words(self.stop_words, "stop_words")

    def _frequent(self, counts: sparse.csr_array) -> np.ndarray:
        n_docs, n_columns = counts.shape
        df = np.bincount(counts.indices, minlength=n_columns)
        low, high = _limit("min_df", self.min_df, n_docs), _limit("max_df", self.max_df, n_docs)
        kept = np.flatnonzero((df >= low) & (df <= high))
        if self.max_features is not None and len(kept) > self.max_features:
            frequency = counts.sum(axis=0)[kept]
            kept = np.sort(kept[np.argsort(-frequency, kind="stable")[: self.max_features]])
        return kept


def recounted(corpus: Corpus, terms: np.ndarray) -> Corpus:
    """Return the documents of a corpus counted on other terms, such as those that a model knows.

    Parameters
    ----------
    corpus : Corpus
    terms : ndarray of object
        In order of code points.
    """
    if np.array_equal(corpus.terms, terms):
        return corpus
    table = corpus.token_table
    columns = pd.Index(terms, dtype=object).get_indexer(pd.Index(table.vocabulary, dtype=object))
    return corpus.with_counts(_count(table, columns, len(terms)), terms)


def restored(
    vectorizer: Vectorizer, docs: pd.DataFrame, texts: pa.ChunkedArray, dtm: sparse.csr_array
) -> Corpus:
    """Return the corpus of documents that a Vectorizer counted before, without their tokens.

    Parameters
    ----------
    vectorizer : Vectorizer
        Fitted.
    docs : DataFrame
        By doc_id.
    texts : pyarrow ChunkedArray of strings, shape (n_docs,)
        As they were prepared.
    dtm : csr_array of int32, shape (n_docs, n_terms)
        Counts of its terms.

    Examples
    --------
    >>> vectorizer = Vectorizer()
    >>> corpus = vectorizer.fit_transform(["退款慢"])
    >>> texts = pa.chunked_array([["退款慢"]])
    >>> restored(vectorizer, corpus.docs, texts, corpus.dtm).terms.tolist()
    ['慢', '退款']
    """
    untold = TokenTable(np.empty(0, np.int32), np.zeros(len(docs) + 1, np.int64), np.empty(0, object))
    return Corpus(
        docs,
        texts,
        texts,
        untold,
        dtm,
        vectorizer.terms_,
        vectorizer._preparation(),
        always_shown=vectorizer._always_shown(),
    )


def _documents(contacts: Any) -> tuple[pd.DataFrame, Any]:
    if isinstance(contacts, pd.DataFrame):
        if "text" not in contacts.columns:
            raise InputError.no_text_column("contacts", contacts.columns)
        docs = contacts.drop(columns="text")
        if "doc_id" in docs.columns:
            docs = docs.set_index("doc_id")
        texts = contacts["text"]
    elif (
        isinstance(contacts, (str, bytes))
        or not isinstance(contacts, Iterable)
        or getattr(contacts, "ndim", 1) > 1
    ):
        raise ParameterError.wrong_type("contacts", contacts, "DataFrame、Series 或由文本组成的列表")
    else:
        texts = contacts if isinstance(contacts, pd.Series) else pd.Series(list(contacts), dtype=object)
        docs = pd.DataFrame(index=texts.index)
    docs.index = docs.index.rename("doc_id")
    docs.attrs = {}
    repeated = int(docs.index.duplicated().sum())
    if repeated:
        raise SchemaError.duplicate_key("contacts", ["doc_id"], repeated)
    return docs, string_array(texts)


def _words(given: Iterable[str], name: str) -> frozenset[str]:
    return frozenset(as_names(given, name, "由词组成的列表"))


def _extra_and_without(
    given: Mapping[str, Iterable[str]], name: str
) -> tuple[frozenset[str], frozenset[str]]:
    unknown = sorted(set(given) - {"extra", "without"})
    if unknown:
        raise ParameterError.not_allowed(f"{name} 的键", unknown[0], ["extra", "without"])
    return _words(given.get("extra", ()), "extra"), _words(given.get("without", ()), "without")


def _limit(name: str, value: int | float, n_docs: int) -> float:
    if isinstance(value, float):
        if not 0 <= value <= 1:
            raise ParameterError.out_of_range(name, value, "小数表示比例，在 0 到 1 之间")
        return value * n_docs
    if value < 0:
        raise ParameterError.out_of_range(name, value, "整数表示文档数，不小于 0")
    return value


def _count(table: TokenTable, columns: np.ndarray, n_columns: int) -> sparse.csr_array:
    """Return the token counts; ``columns`` gives each vocabulary entry its column, -1 for none."""
    at = columns[table.codes] if len(table.codes) else np.empty(0, np.int64)
    return _assemble(at, np.ones(len(at), np.int32), table.offsets, n_columns)


def _keep_columns(counts: sparse.csr_array, kept: np.ndarray) -> sparse.csr_array:
    columns = np.full(counts.shape[1], -1)
    columns[kept] = np.arange(len(kept))
    return _assemble(columns[counts.indices], counts.data, counts.indptr, len(kept))


def _assemble(columns: np.ndarray, data: np.ndarray, indptr: np.ndarray, n_columns: int) -> sparse.csr_array:
    used = columns >= 0
    before = np.concatenate(([0], np.cumsum(used)))
    # scikit-learn's solvers take 32-bit indices only.
    width = np.int32 if before[-1] < 2**31 else np.int64
    matrix = sparse.csr_array(
        (data[used], columns[used].astype(width), before[indptr].astype(width)),
        shape=(len(indptr) - 1, n_columns),
    )
    matrix.sum_duplicates()
    return matrix
