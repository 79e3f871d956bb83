"""Fillers and stutters of speech: which characters of an utterance say nothing and can be left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from csatext.lexicon import Lexicon

__all__ = ["EDGE", "kept_characters"]

EDGE = "\x1e"
"""Stands before, between and after utterances that are looked at together."""

_WEAK = r"，,、；;：:…_~～\-— \t\u3000"
_STRONG = r"。．.！!？?\n\r"
_PADDING = ("hesitation", "demonstrative", "connective", "address")
_PRONOUN = "我|你|您|他|她|它|咱|这|那|我们|你们|您们|他们|她们|咱们"
_FUNCTION = "我你您他她它咱这那就没在跟给为被又也都有是不要想因所但"
_DOUBLED = "多看问试想说谢刚常天慢等聊谈讲听走坐玩用好对是行人个家年月日次每妈爸哥姐弟奶爷太宝哈呵嘿"
"""Characters that are doubled by rule or as a name (看看, 谢谢, 天天, 妈妈): never a stutter."""
_ALONE = "这那我你您他她"
"""Characters that stammer alone, without a word behind them."""
_NUMERALS = "零〇一二三四五六七八九十百千万亿两幺半"
_SOFT = "嗯|呃(?!逆)|呣|那个|内个|那什么|那啥|就是说(?![明话法出不])|就是"
_ASKS = (
    r"(?:(?:我们?|咱们?|俺)(?:就|是|还|也)?(?:想(?!要?(?:[^\u4e00-\u9fff]|了|的))|要(?!(?:[^\u4e00-\u9fff]|了|的))|问|需要|希望"
    r"|打算|这边|觉得|反映|投诉|咨询|申请|有个|有一)"
    r"|(?:你们?|您)(?:好|能不能|可以帮|帮我|给我|看一下|稍等)|请问|请您|请帮|麻烦您|麻烦你|想问|想咨询|想退|想查)"
    # 那个我想退的手机: what stands before 的 belongs to a thing.
    r"(?![^，,。.！!？?；;\n\x1e]{0,16}的[\u4e00-\u9fff])"
)
_REPEATED = "那个|这个|内个|就是说|就是|然后|那什么|因为|所以|但是"


def _listed(terms: Iterable[str]) -> str:
    return "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))


@cache
def _padding() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of padding between pauses, by ``lexicons/fillers.tsv``.

    Kinds that can be an answer or a denial (backchannel, repair, tag, courtesy) are left alone, and so is
    an utterance that is nothing but a demonstrative or connective.
    """
    entries = Lexicon.load("fillers").entries
    every = _listed(entry.term for entry in entries if entry.get("kind") in _PADDING)
    sound = _listed(entry.term for entry in entries if entry.get("kind") == "hesitation")
    tags = _listed(entry.term for entry in entries if entry.get("kind") == "tag" and entry.term[0] in "是对")
    # Possessive and bounded, so that time grows with the length alone. 哈哈 is laughter, no padding.
    padding = rf"(?:(?!哈哈|嘿嘿)(?>{every})){{1,9}}+"
    alone = rf"(?!哈哈|嘿嘿)(?>{sound})"
    return (
        # 嗯，那个，我想 -> 我想: padding and the pause behind it.
        re.compile(
            rf"(?<=[{_WEAK}{_STRONG}{EDGE}])(?:{padding}[{_WEAK}]++){{1,9}}+(?=[^{_WEAK}{_STRONG}{EDGE}])"
        ),
        # 我想退，那个。 -> 我想退。: padding and the pause before it.
        re.compile(
            rf"(?<=[^{_WEAK}{_STRONG}{EDGE}])[{_WEAK}]++{padding}(?:[{_WEAK}]++{padding}){{0,9}}+"
            rf"(?=[{_WEAK}]*+[{_STRONG}{EDGE}])"
        ),
        # 没到，是吧，我 -> 没到，我: a tag within the sentence, never the question at its end.
        re.compile(rf"(?<=[{_WEAK}])(?:{tags})[{_WEAK}]++(?=[^{_WEAK}{_STRONG}{EDGE}])"),
        # A sound alone is no word (嗯。), but 嗯？ asks.
        re.compile(rf"(?<={EDGE})[{_WEAK}。]*+(?:{alone}[{_WEAK}。]*+)++(?={EDGE})"),
        re.compile(rf"(?<=[{_STRONG}{EDGE}])(?:{alone})++[。．.\n]++(?=[^{_WEAK}{_STRONG}{EDGE}])"),
        # 嗯那个就是说我想 -> 我想: padding without a pause, before a speaker who asks. 那个手机 stays.
        re.compile(
            rf"(?<=[{_WEAK}{_STRONG}{EDGE}])(?:{_SOFT})(?:[{_WEAK}]*+(?:{_SOFT}|这个|然后)){{0,9}}+[{_WEAK}]*+(?={_ASKS})"
        ),
        # 嗯 and 呃 begin no other word: 嗯我想 -> 我想.
        re.compile(r"(?<![嗯呃呣])(?:嗯|呃(?!逆)|呣)++(?=[\u4e00-\u9fff])"),
    )


