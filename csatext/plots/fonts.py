"""The Chinese font a page carries, cut down to the characters it shows."""

from __future__ import annotations

import base64
import unicodedata
from importlib.resources import files

import uharfbuzz

__all__ = ["font_face", "missing_glyphs"]

_FAMILY = "csatext"
_UNSEEN = ("Mn", "Me", "Cf", "Sk")
"""Categories of characters that change the one before them: selectors, joiners, tones of skin."""


def font_face(text: str) -> str:
    """Return a CSS rule that embeds Noto Sans SC (SIL Open Font License) for the characters of ``text``.

    Without it a page shows empty boxes on machines that have no Chinese font. Characters that the
    font does not have are passed over.

    Parameters
    ----------
    text : str
        Everything the page shows.

    Examples
    --------
    >>> font_face("客服")[:36]
    '@font-face{font-family:"csatext";src'
    """
    data = _font()
    kept = uharfbuzz.SubsetInput()
    kept.sets(uharfbuzz.SubsetInputSets.UNICODE).set(
        {ord(character) for character in set(text) if ord(character) > 31}
    )
    # Vertical writing and stylistic forms: a report has no use for them.
    kept.sets(uharfbuzz.SubsetInputSets.LAYOUT_FEATURE_TAG).clear()
    font = uharfbuzz.subset(uharfbuzz.Face(data), kept).blob.data
    encoded = base64.b64encode(font).decode("ascii")
    return f'@font-face{{font-family:"{_FAMILY}";src:url(data:font/otf;base64,{encoded}) format("opentype")}}'


def missing_glyphs(text: str) -> dict[int, str]:
    """Return the characters that the font does not have, with words for each, for ``str.translate``.

    A page whose text is translated so shows no empty boxes.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> said = "谢谢🙏🏻，\U00010330"
    >>> said.translate(missing_glyphs(said))
    '谢谢[表情]，[U+10330]'
    """
    known = uharfbuzz.Face(_font()).unicodes
    return {ord(sign): _in_words(sign) for sign in set(text) if ord(sign) > 31 and ord(sign) not in known}


def _in_words(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in _UNSEEN:
        return ""
    return "[表情]" if category == "So" else f"[U+{ord(sign):04X}]"


def _font() -> bytes:
    return (files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf").read_bytes()
