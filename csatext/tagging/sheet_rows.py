"""The tags that stand in a file, whatever program saved it and whatever was done to its rows and columns."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from csatext.errors import InputError
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.grid import Grid, shown_cell
from csatext.ingest.formats.workbooks import read_sheets
from csatext.tagging.annotations import delimited_rows
from csatext.tagging.choices import Answer, Choices
from csatext.tagging.flag_choices import FlagChoices
from csatext.tagging.found_tags import FileTags, FoundTag, Problem
from csatext.tagging.sheet_layout import CODE_PREFIX, DRAWN_SHEET, SheetLayout, row_code, text_code

__all__ = ["read_tags_of"]

_HEADER_ROWS = 30
"""Rows in which the header is looked for: people write titles above tables."""
_LEAST_HEADERS = 3
_PARTED = "编号与文本对不上，可能只移动了一部分格子；请从原表核对这一行。"
_ROUNDED = "编号被存成了科学计数法，后面几位丢了；请交回 .xlsx，或把编号一列设为文本后重填这一格。"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
"""What spreadsheets make of a long number in a text file."""
_NUMBERS = b"Index/Document.iwa"
"""Name of a part that packages of Apple's programs have."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class _Drawn(NamedTuple):
    """What the writer knew of a contact."""

    doc_id: str
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
    layout: SheetLayout
    top: int
    """Row of the header."""
    covered: dict[tuple[int, str], int] = field(default_factory=dict)
    """Cells that a merged cell covers, with the row that has the value."""

    def cell(self, row: int, column: str) -> str:
        """Return the first filled cell of a column that may stand there twice, without blanks at its ends."""
        return self.whole_cell(row, column).strip()

    def whole_cell(self, row: int, column: str) -> str:
        """Return the first filled cell of a column as it stands."""
        cells = self.rows[row]
        for at in self.places.get(column, ()):
            if at < len(cells) and cells[at].strip():
                return cells[at]
        return ""

    def answers(self, row: int) -> dict[str, str]:
        """Return the cells of a row in the columns of answers."""
        return {name: self.cell(row, name) for name in self.layout.answers}

    def differing(self, row: int) -> str | None:
        """Return a column of answers that stands there twice with different cells."""
        cells = self.rows[row]
        for name in self.layout.answers:
            filled = {cells[at].strip() for at in self.places.get(name, ()) if at < len(cells)} - {""}
            if len(filled) > 1:
                return name
        return None

    def has_strange_columns(self) -> bool:
        """Return whether a filled column is none of ours: it may be one of ours under another name."""
        taken = {at for places in self.places.values() for at in places}
        return any(cell.strip() and at not in taken for row in self.rows for at, cell in enumerate(row))

    def problem(self, row: int | None, column: str, value: str, reason: str) -> Problem:
        """Return a problem of one of its cells."""
        at = self.places.get(column, [])
        header = self.header[at[0]] if at else self.layout.headers.get(column, column)
        number = None if row is None else self.numbers[row]
        return Problem(self.file, self.name, number, header, value[:200], reason)


def read_tags_of(path: Path, choices: Choices | FlagChoices) -> FileTags:
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
    headers = choices.layout.headers
    if not sheets:
        named = f"「编号」「文本」「{headers[choices.layout.answers[0]]}」"
        reason = f"没有找到标注表：没有一张工作表有{named}这样的表头；请交回导出的工作簿。"
        return FileTags(problems=[Problem(path.name, "", None, "", "", reason)])
    for sheet in sheets:
        unusable = False
        for name in ("doc_id", *choices.layout.answers):
            if name in sheet.places:
                continue
            is_lost = name in choices.needed or "text" not in sheet.places or sheet.has_strange_columns()
            # A flag whose column is gone is lost alone; the others have columns of their own.
            unusable |= is_lost and (name == "doc_id" or len(choices.needed) > 0)
            what = "这张表没有导入，" if unusable else ""
            said = f"找不到列「{headers[name]}」（被删除或改了名）；{what}请把表头改回「{headers[name]}」。"
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
    if data.startswith(_WORKBOOKS[0]) and _NUMBERS in data:
        raise InputError.unreadable(path, "是 Numbers 的文件", "请在 Numbers 里导出为 Excel（.xlsx）再交回")
    if data.startswith(_WORKBOOKS):
        return read_sheets(data, path)
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise InputError.unreadable(path, "不是 Excel 工作簿", "请交回 .xlsx，或由它另存的 .csv")
    rows: list[list[object]] = [list(row) for row in delimited_rows(decode(data, path)[0], path)]
    return [Grid("", rows, 0, [])]


def _drawn(grids: Sequence[Grid]) -> dict[str, _Drawn]:
    """Return what the hidden sheet says of each contact; nothing where it is gone."""
    for grid in grids:
        rows = [[shown_cell(cell) for cell in row] for row in grid.rows]
        if not rows or [cell.strip() for cell in rows[0][:2]] != ["编号", "文本码"]:
            continue
        width = len(_Drawn._fields)
        # An identifier may begin or end with a blank, which people's cells lose.
        return {
            row[0].strip(): _Drawn(row[0], *(cell.strip() for cell in row[1:]))
            for row in ((row + [""] * width)[:width] for row in rows[1:])
        }
    return {}


