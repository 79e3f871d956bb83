"""Taxonomies in YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from csatext.errors import CsatextError, LexiconError
from csatext.regular_files import read_whole
from csatext.taxonomy.category import CAUSES, STAGES, Category, Change, parents_first
from csatext.taxonomy.combinations import parse_rule
from csatext.taxonomy.packs import PACKS
from csatext.taxonomy.patterns import PatternError

__all__ = ["TaxonomyFile", "parsed_yaml", "read_taxonomy_file"]

_LARGEST = 2 << 20
"""Bytes of a YAML file, which is read at about a megabyte a second; a shipped one has up to 60 KB."""
_DEEPEST = 20
"""Levels of nesting of a YAML file; a level of the tree takes two."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FILE_KEYS = {"name", "label_zh", "version", "complaints", "extends", "drop", "changes", "categories"}
_TEXTS = ("owner", "definition", "remedy", "stage", "cause")
_LISTS = ("patterns", "except", "examples", "counterexamples")
_KEYS = {"id", "label_zh", "parent", "severity", "weight", "children", *_TEXTS, *_LISTS}
_BASES = ("core", *PACKS)
_ALLOWED = {"stage": STAGES, "cause": CAUSES}


class TaxonomyFile(NamedTuple):
    """What a file says.

    Attributes
    ----------
    categories : list of Category
        Its own, parents before children.
    name, label_zh, version : str
        Of the file.
    extends : tuple of str
        Shipped taxonomies that it is joined to.
    drop : frozenset of str
        ids of categories of these that it does without.
    changes : tuple of Change
        How categories of earlier versions go over.
    complaints : bool
        Whether its categories are of complaints alone.
    """

    categories: list[Category]
    name: str
    label_zh: str = ""
    version: str = ""
    extends: tuple[str, ...] = ()
    drop: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()
    complaints: bool = False


def read_taxonomy_file(path: Path) -> TaxonomyFile:
    """Return what a YAML file says: a list of categories, or a mapping with ``categories``.

    Raises
    ------
    LexiconError, InputError
        The file cannot be read, or an entry cannot be used; the line is named.
    """
    root, content = parsed_yaml(path)
    if isinstance(content, list) and content:
        return TaxonomyFile(_Reader(path).categories(content, root), path.stem)
    if not isinstance(content, dict) or "categories" not in content:
        raise LexiconError.bad_line(path, 1, "应是分类的列表，每项有 id 和 label_zh")
    unknown = sorted(map(str, content.keys() - _FILE_KEYS))
    if unknown:
        raise LexiconError.bad_line(
            path, 1, f"不认识的键「{unknown[0]}」，可用：{'、'.join(sorted(_FILE_KEYS))}"
        )
    nodes = {key.value: value for key, value in root.value}
    if not isinstance(content["categories"], list) or not content["categories"]:
        raise LexiconError.bad_line(path, _line(nodes["categories"]), "categories 应是分类的列表")
    extends = _strings(content, "extends", nodes, path)
    for name in extends:
        if name not in _BASES:
            raise LexiconError.bad_line(
                path, _line(nodes["extends"]), f"extends 不能是「{name}」，可用：{'、'.join(_BASES)}"
            )
    return TaxonomyFile(
        _Reader(path, based=bool(extends)).categories(content["categories"], nodes["categories"]),
        str(content.get("name") or path.stem),
        str(content.get("label_zh") or ""),
        str(content.get("version") or ""),
        extends,
        frozenset(_strings(content, "drop", nodes, path)),
        _changes(content.get("changes"), nodes.get("changes"), path),
        content.get("complaints") is True,
    )


def parsed_yaml(path: Path) -> tuple[Any, Any]:
    """Return the root node of a YAML file and what it holds.

    Raises
    ------
    LexiconError, InputError
        The file cannot be read, is no YAML, nests too deeply or refers to itself.
    """
    text = ""
    try:
        text = read_whole(path, _LARGEST, "请只留下要用的分类").decode("utf-8-sig")
        _check_shape(text, path)
        loader = _LOADER(text)
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    except CsatextError:
        raise
    except UnicodeDecodeError as error:
        raise LexiconError(f"分类体系「{path}」不是 UTF-8 编码；请另存为 UTF-8。") from error
    except yaml.MarkedYAMLError as error:
        # The C parser puts what is missing at the end on the line after it.
        line = min(error.problem_mark.line + 1, text.count("\n") + 1) if error.problem_mark else 1
        raise LexiconError.bad_line(path, line, "不是合法的 YAML") from error
    except (yaml.YAMLError, ValueError) as error:
        raise LexiconError.bad_line(path, 1, "不是合法的 YAML（里面有不能用的字符或数值）") from error


