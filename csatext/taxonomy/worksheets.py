"""Taxonomies in worksheets: one row a category."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from csatext.errors import LexiconError
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.workbooks import read_workbook
from csatext.taxonomy.category import CAUSES, STAGES, Category
from csatext.taxonomy.patterns import PatternError, parse_pattern

__all__ = ["read_worksheet"]

_LEVEL_HEADERS = ("一级", "二级", "三级", "四级")
_HEADERS = {
    "patterns": ("关键词",),
    "exceptions": ("排除",),
    "owner": ("部门",),
    "definition": ("定义", "说明"),
    "counterexamples": ("反例",),
    "examples": ("正例", "示例", "例句"),
    "remedy": ("处理", "措施"),
    "stage": ("阶段", "环节"),
    "cause": ("成因", "根因"),
    "severity": ("严重",),
}
_WORDS = ("patterns", "exceptions")
_SENTENCES = ("examples", "counterexamples")
_CHOICES = {"stage": STAGES, "cause": CAUSES}


def read_worksheet(path: Path) -> list[Category]:
    """Return the categories of a worksheet, parents before children.

    Raises
    ------
    LexiconError, InputError
        There is no column of a first level, a category lacks the one above it, or a cell cannot be used.
    """
    raw = read_workbook(read_bytes(path), path)
    table = raw.frame.astype(object).where(raw.frame.notna(), "").map(lambda cell: str(cell).strip())
    headers = [str(name).strip() for name in table.columns]
    levels = [at for level in _LEVEL_HEADERS for at, name in enumerate(headers) if name.startswith(level)]
    if not levels:
        raise LexiconError.bad_line(path, 1, f"表头里没有「一级…」列；现有列：{'、'.join(headers)}")
    columns = _columns(headers, levels)
    lines = raw.lines if raw.lines is not None else range(2, len(table) + 2)
    categories: dict[str, Category] = {}
    above: list[str] = []
    for line, row in zip(lines, table.itertuples(index=False), strict=True):
        labels = [row[at] for at in levels]
        deepest = max((depth for depth, label in enumerate(labels) if label), default=-1)
        if deepest < 0:
            if not above:
                continue
            labels, deepest = [*above, *[""] * (len(levels) - len(above))], len(above) - 1
        if deepest > len(above) and not all(labels[len(above) : deepest]):
            raise LexiconError.bad_line(path, int(line), f"「{labels[deepest]}」缺少上级分类")
        # A merged cell is filled in its first row only: what is empty on the left goes on from above.
        first = next(depth for depth, label in enumerate(labels) if label)
        above = [*above[:first], *labels[first : deepest + 1]]
        for depth in range(1, len(above) + 1):
            category_id, parent = "/".join(above[:depth]), "/".join(above[: depth - 1]) or None
            categories.setdefault(category_id, Category(category_id, above[depth - 1], parent))
        category_id = "/".join(above)
        cells = {name: row[at] for name, at in columns.items()}
        categories[category_id] = _with_cells(categories[category_id], cells, path, int(line))
    named_by_label = {category.parent for category in categories.values()}
    return [
        replace(category, patterns=(category.label_zh,))
        if not category.patterns
        and category.id not in named_by_label
        and (category.parent or len(levels) == 1)
        else category
        for category in categories.values()
    ]


def _columns(headers: list[str], levels: list[int]) -> dict[str, int]:
    """Return the column of each field; a header goes to the first field it names."""
    columns: dict[str, int] = {}
    for at, header in enumerate(headers):
        field = next(
            (name for name, marks in _HEADERS.items() if any(mark in header for mark in marks)), None
        )
        if at not in levels and field is not None:
            columns.setdefault(field, at)
    return columns


def _with_cells(category: Category, cells: dict[str, str], path: Path, line: int) -> Category:
    """Return a category with the cells of one row added; the first row that names an owner keeps it."""
    changed: dict[str, object] = {}
    for name, cell in cells.items():
        if not cell:
            continue
        if name in _WORDS:
            changed[name] = getattr(category, name) + _patterns(cell, path, line)
        elif name in _SENTENCES:
            changed[name] = getattr(category, name) + tuple(
                sentence.strip() for sentence in re.split(r"[\r\n]+", cell) if sentence.strip()
            )
        elif name == "severity":
            if cell.removesuffix(".0") not in ("1", "2", "3"):
                raise LexiconError.bad_line(path, line, f"严重度应是 1、2 或 3，现在是「{cell}」")
            changed[name] = int(cell.removesuffix(".0"))
        elif name in _CHOICES and cell not in _CHOICES[name]:
            raise LexiconError.bad_line(
                path, line, f"「{cell}」不能用在这一列，可用：{'、'.join(_CHOICES[name])}"
            )
        elif not getattr(category, name):
            changed[name] = cell
    return replace(category, **changed)  # type: ignore[arg-type]


def _patterns(cell: str, path: Path, line: int) -> tuple[str, ...]:
    """Return the words of a cell: lines are patterns of their own, words stand between any usual marks.

    Examples
    --------
    >>> _patterns("骂人、态度差，挂电话", Path("t.xlsx"), 2)
    ('骂人|态度差|挂电话',)
    >>> _patterns("快递 .. 慢；丢件", Path("t.xlsx"), 2)
    ('快递 .. 慢', '丢件')
    """
    slots = " .." in cell or cell.startswith("re:")
    lines = re.split(r"[\r\n；;]+", cell) if slots else [re.sub(r"[\r\n；;]+", "|", cell)]
    found = []
    for one in lines:
        words = (
            one.strip()
            if one.strip().startswith("re:")
            else (re.sub(r"[ \t\u3000]*[|、，,]+[ \t\u3000]*", "|", one).strip("| \u3000\t"))
        )
        if not words:
            continue
        try:
            parse_pattern(words)
        except PatternError as error:
            raise LexiconError.bad_line(path, line, str(error)) from error
        found.append(words)
    return tuple(found)
