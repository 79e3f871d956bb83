"""Check digits and shapes of written identifiers; every function takes bare characters, no separators."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

__all__ = [
    "PROVINCES",
    "is_card_like",
    "is_id15",
    "is_id18",
    "is_landline",
    "is_luhn",
    "is_mobile",
    "is_uscc",
    "looks_like_id18",
]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
PROVINCES = np.zeros(100, bool)
"""Whether two digits are a province's at the start of an identity number (GB/T 2260)."""
for _codes in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91)):
    PROVINCES[_codes[0] : _codes[1] + 1] = True
PROVINCES.setflags(write=False)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9])[1-9][0-9]{7}|0[3-9][0-9]{2}[1-9][0-9]{6,7}")
_LOWEST_YEAR, _HIGHEST_YEAR = 1900, 2099


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def looks_like_id18(value: str) -> bool:
    """Whether an 18-character value has the province and birth date of a resident identity number.

    Examples
    --------
    >>> looks_like_id18("110101199003070000"), looks_like_id18("110101199013070000")
    (True, False)
    """
    if len(value) != 18 or not value[:17].isdecimal() or not PROVINCES[int(value[:2])]:
        return False
    year = int(value[6:10])
    return _LOWEST_YEAR <= year <= _HIGHEST_YEAR and _is_date(year, int(value[10:12]), int(value[12:14]))


def is_id18(value: str) -> bool:
    """Whether ``value`` is a valid 18-character resident identity number (GB 11643-1999, ISO 7064 MOD 11-2).

    Examples
    --------
    >>> is_id18("11010519491231002X")
    True
    """
    if not looks_like_id18(value):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, value, strict=False))
    return _ID_CHECK[total % 11] == value[17].upper()


def is_id15(value: str) -> bool:
    """Whether ``value`` has the shape of a 15-digit identity number (province, two-digit year, valid date).

    Examples
    --------
    >>> is_id15("110105491231002"), is_id15("110105491331002")
    (True, False)
    """
    if len(value) != 15 or not value.isdecimal() or not PROVINCES[int(value[:2])]:
        return False
    return _is_date(1900 + int(value[6:8]), int(value[8:10]), int(value[10:12]))


def is_luhn(value: str) -> bool:
    """Whether a string of digits passes the Luhn test (ISO/IEC 7812-1, annex B).

    Examples
    --------
    >>> is_luhn("79927398713")
    True
    """
    total = 0
    for place, digit in enumerate(reversed(value)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 * (number > 9)
    return total % 10 == 0


def is_card_like(value: str) -> bool:
    """Whether a string of digits has the length and first digit of a bank card (16-19 digits).

    Examples
    --------
    >>> is_card_like("6222020000000000"), is_card_like("1222020000000000")
    (True, False)
    """
    return 16 <= len(value) <= 19 and value[0] in "34569" and len(set(value)) > 1


def is_uscc(value: str) -> bool:
    """Whether ``value`` is a valid unified social credit code (GB 32100-2015, MOD 31).

    Examples
    --------
    >>> is_uscc("91350100M000100Y43")
    True
    """
    if _USCC.fullmatch(value) is None:
        return False
    total = sum(w * _USCC_ALPHABET.index(c) for w, c in zip(_USCC_WEIGHTS, value, strict=False))
    return _USCC_ALPHABET[(31 - total % 31) % 31] == value[17]


def is_mobile(value: str) -> bool:
    """Whether 11 digits can be a mobile number of mainland China (second digit 3 to 9).

    Examples
    --------
    >>> is_mobile("13800138000"), is_mobile("12800138000")
    (True, False)
    """
    return _MOBILE.fullmatch(value) is not None


def is_landline(value: str) -> bool:
    """Whether the digits are an area code with 0 and a local number of 7 or 8 digits.

    Examples
    --------
    >>> is_landline("02158886666"), is_landline("4008208820")
    (True, False)
    """
    return _LANDLINE.fullmatch(value) is not None
