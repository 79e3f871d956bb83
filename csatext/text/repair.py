"""Repairs of text that was damaged before it was read: pinyin notes, a body pasted twice."""

from __future__ import annotations

from csatext.text.steps import pattern_step

__all__ = ["remove_pinyin_notes"]

_MARKED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_SYLLABLE = rf"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?[aeiouüv]{{0,2}}[{_MARKED}][aeiouü]{{0,2}}(?:ng?|r)?"

remove_pinyin_notes = pattern_step(
    "remove_pinyin_notes",
    rf"(?<=[\u3400-\u9fff])(?:[(（]{_SYLLABLE}[)）])+",
    "",
    trigger=rf"[\x{{3400}}-\x{{9fff}}][(（][a-zü]{{0,4}}[{_MARKED}]",
    repeats=True,
)
"""Remove the reading that some sites print after a character: 統(tǒng)計 (REQUIREMENTS row 1)."""
