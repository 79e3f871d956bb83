"""Codes dictated or given in groups after their trigger word: E，幺二三四，五六七八."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csatext.privacy.context import DIRECT, TriggerWords
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import TURN_JOIN
from csatext.privacy.recognizers.checksums import is_mobile, is_uscc
from csatext.privacy.recognizers.digit_runs import FILLER
from csatext.privacy.recognizers.spoken_digits import SPOKEN, as_digits

__all__ = ["dictated_codes"]

_LEAD = re.compile(f"(?:{DIRECT}|{TURN_JOIN})*+")
_PAUSE = re.compile(rf"(?:[\s·.,，、。…\-_/{TURN_JOIN}]|{FILLER}){{0,8}}+")
_SPACE = re.compile(rf"\s?(?:[。，,]?{TURN_JOIN}{_PAUSE.pattern})?")
_SPOKEN_GROUP = re.compile(f"[{SPOKEN}]{{2}}")
_GROUP = re.compile(rf"[A-Za-z0-9{SPOKEN}]+")
_MARK = re.compile(
    rf"{TURN_JOIN}?(?P<line>下划线)|(?P<dash>中划线|横线|横杠|短横|减号|杠)|(?P<dot>点)|\s(?=[A-Za-z0-9](?![A-Za-z0-9]))"
)
_NICKNAME = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")
_LETTER, _DIGIT = re.compile("[A-Z]"), re.compile("[0-9]")
_PASSPORT = re.compile("[A-Z]{1,2}[0-9]{7,8}|[HM][0-9]{10}")
_ORDER = re.compile("[A-Z]{1,5}[A-Z0-9]{0,4}[0-9]{5,26}")
_LONGEST = 30
_SHORT_GROUP = 5
_LEAST_NICKNAME = 5
_TAX_SIZES = (18, 15, 20)
_LEAST_TAX_DIGITS = 8
_SOUGHT = frozenset(("passport", "tax", "order", "account"))


def _groups(normalized: str, at: int) -> list[tuple[int, int, str]]:
    """Return start, end and characters of the groups that only pauses and fillers separate."""
    groups: list[tuple[int, int, str]] = []
    size = 0
    while (group := _GROUP.match(normalized, at)) is not None and size + len(group.group()) <= _LONGEST:
        if groups and len(group.group()) == 1 < len(groups[-1][2]) and group.group() not in "0123456789":
            break  # SF12345678 三天没更新
        size += len(group.group())
        groups.append((*group.span(), as_digits(group.group()).upper()))
        written = _SPOKEN_GROUP.search(group.group()) is None and len(group.group()) > _SHORT_GROUP
        pause = (_SPACE if written else _PAUSE).match(normalized, group.end())
        at = pause.end() if pause is not None else group.end()
    return groups


def _fits(kind: str, code: str) -> str | None:
    """Return the kind of a code after a trigger word of ``kind``, None where its shape does not fit."""
    if kind == "passport":
        return "passport" if _PASSPORT.fullmatch(code) is not None else None
    if _LETTER.search(code) is None:
        return None
    if kind == "tax":
        digits = len(_DIGIT.findall(code))
        fits = is_uscc(code) or (len(code) in _TAX_SIZES and digits >= _LEAST_TAX_DIGITS)
        return "uscc" if fits else None
    return "order" if kind == "order" and _ORDER.fullmatch(code) is not None else None


def _longest_code(normalized: str, at: int, kind: str) -> Found | None:
    """Return the longest code given in groups that starts at ``at``."""
    code = ""
    best: Found | None = None
    groups = _groups(normalized, at)
    for _, end, characters in groups:
        if best is not None and is_mobile(characters):
            break
        code += characters
        fitting = _fits(kind, code)
        if fitting is not None:
            best = Found(at, end, fitting, code)
        if fitting == "uscc" and is_uscc(code):
            break
    return best


def _nickname(normalized: str, at: int) -> Found | None:
    """Return the account name dictated from ``at``: marks by name, digits spoken or letter by letter."""
    parts: list[str] = []
    start = end = at
    dictated = False
    while (group := _GROUP.match(normalized, at)) is not None:
        parts.append(as_digits(group.group()))
        dictated = dictated or _SPOKEN_GROUP.search(group.group()) is not None
        end = group.end()
        mark = _MARK.match(normalized, end)
        if mark is None:
            break
        dictated = True
        parts.append("_" if mark["line"] else "-" if mark["dash"] else "." if mark["dot"] else "")
        at = mark.end()
    name = "".join(parts)
    whole = dictated and len(name) >= _LEAST_NICKNAME and _NICKNAME.match(name) is not None
    return Found(start, end, "account", name.lower()) if whole else None


def dictated_codes(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield the codes with letters dictated or given in groups right after their trigger word."""
    for end, kind in triggers.ends(_SOUGHT):
        lead = _LEAD.match(normalized, end)
        start = lead.end() if lead is not None else end
        found = _nickname(normalized, start) if kind == "account" else _longest_code(normalized, start, kind)
        if found is not None:
            yield found
