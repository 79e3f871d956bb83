"""Agents and teams that stand out in the last periods: against the others, and against their own past."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.inputs.dimensions import encode_groups, free_dimensions
from csatext.aggregation.panel.coverage import floor
from csatext.aggregation.panel.panel import FREQUENCIES, as_freq
from csatext.aggregation.statistics.cell_tests import rate_test
from csatext.aggregation.statistics.intervals import divide
from csatext.argument_types import as_whole_number, check_simple_types
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError
from csatext.inference import benjamini_hochberg, check_alpha
from csatext.performance.evaluated import evaluate_kpis, facts_of, time_of
from csatext.schema import conform, with_reason
from csatext.schema.service import UNUSUAL_CHANGES
from csatext.service.definitions import Definition
from csatext.service.formulas.contributions import Contributions
from csatext.service.inputs.records import NO_ROWS

__all__ = ["unusual_changes"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_USUAL = (
    "negative_rate",
    "complaint_rate",
    "csat",
    "resolution_rate",
    "slow_response_rate",
    "average_response_time",
)
_AGAINST = {"others": "与其余同期相比", "past": "与自己以前相比"}


@check_simple_types
def unusual_changes(
    facts: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    time: str | None = None,
    freq: str | None = None,
    periods: int = 5,
    min_n: int = 5,
    alpha: float = 0.05,
    definitions: str | PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return the groups whose KPIs in the last periods differ from the others' or from their own past.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or a contact and agent.
    by : str or list of str, optional
        Groups: each column by itself (agent, team). Default: ``agent_id`` and ``team``, where they are
        there.
    metrics : list of str, optional
        Ids of KPIs that are rates, means or ratios. Default: rates of negative contacts and complaints, CSAT,
        resolution and response, where the columns allow them.
    time : str, optional
        Column that dates contacts. Default: ``contacted_at``, else ``created_at``.
    freq : {"h", "D", "W", "M", "Q", "Y"}, optional
        Length of a period. Default: weeks.
    periods : int, default 5
        Periods at the end that are judged together.
    min_n : int, default 5
        Contacts or customers that a group must have in the judged periods.
    alpha : float, default 0.05
        Error rate: rows with q under it.
    definitions : path, optional
        Your own definitions.

    Returns
    -------
    DataFrame
        Table ``unusual_changes``, strongest evidence first. ``attrs``: ``absent``, ``n_tested``, ``since``
        (start of the judged periods), ``alpha``, and ``reason`` where there is no row. REQUIREMENTS row 90.

    Raises
    ------
    SchemaError
        A column is not there, or no column dates contacts.
    ParameterError
        An unknown metric or frequency; no group.
    LexiconError, InputError
        The file of definitions cannot be used.

    Notes
    -----
    Rates: score test, Fisher's mid-p where an expected count is under 5 (Lancaster 1961); means and
    ratios: Welch (1947) over contacts. Both sides have at least ``min_n``. The others are those that do
    not stand out themselves: the clearest group is taken out of the reference first, then the next, at most
    half of them. ``q`` corrects over all groups, metrics and both comparisons (Benjamini and Hochberg
    1995).

    Examples
    --------
    >>> days = pd.date_range("2026-01-05", periods=70).repeat(6)
    >>> facts = pd.DataFrame({"created_at": days, "agent_id": ["A", "A", "B", "B", "C", "C"] * 70})
    >>> facts["is_negative"] = [0, 1] * 210
    >>> facts.loc[(facts["agent_id"] == "C") & (facts["created_at"] >= "2026-02-09"), "is_negative"] = 1
    >>> unusual_changes(facts)[["group", "against", "value", "reference"]].round(2).values.tolist()
    [['C', '与其余同期相比', 1.0, 0.5], ['C', '与自己以前相比', 1.0, 0.5]]
    """
    check_alpha(alpha)
    as_whole_number(min_n, "min_n", 2)
    as_whole_number(periods, "periods", 1)
    frame = facts_of(facts, free_dimensions(by, UNUSUAL_CHANGES))
    names = free_dimensions(by, UNUSUAL_CHANGES) or [c for c in ("agent_id", "team") if c in frame.columns]
    check_columns(frame, names, "by")
    if not names:
        raise ParameterError('没有 agent_id 或 team 列，不知道看谁的异动；请写 by="列名"。')
    when = time_of(frame, time)
    if when is None:
        raise ParameterError('没有时间列，看不出最近的变化；请用 time="列名" 指定，例如 time="created_at"。')
    unit = as_freq(freq or "W")
    found = evaluate_kpis(frame, metrics, definitions, ("rate", "mean", "ratio"))
    used = [one for one in found.definitions if metrics is not None or one.id in _USUAL]
    times = read_times(frame[when], when)
    now, since = _recent(times, unit, periods)
    parts = []
    for name in names:
        codes, groups = encode_groups(frame, [name])
        # customers once in a group and side of the comparison
        cells = np.where(times.isna(), -1, codes * 2 + now)
        for one, rows in found.in_cells(cells):
            if one in used:
                parts += _compared(
                    one, rows, cells, groups[name].astype("str").to_numpy(), name, min_n, alpha
                )
    table = pd.DataFrame(parts, columns=_columns())
    n_tested = int(table["p"].notna().sum())
    table["q"] = benjamini_hochberg(table["p"].to_numpy(dtype="float64"))
    table = table[table["q"] < alpha].sort_values(["p", "by", "group", "metric"], ignore_index=True)
    table["rank"] = np.arange(1, len(table) + 1)
    table.attrs = {
        "absent": {} if metrics is None else found.absent, "n_tested": n_tested, "alpha": alpha,
        "since": None if since is None else str(since.date()),
    }  # fmt: skip
    if not len(table):
        table.attrs["reason"] = (
            NO_ROWS
            if not len(frame)
            else f"没有异动：比较了 {n_tested} 次，都在随机波动的范围内（alpha={alpha:g}）。"
        )
    return with_reason(conform(table, UNUSUAL_CHANGES))


