"""The tables of a report with rates corrected by tags of people."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csatext.aggregation.audit.audited_rates import audited_rates
from csatext.aggregation.breakdown import breakdown
from csatext.aggregation.trend import trend
from csatext.errors import SchemaError
from csatext.reporting.risk_tables import signal_columns
from csatext.reporting.standard_tables import TAGS
from csatext.schema import conform
from csatext.schema.batch import AUDITED_FLAGS

__all__ = ["audited_tables"]

_COMPLAINT = "is_complaint"


def audited_tables(
    facts: pd.DataFrame, tables: Mapping[str, pd.DataFrame], audit: pd.DataFrame, measure: str
) -> dict[str, pd.DataFrame]:
    """Return corrected rates beside the tables of the machine, which stay as they are.

    Parameters
    ----------
    facts : DataFrame
    tables : mapping of str to DataFrame
        As :func:`csatext.reporting.standard_tables.standard_tables` gives them.
    audit : DataFrame
        Tags of people, as for :func:`csatext.audited_rates`: a column for each flag that they have tagged,
        ``category`` where they have tagged categories.
    measure : str
        The flag that is broken down.

    Returns
    -------
    dict of str to DataFrame
        ``audited_flags``: the measure, complaints and signals that are tagged, all contacts. Where the
        measure is tagged by enough people's tags ``audited_breakdown_<dimension>`` and ``audited_trend``,
        as the verbs give them with ``audit``. ``audited_categories`` where categories are.

    Raises
    ------
    SchemaError
        No flag of the facts and no category is among the columns of the tags, or a column is missing.
    """
    flags = [name for name in dict.fromkeys([measure, _COMPLAINT, *signal_columns(facts)]) if name in facts]
    tagged = [name for name in flags if name in audit and audit[name].notna().any()]
    has_categories = TAGS[0] in facts and TAGS[0] in audit and audit[TAGS[0]].notna().any()
    if not tagged and not has_categories:
        raise SchemaError.missing_column("audit", measure, audit.columns)
    made: dict[str, pd.DataFrame] = {}
    if tagged:
        rows = [audited_rates(facts, audit, name).assign(flag=name) for name in tagged]
        made["audited_flags"] = conform(pd.concat(rows, ignore_index=True), AUDITED_FLAGS)
    if has_categories:
        made["audited_categories"] = audited_rates(facts, audit, TAGS[0])
    if measure not in tagged or made["audited_flags"]["rate"].isna().iloc[0]:
        return made
    for key, table in tables.items():
        name = key.removeprefix("breakdown_")
        if key.startswith("breakdown_") and name in table.columns and name not in TAGS:
            made[f"audited_{key}"] = breakdown(facts, name, measure, audit=audit)
    total = tables.get("trend_total")
    if total is not None:
        made["audited_trend"] = trend(facts, freq=str(total.attrs["freq"]), measure=measure, audit=audit)
    return made
