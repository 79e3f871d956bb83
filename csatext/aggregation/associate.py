"""Association of pairs of columns by their scale of measurement, adjusted for confounders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.aggregation.drivers import drivers
from csatext.aggregation.inputs.arguments import as_list, as_number, check_columns, is_numeric
from csatext.aggregation.inputs.dimensions import cell_codes, encode_dimension, free_dimensions
from csatext.aggregation.inputs.measures import is_flag
from csatext.aggregation.statistics.contingency import cell_residuals, count_tables, cramers_v
from csatext.aggregation.statistics.correlation_ratio import group_differences
from csatext.aggregation.statistics.effect_sizes import EffectSize
from csatext.aggregation.statistics.intervals import divide
from csatext.aggregation.statistics.rank_correlation import rank_correlations
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import benjamini_hochberg, check_level
from csatext.schema import conform
from csatext.schema.aggregation import ASSOCIATION, RESIDUALS

__all__ = ["associate", "drivers", "residuals"]

_BINS = 5


@check_simple_types
def associate(
    facts: pd.DataFrame,
    x: str | Sequence[str],
    y: str | Sequence[str],
    *,
    adjust: str | Sequence[str] | None = None,
    nominal: str | Sequence[str] | None = None,
    level: float = 0.95,
    random_state: int = 0,
) -> pd.DataFrame:
    """Return the effect size of the association of columns, pair by pair.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, agent, day, ...
    x, y : str or list of str
        Columns; every pair of one of ``x`` and one of ``y`` is looked at once.
    adjust : str or list of str, optional
        Confounders: association is measured within each combination of their values, then pooled.
        A numeric one with more than 5 values is cut at its fifths (Cochran 1968).
    nominal : str or list of str, optional
        Numeric columns that are names, not amounts (agent numbers).
    level : float, default 0.95
        Coverage of the intervals.
    random_state : int, default 0
        Seed of the random tables that give p where counts are sparse.

    Returns
    -------
    DataFrame
        Table ``association`` (:mod:`csatext.schema.aggregation`), one row a pair and method, by q.
        Two nominal columns (text, flags): ``cramers_v``. Two numeric ones: ``spearman`` and
        ``kendall``. One of each: ``correlation_ratio`` (eta squared) and ``kruskal`` (of ranks).
        Rows where one of the columns, or a confounder, is missing are left out of that pair; ``n`` is what
        is left. Measures are NA where a column does not vary. A column is not paired with itself.
        ``attrs``: level, adjusted_for, and reason (in Chinese) where no measure could be computed.

    Raises
    ------
    SchemaError
        A column is missing.
    ParameterError
        ``x`` or ``y`` names no column, or both the same one only; an argument has a value that is not
        allowed, or a cross table would be too large.

    References
    ----------
    Cochran (1968), Biometrics 24, 295-313. The methods: :mod:`csatext.aggregation.statistics.contingency`,
    :mod:`~csatext.aggregation.statistics.rank_correlation`,
    :mod:`~csatext.aggregation.statistics.correlation_ratio`.
    REQUIREMENTS rows 81, 82, 89.

    Examples
    --------
    >>> facts = pd.DataFrame({"wait": [5, 9, 14, 20, 31, 44, 50, 58], "csat": [5, 5, 4, 4, 3, 3, 2, 1]})
    >>> associate(facts, "wait", "csat")[["rank", "method", "n", "estimate", "low", "high"]].round(2)
       rank    method  n  estimate   low  high
    0     1  spearman  8     -0.98 -1.00 -0.86
    1     2   kendall  8     -0.94 -0.98 -0.81
    """
    xs, ys = as_list(x, "x"), as_list(y, "y")
    confounders, names = as_list(adjust, "adjust"), as_list(nominal, "nominal")
    for argument, columns in (("x", xs), ("y", ys), ("adjust", confounders), ("nominal", names)):
        check_columns(facts, columns, argument)
        if argument in ("x", "y") and not columns:
            raise ParameterError(f"参数 {argument} 是空的；请给出至少一列。")
    check_level(level)
    _refuse_shared([*xs, *ys], confounders)
    if {*xs} == {*ys} and len(xs) == 1:
        raise ParameterError(f"参数 x 和 y 都只有「{xs[0]}」；一列与自己没有关联可言，请写两个不同的列。")
    pairs = list({frozenset((a, b)): (a, b) for a in xs for b in ys if a != b}.values())
    strata = _strata(facts, confounders)
    numeric = {c: None if c in names else _numbers(facts, c) for c in {*xs, *ys}}
    rows = [
        (a, b, *measure)
        for a, b in pairs
        for measure in _measures(
            facts, (a, b), (numeric[a], numeric[b]), strata, level, bool(confounders), random_state
        )
    ]
    result = pd.DataFrame(rows, columns=["x", "y", *EffectSize._fields])
    result["q"] = benjamini_hochberg(result["p"].to_numpy())
    result = result.assign(size=result["estimate"].abs()).sort_values(
        ["q", "size", "x", "y", "method"], ascending=[True, False, True, True, True], ignore_index=True
    )
    result["rank"] = np.arange(1, len(result) + 1)
    result.attrs = {"level": level, "adjusted_for": confounders}
    if result["p"].isna().all():
        result.attrs["reason"] = "没有一对列算得出关联：两列都有值的行太少，或有一列没有变化。"
    return conform(result, ASSOCIATION)


@check_simple_types
def residuals(
    facts: pd.DataFrame, x: str, y: str, *, adjust: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the adjusted residuals of two nominal columns: pairs of values above or below independence.

    Parameters
    ----------
    facts : DataFrame
        One row a contact.
    x, y : str
        Nominal columns (channel and category). A missing value is the value ``(空)``.
    adjust : str or list of str, optional
        Confounders: counts are expected within each combination of their values. Rows where one is
        missing are left out.

    Returns
    -------
    DataFrame
        Table ``residuals`` (:mod:`csatext.schema.aggregation`): rank, x and y under their own names,
        n, expected, lift, residual, p, q; every combination of observed values, largest absolute
        residual first. ``attrs``: adjusted_for.

    Raises
    ------
    SchemaError
        A column is missing.
    ParameterError
        ``x`` is ``y`` or a confounder, or the cross table would be too large.

    References
    ----------
    Haberman (1973), Biometrics 29, 205-220. REQUIREMENTS row 89.

    Examples
    --------
    >>> facts = pd.DataFrame({"channel": ["电话"] * 40 + ["在线"] * 40})
    >>> facts["category"] = ["物流"] * 30 + ["退款"] * 10 + ["物流"] * 10 + ["退款"] * 30
    >>> result = residuals(facts, "channel", "category")
    >>> result.head(2)[["channel", "category", "n", "expected", "residual"]].round(2)
      channel category   n  expected  residual
    0      在线       物流  10      20.0     -4.47
    1      在线       退款  30      20.0      4.47
    """
    confounders = as_list(adjust, "adjust")
    for argument, columns in (("x", [x]), ("y", [y]), ("adjust", confounders)):
        check_columns(facts, columns, argument)
    if x == y:
        raise ParameterError(f"参数 x 和 y 都是「{x}」；请写两个不同的列。")
    _refuse_shared([x, y], confounders)
    for argument, column in (("x", x), ("y", y)):
        free_dimensions(column, RESIDUALS, argument)
    strata = _strata(facts, confounders)
    facts, strata = facts[strata >= 0], strata[strata >= 0]
    encoded = [encode_dimension(facts[name]) for name in (x, y)]
    shape = (int(strata.max(initial=0)) + 1, len(encoded[0][1]), len(encoded[1][1]))
    tables = count_tables(encoded[0][0], encoded[1][0], strata, shape)
    cells = {
        name: values.ravel() for name, values in cell_residuals(tables, stratified=bool(confounders)).items()
    }
    _, (first, second) = cell_codes(encoded, len(facts))
    result = pd.DataFrame({x: first, y: second, **cells}).astype({x: "str", y: "str"})
    result["lift"] = divide(cells["n"], cells["expected"])
    result["q"] = benjamini_hochberg(cells["p"])
    result = result.assign(size=result["residual"].abs().round(12)).sort_values(
        ["size", x, y], ascending=[False, True, True], ignore_index=True
    )
    result["rank"] = np.arange(1, len(result) + 1)
    result.attrs = {"adjusted_for": confounders}
    return conform(result, RESIDUALS, [x, y])


