"""Rules that combine patterns: any, all, none, role, position, order, repetition, polarity, timing."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, fields, replace
from typing import Any

from csatext.taxonomy.patterns import PatternError, parse_pattern

__all__ = ["Rule", "parse_role", "parse_rule", "pruned"]

_ROLES = {
    "customer": "customer", "agent": "agent", "bot": "bot", "system": "system",
    "客户": "customer", "客服": "agent", "坐席": "agent", "机器人": "bot", "系统": "system",
}  # fmt: skip
_POLARITIES = {"negative": "negative", "positive": "positive", "负面": "negative", "正面": "positive"}
_UNITS = {"characters": "characters", "turns": "turns", "字": "characters", "轮": "turns"}
_DEEPEST = 8


@dataclass(frozen=True)
class Rule:
    """One node of a rule: what must be found, and where.

    Attributes
    ----------
    words : str
        Pattern (:func:`csatext.taxonomy.patterns.parse_pattern`).
    without : str
        Pattern that cancels a hit of ``words`` that it overlaps.
    category : str
        id of a category whose patterns are meant.
    any, all, none : tuple of Rule
        At least one of them, every one, not one of them holds.
    role : str
        customer, agent, bot or system: who says it (needs turns).
    first, last : int or None
        Hits within so many characters of the beginning, or of the end, of the text.
    after_turn, before_turn : int or None
        Hits in later (earlier) turns than this, counted from 1 (needs turns).
    before, after : Rule or None
        The hit must stand before (after) a hit of this rule ...
    within : int or None
        ... at most so far from it,
    unit : str
        in characters or turns.
    repeat : int
        Least number of hits.
    polarity : str
        negative or positive: the clause of the hit must hold a polar word of that sign.
    silence, response_over : float or None
        Seconds without an utterance, seconds until the agent answers: at least one longer (needs turns).
    """

    words: str = ""
    without: str = ""
    category: str = ""
    any: tuple[Rule, ...] = ()
    all: tuple[Rule, ...] = ()
    none: tuple[Rule, ...] = ()
    role: str = ""
    first: int | None = None
    last: int | None = None
    after_turn: int | None = None
    before_turn: int | None = None
    before: Rule | None = None
    after: Rule | None = None
    within: int | None = None
    unit: str = "characters"
    repeat: int = 1
    polarity: str = ""
    silence: float | None = None
    response_over: float | None = None

    @property
    def needs_turns(self) -> bool:
        """Whether the rule, or one below it, asks for turns."""
        own = (self.role, self.after_turn, self.before_turn, self.silence, self.response_over)
        return any(own) or self.unit == "turns" or any(rule.needs_turns for rule in self.below)

    @property
    def below(self) -> list[Rule]:
        """The rules that this one is made of."""
        return [*self.any, *self.all, *self.none, *(rule for rule in (self.before, self.after) if rule)]

    def categories(self) -> set[str]:
        """Return the ids that the rule refers to."""
        return ({self.category} if self.category else set()).union(
            *(rule.categories() for rule in self.below)
        )

    def as_data(self) -> dict[str, Any]:
        """Return the rule as JSON holds it; :func:`parse_rule` reads it back."""
        kept: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                kept[field.name] = (
                    [rule.as_data() for rule in value]
                    if isinstance(value, tuple)
                    else value.as_data()
                    if isinstance(value, Rule)
                    else value
                )
        return kept


def pruned(rule: Rule, dropped: Set[str]) -> Rule | None:
    """Return a rule without the categories that are dropped; None where it cannot hold without them.

    Examples
    --------
    >>> rule = parse_rule({"any": [{"category": "a"}, {"category": "b"}], "none": [{"category": "a"}]})
    >>> pruned(rule, {"a"}).as_data()
    {'any': [{'category': 'b'}]}
    >>> pruned(rule, {"a", "b"}) is None
    True
    """
    if not rule.categories() & dropped:
        return rule
    lists = {
        name: tuple(kept for one in getattr(rule, name) if (kept := pruned(one, dropped)) is not None)
        for name in _LISTS
    }
    order = {
        name: None if getattr(rule, name) is None else pruned(getattr(rule, name), dropped)
        for name in ("before", "after")
    }
    fails = (
        rule.category in dropped
        or (rule.any and not lists["any"])
        or len(lists["all"]) < len(rule.all)
        or any(getattr(rule, name) is not None and kept is None for name, kept in order.items())
    )
    if fails:
        return None
    return replace(
        rule,
        any=lists["any"],
        all=lists["all"],
        none=lists["none"],
        before=order["before"],
        after=order["after"],
    )


_FIELDS = {field.name for field in fields(Rule)}
_LISTS = ("any", "all", "none")
_COUNTS = ("first", "last", "after_turn", "before_turn", "within", "repeat")
_SECONDS = ("silence", "response_over")
_FINDS = ("words", "category", "any", "all", "silence", "response_over")


def parse_role(given: str) -> str:
    """Return the role that a word of a rule means.

    Raises
    ------
    PatternError
        It means none.

    Examples
    --------
    >>> parse_role("坐席")
    'agent'
    """
    if given not in _ROLES:
        raise PatternError(f"不能是「{given}」，可用：{'、'.join(_ROLES)}")
    return _ROLES[given]


def parse_rule(given: Any, depth: int = 0) -> Rule:
    """Return a rule as it is written in a taxonomy file.

    Parameters
    ----------
    given : str or dict
        A pattern, or a mapping of the fields of :class:`Rule`; lists hold patterns or mappings.
    depth : int, default 0
        Levels above.

    Returns
    -------
    Rule

    Raises
    ------
    PatternError
        A field is unknown or has a value that cannot be used.

    Examples
    --------
    >>> parse_rule({"words": "退款", "role": "客户", "repeat": 2}).as_data()
    {'words': '退款', 'role': 'customer', 'repeat': 2}
    """
    if isinstance(given, str):
        parse_pattern(given)
        return Rule(words=given)
    if not isinstance(given, dict) or not given:
        raise PatternError("规则应是词语或「条件: 值」的组合")
    if depth > _DEEPEST:
        raise PatternError(f"规则嵌套超过 {_DEEPEST} 层")
    unknown = sorted(map(str, given.keys() - _FIELDS))
    if unknown:
        raise PatternError(f"不认识的条件「{unknown[0]}」，可用：{'、'.join(sorted(_FIELDS))}")
    values = dict(given)
    for name in _LISTS:
        if name in values:
            items = values[name] if isinstance(values[name], list | tuple) else [values[name]]
            if not items:
                raise PatternError(f"条件「{name}」后面没有内容")
            values[name] = tuple(parse_rule(item, depth + 1) for item in items)
    for name in ("before", "after"):
        if name in values:
            values[name] = parse_rule(values[name], depth + 1)
    for name in ("words", "without"):
        if name in values:
            if not isinstance(values[name], str):
                raise PatternError(f"条件「{name}」应是词语")
            parse_pattern(values[name])
    for name, allowed in (("role", _ROLES), ("polarity", _POLARITIES), ("unit", _UNITS)):
        if name in values:
            if values[name] not in allowed:
                raise PatternError(f"条件「{name}」不能是「{values[name]}」，可用：{'、'.join(allowed)}")
            values[name] = allowed[values[name]]
    for name in _COUNTS:
        least = int(name == "repeat")
        if name in values and (type(values[name]) is not int or values[name] < least):
            raise PatternError(f"条件「{name}」应是不小于 {least} 的整数，现在是「{values[name]}」")
    for name in _SECONDS:
        if name in values:
            if type(values[name]) not in (int, float) or values[name] <= 0:
                raise PatternError(f"条件「{name}」应是大于 0 的秒数，现在是「{values[name]}」")
            values[name] = float(values[name])
    if not any(name in values for name in _FINDS):
        raise PatternError(f"规则没有说要找什么，应有其一：{'、'.join(_FINDS)}")
    if "within" in values and not ("before" in values or "after" in values):
        raise PatternError("条件「within」要和 before 或 after 一起用")
    return Rule(**values)
