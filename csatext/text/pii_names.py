"""Names of persons: after a word that announces one, before a form of address, beside a telephone number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

from csatext.lexicon import lexicon_path
from csatext.text.pii_context import Cues
from csatext.text.pii_numbers import Found
from csatext.text.pii_view import QUESTION_END, TURN_JOIN

__all__ = ["names", "surnames"]

_AFTER_STRONG = re.compile(
    rf"(?:[\s:,、\"'“”‘’「」(（\[【/是为叫作做嗯呃啊额{TURN_JOIN}]|的是|那个|这边|姓名|名字|登记|应该|填写|改成|改为|换成|变更为|写成|写){{0,5}}"
)
_AFTER_WEAK = re.compile(r"[\s:\"“是叫,，]{0,3}")
_SURNAME_CUE = re.compile(r"(?:我|免贵|本人|客户|老公|爱人|用户|机主|户主|他|她|人家|鄙人|敝人)姓(?:是)?\s?")
_ASKED = re.compile(
    rf"(?:姓名|贵姓|称呼|名字|叫什么|收件人|联系人|机主|户主|哪位|您姓)[^{QUESTION_END}]{{0,16}}{QUESTION_END}"
    r"(?:嗯|啊|呃|额|哦|我|本人|免贵|姓|叫|是|就|那个|[\s,，、])*"
)
_NOT_TITLE = re.compile(r"[们姐妹款装包鞋裤表衣内香钱皮外运专优长短风连西牛羽T用式版系]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_EDGE = re.compile(r"$|[^\u3400-\u9fff]")
_LEFT_EDGE = frozenset(
    "是叫给找为由向和与跟有问请让对的位把被说到姓名人户主者服了我联系带呼和您你及、于从替帮"
)
_AFTER_NAME = re.compile(
    r"于(?=[0-9一二三四五六七八九十今昨前上本去近])|先生|女士|小姐|太太|手机|电话|身份|号码|地址|住址|住在|尾号|卡号|工号|要求|投诉|联系|订单|收货|收件|办理|购买|本机|同学|老师|师傅|"
    r"经理|客服|明天|明年|明明|可以|可能|能不|能否|国内|平时|安装|新买|新换|方便|成功|立即|立刻|东西|正在|同意|先帮|家里|家住|家的|开通|"
    r"开户|希望|申请|一共|一直|一下|一个|今天|现在|金额|本来|本人|如果|来电|进行|进线|反映|反馈|表示|会员|有个|有一|有没|可不|生日|"
    r"高兴|永远|通过|通知|学校|实名|用的|明确|清楚|刚买|刚收|刚才|刚刚|刚到|刚开|刚下|刚打|刚换|刚办|月租|月份|月初|月底|才收|才发|才到|才给|元旦|重新|发现|发来|发的|多次|多少|行吗|对吧|以前|以后|向您|特此|海外|广东|北京|上海|"
    r"信用|信息|账号|账户|性别|年龄|银行|微信|邮箱|护照|车牌|单位|公司|里面|道歉|天天|元宵|保单|和我|心情|同志|收到|三个|三天|两个|一次|"
    r"先说|先问|先不|先别|想问|水费|水电|维修|能帮|能查|有事|有问|才发|才收|全家|正好|正要|正准|同城|达到|进来|生气|用户|登记|预约|"
    r"名下|名字|近期|近来|开的|定了|定的|启动|安排|世界|中午|中心|中国银行|远程|成为|长期|长途|化妆|会不|会去|会来|行不|行驶|理赔|法院|音量"
)
_NOT_GIVEN = frozenset(
    "的了是在我你他她它您们这那哪什么谁吗呢吧啊呀嘛哦就都也还又再很太不没要想来去把被给跟与及或但而且因为所以和住打说问看找"
    "号手电话机码址地订单位个次件块钱年日时分收寄送退换买卖查办用请帮改写填登记已会能可以从到对让叫姓已经某此该贵本各每"
)
_MASKED_GIVEN = re.compile(r"[*某]{1,3}(?![0-9*])")
_SEPARATED = re.compile(r"\s?[、和与及,]\s?")
_SIGNED = re.compile(r"\s?[(（]?(?:收|亲启|代收)(?![0-9\u3400-\u9fff])")


@dataclass(frozen=True)
class _Lists:
    common: frozenset[str]
    single: frozenset[str]
    compound: frozenset[str]
    given: frozenset[str]
    words: re.Pattern[str]


@cache
def _lists() -> _Lists:
    rows = {}
    for name in ("surnames", "pii_given_names", "pii_not_names"):
        with lexicon_path(f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
            rows[name] = list(csv.DictReader(lines, delimiter="\t"))
    by_kind = {
        kind: frozenset(row["surname"] for row in rows["surnames"] if row["kind"] == kind)
        for kind in ("common", "plain", "compound")
    }
    words = sorted((row["word"] for row in rows["pii_not_names"]), key=len, reverse=True)
    return _Lists(
        by_kind["common"],
        by_kind["common"] | by_kind["plain"],
        by_kind["compound"],
        frozenset(row["char"] for row in rows["pii_given_names"]),
        re.compile("|".join(map(re.escape, words))),
    )


def surnames() -> str:
    """Return the characters that a surname can begin with."""
    lists = _lists()
    return "".join(sorted(lists.single | {name[0] for name in lists.compound}))


def _is_han(view: str, at: int) -> bool:
    return _HAN.match(view, at) is not None


def _is_edge(view: str, at: int) -> bool:
    """Whether a name may end at ``at``: the text or the word ends, or a word follows that no name ends in."""
    return (
        _EDGE.match(view, at) is not None or view[at] in _NOT_GIVEN or _AFTER_NAME.match(view, at) is not None
    )


def _surname(view: str, at: int) -> str:
    lists = _lists()
    if view[at : at + 2] in lists.compound:
        return view[at : at + 2]
    return view[at : at + 1] if view[at : at + 1] in lists.single else ""


def _is_word(view: str, at: int) -> bool:
    """Whether an ordinary word starts at ``at``, and not a name of three characters such as 孙子轩."""
    lists = _lists()
    word = lists.words.match(view, at)
    if word is None:
        return False
    longer = (
        word.end() == at + 2 and view[at + 1 : at + 2] in lists.given and view[at + 2 : at + 3] in lists.given
    )
    return not (longer and _AFTER_NAME.match(view, at + 2) is None and _is_edge(view, at + 3))


def _name_at(view: str, at: int, *, strict: bool) -> int | None:
    """Return where the full name that starts at ``at`` ends, or None.

    ``strict`` asks for given-name characters of the list and a clear end: for places where a name is only
    possible, not announced.
    """
    lists = _lists()
    surname = _surname(view, at)
    if not surname or _is_word(view, at):
        return None
    first = at + len(surname)
    masked = _MASKED_GIVEN.match(view, first)
    if masked is not None:
        return None if strict else masked.end()
    if not _is_han(view, first) or view[first] in _NOT_GIVEN or _AFTER_NAME.match(view, first) is not None:
        return None
    second = first + 1
    if strict:
        if view[first] not in lists.given:
            return None
        if not _is_edge(view, second) and view[second] in lists.given:
            second += 1
        sure = len(surname) == 2 or surname in lists.common
        clear = _is_edge(view, second) if sure else _EDGE.match(view, second) is not None
        return second if clear else None
    if _is_edge(view, second):
        return second
    if view[second] in lists.given or _EDGE.match(view, second + 1) is not None:
        return second + 1
    return second


def _announced(view: str, cues: Cues) -> Iterator[tuple[int, int]]:
    """Yield the names after the words that announce one; several may follow, joined by 和 or a comma."""
    for _, at, kind, strong in cues.names:
        if kind == "title":
            continue
        between = (_AFTER_STRONG if strong else _AFTER_WEAK).match(view, at)
        start = between.end() if between is not None else at
        end = _name_at(view, start, strict=not strong)
        while end is not None:
            yield start, end
            following = _SEPARATED.match(view, end)
            start = following.end() if following is not None else end
            end = _name_at(view, start, strict=True) if following is not None else None


def _surnames_told(view: str) -> Iterator[tuple[int, int]]:
    """Yield the surnames after 我姓 and the like."""
    for cue in _SURNAME_CUE.finditer(view) if "姓" in view else ():
        surname = _surname(view, cue.end())
        if surname and _lists().words.match(view, cue.end()) is None:
            yield cue.end(), cue.end() + len(surname)


def _answers(view: str) -> Iterator[tuple[int, int]]:
    """Yield the names that answer the other speaker's question for one."""
    for asked in _ASKED.finditer(view) if QUESTION_END in view else ():
        end = _name_at(view, asked.end(), strict=False)
        surname = _surname(view, asked.end())
        if end is not None and _EDGE.match(view, end) is not None:
            yield asked.end(), end
        elif surname and _EDGE.match(view, asked.end() + len(surname)) is not None:
            yield asked.end(), asked.end() + len(surname)


