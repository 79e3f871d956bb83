"""Names of persons written by their sound: of national minorities and of foreigners, mostly with a dot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["DOTS", "sounded_around", "transliterated_end"]

DOTS = "·・‧•․∙⋅･"
"""Characters that stand between the parts of such a name."""

_SOUNDS = (
    "阿艾爱埃安巴拜班贝毕比伯布才仓曹策次达代丹旦当德登邓迪丁顿多恩尔法甫高格根贡古哈海赫胡吉加嘉江杰金觉卡凯康"
    "克库拉兰朗勒里力丽林龙卢鲁罗洛玛买麦曼梅门蒙孟米密敏木穆那娜乃囡尼努诺帕佩普其旗齐强青琼曲热仁日荣如茹萨"
    "赛桑瑟沙山史斯苏孙索塔泰坦特提田图吐托娃旺汪维尾乌吾西希夏谢辛兴雄旭雪逊牙亚央扬耶叶伊依益英尤于玉约云泽扎珠"
    "不卓孜宗措嘎花朝雅音姆合肉都伊明依汗吾守甫木孜然孜比塔吐逊克牙生迪哈孜再努帕提汉别什波赛里扎伦"
)
_HAN = r"[\u3400-\u9fff]"
_STOP = "的是在了我他她它您你这那什吗呢吧啊呀嘛还又要想给跟与及或但而且因为所打说问看找手电话机址号"
_FIRST = re.compile(rf"(?:(?![{_STOP}]){_HAN}){{2,7}}[{DOTS}*](?=(?![{_STOP}]){_HAN})")
_BEFORE_A_DOT = re.compile(rf"{_HAN}{{2,7}}[{DOTS}*]")
_SECOND = re.compile(rf"[{DOTS}*]|(?![{_STOP}]){_HAN}")
_SOUNDED = re.compile(f"[{_SOUNDS}]{{0,4}}")
_SOUNDED_FIRST = re.compile(rf"[{_SOUNDS}]{{3,7}}[{DOTS}*]")
_LONGEST_SECOND = 10
_SOUNDED_SECOND = re.compile(rf"[{_SOUNDS}]{{1,8}}")
_BEFORE_DOT = re.compile(rf"[{_SOUNDS}]{{2,8}}$")
_LONGEST_FIRST = 8
_LEAST_SOUNDS = 5


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
