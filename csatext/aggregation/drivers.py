"""What drives a score: each feature's part of the variance explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from csatext.aggregation.inputs.arguments import as_list, as_number, check_columns, is_numeric
from csatext.aggregation.inputs.dimensions import encode_dimension
from csatext.aggregation.inputs.kpi_measures import scored
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import check_level
from csatext.schema import conform
from csatext.schema.aggregation import DRIVERS

__all__ = ["drivers"]

_MAX_FEATURES = 13
_MAX_LEVELS = 20
_BLOCKS = 1000
_TOLERANCE = 1e-9


class _Design(NamedTuple):
    parts: list[np.ndarray]  # of each feature, then the target: centred numbers, or codes (int, base 0)
    groups: list[list[int]]  # columns of each feature
    width: int  # columns in all, the target last

    def rows(self, where: np.ndarray) -> np.ndarray:
        """Return some rows of the matrix, codes written out as indicators."""
        matrix = np.zeros((len(where), self.width))
        places = [*self.groups, [self.width - 1]]
        for part, columns in zip(self.parts, places, strict=True):
            if part.dtype.kind == "f":
                matrix[:, columns[0]] = part[where]
            elif columns:
                codes = part[where]
                marked = np.flatnonzero(codes)
                matrix[marked, columns[0] + codes[marked] - 1] = 1.0
        return matrix


@check_simple_types
def drivers(
    facts: pd.DataFrame,
    target: str,
    features: str | Sequence[str],
    *,
    level: float = 0.95,
    n_boot: int = 500,
    random_state: int = 0,
) -> pd.DataFrame:
    """Return each feature's part of the variance of a score that a linear model explains.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, agent, day, ...; rows with a missing value are left out.
    target : str
        Score: a number or flag (csat, nps, resolved).
    features : str or list of str
        Up to 13 columns. Numbers (Decimal too) and flags enter as they are, other columns as one group of
        indicators of their values; values beyond the 20 most frequent are taken together.
    level : float, default 0.95
        Coverage of the intervals.
    n_boot : int, default 500
        Bootstrap resamples.
    random_state : int, default 0
        Seed.

    Returns
    -------
    DataFrame
        Table ``drivers`` (:mod:`csatext.schema.aggregation`): rank, feature, importance, low, high,
        share, slope, slope_low, slope_high. ``importance`` sums to R squared. ``attrs``: target, n,
        dropped (rows), r2, level, and reason where the table is empty.

    Raises
    ------
    SchemaError
        A column is missing, or the target is not a number or flag.
    ParameterError
        More than 13 features, none, or the target among them.

    Notes
    -----
    The importance of a feature is the gain in R squared when it enters the model, averaged over all
    orders of entry: the Shapley value, exact over all subsets. Subsets are passed by sweeping the
    cross-product matrices of all resamples at once. Intervals are percentiles of a bootstrap over
    rows; above 1,000 rows over 1,000 random blocks of rows, which has the same variance. An importance
    cannot be below 0, and noise alone has about 1 / n: do not read a ``low`` above 0 as a proof.

    References
    ----------
    Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis. Grömping
    (2007), The American Statistician 61, 139-147. Goodnight (1979), The American Statistician 33,
    149-158 (sweep). REQUIREMENTS rows 81, 82, 91.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> facts = pd.DataFrame(rng.normal(size=(400, 2)), columns=["wait", "turns"])
    >>> facts["csat"] = -2 * facts["wait"] + rng.normal(size=400)
    >>> drivers(facts, "csat", ["wait", "turns"])[["rank", "feature", "importance", "slope"]].round(2)
       rank feature  importance  slope
    0     1    wait        0.83  -2.03
    1     2   turns        0.00   0.12
    """
    names = as_list(features, "features")
    facts = scored(facts, target)
    check_columns(facts, [target], "target")
    check_columns(facts, names, "features")
    check_level(level)
    if not names or len(names) > _MAX_FEATURES:
        raise ParameterError(
            f"参数 features 有 {len(names)} 列；要求 1 到 {_MAX_FEATURES} 列，请先挑选或合并。"
        )
    if target in names:
        raise ParameterError(f"列「{target}」不能同时是 target 和 features 之一。")
    if n_boot < 1:
        raise ParameterError.out_of_range("n_boot", n_boot, "至少 1")
    score = as_number(facts, target)
    known = ~np.isnan(score) & facts[names].notna().all(axis=1).to_numpy()
    design = _design(facts.loc[known, names], score[known], names)
    n = int(known.sum())
    attrs = {"target": target, "n": n, "dropped": int((~known).sum()), "level": level}
    if n <= design.width or not design.parts[-1].any():
        empty = pd.DataFrame(columns=["rank", *(c.name for c in DRIVERS.columns[1:])])
        empty.attrs = {
            **attrs,
            "r2": None,
            "reason": f"可用的行只有 {n} 行，或列「{target}」没有变化，无法估计。",
        }
        return conform(empty, DRIVERS)
    cross_products = _resampled_products(design, n, n_boot, random_state)
    importance, slopes = _shapley(cross_products, design.groups)
    tail = (1 - level) / 2
    ends = np.quantile(importance[1:], [tail, 1 - tail], axis=0)
    slope_ends = np.quantile(slopes[1:], [tail, 1 - tail], axis=0)
    r2 = float(importance[0].sum())
    single = np.array([part.dtype.kind == "f" for part in design.parts[:-1]])
    result = pd.DataFrame(
        {
            "feature": names, "importance": importance[0], "low": np.minimum(ends[0], importance[0]),
            "high": np.maximum(ends[1], importance[0]),
            "share": importance[0] / r2 if r2 > 0 else np.nan,
            "slope": np.where(single, slopes[0], np.nan),
            "slope_low": np.where(single, slope_ends[0], np.nan),
            "slope_high": np.where(single, slope_ends[1], np.nan),
        }
    )  # fmt: skip
    result = result.sort_values(["importance", "feature"], ascending=[False, True], ignore_index=True)
    result["rank"] = np.arange(1, len(result) + 1)
    result.attrs = {**attrs, "r2": r2}
    return conform(result, DRIVERS)


def _design(facts: pd.DataFrame, score: np.ndarray, names: list[str]) -> _Design:
    parts: list[np.ndarray] = []
    groups = []
    width = 0
    for name in names:
        if is_numeric(facts[name]):
            part = _centred(as_number(facts, name))
            added = 1
        else:
            codes, _ = encode_dimension(facts[name])
            places = np.argsort(-np.bincount(codes), kind="stable") if len(codes) else np.zeros(1, "int64")
            # the most frequent value is the base
            part = np.minimum(np.argsort(places, kind="stable")[codes], _MAX_LEVELS)
            added = int(part.max(initial=0))
        parts.append(part)
        groups.append(list(range(width, width + added)))
        width += added
    return _Design([*parts, _centred(score)], groups, width + 1)


def _centred(values: np.ndarray) -> np.ndarray:
    # differences of large products would lose what matters
    return values - values.mean() if len(values) else values


def _resampled_products(design: _Design, n_rows: int, n_boot: int, random_state: int) -> np.ndarray:
    """Return centred cross-products of all rows, then of each resample, shape (1 + n_boot, k, k)."""
    rng = np.random.default_rng(random_state)
    blocks, width = min(n_rows, _BLOCKS), design.width
    count, total, cross_product = (
        np.empty(blocks),
        np.empty((blocks, width)),
        np.empty((blocks, width * width)),
    )
    # a block at a time: indicators of a million rows need not stand in memory at once
    for block, where in enumerate(np.array_split(rng.permutation(n_rows), blocks)):
        matrix = design.rows(where)
        count[block], total[block] = len(where), matrix.sum(axis=0)
        cross_product[block] = (matrix.T @ matrix).ravel()
    weight = np.vstack([np.ones(blocks), rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=n_boot)])
    n, mean = weight @ count, weight @ total
    return (weight @ cross_product).reshape(-1, width, width) - mean[:, :, None] * mean[:, None, :] / n[
        :, None, None
    ]


def _shapley(cross_products: np.ndarray, groups: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return importance and slope of each feature in each resample, shape (n_resamples, n_features)."""
    p = len(groups)
    scale = np.einsum("bii->bi", cross_products)
    total = scale[:, -1]
    explained = np.zeros((2**p, len(cross_products)))
    slopes = np.zeros((len(cross_products), p))
    whole = 2**p - 1

    def visit(first: int, subset: int, swept: np.ndarray) -> None:
        explained[subset] = total - swept[:, -1, -1]
        if subset == whole:
            slopes[:] = np.array([swept[:, g[0], -1] if g else np.zeros(len(swept)) for g in groups]).T
        for feature in range(first, p):
            visit(feature + 1, subset | 1 << feature, _sweep(swept, groups[feature], scale))

    visit(0, 0, cross_products)
    with_total = np.where(total > 0, total, 1.0)
    size = np.bitwise_count(np.arange(2**p))
    # weight of a subset without the feature: orders that have exactly it before the feature
    weight = 1 / (p * special.comb(p - 1, np.arange(p)))
    importance = np.empty((len(cross_products), p))
    for feature in range(p):
        without = np.flatnonzero(~np.arange(2**p) & 1 << feature)
        gain = explained[without | 1 << feature] - explained[without]
        importance[:, feature] = (weight[size[without]] @ gain) / with_total
    return importance, slopes


def _sweep(cross_products: np.ndarray, columns: list[int], scale: np.ndarray) -> np.ndarray:
    """Return the matrices after Goodnight's sweep of some columns; collinear columns are left out."""
    for j in columns:
        pivot = cross_products[:, j, j]
        usable = pivot > _TOLERANCE * scale[:, j]
        inverse = np.where(usable, 1 / np.where(usable, pivot, 1.0), 0.0)
        column = cross_products[:, :, j]
        swept = cross_products - column[:, :, None] * (cross_products[:, j, :] * inverse[:, None])[:, None, :]
        swept[:, j, :] = cross_products[:, j, :] * inverse[:, None]
        swept[:, :, j] = -column * inverse[:, None]
        swept[:, j, j] = inverse
        cross_products = swept
    return cross_products
