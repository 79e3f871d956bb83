"""Cleaning steps for what pages leave behind: entities, tags, addresses."""

from __future__ import annotations

import re
from html.entities import html5

from csatext.text.steps.characters import BLANK, INVISIBLE
from csatext.text.steps.step import Step, pattern_step

__all__ = ["decode_entities", "remove_mentions", "remove_tags", "remove_urls", "replace_urls"]

_AMPERSAND = r"&(?:(?:amp|AMP|#0{0,5}38|#[xX]0{0,5}26);)*"
_UNCLOSED = "nbsp|lt|gt|amp|quot"
_NUMBER = r"#(?P<decimal>[0-9]{1,7});|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6});"
_ENTITY = (
    rf"{_AMPERSAND}(?:{_NUMBER}|(?P<name>[A-Za-z][A-Za-z0-9]{{1,31}});|(?P<open>{_UNCLOSED})(?![A-Za-z0-9;]))"
)
_HIDDEN = re.compile(f"[{INVISIBLE}]")
_BLANKS = re.compile(f"[{BLANK}]")

_TAGS = (
    "a|abbr|article|aside|b|big|blockquote|body|br|button|center|cite|code|dd|del|div|dl|dt|em|embed|fieldset"
    "|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|legend|li|link|main|meta"
    "|nav|noscript|object|ol|option|p|param|pre|q|s|script|section|select|small|source|span|strike|strong"
    "|style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|video|wbr"
)
_BARE = (
    "nowrap|disabled|checked|selected|readonly|hidden|noshade|controls|autoplay|loop|muted|multiple|required"
)
_QUOTED = r"""(?:"[^"<]{0,2000}+"|'[^'<]{0,2000}+'|[^<>"']){0,2000}+"""
_ATTRIBUTES = (
    rf"[{BLANK}]++(?:[A-Za-z_:@][A-Za-z0-9_:.@-]{{0,60}}+[{BLANK}]*+=|(?:{_BARE})(?![A-Za-z0-9]))"
    rf"(?:{_QUOTED}(?=>)|[^<>]{{0,2000}})"
)
_CUT_OFF = "br|div|span|img|font|strong|table|tbody|input|iframe|script|style|html|body|blockquote"
_CUT_ATTRIBUTES = rf"[{BLANK}]++[A-Za-z-]{{1,30}}+=[^<>\u3400-\u9fff]{{0,300}}"
_TAG = (
    rf"</?(?:{_TAGS}|[ovw]:[a-z]{{1,9}})(?:{_ATTRIBUTES})?[{BLANK}]*+/?[{BLANK}]*+>"
    rf"|<br(?=[\u3400-\u9fff])|</?(?:{_CUT_OFF})(?:{_CUT_ATTRIBUTES})?[{BLANK}]*+/?[{BLANK}]*+\Z"
)
"""A tag has no attributes or begins with one: ``a<b then c>d`` holds none. A value in quotes may hold ``>``.
A tag without its end is one at the end of the text, where it was cut off, without any Chinese in it; and
``<br`` before Chinese."""
_COMMENT = r"<!--[^<>]{0,2000}-->|<!DOCTYPE[^<>]{0,300}>"
_SCRIPT = r"<(?P<kind>script|style)(?:[^<>]{0,300})>[^<]{0,100000}</(?P=kind)>"


def _decoded(match: re.Match[str]) -> str | None:
    if match["name"] is not None:
        return html5.get(match["name"] + ";")
    if match["open"] is not None:
        return html5[match["open"] + ";"]
    code = int(match["decimal"]) if match["decimal"] else int(match["hexadecimal"], 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code)


def _printable(match: re.Match[str]) -> str | None:
    """Decode one entity; a blank becomes a space, a character that prints nothing goes."""
    char = _decoded(match)
    return char if char is None else _HIDDEN.sub("", _BLANKS.sub(" ", char))


decode_entities = pattern_step(
    "decode_entities",
    _ENTITY,
    _printable,
    trigger="&(?:#[0-9xX]|[A-Za-z])",
    repeats=True,
)
"""Decode HTML entities (``&hellip;``, ``&#183;``, ``&nbsp`` without a semicolon), escaped twice or more too.

The names are those of the HTML standard (``html.entities.html5``); others stay as they are.
"""

remove_tags = pattern_step(
    "remove_tags",
    rf"(?i:{_SCRIPT}|{_TAG}|{_COMMENT})",
    " ",
    trigger="<[A-Za-z/!]",
    repeats=True,
)
"""Put a space in the place of each HTML tag. Only names of HTML elements count: <很好> and <lift> stay."""

_LABEL = r"[0-9A-Za-z\u3400-\u9fff-]{1,60}+"
_HAN_DOMAIN = (
    rf"(?i:https?://)(?=[0-9A-Za-z.-]{{0,60}}[\u3400-\u9fff])(?:{_LABEL}\.){{1,6}}?"
    r"(?:中国|中國|公司|网络|網絡|网址|网店|商城|集团|我爱你|com|cn|net|org|hk|tw|top)(?![0-9A-Za-z])(?::[0-9]{1,5})?"
    r"(?:/(?:[!#-;=?-Z_a-z~]*[0-9A-Za-z/=_&#%-])?)?"
)
"""An address with a Chinese host name (RFC 5890); its path ends at the first Chinese character."""
_URL = rf"{_HAN_DOMAIN}|(?i:https?://|ftp://|www\.)[0-9A-Za-z][!#-;=?-Z_a-z~]*[0-9A-Za-z/=_&#%-]"


def replace_urls(replacement: str) -> Step:
    """Make a step that puts ``replacement`` in the place of every web address.

    Parameters
    ----------
    replacement : str
        For instance ``"[链接]"``.

    Returns
    -------
    Step

    Examples
    --------
    >>> replace_urls("[链接]")("请看http://example.com/a?b=1，谢谢")
    '请看[链接]，谢谢'
    """
    trigger = "(?i:https?://|ftp://|www\\.)"
    return pattern_step("replace_urls", _URL, replacement, trigger=trigger, repeats=True)


remove_urls = replace_urls(" ")
"""Put a space in the place of each web address; it ends at the first Chinese character or blank."""

remove_mentions = pattern_step(
    "remove_mentions",
    rf"(?<![0-9A-Za-z._-])(?:(?://|回复) ?)?@[\w-]{{1,30}}(?=[:：{BLANK}]|\Z)[:：]?",
    " ",
    trigger="@",
)
"""Put a space in the place of ``@name`` before a blank, a colon or the end. Not a default step: the name can
be the shop's, and a name without a blank after it cannot be separated from the sentence."""
