"""Root causes of every period, and the episodes that causes of consecutive periods make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number
from csatext.aggregation.inputs.dimensions import encode_dimension
from csatext.aggregation.panel.panel import labels as labels_of
from csatext.aggregation.root_causes import root_causes
from csatext.aggregation.statistics.intervals import count_difference, divide, rate_difference
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError
from csatext.labels import UNCLASSIFIED
from csatext.progress import tracked
from csatext.schema import column_names, conform, with_reason
from csatext.schema.batch import EPISODES, ROOT_CAUSES_BY_PERIOD

__all__ = [
    "FREQUENCIES",
    "PERIOD_COLUMNS",
    "cell_mask",
    "dimensions_in",
    "dimensions_in_episodes",
    "episode_courses",
    "episodes",
    "period_labels",
    "root_causes_by_period",
]

PERIOD_COLUMNS = {"D": "date", "W": "week", "M": "month"}
"""Column of the facts that names the period, by frequency."""
FREQUENCIES = (*PERIOD_COLUMNS, "Q")
"""Periods that root causes are sought by."""
_MOST_PERIODS = 104
_PERIOD, _ONE = "(period)", "(one)"


def period_labels(facts: pd.DataFrame, freq: str, time: str = "created_at") -> pd.Series:
    """Return the period of each contact as tables ``trend`` and ``root_causes`` name it.

    By ``time``, as trends are: a column ``week`` of the input's own may say something else. Facts without it
    have the one that :func:`csatext.build_facts` has written.

    Raises
    ------
    ParameterError
        ``freq`` is not D, W, M or Q.
    """
    if freq not in FREQUENCIES:
        raise ParameterError.not_allowed("freq", freq, FREQUENCIES)
    written = PERIOD_COLUMNS.get(freq)
    if time not in facts and written in facts and freq != "D":
        return facts[written]
    times = read_times(facts[time] if time in facts else facts["date"], time)
    days, distinct = pd.factorize(times.dt.normalize())
    names = [*labels_of(pd.DatetimeIndex(distinct), freq), pd.NA]
    return pd.Series(np.array(names, dtype=object)[days], index=facts.index, dtype="str")


def cell_mask(facts: pd.DataFrame, row: dict[str, Any], dimensions: Sequence[str]) -> np.ndarray:
    """Return which contacts lie in the cell that a row names; NA = any."""
    inside = np.ones(len(facts), dtype=bool)
    for name in dimensions:
        if pd.notna(row[name]):
            codes, labels = encode_dimension(facts[name])
            inside &= (labels == str(row[name]))[codes]
    return inside


def root_causes_by_period(
    facts: pd.DataFrame,
    total: pd.DataFrame,
    by: Sequence[str],
    measure: str,
    freq: str = "W",
    baseline_periods: int = 4,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Explain the change of a rate in every complete period against those before it.

    A flag that is the same in all contacts has a rate that cannot change: there the number of contacts
    is explained.

    Parameters
    ----------
    facts : DataFrame
        With the column ``date``, ``week`` or ``month`` that goes with ``freq``.
    total : DataFrame
        Trend of all contacts at the same ``freq``: holds which periods are complete. The last 104 of
        them are explained.
    by : sequence of str
    measure : str
    freq : {"D", "W", "M"}
    baseline_periods : int
    alpha : float
        Error rate of all periods together, shared out equally over the periods (Bonferroni).

    Returns
    -------
    DataFrame
        Table ``root_causes_by_period``: that of :func:`csatext.root_causes` with ``period`` first.
        ``attrs``: measure, freq, baseline_periods, alpha, periods, is_rate (False: contacts are counted),
        reason (why it is empty).
    """
    flag = as_number(facts, measure)
    is_rate = len(np.unique(flag[~np.isnan(flag)])) > 1
    held = total[total["is_complete"] & (total["denominator"] > 0)]
    labels = held["label"].tolist()[-(_MOST_PERIODS + baseline_periods) :]
    looks = max(len(labels) - baseline_periods, 1)
    used = [*by, measure, *({"category"} & set(facts.columns) - set(by))]
    table = facts[used].assign(**{_PERIOD: period_labels(facts, freq), _ONE: 1})[~np.isnan(flag)]
    found = []
    for at in tracked(range(baseline_periods, len(labels)), "根因", unit="期"):
        window = table[table[_PERIOD].isin(labels[at - baseline_periods : at + 1])]
        causes = root_causes(
            window,
            numerator=measure if is_rate else _ONE,
            # Of a flag that is the same in all contacts of these periods the rate is explained too.
            denominator=_ONE if is_rate else None,
            by=list(by),
            period=_PERIOD,
            current=labels[at],
            baseline=labels[at - baseline_periods : at],
            alpha=alpha / looks,
        )
        if len(causes):
            named = _top_categories(window, causes, by, measure if is_rate else _ONE, labels[at])
            found.append(causes.assign(period=labels[at], **named))
    joined = pd.concat(found, ignore_index=True) if found else _without_rows(by)
    result = conform(joined, ROOT_CAUSES_BY_PERIOD, list(by))
    result.attrs = {
        "measure": measure,
        "freq": freq,
        "baseline_periods": baseline_periods,
        "alpha": alpha,
        "periods": labels[baseline_periods:],
        "is_rate": is_rate,
    }
    if not found:
        enough = len(labels) > baseline_periods
        few = f"完整且有联络的时段只有 {len(labels)} 个，少于 {baseline_periods + 1} 个，无法比较"
        result.attrs["reason"] = "没有一个时段的变化超出随机波动" if enough else few
    return with_reason(result)


