"""One category of a taxonomy, and what became of categories of earlier versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from csatext.errors import ParameterError
from csatext.taxonomy.combinations import Rule, parse_rule
from csatext.taxonomy.patterns import PatternError, parse_pattern

__all__ = ["CAUSES", "STAGES", "Category", "Change", "extended", "parents_first"]

STAGES = ("咨询", "下单", "交付", "使用", "售后")
"""Stages of the customer's journey (requirement row 22)."""
CAUSES = ("产品", "流程", "沟通")
"""Families of root causes (requirement row 84)."""
_ORDINARY = 2


@dataclass(frozen=True)
class Category:
    """One node of the tree.

    Attributes
    ----------
    id : str
        Unique; a child's begins with its parent's in the shipped packs.
    label_zh : str
        Name shown.
    parent : str or None
        id of the parent.
    owner : str
        Department that answers for it; a child without one has its parent's.
    patterns, exceptions : tuple of str
        Patterns (:func:`csatext.taxonomy.patterns.parse_pattern`) that identify the category, and those that
        cancel a hit in the same sentence.
    rules : tuple of Rule
        Combined conditions that identify the category as well.
    definition, remedy : str
        What belongs here, and what is done about it.
    examples, counterexamples : tuple of str
        Sentences that belong here, and some that look as if they did.
    stage, cause : str
        Of ``STAGES`` and ``CAUSES``; a child without one has its parent's.
    severity : int
        1 minor, 2 ordinary, 3 grave (safety, injury, loss of money, fraud, privacy).
    weight : float
        Factor of its support against other categories: how a matter was handled counts less than the matter.
    """

    id: str
    label_zh: str
    parent: str | None = None
    owner: str = ""
    patterns: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    definition: str = ""
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    remedy: str = ""
    stage: str = ""
    cause: str = ""
    severity: int = _ORDINARY
    weight: float = 1.0

    @property
    def identified(self) -> bool:
        """Whether a pattern or rule can identify it."""
        return bool(self.patterns or self.rules)

    def as_data(self) -> dict[str, Any]:
        """Return the fields that are given, as JSON holds them."""
        kept: dict[str, Any] = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
        kept = {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()}
        if self.rules:
            kept["rules"] = [rule.as_data() for rule in self.rules]
        return kept

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Category:
        """Return the category that :meth:`as_data` wrote.

        Raises
        ------
        ParameterError
            A pattern or rule cannot be used.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        try:
            values["rules"] = tuple(parse_rule(rule) for rule in data.get("rules", ()))
            for pattern in (*values.get("patterns", ()), *values.get("exceptions", ())):
                parse_pattern(pattern)
        except PatternError as error:
            raise ParameterError(f"分类「{data.get('id')}」：{error}。") from error
        return cls(**values)


@dataclass(frozen=True)
class Change:
    """What became of a category of an earlier version.

    Attributes
    ----------
    old : str
        id or label in the earlier version.
    new : tuple of str
        ids that took its place: one after a rename or a merge, several after a split, none where it went.
    """

    old: str
    new: tuple[str, ...]


def extended(known: Category, more: Category) -> Category:
    """Return a category with the patterns, exceptions, rules and examples of another added."""
    added: dict[str, Any] = {
        field: tuple(dict.fromkeys((*getattr(known, field), *getattr(more, field))))
        for field in ("patterns", "exceptions", "rules", "examples", "counterexamples")
    }
    replaced: dict[str, Any] = {
        field: getattr(more, field)
        for field in ("label_zh", "owner", "definition", "remedy", "stage", "cause")
        if getattr(more, field)
    }
    severity = more.severity if more.severity != _ORDINARY else known.severity
    weight = more.weight if more.weight != 1 else known.weight
    return replace(known, **added, **replaced, severity=severity, weight=weight)


def parents_first(categories: Iterable[Category]) -> list[Category]:
    """Return the categories so that each parent precedes its children; the order is kept otherwise.

    Raises
    ------
    ParameterError
        A parent is not there, or categories are each other's parents.

    Examples
    --------
    >>> [one.id for one in parents_first([Category("a.b", "乙", "a"), Category("a", "甲")])]
    ['a', 'a.b']
    """
    given = {category.id: category for category in categories}
    ordered: dict[str, Category] = {}
    for category in given.values():
        line = [category]
        while line[-1].parent is not None and line[-1].id not in ordered:
            above = given.get(line[-1].parent)
            if above is None:
                raise ParameterError(
                    f"分类「{line[-1].id}」的上级「{line[-1].parent}」不存在；请补上这个上级。"
                )
            if above in line:
                raise ParameterError(
                    f"分类的上级互相循环：{'→'.join(one.id for one in [*line, above])}；请改正其中一个上级。"
                )
            line.append(above)
        ordered.update((one.id, one) for one in line[::-1])
    return list(ordered.values())
