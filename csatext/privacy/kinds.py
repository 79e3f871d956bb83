"""The kinds of personal data: one table that recognizers, masks and outputs read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from csatext.errors import ParameterError

__all__ = [
    "ID_KINDS",
    "KINDS",
    "KIND_NAMES",
    "MASK",
    "MASK_LABELS",
    "MESSAGE_KINDS",
    "Found",
    "Kind",
    "Pii",
    "check_kinds",
]


@dataclass(frozen=True)
class Kind:
    """A kind of personal data.

    Parameters
    ----------
    name : str
        In tables and arguments.
    label : str
        In the brackets of a mask.
    in_ids : bool
        Whether it is masked in a column of identifiers: numbers of cards and orders look like identifiers
        by chance.
    in_messages : bool
        Whether it is masked in sentences that the program itself says: file names, headers, errors.
    """

    name: str
    label: str
    in_ids: bool = False
    in_messages: bool = False


KINDS = (
    Kind("mobile", "手机号", in_ids=True, in_messages=True),
    Kind("landline", "固定电话", in_ids=True, in_messages=True),
    Kind("id_card", "身份证", in_ids=True, in_messages=True),
    Kind("bank_card", "银行卡", in_messages=True),
    Kind("email", "邮箱", in_ids=True, in_messages=True),
    Kind("plate", "车牌", in_ids=True, in_messages=True),
    Kind("uscc", "信用代码"),
    Kind("passport", "护照", in_ids=True, in_messages=True),
    Kind("officer", "军官证", in_messages=True),
    Kind("device", "设备号"),
    Kind("vin", "车架号"),
    Kind("otp", "验证码"),
    Kind("password", "密码"),
    Kind("birth_date", "出生日期"),
    Kind("account", "账号"),
    Kind("order", "单号"),
    Kind("address", "地址"),
    Kind("name", "姓名", in_ids=True),
    Kind("ip", "IP"),
)
"""Every kind of personal data, in the order in which a tie between two readings is decided."""

MASK_LABELS = {kind.name: kind.label for kind in KINDS}
"""What stands in the brackets of a mask, by name of the kind."""

KIND_NAMES = frozenset(MASK_LABELS)
"""Names of all kinds."""

ID_KINDS = tuple(kind.name for kind in KINDS if kind.in_ids)
"""Names of the kinds masked in any identifier."""

MESSAGE_KINDS = tuple(kind.name for kind in KINDS if kind.in_messages)
"""Names of the kinds masked in sentences of the program."""

MASK = re.compile(rf"\[(?:{'|'.join(MASK_LABELS.values())})(?:#[0-9a-f]{{12}})?\]")
"""A mask that redaction has put into a text."""

_WORD = re.compile("[a-z_]{1,20}")
_KINDS_WANTED = '种类名的列表，例如 ["mobile", "id_card"]'


class Found(NamedTuple):
    """A value found: its span in the normalized text, its kind, and the value without separators."""

    start: int
    end: int
    kind: str
    value: str


class Pii(NamedTuple):
    """One piece of personal data.

    Attributes
    ----------
    start, end : int
        Characters of the original text, end exclusive.
    kind : str
        Name of one of :data:`KINDS`.
    """

    start: int
    end: int
    kind: str


def check_kinds(kinds: Iterable[str] | None) -> frozenset[str]:
    """Return the kinds asked for; all of them for None."""
    if kinds is None:
        return KIND_NAMES
    if isinstance(kinds, str) or not isinstance(kinds, Iterable):
        raise ParameterError.wrong_type("kinds", kinds, _KINDS_WANTED)
    chosen = list(kinds)
    for kind in chosen:
        if not isinstance(kind, str):
            raise ParameterError.wrong_type("kinds", kind, _KINDS_WANTED)
        if kind not in MASK_LABELS:  # what is no word may be a value put in the wrong place
            raise ParameterError.not_allowed(
                "kinds", kind if _WORD.fullmatch(kind) else "…", list(MASK_LABELS)
            )
    return frozenset(chosen)