def _top_categories(
    window: pd.DataFrame, causes: pd.DataFrame, by: Sequence[str], measure: str, period: str
) -> dict[str, Any]:
    """Return for each row the category that grew (or, where the rate fell, shrank) most in its cell."""
    names: list[str | None] = []
    counts: list[int | None] = []
    for row in causes.to_dict("records"):
        name, n = None, None
        if "category" in window.columns and "category" not in by:
            cell = window[cell_mask(window, row, by) & (window["category"] != UNCLASSIFIED)]
            flagged = cell[cell[measure].fillna(False).astype(bool)]
            now = flagged[_PERIOD] == period
            after, before = flagged[now]["category"].value_counts(), flagged[~now]["category"].value_counts()
            scale = row["denominator_after"] / max(row["denominator_before"], 1.0)
            grown = after.sub(before * scale, fill_value=0.0).sort_index()
            if len(grown):
                name = str(grown.idxmax() if row["contribution"] >= 0 else grown.idxmin())
                n = int(after.get(name, 0))
        names.append(name)
        counts.append(n)
    return {
        "top_category": pd.Series(names, index=causes.index, dtype="str"),
        "top_category_n": pd.array(counts, dtype="Int64"),
    }


def dimensions_in(causes: pd.DataFrame) -> list[str]:
    """Return the dimension columns of table ``root_causes_by_period``."""
    fixed = column_names(ROOT_CAUSES_BY_PERIOD)
    return [name for name in causes.columns if name not in fixed]


def dimensions_in_episodes(found: pd.DataFrame) -> list[str]:
    """Return the dimension columns of table ``episodes``."""
    fixed = column_names(EPISODES)
    return [name for name in found.columns if name not in fixed]


def episodes(causes: pd.DataFrame) -> pd.DataFrame:
    """Join causes of the same cell in consecutive periods.

    Parameters
    ----------
    causes : DataFrame
        From :func:`root_causes_by_period`, with its ``attrs``.

    Returns
    -------
    DataFrame
        Table ``episodes``; rows that are alternatives of others are left out.

    Notes
    -----
    ``excess`` compares all periods of the episode with the baseline of its first, which no part of it
    has raised. Interval: Newcombe (1998), Statistics in Medicine 17, method 10, of the difference of
    rates, times the contacts of the episode.
    Where contacts are counted (``attrs["is_rate"]`` False): Zou and Donner (2008), Statistics in Medicine
    27, of the difference of counts a period. NA where the cell had no contacts in the baseline.
    """
    by = dimensions_in(causes)
    is_rate = bool(causes.attrs.get("is_rate", True))
    order = {label: at for at, label in enumerate(causes.attrs.get("periods", []))}
    main = causes[causes["alternative_to"].isna()]
    open_ones: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    closed: list[list[dict[str, Any]]] = []
    for row in main.sort_values(["period", "rank"]).to_dict("records"):
        rise = row["contribution"] >= 0
        cell = (rise, *(None if pd.isna(row[name]) else row[name] for name in by))
        rows = open_ones.get(cell)
        if rows is None or order[row["period"]] - order[rows[-1]["period"]] > 1:
            rows = open_ones[cell] = []
            closed.append(rows)
        rows.append(row)
    last = max(order, key=lambda label: order[label], default="")
    made = [_episode(rows, by, last, is_rate) for rows in closed]
    made.sort(key=_order)
    names = [column.name for column in EPISODES.columns]
    frame = pd.DataFrame(made, columns=[*names, *by]).assign(rank=range(1, len(made) + 1))
    result = conform(frame, EPISODES, by)
    result.attrs["is_rate"] = is_rate
    return result


