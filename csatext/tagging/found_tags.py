"""Tags found in files or answers, and how those of several files become one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from csatext.argument_types import as_path
from csatext.errors import InputError, ParameterError
from csatext.schema import conform
from csatext.schema.audit import (
    FLAG_CONFLICTS,
    FLAG_TAGS,
    TAG_CONFLICTS,
    TAG_EVIDENCE,
    TAG_PROBLEMS,
    TAGS,
)
from csatext.tagging.flag_choices import FlagChoices

__all__ = ["FileTags", "FoundTag", "ImportedTags", "Passage", "Problem", "import_files", "imported"]


class Problem(NamedTuple):
    """A cell, sheet, task or file that could not be used (table ``tag_problems``)."""

    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    reason: str


class FoundTag(NamedTuple):
    """A tag, and where it stands."""

    doc_id: str
    annotator: str
    category: str
    subcategory: str | None
    note: str
    probability: float
    version: str
    stratum: str
    file: str
    sheet: str
    row: int
    measure: str = "category"
    """The flag that ``category`` is the answer to; else what was tagged is a category."""


class Passage(NamedTuple):
    """A passage that somebody marked as the evidence of a tag (table ``tag_evidence``)."""

    doc_id: str
    annotator: str
    start: int
    end: int
    text: str


@dataclass
class FileTags:
    """What one file holds."""

    tags: list[FoundTag] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    def add(self, more: FileTags) -> None:
        """Add what another file holds."""
        self.tags += more.tags
        self.problems += more.problems
        self.passages += more.passages


@dataclass(frozen=True)
class ImportedTags:
    """Tags that were read.

    Attributes
    ----------
    tags : DataFrame
        Table ``tags``; of flags table ``flag_tags``, with a column for each.
    conflicts : DataFrame
        Table ``tag_conflicts``; of flags table ``flag_conflicts``.
    problems : DataFrame
        Table ``tag_problems``.
    evidence : DataFrame
        Table ``tag_evidence``; empty where the tool marks no passages.
    """

    tags: pd.DataFrame
    conflicts: pd.DataFrame
    problems: pd.DataFrame
    evidence: pd.DataFrame


def import_files(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    read: Callable[[Path], FileTags],
    flags: FlagChoices | None = None,
) -> ImportedTags:
    """Return the tags of one file or of several together.

    Parameters
    ----------
    paths : path or list of paths
    read : callable
        Returns what one file holds.
    flags : FlagChoices, optional
        What was answered where it is flags.

    Raises
    ------
    ParameterError
        ``paths`` is no path.
    InputError
        No file can be opened; of several, those that cannot are problems.
    """
    files = [as_path(paths, "paths")] if isinstance(paths, (str, PathLike)) else _listed(paths)
    found = FileTags()
    errors: list[InputError] = []
    for path in files:
        try:
            found.add(read(path))
        except InputError as error:
            errors.append(error)
            found.problems.append(Problem(path.name, "", None, "", "", str(error)))
    if len(errors) == len(files):
        raise errors[0]
    return imported(found, flags)


def _listed(paths: object) -> list[Path]:
    if not isinstance(paths, Sequence) or not paths:
        raise ParameterError.wrong_type("paths", paths, "文件路径，或文件路径的列表")
    return [as_path(path, "paths 的一项") for path in paths]


def imported(found: FileTags, flags: FlagChoices | None = None) -> ImportedTags:
    """Return one tag a contact and person, the contradictory ones, what could not be used, the evidence."""
    table = pd.DataFrame(found.tags, columns=[*FoundTag._fields])
    table["answer"] = table["category"] + "\n" + table["subcategory"].fillna("")
    own = table.groupby(["doc_id", "annotator", "measure"])["answer"].transform("nunique") > 1
    others = (table.groupby(["doc_id", "measure"])["answer"].transform("nunique") > 1) & ~own
    # Of one answer of a person that stands twice the first is kept, with the remarks of all.
    people = table[~own].groupby(["doc_id", "annotator"], sort=False)["note"]
    remarks = people.transform(lambda notes: "；".join(dict.fromkeys(note for note in notes if note)))
    kept = table[~own].assign(note=remarks).drop_duplicates(["doc_id", "annotator", "measure"])
    tags = _category_tags(kept) if flags is None else _flag_tags(kept, flags)
    reason = own.map(
        {
            True: "同一个人对同一条联络填得不一样，没有导入；请定下一个。",
            False: "两个人填得不一样，都已导入；请裁定。",
        }
    )
    conflicts = table.assign(reason=reason)[own | others]
    conflicts = conflicts.sort_values(["doc_id", "measure", "annotator"], kind="stable", ignore_index=True)
    conflicts["subcategory"] = pd.array(conflicts["subcategory"].tolist(), dtype="str")
    if flags is None:
        contradictory = conform(conflicts, TAG_CONFLICTS)
    else:
        named = conflicts.drop(columns="answer").rename(columns={"measure": "flag", "category": "answer"})
        named["label"] = named["flag"].map(flags.layout.headers)
        contradictory = conform(named, FLAG_CONFLICTS)
    without = kept[kept["probability"].isna()].drop_duplicates(["file", "sheet", "row"])
    lost = [
        Problem(
            row.file,
            row.sheet,
            row.row,
            "抽中概率",
            "",
            "抽中概率缺失，这条标注不能用来推算全体；请交回导出的文件。",
        )
        for row in without.itertuples(index=False)
    ]
    problems = pd.DataFrame(
        [*found.problems, *lost], columns=[column.name for column in TAG_PROBLEMS.columns]
    )
    problems["row"] = problems["row"].astype("Int64")
    passages = pd.DataFrame(found.passages, columns=[*Passage._fields]).drop_duplicates()
    passages = passages.merge(tags[["doc_id", "annotator"]], on=["doc_id", "annotator"])
    return ImportedTags(tags, contradictory, conform(problems, TAG_PROBLEMS), conform(passages, TAG_EVIDENCE))


def _category_tags(kept: pd.DataFrame) -> pd.DataFrame:
    renamed = kept.rename(columns={"probability": "inclusion_probability", "version": "taxonomy_version"})
    renamed["subcategory"] = pd.array(renamed["subcategory"].tolist(), dtype="str")
    return conform(renamed.reset_index(drop=True), TAGS)


def _flag_tags(kept: pd.DataFrame, flags: FlagChoices) -> pd.DataFrame:
    """Return a row a contact and person, with a column for each flag: NA where it was not answered."""
    renamed = kept.rename(columns={"probability": "inclusion_probability", "version": "scorecard_version"})
    keys = ["doc_id", "annotator"]
    rows = renamed.drop_duplicates(keys)[
        [*keys, "note", "inclusion_probability", "scorecard_version", "stratum"]
    ]
    given = renamed.assign(value=renamed["category"].map(flags.value)).astype({"value": "boolean"})
    answers = given.pivot(index=keys, columns="measure", values="value")
    answers = answers.reindex(columns=list(flags.layout.answers)).astype("boolean").reset_index()
    return conform(rows.merge(answers, on=keys), FLAG_TAGS, flags.layout.answers)
