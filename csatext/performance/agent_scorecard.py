"""Agents side by side: each KPI with interval, case mix, funnel limits, and the twin that shows gaming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
_FEW = 5
"""Expected count under which a rate is tested by mid-p (as :func:`rate_test` does)."""
_METHOD = (
    "直接标准化（adjusted）：各层（{}）的数值按全体的构成加权；没有接过的层不算，见 coverage。"
    "期望（expected）：全体在同样构成下的数值；结论与名次都与它比。"
)


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
    ``expected``: what all agents reach on contacts of the agent's own mix (indirect standardisation); an
    agent of e-mails is compared with e-mails. Funnel limits about it (Spiegelhalter 2005, Statistics in
    Medicine 24, 1185-1202) at 95 % and 99.8 %: normal, the variance that of the strata. ``p`` compares with
    the others in the same strata: for rates the test of Cochran, Mantel and Haenszel (1959), for means and
    ratios its form for scores (stratified permutation, normal); under 5 expected mid-p of the binomial
    distribution of the same mean and variance; without strata score test or Fisher's mid-p for rates. ``q``
    corrects over the agents of a metric (Benjamini and Hochberg 1995). ``rank`` goes by the difference from
    ``expected`` in standard deviations of single contacts, which without strata is the order of the values.
    ``rank_gain`` is how many places an agent stands better in the metric than in its twin: what splitting
    lines or automatic replies bring.

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
    mix = _Mix.of(one.kind, layer, top, bottom, n_strata)
    expected = divide(np.bincount(who, mix.level[layer] * bottom, minlength=n_agents), denominator)
    error = divide(np.sqrt(np.bincount(who, mix.variance[layer], minlength=n_agents)), denominator)
    if one.kind == "rate":
        low, high = wilson(numerator, denominator, level)
    else:
        own = top - value[who] * bottom
        several = np.where(n > 1, n, np.nan)
        own_spread = np.bincount(who, own**2, minlength=n_agents)
        own_error = divide(np.sqrt(own_spread * several / (several - 1)), denominator)
        low, high = mean_interval(value, own_error, n, level)
    judged = n >= min_volume
    limits = {}
    for label, coverage in (("funnel", _WARNING), ("alarm", _ALARM)):
        half = special.ndtri(0.5 + coverage / 2) * error
        ends = (expected - half, expected + half)
        limits[f"{label}_low"], limits[f"{label}_high"] = (
            np.clip(end, 0, 1) if one.kind == "rate" else end for end in ends
        )
    p = np.where(judged, _p_values(one.kind, mix, who, layer, numerator, expected * denominator, n), np.nan)
    q = benjamini_hochberg(p)
    better, worse = _VERDICTS[one.direction]
    clear = q < alpha
    verdict = np.where(clear & (value > expected), better, np.where(clear & (value < expected), worse, ""))
    adjusted, coverage_of = _standardised(who, layer, top, bottom, n_agents, n_strata)
    spread = np.sqrt(divide(np.bincount(who, mix.scale[layer] ** 2, minlength=n_agents), n))
    # ties of the last bits are ties
    standing = np.where(value == expected, 0.0, divide(value - expected, spread)).round(9)
    return pd.DataFrame(
        {
            "n": n, "numerator": numerator, "denominator": denominator, "value": value, "low": low,
            "high": high, "adjusted": adjusted, "coverage": coverage_of, "target": target,
            "expected": expected, **limits, "z": divide(value - expected, error), "p": p, "q": q,
            "verdict": verdict, "rank": _ranks(standing, judged, one.direction), "small": ~judged,
        }
    )  # fmt: skip


@dataclass(frozen=True)
class _Mix:
    """Strata of the case mix; one value each.

    Attributes
    ----------
    level : array
        Value of the KPI.
    variance : array
        Variance of what a row adds, less its expectation.
    scale : array
        Standard deviation of the value of a row.
    size : array
        Rows.
    """

    level: Array
    variance: Array
    scale: Array
    size: Array

    @classmethod
    def of(cls, kind: str, layer: Codes, top: Array, bottom: Array, n_strata: int) -> _Mix:
        """Return what all rows say of each stratum."""
        size, below = (np.bincount(layer, part, minlength=n_strata) for part in (None, bottom))
        level = np.nan_to_num(divide(np.bincount(layer, top, minlength=n_strata), below))
        squares = np.bincount(layer, (top - level[layer] * bottom) ** 2, minlength=n_strata)
        variance = squares / np.maximum(size - (kind != "rate"), 1)
        scale = np.nan_to_num(divide(np.sqrt(variance), divide(below, size)))
        return cls(level, variance, scale, size.astype("float64"))


def _p_values(
    kind: str, mix: _Mix, who: Codes, layer: Codes, observed: Array, expected: Array, n: Array
) -> Array:
    """Return p values of agents against the rest in the same strata; NaN where nobody else is in them."""
    if kind == "rate" and (mix.size > 0).sum() == 1:
        return rate_test(observed, n, observed.sum() - observed, n.sum() - n)
    n_strata = len(mix.size)
    seen, counts = np.unique(who * n_strata + layer, return_counts=True)
    agent, stratum = seen // n_strata, seen % n_strata
    size = mix.size[stratum]
    single = mix.variance[stratum] * (np.maximum(size - (kind != "rate"), 1)) / size
    weights = counts * (size - counts) / np.maximum(size - 1, 1) * single
    variance = np.bincount(agent, weights, minlength=len(n)).astype("float64")
    possible = variance > 1e-12 * np.maximum(expected**2, 1e-300)
    z = divide(observed - expected, np.sqrt(np.where(possible, variance, np.nan)))
    p: Array = 2 * special.ndtr(-np.abs(z))
    if kind == "rate":
        few = possible & (np.minimum(expected, n - expected) < _FEW)
        flipped = expected > n - expected
        seen_few = np.where(flipped, n - observed, observed)[few]
        p[few] = _mid_p(seen_few, np.where(flipped, n - expected, expected)[few], variance[few])
    return p


def _mid_p(observed: Array, expected: Array, variance: Array) -> Array:
    """Return two-sided mid-p values of counts by the binomial distribution of the same mean and variance."""
    share = 1 - variance / expected
    trials = expected / share

    def at_least(count: Array) -> Array:
        inside = (count > 0) & (count < trials + 1)
        tail = special.betainc(np.where(inside, count, 1.0), np.where(inside, trials - count + 1, 1.0), share)
        return np.where(inside, tail, np.where(count <= 0, 1.0, 0.0))

    upper = (at_least(observed) + at_least(observed + 1)) / 2
    return np.minimum(1.0, 2 * np.minimum(upper, 1 - upper))


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
