"""Trigger words: context words that determine the kind of a value; matched once, queried by position."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, MatchKind

from csatext.lexicon import lexicon_path
from csatext.privacy.normalize import QUESTION_END, SPEAKER, TEXT_END

__all__ = ["DIRECT", "TriggerWord", "TriggerWords", "value_trigger_words", "words_of"]

_ABOUT_NAMES = ("name", "title")
_AFTER_SURNAMES = "office"  # some of these are trigger words of names too
_NO_TRIGGER = "none"  # longer words that contain a trigger word without being one, such as 领导班子
_SILENT = frozenset(("title", "office", "other", _NO_TRIGGER))
_CONTEXT_WINDOW = 18
_QUESTION_WINDOW = 40
_WINDOW_AFTER = 6
_STOP = re.compile(rf"[。！!？?；;\n\ufdd0{TEXT_END}]|[0-9]{{3}}")
_ANSWERED = re.compile(rf"\A[^{QUESTION_END}]*+{QUESTION_END}.*[0-9]{{5}}", re.DOTALL)
_LATIN = re.compile(r"[A-Za-z]")
_NONE_GIVEN = re.compile(r"不知道|忘|没有|找不到|没带|不记得|不见了|丢了|看不到|查不到|在哪")
DIRECT = (
    r"[\s:,，、.。=|#\"'“”‘’「」()\[\]【】是为叫的码号就应该写填嗯呃啊哦额那个您你记一下报给我说念听好吧呢哈]"
)
"""Characters that may stand between a trigger word and its value, as a character class."""

_DIRECT = re.compile(f"(?:{SPEAKER}|{DIRECT}|同号|前[几三四]位|前面|开头)*")


class TriggerWord(NamedTuple):
    """A trigger word before a value: the kind it determines, how reliable it is, and where it ends."""

    kind: str
    strong: bool
    direct: bool
    end: int


@cache
def _rows() -> list[dict[str, str]]:
    with lexicon_path("pii_context.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@cache
def _automaton() -> tuple[AhoCorasick, list[tuple[str, bool, bool, bool]]]:
    """Return what finds the words, and of each its kind, whether strong, about names, with Latin letters."""
    rows = [row for row in _rows() if row["class"] != _AFTER_SURNAMES]
    meanings = [
        (
            row["class"],
            row["strength"] == "strong",
            row["class"] in _ABOUT_NAMES,
            _LATIN.search(row["word"]) is not None,
        )
        for row in rows
    ]
    return AhoCorasick([row["word"] for row in rows], matchkind=MatchKind.LeftmostLongest), meanings


def value_trigger_words() -> list[str]:
    """Return the trigger words of values of every kind.

    Examples
    --------
    >>> "微信号" in value_trigger_words(), "先生" in value_trigger_words()
    (True, False)
    """
    return [row["word"] for row in _rows() if row["class"] not in _SILENT]


def words_of(kind: str, *, strong: bool | None = None) -> list[str]:
    """Return the trigger words of one class; where ``strong`` is given, only the strong or the weak ones.

    Examples
    --------
    >>> "微信号" in words_of("account")
    True
    """
    return [
        row["word"]
        for row in _rows()
        if row["class"] == kind and strong in (None, row["strength"] == "strong")
    ]


def _inside_latin_word(normalized: str, start: int, end: int) -> bool:
    """Whether a Latin trigger word is only part of a longer word, such as id in android."""
    before, first, last, after = (
        normalized[max(0, start - 1) : start],
        normalized[start],
        normalized[end - 1],
        normalized[end : end + 1],
    )
    if normalized[start:end] == "id" and before in "?&":
        return True  # a parameter of a link
    return (_LATIN.match(first) is not None and _LATIN.match(before) is not None) or (
        _LATIN.match(last) is not None and _LATIN.match(after) is not None
    )


class TriggerWords:
    """The trigger words of one text.

    Parameters
    ----------
    normalized : str
        Normalized text.
    """

    def __init__(self, normalized: str) -> None:
        automaton, meanings = _automaton()
        self._normalized = normalized
        self.names: list[tuple[int, int, str, bool]] = []
        """Start, end, kind and whether it is strong, for the trigger words before and after names."""
        self._found: list[tuple[int, int, str, bool]] = []
        for number, start, end in automaton.find_matches_as_indexes(normalized):
            kind, strong, about_names, latin = meanings[number]
            if latin and _inside_latin_word(normalized, start, end):
                continue
            if about_names:
                self.names.append((start, end, kind, strong))
            elif kind != _NO_TRIGGER:
                self._found.append((start, end, kind, strong))
        self._ends = [end for _, end, _, _ in self._found]
        self._starts = [start for start, _, _, _ in self._found]

    def before(self, position: int) -> TriggerWord | None:
        """Return the nearest trigger word before ``position``, or None.

        The context window is 18 characters. It ends at the end of a sentence, at another number and at
        words that say that the value is not given.
        """
        at = bisect_right(self._ends, position) - 1
        if at < 0:
            return None
        _, end, kind, strong = self._found[at]
        if position - end > _QUESTION_WINDOW:
            return None
        gap = self._normalized[end:position]
        if not gap:
            return TriggerWord(kind, strong, True, end)
        if TEXT_END in gap:
            return None
        asked = QUESTION_END in gap and _ANSWERED.search(gap) is None
        if _NONE_GIVEN.search(gap) is not None or (not asked and position - end > _CONTEXT_WINDOW):
            return None
        direct = asked or _DIRECT.fullmatch(gap) is not None
        if not direct and _STOP.search(gap) is not None:
            return None
        return TriggerWord(kind, strong, direct, end)

    def near(self, start: int, end: int) -> bool:
        """Whether a trigger word stands in the context window before a span, in it or right after it."""
        return bisect_right(self._starts, end + _WINDOW_AFTER) > bisect_left(
            self._ends, start - _QUESTION_WINDOW
        )

    def any_near(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return, for each span, whether a trigger word is near it."""
        first = np.searchsorted(self._ends, starts - _QUESTION_WINDOW)
        return np.searchsorted(self._starts, ends + _WINDOW_AFTER, side="right") > first

    def ends(self, kinds: frozenset[str]) -> Iterator[tuple[int, str]]:
        """Yield the end and the kind of each strong trigger word of these kinds."""
        return ((end, kind) for _, end, kind, strong in self._found if strong and kind in kinds)

    def texts(self, kind: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each of the joined texts that contains a trigger word of a kind."""
        end = 0
        for start, _, found, _ in self._found:
            if found == kind and start >= end:
                first = max(end, self._normalized.rfind(TEXT_END, end, start) + 1)
                end = self._normalized.find(TEXT_END, start)
                end = end if end >= 0 else len(self._normalized)
                yield first, end

    def between(self, start: int, end: int) -> bool:
        """Whether a trigger word stands between two positions."""
        at = bisect_right(self._ends, start)
        return at < len(self._ends) and self._ends[at] <= end

    def after(self, position: int, window: int = _WINDOW_AFTER) -> TriggerWord | None:
        """Return the first trigger word that starts within ``window`` characters after ``position``."""
        at = bisect_right(self._ends, position)
        if at == len(self._found):
            return None
        start, end, kind, strong = self._found[at]
        if start < position or start - position > window:
            return None
        if _STOP.search(self._normalized[position:start]) is not None:
            return None
        return TriggerWord(kind, strong, direct=False, end=end)
