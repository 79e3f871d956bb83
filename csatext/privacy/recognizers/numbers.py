"""Values of digits only, written or spoken: telephone, identity, card, order and account numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from csatext.privacy.context import TriggerWord, TriggerWords
from csatext.privacy.kinds import Found
from csatext.privacy.normalize import QUESTION_END, TEXT_END, around
from csatext.privacy.recognizers.checksums import (
    is_barcode,
    is_card_like,
    is_id15,
    is_id18,
    is_landline,
    is_luhn,
    is_mobile,
    is_taiwan_landline,
    is_uscc,
    looks_like_id18,
)
from csatext.privacy.recognizers.context_values import CONTEXT_KINDS
from csatext.privacy.recognizers.digit_runs import BETWEEN, DIGITS, SHORTEST, runs
from csatext.privacy.recognizers.number_starts import LONGEST, starts
from csatext.privacy.recognizers.spoken_digits import Chunk, misheard_mobiles

__all__ = ["numbers"]

_ENOUGH = re.compile(f"[{DIGITS}](?:[{BETWEEN}A-Za-z]*[{DIGITS}]){{4}}")
_PARTED = re.compile(f"[{DIGITS}]{{4}}[^{QUESTION_END}{TEXT_END}]{{0,60}}?[{DIGITS}]{{4}}")
_MOBILE_LENGTH = 11
_MANY = 64
"""Number of digit chunks in a text above which searching for the starts of values first saves time."""
_IN_SERVICE = re.compile("1(?:[38]|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|9[0-35-9])")
"""Beginnings of mobile numbers that are given out (Telecommunications Network Numbering Plan, MIIT 2017)."""

_LEAST_DIGITS = (12, 8, 5)
"""Digits of the shortest order number after a trigger word: neither strong nor direct, one of both, both."""
_WHOLE_ORDER, _PART_OF_ORDER = 8, 10
_KINDS_BY_TRIGGER = {"phone": ("mobile", "landline"), "id": ("id_card",), "card": ("bank_card",)}
_LIGHT = re.compile(r"[ \t\-_.·/()\u200b-\u200f\ufeff\ufe0f\u20e3\ufdd0]{0,3}")
_NEW_TURN = re.compile("[\n\ufdd0]")
_UNIT = re.compile(
    r"(?:\.0{1,2})?\s?(?:[元块角万亿倍克斤吨米寸岁平]|多?(?:元|块)|人民币|RMB|rmb|%|[kK][gGmM]|公里|像素|[mMgG][bB]|mAh|mm|ml"
    r"|[条次件笔步粒](?:(?=[\u3400-\u9fff])(?!码)|$|[^\u3400-\u9fff])|个(?![人性税案号电手])|人(?:次|口|民币)|多?(?:美元|港币|港元|欧元|日元))"
)
_COUNTED = re.compile(
    r"(?:一共|总共|共|合计|共计|累计|总计|达到?|高达|多达|超过|突破|大约|约|将近|数量|人口|播放量?|点击量?|阅读量?|访问量|浏览量|销量|营业额|总额)"
    r"(?:已经|已)?[了有为是到计达:]?\s?$"
)
_COUNTED_WINDOW = 10
_MONEY = re.compile(r"[¥$€£]\s?$")
_PREFIX = re.compile(r"(?:tel|phone|mobile|mob|qq|vx|wx|no|id|v|q)[.:]?$", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-z_]")
_CHECK_X = re.compile(
    r"[\s,，、.嗯啊呃最后是一位个]{0,6}(?:大写的?|字母)?(?:[xX](?![A-Za-z0-9])|叉|埃克斯|艾克斯|爱克斯)"
)
_ALONE_BEFORE = re.compile(r"(?:.?[^0-9A-Za-z]|(?:[^0-9A-Za-z])?[A-Za-z])?", re.DOTALL)
_ALONE_AFTER = re.compile(r"(?:[^0-9A-Za-z]|[A-Za-z](?![0-9A-Za-z]))|$")
_LETTERS_AFTER = re.compile(r"[xX]|[eE]xt\.?[0-9]")
_FRACTION = re.compile(r"(?<![0-9.])-?[0-9]\.$")
_CARRIER = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,4}[\s-]?$")
_MOMENT = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?"
)
_ABROAD = re.compile(r"(?:00)?(?:852[2-9][0-9]{7}|853[268][0-9]{7}|8860?9[0-9]{8}|8860?[2-8][0-9]{7,8})")
_CODES_ABROAD = frozenset(("852", "853", "886", "00852", "00853", "00886"))
_TAIWAN_AREAS = frozenset(
    ("02", "03", "037", "04", "049", "05", "06", "07", "08", "089", "082", "0826", "0836")
)
_TAIWAN_MOBILE = re.compile("09[0-9]{8}")
PURPOSE = re.compile(
    r"查|单|发货|发出|出库|到哪|在哪|物流|快递|快件|包裹|退款|退货|退钱|到账|收到|没到|签收|派送|配送|取件|售后|退|取消|什么时候|啥时候|几时|能到|[买购订拍]的|下的|处理|付款|支付|催|寄|核实|进度|没动|更新|还没|揽收|看[一下看]|麻烦|帮我|投诉|催"
)
"""Context words of a number without a trigger word: an order or a parcel."""
_PURPOSE_WINDOW, _SENTENCE_WINDOW = 12, 40
_UNNAMED, _UNNAMED_WITH_PURPOSE = 12, 10
_HAN_WORD = re.compile(r"[\u3400-\u9fff]{2}")
_IN_LINK = frozenset("/=?&#.%_")
_MOBILE_PARTS = ([3, 4, 4], [7, 4], [3, 8], [3, 4, 2, 2], [3, 2, 2, 4])
_DAY = re.compile(r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]")
_PLUS = re.compile(r"[(（]?\+\s?$|\($")
_IN_BRACKETS = re.compile(r"\($")
_DIAL = re.compile(r"(?:打|拨|电|call|Call|tel|TEL)\s?$")
_CALLED = re.compile(r"\s?(?:[搵揾找]我|联系|回电|联络|俾我|给我|同我)")
_PAIR = 2
_HIGHEST_DRAWN = "35"
_LONGEST_AREA, _PART = 3, 3
"""Digits of an area code without its zero, and of the shortest first part of a number after it."""
_EXTENSION = re.compile(
    r"(?:-|\s?,?\s?(?:转\s?(?:分机号?)?|分机号?|[eE]xt\.?|#)[\s:是]{0,2})[0-9零一二三四五六七八九幺洞]{1,5}(?![0-9])"
)


def _is_phone_grouping(normalized: str, chunks: list[Chunk], trigger: TriggerWord | None) -> bool:
    """Whether written groups can be a telephone number, not dates, prices or lists of quantities."""
    if len(chunks) == 1 or any(chunk.spoken for chunk in chunks):
        return True
    if trigger is not None and trigger.kind == "phone" and trigger.direct:
        return True
    abroad = chunks[0].digits in ("86", "0086", *_CODES_ABROAD)
    if abroad:
        chunks = chunks[1:]
        if len(chunks) == 1 or any(chunk.spoken for chunk in chunks):
            return True
        if len(chunks[0].digits) <= _LONGEST_AREA and len(chunks[1].digits) >= _PART:
            chunks = chunks[1:]  # +886-2-2345-6789
    sizes = [len(chunk.digits) for chunk in chunks]
    light = all(
        _LIGHT.fullmatch(normalized, left.end, right.start) is not None for left, right in pairwise(chunks)
    )
    if not light:
        return sizes[0] >= 3 and max(sizes) >= 3 and sizes[1:] != [3, 3, 2]
    if max(sizes) <= 2:
        return not _is_list(chunks)
    return sizes[0] >= 3 - abroad and len(sizes) <= 5 and min(sizes[:-1], default=2) >= 2


def _is_list(chunks: list[Chunk]) -> bool:
    """Whether pairs of digits rise, or none is above the highest number of a lottery."""
    return all(len(c.digits) == _PAIR for c in chunks) and (
        all(left.digits < right.digits for left, right in pairwise(chunks))
        or all(c.digits <= _HIGHEST_DRAWN for c in chunks)
    )


def _subscriber(normalized: str, start: int, digits: str, after_phone_word: bool) -> tuple[str, str] | None:
    """Return kind and national number if the digits are a telephone number with its prefix, else None."""
    for prefix in ("", "0", "86", "0086"):
        rest = digits[len(prefix) :]
        if len(rest) == _MOBILE_LENGTH and digits.startswith(prefix) and is_mobile(rest):
            return "mobile", rest
    if digits[0] == "0" and is_landline(digits):
        return "landline", digits
    if _TAIWAN_MOBILE.fullmatch(digits) is not None:
        return "mobile", digits
    if not digits.startswith(("8", "008")):
        return None
    plus = _PLUS.search(normalized, max(0, start - 3), start) is not None
    for prefix in ("86", "0086"):
        if digits.startswith(prefix) and (plus or after_phone_word or prefix == "0086"):
            rest = digits.removeprefix(prefix)
            if is_landline("0" + rest.removeprefix("0")):
                return "landline", "0" + rest.removeprefix("0")
    if (plus or after_phone_word or digits.startswith("00")) and _ABROAD.fullmatch(digits) is not None:
        return "mobile", digits.removeprefix("00")
    return None


def _structural(
    normalized: str, chunks: list[Chunk], digits: str, trigger: TriggerWord | None
) -> tuple[str, str] | None:
    """Return kind and value of digits that determine their kind by shape, check digit or trigger word."""
    near = trigger.kind if trigger is not None else ""
    size = len(digits)
    dialled = size == 8 and digits[0] in "5679" and _CALLED.match(normalized, chunks[-1].end) is not None
    if dialled and _DIAL.search(normalized, max(0, chunks[0].start - 4), chunks[0].start) is not None:
        return "mobile", digits
    if size == _MOBILE_LENGTH and is_mobile(digits) and _is_phone_grouping(normalized, chunks, trigger):
        return "mobile", digits  # before all that asks for other lengths
    if size < _MOBILE_LENGTH - 2 and near != "phone":
        return None
    if size == 18 and (is_id18(digits) or (near == "id" and looks_like_id18(digits))):
        return "id_card", digits
    if (
        size == 18
        and len(chunks) == 1
        and is_uscc(digits)
        and (near == "tax" or trigger is None or not trigger.direct or near not in ("order", "other"))
    ):
        return "uscc", digits
    if (
        size == 17
        and _CHECK_X.match(normalized, chunks[-1].end) is not None
        and looks_like_id18(digits + "X")
    ):
        return "id_card", digits + "X"
    ordered = near == "order" and trigger is not None and trigger.direct
    if is_card_like(digits) and not ordered and (is_luhn(digits) or near == "card"):
        return "bank_card", digits
    if size == 15 and is_id15(digits) and near in ("", "id", "phone"):
        return "id_card", digits
    if 10 <= size <= 16:
        abroad = len(chunks) > 1 and chunks[0].digits in _CODES_ABROAD
        found = _subscriber(normalized, chunks[0].start, digits, near == "phone" or abroad)
        if found is not None and _is_phone_grouping(normalized, chunks, trigger):
            return found
    after_phone_word = near == "phone" and trigger is not None and trigger.direct
    if digits[0] == "0" and size <= _MOBILE_LENGTH - 1 and is_taiwan_landline(digits):
        bracket = _IN_BRACKETS.search(normalized, max(0, chunks[0].start - 1), chunks[0].start) is not None
        parted = len(chunks) in (2, 3) and chunks[0].digits in _TAIWAN_AREAS and len(chunks[-1].digits) >= 4
        if after_phone_word or (parted and (bracket or normalized[chunks[0].end] == "-")):
            return "landline", digits
    if after_phone_word and (size == 8 or size == 7) and digits[0] in "2345678":
        return "landline", digits
    if after_phone_word and size == 8 and digits[0] == "9":
        return "mobile", digits
    return None


def _unnamed(normalized: str, chunks: list[Chunk], digits: str) -> tuple[str, str] | None:
    """Return kind and value of a long number in a sentence without a trigger word: an order number."""
    start, end, size = chunks[0].start, chunks[-1].end, len(digits)
    if (
        len(chunks) > 1
        or not _UNNAMED_WITH_PURPOSE <= size <= LONGEST
        or normalized[start - 1 : start] in _IN_LINK
    ):
        return None
    if _MOMENT.fullmatch(digits) is not None or (is_barcode(digits) and digits[0] in "69"):
        return None
    if size < _UNNAMED and not any(map(PURPOSE.search, around(normalized, start, end, _PURPOSE_WINDOW))):
        return None
    in_sentence = any(map(_HAN_WORD.search, around(normalized, start, end, _SENTENCE_WINDOW)))
    return ("order", digits) if in_sentence and len(set(digits)) > 2 else None


def _contextual(
    digits: str, trigger: TriggerWord | None, after: TriggerWord | None
) -> tuple[str, str] | None:
    """Return kind and value of digits that only their context words make personal."""
    size = len(digits)
    if trigger is not None and size <= LONGEST:
        least = _LEAST_DIGITS[trigger.strong + trigger.direct]
        if trigger.kind == "order" and size >= least and (trigger.strong or _DAY.fullmatch(digits) is None):
            return "order", digits
        if (
            trigger.kind == "account"
            and size <= 20
            and (trigger.strong or trigger.direct)
            and size >= min(least, 6)
        ):
            return "account", digits
        if trigger.kind == "tax" and size in (15, 18, 20):
            return "uscc", digits
        if trigger.kind == "passport" and 8 <= size <= 10:
            return "passport", digits
        if trigger.kind == "id" and size in (15, 17, 18):
            return "id_card", digits
        if trigger.kind == "phone" and trigger.direct and size == _MOBILE_LENGTH:
            return ("landline" if digits[0] == "0" else "mobile"), digits
        if trigger.kind in ("card", "account") and 12 <= size <= 19:
            return "bank_card", digits
    if after is not None and 8 <= size <= LONGEST and after.kind in ("order", "account") and after.strong:
        return after.kind, digits
    return None


def _stands_out(normalized: str, chunks: list[Chunk], kind: str, trigger: TriggerWord | None) -> bool:
    """Whether digits next to letters are a mobile number: after a trigger word, or next to one letter."""
    if kind != "mobile":
        return False
    if trigger is not None and trigger.kind == "phone":
        return True
    start, end = chunks[0].start, chunks[-1].end
    return (
        len(chunks) == 1
        and len(chunks[0].digits) == _MOBILE_LENGTH
        and not (trigger is not None and (trigger.kind == "other" or trigger.kind in CONTEXT_KINDS))
        and _ALONE_BEFORE.fullmatch(normalized[max(0, start - 2) : start]) is not None
        and _ALONE_AFTER.match(normalized[end : end + 2]) is not None
    )


def _refused(normalized: str, chunks: list[Chunk], kind: str, trigger: TriggerWord | None) -> bool:
    """Whether the context of the digits shows that they are an amount or part of a code."""
    start, end = chunks[0].start, chunks[-1].end
    if trigger is not None and (trigger.kind == "other" or trigger.kind in CONTEXT_KINDS) and trigger.direct:
        # to the other speaker's question any number may be the answer
        return QUESTION_END not in normalized[trigger.end : start]
    phone = trigger is not None and trigger.kind == "phone" and trigger.direct
    if (
        not phone
        and kind != "id_card"
        and _COUNTED.search(normalized, max(0, start - _COUNTED_WINDOW), start)
    ):
        return True
    if (
        _UNIT.match(normalized, end) is not None
        or _MONEY.search(normalized, max(0, start - 3), start) is not None
    ):
        return True
    if _stands_out(normalized, chunks, kind, trigger):
        return False
    if _LETTER.match(normalized, end) is not None and _LETTERS_AFTER.match(normalized, end) is None:
        return True
    before = normalized[max(0, start - 7) : start]
    if "." in before[-2:] and _FRACTION.search(before) is not None:
        return True
    return (
        _LETTER.match(before[-1:]) is not None
        and _PREFIX.search(before) is None
        and not (trigger is not None and trigger.kind == "order" and _CARRIER.search(before) is not None)
    )


def _extent(normalized: str, chunks: list[Chunk], kind: str) -> tuple[int, int]:
    """Return the value's characters: with the country prefix's sign, extension and check letter."""
    start, end = chunks[0].start, chunks[-1].end
    if kind in ("mobile", "landline"):
        plus = _PLUS.search(normalized, max(0, start - 3), start)
        if plus is not None and ("+" in plus.group() or ")" in normalized[start:end]):
            start = plus.start()
        extension = _EXTENSION.match(normalized, end) if kind == "landline" else None
        end = extension.end() if extension is not None else end
    elif kind == "id_card":
        check = _CHECK_X.match(normalized, end)
        end = check.end() if check is not None else end
    elif kind == "order":
        carrier = _CARRIER.search(normalized, max(0, start - 5), start)
        start = carrier.start() if carrier is not None else start
    return start, end


def _best(
    normalized: str, run: list[Chunk], at: int, triggers: TriggerWords, apart: frozenset[int]
) -> tuple[int, Found] | None:
    """Return the longest value that starts with chunk ``at``, and the chunk after it.

    A value continues across words other than fillers only where a trigger word gives its kind and its
    shape fits.
    """
    start = run[at].start
    trigger = triggers.before(start)
    best: tuple[int, Found] | None = None
    digits = ""
    whole = True
    furthest = run[min(at + LONGEST, len(run) - 1)].end
    worded = trigger is not None or triggers.near(start, furthest)
    strong_order = (
        trigger is not None
        and trigger.kind == "order"
        and trigger.strong
        and (trigger.direct or _CARRIER.search(normalized, max(0, start - 5), start) is not None)
    )
    expected: tuple[str, ...] | None = None
    for last in range(at, len(run)):
        if last > at and last in apart:
            expected = (
                _KINDS_BY_TRIGGER.get(trigger.kind)
                if trigger is not None and trigger.direct and best is None
                else None
            )
            goes_on = best is None and _goes_on(normalized, run, at, last, trigger)
            if goes_on:
                expected = ("mobile",)
            elif expected is None or len(run[last].digits) == 1 or triggers.between(start, run[last].start):
                break
        whole = whole and (last == at or not worded or _continues(normalized, run, last, len(digits)))
        digits += run[last].digits
        if len(digits) > LONGEST:
            break
        if len(digits) < SHORTEST:
            continue
        chunks = run[at : last + 1]
        named = None if strong_order else _structural(normalized, chunks, digits, trigger)
        proved = named is not None
        if expected is not None and (named is None or named[0] not in expected):
            continue
        if named is None and worded and (best is None or best[1].kind in ("order", "account")):
            after = triggers.after(run[last].end) if trigger is None else None
            named = _contextual(digits, trigger, after)
        asked = trigger is not None and QUESTION_END in normalized[trigger.end : start]
        if named is None and best is None and (trigger is None or not trigger.direct or asked):
            named = _unnamed(normalized, chunks, digits)
        if named is None or (not proved and best is not None and not whole):
            continue
        if _refused(normalized, chunks, named[0], trigger):
            continue
        start_of_value, end = _extent(normalized, chunks, named[0])
        best = last + 1, Found(start_of_value, end, *named)
    return best


def _goes_on(normalized: str, run: list[Chunk], at: int, last: int, trigger: TriggerWord | None) -> bool:
    """Whether a mobile number continues after words that name neither a unit nor another value."""
    if trigger is not None and trigger.direct and trigger.kind != "phone":
        return False
    sizes = [len(chunk.digits) for chunk in run[at : at + 4]]
    whole = any(sizes[: len(parts)] == parts for parts in _MOBILE_PARTS)
    head = run[at].digits
    return (
        whole and _IN_SERVICE.match(head) is not None and _UNIT.match(normalized, run[last - 1].end) is None
    )


def _continues(normalized: str, run: list[Chunk], last: int, so_far: int) -> bool:
    """Whether chunk ``last`` can belong to the order or account number of ``so_far`` digits before it."""
    chunk, before = run[last], run[last - 1]
    new_turn = _NEW_TURN.search(normalized, before.end, chunk.start) is not None
    of_its_own = is_mobile(chunk.digits) or is_landline(chunk.digits) or is_id18(chunk.digits)
    another = so_far >= _WHOLE_ORDER and _IN_SERVICE.match(chunk.digits) is not None
    if new_turn and so_far < _PART_OF_ORDER and not (of_its_own and another):
        return True
    if of_its_own:
        return False
    spoken = chunk.spoken and before.spoken
    return spoken or new_turn or _LIGHT.fullmatch(normalized, before.end, chunk.start) is not None


def numbers(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    """Yield the values of digits in a normalized text, in order; misheard mobile numbers come last."""
    yield from _written(normalized, triggers)
    for start, end, value in misheard_mobiles(normalized):
        yield Found(start, end, "mobile", value)


def _written(normalized: str, triggers: TriggerWords) -> Iterator[Found]:
    if _ENOUGH.search(normalized) is None and _PARTED.search(normalized) is None:
        return
    every = list(runs(normalized))
    many = sum(len(run.chunks) for run in every) > _MANY
    chosen = starts(normalized, every, triggers) if many else [range(len(run.chunks)) for run in every]
    for (run, apart), possible in zip(every, chosen, strict=True):
        free = 0
        for at in possible:
            found = _best(normalized, run, at, triggers, apart) if at >= free else None
            if found is not None:
                free = found[0]
                yield found[1]
