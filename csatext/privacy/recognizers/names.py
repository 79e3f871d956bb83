"""Names of persons: after a word that announces one, before a form of address, beside a telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from csatext.privacy.context import TriggerWords, words_of
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import QUESTION_END, TEXT_END, TURN_JOIN
from csatext.privacy.recognizers.name_boundaries import (
    AFTER_NAME,
    EDGE,
    LEFT_EDGES,
    REACH,
    begins_word,
    ends_word,
    full_name_until,
    is_common,
    is_frequent,
    is_han,
    latin_at,
    name_at,
    name_before,
    nickname_at,
    surname_at,
    surname_before,
    written_apart,
)
from csatext.privacy.recognizers.transliterated_names import DOTS, sounded_around, transliterated_end

__all__ = ["ACTS", "ASKS_NAME", "AT_WORK", "BESIDE", "SAYS", "beside", "is_name_cell", "names"]

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
_AFTER_ONCE = frozenset("经有是在以对向于多提同因任明言表会能用为去来到和与")
_TO_FIRM = re.compile(r"[于向][\u3400-\u9fff]{1,4}?(?:银行|公司|集团|保险|法院|物业|平台|派出所|消协|客服)")
_CLAUSE_END = re.compile(r"$|[^\u3400-\u9fffA-Za-z0-9]")
_PLACE_ENDS = frozenset("镇村乡县路湖园街区市省寺庙")
_CALLED = re.compile(rf"(?:^|[\s,，。{TEXT_END}])(?:名字)?叫")
_AFTER_WEAK = re.compile(r"[\s:\"“是叫,，]{0,3}")
_SURNAME_CUE = re.compile(
    r"(?:我|免贵|鄙|本人|客户|老公|爱人|用户|机主|户主|他|她|人家|鄙人|敝人|^|[\s,，。\ufdd2])姓(?:是)?\s?"
)
ASKS_NAME = "姓名|贵姓|称呼|名字|叫什么|收件人|收货人|联系人|联络人|机主|户主|哪位|您姓|持卡人"
"""Words of a question for a name, as an expression."""

_ASKED = re.compile(
    rf"(?:{ASKS_NAME})[^{QUESTION_END}{TEXT_END}]{{0,16}}{QUESTION_END}"
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
AT_WORK = tuple("业台安下里政洁店馆")
"""Last characters of places of work that stand before 王姐."""
_BEFORE_FULL = frozenset(LEFT_EDGES) | frozenset("次是约的装修派看去来过让请")
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
        end = name_at(view, start, strict=not strong, dotted=strong, announced=True)
        if end is None and at > 0:
            end = written_apart(view, start) if strong else latin_at(view, start)
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
    if view[start] == "曾":  # 曾任, 曾多次
        function = end - start <= _SHORT_NAME and view[start + 1] in _AFTER_ONCE
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
    """Yield start and end of the names beside a word that tells that a person is meant.

    After a word that announces one, after 叫, before 经理 and the like, after 转告 or 据, before 反映, at the
    end of a letter, with the dot of transliteration.
    """
    yield from _announced(view, cues)
    yield from _called(view)
    yield from _dotted(view)
    yield from _in_office(view)
    yield from _acted_upon(view)
    yield from _acting(view)
    yield from _undersigned(view)
    yield from _introduced(view)


def _acted_upon(view: str) -> Iterator[tuple[int, int]]:
    """Yield the full names between a word such as 据, 由, 转告 and a verb or the end of the clause."""
    for act in _ACT.finditer(view):
        end = name_at(view, act.end(), strict=True, dotted=False, announced=True)
        if end is None or not _is_full(view, act.end(), end):
            continue
        closes = EDGE if act.group() in ":=" else _ACT_END
        if closes.match(view, end) is not None:
            yield act.end(), end


def _acting(view: str) -> Iterator[tuple[int, int]]:
    """Yield the full names at the start of a clause before 反映, 来电, 称 and the like."""
    for verb in _SAYS.finditer(view):
        for length in (3, 2, 4):
            start = verb.start() - length
            if start < 0 or (start > 0 and is_han(view, start - 1)):
                continue
            if name_at(view, start, strict=True, dotted=False, announced=True) == verb.start() and _is_full(
                view, start, verb.start()
            ):
                yield start, verb.start()


def _undersigned(view: str) -> Iterator[tuple[int, int]]:
    """Yield the full name at the end of a letter: after 此致敬礼 or a dash, before 敬上."""
    for close in _CLOSING.finditer(view):
        end = name_at(view, close.end(), strict=True, dotted=False, announced=True)
        if end is not None and _LAST.match(view, end) is not None:
            yield close.end(), end
    for sign in _RESPECTFULLY.finditer(view):
        for length in (3, 2, 4):
            start = sign.start() - length
            if start >= 0 and (start == 0 or not is_han(view, start - 1)):
                end = name_at(view, start, strict=True, dotted=False, announced=True)
                if end == sign.start():
                    yield start, end


def _dotted(view: str) -> Iterator[tuple[int, int]]:
    """Yield the names with the dot of transliteration whose parts sound like names, wherever they stand."""
    for dot in _DOT.finditer(view):
        yield from sounded_around(view, dot.start(), follows=AFTER_NAME)


def _introduced(view: str) -> Iterator[tuple[int, int]]:
    """Yield the Latin names after English words that introduce one."""
    for word in _ENGLISH.finditer(view) if _CAPITAL.search(view) is not None else ():
        yield word.span("name")


def _is_full(view: str, start: int, end: int) -> bool:
    """Whether a name has a frequent family name, or one of two characters, and is no place's."""
    before = view[start - 1 : start]
    if before == "主" and view[start] == "任":
        return False
    if view[start] == "于" and before in tuple("对由关至鉴基属等"):
        return False
    return view[end - 1] not in _PLACE_ENDS and (is_common(view, start) or is_frequent(view, start))


