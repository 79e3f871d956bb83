"""Names of persons written by their sound: of national minorities and of foreigners, mostly with a dot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["DOTS", "sounded_around", "transliterated_end"]

DOTS = "·・‧•․∙⋅･"
"""Characters that stand between the parts of such a name."""

_SOUNDS = (
    "历廉得丁万不丘丝丰丹丽乃久乌乔买于云亚亨京什仁仓代伊伍休伦伯佐佛佩依侯儒克兰兴其兹内冈冉再农冯冷凯切利别力加努劳勃勒"
    "包匹华卓南博卡卢卫厄古史叶司合吉吐吕吾哈哥唐喀嘉嘎因囡图圣圭坎坤坦埃培基塔塞墨士夏多大夫央夸奇奈奎奥如妮妲姆威"
    "娃娅娜孔孙孜孟季宁守安宗宾密富尔尚尤尼尾屈山巴布希帕席平库庞康延廷弗强当彭彼德怀恩恰惠戈戴才扎托扬拉拜捷措提撒"
    "敏文斯方施旗日旦旭旺昂昌明普智曲曹曼朔朗朝木本朱杜杰松林果查柴根格桑梅森楚次欣欧武比毕毛永汉汗江汤汪沃沙法波泰"
    "泽洛津洪派海温滕潘热然爱牙特玉玛珀珍珠班理琪琳琴琼瑞瑟瓜瓦甘生甫田申登白皮益盖福科穆立策简米素索约纳纽绍维罗翁"
    "翰考耶聂肉肖肯胡能舍舒艳艾芒芝芬花苏若英范茜茨茹荣莉莎莫莱菈菲萨葛蒂蒙蕾薇西觉詹让诺谢豪贝贡费贾赖赛赫辛边达迈"
    "迪逊通道邓那邦都采里金锡门阿陶隆雄雅雨雪雷霍露青韦音顿香马高魏鲁鲍麦黎黑默黛齐龙"
)
_HAN = r"[\u3400-\u9fff]"
_STOP = "的是在了我他她它您你这那什吗呢吧啊呀嘛还又要想给跟与及或但而且因为所打说问看找手电话机址号"
_FIRST = re.compile(rf"(?:(?![{_STOP}]){_HAN}){{2,7}}[{DOTS}*](?=(?![{_STOP}]){_HAN})")
_BEFORE_A_DOT = re.compile(rf"{_HAN}{{2,7}}[{DOTS}*]")
_SECOND = re.compile(rf"[{DOTS}*]|(?![{_STOP}]){_HAN}")
_SOUNDED = re.compile(f"[{_SOUNDS}]{{0,4}}")
_SOUNDED_FIRST = re.compile(rf"[{_SOUNDS}]{{2,7}}[{DOTS}*]")
_LONGEST_SECOND = 10
_SOUNDED_SECOND = re.compile(rf"[{_SOUNDS}]{{1,8}}")
_BEFORE_DOT = re.compile(rf"[{_SOUNDS}]{{2,8}}$")
_LONGEST_FIRST = 8
_LEAST_SOUNDS = 4


def transliterated_end(
    normalized: str, at: int, *, firsts: Iterable[str], follows: re.Pattern[str], sure: bool = True
) -> int | None:
    """Return where the name that starts at ``at`` ends, or None.

    Parameters
    ----------
    normalized : str
        Normalized text.
    at : int
        Where the name may start.
    firsts : iterable of str
        First parts of names that are written without a dot; none: only names with a dot are read.
    follows : re.Pattern
        Words that follow a name.
    sure : bool
        Whether the words before leave no doubt; otherwise the first part has to sound like a name.

    Examples
    --------
    >>> transliterated_end("安娜·贝尔电话", 0, firsts=(), follows=re.compile("电话"))
    5
    """
    dotted = _FIRST.match(normalized, at) if _BEFORE_A_DOT.match(normalized, at) is not None else None
    if dotted is not None and not sure and _SOUNDED_FIRST.match(normalized, at) is None:
        return None  # 客服 上海·浦东
    if dotted is not None:
        end = dotted.end()
        while (
            end < dotted.end() + _LONGEST_SECOND
            and _SECOND.match(normalized, end)
            and not follows.match(normalized, end)
        ):
            end += 1
        return end if end > dotted.end() else None
    for first in firsts:
        if normalized.startswith(first, at):
            rest = _SOUNDED.match(normalized, at + len(first))
            end = rest.end() if rest is not None else at + len(first)
            return (
                end
                if not re.match(_HAN, normalized[end : end + 1]) or follows.match(normalized, end)
                else None
            )
    return None


def sounded_around(normalized: str, dot: int, *, follows: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the name whose dot stands at ``dot``, where both parts sound like one.

    Examples
    --------
    >>> list(sounded_around("古丽娜·买买提反映", 3, follows=re.compile("反映")))
    [(0, 7)]
    """
    first = _BEFORE_DOT.search(normalized, max(0, dot - _LONGEST_FIRST), dot)
    rest = _SOUNDED_SECOND.match(normalized, dot + 1)
    if first is None or rest is None:
        return
    end = next((at for at in range(dot + 2, rest.end() + 1) if follows.match(normalized, at)), rest.end())
    if dot - first.start() + end - dot - 1 >= _LEAST_SOUNDS:
        yield first.start(), end