def _columns() -> list[str]:
    return [column.name for column in UNUSUAL_CHANGES.columns if column.name not in ("rank", "q")]


def _recent(times: pd.Series, freq: str, periods: int) -> tuple[Codes, pd.Timestamp | None]:
    """Return which rows are in the last periods (1) or before (0), and where they begin."""
    last = times.max()
    if pd.isna(last):
        return np.zeros(len(times), dtype=np.int64), None
    since = pd.date_range(end=floor(last, freq), periods=periods, freq=FREQUENCIES[freq])[0]
    return (times >= since).to_numpy(dtype=np.int64), since


def _compared(
    one: Definition,
    rows: Contributions,
    cells: Codes,
    labels: npt.NDArray[np.object_],
    name: str,
    least: int,
    alpha: float,
) -> list[dict[str, object]]:
    """Return both comparisons of every group."""
    at = cells[rows.rows]
    used = ~np.isnan(rows.top) & (at >= 0)
    at, top, bottom = at[used], rows.top[used], rows.bottom[used]
    size = 2 * len(labels)
    sums = np.array(
        [
            np.bincount(at, part, minlength=size)
            for part in (np.ones(len(at)), top, bottom, top * top, top * bottom, bottom * bottom)
        ]
    )
    past, now = sums[:, 0::2], sums[:, 1::2]
    listed: list[dict[str, object]] = []
    for against, other in (("others", _usual_others(one, now, least, alpha)), ("past", past)):
        value, reference = divide(now[1], now[2]), divide(other[1], other[2])
        p = _p_values(one, now, other, least)
        worse = {"up": value < reference, "down": value > reference}.get(one.direction)
        for group, label in enumerate(labels):
            listed.append(
                {
                    "by": name, "group": label, "metric": one.id, "against": _AGAINST[against],
                    "n": now[0, group], "value": value[group], "n_reference": other[0, group],
                    "reference": reference[group], "difference": value[group] - reference[group],
                    "p": p[group],
                    "is_worse": None if worse is None else bool(worse[group]),
                }
            )  # fmt: skip
    return listed


def _p_values(one: Definition, ours: Array, theirs: Array, least: int) -> Array:
    test = rate_test(ours[1], ours[2], theirs[1], theirs[2]) if one.kind == "rate" else _welch(ours, theirs)
    return np.where((ours[0] >= least) & (theirs[0] >= least), test, np.nan)


def _usual_others(one: Definition, now: Array, least: int, alpha: float) -> Array:
    """Return the sums of the other groups, without those that stand out: one by one, the clearest first.

    Beside one group that is far off, all others would stand out on the other side.
    """
    out = np.zeros(now.shape[1], dtype=np.bool_)
    while True:
        kept = np.where(out, 0.0, now)
        others = kept.sum(axis=1, keepdims=True) - kept
        p = np.where(out, np.nan, _p_values(one, now, others, least))
        if 2 * (out.sum() + 1) > len(out) or not (benjamini_hochberg(p) < alpha).any():
            return others
        out[np.nanargmin(p)] = True


def _welch(ours: Array, theirs: Array) -> Array:
    """Return p of equal ratios, from n, sums of a, b, aa, ab, bb of both sides."""
    values, errors = [], []
    for n, a, b, aa, ab, bb in (ours, np.broadcast_to(theirs, ours.shape)):
        value = divide(a, b)
        spread = np.maximum(aa - 2 * value * ab + value**2 * bb, 0.0)
        values.append(value)
        errors.append((divide(spread * n, (n - 1) * b**2), n))
    (first, n), (second, m) = errors
    total = first + second
    freedom = divide(total**2, divide(first**2, n - 1) + divide(second**2, m - 1))
    t = np.abs(divide(values[0] - values[1], np.sqrt(total)))
    return 2 * special.stdtr(np.where(np.isnan(freedom), 1.0, freedom), -t)
