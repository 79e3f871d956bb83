"""Values with letters or fixed marks: e-mail, IP, plate, credit code, passport, masked numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from csatext.text.pii_checks import is_id18, is_uscc
from csatext.text.pii_context import Cue, Cues
from csatext.text.pii_numbers import Found
from csatext.text.pii_view import PROVINCES, TURN_JOIN

__all__ = ["codes"]

_SPOKEN = "零一二三四五六七八九幺两"
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+*\-]{0,63}\s?@\s?[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.){1,5}\s?[A-Za-z]{2,10}(?![A-Za-z0-9])"
)
_SPOKEN_EMAIL = re.compile(
    rf"[A-Za-z0-9{_SPOKEN}][A-Za-z0-9._\-{_SPOKEN}]{{1,40}}\s?"
    rf"(?:@|艾特|圈[aA]|[(\[]at[)\]]|[ ]at[ ]|(?<=[{_SPOKEN}0-9])at)\s?"
    rf"[A-Za-z0-9{_SPOKEN}]{{1,20}}\s?(?:\.|点|[ ]dot[ ])\s?"
    r"(?:[cC][oO][mM]|[cC][nN]|[nN][eE][tT]|康姆)(?:(?:\.|点)[cC][nN])?"
)
_IP4 = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_IP6 = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f:]{0,39}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?![0-9A-Za-z:])"
)
_VERSION = re.compile(
    r"(?:版本号?|固件|系统|[vV]|[vV]er(?:sion)?|iOS|Android|安卓|鸿蒙|HarmonyOS)[\s:是为到了.]{0,3}$"
)
_EDITION = re.compile(r"\s?(?:的?版|bug|闪退|升级|更新)")
_LEAST_OCTET, _HIGHEST_OCTET = 32, 255
_PLATE_END = "挂学警港澳试超使领"
_PLATE = re.compile(
    rf"(?:[{PROVINCES}][A-Za-z]|WJ[{PROVINCES}0-9])[\s·.•・*,，\-]?[\s·]?"
    rf"(?:[A-Za-z0-9{_SPOKEN}][\s·]?){{4}}"
    rf"(?:[A-Za-z0-9{_SPOKEN}](?:[A-Za-z0-9{_SPOKEN}](?![A-Za-z0-9])|[{_PLATE_END}])?|[{_PLATE_END}])(?![A-Za-z0-9])"
)
_PLATE_DIGIT = re.compile(rf"[0-9{_SPOKEN}]")
_CAR = re.compile(r"车牌?号?码?[\s:是为]{0,3}$")
_PASSPORT = re.compile(r"(?:[EeGgDdSsPpHhMm][0-9]{8}|[Ee][A-HJ-Za-hj-z][0-9]{7}|[HhMm][0-9]{10})$")
_PASSPORT_LIKE = re.compile(r"[A-Za-z]{1,2}[0-9]{7,8}")
_CODE = re.compile(rf"[A-Za-z0-9](?:[A-Za-z0-9_\-{TURN_JOIN}]{{3,38}}[A-Za-z0-9])")
_USCC = re.compile(r"[0-9A-Za-z]{18}")
_TRACKING = re.compile(
    r"(?:SF[0-9]{12,13}|YT[0-9]{13}|JD[VWXA-Z]{0,2}[0-9]{11,13}|JT[0-9]{13}|ZTO[0-9]{12}|DPK[0-9]{12}|[A-Z]{2}[0-9]{9}CN)$"
)
_MASKED = re.compile(
    r"(?<![0-9A-Za-z*])[0-9]{1,10}[\s-]?[*xX#_]{3,17}[\s-]?[0-9]{1,5}[xX]?(?![0-9A-Za-z*])"
    r"|(?<![0-9A-Za-z])[3-69][0-9]{3}\s(?:[*xX]{4}\s){1,3}[0-9]{3,4}(?![0-9A-Za-z*])"
)
_MANY_GROUPS = re.compile("::|(?::[0-9A-Fa-f]{1,4}){7}")
_MOBILE_START = re.compile(r"1[3-9]")
_LETTER = re.compile(r"[A-Za-z]")
_LABEL = re.compile(r"(?:QQ|qq|[Vv][Xx])(?=[A-Za-z][A-Za-z0-9_\-]{4})")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}$")


def _masked_kind(value: str, cue: Cue | None) -> str | None:
    """Return the kind of a number of which somebody has masked the middle, from its length and start."""
    size = len(value)
    near = cue.kind if cue is not None else ""
    if 10 <= size <= 12 and _MOBILE_START.match(value) is not None:
        return "mobile"
    if 10 <= size <= 12 and value[0] == "0":
        return "landline"
    if 12 <= size <= 20 and near in ("card", "id"):
        return "bank_card" if near == "card" else "id_card"
    if size in (15, 17, 18) and value[0] in "12345678":
        return "id_card"
    return "bank_card" if 16 <= size <= 19 and value[0] in "34569" else None


def _masked(view: str, cues: Cues) -> Iterator[Found]:
    for match in _MASKED.finditer(view) if any(mask in view for mask in "*xX#_") else ():
        value = re.sub(r"[\s-]", "", match.group()).lower()
        kind = _masked_kind(value, cues.before(match.start()))
        if kind is not None:
            yield Found(*match.span(), kind, value)


def _emails(view: str) -> Iterator[Found]:
    if "@" in view or "艾特" in view or "圈" in view or "at" in view:
        for pattern in (_EMAIL, _SPOKEN_EMAIL) if "@" in view else (_SPOKEN_EMAIL,):
            for match in pattern.finditer(view):
                yield Found(*match.span(), "email", re.sub(r"\s", "", match.group()).lower())


def _is_ip6(value: str) -> bool:
    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    return True


def _ips(view: str, cues: Cues) -> Iterator[Found]:
    for match in _IP4.finditer(view) if "." in view else ():
        cue = cues.before(match.start())
        numbers = [int(part) for part in match.group().split(".")]
        told = cue is not None and cue.kind == "ip"
        version = _VERSION.search(view, max(0, match.start() - 12), match.start()) is not None
        version = version or _EDITION.match(view, match.end()) is not None or max(numbers) < _LEAST_OCTET
        if max(numbers) <= _HIGHEST_OCTET and (told or not version):
            yield Found(*match.span(), "ip", match.group())
    for match in _IP6.finditer(view) if ":" in view and _MANY_GROUPS.search(view) else ():
        value = match.group().lstrip(":") if not match.group().startswith("::") else match.group()
        start = match.end() - len(value)
        value = value if value.endswith("::") else value.rstrip(":")
        if len(value) > 4 and _is_ip6(value):
            yield Found(start, start + len(value), "ip", value.lower())


def _plates(view: str) -> Iterator[Found]:
    for match in _PLATE.finditer(view) if _LETTER.search(view) is not None else ():
        digits = len(_PLATE_DIGIT.findall(match.group()))
        told = _CAR.search(view, max(0, match.start() - 8), match.start()) is not None
        if told or (digits >= 2 and (match.group()[0] != "新" or match.group().isupper())):
            yield Found(*match.span(), "plate", re.sub(r"[\s·.•・\-]", "", match.group()).upper())


def _code_kind(code: str, start: int, end: int, cues: Cues) -> str | None:
    """Return the kind of a code of letters and digits, from its shape and the words around it."""
    upper = code.upper()
    digits = sum(char.isdecimal() for char in code)
    if is_id18(upper):
        return "id_card"
    if is_uscc(upper):
        return "uscc"
    cue = cues.before(start)
    kind = cue.kind if cue is not None else ""
    if cue is not None and cue.kind == "other" and cue.direct:
        return None
    if _PASSPORT.match(code) is not None and kind in ("", "passport", "id", "phone") and digits < len(code):
        return "passport"
    if kind == "id" and cue is not None and cue.direct and _PASSPORT_LIKE.fullmatch(code) is not None:
        return "passport"
    if kind == "passport" and cue is not None and cue.direct and digits >= 7:
        return "passport"
    if kind == "tax" and _USCC.fullmatch(code) is not None and digits >= 8:
        return "uscc"
    if digits == len(code) or (digits == len(code.replace("-", "")) and kind != "order"):
        return None
    if _DATE.match(code) is not None:
        return None
    if kind == "order" and cue is not None and digits >= 5 and (cue.strong or cue.direct):
        return "order"
    if _TRACKING.match(upper) is not None:
        return "order"
    if kind == "account" and cue is not None and cue.direct and len(code) >= (5 if cue.strong else 6):
        return "account"
    after = cues.after(end) if cue is None and _LETTER.search(code) is not None else None
    if (
        after is not None
        and after.strong
        and after.kind in ("order", "account")
        and digits >= 4
        and len(code) >= 6
    ):
        return after.kind
    return None


def _codes(view: str, cues: Cues) -> Iterator[Found]:
    for match in _CODE.finditer(view):
        label = _LABEL.match(match.group())
        start, end = match.start() + (label.end() if label is not None else 0), match.end()
        code = view[start:end].replace(TURN_JOIN, "")
        kind = _code_kind(code, start, end, cues) if label is None else "account"
        if kind is not None:
            yield Found(start, end, kind, code.replace("-", "").upper() if kind != "account" else code)


def codes(view: str, cues: Cues) -> Iterator[Found]:
    """Yield values with letters in a folded text; where two overlap the earlier one is meant."""
    for source in (
        _emails(view),
        _masked(view, cues),
        _ips(view, cues),
        _plates(view),
        _codes(view, cues),
    ):
        yield from source