def _titled(view: str, cues: Cues) -> Iterator[tuple[int, int]]:
    """Yield the names right before 先生, 女士, 小姐: the surname, or the full name where it stands alone."""
    for end, after, kind, _ in cues.names:
        if kind == "title" and _NOT_TITLE.match(view, after) is None:
            start = _name_before(view, end)
            if start is not None and not _ends_word(view, start, end):
                yield start, end


def _name_before(view: str, end: int) -> int | None:
    lists = _lists()
    needs_edge = view.startswith("太太", end)  # 照顾太太, 答谢太太
    best: int | None = None
    for length in (1, 2, 3, 4):
        start = end - length
        if start < 0 or not _is_han(view, start):
            break
        surname = _surname(view, start)
        if not surname or length - len(surname) > 2 or _is_word(view, start):
            continue
        given = view[start + len(surname) : end]
        left = view[start - 1 : start]
        edge = not left or not _is_han(left, 0) or left in _LEFT_EDGE or (left == "谢" and surname != "谢")
        sure = surname in lists.compound or surname in lists.common
        likely = set(given) <= lists.given
        possible = bool(set(given) & lists.given) and not set(given) & _NOT_GIVEN
        if not given:
            fits = edge or (sure and not needs_edge)
        elif edge:
            fits = likely or (sure and possible)
        else:
            fits = best is None and likely and surname in lists.common
        best = start if fits else best
    return best


