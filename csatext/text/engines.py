"""Segmentation engines: a dictionary and a hidden Markov model behind one method, ``cut``."""

from __future__ import annotations

import re
from typing import Protocol

from csatext.errors import ParameterError

__all__ = ["ENGINES", "Engine", "make_engine"]

_SURROGATES = re.compile("[\ud800-\udfff]")


class Engine(Protocol):
    """What a tokenizer needs of an engine."""

    def cut(self, text: str) -> list[str]:
        """Split ``text``; the parts joined give ``text`` again."""


class _Rjieba:
    def __init__(self, hmm: bool) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        self._hmm = hmm

    def cut(self, text: str) -> list[str]:
        try:
            return self._jieba.cut(text, self._hmm)
        except UnicodeEncodeError:
            # Half of a surrogate pair has no UTF-8 form; the replacement keeps every offset.
            return self._jieba.cut(_SURROGATES.sub("\ufffd", text), self._hmm)


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


ENGINES = {"rjieba": _Rjieba, "jieba": _Jieba}


def make_engine(name: str, hmm: bool) -> Engine:
    """Build an engine that shares no state with any other.

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
