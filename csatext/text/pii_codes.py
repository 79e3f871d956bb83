"""Values with letters or fixed marks: e-mail, IP, plate, credit code, passport, masked numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from csatext.text.pii_checks import is_id18, is_uscc
from csatext.text.pii_context import Cues
from csatext.text.pii_numbers import Found

__all__ = ["codes"]

_SPOKEN = "零一二三四五六七八九幺两"
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+*\-]{0,63}\s?@\s?[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.){1,5}\s?[A-Za-z]{2,10}(?![A-Za-z0-9])"
)
_SPOKEN_EMAIL = re.compile(
    rf"[A-Za-z0-9{_SPOKEN}][A-Za-z0-9._\-{_SPOKEN}]{{1,40}}\s?(?:@|艾特|圈[aA]|[ ]at[ ])\s?"
    rf"[A-Za-z0-9{_SPOKEN}]{{1,20}}\s?(?:\.|点|[ ]dot[ ])\s?"
    r"(?:[cC][oO][mM]|[cC][nN]|[nN][eE][tT]|康姆)(?:(?:\.|点)[cC][nN])?"
)
_IP4 = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_IP6 = re.compile(
    r"(?<![0-9A-Za-z:])(?=[0-9A-Fa-f:]{0,39}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?![0-9A-Za-z:])"
)
_VERSION = re.compile(
    r"(?:版本号?|固件|系统|[vV]|[vV]er(?:sion)?|iOS|Android|安卓|鸿蒙|HarmonyOS)[\s:是为到了.]{0,3}$"
)
_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"(?:[{_PROVINCE}][A-Za-z]|WJ[{_PROVINCE}0-9])[\s·.•・\-]?"
    rf"(?:[A-Za-z0-9{_SPOKEN}][\s·]?){{4}}[A-Za-z0-9{_SPOKEN}]"
    rf"(?:[A-Za-z0-9{_SPOKEN}](?![A-Za-z0-9])|[挂学警港澳试超使领])?(?![A-Za-z0-9])"
)
_PLATE_DIGIT = re.compile(rf"[0-9{_SPOKEN}]")
_PASSPORT = re.compile(r"(?:[EeGgDdSsPpHhMmKkLlCcTt][0-9]{8}|[Ee][A-HJ-Za-hj-z][0-9]{7}|[HhMm][0-9]{10})$")
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_\-]{3,38}[A-Za-z0-9])")
_USCC = re.compile(r"[0-9A-Za-z]{18}")
_TRACKING = re.compile(
    r"(?:SF[0-9]{12,13}|YT[0-9]{13}|JD[VWXA-Z]{0,2}[0-9]{11,13}|JT[0-9]{13}|ZTO[0-9]{12}|DPK[0-9]{12}|[A-Z]{2}[0-9]{9}CN)$"
)
_MASKED = (
    ("mobile", re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9][\s-]?[*xX#_?]{4,5}[\s-]?[0-9]{3,4}(?![0-9A-Za-z*])")),
    ("id_card", re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{2,9}[*xX]{6,14}[0-9]{1,4}[0-9xX]?(?![0-9A-Za-z*])")),
    (
        "bank_card",
        re.compile(r"(?<![0-9A-Za-z])[3-69][0-9]{3,5}\s?(?:[*xX]{4,6}\s?){1,3}[0-9]{3,4}(?![0-9A-Za-z*])"),
    ),
    ("landline", re.compile(r"(?<![0-9A-Za-z])0[0-9]{2,3}-?[0-9]{0,4}[*]{3,6}[0-9]{0,4}(?![0-9A-Za-z*])")),
)
_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}$")


def _masked(view: str) -> Iterator[Found]:
    if "*" not in view and "x" not in view and "X" not in view and "#" not in view:
        return
    for kind, pattern in _MASKED:
        for match in pattern.finditer(view):
            yield Found(*match.span(), kind, re.sub(r"[\s-]", "", match.group()).lower())


def _emails(view: str) -> Iterator[Found]:
    if "@" in view or "艾特" in view or "圈" in view or " at " in view:
        for pattern in (_EMAIL, _SPOKEN_EMAIL):
            for match in pattern.finditer(view):
                yield Found(*match.span(), "email", re.sub(r"\s", "", match.group()).lower())


def _is_address(value: str, maker: Callable[[str], object]) -> bool:
    try:
        maker(value)
    except AddressValueError:
        return False
    return True


def _ips(view: str) -> Iterator[Found]:
    for match in _IP4.finditer(view):
        before = view[max(0, match.start() - 12) : match.start()]
        if _VERSION.search(before) is None and _is_address(match.group(), IPv4Address):
            yield Found(*match.span(), "ip", match.group())
    if ":" in view:
        for match in _IP6.finditer(view):
            value = match.group().rstrip(":") if not match.group().endswith("::") else match.group()
            if value.count(":") > 2 or "::" in value:
                start = match.start()
                if len(value) > 4 and _is_address(value, IPv6Address):
                    yield Found(start, start + len(value), "ip", value.lower())


def _plates(view: str) -> Iterator[Found]:
    for match in _PLATE.finditer(view):
        if len(_PLATE_DIGIT.findall(match.group())) >= 2:
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
    if kind == "passport" and cue is not None and cue.direct and digits >= 7:
        return "passport"
    if kind == "tax" and _USCC.fullmatch(code) is not None and digits >= 8:
        return "uscc"
    if digits == len(code):
        return None
    if _DATE.match(code) is not None:
        return None
    if kind == "order" and cue is not None and digits >= 5 and (cue.strong or cue.direct):
        return "order"
    if _TRACKING.match(upper) is not None:
        return "order"
    if kind == "account" and cue is not None and cue.direct and len(code) >= (5 if cue.strong else 6):
        return "account"
    after = cues.after(end) if cue is None else None
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
        start, end = match.span()
        code = match.group()
        kind = _code_kind(code, start, end, cues)
        if kind is not None:
            yield Found(start, end, kind, code.replace("-", "").upper() if kind != "account" else code)


def codes(view: str, cues: Cues) -> Iterator[Found]:
    """Yield values with letters in a folded text; where two overlap the earlier one is meant."""
    for source in (_emails(view), _masked(view), _ips(view), _plates(view), _codes(view, cues)):
        yield from source
