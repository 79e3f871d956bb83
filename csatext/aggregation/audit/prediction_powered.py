"""The rate of a flag from machine labels of all contacts and human labels of a sample, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from csatext.aggregation.statistics.intervals import divide
from csatext.inference import wilson

__all__ = ["Population", "Rates", "Sample", "estimate_rates", "share_interval"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_COMMON = 25
"""Tagged contacts with the flag, and without it, from which on the normal interval is used. Measured with
``benchmarks/audit.py``: below it the normal interval covers less than .93."""
_DISAGREEING = 10
"""Tags against the machine from which on the normal interval is used; fewer do not show its error rate."""
_PSEUDO = 0.5
"""Pseudo-tags of each pair of human and machine label in the variance of the other interval: half a tag, as
the prior of Jeffreys has. Without them a sample without errors of the machine would prove that there are none
(coverage .34 at 30 tags and a share of .02; measured)."""
_STEADYING = 2.0
"""Tags that the variance of equal strata counts for against the tags of the rarer kind. Measured: without it
coverage is .91 at 300 tags of three or four strata and a share of .02, with it .95 to .97."""
_SPENT = 2
"""Effective tags of strata that the mean and the weight of the machine use up: both are of the same tags as
the variance. Measured: without them coverage by group falls to .92 at 200 tags."""


@dataclass(frozen=True)
class Sample:
    """Tagged contacts.

    Attributes
    ----------
    cell, stratum : int arrays, shape (n_tags,)
        Cell of the table; stratum that the contact was drawn from.
    weight : array, shape (n_tags,)
        1 / inclusion probability.
    human, machine : arrays, shape (n_tags,)
        Whether people and the machine gave the flag; of people the share, where they are divided.
    """

    cell: Codes
    stratum: Codes
    weight: Array
    human: Array
    machine: Array


@dataclass(frozen=True)
class Population:
    """Contacts of each cell: how many are not tagged, and how many of these the machine flags.

    Attributes
    ----------
    rest, rest_flagged : arrays, shape (n_cells,)
    """

    rest: Array
    rest_flagged: Array


@dataclass(frozen=True)
class Rates:
    """Corrected rate of each cell, with what it was made of.

    Attributes
    ----------
    n_tagged : array, shape (n_cells,)
    rate, low, high : arrays, shape (n_cells,)
        NaN where no contact is tagged.
    p_bias : array, shape (n_cells,)
        Two-sided p value of a machine that errs as often in one direction as in the other.
    weight : array, shape (n_cells,)
        The weight of the machine's labels, 0 to 1 (lambda of PPI++).
    intercept, variance : arrays, shape (n_cells,)
        Mean of ``human - weight * machine`` in the sample, and its variance with pseudo-tags.
    """

    n_tagged: Array
    rate: Array
    low: Array
    high: Array
    p_bias: Array
    weight: Array
    intercept: Array
    variance: Array


class _Moments:
    """Weighted means of the sample by cell, and the variances and covariance of these means."""

    def __init__(self, sample: Sample, rest: Array) -> None:
        self._sample, self._cells = sample, len(rest)
        self.n = self._sum(np.ones(len(sample.cell)))
        self._contacts = self.n + rest
        self._share = (
            sample.weight / self._sum(sample.weight)[sample.cell] if len(sample.cell) else (sample.weight)
        )
        self.human, self.machine = (
            self._sum(self._share * sample.human),
            self._sum(self._share * sample.machine),
        )
        self.flagged = self._sum(sample.machine)
        self.design_effect = self.n * self._sum(self._share**2)
        human = sample.human - self.human[sample.cell]
        machine = sample.machine - self.machine[sample.cell]
        self._pairs = self._paired()
        self.is_of_one_stratum = self._pairs is None
        # A contact that people are divided about is a draw: its share says nothing of how sure it is.
        self.divided = self._sum(self._share**2 * sample.human * (1 - sample.human))
        self.var_human = self._covariance(human, human) + self.divided
        self.var_machine = self._covariance(machine, machine)
        self.cov = self._covariance(human, machine)
        self.off = human, machine

    def effective(self) -> Array:
        """Return how many tags of equal weight would be worth as much (Kish 1965), shape (n_cells,)."""
        return np.nan_to_num(divide(self.n, self.design_effect))

    def is_simple(self) -> npt.NDArray[np.bool_]:
        """Return which cells have tags of one stratum with equal probabilities, shape (n_cells,)."""
        return np.isclose(self.design_effect, 1) & self.is_of_one_stratum

    def kept(self) -> Array:
        """Return the part of the effective tags that is left for the variance, shape (n_cells,).

        All of them in a sample of one stratum, as PPI++ has it.
        """
        if self.is_of_one_stratum:
            return np.ones(self._cells)
        return 1 - _SPENT / np.maximum(self.effective(), _SPENT + 1)

    def steadied(self, a: Array, b: Array) -> Array:
        """Return a covariance of two means that rests on more than the few tags of the rarer kind.

        It is mixed with that of tags which vary alike in all strata (Kish): where the rarer kind came up in
        light strata only, the linearized one is far too small.
        """
        rare = np.minimum(self.human, 1 - self.human) * self.effective()
        alike = self._sum(self._share**2) * self._sum(self._share * a * b)
        return (rare * self._covariance(a, b) + _STEADYING * alike) / (rare + _STEADYING)

    def _sum(self, values: Array) -> Array:
        return np.bincount(self._sample.cell, values, minlength=self._cells).astype("float64")

    def _covariance(self, a: Array, b: Array) -> Array:
        """Return the covariance of two linearized means of a sample of the process that makes contacts.

        ``a`` and ``b`` are deviations from the means. Of a stratified sample: that of the sample, with finite
        population correction (Cochran 1977, 5A.14), and that of the contacts themselves. In a sample of one
        stratum both add up to the plain variance with divisor n, which PPI++ has.
        """
        whole = self._share * a * b
        a, b = self._share * a, self._share * b
        if self._pairs is None:
            return self._sum(a * b)
        pair, cell, size, factor = self._pairs
        squares, left, right = (np.bincount(pair, values, minlength=len(cell)) for values in (a * b, a, b))
        centred = np.where(size > 1, left * right / size, 0.0)
        of_sample = np.bincount(cell, (squares - centred) * factor, minlength=self._cells)
        return of_sample + self._sum(whole) / np.maximum(self._contacts, 1)

    def _paired(self) -> tuple[Codes, Codes, Array, Array] | None:
        """Return the pair of cell and stratum of each tag; of each pair cell, tags of the stratum, factor.

        None where all tags are of one stratum.
        """
        stratum = self._sample.stratum
        n_strata = int(stratum.max(initial=-1)) + 1
        if n_strata <= 1:
            return None
        size = np.bincount(stratum, minlength=n_strata).astype("float64")
        drawn = size / np.maximum(np.bincount(stratum, self._sample.weight, minlength=n_strata), size)
        # The only tag of a stratum shows no variance: its square stands for it.
        factor = (1 - drawn) * np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
        keys, pair = np.unique(self._sample.cell * n_strata + stratum, return_inverse=True)
        of_pair = keys % n_strata
        return pair, keys // n_strata, size[of_pair], factor[of_pair]


def estimate_rates(
    sample: Sample, population: Population, level: float, weight: Array | None = None
) -> Rates:
    """Return the corrected rate of each cell with its interval.

    Parameters
    ----------
    sample : Sample
    population : Population
    level : float
        Coverage.
    weight : array, shape (n_cells,), optional
        The weight of the machine's labels; None chooses it.

    Returns
    -------
    Rates

    Notes
    -----
    The estimate is that of PPI++ (Angelopoulos, Duchi and Zrnic 2023, equation 6, the weight in 0 to 1):
    ``weight * mean(machine, not tagged) + mean(human - weight * machine, tagged)``, means of the tagged by
    inverse inclusion probabilities (Hajek 1971). Where probabilities differ the mean of those not tagged is
    that of all contacts less the weighted one of the tagged, as the two are then not alike. With ``weight`` 1
    it is the difference estimator of survey sampling (Cassel, Särndal and Wretman 1976). The weight minimizes
    the variance, which is linearized within strata; for a simple random sample all is equal to package
    ``ppi-python``.

    The interval is the normal one where a simple random sample holds enough of both kinds and of errors, else
    Wilson's at the effective sample size ``rate * (1 - rate) / variance`` (Korn and Graubard 1998,
    Survey Methodology 24, 193-201; Franco et al. 2019, Journal of Survey Statistics and Methodology 7,
    334-364), the variance with half a pseudo-tag of each kind. For human labels alone that is Wilson's
    interval. The variance is that of a sample of the process which makes contacts, as in every other table.
    Where strata are drawn unlike, it is mixed with that of strata alike (see ``_Moments.steadied``), and two
    effective tags are spent on the mean and the weight.

    Examples
    --------
    >>> cell = np.zeros(4, int)
    >>> human, machine = np.array([1.0, 0, 0, 1]), np.array([1.0, 0, 0, 1])
    >>> sample = Sample(cell, cell, np.full(4, 10.0), human, machine)
    >>> found = estimate_rates(sample, Population(np.array([36.0]), np.array([9.0])), 0.95)
    >>> found.weight.round(3).tolist(), found.rate.round(3).tolist()
    ([1.0], [0.25])
    """
    cells = len(population.rest)
    moments = _Moments(sample, population.rest)
    rest_rate = _rest_rate(moments, population)
    rest_variance = np.clip(rest_rate * (1 - rest_rate), 0.0, 0.25) / np.maximum(population.rest, 1)
    tuned = _tuned_weight(moments, population) if weight is None else weight
    intercept = moments.human - tuned * moments.machine
    rate = np.where(moments.n > 0, np.clip(tuned * rest_rate + intercept, 0.0, 1.0), np.nan)
    size, smoothed = _effective_size(moments, tuned, rest_rate, rest_variance)
    low, high = wilson(rate * size, size, level)
    variance = moments.var_human - 2 * tuned * moments.cov + tuned**2 * moments.var_machine
    half = special.ndtri(0.5 + level / 2) * np.sqrt(tuned**2 * rest_variance + np.maximum(variance, 0.0))
    normal = _is_common(sample, cells) & moments.is_simple()
    low = np.where(normal, np.clip(rate - half, 0.0, 1.0), low)
    high = np.where(normal, np.clip(rate + half, 0.0, 1.0), high)
    p = _bias_p_value(sample, cells)
    return Rates(moments.n, rate, low, high, p, tuned, intercept, smoothed)


def _rest_rate(moments: _Moments, population: Population) -> Array:
    """Return the machine's rate of contacts that are not tagged, as if they were as those that are.

    In a sample of equal probabilities it is just their rate. Where uncertain contacts are drawn more often
    the others are not like the tagged; the machine's rate of all contacts is, after weighting.
    """
    flagged = population.rest_flagged + moments.flagged
    return divide(flagged - moments.n * moments.machine, np.maximum(population.rest, 1))


def _tuned_weight(moments: _Moments, population: Population) -> Array:
    """Return the weight of the machine's labels with the least variance, 0 to 1."""
    n, rest = moments.n, population.rest
    total = n + rest
    flagged = (moments.flagged + population.rest_flagged) / np.maximum(total, 1)
    pooled = flagged * (1 - flagged) * total / np.maximum(total - 1, 1)
    spread = moments.machine * (1 - moments.machine)
    # Tags of a simple random sample that give the machine's rate the variance it has in this one.
    size = divide(spread, moments.var_machine)
    weight = divide(moments.cov, pooled * (divide(1, size) + divide(1, rest)))
    return np.clip(np.nan_to_num(weight), 0.0, 1.0)


