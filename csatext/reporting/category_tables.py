"""Tables that answer the first questions: what is largest, what grew, where it stands, what is alarming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from csatext.aggregation.alerts import alerts
from csatext.aggregation.breakdown import breakdown, numerator_shares
from csatext.aggregation.trend import latest_change
from csatext.inference import benjamini_hochberg, wilson
from csatext.labels import UNCLASSIFIED
from csatext.schema import conform
from csatext.schema.batch import CATEGORY_CELLS, CATEGORY_CHANGES, SUBCATEGORY_SHARES
from csatext.schema.time import ALERTS

__all__ = ["alert_table", "category_tables", "with_intervals"]

_COMPLAINT = "is_complaint"
_WATCHED_TIME = pd.Timedelta(days=730)
"""Two years of days tell the season; each more costs time and memory."""
_MOST_SERIES = 60
"""Series that alerts watch by one column: with more, most of them are next to empty."""


def category_tables(
    facts: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    dimensions: Sequence[str],
    measure: str,
    *,
    baseline_periods: int,
    alpha: float,
) -> dict[str, pd.DataFrame]:
    """Return ``category_changes``, ``category_cells``, ``subcategory_shares`` and ``topic_rates``.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`.
    tables : mapping of str to DataFrame
        ``category_shares``, ``trend_category`` and ``trend_total``, as far as they are there.
    dimensions : sequence of str
        Columns by which the largest category is looked for.
    measure : str
        A flag; counted where the facts tell no complaints.
    baseline_periods : int
        Complete periods that the last one is compared with.
    alpha : float
        Error rate of the changes of all categories together.
    """
    made: dict[str, pd.DataFrame] = {}
    courses, total, shares = (
        tables.get(name) for name in ("trend_category", "trend_total", "category_shares")
    )
    if courses is not None and total is not None:
        made["category_changes"] = _changes(courses, total, baseline_periods, alpha)
    flag = _COMPLAINT if _COMPLAINT in facts else measure
    named = None if shares is None else shares[shares["category"] != UNCLASSIFIED]
    if named is not None and len(named) and named["numerator"].iloc[0] > 0:
        top = named["category"].iloc[0]
        if dimensions:
            made["category_cells"] = _cells(facts, top, dimensions)
        if "subcategory" in facts:
            made["subcategory_shares"] = _subcategories(facts, flag)
    if "topic_label" in facts and 2 <= facts["topic_label"].nunique() <= _MOST_SERIES:
        made["topic_rates"] = breakdown(facts, "topic_label", measure)
    return made


def with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Return cells with ``share`` of the numerator of all, and its Wilson interval in ``low`` and ``high``.

    Examples
    --------
    >>> found = with_intervals(pd.DataFrame({"numerator": [30.0, 70.0]}))
    >>> found[["denominator", "share"]].values.tolist(), round(float(found["low"].iloc[0]), 3)
    ([[100.0, 0.3], [100.0, 0.7]], 0.219)
    """
    known = table["numerator"].astype("float64").fillna(0)
    low, high = wilson(known.to_numpy(), np.full(len(known), known.sum()))
    return table.assign(share=numerator_shares(table), denominator=known.sum(), low=low, high=high)


def _changes(courses: pd.DataFrame, total: pd.DataFrame, back: int, alpha: float) -> pd.DataFrame:
    """Return the share that each category has of all contacts, in the last complete period and before.

    The interval of a change is one of ``1 - alpha / number of categories`` (Bonferroni).
    """
    of_all = total.set_index("period")
    groups = list(courses.groupby("category", sort=True))
    rows = []
    for name, course in groups:
        course = course.set_index("period").reindex(of_all.index)
        n = course["n"].fillna(0).astype("float64")
        frame = of_all[["label", "is_complete"]].assign(
            n=n, numerator=n, denominator=of_all["n"].astype(float)
        )
        frame["value"] = frame["numerator"] / frame["denominator"]
        change = latest_change(frame, back, 1 - alpha / max(len(groups), 1))
        if change is not None:
            difference = change.difference
            rows.append(
                {
                    "category": name, "period": change.label, "n": change.n, "n_before": change.n_before,
                    "periods_before": change.periods_before, "value": change.value, "before": change.before,
                    "difference": difference.value, "low": difference.low, "high": difference.high,
                    "has_changed": difference.is_significant,
                }
            )  # fmt: skip
    names = [column.name for column in CATEGORY_CHANGES.columns]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.sort_values(["difference", "category"], ascending=[False, True], kind="stable")
    return conform(frame.reset_index(drop=True), CATEGORY_CHANGES)


def _cells(facts: pd.DataFrame, category: str, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return the share of one category by the values of each dimension; q is of all cells together."""
    flagged = facts.assign(is_category=(facts["category"] == category).astype(bool))
    parts = [
        breakdown(flagged, name, "is_category")
        .rename(columns={name: "cell"})
        .assign(category=category, dimension=name)
        for name in dimensions
    ]
    cells = pd.concat(parts, ignore_index=True)
    cells["q"] = benjamini_hochberg(cells["p"].to_numpy("float64"))
    return conform(cells, CATEGORY_CELLS)


def _subcategories(facts: pd.DataFrame, flag: str) -> pd.DataFrame:
    """Return the contacts with the flag by subcategory, most first."""
    found = breakdown(facts, ["category", "subcategory"], flag, min_n=0)
    found = found[found["numerator"].astype(float) > 0]
    found = found.sort_values(["numerator", "category", "subcategory"], ascending=[False, True, True])
    shares = conform(with_intervals(found.reset_index(drop=True)), SUBCATEGORY_SHARES)
    shares.attrs = {"measure": flag}
    return shares


def alert_table(dated: pd.DataFrame, columns: Sequence[str], time: str) -> pd.DataFrame | None:
    """Return the alerts on the daily number of contacts by each of some columns, strongest evidence first.

    Parameters
    ----------
    dated : DataFrame
        Contacts with a time.
    columns : sequence of str
        Those with 2 to 60 values are watched, one after the other.
    time : str

    Returns
    -------
    DataFrame or None
        Table ``alerts``; a column that an alert does not name is NA. None where there is nothing to watch.
    """
    # One impossible date would stretch the days over decades.
    dated = dated[dated[time] > dated[time].max() - _WATCHED_TIME]
    watched = [name for name in columns if 2 <= dated[name].nunique() <= _MOST_SERIES]
    parts = [alerts(dated, time, "D", by=name) for name in watched]
    if not parts:
        return None
    found = [part for part in parts if len(part)] or parts[:1]
    joined = pd.concat(found, ignore_index=True).sort_values(["p", "start"], kind="stable")
    joined["rank"] = np.arange(1, len(joined) + 1)
    for name in watched:
        if name not in joined:
            joined[name] = pd.Series(None, index=joined.index, dtype="str")
    result = conform(joined.reset_index(drop=True), ALERTS, watched)
    result.attrs = dict(parts[0].attrs) | {"n_series": sum(part.attrs.get("n_series", 0) for part in parts)}
    expected = [part.attrs.get("expected_false") for part in parts]
    result.attrs["expected_false"] = sum(value for value in expected if value is not None)
    if len(result):
        result.attrs.pop("reason", None)
    return result
