"""Where a name can begin and end: family names, characters of given names, words that are no names."""

from __future__ import annotations

import re
from functools import cache

from csatext.privacy.recognizers.name_lists import name_lists, surnames
from csatext.privacy.recognizers.transliterated_names import DOTS, transliterated_end

__all__ = [
    "AFTER_NAME",
    "EDGE",
    "FREQUENT",
    "LEFT_EDGES",
    "NAME_STARTS",
    "NAME_WINDOW",
    "ROLE_ENDS",
    "SITE",
    "begins_word",
    "ends_word",
    "free_name_at",
    "full_name_until",
    "is_common",
    "is_frequent",
    "is_han",
    "is_verb",
    "latin_at",
    "lone_starts",
    "may_begin_name",
    "name_at",
    "name_before",
    "nickname_at",
    "surname_at",
    "surname_before",
    "written_apart",
]

EDGE = re.compile(r"$|[^\u3400-\u9fff]")
"""The end of a text or of a run of Chinese characters."""
LEFT_EDGES = (
    "是叫给找为由向和与跟有问请让对的位把被说到姓名人户主者服了我联系带呼"
    "和您你及、于从替帮用以经成件个转知诉告达醒约复催下识"
)
"""Characters before a family name that starts a word."""

_LEFT_EDGE = frozenset(LEFT_EDGES)
ROLE_ENDS = (
    "员师者工长任记理管问监表官警委主客户手生医护士教练嫂姐哥弟妹婆公爸妈父母亲夫妻儿女子友伴事民众方属处科室部局所队组班台店"
    "院校司业行馆站播代侄孙舅姑姨叔伯嬢干星模会排交派托接据访约见骂打罚控诉谢电在按听驾商家上门傅贩诊房至机"
)
"""Last characters of words for persons, and for places of work that stand before the name of one."""
_ENDS_WORDS = frozenset(
    "方时师尚明全成文车边安关管单应经司官农党习景商沙席费项班封储植晋扶丰代卿强盘巴白万任余童路游华房公干乐"
    "都和于向那同能平常查相连水支解"
)
"""Family names that also end ordinary words, as in 对方先生."""
AFTER_NAME = re.compile(
    r"于(?=[0-9一二三四五六七八九十今昨前上本去近])|先生|女士|小姐|太太|手机|电话|身份|号码|地址|住址|住在|尾号|卡号|工号|要求|投诉|联系|订单|收货|收件|办理|购买|本机|同学|老师|师傅|"
    r"经理|客服|明天|明年|明明|可以|可能|能不|能否|国内|平时|安装|新买|新换|方便|成功|立即|立刻|东西|正在|同意|先帮|家里|家住|家的|开通|"
    r"开户|希望|申请|一共|一直|一下|一个|今天|现在|金额|本来|本人|如果|来电|进行|进线|反映|反馈|表示|会员|有个|有一|有没|可不|生日|"
    r"高兴|永远|通过|通知|学校|实名|用的|明确|清楚|刚买|刚收|刚才|刚刚|刚到|刚开|刚下|刚打|刚换|刚办|月租|月份|月初|月底|才收|才发|才到|才给|元旦|重新|发现|发来|发的|多次|多少|行吗|对吧|以前|以后|向您|特此|海外|广东|北京|上海|"
    r"信用|信息|账号|账户|性别|年龄|银行|微信|邮箱|护照|车牌|单位|公司|里面|道歉|天天|元宵|保单|和我|心情|同志|收到|三个|三天|两个|一次|"
    r"先说|先问|先不|先别|想问|水费|水电|维修|能帮|能查|有事|有问|才发|才收|全家|正好|正要|正准|同城|达到|进来|生气|用户|登记|预约|"
    r"名下|名字|近期|近来|开的|定了|定的|启动|安排|世界|中午|中心|中国银行|远程|成为|长期|长途|化妆|会不|会去|会来|行不|行驶|理赔|法院|音量|态度|服务|承诺|答应|推荐|告诉|告知|辱骂|骗我|让我|跟我|对我|负责|接待|介绍"
)
"""Words that follow a name, and words of which a name's first character may be the first too."""
_VERB_AFTER = re.compile(
    r"诉称|辩称|供述|闯|前往|上[初高小大]|均(?=[未无不已没])|回[个一下]|反映|反应|称(?![心重赞职霸号])|骂|威胁|推诿|推脱|推卸|推搡|推了|拒|不予|处理|受理|跟进|回访|回复|回电|接的|接听|接单|收了|收取|收费|将|被|辱|殴|侮|骗|欺|"
    r"敷衍|忽悠|误导|隐瞒|擅自|私自|故意|当场|当时|当天|随后|最后|一再|始终|居然|竟然|突然|依旧|仍|现场|口头|书面|名义|带领|带着|带人|组织|指使|指挥|维修|修理|修好|更换|测量|检查|检测|核实|确认|"
    r"批准|批示|拍板|决定|宣布|判决|裁定|裁决|执行|受伤|死亡|去世|病逝|住院|出院|挂号|开药|开错|误诊|缴费|缴纳|转账|汇款|欠|借|偷|抢|砸|踢|踹|咬|撞|堵|拦|锁|停车|停放|开车|驾车|驾驶|绕路|超速|酒驾|占用|占道|违建|违规|违章|"
    r"违法|涉嫌|夫妇|夫妻|父子|母女|及其|自己|个人|律师|教练|校长|院长|书记|法官|警官|医生|主任|主管|队长|敬上|谨上|保证|建议|提出|提交|举报|控告|起诉|索|退费|退款|退货|请假|催|脾气|语气|素质|当我|当面|任职|任命|担任|主持|分管|接管|接手|移交|"
    r"转交|转告|转达|配合|协助|帮|替|代|陪|约|改|换|退|买|卖|租|写|填|留|寄|送|取|拿|交|办|查|看|听|找|等|未|敢|拖|躲|失联|消失|离职|辞职|调走|休假|值班|上班|下班|出差|迟到|旷工|醉|喝|吃|玩|抽烟|吸烟|吵|闹|喊|吼|嚷|哭|跑|跳|走了|跟|像|似乎|好像|早就|便|才(?=[来到说给把知])|"
    r"向(?=[我你您他她客用公法当])|会(?=[给来去联回处把说在])|能(?=[来给处解不])|发(?=[来给了的朋信消])|定(?=的|了)|和(?=[我他她你您客家])|一[声家]|撤|虚假|卷款|强制|经手|保管|领[取走]|代签|出面|出具|出示|出来|里|家(?=[的里人漏噪])|这(?=[个位])|那(?=[个位])|先(?=[说收拿给走])|后(?=来)|对此|打|强行|强迫|强制|居住|购|订购|预订|预约|下单|签|过来|开的|开了|没|不"
)
"""What people do: a name ends before it. No character alone here is one of given names."""
_NOT_GIVEN = frozenset(
    "的了是在我你他她它您们这那哪什么谁吗呢吧啊呀嘛哦就都也还又再很太不没要想来去把被给跟与及或但而且因为所以和住打说问看找"
    "号手电话机码址地订单位个次件块钱年日时分收寄送退换买卖查办用请帮改写填登记已会能可以从到对让叫姓已经某此该贵本各每"
)
_MASKED_GIVEN = re.compile(r"[*某]{1,3}(?![0-9*])")
_NO_FIRST = (
    "Name|Names|Null|None|Test|Phone|Email|Mail|App|Wifi|Windows|Android|Iphone|Apple|Error|Update|Vip|Order|Number|Code|Address|Mobile|User|Customer|"
    "Login|Time|Date|City|Type|Id|Ok|No|Yes|Unknown|Other|Admin|System|Agent|True|False|Pro|Plus|Max|Mini|The|This|That|What|Please|Not|Are|Was|And|For"
)
"""Words with a capital that stand where a name is asked for and are none."""
_OWNED = re.compile(r"本人|来电|签收|收(?![到货件的费取入益藏拾尾])|的(?:那个|名字|身份|手机|号码|账户|卡)")
_SPACED_GIVEN = re.compile(r" (?P<first>[\u3400-\u9fff])(?: ?[\u3400-\u9fff])?(?![\u3400-\u9fff])")
_PART = r"(?:[A-Z][a-z]{1,11}|O'[A-Z][a-z]{2,9}|Mc[A-Z][a-z]{2,9}|[A-Z]\.)"
_LATIN_NAME = re.compile(
    rf"(?:Mrs?|Ms|Miss|Dr)?\.?\s?{_PART}(?:[ \-]{_PART}){{1,3}}(?![A-Za-z0-9@])"
    r"|[A-Z]{2,10}[ /,][A-Z]{2,12}(?:[ /][A-Z]{2,12})?(?![A-Za-z0-9@])"
    rf"|(?!(?:{_NO_FIRST})\b)[A-Z][a-z]{{2,11}}(?![A-Za-z0-9@ ]|[\-.][A-Za-z])"
)
NAME_STARTS = "小老阿"
"""Characters other than surnames that a name can begin with after a trigger word."""

