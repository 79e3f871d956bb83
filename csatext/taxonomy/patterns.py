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
    if not expression:
        raise PatternError("「re:」后面没有正则表达式")
    try:
        empty = pc.match_substring_regex(pa.array([""]), expression)[0].as_py()
    except pa.ArrowInvalid as error:
        raise PatternError(
            f"正则表达式「{_shown(expression)}」不能用（RE2 不支持回溯引用和环视，括号要成对）"
        ) from error
    if empty:
        raise PatternError(f"正则表达式「{_shown(expression)}」连空文本也能匹配")
    return expression


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
