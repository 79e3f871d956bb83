"""KPIs and scorecard of a run: the measures that the columns of its contacts allow."""

from __future__ import annotations

import pandas as pd

from csatext.performance.agent_scorecard import agent_scorecard
from csatext.performance.kpis import kpis
from csatext.performance.measured_facts import with_measures
from csatext.performance.remedies import remedies
from csatext.service.conversation_measures import conversation_measures

__all__ = ["service_tables", "with_conversations"]

_MOST_AGENTS = 500
_MOST_CHANNELS = 20
_NUMBERS_OF_CONTACTS = {"contacts"}


def with_conversations(contacts: pd.DataFrame, turns: pd.DataFrame | None) -> pd.DataFrame:
    """Return contacts with the measures of their dialogues, as far as the turns allow them.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts`` made of the turns.
    turns : DataFrame or None
        None where the input was no dialogues.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "a", "turn_id": [0, 1], "role": ["customer", "agent"], "text": "好"})
    >>> found = with_conversations(pd.DataFrame({"doc_id": ["a"], "text": ["好"]}), turns)
    >>> found[["n_customer_messages", "replied"]].values.tolist()
    [[1, True]]
    """
    if turns is None or "doc_id" not in contacts.columns:
        return contacts
    measures = conversation_measures(turns)
    known = [n for n in measures.columns if n not in contacts.columns and n not in measures.attrs["absent"]]
    joined = contacts.join(measures[known], on="doc_id")
    joined.attrs = contacts.attrs
    return joined


def service_tables(
    facts: pd.DataFrame, inside: pd.Series | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Return tables ``kpis`` (by channel and week too), ``scorecard`` and ``remedies``.

    With them, what could not be made stands with its reason.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`, indexed by ``doc_id``.
    inside : Series of bool, optional
        The contacts that are reported; the others are there to compare with. None reports all.

    Examples
    --------
    >>> index = pd.Index(["a", "b"], name="doc_id")
    >>> tables, _ = service_tables(pd.DataFrame({"nps": [10, 3], "is_negative": [False, True]}, index=index))
    >>> tables["kpis"].set_index("metric").loc[["nps", "negative_rate"], "value"].tolist()
    [0.0, 0.5]
    """
    facts, absent = with_measures(facts)
    reported = facts if inside is None else facts[inside.to_numpy()]
    found = kpis(reported)
    if {*found["metric"]} <= _NUMBERS_OF_CONTACTS:
        return {}, absent
    tables = {"kpis": found}
    if "channel" in facts.columns and 2 <= reported["channel"].nunique() <= _MOST_CHANNELS:
        tables["kpis_channel"] = kpis(reported, by="channel")
        tables["remedies_channel"] = remedies(tables["kpis_channel"])
    if found.attrs["time"] is not None:
        tables["kpis_week"] = kpis(facts, freq="W")
        tables["remedies"] = remedies(tables["kpis_week"])
    if "agent_id" in facts.columns and 2 <= reported["agent_id"].nunique() <= _MOST_AGENTS:
        card = agent_scorecard(reported)
        if len(card):
            tables["scorecard"] = card
    return tables, absent
