"""Agents side by side: each KPI with interval, case mix, funnel limits, and the twin that shows gaming."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from csatext.aggregation.inputs.arguments import as_list, check_columns
from csatext.aggregation.inputs.dimensions import encode_groups, free_dimensions
from csatext.aggregation.statistics.cell_tests import rate_test
from csatext.aggregation.statistics.intervals import divide, mean_interval
from csatext.argument_types import as_whole_number, check_simple_types
from csatext.inference import benjamini_hochberg, check_alpha, check_level, wilson
from csatext.performance.evaluated import evaluate_kpis, facts_of
from csatext.schema import conform, with_reason
from csatext.schema.service import SCORECARD
from csatext.service.definitions import Definition
from csatext.service.formulas.contributions import Contributions
from csatext.service.inputs.records import NO_ROWS

__all__ = ["agent_scorecard"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_CASE_MIX = ("category", "channel")
_WARNING, _ALARM = 0.95, 0.998
"""Coverage of the two pairs of funnel limits (Spiegelhalter 2005)."""
_VERDICTS = {
    "up": ("好于其余", "差于其余"),
    "down": ("差于其余", "好于其余"),
    "none": ("高于其余", "低于其余"),
}
_METHOD = "直接标准化：各层（{}）的数值按全体的构成加权；没有接过的层不算，见 coverage"


@check_simple_types
def agent_scorecard(
    facts: pd.DataFrame,
    *,
    agent: str | None = None,
    metrics: Sequence[str] | None = None,
    adjust: str | Sequence[str] | None = None,
    min_volume: int = 30,
    alpha: float = 0.05,
    level: float = 0.95,
    definitions: str | PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return each KPI of each agent with what makes the comparison fair.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or a contact and agent (``conversation_measures(unit="agent")``).
    agent : str, optional
        Column of agents or teams. Default: ``agent_id``.
    metrics : list of str, optional
        Ids of KPIs that are rates, means or ratios. Default: all that the columns allow.
    adjust : str or list of str, optional
        Columns of the case mix. Default: ``category`` and ``channel``, where they are there.
    min_volume : int, default 30
        Contacts or customers that count, below which an agent is neither ranked nor judged.
    alpha : float, default 0.05
        Error rate of the verdict, which goes by ``q``.
    level : float, default 0.95
        Coverage of the intervals.
    definitions : path, optional
        Your own definitions, as :func:`csatext.kpi_definitions` takes them.

    Returns
    -------
    DataFrame
        Table ``scorecard``, one row a KPI and agent. ``attrs``: ``absent``, ``method`` (of the adjusted
        value), ``adjust``, ``min_volume``, ``alpha``, ``level``. REQUIREMENTS row 72.

    Raises
    ------
    SchemaError
        A column is not there.
    ParameterError
        An unknown metric, or one that counts.
    LexiconError, InputError
        The file of definitions cannot be used.

    See Also
    --------
    csatext.unusual_changes : agents that changed, or stand out, in the last weeks.

    Notes
    -----
    ``adjusted``: direct standardisation, the agent's value in each stratum of the case mix weighted by the
    stratum's part of all contacts; ``coverage`` is the part of all contacts in strata the agent served.
    Funnel limits about the value of all (Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202) at 95 %
    and 99.8 %: normal, the variance that of a proportion, or of the residuals of all contacts. ``p`` compares
    with the rest: score test or Fisher's mid-p for rates, normal for means and ratios; ``q`` corrects over
    the agents of a metric (Benjamini and Hochberg 1995). ``rank_gain`` is how many places an agent
    stands better in the metric than in its twin: what splitting lines or automatic replies bring.

    Examples
    --------
    >>> facts = pd.DataFrame({"agent_id": ["A"] * 60 + ["B"] * 60})
    >>> facts["resolved"] = [True] * 54 + [False] * 6 + [True] * 36 + [False] * 24
    >>> table = agent_scorecard(facts, metrics=["resolution_rate"])
    >>> table[["agent_id", "value", "target", "verdict", "rank"]].values.tolist()
    [['A', 0.9, 0.75, '好于其余', 1], ['B', 0.6, 0.75, '差于其余', 2]]
    """
    check_alpha(alpha)
    check_level(level)
    as_whole_number(min_volume, "min_volume", 1)
    name = agent or "agent_id"
    facts = facts_of(facts, [name])
    check_columns(facts, [name], "agent")
    free_dimensions(name, SCORECARD, "agent")
    mix = [c for c in _CASE_MIX if c in facts.columns] if adjust is None else as_list(adjust, "adjust")
    check_columns(facts, mix, "adjust")
    named = facts[name].notna().to_numpy()
    codes, groups = encode_groups(facts[named], [name])
    agents: Codes = np.full(len(facts), -1, dtype=np.int64)
    agents[named] = codes
    strata, of_strata = encode_groups(facts, mix)
    found = evaluate_kpis(facts, metrics, definitions, ("rate", "mean", "ratio"))
    parts = []
    for one, rows in found.in_cells(agents):
        part = _rows(one, rows, agents, len(groups), strata, len(of_strata), level, min_volume, alpha)
        parts.append(part.assign(metric=one.id, **{name: groups[name].to_numpy()}))
    columns = [column.name for column in SCORECARD.columns]
    table = (
        pd.concat(parts, ignore_index=True)
        if parts and len(groups)
        else pd.DataFrame(columns=[*columns, name])
    )
    table = _with_twins(table, found.definitions, name) if len(table) else table
    table.attrs = {
        "absent": found.absent, "adjust": mix, "min_volume": min_volume, "alpha": alpha, "level": level,
        "method": _METHOD.format(" × ".join(mix)) if mix else "没有可用的分层列，adjusted 与 value 相同",
    }  # fmt: skip
    if not len(table):
        table.attrs["reason"] = (
            NO_ROWS if not len(facts) else "没有一个指标算得出来；缺的列见 attrs['absent']。"
        )
    return with_reason(conform(table, SCORECARD, [name]))


