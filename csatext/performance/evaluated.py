"""KPIs of facts, each evaluated once: what every reader of KPIs in this folder begins with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.argument_types import as_names, as_table
from csatext.errors import ParameterError, SchemaError
from csatext.service.definitions import Definition, read_definitions
from csatext.service.formulas.contributions import (
    Contributions,
    by_customer,
    contributions,
    customers_of,
    read_columns,
    repeated_documents,
)
from csatext.service.inputs.records import check_unique_columns

__all__ = ["TIMES", "Evaluated", "evaluate_kpis", "facts_of", "time_of"]

TIMES = ("contacted_at", "created_at")
"""Columns that date a contact; the first that is there is taken."""
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Evaluated:
    """KPIs that the columns of some facts allow.

    Attributes
    ----------
    definitions : list of Definition
    absent : dict of str to str
        Id of each other KPI asked for -> columns that are missing, or empty.
    columns : dict of str to array
        Columns of the facts as numbers: what each contact adds to a KPI is made of them when it is asked for,
        since that of all KPIs is several times the size of the facts.
    size : int
        Rows of the facts.
    customers : array of int
    documents : array of int or None
        Contact of each row, where contacts have several rows.
    assumed : dict
        Id -> value taken for a column that is not there.
    """

    definitions: list[Definition]
    absent: dict[str, str]
    columns: dict[str, npt.NDArray[np.float64]]
    size: int
    customers: Codes
    documents: Codes | None
    assumed: dict[str, dict[str, float]]

    def of(self, definition: Definition) -> Contributions:
        """Return what each row of the facts adds to a KPI."""
        return contributions(definition, self.columns, self.size)

    def in_cells(self, cells: Codes) -> Iterator[tuple[Definition, Contributions]]:
        """Return each KPI with its rows: contacts, or customers once in a cell; contacts are counted once."""
        for one in self.definitions:
            found = self.of(one)
            if one.per == "customer":
                found = by_customer(found, one, self.customers, cells)
            elif one.kind == "count" and self.documents is not None:
                found = by_customer(found, one, self.documents, cells)
            yield one, found


def facts_of(facts: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return facts whose index is a column where it is asked for, or names the contacts."""
    table = as_table(facts, "facts")
    check_unique_columns(table, "facts")
    if table.index.name in (*names, "doc_id") and table.index.name not in table.columns:
        table = table.reset_index()
    return table


def time_of(facts: pd.DataFrame, time: str | None) -> str | None:
    """Return the column that dates contacts: the one named, else the first known, else None."""
    if time is not None:
        if time not in facts.columns:
            raise SchemaError.missing_column("facts", time, facts.columns)
        return time
    return next((name for name in TIMES if name in facts.columns), None)


def evaluate_kpis(
    facts: pd.DataFrame,
    metrics: Sequence[str] | str | None,
    definitions: str | PathLike[str] | None,
    kinds: Sequence[str] = ("rate", "mean", "ratio", "count", "sum"),
) -> Evaluated:
    """Evaluate KPIs.

    Parameters
    ----------
    facts : DataFrame
    metrics : list of str, optional
        Ids; None takes all of these kinds.
    definitions : path, optional
        A user's file.
    kinds : sequence of str
        Kinds that the caller can use.

    Returns
    -------
    Evaluated

    Raises
    ------
    ParameterError
        An unknown metric, or one of another kind.
    """
    known = read_definitions(definitions)
    if metrics is None:
        chosen = [one for one in known.values() if one.kind in kinds]
    else:
        wanted = [metrics] if isinstance(metrics, str) else as_names(metrics, "metrics", "指标 id 的列表")
        for name in wanted:
            if name not in known:
                meant = [one.id for one in known.values() if name in (one.name_zh, one.name_en)]
                raise ParameterError.not_allowed("metrics", name, meant or list(known))
            if known[name].kind not in kinds:
                raise ParameterError(
                    f"指标「{name}」（{known[name].name_zh}）是合计，这里只比较比率和平均；请去掉它。"
                )
        chosen = [known[name] for name in dict.fromkeys(wanted)]
    absent = {one.id: "、".join(one.missing(facts.columns)) for one in chosen}
    absent = {name: columns for name, columns in absent.items() if columns}
    used = [one for one in chosen if one.id not in absent]
    columns: dict[str, npt.NDArray[np.float64]] = {}
    evaluated = []
    for one in used:
        try:
            columns |= read_columns(facts, [one], columns)
            found = contributions(one, columns, len(facts))
        except SchemaError as error:
            if metrics is not None:
                raise
            # of all that there are, one that cannot be read is left out and says why
            absent[one.id] = str(error)
            continue
        if len(facts) and np.isnan(found.top).all():
            absent[one.id] = "列是空的：" + "、".join(one.columns)
        else:
            evaluated.append(one)
    assumed = {
        one.id: {name: value for name, value in one.optional.items() if name not in facts.columns}
        for one in used
    }
    return Evaluated(
        evaluated,
        absent,
        columns,
        len(facts),
        customers_of(facts),
        repeated_documents(facts),
        {name: values for name, values in assumed.items() if values},
    )
