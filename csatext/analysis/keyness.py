"""Group counts and the statistics of keyness, on matrices; documents are the sampling units."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from scipy import sparse, special, stats
from scipy.special import xlogy

from csatext.errors import ParameterError, SchemaError

__all__ = ["GroupCounts", "document_p", "g2", "group_codes", "group_matrix", "log_odds", "log_ratio"]

_FEW, _CLEAR = 10, 0.1
_TAIL, _CELLS = 128, 4096


def group_codes(
    index: pd.Index, groups: pd.Series | np.ndarray | list[object]
) -> tuple[np.ndarray, list[str]]:
    """Return the group number of each document, -1 where it has none, and the names.

    Parameters
    ----------
    index : Index, length n_docs
        doc_ids of the corpus.
    groups : Series by doc_id, or array-like of length n_docs

    Raises
    ------
    ParameterError
        ``groups`` is not one column.
    SchemaError
        The groups do not cover the documents.
    """
    is_column = isinstance(groups, (list, tuple)) or getattr(groups, "ndim", 0) == 1
    if not is_column:
        raise ParameterError.wrong_type("groups", groups, "一列组名，每条联络一个")
    if isinstance(groups, pd.Series):
        if not groups.index.equals(index):
            missing = int((~index.isin(groups.index)).sum())
            if missing:
                raise SchemaError.foreign_index("groups", missing)
            groups = groups.reindex(index)
    elif len(groups) != len(index):
        raise SchemaError(f"groups 有 {len(groups)} 个值，语料有 {len(index)} 篇文档；两者必须一样长。")
    codes, names = pd.factorize(pd.Series(groups), sort=True)
    return codes, [str(name) for name in names]


def group_matrix(codes: np.ndarray, n_groups: int) -> sparse.csr_array:
    """Return the indicator matrix G (groups x documents): ``G @ dtm`` are the group counts."""
    rows = np.flatnonzero(codes >= 0)
    return sparse.csr_array((np.ones(len(rows), np.int64), (codes[rows], rows)), shape=(n_groups, len(codes)))


def log_odds(
    n: np.ndarray, rest: np.ndarray, total: np.ndarray, rest_total: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return log-odds and z of a group against the rest with an informative Dirichlet prior.

    Parameters
    ----------
    n, rest : ndarray, shape (n_groups, n_terms)
        Occurrences in the group and in the rest.
    total, rest_total : ndarray, shape (n_groups, 1)
        Tokens in the group and in the rest.
    prior : ndarray, shape (n_terms,)
        Prior counts alpha_w.

    Notes
    -----
    Monroe, Colaresi and Quinn (2008), "Fightin' Words", equations 15, 16, 20 and 22:
    ``log((n + a) / (N + A - n - a)) - log((r + a) / (R + A - r - a))`` and
    variance ``1 / (n + a) + 1 / (r + a)``, with ``A`` the sum of ``a``.
    """
    size = prior.sum()
    first, second = n + prior, rest + prior
    delta = np.log(first / (total + size - first)) - np.log(second / (rest_total + size - second))
    return delta, delta / np.sqrt(1 / first + 1 / second)


def g2(n: np.ndarray, rest: np.ndarray, total: np.ndarray, rest_total: np.ndarray) -> np.ndarray:
    """Return the log-likelihood ratio G2 of the 2 x 2 table term / other by group / rest.

    Notes
    -----
    Dunning (1993), "Accurate methods for the statistics of surprise and coincidence".
    """
    # Each cell against its expectation: logarithms of whole corpora would cancel to 1e-9 only.
    share = (n + rest) / (total + rest_total)
    cells = [
        (n, total * share),
        (rest, rest_total * share),
        (total - n, total * (1 - share)),
        (rest_total - rest, rest_total * (1 - share)),
    ]
    parts = [xlogy(seen, seen / np.where(expected > 0, expected, 1)) for seen, expected in cells]
    return np.maximum(2 * sum(parts), 0)


def log_ratio(n: np.ndarray, rest: np.ndarray, total: np.ndarray, rest_total: np.ndarray) -> np.ndarray:
    """Return the binary log of the ratio of rates, 0 occurrences counted as 0.5.

    Notes
    -----
    Hardie (2014), "Log Ratio: an informal introduction".
    """
    return np.log2(np.maximum(n, 0.5) / total) - np.log2(np.maximum(rest, 0.5) / rest_total)