_WHOLE_GIVEN = 2
FREQUENT = "余任金石严武方万康文温易白申祝"
"""Family names that are frequent and begin many words too."""
NAME_WINDOW = 14
"""Characters before a value or a form of address in which a name is looked for."""
_OPENING = re.compile(
    r"(?:(?:^|[^\u3400-\u9fff]|[好的行嗯哦噢啊呃对呀吗呢吧啦])[那这](?![车包单班边项封支种双])|那么|[您你]好|祝|"
    r"然后|另外|不过|其实|刚才|刚刚|今天|昨天|明天|目前|之前|后来|麻烦|欢迎|恭喜)[\u3400-\u9fff]$"
)
"""What a clause opens with before the person whom it is about or for, and the first character of the name."""
SITE = re.compile(
    r".{0,2}(?:镇|乡|村|路|街|大道|小区|社区|花园|家园|公园|苑|园|大厦|广场|酒店|饭店|宾馆|馆|餐|岩|轮胎|超市|商场|商城|市场|山|寺|湖|桥|站|港|湾|城|学校|中学|小学|大学|幼儿园|医院|"
    r"公司|集团|银行|楼|栋|牌|区|县|市|省|地块|工程|项目|书店|[0-9])"
)
"""What follows the name of a place, a firm or a brand."""
_AFTER_NICKNAME = frozenset("的说在是来去把被给跟和也就都还又打找问看让叫不没")
_NOT_NICKNAMES = frozenset(
    {"小" + family for family in "马田毛孔段米夏龙江史钱钟曲何章姜叶梅兰范苏汤雷梁林侯许康池楼季郎"}
    | {"老" + family for family in "路谭白汤毛马黄龙段史钱江叶姜娄顾范柴齐崔许兰楼窦翁郎"}
)
"""Of these, words such as 小马 and 老钱 are as frequent as names."""
_PERSON_ENDS = frozenset(
    "员师者工长任记理管问监官警委客户手生医护士练嫂姐哥弟妹婆公爸妈父母亲夫妻女友民处台驾商家贩傅东播"
)
"""Last characters of words for persons."""
_JOINS = frozenset("和与及的在到以为跟")
_SPEAKING = re.compile(r"[,，!:]\s?(?:[您你请]|这[里边]|我们)")
_DID = re.compile(r"[\u3400-\u9fff]{1,2}[了过着的我把给错坏断丢掉]")
"""A verb of any kind, by what follows it."""
_RARELY = frozenset(("第五", "东方", "百里", "东门", "西门", "南门", "南宫", "微生", "即墨"))
_LIKE_WORDS = _ENDS_WORDS | frozenset("曾莫高黄钱温金白石牛马楼时原任何康强安丰常")
_NUMERAL = re.compile("[0-9A-Za-z一二三四五六七八九十百千万两几每多]")
_FUNCTION = _ENDS_WORDS | frozenset("年区班左令揭占代仰祝")
"""Family names that are words or parts of words more often than names."""
_DOT = re.compile(f"[{DOTS}]")
_DOTTED_BEFORE = re.compile(
    rf"(?:^|[^\u3400-\u9fff]|好|是|叫|给|找|问|的|系){{1}}((?:(?![好是叫给找问的系])[\u3400-\u9fff]){{2,7}}[{DOTS}][\u3400-\u9fff]{{1,8}})$"
)


