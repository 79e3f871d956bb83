"""How a rate or mean rises with an amount: value by bin, and the monotone curve that fits them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from sklearn.isotonic import IsotonicRegression

from csatext.aggregation.inputs.arguments import as_number, check_columns
from csatext.aggregation.inputs.kpi_measures import measured
from csatext.aggregation.statistics.intervals import bootstrap_interval, divide
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import check_level, wilson
from csatext.performance.evaluated import facts_of
from csatext.schema import conform, with_reason
from csatext.schema.service import DOSE_RESPONSE
from csatext.service.inputs.records import NO_ROWS

__all__ = ["dose_response"]

Array = npt.NDArray[np.float64]
_BINS = 8


@check_simple_types
def dose_response(
    facts: pd.DataFrame,
    x: str,
    y: str,
    *,
    edges: Sequence[float] | None = None,
    increasing: bool | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the value of ``y`` by bins of ``x``, with intervals and a monotone fit.

    Parameters
    ----------
    facts : DataFrame
        One row a contact.
    x : str
        Column of an amount: talk time, waiting time, number of transfers.
    y : str
        Flag (gives a rate), number (mean), or id of a KPI (:func:`csatext.kpi_definitions`).
    edges : sequence of float, optional
        Edges of the bins, rising; a bin holds its lower edge. Default: eight bins of as many contacts.
    increasing : bool, optional
        Direction of the fit. Default: that of the rank correlation.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Table ``dose_response``, one row a bin that has contacts. ``attrs``: ``rho`` and ``p`` (Spearman's
        correlation of single contacts), ``increasing``, ``n``, ``n_outside`` (contacts in no bin),
        ``steepest`` (the bin after which the fit changes most, or None). REQUIREMENTS row 116.

    Raises
    ------
    SchemaError
        A column is not there, or holds no numbers.
    ParameterError
        Edges that do not rise; a KPI that counts.

    Notes
    -----
    Wilson (1927) for rates, bootstrap for means (as :func:`csatext.breakdown`). Monotone fit: pool adjacent
    violators over the bins, weighted by contacts (Ayer et al. 1955); it smooths what does not rise, and is no
    test. An association by amount is no effect: long calls are also hard ones.

    Examples
    --------
    >>> facts = pd.DataFrame({"wait": [5, 5, 15, 15, 25, 25], "bad": [0, 0, 1, 0, 1, 1]})
    >>> dose_response(facts, "wait", "bad", edges=[0, 10, 20, 30])[["n", "value", "fitted"]].values.tolist()
    [[2.0, 0.0, 0.0], [2.0, 0.5, 0.5], [2.0, 1.0, 1.0]]
    """
    check_level(level)
    table = facts_of(facts, [x])
    check_columns(table, [x], "x")
    found = measured(table, y)
    table = found.facts
    check_columns(table, [y], "y")
    dose, top = as_number(table, x), as_number(table, y)
    bottom = np.ones(len(table)) if found.denominator is None else as_number(table, found.denominator)
    known = ~(np.isnan(dose) | np.isnan(top) | np.isnan(bottom))
    dose, top, bottom = dose[known], top[known], bottom[known]
    cuts = _cuts(dose) if edges is None else _given(edges)
    place = np.searchsorted(cuts, dose, side="right") - 1
    # the last bin holds its upper edge too
    place[dose == cuts[-1]] = len(cuts) - 2
    inside = (place >= 0) & (place < len(cuts) - 1)
    at, a, b = place[inside], top[inside], bottom[inside]
    size = len(cuts) - 1
    n, numerator, denominator = (np.bincount(at, part, minlength=size) for part in (None, a, b))
    value = divide(numerator, denominator)
    is_rate = found.kind is None and found.denominator is None and bool(((a == 0) | (a == 1)).all())
    if is_rate:
        low, high = wilson(numerator, denominator, level)
    else:
        low, high = bootstrap_interval(a, b, at, n > 0, level=level)
    shown = ~np.isnan(value)
    score = divide(a, b)
    varies = len(a) > 2 and np.ptp(dose[inside]) > 0 and np.ptp(score) > 0
    rho, p = stats.spearmanr(dose[inside], score, nan_policy="omit") if varies else (np.nan, np.nan)
    rises = bool(not rho < 0) if increasing is None else increasing
    fitted = np.full(size, np.nan)
    if shown.any():
        curve = IsotonicRegression(increasing=rises)
        fitted[shown] = curve.fit_transform(
            np.flatnonzero(shown), value[shown], sample_weight=denominator[shown]
        )
    frame = pd.DataFrame(
        {
            "from": cuts[:-1], "to": cuts[1:], "n": n, "numerator": numerator, "denominator": denominator,
            "value": value, "low": low, "high": high, "fitted": fitted,
        }
    )[shown]  # fmt: skip
    steps = np.abs(np.diff(frame["fitted"].to_numpy()))
    frame.attrs = {
        "x": x, "y": y, "rho": None if np.isnan(rho) else float(rho), "p": None if np.isnan(p) else float(p),
        "increasing": rises, "n": len(a), "n_outside": int((~inside).sum()), "level": level,
        "steepest": float(frame["to"].iloc[int(steps.argmax())]) if len(steps) and steps.max() > 0 else None,
    }  # fmt: skip
    if not len(frame):
        frame.attrs["reason"] = NO_ROWS
    return with_reason(conform(frame, DOSE_RESPONSE))


def _cuts(dose: Array) -> Array:
    """Return edges of bins of as many contacts; few different amounts get a bin each."""
    if not len(dose):
        return np.array([0.0, 1.0])
    different = np.unique(dose)
    if len(different) <= _BINS:
        return np.append(different, different[-1] + 1.0)
    cuts = np.unique(np.quantile(dose, np.linspace(0, 1, _BINS + 1), method="higher"))
    return cuts if len(cuts) > 1 else np.append(cuts, cuts[-1] + 1.0)


def _given(edges: Sequence[float]) -> Array:
    try:
        cuts = np.asarray(list(edges), dtype="float64")
    except (TypeError, ValueError) as error:
        raise ParameterError.wrong_type("edges", edges, "分界，例如 [0, 60, 180, 300, 600]") from error
    if len(cuts) < 2 or not (np.diff(cuts) > 0).all():
        raise ParameterError.out_of_range("edges", list(edges), "至少两个从小到大的数")
    return cuts
