"""Normalized text, which the recognizers read: width and character variants unified, of the same length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import numpy as np
import opencc

from csatext.privacy.kinds import MASK

__all__ = [
    "ENUMERATORS",
    "PROVINCES",
    "QUESTION_END",
    "SPEAKER",
    "TEXT_END",
    "TURN_JOIN",
    "around",
    "normalization_table",
    "normalize",
    "segments",
    "texts_with",
]

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
"""First characters of plates."""

TURN_JOIN = "\ufdd0"
"""Separates two turns of one speaker that are read as one text (a noncharacter of Unicode)."""

QUESTION_END = "\ufdd1"
"""Ends the other speaker's last turn: its words are context, its digits belong to no value after it."""

TEXT_END = "\ufdd2"
"""Separates texts of a column that a recognizer reads together: no value and no context crosses it."""

SPEAKER = (
    r"(?<![0-9A-Za-z\u3400-\u9fff])(?:客户|顾客|用户|买家|卖家|商家|客服|坐席|座席|话务员|接线员"
    r"|机器人|用户方|来电人|主叫|被叫|甲|乙|[A-D])\s?:"
)
"""Label of a speaker in a transcript: at the start of a line, or after a mark within a cell."""

_VARIANTS = (
    "〇○壹贰貳叁參肆柒捌玖兩",
    "零零一二二三三四七八九两",
)
_HAN = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
_REPLACED = {ord(full): ord(full) - 0xFEE0 for full in map(chr, range(0xFF01, 0xFF5F))}
_REPLACED |= str.maketrans(*_VARIANTS)
_REPLACED |= str.maketrans("￥　＊×●•∗﹡‐‑‒–—―−－", "¥ ******-------" + "-")
_POINTS = 0x110000
_LAST_DIGIT = 0x20000  # decimal digits of Unicode 16 all come before
_SURROGATES = slice(0xD800, 0xE000)
_REPLACEMENT = 0xFFFD


def _enumerators() -> dict[str, str]:
    """Return the digits in circles and brackets, by the plain digit."""
    marks = {}
    for char in map(chr, (*range(0x2460, 0x249C), *range(0x24EA, 0x2500), *range(0x2776, 0x2794))):
        digit = unicodedata.digit(char, None)
        if digit is not None:
            marks[char] = str(digit)
    return marks


ENUMERATORS = _enumerators()
"""Digits in circles and brackets: one alone numbers an item of a list, several in a row are a number."""

_ENUMERATED = re.compile(f"[{''.join(ENUMERATORS)}]{{2,}}")
_PLAIN = str.maketrans(ENUMERATORS)


@cache
def normalization_table() -> np.ndarray:
    """Return the code point that each code point is normalized to, uint32 of shape (1114112,).

    Digits of every script become 0 to 9; a lone surrogate, which no encoding accepts, becomes U+FFFD.
    """
    table = np.arange(_POINTS, dtype=np.uint32)
    table[_SURROGATES] = _REPLACEMENT
    for digit in re.findall(r"\d", "".join(map(chr, range(_LAST_DIGIT)))):
        table[ord(digit)] = ord("0") + unicodedata.decimal(digit)
    simple = opencc.OpenCC("t2s").convert("\n".join(_HAN)).split("\n")
    pairs = [
        (ord(char), ord(plain)) for char, plain in zip(_HAN, simple, strict=True) if plain < "\U00010000"
    ]
    table[[char for char, _ in pairs]] = [plain for _, plain in pairs]
    table[list(_REPLACED)] = [ord(plain) if isinstance(plain, str) else plain for plain in _REPLACED.values()]
    table.setflags(write=False)
    return table


def normalize(text: str) -> str:
    """Return the text with full-width, Traditional and formal variants unified, of the same length.

    Only characters that a recognizer reads are normalized: digits, separators, surnames and trigger words.

    Examples
    --------
    >>> normalize("電話：１３８"), normalize("①快②好"), normalize("①③⑧")
    ('电话:138', '①快②好', '138')
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    normalized = normalization_table().take(points).tobytes().decode("utf-32-le")
    if _ENUMERATED.search(normalized) is None:
        return normalized
    return _ENUMERATED.sub(lambda marks: marks.group().translate(_PLAIN), normalized)


def segments(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the spans between masks.

    No recognizer reads across a mask. A text and its redacted form therefore yield the same values:
    redaction is idempotent.

    Examples
    --------
    >>> list(segments("我[姓名]好"))
    [(0, 1), (5, 6)]
    """
    last = 0
    for mask in MASK.finditer(text):
        if mask.start() > last:
            yield last, mask.start()
        last = mask.end()
    if last < len(text):
        yield last, len(text)


def texts_with(normalized: str, sign: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each of the joined texts that contains a sign.

    An expression that few texts can match is then tried on those alone.

    Examples
    --------
    >>> list(texts_with(f"好{TEXT_END}a@b.c，@d{TEXT_END}慢", re.compile("@")))
    [(2, 10)]
    """
    end = 0
    while (found := sign.search(normalized, end)) is not None:
        start = max(end, normalized.rfind(TEXT_END, end, found.start()) + 1)
        end = normalized.find(TEXT_END, found.end())
        end = end if end >= 0 else len(normalized)
        yield start, end


def around(normalized: str, start: int, end: int, window: int) -> tuple[str, str]:
    """Return the context before and after a span, of its own text only.

    Examples
    --------
    >>> around("查一下12345。", 3, 8, 2)
    ('一下', '。')
    """
    before = normalized[max(0, start - window) : start].rpartition(TEXT_END)[2]
    return before, normalized[end : end + window].partition(TEXT_END)[0]
