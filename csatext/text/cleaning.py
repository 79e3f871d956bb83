"""Cleaning: an ordered list of steps over a text or a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.errors import ParameterError
from csatext.text.characters import collapse_blanks, halve_width, remove_invisible, shorten_runs
from csatext.text.column import as_text_column, map_chunks, replace_rows
from csatext.text.emoticons import bracket_emoticons
from csatext.text.markup import decode_entities, remove_tags, remove_urls
from csatext.text.offsets import OffsetMap, compose, identity
from csatext.text.repair import cut_repeated_bodies, remove_pinyin_notes, repair_shifted_gbk
from csatext.text.steps import CleaningStep, Step, run_step

__all__ = ["DEFAULT_STEPS", "clean", "clean_column"]

DEFAULT_STEPS: tuple[CleaningStep, ...] = (
    remove_invisible,
    repair_shifted_gbk,
    halve_width,
    decode_entities,
    remove_pinyin_notes,
    remove_tags,
    remove_urls,
    bracket_emoticons,
    collapse_blanks,
    shorten_runs,
    cut_repeated_bodies,
)
"""The steps of ``clean`` in their order.

Bytes are repaired before full-width characters change, as these may carry half a character; notes go before
tags, as both are found by their brackets; runs are shortened on single blanks; bodies are compared last, when
their copies are alike.
"""

MOST_ROUNDS = 8
"""How often text that was hidden in text (entities of entities) is cleaned again."""


@overload
def clean(text: str, *, steps: Sequence[CleaningStep] = ..., return_offsets: Literal[False] = ...) -> str: ...
@overload
def clean(
    text: str, *, steps: Sequence[CleaningStep] = ..., return_offsets: Literal[True]
) -> tuple[str, OffsetMap]: ...
def clean(
    text: str, *, steps: Sequence[CleaningStep] = DEFAULT_STEPS, return_offsets: bool = False
) -> str | tuple[str, OffsetMap]:
    """Clean one text.

    Parameters
    ----------
    text : str
        Text as it was read.
    steps : sequence of Step or callable
        What to do, in this order; each is a ``Step`` or a function ``str -> str``. Drop, reorder or add
        steps by passing another sequence.
    return_offsets : bool
        Also return the map to ``text``. For a plain function it is found by comparing the texts
        (``csatext.text.offsets.align``).

    Returns
    -------
    str, or tuple of str and ndarray of int64, shape (len(cleaned) + 1,)
        Entry ``i`` of the array is the position in ``text`` of character ``i`` of the cleaned text; it never
        decreases, and its last entry is ``len(text)``.

    Raises
    ------
    ParameterError
        ``text`` is not a string, or a step cannot be called.

    Examples
    --------
    >>> clean("统计&nbsp;数据<br>很慢！！！")
    '统计 数据 很慢！'
    >>> cleaned, offsets = clean("  慢！！！", return_offsets=True)
    >>> cleaned, offsets.tolist()
    ('慢！', [2, 3, 6])
    """
    if not isinstance(text, str):
        raise ParameterError.wrong_type("text", text, "一段文本（str）；一列文本请用 clean_column")
    _check(steps)
    if return_offsets:
        return _run_with_offsets(text, steps)
    return _run(text, steps)


def clean_column(
    texts: pa.Array | pa.ChunkedArray | pd.Series, steps: Sequence[CleaningStep] = DEFAULT_STEPS
) -> pa.Array | pa.ChunkedArray:
    """Clean every text of a column: the same result as `clean` row by row, only faster.

    One pass of Arrow's regular expressions over the column finds the rows that some step could change; only
    these are worked on.

    Parameters
    ----------
    texts : pyarrow.Array, pyarrow.ChunkedArray or Series, shape (n,)
        Strings; a missing value counts as an empty text.
    steps : sequence of Step or callable
        See `clean`.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Strings without missing values; chunked where the input is.

    Raises
    ------
    ParameterError
        The column does not hold text.

    Examples
    --------
    >>> clean_column(pa.array(["很慢！！！", None, "好"])).to_pylist()
    ['很慢！', '', '好']
    """
    _check(steps)

    def change(array: pa.Array) -> pa.Array:
        return replace_rows(array, _affected(array, steps), lambda rows: [_run(row, steps) for row in rows])

    return map_chunks(as_text_column(texts), change)


def _check(steps: Sequence[CleaningStep]) -> None:
    for step in steps:
        if not callable(step):
            raise ParameterError.wrong_type("steps", step, "Step 或函数（str -> str）组成的列表")


def _affected(array: pa.Array, steps: Sequence[CleaningStep]) -> pa.Array:
    """Return which rows some step could change."""
    masks = []
    patterns = [step.trigger for step in steps if isinstance(step, Step) and step.trigger is not None]
    if patterns:
        union = "|".join(f"(?:{pattern})" for pattern in patterns)
        masks.append(pc.match_substring_regex(array, union))
    for step in steps:
        if not isinstance(step, Step):
            masks.append(pa.array([True] * len(array)))
        elif step.trigger is None:
            masks.append(pc.greater_equal(pc.utf8_length(array), step.min_length))
    if not masks:
        return pa.array([False] * len(array))
    joined = masks[0]
    for mask in masks[1:]:
        joined = pc.or_(joined, mask)
    return joined


def _run(text: str, steps: Sequence[CleaningStep]) -> str:
    for _ in range(MOST_ROUNDS):
        again = False
        for step in steps:
            changed = step(text)
            again |= isinstance(step, Step) and step.repeats and changed != text
            text = changed
        if not again:
            break
    return text


def _run_with_offsets(text: str, steps: Sequence[CleaningStep]) -> tuple[str, OffsetMap]:
    offsets = identity(len(text))
    for _ in range(MOST_ROUNDS):
        again = False
        for step in steps:
            text, made = run_step(step, text)
            if made is not None:
                offsets = compose(offsets, made)
                again |= isinstance(step, Step) and step.repeats
        if not again:
            break
    return text, offsets
