"""Checks of whole numbers and switches among the arguments."""

from __future__ import annotations

import numpy as np

from csatext.errors import ParameterError

__all__ = ["as_whole", "check_switch", "check_whole"]

_RELATIVE, _NEAR_ZERO, _MOST = 1e-6, 1e-9, 1e-3


def as_whole(values: np.ndarray) -> np.ndarray:
    """Return numbers rounded where all of them are whole but for rounding errors, else as they are.

    Counts made again as rate times weight are off by the last bits.

    Parameters
    ----------
    values : ndarray of float64
        NaN is missing.

    Returns
    -------
    ndarray of float64
        Rounded where each lies within a millionth of a whole number, and within a thousandth in all:
        an amount of 1,234,567.89 yuan is no count.

    Examples
    --------
    >>> as_whole(np.array([0.1 * 3 * 10, np.nan])).tolist(), as_whole(np.array([3.1])).tolist()
    ([3.0, nan], [3.1])
    """
    whole = np.rint(values)
    off = np.abs(values - whole)
    near = off <= np.clip(_RELATIVE * np.abs(whole), _NEAR_ZERO, _MOST)
    # Tiny numbers are no zeros.
    return whole if (near | np.isnan(values)).all() and np.nan_to_num(whole).any() else values


def check_whole(value: object, argument: str, least: int) -> int:
    """Return a whole number that is not under ``least``.

    Raises
    ------
    ParameterError
        It is none, or smaller.

    Examples
    --------
    >>> check_whole(3, "min_size", 2)
    3
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ParameterError.wrong_type(argument, value, f"整数，至少 {least}")
    if value < least:
        raise ParameterError.out_of_range(argument, value, f"至少 {least}")
    return int(value)


def check_switch(value: object, argument: str) -> bool:
    """Return True or False; anything else is an error.

    Raises
    ------
    ParameterError
        It is neither.

    Examples
    --------
    >>> check_switch(True, "seasonal")
    True
    """
    if not isinstance(value, (bool, np.bool_)):
        raise ParameterError.wrong_type(argument, value, "True 或 False")
    return bool(value)
