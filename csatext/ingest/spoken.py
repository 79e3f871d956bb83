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
    said = rf"(?:(?!哈哈|嘿嘿)(?>{every})){{1,9}}+"
    alone = rf"(?!哈哈|嘿嘿)(?>{sound})"
    return (
        # 嗯，那个，我想 -> 我想: padding and the pause behind it.
        re.compile(
            rf"(?<=[{_WEAK}{_STRONG}{EDGE}])(?:{said}[{_WEAK}]++){{1,9}}+(?=[^{_WEAK}{_STRONG}{EDGE}])"
        ),
        # 我想退，那个。 -> 我想退。: padding and the pause before it.
        re.compile(
            rf"(?<=[^{_WEAK}{_STRONG}{EDGE}])[{_WEAK}]++{said}(?:[{_WEAK}]++{said}){{0,9}}+"
            rf"(?=[{_WEAK}]*+[{_STRONG}{EDGE}])"
        ),
        # 没到，是吧，我 -> 没到，我: a tag within the sentence, never the question at its end.
        re.compile(rf"(?<=[{_WEAK}])(?:{tags})[{_WEAK}]++(?=[^{_WEAK}{_STRONG}{EDGE}])"),
        # A sound alone is no word (嗯。), but 嗯？ asks.
        re.compile(rf"(?<={EDGE})[{_WEAK}。]*+(?:{alone}[{_WEAK}。]*+)++(?={EDGE})"),
        re.compile(rf"(?<=[{_STRONG}{EDGE}])(?:{alone})++[。．.\n]++(?=[^{_WEAK}{_STRONG}{EDGE}])"),
        # 嗯 and 呃 begin no other word: 嗯我想 -> 我想.
        re.compile(r"(?<![嗯呃呣])(?:嗯|呃(?!逆)|呣)++(?=[\u4e00-\u9fff])"),
    )


@cache
def _stutters() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of stutters; what is removed is the group ``cut``."""
    words = Lexicon.load("stutters").terms
    halting = "|".join(f"{word[0]}(?=[{_WEAK}]?{re.escape(word)})" for word in words)
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
        re.compile(rf"(?P<cut>(?:(?P<w>{_REPEATED})[{_WEAK}]*+)+?)(?=(?P=w))"),
        # 退退款 -> 退款
        re.compile(rf"(?<![\u4e00-\u9fff])(?P<cut>{halting})|(?<=[我想要要把给的了])(?P<cut2>{halting})"),
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

    Padding (嗯, 那个, 就是说, 你知道吧) is left out only where it stands alone between pauses or is said
    twice; 那个产品 and 这个这 stay. Stutters are repeated pronouns and function words (我我我想), repeated
    beginnings of a clause (我想我想退) and the first character of a word of ``lexicons/stutters.tsv``
    said twice (退退款). Words that are doubled by rule (看看, 谢谢, 问问题) stay. REQUIREMENTS row 11.

    Parameters
    ----------
    text : str
        Utterances with :data:`EDGE` before the first, between, and after the last.

    Returns
    -------
    ndarray of bool, shape (len(text),)

    Examples
    --------
    >>> said = EDGE + "嗯，那个，我我我想退退款，就是说，还没到" + EDGE
    >>> "".join(c for c, kept in zip(said, kept_characters(said)) if kept).strip(EDGE)
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
