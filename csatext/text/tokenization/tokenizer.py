"""Segmentation of Chinese text in which the word you add is the word you get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from os import PathLike
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa

from csatext.errors import ParameterError
from csatext.lexicon import Lexicon
from csatext.progress import counted
from csatext.text.offsets import merge_spans
from csatext.text.tokenization.custom_terms import TermMatcher, checked_terms
from csatext.text.tokenization.engines import ENGINES, Engine, make_engine
from csatext.text.tokenization.explanation import explain
from csatext.text.tokenization.quantities import quantity_spans
from csatext.text.tokenization.token_table import TokenTable, dictionary_of, from_batches

__all__ = ["Tokenizer"]

_BATCH_CHARACTERS = 500_000
_RUN_CHARACTERS = 10_000
_KEPT = 8
"""Matchers kept in memory: tokenizers of the same terms share theirs."""


class Tokenizer:
    """Split Chinese text into words.

    Every added term stays whole wherever it occurs and does not overlap a longer one, whatever
    is in it; text that contains no added term is cut as if none had been added. A term with a letter or digit
    at an end stands only where none of the same class continues it (5G, but not in 15G). Numbers with
    their units, money, dates, times, versions, model names and placeholders are one token.
    The tokens of a text joined give the text.

    Parameters
    ----------
    terms : iterable of str, optional
        Words to keep whole, in addition to those of ``lexicons``.
    lexicons : sequence of str or path, default ("terms",)
        Lexicons whose terms are kept whole too: names of shipped ones, or paths; ``()`` keeps none. The
        default holds the terms of the trade: 首次解决率, 七天无理由, 双十一.
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
    InputError, LexiconError
        A lexicon is not there, or has a bad line.

    Notes
    -----
    Instances share nothing that changes; they pickle without the engine, which is built again on first use.
    Terms are found before segmentation (Aho and Corasick, 1975), because a dictionary weight
    cannot keep a word with a space or a dash whole, at any frequency.

    Examples
    --------
    >>> Tokenizer(["A/B测试"])("首次解决率要做A/B测试")
    ['首次解决率', '要', '做', 'A/B测试']
    >>> Tokenizer()("流量卡3天用了15.5GB")
    ['流量卡', '3天', '用', '了', '15.5GB']
    >>> tokenizer = Tokenizer(["亲情号"])
    >>> tokenizer.tokens(["亲情号", None]), tokenizer.protected_spans("办亲情号").tolist()
    ([['亲情号'], []], [[1, 4]])
    >>> tokenizer.encode(pa.array(["办亲情号"])).lists(), tokenizer.term_matcher.spans("亲情号").tolist()
    ([['办', '亲情号']], [[0, 3]])
    """

    def __init__(
        self,
        terms: Iterable[str] = (),
        *,
        lexicons: Sequence[str | PathLike[str]] = ("terms",),
        engine: str = "rjieba",
        hmm: bool = True,
        quantities: bool = True,
    ) -> None:
        if engine not in ENGINES:
            raise ParameterError.not_allowed("engine", engine, list(ENGINES))
        if isinstance(lexicons, (str, bytes)) or not isinstance(lexicons, Iterable):
            raise ParameterError.wrong_type("lexicons", lexicons, '词典名的列表，例如 ["terms"]')
        shipped = (Lexicon.load(name, on_conflict="ours").terms for name in lexicons)
        self.terms = checked_terms(chain(checked_terms(terms), *shipped))
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
        if not isinstance(text, str):
            raise ParameterError.wrong_type("text", text, "一个字符串；多条文本请用 .tokens")
        return self._lists([text])[0]

    def tokens(self, texts: Iterable[str], n_jobs: int = 1) -> list[list[str]]:
        """Return one list of tokens for each text.

        Parameters
        ----------
        texts : iterable of str
            What is not a string (None, NA) counts as empty.
        n_jobs : int, default 1
            Processes; the result does not depend on it.

        Returns
        -------
        list of list of str
            In the order of the texts.

        Raises
        ------
        ParameterError
            One string instead of many.
        """
        if isinstance(texts, str):
            raise ParameterError.wrong_type("texts", texts, "由文本组成的列表，而不是一个字符串")
        batches = _batches([text if isinstance(text, str) else "" for text in texts], _BATCH_CHARACTERS)
        if n_jobs == 1 or len(batches) < 2:
            parts = [self._lists(batch) for batch in batches]
        else:
            parts = joblib.Parallel(n_jobs=n_jobs)(joblib.delayed(self._lists)(batch) for batch in batches)
        return [tokens for part in parts for tokens in part]

    def encode(
        self, texts: pa.Array | pa.ChunkedArray, n_jobs: int = 1, *, verbose: bool = True
    ) -> TokenTable:
        """Return the tokens of a column of texts as codes into one vocabulary.

        Parameters
        ----------
        texts : pyarrow Array or ChunkedArray of strings
            Nulls count as empty.
        n_jobs : int, default 1
            Processes; the result does not depend on it.
        verbose : bool, default True
            Show progress where it takes more than two seconds.

        Returns
        -------
        TokenTable
            Codes, where each text begins, and the vocabulary.
        """
        batches = _batches([text or "" for text in texts.to_pylist()], _BATCH_CHARACTERS)
        if n_jobs == 1 or len(batches) < 2:
            made: Iterable[Any] = map(self._encoded, batches)
        else:
            parallel = joblib.Parallel(n_jobs=n_jobs, return_as="generator")
            made = parallel(joblib.delayed(self._encoded)(batch) for batch in batches)
        parts = []
        with counted("分词", len(texts), verbose=verbose) as count:
            for batch, part in zip(batches, made, strict=True):
                parts.append(part)
                count.add(len(batch))
        return from_batches(parts)

    def explain(self, text: str) -> pd.DataFrame:
        """Return why a text or word is segmented as it is (schema EXPLANATION).

        Parameters
        ----------
        text : str
            A text, or the word that should have stayed whole.

        Returns
        -------
        DataFrame
            One row a token: where it is, what made it (an added term, a dictionary entry with its
            frequency, the hidden Markov model, the shape of a quantity, a run of letters and digits),
            the added terms and dictionary entries that overlap it, with the frequency that a losing
            entry would need, and what to add to change the cut. ``attrs["sentence"]`` is a summary.

        Raises
        ------
        ParameterError
            Not a string.

        Examples
        --------
        >>> table = Tokenizer(lexicons=()).explain("首次解决率")
        >>> table["token"].tolist()
        ['首次', '解决', '率']
        >>> table.attrs["sentence"].endswith('请用 Tokenizer(terms=["首次解决率"])。')
        True
        """
        tokens = self(text)
        protected = [(start, end) for start, end in self.protected_spans(text).tolist()]
        matches = [(start, end) for start, end in self.term_matcher.matches(text).tolist()]
        return explain(text, tokens, protected, matches)

    def _lists(self, batch: Sequence[str]) -> list[list[str]]:
        if self._engine is None:
            self._engine = make_engine(self.engine, self.hmm)
        cut = self._engine.cut
        # Spans are found in all texts at once; no pattern and no term runs over the seam.
        seam, mark = _unused("".join((*batch, *self.terms)))
        joined = f"\n{seam}".join(batch)
        spans = self.protected_spans(joined)
        if not len(spans):
            return [cut(text) for text in batch]
        bounds = spans.ravel().tolist()
        words = iter([joined[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)])
        ends = zip([0, *bounds[1::2]], [*bounds[::2], len(joined)], strict=True)
        marked = mark.join([joined[start:end] for start, end in ends]).split(f"\n{seam}")
        lists = [cut(text) for text in marked]
        for text, tokens in zip(marked, lists, strict=True):
            at = -1
            for _ in range(text.count(mark)):
                at = tokens.index(mark, at + 1)
                tokens[at] = next(words)
        return lists

    def protected_spans(self, text: str) -> np.ndarray:
        """Return the places that stay whole: added terms, then quantities that touch none of them.

        Parameters
        ----------
        text : str
            As it is segmented.

        Returns
        -------
        ndarray of int64, shape (n, 2)
            Start and end, ascending and disjoint.
        """
        quantities = quantity_spans(text) if self.quantities else np.empty((0, 2), np.int64)
        return merge_spans(self.term_matcher.spans(text), quantities) if self.terms else quantities

    @property
    def term_matcher(self) -> TermMatcher:
        """What finds the added terms; built on first use."""
        if self._matcher is None:
            self._matcher = _matcher(self.terms)
        return self._matcher

    def _encoded(self, batch: Sequence[str]) -> tuple[pa.DictionaryArray, np.ndarray]:
        tokens_of_text, length_of_token = [], []
        # Small runs: a token lives until its length is taken, and its memory serves the next one.
        for texts in _batches(batch, _RUN_CHARACTERS):
            lists = self._lists(texts)
            counts = np.fromiter(map(len, lists), np.int64, len(lists))
            flat = chain.from_iterable(lists)
            length_of_token.append(np.fromiter(map(len, flat), np.int64, counts.sum()))
            tokens_of_text.append(counts)
        return dictionary_of("".join(batch), np.concatenate(length_of_token)), np.concatenate(tokens_of_text)


@lru_cache(maxsize=_KEPT)
def _matcher(terms: tuple[str, ...]) -> TermMatcher:
    return TermMatcher(terms)


def _unused(text: str) -> tuple[str, str]:
    """Return two characters that a text does not hold and every engine cuts off: control codes first."""
    marks = map(chr, chain(range(1, 9), range(0xFDD0, 0x110000)))
    free = (mark for mark in marks if mark not in text)
    return next(free), next(free)


def _batches(texts: Sequence[str], characters: int) -> list[Sequence[str]]:
    """Yield runs of about equal numbers of characters, the same for any number of processes."""
    batches: list[Sequence[str]] = []
    start = size = 0
    for end, text in enumerate(texts, 1):
        size += len(text) + 1
        if size >= characters or end == len(texts):
            batches.append(texts[start:end])
            start, size = end, 0
    return batches
