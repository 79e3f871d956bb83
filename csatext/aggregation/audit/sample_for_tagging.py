"""A sample of contacts for people to tag, with the probability that each contact had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import as_list, as_number, check_columns, check_whole, is_numeric
from csatext.aggregation.inputs.dimensions import distinct_combinations, encode_dimension
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.labels import EMPTY, cell_name, name_of
from csatext.schema import conform
from csatext.schema.audit import TAG_SAMPLE

__all__ = ["sample_for_tagging"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_FLOOR = 5
"""Contacts drawn of every stratum at least, as far as the sample allows (chosen): two show a variance."""
_RANDOM_PART = 0.5
"""Part of a purposeful sample that is spread over all contacts (chosen)."""
_BANDS = (0.1, 0.25, 0.5)
"""Shares of contacts that end the bands of confidence, from the least confident (chosen)."""
_BAND_SHARES = (0.6, 0.3, 0.1, 0.0)
"""How the purposeful part is spread over the bands (chosen)."""
_CONFIDENCE = (
    "confidence", "complaint_probability", "category_probability", "category_lead",
    "kind_probability", "probability_of_complaint", "topic_probability",
)  # fmt: skip
"""Columns that hold a confidence, the first that is there."""
_TWO_SIDED = ("probability_of_complaint",)
"""Probabilities of a flag: those near .5 are uncertain."""
_ESCALATED = ("escalated", "is_escalated", "escalation")
_GRAVE = 3
_STREAM = 0x746167
"""Sets the numbers of a sample apart from those of contacts that were simulated with the same seed: the
smallest of the very numbers that made the contacts would be no random sample of them."""
_LABELS = ("category", "complaint")
"""Category by rules, and by a trained classifier."""


class _Strata(NamedTuple):
    """Stratum of each contact, names of the strata, and how the purposeful part is spread over them."""

    code: Codes
    names: list[str]
    purpose: Array


@check_simple_types
def sample_for_tagging(
    facts: pd.DataFrame,
    n: int,
    *,
    strategy: str = "stratified",
    by: str | Sequence[str] | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Draw contacts for people to tag.

    Parameters
    ----------
    facts : DataFrame
        One row a contact with ``doc_id``, a column or the index.
    n : int
        Contacts to draw; all where there are no more.
    strategy : {"stratified", "random", "uncertain", "risk", "disagreement"}
        "random": all contacts alike. "stratified": of every combination of ``by`` its share, and at least 5
        as far as ``n`` allows. The others draw half of the sample like that, so that rates can still be
        estimated, and half where it pays: "uncertain" where the machine is least confident (``confidence``,
        ``complaint_probability``, ``category_lead`` or another probability), "risk" where ``severity`` is
        3 or a contact is ``escalated``, "disagreement" where two labels differ (rules and model).
    by : str or list of str, optional
        "stratified": the dimensions; by default ``category`` where it is there. "disagreement": the two
        columns that are compared; by default ``category`` and ``complaint``. "uncertain": the column of
        confidence. "risk": columns that say whether a contact is escalated.
    random_state : int, default 0
        Seed.

    Returns
    -------
    DataFrame
        Table ``tag_sample``, in the order of the facts. Every strategy is a simple random sample without
        replacement within strata, so that the inclusion probability, drawn over all contacts of the
        stratum, is exact, and so are joint ones. ``attrs``: strategy, n, n_contacts.

    Raises
    ------
    ParameterError, SchemaError
        Unknown strategy, a column that is missing or of the wrong type, repeated contacts.

    See Also
    --------
    csatext.audited_rates : rates from such a sample.

    Notes
    -----
    Cochran (1977), Sampling Techniques, chapters 5 and 5A. Strata smaller than their floor are taken whole;
    where there are more strata than contacts to draw, the smallest are joined.

    Examples
    --------
    >>> facts = pd.DataFrame({"doc_id": range(100), "channel": ["电话"] * 80 + ["在线"] * 20})
    >>> sample = sample_for_tagging(facts, 25, by="channel")
    >>> sample.groupby("stratum")["inclusion_probability"].agg(["size", "first"])
              size  first
    stratum
    渠道=在线    5   0.25
    渠道=电话   20   0.25
    """
    check_columns(facts, [], "by")
    wanted = check_whole(n, "n", 1)
    if strategy not in _STRATEGIES:
        raise ParameterError.not_allowed("strategy", strategy, list(_STRATEGIES))
    names = as_list(by)
    check_columns(facts, names, "by")
    if "doc_id" not in facts.columns and facts.index.name != "doc_id":
        raise SchemaError.missing_column("facts", "doc_id", facts.columns)
    ids = pd.Series(facts["doc_id"] if "doc_id" in facts.columns else facts.index)
    if ids.duplicated().any():
        raise SchemaError.duplicate_key("facts", ["doc_id"], int(ids.duplicated().sum()))
    strata = _joined(_STRATEGIES[strategy](facts, names), wanted)
    size = np.bincount(strata.code, minlength=len(strata.names))
    drawn = _allocation(size, min(wanted, len(facts)), strata.purpose)
    rng = np.random.default_rng([_STREAM, random_state])
    # The contacts of each stratum with the smallest random numbers.
    order = np.lexsort((rng.random(len(facts)), strata.code))
    place = np.arange(len(facts)) - np.repeat(np.cumsum(size) - size, size)
    rows = np.sort(order[place < drawn[strata.code[order]]])
    code = strata.code[rows]
    sample = pd.DataFrame(
        {
            "doc_id": ids.iloc[rows].to_numpy(),
            "stratum": np.array(strata.names, dtype=object)[code] if len(rows) else [],
            "inclusion_probability": drawn[code] / size[code],
            "strategy": strategy,
        }
    )
    sample.attrs = {"strategy": strategy, "n": len(sample), "n_contacts": len(facts)}
    if not len(facts):
        sample.attrs["reason"] = "表里没有数据行。"
    return conform(sample, TAG_SAMPLE)


