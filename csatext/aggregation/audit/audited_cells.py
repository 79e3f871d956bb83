"""Corrected rates in the cells of another verb's table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from csatext.aggregation.audit.audited_rates import audited_rates
from csatext.aggregation.statistics.intervals import divide, shrink
from csatext.errors import ParameterError
from csatext.schema.audit import AUDITED_RATES

__all__ = ["audited_cells", "check_auditable", "compared_rates", "refuse_audit"]

Array = npt.NDArray[np.float64]


def check_auditable(verb: str, kind: str, is_plain: bool) -> None:
    """Raise where the measure of a verb cannot be corrected by tags.

    Parameters
    ----------
    verb : str
    kind : str
        Kind of the measure.
    is_plain : bool
        Whether rows are contacts and nothing is divided or weighed by.

    Raises
    ------
    ParameterError
        The measure is no flag of contacts.
    """
    if kind != "rate" or not is_plain:
        raise ParameterError(
            f"{verb} 的 audit 只能校正联络的是/否标记（一行一条联络，不带 denominator、count）；"
            "其他量请去掉 audit，结果是机器标签的原值。"
        )


def refuse_audit(verb: str, audit: object, why: str) -> None:
    """Raise where tags are given to a verb that cannot use them.

    Parameters
    ----------
    verb : str
    audit : object
        None is fine.
    why : str
        A clause in Chinese.

    Raises
    ------
    ParameterError
        Something is given.
    """
    if audit is not None:
        raise ParameterError(
            f"{verb} 用不上 audit：{why}；请去掉 audit（结果按机器标签），校正后的率请用 audited_rates、"
            "breakdown 或 trend。"
        )


def audited_cells(
    facts: pd.DataFrame,
    audit: pd.DataFrame,
    measure: str,
    cells: pd.DataFrame,
    *,
    level: float,
    time: str | None = None,
    freq: str | None = None,
) -> pd.DataFrame:
    """Return the corrected rate of each cell of a table, in its order.

    Parameters
    ----------
    facts, audit : DataFrame
        Facts and tags, as for :func:`csatext.audited_rates`.
    measure : str
        A flag.
    cells : DataFrame
        The dimensions of each cell, and ``period`` where there is a time.
    level : float
    time, freq : str, optional

    Returns
    -------
    DataFrame
        Table ``audited_rates`` without dimensions, a row a cell; NaN and ``correction`` "none" where facts
        have no contact of it.
    """
    by = [str(name) for name in cells.columns if name != "period"]
    found = audited_rates(facts, audit, measure, by=by, time=time, freq=freq, level=level)
    keys = [*by, *(["period"] if time is not None else [])]
    kept = [column.name for column in AUDITED_RATES.columns]
    if not keys:
        return found[kept].reset_index(drop=True)
    ours = cells[keys].reset_index(drop=True)
    theirs = found[[*keys, *kept]]
    for name in by:
        ours[name], theirs[name] = ours[name].astype("str"), theirs[name].astype("str")
    if "period" in keys:
        theirs["period"] = theirs["period"].astype(ours["period"].dtype)
    joined = ours.merge(theirs, on=keys, how="left")
    joined["correction"] = joined["correction"].fillna("none")
    joined["n_tagged"] = joined["n_tagged"].fillna(0)
    return joined[kept]


def compared_rates(rates: pd.DataFrame, size: Array, level: float) -> dict[str, Array]:
    """Return how corrected rates differ from those of all other cells.

    Parameters
    ----------
    rates : DataFrame
        From :func:`audited_cells`, one row a cell.
    size : array, shape (n_cells,)
        Contacts with a known label.
    level : float
        Coverage of the intervals in ``rates``.

    Returns
    -------
    dict of str to array, shape (n_cells,)
        ``rest``, ``difference``, ``p`` (normal; NaN for a cell with a borrowed correction, as it has no
        evidence of its own) and ``shrunken``.

    Notes
    -----
    Standard errors are those of the intervals. Borrowed corrections err together: the standard error of a
    rest that has some is the sum of those of its cells, the most it can be.
    """
    value, known = rates["rate"].to_numpy(), rates["rate"].notna().to_numpy()
    error = (rates["high"] - rates["low"]).to_numpy() / (2 * special.ndtri(0.5 + level / 2))
    own = (rates["correction"] == "own").to_numpy()
    weight = np.where(known, size, 0.0)
    filled, spread = np.where(known, value, 0.0), np.where(known, error, 0.0)
    others = weight.sum() - weight
    rest = divide((weight * filled).sum() - weight * filled, others)
    independent = np.sqrt(np.maximum((weight**2 * spread**2).sum() - weight**2 * spread**2, 0.0))
    together = (weight * spread).sum() - weight * spread
    rest_error = divide(independent if own[known].all() else together, others)
    difference = value - rest
    p = 2 * stats.norm.sf(np.abs(divide(difference, np.sqrt(error**2 + rest_error**2))))
    return {
        "rest": rest,
        "difference": difference,
        "p": np.where(own & known, p, np.nan),
        "shrunken": shrink(value, error**2)[0],
    }
