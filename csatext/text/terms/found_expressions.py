"""Expressions of a corpus that are counted whole: compounds, new words and collocations."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd

from csatext.lexicon import Lexicon
from csatext.text.corpus import Corpus
from csatext.text.phrases.find_phrases import find_phrases
from csatext.text.terms.compounds import find_compounds
from csatext.text.terms.content_words import (
    function_words,
    is_personal_name,
    says_something,
    word_roles,
)
from csatext.text.terms.fragments import join_fragments
from csatext.text.terms.joined_terms import PhraseMatcher
from csatext.text.tokenization.jieba_dictionary import parts_of_speech

__all__ = ["find_expressions"]

_MOST_TOKENS = 2_000_000
"""Expressions are learnt from documents at even distances with about so many tokens (bounds the memory)."""
_LEAST_COUNT, _LEAST_SHARE, _LARGEST_LEAST = 3, 3e-4, 30
"""An expression occurs at least three times, in three of 10,000 documents, 30 times in large corpora."""
_MOST_WORDS, _MOST_PARTS, _MOST_CHARACTERS = 2, 4, 8
"""Longer sequences are sentences rather than terms: words of two or more characters, tokens, characters."""
_LEAST_CHARACTERS = 3
_MIN_PMI = 4.0
_LEAST_BOUNDARY = 0.3
"""Collocations are free at both ends: 超过国家, which 规定 follows, is a part of something else (chosen)."""
_CODED_PLACE = re.compile("[A-Z][0-9]{0,2}[省市区县镇村]")
"""Names of places that were replaced by letters."""
_SHORTEST_TWICE = 4
"""Characters of the shortest word said again: 差评差评, and not 哈哈."""
_EDGE_TAGS = frozenset((*"nvailjbs", "nr", "ns", "nt", "nz", "nrt", "vn", "an", "eng"))
"""Parts of speech of jieba that a single character at the edge of a phrase may have."""


def _said_again(term: str) -> bool:
    """Return whether a term is a word and the same again: it stands in itself, turned by less than all of it.

    Examples
    --------
    >>> [_said_again(term) for term in ("差评差评", "差评", "研究研究所")]
    [True, False, False]
    """
    return len(term) >= _SHORTEST_TWICE and (term + term).find(term, 1) < len(term)


def find_expressions(corpus: Corpus) -> list[str]:
    """Return the expressions of a corpus that are counted as one term, in order of code points.

    Parameters
    ----------
    corpus : Corpus
        The documents.

    Returns
    -------
    list of str
        The compounds of :func:`csatext.text.terms.compounds.find_compounds`, names that segmentation breaks,
        polar expressions of the lexicon (没到账), and of what
        :func:`csatext.find_phrases` finds those of two to four tokens that begin and end with a word of
        weight and are no name of a person.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["更换节温器，客服不退款", "节温器坏了，不退款", "节温器漏水，一直不退款"]
    >>> find_expressions(ct.Vectorizer().fit_transform(texts))
    ['不退款', '节温器']
    """
    part = _sample(corpus)
    least = _least_count(len(part))
    table = part.token_table
    built = (*find_compounds(table, least), *join_fragments(table, least))
    # 电话打不通 is left to 打不通.
    listed = [
        term
        for term in _often(part, list(_polar_expressions()), least)
        if not any(one in term for one in built)
    ]
    compounds = [
        term
        for term in (*built, *listed)
        if "general" not in word_roles().get(term, ())
        and not is_personal_name(term)
        and not _said_again(term)
    ]
    found = find_phrases(part, min_count=max(least, 4), max_length=_MOST_CHARACTERS, min_pmi=_MIN_PMI)
    found = found[(found["kind"] == "new_word") | (found["boundary"] >= _LEAST_BOUNDARY)]
    candidates = sorted(set(found["term"]) - set(compounds))
    if candidates:
        candidates = _of_weight(part, candidates, least)
    return sorted({*compounds, *candidates})


def _least_count(n_docs: int) -> int:
    return min(max(_LEAST_COUNT, round(_LEAST_SHARE * n_docs)), _LARGEST_LEAST)


def _sample(corpus: Corpus) -> Corpus:
    n_tokens = len(corpus.token_table.codes)
    if n_tokens <= _MOST_TOKENS:
        return corpus
    n_docs = max(int(len(corpus) * _MOST_TOKENS / n_tokens), 1)
    return corpus[np.arange(n_docs) * len(corpus) // n_docs]


@cache
def _polar_expressions() -> tuple[str, ...]:
    """Return what the list of polar words holds that may be cut to pieces: 没到账, 打不通, 不作为."""
    polar = Lexicon.load("polarity").table
    return tuple(polar["term"][(polar["valence"] != 0) & (polar["term"].str.len() >= _LEAST_CHARACTERS)])


def _often(corpus: Corpus, candidates: list[str], least: int) -> list[str]:
    """Return the candidates that stand as several tokens often enough."""
    places = PhraseMatcher(candidates).places(corpus.texts, corpus.token_table)
    counts = np.bincount(places.phrase, places.last > places.first, minlength=len(candidates))
    return [candidates[number] for number in np.flatnonzero(counts >= least)]


def _of_weight(corpus: Corpus, candidates: list[str], least: int) -> list[str]:
    """Return the candidates that stand between token boundaries often enough, and say something there."""
    table = corpus.token_table
    places = PhraseMatcher(candidates).places(corpus.texts, table, overlapping=True)
    parts = places.last - places.first + 1
    counts = np.bincount(places.phrase, parts > 1, minlength=len(candidates))
    phrase, at = np.unique(places.phrase, return_index=True)
    words = _Words(table.vocabulary)
    kept = []
    for number, place in zip(phrase.tolist(), at.tolist(), strict=True):
        tokens = table.codes[places.first[place] : places.last[place] + 1]
        if counts[number] >= least and words.make_a_term(candidates[number], tokens):
            kept.append(candidates[number])
    return kept


class _Words:
    """What the words of a vocabulary are worth within a phrase; every attribute is a mask over it."""

    def __init__(self, vocabulary: np.ndarray) -> None:
        roles = [word_roles().get(word, frozenset()) for word in vocabulary]
        tags = parts_of_speech()
        empty = pd.Index(vocabulary).isin(function_words())
        content = says_something(vocabulary)
        weighty = np.array([tags.get(word, "n") in _EDGE_TAGS for word in vocabulary], bool)
        self._long = np.array([len(word) > 1 for word in vocabulary], bool)
        self._edge = content | (~self._long & weighty & ~empty)
        self._suffix = np.array(["suffix" in role for role in roles], bool)
        self._nothing = (self._long & ~content) | (~self._long & empty)

    def make_a_term(self, phrase: str, tokens: np.ndarray) -> bool:
        """Return whether tokens are few enough, none says nothing, and they name no person or coded place."""
        if _said_again(phrase) or not 2 <= len(tokens) <= _MOST_PARTS or len(phrase) > 2 * _MOST_CHARACTERS:
            return False
        if self._long[tokens].sum() > _MOST_WORDS or self._nothing[tokens].any():
            return False
        if self._suffix[tokens[0]] or not self._edge[tokens[[0, -1]]].all():
            return False
        return not is_personal_name(phrase) and not _CODED_PLACE.match(phrase)
