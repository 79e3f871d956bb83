"""Addresses down to the door number: from the province, city or street to the house, unit and room."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from csatext.lexicon import lexicon_path
from csatext.privacy.kinds import Found

__all__ = ["HALLS", "NUMBERING", "UNITS", "addresses"]

NUMBERING = "0-9A-Za-z零一二三四五六七八九十百幺两甲乙丙丁东西南北"
"""Characters of the number of a house, a unit or a room, as the members of a character class."""

UNITS = "号栋幢座塔单室层楼弄组队户房铺#梯"
"""First characters of what such a number counts."""

HALLS = "心厦寓场际园苑城楼"
"""Last characters of buildings after which a room may stand alone."""

_WINDOW = 44
_LONGEST = 120
_NUMBER = (
    r"(?:[甲乙]?[0-9]{1,5}|[甲乙][一二三四五六七八九十]{1,3}|[零一二三四五六七八九十百幺两]{1,6}|[A-Za-z][0-9]{0,3}|"
    r"[甲乙丙丁东西南北])"
)
_UNIT = (
    r"(?:号(?:宿舍|公寓|教学|办公)?楼|号院|号库|号|栋|幢|座|塔|单元|室|层|楼|弄|组|队|户(?!型)|"
    r"房|铺|梯(?=\s?[0-9]{3,4}\s?[房室])|#(?=\s?[0-9]{3,4}(?![0-9]))|门(?=\s?[0-9零一二三四五六七八九幺]))"
)
_TAIL = (
    r"(?:[A-Za-z]?[0-9]{2,5}|[零一二三四五六七八九幺两]{3,4})(?:室|房|户)?(?![0-9元块年月日点分%.:：个件])"
)
_DASHED = r"[A-Za-z]?[0-9]{1,4}(?:-[0-9]{1,4}){1,3}(?:室|号|房)?(?![0-9\-楼层天个元块点月日折星分岁年寸%])"
_DOOR = re.compile(
    rf"(?=[{NUMBERING}])(?:"  # the first characters of all that follows: four times as fast
    rf"(?:{_NUMBER}(?:[-之]{_NUMBER})?\s?{_UNIT}(?:之[0-9一二三四五六七八九]{{1,2}})?[\s,，\-\ufdd0]?)+(?:{_TAIL})?"
    rf"|{_DASHED}|(?<=[{HALLS}])[0-9]{{3,4}}室?(?![0-9元块年月日个件点%米人]))"
)
_GATE = re.compile(rf"[{NUMBERING}]\s?[{UNITS}]|[0-9]-[0-9]|[{HALLS}][0-9]{{3}}")
_DOORS = re.compile(f"[-{UNITS}]")
_PART = re.compile(rf"{_NUMBER}(?:[-之]{_NUMBER})?\s?(?P<unit>{_UNIT})")
_WAY = re.compile(
    r"(?:(?<![线电网一马思套走半上顺铁公气油水])路|(?<![逛])街|大道|(?<![知味通频渠管报难地道])道|巷|(?<!嘉年华)胡同|村|屯|庄|坊|弄|条|"
    r"社|寨|沟|堡|堂|营|大院|工业园|科技园|产业园|园区|开发区|工业区)"
    r"(?:[东西南北中一二三四五六七八九十]段|[东西南北]侧)?[\s,，\ufdd0]?$"
)
_ESTATE = re.compile(
    r"(?:小区|花园|家园|公寓|新村|新城|苑|花苑|家苑|园|城|庭|府|湾|大厦|广场|中心|公馆|名邸|佳苑|雅居|山庄|社区|里|郡|墅|居|轩|邸|院|"
    r"大楼|软件园|产业园|科技园|大学|学院|校区|中学|小学|宿舍|医院|写字楼|国际|世家|豪庭|半岛|景|华府|名城|[东西南北一二三四五六七八九十]区|[一二三四五六七八九十0-9]期|"
    r"村|路|街|巷|道|庄|坊|号院?|厂|SOHO|镇|乡)"
    r"(?:小区)?[\s,，\ufdd0]?$"
)
_JOINT = re.compile(
    r"[\s,，]?(?:(?!在|到|是|的|了|电|手机|联系|收|(?<![万祥泰仁永颐太共中协景福德熙])和(?!谐|平|睦|悦|苑|园|庭|府|里|美|泰|顺|兴|盛|居)|送|寄)[\u4e00-\u9fffA-Za-z0-9·]){0,12}[\s,，]?"
)
_ADMIN = re.compile(r"(?:省|市|区|县|镇|乡|街道|旗|自治州)")
_STOP = re.compile(
    r".*(?:[^\u4e00-\u9fffA-Za-z0-9,，、\s\-·\ufdd0]|(?<![省市区县镇乡旗])[,，、]|(?<![省市区县镇乡旗道路街])[\s\ufdd0]|在|到|是|址为?|(?<!解)放|送(?!变)|寄|住|我家|我们|我|给|的|了|去(?!年)|位于|收货|收件|"
    r"发往|改成|改为|换成|换到|改到|变更为|更正为|现居|户籍|老家|常住|姓名|这|那里|单位|派送|上门|自提|先生|女士|小姐|嗯|呃|啊|一下|麻烦|"
    r"帮忙|请|派人|查|安装|维修|过来|还是|填写|写|报修|家里|人(?!民|和|才)|搬|从|去往|就|[0-9]{6,}|地处|位处|地点|解决|关于|反映|投诉|临近|附近|地为)",
    re.DOTALL,
)
_TRIGGER = re.compile(
    r"(?:地址|住址|寄到|寄往|送到|家住|我住|住在|我家在)"
    r"(?:[\s:,，是为在]|[改换][成为到]|变更为|更正为|[写填]成?|就|请|要){0,3}$"
)
_TRIGGER_WINDOW = 12
_FLAT = re.compile(r"[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}(?:室|号|房)?$")
_BROKEN = re.compile("[,，、]|[0-9](?:年|月)|由于|因为|清楚|明白|详细|完整|错")
_COUNTED = re.compile(r"(?:小区|社区|村|本楼|全楼|(?P<all>[共有]))\s?$")
_HOUSEHOLDS = re.compile(r"[0-9一二三四五六七八九十百千几两]+\s?(?P<unit>号楼|[户栋幢座层楼])\s?")
_NO_ESTATE = 4
_ALONE = re.compile("[\u3400-\u9fff]{3,5}(?<![第共有在个的])")
"""A name of an estate that is not in the form of one, at the start of a clause before block and room."""
_OF_ESTATE = re.compile("[府苑园庭湾里轩阁]")
_ROOM = re.compile(r"[栋幢座楼#][\s,，\-]?[0-9]{3,4}$")
_VILLAGE = re.compile(r"(?:村|屯|庄|寨|镇|乡|社区)[\s,，]?$")
_NOT_DOOR = re.compile(
    r"(?:线|口|出口|店|站|车|馆|门(?!口)|机|桌|技师|之前|那天|到货|下单|收到|发货|当天|早上|上午|下午|晚上|中午|前|后|以后|以前|左右|航站楼|"
    r"球|字|套餐|选手|窗口|柜台|院线|登机口|展厅|包间|包厢|模型|色|款|的时候|去的|买的|开的|来的|到的|签收|文件|令|码头|通知|公告)"
)


@cache
def _places() -> AhoCorasick:
    with lexicon_path("pii_places.tsv").open(encoding="utf-8", newline="") as lines:
        words = [row["place"] for row in csv.DictReader(lines, delimiter="\t")]
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)


def _start(normalized: str, floor: int, door: int) -> int:
    """Return where the address with the door number at ``door`` begins."""
    start = max(floor, door - _WINDOW)
    stop = _STOP.match(normalized, start, door)
    if stop is not None:
        start = stop.end()
    for _, place, end in _places().find_matches_as_indexes(normalized[start:door]):
        if place == 0 or _OF_ESTATE.match(normalized, start + end) is None:  # 紫|金华|府
            return start + place
    return start


def _is_count(normalized: str, start: int, door: int, end: int) -> bool:
    """Whether households or buildings are counted, as in 小区700户 and 共3栋, or 小区3栋 names no estate."""
    counted = _COUNTED.search(normalized, max(start, door - 3), door)
    number = _HOUSEHOLDS.fullmatch(normalized, door, end) if counted is not None else None
    if counted is None or number is None:
        return False
    return (
        number["unit"] not in ("栋", "幢", "号楼") or counted["all"] is not None or door - start <= _NO_ESTATE
    )


def _follows_trigger(normalized: str, start: int, lead: str) -> bool:
    """Whether an address starts right after a trigger word and no other clause interrupts it."""
    trigger = _TRIGGER.search(normalized, max(0, start - _TRIGGER_WINDOW), start)
    return trigger is not None and _BROKEN.search(lead) is None


def _is_door(normalized: str, start: int, door: int, end: int) -> bool:
    """Whether the door number and the text before it are an address, not a date, a line or a counter."""
    units = [part["unit"] for part in _PART.finditer(normalized, door, end)]
    lead = normalized[max(start, door - _WINDOW) : door]
    if _NOT_DOOR.match(normalized, end) is not None:
        return False
    if _is_count(normalized, start, door, end):
        return False
    within = {"栋", "幢", "单元", "室", "座", "塔", "户", "弄", "#"} & set(units) | {
        unit for unit in units if unit[-1] == "楼" and unit[0] == "号"
    }
    if len(within) >= 2:
        return True
    if len(lead) < 2:
        return False
    placed = _ADMIN.search(lead) is not None
    proper = placed or set(units) - {"号"} or _FLAT.match(normalized, door, end) is not None
    if proper and _follows_trigger(normalized, start, lead):
        return True
    if _WAY.search(lead) is not None and ({"号", "弄", "号院", "栋", "幢", "号楼"} & set(units)):
        return len(lead) >= 3 or placed
    if placed and _VILLAGE.search(lead) is not None and {"组", "队"} & set(units):
        return True
    if _ESTATE.search(lead) is not None:
        if not units:
            return len(lead) >= 3 and "-" in normalized[door:end]
        return bool(within) or (placed and "号" in units and len(units) >= 2)
    roomed = _ROOM.search(normalized, door, end) is not None
    if roomed and within - {"#"} and _ALONE.fullmatch(lead) is not None:
        opens = door - len(lead) == 0 or not "\u3400" <= normalized[door - len(lead) - 1] <= "\u9fff"
        return opens or placed
    return bool(within) and placed and (len(units) >= 2 or roomed)


def addresses(normalized: str) -> Iterator[Found]:
    """Yield the addresses down to the door number in a normalized text, in order, none overlapping.

    Districts, streets and buildings without a door number are not personal and are left.
    """
    if _DOORS.search(normalized) is None or _GATE.search(normalized) is None:
        return
    start, end = -1, 0
    for door in _DOOR.finditer(normalized):
        stop = door.end() - (len(door.group()) - len(door.group().rstrip(" ,，-")))
        begin = _start(normalized, end, door.start())
        joined = (
            start >= 0
            and end - start < _LONGEST
            and _JOINT.fullmatch(normalized, end, door.start()) is not None
        )
        if joined and (
            _is_door(normalized, start, door.start(), stop) or _within(normalized, door.start(), stop)
        ):
            end = stop
        elif _is_door(normalized, begin, door.start(), stop):
            if start >= 0:
                yield _found(normalized, start, end)
            start, end = begin, stop
    if start >= 0:
        yield _found(normalized, start, end)


def _within(normalized: str, door: int, end: int) -> bool:
    units = {part["unit"] for part in _PART.finditer(normalized, door, end)}
    return not units or bool(
        units & {"栋", "幢", "单元", "室", "号楼", "座", "塔", "层", "楼", "户", "房", "#"}
    )


def _found(normalized: str, start: int, end: int) -> Found:
    value = normalized[start:end]
    lead = len(value) - len(value.lstrip(" ,，、"))
    return Found(start + lead, end, "address", re.sub(r"[\s,，\-]", "", value))
