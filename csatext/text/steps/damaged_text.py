"""Cleaning steps for text that was damaged before it was read."""

from __future__ import annotations

import re

from csatext.text.offsets import Edit
from csatext.text.steps.repeated_bodies import (
    LEAST_BODY,
    LEAST_LINES,
    find_repeated_bodies,
    find_repeated_lines,
)
from csatext.text.steps.shifted_gbk import find_shifted_gbk
from csatext.text.steps.step import Step, pattern_step

__all__ = ["cut_repeated_bodies", "cut_repeated_lines", "remove_pinyin_notes", "repair_shifted_gbk"]


def _shifted_edits(text: str) -> list[Edit]:
    return [(span.start, span.end, span.repaired) for span in find_shifted_gbk(text)]


repair_shifted_gbk = Step(
    "repair_shifted_gbk",
    _shifted_edits,
    trigger=r"(?:[?？]{2}|\x{fffd})[^\x00-\x7f]",
    repeats=True,
)
"""Repair GBK text that lost one byte (REQUIREMENTS rows 2 and 3); see `find_shifted_gbk`.

Comes before every step that removes or changes characters: private-use and full-width ones carry bytes.
"""

_MARKED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_TONE = "[\u0304\u0301\u030c\u0300]"
_INITIAL = "(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
_SYLLABLE = (
    rf"{_INITIAL}[aeiouüv]{{0,2}}(?:[{_MARKED}]|[aeiouün]\u0308?{_TONE})[aeiouü]{{0,2}}(?:ng?|r)?"
    # Syllables without a tone, which readings give only for suffixes and particles.
    r"|(?<=們[(（])men|(?<=麼[(（])me|(?<=嗎[(（])ma|(?<=裡[(（])li|(?<=裏[(（])li|(?<=個[(（])ge"
    r"|(?<=頭[(（])tou|(?<=過[(（])guo|(?<=來[(（])lai|(?<=兒[(（])er?|(?<=著[(（])zhe|(?<=婦[(（])fu"
)

_PLAIN = rf"{_INITIAL}[aeiouüv]{{1,3}}(?:ng?|r)?"
_BREAK = "[ '’·-]"
_READING = re.compile(rf"(?i:(?:{_SYLLABLE}|{_PLAIN})(?:{_BREAK}(?:{_SYLLABLE}|{_PLAIN}))*)")
_JOINED = re.compile(f"(?i:(?:{_SYLLABLE})+)")
_TONED = re.compile(rf"(?i:[{_MARKED}]|{_TONE})")


def _note(match: re.Match[str]) -> str | None:
    """Return what replaces a note, None to keep it; a reading needs as many characters before, and tones."""
    reading = match["reading"]
    if reading is None:
        return ""
    reading = reading.strip()
    breaks, tones = len(re.findall(_BREAK, reading)), len(_TONED.findall(reading))
    n = breaks + 1 if breaks else tones
    before = match.string[max(match.start() - n, 0) : match.start()]
    fits = len(before) == n and all("\u3400" <= char <= "\u9fff" for char in before)
    shape = _READING if breaks else _JOINED
    return "" if fits and tones and shape.fullmatch(reading) else None


remove_pinyin_notes = pattern_step(
    "remove_pinyin_notes",
    rf"(?<=[\u3400-\u9fff])(?:(?:[(（](?:{_SYLLABLE})[)）])+"
    rf"|[(（](?P<reading>[a-zA-Zü{_MARKED}\u0300-\u030c '’·-]{{2,60}})[)）])",
    _note,
    trigger=rf"[\x{{3400}}-\x{{9fff}}][(（](?:[\x20a-zA-Zü]{{0,8}}[{_MARKED}\x{{300}}-\x{{30c}}]|[a-z]{{2,3}}[)）])",
    repeats=True,
)
"""Remove the reading that some sites print after a character, as in 統(tǒng)計 (REQUIREMENTS row 1).

A note is one syllable of Hanyu Pinyin with its tone mark (ISO 7098), or without one after a suffix that is
read so (們, 麼), in brackets after a Chinese character: 手机(app) and 客服(wifi) stay. The reading of a word,
客服(kè fú), is one where it has as many syllables as characters stand before it, and tone marks.
"""

cut_repeated_lines = Step(
    "cut_repeated_lines",
    find_repeated_lines,
    trigger=rf"(?s)[\r\n].{{{LEAST_LINES}}}",
    repeats=True,
)
"""Cut the further copies of a body of whole lines (REQUIREMENTS row 4), while there are line ends."""

cut_repeated_bodies = Step(
    "cut_repeated_bodies",
    find_repeated_bodies,
    min_length=2 * LEAST_BODY,
    repeats=True,
)
"""Cut the further copies of a body that was pasted twice or more (REQUIREMENTS row 4)."""