def is_han(normalized: str, at: int) -> bool:
    """Whether a Chinese character stands at ``at``."""
    return "\u3400" <= normalized[at : at + 1] <= "\u9fff"


def _is_edge(normalized: str, at: int) -> bool:
    """Whether a name may end at ``at``: the text or the word ends, or a word follows that no name ends in."""
    return (
        EDGE.match(normalized, at) is not None
        or normalized[at] in _NOT_GIVEN
        or AFTER_NAME.match(normalized, at) is not None
        or _VERB_AFTER.match(normalized, at) is not None
    )


def _ends_before(normalized: str, at: int) -> bool:
    """Whether a name may end at ``at``, as :func:`_is_edge` says, or a frequent verb or noun starts there."""
    return _is_edge(normalized, at) or normalized[at : at + 2] in name_lists().following


def is_verb(normalized: str, at: int) -> bool:
    """Whether a verb or an adverb starts at ``at``: a frequent one, or any that 了, 的 and the like follow.

    Examples
    --------
    >>> is_verb("延期了", 0), is_verb("摔了", 0), is_verb("花园", 0)
    (True, True, False)
    """
    return normalized[at : at + 2] in name_lists().verbs or _DID.match(normalized, at) is not None


def _may_be_given(normalized: str, at: int) -> bool:
    """Whether a given name may start here; 可 may, where two characters make one (可欣), not in 可以."""
    if normalized[at] not in _NOT_GIVEN:
        return True
    return (
        normalized[at] == "可"
        and normalized[at + 1 : at + 2] in name_lists().given
        and _is_edge(normalized, at + 2)
    )


