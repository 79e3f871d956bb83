"""Exact decomposition of a change into mix effects and rate effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from csatext.aggregation.scan.cells import Cells, label_column, read_rows
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.causes import DECOMPOSITION

__all__ = ["decompose"]

_EFFECTS = ("mix", "rate", "new", "vanished")


@check_simple_types
def decompose(
    facts: pd.DataFrame,
    *,
    numerator: str,
    denominator: str | None = None,
    by: str | Sequence[str],
    period: str,
    current: Any,
    baseline: Any,
) -> pd.DataFrame:
    """Return the mix and rate effects of a change of a rate or count; they sum to the change.

    Parameters
    ----------
    facts : DataFrame
        Facts (one row a contact), or a counted table (one row a cell and period).
    numerator : str
        Column of 0 and 1: the rate over rows. Any other numbers, or a column of ones only: the count
        (the sum). Scores below 0 (NPS as -1, 0, 1; sentiment) are allowed: with a ``denominator`` of
        ones their mean is taken apart.
    denominator : str, optional
        Column that the numerator is divided by.
    by : str or sequence of str
        Dimensions; nested ones are allowed. A missing value is a value of its own, shown as "(空)".
    period : str
        Column of periods.
    current : scalar
        The value of ``period`` to explain.
    baseline : scalar or list
        Values of ``period`` to compare with: pooled for a rate, averaged over periods for a count. In
        a count a period named here or in ``current`` that has no rows is 0 (a month without a
        complaint); a rate has no denominator there: the period is left out, of ``current`` refused.

    Returns
    -------
    DataFrame
        Table ``decomposition``: two rows (mix, rate) for a cell that is there on both sides, one (new
        or vanished) for others, in the order of the dimensions' values. As effects are sums over
        cells, ``result.groupby([..., "effect"])["contribution"].sum()`` gives them for any coarser
        level. ``attrs``: ``before``, ``after``, ``change`` (their difference, the sum of
        ``contribution``), ``waterfall``, a list of steps ``{"step", "value", "start", "end"}`` from
        before through the four effects to after, ``missing_baseline`` (periods without rows) and
        ``note`` (what was done about periods without rows, in Chinese).

    Raises
    ------
    SchemaError
        A column is missing or not numeric.
    ParameterError
        Periods that are not in the table or overlap, no dimension, or no denominator on one side.

    See Also
    --------
    csatext.root_causes : its ``attrs["change"]`` is another number: events of the current period above
        those expected from the baseline's rates (an excess count, also for a rate, a shift of the mix
        left out). Here ``change`` is the plain difference after - before, in units of the rate or count.

    Notes
    -----
    Kitagawa 1955 (Journal of the American Statistical Association 50), with means of both sides as
    weights, so that no interaction is left. For a rate, with w the share of a cell in the denominator,
    r its rate and R the rate of all (a bar is the mean of both sides)::

        mix = (w1 - w0) (r_bar - R_bar)      rate = (r1 - r0) w_bar
        new = w1 (r1 - R_bar)                vanished = -w0 (r0 - R_bar)

    R_bar changes no sum, as all changes of w sum to 0; it lets a cell that grows add to the rate only
    where it lies above the average. For a count n of a total N, with w = n / N::

        mix = (w1 - w0) N_bar      rate = (N1 - N0) w_bar      new = n1      vanished = -n0

    A sum with amounts below 0 has no shares: there a cell's whole difference is its rate effect, mix is
    0 and weights are NA. Contributions are rounded to a grid so fine that it stands at the limit of
    double precision of their sum (2 to the power -52 of it): all their sums, in any order and at any
    level, are free of rounding, and that of all is ``change`` to the last bit.

    Examples
    --------
    >>> counted = pd.DataFrame(
    ...     {
    ...         "week": ["W1", "W1", "W2", "W2"],
    ...         "channel": ["电话", "在线", "电话", "在线"],
    ...         "complaints": [10, 30, 20, 20],
    ...         "contacts": [100, 100, 150, 50],
    ...     }
    ... )
    >>> parts = decompose(
    ...     counted,
    ...     numerator="complaints",
    ...     denominator="contacts",
    ...     by="channel",
    ...     period="week",
    ...     current="W2",
    ...     baseline="W1",
    ... )
    >>> parts[["channel", "effect", "contribution"]].round(4)
      channel effect  contribution
    0      在线    mix       -0.0375
    1      在线   rate        0.0375
    2      电话    mix       -0.0208
    3      电话   rate        0.0208
    >>> bool(abs(parts["contribution"].sum() - parts.attrs["change"]) < 1e-9)
    True
    """
    cells = read_rows(
        facts,
        numerator=numerator,
        denominator=denominator,
        by=by,
        period=period,
        current=current,
        baseline=baseline,
        result=DECOMPOSITION,
        allow_negative=True,
    ).cells()
    parts = _rate_parts(cells) if cells.is_rate else _count_parts(cells)
    before, after = _whole(cells)
    frame = parts.reset_index(drop=True)
    frame["contribution"] = _summing_to(frame["contribution"].to_numpy(), after - before)
    cell = frame.pop("cell").to_numpy()
    for dim, name in enumerate(cells.names):
        frame[name] = label_column(cells.levels[dim], cells.codes[dim, cell])
    frame.attrs = {
        "before": before,
        "after": after,
        "change": float(frame["contribution"].sum()),
        "waterfall": _waterfall(frame, before, after),
        "missing_baseline": cells.missing_baseline,
    }
    if cells.note is not None:
        frame.attrs["note"] = cells.note
    return conform(frame, DECOMPOSITION, cells.names)


def _summing_to(parts: np.ndarray, change: float) -> np.ndarray:
    """Return parts rounded to a common grid on which sums are exact; the largest takes the remainder."""
    size = math.fsum(np.abs(parts).tolist()) + abs(change)
    if size == 0:
        return parts
    grid = math.ldexp(1.0, max(math.frexp(size)[1] - 52, -1022))
    # adding 0 turns -0 to 0
    steps = np.round(parts / grid) + 0.0
    steps[np.argmax(np.abs(steps))] += np.round(change / grid) - math.fsum(steps.tolist())
    return steps * grid


def _whole(cells: Cells) -> tuple[float, float]:
    before, after = math.fsum(cells.events_before.tolist()), math.fsum(cells.events_after.tolist())
    if not cells.is_rate:
        return before / cells.n_periods, after
    base, now = math.fsum(cells.exposure_before.tolist()), math.fsum(cells.exposure_after.tolist())
    if base <= 0 or now <= 0:
        side = "对比期" if base <= 0 else "当前期"
        raise ParameterError(f"{side}的分母合计为 0，算不出比率；请检查分母列或换一个时期。")
    return before / base, after / now


def _rate_parts(cells: Cells) -> pd.DataFrame:
    before, after = _whole(cells)
    middle = (before + after) / 2
    base, now = cells.exposure_before, cells.exposure_after
    w0, w1 = base / base.sum(), now / now.sum()
    # Parts of the whole rate; they hold also where a cell has events and no denominator.
    a0, a1 = cells.events_before / base.sum(), cells.events_after / now.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        r0, r1 = np.where(base > 0, a0 / w0, np.nan), np.where(now > 0, a1 / w1, np.nan)
    mix = (w1 - w0) * ((r0 + r1) / 2 - middle)
    rate = (r1 - r0) * (w0 + w1) / 2
    alone = (a1 - a0) - (w1 - w0) * middle
    return _stack(mix, rate, alone, (w0, w1), (r0, r1), is_there=(base > 0, now > 0))


def _count_parts(cells: Cells) -> pd.DataFrame:
    n0, n1 = cells.events_before / cells.n_periods, cells.events_after
    before, after = _whole(cells)
    w0 = n0 / before if before > 0 else np.zeros(len(cells))
    w1 = n1 / after if after > 0 else np.zeros(len(cells))
    mix = (w1 - w0) * (before + after) / 2
    rate = (after - before) * (w0 + w1) / 2
    if (n0 < 0).any() or (n1 < 0).any():
        w0 = w1 = np.full(len(cells), np.nan)
        mix, rate = np.zeros(len(cells)), n1 - n0
    is_there = (n0 != 0, n1 != 0)
    shown = (np.where(is_there[0], n0, np.nan), np.where(is_there[1], n1, np.nan))
    return _stack(mix, rate, n1 - n0, (w0, w1), shown, is_there=is_there)


def _stack(
    mix: np.ndarray,
    rate: np.ndarray,
    alone: np.ndarray,
    weights: tuple[np.ndarray, np.ndarray],
    values: tuple[np.ndarray, np.ndarray],
    *,
    is_there: tuple[np.ndarray, np.ndarray],
) -> pd.DataFrame:
    old, now = is_there
    both = old & now
    # Events without a denominator on either side are a matter of the rate.
    neither = ~old & ~now & (alone != 0)
    rows = [
        ("mix", both, mix),
        ("rate", both, rate),
        ("rate", neither, alone),
        ("new", now & ~old, alone),
        ("vanished", old & ~now, alone),
    ]
    pieces = [
        pd.DataFrame(
            {
                "cell": np.flatnonzero(where),
                "effect": effect,
                "contribution": contribution[where],
                "before": values[0][where],
                "after": values[1][where],
                "weight_before": weights[0][where],
                "weight_after": weights[1][where],
            }
        )
        for effect, where, contribution in rows
    ]
    return pd.concat(pieces).sort_values("cell", kind="stable")


def _waterfall(frame: pd.DataFrame, before: float, after: float) -> list[dict[str, Any]]:
    sums = frame.groupby("effect")["contribution"].sum()
    steps: list[dict[str, Any]] = [{"step": "before", "value": before, "start": 0.0, "end": before}]
    level = before
    for effect in _EFFECTS:
        value = float(sums.get(effect, 0.0))
        steps.append({"step": effect, "value": value, "start": level, "end": level + value})
        level += value
    steps.append({"step": "after", "value": after, "start": 0.0, "end": after})
    return steps
