"""Taxonomy: the tree of complaint categories with the patterns that identify them, from YAML or Excel."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from csatext.argument_types import as_path
from csatext.errors import CsatextError, LexiconError, ParameterError
from csatext.ingest.columns.headers import normal_header
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.workbooks import read_grids
from csatext.lexicon import lexicon_path
from csatext.regular_files import read_whole

__all__ = ["Category", "Taxonomy", "pattern_expression"]

_KEYS = {"id", "label_zh", "owner", "patterns", "except", "children"}
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_TABLES = (*_WORKBOOKS, ".csv", ".tsv")
_LOOK = 15
"""Rows of a table in which its header is looked for."""
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
_LARGEST = 2 << 20
"""Bytes of a YAML file, which is read at about a megabyte a second; the shipped one has 40 KB."""
_DEEPEST = 20
"""Levels of nesting of a YAML file; a level of the tree takes two."""
_GAP = r"[^。！？!?\n]{0,10}?"


@dataclass(frozen=True)
class Category:
    """One node of the tree.

    Attributes
    ----------
    id : str
        Unique; a child's begins with its parent's in the shipped taxonomy.
    label_zh : str
        Name shown.
    parent : str or None
        id of the parent.
    owner : str
        Department that answers for it; a child without one has its parent's.
    patterns, exceptions : tuple of str
        Words joined by ``|``; slots joined by `` .. `` follow each other within one sentence, at
        most ten characters apart.
    """

    id: str
    label_zh: str
    parent: str | None = None
    owner: str = ""
    patterns: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()


class Taxonomy:
    """A tree of categories in the order of its file.

    Parameters
    ----------
    categories : iterable of Category
        Parents before children.

    Raises
    ------
    ParameterError
        An id repeats, or a parent is not there.

    Examples
    --------
    >>> taxonomy = Taxonomy.load()
    >>> taxonomy["refund.slow"].label_zh, taxonomy.path("refund.slow")
    ('退款迟缓', ('退换退款', '退款迟缓'))
    >>> taxonomy.owner("refund.slow"), taxonomy.first_level[0].parent, taxonomy.table["id"].is_unique
    ('售后部', None, True)
    """

    def __init__(self, categories: Iterable[Category]) -> None:
        given = list(categories) if isinstance(categories, Iterable) else [categories]
        for category in given:
            if not isinstance(category, Category):
                wanted = "由 Category 组成的列表；从文件读请用 Taxonomy.load(路径)"
                raise ParameterError.wrong_type("categories", category, wanted)
        self.categories = tuple(given)
        self._by_id: dict[str, Category] = {}
        for category in self.categories:
            if category.id in self._by_id:
                raise ParameterError(f"分类体系里编号「{category.id}」重复；每个编号只能出现一次。")
            if category.parent is not None and category.parent not in self._by_id:
                raise ParameterError(
                    f"分类「{category.id}」的上级「{category.parent}」不存在；请把上级写在前面。"
                )
            self._by_id[category.id] = category

    @classmethod
    def load(cls, path: str | PathLike[str] | None = None) -> Taxonomy:
        """Return the taxonomy of a file.

        Parameters
        ----------
        path : path or None
            YAML in the form of the shipped file, or a table (.xlsx, .xls, .ods, .csv, .tsv) with one row a
            category: columns 一级, 二级 (三级 …) or 大类, 小类, optionally 关键词 (several columns too),
            排除词 (words between ``|``, 、 ， ； / or blanks, in lines), 责任部门. Rows of one category are
            joined; a category without words that has none below it is identified by its own name, one of the
            first level only where there is no second.
            None reads the shipped taxonomy.

        Returns
        -------
        Taxonomy
            In the order of the file.

        Raises
        ------
        LexiconError, InputError
            The file cannot be read or has a bad entry.
        ParameterError
            ``path`` is no path.
        """
        path = lexicon_path("taxonomy.yaml") if path is None else as_path(path)
        if not path.is_file():
            raise LexiconError(f"找不到分类体系文件「{path}」；请检查路径。")
        if path.suffix.lower() in _TABLES:
            return cls(_from_table(path))
        return cls(_from_yaml(path))

    def __len__(self) -> int:
        return len(self.categories)

    def __repr__(self) -> str:
        return f"Taxonomy(first_level={len(self.first_level)}, categories={len(self)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taxonomy) and self.categories == other.categories

    def __hash__(self) -> int:
        return hash(self.categories)

    def __getitem__(self, category_id: str) -> Category:
        """Return a category by id."""
        if category_id not in self._by_id:
            raise ParameterError.not_allowed("category", category_id, list(self._by_id))
        return self._by_id[category_id]

    @property
    def first_level(self) -> tuple[Category, ...]:
        """Categories without a parent."""
        return tuple(category for category in self.categories if category.parent is None)

    def path(self, category_id: str) -> tuple[str, ...]:
        """Return the labels from the first level down to a category.

        Parameters
        ----------
        category_id : str
            Of a category of the tree.

        Returns
        -------
        tuple of str
            Labels, the category's own last.

        Raises
        ------
        ParameterError
            There is no such category.
        """
        labels: list[str] = []
        at: str | None = category_id
        while at is not None:
            category = self[at]
            labels.append(category.label_zh)
            at = category.parent
        return tuple(reversed(labels))

    def owner(self, category_id: str) -> str:
        """Return the department that answers for a category, its own or the nearest above.

        Parameters
        ----------
        category_id : str
            Of a category of the tree.

        Returns
        -------
        str
            Empty where none is named.

        Raises
        ------
        ParameterError
            There is no such category.
        """
        category = self[category_id]
        if category.owner or category.parent is None:
            return category.owner
        return self.owner(category.parent)

    @property
    def table(self) -> pd.DataFrame:
        """One row a category: id, parent, label_zh, owner, number of patterns."""
        return pd.DataFrame(
            {
                "id": [category.id for category in self.categories],
                "parent": pd.array([category.parent for category in self.categories], dtype="str"),
                "label_zh": [category.label_zh for category in self.categories],
                "owner": [self.owner(category.id) for category in self.categories],
                "n_patterns": [len(category.patterns) for category in self.categories],
            }
        )


def pattern_expression(pattern: str) -> str:
    """Return a pattern as a regular expression, longest words first.

    Examples
    --------
    >>> pattern_expression("件|快递")
    '(?:快递|件)'
    """
    slots = []
    for slot in pattern.split(" .. "):
        words = {word.strip() for word in slot.split("|")} - {""}
        ordered = sorted(words, key=lambda word: (-len(word), word))
        case = "(?i:" if pattern.upper() != pattern.lower() else "(?:"
        slots.append(case + "|".join(re.escape(word) for word in ordered) + ")")
    return _GAP.join(slots)


def _from_yaml(path: Path) -> list[Category]:
    try:
        text = read_whole(path, _LARGEST, "请只留下要用的分类").decode("utf-8-sig")
        _check_shape(text, path)
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        entries = None if root is None else loader.construct_document(root)
    except CsatextError:
        raise
    except UnicodeDecodeError as error:
        raise LexiconError(f"分类体系「{path}」不是 UTF-8 编码；请另存为 UTF-8。") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconError.bad_line(path, line, "不是合法的 YAML") from error
    except (yaml.YAMLError, ValueError) as error:
        raise LexiconError.bad_line(path, 1, "不是合法的 YAML（里面有不能用的字符或数值）") from error
    if root is None or not isinstance(entries, list) or not entries:
        raise LexiconError.bad_line(path, 1, "应是分类的列表，每项有 id 和 label_zh")
    categories: list[Category] = []
    _add(entries, root.value, None, path, categories)
    return categories


def _check_shape(text: str, path: Path) -> None:
    """Raise for a file that nests too deeply or refers to itself, before anything is built of it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise LexiconError.bad_line(path, line, "不能用引用（*名字）；请把内容写全")
        if depth > _DEEPEST:
            raise LexiconError.bad_line(path, line, f"嵌套超过 {_DEEPEST} 层")