@cache
def _stutters() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of stutters; what is removed is the group ``cut``."""
    words = Lexicon.load("stutters").terms
    single = [word for word in words if word[0] not in _DOUBLED + _NUMERALS]
    halting = "|".join(f"{word[0]}(?={re.escape(word)})" for word in single)
    pausing = "|".join(f"{word[0]}[{_WEAK}](?={re.escape(word)})" for word in single)
    thrice = "|".join(f"(?<!{word[0]}){word[0]}{{2,}}(?={re.escape(word)})" for word in single)
    # Each run is looked at from its beginning only, so that time grows with the length alone.
    alone = "|".join(rf"(?<!{c}){c}{{2,}}(?={c}(?![\u4e00-\u9fff]))" for c in _ALONE)
    # Nearly no character is doubled: one glance ahead saves a try of each of the branches, which begin with a
    # look-behind that the engine cannot skip (90 times faster).
    firsts = "".join(sorted({re.escape(word[0]) for word in single}))
    doubled = f"(?=(?P<c>[{firsts}])(?P=c))"
    halted = f"(?=(?P<c>[{firsts}])[{_WEAK}]?(?P=c))"
    prefixes = "|".join(
        f"{re.escape(word[:size])}[{_WEAK}]?(?={re.escape(word)})"
        for word in words
        for size in range(2, len(word))
    )
    start = rf"(?<=[{_WEAK}{_STRONG}{EDGE}])"
    return (
        # 我我我想: three or more of a function word anywhere, two at the start of a clause.
        re.compile(rf"(?P<cut>(?P<c>[{_FUNCTION}])(?P=c)+)(?P=c)(?=[\u4e00-\u9fff])"),
        re.compile(
            rf"{start}(?P<cut>(?P<c>[我你您他她它咱这那就没跟])[{_WEAK}]?(?:(?P=c)[{_WEAK}]?){{0,9}})"
            r"(?P=c)(?!(?P=c))(?=[\u4e00-\u9fff])"
        ),
        # 我想我想退, 我想，我想退
        re.compile(
            rf"{start}(?P<cut>(?P<u>(?:{_PRONOUN})[\u4e00-\u9fff]{{0,2}})[{_WEAK}]?)(?=(?P=u)[\u4e00-\u9fff])"
        ),
        # 那个那个产品 -> 那个产品
        re.compile(rf"(?P<cut>(?P<w>{_REPEATED})[{_WEAK}]*+)(?=(?P=w))"),
        # 这这这 -> 这, 我我我。 -> 我。
        re.compile(rf"(?=(?P<c>[{_ALONE}])(?P=c))(?P<cut>{alone})"),
        # 退退退款 -> 退款, 请请请问 -> 请问: three or more, wherever they are.
        re.compile(rf"{doubled}(?P<cut>{thrice})"),
        # 什么什么时候 -> 什么时候: the beginning of a longer word
        re.compile(rf"(?P<cut>{prefixes})"),
        # 能能不能 -> 能不能
        re.compile(
            rf"(?<=[{_WEAK}{_STRONG}{EDGE}我你您他她它咱们])(?P<cut>(?P<c>[能会是要可有行])(?P=c)*)(?=(?P=c)[不没](?P=c))"
        ),
        # 退退款, 退，退款 -> 退款
        re.compile(
            rf"{halted}(?:(?<![\u4e00-\u9fff])(?P<cut>{halting}|{pausing})"
            rf"|(?<=[我想要要把给的了])(?P<cut2>{halting}))"
        ),
    )


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        named = "cut" in pattern.groupindex
        for match in pattern.finditer(text):
            if not named:
                yield match.span()
            else:
                yield match.span("cut") if match["cut"] is not None else match.span("cut2")


def _without(text: str, spans: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
    kept = np.ones(len(text) + 1, dtype=np.int64)
    starts, ends = np.array(list(spans), dtype=np.int64).reshape(-1, 2).T
    change = np.zeros(len(text) + 1, dtype=np.int64)
    np.add.at(change, starts, 1)
    np.add.at(change, ends, -1)
    kept = np.cumsum(change)[:-1] == 0
    return kept


def kept_characters(text: str) -> NDArray[np.bool_]:
    """Return which characters of utterances are no filler and no stutter.

    Padding (嗯, 那个, 就是说, 你知道吧) is left out only where it stands alone between pauses, is said
    twice, or opens a clause in which the speaker asks (那个就是说我想退款); 那个产品 and 那个我想退的手机
    stay. Stutters are repeated pronouns and function words (我我我想), repeated beginnings of a clause
    (我想我想退) and of a word of ``lexicons/stutters.tsv`` (退退款, 退，退款, 什么什么时候), and 能能不能.
    Words that are doubled by rule (看看, 谢谢, 问问题) stay. REQUIREMENTS row 11.

    Parameters
    ----------
    text : str
        Utterances with :data:`EDGE` before the first, between, and after the last.

    Returns
    -------
    ndarray of bool, shape (len(text),)

    Examples
    --------
    >>> text = EDGE + "嗯，那个，我我我想退退款，就是说，还没到" + EDGE
    >>> "".join(c for c, kept in zip(text, kept_characters(text)) if kept).strip(EDGE)
    '我想退款，还没到'
    """
    kept = _without(text, _found(_padding(), text))
    rest = _text_of(text, kept)
    inner = _without(rest, _found(_stutters(), rest))
    kept[np.flatnonzero(kept)[~inner]] = False
    return kept


def _text_of(text: str, kept: NDArray[np.bool_]) -> str:
    if kept.all():
        return text
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    return codes[kept].tobytes().decode("utf-32-le")
