"""Joined terms: where the phrases of a list stand in tokenized texts, and the tokens with them joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.text.joined_texts import JoinedTexts, joined_chunks
from csatext.text.tokenization.custom_terms import longest_disjoint
from csatext.text.tokenization.token_table import TokenTable
from csatext.text.word_matcher import WordMatcher

__all__ = ["PhraseMatcher", "PhrasePlaces"]

_NEGATIONS = tuple("不没未唔")


class PhrasePlaces(NamedTuple):
    """Where phrases stand.

    Attributes
    ----------
    phrase : ndarray of int64
        Number of the phrase.
    first, last : ndarray of int64
        Its first token and its last one, as positions in the codes of the table.
    """

    phrase: np.ndarray
    first: np.ndarray
    last: np.ndarray


class PhraseMatcher:
    """Find phrases that begin and end where tokens do.

    Parameters
    ----------
    phrases : sequence of str
        Distinct, none empty.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["一直不退款", "退不退款"])
    >>> matcher = PhraseMatcher(["不退款"])
    >>> joined = matcher.join(corpus.texts, corpus.token_table)
    >>> joined.lists()
    [['一直', '不退款'], ['退', '不', '退款']]
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = np.array(phrases, object)
        self._negated = np.array([phrase.startswith(_NEGATIONS) for phrase in phrases], bool)
        self._matcher = WordMatcher(phrases)

    def places(self, texts: pd.Series, table: TokenTable, *, overlapping: bool = False) -> PhrasePlaces:
        """Return where the phrases stand; of those that overlap the longest, of equals the first.

        Parameters
        ----------
        texts : Series of str, shape (n_docs,)
            Prepared texts.
        table : TokenTable
            Their tokens, which joined give the texts.
        overlapping : bool, default False
            Whether phrases that overlap longer ones count too.
        """
        parts = list(self._chunks(texts, table, overlapping))
        if not parts:
            empty = np.empty(0, np.int64)
            return PhrasePlaces(empty, empty, empty)
        return PhrasePlaces(*(np.concatenate(values) for values in zip(*parts, strict=True)))

    def join(self, texts: pd.Series, table: TokenTable) -> TokenTable:
        """Return the tokens with every phrase as one token; the vocabulary is longer by the phrases.

        Parameters
        ----------
        texts, table
            As in :meth:`places`.
        """
        places = self.places(texts, table)
        vocabulary, position = _with_phrases(table.vocabulary, self._phrases)
        codes = position[: len(table.vocabulary)][table.codes].astype(np.int32)
        codes[places.first] = position[len(table.vocabulary) + places.phrase]
        change = np.zeros(len(codes) + 1, np.int32)
        np.add.at(change, places.first + 1, 1)
        np.add.at(change, places.last + 1, -1)
        kept = np.cumsum(change[:-1]) == 0
        before = np.concatenate(([0], np.cumsum(kept)))
        return TokenTable(codes[kept], before[table.offsets], vocabulary)

    def _chunks(self, texts: pd.Series, table: TokenTable, overlapping: bool) -> Iterator[PhrasePlaces]:
        lengths = np.fromiter(map(len, table.vocabulary), np.int64, len(table.vocabulary))
        for joined in joined_chunks(texts):
            first_row, rows = joined.first_row, len(joined)
            low, high = table.offsets[first_row], table.offsets[first_row + rows]
            width = lengths[table.codes[low:high]]
            # A line end stands between two texts of a chunk.
            row = np.repeat(np.arange(rows), np.diff(table.offsets[first_row : first_row + rows + 1]))
            ends = np.cumsum(width) + row
            token_from = np.full(len(joined.points) + 1, -1)
            token_to = np.full(len(joined.points) + 1, -1)
            token_from[ends - width] = np.arange(low, high)
            token_to[ends] = np.arange(low, high)
            phrase, start, end = self._matches(joined)
            whole = (token_from[start] >= 0) & (token_to[end] >= 0)
            phrase, start, end = phrase[whole], start[whole], end[whole]
            if not overlapping and len(start) > 1:
                chosen = longest_disjoint(np.column_stack((start, end)))
                phrase, start, end = phrase[chosen], start[chosen], end[chosen]
            yield PhrasePlaces(phrase, token_from[start], token_to[end])

    def _matches(self, joined: JoinedTexts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        found = self._matcher.overlapping(joined.points)
        order = np.lexsort((found.ends, found.starts))
        phrase, start, end = (values[order] for values in found)
        # 退不退款 asks; it does not say 不退款.
        before, after = joined.points[np.maximum(start - 1, 0)], joined.points[np.minimum(start + 1, end - 1)]
        said = ~(self._negated[phrase] & (start > 0) & (before == after))
        return phrase[said], start[said], end[said]


def _with_phrases(vocabulary: np.ndarray, phrases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both lists as one in order of code points, and the position in it of each entry of either."""
    # The vocabulary is sorted: the few phrases are inserted, and it is not sorted again.
    order = np.argsort(phrases)
    ordered = phrases[order]
    at = np.searchsorted(vocabulary, ordered)
    new = np.ones(len(ordered), bool)
    inside = at < len(vocabulary)
    new[inside] = vocabulary[at[inside]] != ordered[inside]
    place = np.arange(len(vocabulary))
    position = np.empty(len(vocabulary) + len(phrases), np.int64)
    position[: len(vocabulary)] = place + np.searchsorted(at[new], place, side="right")
    position[len(vocabulary) + order] = at + np.cumsum(new) - new
    return np.insert(vocabulary, at[new], ordered[new]), position
