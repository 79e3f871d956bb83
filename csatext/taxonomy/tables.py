"""Taxonomies in tables: one row a category, in a workbook or a CSV file."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from csatext.errors import LexiconError
from csatext.ingest.columns.headers import normal_header
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.workbooks import read_grids
from csatext.taxonomy.category import CAUSES, STAGES, Category
from csatext.taxonomy.patterns import PatternError, parse_pattern

__all__ = ["TABLES", "read_table"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TABLES = (*_WORKBOOKS, ".csv", ".tsv")
"""Endings of the files that are read as a table."""
_LARGEST = 2 << 20
"""Bytes of a CSV file."""
_LOOK, _SHOWN = 15, 30
"""Rows of a table in which its header is looked for, and names of columns that an error shows."""
_LEVELS = tuple(
    re.compile(rf"^(?:第?[{digits}][级层]|{words}|(?:l|level|category|cat){digits[1]})")
    for digits, words in (
        ("一1", "大类|category$"),
        ("二2", "中类|小类|子类|子分类|sub"),
        ("三3", "小类|细类"),
        ("四4", "细类"),
    )
)
"""Headers of the levels, in normal form."""
_ONLY_LEVEL = re.compile(r"(?:类别|分类|类目|类型|标签)(?:名称)?$")
"""Headers of the first level where none says that it is."""
_WORDS = re.compile(r"关键[词字]|词[语条表]|(?:触发|匹配|命中)词|keyword|pattern|(?:words?|terms?)\d*$")
_EXCEPTIONS = re.compile("排除|例外|除外|不含|否定|exclu|except|negative")
_OWNER = re.compile("部门|责任|单位|负责|归口|owner|department|dept|team")
_CODE = re.compile("编码|编号|代码|序号|code$|id$")
_QUOTES = re.compile("[\u201c\u201d\u2018\u2019\"'「」『』]")
_BETWEEN = re.compile(r"[|、,]+|(?<=[\u4e00-\u9fff])(?:[ \t]*/[ \t]*|[ \t]+)(?=[\u4e00-\u9fff])")
"""Marks between two words; blanks and / only between Chinese characters: A/B测试 and iPhone 15 are words."""
_DETAILS = {
    "counterexamples": re.compile("反例|counter"),
    "examples": re.compile("正例|示例|例句|举例|example"),
    "definition": re.compile("定义|说明|解释|definition|description"),
    "remedy": re.compile("处理|措施|对策|remedy"),
    "stage": re.compile("阶段|环节|stage"),
    "cause": re.compile("成因|根因|cause"),
    "severity": re.compile("严重|severity"),
}
"""Headers of what else a row may say; the first that fits counts."""
_SENTENCES = ("examples", "counterexamples")
_CHOICES = {"stage": STAGES, "cause": CAUSES}


class _Columns(NamedTuple):
    """Places of the levels, words, exceptions and owner in a header row."""

    levels: list[int]
    words: list[int]
    exceptions: list[int]
    owner: list[int]
    details: dict[str, int]


def read_table(path: Path) -> list[Category]:
    """Return the categories of a table, parents before children.

    Raises
    ------
    LexiconError, InputError
        There is no column of a first level, a category lacks the one above it, or a cell cannot be used.
    """
    grids = _grids(path)
    # Titles and remarks may stand above the header, and a sheet of instructions before the table.
    headers = ((grid, n) for grid in grids for n in range(min(len(grid[1]), _LOOK)))
    found = next(((grid, n) for grid, n in headers if _columns(grid[1][n]).levels), None)
    if found is None:
        first = next((row for _, rows in grids for row in rows if any(row)), [])
        names = "、".join([cell for cell in first if cell][:_SHOWN])
        why = f"表头里没有「一级…」列；现有列：{names}。表头可写：一级、二级、关键词、排除词、责任部门"
        raise LexiconError.bad_line(path, 1, why)
    (top, rows), at = found
    table = [(top + n + 1, row) for n, row in enumerate(rows) if n > at and any(row)]
    if not table:
        raise LexiconError.bad_line(path, top + at + 1, "表头下面没有分类")
    return _of_rows(table, _columns(rows[at]), path)


def _grids(path: Path) -> list[tuple[int, list[list[str]]]]:
    """Return the tables of a file: the number of rows above the first, and rows of cells."""
    data = read_bytes(path)
    if path.suffix.lower() in _WORKBOOKS:
        return read_grids(data, path)
    if len(data) > _LARGEST:
        raise LexiconError.bad_line(path, 1, f"文件超过 {_LARGEST >> 20} MB；请只留下要用的分类")
    text, _ = decode(data, path)
    head = next((line for line in text.splitlines() if line.strip()), "")
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=max("\t,;|", key=head.count)))
    except csv.Error as error:
        raise LexiconError.bad_line(path, 1, "不是合法的表格；请用 Excel 另存为 .xlsx") from error
    return [(0, [[cell.strip() for cell in row] for row in rows])]


def _columns(header: list[str]) -> _Columns:
    names = [normal_header(cell) for cell in header]
    exceptions = [at for at, name in enumerate(names) if _EXCEPTIONS.search(name)]
    words = [at for at, name in enumerate(names) if _WORDS.search(name) and at not in exceptions]
    owner = [at for at, name in enumerate(names) if _OWNER.search(name)]
    details: dict[str, int] = {}
    for at, name in enumerate(names):
        field = next((field for field, header in _DETAILS.items() if header.search(name)), None)
        if field is not None and at not in (*exceptions, *words, *owner):
            details.setdefault(field, at)
    taken = {*exceptions, *words, *owner, *details.values()}
    free = [at for at, name in enumerate(names) if at not in taken and not _CODE.search(name)]
    levels: list[int] = []
    for level in _LEVELS:
        fitting = [at for at in free if at not in levels and level.search(names[at])]
        if not fitting and not levels and words:
            fitting = [at for at in free if _ONLY_LEVEL.search(names[at])]
        if not fitting:
            break
        levels.append(fitting[0])
    return _Columns(levels, words, exceptions, owner, details)


def _of_rows(table: list[tuple[int, list[str]]], columns: _Columns, path: Path) -> list[Category]:
    """Return the categories of numbered rows, joined where a category has several."""

    def cells(row: list[str], places: list[int]) -> list[str]:
        return [row[at] if at < len(row) else "" for at in places]

    categories: dict[str, Category] = {}
    above: list[str] = []
    for line, row in table:
        labels = cells(row, columns.levels)
        deepest = max((depth for depth, label in enumerate(labels) if label), default=-1)
        if deepest < 0:
            if not above:
                continue
            labels, deepest = [*above, *[""] * (len(labels) - len(above))], len(above) - 1
        if deepest > len(above) and not all(labels[len(above) : deepest]):
            raise LexiconError.bad_line(path, line, f"「{labels[deepest]}」缺少上级分类")
        # A merged cell is filled in its first row only: what is empty on the left goes on from above.
        first = next(depth for depth, label in enumerate(labels) if label)
        above = [*above[:first], *labels[first : deepest + 1]]
        for depth in range(1, len(above) + 1):
            category_id, parent = "/".join(above[:depth]), "/".join(above[: depth - 1]) or None
            categories.setdefault(category_id, Category(category_id, above[depth - 1], parent))
        category_id = "/".join(above)
        known = categories[category_id]
        patterns, exceptions = (
            tuple(pattern for cell in cells(row, places) for pattern in _patterns(cell, path, line))
            for places in (columns.words, columns.exceptions)
        )
        categories[category_id] = replace(
            known,
            owner=known.owner or next(filter(None, cells(row, columns.owner)), ""),
            patterns=known.patterns + patterns,
            exceptions=known.exceptions + exceptions,
            **_details(
                known, {name: cells(row, [at])[0] for name, at in columns.details.items()}, path, line
            ),
        )
    named_by_label = {category.parent for category in categories.values()}
    return [
        replace(category, patterns=(category.label_zh,))
        if not category.patterns
        and category.id not in named_by_label
        and (category.parent or len(columns.levels) == 1)
        else category
        for category in categories.values()
    ]


def _details(known: Category, cells: dict[str, str], path: Path, line: int) -> dict[str, Any]:
    """Return the fields that a row adds; of a text, the first row that gives it counts."""
    added: dict[str, Any] = {}
    for name, cell in cells.items():
        if not cell:
            continue
        if name in _SENTENCES:
            sentences = tuple(one.strip() for one in re.split(r"[\r\n]+", cell) if one.strip())
            added[name] = getattr(known, name) + sentences
        elif name == "severity":
            if cell not in ("1", "2", "3"):
                raise LexiconError.bad_line(path, line, f"严重度应是 1、2 或 3，现在是「{cell}」")
            added[name] = int(cell)
        elif name in _CHOICES and cell not in _CHOICES[name]:
            raise LexiconError.bad_line(
                path, line, f"「{cell}」不能用在这一列，可用：{'、'.join(_CHOICES[name])}"
            )
        elif not getattr(known, name):
            added[name] = cell
    return added


def _patterns(cell: str, path: Path, line: int) -> tuple[str, ...]:
    """Return the words of a cell: lines are patterns of their own, words stand between any usual marks.

    Examples
    --------
    >>> _patterns("骂人、态度差，挂电话", Path("t.xlsx"), 2)
    ('骂人|态度差|挂电话',)
    >>> _patterns("快递 .. 慢；丢件", Path("t.xlsx"), 2)
    ('快递 .. 慢', '丢件')
    """
    if cell.startswith("re:"):
        found = [one.strip() for one in re.split(r"[\r\n]+", cell)]
    else:
        cell = unicodedata.normalize("NFKC", cell)
        cell = _QUOTES.sub("", re.sub(r"[\r\n;]+", ";", cell))
        lines = cell.split(";") if " .." in cell else [cell.replace(";", "|")]
        words = ([word.strip() for word in _BETWEEN.split(one)] for one in lines)
        found = ["|".join(filter(None, one)) for one in words]
    found = [pattern for pattern in found if pattern]
    try:
        for pattern in found:
            parse_pattern(pattern)
    except PatternError as error:
        raise LexiconError.bad_line(path, line, str(error)) from error
    return tuple(found)
