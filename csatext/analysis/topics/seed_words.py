"""Words that steer topics: given by name, or by the first level of a taxonomy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from csatext.errors import ParameterError
from csatext.taxonomy import Taxonomy

__all__ = ["seed_counts", "words_by_name"]

_SEED_COUNTS = 0.2
"""Pseudo-counts of a seed word in its topic, as a share of its occurrences in the documents learnt from."""


def words_by_name(seeds: Mapping[str, Sequence[str]] | Taxonomy | None) -> dict[str, tuple[str, ...]]:
    """Return the seed words of each topic that is steered.

    Raises
    ------
    ParameterError
        ``seeds`` is something else.

    Examples
    --------
    >>> words_by_name({"物流": ["快递", "派送"]})
    {'物流': ('快递', '派送')}
    """
    if seeds is None:
        return {}
    if isinstance(seeds, Taxonomy):
        return {category.label_zh: seeds.words(category.id) for category in seeds.first_level}
    if not isinstance(seeds, Mapping) or any(isinstance(words, str) for words in seeds.values()):
        raise ParameterError.wrong_type("seeds", seeds, '名称到词的列表的映射，例如 {"物流": ["快递", …]}')
    return {str(name): tuple(words) for name, words in seeds.items()}


def seed_counts(
    seeds: Mapping[str, Sequence[str]], sample: sparse.csr_array, terms: np.ndarray, n_topics: int
) -> np.ndarray | None:
    """Return pseudo-counts of the terms that hold a seed word: 退款 steers 不退款 too.

    Parameters
    ----------
    seeds : mapping of str to sequence of str
    sample : csr_array, shape (n_docs, n_terms)
    terms : ndarray of object
    n_topics : int

    Returns
    -------
    ndarray, shape (n_topics, n_terms), or None without seeds
    """
    if not seeds:
        return None
    counts = np.asarray(sample.sum(axis=0), float)
    pseudo = np.zeros((n_topics, len(terms)))
    for topic, words in enumerate(seeds.values()):
        given = [word for word in words if word]
        held = np.array([any(word in term for word in given) for term in terms], bool)
        pseudo[topic, held] = 1 + _SEED_COUNTS * counts[held]
    return pseudo
