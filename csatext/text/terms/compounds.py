"""Compounds: negated words, verbs with an impossible complement, things with what is wrong about them."""

from __future__ import annotations

from functools import cache

import numpy as np

from csatext.lexicon import Lexicon
from csatext.text.terms.content_words import says_something, word_roles
from csatext.text.tokenization.jieba_dictionary import parts_of_speech
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["find_compounds"]

_VERB, _NOUN, _ADJECTIVE = "v", "n", "a"
_BETWEEN = frozenset(["d", "ad"])
"""Adverbs, which may stand between a negator and its verb: 没有及时处理, 不能正常使用."""
_WHOLE_CLAUSE = frozenset({"clause"})


@cache
def _negators() -> frozenset[str]:
    """Return the negators that stand before the word they deny."""
    table = Lexicon.load("negators").table
    return frozenset(
        term
        for term, scope in zip(table["term"], table["scope"], strict=True)
        if not _WHOLE_CLAUSE & set(scope.split(",")) and "content" not in word_roles().get(term, ())
    )


def find_compounds(table: TokenTable, min_count: int) -> list[str]:
    """Return the compounds of two or three tokens that occur often enough, in order of code points.

    Parameters
    ----------
    table : TokenTable
    min_count : int
        Fewest occurrences.

    Returns
    -------
    list of str
        A negator and what it denies (不 退款, 没 到账, 没有 及时 处理), a verb and the complement that
        says it cannot be done (打 不通, 联系 不上), a thing and a predicate (态度 差, 效果 不 好).

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["客服态度差，一直不退款", "电话打不通，态度差，不退款"])
    >>> find_compounds(corpus.token_table, 2)
    ['不退款', '态度差']
    """
    words = table.vocabulary
    if not len(words) or len(table.codes) < 2:
        return []
    kinds = _Kinds(words)
    codes = table.codes.astype(np.int64)
    last = np.zeros(len(codes), bool)
    filled = table.offsets[1:][np.diff(table.offsets) > 0]
    last[filled - 1] = True
    # Pairs: the first and the second token stand in one document.
    at = np.flatnonzero(~last[:-1])
    one, two = codes[at], codes[at + 1]
    pair = (kinds.negator[one] & kinds.deniable[two]) | (kinds.verb[one] & kinds.complement[two])
    pair |= kinds.thing[one] & kinds.predicate[two]
    found = _frequent(np.column_stack((one, two))[pair], min_count)
    at = at[~last[np.minimum(at + 1, len(last) - 1)] & (at + 2 < len(codes))]
    one, two, three = codes[at], codes[at + 1], codes[at + 2]
    triple = kinds.negator[one] & kinds.between[two] & kinds.deniable[three]
    triple |= kinds.verb[one] & kinds.plain_not[two] & kinds.complement_tail[three]
    triple |= kinds.thing[one] & kinds.negator[two] & kinds.judged[three]
    found += _frequent(np.column_stack((one, two, three))[triple], min_count)
    return sorted({"".join(words[row]) for row in found})


def _frequent(rows: np.ndarray, min_count: int) -> list[np.ndarray]:
    if not len(rows):
        return []
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return list(distinct[counts >= min_count])


class _Kinds:
    """What each word of a vocabulary can be in a compound; every attribute is a mask over the vocabulary."""

    def __init__(self, words: np.ndarray) -> None:
        roles = [word_roles().get(word, frozenset()) for word in words]
        tags = parts_of_speech()
        first = np.array([tags.get(word, " ")[0] for word in words])
        tag = np.array([tags.get(word, "") for word in words])
        long = np.array([len(word) > 1 for word in words], bool)
        content = says_something(words)
        self.negator = np.isin(words, sorted(_negators()))
        self.plain_not = np.isin(words, ["不", "唔"])
        says = content & long & np.isin(first, [_VERB, _NOUN, _ADJECTIVE, " "])
        self.deniable = (says | _having(roles, "deniable")) & ~self.negator
        self.complement = _having(roles, "complement")
        self.complement_tail = _having(roles, "complement_tail")
        self.predicate = _having(roles, "predicate")
        self.judged = self.predicate | (content & (first == _ADJECTIVE))
        self.verb = (first == _VERB) & ~self.negator & ~_having(roles, "auxiliary")
        self.thing = content & long & (first == _NOUN)
        self.between = np.isin(tag, sorted(_BETWEEN)) | _having(roles, "between")


def _having(roles: list[frozenset[str]], role: str) -> np.ndarray:
    return np.array([role in mine for mine in roles], bool)