def _add(
    entries: list[Any], nodes: list[Any], parent: str | None, path: Path, categories: list[Category]
) -> None:
    for entry, node in zip(entries, nodes, strict=True):
        line = node.start_mark.line + 1
        if not isinstance(entry, dict) or not {"id", "label_zh"} <= entry.keys():
            raise LexiconError.bad_line(path, line, "每个分类都要有 id 和 label_zh")
        unknown = sorted(map(str, entry.keys() - _KEYS))
        if unknown:
            raise LexiconError.bad_line(
                path, line, f"不认识的键「{unknown[0]}」，可用：{'、'.join(sorted(_KEYS))}"
            )
        for key in ("patterns", "except"):
            given = entry.get(key) or []
            fits = isinstance(given, list) and all(
                isinstance(item, str) and _has_words(item) for item in given
            )
            if not fits:
                raise LexiconError.bad_line(path, line, f"{key} 应是非空字符串的列表")
        categories.append(
            Category(
                str(entry["id"]),
                str(entry["label_zh"]),
                parent,
                str(entry.get("owner") or ""),
                tuple(entry.get("patterns") or ()),
                tuple(entry.get("except") or ()),
            )
        )
        if entry.get("children"):
            if not isinstance(entry["children"], list):
                raise LexiconError.bad_line(path, line, "children 应是分类的列表")
            below = next(value for key, value in node.value if key.value == "children")
            _add(entry["children"], below.value, str(entry["id"]), path, categories)


