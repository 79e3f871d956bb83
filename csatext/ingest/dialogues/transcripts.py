"""Transcripts written as ``role: text`` to one row an utterance, in a cell or a file, on one line or many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.dialogues.roles import anonymous, role_of
from csatext.lexicon import Lexicon

__all__ = ["Line", "find_grammar", "split_transcript"]

# Bounded and possessive, so that a page of blanks costs one pass.
_GAP = r"[ \t]{0,6}+"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,3})?)?(?!:?\d)"
_DAY = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
_WHEN = rf"(?:{_DAY}[ \tT]*)?{_CLOCK}"
# Seconds of a call: 2.1s, 2100ms, 0:2.100; a bare 2.1 in a range alone, elsewhere it counts something.
_OFFSET = rf"\d{{1,7}}(?:\.\d{{1,3}})?{_GAP}(?:ms|s|毫秒|秒)(?![A-Za-z])|\d{{1,3}}:\d{{1,2}}\.\d{{1,3}}"
_SPOT = rf"(?:{_WHEN}|{_OFFSET}|\d{{1,6}}\.\d{{1,3}})"
_SPAN = rf"{_SPOT}{_GAP}(?:-{{0,2}}>|[-–—~～至到]|[,，](?=[ \t\d.:]{{3}})){_GAP}{_SPOT}"
_TIMES = rf"(?:{_SPAN}|{_WHEN}|{_OFFSET})"
_BEFORE = (
    rf"(?:[\[(（【<]?{_GAP}(?P<before>{_TIMES}){_GAP}(?:[,，]{_GAP}(?=[\])）】]))?[\])）】>]?"
    rf"{_GAP}[,，|]?{_GAP}(?:(?<=[\d\])）】>s秒])\n{_GAP})?)?"
)
_AFTER = rf"(?:{_GAP}[\[(（【<]?{_GAP}(?P<after>{_TIMES}){_GAP}[\])）】>]?)?"
_AFTER_BRACKET = _AFTER.replace("after", "later")
_SAYS = r"(?:说|答|问|回复)?"
_COLON = rf"{_GAP}[:：﹕︰]{_GAP}"
# 1. / 1、 / (1) / [1] / 第1轮 before a speaker; a bare number at the start of a line alone.
_COUNT = (
    rf"(?:(?!{_OFFSET}|\d{{1,6}}\.\d{{1,3}}{_GAP}[-–—~～至到])"
    r"(?:第[ ]?\d{1,4}[ ]?[轮句条段次回]?[:：、.]?|[\[(（【]\d{1,4}[\])）】]"
    r"|\d{1,3}(?:[.、．)）]|[:：](?!\d))"
    rf"|^{_GAP}\d{{1,4}}(?=[ \t])){_GAP})?"
)
_NUMBERED = (
    rf"(?:speaker|spkr|spk|说话人|发言人|讲话人|声道|channel){_GAP}[_#-]?{_GAP}[0-9A-Za-z一二三四五六]{{1,2}}"
)
# A name may follow the role (客服小美), a verb may not: 客服说：不行 is a quotation.
_NAME = r"(?:(?![说问讲回答告你您我他她就不跟让叫打来])[\u4e00-\u9fff]){1,4}"
_NUMBER = r"(?!\d+[:/年.-]\d)[0-9A-Za-z*]{1,12}"
_SUFFIX = (
    rf"(?:[ \t]?[-_#]?[ \t]?{_NUMBER}|[-_]?{_NAME})?(?:[(（](?!{_GAP}{_OFFSET})[^()（）\n]{{1,20}}[)）])?"
)
_SHORT = "客问答座坐顾服Q"
_SAMPLE = 200
_FEW = 6


class Line(NamedTuple):
    """One utterance: speaker's label (None: text before the first), when it began and ended, text."""

    label: str | None
    began: str | None
    ended: str | None
    text: str


