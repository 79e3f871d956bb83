"""Which combination of dimension values explains the change of a rate or count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from csatext.aggregation.audit.audited_cells import refuse_audit
from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.scan.cells import Cells, label_column, read_rows
from csatext.aggregation.scan.even_movement import movement, values_gone
from csatext.aggregation.scan.event_size import measure_scale, scaled
from csatext.aggregation.scan.expected_rates import ExpectedRates, expect
from csatext.aggregation.scan.scan import Scan, frequent_groups
from csatext.aggregation.scan.selection import Cause, choose, whole_has_moved
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import check_alpha, check_level
from csatext.labels import cell_name
from csatext.progress import counted
from csatext.schema import conform, with_reason
from csatext.schema.causes import ROOT_CAUSES

__all__ = ["root_causes"]

_WORDS = 10
_SHOWN = 3
_CAUTION = (
    "总体的率超出了对比期各期的范围，第 1 行是最可能的位置；但它在对比期里自身也有这么大的波动（看 q），"
    "请当作排查线索，不要当作已证实的原因。"
)


@check_simple_types
def root_causes(
    facts: pd.DataFrame,
    *,
    numerator: str,
    denominator: str | None = None,
    by: str | Sequence[str],
    period: str,
    current: Any,
    baseline: Any,
    max_dims: int = 3,
    max_causes: int = 5,
    alpha: float = 0.05,
    level: float = 0.95,
    min_share: float = 0.3,
    keyness: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    verbose: bool = True,
    audit: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the combinations of dimension values that explain a change.

    Parameters
    ----------
    facts : DataFrame
        Facts (one row a contact), or a counted table (one row a cell and period).
    numerator : str
        Column of 0 and 1: the rate over rows is explained. Any other numbers, or a column of ones
        only: the count or amount is explained, against a proportional change of all. How much amounts
        (money, seconds, messages a contact) vary is measured in the rows; where they were summed by
        cell and period before, between the periods of the baseline.
    denominator : str, optional
        Column that the numerator is divided by.
    by : str or sequence of str
        Dimensions. A missing value is a value of its own, shown as "(空)".
    period : str
        Column of periods.
    current : scalar
        The value of ``period`` to explain.
    baseline : scalar or list
        Values of ``period`` to compare with, pooled. Two or more let the noise of the rates be
        measured; with one, only sampling error is known.
    max_dims : int, default 3
        Dimensions in one combination, at most.
    max_causes : int, default 5
        Rows, at most.
    alpha : float, default 0.05
        Error rate: probability of reporting anything where nothing changed.
    level : float, default 0.95
        Coverage of the interval of a row's contribution.
    min_share : float, default 0.3
        A further cause is reported where it explains at least this part of what the first explains.
    keyness : DataFrame, or mapping from dimension to DataFrame, optional
        Columns ``group`` and ``term``, best term first, as ``KeywordExtractor.by_group`` returns. Terms
        of the groups that a row names are shown with it; a mapping keeps dimensions apart.
    verbose : bool, default True
        Show progress where it takes more than two seconds.
    audit : DataFrame, optional
        Refused, with what to use instead: tags of a sample are too few for combinations of dimensions.

    Returns
    -------
    DataFrame
        Table ``root_causes``. Causes do not overlap: what a row explains is taken away before the next
        is sought. Where the data cannot tell a cause from combinations that overlap it, up to two of
        those follow with its rank in ``alternative_to`` (together a 95 % credible set); their
        contributions are not to be added. ``attrs``: ``before``, ``after``, ``change`` (numerator above
        expectation, all cells), ``reason`` (why the table is empty, in Chinese; a table without rows shows
        it in its repr too), ``caution`` (in Chinese, where q of the first row is above ``alpha``),
        ``missing_baseline`` (periods without rows) and ``note``
        (what was done about those, in Chinese).

    Raises
    ------
    SchemaError
        A column is missing or not numeric.
    ParameterError
        Periods that are not in the table or overlap, no dimension, or a number outside its range;
        amounts summed before with a single baseline period; ``audit`` is given.

    Notes
    -----
    A scan statistic (Kulldorff 1997) over all combinations: likelihood ratio of a change in the cell,
    where the expectation is the baseline's shrunken rate in each finest cell, so that a change of the
    mix is no cause. A significant cell differs from its own past and from the rest of the current
    period. The combination reported is the one with the highest likelihood after a penalty for the
    number of combinations of its kind (minimum description length), which settles the depth. The
    between-period variance of rates is estimated in the baseline and lowers the evidence.
    Where the rate of all cells is plainly outside the range of the baseline's periods (by a tenth and by
    three standard errors of sampling), something is there to be explained: the best combination beyond
    sampling error is reported even where between-period variance may explain it; its q shows that.
    Intervals of contribution have coverage ``level`` for one row (normal approximation: sampling
    error of both sides and that variation).

    Examples
    --------
    >>> counted = pd.DataFrame(
    ...     [
    ...         (week, channel, product, 40 if week + channel + product == "W2电话宽带" else 10, 200)
    ...         for week in ["W0", "W1", "W2"]
    ...         for channel in ["电话", "在线", "邮件"]
    ...         for product in ["宽带", "手机", "电视"]
    ...     ],
    ...     columns=["week", "channel", "product", "complaints", "contacts"],
    ... )
    >>> found = root_causes(
    ...     counted,
    ...     numerator="complaints",
    ...     denominator="contacts",
    ...     by=["channel", "product"],
    ...     period="week",
    ...     current="W2",
    ...     baseline=["W0", "W1"],
    ... )
    >>> found[["rank", "channel", "product", "before", "after"]]
       rank channel product  before  after
    0     1      电话      宽带    0.05    0.2
    """
    refuse_audit("root_causes", audit, "抽检的条数不够逐个组合校正，根因比较的是机器标签前后的变化")
    _check(max_dims, max_causes, min_share)
    alpha, level = check_alpha(alpha), check_level(level)
    where = {"by": by, "period": period, "current": current, "baseline": baseline}
    with counted("根因", 4, unit="步", verbose=verbose) as count:
        rows = read_rows(facts, numerator=numerator, denominator=denominator, round_whole=True, **where)
        cells = rows.cells()
        marks = _marks(keyness, cells.names)
        scale = measure_scale(rows, cells, numerator)
        events = scaled(cells, scale)
        count.add(1)
        groups = frequent_groups(events, max_dims)
        expectation = expect(events, groups, scale.is_count)
        count.add(1)
        scan = Scan(events, groups, expectation, scale)
        count.add(1)
        causes = choose(events, expectation, scan, alpha=alpha, max_causes=max_causes, min_share=min_share)
        count.add(1)
    causes = [
        replace(cause, contribution=scale.unit * cause.contribution, variance=scale.unit**2 * cause.variance)
        for cause in causes
    ]
    expected = scale.unit * float((cells.exposure_after * expectation.rate).sum())
    change = float(cells.events_after.sum()) - expected
    frame = _frame(cells, causes, change, float(norm.isf((1 - level) / 2)))
    frame["words"] = pd.Series([_words(cells, cause, marks) for cause in causes], dtype="str")
    before, after = _totals(cells, np.ones(len(cells), dtype=bool))
    frame.attrs = {
        "before": _ratio(*before),
        "after": _ratio(*after),
        "change": change,
        "missing_baseline": cells.missing_baseline,
    }
    if cells.note is not None:
        frame.attrs["note"] = cells.note
    if not causes:
        frame.attrs["reason"] = _reason(cells, events, expectation, alpha)
    elif causes[0].q > alpha:
        frame.attrs["caution"] = _CAUTION
    return with_reason(conform(frame, ROOT_CAUSES, cells.names))