def _effective_size(
    moments: _Moments, weight: Array, rest_rate: Array, rest_variance: Array
) -> tuple[Array, Array]:
    """Return how many tags would be worth as much by themselves, and the variance of the intercept.

    Both with pseudo-tags.
    """
    n = np.maximum(moments.n, 1)
    total = n + 4 * _PSEUDO
    human, machine = ((n * mean + 2 * _PSEUDO) / total for mean in (moments.human, moments.machine))
    pseudo = _PSEUDO * moments.design_effect

    def smoothed(covariance: Array, off: Array, square: Array) -> Array:
        return (n * (n * covariance + off) + pseudo * square) / total / n

    def spread(mean: Array) -> Array:
        return 2 * (mean**2 + (1 - mean) ** 2)

    off_human, off_machine = moments.off
    own = moments.steadied(off_human, off_human) + moments.divided
    of_human = smoothed(own, (moments.human - human) ** 2, spread(human))
    of_machine = smoothed(
        moments.steadied(off_machine, off_machine), (moments.machine - machine) ** 2, spread(machine)
    )
    of_both = smoothed(
        moments.steadied(off_human, off_machine),
        (moments.human - human) * (moments.machine - machine),
        4 * (0.5 - human) * (0.5 - machine),
    )
    variance = weight**2 * of_machine - 2 * weight * of_both + of_human
    rate = np.clip(weight * (rest_rate - machine) + human, 1 / (4 * total), 1 - 1 / (4 * total))
    # People's labels alone are the estimate at weight 0, whose interval must not be the narrower one.
    alone = human * (1 - human) / of_human
    size = np.maximum(divide(rate * (1 - rate), weight**2 * rest_variance + variance), alone)
    return size * moments.kept(), variance


