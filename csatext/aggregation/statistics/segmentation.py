"""Changes of level in one series: circular binary segmentation with a serially correlated null."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.signal import lfilter

from csatext.aggregation.panel.panel import Array

__all__ = ["autocorrelation", "segment"]

# Pairs of ends are searched on a grid of at most this many points; ends are refined afterwards.
_GRID = 120
# Two rounds of draws: most series without a change are settled by the first.
_DRAWS = (99, 400)
_SETTLED = 0.15
# Worth of a place that is so many periods off: what happened is looked up in the days around it.
_WORTH = np.array([1.0, 1.2, 1.5, 1.2, 1.0])


def autocorrelation(values: Array, weights: Array, min_size: int) -> tuple[float, float]:
    """Return the lag-one autocorrelation around the best single split, and its standard error.

    The split keeps a change of level from looking like serial correlation; the bias of the estimate
    with two fitted means, about -(2 + 4 rho) / n (Kendall 1954), is added back. Negative values count
    as zero, on the safe side.
    """
    n = len(values)
    splits = np.arange(min_size, n - min_size + 1)
    if n < 8 or not len(splits):
        return 0.0, 0.0
    gains = _gains(values[None], weights, (np.zeros(len(splits), dtype=int), splits))[0]
    at = int(splits[gains.argmax()])
    root = np.sqrt(weights)
    parts = [(values[part], weights[part]) for part in (slice(None, at), slice(at, None))]
    residual = np.concatenate([y - np.average(y, weights=w) for y, w in parts]) * root
    total = float((residual**2).sum())
    if total <= 0:
        return 0.0, 0.0
    rho = float((residual[1:] * residual[:-1]).sum() / total)
    rho = float(np.clip(rho + (2 + 4 * rho) / n, 0.0, 0.9))
    return rho, float(np.sqrt((1 - rho**2) / n))


def segment(
    values: Array, weights: Array, *, alpha: float, min_size: int, rng: np.random.Generator
) -> list[tuple[int, float]]:
    """Return the first index of each new level and its p value; an empty list for no change.

    Circular binary segmentation (Olshen et al. 2004): the stretch whose level differs most from the
    rest, tested against series of the same length; then again in the parts. The reference series are
    whitened values, permuted and coloured again with an autocorrelation drawn around the estimate, so
    that neither skewed counts nor serial correlation pass for changes.

    Parameters
    ----------
    values, weights : arrays, shape (periods,)
        Weights are inverse variances up to a factor.
    alpha : float
        Chance that a series without a change gets one.
    min_size : int
        Shortest stretch.
    rng : Generator
    """
    rho, error = autocorrelation(values, weights, min_size)
    open_parts = [(0, len(values))]
    points: list[int] = []
    while open_parts:
        a, b = open_parts.pop()
        pairs = _pairs(b - a, min_size)
        if not len(pairs[0]):
            continue
        p, i, j = _test(values[a:b], weights[a:b], pairs, rho, error, rng)
        if p > alpha * (b - a) / len(values):
            continue
        ends = [a + i, a + j]
        points += [end for end in ends if a < end < b]
        edges = sorted({a, *ends, b})
        open_parts += pairwise(edges)
    held = _refined(values, weights, sorted(points), alpha, min_size, (rho, error), rng)
    edges = [0, *(at for at, _ in held), len(values)]
    for k in range(1, len(edges) - 1):
        part = slice(edges[k - 1], edges[k + 1])
        edges[k] = part.start + _best_place(values[part], weights[part], min_size, rho)
    return [(at, p) for at, (_, p) in zip(edges[1:-1], held, strict=True)]


def _best_place(values: Array, weights: Array, min_size: int, rho: float) -> int:
    """Return the place of the one change with the most chance to lie within two periods of the true one.

    Chances of all places from the Gaussian likelihood with the variance profiled out (Bai 1997), at
    the number of independent observations that the serial correlation leaves; the likeliest place
    itself is often off, as one odd period next to the change moves it.
    """
    splits = np.arange(min_size, len(values) - min_size + 1)
    gains = _gains(values[None], weights, (np.zeros(len(splits), dtype=int), splits))[0]
    independent = len(values) * (1 - rho) / (1 + rho)
    log_chance = -independent / 2 * np.log(np.maximum(1 - gains, 1e-12))
    chance = np.exp(log_chance - log_chance.max())
    return int(splits[np.convolve(chance, _WORTH)[2:-2].argmax()])


def _refined(
    values: Array,
    weights: Array,
    points: list[int],
    alpha: float,
    min_size: int,
    serial: tuple[float, float],
    rng: np.random.Generator,
) -> list[tuple[int, float]]:
    """Move each point to its best place between its neighbours; drop the weakest until all hold."""
    tested: dict[tuple[int, int], tuple[int, float]] = {}
    while points:
        edges = [0, *points, len(values)]
        found = []
        for left, right in zip(edges[:-2], edges[2:], strict=True):
            if (left, right) not in tested:
                splits = np.arange(min_size, right - left - min_size + 1)
                pairs = np.zeros(len(splits), dtype=int), splits
                part = slice(left, right)
                p, _, at = (
                    _test(values[part], weights[part], pairs, *serial, rng) if len(splits) else (1.0, 0, 0)
                )
                tested[left, right] = left + at, p
            found.append(tested[left, right])
        weakest = max(range(len(found)), key=lambda k: found[k][1])
        if found[weakest][1] > alpha:
            points = points[:weakest] + points[weakest + 1 :]
        elif [at for at, _ in found] == points or len({at for at, _ in found}) < len(points):
            return [(at, p) for at, (_, p) in zip(points, found, strict=True)]
        else:
            points = [at for at, _ in found]
    return []


def _pairs(length: int, min_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return begins and ends of the stretches to look at; none leaves a rest shorter than min_size."""
    step = max(1, -(-length // _GRID))
    grid = np.unique(np.append(np.arange(0, length + 1, step), length))
    i, j = np.triu_indices(len(grid), 1)
    i, j = grid[i], grid[j]
    fits = (j - i >= min_size) & (j - i <= length - min_size)
    fits &= ((i == 0) | (i >= min_size)) & ((j == length) | (length - j >= min_size))
    return i[fits], j[fits]


def _gains(values: Array, weights: Array, pairs: tuple[np.ndarray, np.ndarray]) -> Array:
    """Return the share of the weighted sum of squares each stretch explains, series x stretches."""
    total = weights.sum()
    centred = values - (values * weights).sum(axis=-1, keepdims=True) / total
    sums = np.concatenate([np.zeros((len(values), 1)), np.cumsum(centred * weights, axis=1)], axis=1)
    sizes = np.concatenate([[0.0], np.cumsum(weights)])
    inside = sizes[pairs[1]] - sizes[pairs[0]]
    scale = total / np.maximum(inside * (total - inside), 1e-12)
    squares = np.maximum((weights * centred**2).sum(axis=1, keepdims=True), 1e-12)
    gains: Array = (sums[:, pairs[1]] - sums[:, pairs[0]]) ** 2 * scale / squares
    return gains


def _test(
    values: Array,
    weights: Array,
    pairs: tuple[np.ndarray, np.ndarray],
    rho: float,
    error: float,
    rng: np.random.Generator,
) -> tuple[float, int, int]:
    """Return the p value of the best stretch and its ends."""
    gains = _gains(values[None], weights, pairs)[0]
    best = int(gains.argmax())
    seen = gains[best]
    if seen <= 1e-9:
        return 1.0, 0, 0
    root = np.sqrt(np.maximum(weights, 1e-12))
    standard = (values - (values * weights).sum() / weights.sum()) * root
    white = standard[1:] - rho * standard[:-1]
    white = np.append(white, white.mean()) - white.mean()
    above = done = 0
    for draws in _DRAWS:
        for at in range(0, draws, 100):
            size = min(100, draws - at)
            drawn = rng.permuted(np.broadcast_to(white, (size, len(white))), axis=1)
            serial = np.clip(rng.normal(rho, error, size), 0.0, 0.95)
            coloured = np.stack(
                [lfilter([1.0], [1.0, -r], row) for r, row in zip(serial, drawn, strict=True)]
            )
            null = _gains(coloured / root, weights, pairs).max(axis=1)
            above += int((null >= seen).sum())
            done += size
        if (1 + above) / (1 + done) > _SETTLED:
            break
    return (1 + above) / (1 + done), int(pairs[0][best]), int(pairs[1][best])
