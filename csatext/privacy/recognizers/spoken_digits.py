"""Spoken digits and their transcription by speech recognition: 幺三八, 一百三十八, 三个零, double 零."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["MISHEARD", "SPOKEN", "Chunk", "as_digits", "digit_chunks", "digit_extent", "misheard_mobiles"]

_DIGITS = {c: str(i) for i, c in enumerate("零一二三四五六七八九")}
_DIGITS |= {"幺": "1", "两": "2", "洞": "0", "拐": "7", "勾": "9", "么": "1", "腰": "1", "妖": "1", "吆": "1"}
_DIGITS |= {"伍": "5", "陆": "6"}
_DIGITS |= {c: c for c in "0123456789"}
_AS_DIGITS = str.maketrans(_DIGITS)
SPOKEN = "零一二三四五六七八九幺两洞拐勾"
"""Characters that stand for one spoken digit each, as the members of a character class."""
_UNITS = {"十": 10, "百": 100, "千": 1000}
_PLAIN = "零一二三四五六七八九幺两伍陆"
_NEXT = rf"[ ,，、]?[0-9{_PLAIN}洞拐勾]"
_LAST = f"0-9{_PLAIN}洞拐勾"
_SOUNDS_LIKE = {
    "零": "灵铃令领玲林凌岭另龄陵动冻东懂",
    "幺": "要药耀腰妖吆邀夭遥摇",
    "一": "衣医依亿伊已以意",
    "二": "儿而耳尔饵俩良爱",
    "三": "山伞散珊删叁",
    "四": "思私司丝是事死斯寺似",
    "五": "武午舞无吴乌屋物误务",
    "六": "留流溜刘柳遛",
    "七": "期妻漆气齐起奇棋骑其旗",
    "八": "巴吧扒爸把罢霸",
    "九": "酒久救玖旧就究舅",
}
_MISHEARD = {sound: _DIGITS[digit] for digit, sounds in _SOUNDS_LIKE.items() for sound in sounds}
MISHEARD = "".join(_MISHEARD)
"""Homophones that speech recognition writes for a digit, as the members of a character class."""
_HEARD = f"[0-9{_PLAIN}洞拐勾{MISHEARD}]"
_HEARD_MOBILE = re.compile(  # a class first: a search then passes over all other characters fast
    rf"[1一幺腰妖吆要药耀邀夭遥摇衣医依伊](?<![0-9{_PLAIN}].)[\s,，、]{{0,2}}+(?:{_HEARD}[\s,，、]{{0,2}}+){{9}}{_HEARD}(?![0-9{_PLAIN}])"
)
_ONE_MISHEARD = re.compile(
    rf"[{MISHEARD}](?:[\s,，、]{{0,2}}[0-9{_PLAIN}洞拐勾]){{3}}|(?:[0-9{_PLAIN}洞拐勾][\s,，、]{{0,2}}){{3}}[{MISHEARD}]"
)
_ANY_MISHEARD = re.compile(f"[{MISHEARD}]")
_MOST_MISHEARD = 5
_IN_SERVICE = re.compile("1[3-9][0-9]{9}")
_VARIANT = (
    rf"(?:(?<![什甚怎那这多要])么|[腰妖吆])(?=\s?[{_PLAIN}洞拐勾])|[洞拐勾](?={_NEXT})"
    rf"|(?<=[{_LAST}])[洞拐勾]|(?<=[{_LAST}][ ,，、])[洞拐勾]"
)
_OF_TOKENS = f"0-9{_PLAIN}十百千洞拐勾腰妖吆"
_RUN = re.compile(  # a class first: a search then passes over all other characters fast
    rf"[{_OF_TOKENS}么个](?:(?:(?<=[0-9])(?P<written>[0-9]*+)|(?<=[{_PLAIN}])(?P<plain>[{_PLAIN}]*+))(?![{_OF_TOKENS}么个])"
    rf"|[{_OF_TOKENS}么个]+|(?<=[{_OF_TOKENS}])|(?<=么)(?=\s))"
)
"""Characters that tokens are cut from; digits of one kind alone (``written``, ``plain``) are one token."""
_TOKEN = re.compile(
    rf"(?P<times>[两二三四五六七八九2-9])个(?P<repeated>[0-9{_PLAIN}])(?![0-9]{{2}}|[元块斤])"
    r"|(?P<written>[0-9]+)"
    rf"|(?P<spoken>(?:(?![两二三四五六七八九]个[0-9{_PLAIN}])[{_PLAIN}十百千]|{_VARIANT})+)"
)
_DOUBLE = re.compile(rf"(?P<double>[Dd]ouble|[Tt]riple)\s?(?P<doubled>[0-9{_PLAIN}])")
_CARDINAL = re.compile(
    r"[一二两三四五六七八九]千(?:零?[一二两三四五六七八九]百)?(?:零?[一二三四五六七八九]?十)?(?:零?[一二三四五六七八九])?"
    r"|[一二两三四五六七八九]百(?:[一二三四五六七八九]?十[一二三四五六七八九幺]?|零?[一二三四五六七八九])?"
    r"|[一二三四五六七八九]?十[一二三四五六七八九]?"
)
_ROUND = re.compile(r"一百[三四五六七八九]十[一二三四五六七八九幺]")
_LONGEST_COUNT = 3
_COUNTING = "一两二三四五六七八九"
_AHEAD = 3
_REST_OF_MOBILE = 7
_LITTLE = frozenset(("一点", "两点", "几点"))
_MEASURE = frozenset("个下会些样直定起共位条次家天年月日块元斤件张套只台楼层遍岁折倍分秒")


class Chunk(NamedTuple):
    """Digits written or spoken without a break.

    Attributes
    ----------
    start, end : int
        Characters of the normalized text, end exclusive.
    digits : str
        As Arabic digits.
    spoken : bool
        Whether Chinese characters stand for them.
    """

    start: int
    end: int
    digits: str
    spoken: bool


def _value(words: str) -> str:
    """Return the digits of a cardinal such as 一百三十八; 一百三 is 130 as it is in speech."""
    total, digit, unit, zero = 0, 0, 1, False
    for char in words:
        if char in _UNITS:
            unit = _UNITS[char]
            total += (digit or 1) * unit
            digit, zero = 0, False
        elif char == "零":
            zero = True
        else:
            digit = int(_DIGITS[char])
    short = digit and unit > 10 and not zero
    return str(total + digit * (unit // 10 if short else 1))


def _plain(normalized: str, start: int, end: int) -> Chunk:
    digits = "".join(_DIGITS.get(char, "") for char in normalized[start:end])
    return Chunk(start, end, digits, True)


def _spoken_chunks(normalized: str, start: int, end: int) -> Iterator[Chunk]:
    """Yield the plain digits and cardinals of a run of spoken digits, without a last digit that counts."""
    at = start
    counts = normalized[end : end + 1] in _MEASURE
    for cardinal in _CARDINAL.finditer(normalized, start, end):
        if cardinal.start() > at:
            yield _plain(normalized, at, cardinal.start())
        at = cardinal.end()
        if end - at == _REST_OF_MOBILE and _ROUND.fullmatch(cardinal.group()) is not None:
            at -= 1  # 一百三十|二三四五六七八九: the eighth digit belongs to the rest
        if at < end or not counts:
            yield Chunk(cardinal.start(), at, _value(normalized[cardinal.start() : at]), True)
    if counts and at < end and normalized[end - 1] in _COUNTING:
        end -= 1
    if at < end:
        yield _plain(normalized, at, end)


def digit_chunks(normalized: str) -> list[Chunk]:
    """Return every run of digits, written or spoken, in order.

    A chunk ends where a value may end: at a change between writing and speech, around a cardinal.

    Parameters
    ----------
    normalized : str
        Normalized text.

    Returns
    -------
    list of Chunk

    Examples
    --------
    >>> [(chunk.digits, chunk.spoken) for chunk in digit_chunks("幺三八，一百三十八，三个零9")]
    [('138', True), ('138', True), ('000', True), ('9', False)]
    """
    chunks: list[Chunk] = []
    for run in _RUN.finditer(normalized):
        whole = run.lastgroup
        if whole is not None:
            start, end = run.span()
            counts = normalized[end : end + 1] in _MEASURE
            if whole == "written":
                if not counts or end - start > _LONGEST_COUNT:
                    chunks.append(Chunk(start, end, run.group(), False))
                continue
            a_little = end - start == 1 and normalized[start : end + 1] in _LITTLE
            if (counts or a_little) and normalized[end - 1] in _COUNTING:
                end -= 1
            if start < end:
                chunks.append(Chunk(start, end, normalized[start:end].translate(_AS_DIGITS), True))
            continue
        for token in _TOKEN.finditer(normalized, run.start(), run.end() + _AHEAD):
            start, end = token.span()
            if start >= run.end():
                break
            if token["written"] is not None:
                if end - start > _LONGEST_COUNT or normalized[end : end + 1] not in _MEASURE:
                    chunks.append(Chunk(start, end, token["written"], False))
            elif token["spoken"] is not None:
                chunks.extend(chunk for chunk in _spoken_chunks(normalized, start, end) if chunk.digits)
            else:
                digits = _DIGITS[token["repeated"]] * int(_DIGITS[token["times"]])
                chunks.append(Chunk(start, end, digits, True))
    return _with_doubles(normalized, chunks) if "ouble" in normalized or "riple" in normalized else chunks


def _with_doubles(normalized: str, chunks: list[Chunk]) -> list[Chunk]:
    """Return the chunks with double 零 as two digits: the English word and the next digit make one chunk."""
    doubles = {match.start("doubled"): match for match in _DOUBLE.finditer(normalized)}
    result: list[Chunk] = []
    for chunk in chunks:
        match = doubles.get(chunk.start)
        if match is None:
            result.append(chunk)
            continue
        more = 1 + (match["double"].lower() == "triple")
        result.append(chunk._replace(start=match.start(), digits=chunk.digits[0] * more + chunk.digits))
    return result


def as_digits(characters: str) -> str:
    """Return the characters with each spoken digit replaced by the digit.

    Examples
    --------
    >>> as_digits("京A幺洞D")
    '京A10D'
    """
    return characters.translate(_AS_DIGITS)


def misheard_mobiles(normalized: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and digits of mobile numbers with a few digits written as what they sound like.

    Examples
    --------
    >>> list(misheard_mobiles("要三八零零一三八零灵零"))
    [(0, 11, '13800138000')]
    """
    for match in _HEARD_MOBILE.finditer(normalized) if _ONE_MISHEARD.search(normalized) is not None else ():
        if _ANY_MISHEARD.search(match.group()) is None:
            continue
        heard = [char for char in match.group() if char not in " \t\n,，、"]
        wrong = sum(char in _MISHEARD and char not in _DIGITS for char in heard)
        digits = "".join(_DIGITS.get(char) or _MISHEARD.get(char, "") for char in heard)
        if 0 < wrong <= _MOST_MISHEARD and _IN_SERVICE.fullmatch(digits) is not None:
            yield *match.span(), digits


def digit_extent(normalized: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span from the first to the last digit between two positions, None where there is none.

    Examples
    --------
    >>> digit_extent("嗯，幺三八，对", 0, 7)
    (2, 5)
    """
    chunks = digit_chunks(normalized[start:end])
    return (start + chunks[0].start, start + chunks[-1].end) if chunks else None
