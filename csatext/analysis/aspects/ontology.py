"""Aspects of a taxonomy: their names on two levels, and the words that name and judge them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.lexicon import Lexicon
from csatext.taxonomy import Category, Taxonomy
from csatext.text.word_matcher import WordMatcher

__all__ = ["ANY", "FACT", "NAME", "NONE", "OPINION", "STEM", "AspectWords", "Ontology"]

NAME, STEM, FACT, OPINION, ANY, NONE = range(6)
"""Roles of ``lexicons/aspect_words.tsv``: an aspect's name; a beginning that only a word of its own completes
(送得); a name that says something neutral by itself (人均); a polar word of certain aspects; one of any
aspect; a word that hides what it holds."""
_ROLES = {"name": NAME, "stem": STEM, "fact": FACT, "opinion": OPINION, "any": ANY, "none": NONE}
_BESIDE = {"+": 0.5, "-": -0.5}
"""Valence of a word such as 大 beside a name of an aspect: about that of 不错 among polar words."""
_SUBJECTS = ("city", "environment", "livelihood", "housing", "rural", "market", "governance", "safety")
"""First levels of public hotlines: six in ten hits of their patterns stand in clauses without a negative word
(of the other packs one in five or fewer), for questions and requests have a subject too."""
_SHORTEST = 2
"""Characters of a word by which a category of the user's own is known to be about an aspect."""
_DEGREES = ("非常", "特别", "有点", "比较", "太", "很", "好", "超", "巨", "挺", "真", "更", "蛮")
_PARTS = re.compile(r"[与和及、/／（）()\s]")
"""What joins several things in the label of a category: 餐品与配送."""
_KEPT = 8
"""Tables of words kept in memory: estimators of one taxonomy share theirs."""


class _Aspect(NamedTuple):
    """A line of ``lexicons/aspects.tsv``."""

    name: str
    categories: tuple[str, ...]
    service: bool


class _Word(NamedTuple):
    """A line of ``lexicons/aspect_words.tsv``, the aspects with their valences."""

    role: int
    alone: tuple[tuple[str, float], ...]
    beside: tuple[tuple[str, float], ...]
    valence: float


class AspectWords(NamedTuple):
    """Words of the aspects that a taxonomy has, as arrays by number of the word.

    Attributes
    ----------
    matcher : WordMatcher
        Finds them, A to Z in lower case.
    role : ndarray of int64
    single : ndarray of bool
        One character long.
    aspect, other : ndarray of int64
        Aspect that a name stands for, and the next one it may stand for; -1 for none. Of a polar word, the
        aspect that it tells by itself.
    value : ndarray of float64
        Valence of a polar word by itself.
    valence : ndarray of float64
        Valence beside a name of any aspect; NaN where it has none there.
    n_aspects : int
    pairs, pair_values : ndarray
        ``word * n_aspects + aspect`` of the aspects that a polar word can be about, sorted, and its valence.
    """

    matcher: WordMatcher
    role: np.ndarray
    single: np.ndarray
    aspect: np.ndarray
    other: np.ndarray
    value: np.ndarray
    valence: np.ndarray
    n_aspects: int
    pairs: np.ndarray
    pair_values: np.ndarray


