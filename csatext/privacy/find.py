"""Personal data in Chinese text, written and spoken: spans and kinds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from csatext.errors import ParameterError
from csatext.privacy.context import TriggerWords
from csatext.privacy.kinds import KIND_NAMES, MASK, Found, Pii
from csatext.privacy.normalize import SPEAKER, TEXT_END, normalize, segments
from csatext.privacy.prefilter.candidate_rows import Sources, coarse
from csatext.privacy.recognizers.addresses import addresses
from csatext.privacy.recognizers.codes import codes
from csatext.privacy.recognizers.names import names, names_near_numbers
from csatext.privacy.recognizers.numbers import numbers
from csatext.privacy.recognizers.spoken_digits import digit_extent

__all__ = ["find_pii"]

_SPEAKER = re.compile(SPEAKER)
_JOINED = 100_000
"""Characters that a recognizer reads at a time: chosen, to bound memory."""
_DEEPEST = 4
"""Passes over the text left between values; one suffices but for odd input, and time stays linear."""


def check_text(text: object, column: str) -> str:
    """Return a text as it is; ``column`` names the function for whole columns."""
    if not isinstance(text, str):
        raise ParameterError.wrong_type("text", text, f"一段文本（str）；{column}")
    return text


def _settle(size: int, sources: Iterable[Iterable[Found]]) -> list[Found]:
    """Return the values sorted by place; of two that overlap, the one yielded first stays."""
    values = [*chain.from_iterable(sources)]
    if len(values) <= 1:
        return values
    taken = bytearray(size)
    kept: list[Found] = []
    for value in values:
        if taken.find(1, value.start, value.end) < 0:
            taken[value.start : value.end] = b"\x01" * (value.end - value.start)
            kept.append(value)
    return sorted(kept)


def _detect(normalized: str) -> list[Found]:
    triggers = TriggerWords(normalized)
    valued = _settle(len(normalized), [codes(normalized, triggers), numbers(normalized, triggers)])
    return _settle(
        len(normalized),
        [valued, addresses(normalized), names(normalized, triggers), names_near_numbers(normalized, valued)],
    )


def _detect_many(normalized_texts: list[str], sources: list[Sources]) -> list[list[Found]]:
    """Return for each text what :func:`_detect` returns; each recognizer reads its texts together."""
    valued = [
        _settle(len(normalized), (coded, numbered))
        for normalized, coded, numbered in zip(
            normalized_texts,
            _read(normalized_texts, [one.coded for one in sources], codes),
            _read(normalized_texts, [one.numbered for one in sources], numbers),
            strict=True,
        )
    ]
    placed = _read(
        normalized_texts, [one.placed for one in sources], lambda normalized, _: addresses(normalized)
    )
    named = _read(normalized_texts, [one.named for one in sources], names)
    return [
        _settle(len(normalized), (value, place, name, names_near_numbers(normalized, value)))
        if place or name or value
        else value
        for normalized, value, place, name in zip(normalized_texts, valued, placed, named, strict=True)
    ]


def _read(
    normalized_texts: list[str], chosen: list[bool], source: Callable[[str, TriggerWords], Iterable[Found]]
) -> list[list[Found]]:
    """Return the values that a recognizer finds in each of the chosen texts, which it reads joined."""
    found: list[list[Found]] = [[] for _ in normalized_texts]
    waiting = [at for at, wanted in enumerate(chosen) if wanted]
    while waiting:
        sizes = np.cumsum([len(normalized_texts[at]) + 1 for at in waiting])
        count = max(1, int(np.searchsorted(sizes, _JOINED)))
        batch, waiting = waiting[:count], waiting[count:]
        joined = TEXT_END.join(normalized_texts[at] for at in batch)
        starts = [0, *sizes[: count - 1].tolist()]
        for value in source(joined, TriggerWords(joined)):
            at = bisect_right(starts, value.start) - 1
            found[batch[at]].append(_moved(value, -starts[at]))
    return found


def _moved(value: Found, by: int) -> Found:
    start, end, kind, plain = value
    return Found(start + by, end + by, kind, plain)


def locate(text: str, kinds: frozenset[str]) -> list[Found]:
    """Return the values of the chosen kinds with their normalized form, in order.

    What is left between two values is read again as a text of its own, as it will be once the values are
    masked: a second redaction then finds nothing new.
    """
    normalized = normalize(text)
    located: list[Found] = []
    waiting = [(start, end, 0) for start, end in segments(normalized)]
    while waiting:
        start, end, depth = waiting.pop()
        found = [value for value in _detect(normalized[start:end]) if value.kind in kinds]
        if found:
            placed = [part for value in found for part in _by_speaker(normalized, _moved(value, start))]
            located.extend(placed)
            if depth < _DEEPEST:
                waiting.extend((left, right, depth + 1) for left, right in _between(start, end, placed))
    return sorted(located)


def locate_column(
    texts: pa.Array, kinds: frozenset[str], *, named: np.ndarray | None = None
) -> dict[int, list[Found]]:
    """Return the values of each row that holds any, as :func:`locate` gives them.

    The prefilter passes once over the column and selects the recognizers that can find something in a row;
    only those read it. The text left between values is then filtered and read in the same way.

    Parameters
    ----------
    texts : pyarrow.Array of strings, shape (n,)
        Without nulls.
    kinds : frozenset of str
    named : ndarray of bool, shape (n,), optional
        Rows in which names are looked for in any case.

    Examples
    --------
    >>> locate_column(pa.array(["很慢", "打13800138000"]), KIND_NAMES)
    {1: [Found(start=1, end=12, kind='mobile', value='13800138000')]}
    """
    bracketed = pc.match_substring(texts, "[").to_numpy(zero_copy_only=False)
    first = coarse(texts)
    if named is not None:
        first = first._replace(named=first.named | named)
    rows = np.flatnonzero(first.any() | bracketed)
    if not len(rows):
        return {}
    read = texts.take(pa.array(rows)).to_pylist()
    whole = not any(TEXT_END in text for text in read)
    normalized_list = (
        normalize(TEXT_END.join(read)).split(TEXT_END) if whole else [normalize(text) for text in read]
    )
    normalized_texts = dict(zip(rows.tolist(), normalized_list, strict=True))
    unmasked = {
        row
        for row, normalized in normalized_texts.items()
        if not bracketed[row] or MASK.search(normalized) is None
    }
    waiting = [
        (row, 0, len(normalized_texts[row]), sources) for row, sources in first.of(rows) if row in unmasked
    ]
    waiting += _gated(
        normalized_texts,
        [
            (row, *part)
            for row in normalized_texts.keys() - unmasked
            for part in segments(normalized_texts[row])
        ],
    )
    located: dict[int, list[Found]] = {}
    for depth in range(_DEEPEST + 1):
        left: list[tuple[int, int, int]] = []
        parts = [normalized_texts[row][start:end] for row, start, end, _ in waiting]
        detected = _detect_many(parts, [sources for *_, sources in waiting])
        for (row, start, end, _), values in zip(waiting, detected, strict=True):
            found = [value for value in values if value.kind in kinds]
            if found:
                normalized = normalized_texts[row]
                placed = [part for value in found for part in _by_speaker(normalized, _moved(value, start))]
                located.setdefault(row, []).extend(placed)
                left.extend((row, *part) for part in _between(start, end, placed))
        waiting = _gated(normalized_texts, left) if depth < _DEEPEST else []
    return {row: sorted(values) for row, values in located.items()}


def _gated(
    normalized_texts: dict[int, str], parts: list[tuple[int, int, int]]
) -> list[tuple[int, int, int, Sources]]:
    """Return the parts of texts in which a recognizer can find something, with the recognizers."""
    parts = [part for part in parts if part[2] - part[1] > 1]
    if not parts:
        return []
    gates = coarse(
        pa.array([normalized_texts[row][start:end] for row, start, end in parts], pa.large_string())
    )
    return [(*parts[at], sources) for at, sources in gates.of(np.flatnonzero(gates.any()))]


def _by_speaker(normalized: str, value: Found) -> Iterator[Found]:
    """Yield the parts of a value that speaker labels of a transcript separate."""
    if normalized.find(":", value.start, value.end) < 0:  # every label ends in a colon
        yield value
        return
    start = value.start
    for label in _SPEAKER.finditer(normalized, value.start, value.end):
        extent = digit_extent(normalized, start, label.start())
        if extent is not None:
            yield value._replace(start=extent[0], end=extent[1])
        start = label.end()
    extent = digit_extent(normalized, start, value.end) if start > value.start else (start, value.end)
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
    """Return the personal data of a text.

    Parameters
    ----------
    text : str
        Raw or cleaned; written and spoken forms, full width and Traditional characters are read.

    Returns
    -------
    list of Pii
        Sorted by place, not overlapping. A span covers the value itself, not its trigger words:
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