def _random(facts: pd.DataFrame, by: list[str]) -> _Strata:
    if by:
        raise ParameterError("strategy='random' 不分层，用不上 by；请去掉 by，或用 strategy='stratified'。")
    return _Strata(np.zeros(len(facts), dtype=np.int64), ["全部"], np.zeros(1))


def _stratified(facts: pd.DataFrame, by: list[str]) -> _Strata:
    names = by or [name for name in ("category",) if name in facts.columns]
    if not names or not len(facts):
        return _random(facts, [])
    encoded = [encode_dimension(facts[name]) for name in names]
    stacked = np.stack([codes for codes, _ in encoded])
    first, code = distinct_combinations(stacked, [len(values) for _, values in encoded])
    values = {
        name: labels[stacked[place, first]]
        for place, (name, (_, labels)) in enumerate(zip(names, encoded, strict=True))
    }
    said = [cell_name(row, names) for row in pd.DataFrame(values).to_dict("records")]
    return _Strata(code.astype(np.int64), said, np.zeros(len(said)))


def _uncertain(facts: pd.DataFrame, by: list[str]) -> _Strata:
    name = next(iter(by or [name for name in _CONFIDENCE if name in facts.columns]), None)
    if name is None or len(by) > 1:
        raise ParameterError(
            "strategy='uncertain' 要一列机器的置信度：facts 里没有 "
            f'{"、".join(_CONFIDENCE)}；请用 by="列名" 指定一列。'
        )
    confidence = as_number(facts, name)
    if name in _TWO_SIDED:
        confidence = np.abs(confidence - 0.5)
    confidence = np.where(np.isnan(confidence), -np.inf, confidence)
    ordered = np.sort(confidence)
    # A value that many contacts share is one band: the bands below the shares are those of their last value.
    ends = (
        [ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in _BANDS]
        if len(ordered)
        else []
    )
    code = np.searchsorted(np.array(ends), confidence, side="left").astype(np.int64)
    parts = [0.0, *_BANDS, 1.0]
    said = [f"{name_of(name)}由低到高 {low:.0%}—{high:.0%}" for low, high in pairwise(parts)]
    return _Strata(code, said, np.array(_BAND_SHARES))