def _order(row: dict[str, Any]) -> tuple[bool, bool, float, str]:
    """Return the place of an episode; what is new counts with all its contacts that have the flag."""
    size = row["numerator"] if np.isnan(row["excess"]) else abs(row["excess"])
    return not row["is_rise"], not row["is_current"], -size, row["first_period"]


def episode_courses(
    facts: pd.DataFrame, found: pd.DataFrame, periods: Sequence[str], measure: str, freq: str
) -> pd.DataFrame:
    """Return the rate of each episode's cell in every period, before, within and after the episode.

    Parameters
    ----------
    facts : DataFrame
        With the column ``date``, ``week`` or ``month`` that goes with ``freq``.
    found : DataFrame
        Table ``episodes``.
    periods : sequence of str
        Names of the periods, in order of time.
    measure : str
        A flag.
    freq : {"D", "W", "M"}

    Returns
    -------
    DataFrame
        One row an episode and period: rank (of the episode), period, numerator, denominator, value (NaN
        without contacts), is_inside.
    """
    codes = pd.Index(periods).get_indexer(period_labels(facts, freq))
    flags = as_number(facts, measure)
    usable = (codes >= 0) & ~np.isnan(flags)
    by = dimensions_in_episodes(found)
    parts = []
    for row in found.to_dict("records"):
        inside = usable & cell_mask(facts, row, by)
        n = np.bincount(codes[inside], minlength=len(periods))
        events = np.bincount(codes[inside], flags[inside], minlength=len(periods))
        marked = [row["first_period"] <= label <= row["last_period"] for label in periods]
        course = {"rank": row["rank"], "period": list(periods), "numerator": events, "denominator": n}
        parts.append(pd.DataFrame({**course, "value": divide(events, n), "is_inside": marked}))
    columns = ["rank", "period", "numerator", "denominator", "value", "is_inside"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _episode(rows: list[dict[str, Any]], by: Sequence[str], last: str, is_rate: bool) -> dict[str, Any]:
    first = rows[0]
    before = first["numerator_before"], first["denominator_before"]
    after = (
        float(sum(row["numerator_after"] for row in rows)),
        float(sum(row["denominator_after"] for row in rows)),
    )
    difference = rate_difference(before, after) if is_rate else count_difference(before, after)
    grown = [row["top_category"] for row in rows if pd.notna(row["top_category"])]
    words = [row["words"] for row in rows if pd.notna(row["words"])]
    return {
        **{name: first[name] for name in by},
        "first_period": first["period"],
        "last_period": rows[-1]["period"],
        "n_periods": len(rows),
        "is_rise": first["contribution"] >= 0,
        "is_current": rows[-1]["period"] == last,
        "before": float(divide(*before)),
        "after": float(divide(*after)),
        "numerator": after[0],
        "denominator": after[1],
        "excess": after[1] * difference.value,
        "excess_low": after[1] * difference.low,
        "excess_high": after[1] * difference.high,
        "q": min(row["q"] for row in rows),
        "top_category": max(set(grown), key=lambda name: (grown.count(name), name)) if grown else None,
        "words": words[0] if words else None,
    }


def _without_rows(by: Sequence[str]) -> pd.DataFrame:
    names = [column.name for column in ROOT_CAUSES_BY_PERIOD.columns]
    return pd.DataFrame({name: pd.Series(dtype="str") for name in by} | {name: [] for name in names})
