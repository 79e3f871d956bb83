"""What fills the slots of a sentence: amounts, dates, goods, and personal data that is nobody's.

Numbers pass the detectors' checks and cannot belong to anyone: mobile numbers begin with 154, a block
that is not assigned; ID numbers have a right checksum (GB 11643-1999) and the region 10, which does not
exist; card numbers pass Luhn's test (ISO/IEC 7812-1) under an issuer number that is not in use; e-mail
addresses are in example.com (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["SLOTS", "chinese_number", "slot_values"]

SLOTS = (
    *("days", "n", "hours", "mins", "amount", "order", "tail", "phone", "id", "card", "email"),
    *("surname", "item", "product", "carrier", "city", "addr", "date", "plan", "speed"),
)
_DIGITS = np.array(list("零一二三四五六七八九"))
_SPOKEN = np.array(list("零幺二三四五六七八九"))
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECK = np.array(list("10X98765432"))
_LONG_WHILES = ("一个星期", "半个月", "十来天", "好几天", "快一个月")
_EMAIL_WORDS = ("sunny", "river", "maple", "happy", "cloud", "lemon", "green", "panda")

Digits = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]


def chinese_number(number: int) -> str:
    """Return a number from 1 to 9999 in spoken Chinese.

    Examples
    --------
    >>> [chinese_number(n) for n in (2, 10, 15, 108, 320, 1999, 2050)]
    ['二', '十', '十五', '一百零八', '三百二十', '一千九百九十九', '二千零五十']
    """
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + name
        gap = digit == 0
    return words.removeprefix("一") if words.startswith("一十") else words


def slot_values(
    dims: Mapping[str, Strings],
    spoken: npt.NDArray[np.bool_],
    data: Mapping[str, Any],
    rng: np.random.Generator,
) -> Strings:
    """Return a random value of every slot for every contact.

    Parameters
    ----------
    dims : mapping of str to object array, shape (n,)
        Columns product, region and carrier of the contacts.
    spoken : bool array, shape (n,)
        Contacts by voice: most of their numbers are written in Chinese, digit by digit where people
        spell them out.
    data : mapping
        ``lexicons/demo/world.yaml``.
    rng : numpy.random.Generator

    Returns
    -------
    object array of str, shape (len(SLOTS), n)
    """
    n = len(spoken)
    words = rng.random(n) < np.where(spoken, 0.6, 0.3)
    in_words = spoken & words
    whiles = rng.choice(np.array(_LONG_WHILES, dtype=object), n)
    days = np.where(rng.random(n) < 0.2, whiles, _counted(rng.integers(2, 16, n), words) + "天")
    amount = np.minimum(np.exp(rng.normal(4.6, 1.1, n)).astype(np.int64) + 9, 9999)
    written = amount.astype(str).astype(object) + np.where(rng.random(n) < 0.25, ".9", "")
    unit = rng.choice(np.array(["元", "块", "块钱"], dtype=object), n)
    email = rng.choice(np.array(_EMAIL_WORDS, dtype=object), n) + _joined(rng.integers(0, 10, (n, 4)))
    doors = [f"{b}栋{f}0{d}" for b in range(1, 16) for f in range(1, 19) for d in range(1, 5)]
    cities = {region: entry["cities"] for region, entry in data["regions"].items()}
    values: dict[str, Strings] = {
        "days": days,
        "n": _counted(rng.integers(2, 8, n), words),
        "hours": _counted(rng.integers(2, 9, n), words) + "个小时",
        "mins": _numbers(5 * rng.integers(2, 13, n), words) + "分钟",
        "amount": np.where(words, _numbers(amount, words) + "块", written + unit),
        "order": _digits_or_words(rng.integers(0, 10, (n, 12)), in_words),
        "tail": _digits_or_words(rng.integers(0, 10, (n, 4)), in_words),
        "phone": _phones(in_words, rng),
        "id": _identity_numbers(n, rng),
        "card": _cards(n, rng),
        "email": email + "@example.com",
        "surname": rng.choice(np.array(data["surnames"], dtype=object), n),
        "item": _by(dims["product"], data["items"], rng),
        "product": dims["product"],
        "carrier": dims["carrier"],
        "city": _by(dims["region"], cities, rng),
        "addr": rng.choice(np.array(data["estates"], dtype=object), n)
        + rng.choice(np.array(doors, dtype=object), n),
        "date": rng.choice(np.array(data["dates"], dtype=object), n),
        "plan": rng.choice(np.array(data["plans"], dtype=object), n),
        "speed": rng.choice(np.array(data["speeds"], dtype=object), n),
    }
    return np.stack([values[name] for name in SLOTS])


def _by(keys: Strings, choices: Mapping[str, Sequence[str]], rng: np.random.Generator) -> Strings:
    result: Strings = np.full(len(keys), "", dtype=object)
    for key, options in choices.items():
        rows = np.flatnonzero(keys == key)
        result[rows] = rng.choice(np.array(options, dtype=object), len(rows))
    return result


def _numbers(values: Digits, words: npt.NDArray[np.bool_]) -> Strings:
    known, place = np.unique(values, return_inverse=True)
    chinese = np.array([chinese_number(int(value)) for value in known], dtype=object)
    return np.where(words, chinese[place], values.astype(str).astype(object))


def _counted(values: Digits, words: npt.NDArray[np.bool_]) -> Strings:
    return np.where(words & (values == 2), "两", _numbers(values, words))


def _joined(digits: Digits, letters: npt.NDArray[np.str_] | None = None) -> Strings:
    alphabet = np.array(list("0123456789")) if letters is None else letters
    table = np.ascontiguousarray(alphabet[digits])
    return table.view(f"U{table.shape[1]}").ravel().astype(object)


def _digits_or_words(digits: Digits, in_words: npt.NDArray[np.bool_]) -> Strings:
    return np.where(in_words, _joined(digits, _SPOKEN), _joined(digits))


def _phones(in_words: npt.NDArray[np.bool_], rng: np.random.Generator) -> Strings:
    n = len(in_words)
    digits = rng.integers(0, 10, (n, 11))
    digits[:, :3] = (1, 5, 4)
    parts = [_joined(digits[:, a:b]) for a, b in ((0, 3), (3, 7), (7, 11))]
    mark = rng.choice(np.array(["", "-", " "], dtype=object), n, p=[0.8, 0.1, 0.1])
    return np.where(in_words, _joined(digits, _SPOKEN), parts[0] + mark + parts[1] + mark + parts[2])


def _identity_numbers(n: int, rng: np.random.Generator) -> Strings:
    digits = rng.integers(0, 10, (n, 17))
    digits[:, :2] = (1, 0)
    born = rng.integers(1955, 2006, n) * 10000 + rng.integers(1, 13, n) * 100 + rng.integers(1, 29, n)
    digits[:, 6:14] = born[:, None] // 10 ** np.arange(7, -1, -1) % 10
    return _joined(digits) + _ID_CHECK[digits @ _ID_WEIGHTS % 11].astype(object)


def _cards(n: int, rng: np.random.Generator) -> Strings:
    digits = rng.integers(0, 10, (n, 19))
    digits[:, :6] = (6, 2, 9, 9, 9, 9)
    doubled = 2 * digits[:, 17::-2]
    total = digits[:, 16::-2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    digits[:, 18] = -total % 10
    return _joined(digits)
