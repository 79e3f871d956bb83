"""Cleaning steps on single characters: invisible ones, full width, blanks, runs of one character."""

from __future__ import annotations

import re

from csatext.text.steps.step import pattern_step

__all__ = [
    "BLANK",
    "EMOJI",
    "INVISIBLE",
    "MARKS",
    "collapse_blanks",
    "for_arrow",
    "halve_width",
    "remove_invisible",
    "shorten_runs",
    "shorten_word_runs",
]

_SPACELIKE = r"\x09-\x0d\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BLANK = r"\x20" + _SPACELIKE
"""Members of a character class: every character that ``str.isspace`` calls a blank."""

_FORMAT = r"\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
_FORMAT += r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
INVISIBLE = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f" + _FORMAT
"""Members of a character class: control and format characters, which print nothing."""

EMOJI = r"\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
"""Members of a character class: pictographs and emoji."""

MARKS = "！!？?。，,、；;～~"
_SYMBOLS = r"!-)+-/:-@\[-\^`{-~\xa1-\xbf\xd7\xf7\u2010-\u2027\u2030-\u205e\u2190-\u2bff\u3001-\u3030"
_SYMBOLS += r"\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
"""Symbols whose runs are shortened: not the asterisk, whose runs mask digits, nor the underscore."""

_WIDE = "０-９Ａ-Ｚａ-ｚ＃＄％＆＊＋－．／＝＠＿"
_LETTERS = "abcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWYZ"
"""Without x and X, whose runs mask digits."""


def for_arrow(members: str) -> str:
    """Return a character class for Arrow's RE2, which knows no escape longer than two hex digits.

    Examples
    --------
    >>> len(for_arrow(chr(92) + "u3000"))
    3
    """
    return f"[{_LONG_ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), members)}]"


_LONG_ESCAPE = re.compile(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")


def _joiner_only(match: re.Match[str]) -> str:
    """Keep the joiner within an emoji made of several (a family, a flag), which falls apart without it."""
    return "\u200d" if match["joiner"] else ""


remove_invisible = pattern_step(
    "remove_invisible",
    rf"(?P<joiner>(?<=[{EMOJI}])\ufe0f?\u200d(?=[{EMOJI}]))|[{INVISIBLE}\ud800-\udfff]",
    _joiner_only,
    trigger=for_arrow(INVISIBLE),
)
"""Remove control, zero-width and format characters and unpaired surrogates."""

halve_width = pattern_step(
    "halve_width",
    f"[{_WIDE}]+",
    lambda match: "".join(chr(ord(char) - 0xFEE0) for char in match[0]),
    trigger=f"[{_WIDE}]",
)
"""Make full-width letters, digits and signs of numbers and addresses ASCII; Chinese punctuation stays."""

collapse_blanks = pattern_step(
    "collapse_blanks",
    rf"\A[{BLANK}]+|[{BLANK}]+\Z|[{BLANK}]{{2,}}|[{_SPACELIKE}]",
    lambda match: "" if match.start() == 0 or match.end() == len(match.string) else " ",
    trigger=rf"\A\x20|\x20\z|\x20\x20|{for_arrow(_SPACELIKE)}",
)
"""Make every run of blanks, line ends among them, one space; remove it at both ends."""

_CODE_AFTER = re.compile(r"[A-Za-z-]{0,8}[0-9]")
_CODE_BEFORE = re.compile(r"[0-9][A-Za-z-]{0,8}\Z")


def _shortened(match: re.Match[str]) -> str | None:
    """Shorten a run; the letters of a type code (AAAAA5) stay."""
    if match[3] is None:
        return match[1] or match[2] * 3
    text, (start, end) = match.string, match.span()
    coded = _CODE_AFTER.match(text, end) or _CODE_BEFORE.search(text, max(start - 9, 0), start)
    return None if coded else match[3] * 3


shorten_runs = pattern_step(
    "shorten_runs",
    rf"([{MARKS}])\1+|([{_SYMBOLS}])\2{{3,}}|([{_LETTERS}])\3{{4,}}",
    _shortened,
    trigger="|".join(
        [f"{re.escape(mark)}{{2}}" for mark in MARKS]
        + [for_arrow(_SYMBOLS) + "{4}"]
        + [f"{letter}{{5}}" for letter in _LETTERS]
    ),
)
"""Cut runs of one sentence mark to one, of another symbol or emoji to three, of a letter (five up) to three.

Digits, letters of a code with digits (``AAAAA5``), masks (``****``, ``xxxx``) and Chinese characters are left
alone: ``13800008888`` and 天天 mean what they say.
"""

shorten_word_runs = pattern_step(
    "shorten_word_runs",
    r"([\u3400-\u9fff])\1{3,}",
    lambda match: match[1] * 3,
)
"""Cut runs of one Chinese character to three (哈哈哈哈哈). Not a default step: it changes the words."""
