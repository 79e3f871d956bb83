"""Location, dispersion and modality of a distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from csatext.aggregation.inputs.arguments import as_number, check_columns
from csatext.aggregation.inputs.dimensions import encode_dimension, free_dimensions
from csatext.aggregation.inputs.kpi_measures import scored
from csatext.aggregation.statistics.dip import dip_p_value, dip_statistic, spread_ties
from csatext.aggregation.statistics.intervals import divide
from csatext.argument_types import check_simple_types
from csatext.inference import benjamini_hochberg, check_alpha
from csatext.schema import conform
from csatext.schema.aggregation import DISTRIBUTION

__all__ = ["distribution"]

_LEAST = 10
_SHAPIRO_MAX = 5000
_CLEAR_DIP = 0.01
_BIMODAL = "双峰，建议拆分群组"
_FEW = f"样本不足 {_LEAST} 个，暂不判断分布形态"
_CONSTANT = "所有值相同，没有离散"
_RIGHT = "单峰，明显右偏，建议看中位数和四分位距"
_LEFT = "单峰，明显左偏，建议看中位数和四分位距"
_NORMAL = "单峰，接近正态，可看平均值和标准差"
_PLAIN = "单峰，不是正态，建议平均值和中位数一起看"


@check_simple_types
def distribution(
    facts: pd.DataFrame, measure: str, by: str | Sequence[str] | None = None, *, alpha: float = 0.05
) -> pd.DataFrame:
    """Describe the distribution of a number, of all rows or by group.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, agent, day, ...
    measure : str
        Column of numbers or flags; missing ones are counted and left out.
    by : str or sequence of str, optional
        Dimensions (team, agent), as in :func:`csatext.breakdown`; a missing value is ``(空)``. Only
        combinations that have rows are listed.
    alpha : float, default 0.05
        Error rate: a second peak is reported where ``dip_q`` is below it.

    Returns
    -------
    DataFrame
        Table ``distribution`` (:mod:`csatext.schema.aggregation`), one row, or one a group in the
        order of their names: the dimensions, n, missing, mean, median, variance, sd, cv, iqr, skewness,
        kurtosis, normality_p, dip, dip_p, dip_q, bimodal, advice. ``attrs``: measure, alpha.

    Raises
    ------
    SchemaError
        A column is missing, or the measure is not a number or flag.
    ParameterError
        An argument has a value that is not allowed, or a dimension is named as a column of the result.

    Notes
    -----
    Normality: Shapiro and Wilk up to 5,000 values, D'Agostino and Pearson's K squared above. Peaks:
    Hartigan's dip test; equal values are first spread over the step of their scale, so that the points
    of a 5-point scale are not taken for peaks. A dip below 0.01 is too flat a valley to split a group
    at, however sure it is.

    References
    ----------
    Hartigan and Hartigan (1985), Annals of Statistics 13, 70-84. REQUIREMENTS rows 75, 76.

    Examples
    --------
    >>> seconds = [30.0, 31, 32, 33, 34, 35, 36, 37, 90, 91, 92, 93, 94, 95, 96, 97]
    >>> facts = pd.DataFrame({"seconds": seconds, "team": ["甲", "乙"] * 8})
    >>> distribution(facts, "seconds")[["n", "mean", "median", "advice"]]
        n  mean  median       advice
    0  16  63.5    63.5  双峰，建议拆分群组
    """
    check_alpha(alpha)
    dimensions = free_dimensions(by, DISTRIBUTION)
    facts = scored(facts, measure, by=dimensions)
    check_columns(facts, [measure], "measure")
    check_columns(facts, dimensions, "by")
    numbers = as_number(facts, measure)
    encoded = [encode_dimension(facts[name]) for name in dimensions]
    cells, codes = np.zeros((0, 1), dtype="int64"), np.zeros(len(facts), dtype="int64")
    if encoded:
        cells, codes = np.unique([part for part, _ in encoded], axis=1, return_inverse=True)
    n_cells = cells.shape[1]
    order = np.argsort(codes, kind="stable")
    groups = np.split(numbers[order], np.cumsum(np.bincount(codes, minlength=n_cells)))[:n_cells]
    table = pd.DataFrame([_describe(part) for part in groups], columns=[c.name for c in DISTRIBUTION.columns])
    table["dip_q"] = benjamini_hochberg(table["dip_p"].to_numpy(dtype="float64"))
    clear = (table["dip_q"] < alpha) & (table["dip"] >= _CLEAR_DIP)
    table["bimodal"] = clear.astype("boolean").mask(table["dip_q"].isna())
    table["advice"] = np.where(clear, _BIMODAL, table["advice"])
    for name, (_, labels), place in zip(dimensions, encoded, cells, strict=True):
        table[name] = pd.Series(labels[place], dtype="str")
    table.attrs = {"measure": measure, "alpha": alpha}
    return conform(table, DISTRIBUTION, dimensions)


def _describe(part: np.ndarray) -> dict[str, object]:
    known = part[~np.isnan(part)]
    n = len(known)
    row: dict[str, object] = {"n": n, "missing": len(part) - n}
    row |= dict.fromkeys([c.name for c in DISTRIBUTION.columns[2:-2]], np.nan)
    row["advice"] = _FEW
    if n == 0:
        return row
    quarters = np.quantile(known, [0.25, 0.5, 0.75])
    row |= {"mean": known.mean(), "median": quarters[1], "iqr": quarters[2] - quarters[0]}
    if n < 2:
        return row
    variance = known.var(ddof=1)
    constant = known.min() == known.max()
    row |= {
        "variance": variance,
        "sd": np.sqrt(variance),
        "cv": float(divide(np.sqrt(variance), abs(known.mean()))),
    }
    if constant:
        return row | {"advice": _CONSTANT if n >= _LEAST else _FEW}
    if n > 3:
        row |= {"skewness": stats.skew(known, bias=False), "kurtosis": stats.kurtosis(known, bias=False)}
    if n < _LEAST:
        return row
    normal = stats.shapiro(known) if n <= _SHAPIRO_MAX else stats.normaltest(known)
    dip = dip_statistic(spread_ties(known))
    row |= {"normality_p": normal.pvalue, "dip": dip, "dip_p": dip_p_value(dip, n)}
    return row | {
        "advice": _advice(float(stats.skew(known)), float(stats.kurtosis(known)), float(normal.pvalue))
    }


def _advice(skewness: float, kurtosis: float, normality_p: float) -> str:
    """Return the shape of one mode; a skewness of 1 is marked (Bulmer 1979, Principles of Statistics)."""
    if abs(skewness) > 1:
        return _RIGHT if skewness > 0 else _LEFT
    # in large samples normality is always rejected: a shape this near to it may be treated as normal
    return _NORMAL if normality_p >= 0.05 or (abs(skewness) < 0.5 and abs(kurtosis) < 0.5) else _PLAIN
