"""Names of persons: after a word that announces one, before a form of address, beside a telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from csatext.privacy.context import TriggerWords, words_of
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import QUESTION_END, TURN_JOIN
from csatext.privacy.recognizers.name_boundaries import (
    EDGE,
    LEFT_EDGES,
    REACH,
    begins_word,
    ends_word,
    is_han,
    name_at,
    name_before,
    nickname_at,
    surname_at,
    surname_before,
    written_apart,
)

__all__ = ["ASKS_NAME", "announced_names", "names"]

_WRITTEN = (
    r"(?:就|请|麻烦|直接|还是|都|也|要|先|帮我|给我|可以|那一?栏|一栏|栏|那里|这里|处|统一|重新|已经|已|现在){1,2}"
    "(?=[是为叫写填改换留]|变更|登记)"
)
"""Words before a verb that tells what is written after the word that announces a name."""

_AFTER_STRONG = re.compile(
    rf"(?:{_WRITTEN}|改一下|换一下|[必选]填|[写填]上(?!官)|[\s:=|,、\"'“”‘’「」()\[\]【】/是为叫作做嗯呃啊额{TURN_JOIN}]|的是|用的|那个|这边|姓名|名字|登记|应该|填写|改成|改为|换成|变更为|写成|写|填|留|错了|错){{0,6}}"
)
_THING = re.compile(
    r"(?:平台|软件|(?i:app)|应用|公司|小?程序|网站|产品|品牌|游戏|贷款|餐厅?|菜|店|套餐|饮品|小区)"
    r"(?:的)?(?:名字|名称|名)?(?:是|叫|叫做|叫作)?$"
)
"""What stands before the name of a thing, as in 平台名字叫安逸花的."""
_LONGEST_THING = 12
_ORDERED = re.compile(r"(?<=叫)左(?P<amount>[少多半一二三四五六七八九十最])?")
"""Cantonese 叫左, ordered; as a surname only before a given name that ends the clause."""
_GROUP = re.compile(r"(?<=[生妹姐])党")
"""A crowd, as in 学生党."""
_FUNCTION_WORDS = frozenset("和同与并连仲曾应")
_TO_FIRM = re.compile(r"[于向][\u3400-\u9fff]{1,4}?(?:银行|公司|集团|保险|法院|物业|平台|派出所|消协|客服)")
_CLAUSE_END = re.compile(r"$|[^\u3400-\u9fffA-Za-z0-9]")
_PLACE_ENDS = frozenset("镇村乡县")
_CALLED = re.compile(r"(?:^|[\s,，。])(?:名字)?叫")
_AFTER_WEAK = re.compile(r"[\s:\"“是叫,，]{0,3}")
_SURNAME_CUE = re.compile(
    r"(?:我|免贵|鄙|本人|客户|老公|爱人|用户|机主|户主|他|她|人家|鄙人|敝人|^|[\s,，。])姓(?:是)?\s?"
)
ASKS_NAME = "姓名|贵姓|称呼|名字|叫什么|收件人|收货人|联系人|联络人|机主|户主|哪位|您姓|持卡人"
"""Words of a question for a name, as an expression."""

_ASKED = re.compile(
    rf"(?:{ASKS_NAME})[^{QUESTION_END}]{{0,16}}{QUESTION_END}"
    r"(?:嗯|啊|呃|额|哦|我|本人|免贵|姓|叫|是|就|那个|[\s,，、])*"
)
_NOT_TITLE = re.compile(
    r"(?!表[示明达扬态]|包裹|外出|连[续夜]|专[门程]|长期|用[户的了手他她]|运单|装[了修宽]|短信|系[我本统])"
    r"(?:意(?![见外思])|[活命效]|产[品生]|[们姐妹款装包鞋裤表衣内香钱皮外运专优长短风连西牛羽T用式版系])"
)
_SEPARATED = re.compile(r"\s?[、和与及,]\s?")
_LABELLED = re.compile(
    r"[ ,:，、;/\-(（\t\n]*"
    r"(?:(?:联系|手机|身份证?|联络)?(?:电话|手机|号码?|身份证号?码?|证件号?码?|证)[是为]?[ ,:，、;\t]*)?"
)
_BEFORE_NAME = frozenset("成为是给找叫我")
_BEFORE_HIMSELF = frozenset(LEFT_EDGES) | frozenset("公婆妈爸亲夫妻子女哥姐弟妹友事员长民")
_PREPOSITION = re.compile(r"(?:由|对|关|至|鉴|基|属|等|位|处|在)$")
_PERSON_WORDS = ("本人", "签收", "代收", "的身份证", "的名", "的那个")
_IN_PERSON = re.compile(r"(?:亲自)?本人|签收|代收|的身份证|的名义|的名字(?!命名)|的那个(?:客服|师傅|快递)")
_SIGNED = re.compile(r"(?:收|亲启|代收)(?![0-9\u3400-\u9fff])")
_BEFORE_SIGN = re.compile(r"\s?[(（]?$")


def _announced(view: str, cues: TriggerWords) -> Iterator[tuple[int, int]]:
    """Yield the names after the words that announce one; several may follow, joined by 和 or a comma."""
    for _, at, kind, strong in cues.names:
        if kind == "title":
            continue
        between = (_AFTER_STRONG if strong else _AFTER_WEAK).match(view, at)
        start = between.end() if between is not None else at
        end = name_at(view, start, strict=not strong, dotted=strong)
        if end is None and strong and at > 0:
            end = written_apart(view, start)
        if end is None:
            end = nickname_at(view, start)
        if end is not None and not _names_person(view, start, end, strong=strong):
            end = None
        while end is not None:
            yield start, end
            following = _SEPARATED.match(view, end)
            start = following.end() if following is not None else end
            end = name_at(view, start, strict=True) if following is not None else None


def _names_person(view: str, start: int, end: int, *, strong: bool) -> bool:
    """Whether the name found after a word that announces one is no thing's, no place's and no plain word."""
    if _THING.search(view, max(0, start - _LONGEST_THING), start) is not None:
        return False
    ordered = _ORDERED.match(view, start)
    if ordered is not None:
        given = name_at(view, start, strict=True)
        return ordered["amount"] is None and given == end and EDGE.match(view, end) is not None
    if strong:
        return True
    function = view[start] in _FUNCTION_WORDS and _CLAUSE_END.match(view, end) is None
    function = function or _TO_FIRM.match(view, start) is not None
    return not (function or view[end - 1] in _PLACE_ENDS or _GROUP.match(view, start) is not None)


def _called(view: str) -> Iterator[tuple[int, int]]:
    """Yield the names that stand alone after 叫 at the start of a clause, as in 姓张，叫张三."""
    for called in _CALLED.finditer(view) if "叫" in view else ():
        end = name_at(view, called.end(), strict=True)
        clear = end is not None and EDGE.match(view, end) is not None
        if clear and end is not None and _names_person(view, called.end(), end, strong=True):
            yield called.end(), end


def announced_names(view: str, cues: TriggerWords) -> Iterator[tuple[int, int]]:
    """Yield start and end of the names after a word that announces one, after 叫, before 经理."""
    yield from _announced(view, cues)
    yield from _called(view)
    yield from _in_office(view)


@cache
def _office() -> re.Pattern[str]:
    words = words_of("office")
    rests = "|".join(f"(?<={word[0]}){word[1:]}(?!傅)" for word in words if len(word) > 1)
    # a class first: a search runs through it several times as fast as through alternatives
    return re.compile(
        rf"[{''.join(word[0] for word in words)}](?:{rests}|(?<=总)(?=$|[^\u3400-\u9fff]|[您你说让找]))"
    )


def _in_office(view: str) -> Iterator[tuple[int, int]]:
    """Yield the family names right before 经理, 老师, 主任 and the like, 总 at the end of a clause."""
    for office in _office().finditer(view):
        start = surname_before(view, office.start())
        if start is not None:
            yield start, office.start()


def _surnames_told(view: str) -> Iterator[tuple[int, int]]:
    """Yield the surnames after 我姓 and the like."""
    for cue in _SURNAME_CUE.finditer(view) if "姓" in view else ():
        surname = surname_at(view, cue.end())
        if surname and not begins_word(view, cue.end()):
            yield cue.end(), cue.end() + len(surname)


def _answers(view: str) -> Iterator[tuple[int, int]]:
    """Yield the names that answer the other speaker's question for one."""
    for asked in _ASKED.finditer(view) if QUESTION_END in view else ():
        end = name_at(view, asked.end(), strict=False)
        surname = surname_at(view, asked.end())
        if end is not None and EDGE.match(view, end) is not None:
            yield asked.end(), end
        elif surname and EDGE.match(view, asked.end() + len(surname)) is not None:
            yield asked.end(), asked.end() + len(surname)