def _sheet(grid: Grid, file: str, choices: Choices | FlagChoices) -> _Sheet | None:
    """Return the tagging sheet of a grid, None where it is none."""
    if grid.name == DRAWN_SHEET:
        return None
    layout = choices.layout
    rows = [[shown_cell(cell) for cell in row] for row in grid.rows]
    best = _header(rows, layout)
    if best is None:
        return None
    header = [cell.strip() for cell in rows[best]]
    places: dict[str, list[int]] = defaultdict(list)
    for at, cell in enumerate(header):
        name = layout.called(cell)
        if name is not None:
            places[name].append(at)
    data = [[] if at == best or _is_header(row, places, layout) else row for at, row in enumerate(rows)]
    numbers = [grid.top + 1 + row for row in range(len(data))]
    sheet = _Sheet(file, grid.name, data, numbers, header, dict(places), layout, best)
    _find_renamed(sheet, choices)
    # Of merged cells the first alone has the value.
    for (top, left), (bottom, right) in grid.merged:
        for name in layout.answers:
            if any(left <= at <= right for at in sheet.places.get(name, ())):
                sheet.covered |= {(row, name): top for row in range(top + 1, bottom + 1)}
    return sheet


def _header(rows: list[list[str]], layout: SheetLayout) -> int | None:
    """Return the row of the header: the first of those that name our columns, None where none does.

    It stands at the top, or among the rows that were sorted with it.
    """
    exact = {*layout.headers.values()}
    for part in (rows[:_HEADER_ROWS], [row if exact.intersection(row) else [] for row in rows]):
        named = [len({layout.called(cell) for cell in row} - {None}) for row in part]
        most = max(named, default=0)
        if most >= _LEAST_HEADERS:
            # The whole header may stand again below one of which a column was renamed.
            return next(at for at, n in enumerate(named) if 2 * n >= most and n >= _LEAST_HEADERS)
    return None


def _is_header(row: list[str], places: dict[str, list[int]], layout: SheetLayout) -> bool:
    """Return whether a row is the header, pasted among the rows."""

    def bears(name: str) -> bool:
        return any(at < len(row) and layout.called(row[at]) == name for at in places[name])

    return any(map(bears, places.keys() & {"doc_id", "text"})) and sum(map(bears, places)) >= _LEAST_HEADERS


def _find_renamed(sheet: _Sheet, choices: Choices | FlagChoices) -> None:
    """Find an answer column under another header: the only one that holds mostly such answers."""
    taken = {at for places in sheet.places.values() for at in places}
    width = max((len(row) for row in sheet.rows), default=0)
    for name in choices.layout.answers:
        if name in sheet.places:
            continue
        candidates = []
        for at in range(width):
            cells = [row[at].strip() for row in sheet.rows if at < len(row) and row[at].strip()]
            if (
                at not in taken
                and cells
                and 2 * sum(choices.renamed(name, cell) for cell in cells) >= len(cells)
            ):
                candidates.append(at)
        if len(candidates) == 1:
            sheet.places[name] = candidates
            taken |= {*candidates}
            sheet.header += [""] * (candidates[0] + 1 - len(sheet.header))


def _of_another_version(
    sheet: _Sheet, drawn: dict[str, _Drawn], choices: Choices | FlagChoices
) -> Iterator[Problem]:
    """Yield a problem where the workbook is of another taxonomy or scorecard, with what became of it."""
    seen = {sheet.cell(row, "version") for row in range(sheet.top, len(sheet.rows))} | {
        one.version for one in drawn.values()
    }
    for version in sorted(seen - {"", choices.version}):
        yield sheet.problem(None, "version", version, choices.of_another_version(version))


def _tags(
    sheet: _Sheet, drawn: dict[str, _Drawn], choices: Choices | FlagChoices
) -> Iterator[FoundTag | Problem]:
    """Yield the tags of a sheet and what is wrong with the other filled rows."""
    contacts = _Contacts(sheet, drawn)
    headers = choices.layout.headers
    for row in range(len(sheet.rows)):
        cells = sheet.answers(row)
        # Above the header stand titles, and rows that were sorted with it: these are known, or answer.
        if row < sheet.top and not contacts.knows(row) and not _answers(cells, choices):
            continue
        yield from _covered(sheet, row, cells, choices)
        if not any(cells.values()):
            remark = sheet.cell(row, "note")
            if remark and choices.layout.called(remark) is None and sheet.cell(row, "doc_id"):
                column = choices.layout.answers[0]
                reason = f"只写了备注，{headers[column]}是空的；请补上，否则这一行不算标注。"
                yield sheet.problem(row, column, "", reason)
            continue
        doc_id, wrong = contacts.of(row)
        if wrong:
            yield sheet.problem(row, "doc_id", sheet.cell(row, "doc_id"), wrong)
            continue
        twice = sheet.differing(row)
        if twice is not None:
            yield sheet.problem(
                row, twice, cells[twice], f"有两列「{headers[twice]}」，填得不一样；请只留一列。"
            )
            continue
        for found in choices.read(cells):
            if isinstance(found, Answer):
                yield _found(sheet, row, doc_id, found, drawn.get(doc_id.strip()), choices)
            else:
                yield sheet.problem(row, found.column, found.value, _sentence(found.reason))


