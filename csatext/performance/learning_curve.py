"""How agents grow: level and slope by tenure, new ones against experienced ones."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.inputs.dimensions import encode_groups, free_dimensions
from csatext.argument_types import as_table, check_simple_types
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError
from csatext.inference import benjamini_hochberg, check_level
from csatext.performance.evaluated import evaluate_kpis, facts_of, time_of
from csatext.schema import conform, with_reason
from csatext.schema.service import LEARNING_CURVE
from csatext.service.inputs.records import NO_ROWS, check_positive, column_of, numbers, times_of

__all__ = ["learning_curve"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_MONTH = 365.25 / 12
_HIRED = ("hired_at", "joined_at", "started_at")
_LEAST = 10
"""Contacts of an agent that a line is fitted to (chosen: fewer give intervals that say nothing)."""
_ALL, _NEW, _OLD = "全体", "新员工", "老员工"


@check_simple_types
def learning_curve(
    facts: pd.DataFrame,
    tenure: str | pd.DataFrame,
    *,
    agent: str | None = None,
    metrics: Sequence[str] | None = None,
    new_months: float = 3.0,
    time: str | None = None,
    level: float = 0.95,
    definitions: str | PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return how high each agent stands in each KPI, and how fast it changes with tenure.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or a contact and agent.
    tenure : str or DataFrame
        Column of ``facts`` with the months of service at the contact, or with the day of hiring; or a table
        with the agents' column and ``hired_at``.
    agent : str, optional
        Column of agents. Default: ``agent_id``.
    metrics : list of str, optional
        Ids of KPIs that are rates, means or ratios. Default: all that the columns allow.
    new_months : float, default 3
        Agents are new for so long.
    time : str, optional
        Column that dates contacts, for days of hiring. Default: ``contacted_at``, else ``created_at``.
    level : float, default 0.95
        Coverage of the intervals.
    definitions : path, optional
        Your own definitions.

    Returns
    -------
    DataFrame
        Table ``learning_curve``: a row a KPI and agent, and rows 全体, 新员工 and 老员工. For an agent
        ``height`` (成长高度) is the fitted value at the agent's last tenure, ``speed`` (成长速度) the
        change a month; for new and experienced agents ``height`` is their value. ``speed`` of 全体 is the
        common slope within agents. ``attrs``: ``absent``, ``n_without_tenure``, ``new_months``, ``level``.
        REQUIREMENTS rows 73, 117.

    Raises
    ------
    SchemaError
        A column is not there or cannot be read; an agent was hired twice.
    ParameterError
        An unknown metric; ``tenure`` is neither a column nor a table.
    LexiconError, InputError
        The file of definitions cannot be used.

    Notes
    -----
    Weighted least squares of the single contacts (weight 1, or the denominator of a ratio), standard errors
    robust to unequal variance (HC1; White 1980, Econometrica 48, 817-838), Student's t. ``q`` corrects the
    slopes of the agents of a KPI (Benjamini and Hochberg 1995). The slope of 全体 is within agents (fixed
    effects), so that those who left early do not make the curve; from ten agents on its error is summed by
    agent (Liang and Zeger 1986).

    Examples
    --------
    >>> months = np.tile(np.arange(12.0), 2)
    >>> facts = pd.DataFrame({"agent_id": ["A"] * 12 + ["B"] * 12, "months": months})
    >>> facts["csat"] = np.where(facts["agent_id"] == "A", 3 + months / 10, 4.0) + np.tile([0.1, -0.1], 12)
    >>> found = learning_curve(facts, "months", metrics=["csat"]).set_index("agent_id")
    >>> found.loc["A", ["height", "speed"]].round(1).tolist()
    [4.1, 0.1]
    """
    check_level(level)
    check_positive(new_months, "new_months")
    name = agent or "agent_id"
    frame = facts_of(facts, [name]).reset_index(drop=True)
    check_columns(frame, [name], "agent")
    free_dimensions(name, LEARNING_CURVE, "agent")
    months = _months(frame, tenure, name, time)
    used = ~np.isnan(months) & frame[name].notna().to_numpy()
    codes, groups = encode_groups(frame[used], [name])
    agents: Codes = np.full(len(frame), -1, dtype=np.int64)
    agents[used] = codes
    found = evaluate_kpis(frame, metrics, definitions, ("rate", "mean", "ratio"))
    parts = []
    for one in found.definitions:
        # tenure is of a contact: customers are not put together here
        rows = found.of(one)
        known = used & ~np.isnan(rows.top) & (rows.bottom > 0)
        y = rows.top[known] / rows.bottom[known]
        part = _curves(
            agents[known],
            months[known],
            y,
            rows.bottom[known],
            groups[name].astype("str").tolist(),
            level,
            new_months,
        )
        parts.append(part.assign(metric=one.id))
    columns = [column.name for column in LEARNING_CURVE.columns]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "who"])
    table = table.rename(columns={"who": name})
    table.attrs = {
        "absent": found.absent, "n_without_tenure": int((~used).sum()), "new_months": float(new_months),
        "level": level,
    }  # fmt: skip
    if not len(table):
        table.attrs["reason"] = (
            NO_ROWS if not len(frame) else "没有一个指标算得出来；缺的列见 attrs['absent']。"
        )
    return with_reason(conform(table, LEARNING_CURVE, [name]))


