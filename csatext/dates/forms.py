"""The forms of a date that need a pattern, in the order in which they are tried, each written once.

Forms of digits alone (``20260503``, epochs, serials of Excel) are in :mod:`csatext.dates.digits`.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FORMS", "MONTHS", "Form"]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""English months by their first three letters, in order."""
_MORNING = "上午|凌晨|早上|早晨|清晨|早间|早"
_LATER = "中午|正午|午间|下午|午后|傍晚|晚上|晚间|晚|夜里|夜间|夜晚|深夜|半夜|午夜"
_ZONE = r"(?P<zone>Z|z|(?:UTC|GMT)?(?P<sign>[+-])(?P<zh>\d{1,2})(?::?(?P<zm>\d{2}))?|UTC|GMT)?"
_AFTER_ZONE = r"(?:\s*\([^()]{1,20}\)|\[[A-Za-z_/]{1,40}\])?"
"""Names of zones behind the offset, as JavaScript and Java write them."""
_CLOCK = (
    rf"(?:\s*(?P<half>{_MORNING}|{_LATER}|[AaPp]\.?[Mm]\.?))?"
    r"\s*(?P<h>\d{1,2})\s*[:时時点點]\s*(?:(?P<mi>\d{1,2})\s*(?:[:分]\s*(?:(?P<s>\d{1,2})(?:[.,:](?P<f>\d{1,9}))?\s*秒?)?)?)?"
    r"(?:\s*(?P<after>[AaPp]\.?[Mm]\.?))?"
    rf"\s*{_ZONE}{_AFTER_ZONE}"
)
_DAY_NAME = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?"
_WEEKDAY = rf"(?:\s*\(?(?:(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|(?i:{_DAY_NAME}))\)?,?)?"
_TAIL = _WEEKDAY + r"(?:[Tt\s,_]*" + _CLOCK + r")?\s*$"
_DASH = r"\-–—−‐‑"
_AFTER_YEAR = rf"(?:\s*[{_DASH}/._,年]\s*|\s+)"
_AFTER_MONTH = rf"(?:\s*[{_DASH}/._,月]\s*|\s+)"
_MONTH_DAY = rf"(?P<m>\d{{1,2}}){_AFTER_MONTH}(?P<d>\d{{1,2}})\s*[日号號]?"
_SLASH = rf"\s*[{_DASH}/.]\s*"
_ENDINGS = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "t(?:ember)?", "ober", "ember", "ember")
_NAMES = "|".join(f"{month}(?:{end})?" for month, end in zip(MONTHS, _ENDINGS, strict=True))
_NAME = rf"(?i:(?P<mon>{_NAMES})\.?)"
_FIRST = rf"(?i:{_DAY_NAME},?\s*)?"
_BETWEEN = rf"[\s/.,{_DASH}]*"
_MINGUO = r"(?:中[华華])?民[国國]\s*(?:(?P<roc>\d{1,3})|元)"


_MODERN = (1900, 2099)
_MINGUO_ALONE = (2011, 2040)
"""Years taken for 100 to 129 of the Minguo era where nothing names it."""


class Form(NamedTuple):
    r"""A form of a date: its ``pattern``, the ``span`` it names if longer than a day, and its ``years``.

    Whether a text has a form depends on its shape alone, which is the text with every digit as 0: patterns
    ask for ``\d`` and never for single digits. Groups are runs of digits: ``y``, ``yy`` or ``roc`` (year in
    four digits, two digits, of the Minguo era), ``m``, ``d``; ``a``, ``b`` and ``c`` (numbers whose order the
    column tells); ``q`` (quarter), ``w`` and ``wd`` (ISO week and its day), ``hy`` (half of a year), ``h``,
    ``mi``, ``s``, ``f`` (time of day, with its fraction), ``zh`` and ``zm`` (zone); or words: ``mon``
    (English month), ``later`` (second half of a year), ``half`` and ``after`` (half of a day), ``zone`` and
    its ``sign``.
    """

    pattern: str
    span: str = ""
    years: tuple[int, int] = (1000, 9999)


