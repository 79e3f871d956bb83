"""Cleaning steps for emoticons: one written form, the name in square brackets, which survives as one unit."""

from __future__ import annotations

import re
from functools import cache

from csatext.lexicon import Lexicon
from csatext.text.offsets import Edit
from csatext.text.steps import Step

__all__ = ["bracket_emoticons", "name_emoticons"]

_HAN = r"\u3400-\u9fff"
_PLATFORM = r"#E-[a-z](?:\[数字x\]|[0-9]{1,3})"
"""Numbered emoticons of shop chats; the number is a placeholder in redacted exports."""


@cache
def _names(kind: str) -> dict[str, str]:
    lexicon = Lexicon.load("emoticons")
    return {
        term: str(lexicon[term].get("canonical")) for term in lexicon if lexicon[term].get("kind") == kind
    }


@cache
def _written() -> re.Pattern[str]:
    longest_first = sorted(_names("face"), key=len, reverse=True)
    faces = "|".join(longest_first)
    # One character after a slash is an alternative (强/弱) more often than a face.
    slashed = "|".join(face for face in longest_first if len(face) > 1 and not face.isascii())
    return re.compile(
        rf"(?P<platform>{_PLATFORM})|(?P<slashed>(?<![{_HAN}0-9A-Za-z/])(?:/(?:{slashed}))+(?![{_HAN}]))"
        rf"|[［\[][ ]?(?P<name>{faces})[ ]?[］\]]"
    )


def _bracketed(match: re.Match[str]) -> str:
    if match["platform"]:
        return "[表情]"
    if match["slashed"]:
        return "".join(f"[{name}]" for name in match["slashed"][1:].split("/"))
    return f"[{match['name']}]"


def _written_edits(text: str) -> list[Edit]:
    found = ((match, _bracketed(match)) for match in _written().finditer(text))
    return [(match.start(), match.end(), new) for match, new in found if new != match[0]]


bracket_emoticons = Step(
    "bracket_emoticons",
    _written_edits,
    trigger=r"#E-[a-z]|［|[［\[]\x20|\x20\]|/[\x{3400}-\x{9fff}]{2}",
)
"""Write emoticons of chat platforms as ``[name]``: ``/微笑``, ``［微笑］``, ``[ 微笑 ]`` become ``[微笑]``.

Numbered ones without a name (``#E-s01``, ``#E-s[数字x]``) become ``[表情]``. Emoji and kaomoji stay as they
are, and so do the placeholders of redacted exports (``[数字x]``). Names are in ``lexicons/emoticons.tsv``.
"""


@cache
def _coded() -> re.Pattern[str]:
    names = sorted(_names("code") | _names("emoji"), key=len, reverse=True)
    # A code of letters is one only where the word ends: /:no but not /:note.
    return re.compile(
        "|".join(re.escape(name) + ("(?![a-z])" if name[-1].islower() else "") for name in names)
    )


def _coded_edits(text: str) -> list[Edit]:
    names = _names("code") | _names("emoji")
    return [(match.start(), match.end(), names[match[0]]) for match in _coded().finditer(text)]


name_emoticons = Step(
    "name_emoticons", _coded_edits, trigger=r"/:|[\x{2600}-\x{27bf}\x{2b50}\x{1f300}-\x{1faff}]"
)
"""Write frequent emoji and the codes of WeChat (``/::)``, ``/:rose``) as ``[name]``.

Not a default step: it puts Chinese words where there were none. Put it before `shorten_runs`.
"""
