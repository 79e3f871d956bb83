"""Sections of turns that hold whole dialogues, whether the turns of a dialogue stand together or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from csatext.ingest.columns.values import as_identifiers, as_text
from csatext.ingest.options import ReadOptions
from csatext.ingest.sections.read_section import raw_section
from csatext.ingest.sections.section import MOST_ROWS, InputSection, ReadingPlan

__all__ = ["cells_of", "whole_dialogues"]


class _Turns(NamedTuple):
    """Rows of turns, and the hash of the dialogue of each."""

    frame: pd.DataFrame
    dialogue: NDArray[np.uint64]


def whole_dialogues(
    sections: Callable[[], Iterator[InputSection]], plan: ReadingPlan, options: ReadOptions
) -> Iterator[InputSection]:
    """Yield sections of whole dialogues, in the order in which these begin.

    The input is gone through twice: for the last turn of each dialogue, and for the turns. Those of a
    dialogue wait until its last one has come and all that began before it are whole, so that what is held
    is as much as dialogues overlap: nothing where each stands by itself, an hour of a centre's chats where
    they are sorted by time, everything where they are sorted by speaker.

    Parameters
    ----------
    sections : callable
        Gives the sections of the input from the first, each time it is called.
    plan : ReadingPlan
        Its ``conversation`` names the column of dialogues; a row without one belongs to the row above it.
    options : ReadOptions
    """
    dialogues, last = _last_turns(_turns(sections(), plan, options))
    held: list[_Turns] = []
    waiting = rows = read = given = 0
    for turns in _turns(sections(), plan, options):
        held.append(turns)
        rows, read = rows + len(turns.frame), read + len(turns.frame)
        # Where much must wait it is not looked at again for every section.
        if rows < max(MOST_ROWS, 2 * waiting):
            continue
        for frame in _whole(held, dialogues, last, read):
            yield InputSection(cells_of(frame), given)
            given += len(frame)
        waiting = rows = sum(len(one.frame) for one in held)
    for frame in _whole(held, dialogues, last, read):
        yield InputSection(cells_of(frame), given)
        given += len(frame)


def cells_of(frame: pd.DataFrame) -> pa.Table:
    """Return cells as a table of Arrow; a column of several types becomes one of text."""
    plain = frame.copy(deep=False)
    for name in [name for name, dtype in frame.dtypes.items() if dtype == np.dtype("O")]:
        plain[name] = as_text(frame[name])
    return pa.Table.from_pandas(plain, preserve_index=False)


def _turns(sections: Iterator[InputSection], plan: ReadingPlan, options: ReadOptions) -> Iterator[_Turns]:
    """Yield the rows of sections; the first of each names its dialogue."""
    above = ""
    for section in sections:
        frame = raw_section(section, plan, options).frame
        if frame.empty:
            continue
        given = frame.get(plan.conversation, pd.Series(pd.NA, index=frame.index, dtype="str"))
        ids = as_identifiers(given)
        if pd.isna(ids.iloc[0]):
            ids = pd.concat([pd.Series([above], dtype="str"), ids.iloc[1:]], ignore_index=True)
            frame = frame.assign(**{plan.conversation: given.where(frame.index > 0, above)})
        ids = ids.ffill()
        above = ids.iloc[-1]
        yield _Turns(frame, pd.util.hash_array(ids.to_numpy(object)))


def _last_turns(turns: Iterator[_Turns]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the dialogues, sorted, and the number of the last row of each."""
    dialogue = np.concatenate([np.empty(0, np.uint64), *(one.dialogue for one in turns)])
    found, at = np.unique(dialogue[::-1], return_index=True)
    return found, len(dialogue) - 1 - at


def _whole(
    held: list[_Turns], dialogues: NDArray[np.uint64], last: NDArray[np.int64], read: int
) -> Iterator[pd.DataFrame]:
    """Yield the dialogues before the first that is not whole, some at a time; the others stay in ``held``."""
    if not held:
        return
    frame = pd.concat([one.frame for one in held], ignore_index=True)
    dialogue = np.concatenate([one.dialogue for one in held])
    number = pd.factorize(dialogue)[0]
    is_open = last[np.searchsorted(dialogues, dialogue)] >= read
    first = number[is_open].min() if is_open.any() else number.max() + 1
    held.clear()
    if first <= number.max():
        stays = number >= first
        held.append(_Turns(frame[stays].reset_index(drop=True), dialogue[stays]))
    sizes = np.bincount(number)[:first]
    part = (np.cumsum(sizes) - sizes) // MOST_ROWS
    ready = np.flatnonzero(number < first)
    part_of = part[number[ready]]
    for one in np.unique(part):
        yield frame.iloc[ready[part_of == one]].reset_index(drop=True)