FORMS = (
    # Days and times in figures.
    Form(rf"^(?P<y>\d{{4}}){_AFTER_YEAR}{_MONTH_DAY}" + _TAIL),
    Form(rf"^(?P<a>\d{{1,2}}){_SLASH}(?P<b>\d{{1,2}}){_SLASH}(?P<y>\d{{4}})" + _TAIL),
    Form(rf"^(?P<a>\d{{1,2}}){_SLASH}(?P<b>\d{{1,2}}){_SLASH}(?P<c>\d{{1,2}})" + _TAIL),
    Form(rf"^(?P<yy>\d{{2}})\s*年\s*{_MONTH_DAY}" + _TAIL),
    Form(rf"^(?P<roc>\d{{3}}){_AFTER_YEAR}{_MONTH_DAY}" + _TAIL, years=_MINGUO_ALONE),
    Form(rf"^{_MINGUO}{_AFTER_YEAR}{_MONTH_DAY}" + _TAIL),
    Form(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _TAIL, years=_MODERN),
    Form(
        r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})[Tt\s_-](?P<h>\d{2})(?P<mi>\d{2})(?:(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
        rf"\s*{_ZONE}$",
        years=_MODERN,
    ),
    Form(
        rf"^(?P<h>\d{{1,2}}):(?P<mi>\d{{2}})(?::(?P<s>\d{{2}}))?\s+(?P<y>\d{{4}}){_AFTER_YEAR}{_MONTH_DAY}\s*$"
    ),
    # Days and times with the English name of the month.
    Form(rf"^{_FIRST}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?{_BETWEEN}{_NAME}{_BETWEEN}(?P<y>\d{{4}}):?" + _TAIL),
    Form(rf"^{_FIRST}(?P<d>\d{{1,2}}){_BETWEEN}{_NAME}{_BETWEEN}(?P<yy>\d{{2}})" + _TAIL),
    Form(rf"^{_FIRST}{_NAME}{_BETWEEN}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,/.{_DASH}]+(?P<y>\d{{4}})" + _TAIL),
    # Java writes China Standard Time, which is the wall clock, as CST.
    Form(rf"^{_FIRST}{_NAME}\s+(?P<d>\d{{1,2}})\s+{_CLOCK}\s*(?:CST\s+)?(?P<y>\d{{4}})$"),
    Form(rf"^(?P<y>\d{{4}}){_BETWEEN}{_NAME}{_BETWEEN}(?P<d>\d{{1,2}})" + _TAIL),
    # Periods: years and their parts.
    Form(rf"^(?P<y>\d{{4}})\s*[{_DASH}/.年]\s*(?P<m>\d{{1,2}})\s*(?:月份?)?$", "M", _MODERN),
    Form(r"^(?P<yy>\d{2})\s*年\s*(?P<m>\d{1,2})\s*月份?$", "M", _MODERN),
    Form(r"^(?P<roc>\d{3})\s*年\s*(?P<m>\d{1,2})\s*月份?$", "M", _MINGUO_ALONE),
    Form(rf"^{_MINGUO}\s*年\s*(?P<m>\d{{1,2}})\s*月份?$", "M"),
    Form(rf"^{_NAME}[\s,/.{_DASH}]*(?P<y>\d{{4}})$", "M", _MODERN),
    Form(rf"^{_NAME}[\s/{_DASH}']+(?P<yy>\d{{2}})$", "M", _MODERN),
    Form(rf"^(?P<y>\d{{4}})[\s/{_DASH}]*{_NAME}$", "M", _MODERN),
    Form(r"^(?P<m>\d{1,2})\s*[/月-]\s*(?P<y>\d{4})\s*年?$", "M", _MODERN),
    Form(r"^(?P<y>\d{4})\s*-?[Ww](?P<w>\d{2})-?(?P<wd>\d)$"),
    Form(r"^(?P<y>\d{4})[-_/年\s]*[Ww][Kk]?\s*(?P<w>\d{1,2})\s*[周週]?$", "W", _MODERN),
    Form(r"^(?P<y>\d{4})[-_/年\s]*第?\s*(?P<w>\d{1,2})\s*[周週]$", "W", _MODERN),
    Form(r"^(?P<y>\d{4})[-_/年\s]*[Qq]\s*(?P<q>\d)\s*(?:季度?)?$", "Q", _MODERN),
    Form(r"^(?P<y>\d{4})[-_/年\s]*第?\s*(?P<q>\d)\s*季度?$", "Q", _MODERN),
    Form(r"^[Qq](?P<q>\d)\s*[-_/,]?\s*(?P<y>\d{4})\s*年?$", "Q", _MODERN),
    Form(r"^(?P<y>\d{4})\s*年?\s*[-_]?(?:(?P<first>上半年)|(?P<later>下半年)|[Hh](?P<hy>\d))$", "H", _MODERN),
    Form(r"^(?P<y>\d{4})\s*年度?$", "Y", _MODERN),
    Form(rf"^{_MINGUO}\s*年$", "Y"),
)
"""A form stands before those that would misread what it matches."""
