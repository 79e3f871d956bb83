"""Hits of a compiled taxonomy in texts, as a rule those alone that the text asserts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.analysis.rules.pattern_index import PatternHits
from csatext.text.clauses.clause_reading import ClauseReading, Spans
from csatext.text.joined_texts import JoinedTexts, joined_chunks
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["Hits", "all_hits", "chunk_hits", "find_hits", "word_boundaries"]


class Hits(NamedTuple):
    """Hits, by row, then position, then number of the pattern.

    Attributes
    ----------
    row : ndarray of int64
        Position of the text.
    pattern : ndarray of int64
        Number of the pattern in the compiled taxonomy.
    start, end : ndarray of int64
        Span in the prepared text, from the first word to the end of the last.
    clause_start, clause_end : ndarray of int64
        Clause in which the hit begins.
    turned : ndarray of bool
        The clause is introduced by a word such as 但是.
    """

    row: np.ndarray
    pattern: np.ndarray
    start: np.ndarray
    end: np.ndarray
    clause_start: np.ndarray
    clause_end: np.ndarray
    turned: np.ndarray

    def take(self, chosen: np.ndarray) -> Hits:
        """Return the hits that a mask or positions choose."""
        return Hits(*(values[chosen] for values in self))


def find_hits(
    compiled: CompiledTaxonomy,
    texts: pd.Series,
    tokens: TokenTable | None = None,
    *,
    asserted: bool = True,
) -> Hits:
    """Return the hits of all patterns; those of categories without what an exception cancels.

    Parameters
    ----------
    compiled : CompiledTaxonomy
        The patterns.
    texts : Series of str
        Prepared texts.
    tokens : TokenTable, optional
        Their tokens; without them no word must be a whole one.
    asserted : bool, default True
        Whether hits that their clause does not assert are left out; an agent's question is said all the same.

    Returns
    -------
    Hits
    """
    return all_hits([chunk_hits(chunk, compiled, asserted) for chunk in joined_chunks(texts, tokens=tokens)])


def all_hits(parts: list[Hits]) -> Hits:
    """Return the hits of consecutive chunks together."""
    if not parts:
        nothing = np.empty(0, np.int64)
        return Hits(nothing, nothing, nothing, nothing, nothing, nothing, np.empty(0, bool))
    return Hits(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def chunk_hits(joined: JoinedTexts, compiled: CompiledTaxonomy, asserted: bool = True) -> Hits:
    """Return the hits in joined texts, as :func:`find_hits` does."""
    reading = joined.once(ClauseReading)
    whole = joined.tokens is not None and compiled.index.whole_words
    boundaries = joined.once(word_boundaries) if whole else None
    found = compiled.index.search(joined, reading.sentence, boundaries)
    # What an exception is, or cancels, need not be read.
    left = compiled.exception_of[found.pattern] < 0
    left &= ~_cancelled(compiled, found.pattern, reading.sentence[found.starts[:, 0]])
    found = PatternHits(*(values[left] for values in found))
    kept = np.arange(len(found.pattern))
    if asserted:
        held = found.starts >= 0
        hit = np.repeat(kept, held.sum(axis=1))
        spans = Spans(hit, found.starts[held].astype(np.int64), found.ends[held].astype(np.int64))
        kept = np.flatnonzero(reading.asserted(spans))
    start = found.starts[kept, 0].astype(np.int64)
    end = found.ends[kept].max(axis=1).astype(np.int64)
    row = joined.rows_of(start)
    clause_start, clause_end = reading.clause_bounds(start)
    origin = joined.offsets[row]
    hits = Hits(
        joined.first_row + row,
        found.pattern[kept],
        start - origin,
        end - origin,
        clause_start - origin,
        clause_end - origin,
        reading.turned(start),
    )
    return hits.take(np.lexsort((hits.pattern, hits.end, hits.start, hits.row)))


def _cancelled(compiled: CompiledTaxonomy, pattern: np.ndarray, sentence: np.ndarray) -> np.ndarray:
    """Return which hits stand in a sentence that holds an exception of their category."""
    excepted, category = compiled.exception_of[pattern], compiled.category_of[pattern]
    if not (excepted >= 0).any():
        return np.zeros(len(pattern), bool)
    size = len(compiled.categories) + 1
    cancelled = np.sort(sentence[excepted >= 0] * size + excepted[excepted >= 0])
    key = sentence * size + category
    at = np.minimum(np.searchsorted(cancelled, key), len(cancelled) - 1)
    return (category >= 0) & (cancelled[at] == key)


def word_boundaries(joined: JoinedTexts) -> np.ndarray:
    """Return where a word of the segmenter begins or ends in the joined text.

    Parameters
    ----------
    joined : JoinedTexts
        The texts, with their tokens.

    Returns
    -------
    ndarray of bool, shape (n_characters + 1,)
    """
    tokens = joined.tokens
    if tokens is None:
        return np.ones(len(joined.points) + 1, bool)
    first, last = tokens.offsets[joined.first_row], tokens.offsets[joined.first_row + len(joined)]
    codes = tokens.codes[first:last]
    here = np.zeros(len(tokens.vocabulary), bool)
    here[codes] = True
    lengths = np.zeros(len(here), np.int64)
    lengths[here] = np.fromiter(map(len, tokens.vocabulary[here]), np.int64, np.count_nonzero(here))
    token_ends = np.cumsum(lengths[codes])
    row = np.repeat(
        np.arange(len(joined)), np.diff(tokens.offsets[joined.first_row : joined.first_row + len(joined) + 1])
    )
    # One line end stands between two joined texts.
    boundaries = np.zeros(len(joined.points) + 1, bool)
    boundaries[joined.offsets] = True
    boundaries[np.minimum(token_ends + row, len(joined.points))] = True
    return boundaries
