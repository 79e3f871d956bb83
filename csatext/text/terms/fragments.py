"""Fragments: names and new words that segmentation breaks, found by what always stands beside what."""

from __future__ import annotations

import numpy as np

from csatext.lexicon import Lexicon
from csatext.text.terms.content_words import word_roles
from csatext.text.tokenization.jieba_dictionary import frequencies, parts_of_speech
from csatext.text.tokenization.token_table import TokenTable

__all__ = ["join_fragments"]

_BOUND = 0.8
"""Share of a fragment's occurrences in which the other token stands beside it (chosen)."""
_BOUND_BACK = 0.7
"""And that share of the other's, where both are fragments (chosen)."""
_TIED, _TIED_TIMES, _PAIR = 0.95, 3, 2
"""A noun of two characters that one character nearly always follows is part of a name: 亚洲|龙 (chosen)."""
_LONGEST_FRAGMENT, _LONGEST = 3, 6
"""Characters."""
_RARE = 50
"""A word that jieba's corpus of 60 million words holds less often is a fragment too: 阿特, 温器 (chosen)."""
_NO_FRAGMENT_TAGS = frozenset((*"cdekmopqruy", "uj", "ul", "uz", "ud", "ug", "uv"))


def join_fragments(table: TokenTable, min_count: int) -> list[str]:
    """Return the sequences of two or three tokens of which one is a fragment bound to its neighbour.

    Parameters
    ----------
    table : TokenTable
    min_count : int
        Fewest occurrences.

    Returns
    -------
    list of str
        In order of code points.

    Notes
    -----
    A fragment is a Chinese token that the dictionary does not hold, or holds as a rare word. It is joined
    with a neighbour that is a fragment too, or a single character, if that stands beside it in four fifths of
    its occurrences.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["更换节温器", "节温器坏了", "节温器漏水"])
    >>> join_fragments(corpus.token_table, 3)
    ['节温器']
    """
    words, codes = table.vocabulary, table.codes.astype(np.int64)
    if len(codes) < 2:
        return []
    fragment, tied, left, right = _kinds(words)
    single = right & ~fragment
    counts = np.bincount(codes, minlength=len(words))
    last = np.zeros(len(codes), bool)
    last[table.offsets[1:][np.diff(table.offsets) > 0] - 1] = True
    at = np.flatnonzero(~last[:-1] & left[codes[:-1]] & right[codes[1:]])
    key = codes[at] * len(words) + codes[at + 1]
    distinct, pair, together = np.unique(key, return_inverse=True, return_counts=True)
    one, two = distinct // len(words), distinct % len(words)
    of_one, of_two = together / counts[one], together / counts[two]
    # Two fragments have to need each other: 马自达 stands before others than 阿特兹 too.
    bound = np.where(
        fragment[one] & fragment[two],
        (np.maximum(of_one, of_two) >= _BOUND) & (np.minimum(of_one, of_two) >= _BOUND_BACK),
        (fragment[one] & (of_one >= _BOUND)) | (fragment[two] & (of_two >= _BOUND)),
    )
    bound &= ~tied[one]
    bound |= tied[one] & single[two] & (of_one >= _TIED) & (together >= _TIED_TIMES * min_count)
    bound &= together >= min_count
    found = {words[first] + words[second] for first, second in zip(one[bound], two[bound], strict=True)}
    # Two bound pairs that share their middle token are one sequence of three.
    joined = np.zeros(len(codes), bool)
    joined[at] = bound[pair]
    triple = np.flatnonzero(joined[:-1] & joined[1:])
    rows, n = np.unique(codes[triple[:, None] + np.arange(3)], axis=0, return_counts=True)
    found |= {"".join(words[row]) for row in rows[n >= min_count]}
    return sorted(term for term in found if len(term) <= _LONGEST)


def _kinds(words: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return which words are fragments, which are nouns, and which can stand before, or after, the other."""
    known, tags = frequencies(), parts_of_speech()
    table = Lexicon.load("stopwords").table
    function = frozenset(table["term"][~table["group"].isin(["number", "time"])])
    fragment, tied, left, right = (np.zeros(len(words), bool) for _ in range(4))
    for at, word in enumerate(words):
        if not all("\u4e00" <= char <= "\u9fff" for char in word) or len(word) > _LONGEST_FRAGMENT:
            continue
        role = word_roles().get(word, frozenset())
        fragment[at] = len(word) > 1 and known.get(word, 0) < _RARE and not role
        tag = tags.get(word, "n")
        single = len(word) == 1 and word not in function and "particle" not in role
        single &= tag not in _NO_FRAGMENT_TAGS
        right[at] = fragment[at] or single
        tied[at] = len(word) == _PAIR and not fragment[at] and tag[0] == "n" and not role
        left[at] = fragment[at] or tied[at] or (single and tag != "v" and "suffix" not in role)
    return fragment, tied, left, right
