"""Definitions of KPIs: read from YAML, checked, joined with a user's own file."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any
from zlib import crc32

import pandas as pd
import yaml

from csatext.argument_types import as_path
from csatext.errors import CsatextError, InputError, LexiconError, nearest
from csatext.regular_files import read_whole
from csatext.schema import conform
from csatext.schema.service import KPI_DEFINITIONS
from csatext.service.formulas.expressions import ExpressionError, names_in, parse

__all__ = ["Definition", "Definitions", "kpi_definitions", "read_definitions"]

_SHIPPED = Path(__file__).with_name("definitions.yaml")
_LARGEST = 1 << 20
_DEEPEST = 8
"""Levels of nesting; an entry's parameters take five."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS = ("rate", "mean", "ratio", "count", "sum")
_PER = ("contact", "customer")
_DIRECTIONS = ("up", "down", "none")
_TEXTS = ("name_zh", "name_en", "formula", "unit", "gaming")
_NEEDED = ("name_zh", "name_en", "formula", "kind", "numerator", "unit", "direction", "gaming", "twin")
_EXPRESSIONS = ("numerator", "denominator", "filter")
_KEYS = (
    "id", *_NEEDED, "denominator", "filter", "per", "every", "lag_days", "parameters", "optional", "instead",
    "needs", "requirement",
)  # fmt: skip
_MOST_LAG = 3660


@dataclass(frozen=True)
class Parameter:
    """A number that a definition leaves open: the value taken, and the least and greatest allowed."""

    default: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Definition:
    """One KPI; see :data:`csatext.schema.service.KPI_DEFINITIONS` for what the fields mean.

    Attributes
    ----------
    every : bool
        Whether a customer counts when all contacts have it, and not when any has.
    trees : dict of str to ast.expr
        Numerator, denominator and filter, parsed.
    """

    id: str
    name_zh: str
    name_en: str
    formula: str
    kind: str
    numerator: str
    unit: str
    direction: str
    gaming: str
    twin: str
    denominator: str | None = None
    filter: str | None = None
    per: str = "contact"
    every: bool = False
    lag_days: int = 0
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    optional: Mapping[str, float] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    requirement: tuple[int, ...] = ()
    version: str = ""

    @property
    def trees(self) -> dict[str, ast.expr]:
        """Return numerator, denominator and filter as trees; those not given are left out."""
        given = {name: getattr(self, name) for name in _EXPRESSIONS}
        return {name: parse(text) for name, text in given.items() if text}

    @property
    def columns(self) -> list[str]:
        """Return the columns that are read, in order of their names."""
        found = set().union(*(names_in(tree) for tree in self.trees.values())) | {*self.needs}
        return sorted(found - self.parameters.keys())

    def missing(self, there: pd.Index) -> list[str]:
        """Return the columns that a table lacks and for which nothing stands in."""
        return [
            name
            for name in self.columns
            if name not in there and name not in self.optional and self.instead.get(name) not in there
        ]


Definitions = dict[str, Definition]


def kpi_definitions(definitions: str | PathLike[str] | None = None) -> pd.DataFrame:
    """Return the definitions of all KPIs as a table: formula, numerator, denominator, filter, twin.

    Parameters
    ----------
    definitions : path, optional
        YAML file of your own, ``metrics:`` being a list of entries. An entry with the id of a shipped one
        overrides what it names (``parameters: {slow_seconds: 30}``); another adds a KPI and then gives id,
        name_zh, name_en, formula, kind, numerator, unit, direction, gaming and twin.

    Returns
    -------
    DataFrame
        Table ``kpi_definitions``, one row a KPI.

    Raises
    ------
    LexiconError
        An entry cannot be used: unknown key, missing twin, parameter out of range, an expression that is
        none; entry and line are named.
    InputError
        The file cannot be read.
    ParameterError
        ``definitions`` is no path.

    See Also
    --------
    csatext.kpis : their values.

    Examples
    --------
    >>> table = kpi_definitions().set_index("id")
    >>> table.loc["answer_question_ratio", ["name_zh", "formula", "twin"]].tolist()
    ['答问比', '答问比 = 客服消息数 / 买家消息数', 'answer_question_ratio_merged']
    """
    rows = [_row(definition) for definition in read_definitions(definitions).values()]
    return conform(pd.DataFrame(rows), KPI_DEFINITIONS)


