"""Patterns of a taxonomy: words in slots that follow each other, or a regular expression."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["GAP", "Pattern", "PatternError", "parse_pattern"]

GAP = 10
"""Characters between two slots where the pattern names no number."""
_WIDEST_GAP = 40
_MOST_WORDS, _LONGEST = 5_000, 200
"""Words of a pattern, and characters of a word: what is more is a text or a whole list in one cell."""
_SLOTS = re.compile(r" \.\.(?:(\d{1,4})\.\.)? ")
_EXPRESSION = "re:"
_LONGEST_EXPRESSION, _MOST_ADDED = 1_000, 100
"""Characters of a regular expression, and how many more it may have with its counted repetitions written out:
RE2 is linear in the text, and in the expression. A million characters made for it take up to 8 seconds with
100 more, and 22 with 900 (``(?:.{0,30}慢){30}``)."""
_NO_EXPRESSION = "括号要成对，{n,m} 最多重复 1000 次"
_NOT_LINEAR = (
    (
        re.compile(r"\(\?<?[=!]"),
        "不支持环视（(?=…)、(?!…)、(?<=…)、(?<!…)）；要排除的词请写进 except，要求先后的词请用词位：甲 .. 乙",
    ),
    (
        re.compile(r"\\[1-9]|\\[gk]<|\(\?P="),
        "不支持回溯引用（\\1、(?P=名字)）；请把可能的写法逐个写出，用 | 分开",
    ),
    (
        re.compile(r"\(\?>|[*+?}]\+"),
        "不支持原子组和占有量词（(?>…)、*+、++）；去掉它们即可，不会变慢",
    ),
)
"""What RE2 refuses because its time would not be linear, and what to write instead."""
_ONE_BYTE = re.compile(r"(?<!\\)(?:\\\\)*+\\C")
"""A part of a character, which would leave text that is no text."""
_ATOMS = re.compile(
    r"(?P<class>\[\^?\]?(?:\\.|\[:\^?\w{1,20}:\]|[^\]\\]){0,200}+\])|(?P<open>\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?)|(?P<close>\))"
    r"|\{(?P<count>\d+(?:,\d*)?)\}|[*+?|^$]|(?P<atom>\\[pP]\{[^}]*+\}|\\x\{[^}]*+\}|\\.|.)",
    re.DOTALL,
)
_WHOLE = "="


class PatternError(ValueError):
    """A pattern cannot be used; the message is the end of a Chinese sentence and names no place."""


@dataclass(frozen=True)
class Pattern:
    """Words in slots, or a regular expression.

    Attributes
    ----------
    slots : tuple of tuple of str
        The words of each slot, any of which may stand there.
    gaps : tuple of int
        Characters that may stand between a slot and the next one; one less than there are slots.
    whole : frozenset of str
        Words that must be words of the segmenter.
    expression : str
        Regular expression (RE2); empty where there are slots.
    """

    slots: tuple[tuple[str, ...], ...] = ()
    gaps: tuple[int, ...] = ()
    whole: frozenset[str] = frozenset()
    expression: str = ""

    def with_forms(self, forms: Mapping[str, str]) -> Pattern:
        """Return the pattern with the other form of each word added."""
        if self.expression:
            return self
        slots = tuple(
            tuple(dict.fromkeys(written for word in slot for written in (word, forms[word])))
            for slot in self.slots
        )
        whole = frozenset(written for word in self.whole for written in (word, forms[word]))
        return replace(self, slots=slots, whole=whole)


def parse_pattern(pattern: str) -> Pattern:
    """Return a pattern as it is written in a taxonomy file.

    Parameters
    ----------
    pattern : str
        Words between ``|``; slots between `` .. `` follow each other within one sentence, at most ten
        characters apart, between `` ..25.. `` at most 25; a word that begins with ``=`` must be a whole word
        of the segmenter. ``re:`` begins a regular expression.

    Returns
    -------
    Pattern

    Raises
    ------
    PatternError
        A slot is empty, a gap too wide, there are too many words, or RE2 refuses the expression.

    Examples
    --------
    >>> parse_pattern("快递|=件 .. 慢").slots
    (('快递', '件'), ('慢',))
    >>> parse_pattern("退款 ..25.. 没到").gaps
    (25,)
    """
    if pattern.startswith(_EXPRESSION):
        return Pattern(expression=_checked_expression(pattern[len(_EXPRESSION) :].strip()))
    parts = _SLOTS.split(pattern)
    slots: list[tuple[str, ...]] = []
    whole: set[str] = set()
    for slot in parts[::2]:
        words = list(dict.fromkeys(word.strip() for word in slot.split("|")))
        words = [word for word in words if word.strip(_WHOLE)]
        if not words:
            raise PatternError(f"「{_shown(pattern)}」里有空的词位，应在「 .. 」两边都写上词语")
        whole.update(word[1:] for word in words if word.startswith(_WHOLE))
        slots.append(tuple(word.removeprefix(_WHOLE) for word in words))
    n_words = sum(map(len, slots))
    if n_words > _MOST_WORDS:
        raise PatternError(f"一格里有 {n_words} 个词，最多 {_MOST_WORDS} 个；请分成几个分类或几行")
    longest = max((word for slot in slots for word in slot), key=len)
    if len(longest) > _LONGEST:
        raise PatternError(f"「{_shown(longest)}」有 {len(longest)} 个字，一个词最多 {_LONGEST} 个字")
    gaps = tuple(int(gap) if gap else GAP for gap in parts[1::2])
    if any(gap > _WIDEST_GAP for gap in gaps):
        raise PatternError(f"「{_shown(pattern)}」里词位相隔 {max(gaps)} 个字，最多 {_WIDEST_GAP} 个")
    return Pattern(tuple(slots), gaps, frozenset(whole))


def _checked_expression(expression: str) -> str:
    """Return an expression that RE2 takes, at a cost that texts bear: its time is linear in the text, and
    proportional to the size of the expression.
    """
    shown = f"正则表达式「{_shown(expression)}」"
    if not expression:
        raise PatternError("「re:」后面没有正则表达式")
    if len(expression) > _LONGEST_EXPRESSION:
        why = f"{shown}有 {len(expression):,} 个字，最多 {_LONGEST_EXPRESSION} 个"
        raise PatternError(f"{why}；许多词请直接用 | 分开写，不写 re:")
    if _ONE_BYTE.search(expression) is not None:
        raise PatternError(f"{shown}不能用：不支持 \\C（单个字节）；任意一个字请写 .")
    try:
        empty = pc.match_substring_regex(pa.array([""]), expression)[0].as_py()
    except pa.ArrowInvalid as error:
        why = next((why for form, why in _NOT_LINEAR if form.search(expression)), _NO_EXPRESSION)
        raise PatternError(f"{shown}不能用：{why}") from error
    if empty:
        raise PatternError(f"{shown}连空文本也能匹配")
    added = _added_by_counts(expression)
    if added > _MOST_ADDED:
        why = f"{shown}里的 {{n,m}} 写开后多出 {added:,} 个字，最多 {_MOST_ADDED} 个"
        raise PatternError(f"{why}；请减小重复次数，或改用词位：甲 ..20.. 乙")
    return expression


def _added_by_counts(expression: str) -> int:
    """Return how many more characters and classes an expression has with its counted repetitions written out.

    Examples
    --------
    >>> _added_by_counts("退(?:款|货).{0,20}慢"), _added_by_counts("(?:[ab]{3}c){10}")
    (19, 38)
    """
    sizes, last, added = [0], [0], 0
    for found in _ATOMS.finditer(expression):
        if found["open"]:
            sizes.append(0)
            last.append(0)
        elif found["close"] and len(sizes) > 1:
            last.pop()
            last[-1] = sizes.pop()
            sizes[-1] += last[-1]
        elif found["count"]:
            times = max(1, *(int(number) for number in found["count"].split(",") if number))
            added += last[-1] * (times - 1)
            sizes[-1] += last[-1] * (times - 1)
            last[-1] *= times
        elif found["class"] or found["atom"]:
            last[-1] = 1
            sizes[-1] += 1
    return added


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
