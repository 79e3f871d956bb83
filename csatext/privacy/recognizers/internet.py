"""E-mail and IP addresses, written and spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from csatext.privacy.context import TriggerWords
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import TURN_JOIN, texts_with
from csatext.privacy.recognizers.spoken_digits import SPOKEN, as_digits

__all__ = ["emails", "ips"]

_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+*\-]{0,63}\s?@\s?[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.){1,5}\s?[A-Za-z]{2,10}(?![A-Za-z0-9])"
)
_AT = (
    r"(?:@|[艾爱埃哎]特(?:符号?)?|小老鼠|[圈花]\s?[aA]|at符号|[(\[][aA][tT][)\]]|[ ](?:at|AT)[ ]"
    rf"|(?<=[{SPOKEN}0-9])at)"
)
_DOT = r"(?:\.|。|[ ]?点儿?[ ]?|[ ](?:dot|DOT)[ ]|[(\[](?:dot|DOT)[)\]])"
_END = r"(?:[cC][oO][mM]|[cC][nN]|[nN][eE][tT]|[oO][rR][gG]|康姆|抗姆|[康抗扣]\s?[母木姆]|com)"
_LINE = "下划线|中划线|横线|横杠|短横|杠|点|减号"
_SPOKEN_EMAIL = re.compile(
    rf"(?:(?<![A-Za-z0-9])(?:[A-Za-z]\s){{1,12}})?[A-Za-z0-9{SPOKEN}](?:[A-Za-z0-9._\-{SPOKEN}]|{_LINE}){{1,40}}[\s{TURN_JOIN}]?{_AT}[\s{TURN_JOIN}]?"
    rf"(?:[A-Za-z0-9\-{SPOKEN}]{{1,20}}|新浪|网易|谷歌|雅虎|搜狐|腾讯|阿里云|移动|电信|联通)[\s{TURN_JOIN}]?{_DOT}[\s{TURN_JOIN}]?(?:[A-Za-z0-9]{{2,12}}{_DOT}){{0,3}}(?:{_END}\s?{_DOT}\s?(?:[cC][nN]|tw|hk)|{_END})(?![A-Za-z])"
)
_DICTATED_EMAIL = re.compile(
    rf"(?<![A-Za-z0-9])(?:[A-Za-z0-9]\s){{2,30}}\s?{_AT}\s?(?:[A-Za-z0-9]\s?){{1,20}}"
    rf"(?:\.|点)\s?(?:c\s?o\s?m|c\s?n|n\s?e\s?t)(?![A-Za-z])"
)
_SPOKEN_MARKS = {
    "下划线": "_",
    "中划线": "-",
    "横线": "-",
    "横杠": "-",
    "短横": "-",
    "杠": "-",
    "点": ".",
    "减号": "-",
}
_SPOKEN_MARKS |= {
    "艾特": "@",
    "小老鼠": "@",
    "圈a": "@",
    "圈A": "@",
    "(at)": "@",
    "[at]": "@",
    " at ": "@",
    "(dot)": ".",
}
_SPOKEN_MARKS |= {" dot ": ".", "。": ".", "康姆": "com", "抗姆": "com"}
_SPOKEN_MARK = re.compile("|".join(map(re.escape, _SPOKEN_MARKS)))
_IP4 = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_OCTET = rf"[0-9{SPOKEN}百十]{{1,5}}"
_SPOKEN_IP4 = re.compile(
    rf"(?<![0-9.]){_OCTET}(?:\s?(?:点|\.|。|,)\s?{_OCTET}){{3}}(?![0-9])"
    rf"|(?<![0-9])[0-9]{{1,3}}(?:\s[0-9]{{1,3}}){{3}}(?![0-9])"
)
_IP6 = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Fa-f:]{0,39}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?![0-9A-Za-z:])"
)
_VERSION = re.compile(
    r"(?:版本号?|固件|系统|[vV]|[vV]er(?:sion)?|iOS|Android|安卓|鸿蒙|HarmonyOS)[\s:是为到了.]{0,3}$"
)
_EDITION = re.compile(r"\s?(?:的?版|bug|闪退|升级|更新)")
_LEAST_OCTET, _HIGHEST_OCTET = 32, 255
_MANY_GROUPS = re.compile(":(?::|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){6})")
_AT_SIGN = re.compile(r"@|艾特|爱特|埃特|哎特|花\s?[aA]|圈|at|AT|At|aT|小老鼠")
_POINTED = re.compile(r"\.(?<=[0-9].)[0-9]")


def emails(normalized: str) -> Iterator[Found]:
    """Yield the e-mail addresses in a normalized text; where two overlap, the one yielded first counts."""
    for start, end in texts_with(normalized, _AT_SIGN):
        plain = [*_EMAIL.finditer(normalized, start, end)] if normalized.find("@", start, end) >= 0 else []
        yield from map(_email, plain)
        if len(plain) < len(_AT_SIGN.findall(normalized, start, end)):  # else all would overlap those
            yield from map(_email, _SPOKEN_EMAIL.finditer(normalized, start, end))
            yield from map(_email, _DICTATED_EMAIL.finditer(normalized, start, end))


def _email(match: re.Match[str]) -> Found:
    written = _SPOKEN_MARK.sub(lambda mark: _SPOKEN_MARKS[mark.group()], match.group().lower())
    return Found(*match.span(), "email", as_digits(re.sub(r"\s", "", written)))


def _matches(pattern: re.Pattern[str], normalized: str, sign: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the matches of an expression in the texts that contain a sign of it."""
    for start, end in texts_with(normalized, sign):
        yield from pattern.finditer(normalized, start, end)


def _is_ip6(value: str) -> bool:
    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    return True


def ips(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield the IP addresses in a normalized text; spoken or spaced ones only after a trigger word."""
    for match in _matches(_IP4, normalized, _POINTED):
        numbers = [int(part) for part in match.group().split(".")]
        version = _VERSION.search(normalized, max(0, match.start() - 12), match.start()) is not None
        version = (
            version or _EDITION.match(normalized, match.end()) is not None or max(numbers) < _LEAST_OCTET
        )
        if max(numbers) <= _HIGHEST_OCTET and (not version or _follows_ip_trigger(match.start(), triggers)):
            yield Found(*match.span(), "ip", match.group())
    for start, end in triggers.texts("ip"):
        for match in _SPOKEN_IP4.finditer(normalized, start, end):
            if _follows_ip_trigger(match.start(), triggers):
                parts = re.split(r"\s?(?:点|\.|。|,)\s?|\s", match.group())
                yield Found(*match.span(), "ip", ".".join(map(as_digits, parts)))
    for match in _matches(_IP6, normalized, _MANY_GROUPS):
        value = match.group().lstrip(":") if not match.group().startswith("::") else match.group()
        start = match.end() - len(value)
        value = value if value.endswith("::") else value.rstrip(":")
        if len(value) > 4 and _is_ip6(value):
            yield Found(start, start + len(value), "ip", value.lower())


def _follows_ip_trigger(position: int, triggers: TriggerWords) -> bool:
    trigger = triggers.before(position)
    return trigger is not None and trigger.kind == "ip"