def _measures(
    facts: pd.DataFrame,
    pair: tuple[str, str],
    numbers: tuple[np.ndarray | None, np.ndarray | None],
    strata: np.ndarray,
    level: float,
    stratified: bool,
    random_state: int,
) -> list[EffectSize]:
    known = (strata >= 0) & facts[list(pair)].notna().all(axis=1).to_numpy()
    groups = pd.factorize(strata[known])[0]
    columns = [
        encode_dimension(facts.loc[known, name])[0] if values is None else values[known]
        for name, values in zip(pair, numbers, strict=True)
    ]
    if all(values is not None for values in numbers):
        return rank_correlations(columns[0], columns[1], groups, level)
    if any(values is not None for values in numbers):
        codes, values = columns if numbers[0] is None else columns[::-1]
        return group_differences(codes, values, groups, level)
    shape = tuple(int(codes.max(initial=-1)) + 1 for codes in (groups, *columns))
    tables = count_tables(columns[0], columns[1], groups, (shape[0], shape[1], shape[2]))
    return [cramers_v(tables, level, stratified=stratified, random_state=random_state)]


def _numbers(facts: pd.DataFrame, name: str) -> np.ndarray | None:
    """Return a column's numbers, None where it is nominal."""
    if not is_numeric(facts[name]):
        return None
    values = as_number(facts, name)
    return None if is_flag(values) else values


def _strata(facts: pd.DataFrame, confounders: list[str]) -> np.ndarray:
    """Number the combinations of confounders; -1 where one is missing."""
    encoded = []
    missing = facts[confounders].isna().any(axis=1).to_numpy()
    for name in confounders:
        column = facts[name]
        values = _numbers(facts, name)
        if values is not None and len(np.unique(values[~missing])) > _BINS:
            edges = np.quantile(values[~missing], np.linspace(0, 1, _BINS + 1)[1:-1])
            column = pd.Series(np.searchsorted(edges, values))
        encoded.append(encode_dimension(column))
    codes = np.zeros(len(facts), dtype="int64")
    for part, labels in encoded:
        codes = pd.factorize(codes * len(labels) + part)[0]
    return np.where(missing, -1, codes)


def _refuse_shared(columns: list[str], confounders: list[str]) -> None:
    shared = sorted({*columns} & {*confounders})
    if shared:
        raise ParameterError(f"列「{'、'.join(shared)}」不能同时是 x 或 y 和 adjust；请从 adjust 里去掉。")
