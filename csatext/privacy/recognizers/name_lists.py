"""Lists of family names, of characters of given names and of words that are no names."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from csatext.lexicon import lexicon_path

__all__ = ["NameLists", "compound_starts", "name_lists", "surnames"]


@dataclass(frozen=True)
class NameLists:
    """What the lexicons say about names.

    Attributes
    ----------
    common, single, compound : frozenset of str
        Family names: the frequent ones, all of one character, those of two characters.
    given : frozenset of str
        Characters of given names.
    firsts : tuple of str
        First parts of names from other scripts, the longest first.
    words : re.Pattern
        Words that begin or end like a name and are none.
    also_names : frozenset of str
        Those of the words that are names too.
    """

    common: frozenset[str]
    single: frozenset[str]
    compound: frozenset[str]
    given: frozenset[str]
    firsts: tuple[str, ...]
    words: re.Pattern[str]
    also_names: frozenset[str]


@cache
def name_lists() -> NameLists:
    """Return the lists, read once.

    Examples
    --------
    >>> "欧阳" in name_lists().compound
    True
    """
    rows = {}
    for name in ("surnames", "pii_given_names", "pii_not_names", "pii_places"):
        with lexicon_path(f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
            rows[name] = list(csv.DictReader(lines, delimiter="\t"))
    by_kind = {
        kind: frozenset(row["surname"] for row in rows["surnames"] if row["kind"] == kind)
        for kind in ("common", "plain", "compound", "first")
    }
    places = [row["place"] for row in rows["pii_places"] if len(row["place"]) > 1]
    words = sorted({*(row["word"] for row in rows["pii_not_names"]), *places}, key=len, reverse=True)
    return NameLists(
        by_kind["common"],
        by_kind["common"] | by_kind["plain"],
        by_kind["compound"],
        frozenset(row["char"] for row in rows["pii_given_names"]),
        tuple(sorted(by_kind["first"], key=len, reverse=True)),
        re.compile("|".join(map(re.escape, words))),
        frozenset(row["word"] for row in rows["pii_not_names"] if row["also_name"] == "yes"),
    )


def surnames() -> str:
    """Return the characters that a surname can begin with.

    Examples
    --------
    >>> "王" in surnames()
    True
    """
    lists = name_lists()
    return "".join(sorted(lists.single | {name[0] for name in (*lists.compound, *lists.firsts)}))


def compound_starts() -> str:
    """Return the first characters of surnames of two characters.

    Examples
    --------
    >>> "欧" in compound_starts()
    True
    """
    return "".join(sorted({name[0] for name in name_lists().compound}))
