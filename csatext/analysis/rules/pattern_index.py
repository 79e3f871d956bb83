"""All patterns of a taxonomy as one index: thousands of them are found in one pass over the text."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.taxonomy.patterns import Pattern
from csatext.text.joined_texts import JoinedTexts
from csatext.text.word_matcher import FoundWords, WordMatcher

__all__ = ["PatternHits", "PatternIndex"]

_TABLE, _MIX = 1 << 20, 1_000_003
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""A to Z in lower case, as :attr:`JoinedTexts.folded` has them."""


class PatternHits(NamedTuple):
    """Hits of patterns in joined texts, in no order.

    Attributes
    ----------
    pattern : ndarray of int64, shape (n_hits,)
        Number of the pattern.
    starts, ends : ndarray of int64, shape (n_hits, n_slots)
        Spans of the words in the joined text, -1 beyond the pattern's last slot.
    """

    pattern: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    def take(self, chosen: np.ndarray) -> PatternHits:
        """Return the hits that a mask chooses."""
        return PatternHits(*(values[chosen] for values in self))


class _Uses(NamedTuple):
    """Slots of one level by word: ``n_slots[w]`` of them from ``first[w]`` on, and the pattern of each."""

    first: np.ndarray
    n_slots: np.ndarray
    slot: np.ndarray
    owner: np.ndarray
    whole: np.ndarray

    @classmethod
    def of(cls, table: np.ndarray, n_words: int, owner: np.ndarray) -> _Uses:
        """Return the uses of a sorted table of (word, slot, whether it must be whole)."""
        pointer = np.searchsorted(table[:, 0], np.arange(n_words + 1))
        slot = table[:, 1]
        return cls(pointer[:-1], np.diff(pointer), slot, owner[slot], table[:, 2].astype(bool))


class _Links(NamedTuple):
    """Words of one level of chains, and the position of the link that each goes on from."""

    slot: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    parent: np.ndarray

    def take(self, chosen: np.ndarray) -> _Links:
        """Return the links that a mask chooses."""
        return _Links(*(values[chosen] for values in self))


