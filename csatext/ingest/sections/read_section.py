"""Read a section of an input as the plan of the input says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from csatext.ingest.any_input import read_opened
from csatext.ingest.contacts import ReadResult
from csatext.ingest.formats.delimited import read_records_of
from csatext.ingest.formats.encodings import decode_part
from csatext.ingest.formats.json_parquet import raw_of_table, read_json
from csatext.ingest.formats.registry import Source, bounded
from csatext.ingest.options import ReadOptions
from csatext.ingest.raw_table import RawTable
from csatext.ingest.sections.section import InputSection, ReadingPlan

__all__ = ["raw_section", "read_section"]

_MADE = "doc_id_made"
_ROW = r"^行(\d+)$"


def read_section(
    section: InputSection,
    plan: ReadingPlan,
    options: ReadOptions,
    progress: Callable[[str], None],
    key: str | None = None,
) -> tuple[ReadResult, pd.DataFrame | None]:
    """Return the contacts of a section, and its turns where the input is dialogues.

    Parameters
    ----------
    section : InputSection
    plan : ReadingPlan
        From :func:`csatext.ingest.sections.file_sections.reading_plan`.
    options : ReadOptions
    progress : callable
        Receives what is to be said of reading.
    key : str, optional
        Key of pseudonyms in turns.

    Raises
    ------
    InputError
        As :func:`csatext.ingest.any_input.read_opened`.
    """
    raw = raw_section(section, plan, options)
    source = Source(plan.name, options=options, raw=raw)
    kind = "turns" if plan.dialogues else "contacts"
    # What is seen on the whole input is not guessed anew from a few turns.
    columns = {"doc_id": plan.conversation, **options.columns} if plan.conversation else options.columns
    given = replace(options, kind=kind, dayfirst=plan.dayfirst, columns=columns)
    if not plan.dialogues:
        source.names = _names(raw.frame, plan)
    read, turns = read_opened([source], plan.name, given, progress, key)
    return _counted_from(read, section.first_row), turns


def raw_section(section: InputSection, plan: ReadingPlan, options: ReadOptions) -> RawTable:
    """Return the table of a section as it stands in the input, its lines those of the input.

    Parameters
    ----------
    section, plan, options
        As :func:`read_section` takes them.
    """
    if not isinstance(section.content, bytes):
        return bounded(raw_of_table(section.content), options)
    text, notes = decode_part(section.content, plan.name, plan.encoding)
    if plan.layout is None:
        raw = read_json(text, plan.name, by_lines=True)
        before = section.first_line - 1
        lines = None if raw.lines is None else raw.lines + before
        rejects = [
            reject if reject.line is None else reject._replace(line=reject.line + before)
            for reject in raw.rejects
        ]
        raw = replace(raw, lines=lines, rejects=rejects)
    else:
        layout = plan.layout._replace(body_line=section.first_line)
        raw = read_records_of(text, layout, layout.delimiter, plan.name)
    return bounded(replace(raw, notes=[*notes, *raw.notes]), options)


def _names(frame: pd.DataFrame, plan: ReadingPlan) -> dict[str, str]:
    """Return the names of the columns: as planned; a column that the plan has not seen takes none of them."""
    taken = set(plan.names.values())
    own = {str(name): f"{name}_原列" for name in frame.columns if name not in plan.names and name in taken}
    return {**plan.names, **own}


def _counted_from(read: ReadResult, before: int) -> ReadResult:
    """Return contacts whose identifiers, where they are numbers of rows, count from the row ``before``."""
    made = read.quality.loc[read.quality["check"] == _MADE]
    if not before or made.empty or read.contacts.empty:
        return read
    ids = read.contacts["doc_id"]
    if (made["n"] == made["total"]).all():
        numbers = ids.astype(np.int64) + before
        return read._replace(contacts=read.contacts.assign(doc_id=numbers.astype("str")))
    numbers = pd.to_numeric(ids.str.extract(_ROW, expand=False)) + before
    counted = "行" + numbers.fillna(0).astype(np.int64).astype("str")
    return read._replace(contacts=read.contacts.assign(doc_id=ids.where(numbers.isna(), counted)))
