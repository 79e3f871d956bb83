"""Many texts as one string, so that a matcher runs once over all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from csatext.strings import string_array
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["JoinedTexts", "joined_chunks", "span_texts"]

_SEPARATOR = "\n"
_CHUNK = 200_000
"""Characters of a chunk: what is read of one takes about 100 bytes a character. Smaller chunks cost more
calls, larger ones more memory; on reviews of 58 characters nothing was gained by 1,500,000."""
_Said = TypeVar("_Said")


class JoinedTexts:
    r"""Consecutive texts as one string, with the position of each.

    Parameters
    ----------
    texts : Series of str
        Prepared texts; a line end stands between two.
    first_row : int, default 0
        Row of the first text in the column that the texts were taken from.
    tokens : TokenTable, optional
        Tokens of all texts of that column.

    Attributes
    ----------
    texts : Series of str
    text : str
        All of them.
    offsets : ndarray of int64, shape (n + 1,)
        First character of each text; the last is one past the end.
    points : ndarray of uint32, shape (n_characters,)
        Code points of ``text``.

    Examples
    --------
    >>> joined = JoinedTexts(pd.Series(["快递慢", "好"]))
    >>> joined.text, joined.offsets.tolist(), joined.rows_of(np.array([0, 4])).tolist()
    ('快递慢\n好\n', [0, 4, 6], [0, 1])
    """

    def __init__(self, texts: pd.Series, first_row: int = 0, tokens: TokenTable | None = None) -> None:
        self.texts = texts
        self.tokens = tokens
        self._known: dict[tuple[Hashable, ...], Any] = {}
        values = texts.to_numpy(object)
        lengths = np.fromiter(map(len, values), np.int64, len(values)) + len(_SEPARATOR)
        self.text = _SEPARATOR.join([*values, ""])
        self.offsets = np.concatenate(([0], np.cumsum(lengths)))
        self.points = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self.first_row = first_row

    def once(self, work: Callable[..., _Said], *given: Hashable) -> _Said:
        """Return ``work(self, *given)``, worked out the first time that an analysis asks for it.

        Analyses that read the same chunk share its clauses, polar words and hits in this way; all of it goes
        with the chunk.

        Parameters
        ----------
        work : callable
            A function of joined texts, or a class made of them, such as ``ClauseReading``.
        *given : hashable
            Its other arguments.

        Examples
        --------
        >>> joined = JoinedTexts(pd.Series(["快递慢", "好"]))
        >>> joined.once(len), joined.known(len), joined.known(repr)
        (2, 2, None)
        """
        key = (work, *given)
        if key not in self._known:
            self._known[key] = work(self, *given)
        return self._known[key]

    def known(self, work: Callable[..., _Said], *given: Hashable) -> _Said | None:
        """Return what :meth:`once` has worked out already, None where nothing has asked for it."""
        return self._known.get((work, *given))

    @cached_property
    def folded(self) -> np.ndarray:
        """Code points of the joined text with A to Z in lower case, shape (n_characters,)."""
        upper = (self.points >= ord("A")) & (self.points <= ord("Z"))
        return np.where(upper, self.points + 32, self.points) if upper.any() else self.points

    @cached_property
    def strings(self) -> pa.LargeStringArray:
        """The texts as Arrow has them."""
        # Arrow asks a Series for attributes, and these are looked for in its index, which is hashed for it.
        return string_array(self.texts.reset_index(drop=True))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def rows(self) -> np.ndarray:
        """Position, among the joined texts, of the text that holds each character, shape (n_characters,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def rows_of(self, positions: np.ndarray) -> np.ndarray:
        """Return the position, among the joined texts, of the text that holds each character."""
        return self.rows[positions]


def joined_chunks(
    texts: pd.Series, characters: int = _CHUNK, *, tokens: TokenTable | None = None
) -> Iterator[JoinedTexts]:
    """Yield consecutive texts joined, each chunk of about ``characters`` characters and at least one text.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    characters : int
        A longer text is a chunk of its own.
    tokens : TokenTable, optional
        Tokens of the texts.

    Yields
    ------
    JoinedTexts

    Examples
    --------
    >>> [(chunk.first_row, len(chunk)) for chunk in joined_chunks(pd.Series(["很慢", "好", "贵"]), 3)]
    [(0, 2), (2, 1)]
    """
    ends = np.cumsum(texts.str.len().fillna(0).to_numpy(np.int64))
    start = 0
    while start < len(texts):
        before = ends[start - 1] if start else 0
        stop = max(int(np.searchsorted(ends, before + characters, side="right")), start + 1)
        yield JoinedTexts(texts.iloc[start:stop], start, tokens)
        start = stop


def span_texts(texts: pd.Series, rows: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the words of spans, as an array of str objects of shape (n_spans,).

    Parameters
    ----------
    texts : Series of str
        Prepared texts.
    rows : ndarray of int64, shape (n_spans,)
        Position of the text of each span.
    starts, ends : ndarray of int64, shape (n_spans,)

    Examples
    --------
    >>> span_texts(pd.Series(["快递慢", "好"]), np.array([0, 1]), np.array([2, 0]), np.array([3, 1])).tolist()
    ['慢', '好']
    """
    values = texts.to_numpy(object)
    words = np.empty(len(rows), object)
    spans = zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)
    words[:] = [values[row][start:end] for row, start, end in spans]
    return words