class PatternIndex:
    """Patterns that are searched together.

    Parameters
    ----------
    patterns : sequence of Pattern
        Numbered in this order.

    Notes
    -----
    One search finds the words of all slots, A to Z in any case. The slots of a pattern are then joined level
    by level: a word of slot ``k`` goes on from the nearest chain of slot ``k - 1`` that ends before it. The
    time is that of the text and of the words found, whatever the number of patterns.

    Examples
    --------
    >>> import pandas as pd
    >>> from csatext.taxonomy.patterns import parse_pattern
    >>> index = PatternIndex([parse_pattern("快递|件 .. 慢|没到"), parse_pattern("退款")])
    >>> joined = JoinedTexts(pd.Series(["快递真慢", "退款"]))
    >>> hits = index.search(joined, np.zeros(len(joined.points) + 1, np.int64))
    >>> sorted(zip(hits.pattern.tolist(), hits.starts[:, 0].tolist(), strict=True))
    [(0, 0), (1, 5)]
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._n_slots = max([len(pattern.slots) for pattern in patterns], default=0) or 1
        self._expressions: dict[str, list[int]] = {}
        for at, one in enumerate(patterns):
            if one.expression:
                self._expressions.setdefault(one.expression, []).append(at)
        words: dict[str, int] = {}
        uses: list[tuple[int, int, bool]] = []
        owner, level, gap, last = [], [], [], []
        for number, pattern in enumerate(patterns):
            for at, slot in enumerate(pattern.slots):
                owner.append(number)
                level.append(at)
                gap.append(pattern.gaps[at - 1] if at else 0)
                last.append(at + 1 == len(pattern.slots))
                uses.extend(
                    (
                        words.setdefault(word.translate(_LOWER), len(words)),
                        len(owner) - 1,
                        word in pattern.whole,
                    )
                    for word in slot
                )
        self._owner, self._level = np.array(owner, np.int64), np.array(level, np.int64)
        self._gap, self._last = np.array(gap, np.int64), np.array(last, bool)
        table = np.array(sorted(uses), np.int64).reshape(-1, 3)
        self._uses = [
            _Uses.of(table[self._level[table[:, 1]] == depth], len(words), self._owner)
            for depth in range(self._n_slots)
        ]
        self._matcher = WordMatcher(list(words))

    @property
    def whole_words(self) -> bool:
        """Whether a word must be one of the segmenter, so that ``boundaries`` are needed."""
        return any(uses.whole.any() for uses in self._uses)

    def search(
        self, joined: JoinedTexts, sentence: np.ndarray, boundaries: np.ndarray | None = None
    ) -> PatternHits:
        """Return the hits of all patterns.

        Parameters
        ----------
        joined : JoinedTexts
            The texts.
        sentence : ndarray of int64, shape (n_characters + 1,)
            Number of the sentence of each character: no pattern goes over its end.
        boundaries : ndarray of bool, shape (n_characters + 1,), optional
            Where words of the segmenter begin or end.

        Returns
        -------
        PatternHits
        """
        words = self._matcher.overlapping(joined.folded)
        chains = self._chains(words, sentence, boundaries)
        for expression, numbers in self._expressions.items():
            chains += self._expression_hits(numbers, expression, joined)
        return PatternHits(*(np.concatenate(parts) for parts in zip(*chains, strict=True)))

    def _chains(
        self, words: FoundWords, sentence: np.ndarray, boundaries: np.ndarray | None
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return the finished chains of each level as (pattern, starts, ends)."""
        finished, levels = [], [self._links(0, words, boundaries, None, None)]
        for depth in range(self._n_slots):
            done = self._last[levels[depth].slot]
            finished.append(self._traced(levels, np.flatnonzero(done)))
            if depth + 1 < self._n_slots:
                before = levels[depth] = levels[depth].take(~done)
                bits = np.zeros(_TABLE, bool)
                bits[_place(self._owner[before.slot], sentence[before.starts])] = True
                here = self._links(depth + 1, words, boundaries, bits, sentence)
                levels.append(self._linked(before, here, sentence))
        return finished

    def _links(
        self,
        depth: int,
        words: FoundWords,
        boundaries: np.ndarray | None,
        bits: np.ndarray | None,
        sentence: np.ndarray | None,
    ) -> _Links:
        """Return the words that stand in slots of one level.

        Most words stand in a sentence without a chain of their pattern: ``bits``, a table of the sentences
        and patterns that have one, tells them before anything else is worked out.
        """
        uses = self._uses[depth]
        n_uses = uses.n_slots[words.word]
        used = np.flatnonzero(n_uses)
        n_uses = n_uses[used]
        at = np.repeat(used, n_uses)
        first = uses.first[words.word[used]] - np.cumsum(n_uses) + n_uses
        use = np.repeat(first, n_uses) + np.arange(len(at))
        if bits is not None and sentence is not None:
            possible = np.flatnonzero(bits[_place(uses.owner[use], sentence[words.starts[at]])])
            at, use = at[possible], use[possible]
        starts, ends = words.starts[at], words.ends[at]
        if boundaries is not None and uses.whole.any():
            fits = ~uses.whole[use] | (boundaries[starts] & boundaries[ends])
            use, starts, ends = use[fits], starts[fits], ends[fits]
        return _Links(uses.slot[use], starts, ends, np.full(len(use), -1))

    def _linked(self, before: _Links, here: _Links, sentence: np.ndarray) -> _Links:
        """Return the words that go on from a chain of their pattern, each with the nearest one."""
        size = len(sentence)
        owner, owned = self._owner[before.slot], self._owner[here.slot]
        keys = owner * size + before.ends
        order = np.argsort(keys, kind="stable")
        at = np.searchsorted(keys[order], owned * size + here.starts, side="right") - 1
        kept = at >= 0
        chain, here, owned = order[at[kept]], here.take(kept), owned[kept]
        fits = (owner[chain] == owned) & (here.starts - before.ends[chain] <= self._gap[here.slot])
        fits &= sentence[before.starts[chain]] == sentence[here.starts]
        return here.take(fits)._replace(parent=chain[fits])

    def _traced(self, levels: list[_Links], at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the chains that end in links of the last level, from their first word."""
        last = levels[-1]
        pattern = self._owner[last.slot[at]]
        spans = np.full((2, len(at), self._n_slots), -1, np.int64)
        for depth in range(len(levels) - 1, -1, -1):
            links = levels[depth]
            spans[0, :, depth], spans[1, :, depth] = links.starts[at], links.ends[at]
            at = links.parent[at]
        return pattern, spans[0], spans[1]

    def _expression_hits(
        self, numbers: list[int], expression: str, joined: JoinedTexts
    ) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return the first hit of a regular expression in each text, for each pattern that has it."""
        texts = joined.strings
        found = np.flatnonzero(pc.match_substring_regex(texts, expression).to_numpy(zero_copy_only=False))
        held = texts.take(pa.array(found))
        first = pc.find_substring_regex(held, expression).to_pylist()
        # What the text loses with its first hit is the hit, whatever groups the expression has.
        rest = pc.replace_substring_regex(held, expression, "", max_replacements=1)
        sizes = pc.subtract(pc.binary_length(held), pc.binary_length(rest)).to_pylist()
        starts = np.full((len(found), self._n_slots), -1, np.int64)
        ends = starts.copy()
        for at, (row, byte, size) in enumerate(zip(found, first, sizes, strict=True)):
            text = held[at].as_py().encode()
            starts[at, 0] = joined.offsets[row] + len(text[:byte].decode())
            ends[at, 0] = starts[at, 0] + len(text[byte : byte + size].decode())
        return [(np.full(len(found), number, np.int64), starts, ends) for number in numbers]


def _place(pattern: np.ndarray, sentence: np.ndarray) -> np.ndarray:
    """Return a place of the table of bits for each pair of a pattern and a sentence."""
    return (pattern * _MIX + sentence) & (_TABLE - 1)
