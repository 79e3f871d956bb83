"""Names of persons: after a trigger word, before a form of address, next to a telephone number."""

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
    NAME_STARTS,
    NAME_WINDOW,
    ROLE_ENDS,
    SITE,
    begins_word,
    ends_word,
    free_name_at,
    full_name_until,
    is_common,
    is_frequent,
    is_han,
    is_verb,
    latin_at,
    lone_starts,
    may_begin_name,
    name_at,
    name_before,
    nickname_at,
    nickname_before_verb,
    surname_at,
    surname_before,
    written_apart,
)
from csatext.privacy.recognizers.name_lists import name_lists, surnames
from csatext.privacy.recognizers.transliterated_names import DOTS, sounded_around, transliterated_end

__all__ = [
    "ACTS",
    "ASKS_NAME",
    "AT_WORK",
    "KINDS_NEAR_NAMES",
    "REPORTING_VERBS",
    "is_name_cell",
    "names",
    "names_near_numbers",
]

_WRITTEN = (
    r"(?:就|请|麻烦|直接|还是|都|也|要|先|帮我|给我|可以|那一?栏|一栏|栏|那里|这里|处|统一|重新|已经|已|现在){1,2}"
    "(?=[是为叫写填改换留]|变更|登记)"
)
"""Words between a trigger word of names and a verb such as 写, 填 or 改."""

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
_CALLED = re.compile(rf"叫(?:(?<![^\s,，。{TEXT_END}].)|(?<=名字叫)(?<![^\s,，。{TEXT_END}]名字叫))")
"""The word for "is called" where it or 名字叫 starts a clause."""
_AFTER_WEAK = re.compile(r"[\s:=\"“是叫,，\])】]{0,3}")
_SURNAME_TRIGGER = re.compile(
    r"姓(?:(?<=[我贵鄙他她].)|(?<![^\s,，。\ufdd2].)|(?<=本人.|客户.|老公.|爱人.|用户.|机主.|户主.|人家.|鄙人.|敝人.))(?:是)?\s?"
)
_OF_FAMILY = re.compile(
    "姓(?=男|女|客|老|工作|司机|业主|村民|居民|同事|顾客|员工|店|领导|负责人|民警|经理|师傅)"
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
_SEPARATED = re.compile(r"\s?[、和与及,/]\s?|\s(?=[\u3400-\u9fff])")
_LABELLED = re.compile(
    r"[ ,:，、;/\-(（\t\n]*"
    r"(?:(?:联系|手机|身份证?|联络)?(?:电话|手机|号码?|身份证号?码?|证件号?码?|证)[是为]?[ ,:，、;\t]*)?"
)
_BEFORE_NAME = "成为是给找叫我"
AT_WORK = tuple("业台安下里政洁店馆")
"""Last characters of places of work that stand before 王姐."""
_BEFORE_FULL = frozenset(LEFT_EDGES) | frozenset("次是约的装修派看去来过让请")
_BEFORE_HIMSELF = frozenset(LEFT_EDGES) | frozenset("公婆妈爸亲夫妻子女哥姐弟妹友事员长民")
_PREPOSITION = re.compile(r"(?:由|对|关|至|鉴|基|属|等|位|处|在)$")
_PERSON_WORDS = ("本人", "签收", "代收", "的身份证", "的名", "的那个")
_IN_PERSON = re.compile(
    r"(?=[亲本签代身名那])(?:(?:亲自)?本人|签收|代收|(?<=的)(?P<owned>身份证|名义|名字(?!命名)|那个(?:客服|师傅|快递)))"
)
_SIGNED = re.compile(r"(?:收|亲启|代收)(?![0-9\u3400-\u9fff])")
_BEFORE_SIGN = re.compile(r"\s?[(（]?$")


def _after_trigger_words(normalized: str, triggers: TriggerWords) -> Iterator[tuple[int, int]]:
    """Yield the names after a trigger word; several may follow, joined by 和 or a comma."""
    dotted = _DOT.search(normalized) is not None
    for _, at, kind, strong in triggers.names:
        if kind == "title":
            continue
        between = (_AFTER_STRONG if strong else _AFTER_WEAK).match(normalized, at)
        start = between.end() if between is not None else at
        if is_han(normalized, start) and not (
            may_begin_name(normalized, start, dotted=dotted) or normalized[start] in NAME_STARTS
        ):
            continue
        end = name_at(normalized, start, strict=not strong, dotted=strong, in_context=True)
        if end is None and at > 0:
            end = written_apart(normalized, start) if strong else latin_at(normalized, start)
        if end is None:
            end = nickname_at(normalized, start)
        if end is not None and not _names_person(normalized, start, end, strong=strong):
            end = None
        while end is not None:
            yield start, end
            following = _SEPARATED.match(normalized, end)
            start = following.end() if following is not None else end
            end = name_at(normalized, start, strict=True) if following is not None else None


def _names_person(normalized: str, start: int, end: int, *, strong: bool) -> bool:
    """Whether the name after a trigger word is a person's, not a thing, a place or a plain word."""
    if _THING.search(normalized, max(0, start - _LONGEST_THING), start) is not None:
        return False
    ordered = _ORDERED.match(normalized, start)
    if ordered is not None:
        given = name_at(normalized, start, strict=True)
        return ordered["amount"] is None and given == end and EDGE.match(normalized, end) is not None
    if strong:
        return True
    function = normalized[start] in _FUNCTION_WORDS and _CLAUSE_END.match(normalized, end) is None
    if normalized[start] == "曾":  # 曾任, 曾多次
        function = end - start <= _SHORT_NAME and normalized[start + 1] in _AFTER_ONCE
    function = function or _TO_FIRM.match(normalized, start) is not None
    return not (function or normalized[end - 1] in _PLACE_ENDS or _GROUP.match(normalized, start) is not None)


def _called(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the names that stand alone after 叫 at the start of a clause, as in 姓张，叫张三."""
    for called in _CALLED.finditer(normalized) if "叫" in normalized else ():
        end = name_at(normalized, called.end(), strict=True)
        clear = end is not None and EDGE.match(normalized, end) is not None
        if clear and end is not None and _names_person(normalized, called.end(), end, strong=True):
            yield called.end(), end


def context_names(normalized: str, triggers: TriggerWords) -> Iterator[tuple[int, int]]:
    """Yield start and end of the names that a context word marks as a person's.

    After a trigger word, after 叫, before 经理 and the like, after 转告 or 据, before 反映, at the
    end of a letter, with the dot of transliteration.
    """
    yield from _dotted(normalized)
    yield from _after_trigger_words(normalized, triggers)
    yield from _called(normalized)
    yield from _in_office(normalized)
    yield from _acted_upon(normalized)
    yield from _acting(normalized)
    yield from _undersigned(normalized)
    yield from _introduced(normalized)
    yield from _in_latin(normalized)
    yield from _free(normalized)
    yield from _nicknamed(normalized)


def _acted_upon(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the full names between a word such as 据, 由, 转告 and a verb or the end of the clause."""
    for act in _act().finditer(normalized):
        end = name_at(normalized, act.end(), strict=True, dotted=False, in_context=True)
        if end is None or not _is_full(normalized, act.end(), end):
            continue
        closes = EDGE if act.group() in ":=】" else _ACT_END
        if closes.match(normalized, end) is not None or (closes is _ACT_END and is_verb(normalized, end)):
            yield from _and_listed(normalized, act.end(), end)


def _acting(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the full names at the start of a clause before 反映, 来电, 称 and the like."""
    dotted = _DOT.search(normalized) is not None
    for verb in _REPORTING_VERB.finditer(normalized):
        for length in (3, 2, 4):
            start = verb.start() - length
            if (
                start < 0
                or not may_begin_name(normalized, start, dotted=dotted)
                or (start > 0 and is_han(normalized, start - 1))
            ):
                continue
            if name_at(
                normalized, start, strict=True, dotted=False, in_context=True
            ) == verb.start() and _is_full(normalized, start, verb.start()):
                yield start, verb.start()


def _undersigned(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the full name at the end of a letter: after 此致敬礼 or a dash, before 敬上."""
    for close in _CLOSING.finditer(normalized):
        end = name_at(normalized, close.end(), strict=True, dotted=False, in_context=True)
        if end is not None and _LAST.match(normalized, end) is not None:
            yield close.end(), end
    for sign in _RESPECTFULLY.finditer(normalized):
        for length in (3, 2, 4):
            start = sign.start() - length
            if start >= 0 and (start == 0 or not is_han(normalized, start - 1)):
                end = name_at(normalized, start, strict=True, dotted=False, in_context=True)
                if end == sign.start():
                    yield start, end


def _dotted(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the names with the dot of transliteration whose parts sound like names, wherever they stand."""
    for dot in _DOT.finditer(normalized):
        for start, end in sounded_around(normalized, dot.start(), follows=AFTER_NAME):
            ordinary = name_lists().word_end(normalized, start) == dot.start()
            if not ordinary and SITE.match(normalized, end) is None:
                yield start, end


def _introduced(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the Latin names after English words that introduce one."""
    for name in _ENGLISH.finditer(normalized) if _CAPITAL.search(normalized) is not None else ():
        start = name.start()
        words = _INTRODUCING.search(normalized, max(0, start - _LONGEST_INTRODUCTION), start)
        if words is not None and (" " in name.group() or words.group().rstrip().lower().endswith("is")):
            yield name.span()


def _free(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the full names that begin a clause or follow a word for a person, before a verb."""
    for candidate in _free_starts().finditer(normalized):
        at = candidate.start()
        after_role = is_han(normalized, at - 1) if at else False
        hailed = not after_role and _HAILED.search(normalized, max(0, at - 6), at) is not None
        end = free_name_at(normalized, at, after_role=after_role or hailed)
        if end is not None:
            yield from _and_listed(normalized, at, end)


def _nicknamed(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the names such as 小李 and 老王 that begin a clause or follow a word for a person."""
    for candidate in _NICKNAME.finditer(normalized):
        end = nickname_before_verb(normalized, candidate.start())
        if end is not None:
            yield candidate.start(), end


def _and_listed(normalized: str, at: int, end: int | None) -> Iterator[tuple[int, int]]:
    """Yield a name and those that follow it in a list."""
    while end is not None and normalized[end - 1] not in _PLACE_ENDS:
        yield at, end
        following = _SEPARATED.match(normalized, end)
        at = following.end() if following is not None else end
        end = _listed(normalized, at) if following is not None else None


def _listed(normalized: str, at: int) -> int | None:
    """Return where the name that follows another one and a mark ends; any full name that fills the place."""
    end = free_name_at(normalized, at, after_role=True)
    if end is None:
        whole = name_at(normalized, at, strict=True, dotted=False, in_context=True)
        end = whole if whole is not None and EDGE.match(normalized, whole) is not None else None
    return end


def _in_latin(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the names in Latin letters after a word for a person or a label, or before a form of address.

    The first word is a given name of the list, or the words are syllables of pinyin with a family name.
    """
    for words in _LATIN.finditer(normalized) if _SECOND_CAPITAL.search(normalized) is not None else ():
        before = normalized[: words.start()][-2:].rstrip()[-1:]
        known = before != "" and before in _BEFORE_LATIN
        if (known or _ADDRESSED.match(normalized, words.end()) is not None) and _is_latin_name(words.group()):
            yield words.span()


def _is_latin_name(words: str) -> bool:
    parts = re.split("[ /]", words.lower())
    lists = name_lists()
    if parts[0] in lists.latin:
        return True
    families = [part for part in parts if part in lists.pinyin]
    return bool(families) and all(_PINYIN.fullmatch(part) is not None for part in parts)


def _is_full(normalized: str, start: int, end: int) -> bool:
    """Whether a name has a frequent family name, or one of two characters, and is no place's."""
    before = normalized[start - 1 : start]
    if before == "主" and normalized[start] == "任":
        return False
    if normalized[start] == "于" and before in tuple("对由关至鉴基属等"):
        return False
    typical = end - start > _SHORT_NAME and name_lists().typical.issuperset(normalized[start + 1 : end])
    return normalized[end - 1] not in _PLACE_ENDS and (
        typical or is_common(normalized, start) or is_frequent(normalized, start)
    )


ACTS = (
    ":=】员师者工夫友婆弟妹嫂姑舅姨据到经由应让请告诉达给知系上下找问催谢扬报醒复答访了过派是叫跟和与向对"
    "被把替帮居名称充"
)
"""Last characters of the words after which a full name is looked for."""
REPORTING_VERBS = "反来致表投要称诉声自申咨询举报催希请认说拒承答辱殴威预购欠于签已没打电通"
"""First characters of reporting verbs and other verbs after a person at the start of a clause."""
_HAILED = re.compile(
    r"(?:[\u3400-\u9fff][人员](?=\s)|[你您]好|尊敬的|亲爱的|[Hh]i|[Hh]ello|@)[\s,，!:]{0,3}$"
)
"""What stands before the name of the person who is spoken to, or in a field."""
_NICKNAME = re.compile(rf"[小老](?:(?<![\u3400-\u9fff].)|(?<=[{ROLE_ENDS}{LEFT_EDGES}].))")
_ACT = (
    r"(?=[:=】员师者工夫友婆弟妹嫂姑舅姨根据接收经由应让请转通告联找询问催感表投举提回答交派指分自冒是叫跟和与向给对被把替帮邻名姓])(?:根据|据|接到|收到|经(?!济)|由|应|让|请|转告|转达给?|通知|告知|告诉|联系(?:一下|下|上|到)?|找到?|询问|问问|催一?下?|感谢|表扬|投诉|举报|提醒|回复|答复|回访(?:了|过|到|给)?|"
    r"交给|派给|派单给|转给|转派给?|指派给?|分配给|是|叫|跟|和|与|向|给|对|被|把|替|帮|邻居|名叫|姓名|自称|冒充|师(?![傅范])|[:=】员者夫友婆弟妹嫂姑舅姨])"
)
"""Words after which a full name is looked for, as an expression."""

_ACT_END = re.compile(
    r"[^\u3400-\u9fff]|$|反映|反应|所述|描述|称(?![心重赞职])|诉|说|讲|投诉|举报|来电|要求|同意|负责|处理|跟进|接待|办理|介绍|推荐|签字|签收|来[取拿办处上]|去[取拿办处]|取[件货走]|给我|给[他她你您客]|"
    r"回[个电复话]|联系|转[告交达接]|把|一[声下次]|的(?:描述|反映|投诉|要求|诉求|说法|申请|电话|手机|号码|名字|名义|微信|账号|卡|订单|快递|工单|意见|情况|回复|承诺|态度|家属|家|车)|确认|核实|上门|维修|安装|过来|"
    r"来(?=处|办|取|接|修)|接[的单听]|本人|反馈|发[来送]|申请|提[出交]|请求|咨询|预约|登记|于|的|经手|保管|领[取走]|代|骂|打[伤了人]|威胁|骗|欺|辱"
)
_REPORTING_VERB = re.compile(
    rf"(?=[{REPORTING_VERBS}])(?:"  # the first characters of all that follows
    r"反映|反应|反馈|来电|致电|来信|来访|来函|表示(?!满意度)|投诉|要求|称(?![心重赞职呼霸为号])|诉称|声称|自称|申请|咨询|询问|举报|报修|报案|催[办促]|希望|请求|认为|说(?!明)|拒[绝不]|承诺|答应|辱骂|殴打|威胁|预约|"
    r"购买|欠[款费]|于(?=[0-9今昨前上本])|[已没]?签[字收]|打电话|电话(?:反映|投诉|咨询|要求)|通过(?:电话|微信|网))"
)
_CLOSING = re.compile(
    r"此致[\s,，。!]{0,3}敬礼[\s,，。!:]{0,3}|敬礼[\s,，。!]{1,3}|--\s?|——\s?|特此[投诉反映申请告知说明]{2,4}[\s。,，!]{1,3}|(?:谢谢|感谢|为盼|盼复|拜托)(?:您|你们?)?[\s。,，!]{1,3}"
)
_LAST = re.compile(r"[\s。.!]{0,3}(?:$|[\n0-9(\ufdd2]|(?:19|20)[0-9]{2})")
_RESPECTFULLY = re.compile(r"(?:敬上|谨上|敬启|谨启|拜上|顿首|拜谢|亲笔|手书|叩谢)")
_DOT = re.compile(f"[{DOTS}*]")
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?!(?:My|Dear|Mrs?|Ms|This|Name|Regards|Sincerely|Agent|Guest|Passenger|Driver|Doctor)\b)"
    r"[A-Z][a-z]{1,11}(?: [A-Z][a-z]{1,11}){0,2}(?![A-Za-z0-9])"
)
_INTRODUCING = re.compile(
    r"(?<![A-Za-z])(?i:my name is"
    r"|(?:agent|clerk|manager|guest|driver|doctor|waiter|passenger|specialist|representative)(?: name)?"
    r"(?: is|:)?|i am|i'm|this is|name's|mr\.?|mrs\.?|ms\.?|dear|regards,?|sincerely,?)[\s:,]{0,3}$"
)
_LONGEST_INTRODUCTION = 24
_LATIN = re.compile(
    r"(?<![A-Za-z0-9_.@'\-])(?:[A-Z][a-z]{1,11}(?: [A-Z][a-z]{1,11}){1,2}"
    r"|[A-Z]{2,10}[ /][A-Z]{2,12}(?: [A-Z]{2,12})?)(?![A-Za-z0-9_@'\-])"
)
_SECOND_CAPITAL = re.compile("[A-Za-z][ /][A-Z]")
_BEFORE_LATIN = frozenset(ROLE_ENDS + LEFT_EDGES + ":=音号人系")
_ADDRESSED = re.compile(r"\s?(?:先生|女士|小姐|太太|老师|经理|医生|教授)")
_SYLLABLE = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|a|e|i|o|u|v))"
)
_PINYIN = re.compile(rf"{_SYLLABLE}{{1,3}}")
KINDS_NEAR_NAMES = frozenset(("mobile", "landline", "id_card"))
"""Kinds of values next to which a name may stand alone."""
_CAPITAL = re.compile("[A-Z][a-z]")
_SHORT_NAME = 2
_CELL = re.compile(
    rf"(?P<name>[\u3400-\u9fff](?: ?[\u3400-\u9fff]){{0,3}}?"
    rf"|(?P<dotted>[\u3400-\u9fff]{{2,8}}[{DOTS}*][\u3400-\u9fff]{{2,9}}))"
    r"(?:(?P<starred>[*某xX]{1,2})|(?P<address>先生|女士|小姐|太太|师傅|老师|经理|同学|阿姨))?"
)
_NEVER = re.compile("(?!)")


@cache
def _act() -> re.Pattern[str]:
    """Return the words after which a full name is looked for, before a family name."""
    return re.compile(rf"{_ACT}(?=[{surnames()}])")


@cache
def _free_starts() -> re.Pattern[str]:
    """Return where a family name begins a clause or follows a word for a person, and a given name follows."""
    lists = name_lists()
    typical, given = "".join(sorted(lists.typical)), "".join(sorted(lists.given))
    seconds = "".join(sorted({name[1] for name in lists.compound}))
    return re.compile(
        rf"[{surnames()}](?:(?<![\u3400-\u9fff].)|(?<=[{ROLE_ENDS}{LEFT_EDGES}].))"
        rf"(?=[{typical}]|[{given}][{typical}]|[{seconds}][{given}]{{0,1}}[{typical}])"
    )


@cache
def _office() -> re.Pattern[str]:
    words = words_of("office")
    longer = sorted((word for word in words if len(word) > 1), key=len, reverse=True)
    rests = "|".join(f"(?<={word[0]}){word[1:]}(?!傅)" for word in longer)
    alone = "".join(word for word in words if len(word) == 1 and word not in "总工")
    lists = name_lists()
    names = "".join(sorted(lists.given | lists.single | {name[1] for name in lists.compound}))
    # a class first: a search runs through it several times as fast as through alternatives
    return re.compile(
        rf"[{''.join(word[0] for word in words)}](?<=[{names}].)(?:{rests}"
        rf"|(?<=总)(?<!钱总)(?![结共是部行监计和体之店额数量裁理经工会司局公的有算归得分动不能要觉管支价目指负])"
        rf"|(?<=工)(?<!钱工)(?![作资程单厂人具地号商期艺业会信行种序龄伤钱费薪科时友艺])"
        rf"|(?<=[{alone}])(?<![小大老表堂学师空亲][{alone}])(?![{alone}妹夫们斯伦特白德本母父恩乐子娘妈]"
        r"))"
    )


def _in_office(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the names right before 经理, 老师, 主任 and the like, 总 at the end of a clause."""
    for office in _office().finditer(normalized):
        start = surname_before(normalized, office.start())
        if start is not None and begins_word(normalized, start):
            continue  # 施工方, 康师傅方便面
        if start is None and normalized[office.start() - 2 : office.start() - 1] in AT_WORK:
            known = is_common(normalized, office.start() - 1) and not begins_word(
                normalized, office.start() - 1
            )
            start = office.start() - 1 if known else None
        if start is not None:
            yield start, office.start()
            continue
        brief = normalized[office.start()] in "总工"
        for length in (3, 2, 4):
            start = office.start() - length
            if start < 0 or (
                start > 0
                and is_han(normalized, start - 1)
                and (brief or normalized[start - 1] not in _BEFORE_FULL)
            ):
                continue
            if full_name_until(normalized, start, office.start()) and _is_full(
                normalized, start, office.start()
            ):
                yield start, office.start()
                break


def _stated_surnames(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the surnames after 我姓 and the like."""
    for trigger in _SURNAME_TRIGGER.finditer(normalized) if "姓" in normalized else ():
        surname = surname_at(normalized, trigger.end())
        if surname and not begins_word(normalized, trigger.end()):
            yield trigger.end(), trigger.end() + len(surname)


def _of_a_family(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the surnames before 姓男子 and the like."""
    for word in _OF_FAMILY.finditer(normalized) if "姓" in normalized else ():
        start = surname_before(normalized, word.start())
        if start is not None:
            yield start, word.start()


def _answers(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the names that answer the other speaker's question for one."""
    for asked in _ASKED.finditer(normalized) if QUESTION_END in normalized else ():
        end = name_at(normalized, asked.end(), strict=False)
        surname = surname_at(normalized, asked.end())
        if end is not None and EDGE.match(normalized, end) is not None:
            yield asked.end(), end
        elif surname and EDGE.match(normalized, asked.end() + len(surname)) is not None:
            yield asked.end(), asked.end() + len(surname)


def _titled(normalized: str, triggers: TriggerWords) -> Iterator[tuple[int, int]]:
    """Yield the names right before 先生, 女士, 小姐: the surname, or the full name where it stands alone."""
    for end, after, kind, _ in triggers.names:
        if kind == "title" and _NOT_TITLE.match(normalized, after) is None:
            start = name_before(normalized, end)
            if start is not None and not ends_word(normalized, start, end):
                yield start, end


def _in_person(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield the full names right before 本人, 签收 and the like, as in 是张三本人吗."""
    for person in (
        _IN_PERSON.finditer(normalized) if any(word in normalized for word in _PERSON_WORDS) else ()
    ):
        end = person.start() - (person["owned"] is not None)
        start = name_before(normalized, end)
        if start is None or start >= end - 1 or ends_word(normalized, start, end):
            continue
        if not person.group().endswith("本人") or _is_himself(normalized, start, end):
            yield start, end


def _is_himself(normalized: str, start: int, end: int) -> bool:
    """Whether what stands before 本人 starts a clause or follows a word for a person; not 由于疫情本人."""
    if normalized[end - 1] in "和与及并" and end - start < 3:
        return False
    if normalized[start] == "于" and _PREPOSITION.search(normalized, max(0, start - 1), start) is not None:
        return False
    return start == 0 or not is_han(normalized, start - 1) or normalized[start - 1] in _BEFORE_HIMSELF


def _near_numbers(normalized: str, phones: Iterable[Found]) -> Iterator[tuple[int, int]]:
    """Yield names that stand alone next to a telephone or identity number, as in a shipping label."""
    for phone in phones:
        window = max(0, phone.start - NAME_WINDOW)
        dotted = _DOT.search(normalized, window, phone.start) is not None
        for first in lone_starts(_BEFORE_NAME, dotted=dotted).finditer(normalized, window, phone.start - 1):
            end = name_at(normalized, first.start(), strict=True)
            if end is not None and _LABELLED.fullmatch(normalized, end, phone.start) is not None:
                yield first.start(), end
        start = (
            phone.end
            + len(normalized[phone.end : phone.end + 2])
            - len(normalized[phone.end : phone.end + 2].lstrip(" ,、"))
        )
        if start > phone.end:
            end = name_at(normalized, start, strict=True)
            if end is not None and EDGE.match(normalized, end) is not None:
                yield start, end


def _signed(normalized: str) -> Iterator[tuple[int, int]]:
    """Yield names before 收 at the end of a label."""
    for sign in _SIGNED.finditer(normalized) if "收" in normalized or "亲启" in normalized else ():
        before = _BEFORE_SIGN.search(normalized, max(0, sign.start() - 2), sign.start())
        stop = before.start() if before is not None else sign.start()
        for length in (2, 3, 4):
            start = stop - length
            if start >= 0 and (
                start == 0 or not is_han(normalized, start - 1) or normalized[start - 1] in _BEFORE_NAME
            ):
                end = name_at(normalized, start, strict=True)
                if end == stop:
                    yield start, end


def names_near_numbers(normalized: str, values: Iterable[Found]) -> Iterator[Found]:
    """Yield the names that stand alone next to the telephone and identity numbers among ``values``."""
    phones = [value for value in values if value.kind in KINDS_NEAR_NAMES]
    for start, end in _near_numbers(normalized, phones):
        yield Found(start, end, "name", normalized[start:end])


def names(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield the names that context words reveal in a normalized text.

    Overlapping names are all yielded; the caller keeps the first.
    """
    sources = (
        context_names(normalized, triggers),
        _stated_surnames(normalized),
        _of_a_family(normalized),
        _answers(normalized),
        _titled(normalized, triggers),
        _in_person(normalized),
        _signed(normalized),
    )
    for start, end in chain.from_iterable(sources):
        yield Found(start, end, "name", normalized[start:end])


def is_name_cell(normalized: str) -> bool:
    """Whether a whole cell is the name of a person: full, with a form of address, starred, transliterated.

    Examples
    --------
    >>> is_name_cell("赵一一"), is_name_cell("赵女士"), is_name_cell("赵**"), is_name_cell("高级")
    (True, True, True, False)
    """
    given = _CELL.fullmatch(normalized)
    if given is None:
        return False
    name = given["name"].replace(" ", "")
    if given["dotted"] is not None:
        return transliterated_end(name, 0, firsts=(), follows=_NEVER) == len(name)
    surname = surname_at(name, 0)
    if not surname or name[-1] in _PLACE_ENDS or name_lists().word_end(name, 0) == len(name):
        return False
    if given["address"] is not None or given["starred"] is not None:
        return len(name) <= len(surname) + 2 and not begins_word(name, 0)
    return _is_full(name, 0, len(name)) and full_name_until(name, 0, len(name))
