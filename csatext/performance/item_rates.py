"""How often each item of a scorecard is met: what conversations scored item by item add up to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.aggregation.statistics.intervals import divide
from csatext.argument_types import as_table
from csatext.errors import SchemaError
from csatext.inference import wilson
from csatext.schema import conform, with_reason
from csatext.schema.feelings import QA_ITEM_RATES, QA_SCORES, QA_TOTALS

__all__ = ["item_rates"]

_PREFIX = "qa_"
_TOTALS = frozenset(column.name for column in QA_TOTALS.columns)


def item_rates(scores: pd.DataFrame, argument: str = "scores") -> pd.DataFrame:
    """Return the pass rate of each item of a scorecard with its interval (table ``qa_item_rates``).

    Parameters
    ----------
    scores : DataFrame
        Of :func:`csatext.score_conversations` (a row a dialogue and item) or :func:`csatext.qa_totals` (a row
        a dialogue, a flag an item; facts that hold these too).
    argument : str, default "scores"
        Named in errors.

    Returns
    -------
    DataFrame
        In the order of the scorecard. ``n`` are the dialogues in which the item was due; Wilson's intervals
        (1927).

    Raises
    ------
    ParameterError
        ``scores`` is no DataFrame.
    SchemaError
        It is neither table.

    Examples
    --------
    >>> totals = pd.DataFrame({"qa_score": [1.0, 0.0], "qa_greeting": [True, False], "qa_bye": [True, None]})
    >>> item_rates(totals)[["item", "n", "passed", "value"]].values.tolist()
    [['greeting', 2, 1, 0.5], ['bye', 1, 1, 1.0]]
    """
    table = as_table(scores, argument)
    if {"item", "passed"} <= {*table.columns}:
        frame = _of_rows(conform(table, QA_SCORES))
    elif "qa_score" in table.columns:
        frame = _of_flags(table)
    else:
        raise SchemaError.missing_column(argument, "qa_score", table.columns)
    frame["value"] = divide(frame["passed"], frame["n"])
    frame["low"], frame["high"] = wilson(frame["passed"], frame["n"])
    result = conform(frame, QA_ITEM_RATES)
    if not len(result) and len(table):
        result.attrs["reason"] = "表里没有评分项；请先用 ct.score_conversations 给对话打分。"
    return with_reason(result)


def _of_rows(table: pd.DataFrame) -> pd.DataFrame:
    passed = table["passed"].astype("boolean")
    amounts = table.assign(n=passed.notna().astype("int64"), passed=passed.fillna(False).astype("int64"))
    grouped = amounts.groupby("item", sort=False)
    found = grouped.agg(
        label=("label", "first"), veto=("veto", "max"), n=("n", "sum"), passed=("passed", "sum")
    )
    return found.reset_index()


def _of_flags(table: pd.DataFrame) -> pd.DataFrame:
    names = [
        name
        for name in table.columns
        if isinstance(name, str) and name.startswith(_PREFIX) and name not in _TOTALS
    ]
    labels = table.attrs.get("labels", {})
    flags = {name: table[name].astype("boolean") for name in names}
    return pd.DataFrame(
        {
            "item": [name.removeprefix(_PREFIX) for name in names],
            "label": [str(labels.get(name, name.removeprefix(_PREFIX))) for name in names],
            "veto": pd.array([None] * len(names), "boolean"),
            "n": np.array([int(flags[name].notna().sum()) for name in names], np.int64),
            "passed": np.array([int(flags[name].fillna(False).sum()) for name in names], np.int64),
        }
    )
