"""Vehicle plates, written and spoken: province, letter of the office, five or six characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from csatext.privacy.kinds import Found
from csatext.privacy.normalize import PROVINCES, TURN_JOIN
from csatext.privacy.recognizers.digit_runs import FILLER
from csatext.privacy.recognizers.spoken_digits import SPOKEN, as_digits

__all__ = ["plates"]

_PAUSE = rf"(?:[\s·.•・*,，、。…\-_/:{TURN_JOIN}]|{FILLER}){{0,6}}+"
_HEAD = re.compile(rf"[{PROVINCES}][\s·,，\-牌]?[A-Za-z](?![A-Za-z]{{4}})|WJ\s?[{PROVINCES}0-9]")
_CHARACTER = re.compile(
    rf"(?P<pause>{_PAUSE})(?:(?P<times>[三四五3-5])个)?(?P<character>[A-Za-z0-9{SPOKEN}])"
)
_END = re.compile("[挂学警港澳试超使领]")
_BLANK = re.compile(r"[\s·,，\-牌]")
_MARKS = frozenset(("", "·", "•", "・", ".", "-", "*"))
_ALSO_WORDS = "新"
_DIGIT = re.compile(rf"[0-9{SPOKEN}]")
_CAR = re.compile(r"(?:车牌?号?码?|牌照号?码?|车辆|牌号|挪车|违章)[\s:是为叫,，]{0,3}$")
_MONEY = re.compile("[元块万]")
_CAR_WINDOW = 9
_MARKED, _SHORT, _LONG = 4, 5, 6
"""Characters after the office's letter: before a mark such as 学, of a plate, of a new-energy vehicle's."""
_NEW_ENERGY = re.compile(r"[A-HJK][A-Z0-9][0-9]{4}|[0-9]{5}[A-HJK]")
_LEAST_DIGITS, _LEAST_DIGITS_PAUSED = 2, 3


def _characters(normalized: str, at: int) -> list[re.Match[str]]:
    """Return the characters that follow with pauses and fillers at most, one more than a plate has."""
    found: list[re.Match[str]] = []
    while len(found) <= _LONG:
        match = _CHARACTER.match(normalized, at)
        if match is None:
            break
        times = int(as_digits(match["times"])) if match["times"] is not None else 1
        found.extend([match] * times)
        at = match.end()
    return found


def _length(normalized: str, found: list[re.Match[str]]) -> int | None:
    """Return how many of the characters belong to the plate, None where they make none."""
    if len(found) == _MARKED and _END.match(normalized, found[-1].end()) is not None:
        return _MARKED
    if len(found) < _SHORT:
        return None
    widest = max(len(match["pause"]) for match in found[1:_SHORT])
    further = list(takewhile(lambda match: len(match["pause"]) <= widest, found[_SHORT:]))
    if not further or _is_counted(normalized, further[0]):
        return _SHORT
    if len(further) == 1:
        return _LONG
    if not further[-1]["pause"]:
        return None
    text = as_digits("".join(match["character"] for match in found[:_LONG])).upper()
    return _LONG if _NEW_ENERGY.fullmatch(text) is not None else _SHORT


def _is_counted(normalized: str, match: re.Match[str]) -> bool:
    """Whether a digit that stands apart counts something, as in 京A12345 3点到."""
    return match["pause"] != "" and normalized[match.end() : match.end() + 1] in tuple("点个次天年月号块元辆")


def plates(normalized: str) -> Iterator[Found]:
    """Yield the plates in a normalized text, in order, none overlapping.

    Shape: GA 36-2018 (province, letter, five characters; six for new-energy vehicles). Without a word such
    as 车牌 before it, a plate needs digits enough not to be a model or a grade.
    """
    free = 0
    for head in _HEAD.finditer(normalized):
        if head.start() < free:
            continue
        found = _characters(normalized, head.end())
        size = _length(normalized, found)
        if size is None:
            continue
        end = found[size - 1].end()
        if size == _MARKED:
            end += 1
        if _is_plate(normalized, head, found[:size]):
            free = end
            yield Found(
                head.start(),
                end,
                "plate",
                _value(normalized, head, found[:size]) + normalized[found[size - 1].end() : end],
            )


def _value(normalized: str, head: re.Match[str], found: list[re.Match[str]]) -> str:
    characters = (match["character"] for match in found)
    return as_digits(re.sub(_BLANK, "", head.group()) + "".join(characters)).upper()


def _is_plate(normalized: str, head: re.Match[str], found: list[re.Match[str]]) -> bool:
    """Whether the characters are no model, grade or price."""
    start, end = head.start(), found[-1].end()
    if _CAR.search(normalized, max(0, start - _CAR_WINDOW), start) is not None:
        return True
    if _MONEY.match(normalized, end) is not None:
        return False
    whole = normalized[start:end]
    digits = sum(_DIGIT.match(match["character"]) is not None for match in found)
    paused = any(match["pause"].strip() not in _MARKS for match in found)
    if digits < (_LEAST_DIGITS_PAUSED if paused else _LEAST_DIGITS):
        return False
    return whole.isupper() or (whole[0] not in _ALSO_WORDS and not paused)
