"""Check digits and shapes of written identifiers; every function takes bare characters, no separators."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

__all__ = [
    "PROVINCES",
    "is_barcode",
    "is_card_like",
    "is_hongkong_id",
    "is_id15",
    "is_id18",
    "is_landline",
    "is_luhn",
    "is_mobile",
    "is_taiwan_id",
    "is_taiwan_landline",
    "is_uscc",
    "is_vin",
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
_TAIWAN_LANDLINE = re.compile(
    "0(?:[24][2-9][0-9]{7}|49[2-9][0-9]{6}|[35678][2-9][0-9]{6}|(?:37|89|82)[2-9][0-9]{5}|8[23]6[2-9][0-9]{4})"
)
"""Area codes of Taiwan with local numbers of their length (Numbering Plan, NCC)."""
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""Letters of a Taiwan identity number in the order of their values, from 10."""
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{4}[0-9]{4}")
_VIN_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
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


def is_taiwan_landline(value: str) -> bool:
    """Whether the digits are an area code of Taiwan and a local number of its length.

    Examples
    --------
    >>> is_taiwan_landline("0223456789"), is_taiwan_landline("0723456789")
    (True, False)
    """
    return _TAIWAN_LANDLINE.fullmatch(value) is not None


def is_taiwan_id(value: str) -> bool:
    """Whether ``value`` is an identity number of Taiwan: a letter, nine digits, the last a check digit.

    Citizens have 1 or 2 after the letter, residents 8 or 9 (National Immigration Agency, 2021) or A to D
    (until then). The letter counts as two digits from 10 to 35; weights 1, 9, 8 ... 1, 1, modulus 10.

    Examples
    --------
    >>> is_taiwan_id("A123456789"), is_taiwan_id("A123456788")
    (True, False)
    """
    if len(value) != 10 or value[0] not in _TAIWAN_LETTERS or not value[2:].isdecimal():
        return False
    if value[1] not in "1289ABCD":
        return False
    second = value[1] if value[1].isdecimal() else str((10 + _TAIWAN_LETTERS.index(value[1])) % 10)
    first = 10 + _TAIWAN_LETTERS.index(value[0])
    digits = [first // 10, first % 10, int(second), *map(int, value[2:])]
    return sum(w * d for w, d in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), digits, strict=True)) % 10 == 0


def is_hongkong_id(value: str) -> bool:
    """Whether ``value`` is an identity number of Hong Kong: one or two letters, six digits, a check digit.

    Letters count from A = 10, a missing first one as 36; weights 9 to 1, modulus 11, A for 10
    (Immigration Department, check digit as in the Code of Practice on the identity card number).

    Examples
    --------
    >>> is_hongkong_id("A1234563"), is_hongkong_id("A1234564")
    (True, False)
    """
    if re.fullmatch(r"[A-Z]{1,2}[0-9]{6}[0-9A]", value) is None:
        return False
    numbers = [int(char, 36) for char in value]
    numbers = [36, *numbers] if len(numbers) == 8 else numbers
    return sum(w * n for w, n in zip(range(9, 0, -1), numbers, strict=True)) % 11 == 0


def is_vin(value: str) -> bool:
    """Whether ``value`` is a vehicle identification number with its check digit (GB 16735, ISO 3779).

    Examples
    --------
    >>> is_vin("1M8GDM9AXKP042788"), is_vin("1M8GDM9A1KP042788")
    (True, False)
    """
    if _VIN.fullmatch(value) is None:
        return False
    total = sum(w * int(_VIN_VALUES[char]) for w, char in zip(_VIN_WEIGHTS, value, strict=True))
    return "0123456789X"[total % 11] == value[8]


def is_barcode(value: str) -> bool:
    """Whether 13 digits are the bar code of a product with its check digit (GB 12904, EAN-13).

    Examples
    --------
    >>> is_barcode("6901234567892"), is_barcode("6901234567893")
    (True, False)
    """
    if len(value) != 13 or not value.isdecimal():
        return False
    return sum(int(char) * (1 + 2 * (at % 2)) for at, char in enumerate(value)) % 10 == 0