def _row(definition: Definition) -> dict[str, Any]:
    given = {f.name: getattr(definition, f.name) for f in fields(definition)}
    return given | {
        "requirement": "、".join(map(str, definition.requirement)) or None,
        "parameters": "、".join(f"{n}={p.default:g}" for n, p in definition.parameters.items()) or None,
        "optional": "、".join(f"{n}={v:g}" for n, v in definition.optional.items()) or None,
        "columns": "、".join(definition.columns),
    }


def read_definitions(definitions: str | PathLike[str] | None = None) -> Definitions:
    """Return the shipped definitions by id, a user's file laid over them.

    Raises
    ------
    LexiconError, InputError, ParameterError
        As :func:`kpi_definitions`.

    Examples
    --------
    >>> read_definitions()["nps"].unit
    '点'
    """
    shipped = _shipped()
    if definitions is None:
        return dict(shipped)
    path = as_path(definitions, "definitions")
    return _Reader(path, _content(path), shipped).joined()


@cache
def _shipped() -> Definitions:
    return _Reader(_SHIPPED, _content(_SHIPPED), {}).joined()


def _content(path: Path) -> bytes:
    try:
        return read_whole(path, _LARGEST, "请只留下指标的定义")
    except CsatextError:
        raise
    except (OSError, ValueError) as error:
        raise InputError.unreadable(path, "没有这个文件，或不能打开", "请检查指标定义文件的路径") from error


