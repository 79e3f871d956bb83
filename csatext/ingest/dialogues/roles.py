"""Who speaks: names and flags of speakers to the four roles, by ``lexicons/roles.tsv``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from csatext.ingest.columns.headers import normal_header
from csatext.ingest.columns.values import as_flags, as_text
from csatext.lexicon import Lexicon

__all__ = [
    "ROLES",
    "anonymous",
    "flag_role",
    "flag_role_of",
    "is_listed",
    "listed_parts",
    "map_roles",
    "role_names",
    "role_of",
]

ROLES = ("customer", "agent", "bot", "system")
_LONGEST = 30
_LEAST_PART = 2
_BRACKETED = re.compile(r"[(\[{【<《](.{1,20}?)[)\]}】>》]")
_TAIL = re.compile(r"(?<=\D)[0-9a-z]{0,2}[0-9]{1,12}$|(?<=[^\x00-\x7f])[a-z]$")
_TOKENS = re.compile(r"[a-z]+")
_ANONYMOUS = re.compile(
    r"(?:speaker|spkr|spk|channel|chan|ch|person|part[yi]|participant|voice|"
    r"说话人|发言人|讲话人|说话者|发言者|角色|声道|通道|人物)[0-9a-z一二三四五六]{1,2}|[a-z]|[甲乙丙丁]|[0-9]|[左右]声道|左|右"
)
_AFFIX = re.compile(
    r"^(?:is|isfrom|isby|from|by|sentby|sendby|sendfrom|是否为|是否是|是否|是不是|由)"
    r"|(?:send|sent|sender|flag|msg|message|发送|发出|发言|消息|标志|标识|标记|说话)$"
)
_LABELS = 8
_LABEL = 12
_PARTS = (2, 4)
"""Fewest and most parts of a turn that is a list: who speaks, what is said, and times or numbers."""
_TIME = re.compile(
    r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]?)?(?:\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?)?|\d+(?:\.\d+)?"
)
_OTHER_SIDE = {"customer": "agent", "agent": "customer"}


@cache
def role_names(kind: str = "name") -> Mapping[str, str]:
    """Return the terms of ``lexicons/roles.tsv`` of one kind in normal form, each with its role.

    Parameters
    ----------
    kind : {"name", "direction", "flag", "origin"}
        What a side is called, which way a message went as the centre sees it, what the header of a flag
        such as ``is_sender`` means, or the numbers of the sides in WeChat customer service.

    Examples
    --------
    >>> role_names()["坐席"], role_names("direction")["inbound"]
    ('agent', 'customer')
    """
    return {
        normal_header(entry.term): str(entry.get("role"))
        for entry in Lexicon.load("roles").entries
        if entry.get("kind") == kind
    }


def _exact(name: str) -> str | None:
    return role_names().get(name) or role_names().get(_TAIL.sub("", name))


def role_of(label: str, *, whole: bool = False) -> str | None:
    """Return the role that a speaker's label names, None where it names none.

    The label itself, without its number (客服001, Agent 7), the words in brackets (张女士（客户）), or,
    unless ``whole``, the longest role name that it begins or ends with (客服小王, 某某旗舰店).

    Parameters
    ----------
    label : str
        As it was written.
    whole : bool, default False
        Whether the label must be a role name but for its number (keys of records: 客服意图 is no speaker).

    Examples
    --------
    >>> role_of("客服小美"), role_of("智能客服"), role_of("張女士（客戶）"), role_of("SPEAKER 1")
    ('agent', 'bot', 'customer', None)
    """
    bare = label.strip()
    if not bare or len(bare) > _LONGEST:
        return None
    name = normal_header(bare)
    found = _exact(name)
    if found is None:
        inside = _BRACKETED.search(unicodedata.normalize("NFKC", bare))
        found = _exact(normal_header(inside[1])) if inside is not None else None
    if found is not None or whole:
        return found
    for token in _TOKENS.findall(unicodedata.normalize("NFKC", bare).casefold()):
        if len(token) > _LEAST_PART and token in role_names():
            return role_names()[token]
    parts = [
        part
        for length in range(_LEAST_PART, len(name))
        for part in (name[:length], name[-length:])
        if part in role_names() and not part.isascii()
    ]
    return role_names()[max(parts, key=len)] if parts else None


def anonymous(label: str) -> bool:
    """Return whether a label only tells the speakers of a dialogue apart.

    Examples
    --------
    >>> [anonymous(label) for label in ("[SPEAKER 1]", "A", "说话人2", "客服")]
    [True, True, True, False]
    """
    return _ANONYMOUS.fullmatch(normal_header(label)) is not None


def map_roles(labels: pd.Series) -> pd.Series:
    """Return the role of each label, NA where the label names none.

    Where every value is a direction (in, out, 接收, 发送), incoming messages are the customer's.

    Examples
    --------
    >>> map_roles(pd.Series(["坐席", "用户", "A"])).tolist()[:2]
    ['agent', 'customer']
    >>> map_roles(pd.Series(["in", "out"])).tolist()
    ['customer', 'agent']
    """
    names = labels.dropna().unique()
    directions = {name: role_names("direction").get(normal_header(name)) for name in names}
    found = directions if names.size and all(directions.values()) else {name: role_of(name) for name in names}
    return labels.map(found).astype("str")


@cache
def flag_role_of(header: str) -> str | None:
    """Return the role that the header of a flag names, None for any other header.

    Examples
    --------
    >>> flag_role_of("is_agent"), flag_role_of("是否客服"), flag_role_of("isFromMe"), flag_role_of("agent")
    ('agent', 'agent', 'agent', None)
    """
    name = bare = normal_header(header)
    if name in role_names("flag"):
        return role_names("flag")[name]
    for _ in range(3):
        bare = _AFFIX.sub("", bare, count=1)
    return role_names().get(bare) if bare != name else None


def flag_role(header: str, column: pd.Series) -> tuple[str, pd.Series] | None:
    """Return the role that a yes/no column flags, and the role of each row; None for any other column.

    ``is_agent``, ``waiter_send``, ``from_customer``, 是否客服: yes is the role that the header names, no is
    the other side (unknown for a bot or a system). ``is_sender``, ``isFromMe``: yes is the centre, whose
    account the export is of. ``origin``: 3 customer, 4 system, 5 agent
    (https://developer.work.weixin.qq.com/document/path/94670).

    Examples
    --------
    >>> flag_role("waiter_send", pd.Series(["1", "0"]))[1].tolist()
    ['agent', 'customer']
    >>> flag_role("is_transfer", pd.Series(["1", "0"])) is None
    True
    """
    if normal_header(header) == "origin":
        return _of_origins(as_text(column).str.strip())
    role = flag_role_of(header)
    if role is None:
        return None
    flags = as_flags(as_text(column))
    if flags is None:
        return None
    yes, no = flags.fillna(False).astype("bool"), (~flags).fillna(False).astype("bool")
    roles = pd.Series(pd.NA, index=column.index, dtype="str").mask(yes, role)
    return role, roles.mask(no, _OTHER_SIDE[role]) if role in _OTHER_SIDE else roles


def _of_origins(numbers: pd.Series) -> tuple[str, pd.Series] | None:
    roles = numbers.map(role_names("origin")).astype("str")
    known = roles.notna().sum() == numbers.notna().sum() and (roles == "customer").any()
    return ("customer", roles) if known else None


def is_listed(item: Any) -> bool:
    """Return whether a value is a turn as a list: strings of a speaker and what was said, times or numbers.

    Examples
    --------
    >>> is_listed(["您好", "客服", "10:00:01"]), is_listed(["您好"])
    (True, False)
    """
    return (
        isinstance(item, list)
        and _PARTS[0] <= len(item) <= _PARTS[1]
        and all(isinstance(part, str | int | float) or part is None for part in item)
        and sum(isinstance(part, str) for part in item) > 1
    )


def _few_labels(labels: Sequence[str]) -> bool:
    return len(set(labels)) <= _LABELS and (
        len(set(labels)) < len(labels) or all(role_of(label) or anonymous(label) for label in labels)
    )


def listed_parts(items: Sequence[Any]) -> tuple[int, int, int | None] | None:
    """Return which part of turns that are lists is the speaker, which the text and which (None: no) the time.

    The speaker's are few and short, and names of roles where there are such; the text's are the longest
    of the others. Of two that could be either the one in front is the speaker.

    Examples
    --------
    >>> listed_parts([["您好，请讲", "客服"], ["在吗，我要退款", "用户"]])
    (1, 0, None)
    """
    if len({len(item) for item in items}) != 1:
        return None
    columns = list(zip(*items, strict=True))
    strings = [n for n, column in enumerate(columns) if all(isinstance(part, str) for part in column)]
    timed = {n for n in strings if all(_TIME.fullmatch(part.strip()) for part in columns[n])}
    spoken = [n for n in strings if n not in timed or not any(columns[n])]
    labels = [n for n in spoken if _few_labels(columns[n])]
    if not labels or len(spoken) < 2:
        return None

    def score(n: int) -> tuple[float, float, int]:
        names = [role_of(label) is not None or anonymous(label) for label in columns[n]]
        kinds = len(set(columns[n])) / len(names)
        return sum(names) / len(names), -kinds - sum(map(len, columns[n])) / (_LABEL * len(names)), -n

    label = max(labels, key=score)
    text = max((n for n in spoken if n != label), key=lambda n: sum(map(len, columns[n])))
    clock = [n for n in range(len(columns)) if n in timed or n not in strings]
    return label, text, clock[0] if clock else None
