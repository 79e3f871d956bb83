"""Corpus: the documents of an analysis, their tokens and counts, under one doc_id index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from csatext.errors import ParameterError, SchemaError
from csatext.notebook_cards import card
from csatext.strings import string_array
from csatext.text.conversion import to_simplified
from csatext.text.preparation import Preparation
from csatext.text.terms.content_words import says_something
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["Corpus", "checked_corpus"]

_BLOCK = 100_000
"""Documents whose counts are looked at together: 30 MB for texts of 60 characters."""


class Corpus:
    """Prepared texts, tokens and document-term matrix of a set of contacts.

    Made by :class:`csatext.Vectorizer`; holds, slices and describes, nothing else.

    Parameters
    ----------
    docs : DataFrame
        The other columns of the contacts, indexed by ``doc_id``.
    texts, source : pyarrow ChunkedArray of strings
        Prepared texts, and the texts as they were read (kept in memory only, for evidence).
    token_table : TokenTable
        Tokens as codes.
    dtm : csr_array of int32, shape (n_docs, n_terms)
        Document-term matrix.
    terms : ndarray of object, shape (n_terms,)
        Names of the matrix's columns, in order of code points.
    preparation : Preparation
        How ``texts`` came from ``source``.
    always_shown : frozenset of str or None, default frozenset()
        Terms that count as content whatever they are; None for all.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递太慢", "客服很好"])
    >>> corpus
    Corpus(docs=2, tokens=5, terms=4)
    >>> corpus.tokens[1]
    ['客服', '很', '好']
    >>> len(corpus[[True, False]])
    1
    >>> corpus.shape, corpus.doc_ids.tolist(), corpus.texts.tolist()
    ((2, 4), [0, 1], ['快递太慢', '客服很好'])
    >>> corpus.source_spans(np.array([1]), np.array([0]), np.array([2]))
    (array([0]), array([2]))
    >>> corpus.prepared_spans(1, np.array([0]), np.array([2]))
    (array([0]), array([2]))
    >>> corpus.prepared(pd.Series(["退款！！！！"])).tolist()
    ['退款！']
    >>> corpus.terms.tolist(), corpus.content.tolist()
    (['太慢', '好', '客服', '快递'], [True, False, True, True])
    >>> corpus.is_content(np.array(["没有", "退款"], object)).tolist()
    [False, True]
    """

    def __init__(
        self,
        docs: pd.DataFrame,
        texts: pa.ChunkedArray,
        source: pa.ChunkedArray,
        token_table: TokenTable,
        dtm: sparse.csr_array,
        terms: np.ndarray,
        preparation: Preparation,
        *,
        always_shown: frozenset[str] | None = frozenset(),
    ) -> None:
        self.docs = docs
        self.token_table = token_table
        self.dtm = dtm
        self.terms = terms
        self._texts = texts
        self._source = source
        self._preparation = preparation
        self._always_shown = always_shown
        self._content: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.docs)

    def __repr__(self) -> str:
        return (
            f"Corpus(docs={len(self):,}, tokens={len(self.token_table.codes):,}, terms={len(self.terms):,})"
        )

    def _repr_html_(self) -> str:
        first = pd.DataFrame({"text": self[: min(len(self), 5)].texts})
        facts = [
            ("文档", f"{len(self):,}"),
            ("词（去重后计数的）", f"{len(self.terms):,}"),
            ("其他列", "、".join(map(str, self.docs.columns[:12])) or "无"),
        ]
        steps = ["ct.Sentiment().transform(corpus)", "ct.RuleClassifier().transform(corpus)"]
        steps += ["ct.KeywordExtractor().frequencies(corpus)", "ct.show(corpus)"]
        return card(repr(self), facts, first, steps)

    @property
    def shape(self) -> tuple[int, int]:
        """Documents and terms."""
        return self.dtm.shape

    @property
    def doc_ids(self) -> pd.Index:
        """The index of every result."""
        return self.docs.index

    @property
    def content(self) -> np.ndarray:
        """Mask of the terms that say something on their own, which tables of words show."""
        if self._content is None:
            self._content = self.is_content(self.terms)
        return self._content

    def is_content(self, terms: np.ndarray) -> np.ndarray:
        """Return the mask of the terms, of this corpus or others, that say something on their own.

        Parameters
        ----------
        terms : ndarray of object, shape (n,)
            Words.

        Returns
        -------
        ndarray of bool, shape (n,)
            False for function words, particles, placeholders, bare numbers, light verbs, names of people.
        """
        if self._always_shown is None:
            return np.ones(len(terms), bool)
        return says_something(terms) | pd.Index(terms, dtype=object).isin(self._always_shown)

    @property
    def texts(self) -> pd.Series:
        """Prepared texts (clean, personal data masked, Simplified), by doc_id."""
        values = pd.array(self._texts, dtype="str")
        return pd.Series(values, index=self.docs.index, name="text")

    @property
    def tokens(self) -> list[list[str]]:
        """One list of tokens a document, made when asked for."""
        return self.token_table.lists()

    def blocks(self) -> Iterator[tuple[slice, sparse.csr_array]]:
        """Yield the document-term matrix in blocks of documents: sums over documents need no more at once.

        Yields
        ------
        rows : slice
            Which documents.
        dtm : csr_array of int32
            Their counts. One block where there are no documents.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递太慢", "客服很好"])
        >>> [(rows.start, rows.stop, dtm.shape) for rows, dtm in corpus.blocks()]
        [(0, 2, (2, 4))]
        """
        n = len(self)
        for start in range(0, max(n, 1), _BLOCK):
            rows = slice(start, min(start + _BLOCK, n))
            yield rows, self.dtm[rows]

    def __getitem__(self, rows: Any) -> Corpus:
        """Return the documents that ``rows`` (mask, positions or slice) picks, with the same terms."""
        at = self._positions(rows)
        part = Corpus(
            self.docs.iloc[at],
            self._texts.take(pa.array(at)),
            self._source.take(pa.array(at)),
            self.token_table.take(at),
            self.dtm[at],
            self.terms,
            self._preparation,
            always_shown=self._always_shown,
        )
        part._content = self._content
        return part

    def with_counts(
        self, dtm: sparse.csr_array, terms: np.ndarray, always_shown: frozenset[str] | None = frozenset()
    ) -> Corpus:
        """Return the same documents counted on other terms.

        Parameters
        ----------
        dtm : csr_array of int32, shape (n_docs, n_terms)
            Counts.
        terms : ndarray of object, shape (n_terms,)
            Names of its columns.
        always_shown : frozenset of str or None
            As in the class.

        Returns
        -------
        Corpus
            Texts and tokens are shared, not copied.

        Examples
        --------
        >>> import csatext as ct
        >>> corpus = ct.Vectorizer().fit_transform(["快递太慢", "客服很好"])
        >>> corpus.with_counts(corpus.dtm[:, :1], corpus.terms[:1]).shape
        (2, 1)
        """
        return Corpus(
            self.docs,
            self._texts,
            self._source,
            self.token_table,
            dtm,
            terms,
            self._preparation,
            always_shown=always_shown,
        )

    def source_spans(
        self, rows: np.ndarray, starts: np.ndarray, ends: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the spans of the texts as they were read, given spans of the prepared texts.

        Parameters
        ----------
        rows : ndarray of int, shape (n,)
            Positions of the documents.
        starts, ends : ndarray of int, shape (n,)
            Spans in the prepared texts, ends exclusive.

        Returns
        -------
        starts : ndarray of int64, shape (n,)
            Spans in the source, in characters.
        ends : ndarray of int64, shape (n,)
            Ends exclusive; a mask maps to the whole value it hides.
        """
        found_starts, found_ends = starts.astype(np.int64), ends.astype(np.int64)
        distinct, position = np.unique(rows, return_inverse=True)
        taken = pa.array(distinct, pa.int64())
        prepared, source = self._texts.take(taken), self._source.take(taken)
        # Most texts are prepared already: every character has its place.
        changed = ~pc.fill_null(pc.equal(prepared, source), False).to_numpy(zero_copy_only=False)
        left = np.flatnonzero(changed[position])
        bounds = np.searchsorted(np.sort(position[left]), np.arange(len(distinct) + 1))
        order = left[np.argsort(position[left], kind="stable")]
        for at in np.flatnonzero(changed):
            mine = order[bounds[at] : bounds[at + 1]]
            text = prepared[int(at)].as_py()
            spans = self._origins(text, source[int(at)].as_py(), starts[mine], ends[mine])
            found_starts[mine], found_ends[mine] = spans
        return found_starts, found_ends

    def _origins(
        self, text: str, source: str, starts: np.ndarray, ends: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the spans of one text's source; what stands before or after all that changed only shifts."""
        simplified = to_simplified(source) if self._preparation.simplify else source
        found = _same_words(text, simplified, starts, ends)
        if found is not None:
            if simplified == source:
                return found, found + ends - starts
            _, places = to_simplified(source, return_offsets=True)
            return places[found], _next_origin(places, places[found + ends - starts - 1])
        _, offsets = self._preparation.one(source)
        last = offsets[np.maximum(ends - 1, 0)]
        return offsets[starts], np.where(ends > starts, _next_origin(offsets, last), offsets[starts])

    def prepared_spans(self, row: int, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the spans of a prepared text, given spans of the text as it was read.

        Parameters
        ----------
        row : int
            Position of the document.
        starts, ends : ndarray of int, shape (n,)
            Spans in the source, ends exclusive; what lies outside of the text is cut off.

        Returns
        -------
        starts : ndarray of int64, shape (n,)
            Spans in the prepared text.
        ends : ndarray of int64, shape (n,)
            Ends exclusive; a span that touches a masked value holds the whole mask, one of which nothing is
            left is empty.
        """
        prepared, source = (texts[int(row)].as_py() for texts in (self._texts, self._source))
        starts, ends = (np.clip(np.asarray(side, np.int64), 0, len(source or "")) for side in (starts, ends))
        if prepared == source:
            return starts, np.maximum(starts, ends)
        _, offsets = self._preparation.one(source or "")
        origins = offsets[:-1]
        first = np.searchsorted(_next_origin(offsets, origins), starts, side="right")
        last = np.where(ends > starts, np.searchsorted(origins, ends, side="left"), first)
        return first, np.maximum(first, last)

    def prepared(self, texts: pd.Series) -> pd.Series:
        """Return other texts, such as the turns of a dialogue, prepared as the documents were.

        Parameters
        ----------
        texts : Series of str
            As they were read; missing ones become empty.

        Returns
        -------
        Series of str
            With the same index.
        """
        values = pd.array(self._preparation.column(string_array(texts)), dtype="str")
        return pd.Series(values, index=texts.index, name="text")

    def _positions(self, rows: Any) -> np.ndarray:
        if isinstance(rows, tuple) and len(rows) == 2 and rows[1] is Ellipsis:
            # The way scikit-learn's cross-validation takes rows.
            rows = rows[0]
        if isinstance(rows, slice):
            return np.arange(len(self))[rows]
        if isinstance(rows, pd.Series):
            if rows.dtype == bool and not rows.index.equals(self.docs.index):
                unknown = int((~self.docs.index.isin(rows.index)).sum())
                if unknown:
                    raise SchemaError.foreign_index("mask", unknown)
                rows = rows.reindex(self.docs.index)
            rows = rows.to_numpy()
        at = np.atleast_1d(np.asarray(rows))
        if at.size == 0:
            return np.empty(0, np.int64)
        if at.dtype == bool:
            if len(at) != len(self):
                raise SchemaError(f"筛选条件有 {len(at)} 个值，语料有 {len(self)} 篇文档；两者必须一样长。")
            return np.flatnonzero(at)
        return np.arange(len(self))[at.astype(np.int64)]


def _same_words(text: str, other: str, starts: np.ndarray, ends: np.ndarray) -> np.ndarray | None:
    """Return where the words of each span of a text begin in another, None where that is not certain.

    Preparation keeps the order of what it leaves, so that words which both texts have equally often are each
    other's, the first of one the first of the other.
    """
    found = starts.copy()
    for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        words = text[start:end]
        # Marks are what cleaning shortens; words that overlap themselves cannot be counted.
        plain = words[:1].isalnum() and words[-1:].isalnum() and (words[0] != words[-1] or end - start == 1)
        if not plain or text.count(words) != other.count(words):
            return None
        place = -1
        for _ in range(text.count(words, 0, end)):
            place = other.find(words, place + 1)
        found[at] = place
    return found


def _next_origin(offsets: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return the end of the source characters that made the prepared character at ``last``.

    A kept character stands for one of the source; a mask stands for all up to the next origin,
    which shows as several prepared characters with one origin.
    """
    after = np.searchsorted(offsets, last, side="right")
    shared = after - np.searchsorted(offsets, last, side="left") > 1
    following = offsets[np.minimum(after, len(offsets) - 1)]
    return np.where(shared, following, last + 1)


def checked_corpus(given: object) -> Corpus:
    """Return a corpus as it is.

    Raises
    ------
    ParameterError
        It is something else, such as a list of texts.

    Examples
    --------
    >>> checked_corpus(["退款太慢"])
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 corpus 的类型是 list；要求：Corpus；...
    """
    if not isinstance(given, Corpus):
        wanted = "Corpus；请先用 ct.Vectorizer().fit_transform(contacts) 得到"
        raise ParameterError.wrong_type("corpus", given, wanted)
    return given