def _check(max_dims: int, max_causes: int, min_share: float) -> None:
    for name, given in (("max_dims", max_dims), ("max_causes", max_causes)):
        if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
            raise ParameterError.wrong_type(name, given, "正整数")
        if given < 1:
            raise ParameterError.out_of_range(name, given, "不小于 1 的整数")
    if not 0 <= min_share <= 1:
        raise ParameterError.out_of_range("min_share", min_share, "0 到 1 之间")


def _totals(cells: Cells, inside: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return numerator and denominator of some cells, before and after."""
    before, after = float(cells.n_periods), 1.0
    if cells.is_rate:
        before, after = float(cells.exposure_before[inside].sum()), float(cells.exposure_after[inside].sum())
    return (float(cells.events_before[inside].sum()), before), (
        float(cells.events_after[inside].sum()),
        after,
    )


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else float("nan")


def _frame(cells: Cells, causes: list[Cause], change: float, z: float) -> pd.DataFrame:
    rows = []
    for rank, cause in enumerate(causes, start=1):
        before, after = _totals(cells, cause.inside)
        margin = z * float(np.sqrt(cause.variance))
        rows.append(
            {
                "rank": rank,
                "alternative_to": cause.alternative_to,
                "before": _ratio(*before),
                "after": _ratio(*after),
                "numerator_before": before[0],
                "denominator_before": before[1],
                "numerator_after": after[0],
                "denominator_after": after[1],
                "contribution": cause.contribution,
                "contribution_low": cause.contribution - margin,
                "contribution_high": cause.contribution + margin,
                "share": cause.contribution / change if change else float("nan"),
                "p": cause.p,
                "q": cause.q,
            }
        )
    frame = pd.DataFrame(rows, columns=[column.name for column in ROOT_CAUSES.columns])
    for dim, name in enumerate(cells.names):
        codes = np.array([cause.values.get(dim, -1) for cause in causes], dtype=int)
        frame[name] = label_column(cells.levels[dim], codes)
    return frame


def _reason(cells: Cells, events: Cells, expectation: ExpectedRates, alpha: float) -> str:
    if not (cells.events_after.any() or cells.events_before.any()):
        return "当前期和对比期的分子都是 0，没有可以解释的变化。"
    everything = np.ones(len(cells), dtype=bool)
    (before, exposed_before), (after, exposed) = _totals(cells, everything)
    looked = f"在校正比较次数和各期自身波动之后，没有哪个维度组合的变化达到显著（alpha={alpha:g}）；"
    gone = "、".join(_value_name(cells, *value) for value in values_gone(cells)[:_SHOWN])
    lost = f"当前期没有数据的取值：{gone}。" if gone else ""
    if not whole_has_moved(events, alpha):
        return looked + "总体也没有超出抽样误差和对比期的范围，看到的差别可能只是随机波动。" + lost
    what = "率" if cells.is_rate else "数量"
    old, new = _ratio(before, exposed_before), _ratio(after, exposed)
    moved = f"总体的{what}却明显变了（对比期 {old:.4g}，当前期 {new:.4g}），"
    found = movement(events, expectation, alpha)
    if found.kind == "all new":
        why = (
            "但当前期的取值在对比期一个也没有出现过，无法逐个比较；请看取值的写法是不是变了，或换一个对比期。"
        )
    elif found.kind == "even":
        why = (
            "各组合大体同幅变动（去掉任何一个取值，其余仍同向变动；各取值的变幅没有显著差别）："
            "这是整体性的变化，请查作用于全部业务的原因（口径、政策、全网故障、季节），不必找单个组合。"
        )
    elif found.kind == "mix":
        wanted = float((cells.exposure_after * expectation.rate).sum()) * _unit(cells, events) / exposed
        why = (
            f"但按各组合在对比期的率和当前期的构成推算也该是 {wanted:.3g}：变化来自构成，"
            "即各组合的占比变了，不是某个组合的率变了；可以用 decompose 拆开看。"
        )
    elif found.dim is not None and found.code is not None:
        name = _value_name(cells, found.dim, found.code)
        why = f"去掉「{name}」以后其余没有显著变化；它自身的证据不足以排除偶然，请当作排查线索。"
    else:
        why = "但各取值的变幅并不一致，或数据太少，按这些维度分不出变化在哪里；请换维度或合并时期再看。"
    return looked + moved + why + lost


def _value_name(cells: Cells, dim: int, code: int) -> str:
    value = label_column(cells.levels[dim], np.array([code]))[0]
    return cell_name({cells.names[dim]: value}, [cells.names[dim]])


def _unit(cells: Cells, events: Cells) -> float:
    """Return the units of the numerator for one event."""
    return float(cells.events_before.sum() + cells.events_after.sum()) / float(
        events.events_before.sum() + events.events_after.sum()
    )


def _marks(
    keyness: pd.DataFrame | Mapping[str, pd.DataFrame] | None, names: list[str]
) -> dict[str, dict[str, list[str]]]:
    """Return the terms of each group, by dimension."""
    if keyness is None:
        return {}
    by_name = dict(keyness) if isinstance(keyness, Mapping) else dict.fromkeys(names, keyness)
    marks = {}
    for name, words in by_name.items():
        if name not in names:
            raise ParameterError.not_allowed("keyness", name, names)
        check_columns(words, ["group", "term"], "keyness")
        terms = words["term"].astype(str).groupby(words["group"].astype(str), sort=False)
        marks[name] = {str(key): list(found) for key, found in terms}
    return marks


def _words(cells: Cells, cause: Cause, marks: dict[str, dict[str, list[str]]]) -> str | None:
    found: dict[str, None] = {}
    for dim, code in cause.values.items():
        terms = marks.get(cells.names[dim], {}).get(str(cells.levels[dim][code]), [])
        found |= dict.fromkeys(terms[:_WORDS])
    return "、".join(found) or None