def _check_shape(text: str, path: Path) -> None:
    """Raise for a file that nests too deeply or refers to itself, before anything is built of it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise LexiconError.bad_line(path, line, "不能用引用（*名字）；请把内容写全")
        if depth > _DEEPEST:
            raise LexiconError.bad_line(path, line, f"嵌套超过 {_DEEPEST} 层")


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _strings(content: dict[str, Any], key: str, nodes: dict[str, Any], path: Path) -> tuple[str, ...]:
    given = content.get(key) or []
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise LexiconError.bad_line(path, _line(nodes[key]), f"{key} 应是字符串的列表，如 {key}: [名字]")
    return tuple(given)


def _changes(given: Any, node: Any, path: Path) -> tuple[Change, ...]:
    if not given:
        return ()
    fits = isinstance(given, list) and all(
        isinstance(one, dict) and {"old", "new"} == one.keys() for one in given
    )
    if not fits:
        raise LexiconError.bad_line(
            path, _line(node), "changes 应是列表，每项有 old 和 new（新编号，可以几个）"
        )
    return tuple(
        Change(str(one["old"]), tuple(map(str, one["new"] if isinstance(one["new"], list) else [one["new"]])))
        for one in given
    )


class _Reader:
    """Categories of one file, whose lines errors name."""

    def __init__(self, path: Path, *, based: bool = False) -> None:
        self._path = path
        self._based = based
        self._found: dict[str, Category] = {}

    def categories(self, entries: list[Any], node: Any) -> list[Category]:
        self._add(entries, node, None)
        if self._based:
            # A parent may stand in a taxonomy that the file extends.
            return list(self._found.values())
        return parents_first(self._found.values())

    def _add(self, entries: list[Any], node: Any, parent: str | None) -> None:
        for entry, at in zip(entries, node.value, strict=True):
            category = self._category(entry, at, parent)
            if category.id in self._found:
                raise self._error(at, f"编号「{category.id}」重复；每个编号只能出现一次")
            self._found[category.id] = category
            if entry.get("children"):
                if not isinstance(entry["children"], list):
                    raise self._error(at, "children 应是分类的列表")
                below = next(value for key, value in at.value if key.value == "children")
                self._add(entry["children"], below, category.id)

    def _category(self, entry: Any, node: Any, parent: str | None) -> Category:
        if not isinstance(entry, dict) or "id" not in entry or ("label_zh" not in entry and not self._based):
            raise self._error(node, "每个分类都要有 id 和 label_zh")
        unknown = sorted(map(str, entry.keys() - _KEYS))
        if unknown:
            raise self._error(node, f"不认识的键「{unknown[0]}」，可用：{'、'.join(sorted(_KEYS))}")
        nodes = {key.value: value for key, value in node.value}
        for key in _LISTS:
            given = entry.get(key) or []
            if not isinstance(given, list) or not all(
                isinstance(item, str | dict) and item for item in given
            ):
                raise self._error(nodes[key], f"{key} 应是非空字符串的列表")
        for key, allowed in _ALLOWED.items():
            if entry.get(key) and entry[key] not in allowed:
                raise self._error(nodes[key], f"{key} 不能是「{entry[key]}」，可用：{'、'.join(allowed)}")
        severity = entry.get("severity", 2)
        if type(severity) is not int or not 1 <= severity <= 3:
            raise self._error(nodes["severity"], f"severity 应是 1、2 或 3，现在是「{severity}」")
        weight = entry.get("weight", 1)
        if type(weight) not in (int, float) or not 0 < weight <= 10:
            raise self._error(nodes["weight"], f"weight 应是大于 0、不大于 10 的数，现在是「{weight}」")
        rules = []
        for key in ("patterns", "except"):
            for item, at in zip(
                entry.get(key) or [], nodes[key].value if entry.get(key) else [], strict=True
            ):
                try:
                    rule = parse_rule(item)
                except PatternError as error:
                    raise self._error(at, f"{key}：{error}") from error
                if isinstance(item, dict):
                    if key == "except":
                        raise self._error(at, "except 里只能写词语")
                    rules.append(rule)
        texts = {key: str(entry.get(key) or "") for key in _TEXTS}
        return Category(
            str(entry["id"]),
            str(entry.get("label_zh") or ""),
            str(entry["parent"]) if entry.get("parent") else parent,
            patterns=tuple(item for item in entry.get("patterns") or () if isinstance(item, str)),
            exceptions=tuple(entry.get("except") or ()),
            rules=tuple(rules),
            examples=tuple(map(str, entry.get("examples") or ())),
            counterexamples=tuple(map(str, entry.get("counterexamples") or ())),
            severity=severity,
            weight=float(weight),
            **texts,
        )

    def _error(self, node: Any, why: str) -> LexiconError:
        return LexiconError.bad_line(self._path, _line(node), why)
