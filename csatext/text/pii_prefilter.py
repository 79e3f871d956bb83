"""One cheap pass over a column: which rows can hold personal data at all."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.text.pii_addresses import TOLD_ADDRESS
from csatext.text.pii_coarse import LINKS, coarse
from csatext.text.pii_context import DIRECT, words_of
from csatext.text.pii_name_shapes import surnames
from csatext.text.pii_runs import DIGITS
from csatext.text.pii_view import VARIANTS

__all__ = ["may_hold_pii"]

_FULL = 0xFEE0

_DIGIT = DIGITS
_NUMBER = f"[{_DIGIT}A-Za-z甲乙丙丁东西南北]{{1,6}}"
_UNIT = "(?:号|栋|幢|座|塔|单元|室|层|楼|弄|组|队|户|房|铺)"
_WAY_END = (
    "路街道巷同村屯庄坊弄条社寨沟堡堂营园区寓城苑庭府湾厦场心馆邸居里郡墅轩院学舍际家岛景期厂镇乡楼段侧Oo"
    "东西南北一二三四五六七八九十号"
)
_LATIN_NAME = "[A-Za-z][A-Za-z0-9_-]{3}"
_NICKNAMED = (f"(?:ACCOUNT){DIRECT}*{_LATIN_NAME}",)
_PLACED = (
    r"[栋幢座楼][\s,-]?[0-9]{3,4}",
    rf"[{_WAY_END}][\s,]?{_NUMBER}(?:[-之]{_NUMBER})?\s?{_UNIT}",
    rf"[{_WAY_END}][\s,]?[A-Za-z]?[0-9]{{1,4}}-[0-9]",
    rf"{_UNIT}[\s,-]?{_NUMBER}(?:[-之]{_NUMBER})?\s?(?:号楼|栋|幢|座|塔|单元|室|户|层|楼)",
    TOLD_ADDRESS,
)
_NUMBERED = ("phone", "order", "account", "tax", "passport", "id", "card")
_TOLD = ("TOLD",)
_NAMED = (f"(?:NAMED)[{LINKS}]*[SURNAME]",)


@cache
def _patterns() -> tuple[str, ...]:
    """Return the expressions; few enough states each for RE2 to keep its table (one for all does not)."""
    passes = ("|".join(parts) for parts in (_TOLD, _PLACED, _NAMED, _NICKNAMED))
    accounts = words_of("account")
    han = "".join(sorted({word[-1] for word in accounts if not word[-1].isascii()}))
    latin = "|".join(sorted(word for word in accounts if word[-1].isascii()))
    words = {
        "ACCOUNT": f"[{han}]|(?:{latin}){DIRECT}",
        "TOLD": "|".join(word for kind in _NUMBERED for word in words_of(kind)),
        "NAMED": "|".join(words_of("name")),
        "SURNAME": surnames(),
    }
    return tuple(_unfold(re.sub("|".join(words), lambda m: words[m.group()], p)) for p in passes)


_SPACES = (
    r"\s\x{0b}\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)
_PIECE = re.compile(
    r"(?P<copied>\\x\{[0-9a-f]+\}(?:-\\x\{[0-9a-f]+\})?|\{[0-9,]+\}|\(\?:)|(?P<open>\[\^?)|(?P<range>[0-9A-Za-z!:{]-[0-9A-Za-z/@~])|(?P<space>\\s)"
    r"|(?P<escaped>\\.(?:-`)?)|(?P<plain>.)",
    re.DOTALL,
)


def _unfold(pattern: str) -> str:
    """Return the pattern with each character also in its variants, as :func:`fold` would read them."""
    parts: list[str] = []
    inside = False
    for piece in _PIECE.finditer(pattern):
        text = piece.group()
        if piece["open"] is not None or text == "]":
            inside = text != "]"
            parts.append(text)
            continue
        if piece["space"] is not None:
            more = _SPACES
        elif piece["range"] is not None:
            more = f"{text}{chr(ord(text[0]) + _FULL)}-{chr(ord(text[2]) + _FULL)}"
        elif piece["copied"] is not None or (not inside and text in "()|?*+^$"):
            parts.append(text)
            continue
        else:
            more = ("\\-" if text == "-" else text) + VARIANTS.get(text.removeprefix("\\"), "")
        parts.append(more if inside else f"[{more}]")
    return "".join(parts)


def may_hold_pii(texts: pa.Array) -> pa.BooleanArray:
    """Return, per row, whether :func:`csatext.text.pii.find_pii` can find anything; False for null.

    Examples
    --------
    >>> may_hold_pii(pa.array(["物流很慢", "打13800138000", None])).to_pylist()
    [False, True, False]
    """
    texts = pc.fill_null(texts, "")
    likely = coarse(texts)
    possible = likely.certain
    told, placed, named, nicknamed = _patterns()
    for rows, pattern in (
        (likely.told, told),
        (likely.placed, placed),
        (likely.named, named),
        (likely.latin, nicknamed),
    ):
        at = np.flatnonzero(rows & ~possible)
        found = pc.match_substring_regex(texts.take(pa.array(at)), pattern=pattern)
        possible[at] = found.to_numpy(zero_copy_only=False)
    return pa.array(possible)
