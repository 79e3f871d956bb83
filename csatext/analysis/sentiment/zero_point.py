"""Zero point of a score among long texts, found from the score alone."""

from __future__ import annotations

import numpy as np
from sklearn.mixture import GaussianMixture

__all__ = ["zero_point"]

_LONG = 120.0
"""Characters, in the median, from which texts are long: description of what was had then outweighs what is
said of it, and the score of all of them lies too high. The shipped model has learnt from shorter ones."""
_MOST = 2.5
_STEPS = 400


def zero_point(positive: np.ndarray, lengths: np.ndarray) -> float:
    """Return the log-odds at which texts are as likely of the lower as of the upper group, not below 0.

    Parameters
    ----------
    positive : ndarray of float64, shape (n_texts,)
        Log-odds of positive against negative.
    lengths : ndarray of int64, shape (n_texts,)
        Characters of each text.

    Notes
    -----
    A mixture of two normal distributions (McLachlan and Peel 2000, "Finite mixture models"); where both have
    the same density, whatever the share of each, lies between their means. Short texts have their zero at 0.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> score = np.concatenate((rng.normal(0, 0.5, 100), rng.normal(3, 0.5, 900)))
    >>> bool(1.2 < zero_point(score, np.full(1000, 300)) < 1.8), zero_point(score, np.full(1000, 20))
    (True, 0.0)
    """
    if np.median(lengths) < _LONG:
        return 0.0
    mixture = GaussianMixture(2, random_state=0, n_init=2).fit(positive[:, None])
    mean, spread = mixture.means_.ravel(), np.sqrt(mixture.covariances_.ravel())
    grid = np.linspace(mean.min(), mean.max(), _STEPS)
    log_density = -(((grid[:, None] - mean) / spread) ** 2) / 2 - np.log(spread)
    crossing = grid[np.argmin(np.abs(log_density[:, 0] - log_density[:, 1]))]
    return float(np.clip(crossing, 0.0, _MOST))