def _rows(
    one: Definition,
    rows: Contributions,
    agents: Codes,
    n_agents: int,
    strata: Codes,
    n_strata: int,
    level: float,
    min_volume: int,
    alpha: float,
) -> pd.DataFrame:
    """Return one metric of all agents."""
    used = ~np.isnan(rows.top) & (agents[rows.rows] >= 0)
    who, layer = agents[rows.rows][used], strata[rows.rows][used]
    top, bottom = rows.top[used], rows.bottom[used]
    n, numerator, denominator = (
        np.bincount(who, weights, minlength=n_agents).astype("float64") for weights in (None, top, bottom)
    )
    value = divide(numerator, denominator)
    target = float(divide(top.sum(), bottom.sum()))
    if one.kind == "rate":
        low, high = wilson(numerator, denominator, level)
        error = np.sqrt(divide(target * (1 - target), n))
        p = rate_test(numerator, n, numerator.sum() - numerator, n.sum() - n)
    else:
        residual = top - target * bottom
        spread = residual**2
        common = spread.sum() / max(len(top) - 1, 1)
        error = divide(np.sqrt(common * n), denominator)
        p = 2 * special.ndtr(-np.abs(divide(value - target, error)))
        own = top - value[who] * bottom
        several = np.where(n > 1, n, np.nan)
        own_spread = np.bincount(who, own**2, minlength=n_agents)
        own_error = divide(np.sqrt(own_spread * several / (several - 1)), denominator)
        low, high = mean_interval(value, own_error, n, level)
    judged = n >= min_volume
    limits = {}
    for label, coverage in (("funnel", _WARNING), ("alarm", _ALARM)):
        half = special.ndtri(0.5 + coverage / 2) * error
        ends = (target - half, target + half)
        limits[f"{label}_low"], limits[f"{label}_high"] = (
            np.clip(end, 0, 1) if one.kind == "rate" else end for end in ends
        )
    q = benjamini_hochberg(np.where(judged, p, np.nan))
    better, worse = _VERDICTS[one.direction]
    clear = (q < alpha) & judged
    verdict = np.where(clear & (value > target), better, np.where(clear & (value < target), worse, ""))
    adjusted, coverage_of = _standardised(who, layer, top, bottom, n_agents, n_strata)
    return pd.DataFrame(
        {
            "n": n, "numerator": numerator, "denominator": denominator, "value": value, "low": low,
            "high": high, "adjusted": adjusted, "coverage": coverage_of, "target": target, **limits,
            "z": divide(value - target, error), "p": np.where(judged, p, np.nan), "q": q, "verdict": verdict,
            "rank": _ranks(value, judged, one.direction), "small": ~judged,
        }
    )  # fmt: skip


def _standardised(
    who: Codes, layer: Codes, top: Array, bottom: Array, n_agents: int, n_strata: int
) -> tuple[Array, Array]:
    """Return the directly standardised value of each agent, and the part of all contacts it rests on."""
    # only strata that hold rows, and only combinations that are there
    weight = np.bincount(layer, bottom, minlength=n_strata) / max(bottom.sum(), 1e-300)
    pair = who * n_strata + layer
    seen, place = np.unique(pair, return_inverse=True)
    value = divide(np.bincount(place, top), np.bincount(place, bottom))
    agent, stratum = seen // n_strata, seen % n_strata
    known = ~np.isnan(value)
    agent, share, value = agent[known], weight[stratum[known]], value[known]
    coverage = np.bincount(agent, share, minlength=n_agents).astype("float64")
    return divide(np.bincount(agent, share * value, minlength=n_agents), coverage), coverage


def _ranks(value: Array, judged: npt.NDArray[np.bool_], direction: str) -> pd.api.extensions.ExtensionArray:
    """Return places from the best; NA without enough volume, a value or a direction."""
    if direction == "none":
        return pd.array([None] * len(value), dtype="Int64")
    ranked = pd.Series(np.where(judged, value, np.nan))
    return ranked.rank(method="min", ascending=direction == "down").astype("Int64").array


def _with_twins(table: pd.DataFrame, definitions: list[Definition], name: str) -> pd.DataFrame:
    """Return the table with the twin of each metric, where it could be computed."""
    twins = {one.id: one.twin for one in definitions}
    table = table.assign(twin=table["metric"].map(twins).astype("str"))
    other = table[["metric", name, "value", "rank"]].rename(
        columns={"metric": "twin", "value": "twin_value", "rank": "twin_rank"}
    )
    joined = table.merge(other.astype({"twin": "str"}), on=["twin", name], how="left")
    joined["rank_gain"] = joined["twin_rank"].astype("Int64") - joined["rank"].astype("Int64")
    return joined
