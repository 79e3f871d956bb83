"""Cleaning steps for text that was damaged before it was read."""

from __future__ import annotations

from csatext.text.doubled_body import LEAST_BODY, find_repeated_bodies
from csatext.text.gbk_shift import find_shifted_gbk
from csatext.text.offsets import Edit
from csatext.text.steps import Step, pattern_step

__all__ = ["cut_repeated_bodies", "remove_pinyin_notes", "repair_shifted_gbk"]


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

remove_pinyin_notes = pattern_step(
    "remove_pinyin_notes",
    rf"(?<=[\u3400-\u9fff])(?:[(（](?:{_SYLLABLE})[)）])+",
    "",
    trigger=rf"[\x{{3400}}-\x{{9fff}}][(（](?:[a-zü]{{0,4}}[{_MARKED}\x{{300}}-\x{{30c}}]|[a-z]{{2,3}}[)）])",
    repeats=True,
)
"""Remove the reading that some sites print after a character, as in 統(tǒng)計 (REQUIREMENTS row 1).

A note is one syllable of Hanyu Pinyin with its tone mark (ISO 7098), or without one after a suffix that is
read so (們, 麼), in brackets after a Chinese character: 手机(app) and 客服(wifi) stay.
"""

cut_repeated_bodies = Step(
    "cut_repeated_bodies",
    find_repeated_bodies,
    min_length=2 * LEAST_BODY,
    repeats=True,
)
"""Cut the further copies of a body that was pasted twice or more (REQUIREMENTS row 4)."""
