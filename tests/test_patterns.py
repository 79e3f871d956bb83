"""No pattern of the package takes more than linear time: each is timed on what it nearly matches."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterator
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import csatext

SHORT, LONG = 400, 1600
SLOW = 0.0004
"""Seconds for a text of LONG characters from which a pattern is looked at closely; most need a fifth."""
RATIO = 8.0
"""Time at four times the length over time at the length: 4 in linear time, 16 in quadratic."""
CLEARLY_LINEAR = 6.0
"""A ratio below which one look is enough; noise of a single one is far smaller than from here to 16."""
MOST_CHARACTERS = 4
AT_ONE_PLACE = {
    "csatext.ingest.formats.delimiters._CODE",
    "csatext.ingest.formats.delimiters._NEVER",
    "csatext.persistence._FITTED",
    "csatext.ingest.quality.missing_figures._ITEM",
    "csatext.ingest.quality.missing_figures._FIRST_ITEM",
    "csatext.ingest.quality.pipe_rows._RULE",
    "csatext.privacy.across_turns._LAST_CHARACTER",
    "csatext.privacy.personal_columns._TEAM",
    "csatext.privacy.recognizers.addresses._HOUSEHOLDS",
    "csatext.text.tokenization.quantities._number_pattern",
}
"""Patterns that the package only matches where it says, never searches for."""
CATEGORIES = {ops.CATEGORY_DIGIT: "7", ops.CATEGORY_SPACE: " ", ops.CATEGORY_WORD: "w"}
OTHERS = {ops.CATEGORY_NOT_DIGIT: "x", ops.CATEGORY_NOT_SPACE: "x", ops.CATEGORY_NOT_WORD: "!"}


def patterns_in(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict) and depth < 4:
        for item in (*value.keys(), *value.values()):
            yield from patterns_in(item, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 4:
        for item in value:
            yield from patterns_in(item, depth + 1)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type) and depth < 4:
        for name in value.__dataclass_fields__:
            yield from patterns_in(getattr(value, name), depth + 1)


def all_patterns() -> dict[re.Pattern[str], str]:
    """Return every pattern of every module, also those that a cached function without arguments makes."""
    found: dict[re.Pattern[str], str] = {}
    for info in pkgutil.walk_packages(csatext.__path__, "csatext."):
        if info.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            made = value
            wrapped = getattr(value, "__wrapped__", None)
            if wrapped is not None and "Pattern" in str(
                getattr(wrapped, "__annotations__", {}).get("return")
            ):
                if wrapped.__code__.co_argcount:
                    continue
                made = value()
            for pattern in patterns_in(made):
                found.setdefault(pattern, f"{info.name}.{name}")
    return found


def characters_of(parsed: object) -> Iterator[str]:
    """Yield a character of each literal, range and class of a parsed pattern, in their order."""
    for op, value in parsed:  # type: ignore[attr-defined]
        if op is ops.LITERAL:
            yield chr(value)
        elif op is ops.NOT_LITERAL:
            yield "x" if chr(value) != "x" else "y"
        elif op is ops.ANY:
            yield "x"
        elif op is ops.RANGE:
            yield chr(value[0])
        elif op is ops.CATEGORY:
            yield {**CATEGORIES, **OTHERS}[value]
        elif op is ops.IN:
            yield from characters_of(value)
        elif op is ops.NEGATE:
            yield "x"
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from characters_of(branch)
        elif op is ops.SUBPATTERN:
            yield from characters_of(value[3])
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            yield from characters_of(value[2])
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield from characters_of(value[1])
        elif op is ops.ATOMIC_GROUP:
            yield from characters_of(value)


def repeated_characters(parsed: object, inside: bool = False) -> Iterator[str]:
    """Yield a character of each class and literal that an open repetition stands over: what costs time."""
    for op, value in parsed:  # type: ignore[attr-defined]
        if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
            if inside or value[1] > 9:
                yield from dict.fromkeys(characters_of(value[2]))
            else:
                yield from repeated_characters(value[2], inside)
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from repeated_characters(branch, inside)
        elif op is ops.SUBPATTERN:
            yield from repeated_characters(value[3], inside)
        elif op in (ops.ASSERT, ops.ASSERT_NOT):
            yield from repeated_characters(value[1], inside)
        elif op is ops.ATOMIC_GROUP:
            yield from repeated_characters(value, inside)


def adversarial_units(pattern: re.Pattern[str]) -> list[str]:
    """Return what is repeated: characters of the pattern alone, in pairs, and its beginning."""
    parsed = parser.parse(pattern.pattern, pattern.flags)
    first = list(dict.fromkeys(characters_of(parsed)))
    repeated = list(dict.fromkeys(repeated_characters(parsed)))
    some = list(dict.fromkeys([*first[:3], *repeated[:MOST_CHARACTERS], *first[-2:]]))[: MOST_CHARACTERS + 3]
    units = [*some, *(a + b for a in some[:2] for b in some[:4] if a != b)]
    return list(dict.fromkeys([*units, "".join(first[:6]), " ", "\n", "1", "a", "好"]))


def seconds(pattern: re.Pattern[str], text: str, search: bool, tries: int = 1) -> float:
    best = float("inf")
    for _ in range(tries):
        start = time.process_time()
        if search:
            for _ in pattern.finditer(text):
                pass
        else:
            pattern.match(text)
            pattern.fullmatch(text)
        best = min(best, time.process_time() - start)
    return best


def is_superlinear(pattern: re.Pattern[str], unit: str, search: bool = True) -> bool:
    def of(length: int) -> str:
        return (unit * length)[:length] + "\x00"

    def is_above(length: int) -> bool:
        longer, shorter = (
            seconds(pattern, of(size), search, tries) for size, tries in ((4 * length, 2), (length, 4))
        )
        return longer / shorter > RATIO

    # An exponential pattern shows at a few characters already. One pause of the machine makes a short text
    # look slow, so that only a ratio above the bar ends the search.
    for length in (24, SHORT, LONG):
        took = seconds(pattern, of(length), search)
        if took > SLOW:
            # Most that are slow are linear, and one look at the longer text tells them.
            took = min(took, seconds(pattern, of(length), search, 2))
            if seconds(pattern, of(4 * length), search) / took < CLEARLY_LINEAR:
                continue
            # Two of three measurements decide; the third is made where the first two differ.
            first, second = is_above(length), is_above(length)
            if first if first == second else is_above(length):
                return True
    return False


def test_no_pattern_is_superlinear() -> None:
    found = all_patterns()
    slow = sorted(
        f"{where} on {unit!r}: {pattern.pattern[:80]}"
        for pattern, where in found.items()
        for unit in adversarial_units(pattern)
        if is_superlinear(pattern, unit, where not in AT_ONE_PLACE)
    )
    assert len(found) > 200
    assert slow == []


def test_patterns_at_one_place_are_never_searched_for() -> None:
    known = set(all_patterns().values())
    for where in AT_ONE_PLACE:
        module, _, name = where.rpartition(".")
        source = inspect.getsource(importlib.import_module(module))
        assert where in known
        assert not re.search(rf"\b{name}(?:\(\))?\.(?:search|sub|subn|split|findall|finditer)\b", source), (
            where
        )


def test_quadratic_patterns_are_found() -> None:
    quadratic = re.compile(r"<[^>]*>")
    assert is_superlinear(quadratic, "<")
    assert is_superlinear(re.compile(r"\s*$"), " ")
    assert not is_superlinear(re.compile(r"<[^<>]*+>"), "<")
    assert "<" in adversarial_units(quadratic)