class Ontology:
    """Aspects of a taxonomy.

    An aspect of ``lexicons/aspects.tsv`` belongs to the first of its categories that the taxonomy has. A
    category of the user's own belongs to the aspect whose name or word its label holds; one that no aspect is
    about is an aspect itself, under its label.

    Parameters
    ----------
    compiled : CompiledTaxonomy
        The taxonomy.

    Attributes
    ----------
    names : ndarray of object
        Aspects of the second level.
    groups : ndarray of object
        Aspects of the first level: the five of service, transparency, the first level of the taxonomy.
    group_of : ndarray of int64
        First level of each aspect, -1 for an aspect of service that the taxonomy does not have.
    service_of : ndarray of int64
        Position in ``groups`` of an aspect of service, -1 for others.
    by_subject : ndarray of bool
        Aspects whose patterns name a subject, and no trouble by themselves.
    category_aspect, category_group : ndarray of int64
        Aspect, and first level, of each category of the compiled taxonomy.
    words : AspectWords

    Examples
    --------
    >>> ontology = Ontology(CompiledTaxonomy(Taxonomy.load("catering")))
    >>> at = ontology.names.tolist().index("口味")
    >>> str(ontology.groups[ontology.group_of[at]])
    '菜品与卫生'
    """

    def __init__(self, compiled: CompiledTaxonomy) -> None:
        taxonomy = compiled.taxonomy
        roots = {one.id: taxonomy.path(one.id)[0] for one in taxonomy.categories}
        home = _homes(taxonomy)
        own = {one.id: name for one in taxonomy.categories if (name := _aspect_of(one, home)) is not None}
        labels = [own.get(one.id, one.label_zh) for one in taxonomy.categories if _is_aspect(one, taxonomy)]
        service = [one.name for one in _aspects() if one.service]
        names = list(dict.fromkeys([*service, *home, *labels]))
        groups = list(dict.fromkeys([*service, *(one.label_zh for one in taxonomy.first_level)]))
        at = {name: position for position, name in enumerate(names)}
        group_at = {name: position for position, name in enumerate(groups)}
        first = {own.get(one.id, one.label_zh): roots[one.id] for one in reversed(taxonomy.categories)}
        first |= {name: roots[category] for name, category in home.items()}
        self.names, self.groups = np.array(names, object), np.array(groups, object)
        self.group_of = np.array([group_at[first[name]] if name in first else -1 for name in names], np.int64)
        self.service_of = np.array([group_at[n] if n in service else -1 for n in names], np.int64)
        self.category_aspect = np.array(
            [at[own.get(one.id, one.label_zh)] for one in compiled.categories], np.int64
        )
        self.category_group = np.array([group_at[roots[one.id]] for one in compiled.categories], np.int64)
        subjects = {own.get(one.id, one.label_zh) for one in taxonomy.categories if _names_a_subject(one.id)}
        self.by_subject = np.array([name in subjects for name in names], bool)
        self.words = _compiled_words(tuple(names), tuple(_label_words(taxonomy, own)))


@cache
def _aspects() -> tuple[_Aspect, ...]:
    table = Lexicon.load("aspects").table
    table = table.iloc[np.argsort(table["rank"].astype(int))]
    rows = zip(table["term"], table["categories"].fillna(""), table["service"].notna(), strict=True)
    return tuple(_Aspect(name, tuple(filter(None, ids.split(","))), service) for name, ids, service in rows)


@cache
def _words() -> dict[str, _Word]:
    table = Lexicon.load("aspect_words").table
    rows = zip(
        table["term"].str.lower(), table["role"], table["aspects"].fillna(""), table["valence"], strict=True
    )
    return {term: _Word(_ROLES[role], *_read(aspects), valence) for term, role, aspects, valence in rows}


def _read(aspects: str) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
    """Return the aspects that a word stands for alone, and those it is polar beside a name of."""
    alone, beside = [], []
    for part in filter(None, aspects.split(",")):
        if part[-1] in _BESIDE:
            beside.append((part[:-1], _BESIDE[part[-1]]))
        else:
            name, _, valence = part.partition(":")
            alone.append((name, float(valence or 0)))
    return tuple(alone), tuple(beside)


def _homes(taxonomy: Taxonomy) -> dict[str, str]:
    """Return the category that each aspect belongs to, of those the taxonomy has."""
    homes = {}
    shipped = _shipped_roots()
    own = [one for one in taxonomy.categories if one.id.partition(".")[0] not in shipped]
    for aspect in _aspects():
        known = next((one for one in aspect.categories if one in taxonomy), None)
        if known is None:
            known = next((one.id for one in own if _is_about(one.label_zh, aspect.name)), None)
        if known is not None:
            homes[aspect.name] = known
    return homes


