"""Cleaning steps for emoticons: one written form, the name in square brackets, which survives as one unit."""

from __future__ import annotations

import re
from functools import cache

from csatext.lexicon import Lexicon
from csatext.text.offsets import Edit
from csatext.text.steps.characters import BLANK, MARKS
from csatext.text.steps.step import Step

__all__ = ["bracket_emoticons", "name_emoticons"]

_HAN = r"\u3400-\u9fff"
_PLATFORM = r"#E-[a-z](?:\[数字x\]|[0-9]{1,3})"
"""Numbered emoticons of shop chats; the number is a placeholder in redacted exports."""
_NUMBERED = (
    rf"\[em\][{BLANK}]*+e?(?P<qq>[0-9]{{1,6}})[{BLANK}]*+\[/em\]|/:(?P<shop>0[0-9]{{2}}|8[0-9]{{2}})(?![0-9])"
)
"""``[em]e100[/em]`` of QQ and ``/:068`` of shop chats."""


@cache
def _names(kind: str, column: str = "canonical") -> dict[str, str]:
    lexicon = Lexicon.load("emoticons")
    return {term: str(lexicon[term].get(column)) for term in lexicon if lexicon[term].get("kind") == kind}


def _code(code: str) -> str:
    """Return the pattern of a code; a mark in it may be repeated, as its repeats are cut later on."""
    pattern = re.sub(rf"(?P<mark>\\?[{MARKS}])(?:\\?(?P=mark))*", r"\g<mark>++", re.escape(code))
    if not code[-1].isalpha() or not code.isascii():
        return pattern
    # A code of letters is one only where the word ends: /:no but not /:note.
    single = len(code) == len("/:Q")
    return pattern + ("(?![0-9A-Za-z])" if single else "(?![a-z])" if code[-1].islower() else "")


def _codes(names: dict[str, str]) -> str:
    return "|".join(_code(name) for name in sorted(names, key=len, reverse=True))


@cache
def _written() -> re.Pattern[str]:
    longest_first = sorted(_names("face"), key=len, reverse=True)
    faces = "|".join(longest_first)
    return re.compile(
        rf"(?P<platform>{_PLATFORM})|(?P<slashed>(?<![{_HAN}0-9A-Za-z/]){_slashed().pattern})"
        rf"|(?P<open>[［\[][{BLANK}]*+)(?:{faces})(?P<close>[{BLANK}]*+[］\]])"
        rf"|(?P<numbered>{_NUMBERED})|(?P<code>{_codes(_names('code'))})"
    )


@cache
def _slashed() -> re.Pattern[str]:
    # One character after a slash is an alternative (强/弱) more often than a face.
    faces = sorted((face for face in _names("face") if len(face) > 1 and not face.isascii()), key=len)
    return re.compile(rf"(?:/(?:{'|'.join(reversed(faces))}))+(?![{_HAN}])")


def _edits_of(match: re.Match[str]) -> list[Edit]:
    """Return the edits of one emoticon, brackets on their own, so that its name maps to itself."""
    start, end = match.span()
    if match["slashed"]:
        return _slashed_edits(match.string, start, end)
    if match["platform"] or match["numbered"] or match["code"]:
        # A face may follow what was a letter and will be a bracket; after a bracket it is found anyway.
        after = _slashed().match(match.string, end) if match.string[end - 1].isalnum() else None
        more = _slashed_edits(match.string, *after.span()) if after else []
        return [(start, end, _unit(match)), *more]
    around = [(*match.span("open"), "["), (*match.span("close"), "]")]
    return [edit for edit in around if match.string[edit[0] : edit[1]] != edit[2]]


def _slashed_edits(text: str, start: int, end: int) -> list[Edit]:
    slashes = [at for at in range(start, end) if text[at] == "/"]
    return [(at, at + 1, "[" if at == start else "][") for at in slashes] + [(end, end, "]")]


def _unit(match: re.Match[str]) -> str:
    if match["numbered"]:
        return f"[em_{match['qq'] or match['shop']}]"
    return _written_code(match["code"]) if match["code"] else "[表情]"


@cache
def _by_shape() -> list[tuple[re.Pattern[str], str, str]]:
    named = _names("code", "written")
    names = sorted(named, key=len, reverse=True)
    return [(re.compile(_code(name)), named[name], _names("code")[name]) for name in names]


def _written_code(code: str) -> str:
    return next(written for shape, written, _ in _by_shape() if shape.fullmatch(code))


def _written_edits(text: str) -> list[Edit]:
    return [edit for match in _written().finditer(text) for edit in _edits_of(match)]


bracket_emoticons = Step(
    "bracket_emoticons",
    _written_edits,
    trigger=r"#E-[a-z]|［|[［\[][\s\x{3000}]|[\s\x{3000}]\]|\[em\]|/:|/[\x{3400}-\x{9fff}]{2}",
)
"""Write emoticons of chat platforms as ``[name]``: ``/微笑``, ``［微笑］``, ``[ 微笑 ]`` become ``[微笑]``.

Codes of WeChat and shop chats get an English name (``/::)`` becomes ``[Smile]``, ``/:rose`` ``[rose]``): no
Chinese word appears where there was none. Those without a name become ``[表情]`` (``#E-s01``,
``#E-s[数字x]``), ``[em]`` or ``[em_100]`` (``/:068``, ``[em]e100[/em]``). Emoji and kaomoji stay as they are,
and so do the placeholders of redacted exports (``[数字x]``). Names are in ``lexicons/emoticons.tsv``.
"""


@cache
def _coded() -> re.Pattern[str]:
    return re.compile(_codes(_names("code") | _names("emoji")))


def _coded_edits(text: str) -> list[Edit]:
    names = _names("emoji")
    return [(*match.span(), names.get(match[0]) or _chinese(match[0])) for match in _coded().finditer(text)]


def _chinese(code: str) -> str:
    return next(name for shape, _, name in _by_shape() if shape.fullmatch(code))


name_emoticons = Step(
    "name_emoticons", _coded_edits, trigger=r"/:|[\x{2600}-\x{27bf}\x{2b50}\x{1f300}-\x{1faff}]"
)
"""Write frequent emoji and the codes of WeChat (``/::)``, ``/:rose``) as ``[name]`` in Chinese.

Not a default step: it puts Chinese words where there were none. Put it before `bracket_emoticons`.
"""
