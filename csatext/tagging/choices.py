"""What a person may answer: the categories of a taxonomy by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from csatext.errors import ParameterError, nearest
from csatext.labels import UNCLASSIFIED
from csatext.tagging.sheet_layout import CATEGORIES
from csatext.taxonomy import Taxonomy

__all__ = ["Answer", "Choices", "WrongCell", "clean_cell", "folded_cell", "version_of"]

_MARKS = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")


class Answer(NamedTuple):
    """What a person said: the category, or the answer to the flag that ``measure`` names."""

    measure: str
    category: str
    subcategory: str | None = None


class WrongCell(NamedTuple):
    """A cell that is no answer: its column, what stands there, and why."""

    column: str
    value: str
    reason: str


def version_of(taxonomy: Taxonomy) -> str:
    """Return the name and version of a taxonomy, as tags bear it.

    Examples
    --------
    >>> version_of(Taxonomy([], name="telecom", version="2"))
    'telecom 2'
    """
    return f"{taxonomy.name} {taxonomy.version}".strip()


class Choices:
    """The answers of a taxonomy: first levels, and the categories below each.

    Parameters
    ----------
    taxonomy : Taxonomy

    Raises
    ------
    ParameterError
        ``taxonomy`` is none.
    """

    layout = CATEGORIES
    needed = ("category",)
    """Columns without which a sheet is of no use."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        if not isinstance(taxonomy, Taxonomy):
            wanted = "Taxonomy；请先用 ct.Taxonomy.load(路径) 得到"
            raise ParameterError.wrong_type("taxonomy", taxonomy, wanted)
        self.version = version_of(taxonomy)
        self.below: dict[str, list[str]] = {category.label_zh: [] for category in taxonomy.first_level}
        self._named: dict[str, tuple[str, str | None]] = {}
        for category in taxonomy.categories:
            path = taxonomy.path(category.id)
            answer = (path[0], path[-1] if len(path) > 1 else None)
            if answer[1] is not None and answer[1] not in self.below[path[0]]:
                self.below[path[0]].append(answer[1])
            self._named[category.id] = answer
            self._named["/".join(path)] = answer
        self.below.setdefault(UNCLASSIFIED, [])
        self._spelled: dict[str, set[str]] = {}
        self._typed: dict[str, set[str]] = {}
        for name in {*self._named, *self.below, *(name for below in self.below.values() for name in below)}:
            self._spelled.setdefault(_letters(name), set()).add(name)
            self._typed.setdefault(folded_cell(name), set()).add(name)
        self.changes = {
            change.old: tuple("/".join(taxonomy.path(one)) for one in change.new)
            for change in taxonomy.changes
        }

    def answer(self, first: str, second: str) -> tuple[str, str | None] | str:
        """Return first level and category below it, or a sentence on what is wrong.

        Parameters
        ----------
        first, second : str
            What stands in the two cells; one of them may be empty. Blanks, width of letters and case do not
            matter.
        """
        first, second = self._renamed(self._meant(first)), self._renamed(self._meant(second))
        if first in self._named and first not in self.below:
            level, below = self._named[first]
            if second and below and second != below:
                return f"「{first}」已经是「{below}」，与二级「{second}」矛盾"
            first, second = level, second or below or ""
        if second in self._named:
            level, below = self._named[second]
            if first and level != first:
                return f"二级「{second}」属于「{level}」，不属于「{first}」"
            first, second = level, below or ""
        if not first:
            owners = [level for level, names in self.below.items() if second in names]
            if len(owners) != 1:
                return (
                    f"一级类别是空的，二级「{second}」{'有几个上级' if owners else '不在分类里'}；请补上一级"
                )
            first = owners[0]
        if first not in self.below:
            return f"一级类别没有「{first}」；{_hint(first, self.below)}"
        if second and second not in self.below[first]:
            if second in (first, UNCLASSIFIED):
                return (first, None)
            owner = next((level for level, names in self.below.items() if second in names), None)
            if owner is not None:
                return f"二级「{second}」属于「{owner}」，不属于「{first}」"
            below = "、".join(self.below[first][:8])
            hint = _hint(second, self.below[first])
            return f"「{first}」下没有二级「{second}」；{hint}可选：{below or '（无）'}"
        return (first, second or None)

    def named(self, value: str) -> tuple[str, str | None] | str:
        """Return the answer that one name stands for, or a sentence on what is wrong.

        Parameters
        ----------
        value : str
            A first level, a category below one, an identifier or both levels together.
        """
        name = self.spelled(value)
        is_second = name not in self._named and name not in self.below and self.is_below(name)
        return self.answer("", name) if is_second else self.answer(name, "")

    def spelled(self, value: str) -> str:
        """Return the one name that is a value but for blanks, marks, width and case; else the value.

        Parameters
        ----------
        value : str
            A name, an identifier or both levels together.
        """
        value = clean_cell(value)
        if value in self._named or value in self.below or self.is_below(value):
            return value
        names = self._spelled.get(_letters(value), set()) if _letters(value) else set()
        return next(iter(names)) if len(names) == 1 else value

    def read(self, cells: Mapping[str, str]) -> Iterator[Answer | WrongCell]:
        """Yield the answer of a row, or what is wrong with it.

        Parameters
        ----------
        cells : mapping of str to str
            What stands in each column of answers; one at least is filled.
        """
        first, second = cells["category"], cells["subcategory"]
        found = self.answer(first, second)
        if isinstance(found, tuple):
            yield Answer("category", *found)
        elif second and self.is_first(first):
            yield WrongCell("subcategory", second, found)
        else:
            yield WrongCell("category", first or second, found)

    def renamed(self, name: str, cell: str) -> bool:
        """Return whether a cell looks like an answer of a column, so that one under another name is found."""
        return self.is_first(cell) if name == "category" else self.is_below(cell)

    def of_another_version(self, version: str) -> str:
        """Return what is said of tags by another taxonomy: what became of its categories.

        Parameters
        ----------
        version : str
            Name and version of the other (:func:`version_of`).
        """
        became = [f"{old}→{'、'.join(new) or '（已取消）'}" for old, new in self.changes.items()]
        said = f"对照表：{'；'.join(became[:20])}" if became else "新版没有变更对照表"
        return (
            f"标注时用的是「{version}」，现在的分类体系是「{self.version}」；"
            f"改名的类别按对照表换成新的，换不了的逐格列出。{said}。"
        )

    def is_first(self, value: str) -> bool:
        """Return whether a cell holds a first level."""
        return self._meant(value) in self.below

    def is_below(self, value: str) -> bool:
        """Return whether a cell holds a category below a first level."""
        meant = self._meant(value)
        return any(meant in names for names in self.below.values())

    def _meant(self, value: str) -> str:
        """Return the one name that a cell is but for blanks, width of letters and case; else the cell."""
        value = clean_cell(value)
        names = self._typed.get(folded_cell(value), set()) if value else set()
        return next(iter(names)) if value not in names and len(names) == 1 else value

    def _renamed(self, value: str) -> str:
        """Return the category that took the place of one of an earlier version, where there is one."""
        if not value or value in self.below or value in self._named or self.is_below(value):
            return value
        became = self.changes.get(value, ())
        return became[0] if len(became) == 1 else value


def clean_cell(value: str) -> str:
    """Return a cell without blanks and marks that are not seen at its ends."""
    return unicodedata.normalize("NFC", value).strip().strip("\u3000\ufeff\u200b").strip()


def folded_cell(value: str) -> str:
    """Return a cell without blanks, widths of letters and case.

    Examples
    --------
    >>> folded_cell(" ＡＰＰ 故障") == folded_cell("app故障")
    True
    """
    return _BLANKS.sub("", unicodedata.normalize("NFKC", value)).casefold()


def _letters(value: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", value)).casefold()


def _hint(given: str, allowed: object) -> str:
    near = nearest(given, allowed)  # type: ignore[arg-type]
    return f"是不是「{near}」？" if near is not None else ""
