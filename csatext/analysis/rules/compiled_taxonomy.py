"""A taxonomy made ready for matching: every pattern once, in one index."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
import pyarrow as pa

from csatext.analysis.rules.pattern_index import PatternIndex
from csatext.taxonomy import Category, Taxonomy
from csatext.taxonomy.combinations import Rule
from csatext.taxonomy.patterns import parse_pattern
from csatext.text.conversion import to_simplified_column

__all__ = ["CompiledTaxonomy"]

_KEPT = 8
"""Indexes kept in memory, each of some MB: estimators of one taxonomy share theirs."""


class CompiledTaxonomy:
    """Patterns of a taxonomy, numbered, with what each stands for.

    Parameters
    ----------
    taxonomy : Taxonomy
        The categories.
    only : collection of str, optional
        Ids of the categories that are looked for; all of them without.

    Attributes
    ----------
    categories : list of Category
        Those that a pattern or rule can identify and that are looked for, in the order of the taxonomy.
    index : PatternIndex
        All patterns: of categories, of exceptions and of rules.
    patterns : list of str
        As they are written, by number.
    category_of : ndarray of int64
        Position in ``categories`` of a pattern that identifies one, -1 for the others.
    exception_of : ndarray of int64
        Position in ``categories`` of a pattern that cancels its hits, -1 for the others.
    rules : list of (int, Rule)
        Position in ``categories`` and the rule.
    number_of : dict of str to int
        Number of each pattern of a rule, which stands for no category by itself.
    """

    def __init__(self, taxonomy: Taxonomy, only: Collection[str] | None = None) -> None:
        self.taxonomy = taxonomy
        self.categories: list[Category] = [
            one for one in taxonomy.categories if one.identified and (only is None or one.id in only)
        ]
        self.patterns: list[str] = []
        category_of: list[int] = []
        exception_of: list[int] = []
        for at, category in enumerate(self.categories):
            for pattern in dict.fromkeys(category.patterns):
                self.patterns.append(pattern)
                category_of.append(at)
                exception_of.append(-1)
            for pattern in dict.fromkeys(category.exceptions):
                self.patterns.append(pattern)
                category_of.append(-1)
                exception_of.append(at)
        self.rules = [(at, rule) for at, one in enumerate(self.categories) for rule in one.rules]
        self.number_of: dict[str, int] = {}
        for _, rule in self.rules:
            for words in _words(rule):
                if words not in self.number_of:
                    self.number_of[words] = len(self.patterns)
                    self.patterns.append(words)
                    category_of.append(-1)
                    exception_of.append(-1)
        self.category_of = np.array(category_of, np.int64)
        self.exception_of = np.array(exception_of, np.int64)
        self.index = _index(tuple(self.patterns))


@lru_cache(maxsize=_KEPT)
def _index(patterns: tuple[str, ...]) -> PatternIndex:
    # Texts are simplified unless the user says otherwise: Traditional words are found in both forms.
    parsed = [parse_pattern(pattern) for pattern in patterns]
    written = sorted({word for pattern in parsed for slot in pattern.slots for word in slot})
    simplified = to_simplified_column(pa.array(written, pa.string())).to_pylist()
    forms = dict(zip(written, simplified, strict=True))
    return PatternIndex([pattern.with_forms(forms) for pattern in parsed])


def _words(rule: Rule) -> list[str]:
    """Return the patterns of a rule and of all below it."""
    own = [words for words in (rule.words, rule.without) if words]
    return [*own, *(words for one in rule.below for words in _words(one))]
