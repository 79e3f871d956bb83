"""The tags that stand in a file, whatever program saved it and whatever was done to its rows and columns."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from csatext.errors import InputError
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.grid import Grid, shown_cell
from csatext.ingest.formats.workbooks import read_sheets
from csatext.tagging.choices import Choices
from csatext.tagging.found_tags import FileTags, FoundTag, Problem
from csatext.tagging.sheet_layout import COLUMNS, DRAWN_SHEET, column_called, row_code, text_code

__all__ = ["read_tags_of"]

_HEADERS = {column.name: column.header for column in COLUMNS}
_HEADER_ROWS = 30
"""Rows in which the header is looked for: people write titles above tables."""
_LEAST_HEADERS = 3
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ANSWERS = ("category", "subcategory")


class _Drawn(NamedTuple):
    """What the writer knew of a contact."""

    text: str
    probability: str
    stratum: str
    version: str
    annotator: str


@dataclass
class _Sheet:
    """A tagging sheet: its cells as texts, and the places of our columns."""

    file: str
    name: str
    rows: list[list[str]]
    numbers: list[int]
    header: list[str]
    places: dict[str, list[int]]
    covered: dict[int, int] = field(default_factory=dict)

    def cell(self, row: int, column: str) -> str:
        """Return the first filled cell of a column that may stand there twice."""
        cells = self.rows[row]
        for at in self.places.get(column, ()):
            if at < len(cells) and cells[at].strip():
                return cells[at].strip()
        return ""

    def has_strange_columns(self) -> bool:
        """Return whether a filled column is none of ours: it may be one of ours under another name."""
        taken = {at for places in self.places.values() for at in places}
        return any(cell.strip() and at not in taken for row in self.rows for at, cell in enumerate(row))

    def problem(self, row: int | None, column: str, value: str, reason: str) -> Problem:
        """Return a problem of one of its cells."""
        at = self.places.get(column, [])
        header = self.header[at[0]] if at else _HEADERS.get(column, column)
        number = None if row is None else self.numbers[row]
        return Problem(self.file, self.name, number, header, value[:200], reason)


def read_tags_of(path: Path, choices: Choices) -> FileTags:
    """Return the tags of a file, and every cell that could not be used.

    Raises
    ------
    InputError
        The file cannot be opened.
    """
    grids = _grids(path)
    drawn = _drawn(grids)
    read = FileTags()
    sheets = [sheet for grid in grids if (sheet := _sheet(grid, path.name, choices)) is not None]
    if not sheets:
        reason = "没有找到标注表：没有一张工作表有「编号」「文本」「一级类别」这样的表头；请交回导出的工作簿"
        return FileTags(problems=[Problem(path.name, "", None, "", "", f"{reason}。")])
    for sheet in sheets:
        unusable = False
        for name in ("doc_id", *_ANSWERS):
            if name in sheet.places:
                continue
            unusable |= name == "category" or "text" not in sheet.places or sheet.has_strange_columns()
            what = "这张表没有导入，" if unusable else ""
            said = f"找不到列「{_HEADERS[name]}」（被删除或改了名）；{what}请把表头改回「{_HEADERS[name]}」。"
            read.problems.append(sheet.problem(None, name, "", said))
        if unusable:
            continue
        read.problems += _of_another_version(sheet, drawn, choices)
        for found in _tags(sheet, drawn, choices):
            (read.problems if isinstance(found, Problem) else read.tags).append(found)  # type: ignore[arg-type]
    return read


def _grids(path: Path) -> list[Grid]:
    """Return the sheets of a workbook, or the one of a delimited file."""
    data = read_bytes(path)
    if data.startswith(_WORKBOOKS):
        return read_sheets(data, path)
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise InputError.unreadable(path, "不是 Excel 工作簿", "请交回 .xlsx，或由它另存的 .csv")
    text, _ = decode(data, path)
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;", key=head.count)
    rows: list[list[object]] = [
        list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    ]
    return [Grid("", rows, 0, [])]


def _drawn(grids: Sequence[Grid]) -> dict[str, _Drawn]:
    """Return what the hidden sheet says of each contact; nothing where it is gone."""
    for grid in grids:
        rows = [[shown_cell(cell).strip() for cell in row] for row in grid.rows]
        if not rows or rows[0][:2] != ["编号", "文本码"]:
            continue
        width = len(_Drawn._fields) + 1
        full = [(row + [""] * width)[:width] for row in rows[1:]]
        return {row[0]: _Drawn(*row[1:]) for row in full}
    return {}


def _sheet(grid: Grid, file: str, choices: Choices) -> _Sheet | None:
    """Return the tagging sheet of a grid, None where it is none."""
    if grid.name == DRAWN_SHEET:
        return None
    rows = [[shown_cell(cell) for cell in row] for row in grid.rows]
    best, most = -1, 0
    for at, row in enumerate(rows[:_HEADER_ROWS]):
        named = len({name for cell in row if (name := column_called(cell)) is not None})
        if named > most:
            best, most = at, named
    if most < _LEAST_HEADERS:
        return None
    header = [cell.strip() for cell in rows[best]]
    places: dict[str, list[int]] = defaultdict(list)
    for at, cell in enumerate(header):
        name = column_called(cell)
        if name is not None:
            places[name].append(at)
    data = rows[best + 1 :]
    numbers = [grid.top + best + 2 + row for row in range(len(data))]
    sheet = _Sheet(file, grid.name, data, numbers, header, dict(places))
    _find_renamed(sheet, choices)
    # Of merged cells the first alone has the value.
    answers = {at for name in _ANSWERS for at in sheet.places.get(name, ())}
    for (top, left), (bottom, right) in grid.merged:
        if top > best and any(left <= at <= right for at in answers):
            first = top - best - 1
            sheet.covered |= dict.fromkeys(range(first + 1, bottom - best), first)
    return sheet


def _find_renamed(sheet: _Sheet, choices: Choices) -> None:
    """Find an answer column under another header: the only one that holds mostly such answers."""
    taken = {at for places in sheet.places.values() for at in places}
    width = max((len(row) for row in sheet.rows), default=0)
    for name, fits in (("category", choices.is_first), ("subcategory", choices.is_below)):
        if name in sheet.places:
            continue
        candidates = []
        for at in range(width):
            cells = [row[at].strip() for row in sheet.rows if at < len(row) and row[at].strip()]
            if at not in taken and cells and 2 * sum(map(fits, cells)) >= len(cells):
                candidates.append(at)
        if len(candidates) == 1:
            sheet.places[name] = candidates
            taken |= {*candidates}
            sheet.header += [""] * (candidates[0] + 1 - len(sheet.header))


def _of_another_version(sheet: _Sheet, drawn: dict[str, _Drawn], choices: Choices) -> Iterator[Problem]:
    """Yield a problem where the workbook is of another taxonomy, with what became of its categories."""
    seen = {sheet.cell(row, "version") for row in range(len(sheet.rows))} | {
        one.version for one in drawn.values()
    }
    for version in sorted(seen - {"", choices.version}):
        yield sheet.problem(None, "version", version, choices.of_another_version(version))


def _tags(sheet: _Sheet, drawn: dict[str, _Drawn], choices: Choices) -> Iterator[FoundTag | Problem]:
    """Yield the tags of a sheet and what is wrong with the other filled rows."""
    by_text = _unique_texts(drawn)
    has_text = "text" in sheet.places
    for row in range(len(sheet.rows)):
        first, second = sheet.cell(row, "category"), sheet.cell(row, "subcategory")
        if row in sheet.covered and not first and not second:
            above = sheet.covered[row]
            value = sheet.cell(above, "category") or sheet.cell(above, "subcategory")
            if value and (sheet.cell(row, "doc_id") or sheet.cell(row, "text")):
                number = sheet.numbers[above]
                reason = f"与第 {number} 行的单元格合并了，这一行没有自己的值；请取消合并后逐行填写。"
                yield sheet.problem(row, "category", value, reason)
            continue
        if not first and not second:
            remark = sheet.cell(row, "note")
            if remark and column_called(remark) is None and sheet.cell(row, "doc_id"):
                reason = "只写了备注，一级类别是空的；请补上类别，否则这一行不算标注。"
                yield sheet.problem(row, "category", "", reason)
            continue
        if first == _HEADERS["category"]:  # the header was pasted among the rows
            continue
        doc_id, wrong = _identity(sheet, row, drawn, by_text, has_text)
        if wrong:
            yield sheet.problem(row, "doc_id", sheet.cell(row, "doc_id"), wrong)
            continue
        twice = [
            name
            for name in _ANSWERS
            if len(
                {
                    sheet.rows[row][at].strip()
                    for at in sheet.places.get(name, ())
                    if at < len(sheet.rows[row])
                }
                - {""}
            )
            > 1
        ]
        if twice:
            yield sheet.problem(
                row, twice[0], first, f"有两列「{_HEADERS[twice[0]]}」，填得不一样；请只留一列。"
            )
            continue
        answer = choices.answer(first, second)
        if isinstance(answer, str):
            wrong_column = "subcategory" if second and (not first or choices.is_first(first)) else "category"
            if not first:
                wrong_column = "category"
            value = second if wrong_column == "subcategory" else first or second
            yield sheet.problem(row, wrong_column, value, f"{answer.rstrip('。；')}。")
            continue
        yield _found(sheet, row, doc_id, answer, drawn.get(doc_id), choices)


def _found(
    sheet: _Sheet,
    row: int,
    doc_id: str,
    answer: tuple[str, str | None],
    known: _Drawn | None,
    choices: Choices,
) -> FoundTag:
    """Return the tag of a row with what is known of its contact."""
    probability = sheet.cell(row, "probability") if known is None else known.probability
    try:
        number = float(probability)
    except ValueError:
        number = float("nan")
    annotator = sheet.cell(row, "annotator") or (known.annotator if known is not None else "")
    return FoundTag(
        doc_id,
        annotator or Path(sheet.file).stem,
        *answer,
        sheet.cell(row, "note"),
        number,
        choices.version,
        sheet.cell(row, "stratum") if known is None else known.stratum,
        sheet.file,
        sheet.name,
        sheet.numbers[row],
    )


def _unique_texts(drawn: dict[str, _Drawn]) -> dict[str, str]:
    """Return the contact of each text that one contact alone has."""
    times = Counter(one.text for one in drawn.values())
    return {one.text: doc_id for doc_id, one in drawn.items() if times[one.text] == 1}


def _identity(
    sheet: _Sheet, row: int, drawn: dict[str, _Drawn], by_text: dict[str, str], has_text: bool
) -> tuple[str, str]:
    """Return the contact of a row, or what is wrong: identifier and text must be of one contact."""
    doc_id, text = sheet.cell(row, "doc_id"), sheet.cell(row, "text")
    if not drawn:
        if not doc_id:
            return "", "编号是空的；请补上编号，或删去这一行的标注。"
        code = sheet.cell(row, "code")
        if not code or not has_text or row_code(doc_id, text) == code:
            return doc_id, ""
        return "", "编号与文本对不上，可能只移动了一部分格子；请从原表核对这一行。"
    known = drawn.get(doc_id)
    code = text_code(text)
    if known is not None and (not has_text or known.text == code):
        return doc_id, ""
    owner = by_text.get(code) if has_text and text else None
    if owner is not None and known is None:
        return owner, ""
    if known is None:
        return "", "编号不在这份工作簿的抽样里，文本也认不出；请从原表核对这一行。"
    return "", "编号与文本对不上，可能只移动了一部分格子；请从原表核对这一行。"
