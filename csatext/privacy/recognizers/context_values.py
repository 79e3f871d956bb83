"""Values that only their context words make personal: codes, passwords, dates of birth, papers, devices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csatext.privacy.context import TriggerWords
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import QUESTION_END, TURN_JOIN, around, texts_with
from csatext.privacy.recognizers.checksums import is_hongkong_id, is_taiwan_id, is_vin
from csatext.privacy.recognizers.spoken_digits import SPOKEN, as_digits

__all__ = ["CONTEXT_KINDS", "context_values"]

CONTEXT_KINDS = frozenset(("otp", "password", "device", "vin", "officer", "birth", "id_tail"))
"""Classes of trigger words whose values this module reads."""

_BREAK = rf"[\s{TURN_JOIN}]"
_LEAD = re.compile(
    rf"(?:[\s:,，、.。=|#\"'“”‘’「」()\[\]【】{TURN_JOIN}{QUESTION_END}]|是|为|叫|系|的|码|号|呢|啊|嗯|呃|额|哦|那个|就|这个|"
    r"应该|数字|字母|(?:大写|小写)(?!的?[A-Za-z])|[写填报改设]|成|了|置|给|[你您我他它]|收到|说|念|等于|一直|现在|明明|发来|显示|后面|前面|开头|有没有|多少|是多少|吗|吧){0,12}+"
)
"""What may stand between the word and the value."""
_SEPARATOR = rf"(?:[\s,，、.\-·{TURN_JOIN}]|嗯|呃|啊|那个|然后){{0,3}}+"
_DIGIT = f"[0-9{SPOKEN}]"
_SAME = rf"[两二三四五六七八2-8]个[0-9{SPOKEN}]"
"""A digit several times, as in 六个零."""
_UNIT = r"(?![0-9A-Za-z]|\.[0-9]|\s?(?:分钟|秒|小时|条|次|元|块|点|天|个|位|年|月|日|遍|种|%|号楼|岁))"
_TAIL = re.compile(
    rf"{_SAME}(?:{_SEPARATOR}(?:{_SAME}|{_DIGIT}+))?{_UNIT}|{_DIGIT}(?:{_SEPARATOR}{_DIGIT}){{2,5}}(?:{_SEPARATOR}(?:[xX]|叉|埃克斯|艾克斯))?{_UNIT}"
)
_CODE = re.compile(
    rf"{_SAME}{_SEPARATOR}(?:{_SAME}|{_DIGIT}{{1,4}}){_UNIT}|(?=[A-Za-z{SPOKEN}\-\s]{{0,9}}[0-9{SPOKEN}])(?:[A-Za-z]{{1,4}}-)?(?:{_DIGIT}(?:{_SEPARATOR}{_DIGIT}){{3,7}}|[0-9A-Za-z]{{4,10}}){_UNIT}"
)
_CODE_BEFORE = re.compile(
    rf"(?<![0-9A-Za-z])(?P<value>[0-9]{{4,8}}|[{SPOKEN}]{{4,8}})[\s,，]?(?:是|就是|这个|那个|这组|的)*(?:短信|登录|动态|手机)?(?:验证码|校验码|动态码)(?!(?:是|为|[:\s])*[0-9{SPOKEN}])"
)
_PASSWORD = re.compile(
    rf"[A-Za-z]?(?:[,，、]?(?:大写|小写)的?[A-Za-z]){{1,6}}[,，、]?[0-9A-Za-z]{{0,12}}|(?:{_DIGIT}{{1,5}}{_SEPARATOR})?{_SAME}(?:{_SEPARATOR}(?:{_SAME}|{_DIGIT}{{1,6}}))?{_UNIT}|(?=[A-Za-z!@#$%^&*_.\-]{{0,20}}[0-9])[0-9A-Za-z!@#$%^&*_.\-]{{4,24}}(?<![.\-,]){_UNIT}"
    rf"|{_DIGIT}(?:{_SEPARATOR}{_DIGIT}){{3,11}}{_UNIT}|(?<=[:=])\s?[A-Za-z!@#$%^&*_]{{6,24}}"
)
_YEAR = r"(?:(?:19|20)[0-9]{2}|[零一二三四五六七八九]{2,4}|[0-9]{2})"
_MONTH = r"(?:[0-9]{1,2}|[一二三四五六七八九十正腊]{1,2})"
_DAY = r"(?:[0-9]{1,2}|初?[一二三四五六七八九十]{1,3}|廿[一二三四五六七八九])"
_BIRTH = re.compile(
    rf"(?:农历|阴历|阳历|公历|民国)?\s?(?:{_YEAR}\s?年\s?(?:的|农历|阴历|阳历)?{_MONTH}\s?月(?:份|\s?{_DAY}\s?[日号]?)?"
    rf"|(?:19|20)[0-9]{{2}}[\-/.]{{1}}[0-9]{{1,2}}(?:[\-/.][0-9]{{1,2}})?(?![0-9])"
    rf"|(?:19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])|[0-9]{{6}}(?![0-9])"
    rf"|(?:19|20)[0-9]{{2}}(?:\s[0-9]{{1,2}}){{2}}(?![0-9])"
    rf"|[零幺一二三四五六七八九]{{8}}|{_MONTH}\s?月\s?{_DAY}\s?[日号]?)"
)
_BORN_AFTER = re.compile(r"\s?(?:出生|生人|生的|的?生日|我?生下|诞生|生(?=$|[^\u3400-\u9fff]))(?!产)")
_BORN = re.compile("(?=[出生诞])(?:出生|生人|生的|生日|生下|诞生|(?<=[日号月年0-9])生)")
_LONGEST_DATE = 20
_BORN_WORD = re.compile("日生|号生|月生|年生|出生|生人|生的|生日|生下|诞生|[0-9]生")
_CODE_WORD = re.compile("验证码|校验码|动态码")
_OFFICER = re.compile(
    r"(?:[\u3400-\u9fff]{1,2}字?第?[\s,]?)?[0-9](?:[0-9\s\-]{4,14})[0-9]号?(?![0-9])"
    rf"|(?:[\u3400-\u9fff]{{1,2}}字第?)?[{SPOKEN}]{{6,10}}号?"
)
_OFFICER_SHAPE = re.compile(
    r"[军南北广沈兰成济空海政后装参联火武总士文离退警参战东西中][\u3400-\u9fff]?字第?\s?[0-9]{5,9}号?"
)
_IMEI = re.compile(
    rf"[0-9](?:[\s\-,，/]{{0,2}}[0-9]){{13,16}}(?![0-9])|(?:[0-9A-Fa-f]{{14}}|[0-9A-Fa-f]{{12}})(?![0-9A-Za-z])|{_DIGIT}(?:{_SEPARATOR}{_DIGIT}){{13,15}}"
)
_MAC = re.compile(
    r"(?=[0-9A-Fa-f]{2})(?<![0-9A-Za-z.\-])(?:(?<![0-9A-Fa-f]:)|(?<=[mM][aA][cC]:))(?:[0-9A-Fa-f]{2}(?P<mark>[:\-])[0-9A-Fa-f]{2}(?:(?P=mark)[0-9A-Fa-f]{2}){4}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![0-9A-Za-z:\-]|\.[0-9])"
)
_VIN = re.compile(
    r"[0-9A-Za-z](?:[\s\-]?[0-9A-Za-z]){16}(?![0-9A-Za-z])|[0-9A-Za-z]{4,10}(?=[,，。\s\ufdd2]|$|[\u3400-\u9fff])"
)
_VIN_ALONE = re.compile(
    r"[0-9A-HJ-NPR-Za-hj-npr-z](?<![0-9A-Za-z].)[0-9A-HJ-NPR-Za-hj-npr-z]{16}(?![0-9A-Za-z])"
)
_REGIONAL = re.compile(
    r"(?=[A-Za-z1578])(?<![0-9A-Za-z])(?:(?P<hongkong>[A-Za-z]{1,2}[0-9]{6}\s?[(]\s?[0-9Aa]\s?[)]|[A-Za-z]{1,2}[0-9]{6}[0-9Aa](?![0-9A-Za-z]))"
    r"|(?P<macau>[1578][0-9]{6}\s?[(]\s?[0-9]\s?[)]|[1578]/?[0-9]{6}/[0-9](?![0-9]))|(?P<taiwan>[A-Za-z][1289A-Da-d][0-9]{8})(?![0-9A-Za-z]))"
)
_SIX = re.compile("[0-9]{6}")
_PAIRED = re.compile(r"[:\-.](?:[0-9A-Fa-f]{2}[:\-]|[0-9A-Fa-f]{4}\.)")
_OF_MACAU = re.compile("澳门|身份证|身分证|BIR|证件|证号")
_LEAST_PASSWORD = 4
_MACAU_WINDOW = 14

_READERS = {
    "otp": ("otp", _CODE),
    "password": ("password", _PASSWORD),
    "id_tail": ("id_card", _TAIL),
    "birth": ("birth_date", _BIRTH),
    "officer": ("officer", _OFFICER),
    "device": ("device", _IMEI),
    "vin": ("vin", _VIN),
}


def _plain(value: str) -> str:
    return re.sub(r"[\s,，、.\-()/]", "", as_digits(value)).upper()


def _after_words(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    for end, kind in triggers.ends(CONTEXT_KINDS):
        lead = _LEAD.match(normalized, end)
        start = lead.end() if lead is not None else end
        name, pattern = _READERS[kind]
        found = pattern.match(normalized, start)
        if found is not None and (kind != "vin" or _is_chassis(found.group())):
            yield Found(start, found.end(), name, _plain(found.group()))


def _is_chassis(value: str) -> bool:
    """Whether the characters after a trigger word have enough digits for a chassis number or for its end."""
    return sum(char.isdecimal() for char in value) >= 4


def _before_words(normalized: str) -> Iterator[Found]:
    for start, end in texts_with(normalized, _CODE_WORD):
        for match in _CODE_BEFORE.finditer(normalized, start, end):
            yield Found(*match.span("value"), "otp", _plain(match["value"]))
    for start, end in texts_with(normalized, _BORN_WORD):
        for word in _BORN.finditer(normalized, start, end):
            for match in _BIRTH.finditer(normalized, max(start, word.start() - _LONGEST_DATE), word.start()):
                before = normalized[match.start() - 1 : match.start()]
                digits = match.group().isdecimal() and before.isascii() and before.isalnum()
                if not digits and _BORN_AFTER.match(normalized, match.end()) is not None:
                    yield Found(*match.span(), "birth_date", _plain(match.group()))
    if "字" in normalized:
        for match in _OFFICER_SHAPE.finditer(normalized):
            yield Found(*match.span(), "officer", _plain(match.group()))


def _devices(normalized: str) -> Iterator[Found]:
    for start, end in texts_with(normalized, _PAIRED):
        for match in _MAC.finditer(normalized, start, end):
            if re.search("[A-Fa-f]|:", match.group()) is not None:
                yield Found(*match.span(), "device", re.sub("[^0-9A-F]", "", match.group().upper()))
    for match in _VIN_ALONE.finditer(normalized):
        value = match.group().upper()
        if 1 < sum(char.isdecimal() for char in value) < len(value) - 1 and is_vin(value):
            yield Found(*match.span(), "vin", value)


def _regional(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield identity numbers of Taiwan, Hong Kong and Macau: with check digit, or after a trigger word."""
    for match in _REGIONAL.finditer(normalized) if _SIX.search(normalized) is not None else ():
        value = _plain(match.group())
        trigger = triggers.before(match.start())
        is_id = trigger is not None and trigger.kind == "id"
        if trigger is not None and not is_id and trigger.direct and trigger.kind != "phone":
            continue
        bracket = match.group()[-1] == ")"
        if match["hongkong"] is not None:
            fits = is_hongkong_id(value) if not bracket else (is_id or is_hongkong_id(value))
            fits = fits and (bracket or is_id)
        elif match["macau"] is not None:
            before, _ = around(normalized, match.start(), match.end(), _MACAU_WINDOW)
            fits = is_id or _OF_MACAU.search(before) is not None
        else:
            # two letters begin order numbers as well
            fits = (is_taiwan_id(value) and value[1].isdecimal()) or (
                is_id and trigger is not None and trigger.direct
            )
        if fits:
            yield Found(*match.span(), "id_card", value)


def context_values(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield the values in a normalized text; where two overlap, the one yielded first counts.

    Examples
    --------
    >>> text = "验证码是385120"
    >>> [(found.kind, found.value) for found in context_values(text, TriggerWords(text))]
    [('otp', '385120')]
    """
    yield from _after_words(normalized, triggers)
    yield from _before_words(normalized)
    yield from _devices(normalized)
    yield from _regional(normalized, triggers)
