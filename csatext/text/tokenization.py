"""Segmentation of Chinese text in which the word you add is the word you get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import joblib
import numpy as np
import pyarrow as pa

from csatext.errors import ParameterError
from csatext.text.engines import ENGINES, Engine, make_engine
from csatext.text.protection import TermMatcher, checked_terms, merge_spans, quantity_spans
from csatext.text.tokens import TokenTable, from_batches

__all__ = ["Tokenizer"]

_BATCH_CHARACTERS = 500_000
_CUT_CHARACTERS = 4_000


class Tokenizer:
    """Split Chinese text into words.

    Every added term stays whole wherever it occurs and does not overlap a longer one, whatever
    is in it; text that contains no added term is cut as if none had been added. Numbers with
    their units, money, dates, times, versions, model names and placeholders are one token.
    The tokens of a text joined give the text.

    Parameters
    ----------
    terms : iterable of str, optional
        Words to keep whole. A term is found anywhere, inside Latin words too.
    engine : {"rjieba", "jieba"}, default "rjieba"
        ``rjieba`` has jieba's dictionary and model in Rust; ``jieba`` is jieba itself.
    hmm : bool, default True
        Whether words that the dictionary does not hold are looked for.
    quantities : bool, default True
        Whether numbers with units and the like are kept whole.

    Raises
    ------
    ParameterError
        An unknown engine, or a term that is empty or not a string.

    Notes
    -----
    Instances share nothing; they pickle without the engine, which is built again on first use.
    Terms are found before segmentation (Aho and Corasick, 1975), because a dictionary weight
    cannot keep a word with a space or a dash whole, at any frequency.

    Examples
    --------
    >>> Tokenizer(["首次解决率", "A/B测试"])("首次解决率要做A/B测试")
    ['首次解决率', '要', '做', 'A/B测试']
    >>> Tokenizer()("流量卡3天用了15.5GB")
    ['流量', '卡', '3天', '用', '了', '15.5GB']
    """

    def __init__(
        self,
        terms: Iterable[str] = (),
        *,
        engine: str = "rjieba",
        hmm: bool = True,
        quantities: bool = True,
    ) -> None:
        if engine not in ENGINES:
            raise ParameterError.not_allowed("engine", engine, list(ENGINES))
        self.terms = checked_terms(terms)
        self.engine = engine
        self.hmm = hmm
        self.quantities = quantities
        self._engine: Engine | None = None
        self._matcher: TermMatcher | None = None

    def __repr__(self) -> str:
        return f"Tokenizer(terms={len(self.terms):,}, engine={self.engine!r}, hmm={self.hmm})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokenizer) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_engine": None, "_matcher": None}

    def _settings(self) -> tuple[Any, ...]:
        return self.terms, self.engine, self.hmm, self.quantities

    def __call__(self, text: str) -> list[str]:
        """Return the tokens of one text."""
        return self._cut(text)

    def tokens(self, texts: Iterable[str], n_jobs: int = 1) -> list[list[str]]:
        """Return one list of tokens for each text.

        Parameters
        ----------
        texts : iterable of str
        n_jobs : int, default 1
            Processes; the result does not depend on it.
        """
        batches = _batches(list(texts), _BATCH_CHARACTERS)
        if n_jobs == 1 or len(batches) < 2:
            parts = [self._lists(batch) for batch in batches]
        else:
            parts = joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(self._lists)(batch) for batch in batches)
        return [tokens for part in parts for tokens in part]

    def encode(self, texts: pa.Array | pa.ChunkedArray, n_jobs: int = 1) -> TokenTable:
        """Return the tokens of a column of texts as codes into one vocabulary.

        Parameters
        ----------
        texts : pyarrow Array or ChunkedArray of strings
            Nulls count as empty.
        n_jobs : int, default 1
            Processes; the result does not depend on it.
        """
        batches = _batches([text or "" for text in texts.to_pylist()], _BATCH_CHARACTERS)
        if n_jobs == 1 or len(batches) < 2:
            return from_batches([self._encoded(batch) for batch in batches])
        return from_batches(
            joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(self._encoded)(batch) for batch in batches)
        )

    def _lists(self, batch: Sequence[str]) -> list[list[str]]:
        mark = _unused(batch)
        lists = []
        for texts in _batches(batch, _CUT_CHARACTERS):
            flat = self._cut(mark.join(texts))
            start = 0
            for _ in range(len(texts) - 1):
                end = flat.index(mark, start)
                lists.append(flat[start:end])
                start = end + 1
            lists.append(flat[start:])
        return lists

    def _encoded(self, batch: Sequence[str]) -> tuple[pa.DictionaryArray, np.ndarray]:
        mark = _unused(batch)
        flat: list[str] = []
        for texts in _batches(batch, _CUT_CHARACTERS):
            flat += self._cut(mark.join(texts))
            flat.append(mark)
        tokens = pa.array(flat, pa.string()).dictionary_encode()
        ends = tokens.indices.to_numpy() == tokens.dictionary.index(mark).as_py()
        lengths = np.diff(np.flatnonzero(ends), prepend=-1) - 1
        return tokens.filter(pa.array(~ends)), lengths

    def _cut(self, text: str) -> list[str]:
        if self._engine is None:
            self._engine = make_engine(self.engine, self.hmm)
        spans = list(quantity_spans(text)) if self.quantities else []
        if self.terms:
            if self._matcher is None:
                self._matcher = TermMatcher(self.terms)
            spans = merge_spans(self._matcher.spans(text), spans)
        if not spans:
            return self._engine.cut(text)
        mark = _unused((text,))
        pieces = []
        done = 0
        for start, end in spans:
            pieces.append(text[done:start])
            done = end
        pieces.append(text[done:])
        tokens = self._engine.cut(mark.join(pieces))
        at = -1
        for start, end in spans:
            at = tokens.index(mark, at + 1)
            tokens[at] = text[start:end]
        return tokens


def _unused(texts: Sequence[str]) -> str:
    """Return a character that no text holds and every engine cuts off: a noncharacter first."""
    return next(mark for mark in map(chr, range(0xFDD0, 0x110000)) if not any(mark in text for text in texts))


def _batches(texts: Sequence[str], characters: int) -> list[Sequence[str]]:
    """Split into runs of about equal numbers of characters, the same for any number of processes."""
    batches: list[Sequence[str]] = []
    start = size = 0
    for end, text in enumerate(texts, 1):
        size += len(text) + 1
        if size >= characters or end == len(texts):
            batches.append(texts[start:end])
            start, size = end, 0
    return batches