def nickname_before_verb(normalized: str, at: int) -> int | None:
    """Return where a name such as 小李 or 老王 that starts at ``at`` ends before a verb or mark, or None.

    Examples
    --------
    >>> nickname_before_verb("小李接的电话", 0), nickname_before_verb("小高层", 0)
    (2, None)
    """
    lists = name_lists()
    surname = normalized[at + 1 : at + 2]
    if (
        surname not in lists.common
        or surname in _ENDS_WORDS
        or lists.word_end(normalized, at + 1) is not None
    ):
        return None
    verb = normalized[at + 2 : at + 4] in lists.verbs or _VERB_AFTER.match(normalized, at + 2) is not None
    role = at > 0 and is_han(normalized, at - 1) and normalized[at + 1 : at + 3] not in lists.following
    clear = (
        role or verb or EDGE.match(normalized, at + 2) is not None or normalized[at + 2] in _AFTER_NICKNAME
    )
    return (
        at + 2
        if clear and normalized[at : at + 2] not in _NOT_NICKNAMES and not _is_word(normalized, at)
        else None
    )


def nickname_at(normalized: str, at: int) -> int | None:
    """Return where a name such as 小李 or 老王 that starts at ``at`` and ends a word ends, or None."""
    known = (
        normalized[at : at + 1] in tuple(NAME_STARTS) and normalized[at + 1 : at + 2] in name_lists().common
    )
    clear = known and normalized[at + 1] not in _ENDS_WORDS and EDGE.match(normalized, at + 2) is not None
    return at + 2 if clear and not _is_word(normalized, at) else None


def surname_before(normalized: str, end: int) -> int | None:
    """Return where the common family name that ends at ``end`` and starts a word begins, or None.

    Examples
    --------
    >>> surname_before("请王经理来", 2), surname_before("项目经理", 2)
    (1, None)
    """
    lists = name_lists()
    for length in (2, 1):
        start = end - length
        surname = normalized[start:end] if start >= 0 else ""
        edge = start <= 0 or not is_han(normalized, start - 1)
        known = surname in lists.compound or (
            surname in lists.single and (surname not in _FUNCTION or (edge and surname in FREQUENT))
        )
        role = (
            surname in lists.common and normalized[start - 1] in ROLE_ENDS and not _in_word(normalized, start)
        )
        if known and (edge or normalized[start - 1] in _LEFT_EDGE or role):
            return start
    return None


