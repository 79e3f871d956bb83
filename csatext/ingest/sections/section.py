"""A section of an input: some of its rows as they stand there, and what was found on the head of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from csatext.ingest.formats.delimited import Layout

__all__ = ["MOST_ROWS", "ReadingPlan", "Section"]

MOST_ROWS = 10_000
"""Rows of a section: with all that annotating holds of them about 200 MB."""


@dataclass(frozen=True)
class Section:
    """Some rows of an input, none of them in two sections.

    Attributes
    ----------
    content : bytes or Table
        Records of a delimited file or JSON lines, without header; or cells as they were read.
    first_row : int
        Rows of the input before it.
    first_line : int
        Line of its first record, from 1; 0 where the input has no lines.
    """

    content: bytes | pa.Table
    first_row: int
    first_line: int = 0

    def digest(self) -> bytes:
        """Return the hash of the section and of where it stands."""
        place = f"{self.first_row}\0{self.first_line}\0".encode()
        if isinstance(self.content, bytes):
            return hashlib.sha256(place + self.content).digest()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.content.schema) as stream:
            stream.write_table(self.content)
        return hashlib.sha256(place + sink.getvalue().to_pybytes()).digest()


@dataclass(frozen=True)
class ReadingPlan:
    """How every section of an input is read, found on its beginning.

    Attributes
    ----------
    name : str
        Of the input, as :class:`csatext.ingest.formats.registry.Source` has it.
    form : {"delimited", "lines", "table"}
    dialogues : bool
        Whether rows are turns, or records are dialogues.
    encoding : str
        Of bytes.
    layout : Layout or None
        Of a delimited file; its body begins at 0.
    skip : int
        Lines before the first record.
    names : mapping of str to str
        The name that each column of contacts bears.
    dayfirst : bool or None
        Order of day and month, as the whole input proves.
    conversation : str
        Column of the raw cells that names the dialogue of a turn; empty where sections hold whole dialogues.
    """

    name: str
    form: str
    dialogues: bool = False
    encoding: str = "utf-8"
    layout: Layout | None = None
    skip: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    dayfirst: bool | None = None
    conversation: str = ""
