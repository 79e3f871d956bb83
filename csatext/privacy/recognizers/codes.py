"""Values with letters or fixed marks, written in one piece: credit codes, passports, orders, accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csatext.privacy.context import TriggerWord, TriggerWords
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import TURN_JOIN, around, texts_with
from csatext.privacy.recognizers.checksums import is_id18, is_uscc
from csatext.privacy.recognizers.context_values import CONTEXT_KINDS, context_values
from csatext.privacy.recognizers.dictated_codes import dictated_codes
from csatext.privacy.recognizers.internet import emails, ips
from csatext.privacy.recognizers.numbers import PURPOSE
from csatext.privacy.recognizers.plates import plates

__all__ = ["codes", "lettered"]

_PASSPORT = re.compile(r"(?:[EeGgDdSsPpHhMm][0-9]{8}|[Ee][A-HJ-Za-hj-z][0-9]{7}|[HhMm][0-9]{10})$")
_PASSPORT_LIKE = re.compile(r"[A-Za-z]{1,2}[0-9]{7,8}")
_CODE = re.compile(rf"[A-Za-z0-9](?:[A-Za-z0-9_\-{TURN_JOIN}]{{3,38}}[A-Za-z0-9])")
_USCC = re.compile(r"[0-9A-Za-z]{18}")
_TRACKING = re.compile(
    r"(?:SF[0-9]{12,13}|YT[0-9]{13}|JD[VWXA-Z]{0,2}[0-9]{11,13}|JT[0-9]{13}|ZTO[0-9]{12}|DPK[0-9]{12}|[A-Z]{2}[0-9]{9}CN)$"
)
_PARTED_ORDER = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}$")
"""The order number of a shop abroad, three digits and twice seven."""
_MASKED = re.compile(
    r"(?<![0-9A-Za-z*])[0-9]{1,10}[\s-]?[*xX#_]{3,17}[\s-]?[0-9]{1,5}[xX]?(?![0-9A-Za-z*])"
    r"|(?<![0-9A-Za-z])[3-69][0-9]{3}\s(?:[*xX]{4}\s){1,3}[0-9]{3,4}(?![0-9A-Za-z*])"
)
_MASKS = re.compile("[*xX#_]{3}")
_MOBILE_START = re.compile(r"1[3-9]")
_LETTER = re.compile(r"[A-Za-z]")
_LABEL = re.compile(r"(?:QQ|qq|[Vv][Xx])(?=[A-Za-z][A-Za-z0-9_\-]{4})")
_DOCUMENT = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}年?[\u3400-\u9fff]{0,3}字第?\s?[0-9A-Za-z\-]{1,16}号"
    r"|[〔\[【(](?:19|20)[0-9]{2}[〕\]】)]\s?[\u3400-\u9fffA-Za-z]{0,4}[0-9]{0,4}[\u3400-\u9fff]{0,2}第?\s?[0-9A-Za-z\-]{1,16}号?"
)
_HEAD = re.compile(
    r"[\s:,，、是为的]{0,6}+(?P<head>[A-Za-z0-9\-]{0,12}[\u3400-\u9fff]{0,8}[A-Za-z0-9\-]{0,8})\s?"
)
_MARKS = re.compile(r"[\s:,，、是为的]{0,6}")
_UNNAMED = re.compile(r"[A-Z]{1,6}-?[0-9][0-9\-]{7,24}[0-9A-Z]?")
_PURPOSE_WINDOW = 12
_LEAST_UNNAMED = 10
_ID_SIZE = 18
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}$")


def _masked_kind(value: str, trigger: TriggerWord | None) -> str | None:
    """Return the kind of a number of which somebody has masked the middle, from its length and start."""
    size = len(value)
    near = trigger.kind if trigger is not None else ""
    if 10 <= size <= 12 and _MOBILE_START.match(value) is not None:
        return "mobile"
    if 10 <= size <= 12 and value[0] == "0":
        return "landline"
    if 12 <= size <= 20 and near in ("card", "id"):
        return "bank_card" if near == "card" else "id_card"
    if size in (15, 17, 18) and value[0] in "12345678":
        return "id_card"
    return "bank_card" if 16 <= size <= 19 and value[0] in "34569" else None


def _masked(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    for start, end in texts_with(normalized, _MASKS):
        for match in _MASKED.finditer(normalized, start, end):
            value = re.sub(r"[\s-]", "", match.group()).lower()
            kind = _masked_kind(value, triggers.before(match.start()))
            if kind is not None:
                yield Found(*match.span(), kind, value)


def _code_kind(normalized: str, code: str, start: int, end: int, triggers: TriggerWords) -> str | None:
    """Return the kind of a code of letters and digits, from its shape and the words around it."""
    upper = code.upper()
    digits = sum(map(str.isdecimal, code))
    if is_id18(upper):
        return "id_card"
    trigger = triggers.before(start)
    kind = trigger.kind if trigger is not None else ""
    other = (
        trigger is not None and (trigger.kind == "other" or trigger.kind in CONTEXT_KINDS) and trigger.direct
    )
    ordered = trigger is not None and kind == "order" and (trigger.strong or trigger.direct)
    if (
        digits < len(code)
        and is_uscc(upper)
        and (kind == "tax" or not ((other or ordered) and digits == len(code)))
    ):
        return "uscc"
    if other:
        return None
    if _PASSPORT.match(code) is not None and kind in ("", "passport", "id", "phone") and digits < len(code):
        return "passport"
    if kind == "id" and trigger is not None and trigger.direct and _PASSPORT_LIKE.fullmatch(code) is not None:
        return "passport"
    if kind == "passport" and trigger is not None and trigger.direct and 6 <= digits < len(code):
        return "passport"
    if kind == "tax" and _USCC.fullmatch(code) is not None and digits >= 8:
        return "uscc"
    if digits == len(code.replace("-", "")):
        return "order" if _PARTED_ORDER.match(code) is not None and kind != "phone" else None
    if _DATE.match(code) is not None:
        return None
    if kind == "order" and trigger is not None and digits >= 5 and (trigger.strong or trigger.direct):
        return "order"
    if _TRACKING.match(upper) is not None:
        return "order"
    unnamed = trigger is None and digits >= _LEAST_UNNAMED and _UNNAMED.fullmatch(code) is not None
    if unnamed and any(map(PURPOSE.search, around(normalized, start, end, _PURPOSE_WINDOW))):
        return "order"
    if (
        kind == "account"
        and trigger is not None
        and trigger.direct
        and len(code) >= (5 if trigger.strong else 6)
    ):
        return "account"
    after = triggers.after(end) if trigger is None and _LETTER.search(code) is not None else None
    if (
        after is not None
        and after.strong
        and after.kind in ("order", "account")
        and digits >= 4
        and len(code) >= 6
    ):
        return after.kind
    return None


def _codes(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    for match in _CODE.finditer(normalized):
        if match.group().isdecimal() and len(match.group()) != _ID_SIZE:
            continue  # without a letter or a mark only identity numbers and credit codes are read here
        label = _LABEL.match(match.group())
        start, end = match.start() + (label.end() if label is not None else 0), match.end()
        code = normalized[start:end].replace(TURN_JOIN, "")
        kind = _code_kind(normalized, code, start, end, triggers) if label is None else "account"
        if kind is not None:
            yield Found(
                start, end, kind, code.replace("-", "").upper() if kind != "account" else code.lower()
            )


def _documents(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield numbers of contracts, policies and cases with the year in brackets after a word for them."""
    for match in _DOCUMENT.finditer(normalized) if "号" in normalized or "20" in normalized else ():
        trigger = triggers.before(match.start())
        if trigger is None or trigger.kind != "order":
            continue
        direct = _MARKS.fullmatch(normalized, trigger.end, match.start()) is not None
        head = _HEAD.match(normalized, trigger.end, match.start())
        start = head.start("head") if head is not None else match.start()
        if direct or (head is not None and head.end() == match.start()):
            start = match.start() if direct else start
            yield Found(
                start, match.end(), "order", re.sub(r"[\s\-]", "", normalized[start : match.end()]).upper()
            )


def codes(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield values with letters in a normalized text; where two overlap, the one yielded first counts."""
    yield from emails(normalized)
    yield from context_values(normalized, triggers)
    yield from _documents(normalized, triggers)
    yield from _masked(normalized, triggers)
    yield from ips(normalized, triggers)
    yield from plates(normalized)
    yield from lettered(normalized, triggers)


def lettered(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield the codes whose shape or trigger word determines their kind, account names among them."""
    for found in dictated_codes(normalized, triggers):
        written = _CODE.match(normalized, found.start)
        longer = written is not None and written.end() > found.end and normalized[found.end] == "-"
        yield found._replace(end=written.end()) if longer and written is not None else found
    yield from _codes(normalized, triggers)