def _answers(cells: dict[str, str], choices: Choices | FlagChoices) -> bool:
    """Return whether some cell is an answer."""
    return any(cells.values()) and any(isinstance(one, Answer) for one in choices.read(cells))


def _sentence(reason: str) -> str:
    """Return a reason that ends as a sentence does."""
    return reason if reason.endswith("？") else f"{reason.rstrip('。；')}。"


def _covered(
    sheet: _Sheet, row: int, cells: dict[str, str], choices: Choices | FlagChoices
) -> Iterator[Problem]:
    """Yield the cells of a row that were merged with one above, whose value is not theirs."""
    if not (sheet.cell(row, "doc_id") or sheet.cell(row, "text")):
        return
    # The columns of a category are one answer, which is lost where none of them is filled.
    if choices.needed and any(cells.values()):
        return
    for name, cell in cells.items():
        above = sheet.covered.get((row, name))
        value = "" if above is None or cell else sheet.cell(above, name)
        if value:
            reason = (
                f"与第 {sheet.numbers[above or 0]} 行的单元格合并了，这一行没有自己的值；"
                "请取消合并后逐行填写。"
            )
            yield sheet.problem(row, choices.needed[0] if choices.needed else name, value, reason)
            if choices.needed:
                return


def _found(
    sheet: _Sheet,
    row: int,
    doc_id: str,
    answer: Answer,
    known: _Drawn | None,
    choices: Choices | FlagChoices,
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
        answer.category,
        answer.subcategory,
        sheet.cell(row, "note"),
        number,
        choices.version,
        sheet.cell(row, "stratum") if known is None else known.stratum,
        sheet.file,
        sheet.name,
        sheet.numbers[row],
        answer.measure,
    )


class _Contacts:
    """The contacts of the rows of a sheet: identifier, text and code must be of one.

    Parameters
    ----------
    sheet : _Sheet
    drawn : dict of _Drawn
        What the hidden sheet says of each contact, by identifier; empty where it is gone.
    """

    def __init__(self, sheet: _Sheet, drawn: dict[str, _Drawn]) -> None:
        self._sheet, self._drawn = sheet, drawn
        times = Counter(one.text for one in drawn.values())
        self._by_text = {one.text: one.doc_id for one in drawn.values() if times[one.text] == 1}
        self._has_text = "text" in sheet.places

    def knows(self, row: int) -> bool:
        """Return whether a row has the identifier or the text of a contact: rows above the header may not."""
        doc_id, text = self._sheet.cell(row, "doc_id"), self._sheet.cell(row, "text")
        if self._sheet.cell(row, "code"):
            return bool(doc_id or text)
        return doc_id in self._drawn or (bool(text) and text_code(text) in self._by_text)

    def of(self, row: int) -> tuple[str, str]:
        """Return the contact of a row, or what is wrong."""
        doc_id, text = self._sheet.cell(row, "doc_id"), self._sheet.cell(row, "text")
        code = self._sheet.cell(row, "code").removeprefix(CODE_PREFIX)
        if not self._drawn:
            return self._by_code(row, doc_id, text, code)
        known = self._drawn.get(doc_id)
        if known is not None:
            is_one = not self._has_text or known.text == text_code(text)
            return (known.doc_id, "") if is_one else ("", _PARTED)
        owner = self._by_text.get(text_code(text)) if self._has_text and text else None
        if owner is None:
            return "", "编号不在这份工作簿的抽样里，文本也认不出；请从原表核对这一行。"
        # Without a code the text may have been moved here, if its contact stands elsewhere with another.
        is_moved = row_code(owner, text) != code if code else owner.strip() in self._parted
        return ("", _PARTED) if is_moved else (owner, "")

    def _by_code(self, row: int, doc_id: str, text: str, code: str) -> tuple[str, str]:
        """Return the contact of a row of which only its own cells tell."""
        if not doc_id:
            return "", "编号是空的；请补上编号，或删去这一行的标注。"
        if not code or not self._has_text:
            return doc_id, ""
        for one in (doc_id, self._sheet.whole_cell(row, "doc_id")):
            if row_code(one, text) == code:
                return one, ""
        return "", _ROUNDED if _SCIENTIFIC.fullmatch(doc_id) else _PARTED

    @cached_property
    def _parted(self) -> set[str]:
        """Identifiers that stand beside a text of another contact."""
        cells = ((self._sheet.cell(row, "doc_id"), row) for row in range(len(self._sheet.rows)))
        return {
            doc_id
            for doc_id, row in cells
            if doc_id in self._drawn and self._drawn[doc_id].text != text_code(self._sheet.cell(row, "text"))
        }
