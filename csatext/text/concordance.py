"""Keyword in context: the sentences that stand behind a term."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.argument_types import as_names, check_simple_types
from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.analysis import CONCORDANCE
from csatext.strings import string_array
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.offsets import Span

__all__ = ["concordance"]

Place = tuple[int, int, int]


@check_simple_types
def concordance(
    corpus: Corpus,
    term: str | Iterable[str],
    n: int | None = 10,
    *,
    width: int = 20,
    random_state: int | None = None,
) -> pd.DataFrame:
    """Return a term in context, from the prepared text (personal data is masked there).

    Parameters
    ----------
    corpus : Corpus
        The documents.
    term : str or iterable of str
        A word, or several that count as one (synonyms). A term that is a token of the corpus is
        shown where it is that token; any other where it stands between token boundaries, or, if
        it does so nowhere, wherever its characters stand.
    n : int or None, default 10
        Places; None for all.
    width : int, default 20
        Characters shown on either side.
    random_state : int, optional
        Draws documents at random; None takes them at even distances through the corpus.

    Returns
    -------
    DataFrame
        Schema CONCORDANCE, in the order of the corpus. A document gives a second place only
        when every other has given one; a text that repeats another gives none.
        ``attrs["n_docs"]``: documents in which the term was looked for.

    Raises
    ------
    ParameterError
        No term, or ``n`` or ``width`` out of range.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["申请退款三天了，退款还没到", "物流太慢，要退款"])
    >>> concordance(corpus, "退款", n=2, width=4)[["left", "term", "right"]].values.tolist()
    [['申请', '退款', '三天了，'], ['太慢，要', '退款', '']]
    """
    checked_corpus(corpus)
    terms = _checked(term, n, width)
    texts = string_array(corpus.texts)
    docs = _candidates(corpus, texts, terms)
    if random_state is not None:
        order = np.random.default_rng(random_state).permutation(len(docs))
    else:
        order = _evenly(len(docs), n)
    places = _first_places(corpus, texts, terms, docs[order], sys.maxsize if n is None else n)
    lines = [
        (row, text[max(start - width, 0) : start], text[start:end], text[end : end + width], start, end)
        for row, start, end in places
        for text in [texts[row].as_py()]
    ]
    frame = pd.DataFrame(lines, columns=["doc_id", "left", "term", "right", "start", "end"])
    frame = frame.sort_values(["doc_id", "start"], ignore_index=True)
    rows = frame["doc_id"].to_numpy(np.int64)
    spans = corpus.source_spans(rows, frame["start"].to_numpy(np.int64), frame["end"].to_numpy(np.int64))
    frame = frame.assign(doc_id=corpus.doc_ids[rows], start=spans[0], end=spans[1])
    frame.attrs["n_docs"] = len(docs)
    return conform(frame, CONCORDANCE)


def _checked(term: str | Iterable[str], n: int | None, width: int) -> list[str]:
    terms = [term] if isinstance(term, str) else as_names(term, "term", "一个词，或由词组成的列表")
    if not terms or not all(isinstance(word, str) and word.strip() for word in terms):
        raise ParameterError.out_of_range("term", term, "一个词，或由词组成的列表，都不能为空")
    if n is not None and n < 1:
        raise ParameterError.out_of_range("n", n, "不小于 1，或 None 表示全部")
    if width < 0:
        raise ParameterError.out_of_range("width", width, "不小于 0")
    return sorted(set(terms), key=lambda word: (-len(word), word))


def _candidates(corpus: Corpus, texts: pa.Array, terms: list[str]) -> np.ndarray:
    """Return the positions of the documents that may hold a term, ascending."""
    table = corpus.token_table
    codes = pd.Index(table.vocabulary, dtype=object).get_indexer(terms)
    if (codes >= 0).all():
        at = np.flatnonzero(np.isin(table.codes, codes))
        return np.unique(np.searchsorted(table.offsets, at, side="right") - 1)
    holds = np.zeros(len(corpus), bool)
    for word in terms:
        holds |= pc.match_substring(texts, word).to_numpy(zero_copy_only=False)
    return np.flatnonzero(holds)


def _evenly(n_docs: int, n: int | None) -> np.ndarray:
    """Return the documents ordered so that the first ``n`` lie at even distances, and the rest follow."""
    if n is None or n >= n_docs:
        return np.arange(n_docs)
    first = np.arange(n) * n_docs // n
    return np.concatenate([first, np.setdiff1d(np.arange(n_docs), first)])


def _first_places(
    corpus: Corpus, texts: pa.Array, terms: list[str], docs: np.ndarray, wanted: int
) -> list[Place]:
    """Return up to ``wanted`` places, one of each document before a second of any."""
    # Looking ahead finds places that overlap; which of them are whole words is decided after.
    pattern = re.compile(f"(?=({'|'.join(re.escape(word) for word in terms)}))")
    seen: set[str] = set()
    firsts, later, loose = list[Place](), list[Place](), list[Place]()
    for row in docs.tolist():
        text = texts[row].as_py()
        if text in seen:
            continue
        seen.add(text)
        found = [match.span(1) for match in pattern.finditer(text)]
        places = [(row, *span) for span in _disjoint(_aligned(corpus, row, found))]
        firsts += places[:1]
        later += places[1:]
        loose += [(row, *span) for span in _disjoint(found)] if not firsts else []
        if len(firsts) >= wanted:
            break
    return (firsts + later or loose)[:wanted]


def _aligned(corpus: Corpus, row: int, spans: list[Span]) -> Iterator[Span]:
    """Return the spans that start and end at token boundaries."""
    table = corpus.token_table
    codes = table.codes[table.offsets[row] : table.offsets[row + 1]]
    bounds = {0, *accumulate(map(len, table.vocabulary[codes]))}
    return (span for span in spans if bounds.issuperset(span))


def _disjoint(spans: Iterable[Span]) -> Iterator[Span]:
    covered = 0
    for start, end in spans:
        if start >= covered:
            covered = end
            yield start, end