def _risk(facts: pd.DataFrame, by: list[str]) -> _Strata:
    escalations = by or [name for name in _ESCALATED if name in facts.columns]
    if not escalations and "severity" not in facts.columns:
        raise ParameterError(
            "strategy='risk' 要用 severity（严重度）或 escalated（是否升级）列；facts 里都没有，"
            '请先并入其中一列，或用 by="列名" 指定是否升级的列。'
        )
    code = np.full(len(facts), 2, dtype=np.int64)
    if "severity" in facts.columns:
        severity = as_number(facts, "severity")
        code[severity == _GRAVE - 1] = 1
        code[severity >= _GRAVE] = 0
    for name in escalations:
        if not is_numeric(facts[name]):
            raise SchemaError.wrong_dtype("facts", name, facts[name].dtype, "是/否标记")
        code[as_number(facts, name) > 0] = 0
    return _Strata(code, ["严重或已升级", "一般", "轻微或未定"], np.array([1.0, 0.0, 0.0]))


def _disagreement(facts: pd.DataFrame, by: list[str]) -> _Strata:
    names = by or [name for name in _LABELS if name in facts.columns]
    if len(names) != 2:
        raise ParameterError(
            "strategy='disagreement' 要比较两列标签（规则与模型）；"
            '请用 by=["category", "complaint"] 这样的两列指定。'
        )
    left, right = (facts[name].astype("str").fillna(EMPTY) for name in names)
    code = (left == right).to_numpy().astype(np.int64)
    return _Strata(code, [f"{name_of(names[0])}与{name_of(names[1])}不同", "两者相同"], np.array([1.0, 0.0]))


_STRATEGIES: dict[str, Callable[[pd.DataFrame, list[str]], _Strata]] = {
    "stratified": _stratified,
    "random": _random,
    "uncertain": _uncertain,
    "risk": _risk,
    "disagreement": _disagreement,
}


def _joined(strata: _Strata, n: int) -> _Strata:
    """Return the strata that have contacts, the smallest joined where there are more than ``n // 2``."""
    size = np.bincount(strata.code, minlength=len(strata.names))
    most = max(n // 2, 1)
    present = np.flatnonzero(size > 0)
    kept = (
        present
        if len(present) <= most
        else np.sort(present[np.argsort(-size[present], kind="stable")][: most - 1])
    )
    new = np.full(len(strata.names), len(kept), dtype=np.int64)
    new[kept] = np.arange(len(kept))
    names = [strata.names[at] for at in kept]
    purpose = strata.purpose[kept]
    if len(kept) < len(present):
        names, purpose = [*names, "其余"], np.append(purpose, 0.0)
    return _Strata(new[strata.code], names, purpose)


def _allocation(size: Codes, n: int, purpose: Array) -> Codes:
    """Return how many contacts are drawn of each stratum: ``n`` in all, none more than it has."""
    if not len(size) or not size.sum():
        return np.zeros(len(size), dtype=np.int64)
    wanted = n * size / size.sum()
    if purpose.sum() > 0:
        wanted = _RANDOM_PART * wanted + (1 - _RANDOM_PART) * n * purpose / purpose.sum()
    floor = np.minimum(size, min(_FLOOR, n // len(size)))
    drawn = floor.astype(np.int64)
    while (left := n - int(drawn.sum())) > 0:
        room = size - drawn
        short = np.where(room > 0, np.maximum(wanted - drawn, 0.0), 0.0)
        if short.sum() == 0:  # what was wanted is used up: the rest by what is left
            short = room.astype("float64")
        share = np.minimum(left * short / short.sum(), room)
        more = np.floor(share).astype(np.int64)
        if not more.sum():
            best = np.argsort(-(share - more), kind="stable")
            more[best[: min(left, int((share > 0).sum()))]] = 1
        drawn += more
    return drawn