def _is_common(sample: Sample, cells: int) -> npt.NDArray[np.bool_]:
    """Return in which cells flags, their absence and errors are frequent enough for a normal interval."""
    kinds = sample.human, 1 - sample.human, np.abs(sample.human - sample.machine)
    flagged, cleared, wrong = (np.bincount(sample.cell, kind, minlength=cells) for kind in kinds)
    return (np.minimum(flagged, cleared) >= _COMMON) & (wrong >= _DISAGREEING)


def _bias_p_value(sample: Sample, cells: int) -> Array:
    """Return the p value of errors in both directions alike (McNemar 1947, by weight)."""
    error = sample.weight * (sample.human - sample.machine)
    total = np.bincount(sample.cell, error, minlength=cells)
    square = np.bincount(sample.cell, error**2, minlength=cells)
    tagged = np.bincount(sample.cell, minlength=cells)
    p = np.where(square > 0, 2 * stats.norm.sf(np.abs(total) / np.sqrt(np.maximum(square, 1e-300))), 1.0)
    return np.where(tagged > 0, p, np.nan)


def share_interval(
    hit: Array, weight: Array, cell: Codes, cells: int, level: float
) -> tuple[Array, Array, Array]:
    """Return the weighted share of hits in each cell, with Wilson's interval at Kish's effective size.

    Parameters
    ----------
    hit, weight : arrays, shape (n_tags,)
        What is averaged, 0 to 1; 1 / inclusion probability.
    cell : int array, shape (n_tags,)
    cells : int
    level : float

    Returns
    -------
    share, low, high : arrays, shape (n_cells,)
        NaN in a cell without tags.

    References
    ----------
    Kish (1965), Survey Sampling, section 8.2: ``(sum w)^2 / sum w^2``.

    Examples
    --------
    >>> share, low, high = share_interval(np.array([1.0, 0]), np.array([3.0, 1]), np.zeros(2, int), 1, 0.95)
    >>> share.tolist(), low.round(3).tolist(), high.round(3).tolist()
    ([0.75], [0.169], [0.978])
    """
    total = np.bincount(cell, weight, minlength=cells)
    share = divide(np.bincount(cell, weight * hit, minlength=cells), total)
    size = divide(total**2, np.bincount(cell, weight**2, minlength=cells))
    low, high = wilson(share * size, size, level)
    return share, low, high
