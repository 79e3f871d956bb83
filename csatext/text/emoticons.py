"""Platform emoticons in one written form: the name in square brackets."""

from __future__ import annotations

import re

from csatext.text.steps import pattern_step

__all__ = ["bracket_emoticons"]

_CODES = r"(?P<platform>#E-[a-z](?:\[数字x\]|[0-9]{1,3}))|(?P<wide>［(?P<inner>[\u3400-\u9fffA-Za-z]{1,6})］)"


def _bracketed(match: re.Match[str]) -> str:
    if match["platform"]:
        return "[表情]"
    return f"[{match['inner']}]"


bracket_emoticons = pattern_step(
    "bracket_emoticons",
    _CODES,
    _bracketed,
    trigger="#E-[a-z]|［",
)
"""Write emoticons of chat platforms as ``[name]``."""
