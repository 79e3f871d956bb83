"""Importance and performance of the aspects of service, and the gap to what customers expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.statistics.intervals import mean_interval
from csatext.aggregation.statistics.rank_correlation import rank_correlations
from csatext.argument_types import as_names, as_whole_number, check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.inference import benjamini_hochberg, check_level
from csatext.schema import conform, with_reason
from csatext.schema.service import ASPECT_PERFORMANCE
from csatext.service.inputs.records import NO_ROWS, numbers, records_of

__all__ = ["aspect_performance"]

Array = npt.NDArray[np.float64]

_ASPECTS = ("服务态度", "解决问题", "沟通能力", "响应速度", "专业知识")
"""The five aspects that customers rate (article 001)."""
_FORMS = ("{}", "aspect_{}", "{}评分", "{}得分")
_EXPECTED = ("{}期望", "期望{}", "{}_expected")
_QUADRANTS = {
    (True, False): "优先改进",
    (False, False): "次要改进",
    (True, True): "继续保持",
    (False, True): "可能过度",
}
"""By (important, performing well), first what to improve first (Martilla and James 1977)."""


@check_simple_types
def aspect_performance(
    surveys: pd.DataFrame,
    *,
    aspects: Sequence[str] | None = None,
    expected: Mapping[str, str] | None = None,
    overall: str = "csat",
    min_pairs: int = 30,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how well each aspect of service does, how much it matters, and how far it is from expectation.

    Parameters
    ----------
    surveys : DataFrame
        One row a survey or contact: a score of each aspect, and the overall one. What
        :meth:`csatext.AspectSentiment.per_contact` finds in texts can be joined as such scores.
    aspects : list of str, optional
        Columns of scores. Default: 服务态度, 解决问题, 沟通能力, 响应速度, 专业知识, as far as they are there
        (also as aspect_服务态度, 服务态度评分, 服务态度得分).
    expected : mapping of str to str, optional
        Aspect -> column of what was expected of it. Default: 服务态度期望 and the like, where they are there.
    overall : str, default "csat"
        Column of the overall score, which tells how much an aspect matters.
    min_pairs : int, default 30
        Surveys with both scores under which importance is not given.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Table ``aspect_performance``, what to improve first at the top. ``attrs``: ``overall``, ``n``,
        ``performance`` and ``importance`` (means over the aspects, which part the quadrants; None without),
        ``level``, and ``reason`` where there is no row. REQUIREMENTS rows 23, 88, 110.

    Raises
    ------
    SchemaError
        A column is not there or holds no numbers; no aspect is found.
    ParameterError
        A level or ``min_pairs`` that is none, or ``expected`` of something that is no aspect.

    See Also
    --------
    csatext.drivers : importance with the other aspects held fixed.

    Notes
    -----
    Importance-performance analysis: Martilla and James (1977), Journal of Marketing 41, 77-79; importance is
    Spearman's rho with the overall score (interval: Bonett and Wright 2000), performance the mean with
    Student's t. The gap is performance less expectation (Parasuraman, Zeithaml and Berry 1988), of those who
    gave both.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> surveys = pd.DataFrame({"响应速度": rng.integers(1, 5, 200), "专业知识": rng.integers(3, 6, 200)})
    >>> surveys["csat"] = surveys["响应速度"] + rng.integers(0, 2, 200)
    >>> surveys["响应速度期望"] = 4
    >>> found = aspect_performance(surveys)
    >>> found[["aspect", "quadrant"]].values.tolist()
    [['响应速度', '优先改进'], ['专业知识', '可能过度']]
    >>> bool(found["gap"][0] < 0)
    True
    """
    check_level(level)
    as_whole_number(min_pairs, "min_pairs", 6)
    frame = records_of(surveys, "surveys")
    names = _aspects(frame, aspects)
    wanted = _expectations(frame, names, expected)
    for column in (overall, *wanted.values()):
        if column not in frame.columns:
            raise SchemaError.missing_column("surveys", column, frame.columns)
    total = numbers(frame, overall)
    table = pd.DataFrame([_row(frame, name, wanted.get(name), total, min_pairs, level) for name in names])
    table["q"] = benjamini_hochberg(table["p"].to_numpy(dtype="float64"))
    performance, importance = table["performance"].mean(), table["importance"].mean()
    known = (table["importance"].notna() & table["performance"].notna()).to_numpy()
    important = (table["importance"] >= importance).to_numpy()
    well = (table["performance"] >= performance).to_numpy()
    table["quadrant"] = [
        _QUADRANTS[bool(matters), bool(good)] if told else ""
        for matters, good, told in zip(important, well, known, strict=True)
    ]
    places = {name: place for place, name in enumerate(_QUADRANTS.values())}
    table["_place"] = table["quadrant"].map(places).fillna(len(places))
    table = table.sort_values(["_place", "importance"], ascending=[True, False], kind="stable")
    table["rank"] = np.arange(1, len(table) + 1)
    table = table.drop(columns="_place").reset_index(drop=True)
    table.attrs = {
        "overall": overall, "n": len(frame), "level": level,
        "performance": None if np.isnan(performance) else float(performance),
        "importance": None if np.isnan(importance) else float(importance),
    }  # fmt: skip
    if not len(frame):
        table = table.iloc[:0]
        table.attrs["reason"] = NO_ROWS
    return with_reason(conform(table, ASPECT_PERFORMANCE))


