"""Where values lie, how they spread, and whether they have more than one peak."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from csatext.aggregation.inputs.arguments import as_number, check_level
from csatext.aggregation.inputs.dimensions import encode_dimension
from csatext.aggregation.statistics.dip import dip_p_value, dip_statistic, spread_ties
from csatext.aggregation.statistics.intervals import benjamini_hochberg, divide
from csatext.errors import ParameterError
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


def distribution(
    values: pd.Series | ArrayLike, by: pd.Series | ArrayLike | None = None, *, level: float = 0.95
) -> pd.DataFrame:
    """Describe the distribution of a number, of all rows or by group.

    Parameters
    ----------
    values : Series or array_like, shape (n_rows,)
        Numbers or flags; missing ones are counted and left out.
    by : Series or array_like, shape (n_rows,), optional
        Group of each row (team, agent); a missing one is the group ``(空)``.
    level : float, default 0.95
        A second peak is reported where ``dip_q`` is below 1 - level.

    Returns
    -------
    DataFrame
        Table ``distribution`` (:mod:`csatext.schema.aggregation`), one row, or one a group in the
        order of their names: the group under the name of ``by`` (``group`` where it has none), n,
        missing, mean, median, variance, sd, cv, iqr, skewness, kurtosis, normality_p, dip, dip_p,
        dip_q, bimodal, advice.

    Raises
    ------
    ParameterError
        ``values`` or ``by`` is a table, a name or otherwise no column, or the two do not belong together
        row by row.
    SchemaError
        ``values`` are not numbers or flags.

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
    >>> distribution(seconds)[["n", "mean", "median", "advice"]]
        n  mean  median       advice
    0  16  63.5    63.5  双峰，建议拆分群组
    """
    check_level(level)
    column = _as_column(values, "values")
    name = str(column.name) if column.name is not None else "values"
    numbers = as_number(column.to_frame(name), name)
    dimensions: list[str] = []
    codes, labels = np.zeros(len(numbers), dtype="int64"), np.array([""], dtype=object)
    if by is not None:
        group = _as_column(by, "by")
        aligned = not (isinstance(values, pd.Series) and isinstance(by, pd.Series)) or by.index.equals(
            values.index
        )
        if len(group) != len(numbers) or not aligned:
            raise ParameterError(
                f"values 有 {len(numbers)} 行，by 有 {len(group)} 行；两者必须逐行对应、索引相同。"
            )
        dimensions = [str(group.name) if group.name is not None else "group"]
        if dimensions[0] in {c.name for c in DISTRIBUTION.columns}:
            raise ParameterError(
                f"by 的名字「{dimensions[0]}」与结果表的列同名；请先 by.rename('其他名字')。"
            )
        codes, labels = encode_dimension(group)
    order = np.argsort(codes, kind="stable")
    groups = np.split(numbers[order], np.cumsum(np.bincount(codes, minlength=len(labels))))[: len(labels)]
    table = pd.DataFrame([_describe(part) for part in groups], columns=[c.name for c in DISTRIBUTION.columns])
    table["dip_q"] = benjamini_hochberg(table["dip_p"].to_numpy(dtype="float64"))
    clear = (table["dip_q"] < 1 - level) & (table["dip"] >= _CLEAR_DIP)
    table["bimodal"] = clear.astype("boolean").mask(table["dip_q"].isna())
    table["advice"] = np.where(clear, _BIMODAL, table["advice"])
    if dimensions:
        table[dimensions[0]] = pd.Series(labels, dtype="str")
    return conform(table, DISTRIBUTION, dimensions)


def _as_column(values: object, argument: str) -> pd.Series:
    column = values if isinstance(values, (pd.Series, pd.DataFrame)) else np.asarray(values)
    if isinstance(column, pd.DataFrame) or column.ndim != 1:
        raise ParameterError.wrong_type(
            argument, values, '一列值；表格请写出列，例如 distribution(facts["csat"], by=facts["agent"])'
        )
    return pd.Series(column)


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
    """Name the shape of one peak; a skewness of 1 is marked (Bulmer 1979, Principles of Statistics)."""
    if abs(skewness) > 1:
        return _RIGHT if skewness > 0 else _LEFT
    # in large samples normality is always rejected: a shape this near to it may be treated as normal
    return _NORMAL if normality_p >= 0.05 or (abs(skewness) < 0.5 and abs(kurtosis) < 0.5) else _PLAIN
