"""Workbooks that people have tagged: their tags, contradictions, and every cell that could not be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import pandas as pd

from csatext.argument_types import as_path
from csatext.errors import InputError, ParameterError
from csatext.schema import conform
from csatext.schema.audit import TAG_CONFLICTS, TAG_PROBLEMS, TAGS
from csatext.tagging.choices import Choices
from csatext.tagging.sheet_rows import FoundTag, Problem, read_tags_of
from csatext.taxonomy import Taxonomy

__all__ = ["TaggedWorkbooks", "read_tagging_workbook"]


@dataclass(frozen=True)
class TaggedWorkbooks:
    """What stands in workbooks.

    Attributes
    ----------
    tags : DataFrame
        Table ``tags``.
    conflicts : DataFrame
        Table ``tag_conflicts``.
    problems : DataFrame
        Table ``tag_problems``.
    """

    tags: pd.DataFrame
    conflicts: pd.DataFrame
    problems: pd.DataFrame


def read_tagging_workbook(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]], *, taxonomy: Taxonomy
) -> TaggedWorkbooks:
    """Return the tags of one workbook or of several people's.

    A row is known by its identifier and its text together, never by its place: rows and columns may be
    sorted, filtered, inserted, deleted and moved, sheets renamed, files saved by Excel, WPS, LibreOffice or
    Numbers. A row whose identifier and text are not of one contact is refused.

    Parameters
    ----------
    paths : path or list of paths
        Workbooks of :func:`csatext.write_tagging_workbook` (.xlsx, also saved as .xls, .ods or .csv).
    taxonomy : Taxonomy
        The categories that may be answered.

    Returns
    -------
    TaggedWorkbooks
        ``tags`` has a row a contact and person: whoever has left 标注人 empty is called as the file. An empty
        category is no tag. Two people's tags of one contact are both tags, and listed in ``conflicts`` where
        they differ; one person's contradictory tags are in ``conflicts`` alone. ``problems`` lists all cells
        that could not be used, in Chinese.

    Raises
    ------
    ParameterError
        ``paths`` is no path, or ``taxonomy`` none.
    InputError
        No file can be opened (of several, those that cannot are in ``problems``).

    Examples
    --------
    >>> import csatext as ct
    >>> from tempfile import TemporaryDirectory
    >>> contacts = pd.DataFrame({"doc_id": ["a"], "text": ["退款一直不到账"]})
    >>> corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy.load()
    >>> sample = ct.sample_for_tagging(contacts, 1, strategy="random")
    >>> with TemporaryDirectory() as folder:
    ...     paths = ct.write_tagging_workbook(sample, corpus, f"{folder}/质检.xlsx", taxonomy=taxonomy)
    ...     len(read_tagging_workbook(paths, taxonomy=taxonomy).tags)
    0
    """
    if not isinstance(taxonomy, Taxonomy):
        raise ParameterError.wrong_type("taxonomy", taxonomy, "Taxonomy；请先用 ct.Taxonomy.load(路径) 得到")
    files = [as_path(paths, "paths")] if isinstance(paths, (str, PathLike)) else _listed(paths)
    choices = Choices(taxonomy)
    tags: list[FoundTag] = []
    problems: list[Problem] = []
    errors: list[InputError] = []
    for path in files:
        try:
            found, wrong = read_tags_of(path, choices)
        except InputError as error:
            errors.append(error)
            problems.append(Problem(path.name, "", None, "", "", str(error)))
            continue
        tags += found
        problems += wrong
    if len(errors) == len(files):
        raise errors[0]
    merged, conflicts, lost = _merged(tags)
    columns = [column.name for column in TAG_PROBLEMS.columns]
    table = pd.DataFrame([*problems, *lost], columns=columns)
    table["row"] = table["row"].astype("Int64")
    return TaggedWorkbooks(merged, conflicts, conform(table, TAG_PROBLEMS))


def _listed(paths: object) -> list[Path]:
    if not isinstance(paths, Sequence) or not paths:
        raise ParameterError.wrong_type("paths", paths, "文件路径，或文件路径的列表")
    return [as_path(path, "paths 的一项") for path in paths]


def _merged(found: list[FoundTag]) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """Return one tag a contact and person, the contradictory ones, and tags without a probability."""
    fields = [*FoundTag._fields]
    table = pd.DataFrame(found, columns=fields)
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
            "抽中概率缺失，这条标注不能用来推算全体；请交回导出的工作簿。",
        )
        for row in without.itertuples(index=False)
    ]
    return conform(tags, TAGS), conform(conflicts.reset_index(drop=True), TAG_CONFLICTS), lost
