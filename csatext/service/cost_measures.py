"""Costs by contact: service, compensation, and what poor quality cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from csatext.argument_types import as_names, check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import COST_MEASURES
from csatext.service.inputs.records import (
    Absent,
    column_of,
    finished,
    flags,
    not_negative,
    numbers,
    one_row_each,
    records_of,
)

__all__ = ["cost_measures"]

_COST = ("cost", "contact_cost")
_LENGTHS = ("handling_seconds", "handle_seconds", "span_without_gaps_seconds")


@check_simple_types
def cost_measures(
    contacts: pd.DataFrame,
    *,
    cost_per_contact: float | None = None,
    cost_per_hour: float | None = None,
    poor_quality: Sequence[str] | None = None,
    reason: str = "category",
) -> pd.DataFrame:
    """Return what each contact cost: the service, the compensation, and of them what poor quality cost.

    Parameters
    ----------
    contacts : DataFrame
        One row a contact: ``doc_id`` and what there is of ``cost`` (yuan), ``handling_seconds``,
        ``compensation`` (yuan; blank is 0), ``responsible`` (flag: the fault is ours), and the reason.
    cost_per_contact, cost_per_hour : float, optional
        Yuan for each contact, and for each hour of handling, where there is no ``cost``; both are added.
    poor_quality : list of str, optional
        Values of ``reason`` that are the house's own fault (wrong answer, defect, page, process). Default:
        ``responsible`` tells.
    reason : str, default "category"
        Column of reasons.

    Returns
    -------
    DataFrame
        Table ``cost_measures`` by ``doc_id``: contact_cost, compensation_cost, poor_quality_cost (their
        sum where the house is at fault, else 0). ``attrs``: ``absent``, ``repairs``. REQUIREMENTS rows 65,
        66, 107.

    Raises
    ------
    SchemaError
        A column is missing or cannot be read; doc_ids repeat.
    ParameterError
        A negative cost.

    Examples
    --------
    >>> contacts = pd.DataFrame({"doc_id": ["1", "2"], "handling_seconds": [360, 720],
    ...                          "compensation": [None, 50], "category": ["咨询", "商品质量"]})
    >>> cost_measures(contacts, cost_per_hour=60, poor_quality=["商品质量"]).values.tolist()
    [[6.0, 0.0, 0.0], [12.0, 50.0, 62.0]]
    """
    for name, value in (("cost_per_contact", cost_per_contact), ("cost_per_hour", cost_per_hour)):
        if value is not None and not 0 <= value < np.inf:
            raise ParameterError.out_of_range(name, value, "不小于 0 的数（元）")
    absent, repairs = Absent(), dict[str, int]()
    frame = one_row_each(records_of(contacts, "contacts"), "contacts", repairs)
    size = len(frame)
    given, length = column_of(frame, *_COST), column_of(frame, *_LENGTHS)
    cost = np.full(size, np.nan)
    if given and cost_per_contact is None and cost_per_hour is None:
        cost = not_negative(numbers(frame, given), "成本", repairs)
    elif cost_per_contact is None and cost_per_hour is None:
        absent["contact_cost"] = "cost"
    elif cost_per_hour is not None and length is None:
        absent["contact_cost"] = "handling_seconds"
    else:
        cost = np.full(size, cost_per_contact or 0.0)
        if cost_per_hour is not None and length is not None:
            cost = cost + not_negative(numbers(frame, length), "处理时长", repairs) / 3600 * cost_per_hour
    paid = np.zeros(size)
    if absent.need(frame, ["compensation_cost"], "compensation"):
        paid = np.nan_to_num(not_negative(numbers(frame, "compensation"), "赔付", repairs))
    ours = np.full(size, np.nan)
    if poor_quality is not None:
        if reason not in frame.columns:
            raise SchemaError.missing_column("contacts", reason, frame.columns)
        names = as_names(poor_quality, "poor_quality", "原因（分类）的列表")
        ours = frame[reason].astype("str").isin(names).to_numpy(dtype="float64")
    elif absent.need(frame, ["poor_quality_cost"], "responsible"):
        ours = flags(frame, "responsible")
    total = paid + (0.0 if "contact_cost" in absent else cost)
    poor = np.where(np.isnan(ours), np.nan, np.where(ours == 1, total, 0.0))
    if {"contact_cost", "compensation_cost"} <= absent.keys():
        poor = np.full(size, np.nan)
        absent["poor_quality_cost"] = "cost、compensation"
    columns = {
        "contact_cost": cost, "poor_quality_cost": poor,
        "compensation_cost": np.full(size, np.nan) if "compensation_cost" in absent else paid,
    }  # fmt: skip
    return with_reason(conform(finished(columns, frame["doc_id"], absent, repairs), COST_MEASURES))