@cache
def _role_names() -> tuple[str, ...]:
    """Return the names of roles, longest first."""
    names = (entry.term for entry in Lexicon.load("roles").entries if entry.get("kind") == "name")
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def _named() -> re.Pattern[str]:
    """Return the pattern of an utterance's head whose label is a role name, a letter or a number."""
    names = [name for name in _role_names() if len(name) > 1 or name in _SHORT]
    known = "|".join(re.escape(name) for name in names)
    label = rf"(?:(?:{known}){_SUFFIX}|{_NUMBERED}|[A-Za-z甲乙丙丁])"
    bracketed = (
        rf"(?:\[(?P<b1>{label})\]|【(?P<b2>{label})】|<(?P<b3>{label})>|「(?P<b4>{label})」"
        rf"|(?<![^\n])[(（](?P<b5>{label})[)）])"
    )
    edge = r"(?:^|(?<=[\s。！？!?；;|>\])）】…~～」\"”]))"
    return re.compile(
        rf"{edge}{_COUNT}{_BEFORE}(?:{bracketed}{_AFTER_BRACKET}{_GAP}[:：﹕︰]?{_GAP}"
        rf"|(?P<name>{label}){_AFTER}{_COLON})",
        re.IGNORECASE | re.MULTILINE,
    )


_ANY = re.compile(
    rf"^{_GAP}{_COUNT}{_BEFORE}(?P<name>[^\s:：，。！？,!?；;\[\]【】]{{1,20}}?){_SAYS}{_AFTER}{_COLON}",
    re.MULTILINE,
)
_HEAD_LINES = re.compile(
    rf"^{_GAP}(?:(?P<name>[^\n:：]{{1,40}}?(?:[:：][^\n:：]{{1,20}}?)?)[ \t]+"
    rf"[(（\[]?(?P<before>(?:{_DAY}[ \tT]*)?\d{{1,2}}:\d{{2}}:\d{{2}})[)）\]]?"
    # Minutes and seconds alone tell a speaker where the name does.
    rf"|(?P<name3>{_NUMBERED}|坐席|座席|客服|客户|用户|顾客|来电人|agent|customer)[ \t]+"
    rf"(?P<before3>\d{{1,3}}:\d{{2}})"
    rf"|(?P<after>{_DAY}[ \tT]*{_CLOCK})[ \t]+(?P<name2>[^\n:：]{{1,40}}?)){_GAP}[:：]?{_GAP}$",
    re.MULTILINE | re.IGNORECASE,
)
_STAMPED = re.compile(
    rf"^{_GAP}(?P<name>[^\n:：(（\[]{{1,30}}?(?:[:：][^\n:：(（\[]{{1,20}}?)?){_GAP}"
    rf"[(（\[]{_GAP}(?P<before>(?:{_DAY}[ \tT]*)?{_CLOCK}){_GAP}[)）\]]{_COLON}",
    re.MULTILINE,
)
_GRAMMARS = ("named", "spaced", "stamped", "any", "head_lines")


@cache
def _glued() -> re.Pattern[str]:
    """Return the pattern of a role name and a colon with no pause before it."""
    names = [name for name in _role_names() if len(name) > 1 and not name.isascii()]
    return re.compile(rf"(?P<name>{'|'.join(map(re.escape, names))}){_COLON}")


@cache
def _spaced() -> re.Pattern[str]:
    """Return the pattern of a line of a time, a role name and a blank, or of a role name and a tab."""
    known = "|".join(re.escape(name) for name in _role_names() if len(name) > 1)
    label = rf"(?:{known})(?:[-_#]?{_NUMBER}|[-_]?{_NAME})?"
    when = rf"[\[(（【<]?{_GAP}(?P<before>{_TIMES}){_GAP}[\])）】>]?{_GAP}[,，|]?{_GAP}"
    return re.compile(
        rf"^{_GAP}{_COUNT}(?:{when}(?P<name>{label}|{_NUMBERED})[ \t]++(?=\S)|(?P<name2>{label})\t++(?=\S))",
        re.IGNORECASE | re.MULTILINE,
    )


@cache
def _bracketed() -> re.Pattern[str]:
    """Return the pattern of a role name in square brackets, with no pause before it."""
    known = "|".join(re.escape(name) for name in _role_names() if len(name) > 1)
    return re.compile(
        rf"(?:\[(?P<b1>(?:{known}){_SUFFIX})\]|【(?P<b2>(?:{known}){_SUFFIX})】){_GAP}[:：﹕︰]?{_GAP}",
        re.IGNORECASE,
    )


def _pattern(grammar: str) -> re.Pattern[str]:
    fixed = {"any": _ANY, "head_lines": _HEAD_LINES, "stamped": _STAMPED}
    if grammar in fixed:
        return fixed[grammar]
    return {"glued": _glued, "spaced": _spaced}.get(grammar, _named)()


