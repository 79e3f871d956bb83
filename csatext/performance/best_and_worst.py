"""Cases for praise and for teaching: the contacts with the clearest evidence on either side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from csatext.aggregation.inputs.arguments import check_columns
from csatext.argument_types import as_whole_number, check_simple_types
from csatext.errors import ParameterError
from csatext.performance.evaluated import facts_of
from csatext.schema import conform, with_reason
from csatext.schema.service import BEST_AND_WORST
from csatext.service.formulas.contributions import read_named
from csatext.service.inputs.records import NO_ROWS

__all__ = ["best_and_worst"]

Array = npt.NDArray[np.float64]
_PRAISE, _TEACH = "表扬", "教学"
_SHOWN = 3


class _Evidence(NamedTuple):
    column: str
    better: int
    name: str


_EVIDENCE = (
    _Evidence("csat", 1, "满意度"), _Evidence("nps", 1, "推荐意愿"), _Evidence("resolved", 1, "已解决"),
    _Evidence("first_contact_resolved", 1, "首次解决"), _Evidence("sentiment", 1, "情感"),
    _Evidence("is_negative", -1, "负面"), _Evidence("is_complaint", -1, "投诉"),
    _Evidence("repeated_within_window", -1, "又来一次"), _Evidence("n_handovers", -1, "转接次数"),
    _Evidence("n_reasked", -1, "重问次数"), _Evidence("first_response_seconds_human", -1, "人工首次响应秒数"),
    _Evidence("slowest_response_seconds", -1, "最长响应秒数"), _Evidence("canned_share", -1, "模板占比"),
    _Evidence("n_interruptions", -1, "抢话次数"), _Evidence("compensation_cost", -1, "赔付"),
)  # fmt: skip
"""Columns that speak for (1) or against (-1) how a contact was handled (REQUIREMENTS row 25)."""


@check_simple_types
def best_and_worst(
    facts: pd.DataFrame,
    *,
    n_cases: int = 10,
    agent: str | None = None,
    evidence: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the contacts to praise and those to teach with, each with what speaks for it.

    Parameters
    ----------
    facts : DataFrame
        One row a contact.
    n_cases : int, default 10
        Contacts of each kind; with ``agent`` of each kind and agent.
    agent : str, optional
        Column: cases are chosen for each of its values.
    evidence : list of str, optional
        Columns to go by, of those known (csat, nps, resolved, sentiment, is_negative, waits, hand-overs ...).
        Default: all that are there.

    Returns
    -------
    DataFrame
        Table ``best_and_worst``: 表扬 first, the clearest first; a contact with fewer than two known pieces
        of evidence is no case. ``attrs``: ``evidence`` (columns used), ``n`` (contacts that could be judged).

    Raises
    ------
    ParameterError
        No column of evidence is there, or one that is not known.
    SchemaError
        A column is not there or holds neither numbers nor flags.

    Notes
    -----
    Each column becomes normal scores of its mid-ranks (van der Waerden 1952), turned so that more is better;
    the score of a contact is their sum over the root of the number of columns, what is not known counting
    as average: many pieces of evidence that agree weigh more than one.

    Examples
    --------
    >>> facts = pd.DataFrame({"doc_id": list("abcd"), "csat": [5, 4, 3, 1], "resolved": [1, 1, 0, 0]})
    >>> best_and_worst(facts, n_cases=1)[["kind", "doc_id", "reasons"]].values.tolist()
    [['表扬', 'a', '满意度 5、已解决 是'], ['教学', 'd', '满意度 1、已解决 否']]
    """
    as_whole_number(n_cases, "n_cases", 1)
    frame = facts_of(facts, [] if agent is None else [agent]).reset_index(drop=True)
    if agent is not None:
        check_columns(frame, [agent], "agent")
    known = {one.column: one for one in _EVIDENCE}
    for name in evidence or []:
        if name not in known:
            raise ParameterError.not_allowed("evidence", name, list(known))
    check_columns(frame, list(evidence or []), "evidence")
    used = [one for one in _EVIDENCE if one.column in (evidence or frame.columns)]
    if not used:
        raise ParameterError(f"表里没有可以作依据的列；请先并入其中几列：{'、'.join(known)}。")
    values = read_named(frame, [one.column for one in used])
    scores = np.column_stack([one.better * _normal_scores(values[one.column]) for one in used])
    told = (~np.isnan(scores)).sum(axis=1)
    total = np.nan_to_num(scores).sum(axis=1) / np.sqrt(len(used))
    judged = np.flatnonzero(told >= min(2, len(used)))
    ids = frame["doc_id"].astype("str") if "doc_id" in frame.columns else pd.Series(frame.index).astype("str")
    whose = "agent_id" if agent is None and "agent_id" in frame.columns else agent
    table = pd.DataFrame(
        {
            "doc_id": ids.to_numpy()[judged], "score": total[judged],
            "n_evidence": told[judged], "row": judged,
            "agent": frame[whose].astype("str").to_numpy()[judged] if whose else None,
        }
    )  # fmt: skip
    parts = []
    for kind, sign in ((_PRAISE, 1), (_TEACH, -1)):
        side = table[sign * table["score"] > 0].assign(kind=kind, strength=sign * table["score"])
        side = side.sort_values(["strength", "doc_id"], ascending=[False, True])
        if agent is not None:
            side = side.groupby("agent", sort=False).head(n_cases)
        else:
            side = side.head(n_cases)
        side["rank"] = np.arange(1, len(side) + 1)
        side["reasons"] = [_reasons(used, values, scores, row, sign) for row in side["row"]]
        parts.append(side)
    result = pd.concat(parts, ignore_index=True)
    result.attrs = {"evidence": [one.column for one in used], "n": len(judged)}
    if not len(result):
        result.attrs["reason"] = NO_ROWS if not len(frame) else "没有联络有两条以上的依据，或大家都一样。"
    return with_reason(conform(result, BEST_AND_WORST))


def _normal_scores(values: Array) -> Array:
    """Return normal scores of mid-ranks; NaN stays, and a column without differences says nothing."""
    known = ~np.isnan(values)
    scores = np.full(len(values), np.nan)
    if known.sum() > 1 and np.ptp(values[known]) > 0:
        scores[known] = special.ndtri(stats.rankdata(values[known]) / (known.sum() + 1))
    return scores


def _reasons(used: list[_Evidence], values: dict[str, Array], scores: Array, row: int, sign: int) -> str:
    """Return the strongest evidence in words."""
    order = np.argsort(-sign * np.nan_to_num(scores[row]), kind="stable")
    found = []
    for at in order[:_SHOWN]:
        if sign * np.nan_to_num(scores[row, at]) <= 0:
            break
        one = used[at]
        value = values[one.column][row]
        is_flag = np.isin(values[one.column][~np.isnan(values[one.column])], (0, 1)).all()
        found.append(f"{one.name} {('否', '是')[int(value)] if is_flag else f'{value:g}'}")
    return "、".join(found)
