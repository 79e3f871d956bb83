"""Who comes again: pairs of contacts side by side, and customers with their reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.performance.evaluated import facts_of, time_of
from csatext.schema import conform, with_reason
from csatext.schema.service import REPEAT_CONTACTS, REPEAT_CUSTOMERS
from csatext.service.inputs.records import NO_ROWS, check_positive, flags, times_of
from csatext.service.inputs.repeats import neighbours

__all__ = ["repeat_contacts"]

_UNITS = ("pair", "customer")


@check_simple_types
def repeat_contacts(
    facts: pd.DataFrame,
    *,
    window_days: float = 7.0,
    same_reason: str | None = None,
    reason: str = "category",
    time: str | None = None,
    per: str = "pair",
) -> pd.DataFrame:
    """Return contacts that were followed by another of the same customer, or customers who keep coming.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, with ``customer_id``.
    window_days : float, default 7
        Days within which the second contact follows the first.
    same_reason : str, optional
        Column that must be the same in both; None takes any.
    reason : str, default "category"
        Column shown as the reason, where it is there.
    time : str, optional
        Column that dates contacts. Default: ``contacted_at``, else ``created_at``.
    per : {"pair", "customer"}, default "pair"
        One row a pair of contacts, or one a customer with at least one pair.

    Returns
    -------
    DataFrame
        Table ``repeat_contacts`` (pairs, soonest first) or ``repeat_customers`` (most pairs first, for
        call-backs). ``attrs``: ``n`` (contacts with customer and time), ``n_pairs``, ``window_days``,
        ``by_reason`` (reason of the first contact -> pairs), ``unknown`` (contacts without customer or
        time). REQUIREMENTS rows 69, 104, 105.

    Raises
    ------
    SchemaError
        A column is not there.
    ParameterError
        A window that is not above 0, or an unknown ``per``.

    Examples
    --------
    >>> facts = pd.DataFrame({"doc_id": ["1", "2", "3"], "customer_id": ["a", "a", "b"],
    ...     "created_at": ["2026-05-01", "2026-05-03", "2026-05-03"], "category": ["退款", "催单", "退款"]})
    >>> pairs = repeat_contacts(facts)
    >>> pairs[["first_id", "second_id", "days", "first_reason", "second_reason"]].values.tolist()
    [['1', '2', 2.0, '退款', '催单']]
    """
    check_positive(window_days, "window_days")
    if per not in _UNITS:
        raise ParameterError.not_allowed("per", per, _UNITS)
    frame = facts_of(facts, ["customer_id"]).reset_index(drop=True)
    if "customer_id" not in frame.columns:
        raise SchemaError.missing_column("facts", "customer_id", frame.columns)
    when = time_of(frame, time)
    if when is None:
        raise SchemaError.missing_column("facts", "created_at", frame.columns)
    if same_reason is not None and same_reason not in frame.columns:
        raise SchemaError.missing_column("facts", same_reason, frame.columns)
    moment = times_of(frame, when)
    found = neighbours(frame, moment, ["customer_id", *([same_reason] if same_reason else [])])
    first = np.flatnonzero(found.days_until <= window_days)
    second = found.after[first]
    ids = frame["doc_id"] if "doc_id" in frame.columns else pd.Series(frame.index).astype("str")
    pairs = pd.DataFrame(
        {
            "customer_id": frame["customer_id"].to_numpy()[first], "first_id": ids.to_numpy()[first],
            "second_id": ids.to_numpy()[second], "first_at": moment[first], "second_at": moment[second],
            "days": found.days_until[first],
        }
    )  # fmt: skip
    for name, column in (("reason", reason), ("agent", "agent_id"), ("channel", "channel")):
        values = frame[column].astype("str") if column in frame.columns else None
        for side, rows in (("first", first), ("second", second)):
            pairs[f"{side}_{name}"] = None if values is None else values.to_numpy()[rows]
    attributes = {
        "n": int(found.known.sum()), "n_pairs": len(pairs), "window_days": float(window_days),
        "by_reason": {str(name): int(n) for name, n in pairs["first_reason"].value_counts().items()},
        "unknown": int((~found.known).sum()),
    }  # fmt: skip
    if per == "pair":
        table = pairs.sort_values(["days", "first_at", "first_id"], ignore_index=True)
        result = conform(table, REPEAT_CONTACTS)
    else:
        result = conform(_by_customer(frame, moment, pairs, reason), REPEAT_CUSTOMERS)
    result.attrs = attributes
    if not len(result):
        result.attrs["reason"] = (
            NO_ROWS if not len(frame) else f"没有客户在 {window_days:g} 天内再来，或缺客户号、时间。"
        )
    return with_reason(result)


def _by_customer(frame: pd.DataFrame, moment: np.ndarray, pairs: pd.DataFrame, reason: str) -> pd.DataFrame:
    """Return one row a customer who came again: how often, what for, when last."""
    mine = frame["customer_id"].isin(pairs["customer_id"].unique()).to_numpy() & ~np.isnat(moment)
    contacts = frame.loc[mine].assign(_at=moment[mine])
    bad = (
        flags(contacts, "is_complaint") == 1
        if "is_complaint" in contacts.columns
        else np.zeros(len(contacts))
    )
    contacts = contacts.assign(_bad=bad).sort_values("_at", kind="stable")
    grouped = contacts.groupby("customer_id", sort=True)
    table = grouped.agg(
        n=("_at", "size"), n_complaints=("_bad", "sum"), first_at=("_at", "min"), last_at=("_at", "max")
    ).reset_index()
    table["n_pairs"] = table["customer_id"].map(pairs["customer_id"].value_counts()).fillna(0)
    table["reasons"] = None
    if reason in contacts.columns:
        table["reasons"] = table["customer_id"].map(grouped[reason].agg(_reasons))
    order = ["n_pairs", "n_complaints", "n", "last_at", "customer_id"]
    table = table.sort_values(order, ascending=[False, False, False, False, True], ignore_index=True)
    table["rank"] = np.arange(1, len(table) + 1)
    return table.astype({"customer_id": "str"})


def _reasons(values: pd.Series) -> str:
    """Return the reasons of a customer, the commonest first, as 退款×2、催单."""
    counts = values.astype("str").value_counts()
    return "、".join(f"{name}×{n}" if n > 1 else str(name) for name, n in counts.items())
