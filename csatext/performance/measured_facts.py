"""Facts with the measures of service that their columns allow."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from csatext.aggregation.facts import build_facts
from csatext.aggregation.inputs.arguments import is_numeric
from csatext.errors import CsatextError
from csatext.service.call_measures import call_measures
from csatext.service.customer_measures import customer_measures
from csatext.service.survey_measures import survey_measures
from csatext.service.ticket_measures import ticket_measures

__all__ = ["with_measures"]

_CLOSING = ("closed_at", "resolved_at", "status")
_ANSWERED = ("answered", "abandoned", "answered_at")


def with_measures(facts: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return facts with measures of calls, customers, tickets and surveys, and what could not be made.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`, indexed by ``doc_id``.

    Returns
    -------
    facts : DataFrame
    absent : dict of str to str
        In Chinese, with the reason.

    Examples
    --------
    >>> index = pd.Index(["a", "b"], name="doc_id")
    >>> facts, absent = with_measures(pd.DataFrame({"nps": [10, 3]}, index=index))
    >>> facts["promoter"].tolist(), absent
    ([True, False], {})
    """
    absent: dict[str, str] = {}
    there = {*facts.columns}
    scored = any(name in there and is_numeric(facts[name]) for name in ("csat", "nps"))
    choices: tuple[tuple[str, bool, Callable[[pd.DataFrame], pd.DataFrame]], ...] = (
        ("来电的服务指标", bool(there & {*_ANSWERED}), call_measures),
        ("客户的服务指标", {"customer_id", "created_at"} <= there, customer_measures),
        ("工单的服务指标", "created_at" in there and bool(there & {*_CLOSING}), ticket_measures),
        ("评价的服务指标", scored, survey_measures),
    )
    for name, wanted, measure in choices:
        if not wanted:
            continue
        try:
            facts = _with(facts, measure(facts))
        except CsatextError as error:
            absent[name] = str(error)
    return facts, absent


def _with(facts: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return facts with measures of the same contacts, as ``build_facts`` joins them, without a copy of them.

    Raises
    ------
    SchemaError
        A column stands in both.
    """
    none = measured.iloc[:0]
    none.attrs = measured.attrs
    joined = build_facts(facts.iloc[:0], none)
    if {*joined.columns} - {*facts.columns, *measured.columns}:
        # Facts of the caller's own have no calendar yet.
        return build_facts(facts, measured)
    kept = facts[[name for name in joined.columns if name not in measured.columns]]
    return kept.assign(**{name: measured[name] for name in joined.columns if name in measured.columns})