@cache
def _shipped_roots() -> frozenset[str]:
    return frozenset(one.partition(".")[0] for aspect in _aspects() for one in aspect.categories)


def _names_a_subject(category_id: str) -> bool:
    root = category_id.partition(".")[0]
    return root in _SUBJECTS or root not in _shipped_roots()


def _is_about(label: str, aspect: str) -> bool:
    """Return whether the label of a category holds an aspect's name or a word that names it."""
    return aspect in label or any(word in label for word in _naming().get(aspect, ()))


@cache
def _naming() -> dict[str, list[str]]:
    naming: dict[str, list[str]] = {}
    for term, word in _words().items():
        if word.role == NAME and len(term) >= _SHORTEST:
            naming.setdefault(word.alone[0][0], []).append(term)
    return naming


def _aspect_of(category: Category, home: dict[str, str]) -> str | None:
    """Return the aspect that a category is about, None for one of its own."""
    for aspect in _aspects():
        if category.parent is not None and category.id in aspect.categories:
            return aspect.name
    return next((name for name, one in home.items() if one == category.id), None)


def _is_aspect(category: Category, taxonomy: Taxonomy) -> bool:
    """Return whether a category can be found: by patterns, rules, or as a first level by its label."""
    return category.identified or category in taxonomy.first_level


def _label_words(taxonomy: Taxonomy, own: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the words of the labels of the user's own first level, each with its aspect."""
    known = _words()
    for one in taxonomy.first_level:
        if one.id not in _shipped_roots():
            for word in (one.label_zh, *_PARTS.split(one.label_zh)):
                if len(word) >= _SHORTEST and word.lower() not in known:
                    yield word.lower(), own.get(one.id, one.label_zh)


def _beside(term: str, word: _Word, words: dict[str, _Word]) -> tuple[tuple[str, float], ...]:
    """Return what a polar word is beside names: 太贵 what 贵 is, too."""
    degree = next((one for one in _DEGREES if word.role == OPINION and term.startswith(one)), "")
    plain = words.get(term.removeprefix(degree)) if degree else None
    if plain is None or plain.role != OPINION:
        return word.beside
    sides = [(name, 0.5 if value > 0 else -0.5) for name, value in (*plain.alone, *plain.beside) if value]
    return (*sides, *word.beside)


@lru_cache(maxsize=_KEPT)
def _compiled_words(names: tuple[str, ...], labels: tuple[tuple[str, str], ...]) -> AspectWords:
    """Return the words of the aspects that are there; what stands for others only is left out."""
    at = {name: position for position, name in enumerate(names)}
    words = _words() | {term: _Word(NAME, ((name, 0.0),), (), float("nan")) for term, name in labels}
    terms: list[str] = []
    rows: list[tuple[int, int, int, float, float]] = []
    pairs: dict[int, float] = {}
    for term in sorted(words):
        word = words[term]
        alone = [(at[name], value) for name, value in word.alone if name in at]
        beside = [(at[name], value) for name, value in _beside(term, word, words) if name in at]
        if not (alone or beside or word.role == NONE or word.valence == word.valence):
            continue
        for aspect, value in (*beside, *alone[::-1]):
            if word.role == OPINION:
                pairs[len(terms) * len(at) + aspect] = value
        first, second = ([aspect for aspect, _ in alone] + [-1, -1])[:2]
        terms.append(term)
        rows.append((word.role, first, second, alone[0][1] if alone else 0.0, word.valence))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    keys = np.array(sorted(pairs), np.int64)
    return AspectWords(
        WordMatcher(terms),
        columns[0],
        np.array([len(term) == 1 for term in terms]),
        columns[1],
        columns[2],
        columns[3],
        columns[4],
        len(at),
        keys,
        np.array([pairs[key] for key in keys.tolist()]),
    )
