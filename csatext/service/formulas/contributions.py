"""A KPI in each contact: what it adds above and below the line, and for which customer."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.errors import SchemaError
from csatext.service.definitions import Definition
from csatext.service.formulas.expressions import evaluate
from csatext.service.inputs.records import flags, is_flag_word, lengths

__all__ = [
    "Contributions",
    "by_customer",
    "contributions",
    "customers_of",
    "read_columns",
    "read_named",
    "repeated_documents",
]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Contributions:
    """What each row (contact, or customer in a cell) adds to a KPI.

    Attributes
    ----------
    kind : {"rate", "mean", "ratio", "count", "sum"}
    top, bottom : arrays, shape (rows,)
        NaN in both where the row does not count; ``bottom`` is 1 but for ratios.
    rows : array of int, shape (rows,)
        Row of facts that each stands for (the customer's first in the cell).
    """

    kind: str
    top: Array
    bottom: Array
    rows: Codes


def read_columns(
    facts: pd.DataFrame, definitions: list[Definition], known: Container[str] = ()
) -> dict[str, Array]:
    """Return the columns that some definitions read, as numbers, but for those known already.

    Flags written as words are read.

    Raises
    ------
    SchemaError
        A column holds neither numbers nor flags.
    """
    names = {
        name if name in facts.columns else one.instead.get(name, name)
        for one in definitions
        for name in one.columns
    }
    return read_named(facts, [name for name in names if name not in known])


def read_named(facts: pd.DataFrame, names: Iterable[str]) -> dict[str, Array]:
    """Return those columns that are there as numbers; flags written as words are read.

    Raises
    ------
    SchemaError
        A column holds neither numbers nor flags.

    Examples
    --------
    >>> read_named(pd.DataFrame({"resolved": ["是", "否"]}), ["resolved", "csat"])["resolved"].tolist()
    [1.0, 0.0]
    """
    found = {}
    for name in sorted({*names} & {*facts.columns}):
        column = facts[name]
        if name == "customer_id" or pd.api.types.is_datetime64_any_dtype(column.dtype):
            # of an identifier or a time only whether it is there counts
            found[name] = column.notna().to_numpy(dtype="float64")
        else:
            found[name] = flags(facts, name) if _is_flag_text(column) else lengths(facts, name)
    return found


def _is_flag_text(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return False
    known = column.dropna().head(50).astype("str")
    return bool(known.map(is_flag_word).any())


def customers_of(facts: pd.DataFrame) -> Codes:
    """Return a number for each customer; a contact without ``customer_id`` is a customer of its own.

    Examples
    --------
    >>> customers_of(pd.DataFrame({"customer_id": ["a", None, "a", None]})).tolist()
    [0, 1, 0, 2]
    """
    if "customer_id" not in facts.columns:
        # By agent a dialogue has several rows of one customer.
        if "doc_id" in facts.columns:
            return pd.factorize(facts["doc_id"])[0].astype(np.int64)
        return np.arange(len(facts), dtype=np.int64)
    codes, _ = pd.factorize(facts["customer_id"])
    unknown = codes < 0
    if unknown.any():
        if "doc_id" in facts.columns:
            codes = np.where(unknown, codes.max(initial=-1) + 1 + pd.factorize(facts["doc_id"])[0], codes)
        else:
            codes = np.where(unknown, codes.max(initial=-1) + np.cumsum(unknown), codes)
    return pd.factorize(codes)[0].astype(np.int64)


def repeated_documents(facts: pd.DataFrame) -> Codes | None:
    """Return a number for each contact where contacts have several rows (one an agent), else None.

    Examples
    --------
    >>> repeated_documents(pd.DataFrame({"doc_id": ["1", "1", "2"]})).tolist()
    [0, 0, 1]
    >>> repeated_documents(pd.DataFrame({"doc_id": ["1", "2"]})) is None
    True
    """
    if "doc_id" not in facts.columns or not facts["doc_id"].duplicated().any():
        return None
    codes, _ = pd.factorize(facts["doc_id"])
    return np.where(codes < 0, codes.max(initial=-1) + np.cumsum(codes < 0), codes).astype(np.int64)


def contributions(definition: Definition, columns: dict[str, Array], size: int) -> Contributions:
    """Return what each row of facts adds to a KPI.

    Parameters
    ----------
    definition : Definition
    columns : dict of str to array
        From :func:`read_columns`.
    size : int
        Rows of facts.

    Returns
    -------
    Contributions

    Raises
    ------
    SchemaError
        The numerator of a rate is something else than true and false.
    """
    values: dict[str, Array | float] = {n: p.default for n, p in definition.parameters.items()}
    for name in definition.columns:
        if name in columns:
            values[name] = columns[name]
        elif definition.instead.get(name) in columns:
            values[name] = columns[definition.instead[name]]
        elif name in definition.optional:
            values[name] = definition.optional[name]
    trees = definition.trees
    top = evaluate(trees["numerator"], values, size)
    bottom = evaluate(trees["denominator"], values, size) if "denominator" in trees else np.ones(size)
    used = ~(np.isnan(top) | np.isnan(bottom))
    if "filter" in trees:
        used &= np.nan_to_num(evaluate(trees["filter"], values, size)) != 0
    top, bottom = np.where(used, top, np.nan), np.where(used, bottom, np.nan)
    if definition.kind in ("rate", "count") and ((top[used] != 0) & (top[used] != 1)).any():
        shown = "、".join(name for name in definition.columns if name in columns)
        raise SchemaError(
            f"指标「{definition.id}」（{definition.name_zh}）的分子应是是/否，列「{shown}」却有别的数；"
            "请先改成 True、False，或另给一列。"
        )
    return Contributions(definition.kind, top, bottom, np.arange(size, dtype=np.int64))


def by_customer(
    found: Contributions, definition: Definition, customers: Codes, cells: Codes
) -> Contributions:
    """Return one row a customer and cell: flags that any contact (or every one) has, sums of amounts.

    Parameters
    ----------
    found : Contributions
        By contact.
    definition : Definition
        Of a KPI per customer.
    customers, cells : arrays of int, shape (n_rows,)
        Customer and cell of each row of facts; a cell below 0 is none.

    Returns
    -------
    Contributions

    Examples
    --------
    >>> from csatext.service.definitions import read_definitions
    >>> replied = read_definitions()["reply_rate"]
    >>> by_contact = Contributions("rate", np.array([0.0, 1.0, 0.0]), np.ones(3), np.arange(3))
    >>> by_customer(by_contact, replied, np.array([7, 7, 8]), np.zeros(3, int)).top.tolist()
    [1.0, 0.0]
    """
    used = np.flatnonzero(~np.isnan(found.top) & (cells >= 0))
    if not len(used):
        return replace(found, top=found.top[:0], bottom=found.bottom[:0], rows=found.rows[:0])
    pair = cells[used] * (int(customers.max(initial=0)) + 1) + customers[used]
    group, keys = pd.factorize(pair)
    size = len(keys)
    first = np.full(size, -1, dtype=np.int64)
    first[group[::-1]] = used[::-1]
    top = np.bincount(group, found.top[used], minlength=size).astype("float64")
    bottom = np.bincount(group, found.bottom[used], minlength=size).astype("float64")
    if definition.kind in ("rate", "count"):
        n = np.bincount(group, minlength=size)
        top = (top == n if definition.every else top > 0).astype("float64")
        bottom = np.ones(size)
    elif definition.kind == "ratio":
        bottom = (bottom > 0).astype("float64")
    return Contributions(definition.kind, top, bottom, first)