def _titled(view: str, cues: TriggerWords) -> Iterator[tuple[int, int]]:
    """Yield the names right before 先生, 女士, 小姐: the surname, or the full name where it stands alone."""
    for end, after, kind, _ in cues.names:
        if kind == "title" and _NOT_TITLE.match(view, after) is None:
            start = name_before(view, end)
            if start is not None and not ends_word(view, start, end):
                yield start, end


def _in_person(view: str) -> Iterator[tuple[int, int]]:
    """Yield the full names right before 本人, 签收 and the like, as in 是张三本人吗."""
    for person in _IN_PERSON.finditer(view) if any(word in view for word in _PERSON_WORDS) else ():
        start = name_before(view, person.start())
        if start is None or start >= person.start() - 1 or ends_word(view, start, person.start()):
            continue
        if not person.group().endswith("本人") or _is_himself(view, start, person.start()):
            yield start, person.start()


def _is_himself(view: str, start: int, end: int) -> bool:
    """Whether what stands before 本人 starts a clause or follows a word for a person; not 由于疫情本人."""
    if view[end - 1] in "和与及并" and end - start < 3:
        return False
    if view[start] == "于" and _PREPOSITION.search(view, max(0, start - 1), start) is not None:
        return False
    return start == 0 or not is_han(view, start - 1) or view[start - 1] in _BEFORE_HIMSELF


