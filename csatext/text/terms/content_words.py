"""Content words: terms that say something on their own; function words, particles and names do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.lexicon import Lexicon
from csatext.privacy.recognizers.name_lists import name_lists
from csatext.text.conversion import to_simplified_column
from csatext.text.tokenization.jieba_dictionary import parts_of_speech
from csatext.text.tokenization.quantities import quantity_spans

__all__ = ["function_words", "is_personal_name", "says_something", "word_roles"]

_NO_CONTENT_TAGS = frozenset((*"cdefhkmopqrtuxy", "zg"))
"""Parts of speech of jieba that say nothing alone: adverbs, conjunctions, numerals, pronouns, times ..."""
_NO_WORD = (
    r"^(?:[^\p{L}]*"  # marks and numbers
    r"|[A-Za-z][0-9]{0,2}"  # letters, and codes such as A7
    r"|[0-9][0-9.,]*[\x{4e00}-\x{9fff}]"  # quantities: 12期
    r"|.*[\[\]<>{}=/\\_@].*"  # placeholders, remains of markup
    r"|[A-Za-z]{1,6}00[0-9]*"  # numbered: CH000, NO001
    r"|[A-Za-z]{15,})$"  # keys and codes
)
_HAN = r"^[\x{3400}-\x{9fff}\x{20000}-\x{3ffff}]+$"
_NAME_LENGTHS = (2, 3, 4)
_DOUBLED = 2
_GIVEN = 2
"""Characters of a given name at most."""


@cache
def word_roles() -> Mapping[str, frozenset[str]]:
    """Return the roles of the words of ``lexicons/content_words.tsv``.

    Examples
    --------
    >>> sorted(word_roles()["没有"]), sorted(word_roles()["差"])
    (['general'], ['deniable', 'predicate', 'short'])
    """
    table = Lexicon.load("content_words").table
    return MappingProxyType(
        {term: frozenset(roles.split(",")) for term, roles in zip(table["term"], table["roles"], strict=True)}
    )


@cache
def function_words() -> frozenset[str]:
    """Return the words that say nothing on their own, by the lists.

    Examples
    --------
    >>> "没有" in function_words(), "利息" in function_words()
    (True, False)
    """
    roles = word_roles()
    listed = (*Lexicon.load("stopwords").terms, *Lexicon.load("negators").terms)
    general = {term for term, role in roles.items() if "general" in role}
    return frozenset(general | set(listed)) - _content_words()


@cache
def _content_words() -> frozenset[str]:
    return frozenset(term for term, role in word_roles().items() if role & {"content", "short"})


@cache
def _terms_of_trade() -> frozenset[str]:
    """Return terms of the trade and polar words: words of weight by other lists of csatext."""
    polar = Lexicon.load("polarity").table
    polar_terms = polar["term"][(polar["valence"] != 0) & (polar["term"].str.len() > 1)]
    return frozenset((*Lexicon.load("terms", on_conflict="ours").terms, *polar_terms))


@cache
def _particles() -> frozenset[str]:
    return frozenset(term for term, role in word_roles().items() if "particle" in role)


@cache
def _suffixes() -> frozenset[str]:
    """Return characters that end words, such as 市: an unknown word that begins with one was cut wrongly."""
    return frozenset(term for term, role in word_roles().items() if "suffix" in role)


def says_something(terms: np.ndarray) -> np.ndarray:
    """Return whether each term says something on its own.

    Left out are function words, particles (Cantonese ones too), bare numbers and quantities, placeholders,
    single letters and characters except a few (差, 水), one character again and again, light verbs and names
    of people: by the lists ``content_words``, ``stopwords`` and ``negators``, by jieba's part of speech, and
    by the lists of names.

    Parameters
    ----------
    terms : ndarray of object, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> says_something(np.array(["利息", "没有", "咗", "[数字x]", "A", "3天", "差"], object)).tolist()
    [True, False, False, False, False, False, True]
    """
    if not len(terms):
        return np.zeros(0, bool)
    simple = to_simplified_column(pa.array(terms, pa.large_string()))
    shaped = pc.invert(pc.match_substring_regex(simple, _NO_WORD)).to_numpy(zero_copy_only=False)
    han = pc.match_substring_regex(simple, _HAN).to_numpy(zero_copy_only=False)
    words = simple.to_pylist()
    return np.array(
        [
            whole and (_chinese(word) if chinese else _other(word))
            for word, whole, chinese in zip(words, shaped, han, strict=True)
        ],
        bool,
    )


def _chinese(word: str) -> bool:
    if word in _content_words():
        return True
    if len(word) == 1 or word in function_words():
        return False
    tag = parts_of_speech().get(word)
    if len(set(word)) == 1 and (tag is None or len(word) > _DOUBLED):
        return False  # 差差, 啊啊啊; 宝宝 is a word
    if word in _terms_of_trade():
        return True
    if tag is None:
        if parts_of_speech().get(word[:2]) == "r":
            return False  # 什么破, a part of a sentence
        edges = word[0] in _particles() or word[-1] in _particles() or word[0] in _suffixes()
        return not (edges or is_personal_name(word))
    return tag not in _NO_CONTENT_TAGS and not is_personal_name(word)


def _other(word: str) -> bool:
    if len(word) == 1 or word.lower() in function_words():
        return False
    if word[0] in name_lists().common and word[1:].isascii() and word[1:].islower():
        return False  # a name written half in pinyin
    if word in _content_words() or word in _terms_of_trade() or not any(char.isdigit() for char in word):
        return True
    spans = quantity_spans(word)
    return not (len(spans) and spans[0, 0] == 0 and spans[0, 1] == len(word) and not word[0].isalpha())


def is_personal_name(word: str) -> bool:
    """Return whether a Chinese word is the name of a person and, by the lists, nothing else.

    Examples
    --------
    >>> is_personal_name("李志强"), is_personal_name("高兴"), is_personal_name("李某")
    (True, False, True)
    """
    lists = name_lists()
    length = 2 if word[:2] in lists.compound else 1
    surname, given = word[:length], word[length:]
    if surname not in lists.compound and surname not in lists.single:
        return False
    if given.startswith("某"):
        return True
    if len(word) not in _NAME_LENGTHS or not 1 <= len(given) <= _GIVEN:
        return False
    if word in _content_words() or word in _terms_of_trade() or lists.word_end(word, 0) == len(word):
        return False
    typical = sum(char in lists.typical for char in given)
    tag = parts_of_speech().get(word)
    if tag is not None:
        known = all(char in lists.given for char in given) if len(given) == _GIVEN else typical == 1
        return tag == "nr" and surname in lists.common and known
    return (surname in lists.common or surname in lists.compound) and typical > 0
