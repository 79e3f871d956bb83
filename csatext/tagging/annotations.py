"""Annotations of other tools as tags: each is known by its contact and its text together."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from csatext.errors import InputError
from csatext.tagging.choices import Choices
from csatext.tagging.found_tags import FileTags, FoundTag, Passage, Problem
from csatext.tagging.sheet_layout import row_code, text_code

__all__ = ["KEPT", "MarkedSpan", "ToolAnnotation", "carried", "delimited_rows", "tags_of_annotations"]

KEPT = ("doc_id", "code", "inclusion_probability", "stratum", "taxonomy_version")
"""Fields that go out with a text and must come back with it."""


@dataclass(frozen=True)
class MarkedSpan:
    """A passage as a tool marked it; ``text`` is empty where the tool does not repeat it."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True)
class ToolAnnotation:
    """What one person did with one text.

    Attributes
    ----------
    row : int
        Place of the task in its file, from 1.
    text : str
        As the tool holds it.
    kept : dict of str
        The fields of :data:`KEPT`.
    annotator : str
    answers : list of list of str
        Categories that were chosen: each one name, or first level and the category below it.
    note : str
    spans : list of MarkedSpan
    """

    row: int
    text: str
    kept: dict[str, str]
    annotator: str
    answers: list[list[str]]
    note: str
    spans: list[MarkedSpan]


def carried(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Return for each contact of a sample the fields of :data:`KEPT`."""
    return [
        {
            "doc_id": row.doc_id,
            "code": row.code,
            "inclusion_probability": None if pd.isna(row.probability) else float(row.probability),
            "stratum": row.stratum,
            "taxonomy_version": row.version,
        }
        for row in rows.itertuples(index=False)
    ]


def delimited_rows(text: str, path: Path) -> list[list[str]]:
    r"""Return the rows of a text file whose cells are parted by commas, tabs or semicolons.

    Raises
    ------
    InputError
        A quotation mark does not end, so that rows would be lost in a cell, or a cell is far too long.

    Examples
    --------
    >>> delimited_rows("编号;类别\na;退款\n", Path("a.csv"))
    [['编号', '类别'], ['a', '退款']]
    """
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        why = f"第 {reader.line_num} 行附近的引号不成对，或单元格太长"
        raise InputError.unreadable(path, why, "请在表格软件里打开后另存为 .xlsx 再交回") from error
    return rows


def tags_of_annotations(file: str, annotations: Iterable[ToolAnnotation], choices: Choices) -> FileTags:
    """Return the tags of a file, and every annotation that could not be used.

    Parameters
    ----------
    file : str
        Name of the file.
    annotations : iterable of ToolAnnotation
    choices : Choices
        What may be answered.
    """
    found = FileTags()
    versions: set[str] = set()
    for one in annotations:
        problems = _read(one, file, choices, found)
        found.problems += [Problem(file, "", one.row, *said) for said in problems]
        versions.add(one.kept["taxonomy_version"])
    for version in sorted(versions - {"", choices.version}):
        said = choices.of_another_version(version)
        found.problems.insert(0, Problem(file, "", None, "taxonomy_version", version, said))
    return found


def _read(
    one: ToolAnnotation, file: str, choices: Choices, found: FileTags
) -> Iterator[tuple[str, str, str]]:
    """Add the tag of an annotation to what was found; yield column, value and reason of what is wrong."""
    if not one.answers:
        if one.note or one.spans:
            yield "category", "", "只写了备注或标了依据，没有选类别；请补上类别，否则这一条不算标注。"
        return
    doc_id = one.kept["doc_id"]
    if not doc_id or not one.kept["code"]:
        yield (
            "doc_id",
            doc_id,
            "缺少编号（doc_id）或校验码（code），不知道是哪条联络；请用 csatext 导出的任务标注。",
        )
        return
    if row_code(doc_id, one.text) != one.kept["code"]:
        yield "doc_id", doc_id, "编号与文本对不上，文本可能在别处改过；请从导出的文件核对这一条。"
        return
    answer = _answer(one.answers, choices)
    if isinstance(answer, str):
        shown = "；".join("/".join(path) for path in one.answers)
        yield "category", shown[:200], f"{answer.rstrip('。；')}。"
        return
    try:
        probability = float(one.kept["inclusion_probability"])
    except ValueError:
        probability = float("nan")
    stratum = one.kept["stratum"]
    found.tags.append(
        FoundTag(
            doc_id, one.annotator, *answer, one.note, probability, choices.version, stratum, file, "", one.row
        )
    )
    for span in one.spans:
        place = _located(one.text, span)
        if place is None:
            yield "evidence", span.text[:200], "标出的依据不在文本里，没有导入；类别已经导入。"
        else:
            found.passages.append(Passage(doc_id, one.annotator, *place, one.text[slice(*place)]))


def _answer(answers: list[list[str]], choices: Choices) -> tuple[str, str | None] | str:
    """Return the one answer of a person, or a sentence on what is wrong."""
    paths = [*dict.fromkeys(map(tuple, answers))]
    if len(paths) == 1:
        path = paths[0]
        return choices.answer(path[0], path[-1]) if len(path) > 1 else choices.named(path[0])
    if len(paths) == 2 and all(len(path) == 1 for path in paths):
        # A first level and the category below it, chosen in two lists.
        for first, second in ((paths[0][0], paths[1][0]), (paths[1][0], paths[0][0])):
            answer = choices.answer(first, second)
            if isinstance(answer, tuple):
                return answer
    return f"选了 {len(paths)} 个类别；一条联络只能有一个主要类别，请留下一个"


def _located(text: str, span: MarkedSpan) -> tuple[int, int] | None:
    """Return first character and end of a passage, None where the text does not hold it.

    Tools that run in a browser may count an emoji as two; what they quote then tells the true place.
    """
    quoted = span.text.replace("\\n", "\n")
    size = len(text)
    wide = [at for at, character in enumerate(text) for _ in range(1 + (ord(character) > 0xFFFF))]
    wide.append(size)
    places = [(span.start, span.end)]
    if len(wide) > size + 1 and 0 <= span.start < span.end < len(wide):
        places.append((wide[span.start], wide[span.end]))
    for start, end in places:
        if 0 <= start < end <= size and (not quoted or text_code(text[start:end]) == text_code(quoted)):
            return start, end
    if quoted and text.count(quoted) == 1:
        start = text.find(quoted)
        return start, start + len(quoted)
    return None
