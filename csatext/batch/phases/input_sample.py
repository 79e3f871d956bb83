"""A sample of a large input, drawn from parts that are spread over it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from csatext.batch.configuration import Configuration
from csatext.batch.phases.input_files import InputFile, input_files, is_remote, read_file
from csatext.batch.pipeline import of_the_time
from csatext.errors import InputError
from csatext.ingest.contacts import ReadResult
from csatext.ingest.sections.read_section import read_section
from csatext.ingest.sections.section import ReadingPlan
from csatext.privacy.outputs import mask_sentence
from csatext.reporting.service_tables import with_conversations

__all__ = ["is_large_input", "sampled_input"]

_LOG = logging.getLogger(__name__)
_LARGE = 8 << 20
"""Bytes of input from which on a run learns from a sample and works on several processes: 25,000 contacts of
60 characters, which one process analyses in half a minute."""
_PACKED = 5
"""Times that gzip, Parquet and workbooks pack tables of texts, about."""
_PARTS = 40
"""Parts that a sample is drawn from: months of a year have three each."""
Progress = Callable[[str], None]


def is_large_input(source: str | Path) -> bool:
    """Return whether a run of an input learns from a sample, and on several processes.

    Databases and what Spark reads always do.

    Examples
    --------
    >>> is_large_input("missing.csv")
    False
    """
    if is_remote(source):
        return True
    path = Path(source)
    try:
        files = [item for item in path.rglob("*") if item.is_file()] if path.is_dir() else [path]
        return sum(map(_size, files)) > _LARGE
    except (OSError, ValueError):
        return False


def _size(path: Path) -> int:
    packed = path.suffix.lower() in (".gz", ".parquet", ".pq", ".xlsx", ".xlsb", ".ods")
    return path.stat().st_size * (_PACKED if packed else 1)


@dataclass(frozen=True)
class _Part:
    """A file that is read whole, or a section of one."""

    file: InputFile
    plan: ReadingPlan | None
    section: int
    size: int


def sampled_input(
    source: str | Path, configuration: Configuration, n: int, progress: Progress
) -> tuple[ReadResult, int | None]:
    """Return at most about ``n`` contacts of an input, and how many it has where that is known.

    Parameters
    ----------
    source : path
    configuration : Configuration
        Sections ``input`` and ``analysis.random_state`` are used.
    n : int
    progress : callable
        Called with the name of each step when it begins.

    Raises
    ------
    InputError
        No part can be read, or no contact is of the time asked for.
    """
    progress(f"抽样读取 {mask_sentence(Path(source).name)}" if not is_remote(source) else "抽样查询")
    random = np.random.default_rng(configuration.analysis.random_state)
    parts, total = _parts(input_files(source, configuration, progress, hashed=False), configuration)
    chosen = [parts[at] for at in np.sort(random.permutation(len(parts))[:_PARTS])]
    share = n / max(1, sum(part.size for part in chosen))
    found: list[ReadResult] = []
    failures: list[InputError] = []
    for part, content in _contents(chosen, configuration):
        try:
            read, turns = content()
        except InputError as error:
            failures.append(error)
            continue
        read = read._replace(contacts=with_conversations(read.contacts, turns))
        read = of_the_time(read, configuration.input, may_be_none=True)
        found.append(_drawn(read, int(np.ceil(share * part.size)), random))
    if not any(len(read.contacts) for read in found):
        if failures:
            raise failures[0]
        why, what = "里面没有联络", "请检查导出是否完整，或换一个文件"
        if configuration.input.since or configuration.input.until:
            why, what = "抽样的部分里没有所选时间的联络", "请改 --since、--until 或 --month"
        raise InputError.unreadable(Path(source).name, why, what)
    contacts = pd.concat([read.contacts for read in found if len(read.contacts)], ignore_index=True)
    spoken = [read.utterances for read in found if read.utterances is not None]
    turns = pd.concat(spoken, ignore_index=True) if spoken else None
    contacts["doc_id"] = contacts["doc_id"].where(
        ~contacts["doc_id"].duplicated(), contacts["doc_id"] + "#" + contacts.index.astype("str")
    )
    first = found[0]
    return first._replace(contacts=contacts, utterances=turns), total


def _parts(files: list[InputFile], configuration: Configuration) -> tuple[list[_Part], int | None]:
    """Return the parts of an input, and its rows where all are counted."""
    parts: list[_Part] = []
    rows: int | None = 0
    for file in files:
        try:
            plan = file.reading_plan(configuration.input)
        except InputError:
            continue
        if plan is None:
            path = file.source.path
            parts.append(_Part(file, None, 0, 1 if path is None else _size(path)))
            rows = None
            continue
        before = 0
        for number, section in enumerate(file.sections(plan, configuration.input)):
            content = section.content
            size = len(content) if isinstance(content, bytes) else content.nbytes
            parts.append(_Part(file, plan, number, size))
            before = section.first_row
        rows = None if rows is None else rows + before
    return parts, rows


def _contents(
    chosen: list[_Part], configuration: Configuration
) -> Iterator[tuple[_Part, Callable[[], tuple[ReadResult, pd.DataFrame | None]]]]:
    """Yield the parts, each with what reads it; a file is gone through once."""
    key = configuration.privacy.pseudonymize or None
    at = 0
    while at < len(chosen):
        first = chosen[at]
        mine = [part for part in islice(chosen, at, None) if part.file.key == first.file.key]
        at += len(mine)
        if first.plan is None:
            yield first, partial(read_file, first.file, configuration, _LOG.debug)
            first.file.source.forget()
            continue
        wanted = {part.section: part for part in mine}
        plan = first.plan
        sections = first.file.sections(plan, configuration.input)
        for number, section in enumerate(sections):
            if number in wanted:
                reading = partial(read_section, section, plan, configuration.input, _LOG.debug, key)
                yield wanted[number], reading


def _drawn(read: ReadResult, n: int, random: np.random.Generator) -> ReadResult:
    """Return some of the contacts, in their order, and their turns."""
    if len(read.contacts) <= n:
        return read
    at = np.sort(random.choice(len(read.contacts), n, replace=False))
    contacts = read.contacts.iloc[at].reset_index(drop=True)
    turns = read.utterances
    if turns is not None:
        turns = turns[turns["doc_id"].isin(contacts["doc_id"])]
    return read._replace(contacts=contacts, utterances=turns)