@dataclass(frozen=True)
class GroupCounts:
    """Sums over the documents of each group, of which those of blocks of documents add up.

    Attributes
    ----------
    n, n_docs_with : ndarray of int64, shape (n_groups, n_terms)
        Occurrences, and documents that hold the term.
    members, lengths : ndarray of float64, shape (n_groups,)
        Documents, and their occurrences of any term.
    squares, weighted : ndarray of float64, shape (n_terms,)
        Sums over documents of the squared occurrences, and of occurrences times length.
    square_lengths : float
        Sum of the squared lengths.
    """

    n: np.ndarray
    n_docs_with: np.ndarray
    members: np.ndarray
    lengths: np.ndarray
    squares: np.ndarray
    weighted: np.ndarray
    square_lengths: float

    @classmethod
    def of(cls, dtm: sparse.csr_array, codes: np.ndarray, n_groups: int) -> GroupCounts:
        """Return the sums of some documents.

        Parameters
        ----------
        dtm : csr_array, shape (n_docs, n_terms)
        codes : ndarray of int, shape (n_docs,)
            Group of each document; -1 for none, which is left out.
        n_groups : int
        """
        known = np.flatnonzero(codes >= 0)
        if len(known) < len(codes):
            dtm, codes = dtm[known], codes[known]
        grouping = group_matrix(codes, n_groups)
        present = sparse.csr_array((np.ones_like(dtm.data), dtm.indices, dtm.indptr), shape=dtm.shape)
        lengths = np.asarray(dtm.sum(axis=1), float)
        return cls(
            (grouping @ dtm).toarray().astype(np.int64),
            (grouping @ present).toarray().astype(np.int64),
            np.asarray(grouping.sum(axis=1), float),
            grouping @ lengths,
            np.asarray(dtm.multiply(dtm).sum(axis=0), float),
            dtm.T @ lengths,
            float(lengths @ lengths),
        )

    def __add__(self, other: GroupCounts) -> GroupCounts:
        """Return the sums of both."""
        return GroupCounts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def document_p(counts: GroupCounts) -> np.ndarray:
    """Return two-sided p-values that hold when whole documents are exchanged between groups.

    Words come in bursts within a document, so that tests that treat occurrences as independent
    report far too much. The p is that of a score test on document totals, which allows for unequal
    lengths. Where fewer than ten documents with the term were to be expected its normal
    approximation is too short in the tail: there the larger p of this and of Fisher's exact test on
    the number of documents is taken, unless the score test alone gives 0.1 or more.

    Parameters
    ----------
    counts : GroupCounts

    Returns
    -------
    ndarray of float, shape (n_groups, n_terms)

    Notes
    -----
    With ``e_d = x_d - r L_d`` (``x`` occurrences, ``L`` length, ``r`` overall rate), the sum of
    ``e`` over a random group of ``m`` of ``N`` documents has mean 0 and variance
    ``m (N - m) / (N (N - 1)) * sum(e^2)`` (sampling without replacement; Cochran 1977, ch. 2).
    Fisher's p is twice the tail on the side of the deviation, at most 1.
    """
    n_docs = int(counts.members.sum())
    rate = counts.n.sum(axis=0) / max(counts.lengths.sum(), 1)
    residual = counts.squares - 2 * rate * counts.weighted + rate**2 * counts.square_lengths
    members = counts.members[:, None]
    excess = counts.n - rate * counts.lengths[:, None]
    variance = members * (n_docs - members) / (n_docs * max(n_docs - 1, 1)) * np.maximum(residual, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(variance > 0, np.abs(excess) / np.sqrt(variance), 0.0)
    p = 2 * stats.norm.sf(score)
    holding = np.broadcast_to(counts.n_docs_with.sum(axis=0), p.shape)
    members = np.broadcast_to(members, p.shape)
    rare = (members * holding / max(n_docs, 1) < _FEW) & (p < _CLEAR)
    exact = _fisher(counts.n_docs_with[rare], n_docs, holding[rare], members[rare])
    p[rare] = np.maximum(p[rare], exact)
    return p


def _fisher(observed: np.ndarray, n_docs: int, holding: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return twice the hypergeometric tail from ``observed`` away from the expectation, at most 1."""
    p = np.ones(len(observed))
    above = observed > members * holding / max(n_docs, 1)
    # scipy's mass function takes 0.1 ms a value; factorials are looked up here.
    log_factorial = special.gammaln(np.arange(n_docs + 2) + 1.0)
    for start in range(0, len(observed), _CELLS):
        part = slice(start, start + _CELLS)
        held, size = holding[part, None], members[part, None].astype(np.int64)
        # The probability beyond _TAIL further documents is below any p of interest.
        steps = observed[part, None] + np.where(above[part, None], 1, -1) * np.arange(_TAIL)
        possible = (steps >= np.maximum(size + held - n_docs, 0)) & (steps <= np.minimum(held, size))
        at = np.where(possible, steps, np.minimum(held, size))
        log_probability = (
            _log_choose(log_factorial, held, at)
            + _log_choose(log_factorial, n_docs - held, size - at)
            - _log_choose(log_factorial, n_docs, size)
        )
        tail = np.where(possible, np.exp(log_probability), 0).sum(axis=1)
        p[part] = np.minimum(2 * tail, 1)
    return p


def _log_choose(log_factorial: np.ndarray, n: np.ndarray | int, k: np.ndarray) -> np.ndarray:
    return log_factorial[n] - log_factorial[k] - log_factorial[n - k]
