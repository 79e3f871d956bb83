"""Support of each category of a document by its hits, from which the main category is chosen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from csatext.analysis.rules.asserted_hits import Hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.analysis.rules.conditions import Places

__all__ = ["Support", "category_support", "specificity"]

_FIRST_WORDS = 0.5
"""Weight that the first character of a text has more than its last: people begin with what troubles them."""
_TURNED = 1.3
"""Weight of a clause after 但是: it holds what the praise before it leads up to."""
_AGAIN = 0.4
"""Weight of a pattern's further hits, by their logarithm: a text names its subject again and again. Of 3,767
letters of citizens, the main category of the body agreed with that of the title more often by 1 to 2 points
(first level) and 3 (second) for 0.3 to 1; above 0.5 a word said three times outweighs two different words."""
_RULE = 1.5
"""Weight of a rule of combined conditions; a pattern of medium frequency has 1."""


class Support(NamedTuple):
    """One row a document and category, by document, then falling weight, then order of the taxonomy.

    Attributes
    ----------
    row, category : ndarray of int64
        Position of the document, and of the category in the compiled taxonomy.
    weight : ndarray of float64
        Sum over distinct patterns; greater than 0.
    """

    row: np.ndarray
    category: np.ndarray
    weight: np.ndarray


def specificity(document_frequency: np.ndarray, n_docs: int) -> np.ndarray:
    """Return the weight of each pattern by its document frequency, from 0.5 (in every document) to 1.5.

    ``0.5 + log((1 + N) / (1 + df)) / log(1 + N)``, the inverse document frequency of Spärck Jones (1972) on a
    scale that does not depend on the number of documents; 1 where no documents were counted.

    Examples
    --------
    >>> specificity(np.array([0, 99]), 99).tolist()
    [1.5, 0.5]
    """
    if n_docs == 0:
        return np.ones(len(document_frequency))
    return 0.5 + np.log((1 + n_docs) / (1 + document_frequency)) / np.log(1 + n_docs)


def category_support(
    compiled: CompiledTaxonomy,
    hits: Hits,
    rules: list[tuple[int, Places]],
    lengths: np.ndarray,
    weights: np.ndarray,
) -> Support:
    """Return the support of each category by document.

    Parameters
    ----------
    compiled : CompiledTaxonomy
        The categories.
    hits : Hits
        Asserted hits of its patterns.
    rules : list of (int, Places)
        Hits of each rule, with the position of its category.
    lengths : ndarray of int64, shape (n_docs,)
        Characters of each text.
    weights : ndarray of float64, shape (n_patterns,)
        Weight of each pattern (:func:`specificity`).

    Returns
    -------
    Support
    """
    category = compiled.category_of[hits.pattern]
    mine = hits.take(category >= 0)
    place = 1 + _FIRST_WORDS * (1 - mine.start / np.maximum(lengths[mine.row], 1))
    weight = weights[mine.pattern] * place * np.where(mine.turned, _TURNED, 1.0)
    # The heaviest hit of a pattern counts in full.
    n_patterns = max(len(compiled.patterns), 1)
    order = np.lexsort((-weight, mine.pattern, mine.row))
    key = (mine.row * n_patterns + mine.pattern)[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    best, n_hits = order[first], np.diff(np.append(first, len(order)))
    row, category = mine.row[best], compiled.category_of[mine.pattern[best]]
    weight = weight[best] * (1 + _AGAIN * np.log(n_hits))
    for at, found in rules:
        rows = np.unique(found.row)
        row = np.append(row, rows)
        category = np.append(category, np.full(len(rows), at))
        weight = np.append(weight, np.full(len(rows), _RULE))
    weight = weight * np.array([*(one.weight for one in compiled.categories), 1.0])[category]
    n_categories = max(len(compiled.categories), 1)
    pairs, inverse = np.unique(row * n_categories + category, return_inverse=True)
    total = np.bincount(inverse, weight, minlength=len(pairs))
    row, category = pairs // n_categories, pairs % n_categories
    order = np.lexsort((category, -total, row))
    return Support(row[order], category[order], total[order])
