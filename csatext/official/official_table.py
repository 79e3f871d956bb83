"""The table of a regulator's form: complaints by official class and period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.panel.panel import as_freq, labels
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_times
from csatext.inference import check_level, wilson
from csatext.official.schemes import load_scheme
from csatext.official.to_official import WITHOUT_CLASS, to_official
from csatext.schema import conform
from csatext.schema.official import OFFICIAL

__all__ = ["official_table"]


@check_simple_types
def official_table(
    facts: pd.DataFrame, scheme: str, freq: str = "Q", *, time: str = "created_at", level: float = 0.95
) -> pd.DataFrame:
    """Return the complaints by official class and period, as a regulator's form counts them.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, with categories (:func:`to_official`) and a time. With ``is_complaint``, other
        contacts are left out.
    scheme : str
        As for :func:`to_official`.
    freq : str, default "Q"
        Length of the periods: D, W, M, Q or Y.
    time : str, default "created_at"
        Column of the time; contacts without one are left out and counted in ``attrs["n_undated"]``.
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    DataFrame
        One row a level of the scheme, class and period (schema OFFICIAL), classes by falling number and
        未对应 last; a class that a period lacks has 0. ``attrs["without_class"]`` lists the categories
        without a class.

    Raises
    ------
    ParameterError
        There is no such scheme, or ``freq`` or ``level`` cannot be used.
    SchemaError
        A column is missing.

    Examples
    --------
    >>> facts = pd.DataFrame(
    ...     {
    ...         "category_id": ["attitude.rude", "attitude.rude", "billing.dispute"],
    ...         "created_at": pd.to_datetime(["2026-02-01", "2026-05-01", "2026-05-02"]),
    ...     }
    ... )
    >>> table = official_table(facts, "jrt0169")
    >>> causes = table[table["level"] == "原因"]
    >>> causes.loc[causes["class"] == "服务态度及服务质量", ["period", "n", "total"]].values.tolist()
    [['2026Q1', 1, 1], ['2026Q2', 1, 2]]
    """
    known, freq = load_scheme(scheme), as_freq(freq)
    check_columns(facts, [time], "time")
    check_level(level)
    named = to_official(facts, scheme)
    counted = named[named["is_complaint"].fillna(False).astype(bool)] if "is_complaint" in named else named
    moments = read_times(counted[time], time)
    dated = counted[moments.notna()]
    starts = moments[moments.notna()].dt.to_period(freq).dt.start_time
    periods = (
        pd.period_range(starts.min(), starts.max(), freq=freq)
        if len(starts)
        else pd.PeriodIndex([], freq=freq)
    )
    names = labels(periods.start_time, freq)
    code = periods.start_time.get_indexer(pd.DatetimeIndex(starts))
    parts = [_counts(dated, code, names, f"{scheme}_{one}", one, level) for one in known.levels if len(dated)]
    columns = [column.name for column in OFFICIAL.columns]
    result = conform(
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns), OFFICIAL
    )
    result.attrs = {**named.attrs, "n_undated": int(moments.isna().sum())}
    return result


def _counts(
    facts: pd.DataFrame, period: np.ndarray, names: np.ndarray, column: str, level: str, confidence: float
) -> pd.DataFrame:
    """Return the counts of one level of the scheme, by class and period."""
    held = facts[column].notna().to_numpy()
    class_code, classes = pd.factorize(facts[column][held])
    n = np.zeros((len(classes), len(names)), np.int64)
    np.add.at(n, (class_code, period[held]), 1)
    total = n.sum(axis=0)
    order = np.lexsort((np.asarray(classes, object), -n.sum(axis=1), classes == WITHOUT_CLASS))
    n = n[order]
    low, high = wilson(n, np.maximum(total, 1)[np.newaxis, :], confidence)
    change = np.full(n.shape, np.nan)
    change[:, 1:] = np.diff(n, axis=1)
    codes = facts[f"{column}_code"] if f"{column}_code" in facts else pd.Series("", index=facts.index)
    code_of = dict(zip(facts[column][held], codes[held], strict=True))
    shown = np.asarray(classes, object)[order]
    known = np.broadcast_to(total > 0, n.shape)
    return pd.DataFrame(
        {
            "level": level,
            "class": np.repeat(shown, len(names)),
            "code": np.repeat([code_of[one] for one in shown], len(names)),
            "period": np.tile(names, len(shown)),
            "n": n.ravel(),
            "total": np.tile(total, len(shown)),
            "share": np.where(known, n / np.maximum(total, 1), np.nan).ravel(),
            "low": np.where(known, low, np.nan).ravel(),
            "high": np.where(known, high, np.nan).ravel(),
            "change": change.ravel(),
        }
    )
