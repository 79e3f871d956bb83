"""Lists of family names, of characters of given names and of words that are no names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from csatext.lexicon import lexicon_path

__all__ = ["NameLists", "compound_starts", "name_lists", "surnames"]

_PAIR = 2


@dataclass(frozen=True)
class NameLists:
    """What the lexicons say about names.

    Attributes
    ----------
    common, single, compound : frozenset of str
        Family names: the frequent ones, all of one character, those of two characters.
    given, typical : frozenset of str
        Characters of given names; those that stand in them far more often than in words.
    firsts : tuple of str
        First parts of names from other scripts, the longest first.
    latin, pinyin : frozenset of str
        Given names in Latin letters; family names in pinyin, both in lower case.
    words : dict of str to tuple of int
        Lengths of the words that begin or end like a name and are none, by their first two characters, the
        longest first.
    also_names : frozenset of str
        Those of the words that are names too.
    following, verbs : frozenset of str
        Words of two characters that may follow a name; those of them that are verbs and adverbs.
    """

    common: frozenset[str]
    single: frozenset[str]
    compound: frozenset[str]
    given: frozenset[str]
    typical: frozenset[str]
    firsts: tuple[str, ...]
    latin: frozenset[str]
    pinyin: frozenset[str]
    words: dict[str, tuple[int, ...]]
    also_names: frozenset[str]
    following: frozenset[str]
    verbs: frozenset[str]
    _known: frozenset[str]

    @property
    def pairs(self) -> frozenset[str]:
        """The ordinary words of two characters."""
        return frozenset(word for word in self._known if len(word) == _PAIR)

    def word_end(self, text: str, at: int) -> int | None:
        """Return where the longest of the words that start at ``at`` ends, or None.

        Examples
        --------
        >>> name_lists().word_end("真高兴", 1)
        3
        """
        for length in self.words.get(text[at : at + 2], ()):
            if text[at : at + length] in self._known:
                return at + length
        return None


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
        for kind in ("common", "plain", "compound", "first", "latin", "pinyin")
    }
    places = [row["place"] for row in rows["pii_places"] if len(row["place"]) > 1]
    known = frozenset((*(row["word"] for row in rows["pii_not_names"]), *places))
    lengths: dict[str, tuple[int, ...]] = {}
    for word in sorted(known, key=len, reverse=True):
        earlier = lengths.get(word[:2], ())
        lengths[word[:2]] = earlier if len(word) in earlier else (*earlier, len(word))
    next_words = [
        line.split("\t")
        for line in lexicon_path("pii_next_words.tsv").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    return NameLists(
        by_kind["common"],
        by_kind["common"] | by_kind["plain"],
        by_kind["compound"],
        frozenset(row["char"] for row in rows["pii_given_names"]),
        frozenset(row["char"] for row in rows["pii_given_names"] if row["typical"] == "yes"),
        tuple(sorted(by_kind["first"], key=len, reverse=True)),
        by_kind["latin"],
        by_kind["pinyin"],
        lengths,
        frozenset(row["word"] for row in rows["pii_not_names"] if row["also_name"] == "yes"),
        frozenset(word for word, _ in next_words),
        frozenset(word for word, kind in next_words if kind == "verb"),
        known,
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