class _Reader:
    """Entries of one file, checked; errors name the file, the line and the entry."""

    def __init__(self, path: Path, content: bytes, base: Definitions):
        self.path, self.base = path, base
        self.root = self._root(content)
        checksum = f"{crc32(content):08x}"
        own = self._mapping(self.root, "文件")
        unknown = sorted(own.keys() - {"version", "metrics"})
        if unknown:
            raise self._error(self.root, f"不认识的键「{unknown[0]}」，可用：version、metrics")
        listed = own.get("metrics")
        if not isinstance(listed, yaml.SequenceNode) or not listed.value:
            raise self._error(listed or self.root, "metrics 应是指标的列表，每项有 id")
        self.entries = listed.value
        shipped = next(iter(base.values())).version if base else ""
        version = str(self._plain(own["version"])) if "version" in own else ""
        self.version = f"{shipped}+{version or checksum}" if base else version

    def joined(self) -> Definitions:
        """Return the base with the entries of the file over it."""
        found, lines = dict(self.base), {}
        for node in self.entries:
            entry = self._mapping(node, "指标的一项")
            name = self._plain(entry["id"]) if "id" in entry else None
            if not isinstance(name, str) or not name.isidentifier():
                raise self._error(node, "指标的一项没有 id，或 id 不是由字母、数字和下划线组成的名字")
            if name in lines:
                raise self._error(node, f"指标「{name}」写了不止一次")
            lines[name] = node
            found[name] = self._definition(name, node, entry)
        for name, node in lines.items():
            twin = found[name].twin
            if twin not in found or twin == name:
                near = nearest(twin, found)
                hint = f"，是不是想写「{near}」" if near and near != name else ""
                raise self._error(node, f"指标「{name}」的对照指标 twin「{twin}」不是另一个指标的 id{hint}")
        if self.base:
            found = {name: replace(one, version=self.version) for name, one in found.items()}
        return found

    def _definition(self, name: str, node: Any, entry: dict[str, Any]) -> Definition:
        for key in entry:
            if key not in _KEYS:
                near = nearest(key, _KEYS)
                hint = f"，是不是想写「{near}」" if near else f"，可用：{'、'.join(_KEYS)}"
                raise self._error(entry[key], f"指标「{name}」有不认识的键「{key}」{hint}")
        old = self.base.get(name)
        missing = [key for key in _NEEDED if key not in entry] if old is None else []
        if missing:
            raise self._error(node, f"指标「{name}」缺少 {'、'.join(missing)}")
        given = {key: self._value(name, key, entry[key], old) for key in entry if key != "id"}
        made = replace(old, **given) if old else Definition(id=name, **given)
        made = replace(made, version=self.version)
        bad = made.kind != "ratio" and made.denominator is not None
        if bad or (made.kind == "ratio" and made.denominator is None):
            raise self._error(node, f"指标「{name}」：kind 是 ratio 才有 denominator，也必须有")
        for key, other in (("optional", made.optional), ("instead", made.instead)):
            stray = sorted(other.keys() - {*made.columns})
            if stray:
                raise self._error(
                    entry.get(key, node), f"指标「{name}」的 {key} 里的「{stray[0]}」不是算式里的列"
                )
        return made

    def _value(self, name: str, key: str, node: Any, old: Definition | None) -> Any:
        value = self._plain(node)
        wrong = self._error(node, f"指标「{name}」的 {key} 不可用")
        if key in _EXPRESSIONS:
            try:
                parse(str(value))
            except ExpressionError as error:
                raise self._error(node, f"指标「{name}」的 {key}：{error}") from error
            return str(value)
        if key == "parameters":
            return self._parameters(name, node, old)
        closed = {"kind": _KINDS, "per": _PER, "direction": _DIRECTIONS}
        if key in closed and value not in closed[key]:
            raise self._error(
                node, f"指标「{name}」的 {key}「{value}」不可用，可选：{'、'.join(closed[key])}"
            )
        if key in (*_TEXTS, "twin", *closed):
            if not isinstance(value, str) or not value.strip():
                raise wrong
            return value
        if key == "every":
            if not isinstance(value, bool):
                raise wrong
            return value
        if key == "lag_days":
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_LAG:
                raise self._error(node, f"指标「{name}」的 lag_days 应是 0 到 {_MOST_LAG} 的整数（天）")
            return value
        if key == "requirement":
            rows = value if isinstance(value, list) else [value]
            if not all(isinstance(row, int) for row in rows):
                raise wrong
            return tuple(rows)
        if key == "needs":
            names = value if isinstance(value, list) else [value]
            if not all(isinstance(column, str) for column in names):
                raise wrong
            return tuple(names)
        kind = (int, float) if key == "optional" else str
        if not isinstance(value, dict) or not all(isinstance(item, kind) for item in value.values()):
            raise wrong
        return {str(column): float(item) if key == "optional" else item for column, item in value.items()}

    def _parameters(self, name: str, node: Any, old: Definition | None) -> dict[str, Parameter]:
        """Return the parameters: of a shipped KPI a number each, else default, low and high."""
        found = dict(old.parameters) if old else {}
        for parameter, inner in self._mapping(node, f"指标「{name}」的 parameters").items():
            value = self._plain(inner)
            if isinstance(value, dict) and {"default", "low", "high"} == value.keys():
                numbers = [value["default"], value["low"], value["high"]]
                if not all(_is_number(number) for number in numbers):
                    raise self._error(inner, f"指标「{name}」的参数「{parameter}」应是数")
                found[parameter] = Parameter(*map(float, numbers))
            elif parameter in found and _is_number(value):
                found[parameter] = replace(found[parameter], default=float(value))
            elif old is not None and parameter not in found and _is_number(value):
                allowed = "、".join(found) or "没有"
                raise self._error(inner, f"指标「{name}」没有参数「{parameter}」；它的参数：{allowed}")
            else:
                raise self._error(
                    inner, f"指标「{name}」的参数「{parameter}」应写成 {{default: 数, low: 数, high: 数}}"
                )
            one = found[parameter]
            if not one.low <= one.default <= one.high:
                raise self._error(
                    inner,
                    f"指标「{name}」的参数「{parameter}」是 {one.default:g}，"
                    f"应在 {one.low:g} 到 {one.high:g} 之间",
                )
        return found

    def _root(self, content: bytes) -> Any:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise LexiconError.bad_line(self.path, 1, "不是 UTF-8 编码，请另存为 UTF-8") from error
        try:
            depth = 0
            for event in yaml.parse(text, Loader=_LOADER):
                depth += isinstance(event, yaml.CollectionStartEvent)
                depth -= isinstance(event, yaml.CollectionEndEvent)
                if depth > _DEEPEST:
                    raise self._error(event, f"嵌套超过 {_DEEPEST} 层")
                if isinstance(event, yaml.AliasEvent):
                    raise self._error(event, "不能用引用（*名字），请把内容写全")
            root = _LOADER(text).get_single_node()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise LexiconError.bad_line(self.path, mark.line + 1 if mark else 1, "不是合法的 YAML") from error
        if root is None:
            raise LexiconError.bad_line(self.path, 1, "文件是空的，应有 metrics")
        return root

    def _mapping(self, node: Any, what: str) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, f"{what}应是 键: 值 的形式")
        return {str(key.value): value for key, value in node.value}

    def _plain(self, node: Any) -> Any:
        loader = _LOADER("")
        return loader.construct_document(node) if node is not None else None

    def _error(self, node: Any, why: str) -> LexiconError:
        return LexiconError.bad_line(self.path, int(node.start_mark.line) + 1 if node else 1, why)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
