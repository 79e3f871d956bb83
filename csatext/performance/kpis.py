"""KPIs by their definitions: every metric that the columns allow, by group and period, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.inputs.dimensions import encode_groups, free_dimensions
from csatext.aggregation.panel.coverage import ends_early, floor, starts_late
from csatext.aggregation.panel.panel import FREQUENCIES, as_freq, next_starts
from csatext.aggregation.statistics.intervals import divide, garwood, mean_interval
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_moment, read_times
from csatext.errors import ParameterError
from csatext.inference import check_level, wilson
from csatext.performance.evaluated import TIMES, Evaluated, evaluate_kpis, facts_of, time_of
from csatext.schema import conform, with_reason
from csatext.schema.service import KPIS
from csatext.service.definitions import Definition
from csatext.service.formulas.contributions import Contributions
from csatext.service.inputs.records import NO_ROWS

__all__ = ["kpis"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_MOST_ROWS = 50_000_000
_DAY = pd.Timedelta(days=1)
_VALUES = ("value", "numerator", "denominator", "n", "low", "high")
_ROWS_OF_AGENTS = (
    "一次联络有几行（每位客服一行），又没有按 agent_id 分组：人数和次数各算一次，"
    '其他指标按“联络×客服”计；要按联络计，请用 unit="contact" 的表。'
)


@check_simple_types
def kpis(
    facts: pd.DataFrame,
    *,
    metrics: Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    time: str | None = None,
    freq: str | None = None,
    definitions: str | PathLike[str] | None = None,
    level: float = 0.95,
    as_of: object = None,
) -> pd.DataFrame:
    """Return KPIs with intervals, by group and period, as they are defined.

    Parameters
    ----------
    facts : DataFrame
        One row a contact: the contacts' columns joined by :func:`csatext.build_facts` to what
        :func:`csatext.conversation_measures` and its like return; or one row a contact and agent.
    metrics : list of str, optional
        Ids of :func:`csatext.kpi_definitions`. Default: all that the columns allow.
    by : str or list of str, optional
        Dimensions; a missing value is the group ``(空)``.
    time : str, optional
        Column that dates contacts. Default: ``contacted_at`` (customer's first message), else
        ``created_at``.
    freq : {"h", "D", "W", "M", "Q", "Y"}, optional
        Length of a period; None takes all of them together.
    definitions : path, optional
        Your own definitions, as :func:`csatext.kpi_definitions` takes them.
    level : float, default 0.95
        Coverage of the intervals.
    as_of : date, optional
        Last day that the data cover wholly. Default: the last day in ``time``.

    Returns
    -------
    DataFrame
        Table ``kpis``: metric, the dimensions, period, value, numerator, denominator, n, low, high,
        complete_as_of, is_complete, definition_version; groups that are there by all periods between the
        first and the last. A KPI per customer counts each customer (``customer_id``) once in a group and
        period. ``attrs``: ``absent`` (metric -> columns that are missing, or empty), ``assumed`` (metric ->
        value taken for a column that is not there), ``time``, ``freq``, ``level``, ``n_missing_time``,
        ``note`` where contacts have several rows and agents are no dimension, and ``reason`` where there is
        no row.

    Raises
    ------
    ParameterError
        An unknown metric, frequency or level, or a dimension named as a column of the result.
    SchemaError
        A column of ``by`` or ``time`` is not there, or one holds neither numbers nor flags.
    LexiconError, InputError
        The file of definitions cannot be used.

    See Also
    --------
    csatext.kpi_definitions : formulas, and what each metric stands beside.
    csatext.breakdown, csatext.trend : take a KPI by its id as ``measure``.

    Notes
    -----
    Intervals: exact Poisson for counts (Garwood 1936), Wilson (1927) for rates, Student's t for means and
    ratios (error of the residuals, Cochran 1977, chapter 6). A sum is taken for a compound Poisson one,
    whose variance is the sum of squares. A period is complete when it is covered by the data and the days
    of lag of the metric have passed since its end.

    Examples
    --------
    >>> facts = pd.DataFrame({"agent": ["A", "A", "B"], "n_agent_messages": [6, 2, 3],
    ...                       "n_customer_messages": [3, 1, 4]})
    >>> table = kpis(facts, metrics=["answer_question_ratio"], by="agent")
    >>> table[["metric", "agent", "value", "n"]].values.tolist()
    [['answer_question_ratio', 'A', 2.0, 2], ['answer_question_ratio', 'B', 0.75, 1]]
    """
    check_level(level)
    dimensions = free_dimensions(by, KPIS, "by")
    facts = facts_of(facts, dimensions)
    check_columns(facts, dimensions, "by")
    when = time_of(facts, time)
    if freq is not None and when is None:
        raise ParameterError(
            f'按时段汇总（freq={freq!r}）要有时间列；表里没有 {"、".join(TIMES)}，请用 time="列名" 指定。'
        )
    cells = _cells(facts, dimensions, when, None if freq is None else as_freq(freq), as_of)
    found = evaluate_kpis(facts, metrics, definitions)
    values = {one: _values(rows, cells, level) for one, rows in found.in_cells(cells.codes)}
    result = _table(values, cells)
    result.attrs = {
        "absent": found.absent, "assumed": found.assumed, "time": when, "freq": freq, "level": level,
        "n_missing_time": cells.n_missing,
    }  # fmt: skip
    if found.documents is not None and "agent_id" not in dimensions:
        result.attrs["note"] = _ROWS_OF_AGENTS
    if not len(result):
        result.attrs["reason"] = _reason(facts, found)
    return with_reason(conform(result, KPIS, dimensions))


@dataclass(frozen=True)
class _Cells:
    """Groups and periods: the cell of each row (-1 for none), and what each cell is."""

    codes: Codes
    groups: pd.DataFrame
    starts: pd.DatetimeIndex | None
    stops: pd.DatetimeIndex | None
    first_is_late: bool
    last_is_early: bool
    as_of: pd.Timestamp | None
    last: pd.Timestamp | None
    n_missing: int

    @property
    def size(self) -> int:
        return len(self.groups) * (1 if self.starts is None else len(self.starts))


def _cells(
    facts: pd.DataFrame, dimensions: list[str], when: str | None, freq: str | None, as_of: object
) -> _Cells:
    groups_of, groups = encode_groups(facts, dimensions)
    until = None if as_of is None else read_moment(as_of, "as_of", last=True).normalize()
    if when is None:
        return _Cells(groups_of, groups, None, None, False, False, until, None, 0)
    times = read_times(facts[when], when)
    missing = int(times.isna().sum())
    last = times.max() if missing < len(times) else None
    if until is None and last is not None:
        until = last.normalize()
    if freq is None:
        return _Cells(groups_of, groups, None, None, False, False, until, last, missing)
    if last is None:
        empty = pd.DatetimeIndex([], dtype="datetime64[us]")
        return _Cells(np.full(len(facts), -1), groups, empty, empty, False, False, until, last, missing)
    starts = pd.date_range(floor(times.min(), freq), floor(last, freq), freq=FREQUENCIES[freq], unit="us")
    if len(groups) * len(starts) > _MOST_ROWS:
        raise ParameterError.out_of_range(
            "freq", freq, f"组数 × 时段数不超过 {_MOST_ROWS:,}；请用更粗的 freq"
        )
    stops = starts[1:].append(next_starts(starts[-1], freq, 1))
    period = starts.searchsorted(times.to_numpy(), side="right") - 1
    codes = np.where(times.isna(), -1, groups_of * len(starts) + period)
    dated = times.dropna()
    begins_late = starts_late(dated, None, starts[0], freq)
    stops_early = as_of is None and ends_early(dated, None, starts[-1], freq)
    return _Cells(codes, groups, starts, stops, begins_late, stops_early, until, last, missing)


def _table(values: dict[Definition, dict[str, Array]], cells: _Cells) -> pd.DataFrame:
    """Return a row a metric, group and period."""
    periods, metrics, size = 1 if cells.starts is None else len(cells.starts), list(values), cells.size
    place = np.repeat(np.arange(len(cells.groups)), periods)
    frame = cells.groups.iloc[np.tile(place, len(metrics))].reset_index(drop=True)
    if cells.starts is None:
        period = pd.array([pd.NaT] * (size * len(metrics)), dtype="datetime64[us]")
    else:
        period = np.tile(cells.starts.to_numpy(), len(cells.groups) * len(metrics))
    lags = [pd.Timedelta(days=one.lag_days) for one in metrics]
    until = [pd.NaT if cells.as_of is None else cells.as_of - lag for lag in lags]
    whole = [_completeness(cells, end) for end in until]
    added = {
        "metric": np.repeat(np.array([one.id for one in metrics], dtype=object), size),
        "period": period,
        **{name: np.concatenate([np.empty(0), *(values[one][name] for one in metrics)]) for name in _VALUES},
        "complete_as_of": pd.Series(until, dtype="datetime64[us]").repeat(size).array,
        "is_complete": pd.array([end for ends in whole for end in ends], dtype="boolean"),
        "definition_version": np.repeat(np.array([one.version for one in metrics], dtype=object), size),
    }
    return pd.concat([frame, pd.DataFrame(added)], axis=1)


def _completeness(cells: _Cells, until: pd.Timestamp) -> list[bool | None]:
    """Return of each group and period whether it is complete; None without times."""
    if pd.isna(until) or (cells.starts is None and cells.last is None):
        return [None] * cells.size
    if cells.starts is None or cells.stops is None:
        return [bool(cells.last < until + _DAY)] * cells.size
    complete = np.asarray(cells.stops <= until + _DAY)
    if len(complete):
        complete[0] &= not cells.first_is_late
        complete[-1] &= not cells.last_is_early
    return np.tile(complete, len(cells.groups)).tolist()


def _values(found: Contributions, cells: _Cells, level: float) -> dict[str, Array]:
    """Return value, sums and interval of each cell."""
    codes = cells.codes[found.rows]
    used = ~np.isnan(found.top) & (codes >= 0)
    at, top, bottom = codes[used], found.top[used], found.bottom[used]
    size = cells.size

    def total(amount: Array | None = None) -> Array:
        return np.bincount(at, amount, minlength=size).astype("float64")

    n, numerator = total(), total(top)
    nothing = np.full(size, np.nan)
    if found.kind == "count":
        low, high = garwood(numerator, level)
        return {
            "value": numerator,
            "numerator": numerator,
            "denominator": nothing,
            "n": n,
            "low": low,
            "high": high,
        }
    squares = total(top * top)
    if found.kind == "sum":
        half = (mean_interval(0.0, 1.0, np.inf, level)[1]) * np.sqrt(squares)
        return {
            "value": numerator, "numerator": numerator, "denominator": nothing, "n": n,
            "low": numerator - half, "high": numerator + half,
        }  # fmt: skip
    denominator = total(bottom)
    value = divide(numerator, denominator)
    if found.kind == "rate":
        low, high = wilson(numerator, denominator, level)
    else:
        spread = squares - 2 * value * total(top * bottom) + value**2 * total(bottom * bottom)
        several = np.where(n > 1, n, np.nan)
        error = divide(np.sqrt(np.maximum(spread, 0.0) * several / (several - 1)), denominator)
        low, high = mean_interval(value, error, n, level)
    return {
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "n": n,
        "low": low,
        "high": high,
    }


def _reason(facts: pd.DataFrame, found: Evaluated) -> str:
    if not len(facts):
        return NO_ROWS
    if not found.definitions:
        needed = sorted({name for columns in found.absent.values() for name in columns.split("、")})
        return (
            f"现有的列算不出所要的指标，缺：{'、'.join(needed[:12])} 等；"
            "请先用 ct.conversation_measures 等函数得到这些列，再用 ct.build_facts 并进来。"
        )
    return "没有一行有时间，不能按时段汇总；请检查时间列。"
