"""後 and 著, which prove no text Traditional: told by their neighbours, without a change of length."""

from __future__ import annotations

import re

__all__ = ["AMBIGUOUS", "keep_author", "simplify_ambiguous"]

AMBIGUOUS = "後著"
"""GB 2312 has both, so neither proves that a text is Traditional; 後 is never right in a Simplified one."""

_VERBS = (
    "看跟穿随隨接等有带帶拿开開坐站走说說笑哭用住活放挂掛占睡执執凭憑向朝对對围圍忙急存留闲閒空赶趕抱"
    "守盖蓋贴貼写寫印记記想打听聽味本仗逼催拖耗闹鬧盯陪牵牽扶吃喝玩做干幹试試找摸排憋忍冲衝怀懷持冒顶"
    "頂望念惦沿顺順藉借靠伴含戴背举舉提搬抬推拉扛追躲藏躺趴蹲跪跑飞飛飘飄漂流滴亮闪閃响響叫喊唱骂罵吵"
    "争爭抢搶瞒瞞骗騙护護管顾顧照养養抓握捧端夹夾插锁鎖关關堵塞晾泡煮烤烧燒敞披裹包绑綁连連挨缠纏绕繞"
    "指按压壓踩骑騎载載装裝剩欠差缺悬懸吊垂浮累饿餓疼痛闷悶愣醒不"
)
_NAMED = r"名(?![单單字为為气氣著])|作(?![业業])|述|[者称稱录錄]|[书書]立"
_STAYS = re.compile(
    f"(?:[名原显顯卓昭土专專论論编編译譯遗遺所拙撰鉅巨较較旧舊]|見微知|见微知)著|著(?={_NAMED})"
)
_PARTICLE = re.compile(
    rf"(?<=[{_VERBS}])著(?=[\u3400-\u9fff])(?!{_NAMED})"
    "|著(?=[急火凉涼想落迷陆陸眼实實呢装裝衣])(?!实录|實錄)"
    rf"|(?<=[不拖睡坐躺催逼拿哭跪趴盯])著(?!{_NAMED})"
    "|著(?=手[机機做办辦处處进進])"
)


def simplify_ambiguous(text: str) -> str:
    """Return the text with 後 as 后 and 著 as 着 where it is the particle; the length stays.

    著 stays in 著名, 显著, 名著, 土著 and after an author's name. Where nothing shows that it is the
    particle it stays too: in Traditional text OpenCC decides.

    Examples
    --------
    >>> simplify_ambiguous("然後他很著急，跟著看名著"), simplify_ambiguous("显著，著名，鲁迅著")
    ('然后他很着急，跟着看名著', '显著，著名，鲁迅著')
    """
    if "後" in text:
        text = text.replace("後", "后")
    return _PARTICLE.sub("着", text) if "著" in text else text


def keep_author(before: str, after: str) -> str:
    """Return a converted text with 著 where it means to write or to be known, if the length is the same.

    OpenCC's table for Taiwan makes 土著 and 原著 土着 and 原着.

    Examples
    --------
    >>> keep_author("當地土著", "当地土着")
    '当地土著'
    """
    if "著" not in before or len(before) != len(after):
        return after
    for match in _STAYS.finditer(before):
        at = before.index("著", match.start())
        after = f"{after[:at]}著{after[at + 1 :]}"
    return after
