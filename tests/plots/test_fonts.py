import base64
import re
from io import BytesIO

from fontTools.ttLib import TTFont

from csatext.plots.fonts import font_face


def embedded(rule):
    data = re.search(r"base64,([A-Za-z0-9+/=]+)", rule).group(1)
    return TTFont(BytesIO(base64.b64decode(data)))


def test_the_font_has_the_characters_and_no_others():
    characters = set(embedded(font_face("客户投诉率 12.3%，Abc—·「」→")).getBestCmap())
    assert characters == {ord(c) for c in "客户投诉率 12.3%，Abc—·「」→"}


def test_characters_that_no_font_has_are_passed_over():
    assert set(embedded(font_face("客\x00\n😀\ue123")).getBestCmap()) == {ord("客")}


def test_same_text_same_bytes_and_small():
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 900))
    assert font_face(text) == font_face(text[::-1])
    assert len(font_face(text)) < 300_000


def test_outlines_are_there():
    font = embedded(font_face("服务"))
    glyphs = font.getGlyphSet()
    assert all(glyphs[name].width == 1000 for name in font.getBestCmap().values())
    assert "CFF " in font
