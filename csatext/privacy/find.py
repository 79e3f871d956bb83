"""Personal data in Chinese text, written and spoken: where it stands and of what kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from csatext.errors import ParameterError
from csatext.privacy.context import TriggerWords
from csatext.privacy.kinds import KIND_NAMES, Found, Pii
from csatext.privacy.normalize import SPEAKER, fold, segments
from csatext.privacy.recognizers.addresses import addresses
from csatext.privacy.recognizers.codes import codes
from csatext.privacy.recognizers.names import names
from csatext.privacy.recognizers.numbers import numbers
from csatext.privacy.recognizers.spoken_digits import digit_extent

__all__ = ["find_pii"]

_SPEAKER = re.compile(SPEAKER)
_DEEPEST = 4
"""How often what is left is read again; one reading is enough but for odd input, and time stays linear."""


def check_text(text: object, column: str) -> str:
    """Return a text as it is; ``column`` names the function for whole columns."""
    if not isinstance(text, str):
        raise ParameterError.wrong_type("text", text, f"一段文本（str）；{column}")
    return text


def _settle(size: int, sources: Iterable[Iterable[Found]]) -> list[Found]:
    """Return the values sorted by place; of two that overlap the earlier given stays."""
    taken = bytearray(size)
    kept: list[Found] = []
    for value in chain.from_iterable(sources):
        if taken.find(1, value.start, value.end) < 0:
            taken[value.start : value.end] = b"\x01" * (value.end - value.start)
            kept.append(value)
    return sorted(kept)


def _detect(view: str) -> list[Found]:
    cues = TriggerWords(view)
    valued = _settle(len(view), [codes(view, cues), numbers(view, cues)])
    return _settle(len(view), [valued, addresses(view), names(view, cues, valued)])


def locate(text: str, kinds: frozenset[str]) -> list[Found]:
    """Return the values of the chosen kinds with their normalised form, in order.

    What is left between two values is read again as a text of its own, as it will be once the values are
    masked: a second redaction then finds nothing new.
    """
    view = fold(text)
    located: list[Found] = []
    waiting = [(start, end, 0) for start, end in segments(view)]
    while waiting:
        start, end, depth = waiting.pop()
        found = [value for value in _detect(view[start:end]) if value.kind in kinds]
        if found:
            placed = [v._replace(start=v.start + start, end=v.end + start) for v in found]
            placed = [part for value in placed for part in _by_speaker(view, value)]
            located.extend(placed)
            if depth < _DEEPEST:
                waiting.extend((left, right, depth + 1) for left, right in _between(start, end, placed))
    return sorted(located)


def _by_speaker(view: str, value: Found) -> Iterator[Found]:
    """Yield the parts of a value between which a transcript names a speaker."""
    start = value.start
    for label in _SPEAKER.finditer(view, value.start, value.end):
        extent = digit_extent(view, start, label.start())
        if extent is not None:
            yield value._replace(start=extent[0], end=extent[1])
        start = label.end()
    extent = digit_extent(view, start, value.end) if start > value.start else (start, value.end)
    if extent is not None:
        yield value._replace(start=extent[0], end=extent[1])


def _between(start: int, end: int, values: list[Found]) -> Iterator[tuple[int, int]]:
    for value in values:
        if value.start > start:
            yield start, value.start
        start = value.end
    if start < end:
        yield start, end


def find_pii(text: str) -> list[Pii]:
    """Find personal data in a text.

    Parameters
    ----------
    text : str
        Raw or cleaned; written and spoken forms, full width and Traditional characters are read.

    Returns
    -------
    list of Pii
        Sorted by place, not overlapping. A span covers the value itself, not the words that announce it:
        in 我叫张三 the name, in 张先生 the surname.

    Raises
    ------
    ParameterError
        ``text`` is no text; the value is not shown.

    Notes
    -----
    Check digits: GB 11643 (identity number), ISO/IEC 7812 (bank card), GB 32100 (credit code). Kinds
    without a check digit need their shape and context words (``lexicons/pii_context.tsv``).
    Numbers of companies (10086, 95588, 400 and 800 lines) are not personal.
    Time is linear in the length of the text.

    Examples
    --------
    >>> find_pii("我的手机是幺三八零零，幺三八零零零")
    [Pii(start=5, end=17, kind='mobile')]
    """
    read = check_text(text, "多轮对话请用 find_pii_turns")
    return [Pii(value.start, value.end, value.kind) for value in locate(read, KIND_NAMES)]
