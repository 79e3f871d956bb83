"""Runs of digits: those that pauses and fillers alone part, without dates, times and amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from itertools import chain as chain_chunks
from typing import NamedTuple

from csatext.privacy.normalize import SPEAKER
from csatext.privacy.recognizers.spoken_digits import Chunk, digit_chunks

__all__ = ["BETWEEN", "DIGITS", "FILLER", "GAP", "SHORTEST", "Run", "runs"]

DIGITS = "0-9零一二三四五六七八九幺两伍陆十百千洞拐勾"
"""Characters that are or contain a digit, as the members of a character class."""

BETWEEN = (
    "\\s!-/:-@\\[-`{-~×●•∗﹡‐‑‒–—―−。、…·\u200b\u200c\u200d\u200e\u200f\ufeff\ufe0f\u20e3\ufdd0"
    "嗯啊呃额哦噢喔诶欸唉哎呀哈呢吧嘛对好的行那个这就是然后接着再还有来下去面边前开头稍等看我想您"
    "你记了吗说请讲继续四位几中间横杠线空格点后最之客户顾用买家服坐席座人方一三上二到呐嘞尾收数明末段白第组卖商话务员线机器主叫被甲乙"
)
"""Characters that may separate the digits of one number, as the members of a character class."""

SHORTEST = 5
"""Digits of the shortest value."""

FILLER = (  # the longest first: the gap is read without going back
    "中间四位|你记一下|您接着说|您记一下|我想一下|我看一下|我记一下|最后几位|最后四位|记好了吗|"
    "请接着说|下一段|下一组|你继续|再来是|前三位|前四位|后几位|后四位|后边是|您继续|想一下|"
    "我想想|我看下|我看看|接下去|接下来|接着说|最后是|第二段|等一下|记一下|记下了|请继续|还有个|"
    "下面|中间|之后|你说|再接|再来|前面|后边|后面|哎呀|嗯嗯|好的|对对|对的|就是|尾数|开头|"
    "您讲|您说|我记|接上|接着|收到|明白|是的|最后|末尾|横杠|横线|然后|稍等|空格|等下|等等|"
    "继续|请说|还有|这个|那个|再|吧|呀|呃|呐|呢|哈|哎|哦|唉|啊|嗯|嘛|嘞|噢|好|对|就|"
    "是|杠|欸|点|行|讲|诶|请|那|额"
)
"""Fillers between the digits of one number, as alternatives of an expression."""
GAP = re.compile(
    rf"(?:{SPEAKER}|[\s\-_.·,，、。…/()\[\]+~'\"\u200b-\u200f\ufeff\ufe0f\u20e3\ufdd0]|{FILLER}){{0,16}}+"
)
"""What may stand between the digits of one number."""
_LABEL = re.compile(SPEAKER)
_LONGEST_GAP = 40
_PARTED = 11
_LONGEST_AMOUNT = 8
_MOST_PARTS = 6
_LEAST_HALF = 3
_WORDS = re.compile(rf"{GAP.pattern}[^\n0-9!?;。\ufdd1\ufdd2]{{0,24}}")
_LEAST_CORRECTED = 2
_CORRECTION = re.compile(
    r"(?:[\s\ufdd0,，。、.…!！~啊哦噢呃嗯哎唉诶欸呀哟喔额]|等等|等一下|等下|稍等|慢着|不好意思|抱歉|对不起|sorry|那个|我|刚才|刚刚|前面|上面|这个|这段|那段|那是|这是|[我你]?看一?下|看看|又|好像|是不是|可能|打住|等会儿?|[前后][几三四]位|中间[几四]位|最后[几四]位|这[几四]位|那[几四]位){0,9}+"
    r"(?:不对|不是|不|(?:[说讲念报记看打写弄搞输听背给发填]|给你)?[错串反岔混倒](?:行|了)*|口误|嘴瓢了?|嘴快了?|重来|重说|重新[说报念讲来]|从头来|再[来说报]一[遍次]|改一下|更正一下|更正|纠正一下|纠正"
    r"|(?:旧|老|以前|原来|之前)的?(?:号码?|的)|停用了?|不用了|作废)"
    r"(?:[\s\ufdd0,，。、.…!！:啊哦噢呃嗯哎唉诶呀哈]|一下|口误|这个|那个|[一两几]位|[一两几]个数?字?|说|讲|念|报|记|[错反混]了?|不对|不是|应该|应为|应当|最后|后面|中间|前面|后[几三四]位|中间[几四]位|这[几四]位|那[几四]位|重新|重来|改成|改为|更正|换成|是|为|那个|我|刚才|这段|才对|才是|看|新的?号?码?|现在的?|正确的?|号码?|的){0,12}+"
)
_APOLOGY = re.compile(
    r"[\s\ufdd0,，、。啊哦呃嗯哎]{0,4}(?:sorry|不好意思|抱歉|对不起)[\s,，、啊哦]{0,3}(?:应该|重新|改)?(?:是|为|成|来)[\s,，、:]{0,3}"
)
_BLOCKED = re.compile(
    # a long number that a spreadsheet has read as a fraction; an identity number with its date set apart
    r"(?=[0-9¥$€零一二三四五六七八九])(?:"  # the first characters of all that follows
    r"(?P<kept>(?<![0-9.])[0-9]{10,}\.0{1,2}(?![0-9.-])"
    r"|(?<![0-9])[0-9]{6}[\s\-/.]?(?:19|20)[0-9]{2}([-/.\s])[0-9]{2}\2[0-9]{2}[\s\-/.]?[0-9]{3}[0-9Xx](?![0-9]))"
    r"|(?<![0-9])(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}(?![0-9])日?"
    r"|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
    r"|(?<![0-9-])[48]00(?:[- ]?[0-9]){7}(?![0-9])"
    r"|(?<![0-9.])[0-9]+\.[0-9]{1,2}(?![0-9.-])"
    r"|[¥$€]\s?[0-9,]+"
    r"|(?<![0-9,])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+|(?=\s?(?:多?[元块万亿条次件笔步人]|个(?![人性税案号电手])|美元|港[币元]|欧元|人民币)))"
    r"|(?<![0-9])[0-9]{1,2}月[0-9]{1,2}[日号]|(?<![0-9])(?:19|20)[0-9]{2}年"
    r"|[零一二三四五六七八九]{2,4}年(?:[一二三四五六七八九十]+月)?(?:[一二三四五六七八九十]+[日号])?)"
)


_BLOCKING = re.compile(
    r"[-/.:,年月¥$€48](?:(?<=[.:,])[0-9]|(?<=[年月¥$€])|(?<=(?:19|20)[0-9]{2}[-/])|(?<=[48])(?<![0-9-].)00)"
)
"""What every date, time, amount and number of a company contains: where it is not, none is looked for."""


class Run(NamedTuple):
    """Digits that may be of one value.

    Attributes
    ----------
    chunks : list of Chunk
    apart : frozenset of int
        Chunks before which other words than fillers stand.
    """

    chunks: list[Chunk]
    apart: frozenset[int]


def runs(normalized: str) -> Iterator[Run]:
    """Yield chunks between which separators, pauses and fillers stand, or a few other words."""
    chain: list[list[Chunk]] = []
    for whole in _close(normalized):
        if not chain and _count(whole) < _LEAST_HALF:
            continue
        for run in _unblocked(normalized, whole):
            if chain and (
                len(chain) == _MOST_PARTS or not _continued(normalized, chain[-1][-1].end, run[0].start)
            ):
                if _holds_value(chain):
                    yield _chained(chain)
                chain = []
            if chain or _count(run) >= _LEAST_HALF:
                chain.append(run)
    if _holds_value(chain):
        yield _chained(chain)


def _count(chunks: list[Chunk]) -> int:
    return len(chunks[0].digits) if len(chunks) == 1 else sum([len(chunk.digits) for chunk in chunks])


def _holds_value(chain: list[list[Chunk]]) -> bool:
    if len(chain) == 1:
        return _count(chain[0]) >= SHORTEST
    counts = [_count(part) for part in chain]
    return max(counts, default=0) >= SHORTEST or sum(counts) >= _PARTED


def _chained(chain: list[list[Chunk]]) -> Run:
    if len(chain) == 1:
        return Run(chain[0], frozenset())
    return Run([*chain_chunks.from_iterable(chain)], frozenset(accumulate(map(len, chain))))


def _close(normalized: str) -> Iterator[list[Chunk]]:
    """Yield chunks with nothing but separators, pauses and fillers between."""
    run: list[Chunk] = []
    for chunk in digit_chunks(normalized):
        if not run or chunk.start - run[-1].end > _LONGEST_GAP:
            if run:
                yield run
            run = [chunk]
            continue
        again = run[-1].digits == chunk.digits
        if again and (_is_read_back(normalized, run[-1], chunk) or _is_restarted(normalized, run, chunk)):
            chunk = chunk._replace(start=run.pop().start)
        elif not _joined(normalized, run[-1].end, chunk.start):
            if _is_restart(normalized, run, chunk):
                chunk = chunk._replace(start=run[0].start)
                run = []
            elif _is_corrected(normalized, run, chunk):
                wrong = run.pop()
                kept = wrong.digits[: max(0, len(wrong.digits) - len(chunk.digits))]
                chunk = chunk._replace(start=wrong.start, digits=kept + chunk.digits)
            else:
                yield run
                run = []
        run.append(chunk)
    if run:
        yield run


def _is_read_back(normalized: str, left: Chunk, right: Chunk) -> bool:
    """Whether another speaker of a transcript says the same digits again."""
    return (
        left.digits == right.digits
        and len(right.digits) >= _LEAST_HALF
        and right.start - left.end <= _LONGEST_GAP
        and _LABEL.search(normalized, left.end, right.start) is not None
        and GAP.fullmatch(normalized, left.end, right.start) is not None
    )


def _is_restarted(normalized: str, run: list[Chunk], right: Chunk) -> bool:
    """Whether the first three digits of a mobile number are repeated."""
    first = run[-1]
    return (
        len(run) == 1
        and first.digits == right.digits
        and len(right.digits) == _LEAST_HALF
        and right.digits[0] == "1"
        and _joined(normalized, first.end, right.start)
    )


def _unblocked(normalized: str, run: list[Chunk]) -> list[list[Chunk]]:
    """Return the parts of a run between dates, times, amounts and numbers of companies."""
    around = max(0, run[0].start - 2), run[-1].end + _LONGEST_AMOUNT
    if _BLOCKING.search(normalized, *around) is None:
        return [run]
    blocked = [match.span() for match in _BLOCKED.finditer(normalized, *around) if match["kept"] is None]
    at = 0
    parts: list[list[Chunk]] = []
    part: list[Chunk] = []
    for chunk in run:
        while at < len(blocked) and blocked[at][1] <= chunk.start:
            at += 1
        if at == len(blocked) or blocked[at][0] >= chunk.end:
            part.append(chunk)
        elif part:
            parts.append(part)
            part = []
    return [*parts, part] if part else parts


def _is_restart(normalized: str, run: list[Chunk], right: Chunk) -> bool:
    """Whether the speaker takes a mobile number back after several groups and begins it again."""
    return (
        len(run) > 1
        and right.digits[:3] == run[0].digits[:3]
        and right.digits[0] == "1"
        and len(right.digits) >= _LEAST_HALF
        and sum(len(chunk.digits) for chunk in run) < _PARTED
        and right.start - run[-1].end <= _LONGEST_GAP
        and _CORRECTION.fullmatch(normalized, run[-1].end, right.start) is not None
    )


def _is_corrected(normalized: str, run: list[Chunk], right: Chunk) -> bool:
    """Whether the speaker takes the last digits back and says others: 五九六八，不对，五九六七."""
    wrong, first = run[-1], run[0]
    restarted = len(run) > 1 and len(right.digits) == len(first.digits) and right.digits[0] == first.digits[0]
    return (
        not restarted
        and right.start - wrong.end <= _LONGEST_GAP
        and len(right.digits) >= _LEAST_CORRECTED <= len(wrong.digits)
        and any(words.fullmatch(normalized, wrong.end, right.start) for words in (_CORRECTION, _APOLOGY))
    )


def _continued(normalized: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and _WORDS.fullmatch(normalized, end, start) is not None


def _joined(normalized: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and GAP.fullmatch(normalized, end, start) is not None