def surname_at(normalized: str, at: int) -> str:
    """Return the family name that starts at ``at``, the compound one where there is one, or ''."""
    lists = name_lists()
    if normalized[at : at + 2] in lists.compound:
        return normalized[at : at + 2]
    return normalized[at : at + 1] if normalized[at : at + 1] in lists.single else ""


def _is_word(normalized: str, at: int, end: int | None = None) -> bool:
    """Whether an ordinary word starts at ``at``, and not a name of three characters such as 孙子轩.

    Where a name is certain up to ``end``, a word that is a name too, such as 高峰, is one.
    """
    lists = name_lists()
    stop = lists.word_end(normalized, at)
    crosses = stop is not None and end is not None and stop > end  # 孙女|士
    if stop is None or crosses or (stop == end and normalized[at:stop] in lists.also_names):
        return False
    longer = (
        stop == at + 2
        and normalized[at + 1 : at + 2] in lists.given
        and normalized[at + 2 : at + 3] in lists.given
    )
    return not (longer and AFTER_NAME.match(normalized, at + 2) is None and _is_edge(normalized, at + 3))


def name_at(
    normalized: str, at: int, *, strict: bool, dotted: bool = True, in_context: bool = False
) -> int | None:
    """Return where the full name that starts at ``at`` ends, or None.

    ``strict`` asks for given-name characters of the list and a clear end: for places where a name is only
    possible, not after a trigger word. ``dotted`` is False where a place
    such as 上海·浦东 may stand as well as a name such as 安娜·贝尔. ``in_context``: a word before says that a
    person follows, so that family names that begin many words, such as 金 and 任, count as frequent ones.
    """
    lists = name_lists()
    firsts = () if strict else lists.firsts
    sounded = transliterated_end(normalized, at, firsts=firsts, follows=AFTER_NAME, sure=dotted)
    if sounded is not None:
        word = lists.word_end(normalized, at) or at
        return sounded if dotted or normalized[word : word + 1] not in tuple(DOTS) else None  # 西安·汉城
    surname = surname_at(normalized, at)
    certain = at + 2 if not strict and EDGE.match(normalized, at + 2) is not None else None
    if not surname or _is_word(normalized, at, certain):
        return None
    first = at + len(surname)
    masked = _MASKED_GIVEN.match(normalized, first)
    if masked is not None:
        return None if strict else masked.end()
    if (
        not is_han(normalized, first)
        or not _may_be_given(normalized, first)
        or AFTER_NAME.match(normalized, first) is not None
    ):
        return None
    second = first + 1
    if strict:
        if normalized[first] not in lists.given:
            return None
        if not _is_edge(normalized, second) and normalized[second] in lists.given:
            second += 1
        sure = (
            len(surname) == 2
            or surname in lists.common
            or (in_context and (surname in FREQUENT or normalized[first] in lists.typical))
            or second - first == 2
            or _OWNED.match(normalized, second) is not None
        )
        clear = _ends_before(normalized, second) if sure else EDGE.match(normalized, second) is not None
        clear = clear or (sure and in_context and _DID.match(normalized, second) is not None)
        known = len(surname) == 2 or surname in lists.common or surname in FREQUENT
        clear = clear or (known and second - first == _WHOLE_GIVEN and normalized[second] not in lists.given)
        return second if clear else None
    if _is_edge(normalized, second):
        return second
    if normalized[second] in lists.given or EDGE.match(normalized, second + 1) is not None:
        return second + 1
    return second


