"""GBK text that lost one byte: every later character is made of the halves of two neighbours.

Reading such bytes as GBK gives rare characters and private-use ones, up to the next ASCII character, where
the two-byte grid restarts: 。客戶量 (A1A3 BFCD 91F4 C1BF), read from its second byte on, is A3BF CD91
F4C1, and a question mark stands in the place of what could not be read (REQUIREMENTS rows 2 and 3).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise, takewhile
from typing import NamedTuple

from csatext.text.conversion import simplify_characters
from csatext.text.steps.character_bigrams import are_neighbours, log_likelihoods

__all__ = ["ShiftedSpan", "find_shifted_gbk"]

_MARK = re.compile("[?？]{2}(?![?？])|\ufffd")
_NOTE_END = re.compile("[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}\\)")

LONGEST = 400
"""Characters read after a mark; a line of such text between two ASCII characters is far shorter."""

_HEAD = 12
_WIDE_HEAD = re.compile(f"[^\x00-\x7f]{{1,{_HEAD}}}")
"""The characters after a mark that are looked at, cheaply, to see whether there is anything odd."""

GAIN = 2.0
"""Least mean gain of log-likelihood, in nats a character: the readable text is e² times as likely each."""

_ASCII_LOG_PROBABILITY = -7.0
"""Log-likelihood of one ASCII character amid Chinese: about one in a thousand."""

LEAST = 12.0
"""Least gain in all for a known first byte, so that two lucky characters are no proof."""

LEAST_GUESSED = 20.0
"""Least gain in all where the first byte was guessed: the best of a hundred guesses gains by luck too."""


class ShiftedSpan(NamedTuple):
    """A damaged span, ``text[start:end]``, and what it read before."""

    start: int
    end: int
    repaired: str


class _Reading(NamedTuple):
    repaired: str
    used: int
    gain: float


def find_shifted_gbk(text: str) -> list[ShiftedSpan]:
    """Return the spans that lost a byte, each with its repaired text.

    A span starts at two question marks or at U+FFFD. The characters after it are turned back into
    their GBK bytes, private-use characters into the bytes they stand for (tables of GB 18030-2000 and of
    Windows code page 936), a first byte is tried, and the pairs are read again. The reading is taken when a
    bigram model finds it far more likely than the text as it stands.

    Parameters
    ----------
    text : str
        Text as it was read; private-use characters must still be there.

    Returns
    -------
    list of ShiftedSpan
        Sorted, not overlapping; empty where nothing is clearly better than the text as it is.

    Examples
    --------
    >>> find_shifted_gbk("收到了??突Х从澄锪魉俣忍\ue07f?,差评")[0].repaired
    '。客户反映物流速度太'
    >>> find_shifted_gbk("真的吗??我不信")
    []
    """
    spans: list[ShiftedSpan] = []
    done = 0
    for mark in _MARK.finditer(text):
        head = _WIDE_HEAD.match(text, mark.end())
        if mark.start() < done or head is None or not _mostly_odd(head[0]):
            continue
        pairs = _pairs(text, mark.end())
        span = _read(text, mark.start(), mark.end(), pairs)
        if span is not None:
            spans.append(span)
        # A span that was read is not read again from a mark within it: that would take quadratic time.
        done = mark.end() + len(pairs) if span is None else span.end
    return spans


def _mostly_odd(chars: str) -> bool:
    """Whether at least a quarter of the characters are such as few people write."""
    return sum(not _common(char) for char in chars) >= 0.25 * len(chars)


@cache
def _common(char: str) -> bool:
    """Whether a character, simplified, is of the 3,755 frequent ones of GB 2312, or is a mark."""
    if "\ue000" <= char <= "\uf8ff":
        return False
    if not "\u3400" <= char <= "\u9fff":
        return True
    return b"\xb0\xa1" <= simplify_characters(char).encode("gb2312", "ignore") <= b"\xd7\xf9"


def _pairs(text: str, first: int) -> list[bytes]:
    """Return the bytes of the characters from ``first`` on, as long as each has two."""
    pairs = (_bytes(char) for char in text[first : first + LONGEST])
    return [pair for pair in takewhile(lambda pair: pair is not None, pairs) if pair is not None]


def _read(text: str, start: int, first: int, pairs: list[bytes]) -> ShiftedSpan | None:
    if not pairs:
        return None
    tail = _shifted(pairs)
    following = text[first + len(pairs) : first + len(pairs) + 1]
    if len(tail) == len(pairs) - 1 and "@" <= following <= "~":
        # The first half that is left takes an ASCII character for its second one.
        tail += _char(bytes([pairs[-1][1], ord(following)]))
    if not tail or _mostly_odd(tail[:_HEAD]):
        return None
    before = text[max(0, start - 1) : start]
    heads = _heads(text[start:first], pairs[0])
    if not heads:
        return None
    head = max(heads, key=lambda head: sum(log_likelihoods(head[-1] + tail[0], before)))
    best = _judge(before, text[first - 1], text[first : first + len(pairs)], head, tail)
    least = LEAST if len(heads) == 1 else LEAST_GUESSED
    if best.gain < max(least, GAIN * best.used) or _mostly_odd(best.repaired):
        return None
    repaired, end = best.repaired, first + best.used
    if best.used == len(pairs) == len(tail):
        # The last first half must go somewhere, however unlikely the character after the one before it.
        repaired, end = repaired + tail[-1], end + 1
    elif best.used == len(pairs) and following in ("?", "？", "\ufffd"):
        last = _noted(text, end + 1, pairs[-1][1], repaired)
        repaired, end = repaired + last, end + bool(last)
    return ShiftedSpan(start, end, repaired)


def _shifted(pairs: list[bytes]) -> str:
    """Return what the second half of each character and the first of the next one read."""
    joined = []
    for left, right in pairwise(pairs):
        char = _char(bytes([left[1], right[0]]))
        if not char:
            break
        joined.append(char)
    return "".join(joined)


def _heads(mark: str, pair: bytes) -> list[str]:
    """Return what may have stood in the place of the mark and the first half of the character after it.

    Two marks are the rest of 。 and a character whose first byte is BF: A1, and A3BF, which is ？.
    """
    if len(mark) == 2:
        char = _char(bytes([0xBF, pair[0]]))
        if char:
            return [f"。{char}"]
    # Any other character may have lost its first half; a mark is what the lost byte was turned into.
    chars = [char for lead in range(0x81, 0xFF) if (char := _char(bytes([lead, pair[0]])))]
    return [char for char in chars if _common(char)]


def _judge(before: str, mark: str, wide: str, head: str, tail: str) -> _Reading:
    """Return a reading, cut where it stops being more likely than the text as it stands."""
    new = log_likelihoods(head[-1] + tail, before)
    old = [*log_likelihoods(wide[: len(new)], mark), _ASCII_LOG_PROBABILITY]
    best, used, gain = 0.0, 0, 0.0
    for count, (better, worse) in enumerate(zip(new, old, strict=False), start=1):
        gain += better - worse
        if gain > best:
            best, used = gain, count
    return _Reading(head[:-1] + (head[-1] + tail)[:used], used, best)


def _noted(text: str, position: int, lead: int, before: str) -> str:
    """Return the character that a pinyin note at ``position`` belongs to, with the lost opening bracket.

    The bracket was read as its second half and both were lost. It is guessed from its first half, only where
    it makes a word with a neighbour; else an empty string is returned.
    """
    note = _NOTE_END.match(text, position)
    if note is None:
        return ""
    context = text[note.end() : note.end() + 1]
    candidates = [
        char
        for trail in range(0x40, 0xFF)
        if (char := _char(bytes([lead, trail])))
        and (are_neighbours(before[-1], char) or are_neighbours(char, context))
    ]
    if not candidates:
        return ""
    return max(candidates, key=lambda char: sum(log_likelihoods(char + context, before[-1]))) + "("


@cache
def _char(pair: bytes) -> str:
    """Return the Chinese character or mark that two bytes are in GBK, else an empty string."""
    try:
        char = pair.decode("gbk")
    except UnicodeDecodeError:
        return ""
    chinese = len(char) == 1 and ("\u3400" <= char <= "\u9fff" or char in "。，、；：？！（）《》“”…—·")
    return char if chinese else ""


@cache
def _bytes(char: str) -> bytes | None:
    """Return the two bytes that a character, private-use ones too, is in GBK."""
    code = ord(char)
    if 0xE000 <= code <= 0xE865:
        return _private(code)
    try:
        pair = char.encode("gbk")
    except UnicodeEncodeError:
        return None
    return pair if len(pair) == 2 else None


_GAPS = (
    *((0xA2AB, 6), (0xA2E3, 2), (0xA2EF, 2), (0xA2FD, 2), (0xA4F4, 11), (0xA5F7, 8), (0xA6B9, 8)),
    *((0xA6D9, 7), (0xA6EC, 2), (0xA6F3, 1), (0xA6F6, 9), (0xA7C2, 15), (0xA7F2, 13), (0xA896, 11)),
    *((0xA8BC, 1), (0xA8BF, 1), (0xA8C1, 4), (0xA8EA, 21), (0xA958, 1), (0xA95B, 1), (0xA95D, 3)),
    *((0xA989, 13), (0xA997, 13), (0xA9F0, 15), (0xD7FA, 5), (0xFE50, 47), (0xFE80, 33)),
)
"""First bytes and length of each range of GBK without a character, in order: U+E766 to U+E864."""


def _private(code: int) -> bytes | None:
    """Return the bytes for which a private-use character stands.

    U+E000-E233 are rows AA-AF, U+E234-E4C5 rows F8-FE, both with second bytes A1-FE; U+E4C6-E765 are rows
    A1-A7 with second bytes 40-A0 (without 7F); U+E766-E864 fill the gaps between the characters of GBK.
    """
    if code < 0xE234:
        row, cell = divmod(code - 0xE000, 94)
        return bytes([0xAA + row, 0xA1 + cell])
    if code < 0xE4C6:
        row, cell = divmod(code - 0xE234, 94)
        return bytes([0xF8 + row, 0xA1 + cell])
    if code < 0xE766:
        row, cell = divmod(code - 0xE4C6, 96)
        return bytes([0xA1 + row, 0x40 + cell + (cell >= 0x3F)])
    index = code - 0xE766
    for begin, size in _GAPS:
        if index < size:
            return (begin + index).to_bytes(2, "big")
        index -= size
    return None