def _has_words(pattern: str) -> bool:
    """Return whether every slot of a pattern holds a word: an empty one would match everywhere."""
    return all(slot.strip(" |") for slot in pattern.split(" .. "))


class _Columns(NamedTuple):
    """Places of the levels, words, exceptions and owner in a header row."""

    levels: list[int]
    words: list[int]
    exceptions: list[int]
    owner: list[int]


def _from_table(path: Path) -> list[Category]:
    grids = _grids(path)
    # Titles and remarks may stand above the header, and a sheet of instructions before the table.
    headers = ((grid, n) for grid in grids for n in range(min(len(grid[1]), _LOOK)))
    found = next(((grid, n) for grid, n in headers if _columns(grid[1][n]).levels), None)
    if found is None:
        first = next((row for _, rows in grids for row in rows if any(row)), [])
        names = "、".join(cell for cell in first if cell)
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
    taken = {*exceptions, *words, *owner}
    free = [at for at, name in enumerate(names) if at not in taken and not _CODE.search(name)]
    levels: list[int] = []
    for level in _LEVELS:
        fitting = [at for at in free if at not in levels and level.search(names[at])]
        if not fitting and not levels and words:
            fitting = [at for at in free if _ONLY_LEVEL.search(names[at])]
        if not fitting:
            break
        levels.append(fitting[0])
    return _Columns(levels, words, exceptions, owner)


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
            tuple(pattern for cell in cells(row, places) for pattern in _patterns(cell))
            for places in (columns.words, columns.exceptions)
        )
        categories[category_id] = replace(
            known,
            owner=known.owner or next(filter(None, cells(row, columns.owner)), ""),
            patterns=known.patterns + patterns,
            exceptions=known.exceptions + exceptions,
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


def _patterns(cell: str) -> tuple[str, ...]:
    """Return the words of a cell: lines are patterns of their own, words stand between any usual marks.

    Examples
    --------
    >>> _patterns("骂人、态度差，挂电话")
    ('骂人|态度差|挂电话',)
    >>> _patterns("快递 .. 慢；丢件")
    ('快递 .. 慢', '丢件')
    """
    cell = unicodedata.normalize("NFKC", cell)
    cell = _QUOTES.sub("", re.sub(r"[\r\n;]+", ";", cell))
    lines = cell.split(";") if " .. " in cell else [cell.replace(";", "|")]
    words = ([word.strip() for word in _BETWEEN.split(line)] for line in lines)
    found = ("|".join(filter(None, line)) for line in words)
    return tuple(pattern for pattern in found if pattern and _has_words(pattern))