def _beside(view: str, phones: Iterable[Found]) -> Iterator[tuple[int, int]]:
    """Yield names that stand alone beside a telephone or identity number, as in a shipping label."""
    for phone in phones:
        for start in range(max(0, phone.start - REACH), phone.start - 1):
            if start == 0 or not is_han(view, start - 1) or view[start - 1] in _BEFORE_NAME:
                end = name_at(view, start, strict=True)
                if end is not None and _LABELLED.fullmatch(view, end, phone.start) is not None:
                    yield start, end
        start = (
            phone.end
            + len(view[phone.end : phone.end + 2])
            - len(view[phone.end : phone.end + 2].lstrip(" ,、"))
        )
        if start > phone.end:
            end = name_at(view, start, strict=True)
            if end is not None and EDGE.match(view, end) is not None:
                yield start, end


def _signed(view: str) -> Iterator[tuple[int, int]]:
    """Yield names before 收 at the end of a label."""
    for sign in _SIGNED.finditer(view) if "收" in view or "亲启" in view else ():
        before = _BEFORE_SIGN.search(view, max(0, sign.start() - 2), sign.start())
        stop = before.start() if before is not None else sign.start()
        for length in (2, 3, 4):
            start = stop - length
            if start >= 0 and (start == 0 or not is_han(view, start - 1) or view[start - 1] in _BEFORE_NAME):
                end = name_at(view, start, strict=True)
                if end == stop:
                    yield start, end


def names(view: str, cues: TriggerWords, values: Iterable[Found]) -> Iterator[Found]:
    """Yield the names in a folded text; ``values`` are the numbers found in it.

    Overlapping finds are all given; the caller keeps the first.
    """
    phones = [value for value in values if value.kind in ("mobile", "landline", "id_card")]
    sources = (
        announced_names(view, cues),
        _surnames_told(view),
        _answers(view),
        _titled(view, cues),
        _in_person(view),
        _beside(view, phones),
        _signed(view),
    )
    for start, end in chain.from_iterable(sources):
        yield Found(start, end, "name", view[start:end])
