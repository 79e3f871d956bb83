"""Words around a value that tell its kind: found once per text, asked for by position."""

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

__all__ = ["DIRECT", "TriggerWord", "TriggerWords", "announcing", "words_of"]

_ABOUT_NAMES = ("name", "title")
_AFTER_SURNAMES = "office"  # some of these words announce a name too
_NO_CUE = "none"  # longer words in which a context word is none, such as 领导班子
_SILENT = frozenset(("title", "office", "other", _NO_CUE))
_REACH = 18
_REACH_OF_QUESTION = 40
_REACH_AFTER = 6
_STOP = re.compile(rf"[。！!？?；;\n\ufdd0{TEXT_END}]|[0-9]{{3}}")
_ANSWERED = re.compile(rf"\A[^{QUESTION_END}]*+{QUESTION_END}.*[0-9]{{5}}", re.DOTALL)
_LATIN = re.compile(r"[A-Za-z]")
_NONE_GIVEN = re.compile(r"不知道|忘|没有|找不到|没带|不记得|不见了|丢了|看不到|查不到|在哪")
DIRECT = (
    r"[\s:,，、.。=|#\"'“”‘’「」()\[\]【】是为叫的码号就应该写填嗯呃啊哦额那个您你记一下报给我说念听好吧呢哈]"
)
"""Characters that may stand between a context word and its value, as a class."""

_DIRECT = re.compile(f"(?:{SPEAKER}|{DIRECT}|同号|前[几三四]位|前面|开头)*")


class TriggerWord(NamedTuple):
    """A context word that stands before a value, and where it ends."""

    kind: str
    strong: bool
    direct: bool
    end: int


@cache
def _rows() -> list[dict[str, str]]:
    with lexicon_path("pii_context.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@cache
def _automaton() -> tuple[AhoCorasick, list[tuple[str, bool, bool]]]:
    rows = [row for row in _rows() if row["class"] != _AFTER_SURNAMES]
    meanings = [
        (row["class"], row["strength"] == "strong", _LATIN.search(row["word"]) is not None) for row in rows
    ]
    return AhoCorasick([row["word"] for row in rows], matchkind=MatchKind.LeftmostLongest), meanings


def announcing() -> list[str]:
    """Return the context words that announce a value of any kind.

    Examples
    --------
    >>> "微信号" in announcing(), "先生" in announcing()
    (True, False)
    """
    return [row["word"] for row in _rows() if row["class"] not in _SILENT]


def words_of(kind: str, *, strong: bool | None = None) -> list[str]:
    """Return the context words of one class, of one strength only where ``strong`` is given.

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


def _inside_latin_word(view: str, start: int, end: int) -> bool:
    """Whether a Latin context word is only a part of a longer one, such as id in android."""
    before, first, last, after = (
        view[max(0, start - 1) : start],
        view[start],
        view[end - 1],
        view[end : end + 1],
    )
    if view[start:end] == "id" and before in "?&":
        return True  # a parameter of a link
    return (_LATIN.match(first) is not None and _LATIN.match(before) is not None) or (
        _LATIN.match(last) is not None and _LATIN.match(after) is not None
    )


class TriggerWords:
    """The context words of one text.

    Parameters
    ----------
    view : str
        Folded text.
    """

    def __init__(self, view: str) -> None:
        automaton, meanings = _automaton()
        self._view = view
        self.names: list[tuple[int, int, str, bool]] = []
        """Start, end, kind and strength of the words that announce or follow a name."""
        self._found: list[tuple[int, int, str, bool]] = []
        for number, start, end in automaton.find_matches_as_indexes(view):
            kind, strong, latin = meanings[number]
            if kind == _NO_CUE or (latin and _inside_latin_word(view, start, end)):
                continue
            chosen = self.names if kind in _ABOUT_NAMES else self._found
            chosen.append((start, end, kind, strong))
        self._ends = [end for _, end, _, _ in self._found]
        self._starts = [start for start, _, _, _ in self._found]

    def before(self, position: int) -> TriggerWord | None:
        """Return the nearest context word before ``position``, or None.

        A word counts within 18 characters, not across the end of a sentence, another number or words
        that say the value is not given.
        """
        at = bisect_right(self._ends, position) - 1
        if at < 0:
            return None
        _, end, kind, strong = self._found[at]
        if position - end > _REACH_OF_QUESTION:
            return None
        gap = self._view[end:position]
        if TEXT_END in gap:
            return None
        asked = QUESTION_END in gap and _ANSWERED.search(gap) is None
        if _NONE_GIVEN.search(gap) is not None or (not asked and position - end > _REACH):
            return None
        direct = asked or _DIRECT.fullmatch(gap) is not None
        if not direct and _STOP.search(gap) is not None:
            return None
        return TriggerWord(kind, strong, direct, end)

    def near(self, start: int, end: int) -> bool:
        """Whether a context word stands in reach before a stretch, in it or right after it."""
        return bisect_right(self._starts, end + _REACH_AFTER) > bisect_left(
            self._ends, start - _REACH_OF_QUESTION
        )

    def any_near(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return, for each stretch, whether a context word is near it."""
        first = np.searchsorted(self._ends, starts - _REACH_OF_QUESTION)
        return np.searchsorted(self._starts, ends + _REACH_AFTER, side="right") > first

    def ends(self, kinds: frozenset[str]) -> Iterator[tuple[int, str]]:
        """Yield where each strong context word of these kinds ends, and its kind."""
        return ((end, kind) for _, end, kind, strong in self._found if strong and kind in kinds)

    def knows(self, kind: str) -> bool:
        """Whether the text has a context word of a kind."""
        return any(found == kind for _, _, found, _ in self._found)

    def between(self, start: int, end: int) -> bool:
        """Whether a context word stands between two positions."""
        at = bisect_right(self._ends, start)
        return at < len(self._ends) and self._ends[at] <= end

    def after(self, position: int, reach: int = _REACH_AFTER) -> TriggerWord | None:
        """Return the first context word that starts within ``reach`` characters after ``position``."""
        at = bisect_right(self._ends, position)
        if at == len(self._found):
            return None
        start, end, kind, strong = self._found[at]
        if start < position or start - position > reach:
            return None
        if _STOP.search(self._view[position:start]) is not None:
            return None
        return TriggerWord(kind, strong, direct=False, end=end)