def _months(frame: pd.DataFrame, tenure: str | pd.DataFrame, name: str, time: str | None) -> Array:
    """Return the months of service at each contact; NaN where it is not known, or before hiring."""
    if isinstance(tenure, str):
        if tenure not in frame.columns:
            raise SchemaError.missing_column("facts", tenure, frame.columns)
        column = frame[tenure]
        if pd.api.types.is_numeric_dtype(column.dtype):
            months = numbers(frame, tenure)
            return np.where(months < 0, np.nan, months)
        hired = times_of(frame, tenure)
    elif isinstance(tenure, pd.DataFrame):
        table = as_table(tenure, "tenure", (name,))
        since = column_of(table, *_HIRED)
        if since is None:
            raise SchemaError.missing_column("tenure", "hired_at", table.columns)
        if table[name].dropna().duplicated().any():
            raise SchemaError.duplicate_key("tenure", [name], int(table[name].dropna().duplicated().sum()))
        place = pd.Index(table[name]).get_indexer(frame[name])
        hired = np.append(times_of(table, since), np.datetime64("NaT", "us"))[place]
    else:
        raise ParameterError.wrong_type(
            "tenure", tenure, "司龄（月）或入职日期的列名，或带 hired_at 的员工表"
        )
    when = time_of(frame, time)
    if when is None:
        raise ParameterError('入职日期要与联络的时间相减，但没有时间列；请用 time="列名" 指定。')
    moment = read_times(frame[when], when).to_numpy(dtype="datetime64[us]")
    days = (moment - hired) / np.timedelta64(1, "D")
    return np.where(np.isnat(moment) | np.isnat(hired) | (days < 0), np.nan, days / _MONTH)


