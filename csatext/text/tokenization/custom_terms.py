"""Added terms: the list a tokenizer is given, and where a text holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from unicodedata import east_asian_width

import ahocorasick_rs
import numpy as np

from csatext.errors import ParameterError
from csatext.strings import encodable
from csatext.text.offsets import Span

__all__ = ["TermMatcher", "checked_terms", "longest_disjoint"]


_POINTS = frozenset(".．")


class TermMatcher:
    """Find added terms; of terms that overlap the longest is kept, of equals the first.

    A term that begins or ends with a letter or digit of a script written with spaces is found only where no
    other of the same class continues it: 5G stands in 用5G流量, not in 15G or 1.5G, L码 not in XL码.

    Parameters
    ----------
    terms : sequence of str
        Any characters; none empty.

    Notes
    -----
    Aho and Corasick (1975), "Efficient string matching": one pass whatever the number of terms.

    Examples
    --------
    >>> TermMatcher(["退款", "极速退款", "款"]).spans("极速退款，退款").tolist()
    [[0, 4], [5, 7]]
    >>> TermMatcher(["L码", "5G"]).spans("XL码和15G，L码和5G").tolist()
    [[8, 10], [11, 13]]
    """

    def __init__(self, terms: Sequence[str]) -> None:
        self._edged = np.array([bool(_edge(term[0]) or _edge(term[-1])) for term in terms], bool)
        self._automaton = ahocorasick_rs.AhoCorasick(
            [encodable(term) for term in terms],
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
        )

    def matches(self, text: str) -> np.ndarray:
        """Return every occurrence of every term, overlapping ones too, that no letter or digit continues.

        Returns
        -------
        ndarray of int64, shape (n, 2)
            Start and end, by start, then end.
        """
        found = self._automaton.find_matches_as_indexes(encodable(text), overlapping=True)
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        if len(flat) and self._edged[flat[:, 0]].any():
            cut = [
                row
                for row in np.flatnonzero(self._edged[flat[:, 0]]).tolist()
                if _goes_on(text, int(flat[row, 1]), int(flat[row, 2]))
            ]
            flat = np.delete(flat, cut, axis=0)
        return flat[np.lexsort((flat[:, 2], flat[:, 1])), 1:]

    def spans(self, text: str) -> np.ndarray:
        """Return the terms kept in ``text``.

        Returns
        -------
        ndarray of int64, shape (n, 2)
            Start and end, ascending and disjoint.
        """
        matches = self.matches(text)
        return matches if len(matches) < 2 else matches[longest_disjoint(matches)]


def longest_disjoint(matches: np.ndarray) -> np.ndarray:
    """Return which of the spans are kept, of those that overlap the longest, of equals the first.

    Parameters
    ----------
    matches : ndarray of int64, shape (n, 2)
        Start and end, by start, then end; at least one.

    Returns
    -------
    ndarray of int64
        Positions in ``matches``, ascending.

    Examples
    --------
    >>> longest_disjoint(np.array([[0, 2], [0, 4], [3, 5], [6, 7]])).tolist()
    [1, 3]
    """
    furthest_end = np.maximum.accumulate(matches[:, 1])
    opens = np.concatenate(([True], matches[1:, 0] >= furthest_end[:-1]))
    if opens.all():
        return np.arange(len(matches))
    first = np.flatnonzero(opens)
    cluster = np.cumsum(opens) - 1
    cluster_end = furthest_end[np.append(first[1:], len(matches)) - 1]
    # A term that holds all others of its place wins there; other clusters are rare.
    covers = (matches[:, 0] == matches[first, 0][cluster]) & (matches[:, 1] == cluster_end[cluster])
    open_clusters = np.ones(len(first), bool)
    open_clusters[cluster[covers]] = False
    kept = np.flatnonzero(covers).tolist()
    bounds = np.append(first, len(matches)).tolist()
    for place in np.flatnonzero(open_clusters).tolist():
        rivals = matches[bounds[place] : bounds[place + 1]].tolist()
        at = {(start, end): bounds[place] + number for number, (start, end) in enumerate(rivals)}
        kept += [at[span] for span in _longest_first(list(at))]
    return np.sort(np.array(kept, np.int64))


def _edge(char: str) -> str:
    """Return the class of a character that a word boundary needs: letter, digit, or none (Han, marks)."""
    if char.isdigit():
        return "digit"
    return "letter" if char.isalpha() and east_asian_width(char) != "W" else ""


def _goes_on(text: str, start: int, end: int) -> bool:
    """Return whether a letter or digit next to ``text[start:end]`` belongs to the same run as its edge."""
    first, last = _edge(text[start]), _edge(text[end - 1])
    before = start > 0 and first and first == _edge(text[start - 1])
    after = end < len(text) and last and last == _edge(text[end])
    # The fraction of a number is a part of it: 5G does not stand in 15.5G.
    fraction = first == "digit" and start > 1 and text[start - 1] in _POINTS and text[start - 2].isdigit()
    fraction |= last == "digit" and text[end : end + 1] in _POINTS and text[end + 1 : end + 2].isdigit()
    return bool(before or after or fraction)


def _longest_first(rivals: list[Span]) -> list[Span]:
    origin = rivals[0][0]
    taken = bytearray(max(end for _, end in rivals) - origin)
    kept: list[Span] = []
    for start, end in sorted(rivals, key=lambda span: (span[0] - span[1], span[0])):
        # What was kept before is no shorter: where it touches this one, it holds an end of it.
        if not taken[start - origin] and not taken[end - 1 - origin]:
            taken[start - origin : end - origin] = b"\1" * (end - start)
            kept.append((start, end))
    return kept


def checked_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct terms in order of code points.

    Raises
    ------
    ParameterError
        A term is empty or not a string.

    Examples
    --------
    >>> checked_terms(["退款", "A/B测试", "退款"])
    ('A/B测试', '退款')
    """
    if isinstance(terms, str) or not isinstance(terms, Iterable):
        raise ParameterError.wrong_type("terms", terms, "由词组成的列表，而不是一个字符串")
    distinct = set()
    for term in terms:
        if not isinstance(term, str):
            raise ParameterError.wrong_type("terms", term, "每一项都是字符串")
        if not term.strip():
            raise ParameterError.out_of_range("terms", term, "每个词至少有一个可见字符")
        distinct.add(term)
    return tuple(sorted(distinct))
