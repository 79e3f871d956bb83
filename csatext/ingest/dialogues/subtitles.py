"""SRT and WebVTT subtitles to one row a cue, with its speaker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from csatext.ingest.dialogues.transcripts import find_grammar, split_transcript
from csatext.ingest.raw_table import RAW_LIMIT, Reject

__all__ = ["Caption", "looks_like_subtitles", "read_subtitles"]

_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
# Settings of a cue (align:start, X1:40) may follow; words behind the time make it a transcript's line.
_SETTINGS = r"(?:[ \t]+[A-Za-z]\w{0,15}:[\w.,%:+-]{1,30})*"
_ARROW = re.compile(rf"^[ \t]*{_STAMP}[ \t]*-{{1,2}}>[ \t]*{_STAMP}{_SETTINGS}[ \t]*$", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[\w.]+)?[ \t]+([^>]{1,40})>")
_BLANK = re.compile(r"\n[ \t]*\n")
_TAG = re.compile(r"</?(?:v|c|b|i|u|font|lang|ruby|rt)(?:[\s.][^>]{0,60})?>", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\A|\n)[ \t]*\d+[ \t]*\n?\Z")


class Caption(NamedTuple):
    """One utterance: label (None: not named), start and end in seconds, text, line from 1."""

    label: str | None
    start: float
    end: float
    text: str
    line: int


def looks_like_subtitles(text: str) -> bool:
    r"""Return whether a text is SRT or WebVTT.

    Examples
    --------
    >>> looks_like_subtitles("1\n00:00:01,000 --> 00:00:03,500\n客服：您好\n")
    True
    """
    return _ARROW.search(text[:10_000]) is not None


def _seconds(match: re.Match[str], at: int) -> float:
    hours, minutes, seconds, rest = match.group(at, at + 1, at + 2, at + 3)
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int((rest or "0").ljust(3, "0")) / 1000


def read_subtitles(text: str) -> tuple[list[Caption], list[Reject]]:
    r"""Return the cues of a subtitle file.

    The speaker stands before a colon, in brackets or in a voice tag; a cue without one goes on with the
    speaker of the cue before, where others have one.

    Parameters
    ----------
    text : str
        Content of the file; line ends as ``\n``.

    Returns
    -------
    cues : list of Caption
        A cue in which two speak gives two, with the cue's times.
    rejects : list of Reject
        Cues without text.

    Examples
    --------
    >>> first = "1\n00:00:01,000 --> 00:00:03,500\n客服：您好\n\n"
    >>> cues, _ = read_subtitles(first + "2\n00:00:04,000 --> 00:00:05,000\n请讲\n")
    >>> [(cue.label, cue.start, cue.text) for cue in cues]
    [('客服', 1.0, '您好'), ('客服', 4.0, '请讲')]
    """
    heads = list(_ARROW.finditer(text))
    bodies = _bodies(text, heads)
    plain = [_TAG.sub("", body).strip() for body in bodies]
    named = any(part.label for body in plain for part in split_transcript(body, "named"))
    grammar = find_grammar(["\n".join(plain)]) or ("named" if named else None)
    cues: list[Caption] = []
    rejects: list[Reject] = []
    speaker: str | None = None
    line, done = 1, 0
    for head, written, body in zip(heads, bodies, plain, strict=True):
        line, done = line + text.count("\n", done, head.start()), head.start()
        if not body:
            rejects.append(Reject(line, "文本为空", head[0][:RAW_LIMIT]))
            continue
        start, end = _seconds(head, 1), _seconds(head, 5)
        utterances: Iterable[tuple[str | None, str]] = [(None, body)]
        if _VOICE.search(written) is not None:
            utterances = _voices(written)
        elif grammar:
            utterances = ((part.label, part.text) for part in split_transcript(body, grammar))
        for label, words in utterances:
            speaker = label or speaker
            cues.append(Caption(speaker, start, end, words, line))
    return cues, rejects


def _bodies(text: str, heads: list[re.Match[str]]) -> list[str]:
    """Return what stands under each time, without the number of the next cue or (WebVTT) its name."""
    vtt = text.lstrip("\ufeff").startswith("WEBVTT")
    bodies = []
    for head, after in zip(heads, [*heads[1:], None][: len(heads)], strict=True):
        body = text[head.end() : after.start() if after is not None else len(text)]
        if vtt:
            body = _BLANK.split(body.lstrip("\n"), maxsplit=1)[0]
        bodies.append((_NUMBER.sub("", body) if after is not None else body).strip())
    return bodies


def _voices(body: str) -> Iterator[tuple[str | None, str]]:
    """Yield speaker and words of each voice tag of a cue; None for words before the first."""
    heads = list(_VOICE.finditer(body))
    before = _TAG.sub("", body[: heads[0].start()]).strip()
    if before:
        yield None, before
    for head, after in zip(heads, [*heads[1:], None][: len(heads)], strict=True):
        words = _TAG.sub("", body[head.end() : after.start() if after is not None else len(body)]).strip()
        if words:
            yield head[1].strip(), words
