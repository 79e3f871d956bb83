"""The tables behind the summary of a report: size and rates, the last change, the largest categories."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csatext.aggregation.breakdown import Overview
from csatext.aggregation.trend import LatestChange
from csatext.reporting.category_tables import with_intervals
from csatext.schema import conform
from csatext.schema.batch import CATEGORY_SHARES, LATEST_CHANGE, OVERVIEW

__all__ = ["summary_tables"]


def summary_tables(
    tables: Mapping[str, pd.DataFrame], whole: Overview, latest: LatestChange | None
) -> dict[str, pd.DataFrame]:
    """Return ``overview``, ``latest_change`` and ``category_shares``; what there is nothing for is left out.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As :func:`csatext.reporting.standard_tables.standard_tables` gives them.
    whole : Overview
    latest : LatestChange or None
    """
    made = {"overview": _overview(whole)}
    if latest is not None:
        made["latest_change"] = _latest_change(latest)
    by_category = tables.get("breakdown_is_complaint_category", tables.get("breakdown_category"))
    if by_category is not None:
        shared = with_intervals(by_category)
        shared = shared.sort_values(["numerator", "category"], ascending=[False, True])
        made["category_shares"] = conform(shared.reset_index(drop=True), CATEGORY_SHARES)
        made["category_shares"].attrs = {"measure": by_category.attrs.get("measure")}
    return made


def _overview(whole: Overview) -> pd.DataFrame:
    rows = [
        ("contacts", whole.n, None, None, whole.n, None, None),
        ("measure", whole.n, whole.numerator, whole.denominator, whole.value, whole.low, whole.high),
        ("complaints", whole.n, None, None, whole.complaints, None, None),
        ("classified", whole.n, None, None, whole.classified, None, None),
        ("to_review", whole.n, None, None, whole.to_review, None, None),
        ("csat", whole.n, None, None, whole.csat, None, None),
    ]
    names = ["figure", "n", "numerator", "denominator", "value", "low", "high"]
    frame = pd.DataFrame(rows, columns=names)
    frame = conform(frame[frame["value"].notna()].reset_index(drop=True), OVERVIEW)
    times = {"first": whole.first, "last": whole.last}
    frame.attrs = {name: None if time is None else f"{time:%Y-%m-%d}" for name, time in times.items()}
    return frame


def _latest_change(latest: LatestChange) -> pd.DataFrame:
    change = latest.difference
    row = {
        "period": latest.label,
        "n": latest.n,
        "n_before": latest.n_before,
        "periods_before": latest.periods_before,
        "value": latest.value,
        "before": latest.before,
        "difference": change.value,
        "low": change.low,
        "high": change.high,
        "is_significant": change.is_significant,
    }
    return conform(pd.DataFrame([row]), LATEST_CHANGE)
