"""Runs of digits: those that pauses and fillers alone part, without dates, times and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from csatext.text.pii_spoken import Chunk, digit_chunks
from csatext.text.pii_view import SPEAKER

__all__ = ["BETWEEN", "DIGITS", "SHORTEST", "runs"]

DIGITS = "0-9零一二三四五六七八九幺两伍陆十百千洞拐勾"
"""Characters that are or contain a digit, as the inside of a class."""

BETWEEN = (
    "\\s!-/:-@\\[-`{-~×●•∗﹡‐‑‒–—―−。、…·\u200b\u200c\u200d\u200e\u200f\ufeff\ufe0f\u20e3\ufdd0"
    "嗯啊呃额哦噢喔诶欸唉哎呀哈呢吧嘛对好的行那个这就是然后接着再还有来下去面边前开头稍等看我想您"
    "你记了吗说请讲继续四位几中间横杠线空格点后最之客户顾用买家服坐席座人方一三上二到呐嘞尾收数明末段白第组"
)
"""Characters of what may stand between the digits of one number, as the inside of a class."""

SHORTEST = 5
"""Digits of the shortest value."""

_FILLER = (  # the longest first: the gap is read without going back
    "中间四位|你记一下|您接着说|您记一下|我想一下|我看一下|我记一下|最后几位|最后四位|记好了吗|"
    "请接着说|下一段|下一组|你继续|再来是|前三位|前四位|后几位|后四位|后边是|您继续|想一下|"
    "我想想|我看下|我看看|接下去|接下来|接着说|最后是|第二段|等一下|记一下|记下了|请继续|还有个|"
    "下面|中间|之后|你说|再接|再来|前面|后边|后面|哎呀|嗯嗯|好的|对对|对的|就是|尾数|开头|"
    "您讲|您说|我记|接上|接着|收到|明白|是的|最后|末尾|横杠|横线|然后|稍等|空格|等下|等等|"
    "继续|请说|还有|这个|那个|再|吧|呀|呃|呐|呢|哈|哎|哦|唉|啊|嗯|嘛|嘞|噢|好|对|就|"
    "是|杠|欸|点|行|讲|诶|请|那|额"
)
_GAP = re.compile(
    rf"(?:{SPEAKER}|[\s\-_.·,，、。…/()\[\]+~'\"\u200b-\u200f\ufeff\ufe0f\u20e3\ufdd0]|{_FILLER}){{0,16}}+"
)
_LONGEST_GAP = 28
_LEAST_CORRECTED = 2
_CORRECTION = re.compile(
    r"[\s,，。、.…啊哦噢呃嗯]{0,4}(?:[哦噢啊]不|不对不对|不对|不是|错了|说错了|讲错了|念错了|记错了|更正一下|更正)"
    r"[\s,，。、.…啊哦噢呃嗯]{0,4}(?:应该是|应该|是)?[\s,，]{0,2}"
)
_BLOCKED = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}(?![0-9])日?"
    r"|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
    r"|(?<![0-9-])[48]00(?:[- ]?[0-9]){7}(?![0-9])"
    r"|(?<![0-9.])[0-9]+\.[0-9]{1,2}(?![0-9.-])"
    r"|[¥$€]\s?[0-9,]+"
    r"|(?<![0-9])[0-9]{1,2}月[0-9]{1,2}[日号]|(?<![0-9])(?:19|20)[0-9]{2}年"
    r"|[零一二三四五六七八九]{2,4}年(?:[一二三四五六七八九十]+月)?(?:[一二三四五六七八九十]+[日号])?"
)


def runs(view: str) -> Iterator[list[Chunk]]:
    """Yield chunks that follow each other with nothing but separators, pauses and fillers between."""
    run: list[Chunk] = []
    for chunk in digit_chunks(view):
        if run and not _joined(view, run[-1].end, chunk.start):
            if _is_corrected(view, run[-1], chunk):
                chunk = chunk._replace(start=run.pop().start)
            else:
                yield from _unblocked(view, run)
                run = []
        run.append(chunk)
    yield from _unblocked(view, run)


def _unblocked(view: str, run: list[Chunk]) -> Iterator[list[Chunk]]:
    """Cut a run at dates, times, amounts and numbers of companies; leave out what is too short."""
    if sum(len(chunk.digits) for chunk in run) < SHORTEST:
        return
    around = max(0, run[0].start - 2), run[-1].end + 2
    blocked = [match.span() for match in _BLOCKED.finditer(view, *around)]
    at = 0
    part: list[Chunk] = []
    for chunk in run:
        while at < len(blocked) and blocked[at][1] <= chunk.start:
            at += 1
        if at == len(blocked) or blocked[at][0] >= chunk.end:
            part.append(chunk)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _is_corrected(view: str, wrong: Chunk, right: Chunk) -> bool:
    """Whether the speaker takes digits back and says others: 五九六八，不对，五九六七."""
    return (
        right.start - wrong.end <= _LONGEST_GAP
        and len(right.digits) >= len(wrong.digits) >= _LEAST_CORRECTED
        and _CORRECTION.fullmatch(view, wrong.end, right.start) is not None
    )


def _joined(view: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and _GAP.fullmatch(view, end, start) is not None
