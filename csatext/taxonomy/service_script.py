"""Service scripts: what agents are to say and when, and what they are never to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from csatext.argument_types import as_path
from csatext.errors import InputError, LexiconError, ParameterError
from csatext.lexicon.paths import lexicon_path
from csatext.taxonomy.combinations import Rule, parse_role, parse_rule
from csatext.taxonomy.patterns import PatternError
from csatext.taxonomy.yaml_files import parsed_yaml

__all__ = ["SHIPPED_SCRIPT", "ScriptItem", "read_script", "script_content", "script_items"]

SHIPPED_SCRIPT = "service"
_LISTS = ("said", "only_if")
_COUNTS = ("first", "last", "within")
_FLAGS = ("forbidden", "optional", "veto")
_KEYS = {"id", "label_zh", "definition", "role", "before", "after", "weight", *_LISTS, *_COUNTS, *_FLAGS}


@dataclass(frozen=True)
class ScriptItem:
    """One thing that a script asks for, or forbids.

    Attributes
    ----------
    id, label_zh : str
        Identifier, unique in the script, and the name shown.
    said : tuple of Rule
        What counts as saying it; one of them is enough.
    roles : tuple of str
        Who is to say it: customer, agent, bot or system.
    forbidden : bool
        Whether it must not be said.
    optional : bool
        Whether it is looked for and does not count.
    first, last : int or None
        In time within so many turns of these roles from the beginning, or from the end.
    before, after : str or None
        id of another item that it is to come before, or after, where both are said.
    only_if : tuple of Rule
        The item is due where one of them holds, and in time after it ...
    within : int or None
        ... within so many turns of these roles.
    weight : float
        Its part in the rate of a contact, and its points in a scorecard.
    veto : bool
        Whether a contact that fails it has no points at all (scorecards).
    definition : str
        What people are to judge by.
    """

    id: str
    label_zh: str
    said: tuple[Rule, ...]
    roles: tuple[str, ...] = ("agent",)
    forbidden: bool = False
    optional: bool = False
    first: int | None = None
    last: int | None = None
    before: str | None = None
    after: str | None = None
    only_if: tuple[Rule, ...] = ()
    within: int | None = None
    weight: float = 1.0
    veto: bool = False
    definition: str = ""


def read_script(given: Any = None) -> list[ScriptItem]:
    """Return the items of a script.

    Parameters
    ----------
    given : None, path, mapping or sequence
        None is the shipped script; a path is a YAML file; a mapping has the key ``items``, a list of items,
        and a list is these items: mappings with ``id``, ``said`` and what else :class:`ScriptItem` has
        (``role`` for ``roles``), patterns and rules as taxonomies have them.

    Returns
    -------
    list of ScriptItem

    Raises
    ------
    LexiconError, InputError
        The file cannot be read, or an item cannot be used.
    ParameterError
        ``given`` is something else.

    Examples
    --------
    >>> items = read_script([{"id": "hello", "said": ["您好|你好"], "first": 1}])
    >>> items[0].roles, items[0].first
    (('agent',), 1)
    """
    if given is None or given == SHIPPED_SCRIPT:
        given = lexicon_path(f"scripts/{SHIPPED_SCRIPT}.yaml")
    place, given = script_content(given, "script")
    if isinstance(given, Mapping):
        given = given.get("items")
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)) or not given:
        raise ParameterError.wrong_type("script", given, "话术文件（YAML）的路径，或由话术项组成的列表")
    return script_items(given, place)


def script_content(given: Any, argument: str) -> tuple[str, Any]:
    """Return what a YAML file is called and holds; anything that is no path is returned as it is.

    Raises
    ------
    LexiconError, InputError
        The file cannot be read.
    """
    if not isinstance(given, (str, PathLike)):
        return argument, given
    path: Path = as_path(given, argument)
    try:
        return str(path), parsed_yaml(path)[1]
    except FileNotFoundError as error:
        raise InputError.unreadable(path, "文件不存在", "请检查路径和文件名") from error
    except OSError as error:
        raise InputError.unreadable(path, error.strerror or "读取出错", "请检查路径和权限") from error


def script_items(given: Sequence[Any], place: str) -> list[ScriptItem]:
    """Return the items of a list of mappings.

    Parameters
    ----------
    given : sequence
        See :func:`read_script`.
    place : str
        What messages call the list.

    Raises
    ------
    LexiconError
        An item cannot be used.
    """
    items = [_item(entry, f"第 {number} 项", place) for number, entry in enumerate(given, start=1)]
    ids = [item.id for item in items]
    for item in items:
        if ids.count(item.id) > 1:
            raise LexiconError.bad_item(place, item.id, "编号重复，每个编号只能出现一次")
        for other in (item.before, item.after):
            if other is not None and (other not in ids or other == item.id):
                raise LexiconError.bad_item(place, item.id, f"before、after 指的项「{other}」不在话术里")
    return items


def _item(entry: Any, number: str, place: str) -> ScriptItem:
    if not isinstance(entry, Mapping) or not entry.get("id") or not entry.get("said"):
        raise LexiconError.bad_item(place, number, "每一项都要有 id 和 said（说法的列表）")
    name = str(entry["id"])
    unknown = sorted(map(str, entry.keys() - _KEYS))
    if unknown:
        raise LexiconError.bad_item(
            place, name, f"不认识的键「{unknown[0]}」，可用：{'、'.join(sorted(_KEYS))}"
        )
    rules = {key: _rules(entry.get(key), key, name, place) for key in _LISTS}
    for key in _COUNTS:
        if key in entry and (type(entry[key]) is not int or entry[key] < 1):
            raise LexiconError.bad_item(place, name, f"{key} 应是不小于 1 的整数，现在是「{entry[key]}」")
    for key in _FLAGS:
        if not isinstance(entry.get(key, False), bool):
            raise LexiconError.bad_item(place, name, f"{key} 应是 true 或 false，现在是「{entry[key]}」")
    weight = entry.get("weight", 1)
    if type(weight) not in (int, float) or not 0 < weight <= 100:
        raise LexiconError.bad_item(place, name, f"weight 应是大于 0、不大于 100 的数，现在是「{weight}」")
    if "within" in entry and "only_if" not in entry:
        raise LexiconError.bad_item(place, name, "within 要和 only_if 一起用")
    given = entry.get("role", "agent")
    try:
        roles = tuple(parse_role(role) for role in ([given] if isinstance(given, str) else given))
    except (PatternError, TypeError) as error:
        raise LexiconError.bad_item(place, name, f"role：{error}") from error
    return ScriptItem(
        name,
        str(entry.get("label_zh") or name),
        rules["said"],
        roles,
        forbidden=entry.get("forbidden", False),
        optional=entry.get("optional", False),
        first=entry.get("first"),
        last=entry.get("last"),
        before=entry.get("before"),
        after=entry.get("after"),
        only_if=rules["only_if"],
        within=entry.get("within"),
        weight=float(weight),
        veto=entry.get("veto", False),
        definition=str(entry.get("definition") or ""),
    )


def _rules(given: Any, key: str, name: str, place: str) -> tuple[Rule, ...]:
    entries = [given] if isinstance(given, (str, Mapping)) else given or []
    if not isinstance(entries, Sequence):
        raise LexiconError.bad_item(place, name, f"{key} 应是说法的列表")
    try:
        rules = tuple(parse_rule(dict(one) if isinstance(one, Mapping) else one) for one in entries)
    except PatternError as error:
        raise LexiconError.bad_item(place, name, f"{key}：{error}") from error
    if any(rule.categories() for rule in rules):
        raise LexiconError.bad_item(place, name, f"{key} 里不能用 category")
    return rules