def _curves(
    agents: Codes, months: Array, y: Array, weight: Array, names: list[str], level: float, new_months: float
) -> pd.DataFrame:
    """Return the lines of all agents, of all together, and the values of new and experienced ones."""
    size = len(names)
    n, w, wx, wy, wxx, wxy = (
        np.bincount(agents, part, minlength=size)
        for part in (None, weight, weight * months, weight * y, weight * months**2, weight * months * y)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_x, mean_y = wx / w, wy / w
        sxx, sxy = wxx - w * mean_x**2, wxy - w * mean_x * mean_y
        slope = np.where((n >= _LEAST) & (sxx > 1e-9 * np.maximum(wxx, 1e-300)), sxy / sxx, np.nan)
        last = np.full(size, -np.inf)
        first = np.full(size, np.inf)
        np.maximum.at(last, agents, months)
        np.minimum.at(first, agents, months)
        height = mean_y + slope * (last - mean_x)
        dx = months - mean_x[agents]
        residual = weight * (y - mean_y[agents] - slope[agents] * dx)
        meat = [
            np.bincount(agents, residual**2 * part, minlength=size) for part in (np.ones(len(dx)), dx, dx**2)
        ]
        scale = n / (n - 2)
        slope_error = np.sqrt(scale * meat[2]) / sxx
        reach = last - mean_x
        height_error = np.sqrt(
            scale * (meat[0] / w**2 + 2 * reach * meat[1] / (w * sxx) + reach**2 * meat[2] / sxx**2)
        )
        quantile = stats.t.ppf(0.5 + level / 2, np.where(n > 2, n - 2, np.nan))
        p = 2 * stats.t.sf(np.abs(slope / slope_error), np.where(n > 2, n - 2, np.nan))
    rows = pd.DataFrame(
        {
            "who": names, "n": n, "months_from": first, "months_to": last, "height": height,
            "height_low": height - quantile * height_error, "height_high": height + quantile * height_error,
            "speed": slope, "speed_low": slope - quantile * slope_error,
            "speed_high": slope + quantile * slope_error, "p": p, "q": benjamini_hochberg(p),
        }
    )  # fmt: skip
    rows = rows[rows["n"] > 0]
    return pd.concat([rows, _together(agents, months, y, weight, size, level, new_months)], ignore_index=True)


def _together(
    agents: Codes, months: Array, y: Array, weight: Array, size: int, level: float, new_months: float
) -> pd.DataFrame:
    """Return 全体 (slope within agents) and the values of new and experienced agents."""
    rows = []
    w = np.bincount(agents, weight, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        dx = months - (np.bincount(agents, weight * months, minlength=size) / w)[agents]
        dy = y - (np.bincount(agents, weight * y, minlength=size) / w)[agents]
    sxx = float((weight * dx**2).sum())
    freedom = len(y) - len(np.unique(agents)) - 1
    if sxx > 0 and freedom > 0:
        slope = float((weight * dx * dy).sum()) / sxx
        # contacts of one agent hang together: the error is summed by agent (Liang and Zeger 1986)
        score = np.bincount(agents, weight * dx * (dy - slope * dx), minlength=size)
        k = len(np.unique(agents))
        clustered = k >= 2 * 5
        pieces = score if clustered else weight * dx * (dy - slope * dx)
        error = float(np.sqrt((pieces**2).sum() * (k / (k - 1) if clustered else len(y) / freedom))) / sxx
        degrees = k - 1 if clustered else freedom
        half = float(stats.t.ppf(0.5 + level / 2, degrees)) * error
        p = float(2 * stats.t.sf(abs(slope) / error, degrees)) if error > 0 else np.nan
        rows.append(
            {
                "who": _ALL, "n": len(y), "months_from": months.min(), "months_to": months.max(),
                "speed": slope, "speed_low": slope - half, "speed_high": slope + half, "p": p, "q": p,
            }
        )  # fmt: skip
    for label, inside in ((_NEW, months < new_months), (_OLD, months >= new_months)):
        n = int(inside.sum())
        if not n:
            continue
        total = weight[inside].sum()
        value = float((weight * y)[inside].sum() / total)
        spread = float((((weight * (y - value))[inside]) ** 2).sum())
        half = np.nan
        if n > 1:
            half = float(stats.t.ppf(0.5 + level / 2, n - 1) * np.sqrt(spread * n / (n - 1)) / total)
        rows.append(
            {
                "who": label, "n": n, "months_from": months[inside].min(), "months_to": months[inside].max(),
                "height": value, "height_low": value - half, "height_high": value + half,
            }
        )  # fmt: skip
    columns = ["who", *(c.name for c in LEARNING_CURVE.columns if c.name != "metric")]
    return pd.DataFrame(rows, columns=columns).astype({"who": "str"})
