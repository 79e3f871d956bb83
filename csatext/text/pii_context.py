"""Words around a value that tell its kind: found once per text, asked for by position."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from csatext.lexicon import lexicon_path
from csatext.text.pii_view import QUESTION_END

__all__ = ["Cue", "Cues"]

_REACH = 18
_REACH_OF_QUESTION = 40
_STOP = re.compile(r"[。！!？?；;\n\x1f]|[0-9]{3}")
_NONE_GIVEN = re.compile(r"不知道|忘|没有|找不到|没带|不记得|不见了|丢了|看不到|查不到|在哪")
_DIRECT = re.compile(
    r"[\s:,，、.。=#\"'“”‘’「」(（\[【是为叫的码号就应该写填嗯呃啊哦额那个您你记一下报给我说念听好]*"
)


class Cue(NamedTuple):
    """A context word that stands before a value."""

    kind: str
    strong: bool
    direct: bool


@cache
def _words() -> tuple[AhoCorasick, list[tuple[str, bool]]]:
    with lexicon_path("pii_context.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    words = [row["word"] for row in rows]
    meanings = [(row["class"], row["strength"] == "strong") for row in rows]
    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest), meanings


class Cues:
    """The context words of one text.

    Parameters
    ----------
    view : str
        Folded text.
    """

    def __init__(self, view: str) -> None:
        automaton, meanings = _words()
        self._view = view
        self._found = automaton.find_matches_as_indexes(view)
        self._ends = [end for _, _, end in self._found]
        self._meanings = meanings

    def before(self, position: int) -> Cue | None:
        """Return the nearest context word before ``position``, or None.

        A word counts within 18 characters, not across the end of a sentence, another number or words
        that say the value is not given.
        """
        at = bisect_right(self._ends, position) - 1
        if at < 0:
            return None
        number, _, end = self._found[at]
        if position - end > _REACH_OF_QUESTION:
            return None
        gap = self._view[end:position]
        asked = QUESTION_END in gap
        if _NONE_GIVEN.search(gap) is not None or (not asked and position - end > _REACH):
            return None
        direct = asked or _DIRECT.fullmatch(gap) is not None
        if not direct and _STOP.search(gap) is not None:
            return None
        kind, strong = self._meanings[number]
        return Cue(kind, strong, direct)

    def after(self, position: int, reach: int = 6) -> Cue | None:
        """Return the first context word that starts within ``reach`` characters after ``position``."""
        at = bisect_right(self._ends, position)
        if at == len(self._found):
            return None
        number, start, _ = self._found[at]
        if start < position or start - position > reach:
            return None
        if _STOP.search(self._view[position:start]) is not None:
            return None
        kind, strong = self._meanings[number]
        return Cue(kind, strong, direct=False)