def free_name_at(normalized: str, at: int, *, after_role: bool) -> int | None:
    """Return where a full name ends that no trigger word reveals, or None.

    At least one character of its given name is typical of given names, a word that no name ends in follows,
    and neither an ordinary word nor a place or a firm is read there. A given name of one character needs
    a frequent family name.

    Parameters
    ----------
    normalized : str
        Normalized text.
    at : int
        Where the family name starts.
    after_role : bool
        Whether a character stands before ``at`` in which words for persons end; otherwise a clause begins.

    Examples
    --------
    >>> free_name_at("张丽娟没来", 0, after_role=False), free_name_at("张丽娟大酒店", 0, after_role=False)
    (3, None)
    """
    lists = name_lists()
    surname = surname_at(normalized, at)
    first = at + len(surname)
    if not surname or surname in _RARELY or normalized[first : first + 1] not in lists.given:
        return None
    frequent = is_common(normalized, at)
    known = frequent or surname in FREQUENT
    if (after_role and _in_word(normalized, at)) or (
        not frequent
        and (_NUMERAL.match(normalized, at - 1) is not None or (surname in _FUNCTION and not after_role))
    ):
        return None
    for end in (first + 2, first + 1):
        given = normalized[first:end]
        if len(given) < end - first or given[-1] not in lists.given or given[-1] == "子":
            continue
        if surname in _LIKE_WORDS and given in lists.following:
            continue
        whole = len(given) == _WHOLE_GIVEN
        typical = sum(char in lists.typical for char in given)
        alone = EDGE.match(normalized, end) is not None
        if whole:
            fits = typical > 0 and (known or typical == _WHOLE_GIVEN)
        else:
            fits = typical > 0 and (frequent or (after_role and known))
        if alone and not after_role:
            spoken_to = frequent and typical > 0 and _SPEAKING.match(normalized, end) is not None
            fits = spoken_to or (whole and typical == _WHOLE_GIVEN and frequent)
        person = whole or normalized[at - 1] in _PERSON_ENDS
        sure = after_role and known and person and (typical == len(given) or (whole and typical > 0))
        noun = whole or (after_role and frequent and normalized[at - 1] not in _JOINS)
        verb = normalized[end : end + 2] in (lists.following if noun else lists.verbs)
        verb = verb or (after_role and _DID.match(normalized, end) is not None)
        clear = (
            verb
            or _is_edge(normalized, end)
            or (sure and (typical == _WHOLE_GIVEN or normalized[end] not in lists.given))
        )
        ordinary = lists.word_end(normalized, at)
        rare_word = (
            ordinary == at + 2 and normalized[at:ordinary] in lists.also_names and surname not in _LIKE_WORDS
        )
        if rare_word and typical == _WHOLE_GIVEN and surname not in FREQUENT:
            ordinary = None  # 孙子轩
        if fits and clear and ordinary is None and SITE.match(normalized, end) is None:
            rest = not (whole or verb or _ends_before(normalized, end) or normalized[end] in _NOT_GIVEN)
            return end + 1 if rest and EDGE.match(normalized, end + 1) is not None else end
    return None


def _in_word(normalized: str, at: int) -> bool:
    """Whether the character at ``at`` is inside an ordinary word that starts before it, such as 公司."""
    lists = name_lists()
    return normalized[max(0, at - 2) : at] != "一下" and any(
        (lists.word_end(normalized, at - back) or 0) > at for back in (1, 2, 3) if back <= at
    )


def is_common(normalized: str, at: int) -> bool:
    """Whether a frequent family name, or one of two characters, stands at ``at``."""
    lists = name_lists()
    return normalized[at : at + 1] in lists.common or normalized[at : at + 2] in lists.compound


def is_frequent(normalized: str, at: int) -> bool:
    """Whether a frequent family name that begins many words too, such as 任, stands at ``at``."""
    return normalized[at : at + 1] in FREQUENT


def full_name_until(normalized: str, start: int, end: int) -> bool:
    """Whether the characters up to ``end`` are a family name and a given name of the lists, and no word.

    Examples
    --------
    >>> full_name_until("张建国经理", 0, 3), full_name_until("高级经理", 0, 2)
    (True, False)
    """
    surname = surname_at(normalized, start)
    given = normalized[start + len(surname) : end]
    if not surname or not 0 < len(given) <= _WHOLE_GIVEN or _is_word(normalized, start, end):
        return False
    return set(given) <= name_lists().given and not ends_word(normalized, start, end)