def _label(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return next(
        str(groups[name]).strip()
        for name in ("name", "name2", "name3", "b1", "b2", "b3", "b4", "b5")
        if groups.get(name)
    )


def _heads(text: str, grammar: str) -> list[re.Match[str]]:
    """Return the heads of utterances; a header of a form (订单号：, 时间：) is none."""
    found = list(_pattern(grammar).finditer(text))
    if grammar == "named" and _bracketed().match(text.lstrip()):
        bracketed = list(_bracketed().finditer(text))
        found = bracketed if len(bracketed) > len(found) else found
    if grammar in ("named", "glued", "spaced"):
        return found
    return [
        match
        for match in found
        if normal_header(_label(match)) not in known_headers() or role_of(_label(match), whole=True)
    ]


def find_grammar(cells: Sequence[str]) -> str | None:
    """Return how the utterances in most cells are marked, None where they are not transcripts.

    ``named``: role names, letters or numbered speakers before a colon, anywhere after a pause; ``any``: any
    short name before a colon at the start of a line; ``stamped``: the same with a time in brackets;
    ``spaced``: a time and a role name before a blank at the start of a line;
    ``head_lines``: lines of a name and a time above what was said (exports of chat programs); ``glued``:
    role names before a colon without a pause, where nothing else fits. A cell counts when it has two
    utterances or more and two speakers or a role name; of the fitting ones the one that finds the most.

    Examples
    --------
    >>> find_grammar(["客服：您好 用户：我要退款", "客服：您好 用户：在吗"])
    'named'
    >>> find_grammar(["订单号：123，退款太慢"]) is None
    True
    """
    sample = [cell for cell in cells if cell.strip()][:_SAMPLE]
    fits = [(*_fit(sample, grammar), -order) for order, grammar in enumerate(_GRAMMARS)]
    hits, _, order = max(fits)
    if hits and 2 * hits >= len(sample):
        return _GRAMMARS[-order]
    begun = [cell for cell in sample if _glued().match(cell.lstrip())]
    if sample and len(begun) == len(sample) and 2 * _fit(sample, "glued")[0] > len(sample):
        return "glued"
    return None


def _fit(cells: Sequence[str], grammar: str) -> tuple[int, int]:
    """Return in how many cells a grammar finds a dialogue, and how many utterances in all."""
    hits = heads = 0
    for cell in cells:
        labels = [_label(match) for match in _heads(cell, grammar)]
        clear = any(role_of(label, whole=True) or anonymous(label) for label in labels)
        loose = grammar in ("any", "head_lines", "stamped")
        known = {role_of(label) for label in labels} if loose else set()
        # A line of a name and a time alone is rarer than a name and a colon: one known side will do.
        sides = len(known) > 1 and (grammar != "any" or None not in known)
        few = 2 <= len(set(labels)) <= _FEW and (not loose or sides or len(set(labels)) < len(labels))
        if len(labels) > 1 and (few or (clear and not loose)):
            hits, heads = hits + 1, heads + len(labels)
    return hits, heads


def split_transcript(text: str, grammar: str) -> list[Line]:
    r"""Return the utterances of one transcript; nothing of the text is lost.

    Parameters
    ----------
    text : str
        One dialogue.
    grammar : str
        From :func:`find_grammar`.

    Returns
    -------
    list of Line
        Text before the first head comes first, with no label.

    Examples
    --------
    >>> split_transcript("[00:01:02] 客服：您好\n[00:01:05] 用户: 退款\n太慢", "named")[1]
    Line(label='用户', began='00:01:05', ended=None, text='退款\n太慢')
    """
    heads = _heads(text, grammar)
    first = text[: heads[0].start()] if heads else text
    lines = [Line(None, None, None, first.strip())] if first.strip() else []
    for match, after in zip(heads, [*heads[1:], None][: len(heads)], strict=True):
        words = text[match.end() : after.start() if after is not None else len(text)]
        groups = match.groupdict()
        when = groups.get("before") or groups.get("after") or groups.get("later") or groups.get("before3")
        parts = re.findall(_SPOT, when) if when else []
        began = parts[0] if parts else None
        lines.append(
            Line(_label(match), began, parts[1] if len(parts) > 1 else None, words.strip(" \t\r\n|"))
        )
    return lines