ACTS = (
    ":=员师者工夫友婆弟妹嫂姑舅姨据到经由应让请告诉达给知系上下找问催谢扬报醒复答访了过派是叫跟和与向对"
    "被把替帮居名"
)
"""Last characters of the words after which a full name is looked for."""
SAYS = "反来致表投要称诉声自申咨询举报催希请认说拒承答辱殴威预购欠于签已没打电通"
"""First characters of what a person at the start of a clause does."""
_ACT = re.compile(
    r"(?=[:=员师者工夫友婆弟妹嫂姑舅姨根据接收经由应让请转通告联找询问催感表投举提回答交派指分是叫跟和与向给对被把替帮邻名姓])(?:根据|据|接到|收到|经(?!济)|由|应|让|请|转告|转达给?|通知|告知|告诉|联系(?:一下|下|上|到)?|找到?|询问|问问|催一?下?|感谢|表扬|投诉|举报|提醒|回复|答复|回访(?:了|过|到|给)?|"
    r"交给|派给|派单给|转给|转派给?|指派给?|分配给|是|叫|跟|和|与|向|给|对|被|把|替|帮|邻居|名叫|姓名|师(?![傅范])|[:=员者夫友婆弟妹嫂姑舅姨])(?=[\u3400-\u9fff])"
)
_ACT_END = re.compile(
    r"[^\u3400-\u9fff]|$|反映|反应|所述|描述|称(?![心重赞职])|诉|说|讲|投诉|举报|来电|要求|同意|负责|处理|跟进|接待|办理|介绍|推荐|签字|签收|来[取拿办处上]|去[取拿办处]|取[件货走]|给我|给[他她你您客]|"
    r"回[个电复话]|联系|转[告交达接]|把|一[声下次]|的(?:描述|反映|投诉|要求|诉求|说法|申请|电话|手机|号码|名字|名义|微信|账号|卡|订单|快递|工单|意见|情况|回复|承诺|态度|家属|家|车)|确认|核实|上门|维修|安装|过来|"
    r"来(?=处|办|取|接|修)|接[的单听]|本人|反馈|发[来送]|申请|提[出交]|请求|咨询|预约|登记|于|的|经手|保管|领[取走]|代|骂|打[伤了人]|威胁|骗|欺|辱"
)
_SAYS = re.compile(
    rf"(?=[{SAYS}])(?:"  # the first characters of all that follows
    r"反映|反应|反馈|来电|致电|来信|来访|来函|表示(?!满意度)|投诉|要求|称(?![心重赞职呼霸为号])|诉称|声称|自称|申请|咨询|询问|举报|报修|报案|催[办促]|希望|请求|认为|说(?!明)|拒[绝不]|承诺|答应|辱骂|殴打|威胁|预约|"
    r"购买|欠[款费]|于(?=[0-9今昨前上本])|[已没]?签[字收]|打电话|电话(?:反映|投诉|咨询|要求)|通过(?:电话|微信|网))"
)
_CLOSING = re.compile(
    r"此致[\s,，。!]{0,3}敬礼[\s,，。!:]{0,3}|敬礼[\s,，。!]{1,3}|--\s?|——\s?|特此[投诉反映申请告知说明]{2,4}[\s。,，!]{1,3}"
)
_LAST = re.compile(r"[\s。.!]{0,3}(?:$|[\n0-9(\ufdd2]|(?:19|20)[0-9]{2})")
_RESPECTFULLY = re.compile(r"(?:敬上|谨上|敬启|谨启|拜上|顿首|拜谢|亲笔|手书|叩谢)")
_DOT = re.compile(f"[{DOTS}*]")
_ENGLISH = re.compile(
    r"(?=[MmIiTtNnDdRrSs])(?i:my name is|i am|i'm|this is|name's|mr\.?|mrs\.?|ms\.?|dear|regards,?"
    r"|sincerely,?)[\s:,]{0,3}"
    r"(?P<name>[A-Z][a-z]{1,11}(?: [A-Z][a-z]{1,11}){1,2}|(?<=is )[A-Z][a-z]{2,11})(?![A-Za-z0-9])"
)
BESIDE = frozenset(("mobile", "landline", "id_card"))
"""Kinds of values beside which a name may stand alone."""
_CAPITAL = re.compile("[A-Z][a-z]")
_SHORT_NAME = 2
_CELL = re.compile(
    rf"(?P<name>[\u3400-\u9fff](?: ?[\u3400-\u9fff]){{0,3}}"
    rf"|(?P<dotted>[\u3400-\u9fff]{{2,8}}[{DOTS}*][\u3400-\u9fff]{{2,9}}))"
    r"(?:(?P<starred>[*某xX]{1,2})|(?P<address>先生|女士|小姐|太太|师傅|老师|经理|同学|阿姨))?"
)
_NEVER = re.compile("(?!)")