def may_begin_name(normalized: str, at: int, *, dotted: bool) -> bool:
    """Whether a family name can start at ``at``, or any name where the text has a dot of transliteration."""
    return dotted or normalized[at : at + 1] in _first_characters()


@cache
def _first_characters() -> frozenset[str]:
    return frozenset(surnames())


@cache
def lone_starts(before: str, *, dotted: bool) -> re.Pattern[str]:
    """Return where a name may start that stands alone, or after one of the characters ``before``.

    A name without a dot begins with a family name.

    Examples
    --------
    >>> [start.start() for start in lone_starts("给", dotted=False).finditer("给张三，李四")]
    [1, 4]
    """
    first = "." if dotted else f"[{surnames()}]"
    return re.compile(rf"{first}(?:(?<![\u3400-\u9fff].)|(?<=[{before}].))", re.DOTALL)


def latin_at(normalized: str, at: int) -> int | None:
    """Return where a name of two parts or more in Latin letters ends: Zhang San."""
    latin = _LATIN_NAME.match(normalized, at)
    return latin.end() if latin is not None and " " in latin.group() else None


def written_apart(normalized: str, at: int) -> int | None:
    """Return where a name with spaces between its characters, or in Latin letters, ends: 张 三, Zhang San."""
    latin = _LATIN_NAME.match(normalized, at)
    if latin is not None:
        return latin.end()
    surname = surname_at(normalized, at)
    given = _SPACED_GIVEN.match(normalized, at + len(surname)) if surname else None
    if given is None or given["first"] not in name_lists().given or not _NOT_GIVEN.isdisjoint(given.group()):
        return None
    return given.end() if AFTER_NAME.match(normalized, given.start("first")) is None else None


def name_before(normalized: str, end: int) -> int | None:
    """Return where the name or family name that ends at ``end`` begins, or None."""
    lists = name_lists()
    needs_edge = normalized.startswith("太太", end)  # 照顾太太, 答谢太太
    best: int | None = None
    alone: int | None = None
    window_start = max(0, end - NAME_WINDOW)
    dotted = (
        _DOTTED_BEFORE.search(normalized, window_start, end)
        if _DOT.search(normalized, window_start, end) is not None
        else None
    )
    if dotted is not None:
        return dotted.start(1)
    for length in (1, 2, 3, 4):
        start = end - length
        if start < 0 or not is_han(normalized, start):
            break
        surname = surname_at(normalized, start)
        if not surname or length - len(surname) > 2 or _is_word(normalized, start, end):
            continue
        given = normalized[start + len(surname) : end]
        left = normalized[start - 1 : start]
        edge = (
            not left
            or not is_han(left, 0)
            or left in _LEFT_EDGE
            or (left == "谢" and surname != "谢")
            or _OPENING.search(normalized, max(0, start - 3), start + 1) is not None
        )
        sure = surname in lists.compound or surname in lists.common
        likely = all(char in lists.given or char in lists.common for char in given)
        possible = bool(set(given) & lists.given) and not set(given) & _NOT_GIVEN
        if not given:
            fits = edge or (sure and not needs_edge)
            alone = None if needs_edge or surname in _ENDS_WORDS else start
        elif edge:
            fits = likely or (possible and (sure or len(given) > 1))
        else:
            fits = best is None and likely and surname in lists.common
        best = start if fits else best
    return alone if best is None else best


def ends_word(normalized: str, start: int, end: int) -> bool:
    """Whether the characters before a title are the end of an ordinary word, as in 黄金 or 任何."""
    lists = name_lists()
    return any(
        lists.word_end(normalized, begin) == end
        and not (begin == start and normalized[begin:end] in lists.also_names)
        for begin in range(max(0, start - 2), start + 1)
    )


def begins_word(normalized: str, at: int) -> bool:
    """Whether an ordinary word such as 高兴 starts at ``at``."""
    return name_lists().word_end(normalized, at) is not None
