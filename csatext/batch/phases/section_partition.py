"""A section of a large file as a partition: read, masked and annotated by the process that takes it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from pathlib import Path

from csatext.batch.configuration import Configuration
from csatext.batch.phases.annotate_partition import partition_table
from csatext.batch.phases.input_files import ContactsOf, masked_contacts
from csatext.batch.phases.partition_files import Beside, LoadedPartition
from csatext.errors import InputError
from csatext.ingest.contacts import REPEATED, WHOLE_ROW
from csatext.ingest.sections.read_section import read_section
from csatext.ingest.sections.section import ReadingPlan, Section
from csatext.privacy.outputs import mask_sentence

__all__ = ["SectionPartition", "SectionTask"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SectionTask:
    """How the sections of a file are read; small, so that every process can be given it.

    Attributes
    ----------
    plan : ReadingPlan
    configuration : Configuration
        Sections ``input`` and ``privacy`` are used.
    file : ContactsOf
    secret : str
        Key of the tokens of agents, orders and customers.
    versions : bool
        Whether rows that share an identifier are versions of one contact.
    """

    plan: ReadingPlan
    configuration: Configuration
    file: ContactsOf
    secret: str = field(repr=False)
    versions: bool = False


@dataclass(frozen=True)
class SectionPartition:
    """A section, and where its facts go.

    Attributes
    ----------
    section : Section
    task : SectionTask
    target : Path
    fingerprint : str
        What the facts depend on.
    """

    section: Section
    task: SectionTask
    target: Path
    fingerprint: str = ""

    def load(self) -> LoadedPartition:
        """Return the contacts of the section, personal data in metadata columns masked.

        Raises
        ------
        InputError
            The section cannot be read, or identifiers repeat and may not.
        """
        task = self.task
        given = task.configuration.input
        mode = given.duplicates
        if mode == "error":
            latest = "latest" if "updated_at" in task.plan.names.values() else "last"
            mode = latest if task.versions else "first"
        key = task.configuration.privacy.pseudonymize or None
        options = replace(given, duplicates=mode)
        read, turns = read_section(self.section, task.plan, options, _LOG.debug, key)
        repeated = read.rejects["reason"].isin([WHOLE_ROW, REPEATED["first"]])
        if given.duplicates == "error" and not task.versions and repeated.any():
            lines = read.rejects.loc[repeated, "line"].dropna().head(3)
            raise InputError.repeated_ids(task.file.name, int(repeated.sum()), "、".join(map(str, lines)))
        file = replace(task.file, before=self.section.first_row)
        own = masked_contacts(file, read, turns, task.configuration, task.secret)
        beside = Beside(own.rows, own.turns, own.outside, own.rejects, own.quality)
        said = None if own.utterances is None else partition_table(own.utterances)
        return LoadedPartition(partition_table(own.contacts), said, beside)

    @property
    def where(self) -> str:
        """The section as an error names it."""
        lines = self.section.first_line or self.section.first_row + 1
        return mask_sentence(f"{self.task.file.name} 第 {lines:,} 行起的一段")