@cache
def _office() -> re.Pattern[str]:
    words = words_of("office")
    longer = sorted((word for word in words if len(word) > 1), key=len, reverse=True)
    rests = "|".join(f"(?<={word[0]}){word[1:]}(?!傅)" for word in longer)
    alone = "".join(word for word in words if len(word) == 1 and word != "总")
    # a class first: a search runs through it several times as fast as through alternatives
    return re.compile(
        rf"[{''.join(word[0] for word in words)}](?:{rests}|(?<=总)(?=$|[^\u3400-\u9fff]|[您你说让找])"
        rf"|(?<=[{alone}])(?<![小大老表堂学师空亲][{alone}])(?![{alone}妹夫们斯伦特白德本母父恩乐子娘妈]"
        r"))"
    )


def _in_office(view: str) -> Iterator[tuple[int, int]]:
    """Yield the names right before 经理, 老师, 主任 and the like, 总 at the end of a clause."""
    for office in _office().finditer(view):
        start = surname_before(view, office.start())
        if start is None and view[office.start() - 2 : office.start() - 1] in AT_WORK:
            start = office.start() - 1 if is_common(view, office.start() - 1) else None
        if start is not None:
            yield start, office.start()
            continue
        for length in (3, 2, 4):
            start = office.start() - length
            if start < 0 or (start > 0 and is_han(view, start - 1) and view[start - 1] not in _BEFORE_FULL):
                continue
            if full_name_until(view, start, office.start()) and _is_full(view, start, office.start()):
                yield start, office.start()
                break


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


def _near_numbers(view: str, phones: Iterable[Found]) -> Iterator[tuple[int, int]]:
    """Yield names that stand alone beside a telephone or identity number, as in a shipping label."""
    for phone in phones:
        reach = max(0, phone.start - REACH)
        dotted = _DOT.search(view, reach, phone.start) is not None
        for start in range(reach, phone.start - 1):
            if not (dotted or surname_at(view, start)):
                continue  # no name without a dot begins with anything else
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


def beside(view: str, values: Iterable[Found]) -> Iterator[Found]:
    """Yield the names that stand alone beside the telephone and identity numbers among ``values``."""
    phones = [value for value in values if value.kind in BESIDE]
    for start, end in _near_numbers(view, phones):
        yield Found(start, end, "name", view[start:end])


def names(view: str, cues: TriggerWords) -> Iterator[Found]:
    """Yield the names that words tell in a folded text.

    Overlapping finds are all given; the caller keeps the first.
    """
    sources = (
        announced_names(view, cues),
        _surnames_told(view),
        _answers(view),
        _titled(view, cues),
        _in_person(view),
        _signed(view),
    )
    for start, end in chain.from_iterable(sources):
        yield Found(start, end, "name", view[start:end])


def is_name_cell(view: str) -> bool:
    """Whether a whole cell is the name of a person: full, with a form of address, starred, transliterated.

    Examples
    --------
    >>> is_name_cell("赵一一"), is_name_cell("赵女士"), is_name_cell("赵**"), is_name_cell("高级")
    (True, True, True, False)
    """
    given = _CELL.fullmatch(view)
    if given is None:
        return False
    name = given["name"].replace(" ", "")
    if given["dotted"] is not None:
        return transliterated_end(name, 0, firsts=(), follows=_NEVER) == len(name)
    surname = surname_at(name, 0)
    if not surname or begins_word(name, 0) or name[-1] in _PLACE_ENDS:
        return False
    if given["address"] is not None or given["starred"] is not None:
        return len(name) <= len(surname) + 2
    return _is_full(name, 0, len(name)) and full_name_until(name, 0, len(name))
