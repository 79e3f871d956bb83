"""Checks of whole numbers and switches among the arguments."""

from __future__ import annotations

import numpy as np

from csatext.errors import ParameterError

__all__ = ["check_switch", "check_whole"]


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