def _aspects(frame: pd.DataFrame, aspects: Sequence[str] | None) -> list[str]:
    if aspects is not None:
        names = list(dict.fromkeys(as_names(aspects, "aspects", "列名的列表")))
        for name in names:
            if name not in frame.columns:
                raise SchemaError.missing_column("surveys", name, frame.columns)
        return names
    forms = [form.format(name) for name in _ASPECTS for form in _FORMS]
    found = [name for name in forms if name in frame.columns]
    if not found:
        raise SchemaError(
            f"表「surveys」里没有方面评分的列（{'、'.join(_ASPECTS)}）；"
            '请用 aspects=["列名", …] 指出，每列是一个方面的评分。'
        )
    return found


def _expectations(
    frame: pd.DataFrame, names: list[str], expected: Mapping[str, str] | None
) -> dict[str, str]:
    if expected is not None:
        if not isinstance(expected, Mapping):
            raise ParameterError.wrong_type(
                "expected", expected, '方面 -> 期望列的映射，如 {"态度": "态度期望"}'
            )
        for name in expected:
            if name not in names:
                raise ParameterError.not_allowed("expected", name, names)
        return dict(expected)
    found = {}
    for name in names:
        bare = name.removeprefix("aspect_").removesuffix("评分").removesuffix("得分")
        column = next((f.format(bare) for f in _EXPECTED if f.format(bare) in frame.columns), None)
        if column is not None:
            found[name] = column
    return found


def _row(
    frame: pd.DataFrame, name: str, wanted: str | None, total: Array, min_pairs: int, level: float
) -> dict[str, object]:
    """Return one aspect."""
    score = numbers(frame, name)
    low, high = _mean_ends(score, level)
    both = ~(np.isnan(score) | np.isnan(total))
    row: dict[str, object] = {
        "aspect": name, "n": int((~np.isnan(score)).sum()), "performance": _mean(score), "low": low,
        "high": high, "importance": np.nan, "importance_low": np.nan, "importance_high": np.nan, "p": np.nan,
    }  # fmt: skip
    if both.sum() >= min_pairs and np.ptp(score[both]) > 0 and np.ptp(total[both]) > 0:
        rho = rank_correlations(score[both], total[both], np.zeros(int(both.sum()), dtype=np.int64), level)[0]
        row |= {
            "importance": rho.estimate, "importance_low": rho.low, "importance_high": rho.high, "p": rho.p
        }  # fmt: skip
    hoped = np.full(len(frame), np.nan) if wanted is None else numbers(frame, wanted)
    gap = score - hoped
    gap_low, gap_high = _mean_ends(gap, level)
    hoped = np.where(np.isnan(gap), np.nan, hoped)
    return row | {"expected": _mean(hoped), "gap": _mean(gap), "gap_low": gap_low, "gap_high": gap_high}


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _mean_ends(values: Array, level: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return float("nan"), float("nan")
    error = known.std(ddof=1) / np.sqrt(len(known))
    low, high = mean_interval(known.mean(), error, len(known), level)
    return float(low), float(high)
