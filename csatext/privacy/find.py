"""Personal data in Chinese text, written and spoken: spans and kinds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, groupby
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from csatext.errors import ParameterError
from csatext.privacy.context import TriggerWords
from csatext.privacy.kinds import KIND_NAMES, MASK, Found, Pii
from csatext.privacy.normalize import SPEAKER, TEXT_END, normalize, segments
from csatext.privacy.prefilter.candidate_rows import EVERY_SOURCE, Sources, coarse, rows_with
from csatext.privacy.recognizers.addresses import addresses
from csatext.privacy.recognizers.codes import codes
from csatext.privacy.recognizers.names import names, names_near_numbers
from csatext.privacy.recognizers.numbers import numbers
from csatext.privacy.recognizers.spoken_digits import digit_extent

__all__ = ["find_pii"]

_SPEAKER = re.compile(SPEAKER)
_JOINED = 50_000
"""Characters that are read at a time: measured (`benchmarks/pii.py`), few values are then kept in between."""
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


def _detect(normalized: str, sources: Sources) -> list[Found]:
    """Return the values that the chosen sources find, in order, none overlapping."""
    triggers = TriggerWords(normalized)
    valued = _settle(
        len(normalized),
        [
            codes(normalized, triggers) if sources.coded else (),
            numbers(normalized, triggers) if sources.numbered else (),
        ],
    )
    return _settle(
        len(normalized),
        [
            valued,
            addresses(normalized) if sources.placed else (),
            names(normalized, triggers) if sources.named else (),
            names_near_numbers(normalized, valued),
        ],
    )


class _Parts(NamedTuple):
    """Parts of texts: the row of each, where it starts in the row's text, what it contains."""

    rows: list[int]
    starts: list[int]
    texts: list[str]

    def gated(self) -> Iterator[tuple[Sources, _Parts]]:
        """Yield the parts in which a source can find something, by the sources that can."""
        for sources, chosen in coarse(pa.array(self.texts, pa.large_string())).groups():
            yield (
                sources,
                _Parts(
                    [self.rows[at] for at in chosen],
                    [self.starts[at] for at in chosen],
                    [self.texts[at] for at in chosen],
                ),
            )

    def detect(self, sources: Sources) -> Iterator[tuple[int, int, int, list[Found]]]:
        """Yield row, start and end of each part in which something is found, with the values.

        Parts are read joined: the trigger words of many are then looked for at once.
        """
        for first, last in self._batches():
            starts = [0, *accumulate(len(text) + 1 for text in self.texts[first:last])]
            values = _detect(TEXT_END.join(self.texts[first:last]), sources)
            found = iter(values)
            for at, same in groupby([bisect_right(starts, value.start) - 1 for value in values]):
                start = self.starts[first + at]
                by = start - starts[at]
                yield (
                    self.rows[first + at],
                    start,
                    start + len(self.texts[first + at]),
                    [_moved(next(found), by) for _ in same],
                )

    def _batches(self) -> Iterator[tuple[int, int]]:
        """Yield the bounds of batches of about as many characters as are read at a time."""
        size = first = 0
        for at, text in enumerate(self.texts, 1):
            size += len(text)
            if size > _JOINED or at == len(self.texts):
                yield first, at
                size, first = 0, at


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
        found = [value for value in _detect(normalized[start:end], EVERY_SOURCE) if value.kind in kinds]
        if found:
            placed = _by_speaker(normalized, [_moved(value, start) for value in found])
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
    bracketed = rows_with(texts, b"[")
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
    masked = {row for row in np.flatnonzero(bracketed).tolist() if MASK.search(normalized_texts[row])}
    waiting: list[tuple[Sources, _Parts]] = []
    for sources, chosen in first.groups():
        whole_rows = [row for row in chosen if row not in masked] if masked else chosen
        whole_texts = [normalized_texts[row] for row in whole_rows]
        waiting.append((sources, _Parts(whole_rows, [0] * len(whole_rows), whole_texts)))
    between = [(row, start, end) for row in sorted(masked) for start, end in segments(normalized_texts[row])]
    waiting.extend(
        _Parts(
            [row for row, _, _ in between],
            [start for _, start, _ in between],
            [normalized_texts[row][start:end] for row, start, end in between],
        ).gated()
    )
    located: dict[int, list[Found]] = {}
    for depth in range(_DEEPEST + 1):
        left = _Parts([], [], [])
        for sources, parts in waiting:
            for row, start, end, values in parts.detect(sources):
                found = [value for value in values if value.kind in kinds]
                if not found:
                    continue
                normalized = normalized_texts[row]
                placed = _by_speaker(normalized, found)
                earlier = located.get(row)
                located[row] = placed if earlier is None else sorted(earlier + placed)
                spans = [span for span in _between(start, end, placed) if span[1] - span[0] > 1]
                left.rows.extend([row] * len(spans))
                left.starts.extend([begin for begin, _ in spans])
                left.texts.extend([normalized[begin:stop] for begin, stop in spans])
        waiting = [*left.gated()] if depth < _DEEPEST else []
    return located


def _by_speaker(normalized: str, values: list[Found]) -> list[Found]:
    """Return the values, in parts where speaker labels of a transcript separate them."""
    if normalized.find(":", values[0].start, values[-1].end) < 0:  # every label ends in a colon
        return values
    return [part for value in values for part in _parts(normalized, value)]


def _parts(normalized: str, value: Found) -> Iterator[Found]:
    if normalized.find(":", value.start, value.end) < 0:
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
