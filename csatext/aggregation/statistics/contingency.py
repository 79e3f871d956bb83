"""Two nominal columns: chi-square, Cramer's V, Cochran-Mantel-Haenszel, residuals."""

from __future__ import annotations

import numpy as np
from scipy import stats

from csatext.aggregation.statistics.cell_tests import rate_test
from csatext.aggregation.statistics.effect_sizes import EffectSize, noncentral_interval, widened
from csatext.aggregation.statistics.intervals import divide
from csatext.errors import ParameterError

__all__ = ["cell_residuals", "count_tables", "cramers_v"]

_MAX_CELLS = 5_000_000
_MAX_CONTRASTS = 1000
_TABLES = 4999
_CHUNK = 2_000_000


def count_tables(x: np.ndarray, y: np.ndarray, strata: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Count rows by stratum, x and y.

    Parameters
    ----------
    x, y, strata : ndarray of int, shape (n_rows,)
        Codes from 0.
    shape : (n_strata, n_x, n_y)
        Number of codes of each.

    Returns
    -------
    ndarray of float, shape (n_strata, n_x, n_y)

    Raises
    ------
    ParameterError
        More than 5 million cells.

    Examples
    --------
    >>> count_tables(np.array([0, 1, 1]), np.array([0, 1, 1]), np.zeros(3, int), (1, 2, 2)).tolist()
    [[[1.0, 0.0], [0.0, 2.0]]]
    """
    cells = int(np.prod(shape, dtype=object))
    if cells > _MAX_CELLS:
        raise ParameterError(
            f"交叉表有 {cells} 格，超过上限 {_MAX_CELLS}；请先合并稀少的取值，或减少分层的列。"
        )
    flat = (strata * shape[1] + x) * shape[2] + y
    return np.bincount(flat, minlength=cells).reshape(shape).astype("float64")


def cramers_v(tables: np.ndarray, level: float, *, stratified: bool, random_state: int = 0) -> EffectSize:
    """Return Cramer's V as the effect size of two nominal columns.

    Parameters
    ----------
    tables : ndarray of float, shape (n_strata, n_x, n_y)
        Counts.
    level : float
        Confidence level.
    stratified : bool
        Whether strata are confounders; else there is one.
    random_state : int, default 0
        Seed, used for sparse tables only.

    Returns
    -------
    EffectSize
        ``statistic`` is Pearson's chi-square; stratified, the generalised Cochran-Mantel-Haenszel
        statistic. ``uncorrected`` is Cramer's V, ``estimate`` is V corrected for bias (Bergsma 2013),
        numerators and denominators summed over strata. The interval inverts the noncentral chi-square
        (Smithson 2003), stretched to the delta-method variance (Bishop, Fienberg and Holland 1975,
        chapter 11) where that is larger. Where more than a fifth of the expected counts are below 5,
        p is that of 4,999 random tables with the same margins.

    References
    ----------
    Bergsma (2013), Journal of the Korean Statistical Society 42, 323-328. Landis, Heyman and Koch (1978),
    International Statistical Review 46, 237-254, for the generalised statistic.

    Examples
    --------
    >>> v = cramers_v(np.array([[[30.0, 10.0], [10.0, 30.0]]]), 0.95, stratified=False)
    >>> v.statistic, round(v.uncorrected, 3), round(v.estimate, 3)
    (20.0, 0.5, 0.49)
    """
    rows, columns = (tables.sum(axis=2) > 0).sum(axis=1), (tables.sum(axis=1) > 0).sum(axis=1)
    used = (rows > 1) & (columns > 1)
    tables, rows, columns = tables[used], rows[used], columns[used]
    n = tables.sum(axis=(1, 2))
    if not len(tables):
        return EffectSize("cramers_v", int(n.sum()), 0)
    expected = _expected(tables)
    squares = np.nan_to_num(divide((tables - expected) ** 2, expected)).sum(axis=(1, 2))
    df = (rows - 1) * (columns - 1)
    if stratified:
        statistic, p = _mantel_haenszel(tables, n)
    else:
        statistic = float(squares[0])
        seen = expected[expected > 0]
        sparse = (seen < 5).mean() > 0.2 or seen.min() < 1
        p = (
            _random_tables(tables[0], statistic, random_state)
            if sparse
            else float(stats.chi2.sf(statistic, df[0]))
        )
    weight = (n * np.minimum(rows - 1, columns - 1)).sum()
    excess = (squares - n * df / (n - 1)).sum()
    shrunk = [k - (k - 1) ** 2 / (n - 1) - 1 for k in (rows, columns)]
    corrected = np.sqrt(max(0.0, excess) / max((n * np.minimum(*shrunk)).sum(), np.finfo(float).tiny))
    total = squares.sum()
    stretch = np.sqrt(_delta_variance(tables, n) / (4 * total)) if total else 1.0
    point = max(0.0, excess)
    ends = widened(point, noncentral_interval(float(total), float(df.sum()), level), float(stretch))
    estimate = min(1.0, float(corrected))
    low, high = (min(1.0, float(np.sqrt(end / weight))) for end in ends)
    return EffectSize(
        "cramers_v",
        int(n.sum()),
        len(tables),
        statistic,
        float(np.sqrt(total / weight)),
        estimate,
        min(low, estimate),
        max(high, estimate),
        p,
    )


def cell_residuals(tables: np.ndarray, *, stratified: bool) -> dict[str, np.ndarray]:
    """Return seen and expected counts, adjusted residuals and p of each cell, summed over strata.

    Parameters
    ----------
    tables : ndarray of float, shape (n_strata, n_x, n_y)
        Counts.
    stratified : bool
        Whether strata are confounders.

    Returns
    -------
    dict of ndarray, each of shape (n_x, n_y)
        ``n``, ``expected``, ``residual``, ``p``. Without strata the residual is Haberman's and p that
        of the score test of the cell (mid-p for small counts); with strata it is Mantel and Haenszel's
        for the cell against all others.

    References
    ----------
    Haberman (1973), Biometrics 29, 205-220. Mantel and Haenszel (1959), Journal of the National Cancer
    Institute 22, 719-748.

    Examples
    --------
    >>> tables = np.array([[[30.0, 10.0], [10.0, 30.0]]])
    >>> cell_residuals(tables, stratified=False)["residual"].round(3).tolist()
    [[4.472, -4.472], [-4.472, 4.472]]
    """
    n = tables.sum(axis=(1, 2), keepdims=True)
    row, column = tables.sum(axis=2, keepdims=True), tables.sum(axis=1, keepdims=True)
    expected = _expected(tables)
    variance = expected * np.nan_to_num((1 - divide(row, n)) * (1 - divide(column, n)))
    if stratified:
        variance = variance * np.nan_to_num(divide(n, n - 1))
    seen, likely = tables.sum(axis=0), expected.sum(axis=0)
    residual = divide(seen - likely, np.sqrt(variance.sum(axis=0)))
    if stratified:
        p = 2 * stats.norm.sf(np.abs(residual))
    else:
        whole_row = np.broadcast_to(row[0], seen.shape)
        p = rate_test(*(a.ravel() for a in (seen, whole_row, column[0] - seen, n[0] - whole_row))).reshape(
            seen.shape
        )
    return {"n": seen, "expected": likely, "residual": residual, "p": p}


def _expected(tables: np.ndarray) -> np.ndarray:
    n = tables.sum(axis=(1, 2), keepdims=True)
    return np.nan_to_num(divide(tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True), n))


def _mantel_haenszel(tables: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """Return the generalised statistic (general association) and its p value."""
    tables = tables[:, tables.sum(axis=(0, 2)) > 0][:, :, tables.sum(axis=(0, 1)) > 0]
    contrasts = (tables.shape[1] - 1) * (tables.shape[2] - 1)
    if contrasts > _MAX_CONTRASTS:
        raise ParameterError(
            f"分层检验的自由度是 {contrasts}，超过上限 {_MAX_CONTRASTS}；请先合并 x 或 y 里稀少的取值。"
        )
    difference = (tables - _expected(tables)).sum(axis=0)[:-1, :-1].ravel()
    row, column = tables.sum(axis=2)[:, :-1], tables.sum(axis=1)[:, :-1]
    covariances = [
        n[:, None, None] * m[:, :, None] * np.eye(m.shape[1]) - m[:, :, None] * m[:, None, :]
        for m in (row, column)
    ]
    covariance = np.einsum("sac,sbd,s->abcd", *covariances, 1 / (n**2 * (n - 1)), optimize=True)
    covariance = covariance.reshape(contrasts, contrasts)
    inverse = np.linalg.pinv(covariance, hermitian=True)
    statistic = float(difference @ inverse @ difference)
    return statistic, float(stats.chi2.sf(statistic, np.linalg.matrix_rank(covariance, hermitian=True)))


def _random_tables(table: np.ndarray, statistic: float, random_state: int) -> float:
    """Return the Monte Carlo p value: share of random tables with these margins as far from independence."""
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0].astype("int64")
    expected = _expected(table[None].astype("float64"))
    rng, exceeding, left = np.random.default_rng(random_state), 0, _TABLES
    while left:
        size = min(left, max(1, _CHUNK // table.size))
        draws = stats.random_table.rvs(table.sum(axis=1), table.sum(axis=0), size=size, random_state=rng)
        exceeding += int(
            ((((draws - expected) ** 2) / expected).sum(axis=(1, 2)) >= statistic * (1 - 1e-9)).sum()
        )
        left -= size
    return (exceeding + 1) / (_TABLES + 1)


def _delta_variance(tables: np.ndarray, n: np.ndarray) -> float:
    """Return the asymptotic variance of the sum of the strata's chi-squares."""
    share = tables / n[:, None, None]
    row, column = share.sum(axis=2, keepdims=True), share.sum(axis=1, keepdims=True)
    by_row = np.nan_to_num(
        divide((divide(share**2, column)).sum(axis=2, keepdims=True, where=column > 0), row**2)
    )
    by_column = np.nan_to_num(
        divide((divide(share**2, row)).sum(axis=1, keepdims=True, where=row > 0), column**2)
    )
    slope = np.nan_to_num(divide(2 * share, row * column)) - by_row - by_column
    variance = (share * slope**2).sum(axis=(1, 2)) - (share * slope).sum(axis=(1, 2)) ** 2
    return float((n * variance).sum())
