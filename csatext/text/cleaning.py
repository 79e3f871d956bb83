"""Cleaning: an ordered list of steps over a text or a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, cast, overload

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.errors import ParameterError
from csatext.strings import map_chunks, string_column
from csatext.text.offsets import OffsetMap, compose, identity
from csatext.text.steps.characters import collapse_blanks, halve_width, remove_invisible, shorten_runs
from csatext.text.steps.damaged_text import (
    cut_repeated_bodies,
    cut_repeated_lines,
    remove_pinyin_notes,
    repair_shifted_gbk,
)
from csatext.text.steps.emoticons import bracket_emoticons
from csatext.text.steps.markup import decode_entities, remove_tags, remove_urls
from csatext.text.steps.pipe_tables import remove_pipes
from csatext.text.steps.step import CleaningStep, Step, apply_step, run_step

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
    cut_repeated_lines,
    remove_pipes,
    collapse_blanks,
    shorten_runs,
    cut_repeated_bodies,
)
"""The steps of ``clean`` in their order.

Bytes are repaired before full-width characters change, as these may carry half a character; notes go before
tags, as both are found by their brackets; bodies of whole lines are compared and tables found while there are
line ends; runs are shortened on single blanks; bodies are compared last, when their copies are alike.
"""

Steps: TypeAlias = Sequence[CleaningStep] | str
"""What may be given as the steps of cleaning; ``"default"`` is :data:`DEFAULT_STEPS`."""

_STEPS_WANTED = "Step 或函数（str -> str）组成的列表，如 ct.DEFAULT_STEPS"

MOST_ROUNDS = 8
"""How often text that was hidden in text (entities of entities) is cleaned again."""


@overload
def clean(text: str, steps: Steps = ..., *, return_offsets: Literal[False] = ...) -> str: ...
@overload
def clean(text: str, steps: Steps = ..., *, return_offsets: Literal[True]) -> tuple[str, OffsetMap]: ...
def clean(
    text: str, steps: Steps = "default", *, return_offsets: bool = False
) -> str | tuple[str, OffsetMap]:
    """Return one text cleaned.

    Parameters
    ----------
    text : str
        Text as it was read.
    steps : "default" or sequence of Step or callable
        What to do, in this order, :data:`csatext.DEFAULT_STEPS` by default; each is a ``Step`` or a function
        ``str -> str``. Drop, reorder or add steps by passing another sequence.
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
        ``text`` is not a string, or a step cannot be called or returns something else.

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
    chosen = _checked(steps)
    return _run_with_offsets(text, chosen) if return_offsets else _run(text, chosen)


def clean_column(
    texts: pa.Array | pa.ChunkedArray | pd.Series, steps: Steps = "default"
) -> pa.Array | pa.ChunkedArray:
    """Return every text of a column cleaned: the same result as `clean` row by row, only faster.

    One pass of Arrow's regular expressions over the column finds the rows that some step could change; among
    these, one pass for each step finds the rows on which it is run.

    Parameters
    ----------
    texts : pyarrow.Array, pyarrow.ChunkedArray or Series, shape (n,)
        Strings; a missing value counts as an empty text.
    steps : "default" or sequence of Step or callable
        See `clean`.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Strings without missing values; chunked where the input is.

    Raises
    ------
    ParameterError
        The column does not hold text, or a step cannot be called or returns something else.

    Examples
    --------
    >>> clean_column(pa.array(["很慢！！！", None, "好"])).to_pylist()
    ['很慢！', '', '好']
    """
    chosen = _checked(steps)
    return map_chunks(string_column(texts).fill_null(""), lambda array: _clean_array(array, chosen))


def _checked(steps: Steps) -> Sequence[CleaningStep]:
    if isinstance(steps, str):
        if steps != "default":
            raise ParameterError.wrong_type("steps", steps, _STEPS_WANTED)
        return DEFAULT_STEPS
    if not isinstance(steps, Sequence):
        raise ParameterError.wrong_type("steps", steps, _STEPS_WANTED)
    for step in steps:
        if not callable(step):
            raise ParameterError.wrong_type("steps", step, _STEPS_WANTED)
    return cast("Sequence[CleaningStep]", steps)


def _clean_array(array: pa.Array, steps: Sequence[CleaningStep]) -> pa.Array:
    mask = _affected(array, steps)
    if not mask.any():
        return array
    return pc.replace_with_mask(array, pa.array(mask), _clean_rows(array.filter(pa.array(mask)), steps))


def _clean_rows(rows: pa.Array, steps: Sequence[CleaningStep], rounds: int = MOST_ROUNDS) -> pa.Array:
    """Return all rows after every step; the rows that need it go through all steps again."""
    again = np.zeros(len(rows), dtype=bool)
    for step in steps:
        mask = _affected(rows, [step])
        if not mask.any():
            continue
        before = rows.filter(pa.array(mask)).to_pylist()
        after = [apply_step(step, text) for text in before]
        rows = pc.replace_with_mask(rows, pa.array(mask), pa.array(after, type=rows.type))
        if isinstance(step, Step) and step.repeats:
            again[mask] |= np.array([one != other for one, other in zip(before, after, strict=True)])
    if rounds == 1 or not again.any():
        return rows
    repeated = _clean_rows(rows.filter(pa.array(again)), steps, rounds - 1)
    return pc.replace_with_mask(rows, pa.array(again), repeated)


def _affected(array: pa.Array, steps: Sequence[CleaningStep]) -> NDArray[np.bool_]:
    """Return which rows some step could change."""
    mask = np.zeros(len(array), dtype=bool)
    patterns = [trigger for step in steps if (trigger := _trigger(step)) is not None]
    if patterns:
        union = "|".join(f"(?:{pattern})" for pattern in patterns)
        mask |= pc.match_substring_regex(array, union).to_numpy(zero_copy_only=False)
    least = [step.min_length if isinstance(step, Step) else 0 for step in steps if _trigger(step) is None]
    if least:
        mask |= pc.greater_equal(pc.utf8_length(array), min(least)).to_numpy(zero_copy_only=False)
    return mask


def _trigger(step: CleaningStep) -> str | None:
    return step.trigger if isinstance(step, Step) else None


def _run(text: str, steps: Sequence[CleaningStep]) -> str:
    for _ in range(MOST_ROUNDS):
        again = False
        for step in steps:
            changed = apply_step(step, text)
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
