"""Segmentation engines: a dictionary and a hidden Markov model behind one method, ``cut``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import accumulate, pairwise
from typing import Protocol

from csatext.errors import ParameterError
from csatext.strings import encodable

__all__ = ["ENGINES", "Engine", "make_engine"]


class Engine(Protocol):
    """What a tokenizer needs of an engine."""

    def cut(self, text: str) -> list[str]:
        """Return the parts of ``text``; joined they give ``text`` again."""


class _Rjieba:
    def __init__(self, hmm: bool) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        self._hmm = hmm

    def cut(self, text: str) -> list[str]:
        try:
            return self._jieba.cut(text, self._hmm)
        except UnicodeEncodeError:
            parts = self._jieba.cut(encodable(text), self._hmm)
            ends = list(accumulate(map(len, parts)))
            return [text[start:end] for start, end in pairwise([0, *ends])]


class _Jieba:
    def __init__(self, hmm: bool) -> None:
        import jieba

        self._jieba = jieba.Tokenizer()
        # ``initialize`` would write a cache into the shared temporary folder.
        self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(self._jieba.get_dict_file())
        self._jieba.initialized = True
        self._hmm = hmm

    def cut(self, text: str) -> list[str]:
        return self._jieba.lcut(text, HMM=self._hmm)


ENGINES: dict[str, Callable[[bool], Engine]] = {"rjieba": _Rjieba, "jieba": _Jieba}


@cache
def make_engine(name: str, hmm: bool) -> Engine:
    """Return an engine; nothing in csatext adds a word to it, so that equal requests share one.

    Parameters
    ----------
    name : {"rjieba", "jieba"}
        Both use jieba's dictionary and hidden Markov model.
    hmm : bool
        Whether unknown words are looked for.

    Raises
    ------
    ParameterError
        The name is not known.
    """
    if name not in ENGINES:
        raise ParameterError.not_allowed("engine", name, list(ENGINES))
    return ENGINES[name](hmm)
