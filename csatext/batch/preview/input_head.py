"""The head of an input, opened through the same doors as the whole."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from csatext.batch.preview.file_heads import file_head
from csatext.ingest.formats.database import first_rows, is_url
from csatext.ingest.formats.registry import Source, bounded, open_tables
from csatext.ingest.options import ReadOptions

__all__ = ["InputHead", "input_head"]

_FILES = 3
"""Files of a folder whose heads are read."""
_ROWS = 2_000


class InputHead(NamedTuple):
    """Sources that hold the beginning of an input, and how much that is.

    Attributes
    ----------
    sources : list of Source
    names : list of str
        Of all files.
    skipped : int
        Files and folders of a folder that are not read.
    size : int
        Bytes of all files; 0 for a database.
    share : float or None
        Part of all rows that the sources hold, about; None for a database.
    """

    sources: list[Source]
    names: list[str]
    skipped: int
    size: int
    share: float | None


def input_head(source: str | Path, options: ReadOptions) -> InputHead:
    """Return the beginning of an input: of the first files of a folder, of the first rows of a database.

    Raises
    ------
    InputError
        There is none that could be read.
    """
    if isinstance(source, str) and is_url(source):
        name = source.split("://")[0]
        raw = bounded(first_rows(source, options.query or None, _ROWS), options)
        return InputHead([Source(name, raw=raw)], [name], 0, 0, None)
    listed = open_tables(source, options)
    heads = [(one, file_head(one.path, one.ending)) for one in listed[:_FILES] if one.path is not None]
    size = sum(one.path.stat().st_size for one in listed if one.path is not None)
    covered = sum(head.share * head.size for _, head in heads)
    opened = [Source(one.name, one.path, options, content=head.content) for one, head in heads]
    names = [one.name for one in listed]
    return InputHead(opened, names, len(listed[0].skipped), size, min(covered / size, 1.0) if size else 1.0)
