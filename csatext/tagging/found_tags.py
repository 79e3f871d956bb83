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
from csatext.schema.audit import TAG_CONFLICTS, TAG_EVIDENCE, TAG_PROBLEMS, TAGS

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
        Table ``tags``.
    conflicts : DataFrame
        Table ``tag_conflicts``.
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
    paths: str | PathLike[str] | Sequence[str | PathLike[str]], read: Callable[[Path], FileTags]
) -> ImportedTags:
    """Return the tags of one file or of several together.

    Parameters
    ----------
    paths : path or list of paths
    read : callable
        Returns what one file holds.

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
    return imported(found)


def _listed(paths: object) -> list[Path]:
    if not isinstance(paths, Sequence) or not paths:
        raise ParameterError.wrong_type("paths", paths, "文件路径，或文件路径的列表")
    return [as_path(path, "paths 的一项") for path in paths]


def imported(found: FileTags) -> ImportedTags:
    """Return one tag a contact and person, the contradictory ones, what could not be used, the evidence."""
    fields = [*FoundTag._fields]
    table = pd.DataFrame(found.tags, columns=fields)
    table["answer"] = table["category"] + "\n" + table["subcategory"].fillna("")
    own = table.groupby(["doc_id", "annotator"])["answer"].transform("nunique") > 1
    others = (table.groupby("doc_id")["answer"].transform("nunique") > 1) & ~own
    # Of one answer of a person that stands twice the row with a remark is kept.
    kept = table[~own].assign(bare=table["note"] == "")
    kept = kept.sort_values("bare", kind="stable").drop_duplicates(["doc_id", "annotator"])
    kept = kept.sort_index()
    tags = pd.DataFrame(
        {
            "doc_id": kept["doc_id"],
            "annotator": kept["annotator"],
            "category": kept["category"],
            "subcategory": pd.array(kept["subcategory"].tolist(), dtype="str"),
            "note": kept["note"],
            "inclusion_probability": kept["probability"],
            "taxonomy_version": kept["version"],
            "stratum": kept["stratum"],
        }
    ).reset_index(drop=True)
    reason = own.map(
        {
            True: "同一个人对同一条联络填得不一样，没有导入；请定下一个。",
            False: "两个人填得不一样，都已导入；请裁定。",
        }
    )
    conflicts = table.assign(reason=reason)[own | others].sort_values(["doc_id", "annotator"], kind="stable")
    conflicts["subcategory"] = pd.array(conflicts["subcategory"].tolist(), dtype="str")
    without = kept[kept["probability"].isna()]
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
    return ImportedTags(
        conform(tags, TAGS),
        conform(conflicts.reset_index(drop=True), TAG_CONFLICTS),
        conform(problems, TAG_PROBLEMS),
        conform(passages, TAG_EVIDENCE),
    )