def _ends_word(view: str, start: int, end: int) -> bool:
    """Whether the characters before a title are the end of an ordinary word, as in 黄金 or 任何."""
    words = _lists().words
    return any(
        (match := words.match(view, begin)) is not None and match.end() >= end
        for begin in range(max(0, start - 2), start + 1)
    )


def _beside(view: str, phones: Iterable[Found]) -> Iterator[tuple[int, int]]:
    """Yield names that stand alone beside a telephone number, as in a shipping label."""
    for phone in phones:
        for start in range(max(0, phone.start - 7), phone.start - 1):
            if start == 0 or not _is_han(view, start - 1):
                end = _name_at(view, start, strict=True)
                if end is not None and not view[end : phone.start].strip(" ,:，、;/-(（\t\n"):
                    yield start, end
        start = (
            phone.end
            + len(view[phone.end : phone.end + 2])
            - len(view[phone.end : phone.end + 2].lstrip(" ,、"))
        )
        if start > phone.end:
            end = _name_at(view, start, strict=True)
            if end is not None and _EDGE.match(view, end) is not None:
                yield start, end


def _signed(view: str) -> Iterator[tuple[int, int]]:
    """Yield names before 收 at the end of a label."""
    for sign in _SIGNED.finditer(view) if "收" in view or "亲启" in view else ():
        for length in (2, 3, 4):
            start = sign.start() - length
            if start >= 0 and (start == 0 or not _is_han(view, start - 1)):
                end = _name_at(view, start, strict=True)
                if end == sign.start():
                    yield start, end


def names(view: str, cues: Cues, values: Iterable[Found]) -> Iterator[Found]:
    """Yield the names in a folded text; ``values`` are the numbers found in it.

    Overlapping finds are all given; the caller keeps the first.
    """
    phones = [value for value in values if value.kind in ("mobile", "landline")]
    sources = (
        _announced(view, cues),
        _surnames_told(view),
        _answers(view),
        _titled(view, cues),
        _beside(view, phones),
        _signed(view),
    )
    for start, end in chain.from_iterable(sources):
        yield Found(start, end, "name", view[start:end])
